"""Outcomes of a run by name, such as ``scale_change:elbow:left:extension`` or ``force:soleus:right``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline
from endplate.simulation.chain import Chain
from endplate.simulation.injection import Place
from endplate.simulation.results import daily

Array = NDArray[np.float64]
Better = Literal["lower", "higher"]

UNTREATED = "share of untreated"
_JOINT: dict[str, tuple[str, Better]] = {
    "scale_change": ("grade", "lower"),
    "r1_deg": ("deg", "higher"),
    "r2_deg": ("deg", "higher"),
    "strength": (UNTREATED, "higher"),
}
MUSCLE = ("force", "transmission", "volume")


@dataclass(frozen=True)
class Reading:
    """One outcome over time.

    Attributes:
        kind: what is read: ``scale_change``, ``r1_deg``, ``r2_deg`` or ``strength`` of a joint; ``force``,
            ``transmission`` or ``volume`` of a muscle; ``unwanted_weakness``.
        place: joint, side and movement, or muscle and side; empty for the worst over muscles.
        unit: of its numbers.
        better: the good direction.
        shown: whether it rests on the examination; angles that were not recorded do not.
    """

    kind: str
    place: tuple[str, ...]
    unit: str
    better: Better
    shown: bool = True

    @property
    def name(self) -> str:
        """How it is asked for."""
        return ":".join((self.kind, *self.place))

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return 1 if self.better == "higher" else -1

    def course(self, chain: Chain) -> Array:
        """The outcome in every copy on the chain's times, (draws, times).

        Raises:
            LookupError: the joint was not followed.
        """
        if self.kind == "unwanted_weakness":
            found = [course.force for course in (chain.remote, *chain.neighbours.values())]
            return np.asarray(1 - np.min(found, axis=0))
        if len(self.place) == len(("muscle", "side")):
            muscle, side = self.place
            return np.asarray(getattr(chain.course_of(muscle, side), self.kind))
        for joint in chain.joints:
            if joint_place(joint.baseline) == self.place:
                return np.asarray(getattr(joint, self.kind))
        raise LookupError(f"no joint {self.place} was followed")


WEAKNESS = Reading("unwanted_weakness", (), "share of untreated force lost", "lower")
"""The largest loss of force, on a day, of any muscle that the plan itself does not inject."""


def joint_place(base: JointBaseline) -> tuple[str, str, str]:
    """Joint, side and movement of an assessment."""
    return base.joint, base.side, base.movement


def joint_reading(kind: str, place: tuple[str, str, str]) -> Reading:
    """An outcome of a joint, whether or not its angles were recorded."""
    return Reading(kind, place, *_JOINT[kind])


def joint_readings(baselines: Iterable[JointBaseline]) -> tuple[Reading, ...]:
    """Everything that is read at the joints assessed."""
    return tuple(
        Reading(kind, joint_place(base), *told, shown=not kind.startswith("r") or base.r1_deg is not None)
        for base in baselines
        for kind, told in _JOINT.items()
    )


def muscle_reading(kind: str, place: Place, wanted: bool) -> Reading:
    """An outcome of a muscle: where its weakness is wanted less is better, elsewhere more."""
    return Reading(kind, place, UNTREATED, "lower" if wanted else "higher")


def on_days(chain: Chain, last_d: int) -> Callable[[Reading], Array]:
    """How to read an outcome on the days 0 to the last, (draws, days)."""
    on = daily(chain.time_d, last_d)
    return lambda reading: on(reading.course(chain))
