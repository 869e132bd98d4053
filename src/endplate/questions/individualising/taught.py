"""How much the visits taught of every parameter: prior against posterior."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get, value
from endplate.questions.individualising.copies import HALF_LIFE, LAG, POTENCY
from endplate.questions.individualising.sample import JointSample, Sample
from endplate.simulation.results import summary

Array = NDArray[np.float64]

NOTHING = "this person's visits taught nothing here"
LITTLE = "this person's visits taught little here"
_LEVELS = {"nothing": NOTHING, "little": LITTLE, "much": None}
_HALF = 1 / 2
_RESPONSE = "change of grade in this setting over that of the typical study"
_TRUE = "true grade behind the baseline record"
_OTHER = "change without the drug (placebo, therapy) once it has all appeared"
_DIGITS = 5


class _Told(NamedTuple):
    """Values of a parameter with its unit, what it is, and whether it is judged by its logarithm."""

    values: Array
    unit: str
    meaning: str
    logs: bool


def parameter_rows(before: Sample, after: Sample) -> dict[str, dict[str, Any]]:
    """Prior and posterior of every parameter.

    ``shrinkage`` is the variance left over that of the prior, of logarithms where a parameter is positive;
    ``learnt`` the rest, never below 0; ``moved`` how far the mean went, in standard deviations of the prior.
    What was ``taught`` is much where half or more was learnt; nothing where both that and the square of
    ``moved``, which is a share of the prior's variance too, are below ``visits.learnt_least``.

    Args:
        before: copies of the prior.
        after: copies of the posterior.
    """
    old, new = _parameters(before), _parameters(after)
    return {name: _row(old[name], new[name]) for name in old}


def _row(old: _Told, new: _Told) -> dict[str, Any]:
    before, after = (np.log(each.values) if each.logs else each.values for each in (old, new))
    spread = float(np.var(before))
    shrinkage = float(np.var(after)) / spread if spread else 1.0
    moved = float(after.mean() - before.mean()) / np.sqrt(spread) if spread else 0.0
    learnt = max(0.0, 1 - shrinkage)
    taught = _taught(learnt, moved)
    return {
        "meaning": new.meaning,
        "unit": new.unit,
        "prior": summary(old.values),
        "posterior": summary(new.values),
        "learnt": round(learnt, _DIGITS),
        "shrinkage": round(shrinkage, _DIGITS),
        "moved": round(float(moved), _DIGITS),
        "taught": taught,
        "says": _LEVELS[taught],
    }


def _taught(learnt: float, moved: float) -> str:
    """Whether visits taught much, little or nothing of a parameter."""
    if learnt >= _HALF:
        return "much"
    return "nothing" if max(learnt, moved**2) < value("visits.learnt_least") else "little"


def _parameters(sample: Sample) -> dict[str, _Told]:
    values = sample.values()
    found = {}
    for record in (POTENCY, HALF_LIFE, LAG):
        found[record] = _Told(values[record], get(record).unit, get(record).meaning, logs=True)
    found["scale_response"] = _Told(values["scale_response"], "1", _RESPONSE, logs=True)
    for joint in sample.joints:
        names = (f"true_grade:{joint.name}", f"non_drug_change:{joint.name}")
        for name, meaning in zip(names, (_TRUE, _OTHER), strict=True):
            if meaning != _TRUE or joint.baseline.coded > 0:
                found[name] = _Told(values[name], "grade", f"{meaning}, {_place(joint)}", logs=False)
    return found


def _place(joint: JointSample) -> str:
    """Joint, movement and side in words."""
    base = joint.baseline
    return f"{base.joint} {base.movement} ({base.side})".replace("_", " ")
