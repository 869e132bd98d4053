"""Courses of members as the bands and numbers that are told."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.physiology.development import growth
from endplate.questions.developing.child import Child, Effects, Life
from endplate.questions.developing.circuits import Circuits
from endplate.questions.developing.grown import UNTREATED, Measured
from endplate.questions.developing.loop import Closed
from endplate.simulation.results import band, rounded, summary

Array = NDArray[np.float64]
Row = dict[str, Any]

_DIGITS = 4


def untreated(child: Child, life: Life) -> Row:
    """The child without treatment."""
    return _course(child, life.grown, life.function, child.volume(life.members))


def treated(child: Child, life: Life, effects: Effects) -> Row:
    """A scenario, what it changes against the same child untreated, and what it costs."""
    volume = child.volume(life.members) * (1 - effects.lost)
    row = _course(child, effects.grown, effects.function, volume)
    gained = effects.function - life.function
    wide = np.broadcast_to(effects.kept_deg, gained.shape)
    least, large = (value(f"development.{name}_difference") for name in ("smallest", "large"))
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
        "worst_gmfm66_gained": summary(gained.min(axis=1)),
        "p_gain_below_smallest": _share(gained[:, -1] < least),
        "p_gain_below_large": _share(gained[:, -1] < large),
        "p_worse": _share(gained[:, -1] < 0),
        "p_harm": _share(gained[:, -1] < -least),
        "p_harm_ever": _share(gained.min(axis=1) < -least),
        "volume_lost": summary(effects.lost.mean(axis=1)),
        "worst_volume_lost": summary(effects.lost.max(axis=1)),
    }


def _course(child: Child, grown: growth.Growth, function: Array, volume: Array) -> Row:
    lost = np.broadcast_to(grown.dorsiflexion_loss_deg + growth.healthy_loss_deg(child.ages), function.shape)
    return {
        "dorsiflexion_lost_deg": band(lost),
        "fascicle_deficit": band(np.broadcast_to(grown.deficit, function.shape)),
        "sarcomere_ratio_at_18": summary(np.broadcast_to(grown.sarcomere_ratio, function.shape)[:, -1]),
        "gmfm66": band(function),
        "volume_of_typical": band(volume),
    }


def _share(members: NDArray[np.bool_]) -> float:
    return round(float(members.mean()), _DIGITS)


def closed(found: Closed) -> Row:
    """A scenario with the loop open and closed, in the same members; nulls where every member is left out."""
    told: Row = {"loop_gain": summary(found.loop_gain), "rejected": round(found.rejected, _DIGITS)}
    if not len(found.function):
        return told | dict.fromkeys(("gmfm66_gained_open", "gmfm66_gained", "activity", "at_18"))
    gained, opened = found.function - found.untreated, found.open - found.untreated
    return told | {
        "gmfm66_gained_open": band(opened),
        "gmfm66_gained": band(gained),
        "activity": band(found.activity),
        "at_18": {
            "gmfm66_gained_open": summary(opened[:, -1]),
            "gmfm66_gained": summary(gained[:, -1]),
            "activity": summary(found.activity[:, -1]),
        },
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
                    "change_se": None if name == UNTREATED else _errors(found.errors[name], k, middle),
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


def _errors(found: Measured, window_at: int, level: int) -> Row:
    """Standard errors over seeds of what a scenario changes at the last age."""
    both = {"tidiness": found.tidy, "clear_area": found.clear}
    return {name: round(float(own[window_at, level]), _DIGITS) for name, own in both.items()}


def starting_age(effects: dict[str, Effects], life: Life, starts: dict[str, float]) -> list[Row]:
    """Courses of equal length by the age at which they begin, each against the first in the same members.

    Args:
        effects: of every scenario.
        life: untreated.
        starts: age at the first session of these courses, by name, earliest first.
    """
    rows: list[Row] = []
    first, least = None, value("development.smallest_difference")
    for name, start in starts.items():
        gained = effects[name].function[:, -1] - life.function[:, -1]
        kept = np.broadcast_to(effects[name].kept_deg[:, -1], gained.shape)
        first = (gained, kept) if first is None else first
        rows.append(
            {
                "scenario": name,
                "start_y": start,
                "gmfm66_gained": summary(gained),
                "dorsiflexion_kept_deg": summary(kept),
                "gmfm66_less_than_first": summary(first[0] - gained),
                "kept_deg_less_than_first": summary(first[1] - kept),
                "p_first_better_by_smallest": _share(first[0] - gained >= least),
            }
        )
    return rows
