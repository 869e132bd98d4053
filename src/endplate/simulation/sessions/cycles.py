"""What each session of each copy did, until the next: when, how much, how long; and who got it at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.simulation.chain import Chain
from endplate.simulation.draws.subset import Rows
from endplate.simulation.joints.course import JointCourse
from endplate.simulation.results import Clock, clock, summary
from endplate.simulation.sessions.history import Histories

Array = NDArray[np.float64]

_DIGITS = 5
_CLOCK = ("onset_d", "peak_d", "duration_d")


def cycle_clock(time_d: Array, course: Array, line: float) -> Clock:
    """The clock of one cycle: as :func:`clock`, onset 0 where the effect of the session before still stands.

    Args:
        time_d: days since the session, from 0 to the next session or the end, (times,).
        course: (copies, times).
        line: the level whose crossing counts.
    """
    found = clock(time_d, course, line)
    return Clock(np.where(course[:, 0] < line, 0.0, found.onset_d), found.peak_d, found.duration_d)


class Cycles:
    """Numbers of every session of every copy, (copies, sessions) each, NaN where it was not given.

    A duration is infinite where the effect stood until the next session or the end.
    """

    def __init__(self, base: Chain, sessions: int) -> None:
        self._base = base
        self._shape = (base.uptake.size, sessions)
        self._found: dict[tuple[Any, ...], Array] = {}

    def keep(self, chain: Chain, rows: Rows, own: NDArray[np.bool_] | None) -> None:
        """Keep the numbers of some finished copies; arguments as :meth:`Merged.keep`."""
        which = slice(None) if own is None else own
        ends = (*chain.sessions_d[1:], float(chain.time_d[-1]))
        for session, (start, end) in enumerate(zip(chain.sessions_d, ends, strict=True)):
            inside = (chain.time_d >= start) & (chain.time_d <= end)

            def put(key: tuple[Any, ...], values: Array, session: int = session) -> None:
                held = self._found.setdefault(key, np.full(self._shape, np.nan))
                held[rows, session] = values

            time_d = chain.time_d[inside] - start
            for place, course in chain.muscles.items():
                put((place, "volume_before"), course.volume[which][:, inside][:, 0])
                put((place, "lowest_force"), course.force[which][:, inside].min(axis=1))
            for joint in chain.joints:
                _joint(put, joint, joint.scale_change[which][:, inside], time_d)

    def rows(self, histories: Histories) -> list[dict[str, Any]]:
        """The cycles of the document, up to the last that some copy got."""
        given = ~np.isnan(histories.day)
        return [self._row(histories, given, k) for k in range(int(given.any(axis=0).sum()))]

    def _row(self, held: Histories, given: NDArray[np.bool_], k: int) -> dict[str, Any]:
        who = given[:, k]
        left = held.left[:, k]
        return {
            "cycle": k + 1,
            "given": _share(who),
            "dropped_out": _share(left),
            "not_due": _share(~who & ~left),
            "day": summary(held.day[who, k]),
            "dose": summary(held.dose[who, k]),
            "antibodies": _share(held.antibodies[who, k]),
            "failure": _share(held.failed[who, k]),
            "muscles": [self._muscle(place, who, k) for place in self._base.muscles],
            "joints": [self._joint(joint, who, k) for joint in self._base.joints],
        }

    def _muscle(self, place: tuple[str, str], who: NDArray[np.bool_], k: int) -> dict[str, Any]:
        told = {name: summary(self._found[place, name][who, k]) for name in ("volume_before", "lowest_force")}
        return {"muscle": place[0], "side": place[1], **told}

    def _joint(self, joint: JointCourse, who: NDArray[np.bool_], k: int) -> dict[str, Any]:
        base = joint.baseline
        found = {name: self._found[_key(joint), name][who, k] for name in ("change_at_peak", *_CLOCK)}
        return {
            "joint": base.joint,
            "side": base.side,
            "movement": base.movement,
            "change_at_peak": summary(found["change_at_peak"]),
            **Clock(*(found[name] for name in _CLOCK)).to_dict(),
        }


def _key(joint: JointCourse) -> tuple[str, str, str]:
    return joint.baseline.joint, joint.baseline.side, joint.baseline.movement


def _joint(put: Callable[..., None], joint: JointCourse, change: Array, time_d: Array) -> None:
    """Put the numbers of one joint in one cycle, from its change on the days of the cycle."""
    put((_key(joint), "change_at_peak"), change.min(axis=1))
    read = cycle_clock(time_d, change, -value("scales.improvement_threshold"))
    for name in _CLOCK:
        put((_key(joint), name), getattr(read, name))


def _share(flags: NDArray[np.bool_]) -> float:
    return round(float(flags.mean()), _DIGITS)
