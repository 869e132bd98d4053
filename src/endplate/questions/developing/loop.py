r"""The loop from function back to movement and growth: open, and closed at some gain.

A child that can do more moves more: activity, told as function over that of the same child untreated, raises
the volleys that reach the body map and lowers the growth that is lost at rest, both g times as much in
proportion. Untreated, activity is 1 and the loop adds nothing, whatever g is. Once round, a small change of
function comes back multiplied by the loop gain

.. math:: \lambda = \frac{g}{G} \Big(w_C K + w_M L\, m\,(1 + K/A)\Big), \qquad
          K = k_D\, d_0 \frac{L_b(18) - L_b(now)}{L_b(18)}

with K the range that all growth to come keeps, m what twice the volleys change in the map and A the ankle's
range. A child in whom it is 1 or more would run away: such members are rejected as unphysical.
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
from endplate.questions.developing.circuits import Circuits, Measured

Array = NDArray[np.float64]

OPEN = 0.0
_WITHIN = 1e-6  # points of function
_MOST = 500  # times round


@dataclass(frozen=True)
class Closed:
    """A scenario with the loop closed.

    Attributes:
        gain: g.
        loop_gain: of every member, (members,).
        function: GMFM-66 of the members that are not rejected, (members kept, ages).
        untreated: the same without treatment.
    """

    gain: float
    loop_gain: Array
    function: Array
    untreated: Array

    @property
    def rejected(self) -> float:
        """Share of members in whom the loop would run away."""
        return float((self.loop_gain >= 1).mean())


def gains(asked: Sequence[float] | None) -> tuple[float, ...]:
    """Gains to be swept, none first.

    Args:
        asked: instead of those of the records.

    Raises:
        InputError: ``loop_gain``, not above 0 or no number.
    """
    if asked is None:
        asked = [value(f"development.loop.{name}") for name in ("low", "high")]
    for each in asked:
        if not (np.isfinite(each) and each > 0):
            raise InputError(
                f"A loop of gain {each:g} is not closed here",
                rule="loop_gain",
                remedy="Give numbers above 0; the open loop is always shown.",
                field="gains",
            )
    return (OPEN, *sorted({float(each) for each in asked}))


def closed(child: Child, life: Life, effects: Effects, circuits: Circuits, gain: float) -> Closed:
    """A scenario with activity fed back, followed round the loop until function no longer changes.

    Args:
        child: who is followed.
        life: untreated.
        effects: of the scenario with the loop open.
        circuits: what volleys do to the map.
        gain: g, 0 for the open loop.

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
        function = child.follow(life.limit, effects.points + life.points(wider, 0 * wider, change))
        if np.abs(function - before).max() < _WITHIN:
            return Closed(gain, back, function[kept], life.function[kept])
    raise ArithmeticError("the loop between function, map and growth does not settle")


def loop_gain(child: Child, life: Life, more: Measured, gain: float) -> Array:
    """How much of a small change of function comes back after once round the loop, (members,).

    Taken where it is greatest: over all growth to come, at the age at which volleys change the map most and
    over the least function.

    Args:
        child: who is followed.
        life: untreated.
        more: what twice the volleys change in the map, (members, ages).
        gain: g.
    """
    own = life.members
    to_come = (child.bone[-1] - child.bone[0]) / child.bone[-1]
    kept = value("development.range_per_deficit") * life.grows.resting * to_come
    of_map = np.clip(life.judged(more).max(axis=1), 0, None)
    back = own.range_weight * kept + life.limit * own.map_weight * of_map * (1 + kept / child.arc_deg)
    return gain * _over(back, life.function.min(axis=1), np.inf)


def _over(change: Array, function: Array, without: float) -> Array:
    """A change over function; what is told of a child without function, unless nothing changes."""
    return np.divide(change, function, out=np.where(change == 0, 0.0, without), where=function > 0)
