"""Level 6: what went wrong, from visits that are made up from a known truth.

The truth is the median person, the plan, and one departure from it: the cause. Its visits are read with the
errors of an examiner, drawn by the training's seed. How strongly they speak for each cause is the mean
likelihood of these readings over virtual people in whom the plan went wrong in that way, all causes alike
likely before. Where visits cannot part two causes, the shares say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline, PlannedInjection, Training, joint_baselines, planned_injections
from endplate.case.training import CAUSES
from endplate.knowledge.anatomy import body
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.physiology import scales
from endplate.questions.training.score import Part, percent
from endplate.simulation.biology import Biology
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.parameters import Draws, OneAtATime, RandomDraws, draw, stream
from endplate.simulation.results import on_day

Array = NDArray[np.float64]

CAUSE, SUPPORT = 70, 30
"""Points for the cause, and for naming one that the visits speak for."""
_PEOPLE = 60
_READINGS = ("grade", "r1_deg", "r2_deg", "strength", "beside")
_WORDS = {
    "wrong_muscle": "the needle met another muscle",
    "dose": "too few units arrived",
    "contracture": "the joint is fixed, not spastic",
    "timing": "the visit came at the wrong time",
    "placement": "the needle lay far from the endplate zone",
    "non_response": "the person does not respond to the toxin",
}


@dataclass(frozen=True)
class _World:
    """The plan as it went: what was given where, the joint as it was, and the person's biology."""

    shots: tuple[PlannedInjection, ...]
    baselines: tuple[JointBaseline, ...]
    biology: Biology


def offered(training: Training) -> dict[str, Any]:
    """What may be known of the person who comes back: plan, causes to choose from, and the visits."""
    shots = planned_injections(training.case())
    rows = [{"muscle": s.muscle, "dose_U": s.dose_U, "sites": s.sites} for s in shots]
    told = [{"cause": cause, "words": Sentence(_WORDS[cause])} for cause in CAUSES]
    return {"causes": told, "plan": rows, "beside": training.task.beside, "visits": visits_of(training)}


def visits_of(training: Training) -> list[dict[str, Any]]:
    """The visits as they were written down."""
    return [dict(row) for row in _visits(training.model_dump_json())]


@lru_cache(maxsize=32)
def _visits(text: str) -> tuple[dict[str, Any], ...]:
    training = Training.model_validate_json(text)
    truth = _courses(training, str(training.task.cause), OneAtATime(()))[0]
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
                "strength_percent": max(round(float(strength) * 100), 0),
                "beside_percent": max(round(float(beside) * 100), 0),
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


def _world(training: Training, cause: str) -> _World:
    """The plan with one departure from it."""
    task, case = training.task, training.case()
    assert task.angles is not None and task.beside is not None
    found = task.angles.fixed if cause == "contracture" else task.angles.dynamic
    r1, r2 = float(found.r1.value), float(found.r2.value)
    baselines = tuple(replace(base, r1_deg=r1, r2_deg=r2) for base in joint_baselines(case)[:1])
    biology = Biology(antibodies=value("training.antibody_titre")) if cause == "non_response" else Biology()
    departs: dict[str, Callable[[PlannedInjection], PlannedInjection]] = {
        "wrong_muscle": lambda shot: replace(shot, muscle=str(task.beside), at_fraction=None),
        "dose": lambda shot: replace(shot, dose_U=shot.dose_U * value("training.arrived")),
        "placement": lambda shot: replace(shot, at_fraction=_far_end(shot.muscle)),
    }
    shots = tuple(map(departs.get(cause, lambda shot: shot), planned_injections(case)))
    return _World(shots, baselines, biology)


def _far_end(muscle: str) -> float:
    """The end of a belly farther from its endplate zone."""
    held, end = body(muscle), value("training.far_end")
    return end if held.zone_low > 1 - held.zone_high else 1 - end


def _courses(training: Training, cause: str, draws: Draws) -> Array:
    """What an examiner would read without error at every visit, (draws, visits, readings)."""
    world, days = _world(training, cause), days_of(training)
    last = max(int(np.ceil(max(days))), 1)
    chain = run_chain(
        world.shots, world.baselines, training.mass_kg, draws, time_grid(last), biology=world.biology
    )
    joint, side = chain.joints[0], training.show.side
    beside = chain.course_of(str(training.task.beside), side).force
    true = joint.true_grade[:, None] + joint.scale_change
    courses = (true, joint.r1_deg, joint.r2_deg, joint.strength, beside)
    rows = [
        np.stack([on_day(chain.time_d, course, np.full(draws.size, day)) for course in courses], axis=-1)
        for day in days
    ]
    return np.stack(rows, axis=1)


def support_of(training: Training) -> dict[str, float]:
    """How strongly the visits speak for each cause: shares of 1, strongest first."""
    return dict(_support(training.model_dump_json()))


@lru_cache(maxsize=32)
def _support(text: str) -> tuple[tuple[str, float], ...]:
    training = Training.model_validate_json(text)
    visits, errors = visits_of(training), _errors(training)
    held = scales.categories_of(visits[0]["scale"])
    seen = np.array(
        [
            [
                float(held.true_grade[held.labels.index(row["grade"])]),
                row["r1_deg"],
                row["r2_deg"],
                row["strength_percent"] / 100,
                row["beside_percent"] / 100,
            ]
            for row in visits
        ]
    )
    logs = []
    for cause in CAUSES:
        courses = _courses(training, cause, RandomDraws(training.seed, _PEOPLE))
        each = -(((courses - seen) / errors) ** 2).sum(axis=(1, 2)) / 2
        logs.append(np.logaddexp.reduce(each))
    shares = np.exp(np.array(logs) - np.logaddexp.reduce(logs))
    ordered = sorted(zip(CAUSES, shares.tolist(), strict=True), key=lambda row: -row[1])
    return tuple(ordered)


def judged(training: Training, cause: str) -> tuple[tuple[Part, ...], bool, str, dict[str, Any]]:
    """Points for a cause, whether it is the one, one sentence, and what else the reveal shows.

    Args:
        training: of level 6.
        cause: as answered.
    """
    true, support = str(training.task.cause), support_of(training)
    strongest = next(iter(support))
    right = cause == true
    told = "It was so: {cause}." if right else "It was not so: {cause}."
    first = Sentence(told, cause=Sentence(_WORDS[true if right else cause]))
    second = Sentence(
        "The visits speak for it with {own} %, and most for this, with {most} %: {strongest}.",
        own=percent(support[cause]),
        most=percent(support[strongest]),
        strongest=Sentence(_WORDS[strongest]),
    )
    parts = (
        Part("cause", CAUSE if right else 0, CAUSE, first),
        Part("support", SUPPORT * support[cause] / support[strongest], SUPPORT, second),
    )
    feedback = Sentence("What happened: {cause}.", cause=Sentence(_WORDS[true]))
    document = {
        "solution": true,
        "support": [
            {"cause": name, "words": Sentence(_WORDS[name]), "share": round(share, 3)}
            for name, share in support.items()
        ],
        "visits": visits_of(training),
    }
    return parts, right, feedback, document


def words_of(cause: str) -> Sentence:
    """A cause in words."""
    return Sentence(_WORDS[cause])
