"""Scores of one outcome and of many: CRPS, calibration by the probability integral transform, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.vocabulary import FAMILIES, MEASURES, measure_unit

Array = NDArray[np.float64]
Row = Mapping[str, Any]

DIGITS = 4
BINS = 10


def family_of(measure: str) -> str:
    """The family of measures to which one belongs."""
    return MEASURES[measure].family


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


def unit_groups(studies: Sequence[Row]) -> list[dict[str, Any]]:
    """Scores of every family and unit, that with most outcomes first; unlike units are never put together.

    CRPS and width of a study's outcomes are averaged (of widths, the median), then over studies, so that
    every study weighs the same.
    """
    named = {_group(row) for study in studies for row in study["outcomes"] if row["crps"] is not None}
    found = []
    for family, unit in sorted(named):
        rows = _only(studies, (family, unit))
        found.append({"family": family, "unit": unit, "outcomes": sum(map(len, rows))} | _side(rows))
    return sorted(found, key=lambda group: (-group["outcomes"], list(FAMILIES).index(group["family"])))


def _group(row: Row) -> tuple[str, str]:
    return row["family"], measure_unit(row["measure"], row["scale"], row["unit"])


def _only(studies: Sequence[Row], group: tuple[str, str]) -> list[list[Row]]:
    """The scored rows of one family and unit, by study."""
    scored = [[row for row in study["outcomes"] if row["crps"] is not None] for study in studies]
    return [[row for row in rows if _group(row) == group] for rows in scored]


def totals(studies: Sequence[Row]) -> dict[str, Any]:
    """Counts over outcomes, coverage and calibration of a scoreboard, and scores of every family and unit.

    ``crps`` and ``median_width`` are those of ``largest``, the family and unit with most scored outcomes: a
    number over unlike units would mean nothing.
    """
    rows = [row for study in studies for row in study["outcomes"]]
    groups = unit_groups(studies)
    largest = groups[0] if groups else {"family": None, "unit": None, "crps": None, "median_width": None}
    return {
        "outcomes": len(rows),
        "simulated": sum(row["predicted"] is not None for row in rows),
        "inside_80": sum(row["inside_80"] for row in rows),
        **_counts(rows),
        "crps": largest["crps"],
        "median_width": largest["median_width"],
        "largest": {name: largest[name] for name in ("family", "unit")},
        "groups": groups,
        "coverage_by_study": coverage_by_study(studies),
        "pit": pit_histogram(studies),
    }


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    """Rows that are scored, by a value or a bound; those with a bound; those whose bound is kept.

    A bound has no CRPS and enters neither coverage nor calibration.
    """
    bounds = [
        row
        for row in rows
        if row["predicted"] is not None and (row.get("at_most"), row.get("at_least")) != (None, None)
    ]
    values = sum(row["crps"] is not None for row in rows)
    return {
        "scored": values + len(bounds),
        "bounds": len(bounds),
        "bounds_kept": sum(row["inside_80"] for row in bounds),
    }


def comparison(mechanism: Sequence[Row], baseline: Sequence[Row]) -> dict[str, Any]:
    """Mechanism and baseline on the outcomes that both simulate, and by family and unit.

    Args:
        mechanism: scored studies of the mechanism.
        baseline: the same studies and outcomes, in the same order, of the baseline.
    """
    ours, theirs = ([{"outcomes": rows} for rows in side] for side in _both(mechanism, baseline))
    pairs = zip(unit_groups(ours), unit_groups(theirs), strict=True)
    return {
        "outcomes": sum(len(study["outcomes"]) for study in ours),
        "mechanism": _coverage(ours),
        "baseline": _coverage(theirs),
        "families": [
            {name: one[name] for name in ("family", "unit", "outcomes")}
            | {"mechanism": _scores(one), "baseline": _scores(other)}
            for one, other in pairs
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


def _coverage(studies: Sequence[Row]) -> dict[str, Any]:
    inside = sum(row["inside_80"] for study in studies for row in study["outcomes"])
    return {"inside_80": inside, "coverage_by_study": coverage_by_study(studies)}


def _side(studies: Sequence[Sequence[Row]]) -> dict[str, Any]:
    """Scores of rows of one unit, by study."""
    known = [rows for rows in studies if rows]
    widths = [
        np.median([row["predicted"]["p90"] - row["predicted"]["p10"] for row in rows]) for rows in known
    ]
    scores = [np.mean([row["crps"] for row in rows]) for rows in known]
    return _coverage([{"outcomes": rows} for rows in known]) | {
        "median_width": round(float(np.mean(widths)), DIGITS),
        "crps": round(float(np.mean(scores)), DIGITS),
    }


def _scores(group: Row) -> dict[str, Any]:
    names = ("inside_80", "coverage_by_study", "median_width", "crps")
    return {name: group[name] for name in names}
