r"""The loop from function back to movement and growth: open, and closed at some gain.

A child that can do more moves more: activity, told as function over that of the same child untreated, raises
the volleys that reach the body map and lowers the growth that is lost at rest, both g times as much in
proportion. Untreated, activity is 1 and the loop adds nothing, whatever g is. The loop gain is the most that
can come back of a change of activity after once round,

.. math:: \lambda = \max_a \frac{g}{G(a)} \max_{a' \le a}
          \Big(w_C K(a') + w_M L\,|m(a')|\,(1 + K(a')/A)\Big), \qquad
          K(a) = k_D\, d_0 \frac{L_b(a) - L_b(now)}{L_b(a)}

with K the range that growth since now would keep, m what twice the volleys change in the map and A the
ankle's range. Below 1 the loop settles. Members in whom it reaches 1 are left out as unphysical, open and
closed alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.errors import InputError
from endplate.knowledge.evidence import value
from endplate.physiology.development import growth
from endplate.questions.developing.child import Child, Effects, Life
from endplate.questions.developing.circuits import Circuits
from endplate.questions.developing.grown import Measured

Array = NDArray[np.float64]

MOST_GAIN = 100.0
_WITHIN = 1e-6  # points of function
_MOST = 500  # times round


@dataclass(frozen=True)
class Closed:
    """A scenario with the loop open and closed, (members kept, ages) each.

    Attributes:
        gain: g.
        loop_gain: of every member, (members,).
        untreated: GMFM-66 without treatment.
        open: with the loop open.
        function: with the loop closed.
    """

    gain: float
    loop_gain: Array
    untreated: Array
    open: Array
    function: Array

    @property
    def activity(self) -> Array:
        """Function over that of the same child untreated; 1 where there is none to begin with."""
        return 1 + _over(self.function - self.untreated, self.untreated, 0.0)

    @property
    def rejected(self) -> float:
        """Share of members left out."""
        return float((self.loop_gain >= 1).mean())


def gains(asked: Sequence[float] | None) -> tuple[float, ...]:
    """Gains to be swept, ascending.

    Args:
        asked: instead of those of the records.

    Raises:
        InputError: ``loop_gain``, outside what is followed or no number.
    """
    if asked is None:
        asked = [value(f"development.loop.{name}") for name in ("low", "high")]
    for each in asked:
        if not (np.isfinite(each) and 0 < each <= MOST_GAIN):
            raise InputError(
                f"A loop of gain {each:g} is not closed here",
                rule="loop_gain",
                remedy=f"Give numbers above 0 and up to {MOST_GAIN:g}; the open loop is always shown.",
                field="gains",
            )
    return tuple(sorted({float(each) for each in asked}))


def closed(child: Child, life: Life, effects: Effects, circuits: Circuits, gain: float) -> Closed:
    """A scenario with activity fed back, followed round the loop until function no longer changes.

    Args:
        child: who is followed.
        life: untreated.
        effects: of the scenario with the loop open.
        circuits: what volleys do to the map.
        gain: g.

    Raises:
        ArithmeticError: function does not settle although the loop gain is below 1.
    """
    more = circuits.moved_by_rate(life.members.window, life.members.coactive)
    back = loop_gain(child, life, more, gain)
    kept = back < 1
    function = effects.function
    for _ in range(_MOST):
        before, activity = function, gain * _over(function - life.function, life.function, 0.0)
        activity[~kept] = 0
        wider = growth.kept_by_activity(child.bone, life.grows.resting, activity)
        volleys = activity + wider / child.arc_deg
        change = life.judged(Measured(volleys * more.tidy, volleys * more.clear))
        function = child.function(life, effects.points + life.points(wider, 0 * wider, change))
        if np.abs(function - before).max() < _WITHIN:
            return Closed(gain, back, life.function[kept], effects.function[kept], function[kept])
    raise ArithmeticError("the loop between function, map and growth does not settle")


def loop_gain(child: Child, life: Life, more: Measured, gain: float) -> Array:
    """The most that can come back of a change of activity after once round the loop, (members,).

    Infinite for a member without function in whom anything comes back.

    Args:
        child: who is followed.
        life: untreated.
        more: what twice the volleys change in the map, (members, ages).
        gain: g.
    """
    own = life.members
    grown = (child.bone - child.bone[0]) / child.bone
    kept = value("development.range_per_deficit") * life.grows.resting[:, None] * grown
    of_map = (life.limit * own.map_weight)[:, None] * np.abs(life.judged(more)) * (1 + kept / child.arc_deg)
    most = np.maximum.accumulate(own.range_weight[:, None] * kept + of_map, axis=1)
    return np.asarray(gain * _over(most, life.function, np.inf).max(axis=1))


def _over(change: Array, function: Array, without: float) -> Array:
    """A change over function; what is told of a child without function, unless nothing changes."""
    return np.divide(change, function, out=np.where(change == 0, 0.0, without), where=function > 0)
