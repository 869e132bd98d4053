"""The trainer over HTTP: cases to practise on, sections to aim in, attempts and progress, without names."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import Field

from endplate.app.files import ready_folder, write_text
from endplate.app.plain import plain, to_json
from endplate.app.server.asked import Asked, Document
from endplate.app.server.guard import Refusal, problem
from endplate.app.trained import attempted, csv_of, next_number, row_of, section_of, view_of
from endplate.case import Training
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence, said
from endplate.outputs.language import told
from endplate.questions.training.briefing import briefing, listed, sentences
from endplate.questions.training.shipped import shipped

router = APIRouter(prefix="/api/training", tags=["training"])
TrainingId = Annotated[str, Path(max_length=60)]
_GONE: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such training."}}
PROGRESS = "training-progress.json"
_MOST_KEPT = 5000
_writing = threading.Lock()


class Aimed(Asked):
    """A section to aim in: where to cut, and the needles so far; or the limb from the front or the back."""

    at: Annotated[float, Field(ge=0, le=1)]
    view: Literal["section", "front", "back"] = "section"
    needles: Annotated[list[Document], Field(max_length=24, default_factory=list)]


class Answered(Asked):
    """An attempt: ``muscle``, ``needles`` or ``cause``, as the level asks."""

    answer: Document


class Progress:
    """Attempts kept in the server's folder: training, time, score and parts, never who.

    Args:
        folder: made when the first attempt is kept.
    """

    def __init__(self, folder: FilePath) -> None:
        self._path = folder / PROGRESS
        self._lost: Counter[str] = Counter()

    def attempts(self) -> list[dict[str, Any]]:
        """Every attempt, oldest first; a file that cannot be read counts as none."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        rows = found.get("attempts") if isinstance(found, dict) else None
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def keep(self, result: dict[str, Any]) -> None:
        """Add an attempt; the file is written whole or not at all."""
        row = row_of(result)
        with _writing:
            ready_folder(self._path.parent)
            rows = [*self.attempts(), row][-_MOST_KEPT:]
            write_text(self._path, to_json({"endplate": 1, "attempts": rows}) + "\n")

    def lost(self, training: str) -> None:
        """An attempt could not be kept; it counts all the same while the server runs."""
        self._lost[training] += 1

    def next_number(self, training: str) -> int:
        """The number of the next attempt at a training."""
        return next_number(training, self.attempts()) + self._lost[training]


def _progress(request: Request) -> Progress:
    kept: Progress = request.app.state.progress
    return kept


def _training(name: str) -> Training | None:
    return shipped().get(name)


def _missing(name: str) -> Response:
    message = Sentence("There is no training {name}", name=name)
    return Refusal(problem("missing", message, "See the list."), status_code=404)


@router.get("")
def trainings(request: Request) -> Document:
    """Every training with the best score and the number of attempts so far."""
    rows = _progress(request).attempts()
    found = []
    for each in shipped().values():
        scores = [row.get("score", 0) for row in rows if row.get("training") == each.training]
        best = max(scores, default=None)
        title = told(each.title, verbatim=True)
        found.append({**listed(each), "title": title, "best": best, "attempts": len(scores)})
    return {"trainings": plain(found)}


@router.get("/progress")
def progress(request: Request) -> Document:
    """Every attempt kept in this folder, oldest first."""
    return {"attempts": _progress(request).attempts()}


@router.get("/progress.csv")
def progress_csv(request: Request) -> PlainTextResponse:
    """Every attempt as CSV."""
    text = csv_of(_progress(request).attempts())
    headers = {"content-disposition": 'attachment; filename="training-progress.csv"'}
    return PlainTextResponse(text, media_type="text/csv", headers=headers)


@router.get("/{training}", responses=_GONE)
def brief(training: TrainingId) -> Response:
    """What may be known before an attempt; never the solution."""
    found = _training(training)
    if found is None:
        return _missing(training)
    document = briefing(found)
    document["title"] = told(found.title, verbatim=True)
    document["sentences"] = [told(text, said(text)) for text in sentences(found)]
    document["brief"] = " ".join(document["sentences"])
    task = document["task"]
    task["asked"] = told(task["asked"], said(task["asked"]))
    for row in task.get("causes", ()):
        row["words"] = told(row["words"])
    for row in task.get("structures", ()):
        row["name"] = told(row["name"])
    return JSONResponse(plain(document))


@router.post("/{training}/section", responses=_GONE)
def section(training: TrainingId, asked: Aimed) -> Response:
    """A section to aim in, with the needles as they were aimed; or the limb, to choose a level on."""
    found = _training(training)
    if found is None:
        return _missing(training)
    if asked.view != "section":
        return JSONResponse(plain(view_of(found, asked.view)))
    return JSONResponse(plain(section_of(found, asked.at, asked.needles)))


@router.post("/{training}/attempt", responses=_GONE)
def answer(training: TrainingId, asked: Answered, request: Request) -> Response:
    """An attempt: score, reasons and the reveal; kept as progress."""
    found = _training(training)
    if found is None:
        return _missing(training)
    kept = _progress(request)
    result = attempted(found, asked.answer, kept.next_number(training))
    try:
        kept.keep(result)
    except InputError:
        kept.lost(training)
        result["kept"] = False  # a folder that takes no file spoils no practice
    return JSONResponse(plain(result))
