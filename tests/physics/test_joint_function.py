"""Pendulum test, strength, active range and chains: published orderings and closed forms."""

from dataclasses import replace

import joint_people as people
import numpy as np
import pytest
from scipy.constants import g

from endplate.knowledge.anatomy import load_axes, load_moment_arms
from endplate.knowledge.evidence import value
from endplate.physiology.joint import hill, pendulum, reflex, voluntary
from endplate.physiology.joint import moment_arm_cm as arm_cm
from endplate.simulation.parameters import draw

LAWS = draw(hill.Parameters, people.MEDIAN)
RECLINED = {("hip", "flexion"): 45.0}
MASS_KG, HEIGHT_M, SECONDS = 75, 1.75, 10


def _leg():
    axis = load_axes()["knee", "flexion"]
    inertia = axis.inertia_share * MASS_KG * HEIGHT_M**2
    weight = axis.mass_share * MASS_KG * g * axis.com_share * HEIGHT_M
    return pendulum.Body(np.array([inertia]), np.array([weight]), np.zeros(1))


def _swing(tonic=0.0, short_range=True, gain=0.0, residual=1.0, refine=1):
    found = people.median("knee", "flexion", spastic=False, posture=RECLINED)
    laws = found.laws
    if not short_range:
        laws = replace(laws, short_range_stiffness=0 * laws.short_range_stiffness)
    whole = np.ones((1, len(found.muscles)))
    law = reflex.Force(gain * whole, 0 * whole, 0.01 * whole)
    spinal = reflex.Reflex(law, 0.03 * whole, tonic * whole, residual * whole, whole)
    joint = replace(found.joint, laws=laws.table())
    p = draw(pendulum.Parameters, people.MEDIAN)
    return pendulum.swing(p, joint, spinal, _leg(), SECONDS, refine)


def test_first_swing_falls_with_tone_short_range_stiffness_and_force_feedback():
    """Order of degroote2018: healthy, tone, with short-range stiffness, with force feedback."""
    found = [
        _swing(),
        _swing(tonic=0.01, short_range=False),
        _swing(tonic=0.01),
        _swing(tonic=0.01, gain=0.3),
    ]
    first = np.rad2deg([swing.first_swing_rad[0] for swing in found])
    assert np.all(np.diff(first) < -2)
    assert found[0].relaxation_index > 1.3  # a healthy leg swings past its resting angle


def test_block_gives_the_swing_back_in_order():
    first = [_swing(tonic=0.01, gain=0.3, residual=left).first_swing_rad[0] for left in (1, 0.75, 0.5, 0)]
    assert np.all(np.diff(first) > 0)


def test_halving_the_pendulums_step_changes_less_than_a_degree():
    usual, finer = _swing(tonic=0.01, gain=0.3), _swing(tonic=0.01, gain=0.3, refine=2)
    assert np.rad2deg(np.abs(usual.first_swing_rad - finer.first_swing_rad)) < 1


def test_a_bare_pendulum_swings_with_its_period_and_never_gains():
    """No muscle force, no passive torque: damped oscillation about the vertical."""
    held = people.plain(angle_rad=np.linspace(-0.5, 3.5, 121))
    body = pendulum.Body(np.array([0.4]), np.array([10.0]), np.array([np.pi / 2 - 0.1]))
    p = pendulum.Parameters(np.array([0.0]))
    still = people.spinal(people.lambda_law(gain=0.0))
    found = pendulum.swing(p, held, still, body, 10)
    period = 2 * np.pi * np.sqrt(0.4 / 10)
    crossings = np.flatnonzero(np.diff(np.sign(found.angle_rad[0] - np.pi / 2)) > 0)
    assert np.diff(found.time_s[crossings]).mean() == pytest.approx(period, rel=2e-3)
    assert found.angle_rad.max() - np.pi / 2 < 0.1 * 1.02


def test_strength_in_closed_form():
    held = people.plain()
    found = voluntary.isometric_Nm(held, LAWS, np.array([[0.4]]), np.array([[0.5]]))
    length = 0.7 + 0.04 * held.angle_rad / 0.12
    width = LAWS.force_length_width[0]
    np.testing.assert_allclose(found[0, 0], 0.04 * 600 * 0.2 * np.exp(-(((length - 1) / width) ** 2)))


def _paretic_elbow(cocontraction):
    found = people.median("elbow", "extension")
    extensors = people.median("elbow", "flexion", spastic=False)
    whole = np.ones_like(extensors.spinal.tonic)
    pull = voluntary.isometric_Nm(extensors.joint, extensors.laws, whole, whole).sum(axis=1)
    agonist = pull[:, ::-1]  # the same angles, counted from the other end
    p = voluntary.Parameters(np.array([0.5]), np.array([0.3]), np.array([cocontraction]))
    residual = np.array([1, 0.75, 0.5, 0.25])
    return voluntary.trade_off(found.joint, found.laws, found.spinal, agonist, p, residual)


