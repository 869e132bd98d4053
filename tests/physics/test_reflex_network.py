"""Reflexes that tune themselves: the published experiments, controls, and what must hold of any run."""

from __future__ import annotations

import numpy as np
import pytest

from endplate.errors import InputError
from endplate.physiology.development import clock, reflex_network
from endplate.physiology.development.clock import Window
from endplate.questions.developing import acceptance, controls

SEEDS = 2
NAMES = ("reflexes", "spastic")
OPEN = Window("d", np.inf, 1.0, 0.0)


@pytest.fixture(scope="module")
def judged():
    found, rows = acceptance.run(SEEDS, NAMES)
    return found, {row.criterion.outcome: row for row in rows}


@pytest.fixture(scope="module")
def rats():
    limb, rule = reflex_network.ring(), reflex_network.Rule()
    return limb, rule, reflex_network.newborn(limb, rule, 4)


EXPERIMENTS = [c for c in acceptance.criteria() if c.experiment in {"A1", "A2", "A3", "A4", "A17"}]


@pytest.mark.parametrize("criterion", EXPERIMENTS, ids=lambda c: f"{c.experiment} {c.outcome}")
def test_the_experiment_holds(judged, criterion):
    row = judged[1][criterion.outcome]
    assert row.holds, f"{row.mean:.4f} +- {row.se:.4f}, {criterion.why}"


def test_half_the_days_teach_less_than_all(judged, rats):
    """Tuning takes days: at P15 errors lie between those at P10 and at P21."""
    limb, rule, _ = rats
    born = reflex_network.newborn(limb, rule, SEEDS * acceptance.MORE)
    over = reflex_network.days(limb, clock.window("rat_reflex", "d"), 10, 15)
    half = reflex_network.error_rate(limb, reflex_network.live(limb, rule, over, born)).mean()
    start, end = (judged[0][f"error at the {when}"].mean() for when in ("start", "end"))
    assert end + 0.05 < half < start - 0.05


def test_weights_stay_shares_and_the_given_ones_stay_as_they_are(rats):
    limb, rule, born = rats
    before = born.copy()
    grown = reflex_network.live(limb, rule, reflex_network.days(limb, OPEN, 0, 5), born)
    assert np.array_equal(before, born)
    assert grown.min() >= 0
    assert np.allclose(grown.sum(axis=-1), 1, atol=1e-12)


def test_pools_keep_the_skin_that_they_unload(rats):
    """Closed form of the rule's end: weights only where the pool pulls away."""
    limb, rule, born = rats
    grown = reflex_network.live(limb, rule, reflex_network.days(limb, OPEN, 0, 60), born).mean(axis=0)
    assert grown[limb.towards > 0.3].sum() < 0.01 * grown.sum()
    assert (reflex_network.error_rate(limb, grown[None]) == 0).all()


def test_without_force_nothing_is_taught(rats):
    """Full block of force leaves only noise: as anaesthesia, though the pools are still driven."""
    limb, rule, born = rats
    window = clock.window("rat_reflex", "d")
    blocked, numb = (
        reflex_network.live(limb, rule, reflex_network.days(limb, window, 10, 21, **given), born)
        for given in ({"block_e": 1.0}, {"touch": 0.0})
    )
    assert np.array_equal(blocked, numb)


def test_no_plasticity_no_change(rats):
    limb, rule, born = rats
    closed = Window("d", -1e3, 1.0, 0.0)
    grown = reflex_network.live(limb, rule, reflex_network.days(limb, closed, 10, 21), born)
    assert np.allclose(grown, born, atol=1e-12)


def test_a_seed_is_the_same_alone_and_among_others(rats):
    limb, rule, born = rats
    over = reflex_network.days(limb, clock.window("rat_reflex", "d"), 10, 14)
    together = reflex_network.live(limb, rule, over, born)
    alone = reflex_network.live(
        limb, rule, over, reflex_network.newborn(limb, rule, 1, first_seed=2), first_seed=2
    )
    assert together[2].tobytes() == alone[0].tobytes()
    assert together[1].tobytes() != together[2].tobytes()


def test_more_force_blocked_errs_more():
    """Block of force alone, in a spastic limb, is worse the more is blocked (steps of a quarter)."""
    errors = controls.spastic_reflexes(12, relief=False, blocks=np.linspace(0, 1, 5)).mean(axis=1)
    assert (np.diff(errors) > -0.01).all()
    assert errors[-1] > errors[0] + 0.1


def test_a_criterion_can_fail():
    """Negative control of the judging: newborn reflexes given as grown ones are a miss."""
    outcome = "error at the end, over the published bound"
    (row,) = acceptance.judge({outcome: np.full(4, 0.5)})
    assert not row.holds


def test_windows_fall_from_one_to_what_adults_keep():
    held = Window("wk", 10.0, 1.5, 0.1)
    p = held.plasticity(np.arange(-40.0, 60.0))
    assert (np.diff(p) <= 0).all()
    assert p[0] == pytest.approx(1) and p[-1] == pytest.approx(0.1)
    assert held.plasticity(10.0) == pytest.approx(0.55)
    assert (Window("wk", np.inf, 1.0, 1.0).plasticity(np.arange(9.0)) == 1).all()


@pytest.mark.parametrize(
    "given, rule", [((10.0, 0.0, 0.0), "window_slope"), ((10.0, 1.0, 1.1), "window_floor")]
)
def test_a_window_that_cannot_be_is_refused(given, rule):
    with pytest.raises(InputError) as told:
        Window("d", *given)
    assert told.value.rule == rule


def test_a_childs_window_is_never_one_number():
    assert len(clock.child_middles_y()) == 3
    assert clock.child_shares().sum() == pytest.approx(1)
    assert (np.diff(clock.child_middles_y()) > 0).all()
