"""What the answer would be if one unknown were known: the ensemble's mean with it held low, and high."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.questions.developing.members import Members

Array = NDArray[np.float64]

_ENDS = (0.05, 0.95)
ASSUMPTIONS = {
    "phi": "share of lost growth that tone causes",
    "block_slows": "growth that a block of the muscle costs",
    "range_weight": "function for each degree kept",
    "volume_weight": "function lost with the calf's volume",
    "map_weight": "function that a body map is worth",
    "tidy_share": "map judged by tidiness, not by clear area",
    "window": "age at which the map's window closes",
    "coactive": "co-activation that blurs the map",
    "range_score": "range that the child loses untreated",
    "limit_score": "the child's own limit of function",
}
"""What nobody knows, by the field of ``Members``."""


def influence(members: Members, gained: Callable[[Members], Array]) -> list[dict[str, object]]:
    """Mean gain with one assumption after the other held at both ends of its 90 %, widest first.

    Args:
        members: the ensemble.
        gained: what members gain, (members,).
    """
    rows = []
    for name, words in ASSUMPTIONS.items():
        own = getattr(members, name)
        ends = np.quantile(own, _ENDS, method="nearest")
        low, high = (float(gained(replace(members, **{name: np.full_like(own, end)})).mean()) for end in ends)
        rows.append((abs(high - low), {"assumption": name, "words": words, "low": low, "high": high}))
    return [row for _, row in sorted(rows, key=lambda each: -each[0])]
