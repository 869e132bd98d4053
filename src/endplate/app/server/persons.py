"""The store over HTTP: persons, their cycles, what was given and found, each change against its version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from endplate.app.plain import plain
from endplate.app.server.asked import Document, Found, GivenOf, KeptPerson, OfVersion, PlanOf, RunOf
from endplate.app.server.guard import problem
from endplate.app.server.jobs import not_done
from endplate.app.store_place import wanted
from endplate.case import Case
from endplate.case.loader import from_document
from endplate.errors import InputError

if TYPE_CHECKING:
    from endplate.store import Done, Store

_GONE, _CONFLICT, _DATABASE = 404, 409, 503
_STATUS = {
    **dict.fromkeys(("no_person", "no_cycle", "no_row", "no_job"), _GONE),
    **dict.fromkeys(("conflict", "code_taken", "not_done"), _CONFLICT),
}
# What the store says to somebody at a command line, said to somebody at the app.
_REMEDIES = {
    "conflict": "Open the person again, then repeat the change.",
    "code_taken": "Keep it as the next cycle, or in place of the plan of the last one.",
    "no_person": "See the list of persons.",
    "no_row": "Open the person again: it tells the numbers.",
    "one_session": "Keep another session as the next cycle.",
    "injections_needed": "Name every injection of this lot; the units are those of its injections.",
    "other_inputs": "Open the case from the store, ask again, and record that result.",
}
_FIELDS = {"CODE": "code", "CASE": "case", "RESULT": "job", "injection": "injections", "correct": "number"}
_CODE = r"^[A-Za-z0-9._-]{1,40}$"

router = APIRouter(
    prefix="/api/store",
    tags=["store"],
    responses={404: {"description": "There is no store, or none of that name in it."}},
)
_CHANGED: dict[int | str, dict[str, Any]] = {409: {"description": "The person was changed elsewhere."}}
Code = Annotated[str, Path(pattern=_CODE)]
RowNumber = Annotated[int, Path(ge=1, lt=2**31)]
Cycle = Annotated[int | None, Query(ge=1, lt=2**31)]


class Refused(Exception):
    """What the store refuses: its message and the status it has over HTTP."""

    def __init__(self, status: int, told: Document) -> None:
        super().__init__(told["message"])
        self.status, self.told = status, told


@contextmanager
def _store(request: Request) -> Iterator[Store]:
    """The store of this server; what it complains of is told without where it lies.

    Raises:
        Refused: there is none, or it refuses.
        InputError: what was asked is wrong.
    """
    store: Store | None = request.app.state.store
    if store is None:
        remedy = "Start it with one: endplate serve --store PLACE."
        raise Refused(_GONE, problem("no_store", "This server has no store", remedy)["error"])
    try:
        yield store
    except InputError as error:
        field = (error.field or "").removeprefix("--")
        error.field = _FIELDS.get(field, field) or None
        error.remedy = _REMEDIES.get(error.rule, error.remedy)
        status = _DATABASE if error.file == store.place.shown else _STATUS.get(error.rule)
        if status is None:
            raise
        if status == _DATABASE:
            error.file = store.place.word
        raise Refused(status, error.to_dict()) from error


def _told(done: Done, status: int = 200, **more: Any) -> JSONResponse:
    return JSONResponse({**plain(asdict(done)), **more}, status_code=status)


def _differs(store: Store, case: Case) -> list[str]:
    """The parts in which a case is not as it is held, such as visits that are recorded by themselves."""
    return list(store.beside(case)["case_file"]["differs"])


def _changing(asked: OfVersion) -> dict[str, Any]:
    return {"who": asked.who, "version": asked.version, "cycle": asked.cycle}


@router.get("/persons")
def persons(
    request: Request,
    page: Annotated[int, Query(ge=1, lt=2**31)] = 1,
    code: Annotated[str | None, Query(pattern=_CODE)] = None,
    condition: str | None = None,
    product: str | None = None,
    since: str | None = None,
) -> Document:
    """One page of 50 persons by code: those whose code begins so, of a condition, a product, since a day."""
    with _store(request) as store:
        return dict(plain(store.page(page, wanted(code, condition, product, since))))


@router.post("/persons", status_code=201, responses=_CHANGED)
def keep(asked: KeptPerson, request: Request) -> JSONResponse:
    """Keep a case: of somebody new or, with the version read, as the next cycle of somebody known."""
    with _store(request) as store:
        case, version = from_document(Case, asked.case), asked.version
        done = store.add(case, who=asked.who, next_cycle=version is not None, version=version)
        return _told(done, 201, differs=_differs(store, case))


@router.get("/persons/{code}")
def person(code: Code, request: Request) -> Document:
    """Everything held of a person: plans, what was given, findings, runs, and the version."""
    with _store(request) as store:
        return dict(plain(store.show(code)))


@router.get("/persons/{code}/case")
def case(code: Code, request: Request, cycle: Cycle = None) -> Document:
    """The case of a cycle (the last one): its plan is what was given, where that is recorded."""
    with _store(request) as store:
        held = store.show(code)  # first, so that a change in between is told as a conflict later
        found = store.case(code, cycle)
    number = len(held["cycles"]) if cycle is None else cycle
    about = {"code": code, "cycle": number, "version": held["version"]}
    return {**about, "case": found.as_stated(), "notes": list(found.notes)}


@router.put("/persons/{code}/plan", responses=_CHANGED)
def plan(code: Code, asked: PlanOf, request: Request) -> JSONResponse:
    """Put the plan of a case in place of that of a cycle (the last one)."""
    with _store(request) as store:
        case = from_document(Case, asked.case)
        done = store.plan(code, case, **_changing(asked))
        return _told(done, differs=_differs(store, case))


@router.post("/persons/{code}/visits", status_code=201, responses=_CHANGED)
def visit(code: Code, asked: Found, request: Request) -> JSONResponse:
    """Add a finding to a cycle."""
    with _store(request) as store:
        return _told(store.visit(code, asked.finding, note=asked.note, **_changing(asked)), 201)


@router.put("/persons/{code}/visits/{number}", responses=_CHANGED)
def correct_visit(code: Code, number: RowNumber, asked: Found, request: Request) -> JSONResponse:
    """Put a finding in place of an earlier one; the audit keeps what that said."""
    with _store(request) as store:
        told = _changing(asked)
        return _told(store.visit(code, asked.finding, note=asked.note, correct=number, **told))


@router.post("/persons/{code}/given", status_code=201, responses=_CHANGED)
def given(code: Code, asked: GivenOf, request: Request) -> JSONResponse:
    """Record what was given of one lot; from then on it stands in place of the plan."""
    with _store(request) as store:
        return _told(store.given(code, asked.record, **_changing(asked)), 201)


@router.put("/persons/{code}/given/{number}", responses=_CHANGED)
def correct_given(code: Code, number: RowNumber, asked: GivenOf, request: Request) -> JSONResponse:
    """Put what was given of a lot in place of an earlier record; the audit keeps what that said."""
    with _store(request) as store:
        return _told(store.given(code, asked.record, correct=number, **_changing(asked)))


@router.post("/persons/{code}/runs", status_code=201, responses=_CHANGED)
def run(code: Code, asked: RunOf, request: Request) -> JSONResponse:
    """Record the result of a job, as ``/api/jobs/ID/result`` gives it: checksum, seed and versions."""
    with _store(request) as store:
        job = request.app.state.jobs.find(asked.job)
        if job is None:
            remedy = "It may have ended long ago; ask again."
            raise InputError("There is no such job", rule="no_job", remedy=remedy, field="job")
        if job.state != "done":
            raise not_done(job)
        raw = bytes(JSONResponse(plain(job.result)).body)
        return _told(store.run(code, raw, who=asked.who), 201)


@router.get("/audit")
def audit(
    request: Request,
    code: Annotated[str | None, Query(pattern=_CODE)] = None,
    most: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Document:
    """The newest changes, oldest first: who changed what and when, with what stood there before."""
    with _store(request) as store:
        return {"entries": plain(store.audit(code, most))}
