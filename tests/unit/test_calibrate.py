"""Calibration: the emulator meets its runs, the sampler finds what is known, rows are drawn whole."""

import numpy as np
import pytest
from scipy.stats import t as student_t

from endplate.knowledge.evidence import PRIOR, Posterior, get, load_posterior
from endplate.questions.calibrate import Effort, calibrate
from endplate.questions.calibrating.emulator import FREEDOM, Emulator, features, fit_emulator
from endplate.questions.calibrating.sampling import keep, sample
from endplate.questions.calibrating.training import StudyRuns, Training, carried, run_training, shared_ids
from endplate.simulation.parameters import OneAtATime, RandomDraws, quantile, values

RNG = np.random.default_rng(7)


def known_training(truth, draws=400, noise=0.1):
    """Two made-up studies: one outcome follows a + 0.3 a b, the other b; each with an effect of its own."""
    scores = RNG.standard_normal((draws, 3))
    studies = []
    for name, law in (
        ("first", lambda s: s[..., 0] + 0.3 * s[..., 0] * s[..., 1]),
        ("second", lambda s: s[..., 1]),
    ):
        effects = RNG.standard_normal((draws, 1))
        chance = noise * RNG.standard_normal(draws)
        predicted = (law(scores) + 0.2 * effects[:, 0] + chance)[:, None]
        studies.append(StudyRuns(name, effects, predicted, np.array([law(np.array(truth))]), ()))
    return Training(("a", "b", "c"), scores, tuple(studies))


@pytest.fixture(scope="module")
def known():
    emulator = fit_emulator(known_training([0.8, -0.5, 0.0]), ("a", "b", "c"))
    return emulator, sample(emulator, steps=400, restarts=2, seed=1)


def test_features_are_one_the_scores_and_their_products():
    assert features(np.array([[2.0, 3.0]])).tolist() == [[1, 2, 3, 4, 6, 9]]


def test_the_emulator_explains_a_quadratic(known):
    emulator, _ = known
    assert all(one.explained.min() > 0.95 for one in emulator.studies)


def test_the_sampler_finds_the_truth_and_leaves_the_rest_at_the_prior(known):
    _, sampled = known
    scores, _ = sampled.flat()
    low, high = np.quantile(scores, [0.05, 0.95], axis=0)
    assert (low[:2] < [0.8, -0.5]).all() and (high[:2] > [0.8, -0.5]).all()
    assert scores[:, :2].std(axis=0).max() < 0.6
    assert scores[:, 2].std() == pytest.approx(1, abs=0.15)
    assert abs(scores[:, 2].mean()) < 0.15


def test_restarts_agree(known):
    _, sampled = known
    first, second = (chain[:, :2].mean(axis=0) for chain in sampled.chains)
    assert first == pytest.approx(second, abs=0.15)


def test_leaving_a_study_out_unlearns_what_it_taught(known):
    emulator, sampled = known
    posterior, _ = keep(sampled, emulator, rows=300, seed=1)
    without = posterior.leaving_out("second")
    spread = np.std(posterior.column("b")), np.std(without.column("b"))
    assert spread[1] > 1.3 * spread[0]
    assert posterior.leaving_out("unseen") is posterior


def test_the_likelihood_is_that_of_its_polynomial_over_the_nodes(known):
    emulator, _ = known
    one = emulator.studies[0]
    points = RNG.standard_normal((5, 3))
    effects = RNG.standard_normal((20000, 1))
    slow = []
    for point in points:
        off = one.observed - emulator.terms(np.tile(point, (len(effects), 1)), effects) @ one.coefficients
        density = student_t(df=FREEDOM, scale=one.precision[0, 0] ** -0.5).pdf(off)
        slow.append(np.log(density.mean()))
    assert emulator.log_likelihood(points)[:, 0] == pytest.approx(slow, abs=0.4)


def test_information_is_of_the_study_that_moves(known):
    emulator, _ = known
    information = emulator.sensitivity(np.zeros(3))
    assert information[0, 0] > 10 * information[1, 0]
    assert information[1, 1] > 10 * information[0, 1]
    assert isinstance(emulator, Emulator)


@pytest.mark.parametrize("measure", ["duration", "scale_change", "force_ratio"])
def test_what_is_carried_rises_with_the_measure(measure):
    assert (np.diff(carried(measure, np.linspace(0.1, 0.9, 9))) > 0).all()


