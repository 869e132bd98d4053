"""Complaints of weakness on simulated exposure: limits, order, and what the worst movement is."""

from pathlib import Path

import numpy as np
import pytest

from endplate.case import load_case
from endplate.physiology.body import WeaknessParameters, missed, weakness_hazard, with_background
from endplate.simulation import simulate
from endplate.simulation.adverse.weakness import shares_of

EXAMPLES = Path(__file__).parents[2] / "examples"
LEVELS = ("p05", "p25", "median", "p75", "p95")


def scaled(case, factor):
    """The plan with every dose multiplied."""
    items = [
        item.model_copy(
            update={
                "dose": type(item.dose)(item.dose.value * factor, item.dose.unit),
                "volume": type(item.dose)(item.dose.value / 50, "mL"),
            }
        )
        for item in case.plan.injections
    ]
    return case.model_copy(update={"plan": case.plan.model_copy(update={"injections": tuple(items)})})


def weakness(case):
    events = simulate(case, draws=60, horizon_d=42).document["adverse"]
    return next(entry["simulated"] for entry in events if entry["event"] == "muscle_weakness")


@pytest.fixture(scope="module")
def arm():
    return load_case(EXAMPLES / "adult_arm.yaml")


def test_nothing_lost_is_background():
    untouched, spare = np.ones((5, 3)), np.full(5, 0.1)
    assert missed(untouched, np.eye(3), spare).tolist() == [0.0] * 5
    background = np.linspace(0, 1, 5)
    assert with_background(background, np.zeros(5)) == pytest.approx(background)


def test_all_strength_lost_is_all_missed_and_what_is_spared_is_not():
    shares, spare = np.array([[0.5, 0.5, 0.0]]), np.array([0.2])
    assert missed(np.array([[0.0, 0.0, 1.0]]), shares, spare) == pytest.approx([1.0])
    assert missed(np.array([[0.8, 0.8, 0.0]]), shares, spare) == pytest.approx([0.0])
    assert missed(np.array([[0.2, 0.6, 0.0]]), shares, spare) == pytest.approx([(0.6 - 0.2) / 0.8])


def test_less_force_is_never_missed_less():
    rng = np.random.default_rng(1)
    force, shares = rng.random((200, 6)), rng.dirichlet(np.ones(6), 4)
    spare = rng.uniform(0, 0.5, 200)
    assert (missed(0.9 * force, shares, spare) >= missed(force, shares, spare)).all()
    assert (missed(force, shares, np.zeros(200)) <= 1).all()


def test_probabilities_are_probabilities_and_grow_with_the_hazard():
    hazards = np.array([0.0, 0.1, 1.0, 50.0])
    found = with_background(np.full(4, 0.02), hazards)
    assert (np.diff(found) > 0).all()
    assert found[0] == pytest.approx(0.02) and found[-1] == pytest.approx(1.0)


def test_a_study_moves_the_hazard_by_its_own_factor():
    one = np.ones(2)
    p = WeaknessParameters(0.3 * one, 0.1 * one, np.array([0.0, 1.0]), 0.7 * one)
    assert weakness_hazard(p) == pytest.approx([0.3, 0.3 * np.exp(0.7)])


def test_muscles_share_each_movement_whole():
    """All muscles of a limb together make all of every movement."""
    from endplate.knowledge.vocabulary import LIMB_MUSCLES

    assert shares_of(LIMB_MUSCLES).sum(axis=1) == pytest.approx(1.0)


def test_without_toxin_weakness_is_as_on_placebo(arm):
    none = weakness(scaled(arm, 0.0))
    assert none["probability"] == none["background"]
    assert set(none["from_injected"].values()) == {0.0} == set(none["from_neighbours"].values())


def test_more_units_never_weaken_less(arm):
    found = [weakness(scaled(arm, factor)) for factor in (0.25, 1.0, 3.0)]
    for level in LEVELS:
        shares = [one["probability"][level] for one in found]
        assert shares == sorted(shares), level
    assert found[-1]["probability"]["median"] > 1.2 * found[0]["probability"]["median"]
    assert found[0]["background"] == found[-1]["background"]
