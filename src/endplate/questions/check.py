"""`check`: compare a plan with the label rules in force on its date. Knows nothing of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from endplate.case.models import Case
from endplate.case.plan import plan_of
from endplate.knowledge.labels import Status
from endplate.questions.checking.context import Context, gather
from endplate.questions.checking.doses import doses
from endplate.questions.checking.finding import Finding, order
from endplate.questions.checking.muscles import check_muscles, check_sites
from endplate.questions.checking.next_session import next_session
from endplate.questions.checking.people import (
    check_age,
    check_boxed,
    check_cautions,
    check_interval,
    check_stale,
    check_weight,
)
from endplate.questions.checking.preparation import check_preparation, preparation
from endplate.questions.checking.selection import check_selection, selection
from endplate.questions.checking.status import check_held, plan_status
from endplate.questions.checking.totals import check_cumulative, check_totals

__all__ = ["CheckResult", "Finding", "check"]

_RULES = (
    check_held,
    check_age,
    check_weight,
    check_totals,
    check_cumulative,
    check_muscles,
    check_sites,
    check_interval,
    check_cautions,
    check_boxed,
    check_preparation,
    check_stale,
    check_selection,
)


@dataclass(frozen=True)
class CheckResult:
    """All findings, critical first, and the plan's label status.

    As plain data: how to prepare it, the earliest day the limits allow for the next session, selection, and
    every dose with its volumes and the range held.
    """

    issues: tuple[Finding, ...]
    status: Status
    preparation: dict[str, Any]
    selection: dict[str, object]
    context: Context = field(repr=False)

    @cached_property
    def next_session(self) -> dict[str, Any]:
        """The earliest day the limits allow for the same plan again; worked out when it is asked for."""
        return next_session(self.context)

    @cached_property
    def doses(self) -> list[dict[str, Any]]:
        """Every dose with its volumes and the range held; likewise."""
        return doses(self.context)

    @property
    def critical(self) -> bool:
        """Whether any finding is critical (exit code 1)."""
        return any(issue.severity == "critical" for issue in self.issues)

    def to_dict(self) -> dict[str, object]:
        """The JSON object of `check`."""
        return {
            "issues": [issue.to_dict() for issue in self.issues],
            "status": self.status,
            "preparation": self.preparation,
            "next": self.next_session,
            "selection": self.selection,
            "doses": self.doses,
        }


def check(case: Case) -> CheckResult:
    """Check a case's plan against every rule held.

    Args:
        case: a loaded case with a plan.

    Raises:
        InputError: when the case has no plan or a dose cannot be resolved.
    """
    context = gather(case, plan_of(case))
    status, found = plan_status(context)
    for rule in _RULES:
        found += rule(context)
    issues = tuple(sorted(set_once(found), key=order))
    return CheckResult(issues, status, preparation(context), selection(context), context)


def set_once(findings: list[Finding]) -> list[Finding]:
    """The findings without exact repeats, in the order they came."""
    kept: list[Finding] = []
    for finding in findings:
        if finding not in kept:
            kept.append(finding)
    return kept
