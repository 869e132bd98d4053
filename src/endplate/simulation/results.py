"""What a run gives back: frozen arrays, their bands and summaries, and everything they rest on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars
    import xarray

Array = NDArray[np.float64]

QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
_DIGITS = 5


def rounded(numbers: Array) -> list[float | None]:
    """Numbers for JSON, null where not finite."""
    finite = np.isfinite(numbers)
    whole = np.round(np.where(finite, numbers, 0), _DIGITS) + 0  # no minus before a zero
    plain: list[float | None] = whole.tolist()
    if finite.all():
        return plain
    return [number if known else None for number, known in zip(plain, finite, strict=True)]


def band(course: Array) -> dict[str, list[float | None]]:
    """Pointwise quantiles over draws of (draws, times)."""
    ordered = np.sort(np.ascontiguousarray(course.T), axis=1)  # along memory: far faster than np.quantile
    return {name: rounded(_at(ordered, share)) for name, share in QUANTILES.items()}


def _at(ordered: Array, share: float) -> Array:
    """The quantile of sorted rows (times, draws), linear between neighbours, (times,)."""
    place = share * (ordered.shape[1] - 1)
    low = int(place)
    high = min(low + 1, ordered.shape[1] - 1)
    return np.asarray(ordered[:, low] + (place - low) * (ordered[:, high] - ordered[:, low]))


def daily(time_d: Array, horizon_d: int) -> Callable[[Array], Array]:
    """How to read courses (draws, times) on the days 0 to the horizon, linear between solver times."""
    days = np.arange(horizon_d + 1)
    if np.array_equal(days, time_d):
        return lambda course: course
    after = np.clip(np.searchsorted(time_d, days), 1, time_d.size - 1)
    part = (days - time_d[after - 1]) / (time_d[after] - time_d[after - 1])

    def read(course: Array) -> Array:
        rows = course.T  # days lie together in memory, as band sorts them
        before, found = rows[after - 1], rows[after]
        found -= before
        found *= part[:, None]
        found += before
        return np.asarray(found.T)

    return read


def on_days(time_d: Array, course: Array, days: Array) -> Array:
    """Courses (draws, times) on the same days of all, linear between times, (draws, days)."""
    after = np.clip(np.searchsorted(time_d, days), 1, time_d.size - 1)
    part = (days - time_d[after - 1]) / (time_d[after] - time_d[after - 1])
    return np.asarray(course[:, after - 1] + part * (course[:, after] - course[:, after - 1]))


def on_day(time_d: Array, course: Array, day: Array) -> Array:
    """Courses (copies, times, ...) on each copy's own day (copies,), linear between times, (copies, ...)."""
    rows = np.arange(len(course))
    after = np.clip(np.searchsorted(time_d, day), 1, time_d.size - 1)
    part = (day - time_d[after - 1]) / (time_d[after] - time_d[after - 1])
    before, later = course[rows, after - 1], course[rows, after]
    return np.asarray(before + part.reshape(-1, *[1] * (course.ndim - 2)) * (later - before))


def summary(days: Array) -> dict[str, float | None]:
    """Quantiles of days per draw: NaN (never) is left out, infinity (beyond the horizon) counts, as null."""
    known = days[~np.isnan(days)]
    if known.size == 0:
        return dict.fromkeys(QUANTILES)
    levels = np.quantile(known, list(QUANTILES.values()), method="inverted_cdf")
    return dict(zip(QUANTILES, rounded(levels), strict=True))


@dataclass(frozen=True)
class Clock:
    """Onset, day of the largest effect and duration of each draw, days (draws,); NaN never, inf beyond."""

    onset_d: Array
    peak_d: Array
    duration_d: Array

    def to_dict(self) -> dict[str, Any]:
        """The five clock keys of the result."""
        reached = ~np.isnan(self.onset_d)
        back = np.isfinite(self.duration_d[reached])
        return {
            "onset_d": summary(self.onset_d),
            "peak_d": summary(self.peak_d),
            "duration_d": summary(self.duration_d),
            "reached": round(float(reached.mean()), _DIGITS),
            "returned": round(float(back.mean()), _DIGITS) if back.size else 0.0,
        }


def _crossing(time_d: Array, low: Array, high: Array, index: NDArray[np.int64], line: float) -> Array:
    """Time between ``index - 1`` and ``index`` at which a linear course passes ``line``."""
    span = np.where(high == low, 1, high - low)
    start = time_d[index - 1]
    return np.asarray(start + (time_d[index] - start) * (line - low) / span)


def clock(time_d: Array, course: Array, line: float) -> Clock:
    """Read a clock from a course that falls below ``line`` when the toxin acts.

    Args:
        time_d: ascending days from 0, (times,).
        course: (draws, times), above the line at day 0.
        line: the level whose crossing counts.
    """
    below = course < line
    rows = np.arange(len(course))
    ever = below.any(axis=1)
    first = np.maximum(below.argmax(axis=1), 1)
    last = below.shape[1] - 1 - below[:, ::-1].argmax(axis=1)
    after = np.minimum(last + 1, below.shape[1] - 1)
    onset = _crossing(time_d, course[rows, first - 1], course[rows, first], first, line)
    duration = _crossing(time_d, course[rows, after - 1], course[rows, after], after, line)
    duration = np.where(last == below.shape[1] - 1, np.inf, duration)
    peak = time_d[course.argmin(axis=1)]
    never = np.where(ever, 0, np.nan)
    return Clock(onset + never, peak + never, duration + never)


@dataclass(frozen=True)
class SimulationResult:
    """A finished run. ``document`` is the contract's JSON; ``force`` keeps (draws, days) per muscle and side.

    Attributes:
        document: keys of the ``simulate`` result, ready for JSON.
        force: force over untreated, per (muscle, side), (draws, days).
        transmission: transmission over untreated, likewise.
        scale_change: modelled drug effect per (joint, side, movement), grade, (draws, days).
    """

    document: dict[str, Any]
    force: dict[tuple[str, str], Array]
    transmission: dict[tuple[str, str], Array]
    scale_change: dict[tuple[str, str, str], Array]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain lists and numbers, without NaN."""
        return self.document

    def to_json(self) -> str:
        """The result as one JSON document."""
        return json.dumps(self.document, allow_nan=False)

    def to_polars(self) -> polars.DataFrame:
        """Every band in one long table; see ``endplate.simulation.tables``."""
        from endplate.simulation.tables import to_polars

        return to_polars(self)

    def to_xarray(self) -> xarray.Dataset:
        """Every virtual copy as labelled arrays; see ``endplate.simulation.tables``."""
        from endplate.simulation.tables import to_xarray

        return to_xarray(self)
