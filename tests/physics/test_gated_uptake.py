"""Uptake that own block holds back: births, sessions and the mixture against exact stochastic simulation."""

import dataclasses

import numpy as np
import pytest
from stochastic_terminal import acting_counts

from endplate.physiology import terminal
from endplate.physiology.terminal import course, recovery
from endplate.simulation.parameters import OneAtATime, draw

CLEARANCE_PER_H = 0.07
TERMINALS = 4000
DAYS = np.concatenate([np.arange(0, 90, 0.5), np.arange(90, 181, 1.0)])
SEEN = np.array([2.0, 4, 10, 40, 83, 92, 96, 110, 150])  # days compared; the second session is on day 84
AGAIN = (0.0, 84.0)


def median_junctions(critical, basal, rate_Hz=0.0, **changes):
    """The median terminal without sprouts or loss of reserve, unless changed."""
    draws = OneAtATime(())
    p = dataclasses.replace(
        draw(terminal.Parameters, draws),
        critical_chains=np.array([float(critical)]),
        sprout_release_share=np.zeros(1),
    )
    changes = {"reserve_floor": 1.0, **changes}
    r = dataclasses.replace(
        draw(recovery.Parameters, draws),
        basal_uptake_share=np.array([float(basal)]),
        **{name: np.array([number]) for name, number in changes.items()},
    )
    account = draw(recovery.ParentFirst, draws)
    return course.junctions(p, r, account, np.array([CLEARANCE_PER_H]), rate_Hz)


def passes(p, counts):
    """Chance that a junction with this many acting chains transmits, over naive, written anew."""
    from scipy.stats import norm

    m0, spread = p.quantal_content[0], p.safety_factor_log_sd[0]
    scores = norm.ppf((np.arange(400) + 0.5) / 400)
    theta = m0 / (1 + (p.safety_factor[0] - 1) * np.exp(spread * scores))
    left = release(p, np.arange(counts.max() + 1.0))
    chance = norm.cdf(2 * np.sqrt(m0 * left)[:, None] - 2 * np.sqrt(theta))
    return (chance / chance[0]).mean(axis=1)[counts]


def release(p, counts):
    loss = 1 - p.calcium_shift_fold[0] ** (-p.calcium_cooperativity[0] / p.snare_complexes[0])
    block = (1 - p.safety_factor[0] ** (-1 / p.snare_complexes[0])) / loss
    kappa = block / (1 - block) / p.critical_chains[0]
    cleaved = kappa * counts / (1 + kappa * counts)
    return (1 - cleaved * loss) ** p.snare_complexes[0]


def simulated(these, drive, sessions, terminals=TERMINALS, seed=1):
    """Acting chains (terminals, days) by exact simulation."""
    p = these.terminal
    critical = p.critical_chains[0]
    rates = np.array(
        [
            np.log(2) / p.translocation_half_time_min[0] * 1440,
            1 / p.cleavage_lag_d[0],
            1 / p.docked_turnover_d[0],
            np.log(2) / p.light_chain_half_life_d[0],
        ]
    )
    counts = np.arange(4000.0)
    return acting_counts(
        seed,
        terminals,
        np.array(sessions),
        drive * critical,
        CLEARANCE_PER_H * 24,
        these.recovery.basal_uptake_share[0],
        release(p, counts),
        SEEN,
        rates,
    )


def at_seen(values):
    return values[0, np.searchsorted(DAYS, SEEN), 0]


@pytest.mark.parametrize("critical", [1, 5, 30])
@pytest.mark.parametrize("basal", [0.003, 0.1, 1])
@pytest.mark.parametrize("drive", [0.7, 3, 20])
def test_production_equals_exact_simulation(critical, basal, drive):
    """Transmission within 3 standard errors and 0.01, mean chains within 3 and 2 %.

    One session, and a second into a muscle that the first has half blocked or more.

    The 0.01 is for what the closed form leaves out: chains that die while uptake lasts reopen the gate, and
    births are placed in time by their mean.
    """
    these = median_junctions(critical, basal)
    offered = np.array([[float(drive)]])
    given = course.sessions(these, DAYS, AGAIN)
    transmits = at_seen(course.follow(these, offered, given)[0])
    load = at_seen(course.held(these, offered, given)[0])
    counts = simulated(these, drive, AGAIN)
    truth, chains = passes(these.terminal, counts), counts / critical
    error, scatter = (x.std(axis=0) / np.sqrt(TERMINALS) for x in (truth, chains))
    assert (np.abs(transmits - truth.mean(axis=0)) <= 3 * error + 0.01).all()
    assert (np.abs(load - chains.mean(axis=0)) <= 3 * scatter + 0.02 * load).all()


