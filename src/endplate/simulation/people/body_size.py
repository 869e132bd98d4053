"""How tall and heavy people are, given age, sex and, of children, the GMFCS level."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get, load_records, value
from endplate.knowledge.evidence.populations import GMFCS_LEVELS, load_growth
from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.knowledge.vocabulary import SEXES
from endplate.simulation.people.marginals import Marginal, lms, lognormal, normal

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Levels = NDArray[np.int64]

_BANDS = "people.weight.female.age_"


@lru_cache(maxsize=1)
def adult_ages() -> tuple[int, ...]:
    """Ages at which the bands of the adults' table begin."""
    return tuple(sorted(int(name.removeprefix(_BANDS)) for name in load_records() if name.startswith(_BANDS)))


def growth_from_y() -> float:
    """Age at which the growth reference of children begins, y."""
    return float(max(table.age_mo[0] for table in load_growth().values())) / MONTHS_PER_YEAR


def _of_bands(table: list[list[float]], age_y: Array, female: Flags) -> Array:
    """Each person's entry of a table (sex, band), women first, (people,)."""
    band = np.clip(np.searchsorted(adult_ages(), age_y, side="right") - 1, 0, None)
    return np.asarray(np.array(table)[np.where(female, 0, 1), band])


def adult_height(age_y: Array, female: Flags) -> Marginal:
    """Height of adults, cm."""
    held = [[get(f"people.height.{sex}.age_{start}") for start in adult_ages()] for sex in SEXES]
    mean = _of_bands([[record.value for record in row] for row in held], age_y, female)
    sd = _of_bands([[record.distribution.sd or 0.0 for record in row] for row in held], age_y, female)
    return normal(mean, sd)


def adult_weight(age_y: Array, female: Flags) -> Marginal:
    """Body mass of adults, kg."""
    held = [[get(f"people.weight.{sex}.age_{start}") for start in adult_ages()] for sex in SEXES]
    median = _of_bands([[record.value for record in row] for row in held], age_y, female)
    sd = _of_bands([[record.distribution.sd_log or 0.0 for record in row] for row in held], age_y, female)
    return lognormal(median, sd)


def height_weight(age_y: Array, female: Flags, *, children: bool) -> Array:
    """Correlation of the scores of height and body mass, (people,)."""
    if children:
        return np.full(age_y.shape, value("people.height_weight.child"))
    held = [[value(f"people.height_weight.{sex}.age_{start}") for start in adult_ages()] for sex in SEXES]
    return _of_bands(held, age_y, female)


def growth(measure: str, age_y: Array, female: Flags, gmfcs: Levels) -> Marginal:
    """Height or body mass of children with cerebral palsy.

    Args:
        measure: ``height_cm`` or ``weight_kg``.
        age_y: from ``growth_from_y`` on; older than the table counts as its last age.
        female: whether a girl.
        gmfcs: level, 1 to 5.
    """
    tables = [load_growth()[measure, sex] for sex in SEXES]
    parts = [
        np.where(female, *(np.interp(age_y * MONTHS_PER_YEAR, t.age_mo, getattr(t, name)) for t in tables))
        for name in ("power", "median", "variation")
    ]
    shifts = np.array([value(f"people.growth_shift.gmfcs_{level}") for level in GMFCS_LEVELS])
    return lms(parts[0], parts[1], parts[2], shifts[gmfcs - 1])


def scores(
    age_y: Array, female: Flags, gmfcs: Levels, height_cm: Array, weight_kg: Array
) -> tuple[Array, Array]:
    """Standard-normal scores of height and of body mass; without a GMFCS level those of adults, (people,)."""
    child, level = gmfcs > 0, np.maximum(gmfcs, 1)
    height = np.where(
        child,
        growth("height_cm", age_y, female, level).score(height_cm),
        adult_height(age_y, female).score(height_cm),
    )
    weight = np.where(
        child,
        growth("weight_kg", age_y, female, level).score(weight_kg),
        adult_weight(age_y, female).score(weight_kg),
    )
    return height, weight
