"""The trainer over HTTP: cases to practise on, sections to aim in, attempts and progress, without names."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import Field

from endplate.app.plain import plain
from endplate.app.server.asked import Asked, Document
from endplate.app.server.guard import Refusal, problem
from endplate.app.server.progress import Progress
from endplate.app.server.shelf import Shelf, refused
from endplate.app.trained import attempted, csv_of, section_of, view_of
from endplate.case import Training
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence, said
from endplate.outputs.language import told
from endplate.questions.training.briefing import briefing, listed, sentences
from endplate.store.private import check_code

router = APIRouter(prefix="/api/training", tags=["training"])
TrainingId = Annotated[str, Path(max_length=60)]
Learner = Annotated[str, Query(max_length=40, description="Whose: a code; empty for those without one.")]
Whose = Annotated[str | None, Query(max_length=40, description="Likewise; without it everybody's.")]
_GONE: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such training."}}


class Aimed(Asked):
    """A section to aim in: where to cut, and the needles so far; or the limb from the front or the back."""

    at: Annotated[float, Field(ge=0, le=1)]
    view: Literal["section", "front", "back"] = "section"
    needles: Annotated[list[Document], Field(max_length=24, default_factory=list)]


class Answered(Asked):
    """An attempt: ``muscle``, ``needles`` or ``cause``, as the level asks, and the code of who learns."""

    answer: Document
    learner: Annotated[str, Field(max_length=40)] = ""


def _progress(request: Request) -> Progress:
    kept: Progress = request.app.state.progress
    return kept


def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.shelf
    return shelf


def _training(request: Request, name: str) -> Training | None:
    return _shelf(request).training(name)


def _missing(name: str) -> Response:
    message = Sentence("There is no training {name}", name=name)
    return Refusal(problem("missing", message, "See the list."), status_code=404)


def _code(learner: str | None) -> str:
    """The code of a learner, known to be no name.

    Raises:
        InputError: it is none.
    """
    if learner:
        check_code("learner", learner)
    return learner or ""


@router.get("")
def trainings(request: Request, learner: Learner = "") -> Document:
    """Every training with a learner's best score of those that passed, and how many attempts there were.

    Own trainings carry ``own``; files that were refused stand under ``broken`` with the sentence.
    """
    rows, held = _progress(request).attempts(learner), _shelf(request).held()
    found = []
    for each in held.trainings.values():
        own = [row for row in rows if row["training"] == each.training]
        best = max((row["score"] for row in own if row["passed"]), default=None)
        title = told(each.title, verbatim=True)
        known = {"title": title, "own": each.training in held.own}
        found.append({**listed(each), **known, "best": best, "attempts": len(own)})
    broken = [refused(name, error) for name, error in held.broken]
    return {"trainings": plain(found), "broken": broken}


@router.get("/progress")
def progress(request: Request, learner: Whose = None) -> Document:
    """The attempts kept in this folder, oldest first, and files that could not be read whole."""
    kept = _progress(request)
    return {"attempts": kept.attempts(learner), "set_aside": kept.set_aside}


@router.delete("/progress")
def reset(request: Request, learner: Learner = "") -> Document:
    """Take out the attempts of one learner."""
    return {"removed": _progress(request).forget(learner)}


@router.get("/progress.csv")
def progress_csv(request: Request, learner: Whose = None) -> PlainTextResponse:
    """Attempts as CSV."""
    text = csv_of(_progress(request).attempts(learner))
    headers = {"content-disposition": 'attachment; filename="training-progress.csv"'}
    return PlainTextResponse(text, media_type="text/csv", headers=headers)


@router.get("/{training}", responses=_GONE)
def brief(training: TrainingId, request: Request) -> Response:
    """What may be known before an attempt; never the solution."""
    found = _training(request, training)
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
def section(training: TrainingId, asked: Aimed, request: Request) -> Response:
    """A section to aim in, with the needles as they were aimed; or the limb, to choose a level on."""
    found = _training(request, training)
    if found is None:
        return _missing(training)
    if asked.view != "section":
        return JSONResponse(plain(view_of(found, asked.view)))
    return JSONResponse(plain(section_of(found, asked.at, asked.needles)))


@router.post("/{training}/attempt", responses=_GONE)
def answer(training: TrainingId, asked: Answered, request: Request) -> Response:
    """An attempt: score, reasons and the reveal; kept as progress."""
    found = _training(request, training)
    if found is None:
        return _missing(training)
    kept, learner = _progress(request), _code(asked.learner)
    result = attempted(found, asked.answer, kept.next_number(training, learner))
    try:
        kept.keep(result, learner)
    except InputError:
        kept.lost(training, learner)
        result["kept"] = False  # a folder that takes no file spoils no practice
    return JSONResponse(plain(result))
