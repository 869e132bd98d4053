r"""How much of what was missing each single change would have given, copy by copy.

The gain of a copy is that of its true grade, whatever made it: drug, what comes without it, drift. With
:math:`g` the gain on the best of the visits, :math:`h` the gain hoped for and :math:`g_c` the gain had one
thing been otherwise, a change removes

.. math:: s_c = \frac{\min(g_c, h) - g}{h - g}

of the shortfall, held between 0 and 1. Its support is the mean of :math:`s_c` over the copies that fell
short. Changes are no parts of a whole: two of them may each remove all of it, and none may.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.physiology import scales
from endplate.questions.explaining.changed import CAUSES, Changed
from endplate.simulation.results import on_day, summary

Array = NDArray[np.float64]
Row = dict[str, Any]

REACHED, NONE = "reached", "none"
STATES = (*CAUSES, NONE, REACHED)
"""What a copy says of itself: the change that removes most (several alike share it), that none does, or that
nothing was missing."""
_DIGITS = 5
_WHOLE = 1 - 1e-9  # of a shortfall, but for dust


@dataclass(frozen=True)
class Support:
    """One joint in every copy.

    Attributes:
        gain: of the true grade on the best of the visits, grade, (copies,).
        without: what of that gain comes without the drug on the same day, grade, (copies,); below 0 where
            the joint had risen without it.
        short: whether that is less than was hoped, (copies,).
        removed: share of the shortfall that every change of ``CAUSES`` removes, (causes, copies); 0 where
            nothing was missing or a change was not asked for.
        effective: how many independent copies these count as.
    """

    gain: Array
    without: Array
    short: NDArray[np.bool_]
    removed: Array
    effective: float

    @property
    def of_drug(self) -> Array:
        """What the drug adds to what comes without it on the best of the visits, grade, (copies,)."""
        return np.asarray(self.gain - self.without)

    @property
    def states(self) -> Array:
        """How much each copy says of itself in every one of ``STATES``, (copies, states); rows add to 1."""
        most = self.removed.max(axis=0)
        blamed = self.short & (most >= value("visits.cause_least"))
        alike = (self.removed >= most * _WHOLE) & blamed
        found = np.zeros((self.short.size, len(STATES)))
        found[:, : len(CAUSES)] = (alike / np.maximum(alike.sum(axis=0), 1)).T
        found[:, STATES.index(NONE)] = self.short & ~blamed
        found[:, STATES.index(REACHED)] = ~self.short
        return found

    def row(self, cause: str) -> Row:
        """Mean share, its standard error, its spread, and how often the change alone had been enough.

        Copies drawn by weight repeat one another: the error counts them as those that they are worth.
        """
        held = self.removed[CAUSES.index(cause)][self.short]
        if not held.size:
            return {"support": None, "error": None, "copies": summary(held), "alone": None, "most": None}
        most = self.states[self.short, STATES.index(cause)]
        return {
            "support": _rounded(held.mean()),
            "error": _rounded(held.std() / np.sqrt(max(self.short.mean() * self.effective, 1.0))),
            "copies": summary(held),
            "alone": _rounded((held >= _WHOLE).mean()),
            "most": _rounded(most.mean()),
        }

    def overlap(self) -> Row:
        """Of the copies that fell short: none, one or several changes would each have been enough."""
        enough = (self.removed[:, self.short] >= _WHOLE).sum(axis=0)
        if not enough.size:
            return {"none": None, "one": None, "several": None}
        shares = ((enough == 0).mean(), (enough == 1).mean(), (enough > 1).mean())
        return dict(zip(("none", "one", "several"), map(_rounded, shares), strict=True))

    def share_reached(self) -> float:
        """Share of all copies whose true grade gained what was hoped, whatever was written down."""
        return _rounded(1 - self.short.mean())


@dataclass(frozen=True)
class Apart:
    """What changes a joint apart from the drug, in the copies of a run.

    Attributes:
        true_grade: behind the baseline record, (copies,).
        other: change without the drug, grade, (copies, times).
        typical: median of that before any visit was used, (times,).
    """

    true_grade: Array
    other: Array
    typical: Array


def support_of(
    changed: Changed, joint: int, apart: Apart, days: Array, hoped: float, effective: float | None = None
) -> Support:
    """How every change stands at one joint.

    Args:
        changed: courses as they were and as they had been.
        joint: its place.
        apart: what else changes the joint.
        days: of the visits that graded it, since the plan's session, (days,).
        hoped: gain of the scale, grade, above 0.
        effective: how many independent copies these count as; every one by itself without it.
    """
    drug = changed.as_it_was[joint]

    def gains(change: Array, other: Array) -> Array:
        grade = scales.within_scale(apart.true_grade[:, None] + change + other)
        return np.asarray(apart.true_grade[:, None] - grade)

    def on_visits(change: Array, other: Array) -> Array:
        found = gains(change, other)
        return np.stack([on_day(changed.time_d, found, np.full(len(found), day)) for day in days])

    def seen(change: Array, other: Array = apart.other) -> Array:
        return np.asarray(on_visits(change, other).max(axis=0))

    all_gains = on_visits(drug, apart.other)
    gain, best = all_gains.max(axis=0), all_gains.argmax(axis=0)
    without = on_visits(np.zeros_like(drug), apart.other)[best, np.arange(gain.size)]
    had = {cause: seen(courses[joint]) for cause, courses in changed.had.items()}
    had["timing"] = np.maximum(gain, gains(drug, apart.other).max(axis=1))
    had["other"] = seen(drug, np.broadcast_to(apart.typical, apart.other.shape))
    short = gain < hoped
    removed = np.zeros((len(CAUSES), gain.size))
    for cause, better in had.items():
        share = np.clip((better - gain) / np.where(short, hoped - gain, 1.0), 0, 1)
        removed[CAUSES.index(cause)] = np.where(short, share, 0)
    counted = float(gain.size) if effective is None else effective
    return Support(gain, without, short, removed, counted)


def _rounded(number: Any) -> float:
    return round(float(number), _DIGITS)