def test_without_a_gate_the_form_is_poisson():
    """Chains as the closed linear chain gives them, Fano factor 1, to 1e-9."""
    these = median_junctions(5, 1)
    drive = np.array([[0.2, 2, 20]])
    load, fano = course.held(these, drive, course.sessions(these, DAYS, (0.0,)))
    closed = terminal.chain_course(these.terminal, these.clearance_per_h, DAYS)
    assert load[0] == pytest.approx(closed[0][:, None] * drive, rel=1e-9, abs=1e-12)
    assert fano == pytest.approx(1, abs=1e-9)


def test_a_gate_that_is_ignored_fails_where_it_matters():
    """The plain Poisson form misses a second session into a half-blocked muscle by more than a tenth."""
    these, plain = median_junctions(5, 0.1), median_junctions(5, 1)
    drive = np.array([[3.0]])
    gated, ungated = (
        course.held(x, drive, course.sessions(x, DAYS, AGAIN))[0][0, -1, 0] for x in (these, plain)
    )
    assert gated < 0.9 * ungated


def test_the_cap_is_steeper_the_smaller_the_basal_share():
    """Tenfold drive: tenfold chains without a gate, ever less with a smaller basal share."""
    drive = np.array([[2.0, 20.0]])
    ratios = []
    for basal in (1, 0.3, 0.1, 0.003):
        few, many = course.births(median_junctions(5, basal), drive)[0]
        ratios.append(many / few)
    assert ratios[0] == pytest.approx(10, rel=1e-6)
    assert (np.diff(ratios) < 0).all() and ratios[-1] < 4


@pytest.mark.parametrize("critical", [1, 30])
def test_more_drive_never_transmits_more(critical):
    """At all times, after one session; the form of the dose-response is not put in."""
    drive = np.geomspace(0.01, 300, 40)[None]
    for basal in (0.003, 0.1, 1):
        these = median_junctions(critical, basal)
        transmits, _ = course.follow(these, drive, course.sessions(these, DAYS, (0.0,)))
        assert (transmits >= -1e-12).all() and (transmits <= 1 + 1e-12).all()
        assert (np.diff(transmits[0], axis=1) <= 1e-9).all()


def test_the_dose_response_of_a_class_is_sigmoid_without_a_hill_term():
    """Block against log drive rises once, from none to all, with a Hill slope of about one to six."""
    drive = np.geomspace(0.01, 300, 200)[None]
    these = median_junctions(5, 1)
    block = 1 - course.follow(these, drive, course.sessions(these, DAYS, (0.0,)))[0][0, 16]
    assert block[0] < 0.02 and block[-1] > 0.98
    middle = np.searchsorted(block, [0.1, 0.5, 0.9])
    slope = np.log(81) / np.log(drive[0, middle[2]] / drive[0, middle[0]])
    assert 1 < slope < 6


def test_no_drive_is_identity():
    these = median_junctions(5, 0.1, reserve_floor=0.5)
    transmits, rescued = course.follow(these, np.zeros((1, 3)), course.sessions(these, DAYS, AGAIN))
    assert (transmits == 1).all() and (rescued == 0).all()


@pytest.mark.parametrize("account", [recovery.ParentFirst, recovery.SproutsFirst])
def test_a_second_session_blocks_again_and_halving_the_step_changes_little(account):
    """Below 1 % of full transmission, stated before the run."""
    draws = OneAtATime(())
    p, r = draw(terminal.Parameters, draws), draw(recovery.Parameters, draws)
    these = course.junctions(p, r, draw(account, draws), np.array([CLEARANCE_PER_H]), 50.0)
    fine = np.union1d(DAYS, (DAYS[1:] + DAYS[:-1]) / 2)
    drive = np.array([[1.0, 2.0, 8.0]])
    coarse_course = course.follow(these, drive, course.sessions(these, DAYS, AGAIN))[0][0]
    fine_course = course.follow(these, drive, course.sessions(these, fine, AGAIN))[0][0]
    assert np.abs(coarse_course - fine_course[np.searchsorted(fine, DAYS)]).max() < 0.01
    before, after = np.searchsorted(DAYS, [83.5, 94])
    assert (coarse_course[after] < coarse_course[before] - 0.05).all()
