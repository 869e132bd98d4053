"""Calibration: the emulator meets its runs, the sampler finds what is known, rows are drawn whole."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_t

from endplate.case import Outcome, load_case
from endplate.knowledge.evidence import PRIOR, Posterior, get, lint, load_posterior, origins, value
from endplate.knowledge.evidence.posterior import stale
from endplate.outputs.terminal import print_simulation
from endplate.questions.calibrate import Effort, calibrate
from endplate.questions.calibrating.emulator import features, fit_emulator, relative_spread
from endplate.questions.calibrating.sampling import _diagnosed, keep, sample
from endplate.questions.calibrating.training import StudyRuns, Training, carried, run_training, shared_ids
from endplate.simulation import MODEL_VERSION, simulate
from endplate.simulation.parameters import OneAtATime, RandomDraws, quantile, shared_scores, values

ADULT = Path(__file__).parents[2] / "examples" / "adult_arm.yaml"
SPREAD = "terminal.potency_study_sd"
TRUTH = (0.8, -0.5, 0.0)


def laws(scores):
    """Two outcomes: a + 0.3 a b, and b."""
    return scores[..., 0] + 0.3 * scores[..., 0] * scores[..., 1], scores[..., 1]


def known_training(draws=600, noise=0.1, reported=None):
    """Two made-up studies of one outcome each, with an effect of their own in units of its spread."""
    rng = np.random.default_rng(7)
    scores = rng.standard_normal((draws, 4))
    scale = relative_spread((SPREAD,), scores[:, 3:])
    studies = []
    for place, name in enumerate(("first", "second")):
        effects = rng.standard_normal((draws, 1))
        chance = noise * rng.standard_normal(draws)
        predicted = (laws(scores)[place] + 0.2 * (effects * scale)[:, 0] + chance)[:, None]
        seen = np.array([laws(np.array(TRUTH))[place]])
        sds = np.array([noise]), np.array([noise if reported is None else reported])
        studies.append(StudyRuns(name, effects, predicted, seen, *sds))
    return Training(("a", "b", "c", SPREAD), (SPREAD,), scores, tuple(studies))


@pytest.fixture(scope="module")
def known():
    emulator = fit_emulator(known_training(), ("a", "b", "c"))
    return emulator, sample(emulator, steps=1500, restarts=2, seed=1)


def test_features_are_one_the_scores_and_their_products():
    assert features(np.array([[2.0, 3.0]])).tolist() == [[1, 2, 3, 4, 6, 9]]


def test_the_emulator_explains_a_quadratic(known):
    emulator, _ = known
    assert all(one.explained.min() > 0.95 for one in emulator.studies)


def test_the_sampler_finds_the_truth_and_leaves_the_rest_at_the_prior(known):
    _, sampled = known
    low, high = np.quantile(sampled.flat, [0.05, 0.95], axis=0)
    assert (low[:2] < TRUTH[:2]).all() and (high[:2] > TRUTH[:2]).all()
    assert sampled.flat[:, :2].std(axis=0).max() < 0.6
    assert sampled.flat[:, 2].std() == pytest.approx(1, abs=0.15)
    assert abs(sampled.flat[:, 2].mean()) < 0.15


def test_restarts_agree_and_have_mixed(known):
    _, sampled = known
    first, second = (chain[:, :2].mean(axis=0) for chain in sampled.chains)
    assert first == pytest.approx(second, abs=0.15)
    assert sampled.rhat.max() < 1.05
    assert sampled.ess.min() > 400


def test_walkers_that_stand_still_show():
    rng = np.random.default_rng(1)
    still = np.repeat(rng.standard_normal((2, 1, 16, 1)), 200, axis=1)
    moved = still + 1e-3 * rng.standard_normal((2, 200, 16, 1))
    assert _diagnosed(("a",), moved).rhat[0] > 1.5
    assert _diagnosed(("a",), rng.standard_normal((2, 200, 16, 1))).rhat[0] < 1.02


def test_leaving_a_study_out_unlearns_what_it_taught(known):
    emulator, sampled = known
    posterior, k_hat = keep(sampled, emulator, rows=300, seed=1)
    without = posterior.leaving_out("second")
    spread = np.std(posterior.column("b")), np.std(without.column("b"))
    assert spread[1] > 1.3 * spread[0]
    assert posterior.leaving_out("unseen") is posterior
    alone = sample(emulator, 1500, 1, 2, [0]).flat[:, 1]
    assert spread[1] == pytest.approx(alone.std(), rel=0.2)
    assert len(k_hat) == 2


def test_where_weights_are_not_reliable_the_sampler_runs_again(known, monkeypatch):
    emulator, sampled = known
    monkeypatch.setattr("endplate.questions.calibrating.sampling.RELIABLE_K", -np.inf)
    posterior, _ = keep(sampled, emulator, rows=100, seed=1)
    assert len(posterior.spare) == 2 * 100 + 200
    alone = sample(emulator, 1500, 1, 2, [0]).flat[:, 1]
    assert np.std(posterior.leaving_out("second").column("b")) == pytest.approx(alone.std(), rel=0.3)


def several_outcomes(effects):
    """An emulator of eight precise outcomes that two effects of the study move, one of them curved."""
    rng = np.random.default_rng(3)
    scores, own = rng.standard_normal((500, 2)), rng.standard_normal((500, effects))
    slopes = rng.uniform(0.2, 0.5, (effects, 8))
    predicted = scores @ rng.standard_normal((2, 8)) + own @ slopes + 0.05 * rng.standard_normal((500, 8))
    spreads = ("terminal.potency_study_sd", "scales.response_study_sd")[:effects]
    runs = StudyRuns("many", own, predicted, np.full(8, 0.3), np.zeros(8), np.zeros(8))
    ids = ("a", "b", *spreads)
    return fit_emulator(
        Training(ids, spreads, np.hstack([scores, np.zeros((500, effects))]), (runs,)), ids[:2]
    )


@pytest.mark.parametrize("effects", [1, 2])
def test_the_likelihood_is_that_of_the_effects_integrated_out(effects):
    """Against a Student t whose mean and scale come from many effects drawn through the polynomial."""
    emulator = several_outcomes(effects)
    one, rng = emulator.studies[0], np.random.default_rng(5)
    own = rng.standard_normal((200_000, effects))
    for point in rng.standard_normal((3, 2)):
        at = (point - emulator.centre) / emulator.spread
        spread_scores = rng.standard_normal(effects)
        moved = own * relative_spread(emulator.spreads, spread_scores[None])
        predicted = features(np.hstack([np.tile(at, (len(own), 1)), moved])) @ one.coefficients
        scale = np.linalg.inv(one.precision) + np.cov(predicted.T)
        slow = multivariate_t(predicted.mean(axis=0), scale, df=value("studies.tail_freedom")).logpdf(
            one.observed
        )
        quick = emulator.log_likelihood(np.concatenate([point, spread_scores])[None])[0, 0]
        assert quick == pytest.approx(slow, abs=0.15)


@pytest.mark.parametrize("reported", [0.02, 0.1, 0.5])
def test_chance_is_that_of_the_number_reported_and_the_slope_stays(reported):
    one = fit_emulator(known_training(reported=reported), ("a", "b", "c")).studies[1]
    assert one.precision[0, 0] ** -0.5 == pytest.approx(reported, rel=0.15, abs=0.03)
    of_b = list(features(np.arange(2, 6)[None].astype(float))[0]).index(3.0)
    assert one.coefficients[of_b, 0] == pytest.approx(1, abs=0.05)


def test_information_is_of_the_study_that_moves(known):
    emulator, _ = known
    information = emulator.sensitivity(np.zeros(4))
    assert information[0, 0] > 10 * information[1, 0]
    assert information[1, 1] > 10 * information[0, 1]


@pytest.mark.parametrize("measure", ["duration", "scale_change", "force_ratio"])
def test_what_is_carried_rises_with_the_measure(measure):
    outcome = Outcome(arm="one", measure=measure, value=0.5)
    assert (np.diff(carried(outcome, np.linspace(0.1, 0.9, 9))) > 0).all()


def test_differences_are_carried_as_they_are():
    outcome = Outcome(arm="one", versus="other", measure="responder_fraction", value=-0.2)
    assert carried(outcome, np.array([-0.2])).tolist() == [-0.2]


def test_a_measure_that_is_not_listed_cannot_be_carried():
    made_up = Outcome(arm="one", measure="onset", value=1.0).model_copy(update={"measure": "invented"})
    with pytest.raises(KeyError):
        carried(made_up, np.array([0.1]))


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
    found = calibrate([tmp_path], "baseline", Effort(draws=300, active=4, steps=1500, restarts=2, rows=200))
    for record_id, score in zip(truth.ids, truth.scores[0], strict=True):
        column = found.posterior.column(record_id)
        assert np.quantile(column, 0.02) < score < np.quantile(column, 0.98)
    assert found.report["records"][0]["informed_by"] == ["written"]


def test_a_row_of_the_posterior_is_drawn_whole():
    scores = np.random.default_rng(7).standard_normal((50, 2))
    ids = ("terminal.uptake.onabotulinumtoxinA", "terminal.snare_complexes")
    draws = RandomDraws(1, 200, Posterior(ids, scores, {}))
    held = [np.round(quantile(get(i), scores[:, k]), 9).tolist() for k, i in enumerate(ids)]
    drawn = [np.round(draws.of(i), 9).tolist() for i in ids]
    assert set(zip(*drawn, strict=True)) <= set(zip(*held, strict=True))


def test_more_copies_extend_the_same_sequence():
    ids = ("terminal.snare_complexes",)
    posterior = Posterior(ids, np.random.default_rng(7).standard_normal((50, 1)))
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
        posterior = load_posterior(name, spare=True)
        assert posterior is not PRIOR
        assert posterior.ids and all(get(i) for i in posterior.ids)
        assert np.isfinite(posterior.scores).all()
        assert np.array_equal(load_posterior(name).scores, posterior.scores)
        assert all(rows.max() < len(posterior.pool) for rows in posterior.without.values())
        assert origins()[name].model_version == MODEL_VERSION, "run make calibrate"


def test_rows_in_order_are_drawn_each_once():
    ids = ("terminal.snare_complexes",)
    scores = np.linspace(-1, 1, 40)[:, None]
    drawn = shared_scores(Posterior(ids, scores, in_order=True), get(ids[0]), 1, 40)
    assert (drawn == scores[:, 0]).all()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model_version": "another"}, "learnt with another version of the model"),
        ({"priors": "another"}, "Records have changed since"),
    ],
)
def test_a_sample_that_may_no_longer_hold_is_said_by_run_and_lint(monkeypatch, capsys, changed, said):
    kept = origins()["mechanism"]
    known = {"mechanism": replace(kept, **changed)}
    monkeypatch.setattr("endplate.knowledge.evidence.posterior.origins", lambda: origins() | known)
    run = simulate(load_case(ADULT), draws=4, horizon_d=42).to_dict()
    assert sum(said in warning for warning in run["warnings"]) == 1
    print_simulation(run)
    assert said in " ".join(capsys.readouterr().out.split())
    assert [found.record for found in lint._samples()] == ["mechanism"]


def test_a_sample_that_holds_is_not_spoken_of():
    assert [stale(name) for name in ("mechanism", "baseline")] == [None, None]