def test_weakening_widens_active_range_and_costs_strength_alike_whatever_the_cocontraction():
    """The gain in range depends on co-contraction, the loss of strength does not (trade-off of the dose)."""
    (little, lost), (much, lost_too) = (_paretic_elbow(c) for c in (0.2, 0.5))
    assert np.all(np.diff(little[0]) >= 0) and np.all(np.diff(much[0]) >= 0)
    assert much[0, 0] < little[0, 0]
    np.testing.assert_allclose(lost, lost_too)
    np.testing.assert_allclose(lost[0] / lost[0, 0], [1, 0.75, 0.5, 0.25])


def test_active_range_ends_where_net_torque_crosses_0():
    held = people.plain(passive_Nm=np.linspace(0, 10, 121)[None])
    still = people.spinal(people.lambda_law(gain=0.0))
    alone = voluntary.active_movement(
        held, LAWS, still, np.full((1, 121), 10.0), np.array([0.5]), np.array([0.0])
    )
    assert alone.end_rad[0] == pytest.approx(np.deg2rad(60))
    never = voluntary.active_movement(
        held, LAWS, still, np.full((1, 121), 40.0), np.array([0.5]), np.array([0.0])
    )
    assert never.end_rad[0] == pytest.approx(np.deg2rad(120))


def _chain(axes):
    """Arms (m) at the anatomical position and largest forces (N) of all muscles about some axes."""
    arms = load_moment_arms()
    names = sorted({key[0] for key in arms if key[1:] in axes})
    table = np.zeros((len(axes), len(names)))
    for (muscle, *axis), row in arms.items():
        if tuple(axis) in axes:
            at = arm_cm(0.0, row.coefficients_cm, np.deg2rad(row.from_deg), np.deg2rad(row.to_deg))
            table[axes.index(tuple(axis)), names.index(muscle)] = at / 100
    force = [
        value(f"muscle.{name}.volume_mL") / value(f"muscle.{name}.optimal_fibre_length_cm") for name in names
    ]
    return table, np.array(force) * value("joint.specific_tension"), names


def _share(chain, target, sign, **left):
    """Capacity with some muscles weakened over that without."""
    table, force, names = chain
    weak = force * np.array([left.get(name, 1.0) for name in names])
    whole, now = (voluntary.chain_capacity(table, most, target, sign) for most in (force, weak))
    return now / whole


def test_chain_of_the_fingers():
    """One of two finger flexors weakened costs part, both cost in proportion, wrist flexors cost nothing."""
    chain = _chain([("fingers", "pip_flexion")])
    one = _share(chain, 0, 1, flexor_digitorum_superficialis=0.5)
    both = _share(chain, 0, 1, flexor_digitorum_superficialis=0.5, flexor_digitorum_profundus=0.5)
    assert 0.5 < one < 1
    assert both == pytest.approx(0.5)
    balanced = _chain([("wrist", "flexion"), ("fingers", "pip_flexion")])
    assert _share(balanced, 1, 1, flexor_carpi_radialis=0.5, flexor_carpi_ulnaris=0.5) == pytest.approx(1)


def test_balancing_more_joints_never_adds_capacity_and_the_extensors_bind_in_a_free_finger():
    """With every finger joint balanced the finger's extensors, not its flexors, set what is left."""
    axes = [("fingers", f"{joint}_flexion") for joint in ("pip", "dip", "mcp")]
    capacity = []
    for count in (1, 2, 3):
        table, force, _ = _chain(axes[:count])
        capacity.append(voluntary.chain_capacity(table, force, 0))
    assert capacity[0] > capacity[1] > capacity[2] > 0
    weak = {"extensor_digitorum_communis": 0.5}
    assert _share(_chain(axes), 0, 1, **weak) < 0.9
    assert _share(_chain(axes), 0, 1, flexor_digitorum_superficialis=0.5) == pytest.approx(1)


def test_chain_of_the_ankle():
    """With knee and subtalar joint to balance, soleus costs more plantarflexion than gastrocnemius."""
    chain = _chain([("ankle", "dorsiflexion"), ("ankle", "eversion"), ("knee", "flexion")])
    calf = _share(chain, 0, -1, gastrocnemius_medial=0.5, gastrocnemius_lateral=0.5)
    soleus = _share(chain, 0, -1, soleus=0.5)
    knee = _share(chain, 2, 1, gastrocnemius_medial=0.5, gastrocnemius_lateral=0.5)
    assert soleus < calf
    assert soleus < 0.9
    assert 0.8 < knee < 1


def test_a_chain_of_one_joint_is_the_sum():
    assert voluntary.chain_capacity(np.array([[0.04, 0.02, -0.03]]), np.array([100.0, 50, 80]), 0) == (
        pytest.approx(5)
    )


def test_a_flexed_knee_slackens_the_gastrocnemius_alone():
    straight, bent = (
        people.median("ankle", "dorsiflexion", posture={("knee", "flexion"): angle}) for angle in (0.0, 90.0)
    )
    change = (bent.joint.muscles.start_length - straight.joint.muscles.start_length)[0]
    lengths = dict(zip(bent.muscles, change, strict=True))
    assert lengths["gastrocnemius_medial"] < -0.2
    assert lengths["soleus"] == 0
    assert bent.joint.passive_Nm[0, -1] < straight.joint.passive_Nm[0, -1]
