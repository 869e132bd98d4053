"""What the app asks about: heights and body masses far from those of people of that age and sex, far days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from endplate.knowledge.evidence import value
from endplate.knowledge.evidence.populations import GMFCS_LEVELS
from endplate.knowledge.vocabulary import SEXES
from endplate.simulation.people.body_size import (
    Array,
    Flags,
    adult_ages,
    adult_height,
    adult_weight,
    growth,
    growth_from_y,
)

_DIGITS = 1
_MEASURES = ("weight_kg", "height_cm")
Range = tuple[float, float]


def plausible() -> dict[str, Any]:
    """Ranges outside which a value is questioned; inside them nothing is said.

    Returns:
        ``bodies``: rows of sex and ``from_y`` with the ranges of ``weight_kg`` and ``height_cm`` from that
        age on, those of children wide enough for every GMFCS level; ``ahead_d``: days ahead of today.
    """
    most = value("plausible.score_most")
    rows = [row for sex in SEXES for row in _of_sex(sex, most)]
    return {"bodies": rows, "ahead_d": value("plausible.plan_ahead")}


def _of_sex(sex: str, most: float) -> Iterator[dict[str, Any]]:
    female, grown = np.array([sex == SEXES[0]]), adult_ages()
    adults = {age: _adult(np.array([float(age)]), female, most) for age in grown}
    highest = adults[grown[0]]
    for age in range(int(growth_from_y()), grown[0]):
        child = _child(np.array([float(age)]), female, most)
        # The skew of a growth reference leaves no highest body mass for some ages; then that of adults holds.
        held = {name: (low, min(high, highest[name][1])) for name, (low, high) in child.items()}
        yield {"sex": sex, "from_y": age, **held}
    for age, ranges in adults.items():
        yield {"sex": sex, "from_y": age, **ranges}


def _adult(age_y: Array, female: Flags, most: float) -> dict[str, Range]:
    held = {"weight_kg": adult_weight(age_y, female), "height_cm": adult_height(age_y, female)}
    ends = np.array([-most]), np.array([most])
    return {name: _rounded(one.at(ends[0]), one.at(ends[1])) for name, one in held.items()}


def _child(age_y: Array, female: Flags, most: float) -> dict[str, Range]:
    """From the lightest level at this birthday to the heaviest at the next: an age is told in whole years."""
    low, high = np.array([GMFCS_LEVELS[-1]]), np.array([GMFCS_LEVELS[0]])
    return {
        name: _rounded(
            growth(name, age_y, female, low).at(np.array([-most])),
            growth(name, age_y + 1, female, high).at(np.array([most])),
        )
        for name in _MEASURES
    }


def _rounded(low: Array, high: Array) -> Range:
    return round(float(low[0]), _DIGITS), round(float(high[0]), _DIGITS)
