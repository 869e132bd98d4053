"""A child's body map, reflexes and the loop from function back to movement: limits, identities, signs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.physiology.development import body_map, growth, reflex_network
from endplate.physiology.development.clock import child_middles_y, window
from endplate.questions.developing import grown, loop
from endplate.questions.developing.blocks import Monthly
from endplate.questions.developing.child import Child
from endplate.questions.developing.circuits import Circuits, circuits_of
from endplate.questions.developing.grown import UNTREATED, Mean
from endplate.questions.developing.members import ensemble, preset

CASE = load_case(Path(__file__).parents[2] / "examples" / "child_calf.yaml")
TODDLER = Child(CASE, 2.0)
ALWAYS = np.ones(TODDLER.ages.size - 1)
MEMBERS = 40
LATEST = 2  # of the guesses of the window


@pytest.fixture(scope="module")
def circuits() -> Circuits:
    force, relief = Mean(ALWAYS / 2, 0 * ALWAYS), Mean(ALWAYS / 2, ALWAYS / 2)
    late = Mean(np.where(TODDLER.ages[:-1] >= 14, 0.5, 0.0), 0 * ALWAYS)
    return circuits_of(
        TODDLER.ages, {"force": force, "relief": relief, "none": Mean(0 * ALWAYS, 0 * ALWAYS), "late": late}
    )


def test_a_plan_that_blocks_nothing_moves_nothing(circuits):
    """The same chance: an identity, to the last bit."""
    for what in ("tidy", "clear"):
        own, untreated = (getattr(circuits.measured[name], what) for name in ("none", UNTREATED))
        np.testing.assert_array_equal(own, untreated)


def test_a_plan_after_the_window_moves_nothing(circuits):
    """From 14 y on, when even the latest window has less than a thousandth of its plasticity left."""
    np.testing.assert_array_equal(circuits.measured["late"].clear, circuits.measured[UNTREATED].clear)
    for own, untreated in zip(circuits.reflex_error["late"], circuits.reflex_error[UNTREATED], strict=True):
        np.testing.assert_array_equal(own, untreated)


def test_the_earliest_window_has_closed_before_any_label_begins(circuits):
    np.testing.assert_array_equal(circuits.measured["force"].clear[0], circuits.measured[UNTREATED].clear[0])


def test_more_coactivation_blurs_the_map(circuits):
    """Tidiness falls by more than 0.05 from none to middling and to severe, latest window."""
    tidy = circuits.measured[UNTREATED].tidy[LATEST, :, -1]
    assert tidy[0] - tidy[1] > 0.05 and tidy[1] - tidy[2] > 0.05


def test_block_of_force_alone_costs_the_part_its_place_and_relief_costs_less(circuits):
    """Middling co-activation, latest window: clear area falls by more than 0.05."""
    clear = {name: own.clear[LATEST, 1, -1] for name, own in circuits.measured.items()}
    assert clear["force"] < clear["relief"] < clear[UNTREATED] and clear[UNTREATED] - clear["force"] > 0.05


def test_a_member_is_read_in_proportion_to_its_own_blocks(circuits):
    """Of force and of relief, and between the levels of co-activation: exact at what was grown, 1e-12."""
    which, rho = np.full(4, LATEST), np.array([0.5, 0.5, 0.25, 0.5])
    shape = (4, TODDLER.ages.size - 1)
    force = np.broadcast_to(np.array([0.5, 0.25, 0.5, 0.5])[:, None], shape)
    relief = np.broadcast_to(np.array([0.5, 0.25, 0.5, 0.0])[:, None], shape)
    moved = circuits.moved("relief", which, rho, Monthly(force, relief, force)).clear
    change = circuits.measured["relief"] - circuits.measured[UNTREATED]
    np.testing.assert_allclose(moved[0], change.clear[LATEST, 1], atol=1e-12)
    np.testing.assert_allclose(moved[1], moved[0] / 2, atol=1e-12)
    np.testing.assert_allclose(moved[2], change.clear[LATEST, :2].mean(axis=0), atol=1e-12)
    alone = circuits.by_force["relief"] - circuits.measured[UNTREATED]
    np.testing.assert_allclose(moved[3], alone.clear[LATEST, 1], atol=1e-12)


def test_a_plan_grown_without_relief_is_the_plan_of_force_alone(circuits):
    np.testing.assert_array_equal(circuits.by_force["relief"].clear, circuits.measured["force"].clear)


def test_reflexes_tune_while_the_window_is_open(circuits):
    """From 0.64 wrong to less than 0.15 in every window, and the error never ends above its start."""
    for error in circuits.reflex_error[UNTREATED]:
        assert error[0] == pytest.approx(0.64, abs=0.08) and error[-1] < 0.15


def test_a_course_ends_where_the_whole_ends():
    """Maps and reflexes kept on the way are those of a run that stops there, to the last bit."""
    body = body_map.strips(2, 2, 4, 8)
    held, rule = window("kitten_map", "wk"), body_map.Rule(0.05)
    over = body_map.epochs(body, held, np.arange(3, 9.0))
    born = body_map.newborn(body, rule, 2)
    kept = body_map.course(body, rule, over, born, (2, 5), volleys=30)
    np.testing.assert_array_equal(kept[-1].weights, body_map.grow(body, rule, over, born, volleys=30).weights)
    assert not np.array_equal(kept[0].weights, kept[1].weights)
    limb, own = reflex_network.ring(), reflex_network.Rule()
    days = reflex_network.days(limb, window("rat_reflex", "d"), 10, 14)
    first = reflex_network.newborn(limb, own, 2)
    course = reflex_network.course(limb, own, days, first)
    np.testing.assert_array_equal(course[0], first)
    np.testing.assert_array_equal(course[-1], reflex_network.live(limb, own, days, first))


@pytest.fixture(scope="module")
def treated(circuits):
    """The hypothesis, with a steady half block."""
    blocked = Monthly(*(np.full((MEMBERS, TODDLER.ages.size - 1), share) for share in (0.5, 0.5, 0.1)))
    life = TODDLER.untreated(preset("hypothesis", MEMBERS))
    return life, TODDLER.treated(life, "relief", blocked, circuits)


def test_a_weak_loop_is_the_open_one(treated, circuits):
    """At a gain of a millionth nothing moves by more than a millionth of the change itself."""
    life, effects = treated
    found = loop.closed(TODDLER, life, effects, circuits, 1e-6)
    np.testing.assert_array_equal(found.open, effects.function)
    np.testing.assert_allclose(found.function, effects.function, atol=1e-5)
    assert found.rejected == 0


def test_by_growth_alone_a_closed_loop_moves_function_further_the_same_way(circuits):
    """Without weight on the map, whose answer to more volleys has no sign of its own."""
    members = replace(preset("hypothesis", MEMBERS), map_weight=np.zeros(MEMBERS))
    life = TODDLER.untreated(members)
    blocked = Monthly(*(np.full((MEMBERS, TODDLER.ages.size - 1), share) for share in (0.5, 0.5, 0.1)))
    effects = TODDLER.treated(life, "relief", blocked, circuits)
    gained = [
        (loop.closed(TODDLER, life, effects, circuits, gain).function - life.function)[:, -1].mean()
        for gain in (1e-6, 1.0, 3.0)
    ]
    assert 0 < gained[0] < gained[1] < gained[2]


def test_no_more_comes_back_than_the_loop_gain_allows(treated, circuits):
    """What closing adds is at most g/(1 - g) of the greatest open change, g being the loop gain."""
    life, effects = treated
    greatest = np.abs(effects.function - life.function).max(axis=1)
    for gain in (1.0, 3.0):
        found = loop.closed(TODDLER, life, effects, circuits, gain)
        added = np.abs(found.function - effects.function).max(axis=1)
        assert np.all(added <= found.loop_gain / (1 - found.loop_gain) * greatest + 1e-6)


def test_a_loop_that_would_run_away_is_rejected(treated, circuits):
    life, effects = treated
    once = loop.closed(TODDLER, life, effects, circuits, 1.0).loop_gain.max()
    assert 1.01 / once <= loop.MOST_GAIN
    found = loop.closed(TODDLER, life, effects, circuits, float(1.01 / once))
    assert found.rejected == 1 and found.function.shape[0] == 0
    below = loop.closed(TODDLER, life, effects, circuits, float(0.99 / once))
    assert below.rejected == 0 and np.isfinite(below.function).all()


def test_untreated_the_loop_adds_nothing(circuits):
    life = TODDLER.untreated(ensemble(1, MEMBERS))
    none = Monthly(*(np.zeros((MEMBERS, TODDLER.ages.size - 1)) for _ in range(3)))
    effects = TODDLER.treated(life, "none", none, circuits)
    found = loop.closed(TODDLER, life, effects, circuits, 3.0)
    np.testing.assert_array_equal(found.function, life.function[found.loop_gain < 1])


def test_no_weight_on_the_map_is_no_effect_of_the_map(circuits):
    members = replace(ensemble(1, MEMBERS), map_weight=np.zeros(MEMBERS))
    life = TODDLER.untreated(members)
    blocked = Monthly(*(np.full((MEMBERS, TODDLER.ages.size - 1), 0.5) for _ in range(3)))
    names = [TODDLER.treated(life, name, blocked, circuits).function for name in ("relief", "force")]
    np.testing.assert_array_equal(*names)


def test_range_kept_by_activity_is_what_growth_with_less_loss_keeps():
    """The shortcut of the loop against the equation of growth itself, 1e-9 deg."""
    bone, tone = np.linspace(1, 3, 50), np.ones(50)
    resting, zero, none = np.full(1, 0.3), np.zeros(1), np.zeros((1, 49))
    before = growth.grow(bone, tone, growth.Growing(resting, zero, zero), none, none)
    after = growth.grow(bone, tone, growth.Growing(resting * 0.8, zero, zero), none, none)
    kept = growth.kept_by_activity(bone, resting, np.full((1, 50), 0.2))
    np.testing.assert_allclose(kept, before.dorsiflexion_loss_deg - after.dorsiflexion_loss_deg, atol=1e-9)


@pytest.mark.parametrize("gain", [0.0, -1.0, np.nan, np.inf, 101.0])
def test_a_gain_that_closes_no_loop_is_told(gain):
    with pytest.raises(InputError) as caught:
        loop.gains([gain])
    assert caught.value.rule == "loop_gain" and caught.value.field == "gains"


@pytest.mark.parametrize("middle_y", child_middles_y())
@pytest.mark.parametrize("setting", ["_VOLLEYS", "_EPOCHS"])
def test_finer_steps_grow_the_same_map(monkeypatch, middle_y, setting):
    """Twice the volleys or epochs move no measure by more than 0.03, at every guess of the window.

    An infant under a steady half block with relief, middling co-activation.
    """
    infant = Child(CASE, 1 / 12)
    always = np.full(infant.ages.size - 1, 0.5)
    blocked = {"relief": Mean(always, always)}
    coarse = grown.maps_of(infant.ages, middle_y, 0.5, blocked)
    monkeypatch.setattr(grown, setting, 2 * getattr(grown, setting))
    fine = grown.maps_of(infant.ages, middle_y, 0.5, blocked)
    for name in (UNTREATED, "relief"):
        for what in ("tidy", "clear"):
            own, other = (getattr(found.measured[name], what)[-1] for found in (coarse, fine))
            assert own == pytest.approx(other, abs=0.03), (name, what)
