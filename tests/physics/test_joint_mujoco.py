"""The joint against MuJoCo: stretches, pendulum, energy.

Tolerances were set before the first run, by the project's bars: 0.05 Nm (root mean square over a ramp) at the
elbow, 1 % of a person's peak reflex torque at the ankle with its elastic tendons, at the usual steps. Where
the law is not the usual one, or the whole torque is compared, 1 % of peak too.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import joint_people as people
import numpy as np
import pytest
from scipy.constants import g

from endplate.errors import InputError
from endplate.knowledge.anatomy import load_axes
from endplate.physiology.joint import mujoco_engine, pendulum, reflex, stretch
from endplate.simulation.joints.mechanics import mechanics
from endplate.simulation.parameters import RandomDraws, draw

DRAWN = 5
ELBOW_NM = 0.05
SHARE_OF_PEAK = 0.01
SWING_DEG = 0.5
SECONDS = 4


@pytest.fixture
def mujoco(extra):
    return extra("mujoco", "mujoco")


def _both(joint, movement, draws, size, law="lambda", refine=1, coarser=1):
    """Root mean square difference (reflex torque, whole torque) and peak reflex torque, (people, ramps)."""
    found = mechanics(joint, movement, draws, law=law)
    ramps = stretch.examiner_ramps(found.examiner, np.zeros(size), np.full(size, found.range_rad))
    own = stretch.battery(found.joint, found.spinal, ramps, people.ONSET_S, steps=stretch.STEPS.finer(refine))
    other = mujoco_engine.battery(found.joint, found.spinal, ramps, people.ONSET_S, refine=1 / coarser)
    np.testing.assert_allclose(np.broadcast_to(own.angle_rad, other.angle_rad.shape), other.angle_rad)
    apart = own.reflex_Nm.sum(axis=2) - other.reflex_Nm.sum(axis=2), own.total_Nm() - other.hand_Nm
    return *(np.sqrt(np.mean(one**2, axis=-1)) for one in apart), other.reflex_Nm.sum(axis=2).max(axis=-1)


@pytest.mark.parametrize(("draws", "size"), [(people.MEDIAN, 1), (RandomDraws(7, DRAWN), DRAWN)])
def test_the_elbow_resists_in_mujoco_as_here(mujoco, draws, size):
    by_reflex, by_hand, _ = _both("elbow", "extension", draws, size, coarser=2)
    assert by_reflex.max() < ELBOW_NM
    assert by_hand.max() < ELBOW_NM


@pytest.mark.parametrize(("draws", "size"), [(people.MEDIAN, 1), (RandomDraws(7, DRAWN), DRAWN)])
def test_the_ankle_on_elastic_tendons_resists_in_mujoco_as_here(mujoco, draws, size):
    by_reflex, by_hand, peak = _both("ankle", "dorsiflexion", draws, size)
    bar = SHARE_OF_PEAK * peak.max(axis=1, keepdims=True)
    assert np.all(by_reflex < bar)
    assert np.all(by_hand < bar)


@pytest.mark.parametrize(
    ("joint", "movement", "law"),
    [
        ("elbow", "extension", "force"),
        ("ankle", "dorsiflexion", "force"),
        ("elbow", "extension", "velocity"),
    ],
)
def test_the_other_laws_agree_too(mujoco, joint, movement, law):
    """Force feedback is a loop of first order in the step, so a finer one is compared."""
    by_reflex, by_hand, peak = _both(joint, movement, people.MEDIAN, 1, law, refine=8)
    assert np.all(by_reflex < SHARE_OF_PEAK * peak.max())
    assert np.all(by_hand < SHARE_OF_PEAK * peak.max())


def _leg():
    axis = load_axes()["knee", "flexion"]
    inertia, weight = axis.inertia_share * 75 * 1.75**2, axis.mass_share * 75 * g * axis.com_share * 1.75
    return pendulum.Body(np.array([inertia]), np.array([weight]), np.zeros(1))


def _knee(tonic=0.0, gain=0.0):
    found = people.median("knee", "flexion", spastic=False, posture={("hip", "flexion"): 45.0})
    whole = np.ones((1, len(found.muscles)))
    law = reflex.Force(gain * whole, 0 * whole, 0.01 * whole)
    return found.joint, reflex.Reflex(law, 0.03 * whole, tonic * whole, whole, whole)


@pytest.mark.parametrize(("tonic", "gain"), [(0.0, 0.0), (0.01, 0.0), (0.01, 0.3)])
def test_the_pendulum_swings_in_mujoco_as_here(mujoco, tonic, gain):
    joint, spinal = _knee(tonic, gain)
    p = draw(pendulum.Parameters, people.MEDIAN)
    own = pendulum.swing(p, joint, spinal, _leg(), SECONDS)
    other = mujoco_engine.swing(p, joint, spinal, _leg(), own.time_s)
    assert np.rad2deg(np.sqrt(np.mean((own.angle_rad - other) ** 2))) < SWING_DEG


@pytest.mark.parametrize("engine", ["own", "mujoco"])
def test_a_resting_limb_loses_in_its_first_swing_what_damping_takes(mujoco, engine):
    """Gravity and passive torque are conservative; muscles at rest add nothing."""
    joint, spinal = _knee()
    p, body = draw(pendulum.Parameters, people.MEDIAN), _leg()
    own = pendulum.swing(p, joint, spinal, body, SECONDS)
    angle = own.angle_rad[0]
    if engine == "mujoco":
        angle = mujoco_engine.swing(p, joint, spinal, body, own.time_s)[0]
    turn = int(np.argmax(np.diff(angle) < 0))
    x = np.linspace(angle[0], angle[turn], 2001)
    gained = body.weight_Nm[0] * (np.sin(x[-1]) - np.sin(x[0]))
    stored = np.trapezoid(np.interp(x, joint.angle_rad, joint.passive_Nm[0]), x)
    speed = np.gradient(angle, own.time_s)[: turn + 1]
    lost = p.damping_Nm_s[0] * np.trapezoid(speed**2, own.time_s[: turn + 1])
    assert gained - stored == pytest.approx(lost, abs=0.005 * body.weight_Nm[0])
    assert lost > 0


def test_mujoco_scales_activation_times_as_the_records_do():
    found = people.median("elbow", "extension")
    assert (found.laws.activation_floor[0], found.laws.activation_slope[0]) == mujoco_engine._SCALING
    laws = replace(found.laws, activation_slope=np.array([1.0])).table()
    with pytest.raises(ValueError, match="MuJoCo"):
        mujoco_engine.battery(replace(found.joint, laws=laws), found.spinal, people.ramp(0, 1, 90), 0.1)


def test_without_mujoco_the_extra_is_named(monkeypatch):
    found = people.median("elbow", "extension")
    monkeypatch.setitem(sys.modules, "mujoco", None)
    with pytest.raises(InputError) as told:
        mujoco_engine.battery(found.joint, found.spinal, people.ramp(0, 1, 90), 0.1)
    assert told.value.rule == "missing_extra" and "endplate[mujoco]" in told.value.remedy
