"""What turns the ranking of two plans: one record at its 10 % or 90 % point, or another biology."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get
from endplate.physiology.terminal.recovery import others
from endplate.questions.comparing.courses import PlanCourses, Weeks
from endplate.questions.comparing.differences import over_goal
from endplate.questions.readings import Reading
from endplate.simulation import Biology

Array = NDArray[np.float64]
Row = dict[str, Any]

_DIGITS = 5


@dataclass(frozen=True)
class Variant:
    """Another biology: what differs, in words, and the biology itself."""

    name: str
    biology: Biology


def variants_of(biology: Biology) -> tuple[Variant, ...]:
    """The other accounts of recovery, and antibodies that halve uptake."""
    immune = replace(biology, antibodies=biology.antibodies + 1)
    return (
        *(Variant(f"recovery {name}", replace(biology, recovery=name)) for name in others(biology.recovery)),
        Variant("neutralising antibodies at the titre that halves uptake", immune),
    )


def record_flips(
    reading: Reading, one: PlanCourses, other: PlanCourses, moved: Sequence[str], weeks: Weeks
) -> list[Row]:
    """Records that, moved alone to their 10 % or 90 % point, turn the sign of the mean difference.

    Args:
        reading: the outcome.
        one: a plan in copies that differ by one record each, see ``OneAtATime``.
        other: the other plan in the same copies.
        moved: the records, in order of the copies.
        weeks: over whose goal weeks the difference is taken.
    """
    found = np.round(over_goal(one.of(reading) - other.of(reading), weeks), _DIGITS)
    middle = found[0]
    rows = []
    for record_id, low, high in zip(moved, found[1::2], found[2::2], strict=True):
        if min(middle * low, middle * high) < 0:
            record = get(record_id)
            about = {name: getattr(record, name) for name in ("symbol", "meaning", "basis")}
            told = {"parameter": record.id, **about}
            rows.append(told | {"median": float(middle), "low": float(low), "high": float(high)})
    return rows


def variant_flips(usual: Array, changed: Mapping[str, Array]) -> list[Row]:
    """Variants under which the sign of the median difference turns.

    Args:
        usual: A minus B over the goal weeks as simulated, (draws,).
        changed: the same under each variant, by its name.
    """
    middle = _median(usual)
    told = {name: _median(difference) for name, difference in changed.items()}
    return [
        {"variant": name, "median": middle, "with": other}
        for name, other in told.items()
        if middle * other < 0
    ]


def _median(numbers: Array) -> float:
    return round(float(np.median(numbers)), _DIGITS)
