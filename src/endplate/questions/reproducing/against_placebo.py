"""Drug against control across trials: slope of reported on simulated differences, and a constant effect.

A comparison is the change of a grade in an arm beyond that of an untreated one: reported as such, or the
difference of two arms at one joint, scale and day. A lower dose is no control. Every trial weighs the same,
whatever it reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import erf, exp, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome, Study
from endplate.knowledge.vocabulary import GROUPS, MUSCLES
from endplate.questions.reproducing.arms import are_children
from endplate.questions.reproducing.scores import DIGITS

Array = NDArray[np.float64]
Row = Mapping[str, Any]

_TRIALS_FOR_A_SPREAD = 3


def comparisons(study: Study, known: Sequence[Outcome], predict: Callable[[Outcome], Array]) -> list[Row]:
    """What a trial reports of drug beyond control, and the same as simulated, grades; negative is better.

    Args:
        study: the trial.
        known: its outcomes that are simulated.
        predict: the number that it would print, in every draw; both arms of a draw share what is the
            study's, so that their difference is taken draw by draw.
    """
    treated = {arm.arm: arm for arm in study.arms if arm.injections}
    changes = [row for row in known if row.measure == "scale_change" and row.value is not None]
    alone = {_visit(row): row for row in changes if row.versus is None and row.arm not in treated}
    found: list[Row] = []
    for row in changes:
        control = None if row.versus else alone.get(_visit(row))
        is_control = row.versus not in treated if row.versus else control is not None
        if row.arm not in treated or not is_control:
            continue
        sample, observed = predict(row), row.value or 0.0
        if control is not None:
            sample, observed = sample - predict(control), observed - (control.value or 0.0)
        numbers = {"observed": observed, "mean": float(sample.mean()), "sd": float(sample.std())}
        where = {"arm": row.arm, "joint": row.joint, "at": str(row.at) if row.at else None}
        told = {name: round(number, DIGITS) for name, number in numbers.items()}
        found.append({**where, "group": group_of(study, treated[row.arm]), **told})
    return found


def _visit(row: Outcome) -> tuple[Any, ...]:
    return row.scale, row.joint, row.at


def group_of(study: Study, arm: Arm) -> str:
    """Limb and age of the people of a trial."""
    return f"{limb_of(arm)}, {'children' if are_children(study.population) else 'adults'}"


def limb_of(arm: Arm) -> str:
    """Arm or leg, by the first muscle injected."""
    named = arm.injections[0].muscle or arm.injections[0].muscles[0]
    return "leg" if MUSCLES[GROUPS.get(named, (named,))[0]].limb == "lower" else "arm"


def slope(trials: Sequence[Sequence[Row]]) -> float | None:
    """Least squares slope of observed on simulated through none on none, every trial weighing the same."""
    if not trials:
        return None
    products = _over_trials(trials, lambda one: one["observed"] * one["mean"])
    return round(products / _over_trials(trials, lambda one: one["mean"] ** 2), DIGITS)


def _over_trials(trials: Sequence[Sequence[Row]], read: Callable[[Row], float]) -> float:
    """Mean over trials of their mean over comparisons."""
    return float(np.mean([np.mean([read(one) for one in trial]) for trial in trials]))


def normal_crps(mean: float, sd: float, observed: float) -> float:
    """Continuous ranked probability score of a normal distribution; the absolute error where ``sd`` is 0."""
    if sd == 0:
        return abs(observed - mean)
    z = (observed - mean) / sd
    below, density = (1 + erf(z / sqrt(2))) / 2, exp(-(z**2) / 2) / sqrt(2 * pi)
    return sd * (z * (2 * below - 1) + 2 * density - 1 / sqrt(pi))


def _constant_crps(trials: Sequence[Sequence[Row]]) -> float | None:
    """Score of the mean effect of the other trials, with their spread, taken for every trial."""
    if len(trials) <= _TRIALS_FOR_A_SPREAD:
        return None
    means, scores = [np.mean([one["observed"] for one in trial]) for trial in trials], []
    for k, trial in enumerate(trials):
        others = np.delete(means, k)
        expected = float(others.mean()), float(others.std(ddof=1)) * sqrt(1 + 1 / others.size)
        scores.append(np.mean([normal_crps(*expected, one["observed"]) for one in trial]))
    return round(float(np.mean(scores)), DIGITS)


def against_placebo(studies: Sequence[Row]) -> dict[str, Any] | None:
    """Slope of all comparisons and by group, and scores beside a constant effect; None where none compares.

    The constant effect never sees the trial it is scored on; both scores take normal distributions.

    Args:
        studies: scored studies with their ``comparisons``.
    """
    trials = [study["comparisons"] for study in studies if study["comparisons"]]
    if not trials:
        return None
    groups = sorted({one["group"] for trial in trials for one in trial})
    split = {name: [trial for trial in trials if trial[0]["group"] == name] for name in groups}
    crps = _over_trials(trials, lambda one: normal_crps(one["mean"], one["sd"], one["observed"]))
    return {
        "trials": len(trials),
        "slope": slope(trials),
        "slope_by_group": {name: slope(some) for name, some in split.items()},
        "crps": round(crps, DIGITS),
        "constant_crps": _constant_crps(trials),
    }
