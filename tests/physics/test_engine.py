"""The ODE engine: balance, limits, step halving, and three solvers that agree.

Tolerances were set before the first run: 1e-6 for the balance of units, 1 % for a halved grid and 1e-4
between engines are the project's own bars; the rest are limits of the equations.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from endplate.errors import InputError
from endplate.knowledge.evidence import load_records
from endplate.outputs.sbml import sbml_text
from endplate.physiology.ode import (
    PRESETS,
    Parameters,
    Rates,
    follow,
    grid_of,
    rates_per_day,
    reference_course,
    state_names,
)
from endplate.physiology.ode.lanes import exp_lane, log_lane
from endplate.simulation.parameters import RandomDraws, draw
from endplate.simulation.population import People, population

BALANCE = 1e-6
HALVED = 0.01
ENGINES = 1e-4
WEEKLY = np.arange(0, 183, 7.0)
FORCE = 1


def people_of(count, muscles=2, bins=4, sessions_d=(0.0, 84.0), dose_U=50.0, **moved):
    """Made-up people: parameters drawn from the records, exposures spread over decades."""
    draws = RandomDraws(7, count)
    parameters = replace(draw(Parameters, draws), **{k: np.full(count, v) for k, v in moved.items()})
    rates = rates_per_day(parameters, np.geomspace(0.4, 1.6, count))
    exposure = np.geomspace(0.05, 5, bins)
    return People(
        rates=rates,
        muscles=tuple((f"muscle_{m}", "left") for m in range(muscles)),
        dose_U=np.full((count, len(sessions_d), muscles), dose_U),
        volume_mL=np.tile(np.linspace(30, 60, muscles), (count, 1)),
        relative=np.tile(exposure / exposure.mean(), (count, muscles, 1)),
        weight=np.full(bins, 1 / bins),
        sessions_d=np.asarray(sessions_d),
    )


def followed(people, preset="mid", time_d=WEEKLY):
    """The kernel's course in double precision."""
    steps = PRESETS[preset] if isinstance(preset, str) else preset
    grid = grid_of(steps, people.sessions_d, time_d[-1], time_d)
    parts = (people.dose_U, people.volume_mL, people.relative, people.weight)
    return follow(people.rates, *parts, grid, steps.tolerance)


def by_scipy(people, person, time_d=WEEKLY, tolerance=1e-8):
    parts = (people.dose_U[person], people.volume_mL[person], people.relative[person], people.weight)
    return reference_course(people.constants(person), *parts, people.sessions_d, time_d, tolerance)


@pytest.mark.parametrize("preset", PRESETS)
def test_units_deposited_free_taken_up_and_cleared_are_those_injected(preset):
    people = people_of(20)
    held = followed(people, preset).balance_U
    assert (held >= -BALANCE * people.dose_U.sum(axis=1, keepdims=True).mT).all()
    np.testing.assert_allclose(held.sum(axis=2), people.dose_U.sum(axis=1), rtol=BALANCE)


@pytest.mark.parametrize("dose_U", [0.1, 50.0, 5000.0])
def test_every_fraction_stays_between_0_and_1(dose_U):
    course = followed(people_of(100, dose_U=dose_U), time_d=np.arange(0, 183.0))
    assert course.settled.all()
    assert course.seen.min() >= 0
    assert course.seen.max() <= 1
    assert (course.antibody >= 0).all()


def test_dose_0_is_identity():
    course = followed(people_of(5, dose_U=0.0))
    np.testing.assert_allclose(course.seen, 1, rtol=1e-12)
    assert (course.balance_U == 0).all()


def test_without_sprouts_more_dose_never_leaves_more_force_or_transmission():
    """With them it may: a larger first session leaves more sprouts to carry transmission after the second."""
    people = [people_of(50, dose_U=dose, sprout_release_share=0.0) for dose in (1, 5, 25, 100, 400)]
    for less, more in pairwise(followed(each).seen[:, :, :2] for each in people):
        assert (more <= less + 1e-6).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_halving_the_grid_changes_little(preset):
    people, time_d = people_of(100), np.arange(0, 183.0)
    once, twice = followed(people, preset, time_d), followed(people, PRESETS[preset].halved(), time_d)
    np.testing.assert_allclose(once.seen, twice.seen, rtol=HALVED, atol=1e-3)


