"""The earliest day that the label rules held allow for the next session; the model has no say in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from endplate.case import Case
from endplate.case.models import Plan
from endplate.questions.checking.context import gather
from endplate.questions.checking.finding import doubt, number
from endplate.questions.checking.people import interval_rule


def earliest(case: Case, plan: Plan) -> dict[str, Any]:
    """The day, with the rule that it follows from, or why there is none.

    Raises:
        InputError: a dose of the plan cannot be resolved.
    """
    rule = interval_rule(gather(case, plan))
    if rule is None or not rule.minimum:
        reason = f"No interval is held for {plan.product} in {plan.jurisdiction} on {plan.date}."
        return {"earliest_by_limits": None, "limit": None, "reason": reason}
    day = plan.date + timedelta(weeks=rule.minimum)
    told = {
        "id": rule.id,
        "minimum": rule.minimum,
        "unit": rule.unit,
        "basis": rule.basis,
        "verified": rule.verified,
        "source": rule.source.to_dict(rule.last_checked_on),
    }
    reason = f"{number(rule.minimum)} weeks after the plan{doubt(rule)}."
    return {"earliest_by_limits": day.isoformat(), "limit": told, "reason": reason}
