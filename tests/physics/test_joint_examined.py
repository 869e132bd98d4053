"""The joint as its examination has it: recorded R1, end of the slow stretch, contracture, the knee."""

import joint_people as people
import numpy as np
import pytest
from scipy.constants import g

from endplate.knowledge.anatomy import load_axes
from endplate.physiology.joint import pendulum, response, stretch
from endplate.simulation.joints import examined
from endplate.simulation.parameters import draw

EXAMINER = draw(examined.Parameters, people.MEDIAN)


def _strength(joint, movement):
    return people.median(joint, movement).isometric_Nm.sum(axis=1)


def _share(joint, movement, end_deg):
    return examined.contracture_share(
        lambda some: people.median(joint, movement, contracture=some),
        EXAMINER.end_Nm(_strength(joint, movement)),
        np.deg2rad([end_deg]),
    )


def _with_catch(joint, movement, r1_deg, end_deg):
    share, strength = _share(joint, movement, end_deg), _strength(joint, movement)
    end = np.deg2rad([end_deg])

    def build(start):
        held = people.median(joint, movement, contracture=share, catch_rad=start)
        return examined.with_resistance(held, 0.15 * strength, end)

    return examined.with_catch(build, EXAMINER.hand(strength), np.deg2rad([r1_deg]), end)


RECORDED = [
    ("elbow", "extension", 60, 130),
    ("ankle", "dorsiflexion", 20, 50),
    ("shoulder", "abduction", 20, 90),
    ("knee", "flexion", 50, 120),
]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda row: row[0])
def test_r1_before_treatment_is_the_recorded_one(recorded):
    found = _with_catch(*recorded)
    assert found.r1_deg[0] == pytest.approx(recorded[2], abs=examined.R1_TOLERANCE_DEG)
    end = np.deg2rad([recorded[3]])
    pair = [
        examined.stretched(found.held, spinal, ("V1", "V3"), end)
        for spinal in (found.held.spinal, examined.blocked(found.held.spinal))
    ]
    assert examined.r1_deg(EXAMINER.hand(_strength(*recorded[:2])), *pair)[0] == found.r1_deg[0]


def test_a_catch_before_delay_and_gain_allow_is_not_reached_and_told():
    """No drive starts before the stretch, and a delay passes before it acts."""
    found = _with_catch("ankle", "dorsiflexion", 5, 50)
    assert found.r1_deg[0] > 5 + examined.R1_TOLERANCE_DEG
    assert found.r1_deg[0] < _with_catch("ankle", "dorsiflexion", 20, 50).r1_deg[0]


@pytest.mark.parametrize(("joint", "movement"), people.JOINTS)
def test_hands_reach_the_healthy_end(joint, movement):
    """Tissue and tone resist there what hands apply at most, or as without contracture where it is more."""
    span = np.rad2deg(people.median(joint, movement).range_rad)
    share = _share(joint, movement, span)
    ends = []
    for some in (share, np.zeros(1)):
        held = people.median(joint, movement, contracture=some)
        slow = examined.stretched(held, examined.faded(held.spinal), ("V1",), np.array([held.range_rad]))
        ends.append(slow.total_Nm()[0, 0, -1])
    assert 0 <= share[0] <= 1
    assert ends[0] <= max(EXAMINER.end_Nm(_strength(joint, movement))[0], ends[1]) + 1e-6


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda row: row[0])
def test_the_gain_is_the_one_with_which_the_joint_has_the_resistance(recorded):
    joint, movement, r1, end = recorded
    at, start = np.deg2rad([end]), np.deg2rad([r1 / 2])
    held = people.median(joint, movement, contracture=_share(joint, movement, end), catch_rad=start)
    target = 0.1 * _strength(joint, movement) + examined.resistance_Nm(held, examined.faded(held.spinal), at)
    found = examined.with_resistance(held, target, at)
    reached = examined.resistance_Nm(found, found.spinal, at)
    assert reached == pytest.approx(target, rel=examined.RESISTANCE_TOLERANCE)


def test_a_resistance_below_tissue_and_tone_leaves_no_gain_and_one_above_all_gains_the_largest():
    held, end = people.median("elbow", "extension"), np.array([2.2])
    gains = [examined.with_resistance(held, np.array([target]), end).spinal.law.gain for target in (0.0, 1e6)]
    assert np.all(gains[0] == 0)
    np.testing.assert_allclose(gains[1], response.LARGEST_GAIN, rtol=1e-5)


def test_contracture_that_hands_overcome_is_left_whole():
    assert _share("elbow", "extension", 130)[0] == 1
    assert _share("knee", "flexion", 138)[0] < _share("knee", "flexion", 120)[0] < 1


def test_a_healthy_knee_bent_to_90_deg_resists_a_few_newton_metres():
    """Hip extended, riener1999: a few to some ten Nm."""
    held = people.median("knee", "flexion", spastic=False).joint
    assert 3 < stretch.passive_at(held, np.deg2rad([[90.0]]))[0, 0] < 12


def test_a_leg_swings_about_once_a_second():
    """An adult leg about the knee: 1.1-1.3 s as a bare pendulum, somewhat faster against tissue."""
    axis = load_axes()["knee", "flexion"]
    mass, height = 75.0, 1.75
    inertia = axis.inertia_share * mass * height**2
    weight = axis.mass_share * mass * g * axis.com_share * height
    bare = 2 * np.pi * np.sqrt(inertia / weight)
    assert 1.1 < bare < 1.3
    hip = people.MEDIAN.of("joint.pendulum_hip_flexion")[0]
    held = people.median(
        "knee", "flexion", posture={("hip", "flexion"): hip}, contracture=_share("knee", "flexion", 138)
    )
    body = pendulum.Body(np.array([inertia]), np.array([weight]), np.zeros(1))
    found = pendulum.swing(draw(pendulum.Parameters, people.MEDIAN), held.joint, held.spinal, body, 10)
    away = found.angle_rad[0] - found.resting_rad[0]
    up = np.flatnonzero((away[:-1] < 0) & (away[1:] >= 0))
    assert 0.85 < found.time_s[up[1]] - found.time_s[up[0]] < bare


def _slow(passive_Nm, active_Nm, end_rad=2.0):
    angle = np.linspace(0, end_rad, 33)
    passive = np.interp(angle, np.linspace(0, 2, len(passive_Nm)), passive_Nm)
    return stretch.Battery(
        angle[None], passive[None], np.full((1, 1, 1, 33), active_Nm), np.zeros((1, 1, 1, 33))
    )


def test_r2_moves_by_what_muscle_no_longer_makes_over_the_slope_of_tissue():
    """Tissue of 4 Nm/rad, 2 Nm of muscle at the end before, half of it after: a quarter of a radian."""
    found = examined.slow_end(_slow([0, 8], 2.0, 1.5), _slow([0, 8], 1.0))
    assert found.met
    assert found.active_Nm == pytest.approx(2)
    assert found.torque_Nm == pytest.approx(8)
    assert found.r2_deg == pytest.approx(np.rad2deg(1.75), abs=0.01)


def test_r2_does_not_move_without_muscle_or_past_the_largest_passive_torque():
    still = examined.slow_end(_slow([0, 8], 0.0, 1.5), _slow([0, 8], 0.0))
    assert still.r2_deg == pytest.approx(np.rad2deg(1.5), abs=0.01)
    falls = examined.slow_end(_slow([0, 6, 0], 1.0, 1.0), _slow([0, 6, 0], 0.5))
    assert not falls.met
    assert falls.r2_deg == pytest.approx(np.rad2deg(1.0), abs=0.01)
