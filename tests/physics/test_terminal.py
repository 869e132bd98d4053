"""The terminal: closed form against SciPy, mixture against Monte Carlo, limits."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from endplate.physiology import terminal
from endplate.simulation.parameters import RandomDraws, draw

DRAWS = 6
KNOTS = np.concatenate([[0.0], np.geomspace(1e-2, 1e2, 25)])


@pytest.fixture(scope="module")
def parameters():
    return draw(terminal.Parameters, RandomDraws(3, DRAWS))


def test_chain_course_equals_the_solver(parameters):
    """Tolerance 1e-6, stated before the run."""
    clearance = np.full(DRAWS, 0.07)
    days = np.array([0.25, 1, 3, 10, 40, 120.0])
    found = terminal.chain_course(parameters, clearance, days)
    for d in range(DRAWS):
        decay = np.log(2) / parameters.light_chain_half_life_d[d]
        enter = np.log(2) / parameters.translocation_half_time_min[d] * 1440
        lag, dock = 1 / parameters.cleavage_lag_d[d], 1 / parameters.docked_turnover_d[d]
        rates = np.diag([-0.07 * 24, -enter, -lag - decay, -dock - decay, -decay])
        for row, rate in ((1, 0.07 * 24), (2, enter), (3, lag), (4, dock)):
            rates[row, row - 1] = rate

        def slope(_, y, rates=rates):
            return rates @ y

        solved = solve_ivp(slope, (0, 120), [1.0, 0, 0, 0, 0], "Radau", days, rtol=1e-9, atol=1e-12)
        assert found[d] == pytest.approx(solved.y[4], abs=1e-6)


def test_naive_junctions_all_transmit(parameters):
    table = terminal.transmission_table(parameters, KNOTS)
    assert table[:, :, 0] == pytest.approx(1, abs=1e-12)


def test_more_chains_never_transmit_more_and_sprouts_never_less(parameters):
    table = terminal.transmission_table(parameters, KNOTS)
    assert (np.diff(table, axis=2) <= 1e-12).all()
    assert (table[:, 1] >= table[:, 0] - 1e-12).all()


def test_mixture_equals_monte_carlo(parameters):
    """Poisson mixture against sampled junctions with one safety factor, within 4 standard errors."""
    alike = dataclasses.replace(parameters, safety_factor_log_sd=np.full(DRAWS, 1e-9))
    table = terminal.transmission_table(alike, KNOTS)
    rng = np.random.default_rng(0)
    knot = 12
    for d in range(DRAWS):
        single = _transmits_each(alike, d)
        counts = rng.poisson(KNOTS[knot] * alike.critical_chains[d], 20_000)
        sampled = single(counts)
        error = sampled.std() / np.sqrt(sampled.size)
        assert abs(sampled.mean() - table[d, 0, knot]) < 4 * error + 1e-4


def _transmits_each(p, d):
    from scipy.stats import norm

    loss = 1 - p.calcium_shift_fold[d] ** (-p.calcium_cooperativity[d] / p.snare_complexes[d])
    block = (1 - p.safety_factor[d] ** (-1 / p.snare_complexes[d])) / loss
    block = min(block, 1 - 1 / p.calcium_shift_fold[d] ** 2)
    kappa = block / (1 - block) / p.critical_chains[d]
    m0, theta = p.quantal_content[d], p.quantal_content[d] / p.safety_factor[d]

    def chance(quanta):
        return norm.cdf(2 * np.sqrt(quanta) - 2 * np.sqrt(theta))

    def single(counts):
        cleaved = kappa * counts / (1 + kappa * counts)
        left = (1 - cleaved * loss) ** p.snare_complexes[d]
        return chance(m0 * left) / chance(m0)

    return single


def test_short_lived_light_chain_is_gone_in_days(parameters):
    brief = dataclasses.replace(parameters, light_chain_half_life_d=np.full(DRAWS, 0.8))
    course = terminal.chain_course(brief, np.full(DRAWS, 0.07), np.array([2.0, 20.0]))
    assert (course[:, 1] < 0.01 * course[:, 0]).all()


def test_equal_rates_are_no_special_case(parameters):
    """Two equal rates give what two nearly equal rates give, within 1e-4."""
    same = dataclasses.replace(parameters, cleavage_lag_d=parameters.docked_turnover_d)
    near = dataclasses.replace(parameters, cleavage_lag_d=parameters.docked_turnover_d * 1.00001)
    clearance, days = np.full(DRAWS, 0.07), np.array([1.0, 5, 20, 80])
    course = terminal.chain_course(same, clearance, days)
    assert (course > 0).all()
    assert course == pytest.approx(terminal.chain_course(near, clearance, days), rel=1e-4)
