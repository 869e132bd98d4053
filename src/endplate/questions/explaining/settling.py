r"""What a next observation would be expected to settle about the cause.

Every copy says what was wrong in it (:data:`support.STATES`). An observation with categories k removes

.. math:: 1 - \frac{\sum_k p_k H(c \mid k)}{H(c)}

of the entropy of the cause: what a grade, a strength or an angle is expected to tell, with all its error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.physiology import scales
from endplate.physiology.scales.normal import share_below
from endplate.questions.explaining.changed import Rerun
from endplate.questions.individualising.person import Learnt
from endplate.questions.individualising.sample import SCALE, JointSample
from endplate.simulation.results import rounded

Array = NDArray[np.float64]
Row = dict[str, Any]

AGAIN = "again"
_MOST_WEEKS = 12  # after the last visit, or after the next session
_BINS = 24
_REACH = 3.0  # standard deviations of a reading beyond the copies
_DIGITS = 5


@dataclass(frozen=True)
class Looked:
    """A way to look, and how likely each category is on each day in each copy.

    Attributes:
        what: ``grade``, ``second_rater``, ``strength``, ``r1``, ``r2`` or ``again``.
        days: since the plan's session; of ``again`` since the next one.
        likely: (copies, days, categories).
    """

    what: str
    days: Array
    likely: Array


def settles(states: Array, looks: Iterable[Looked]) -> tuple[float, list[Row]]:
    """Entropy of the cause, bits, and for every way to look the day on which it removes most of it.

    Args:
        states: how much every copy says of itself in each state, (copies, states).
        looks: the ways to look; one without a day is left out.
    """
    now = float(_entropy(states.mean(axis=0)))
    rows = []
    for look in (each for each in looks if each.days.size):
        removed = _removed(states, look.likely) / now if now else np.zeros(look.days.size)
        best = int(removed.argmax())
        rows.append(
            {
                "what": look.what,
                "day": float(look.days[best]),
                "removed": round(float(removed[best]), _DIGITS),
                "t_d": rounded(look.days),
                "removed_by_day": rounded(removed),
            }
        )
    return round(now, _DIGITS), sorted(rows, key=lambda row: -row["removed"])


def _entropy(share: Array) -> Array:
    """Entropy of shares along the first axis, bits."""
    logs = np.log2(share, out=np.zeros_like(share), where=share > 0)
    return np.asarray(-(share * logs).sum(axis=0))


def _removed(states: Array, likely: Array) -> Array:
    """Information that categories hold about states, bits, (days,)."""
    joint = np.einsum("cs,cdk->sdk", states, likely) / len(states)
    share = joint.sum(axis=0)
    given = joint / np.where(share > 0, share, 1)
    left = (share * _entropy(given)).sum(axis=-1)
    return np.asarray(np.maximum(_entropy(states.mean(axis=0)) - left, 0))


def looks_of(learnt: Learnt, plan_d: float, joint: int, after_d: float) -> Iterator[Looked]:
    """Every way to look at one joint again.

    Args:
        learnt: what the visits taught.
        plan_d: day of the plan's session, since the first followed.
        joint: its place.
        after_d: day of the last visit, since the plan's session.
    """
    sample, held = learnt.after.joints[joint], learnt.chosen[0].joints[joint]
    rows = learnt.chosen[1]
    time_d = learnt.after.time_d
    days = after_d + DAYS_PER_WEEK * np.arange(1, _MOST_WEEKS + 1)
    days = days[days <= time_d[-1]]
    if days.size:
        places = np.array([learnt.after.place_of(day) for day in days])
        yield Looked("grade", days, sample.categories(places))
        spread = np.hypot(held.between_sd[rows], held.within_sd[rows])
        yield Looked("second_rater", days, _categories(sample.true[:, places], spread))
        since = np.flatnonzero(learnt.chosen[0].time_d >= plan_d)
        before = held.strength[:, since[:1]] if plan_d > 0 else 1.0  # before the first session: untreated
        readings = {
            "strength": (held.strength / before, None),
            "r1": (held.r1_deg, np.hypot(held.r1_sd, value("visits.r1_model_sd"))),
            "r2": (held.r2_deg, held.r2_sd),
        }
        for what, (course, sd) in readings.items():
            true = course[rows][:, since][:, places]
            error = true * learnt.chosen[0].ratio_cv[rows, None] if sd is None else sd[rows, None]
            yield Looked(what, days, _binned(true, np.maximum(error, scales.LEAST_SD)))


def _categories(true: Array, spread: Array) -> Array:
    return scales.probabilities(scales.categories_of(SCALE), true, spread[:, None])


def _binned(true: Array, error: Array) -> Array:
    """Probability of each of some bins that a reading may fall in, (copies, days, bins)."""
    low, high = (true - _REACH * error).min(), (true + _REACH * error).max()
    lines = np.linspace(low, high, _BINS + 1)
    below = share_below((lines - true[..., None]) / (error + np.zeros_like(true))[..., None])
    return np.diff(below, axis=-1)


def again_of(sample: JointSample, again: Rerun, joint: int) -> Looked:
    """A grade by the same rater after the same session given once more to the joint as it was before.

    It has no day where less than a week is followed.

    Args:
        sample: the joint in copies that agree with the visits.
        again: the session given again, with its needles placed anew.
        joint: its place.
    """
    time_d, change = again.course(joint)
    days = DAYS_PER_WEEK * np.arange(1, _MOST_WEEKS + 1).astype(np.float64)
    at = np.searchsorted(time_d, days[days <= time_d[-1]])
    true = scales.within_scale(sample.true_grade[:, None] + change[:, at] + sample.level[:, None])
    seen = true + sample.kept[:, None]
    return Looked(AGAIN, time_d[at], _categories(seen, sample.within_sd))
