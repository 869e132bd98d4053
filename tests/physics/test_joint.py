"""The joint and its examiner: the grade given is the grade simulated, and less force never resists more."""

from __future__ import annotations

import numpy as np
import pytest

from endplate.case import JointBaseline
from endplate.knowledge.vocabulary import JOINTS
from endplate.knowledge.vocabulary.anatomy import stretch_movements, stretched_muscles
from endplate.physiology import joint as joint_stage
from endplate.physiology import scales
from endplate.simulation.joints import _state, joint_course
from endplate.simulation.parameters import RandomDraws, draw

DRAWS = 300
MOVES = [(joint, movement) for joint in JOINTS for movement in stretch_movements(joint)]


def follow(base, force=None, times=3):
    draws = RandomDraws(3, DRAWS)
    left = {} if force is None else dict.fromkeys(stretched_muscles(base.joint, base.movement), force)
    return joint_course(base, left, left, np.arange(times, dtype=float), draws)


@pytest.mark.parametrize(("joint", "movement"), MOVES)
def test_the_untreated_grade_is_the_grade_given(joint, movement):
    """To 1e-6 grade: the largest torque of the one-second stretch reads as the grade put in."""
    draws = RandomDraws(1, DRAWS)
    examiner, p = draw(scales.Parameters, draws), draw(joint_stage.Parameters, draws)
    base = JointBaseline(joint, "left", movement, "modified_ashworth", "3", 3.0, None, None)
    torque = scales.torque_of_grade(examiner, np.full((DRAWS, 1), 3.0))[:, 0]
    muscles = stretched_muscles(joint, movement)
    state = _state(base, muscles, torque, p, draws)
    stretch = joint_stage.stretch_profiles(p, state, 33)
    whole = np.ones((DRAWS, len(muscles), 1))
    reflex = (stretch.reflex_slow, stretch.reflex_second, stretch.reflex_fast)
    peak, r1, r2 = scales.read_stretch(stretch.angle_deg, stretch.passive, reflex, whole, np.zeros(DRAWS))
    assert scales.grade_of_torque(examiner, peak) == pytest.approx(3.0, abs=1e-6)
    assert (stretch.reflex_second >= 0).all()
    assert (r1 <= r2 + 1e-9).all()


def test_no_spasticity_stays_none():
    base = JointBaseline("elbow", "left", "extension", "modified_ashworth", "0", 0.0, None, None)
    course = follow(base, np.tile([1.0, 0.5, 0.0], (DRAWS, 1)))
    assert (course.scale_change == 0).all()


@pytest.mark.parametrize("r1", [3.0, 60.0])
def test_the_catch_moves_when_the_reflex_weakens(r1):
    base = JointBaseline("elbow", "left", "extension", "modified_ashworth", "3", 3.0, r1, 100.0)
    course = follow(base, np.tile([1.0, 0.5, 0.1], (DRAWS, 1)))
    assert (np.diff(course.r1_deg, axis=1) >= 0).all()
    assert (course.r1_deg[:, -1] > course.r1_deg[:, 0] + 1).all()


def test_less_force_never_resists_more():
    base = JointBaseline("ankle", "left", "dorsiflexion", "modified_ashworth", "3", 3.0, None, None)
    course = follow(base, np.tile(np.linspace(1, 0, 9), (DRAWS, 1)), times=9)
    assert (np.diff(course.scale_change, axis=1) <= 1e-12).all()
    assert (np.diff(course.strength, axis=1) <= 0).all()


def test_torque_between_angles_is_what_numpy_interpolates():
    """Within, at and beyond the marks, and where two marks are one."""
    rng = np.random.default_rng(0)
    angle, torque = np.sort(rng.random((40, 6)), axis=1), rng.random((40, 6))
    angle[:5, 3], angle[5:10, 5] = angle[:5, 2], angle[5:10, 4]
    for at in (*rng.uniform(-0.2, 1.2, (20, 40)), *angle.T):
        slow = [np.interp(at[d], angle[d], torque[d]) for d in range(40)]
        assert scales.torque_at(angle, torque, at) == pytest.approx(slow, rel=1e-12)
