"""What the experiments on reflexes and maps must show, and whether they do."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from endplate.physiology.development.map_metrics import mean_se
from endplate.questions.developing import controls, experiments
from endplate.questions.developing.experiments import Outcomes

RUNS: Mapping[str, Callable[[int], Outcomes]] = {
    "reflexes": experiments.reflex_tuning,
    "whiskers": experiments.barrel_lesions,
    "order": experiments.order,
    "kittens": experiments.kitten,
    "sites": experiments.ineffective_sites,
    "no window": experiments.no_window,
    "spastic": controls.spastic_sweep,
    "healthy": controls.healthy_limb,
    "numerics": controls.numerics,
}
"""Experiments by name; each takes a number of seeds."""
QUICK = ("reflexes", "spastic")
MORE = 5  # times as many seeds for those that take no time


@dataclass(frozen=True)
class Criterion:
    """One thing that must hold.

    Attributes:
        experiment: A1 to A19.
        outcome: name of what is judged.
        kind: ``fitted`` where parameters were fitted to it, ``test`` where it follows without a refit.
        why: on what the bounds rest.
        low: least mean over seeds.
        high: greatest mean over seeds.
        errors: a mean above ``high`` counts only where it is also more than so many standard errors above 0.
        most_se: greatest standard error, so that noise alone can pass nothing.
    """

    experiment: str
    outcome: str
    kind: str
    why: str
    low: float = -math.inf
    high: float = math.inf
    errors: float = 0.0
    most_se: float = math.inf


@dataclass(frozen=True)
class Judged:
    """A criterion with mean and standard error over seeds, and whether it holds."""

    criterion: Criterion
    mean: float
    se: float

    @property
    def holds(self) -> bool:
        """Whether the mean lies between the bounds, and is told well enough."""
        own = self.criterion
        most = max(own.high, own.errors * self.se)
        return own.low <= self.mean <= most and self.se <= own.most_se


@cache
def criteria() -> tuple[Criterion, ...]:
    """Every criterion, in order."""
    text = Path(__file__).with_name("acceptance.toml").read_text(encoding="utf-8")
    return tuple(Criterion(**raw) for raw in tomllib.loads(text)["criterion"])


def judge(outcomes: Outcomes) -> tuple[Judged, ...]:
    """What the criteria say of these outcomes, in order; outcomes without a criterion are left out."""
    return tuple(Judged(c, *mean_se(outcomes[c.outcome])) for c in criteria() if c.outcome in outcomes)


def run(seeds: int, names: Sequence[str] = tuple(RUNS)) -> tuple[Outcomes, tuple[Judged, ...]]:
    """Runs experiments by name: every outcome, and what the criteria say of them.

    Args:
        seeds: animals; ``MORE`` times as many in experiments on reflexes alone.
        names: of ``RUNS``.
    """
    found: Outcomes = {}
    for name in names:
        found |= RUNS[name](seeds * MORE if name in QUICK else seeds)
    return found, judge(found)
