"""The course over time of what a study measured at stated times, for figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Quantity, Study
from endplate.knowledge.vocabulary import MEASURES
from endplate.questions.reproducing.groups import CannotSimulate

Array = NDArray[np.float64]
Predict = Callable[[Outcome], Array]

_POINTS = 15
_DIGITS = 4
_LEVELS = ("p10", "p50", "p90")
_NO_COURSE = (*(m.id for m in MEASURES.values() if m.own_time), "scale_auc")


def courses(study: Study, predict: Predict) -> list[dict[str, Any]]:
    """Intervals over time of every arm and measure that has outcomes at stated times.

    Args:
        study: the study.
        predict: the reported statistic of an outcome in every draw; raises CannotSimulate.

    Returns:
        For each: what it is of, ``t_d`` with ``p10``, ``p50``, ``p90``, and the ``rows`` (places in the
        study's list of outcomes) that lie on it.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, outcome in enumerate(study.outcomes):
        if outcome.at is not None and outcome.measure not in _NO_COURSE:
            groups.setdefault(_course_of(outcome), []).append(place)
    found = []
    for places in groups.values():
        try:
            found.append(_course(study, places, predict))
        except CannotSimulate:
            continue  # the outcome's own row says why
    return found


def _course_of(outcome: Outcome) -> tuple[Any, ...]:
    """What outcomes on one course have in common."""
    where = (outcome.joint, outcome.muscle)
    return (outcome.arm, outcome.versus, outcome.measure, outcome.scale, *where, outcome.by)


def _course(study: Study, places: list[int], predict: Predict) -> dict[str, Any]:
    first = study.outcomes[places[0]]
    days = [study.outcomes[place].at for place in places]
    stated = sorted({day.to("d").value for day in days if day})
    t_d = sorted({*np.linspace(0, stated[-1], _POINTS).tolist(), *stated})
    sample = np.stack([predict(_on(first, day)) for day in t_d], axis=1)
    levels = np.quantile(sample, [1 / 10, 1 / 2, 9 / 10], axis=0).round(_DIGITS).tolist()
    row = {"arm": first.arm, "versus": first.versus, "measure": first.measure, "scale": first.scale}
    row |= {"joint": first.joint, "muscle": first.muscle, "rows": places}
    return row | {"t_d": [round(day, _DIGITS) for day in t_d]} | dict(zip(_LEVELS, levels, strict=True))


def _on(outcome: Outcome, day: float) -> Outcome:
    return outcome.model_copy(update={"at": Quantity(day, "d")})
