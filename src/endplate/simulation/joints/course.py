"""The joints of one person: baseline grade in, torque and read-outs over time out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline
from endplate.physiology import scales
from endplate.physiology.joint import response
from endplate.physiology.joint.reflex import drive_kept
from endplate.physiology.terminal.course import take
from endplate.simulation.joints import examined
from endplate.simulation.joints.pool import JointPool, joint_pool
from endplate.simulation.parameters import Draws, draw

Array = NDArray[np.float64]

_ANGLE_TIMES = 40


@dataclass(frozen=True)
class Fitted:
    """What the examination left of each copy, from which more is worked out when it is asked for.

    Attributes:
        chosen: the joint of each copy.
        spindle_share: share of reflex drive that comes from spindles, (draws,).
        rater: how far raters are off at this joint.
        r1_sd_deg: how far one reading of R1 is off, (draws,).
        perception_lag_d: days until the person notices what an examiner would find, (draws,).
    """

    chosen: response.Chosen
    spindle_share: Array
    rater: scales.Rater
    r1_sd_deg: Array
    perception_lag_d: Array


@dataclass(frozen=True)
class JointCourse:
    """One joint over time; arrays (draws, times), ``strength`` over the untreated joint.

    ``true_grade`` is the grade behind the recorded one, (draws,); ``visit_change`` adds the change on placebo
    to the drug's ``scale_change``; ``effective`` is how many joints the examination left to each copy,
    (draws,), 0 where none reaches the grade; ``fitted`` is none where joints are mixed.
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
    effective: Array
    fitted: Fitted | None = None


def key_of(base: JointBaseline) -> str:
    """What tells the chance of one joint, side and movement from that of another."""
    return f"{base.joint}/{base.side}/{base.movement}"


def _true_grade(base: JointBaseline, examiner: scales.Parameters, draws: Draws) -> Array:
    """The grade behind the recorded one or of a group's people, never none where one was felt, (draws,)."""
    if base.coded == 0:
        return np.zeros(draws.size)
    least, normal = draws.of("scales.baseline_floor"), draws.normal(f"baseline grade/{key_of(base)}", 1)[:, 0]
    if base.sd is not None:
        return np.clip(base.coded + base.sd * normal, least, scales.CODED_GRADES[-1])
    rater = examiner.rater_at(base.joint)
    return scales.true_behind(rater, base.scale, base.coded, least, scales.share_below(normal))


@dataclass(frozen=True)
class BeforeTreatment:
    """One joint as the examination left it in each copy, and how its resistance is graded.

    Attributes:
        pool: the joints it may be.
        chosen: the joint of each copy.
        examiner: scale parameters, fields (draws,).
        felt: the examiner's hand.
        true_grade: the grade behind the recorded one, (draws,).
        unit_Nm: resistance at grade 3, (draws,).
        spindle_share: share of reflex drive that comes from spindles, (draws,).
        study: change of grade in this study over that in the typical one, (draws,).
    """

    pool: JointPool
    chosen: response.Chosen
    examiner: scales.Parameters
    felt: response.Hand
    true_grade: Array
    unit_Nm: Array
    spindle_share: Array
    study: Array

    def resistance_Nm(self, residual: Array, kept: Array) -> Array:
        """Mean resistance beyond the healthy joint's, (draws, times); see :func:`response.resistance_Nm`."""
        return response.resistance_Nm(self.pool.responses, self.chosen, residual, kept)

    def grade_of(self, resistance_Nm: Array) -> Array:
        """Coded grade of a resistance, (draws, times)."""
        return scales.grade_of_torque(self.examiner, resistance_Nm / self.unit_Nm[:, None])

    def grades(self, residual: Array, kept: Array) -> Array:
        """Coded grade at residual forces and drives kept, (draws, muscles, times) each."""
        return self.grade_of(self.resistance_Nm(residual, kept))

    def change(self, graded: Array, untreated: Array) -> Array:
        """Change of the grade, (draws, times); where none was recorded there is none to lose."""
        return (graded - untreated) * self.study[:, None] * (self.true_grade > 0)[:, None]

    def resistance_after(self, change: Array, untreated: Array) -> Array:
        """Resistance at which the grade has changed so much, (draws, times); NaN below grade 0."""
        graded = untreated + change / self.study[:, None]
        found = scales.torque_of_grade(self.examiner, graded) * self.unit_Nm[:, None]
        return np.where((graded >= 0) & (self.true_grade > 0)[:, None], found, np.nan)

    def target_Nm(self) -> Array:
        """Resistance that the true grade stands for, (draws,)."""
        return _target_Nm(self.examiner, self.true_grade, self.unit_Nm)

    def strength(self, residual: Array) -> Array:
        """Strength over untreated at residual forces (draws, muscles, times), (draws, times)."""
        return np.asarray((self.pool.weight[self.chosen.joint][:, :, None] * residual).sum(axis=1))


def _target_Nm(examiner: scales.Parameters, true_grade: Array, unit_Nm: Array) -> Array:
    return np.asarray(scales.torque_of_grade(examiner, true_grade[:, None])[:, 0] * unit_Nm)


