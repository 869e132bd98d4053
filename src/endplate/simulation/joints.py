"""The joints of one person: baseline grade in, torque and read-outs over time out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline
from endplate.knowledge.vocabulary.anatomy import stretched_muscles
from endplate.physiology import joint as joint_stage
from endplate.physiology import scales
from endplate.simulation.parameters import Draws, draw

Array = NDArray[np.float64]

_ANGLES = 33
_CM_PER_M = 100.0


@dataclass(frozen=True)
class JointCourse:
    """One joint over time; arrays (draws, times), ``strength`` over the untreated joint.

    ``true_grade`` is the grade behind the recorded one, (draws,); ``visit_change`` adds the change on placebo
    to the drug's ``scale_change``.
    """

    baseline: JointBaseline
    muscles: tuple[str, ...]
    true_grade: Array
    scale_change: Array
    visit_change: Array
    expected_score: Array
    r1_deg: Array
    r2_deg: Array
    strength: Array


def _architecture(muscles: tuple[str, ...], draws: Draws) -> tuple[Array, Array]:
    """Maximal isometric force (N) and optimal fibre length (m) of the table's adult, (draws, muscles)."""
    volume, length = (
        np.stack([draws.of(f"muscle.{muscle}.{name}", muscle) for muscle in muscles], axis=1)
        for name in ("volume_mL", "optimal_fibre_length_cm")
    )
    tension = draws.of("joint.specific_tension")[:, None]
    return volume / length * tension, length / _CM_PER_M


def _state(
    base: JointBaseline,
    muscles: tuple[str, ...],
    torque: Array,
    parameters: joint_stage.Parameters,
    draws: Draws,
) -> joint_stage.JointState:
    """The joint at baseline, its range and catch as recorded or, where not, drawn."""
    size, key = draws.size, _key(base)
    range_deg = (
        draws.of(f"joint.{base.joint}.range", key) if base.r2_deg is None else np.full(size, base.r2_deg)
    )
    if base.r1_deg is None:
        catch = range_deg * draws.of("joint.catch_share_of_range", key)
    else:
        catch = np.full(size, base.r1_deg)
    catch = np.minimum(np.maximum(catch, joint_stage.earliest_catch_deg(parameters)), range_deg)
    force, fibre = _architecture(muscles, draws)
    arm = draws.of(f"joint.{base.joint}.moment_arm")[:, None] / _CM_PER_M
    return joint_stage.JointState(range_deg, catch, torque, np.broadcast_to(arm, force.shape), force, fibre)


def _key(base: JointBaseline) -> str:
    """What tells the chance of one joint, side and movement from that of another."""
    return f"{base.joint}/{base.side}/{base.movement}"


def _true_grade(base: JointBaseline, examiner: scales.Parameters, draws: Draws) -> Array:
    """The grade behind the recorded one: rater noise taken off, never none where one was felt, (draws,)."""
    highest, floor = scales.CODED_GRADES[-1], draws.of("scales.baseline_floor")
    if base.coded == 0:
        return np.zeros(draws.size)
    rater = examiner.rater_sd_grade
    between = np.sqrt(np.maximum(base.sd**2 - rater**2, 0)) if base.sd else rater
    noise = between * draws.normal(f"baseline grade/{_key(base)}", 1)[:, 0]
    return np.clip(base.coded + noise, floor, highest)


def joint_course(
    base: JointBaseline,
    force: Mapping[str, Array],
    transmission: Mapping[str, Array],
    time_d: Array,
    draws: Draws,
) -> JointCourse:
    """Follow one joint.

    Args:
        base: the assessment at baseline.
        force: force over untreated of the treated muscles on this side, (draws, times) each.
        transmission: the same for transmission.
        time_d: days, (times,).
        draws: where numbers come from.
    """
    muscles = stretched_muscles(base.joint, base.movement)
    examiner = draw(scales.Parameters, draws)
    grade = _true_grade(base, examiner, draws)[:, None]
    parameters = draw(joint_stage.Parameters, draws, _key(base))
    torque = scales.torque_of_grade(examiner, grade)[:, 0]
    state = _state(base, muscles, torque, parameters, draws)
    stretch = joint_stage.stretch_profiles(parameters, state, _ANGLES)
    whole = np.ones((draws.size, time_d.size))
    residual = np.stack([force.get(muscle, whole) for muscle in muscles], axis=1)
    spindle = np.stack([transmission.get(muscle, whole) for muscle in muscles], axis=1)
    left = joint_stage.condition(parameters, residual, spindle)
    reflex = (stretch.reflex_slow, stretch.reflex_second, stretch.reflex_fast)
    felt = scales.torque_at(stretch.angle_deg, stretch.reflex_fast.sum(axis=1), state.catch_deg)
    peak, r1, r2 = scales.read_stretch(stretch.angle_deg, stretch.passive, reflex, left, felt)
    graded = scales.grade_of_torque(examiner, peak)
    response = np.exp(draws.of("scales.response_study_sd") * draws.of("scales.response_study"))
    change = (graded - graded[:, :1]) * response[:, None]
    person = draws.normal(f"placebo/{_key(base)}", 1)[:, 0]
    visit = scales.visit_change(examiner, change, time_d, person)
    expected = np.clip(base.coded + visit, 0, scales.CODED_GRADES[-1])
    weight = (state.force_N * state.moment_arm_m)[:, :, None]
    strength = (weight * residual).sum(axis=1) / weight.sum(axis=1)
    return JointCourse(base, muscles, grade[:, 0], change, visit, expected, r1, r2, strength)
