"""The difference of two plans in the same copies, and how often one is better than the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.questions.comparing.courses import Weeks
from endplate.questions.readings import Reading
from endplate.simulation.results import band, rounded

Array = NDArray[np.float64]
Row = dict[str, Any]

_DIGITS = 5


def p_better(reading: Reading, difference: Array) -> Array:
    """Share of copies in which the first plan is better, over the first axis of A minus B.

    Ties count half; differences too small to be told are ties.
    """
    gain = reading.sign * np.round(difference, _DIGITS)
    return np.asarray((gain > 0).mean(axis=0) + (gain == 0).mean(axis=0) / 2)


def over_goal(course: Array, weeks: Weeks) -> Array:
    """Mean of each copy over the goal weeks, (draws,)."""
    return np.asarray(course[:, weeks.goal].mean(axis=1))


def difference_row(reading: Reading, difference: Array, weeks: Weeks) -> Row:
    """What is told of a difference, (draws, weeks): bands and shares by week, and over the goal weeks."""
    return {
        "t_d": list(weeks.t_d),
        **band(difference),
        "p_better": rounded(p_better(reading, difference)),
        "goal": {
            **summary_of(over_goal(difference, weeks)),
            "p_better": _over(reading, difference, weeks),
            "differs": _differs(over_goal(difference, weeks)),
        },
    }


def undrawn_row(weeks: Weeks) -> Row:
    """The row of two plans of different products: nothing is subtracted and nothing ranked."""
    return {"t_d": list(weeks.t_d), "median": None, "p_better": None, "goal": None}


def summary_of(numbers: Array) -> Row:
    """Mean and quantiles of one number of each copy."""
    told = {name: level[0] for name, level in band(numbers[:, None]).items()}
    return {"mean": round(float(numbers.mean()), _DIGITS), **told}


def _differs(difference: Array) -> float:
    """Share of copies in which the plans differ at all once rounded."""
    return round(float((np.round(difference, _DIGITS) != 0).mean()), _DIGITS)


def _over(reading: Reading, difference: Array, weeks: Weeks) -> float:
    return round(float(p_better(reading, over_goal(difference, weeks)[:, None])[0]), _DIGITS)
