"""The four-step paralysis model against the published encoding's values, BIOMD0000000178."""

import dataclasses
import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from endplate.physiology.terminal import four_step
from endplate.simulation.parameters import OneAtATime, draw

MINUTES = np.array([60.0, 240, 1440, 10080])


@pytest.fixture(scope="module")
def published():
    return draw(four_step.Parameters, OneAtATime(()))


def _with_supply(p, rate):
    return dataclasses.replace(p, supply_per_min=np.array([rate]))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (1.5e-4, [0.998720951, 0.978741269, 0.818124706, 0.223858639]),
        (0.001, [0.991587647, 0.868100013, 0.263040285, 4.6528e-5]),
        (0.01, [0.926678996, 0.302289693, 3.106e-6, 0]),
    ],
)
def test_tension_is_that_of_the_published_model(published, rate, expected):
    found = four_step.tension(_with_supply(published, rate), MINUTES)
    assert found[0] == pytest.approx(expected, abs=1e-6)


def test_the_records_hold_the_published_rates(published):
    assert [float(x[0]) for x in dataclasses.astuple(published)] == [1.5e-4, 0.058, 0.141, 0.013]


def test_every_pool_after_100_minutes(published):
    found = four_step.pools(published, np.array([100.0]))[0, :, 0]
    assert found == pytest.approx([0.98511194, 0.00254646, 0.00104634, 0.00704185, 0.00425341], abs=1e-7)


@pytest.mark.parametrize(("rate", "expected"), [(1.5e-4, 4722.71), (0.001, 797.69), (0.01, 172.95)])
def test_half_times(published, rate, expected):
    assert four_step.half_time_min(_with_supply(published, rate))[0] == pytest.approx(expected, abs=0.006)


def test_half_time_without_the_first_step(published):
    assert four_step.half_time_min(published, "free")[0] == pytest.approx(79.54, abs=0.006)


def test_equal_rates_are_no_special_case():
    """Four equal rates give the Erlang distribution."""
    k, minutes = 0.05, np.array([0.0, 10, 60, 300])
    found = four_step.tension(four_step.Parameters(*[np.array([k])] * 4), minutes)[0]
    terms = [(k * minutes) ** j / math.factorial(j) for j in range(4)]
    erlang = np.exp(-k * minutes) * sum(terms)
    assert found == pytest.approx(erlang, abs=1e-12)


def test_the_closed_form_equals_the_solver_and_toxin_is_conserved():
    rates = np.array([[0.002, 0.05, 0.05, 0.02], [0.03, 0.01, 0.2, 0.005]])
    p = four_step.Parameters(*rates.T)
    minutes = np.array([1.0, 30, 200, 900])
    found = four_step.pools(p, minutes)
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-12)
    for row, k in enumerate(rates):

        def slope(_, x, k=k):
            flow = k * x[:4]
            return [-flow[0], flow[0] - flow[1], flow[1] - flow[2], flow[2] - flow[3], flow[3]]

        solved = solve_ivp(slope, (0, 900), [1.0, 0, 0, 0, 0], "Radau", minutes, rtol=1e-10, atol=1e-12)
        assert found[row] == pytest.approx(solved.y, abs=1e-8)


def test_tension_only_falls(published):
    course = four_step.tension(published, np.linspace(0, 20_000, 300))[0]
    assert course[0] == 1 and (np.diff(course) < 0).all()
