"""What nobody knows of long-term effects: three presets that are always shown together, and an ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import beta

from endplate.knowledge.evidence import value
from endplate.physiology.development.growth import mouse_block
from endplate.simulation.parameters import RandomDraws

Array = NDArray[np.float64]

PRESETS = ("null", "evidence", "hypothesis")
_ABOUT = "development"


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
    """

    phi: Array
    block_slows: Array
    range_weight: Array
    volume_weight: Array
    range_score: Array
    limit_score: Array


def preset(name: str, size: int) -> Members:
    """One of the presets, the same in all members: all but the injections is certain in it.

    Args:
        name: ``null``, ``evidence`` or ``hypothesis``.
        size: members.
    """
    zero = np.zeros(size)
    if name == "null":
        return Members(zero, zero, zero, zero, zero, zero)
    phi = value("development.preset.evidence.phi") if name == "evidence" else mouse_block()
    weights = [value(f"development.preset.{name}.{what}") for what in ("range_weight", "volume_weight")]
    return Members(zero + phi, zero, zero + weights[0], zero + weights[1], zero, zero)


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
    return Members(
        beta.ppf(luck[:, 0], *shape),
        _or_none(luck[:, 1], none) * value("development.ensemble.block_slows_most"),
        _half_normal(luck[:, 2], none) * value("development.ensemble.range_weight_sd"),
        _half_normal(luck[:, 3], none) * value("development.ensemble.volume_weight_sd"),
        scores[:, 0],
        scores[:, 1],
    )


def _or_none(share: Array, none: float) -> Array:
    """0 for some of the shares, the rest spread evenly from 0 to 1."""
    return np.asarray(np.maximum(share - none, 0) / (1 - none))


def _half_normal(share: Array, none: float) -> Array:
    """0 for some of the shares, the rest half of a normal distribution."""
    return np.asarray(ndtri((1 + _or_none(share, none)) / 2))
