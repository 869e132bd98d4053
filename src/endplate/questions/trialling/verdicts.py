"""Which arms of a replicate are declared different, and which of them better."""

from __future__ import annotations

from collections.abc import Mapping

from endplate.case.trial import Endpoint, Trial
from endplate.questions.trialling.analysis import Comparison, rejected


def verdicts(trial: Trial, endpoint: Endpoint, found: Mapping[str, Comparison]) -> dict[str, bool]:
    """Which arms are declared different by an endpoint."""
    sides = trial.analysis.sides
    return rejected(trial, {arm: each.sided(sides, endpoint) for arm, each in found.items()})


def won_of(
    endpoint: Endpoint, found: Mapping[str, Comparison], different: Mapping[str, bool]
) -> dict[str, bool]:
    """Which of the arms declared different are so for the better; without a better side all of them."""
    return {arm: told and is_good(endpoint, found[arm]) for arm, told in different.items()}


def is_good(endpoint: Endpoint, found: Comparison) -> bool:
    """Whether a difference is for the better; without a better side any is."""
    if endpoint.better is None:
        return True
    return found.difference < 0 if endpoint.better == "lower" else found.difference > 0
