"""`check` on the plan that the needles amount to, and the budget: what breaks a limit of dose or volume."""

from __future__ import annotations

from collections.abc import Sequence

from endplate.case import Training
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.check import check
from endplate.questions.checking.bounds import above
from endplate.questions.checking.finding import Finding, number
from endplate.questions.training.needles import Placed

_FAMILIES = ("muscle_dose", "session_total", "site_dose", "site_volume", "cumulative_3_months")


def findings_of(training: Training, placed: Sequence[Placed]) -> tuple[Finding, ...]:
    """What `check` and the budget say of the doses and volumes of an attempt, critical first.

    A needle whose tip lies in no muscle counts as one for the first muscle of the task: its units are given.

    Args:
        training: its person and plan.
        placed: the needles as they came to lie.
    """
    rows = tuple(
        {
            "muscle": each.muscle or training.muscles[0],
            "side": training.show.side,
            "dose": f"{each.dose_U:g} U",
            "sites": 1,
        }
        for each in placed
        if each.dose_U > 0
    )
    if not rows:
        return ()
    issues = check(training.case(rows)).issues
    told = [issue for issue in issues if issue.rule.removesuffix("_below_range") in _FAMILIES]
    once = {str(issue.message): issue for issue in reversed(told)}  # needles alike are told of once
    return (*_over_budget(training, placed), *(issue for issue in told if once[str(issue.message)] is issue))


def _over_budget(training: Training, placed: Sequence[Placed]) -> tuple[Finding, ...]:
    budget, given = training.task.budget, sum(each.dose_U for each in placed)
    if budget is None or not above(given, float(budget.value)):
        return ()
    message = Sentence(
        "{given} U were given, and {budget} U were at hand.",
        given=number(given),
        budget=number(float(budget.value)),
    )
    limit = float(budget.value)
    return (Finding("budget", "critical", "needles", message, value=given, limit=limit, unit="U"),)
