"""Level 6: visits that are made up from a known truth.

The truth is the median person, the plan, and at most one departure from it: the cause. Muscles left out, a
dose too small, a joint that is fixed and visits on the wrong days lie in the file itself; needles in the
muscle beside and a person on whom the toxin does not act are made here. The visits are read with the errors
of an examiner, drawn by the training's seed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlannedInjection, Training, joint_baselines, planned_injections
from endplate.knowledge.evidence import value
from endplate.knowledge.units import PERCENT
from endplate.physiology import scales
from endplate.simulation.biology import Biology
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.parameters import OneAtATime, draw, stream
from endplate.simulation.results import on_day

Array = NDArray[np.float64]

_READINGS = ("grade", "r1_deg", "r2_deg", "strength", "beside")


def visits_of(training: Training) -> list[dict[str, Any]]:
    """The visits as they were written down."""
    return [dict(row) for row in _visits(training.model_dump_json())]


@lru_cache(maxsize=32)
def _visits(text: str) -> tuple[dict[str, Any], ...]:
    training = Training.model_validate_json(text)
    truth = _courses(training)
    noise = np.stack(
        [
            stream(training.seed, f"training/visit/{k}").standard_normal(len(_READINGS))
            for k in range(len(truth))
        ]
    )
    read = truth + noise * _errors(training)
    base = joint_baselines(training.case())[0]
    held = scales.categories_of(base.scale)
    rows = []
    for day, (grade, r1, r2, strength, beside) in zip(days_of(training), read, strict=True):
        place = int(np.searchsorted(held.thresholds, grade))
        r2_deg = max(round(float(r2)), 1)
        rows.append(
            {
                "day": day,
                "joint": base.joint,
                "side": base.side,
                "movement": base.movement,
                "scale": base.scale,
                "grade": held.labels[place],
                "r1_deg": min(max(round(float(r1)), 0), r2_deg),
                "r2_deg": r2_deg,
                "strength_percent": max(round(float(strength) * PERCENT), 1),
                "beside_percent": max(round(float(beside) * PERCENT), 0),
            }
        )
    return tuple(rows)


def days_of(training: Training) -> tuple[float, ...]:
    """Days from the session to each visit."""
    return tuple(float(visit.to("d").value) for visit in training.task.visits)


def _errors(training: Training) -> Array:
    """How far one reading of each kind is off in the median examiner, (readings,)."""
    draws = OneAtATime(())
    joint = joint_baselines(training.case())[0].joint
    grade = float(draw(scales.Parameters, draws).rater_at(joint).total_sd_grade[0])
    angles = draw(scales.Angles, draws)
    strength = value("training.strength_sd")
    return np.array([grade, float(angles.r1_sd_deg[0]), float(angles.r2_sd_deg[0]), strength, strength])


def _shots(training: Training) -> tuple[PlannedInjection, ...]:
    """The plan as it went: where the needles missed, all of it is in the muscle beside."""
    shots = planned_injections(training.case())
    if training.task.cause != "placement":
        return shots
    return tuple(replace(shot, muscle=str(training.task.beside), at_fraction=None) for shot in shots)


def _biology(training: Training) -> Biology:
    if training.task.cause != "response":
        return Biology()
    return Biology(antibodies=value("training.antibody_titre"))


def _courses(training: Training) -> Array:
    """What an examiner would read without error at every visit, (visits, readings)."""
    days, bases = days_of(training), joint_baselines(training.case())[:1]
    last = max(int(np.ceil(max(days))), 1)
    chain = run_chain(
        _shots(training),
        bases,
        training.mass_kg,
        OneAtATime(()),
        time_grid(last),
        biology=_biology(training),
    )
    joint = chain.joints[0]
    beside = chain.course_of(str(training.task.beside), training.show.side).force
    true = joint.true_grade[:, None] + joint.scale_change
    r1, r2 = _changed(bases[0].r1_deg, joint.r1_deg), _changed(bases[0].r2_deg, joint.r2_deg)
    courses = (true, r1, r2, joint.strength, beside)
    rows = [[on_day(chain.time_d, course, np.array([day]))[0] for course in courses] for day in days]
    return np.array(rows)


def _changed(before: float | None, course: Array) -> Array:
    """An angle from the one recorded before, by the change that the model gives it, (draws, times).

    The median person's own angles are not those of the file; a visit that showed them would tell a change
    that never was.
    """
    return (course[:, :1] if before is None else before) + course - course[:, :1]
