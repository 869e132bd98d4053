"""Body maps that organise themselves: the published experiments, controls, and the measures of a map."""

from __future__ import annotations

import numpy as np
import pytest

from endplate.physiology.development import body_map, map_metrics
from endplate.physiology.development.clock import Window
from endplate.questions.developing import acceptance, controls, experiments
from endplate.questions.developing.lives import DISTAL

SEEDS = 2
NAMES = ("whiskers", "order", "kittens", "sites", "no window", "healthy", "numerics")
EXPERIMENTS = [c for c in acceptance.criteria() if c.experiment not in {"A1", "A2", "A3", "A4", "A17"}]


@pytest.fixture(scope="module")
def judged():
    found, rows = acceptance.run(SEEDS, NAMES)
    return found, {row.criterion.outcome: row for row in rows}


@pytest.fixture(scope="module")
def small():
    """A small limb with a window that stays open: body, rule, newborn maps."""
    body = body_map.strips(2, 3, 4, 8)
    rule = body_map.Rule(0.3)
    return body, rule, body_map.newborn(body, rule, 2)


def grown(small, **given):
    body, rule, born = small
    over = body_map.epochs(body, Window("wk", 10.0, 1.5, 0.0), np.arange(0.0, 9.0), **given)
    return body_map.grow(body, rule, over, born, volleys=200)


@pytest.mark.parametrize("criterion", EXPERIMENTS, ids=lambda c: f"{c.experiment} {c.outcome}")
def test_the_experiment_holds(judged, criterion):
    row = judged[1][criterion.outcome]
    assert row.holds, f"{row.mean:.4f} +- {row.se:.4f}, {criterion.why}"


def test_every_criterion_is_asked_once_and_says_why():
    asked = [c.outcome for c in acceptance.criteria()]
    assert len(set(asked)) == len(asked)
    assert all(c.why and c.kind in {"fitted", "test"} for c in acceptance.criteria())
    assert all(np.isfinite([c.low, c.high]).any() for c in acceptance.criteria())


def test_the_published_shares_of_silent_sites_fall_with_age(judged):
    """95, 33 and 24 %: the model's shares come in that order too, without their distances."""
    ages = ("young", "closing", "adult")
    published = [0.95, 0.33, 0.24]
    shares = [judged[0][f"ineffective sites, {age}"].mean() for age in ages]
    assert (np.diff(np.add(shares, published)) < 0).all()


def test_a_map_after_its_window_stays_as_it_is(small):
    body, rule, born = small
    over = body_map.epochs(body, Window("wk", -1e3, 1.0, 0.0), np.arange(0.0, 5.0))
    after = body_map.grow(body, rule, over, born, volleys=100)
    assert after.weights.tobytes() == born.weights.tobytes()


def test_what_stays_below_the_threshold_teaches_nothing(small):
    after = grown(small, block=1.0)
    assert after.weights.tobytes() == small[2].weights.tobytes()


def test_dead_units_learn_nothing_and_are_not_counted(small):
    body, _, born = small
    alive = (body.units[:, 0] > 0.25).astype(float)
    after = grown(small, alive=alive)
    assert np.array_equal(after.weights[:, alive == 0], born.weights[:, alive == 0])
    assert not np.array_equal(after.weights[:, alive > 0], born.weights[:, alive > 0])
    assert map_metrics.area(body, after.weights, alive).sum(axis=-1) == pytest.approx(1)


def test_areas_fill_the_map_and_mixing_blurs_it(small):
    body = small[0]
    plain, some, much = (grown(small, mixed=mixed).weights for mixed in (0.0, 0.3, 0.6))
    assert map_metrics.area(body, plain).sum(axis=-1) == pytest.approx(1)
    overlaps = [map_metrics.overlap(body, own).mean() for own in (plain, some, much)]
    assert overlaps[0] + 0.05 < overlaps[1] < overlaps[2] - 0.02
    assert map_metrics.quality(body, plain) == pytest.approx(1 - map_metrics.overlap(body, plain))


