"""Vesicles of one junction: the reduced law, sites conserved, calcium, trains, potential and jitter."""

import dataclasses

import numpy as np
import pytest

from endplate.physiology import terminal
from endplate.physiology.terminal import vesicles
from endplate.simulation.parameters import OneAtATime, RandomDraws, draw

DRAWS = 40
SHARES = np.linspace(0, 1, 11)


@pytest.fixture(scope="module")
def median():
    """The median junction once for every cleaved share."""
    return _repeated(draw(vesicles.Parameters, OneAtATime(())), SHARES.size)


@pytest.fixture(scope="module")
def drawn():
    return draw(vesicles.Parameters, RandomDraws(5, DRAWS))


def _repeated(p, count):
    return dataclasses.replace(
        p, **{f.name: np.repeat(getattr(p, f.name), count) for f in dataclasses.fields(p)}
    )


def _reduced_law(p, c):
    s, h, n = p.calcium_shift_fold, p.calcium_cooperativity, p.snare_complexes
    return (1 - c * (1 - s ** (-h / n))) ** n


@pytest.mark.parametrize("share", [0, 0.1, 0.3, 0.7, 1])
def test_a_single_impulse_follows_the_reduced_law(drawn, share):
    """Within 1 % of what the law says, however little is left."""
    cleaved = np.full(DRAWS, float(share))
    quanta = vesicles.train(drawn, cleaved, 1, 1).quanta[:, 0]
    assert quanta / drawn.quantal_content == pytest.approx(_reduced_law(drawn, cleaved), rel=0.01)


def test_the_reduced_law_also_holds_after_a_long_pause(median):
    quanta = vesicles.train(median, SHARES, 0.01, 3).quanta / median.quantal_content[:, None]
    assert quanta[:, -1] == pytest.approx(_reduced_law(median, SHARES), rel=0.01)


@pytest.mark.parametrize("rate_Hz", [3, 30])
def test_sites_are_conserved_and_never_negative(drawn, rate_Hz):
    cleaved = np.linspace(0, 1, DRAWS)
    pools = vesicles.train(drawn, cleaved, rate_Hz, 10, calcium=3).pools
    sites = vesicles.rest(drawn, cleaved).sum(axis=1)
    assert np.allclose(pools.sum(axis=1), sites[:, None], rtol=1e-9)
    assert pools.min() >= -1e-6


def test_rest_is_at_rest(median):
    """Between impulses so far apart that nothing is left of the first, the pools are those at rest."""
    pools = vesicles.train(median, SHARES, 0.002, 1).pools
    assert pools[:, :, -1] == pytest.approx(vesicles.rest(median, SHARES), rel=1e-6, abs=1e-6)


def test_rest_releases_m0_when_naive_whatever_the_draw(drawn):
    naive = np.zeros(DRAWS)
    primed = vesicles.rest(drawn, naive)[:, vesicles.POOLS.index("primed")]
    assert primed * drawn.fusion_probability == pytest.approx(drawn.quantal_content, rel=1e-9)


def test_each_step_has_a_factor_of_its_own(median):
    """Docking and priming keep their sites unless told otherwise; then only their own pools shrink."""
    left = vesicles.factors(median, SHARES)
    assert (left.docking == 1).all() and (left.priming == 1).all()
    assert (np.diff(left.fusion) < 0).all() and left.fusion[0] == 1
    worse = dataclasses.replace(median, priming_loss=np.full(SHARES.size, 0.5))
    before, after = vesicles.rest(median, SHARES)[-1], vesicles.rest(worse, SHARES)[-1]
    docked, primed = vesicles.POOLS.index("docked"), vesicles.POOLS.index("primed")
    assert after[primed] < before[primed] and after[docked] > before[docked]
    undocked = dataclasses.replace(median, docking_loss=np.full(SHARES.size, 0.5))
    fewer = vesicles.rest(undocked, SHARES)[-1]
    assert fewer[primed] < before[primed] and fewer[docked] < before[docked]


@pytest.mark.parametrize("rate_Hz", [3, 30])
def test_more_calcium_never_releases_less(drawn, rate_Hz):
    """A single impulse after rest, and all impulses of a train together."""
    cleaved = np.linspace(0, 1, DRAWS)
    entry = (0.5, 1, 1.5, 2, 4, 8)
    trains = [vesicles.train(drawn, cleaved, rate_Hz, 10, calcium).quanta for calcium in entry]
    assert (np.diff([quanta[:, 0] for quanta in trains], axis=0) > 0).all()
    assert (np.diff([quanta.sum(axis=1) for quanta in trains], axis=0) > 0).all()


