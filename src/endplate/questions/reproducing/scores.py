"""Scores of one outcome and of many: CRPS, calibration by the probability integral transform, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Row = Mapping[str, Any]

DIGITS = 4
BINS = 10
FAMILIES: dict[str, tuple[str, ...]] = {
    "grades": ("scale_change", "scale_value"),
    "standardised differences": ("smd",),
    "grade x weeks": ("scale_auc",),
    "shares of people": ("responder_fraction", "reinjected_by", "adverse_fraction", "antibody_fraction"),
    "ratios": (
        "cmap_ratio",
        "emg_ratio",
        "force_ratio",
        "strength_ratio",
        "torque_ratio",
        "mass_ratio",
        "quantal_ratio",
        "transmission",
        "muscle_volume_change",
    ),
    "cleaved over intact SNAP-25": ("cleaved_ratio",),
    "times": ("onset", "peak", "duration", "half_time"),
    "doses and concentrations": ("ed50", "ic50"),
    "catch angles": ("catch_angle_change",),
    "bolus": ("bolus_length", "bolus_thickness"),
}


def family_of(measure: str) -> str:
    """The family of measures to which one belongs."""
    return next((name for name, members in FAMILIES.items() if measure in members), "others")


def crps(sample: Array, observed: float) -> float:
    """Continuous ranked probability score of a sample (draws,), in the unit of the outcome."""
    ordered = np.sort(sample)
    count = ordered.size
    spread = 2 * np.sum((2 * np.arange(1, count + 1) - count - 1) * ordered) / count**2
    return float(np.mean(np.abs(ordered - observed)) - spread / 2)


def share_below(sample: Array, observed: float) -> float:
    """Share of a sample below the observed value, ties counting half."""
    return float((sample < observed).mean() + (sample == observed).mean() / 2)


def pit_histogram(studies: Sequence[Row]) -> list[float] | None:
    """Shares of the probability integral transform in ten equal bins, every study weighing the same.

    Of intervals that are right the bins are level at a tenth; a heap in the middle says too wide, heaps at
    the ends too narrow, one end alone biased. None when nothing was scored.
    """
    found = []
    for study in studies:
        shares = [row["share_below"] for row in study["outcomes"] if row["crps"] is not None]
        if shares:
            counts, _ = np.histogram(shares, bins=BINS, range=(0, 1))
            found.append(counts / len(shares))
    return [round(float(share), DIGITS) for share in np.mean(found, axis=0)] if found else None


def coverage_by_study(studies: Sequence[Row]) -> float | None:
    """Share of the scored outcomes inside their 80 % interval, every study weighing the same."""
    shares = [
        np.mean([row["inside_80"] for row in known])
        for study in studies
        if (known := [row for row in study["outcomes"] if row["crps"] is not None])
    ]
    return round(float(np.mean(shares)), DIGITS) if shares else None


def _median_width(rows: Sequence[Row]) -> float | None:
    widths = [row["predicted"]["p90"] - row["predicted"]["p10"] for row in rows]
    return round(float(np.median(widths)), DIGITS) if widths else None


def _mean_crps(rows: Sequence[Row]) -> float | None:
    scores = [row["crps"] for row in rows if row["crps"] is not None]
    return round(float(np.mean(scores)), DIGITS) if scores else None


def totals(studies: Sequence[Row]) -> dict[str, Any]:
    """Counts over outcomes, coverage, CRPS and calibration of a scoreboard."""
    rows = [row for study in studies for row in study["outcomes"]]
    done = [row for row in rows if row["predicted"] is not None]
    return {
        "outcomes": len(rows),
        "simulated": len(done),
        "inside_80": sum(row["inside_80"] for row in rows),
        "crps": _mean_crps(done),
        "median_width": _median_width(done),
        "coverage_by_study": coverage_by_study(studies),
        "pit": pit_histogram(studies),
    }


def comparison(mechanism: Sequence[Row], baseline: Sequence[Row]) -> dict[str, Any]:
    """Mechanism and baseline on the outcomes that both simulate, and by family of measures.

    Args:
        mechanism: scored studies of the mechanism.
        baseline: the same studies and outcomes, in the same order, of the baseline.
    """
    ours, theirs = _both(mechanism, baseline)
    families = [name for name in FAMILIES if any(_in(row, name) for study in ours for row in study)]
    return {
        "outcomes": sum(map(len, ours)),
        "mechanism": _side(ours),
        "baseline": _side(theirs),
        "families": [
            {"family": name, "outcomes": sum(map(len, _only(ours, name)))}
            | {"mechanism": _side(_only(ours, name)), "baseline": _side(_only(theirs, name))}
            for name in families
        ],
    }


def _both(one: Sequence[Row], other: Sequence[Row]) -> tuple[list[list[Row]], list[list[Row]]]:
    """Rows by study that both sides scored."""
    pairs = [
        [(a, b) for a, b in zip(mine["outcomes"], yours["outcomes"], strict=True) if _scored(a, b)]
        for mine, yours in zip(one, other, strict=True)
    ]
    return [[a for a, _ in rows] for rows in pairs], [[b for _, b in rows] for rows in pairs]


def _scored(*rows: Row) -> bool:
    return all(row["crps"] is not None for row in rows)


def _in(row: Row, family: str) -> bool:
    return bool(row["family"] == family)


def _only(studies: Sequence[Sequence[Row]], family: str) -> list[list[Row]]:
    return [[row for row in rows if _in(row, family)] for rows in studies]


def _side(studies: Sequence[Sequence[Row]]) -> dict[str, Any]:
    rows = [row for study in studies for row in study]
    return {
        "inside_80": sum(row["inside_80"] for row in rows),
        "coverage_by_study": coverage_by_study([{"outcomes": study} for study in studies]),
        "median_width": _median_width(rows),
        "crps": _mean_crps(rows),
    }
