"""Answers at once: checks, ranges, curves, drawings."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import APIRouter

from endplate.app.plain import plain
from endplate.app.server.asked import Command, Curves, Document, Limb, OfCase, Spread, Text
from endplate.app.server.drafts import drawable, ranges, totals
from endplate.app.server.jobs import deadline
from endplate.app.server.meta import PLAN_SECTIONS
from endplate.app.server.questions import sections_of
from endplate.app.server.settings import LIVE_AT_ONCE, SLOWEST_S
from endplate.case import Case
from endplate.case.loader import from_document, read_case
from endplate.case.writer import case_yaml
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.outputs.language import LANGUAGES, is_english, spoken, told

router = APIRouter(prefix="/api", tags=["case"])
_live = threading.BoundedSemaphore(LIVE_AT_ONCE)
_SEVERITIES = ("critical", "warning", "info")


@router.post("/case/read")
def read(asked: Text) -> Document:
    """The text of a case file as a case."""
    case = read_case(asked.yaml, asked.name)
    return {"case": case.as_stated(), "notes": list(case.notes)}


@router.post("/case/write")
def write(asked: OfCase) -> Document:
    """A case as the text of a case file."""
    return {"yaml": case_yaml(from_document(Case, asked.case))}


@router.post("/command")
def command(asked: Command) -> Document:
    """What would be typed to ask the same of the case file."""
    code = str(from_document(Case, asked.case).patient.code)
    return {"command": " ".join([f"endplate {asked.verb} {code}.yaml", *_typed(asked)])}


def _typed(asked: Command) -> list[str]:
    """The options of `develop`, and those of a report, as typed; all else is told with its defaults."""
    own = asked.options
    if own is None or asked.verb not in ("run", "develop"):
        return []
    if asked.verb == "run":
        shown = sections_of(own.sections)
        without = [] if shown is None else [name for name in PLAN_SECTIONS if name not in shown]
        tongue = [] if own.language == LANGUAGES[0] else [f"--language {own.language}"]
        return [*tongue, *(f"--without {name}" for name in without)]
    draws = [] if own.draws is None else [f"--draws {own.draws}"]
    return [f'--every "{own.every_wk} wk"', f'--stop "{own.stop_y:g} y"', *draws, f"--seed {own.seed}"]


@router.post("/check")
def check(asked: OfCase) -> Document:
    """What the rules in force say of a plan."""
    from endplate.questions.check import check as check_case

    answer = plain(check_case(from_document(Case, asked.case)).to_dict())
    found = {issue["severity"] for issue in answer["issues"]}
    answer["issues"] = [_in_language(issue) for issue in answer["issues"]]
    soonest = answer["next"]
    soonest["reason"] = told(soonest["reason"], soonest["said"])
    answer["worst"] = next((name for name in _SEVERITIES if name in found), "none")
    return dict(answer)


def _in_language(issue: Document) -> Document:
    """A finding in the language of the request; ``lang`` says where it stays English."""
    if is_english():
        return issue
    message = told(issue["message"], issue.get("said"))
    return {**issue, "message": message, "lang": "en" if message == issue["message"] else spoken()}


@router.post("/ranges")
def held(asked: OfCase) -> Document:
    """The range held beside each muscle of a draft; None where no number is held."""
    return dict(plain(ranges(asked.case)))


@router.post("/totals")
def summed(asked: OfCase) -> Document:
    """What a draft plans for each limb and together against the totals held, as the check judges it."""
    return {"totals": plain(totals(asked.case))}


@router.post("/curves")
def curves(asked: Curves) -> Document:
    """A plan simulated in few copies, for curves that follow a dose as it is typed."""
    from endplate.simulation import simulate

    case = from_document(Case, asked.case)
    with _live:
        found = simulate(
            case, asked.draws, asked.seed, asked.horizon_wk * DAYS_PER_WEEK, progress=deadline(SLOWEST_S)
        )
    return dict(plain(found.to_dict()))


@router.post("/limb")
def limb(asked: Limb) -> Document:
    """A limb segment with the needles of a plan, as a drawing and as rows."""
    from endplate.outputs.limb_view import limb_svg
    from endplate.questions.view_limb import view_limb

    with _live:
        seen = view_limb(drawable(asked.case), asked.segment, asked.side)
        svg = limb_svg(seen.document, seen.limb, seen.names, asked.view, asked.at)
    return {**plain(seen.document), "svg": svg}


@router.post("/spread")
def spread(asked: Spread) -> Document:
    """Where one muscle's units go, as a section and as rows."""
    from endplate.outputs.spread_view import section
    from endplate.questions.view_spread import view_spread

    with _live:
        seen = view_spread(from_document(Case, asked.case), asked.muscle, asked.side)
        svg = section(seen.document, seen.limb, seen.names, seen.exposure_U_h_per_mL, seen.sites_mm)
    return {"document": plain(seen.document), "svg": svg}


@router.post("/body3d")
def body3d(asked: OfCase) -> dict[str, Any]:
    """The muscles of a plan's segments as spindles along their limb, for a schematic view in space."""
    from endplate.questions.view_body import view_body

    return dict(plain(view_body(drawable(asked.case))))
