"""Jobs over HTTP: ask, follow, cancel, fetch."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from endplate.app.plain import plain
from endplate.app.server.asked import Document, Question, Report
from endplate.app.server.guard import Refusal, in_language, problem
from endplate.app.server.jobs import ENDED, Full, Job, Jobs, deadline, not_done
from endplate.app.server.questions import sections_of, work_of
from endplate.app.server.settings import SLOWEST_S
from endplate.case import Case
from endplate.case.loader import from_document
from endplate.errors import library
from endplate.knowledge.units import DAYS_PER_WEEK

router = APIRouter(prefix="/api", tags=["jobs"])
JobId = Annotated[str, Path(max_length=64)]
_LOOK_S = 0.1
_KEPT = 2  # simulations kept for a report that is asked for again
_ALIVE_EVERY = 100  # looks after which a line is sent even if nothing changed
_GONE = problem("unknown_job", "There is no such job", "It may have ended long ago; ask again.")
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "A PDF file."}
}
_MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such job."}}


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def _told(job: Job) -> Document:
    """How far a job is, and what went wrong in the language of the request."""
    told = job.told()
    return told if told["error"] is None else {**told, "error": in_language(told["error"])}


@router.post("/jobs", status_code=202, responses={429: {"description": "Too many questions wait."}})
def ask(asked: Question, request: Request) -> Response:
    """Put a long question at the end of the row."""
    work = work_of(asked)
    try:
        job = _jobs(request).ask(asked.kind, work)
    except Full:
        told = problem(
            "too_many_jobs", "Too many questions wait already", "Wait for one to end or cancel it."
        )
        return Refusal(told, status_code=429)
    return JSONResponse(_told(job), status_code=202)


@router.get("/jobs/{job_id}", responses=_MISSING)
def look(job_id: JobId, request: Request) -> Response:
    """How far a question is."""
    job = _jobs(request).find(job_id)
    return Refusal(_GONE, status_code=404) if job is None else JSONResponse(_told(job))


@router.get("/jobs/{job_id}/result", responses={**_MISSING, 409: {"description": "Not done."}})
def result(job_id: JobId, request: Request) -> Response:
    """The answer of a question that is done."""
    job = _jobs(request).find(job_id)
    if job is None:
        return Refusal(_GONE, status_code=404)
    if job.state != "done":
        return Refusal({"error": job.error or not_done(job).to_dict()}, status_code=409)
    return JSONResponse(plain(job.result))


@router.delete("/jobs/{job_id}", status_code=204, responses=_MISSING)
def cancel(job_id: JobId, request: Request) -> Response:
    """End a question."""
    job = _jobs(request).find(job_id)
    if job is None:
        return Refusal(_GONE, status_code=404)
    _jobs(request).cancel(job)
    return Response(status_code=204)


@router.get("/jobs/{job_id}/events", responses=_MISSING)
async def events(job_id: JobId, request: Request) -> Response:
    """What changes of a question until it ends, as server-sent events."""
    job = _jobs(request).find(job_id)
    if job is None:
        return Refusal(_GONE, status_code=404)
    return StreamingResponse(_changes(job, request), media_type="text/event-stream")


async def _changes(job: Job, request: Request) -> AsyncIterator[str]:
    before: Document = {}
    quiet = 0
    while True:
        told = _told(job)
        quiet += 1
        if told != before:
            before, quiet = told, 0
            yield f"data: {json.dumps(told)}\n\n"
        elif quiet >= _ALIVE_EVERY:
            quiet = 0
            yield ": still here\n\n"
        if job.state in ENDED or await request.is_disconnected():
            return
        await asyncio.sleep(_LOOK_S)


@lru_cache(maxsize=_KEPT)
def _simulated(case: str, draws: int, seed: int, horizon_d: int) -> Document:
    """The simulation of a case as JSON text, kept so that another language or section asks for no other.

    Raises:
        TimeoutError: it takes too long.
    """
    from endplate.simulation import simulate

    asked = from_document(Case, json.loads(case))
    return simulate(asked, draws, seed, horizon_d, progress=deadline(SLOWEST_S)).to_dict()


@router.post("/report", response_class=HTMLResponse)
def report(asked: Report) -> HTMLResponse:
    """The report of a plan as one page that needs nothing from outside."""
    from endplate.outputs.report import render_report

    parts, shown = _reported(asked)
    return HTMLResponse(render_report(*parts, **shown))


@router.post("/report.pdf", response_class=Response, responses=_PDF)
def report_pdf(asked: Report) -> Response:
    """The report of a plan as a PDF; refused where typst is not installed."""
    from endplate.outputs.report_pdf import render_report_pdf

    library("typst", "pdf")
    parts, shown = _reported(asked)
    return Response(render_report_pdf(*parts, **shown), media_type="application/pdf")


@router.post("/report.json")
def report_json(asked: Report) -> Document:
    """What the report is read off: its ``check`` and its ``simulate``, as the command's result.json."""
    (_, checked, simulated), _ = _reported(asked, drawn=False)
    return {"check": plain(checked), "simulate": simulated}


def _reported(
    asked: Report, *, drawn: bool = True
) -> tuple[tuple[Document, Document, Document], dict[str, Any]]:
    """Case, check and simulation of a report, and how it is to be shown."""
    from endplate.app.drawings import drawings
    from endplate.questions.check import check

    sections = sections_of(asked.sections)
    case = from_document(Case, asked.case)
    text = json.dumps(asked.case, sort_keys=True)
    found = _simulated(text, asked.draws, asked.seed, asked.horizon_wk * DAYS_PER_WEEK)
    shown = {
        "language": asked.language,
        "sections": sections,
        "drawings": drawings(case, asked.language) if drawn else [],
    }
    return (found["inputs"], check(case).to_dict(), found), shown
