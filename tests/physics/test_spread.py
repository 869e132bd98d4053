"""Spread: what is injected is found again; linear in dose."""

import numpy as np
import pytest

from endplate.physiology import spread
from endplate.simulation.parameters import RandomDraws, draw

DRAWS = 20


def field(dose, volume=1.0, classes=16000, sites=1, belly_mL=100.0):
    draws = RandomDraws(2, DRAWS)
    p = draw(spread.Parameters, draws)
    belly = spread.Belly(np.full(DRAWS, belly_mL), np.zeros(DRAWS), np.ones(DRAWS))
    return p, spread.spread(p, belly, dose, sites, volume, 0.5, np.zeros((DRAWS, sites)), classes)


@pytest.mark.parametrize("belly_mL", [20.0, 100.0, 400.0])
@pytest.mark.parametrize("sites", [1, 2, 4])
def test_mass_balance(sites, belly_mL):
    """Held and escaped toxin is the dose, within 3 % of the sampling of the belly (stated before the run)."""
    p, found = field(100.0, sites=sites, belly_mL=belly_mL)
    inside = found.exposure_U_h_per_mL.mean(axis=1) * belly_mL * p.clearance_per_h
    assert inside + found.escaped_U == pytest.approx(100.0, rel=0.03)


def test_linear_in_dose():
    single, double = field(50.0)[1], field(100.0)[1]
    assert double.exposure_U_h_per_mL == pytest.approx(2 * single.exposure_U_h_per_mL)
    assert double.escaped_U == pytest.approx(2 * single.escaped_U)


def test_no_dose_no_exposure_even_without_volume():
    found = field(0.0, volume=0.0)[1]
    assert (found.exposure_U_h_per_mL == 0).all()
