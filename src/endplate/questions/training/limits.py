"""`check` on the plan that the needles amount to, and the budget: what breaks a limit of dose or volume."""

from __future__ import annotations

import math
from collections.abc import Sequence

from endplate.case import Training
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.check import check
from endplate.questions.checking.bounds import above
from endplate.questions.checking.finding import Finding, number
from endplate.questions.training.limb import ShownLimb
from endplate.questions.training.needles import Placed

LOW_DOSE = "muscle_dose_below_range"
DOSES = ("muscle_dose", "session_total", "site_dose", "site_volume", "cumulative_3_months")
"""Rules of `check` that judge doses and volumes."""


def findings_of(training: Training, shown: ShownLimb, placed: Sequence[Placed]) -> tuple[Finding, ...]:
    """What `check` and the budget say of an attempt, critical first.

    All that `check` finds critical counts, of the person too; else what it says of doses and volumes. Needles
    of one muscle that lie together are one site. A needle whose tip lies in no muscle counts as one for the
    first muscle of the task: its units are given.

    Args:
        training: its person and plan.
        shown: its limb.
        placed: the needles as they came to lie.
    """
    sites = _sites(shown, [each for each in placed if each.dose_U > 0])
    if not sites:
        return ()
    rows = tuple(
        {
            "muscle": site[0].muscle or training.muscles[0],
            "side": training.show.side,
            "dose": f"{sum(each.dose_U for each in site):g} U",
            "sites": 1,
        }
        for site in sites
    )
    beside = {f"plan.injections[{k}]" for k, row in enumerate(rows) if row["muscle"] not in training.muscles}
    told = [issue for issue in check(training.case(rows)).issues if _counts(issue, beside)]
    once = {str(issue.message): issue for issue in reversed(told)}  # needles alike are told of once
    return (*_over_budget(training, placed), *(issue for issue in told if once[str(issue.message)] is issue))


def _counts(issue: Finding, beside: set[str]) -> bool:
    """Whether a finding is told: critical, or of doses; too little for a muscle beside is nobody's fault."""
    if issue.severity == "critical":
        return True
    if issue.rule == LOW_DOSE:
        return issue.where not in beside
    return issue.rule.removesuffix("_below_range") in DOSES


def _sites(shown: ShownLimb, placed: Sequence[Placed]) -> list[list[Placed]]:
    """Needles of one muscle that lie nearer to one another than half the distance of sites, together."""
    near = value("spread.site_spacing") * shown.scale / 2
    found: list[list[Placed]] = []
    for each in placed:
        own = [
            site
            for site in found
            if site[0].muscle == each.muscle
            and any(math.dist(each.tip_mm, other.tip_mm) < near for other in site)
        ]
        found = [site for site in found if site not in own]
        found.append([other for site in own for other in site] + [each])
    return found


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
