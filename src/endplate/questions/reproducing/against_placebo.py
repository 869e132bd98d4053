"""Drug against control across trials: slope of reported on simulated differences, and a constant effect.

A comparison is the change of a grade in an arm beyond that of its control: reported as such, or the
difference of two arms at one joint, scale and day. Every trial weighs the same, whatever it reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import erf, exp, pi, sqrt
from typing import Any

import numpy as np

from endplate.case import Arm, Study
from endplate.knowledge.vocabulary import GROUPS, MUSCLES
from endplate.questions.reproducing.scores import DIGITS

Row = Mapping[str, Any]

_TRIALS_FOR_A_SPREAD = 3


@dataclass(frozen=True)
class Comparison:
    """One difference between an arm and its control, grades; negative is better.

    Attributes:
        study: its trial.
        group: limb, adults or children.
        observed: as reported.
        mean: as simulated.
        sd: of the simulated one between draws.
    """

    study: str
    group: str
    observed: float
    mean: float
    sd: float


def comparisons(held: Sequence[Study], studies: Sequence[Row]) -> list[Comparison]:
    """Every comparison that trials report and the model simulates.

    Args:
        held: the studies.
        studies: the same studies scored, in the same order.
    """
    return [one for study, scored in zip(held, studies, strict=True) for one in _of(study, scored)]


def _of(study: Study, scored: Row) -> list[Comparison]:
    treated = {arm.arm: arm for arm in study.arms if arm.injections}
    rows = [row for row in scored["outcomes"] if row["measure"] == "scale_change" and row["crps"] is not None]
    alone = {_visit(row): row for row in rows if row["versus"] is None and row["arm"] not in treated}
    found = []
    for row in rows:
        if row["arm"] not in treated:
            continue
        control = None if row["versus"] else alone.get(_visit(row))
        if row["versus"] is None and control is None:
            continue
        observed, mean, sd = row["observed"], row["predicted"]["mean"], row["predicted"]["sd"]
        if control is not None:
            observed, mean = observed - control["observed"], mean - control["predicted"]["mean"]
            sd = float(np.hypot(sd, control["predicted"]["sd"]))
        found.append(Comparison(study.study, _group(study, treated[row["arm"]]), observed, mean, sd))
    return found


def _visit(row: Row) -> tuple[Any, ...]:
    return row["scale"], row["joint"], row["at"]


def _group(study: Study, arm: Arm) -> str:
    """Limb and age of the people of a trial."""
    named = arm.injections[0].muscle or arm.injections[0].muscles[0]
    limb = MUSCLES[GROUPS.get(named, (named,))[0]].limb
    child = study.population is not None and study.population.adults is False
    return f"{'leg' if limb == 'lower' else 'arm'}, {'children' if child else 'adults'}"


def slope(found: Sequence[Comparison]) -> float | None:
    """Least squares slope of observed on simulated through none on none, every trial weighing the same."""
    if not found:
        return None
    products = _over_trials(found, lambda one: one.observed * one.mean)
    return round(products / _over_trials(found, lambda one: one.mean**2), DIGITS)


def _over_trials(found: Sequence[Comparison], read: Callable[[Comparison], float]) -> float:
    """Mean over trials of their mean over comparisons."""
    names = dict.fromkeys(one.study for one in found)
    return float(np.mean([np.mean([read(one) for one in found if one.study == name]) for name in names]))


def normal_crps(mean: float, sd: float, observed: float) -> float:
    """Continuous ranked probability score of a normal distribution; the absolute error where ``sd`` is 0."""
    if sd == 0:
        return abs(observed - mean)
    z = (observed - mean) / sd
    below, density = (1 + erf(z / sqrt(2))) / 2, exp(-(z**2) / 2) / sqrt(2 * pi)
    return sd * (z * (2 * below - 1) + 2 * density - 1 / sqrt(pi))


def _constant(found: Sequence[Comparison], one: Comparison) -> tuple[float, float]:
    """Mean and spread of the effect in the other trials: what a constant effect expects of this one."""
    others = dict.fromkeys(other.study for other in found if other.study != one.study)
    means = [np.mean([c.observed for c in found if c.study == name]) for name in others]
    return float(np.mean(means)), float(np.std(means, ddof=1)) * sqrt(1 + 1 / len(means))


def against_placebo(held: Sequence[Study], studies: Sequence[Row]) -> dict[str, Any] | None:
    """The comparisons by trial, their slope in all and by group, and scores beside a constant effect.

    None where no trial compares. The constant effect is the mean of the other trials, never the trial's own;
    both scores take normal distributions.
    """
    found = comparisons(held, studies)
    if not found:
        return None
    groups = sorted({one.group for one in found})
    told = {
        "comparisons": [
            {name: round(v, DIGITS) if isinstance(v, float) else v for name, v in vars(one).items()}
            for one in found
        ],
        "slope": slope(found),
        "slope_by_group": {group: slope([one for one in found if one.group == group]) for group in groups},
        "crps": round(_over_trials(found, lambda one: normal_crps(one.mean, one.sd, one.observed)), DIGITS),
        "constant_crps": None,
    }
    if len({one.study for one in found}) > _TRIALS_FOR_A_SPREAD:
        told["constant_crps"] = round(
            _over_trials(found, lambda one: normal_crps(*_constant(found, one), one.observed)), DIGITS
        )
    return told