def test_more_training_wins_more_ground(small):
    areas = [
        map_metrics.area(small[0], grown(small, rate=np.array([1.0, more])).weights)[:, DISTAL].mean()
        for more in (0.3, 1.0, 3.0)
    ]
    assert areas[0] < areas[1] < areas[2]


def test_a_seed_is_the_same_alone_and_among_others(small):
    body, rule, born = small
    over = body_map.epochs(body, Window("wk", 10.0, 1.5, 0.0), np.arange(0.0, 3.0))
    together = body_map.grow(body, rule, over, born, volleys=100)
    one = body_map.newborn(body, rule, 1, first_seed=1)
    alone = body_map.grow(body, rule, over, one, volleys=100, first_seed=1)
    assert together.weights[1].tobytes() == alone.weights[0].tobytes()


def test_receptive_fields_of_known_size():
    body = body_map.strips(2, 1, 4, 2)
    one = np.zeros((4, 8))
    one[:, 3] = 1
    assert map_metrics.overlap(body, one) == pytest.approx(0)
    assert map_metrics.overlap(body, np.ones((4, 8))) == pytest.approx(1)
    assert map_metrics.clear_area(body, one) == pytest.approx([2, 0])
    assert map_metrics.clear_area(body, np.ones((4, 8))) == pytest.approx([0, 0])


def test_a_sheet_that_is_its_own_map_is_in_perfect_order():
    body = body_map.strips(2, 1, 4, 6)
    assert map_metrics.topographic_product(body, body.units) == pytest.approx(0, abs=1e-9)
    turned = body.units @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    assert map_metrics.topographic_product(body, 3 * turned + 1) == pytest.approx(0, abs=1e-9)


def test_a_line_folded_into_the_sheet_is_seen():
    """Units that follow a line row by row, not the sheet: order by rows alone is no order."""
    body = body_map.strips(2, 1, 4, 6)
    line = np.stack([np.arange(36.0), np.zeros(36)], axis=-1)
    assert abs(map_metrics.topographic_product(body, line)) > 0.02


def test_localisation_errs_less_on_a_taught_map(judged):
    body, maps = experiments.kitten_map(SEEDS)
    born = body_map.newborn(body, body_map.Rule(0.03), SEEDS).weights
    taught, untaught = (map_metrics.localisation_error(body, 0.1, own).mean() for own in (maps, born))
    assert taught < 0.5 * untaught
    shuffled = maps[:, np.random.default_rng(0).permutation(maps.shape[1])]
    same = map_metrics.localisation_error(body, 0.1, shuffled)
    assert same.mean() == pytest.approx(taught), "the unit's own field tells the place, wherever it lies"


@pytest.mark.parametrize("shuffled", [False, True])
def test_topographic_error_is_that_of_minisom(shuffled, extra):
    """An independent package on the same weights and inputs gives the same share, to the last count."""
    minisom = extra("minisom", "dev")
    body, maps = experiments.kitten_map(1)
    chance = np.random.default_rng(3)
    weights = maps[0][chance.permutation(len(maps[0]))] if shuffled else maps[0]
    x = np.maximum(0.0, maps[0][chance.integers(len(maps[0]), size=300)] + chance.normal(0, 0.05, (300, 80)))
    oracle = minisom.MiniSom(body.side, body.side, len(body.places), random_seed=1)
    oracle._weights = weights.reshape(body.side, body.side, -1).copy()
    ours = map_metrics.topographic_error(body, weights, x)
    assert ours == pytest.approx(oracle.topographic_error(x), abs=1e-9)
    assert (ours > 0.5) == shuffled


def test_clear_ground_of_a_spastic_part_gains_nothing_by_block_of_force_alone():
    """Quality alone would: it rises when the blocked part loses its place (docs/development_map.md)."""
    swept = controls.spastic_maps(SEEDS, 2.0, relief=False, blocks=np.array([0.0, 0.5, 1.0]))
    clear = swept["clear distal area"].mean(axis=1)
    assert (clear[1:] < clear[0] + 0.005).all()
    assert (np.diff(swept["distal area"].mean(axis=1)) < 0).all()
