"""A joint over time: the grade given is the one simulated, and less force never resists more."""

from pathlib import Path

import numpy as np
import pytest
from joint_people import MEDIAN

from endplate.case import JointBaseline, load_case
from endplate.knowledge.vocabulary import JOINTS
from endplate.knowledge.vocabulary.anatomy import stretch_movements
from endplate.physiology import scales
from endplate.simulation.chain import run_chain
from endplate.simulation.joints.course import joint_course
from endplate.simulation.joints.mechanics import mechanics
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import OneAtATime, RandomDraws, draw
from endplate.simulation.simulating import simulate

DRAWS = 300
FALLING = np.array([1.0, 0.5, 0.1])
ELBOW = ("elbow", "extension")
ANKLE = ("ankle", "dorsiflexion")


def graded(pair, grade, r1_deg=None, r2_deg=None):
    joint, movement = pair
    return JointBaseline(
        joint, "left", movement, "modified_ashworth", f"{grade:g}", float(grade), r1_deg, r2_deg
    )


def follow(base, left=FALLING, draws=None):
    draws = draws or RandomDraws(3, DRAWS)
    force = np.tile(left, (draws.size, 1))
    muscles = joint_pool(base.joint, base.movement).muscles
    every = dict.fromkeys(muscles, force)
    return joint_course(base, every, every, np.arange(len(left), dtype=float), draws)


def test_every_movement_that_stretches_has_a_joint_in_the_tables():
    moves = [(joint, movement) for joint in JOINTS for movement in stretch_movements(joint)]
    assert all(mechanics(*move, MEDIAN) is not None for move in moves)


@pytest.mark.parametrize("pair", [ELBOW, ANKLE])
@pytest.mark.parametrize("grade", [1, 2, 3, 4])
def test_the_course_starts_at_the_grade_given(pair, grade):
    course = follow(graded(pair, grade))
    assert np.all(course.scale_change[:, 0] == 0)
    np.testing.assert_allclose(course.expected_score[:, 0], grade, atol=0.3)
    assert np.mean(course.effective > 0) > 0.95
    assert np.all(course.scale_change[:, -1] < 0)


@pytest.mark.parametrize("pair", [ELBOW, ANKLE])
def test_no_spasticity_stays_none(pair):
    course = follow(graded(pair, 0))
    assert np.all(course.scale_change == 0)
    assert np.all(course.true_grade == 0)


def test_the_catch_moves_when_the_reflex_weakens():
    course = follow(graded(ELBOW, 3, 60.0))
    assert np.all(np.diff(course.r1_deg, axis=1) >= 0)
    assert np.median(course.r1_deg[:, -1] - course.r1_deg[:, 0]) > 5
    assert np.all(course.r1_deg <= course.r2_deg + 1e-9)


@pytest.mark.parametrize("pair", [ELBOW, ("knee", "flexion"), ("wrist", "extension")])
def test_less_force_never_resists_more(pair):
    course = follow(graded(pair, 3), np.linspace(1, 0, 9))
    assert np.all(np.diff(course.scale_change, axis=1) <= 1e-9)
    assert np.all(np.diff(course.strength, axis=1) <= 0)
    assert np.all(np.diff(course.r2_deg, axis=1) >= -1e-9)


@pytest.mark.parametrize(
    ("base", "within_deg"),
    [
        (graded(ELBOW, 3, 60.0, 110.0), (14, 10)),
        (graded(ANKLE, 3, 20.0, 50.0), (14, 10)),
        (graded(ANKLE, 2, 15.0, 45.0), (14, 10)),
    ],
)
def test_angles_before_treatment_lie_within_two_reading_errors_of_those_recorded(base, within_deg):
    course = follow(base)
    assert abs(np.median(course.r1_deg[:, 0]) - base.r1_deg) <= within_deg[0]
    assert abs(np.median(course.r2_deg[:, 0]) - base.r2_deg) <= within_deg[1]


def test_one_copy_and_one_parameter_at_a_time_are_followed():
    base = graded(ELBOW, 3, 60.0, 130.0)
    assert follow(base, draws=RandomDraws(7, 1)).scale_change.shape == (1, 3)
    records = ("joint.catch_of_strength", "scales.grade_3_of_strength")
    course = follow(base, draws=OneAtATime(records))
    assert course.scale_change.shape == (5, 3)
    assert course.r1_deg[1, 0] != course.r1_deg[2, 0] or course.effective[1] != course.effective[2]


def test_one_parameter_at_a_time_keeps_one_joint():
    """Else a record that moves nothing would move the outcome by the chance of another joint."""
    records = ("scales.r1_sd", "joint.catch_of_strength", "scales.grade_3_of_strength")
    course = follow(graded(ELBOW, 3, 60.0, 110.0), draws=OneAtATime(records))
    assert np.unique(course.fitted.chosen.joint).size == 1
    np.testing.assert_array_equal(course.scale_change[1:5], np.tile(course.scale_change[0], (4, 1)))
    assert course.scale_change[5, -1] != course.scale_change[6, -1]


def test_angles_of_a_joint_without_tone_stay_as_recorded():
    course = follow(graded(ELBOW, 0, 40.0, 90.0))
    assert np.all(course.r1_deg == 40) and np.all(course.r2_deg == 90)


def test_a_recorded_angle_that_no_joint_has_is_told():
    case = load_case(Path(__file__).parents[2] / "examples" / "adult_arm.yaml")
    told = simulate(case, draws=100, horizon_d=28).document
    elbow = told["joints"][0]["examination"]["off"]
    assert [off["angle"] for off in elbow] == ["R2"]
    assert any("R2 of the elbow extension (left) is recorded as 130 deg" in text for text in told["warnings"])
    assert {"joint.reflex_gain", "joint.contracture_extent"} <= {row["id"] for row in told["evidence"]}


def test_more_copies_begin_with_the_same_ones():
    base = graded(ELBOW, 2, 70.0)
    few, many = (follow(base, draws=RandomDraws(4, count)) for count in (50, 80))
    np.testing.assert_array_equal(few.scale_change, many.scale_change[:50])
    np.testing.assert_array_equal(few.r1_deg, many.r1_deg[:50])


def test_a_smaller_body_resists_with_more_of_its_strength_at_the_same_grade():
    """The examiner's hand does not shrink with the child."""
    base, days = graded(ELBOW, 2), np.arange(3.0)
    adult, child = (
        run_chain((), (base,), mass, RandomDraws(2, 400), days).joints[0].fitted.chosen
        for mass in (None, 15.0)
    )
    assert np.mean(np.log(child.gain)) > np.mean(np.log(adult.gain))


def test_a_hand_tells_a_share_of_strength_at_an_elbow_and_less_of_a_stronger_joint():
    examiner = draw(scales.Parameters, RandomDraws(1, 40))
    at = {factor: examiner.grade_3_Nm(factor * examiner.hand_reference_Nm) for factor in (1, 6)}
    assert at[1] == pytest.approx(examiner.grade_3_of_strength * examiner.hand_reference_Nm, rel=1e-12)
    assert np.all(at[6] > at[1]) and np.all(at[6] <= 6 * at[1])


def test_grades_between_marks_are_what_numpy_interpolates():
    draws = RandomDraws(1, 40)
    examiner, marks = draw(scales.Parameters, draws), draw(scales.Parameters, draws).torques()
    torque = np.random.default_rng(0).uniform(-0.2, 2, (40, 20))
    slow = [np.interp(row, own, scales.CODED_GRADES) for row, own in zip(torque, marks, strict=True)]
    assert scales.grade_of_torque(examiner, torque) == pytest.approx(np.array(slow), rel=1e-12)
