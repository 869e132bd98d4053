"""The server: routes, messages and pages put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from endplate._version import __version__
from endplate.app.examples import example
from endplate.app.server import kept, long, look, persons, training
from endplate.app.server.cases import CaseFolder
from endplate.app.server.guard import Guard, Refusal, TooLarge, problem, too_large
from endplate.app.server.jobs import Jobs
from endplate.app.server.progress import Progress
from endplate.app.server.settings import Settings
from endplate.app.server.shelf import Shelf
from endplate.case.checked import sentence_of
from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import BANNER

PAGES = Path(__file__).parent / "pages"
_WARM_DRAWS = 50
_NO_PAGES = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>endplate</title><h1>endplate</h1>"
    f"<p>{BANNER}</p><p>The pages of the app are not part of this installation; questions are answered all "
    "the same (/api/openapi.json). Build them with <code>make web</code> (needs Node), or install the wheel."
)
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"description": "The request cannot be read."},
    401: {"description": "The token is missing."},
    403: {"description": "A page from elsewhere asks."},
    413: {"description": "More than 1 MB was sent."},
    421: {"description": "The request is for another host."},
    503: {"description": "Too slow."},
}
_PROBLEM: dict[str, Any] = {
    "description": "What was asked cannot be read: which field, which rule, what to do.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"error": {"type": "object"}},
                "required": ["error"],
            }
        }
    },
}


def create_app(settings: Settings) -> FastAPI:
    """The application of one run.

    Args:
        settings: token, folder and store; who opened the store closes it.
    """
    app = FastAPI(
        title="endplate",
        version=__version__,
        description=f"{BANNER} Answers on this computer only; every request carries the token of this run.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={**_REFUSED, 422: _PROBLEM},
    )
    app.state.jobs, app.state.folder = Jobs(), CaseFolder(settings.cases)
    app.state.store = settings.store
    app.state.progress, app.state.shelf = Progress(settings.cases), Shelf(settings.trainings)
    for part in (kept, look, long, persons, training):
        app.include_router(part.router)
    _messages(app)
    _pages(app)
    app.add_middleware(Guard, token=settings.token)
    return app


def warm() -> None:
    """Do the main job once in few copies, so that the first question does not wait for imports."""
    from endplate.outputs.report import render_report
    from endplate.questions.check import check
    from endplate.simulation import simulate

    with example() as path:
        case = load_case(path)
    found = simulate(case, _WARM_DRAWS).to_dict()
    render_report(found["inputs"], check(case).to_dict(), found)


def _messages(app: FastAPI) -> None:
    """Every error that somebody can cause, in the one shape; what is our own fault is told by the guard."""

    @app.exception_handler(InputError)
    def wrong(_: Request, error: InputError) -> Response:
        return Refusal({"error": error.to_dict()}, status_code=422)

    @app.exception_handler(persons.Refused)
    def not_kept(_: Request, refused: persons.Refused) -> Response:
        return Refusal({"error": refused.told}, status_code=refused.status)

    @app.exception_handler(RequestValidationError)
    def unreadable(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or None
        told = problem(str(first["type"]), sentence_of(first), "See /api/openapi.json.", field)
        return Refusal(told, status_code=422)

    @app.exception_handler(TimeoutError)
    def slow(_: Request, error: TimeoutError) -> Response:
        told = problem("too_slow", "The answer took too long", "Ask for fewer copies, or ask it as a job.")
        return Refusal(told, status_code=503)

    @app.exception_handler(TooLarge)
    def large(_: Request, error: TooLarge) -> Response:
        return Refusal(too_large(), status_code=error.status_code)

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> Response:
        told = problem("http", str(error.detail), "See /api/openapi.json.")
        return Refusal(told, status_code=error.status_code, headers=error.headers)


def _pages(app: FastAPI) -> None:
    """The app's pages, or one that says that they are missing."""
    if (PAGES / "index.html").is_file():
        app.mount("/", StaticFiles(directory=PAGES, html=True), name="pages")
        return

    @app.get("/", include_in_schema=False)
    def missing() -> HTMLResponse:
        return HTMLResponse(_NO_PAGES)
