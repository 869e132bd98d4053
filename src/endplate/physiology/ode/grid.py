"""The steps of a schedule: a hundredth of a day after every session of injections, growing to days.

What a session starts slows down as it goes. For a week steps grow by a constant factor; then they stay, and
end on whole multiples of the longest step, where what is told needs no interpolation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.ode.collocation import INTERPOLANTS

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_SETTLING_D = 7.0  # days in which steps grow; then they stay


@dataclass(frozen=True)
class Preset:
    """How finely time is cut: first step and longest step in days, growth, and when sweeps stop."""

    first_step_d: float
    growth: float
    longest_step_d: float
    tolerance: float

    def halved(self) -> Preset:
        """About twice the steps everywhere."""
        growth = float(np.sqrt(self.growth))
        return Preset(self.first_step_d / 2, growth, self.longest_step_d / 2, self.tolerance / 10)


PRESETS = {
    "coarse": Preset(0.02, 2.0, 7.0, 1e-5),
    "mid": Preset(0.01, 1.5, 3.5, 1e-9),
    "fine": Preset(0.005, 1.25, 1.75, 1e-11),
}


class Grid(NamedTuple):
    """Steps over all sessions, and where outputs lie in them.

    Attributes:
        size_d: the different step lengths, (sizes,).
        which: the size of every step, (steps,).
        session: the session that starts with a step, -1 if none, (steps,).
        first_output: outputs before this one lie in earlier steps, (steps + 1,).
        reading: weights of a step's start and stages in every output, (outputs, stages + 1).
    """

    size_d: Array
    which: Whole
    session: Whole
    first_output: Whole
    reading: Array


def _interval(preset: Preset, length_d: float) -> Array:
    """Steps from a session to the next, in days."""
    settling = min(_SETTLING_D, length_d)
    growing = (preset.growth - 1) * settling / preset.first_step_d
    count = int(np.ceil(np.log1p(growing) / np.log(preset.growth)))
    grown = preset.growth ** np.arange(max(1, count))
    late = np.arange(settling, length_d, preset.longest_step_d)
    return np.concatenate([grown / grown.sum() * settling, np.diff(np.append(late, length_d))])


def grid_of(preset: Preset, sessions_d: Array, horizon_d: float, time_d: Array) -> Grid:
    """The steps of a schedule.

    Args:
        preset: how finely.
        sessions_d: ascending days of injection from 0, (sessions,).
        horizon_d: last day, beyond the last session.
        time_d: ascending days told, from 0 to the horizon, (times,).
    """
    edges = np.append(sessions_d, horizon_d)
    parts = [_interval(preset, length) for length in np.diff(edges)]
    steps = np.concatenate(parts)
    ends = np.concatenate([edge + np.cumsum(part) for edge, part in zip(edges, parts, strict=False)])
    session = np.full(steps.size, -1)
    session[np.cumsum([0, *(part.size for part in parts[:-1])])] = np.arange(len(parts))
    size_d, which = np.unique(np.round(steps, 12), return_inverse=True)
    place = np.minimum(np.searchsorted(ends, time_d - 1e-9), steps.size - 1)
    share = np.clip(1 - (ends[place] - time_d) / steps[place], 0, 1)
    return Grid(
        size_d=size_d,
        which=which.astype(np.int64),
        session=session.astype(np.int64),
        first_output=np.searchsorted(place, np.arange(steps.size + 1)).astype(np.int64),
        reading=np.stack([polynomial(share) for polynomial in INTERPOLANTS], axis=1),
    )
