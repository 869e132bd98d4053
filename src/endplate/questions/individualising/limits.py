"""The earliest day that the label rules held allow for the next session; the model has no say in it."""

from __future__ import annotations

from typing import Any

from endplate.case import Case
from endplate.case.models import Plan
from endplate.questions.checking.context import gather
from endplate.questions.checking.finding import doubt, number
from endplate.questions.checking.next_session import earliest_next
from endplate.questions.checking.people import interval_rule

_DAYS_PER_WEEK = 7


def earliest(case: Case, plan: Plan) -> dict[str, Any]:
    """The day on which interval and sums held let the same plan be given again, with the rules that set it.

    Raises:
        InputError: a dose of the plan cannot be resolved.
    """
    context = gather(case, plan)
    rule = interval_rule(context)
    if rule is None or not rule.minimum:
        reason = f"No interval is held for {plan.product} in {plan.jurisdiction} on {plan.date}."
        return {"earliest_by_limits": None, "limit": None, "reason": reason}
    told = {
        "id": rule.id,
        "minimum": rule.minimum,
        "unit": rule.unit,
        "basis": rule.basis,
        "verified": rule.verified,
        "source": rule.source.to_dict(rule.last_checked_on),
    }
    found = earliest_next(case, context.rules)
    if found["earliest_by_limits"] is None:
        return {"earliest_by_limits": None, "limit": told, "reason": f"{_sentence(found['why'])}."}
    reason = f"{number(rule.minimum)} weeks after the plan{doubt(rule)}."
    if found["days"] > rule.minimum * _DAYS_PER_WEEK:
        others = ", ".join(name for name in found["rules"] if name != rule.id)
        reason = f"{found['days']} d after the plan, as sums over time ask more than the interval ({others})."
    return {"earliest_by_limits": found["earliest_by_limits"], "limit": told, "reason": reason}


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