def before_treatment(base: JointBaseline, draws: Draws, size: float = 1.0) -> BeforeTreatment:
    """Examine one joint of every copy; arguments as :func:`joint_course`."""
    pool = joint_pool(base.joint, base.movement)
    examiner, hand = draw(scales.Parameters, draws), draw(examined.Parameters, draws, key_of(base))
    grade = _true_grade(base, examiner, draws)
    strength_Nm = pool.strength_Nm * size
    unit_Nm = examiner.grade_3_Nm(strength_Nm) / size
    felt = hand.hand(examiner.hand_Nm(strength_Nm) / size)
    target = _target_Nm(examiner, grade, unit_Nm)
    chosen = _chosen(base, pool, target, felt, draws)
    study = np.exp(draws.of("scales.response_study_sd") * draws.of("scales.response_study"))
    share = draws.of("joint.spindle_share")
    return BeforeTreatment(pool, chosen, examiner, felt, grade, unit_Nm, share, study)


def joint_course(
    base: JointBaseline,
    force: Mapping[str, Array],
    spindle: Mapping[str, Array],
    time_d: Array,
    draws: Draws,
    size: float = 1.0,
) -> JointCourse:
    """Follow one joint.

    Args:
        base: the assessment at baseline.
        force: force over untreated of the treated muscles on this side, (draws, times) each.
        spindle: the same for spindle efficacy.
        time_d: days, (times,).
        draws: where numbers come from.
        size: torques of the person over those of the tables' adult. The joint is drawn in the adult's size;
            the examiner's hand does not shrink with it.
    """
    found = before_treatment(base, draws, size)
    pool, chosen = found.pool, found.chosen
    whole = np.ones((draws.size, time_d.size))
    residual = np.stack([force.get(muscle, whole) for muscle in pool.muscles], axis=1)
    efficacy = np.stack([spindle.get(muscle, whole) for muscle in pool.muscles], axis=1)
    fitted = Fitted(
        chosen,
        found.spindle_share,
        found.examiner.rater_at(base.joint),
        draw(scales.Angles, draws).r1_sd_deg,
        draws.of("scales.perception_lag"),
    )
    kept = drive_kept(fitted.spindle_share, efficacy)
    graded = found.grades(residual, kept)
    change = found.change(graded, graded[:, :1])
    person = draws.normal(f"placebo/{key_of(base)}", 1)[:, 0]
    visit = scales.visit_change(found.examiner, change, time_d, person)
    expected = np.clip(base.coded + visit, 0, scales.CODED_GRADES[-1])
    strength = found.strength(residual)
    some = np.unique(np.linspace(0, time_d.size - 1, _ANGLE_TIMES).astype(np.int64))
    read = response.angles_rad(pool.responses, chosen, found.felt, residual[..., some], kept[..., some])
    r1, r2 = (_between(time_d, time_d[some], np.rad2deg(angle)) for angle in read)
    if base.coded == 0:  # nothing was felt: angles stay as recorded
        r2 = np.full_like(r2, base.r2_deg) if base.r2_deg is not None else r2
        r1 = np.full_like(r1, base.r1_deg) if base.r1_deg is not None else r2
    grades = (found.true_grade, change, visit, expected)
    return JointCourse(base, pool.muscles, *grades, r1, r2, strength, chosen.effective, fitted)


def _chosen(
    base: JointBaseline, pool: JointPool, target_Nm: Array, felt: response.Hand, draws: Draws
) -> response.Chosen:
    """The joint of every copy, given the resistance of its grade and the angles on record."""
    places = pool.places(draws.shared, draws.size)
    score = scales.share_below(draws.normal(f"joint/{key_of(base)}", 1)[:, 0])
    gains = (pool.median_gain, pool.sd_log_gain)
    recorded = _recorded(base, draws)
    if draws.one_joint:
        alike = np.zeros(draws.size, dtype=np.int64)
        judged = target_Nm[alike], *gains, places, score, take(felt, alike), take(recorded, alike)
        first = response.choose(pool.responses, *judged).joint
        places = first[:, None] + np.arange(2)
    return response.choose(pool.responses, target_Nm, *gains, places, score, felt, recorded)


def _between(time_d: Array, at_d: Array, values: Array) -> Array:
    """Values at some days as a course, linear between them, (copies, times)."""
    return np.stack([np.interp(time_d, at_d, row) for row in values])


def _recorded(base: JointBaseline, draws: Draws) -> response.Recorded:
    """The angles on record, each with the spread of one reading about the true one."""
    errors = draw(scales.Angles, draws)
    parts = []
    for angle, error in ((base.r1_deg, errors.r1_sd_deg), (base.r2_deg, errors.r2_sd_deg)):
        parts.append(np.full(draws.size, np.deg2rad(angle or 0.0)))
        parts.append(np.full(draws.size, np.inf) if angle is None else np.deg2rad(error))
    return response.Recorded(*parts)