def test_the_kernel_agrees_with_scipy_in_random_people():
    people = people_of(40)
    course = followed(people)
    for person in (3, 36):
        np.testing.assert_allclose(course.seen[person], by_scipy(people, person)[0], atol=ENGINES / 10)


def test_scipy_keeps_the_balance_of_units():
    people = people_of(1)
    states = dict(zip(state_names(2, 4), by_scipy(people, 0)[1], strict=True))
    for m, volume in enumerate(people.volume_mL[0]):
        deposited, free, taken, cleared = (
            states[f"{name}_m{m + 1}"] for name in ("deposited", "free", "taken_up", "cleared")
        )
        given = np.where(WEEKLY > 84, 100, 50)
        np.testing.assert_allclose((deposited + volume * free + taken + cleared)[1:], given[1:], rtol=BALANCE)


def test_chunks_and_workers_change_no_bit():
    people = people_of(37, muscles=3, bins=6)
    one = population(people, WEEKLY, workers=1, chunk=37)
    for workers, chunk in ((2, 5), (3, 1), (2, 36)):
        other = population(people, WEEKLY, workers=workers, chunk=chunk)
        assert (one.seen == other.seen).all()
    alone = population(people.some(slice(11, 12)), WEEKLY)
    assert (alone.seen[0] == one.seen[11]).all()
    assert one.seen.dtype == np.float32


def test_more_bins_than_a_block_holds_agree_with_fewer():
    few, many = people_of(3, bins=4), people_of(3, bins=40)
    many = replace(many, relative=np.repeat(few.relative, 10, axis=2))
    np.testing.assert_allclose(followed(many).seen, followed(few).seen, atol=1e-8)


def test_a_short_lived_light_chain_leaves_within_days():
    lasting = followed(people_of(20, sessions_d=(0.0,)), time_d=np.arange(0, 61.0))
    brief = followed(people_of(20, sessions_d=(0.0,), light_chain_half_life_d=0.8), time_d=np.arange(0, 61.0))
    assert (lasting.seen[:, :, 0, 30] < 0.9).mean() > 0.5
    assert np.median(brief.seen[:, :, 0, 30]) > 0.99
    assert np.median(brief.seen[:, :, 0].min(axis=2)) < 0.9


def test_the_audit_tells_who_was_followed_again_and_how_far_off():
    people = people_of(150, muscles=1)
    told = population(people, WEEKLY, "coarse", audit_share=0.02, referenced=1)
    assert told.fallbacks == 0
    assert told.audit.people.size == told.audit.halved_grid.size == 3
    assert 0 < told.audit.reference[0] < 1e-3
    again = population(people, WEEKLY, "coarse", audit_share=0.02)
    assert (again.audit.people == told.audit.people).all()


def test_people_the_kernel_does_not_settle_are_followed_by_scipy_and_counted(monkeypatch):
    from endplate.simulation import population as module

    follow_all = module.follow

    def unsure(*arguments):
        course = follow_all(*arguments)
        seen, settled = course.seen.copy(), course.settled.copy()
        seen[1:2], settled[1:2] = np.nan, False
        return replace(course, seen=seen, settled=settled)

    people = people_of(3, muscles=1, bins=2)
    expected = population(people, WEEKLY, audit_share=0)
    monkeypatch.setattr(module, "follow", unsure)
    found = population(people, WEEKLY, audit_share=0)
    assert found.fallbacks == 1
    np.testing.assert_allclose(found.seen, expected.seen, atol=ENGINES)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sessions_d": np.array([0.0, 0.0])}, "sessions_d"),
        ({"dose_U": np.full((2, 2, 2), -1.0)}, "dose_U"),
        ({"volume_mL": np.zeros((2, 2))}, "volume_mL"),
        ({"weight": np.ones(3)}, "weight"),
    ],
)
def test_arrays_that_make_no_sense_are_an_input_error(change, field):
    with pytest.raises(InputError) as told:
        population(replace(people_of(2), **change), WEEKLY)
    assert told.value.field == field


