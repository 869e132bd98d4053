"""The plan with its doses at the top of the ranges held, never beyond a limit that `check` knows."""

from __future__ import annotations

from collections import Counter

from endplate.case import Case
from endplate.case.models import Plan
from endplate.knowledge.labels import Rule
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.questions.check import check
from endplate.questions.checking.context import Context, gather
from endplate.questions.checking.muscles import members

_HALVINGS = 12


def raised(case: Case, plan: Plan) -> Case | None:
    """The case with every dose as near to the top of its range as all limits held allow.

    A muscle without a range held keeps its dose. Where the tops together pass a total, all rises shrink
    alike, until ``check`` finds nothing critical that it does not find in the plan as it is.

    Returns:
        The case; None where no dose can rise.
    """
    context = gather(case, plan)
    tops = [_room(context, place) for place in range(len(plan.injections))]
    if max(tops, default=1.0) <= 1:
        return None
    before = _critical(case)
    low, high = 0.0, 1.0
    if _critical(_scaled(case, plan, tops, high)) <= before:
        low = high
    for _ in range(0 if low else _HALVINGS):
        middle = (low + high) / 2
        fits = _critical(_scaled(case, plan, tops, middle)) <= before
        low, high = (middle, high) if fits else (low, middle)
    return _scaled(case, plan, tops, low) if low else None


def _room(context: Context, place: int) -> float:
    """How far the dose of a row may rise by the ranges of its muscles, at least 1."""
    shots = [shot for shot in context.injections if shot.where == f"plan.injections[{place}]"]
    found = [
        top / given
        for rule in context.family("muscle_dose")
        for shot in shots
        if shot.muscle in members(rule)
        and (top := rule.maximum_for(context.weight_kg)) is not None
        and (given := _given(context, rule, shot.muscle, shot.side))
    ]
    return max(1.0, min(found, default=1.0))


def _given(context: Context, rule: Rule, muscle: str, side: str) -> float:
    """Units that a range counts together."""
    muscles = {muscle} if rule.per == "each" else members(rule)
    sides = ("left", "right") if rule.extent == "session" else (side,)
    return sum(shot.dose_U for shot in context.injections if shot.muscle in muscles and shot.side in sides)


def _scaled(case: Case, plan: Plan, tops: list[float], part: float) -> Case:
    """The case with every row risen by a part of what its range leaves; dilution stays."""
    rows = [
        row.model_copy(
            update={
                "dose": Quantity(row.dose.value * (1 + part * (top - 1)), row.dose.unit),
                "volume": row.volume and Quantity(row.volume.value * (1 + part * (top - 1)), row.volume.unit),
            }
        )
        for row, top in zip(plan.injections, tops, strict=True)
    ]
    return case.model_copy(update={"plan": plan.model_copy(update={"injections": tuple(rows)})})


def _critical(case: Case) -> Counter[str]:
    """How often each rule stands critical against a plan."""
    return Counter(issue.rule for issue in check(case).issues if issue.severity == "critical")
