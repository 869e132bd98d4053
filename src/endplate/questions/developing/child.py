"""How a child's bones grow, from the growth standard that sizes are drawn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.simulation.bodies import growth

Array = NDArray[np.float64]

STANDARD_FROM_Y = 2.0
"""Age at which the growth standard begins."""


def bone_length(age_y: Array, female: bool, gmfcs: int) -> Array:
    """Length that bone asks of a muscle, over that at birth, (ages,).

    Bones are taken to grow as the body does: the median height of the level. Before the standard begins the
    body grows evenly from its length at birth.

    Args:
        age_y: ages, from birth.
        female: whether a girl.
        gmfcs: level, 1 to 5.
    """
    at = np.append(np.maximum(age_y, STANDARD_FROM_Y), STANDARD_FROM_Y)
    height = growth("height_cm", at, np.full(at.size, female), np.full(at.size, gmfcs)).at(np.zeros(at.size))
    start = value("development.length_at_birth")
    early = start + (1 - start) * np.minimum(age_y, STANDARD_FROM_Y) / STANDARD_FROM_Y
    return np.asarray(height[:-1] / height[-1] * early / start)
