"""Differences pooled over trials, each week another set of them, beside single trials as simulated.

No model can be scored on such a row: it lists neither product, dose nor muscle, and one week's trials are not
the next one's, so that rows over weeks are no course of wear-off. Beside each stand the trials of the same
limb that are simulated, at that week.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from endplate.case import Arm, Outcome, Study
from endplate.physiology import scales
from endplate.questions.reproducing.against_placebo import limb_of
from endplate.questions.reproducing.arms import are_children
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.model import StudyModel
from endplate.questions.reproducing.scores import DIGITS

_MEASURE = "smd"


def beside_pooled(held: Sequence[Study], simulated: Callable[[Study], StudyModel]) -> list[dict[str, Any]]:
    """Every pooled difference with a week, and the trials of adults at that limb at that week.

    Args:
        held: all studies read.
        simulated: a study, ready to predict.
    """
    rows = [
        (study, row)
        for study in held
        if not any(arm.injections for arm in study.arms)
        for row in study.outcomes
        if row.measure == _MEASURE and row.at is not None and row.value is not None
    ]
    if not rows:
        return []
    trials = [pair for study in held for pair in _trials(study)]
    found = {}
    for study, arm, graded in trials:
        limb = limb_of(arm)
        asked = tuple(_asked(arm, graded, row) for _, row in rows if _limb(row) == limb)
        model = simulated(study.model_copy(update={"outcomes": asked}))
        found[study.study, arm.arm] = {(limb, one.at): _told(model, one) for one in asked}
    return [
        {
            "study": study.study,
            "arm": row.arm,
            "at": str(row.at),
            "observed": row.value,
            "se": row.se,
            "trials": [
                {"study": name, "arm": arm, **told}
                for (name, arm), weeks in found.items()
                if (told := weeks.get((_limb(row), row.at))) is not None
            ],
        }
        for study, row in rows
    ]


def _trials(study: Study) -> list[tuple[Study, Arm, Outcome]]:
    """Treated arms of a trial of adults with an untreated one, each with an outcome that names its scale."""
    if study.species != "human" or are_children(study.population):
        return []
    untreated = {arm.arm for arm in study.arms if not arm.injections}
    graded = [row for row in study.outcomes if row.measure == "scale_change" and row.scale in scales.GRADED]
    if not untreated or not graded:
        return []
    control = min(untreated)
    row = graded[0].model_copy(update={"versus": control})
    return [(study, arm, row) for arm in study.arms if arm.injections]


def _limb(row: Outcome) -> str:
    """Arm or leg: the last word by which a pooled arm is called."""
    return row.arm.split()[-1]


def _asked(arm: Arm, graded: Outcome, row: Outcome) -> Outcome:
    """The standardised difference of a treated arm at the week of a pooled row."""
    same = {"scale": graded.scale, "joint": graded.joint, "versus": graded.versus}
    return Outcome(arm=arm.arm, measure=_MEASURE, at=row.at, **same)


def _told(model: StudyModel, asked: Outcome) -> dict[str, float] | None:
    try:
        sample = model.simulated(asked).values
    except CannotSimulate:
        return None
    low, middle, high = np.quantile(sample, [1 / 10, 1 / 2, 9 / 10])
    return {name: round(float(x), DIGITS) for name, x in (("p10", low), ("p50", middle), ("p90", high))}
