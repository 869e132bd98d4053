"""What nobody knows of long-term effects: three presets that are always shown together, and an ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import beta

from endplate.knowledge.evidence import value
from endplate.physiology.development.clock import child_shares
from endplate.physiology.development.growth import mouse_block
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
        range_score: of the range that untreated children lose, standard normal.
        limit_score: of the child's own limit of function, standard normal.
        window: which guess of the window of the body map, 0 to 2.
        coactive: rho, share of its partner's volleys that spasticity mixes into a part's own.
        map_weight: share of the limit of function that a whole map is worth.
        tidy_share: how far a map is judged by how tidy it is (Q), the rest by the clear area of the part.
    """

    phi: Array
    block_slows: Array
    range_weight: Array
    volume_weight: Array
    range_score: Array
    limit_score: Array
    window: NDArray[np.int64]
    coactive: Array
    map_weight: Array
    tidy_share: Array


def preset(name: str, size: int) -> Members:
    """One of the presets, the same in all members: all but the injections is certain in it.

    Args:
        name: ``null``, ``evidence`` or ``hypothesis``.
        size: members.
    """
    zero, same = np.zeros(size), np.zeros(size, dtype=np.int64)
    rho = value("experiments.spastic.coactivation")
    if name == "null":
        return Members(*(zero,) * 6, same + _CENTRAL, zero + rho, zero, zero)
    phi = value("development.preset.evidence.phi") if name == "evidence" else mouse_block()
    names = ("range_weight", "volume_weight", "map_weight", "tidy_share")
    by_range, by_volume, by_map, tidy = (value(f"development.preset.{name}.{what}") for what in names)
    closes = _CENTRAL if name == "evidence" else _LATEST
    return Members(
        zero + phi,
        zero,
        zero + by_range,
        zero + by_volume,
        zero,
        zero,
        same + closes,
        zero + rho,
        zero + by_map,
        zero + tidy,
    )


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
        beta.ppf(luck[:, 0], *shape),
        _or_none(luck[:, 1], none) * value("development.ensemble.block_slows_most"),
        _half_normal(luck[:, 2], none) * value("development.ensemble.range_weight_sd"),
        _half_normal(luck[:, 3], none) * value("development.ensemble.volume_weight_sd"),
        scores[:, 0],
        scores[:, 1],
        np.searchsorted(np.cumsum(child_shares())[:-1], of_map[:, 0]),
        of_map[:, 1] * value("experiments.spastic.severe"),
        _half_normal(of_map[:, 2], none) * value("development.ensemble.map_weight_sd"),
        of_map[:, 3],
    )


def _or_none(share: Array, none: float) -> Array:
    """0 for some of the shares, the rest spread evenly from 0 to 1."""
    return np.asarray(np.maximum(share - none, 0) / (1 - none))


def _half_normal(share: Array, none: float) -> Array:
    """0 for some of the shares, the rest half of a normal distribution."""
    return np.asarray(ndtri((1 + _or_none(share, none)) / 2))