def test_calcium_rescues_release(drawn):
    """The shift's fold of calcium brings back all release on cleaved SNAP-25, within 2 %."""
    for share in (0.3, 1.0):
        cleaved = np.full(DRAWS, share)
        needed = vesicles.restoring_calcium(drawn, cleaved)
        for d in (0, DRAWS // 2):
            rescued = vesicles.train(drawn, cleaved, 3, 1, float(needed[d])).quanta[d, 0]
            assert rescued == pytest.approx(drawn.quantal_content[d], rel=1e-9)
    assert needed == pytest.approx(drawn.calcium_shift_fold, rel=0.02)


def test_release_rises_with_the_fourth_power_of_little_calcium(median):
    """The cooperativity of the record, on a log-log plot where depletion plays no part."""
    low, high = (vesicles.train(median, SHARES, 3, 1, calcium).quanta[:, 0] for calcium in (0.1, 0.2))
    assert np.log2(high / low) == pytest.approx(median.calcium_cooperativity, rel=1e-3)


@pytest.mark.parametrize("rate_Hz", [3, 30])
def test_trains_depress_when_naive_and_facilitate_when_blocked(median, rate_Hz):
    """Direction only: naive junctions run down, blocked ones gain with the rate of stimulation."""
    quanta = vesicles.train(median, SHARES, rate_Hz, 10).quanta
    change = quanta[:, -1] / quanta[:, 0]
    assert change[0] < 1 < change[-1]
    assert (np.diff(change) > 0).all()


def test_blocked_junctions_gain_more_at_the_higher_rate(median):
    slow, fast = (vesicles.train(median, SHARES, rate, 10).quanta[-1] for rate in (3, 30))
    assert fast[-1] / fast[0] > slow[-1] / slow[0]


@pytest.mark.parametrize("rate_Hz", [3, 30])
def test_more_cleavage_never_releases_or_transmits_more(median, rate_Hz):
    train = vesicles.train(median, SHARES, rate_Hz, 10)
    found = vesicles.potential(median, train)
    assert (np.diff(train.quanta, axis=0) < 0).all()
    assert (np.diff(found.transmits, axis=0) <= 1e-12).all()
    assert (np.diff(found.failures, axis=0) > 0).all()


def test_no_cleavage_is_naive(drawn):
    train = vesicles.train(drawn, np.zeros(DRAWS), 3, 1)
    assert train.quanta[:, 0] == pytest.approx(drawn.quantal_content, rel=1e-9)
    assert vesicles.potential(drawn, train).transmits[:, 0] == pytest.approx(1, abs=1e-12)


def test_potential_equals_monte_carlo(median):
    """Mean, coefficient of variation and failures against sampled vesicles, within 4 standard errors."""
    row, count = 4, 40_000
    train = vesicles.train(median, SHARES, 30, 4)
    found = vesicles.potential(median, train)
    rng = np.random.default_rng(0)
    size, cv = median.quantal_amplitude_mV[row], median.quantal_amplitude_cv[row]
    for k in range(4):
        primed = round(train.primed[row, k])
        released = rng.binomial(primed, train.probability[row, k], count)
        sampled = size * (released + cv * np.sqrt(released) * rng.standard_normal(count))
        mean = found.mean_mV[row, k] * primed / train.primed[row, k]
        error = sampled.std() / np.sqrt(count)
        assert abs(sampled.mean() - mean) < 4 * error
        assert sampled.std() / sampled.mean() == pytest.approx(found.cv[row, k], rel=0.03)
        failures = found.failures[row, k]
        assert abs((released == 0).mean() - failures) < 4 * np.sqrt(failures / count) + 1e-3


def test_jitter_is_that_of_sampled_discharges(median):
    """Against potentials drawn with normal square roots, within 3 %; it grows with partial block."""
    shares = np.array([0, 0.1, 0.2])
    p = _repeated(draw(vesicles.Parameters, OneAtATime(())), shares.size)
    train = vesicles.train(p, shares, 3, 1)
    found = vesicles.potential(p, train).jitter_us[:, 0]
    assert (np.diff(found) > 0).all()
    rng = np.random.default_rng(1)
    threshold = p.quantal_content[0] / p.safety_factor[0]
    for row in range(shares.size):
        quanta, probability = train.quanta[row, 0], train.probability[row, 0]
        sd = np.sqrt(1 - probability + p.quantal_amplitude_cv[row] ** 2) / 2
        size = (np.sqrt(quanta) + sd * rng.standard_normal(200_000)) ** 2
        moment = np.arcsin(threshold / size[size >= threshold]) * 2 / np.pi * p.rise_time_ms[row] * 1000
        assert np.abs(np.diff(moment)).mean() == pytest.approx(found[row], rel=0.03)


def test_the_critical_load_leaves_just_the_threshold(median):
    """As many chains as block a median junction leave m0 / SF quanta; the reduced law's own anchor."""
    one = np.ones(SHARES.size)
    quanta = vesicles.train(median, vesicles.cleaved_share(median, one), 3, 1).quanta[:, 0]
    assert quanta == pytest.approx(median.quantal_content / median.safety_factor, rel=0.01)


def test_transmission_is_that_of_the_reduced_law():
    """With many chains and one safety factor the scatter of the mixture goes and both laws are one."""
    few = draw(terminal.Parameters, OneAtATime(()))
    many = dataclasses.replace(
        few, critical_chains=np.array([20_000.0]), safety_factor_log_sd=np.array([1e-9])
    )
    load = np.array([0.0, 0.3, 0.6, 1.0, 1.5, 2.5])
    p = _repeated(draw(vesicles.Parameters, OneAtATime(())), load.size)
    seen = vesicles.potential(p, vesicles.train(p, vesicles.cleaved_share(p, load), 3, 1))
    expected = terminal.transmission_table(many, load)[0, 0]
    assert seen.transmits[:, 0] == pytest.approx(expected, abs=0.005)
