"""What the answer would be if one unknown were known: the ensemble with it held low, and high."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.questions.developing.blocks import Monthly
from endplate.questions.developing.members import Members

Array = NDArray[np.float64]
Gained = Callable[[Members, Monthly], Array]
Row = dict[str, float | str | None]

_ENDS = (0.05, 0.95)
_DIGITS = 4
ASSUMPTIONS = {
    "phi": "share of lost growth that tone causes",
    "block_slows": "growth that a block of the muscle costs",
    "range_weight": "function for each degree kept",
    "volume_weight": "function lost with the calf's volume",
    "map_weight": "function that a body map is worth",
    "tidy_share": "map judged by tidiness, not by clear area",
    "window": "age at which the map's window closes",
    "coactive": "co-activation that blurs the map",
    "range_score": "range that children lose in the mean",
    "own_range_score": "range that the child loses, about that mean",
    "limit_score": "the child's own limit of function",
}
"""What nobody knows, by the field of ``Members``."""
BLOCK = "block"


def influence(members: Members, blocked: Monthly, gained: Gained, harm: float) -> list[Row]:
    """Mean gain, and share of members who are harmed, with one unknown after the other held at both ends.

    An end is where 5 or 95 % of the ensemble lie. What a session blocks is held at the member whose mean
    block of force lies there. Widest change of the mean first.

    Args:
        members: the ensemble.
        blocked: what the plan blocks in each member.
        gained: what members gain under some blocks, (members,).
        harm: a loss of more than this counts as harm.
    """
    found: list[Row] = []
    for name, words in ASSUMPTIONS.items():
        own = getattr(members, name)
        ends = np.quantile(own, _ENDS, method="nearest")
        both = [gained(replace(members, **{name: np.full_like(own, end)}), blocked) for end in ends]
        found.append(_row(name, words, both, harm))
    force = blocked.extrafusal.mean(axis=1)
    order = np.argsort(force, kind="stable")
    at = [order[round(end * (force.size - 1))] for end in _ENDS]
    both = [gained(members, _like(blocked, member)) for member in at]
    found.append(_row(BLOCK, "how much a session blocks", both, harm))
    return sorted(found, key=lambda row: -abs(float(row["high"] or 0) - float(row["low"] or 0)))


def _row(name: str, words: str, both: list[Array], harm: float) -> Row:
    low, high = both
    return {
        "assumption": name,
        "words": words,
        "low": float(low.mean()),
        "high": float(high.mean()),
        "harm_low": round(float((low < -harm).mean()), _DIGITS),
        "harm_high": round(float((high < -harm).mean()), _DIGITS),
    }


def _like(blocked: Monthly, member: int) -> Monthly:
    """Everybody blocked like one member."""
    whole = (blocked.extrafusal, blocked.intrafusal, blocked.volume_lost)
    return Monthly(*(np.broadcast_to(own[member], own.shape) for own in whole))
