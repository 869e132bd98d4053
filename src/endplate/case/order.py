"""The order of days in a case: earlier sessions, then the plan, then its visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from endplate.case.fields import wrong
from endplate.case.findings import check_report
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence

if TYPE_CHECKING:
    from endplate.case.models import HistoryEntry, Plan, Visit

At = tuple[str | int, ...]


def check_after_session(visits: Iterable[Visit], session: dt.date) -> None:
    """Raise for a visit that comes before its session, or tells of something after itself."""
    for index, visit in enumerate(visits):
        if visit.date < session:
            told = {"visit": f"visits[{index}]", "day": str(visit.date), "session": str(session)}
            message = Sentence("{visit} ({day}) comes before its session ({session})", **told)
            at: At = ("visits", index, "date")
            raise wrong("date_order", message, "Visits follow the date of their session.", at)
    _reports(visits, session)


def check_before_plan(history: Iterable[HistoryEntry], plan: Plan) -> None:
    """Raise for an earlier session that is none, or whose visits belong to the plan."""
    for index, session in enumerate(history):
        if session.date >= plan.date:
            told = {"session": f"history[{index}]", "day": str(session.date), "plan": str(plan.date)}
            message = Sentence("{session} ({day}) does not come before the plan ({plan})", **told)
            at: At = ("history", index, "date")
            raise wrong("date_order", message, "Earlier sessions lie before the date of the plan.", at)
        for row, visit in enumerate(session.visits):
            if visit.date > plan.date:
                told = {"visit": f"history[{index}].visits[{row}]", "day": str(visit.date)}
                message = Sentence("{visit} ({day}) comes after the plan", **told)
                at = ("history", index, "visits", row, "date")
                raise wrong("date_order", message, "Write it among the visits of the plan.", at)


def check_after_plan(visits: Iterable[Visit], plan: Plan) -> None:
    """Raise for a visit that comes before the plan, or tells of something after itself."""
    for index, visit in enumerate(visits):
        if visit.date < plan.date:
            told = {"visit": f"visits[{index}]", "day": str(visit.date), "plan": str(plan.date)}
            message = Sentence("{visit} ({day}) comes before the plan ({plan})", **told)
            at: At = ("visits", index, "date")
            raise wrong("date_order", message, "Visits follow the date of the plan.", at)
    _reports(visits, plan.date)


def _reports(visits: Iterable[Visit], session: dt.date) -> None:
    for index, visit in enumerate(visits):
        try:
            check_report(visit.measure, visit.value, (visit.date - session).days)
        except InputError as error:
            raise wrong(error.rule, error.message, error.remedy, ("visits", index, "value")) from error
