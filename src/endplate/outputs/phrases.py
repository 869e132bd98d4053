"""Numbers and ids as a reader wants them: words, whole days, ranges, and what a missing number means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def words(identifier: str) -> str:
    """An id as words."""
    return identifier.replace("_", " ")


def _day(number: float | None, beyond: str) -> str:
    if number is None:
        return beyond
    return f"{number:.1f} d" if number < 10 else f"{number:.0f} d"


def clock(row: Mapping[str, Any], key: str, horizon_d: int) -> str:
    """Median and 90 % range of a clock; what falls beyond the horizon is said."""
    if row["reached"] == 0:
        return "never reached"
    beyond = f"beyond {horizon_d / 7:.0f} wk"
    found = row[key]
    return f"{_day(found['median'], beyond)} ({_day(found['p05'], beyond)} to {_day(found['p95'], beyond)})"


def share(number: float) -> str:
    """A fraction as a whole percentage."""
    return f"{100 * number:.0f} %"


def lowest(band: Mapping[str, list[float | None]]) -> str:
    """The lowest point of the median with the 90 % range on that day."""
    medians = [x if x is not None else float("inf") for x in band["median"]]
    day = medians.index(min(medians))
    low, middle, high = (band[name][day] for name in ("p05", "median", "p95"))
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"