def test_an_unknown_preset_is_an_input_error():
    with pytest.raises(InputError, match="coarse, mid, fine"):
        population(people_of(2), WEEKLY, "finest")


def test_exponential_and_logarithm_of_a_lane():
    for x in np.linspace(-60, 3, 200):
        assert exp_lane(x) == pytest.approx(np.exp(x), rel=1e-12)
    for y in np.geomspace(1e-12, 10, 200):
        assert log_lane(y) == pytest.approx(np.log(y), rel=1e-11, abs=1e-12)
    assert exp_lane(0.0) == 1 and log_lane(1.0) == 0


@pytest.fixture
def roadrunner(extra):
    module = extra("roadrunner")
    module.Logger.disableConsoleLogging()
    return module


def test_roadrunner_runs_the_sbml_to_the_same_force(extra, roadrunner):
    extra("libsbml")
    people = people_of(2, sessions_d=(0.0, 84.0))
    runner = roadrunner.RoadRunner(sbml_text(people, 1))
    names = [f"{output}_m{m}" for m in (1, 2) for output in ("transmission", "force", "volume")]
    runner.timeCourseSelections = ["time", *names]
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-8, 1e-11
    found = np.asarray(runner.simulate(0, WEEKLY[-1], WEEKLY.size))
    np.testing.assert_allclose(found[:, 0], WEEKLY)
    ours = followed(people).seen[1].reshape(6, -1)
    assert ours[FORCE].min() < 0.9
    np.testing.assert_allclose(found[:, 1:].T, ours, atol=ENGINES)


def test_copasi_runs_the_sbml_to_the_same_force(extra):
    extra("libsbml")
    basico = extra("basico", "dev")
    people = people_of(2, sessions_d=(0.0, 84.0))
    model = basico.load_model_from_string(sbml_text(people, 1))
    names = [f"{output}_m{m}" for m in (1, 2) for output in ("transmission", "force", "volume")]
    found = basico.run_time_course_with_output(
        ["Time", *(f"Values[{name}]" for name in names)],
        duration=WEEKLY[-1],
        intervals=WEEKLY.size - 1,
        r_tol=1e-9,
        a_tol=1e-12,
        model=model,
    )
    basico.remove_datamodel(model)
    found = found.drop_duplicates("Time", keep="last").to_numpy()
    np.testing.assert_allclose(found[:, 0], WEEKLY)
    ours = followed(people).seen[1].reshape(6, -1)
    assert ours[FORCE].min() < 0.9
    np.testing.assert_allclose(found[:, 1:].T, ours, atol=ENGINES)


def test_the_sbml_has_neither_errors_nor_warnings(extra):
    libsbml = extra("libsbml")
    text = sbml_text(people_of(1, sessions_d=(0.0, 84.0, 180.0)), notes=("A note with < and &.",))
    document = libsbml.readSBMLFromString(text)
    document.checkConsistency()
    assert document.getNumErrors() == 0
    assert document.getModel().getNumEvents() == 2
    assert "Not a medical device" in "".join(ElementTree.fromstring(text).itertext())


def test_the_engine_holds_no_second_record_of_a_quantity_that_a_stage_has():
    """Both ode.basal_uptake_share and terminal.basal_uptake_share were f_b once, with different values."""
    stages = ("spread", "terminal", "muscle", "body")
    held = {r.symbol: r.id for r in load_records().values() if r.id.split(".")[0] in stages}
    own = {r.symbol: r.id for r in load_records().values() if r.id.startswith("ode.")}
    assert own
    assert not {own[symbol]: held[symbol] for symbol in own.keys() & held.keys()}


def test_constants_of_one_person_are_numbers():
    assert isinstance(people_of(2).constants(1), Rates)
    assert all(isinstance(value, float) for value in people_of(2).constants(1))