def test_differences_are_carried_as_they_are_and_what_is_not_listed_fails():
    apart = np.array([-0.4, 0.0, 0.4])
    assert carried("responder_fraction", apart, difference=True).tolist() == apart.tolist()
    with pytest.raises(KeyError):
        carried("invented", apart)


def test_shared_records_are_those_that_studies_can_teach():
    ids = shared_ids("mechanism")
    assert "terminal.uptake.onabotulinumtoxinA" in ids
    assert "terminal.potency_person" not in ids
    assert not any(i.startswith("baseline.") for i in ids)


def test_the_baseline_learns_from_a_study_that_it_wrote(tmp_path):
    """The curve's own predictions, one standard deviation off, are found again within their interval."""
    truth = Posterior(("baseline.placebo_change", "baseline.largest_change"), np.array([[1.0, -1.0]]), {})
    text = """endplate: 1
study: written
title: Written by the curve itself
sources: [{citation: none, evidence: derived}]
role: calibration
species: human
preparation: in_vivo
population: {adults: true, condition: stroke}
arms:
  - {arm: placebo, n: 400}
  - {arm: toxin, n: 400, product: onabotulinumtoxinA, injections: [{muscle: biceps_brachii, dose: 200 U}]}
outcomes:
"""
    rows = [(arm, week) for arm in ("placebo", "toxin") for week in (2, 4, 8, 12)]
    line = "  - {{arm: {}, measure: scale_change, scale: ashworth, joint: elbow, at: {} wk, value: {:.3f}}}\n"
    file = tmp_path / "written.yaml"
    file.write_text(text + "".join(line.format(arm, week, 0) for arm, week in rows))
    from endplate.case import load_study

    made = run_training([load_study(file)], "baseline", 400, 3, truth).studies[0].predicted.mean(axis=0)
    file.write_text(text + "".join(line.format(*row, value) for row, value in zip(rows, made, strict=True)))
    found = calibrate([tmp_path], "baseline", Effort(draws=300, active=4, steps=300, restarts=2, rows=200))
    for record_id, score in zip(truth.ids, truth.scores[0], strict=True):
        column = found.posterior.column(record_id)
        assert np.quantile(column, 0.02) < score < np.quantile(column, 0.98)
    assert found.report["records"][0]["informed_by"] == ["written"]


def test_a_row_of_the_posterior_is_drawn_whole():
    scores = RNG.standard_normal((50, 2))
    ids = ("terminal.uptake.onabotulinumtoxinA", "terminal.snare_complexes")
    draws = RandomDraws(1, 200, Posterior(ids, scores, {}))
    held = [np.round(quantile(get(i), scores[:, k]), 9).tolist() for k, i in enumerate(ids)]
    drawn = [np.round(draws.of(i), 9).tolist() for i in ids]
    assert set(zip(*drawn, strict=True)) <= set(zip(*held, strict=True))


def test_more_copies_extend_the_same_sequence():
    ids = ("terminal.snare_complexes",)
    posterior = Posterior(ids, RNG.standard_normal((50, 1)), {})
    few, many = (RandomDraws(1, n, posterior).of(ids[0]) for n in (10, 100))
    assert (many[:10] == few).all()


def test_what_people_share_moves_all_of_them():
    record = get("terminal.light_chain_half_life")
    own = np.array([-1.0, 1.0])
    shifted = values(record, own, np.ones(2)) / values(record, own, np.zeros(2))
    assert shifted == pytest.approx(np.exp(record.distribution.median_sd_log))


def test_one_at_a_time_moves_about_the_posterior_median():
    record_id = "terminal.snare_complexes"
    posterior = Posterior((record_id,), np.linspace(0.5, 1.5, 101)[:, None], {})
    middle, low, high = OneAtATime((record_id,), posterior).of(record_id)
    record = get(record_id)
    assert middle == pytest.approx(float(quantile(record, np.array([1.0]))[0]))
    assert low < middle < high


def test_the_kept_posteriors_name_records_and_studies():
    for name in ("mechanism", "baseline"):
        posterior = load_posterior(name)
        assert posterior is not PRIOR
        assert posterior.ids and all(get(i) for i in posterior.ids)
        assert np.isfinite(posterior.scores).all()
        assert all(rows.max() < len(posterior.scores) for rows in posterior.without.values())
