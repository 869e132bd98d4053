"""When the labels held let the same plan be given again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from endplate.case import Case
from endplate.case.again import given_again
from endplate.case.fields import LAST_DAY
from endplate.knowledge.labels import Rule
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary.sentence import Sentence, said
from endplate.questions.checking.context import Context, gather
from endplate.questions.checking.finding import Finding, doubt, number
from endplate.questions.checking.people import check_interval, interval_rule
from endplate.questions.checking.totals import check_cumulative

Row = dict[str, Any]

_LONGEST_D = 1024  # days looked ahead for the next session


def next_session(context: Context) -> Row:
    """The day on which interval and sums held let the same plan be given again, and what sets it.

    Args:
        context: a case with its plan.

    Returns:
        ``earliest_by_limits`` (ISO date, or None), ``limit`` (the interval held, or None), ``reason`` and
        what it was made of (``said``).
    """
    plan, rule = context.plan, interval_rule(context)
    if rule is None or not rule.minimum:
        text = "No interval is held for {product} in {place} on {date}."
        reason = Sentence(text, product=plan.product, place=plan.jurisdiction, date=str(plan.date))
        return {"earliest_by_limits": None, "limit": None, "reason": str(reason), "said": said(reason)}
    told = {
        "id": rule.id,
        "minimum": rule.minimum,
        "unit": rule.unit,
        "basis": rule.basis,
        "verified": rule.verified,
        "source": rule.source.to_dict(rule.last_checked_on),
    }
    found = earliest_next(context.case, context.rules)
    reason = _reason(found, rule)
    day = found["earliest_by_limits"]
    return {"earliest_by_limits": day, "limit": told, "reason": str(reason), "said": said(reason)}


def _reason(found: Row, rule: Rule) -> Sentence:
    """Why the day is the one it is."""
    if found["earliest_by_limits"] is None:
        return Sentence("Never within the limits held.")
    if found["days"] > (rule.minimum or 0) * DAYS_PER_WEEK:
        others = ", ".join(name for name in found["rules"] if name != rule.id)
        text = "{days} d after the plan, as sums over time ask more than the interval ({others})."
        return Sentence(text, days=str(found["days"]), others=others)
    return Sentence(
        "{weeks} weeks after the plan{doubt}.", weeks=number(rule.minimum or 0), doubt=doubt(rule)
    )


def earliest_next(case: Case, rules: Iterable[Rule]) -> Row:
    """The first day on which the labels held let the same plan be given again; None where none is held.

    Args:
        case: a case with the plan.
        rules: label rules in force.
    """
    if case.plan is None:
        raise AssertionError("an optimised case has a plan")
    held = [rule for rule in rules if rule.family in ("interval", "cumulative_3_months")]
    if not any(rule.family == "interval" for rule in held):
        return {"earliest_by_limits": None, "days": None, "rules": [], "why": "no interval is held"}
    late, early = min(_LONGEST_D, (LAST_DAY - case.plan.date).days), 0
    if late < 1 or _stopped(case, late):
        return {"earliest_by_limits": None, "days": None, "rules": [], "why": "never within the limits held"}
    while late - early > 1:
        middle = (late + early) // 2
        late, early = (late, middle) if _stopped(case, middle) else (middle, early)
    return {
        "earliest_by_limits": (case.plan.date + timedelta(days=late)).isoformat(),
        "days": late,
        "rules": sorted({str((f.source or {}).get("id")) for f in _stopped(case, max(early, 1))}),
        "why": "the limits held",
    }


def _stopped(case: Case, after_d: int) -> list[Finding]:
    """What the labels held have against the same plan so many days later, to the letter."""
    later = given_again(case, after_d, 1.0)
    if later.plan is None:
        raise AssertionError("a case given again has a plan")
    again = gather(later, later.plan)
    found = [*check_interval(again), *check_cumulative(again)]
    return [finding for finding in found if finding.severity == "critical"]
