"""The rest of this cycle from what was learnt: bands, day of re-emergence, what a next visit would add."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.physiology import scales
from endplate.questions.individualising.sample import SCALE, JointSample, Sample
from endplate.simulation.results import band, daily, rounded, summary

Array = NDArray[np.float64]
Row = dict[str, Any]

_DIGITS = 5


def place_row(joint: JointSample) -> Row:
    """Joint, side and movement."""
    base = joint.baseline
    return {"joint": base.joint, "side": base.side, "movement": base.movement}


def joint_forecasts(before: Sample, after: Sample, horizon_d: int) -> list[Row]:
    """The courses of every joint on the days of this cycle, before and after the visits were used.

    Args:
        before: copies of the prior.
        after: copies of the posterior.
        horizon_d: last day told.
    """
    on = daily(after.time_d, horizon_d)
    rows = []
    for old, new in zip(before.joints, after.joints, strict=True):
        rows.append(
            {
                **place_row(new),
                "scale_change": {SCALE: band(on(new.change))},
                "expected_score": {SCALE: band(on(new.expected()))},
                "grade_probability": {SCALE: _weekly(new, after, horizon_d)},
                **after.clock(new).to_dict(),
                "prior": {
                    "scale_change": {SCALE: band(on(old.change))},
                    "expected_score": {SCALE: band(on(old.expected()))},
                    **before.clock(old).to_dict(),
                },
            }
        )
    return rows


def _weekly(joint: JointSample, sample: Sample, horizon_d: int) -> Row:
    """Probability of every category that the same rater would write down week by week."""
    days = list(range(0, horizon_d + 1, DAYS_PER_WEEK))
    places = np.array([sample.place_of(day) for day in days])
    found = joint.categories(places).mean(axis=0)
    labels = list(scales.categories_of(SCALE).labels)
    return {"t_d": days, "categories": labels, "probability": [rounded(row) for row in found.T]}


def re_emergence(sample: Sample) -> Row:
    """Day of re-emergence with the shares that gained and that are back by the horizon."""
    days = sample.re_emergence_d()
    gained = ~np.isnan(days)
    back = np.isfinite(days[gained])
    return {
        "modelled_re_emergence_d": summary(days),
        "gained": round(float(gained.mean()), _DIGITS),
        "not_back_by_horizon": round(float(1 - back.mean()), _DIGITS) if back.size else None,
    }


def information(sample: Sample, after_d: float, horizon_d: int) -> list[Row]:
    r"""What a grade recorded at each later week would add about the day of re-emergence, joint by joint.

    .. math:: 1 - \frac{\sum_k p_k \mathrm{Var}(T \mid k)}{\mathrm{Var}(T)}

    over the categories k that the same rater may write down; a copy that is not back by the horizon counts
    with it, one that never gained is left out.

    Args:
        sample: copies of the posterior.
        after_d: day of the last visit.
        horizon_d: last day told.
    """
    days = sample.re_emergence_d()
    gained = ~np.isnan(days)
    if gained.sum() < 2:
        return []
    again = np.minimum(days[gained], horizon_d)
    weeks = [day for day in range(DAYS_PER_WEEK, horizon_d + 1, DAYS_PER_WEEK) if day > after_d]
    places = np.array([sample.place_of(day) for day in weeks], dtype=np.int64)
    now = float(again.var())
    rows = []
    for joint in sample.joints:
        likely = joint.categories(places)[gained]
        left = _left(again, likely) if weeks and now else np.zeros(0)
        rows.append(
            {
                **place_row(joint),
                "t_d": weeks if now else [],
                "sd_now_d": round(now**0.5, _DIGITS),
                "expected_sd_d": rounded(np.sqrt(left)),
                "removed": rounded(1 - left / now if now else left),
            }
        )
    return rows


def _left(number: Array, likely: Array) -> Array:
    """Variance expected to be left once a category is known, (times,).

    Args:
        number: of every copy, (copies,).
        likely: probability of each category, (copies, times, categories).
    """
    share = likely.mean(axis=0)
    safe = np.where(share > 0, share, 1)
    mean = np.einsum("c,ctk->tk", number, likely) / len(number) / safe
    square = np.einsum("c,ctk->tk", number**2, likely) / len(number) / safe
    return np.asarray((share * np.maximum(square - mean**2, 0)).sum(axis=1))
