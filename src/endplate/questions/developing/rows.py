"""Courses of members as the bands and numbers that are told."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.physiology.development import growth
from endplate.questions.developing.child import Child, Effects, Life
from endplate.questions.developing.circuits import UNTREATED, Circuits
from endplate.questions.developing.loop import Closed
from endplate.simulation.results import band, rounded, summary

Array = NDArray[np.float64]
Row = dict[str, Any]

_DIGITS = 4


def untreated(child: Child, life: Life) -> Row:
    """The child without treatment."""
    return _course(child, life.grown, life.function, child.volume() + 0 * life.function)


def treated(child: Child, life: Life, effects: Effects) -> Row:
    """A scenario, what it changes against the same child untreated, and what it costs."""
    row = _course(child, effects.grown, effects.function, child.volume() * (1 - effects.lost))
    gained = effects.function - life.function
    wide = np.broadcast_to(effects.kept_deg, gained.shape)
    least = value("development.smallest_difference")
    change = effects.map_change
    return row | {
        "dorsiflexion_kept_deg": band(wide),
        "gmfm66_gained": band(gained),
        "map_tidiness_gained": band(change.tidy),
        "map_clear_area_gained": band(change.clear),
        "at_18": {
            "dorsiflexion_kept_deg": summary(wide[:, -1]),
            "gmfm66_gained": summary(gained[:, -1]),
            "map_tidiness_gained": summary(change.tidy[:, -1]),
            "map_clear_area_gained": summary(change.clear[:, -1]),
        },
        "p_gain_below_smallest": _share(gained[:, -1] < least),
        "p_worse": _share(gained[:, -1] < 0),
        "p_harm": _share(gained[:, -1] < -least),
        "volume_lost": summary(effects.lost.mean(axis=1)),
        "worst_volume_lost": summary(effects.lost.max(axis=1)),
    }


def _course(child: Child, grown: growth.Growth, function: Array, volume: Array) -> Row:
    lost = np.broadcast_to(grown.dorsiflexion_loss_deg + growth.healthy_loss_deg(child.ages), function.shape)
    return {
        "dorsiflexion_lost_deg": band(lost),
        "fascicle_deficit": band(np.broadcast_to(grown.deficit, function.shape)),
        "gmfm66": band(function),
        "volume_of_typical": band(volume),
    }


def _share(members: NDArray[np.bool_]) -> float:
    return round(float(members.mean()), _DIGITS)


def closed(found: Closed) -> Row:
    """A scenario with the loop closed at some gain; nulls where every member would run away."""
    told: Row = {"loop_gain": summary(found.loop_gain), "rejected": round(found.rejected, _DIGITS)}
    if not len(found.function):
        return told | {"gmfm66_gained": None, "activity": None, "at_18": None}
    gained = found.function - found.untreated
    with np.errstate(divide="ignore", invalid="ignore"):
        activity = np.where(found.untreated > 0, found.function / found.untreated, 1.0)
    return told | {
        "gmfm66_gained": band(gained),
        "activity": band(activity),
        "at_18": {"gmfm66_gained": summary(gained[:, -1]), "activity": summary(activity[:, -1])},
    }


def circuits(found: Circuits, shares: Array) -> list[Row]:
    """Map and reflexes at every guess of the window, at the middle level of co-activation.

    Args:
        found: maps and reflexes.
        shares: how likely each window is held to be.
    """
    middle = found.coactive.size // 2
    names = (UNTREATED, *found.blocked)
    return [
        {
            "closes_y": float(closes),
            "held_likely": round(float(shares[k]), _DIGITS),
            "coactive": float(found.coactive[middle]),
            "map_now": found.pictures[k, "now"].tolist(),
            "maps": [
                {
                    "scenario": name,
                    "tidiness_at_18": round(float(found.measured[name].tidy[k, middle, -1]), _DIGITS),
                    "clear_area_at_18": round(float(found.measured[name].clear[k, middle, -1]), _DIGITS),
                    "map_at_18": found.pictures[k, name].tolist(),
                }
                for name in names
            ],
            "reflexes": {
                "ages_y": rounded(found.reflex_ages[k]),
                "error": {name: rounded(found.reflex_error[name][k]) for name in names},
            },
        }
        for k, closes in enumerate(found.middles_y)
    ]
