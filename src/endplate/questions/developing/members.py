"""What nobody knows of long-term effects: three presets that are always shown together, and an ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import beta

from endplate.knowledge.evidence import value
from endplate.physiology.development.clock import child_shares
from endplate.simulation.parameters import RandomDraws

Array = NDArray[np.float64]

PRESETS = ("null", "evidence", "hypothesis")
_ABOUT = "development"
_CENTRAL, _LATEST = 1, 2  # of the guesses of a child's window


@dataclass(frozen=True)
class Members:
    """Assumptions, (members,) each.

    Attributes:
        phi: share of lost growth that is due to tone.
        block_slows: d_B, growth that a complete block of the muscle costs.
        range_weight: points of function for each degree of dorsiflexion kept.
        volume_weight: points lost for a calf that has lost all its volume.
        range_score: of the range that children lose in the mean, standard normal.
        own_range_score: of how far the child itself lies from that mean, standard normal.
        limit_score: of the child's own limit of function, standard normal.
        window: which guess of the window of the body map, 0 to 2.
        coactive: rho, share of its partner's volleys that spasticity mixes into a part's own.
        map_weight: share of the limit of function that a whole map is worth.
        tidy_share: how far a map is judged by how tidy it is (Q), the rest by the clear area of the part.
        departs: how far untreated volume follows the account by which it departs late, 0 to 1.
    """

    phi: Array
    block_slows: Array
    range_weight: Array
    volume_weight: Array
    range_score: Array
    own_range_score: Array
    limit_score: Array
    window: NDArray[np.int64]
    coactive: Array
    map_weight: Array
    tidy_share: Array
    departs: Array


def preset(name: str, size: int) -> Members:
    """One of the presets, the same in all members: all but the injections is certain in it.

    Args:
        name: ``null``, ``evidence`` or ``hypothesis``.
        size: members.
    """
    weights = {"phi": 0.0, "range_weight": 0.0, "volume_weight": 0.0, "map_weight": 0.0, "tidy_share": 0.0}
    if name != "null":
        weights = {what: value(f"development.preset.{name}.{what}") for what in weights}
    held = {
        **weights,
        **dict.fromkeys(("block_slows", "range_score", "own_range_score", "limit_score"), 0.0),
        "coactive": value("experiments.spastic.coactivation"),
        "departs": 1 / 2,
    }
    closes = np.full(size, _LATEST if name == "hypothesis" else _CENTRAL)
    return Members(window=closes, **{what: np.full(size, number) for what, number in held.items()})


def ensemble(seed: int, size: int) -> Members:
    """Members that differ in everything that nobody knows.

    Args:
        seed: of every random stream.
        size: members.
    """
    draws = RandomDraws(seed, size)
    luck = draws.uniform(f"{_ABOUT}/ensemble", 4)
    none = value("development.ensemble.no_effect")
    shape = value("development.ensemble.phi_alpha"), value("development.ensemble.phi_beta")
    scores = draws.normal(f"{_ABOUT}/scores", 2)
    of_map = draws.uniform(f"{_ABOUT}/map", 4)
    return Members(
        phi=beta.ppf(luck[:, 0], *shape),
        block_slows=_or_none(luck[:, 1], none) * value("development.ensemble.block_slows_most"),
        range_weight=_half_normal(luck[:, 2], none) * value("development.ensemble.range_weight_sd"),
        volume_weight=_half_normal(luck[:, 3], none) * value("development.ensemble.volume_weight_sd"),
        range_score=scores[:, 0],
        own_range_score=draws.normal(f"{_ABOUT}/own range", 1)[:, 0],
        limit_score=scores[:, 1],
        window=np.searchsorted(np.cumsum(child_shares())[:-1], of_map[:, 0]),
        coactive=of_map[:, 1] * value("experiments.spastic.severe"),
        map_weight=_half_normal(of_map[:, 2], none) * value("development.ensemble.map_weight_sd"),
        tidy_share=of_map[:, 3],
        departs=np.round(draws.uniform(f"{_ABOUT}/volume", 1)[:, 0]),
    )


def _or_none(share: Array, none: float) -> Array:
    """0 for some of the shares, the rest spread evenly from 0 to 1."""
    return np.asarray(np.maximum(share - none, 0) / (1 - none))


def _half_normal(share: Array, none: float) -> Array:
    """0 for some of the shares, the rest half of a normal distribution."""
    return np.asarray(ndtri((1 + _or_none(share, none)) / 2))
