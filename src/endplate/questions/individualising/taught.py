"""How much the visits taught of every parameter: prior against posterior."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get
from endplate.questions.individualising.copies import HALF_LIFE, LAG, POTENCY
from endplate.questions.individualising.sample import Sample
from endplate.simulation.results import summary

Array = NDArray[np.float64]

NOTHING = "this person's visits taught nothing here"
SHRUNK = 1 / 2
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
    ``learnt`` the rest, never below 0; ``says`` stands where more than half is left.

    Args:
        before: copies of the prior.
        after: copies of the posterior.
    """
    old, new = _parameters(before), _parameters(after)
    return {name: _row(old[name], new[name]) for name in old}


def _row(old: _Told, new: _Told) -> dict[str, Any]:
    spread = [float(np.var(np.log(each.values) if each.logs else each.values)) for each in (old, new)]
    shrinkage = spread[1] / spread[0] if spread[0] else 1.0
    return {
        "meaning": new.meaning,
        "unit": new.unit,
        "prior": summary(old.values),
        "posterior": summary(new.values),
        "learnt": round(max(0.0, 1 - shrinkage), _DIGITS),
        "shrinkage": round(shrinkage, _DIGITS),
        "says": NOTHING if shrinkage > SHRUNK else None,
    }


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
                found[name] = _Told(values[name], "grade", meaning, logs=False)
    return found
