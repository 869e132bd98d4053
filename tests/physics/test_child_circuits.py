"""A child's body map, reflexes and the loop from function back to movement: limits, identities, signs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.physiology.development import body_map, growth, reflex_network
from endplate.physiology.development.clock import window
from endplate.questions.developing import loop
from endplate.questions.developing.blocks import Monthly
from endplate.questions.developing.child import Child
from endplate.questions.developing.circuits import UNTREATED, Circuits, Mean, circuits_of
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


def test_a_member_is_read_in_proportion_to_its_own_block(circuits):
    which, rho = np.full(3, LATEST), np.array([0.5, 0.5, 0.25])
    moved = circuits.moved("force", which, rho, np.array([0.5, 0.25, 0.5])).clear
    np.testing.assert_allclose(moved[1], moved[0] / 2, atol=1e-12)
    change = circuits.measured["force"] - circuits.measured[UNTREATED]
    np.testing.assert_allclose(moved[0], change.clear[LATEST, 1], atol=1e-12)
    np.testing.assert_allclose(moved[2], change.clear[LATEST, :2].mean(axis=0), atol=1e-12)


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


def test_an_open_loop_is_the_answer_itself(treated, circuits):
    life, effects = treated
    found = loop.closed(TODDLER, life, effects, circuits, loop.OPEN)
    np.testing.assert_array_equal(found.function, effects.function)
    assert found.rejected == 0 and np.all(found.loop_gain == 0)


def test_a_closed_loop_moves_function_further_the_same_way(treated, circuits):
    life, effects = treated
    gained = [
        (loop.closed(TODDLER, life, effects, circuits, gain).function - life.function)[:, -1].mean()
        for gain in (0.0, 1.0, 3.0)
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


@pytest.mark.parametrize("gain", [0.0, -1.0, np.nan, np.inf])
def test_a_gain_that_closes_no_loop_is_told(gain):
    with pytest.raises(InputError) as caught:
        loop.gains([gain])
    assert caught.value.rule == "loop_gain" and caught.value.field == "gains"


def test_finer_volleys_grow_the_same_map(monkeypatch):
    """As many again change no measure by more than 0.01 (three children, middling co-activation)."""
    from endplate.questions.developing import circuits as module

    ages, blocked = TODDLER.ages, {"relief": Mean(ALWAYS / 2, ALWAYS / 2)}
    coarse = module._maps(ages, 6.0, 0.5, blocked)
    monkeypatch.setattr(module, "_VOLLEYS", 2 * module._VOLLEYS)
    fine = module._maps(ages, 6.0, 0.5, blocked)
    for name in (UNTREATED, "relief"):
        for what in ("tidy", "clear"):
            own, other = (getattr(found.measured[name], what)[-1] for found in (coarse, fine))
            assert own == pytest.approx(other, abs=0.01)
