"""Spread: what is injected is found again; linear in dose."""

import numpy as np
import pytest

from endplate.physiology import spread
from endplate.simulation.parameters import RandomDraws, draw

DRAWS = 20


def field(dose, volume=1.0, classes=4000):
    draws = RandomDraws(2, DRAWS)
    p = draw(spread.Parameters, draws)
    belly = spread.Belly(np.full(DRAWS, 100.0), np.zeros(DRAWS), np.ones(DRAWS))
    return p, spread.spread(p, belly, dose, 1, volume, 0.5, np.zeros((DRAWS, 1)), classes)


def test_mass_balance_of_a_central_site():
    """Held and escaped toxin is the dose, within 2 % of the sampling of the belly (stated before the run)."""
    p, found = field(100.0)
    inside = found.exposure_U_h_per_mL.mean(axis=1) * 100.0 * p.clearance_per_h
    assert inside + found.escaped_U == pytest.approx(100.0, rel=0.02)


def test_linear_in_dose():
    single, double = field(50.0)[1], field(100.0)[1]
    assert double.exposure_U_h_per_mL == pytest.approx(2 * single.exposure_U_h_per_mL)
    assert double.escaped_U == pytest.approx(2 * single.escaped_U)


def test_no_dose_no_exposure_even_without_volume():
    found = field(0.0, volume=0.0)[1]
    assert (found.exposure_U_h_per_mL == 0).all()
