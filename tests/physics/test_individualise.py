"""What visits teach: the prior without any, exact weights, censoring, and words where nothing was learnt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import endplate
from endplate.case.loader import load_case
from endplate.physiology import scales
from endplate.questions.individualise import individualise
from endplate.questions.individualising.guesses import GUESSES
from endplate.questions.individualising.imagined import imagined
from endplate.questions.individualising.likelihood import (
    Viewed,
    crossings,
    first_records,
    log_likelihood,
    same_rater,
)
from endplate.questions.individualising.person import Person, learn
from endplate.questions.individualising.running import Runner, effects_of
from endplate.questions.individualising.sample import sample_of
from endplate.questions.individualising.taught import NOTHING
from endplate.questions.individualising.visits import Seen, followed
from endplate.simulation import Biology, simulate
from endplate.simulation.draws.steered import Steered, own_scores, process_of
from endplate.simulation.parameters import RandomDraws
from endplate.simulation.results import clock

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml"
CASE = load_case(EXAMPLE)
NONE = CASE.model_copy(update={"visits": ()})
READ = followed(NONE, NONE.plan)
ELBOW, WRIST = READ.places
DRAWS, LAST_D = 400, 182.0


def grade(day, told="", place=ELBOW, where="visit"):
    return Seen(where, float(day), "grade", place, told, scale="modified_ashworth")


def person(*seen, draws=DRAWS, seed=1):
    case = replace(READ, seen=seen)
    return Person(case, Runner(case, LAST_D, seed, Biology()), draws)


@pytest.fixture(scope="module")
def learnt():
    return individualise(CASE, draws=DRAWS)


def test_without_a_visit_the_answer_is_the_prior():
    """The drug's change is that of simulate to the last digit; nothing was learnt, and everything says so."""
    found = individualise(NONE, draws=60).document
    run = simulate(NONE, draws=60).document
    for mine, its in zip(found["forecast"]["joints"], run["joints"], strict=True):
        assert mine["scale_change"] == its["scale_change"]
        assert mine["duration_d"] == its["duration_d"]
        assert mine["scale_change"] == mine["prior"]["scale_change"]
    for row in found["posterior"].values():
        assert row["prior"] == row["posterior"] and row["learnt"] == 0
        assert row["says"] == NOTHING == "this person's visits taught nothing here"
    assert found["diagnostics"]["method"] == "population" and found["diagnostics"]["ess"] == 60


def test_the_document_has_the_promised_keys_and_is_the_same_again(learnt):
    document = learnt.document
    for row in document["posterior"].values():
        assert {"prior", "posterior", "learnt"} <= set(row)
        assert (row["taught"] == "much") == (row["says"] is None) == (row["learnt"] >= 0.5)
        assert (row["says"] == NOTHING) == (max(row["learnt"], row["moved"] ** 2) < 0.05)
    assert {"method", "ess", "khat"} <= set(document["diagnostics"])
    assert {"earliest_by_limits", "modelled_re_emergence_d"} <= set(document["next"])
    assert individualise(CASE, draws=DRAWS).to_json() == learnt.to_json()
    led = [individualise(CASE, draws=50, method="smc").to_json() for _ in range(2)]
    assert led[0] == led[1]
    assert learnt.scale_change[ELBOW].shape == (DRAWS, 183)


def test_weights_are_those_of_brute_force():
    """One grade: weighed copies against copies whose simulated rating came out so, within four errors."""
    one = person(grade(28, "1+"))
    weighed = one.population()
    copies = weighed.held.copies
    view = Viewed(one.followed, copies)
    joint = copies.joints[0]
    true = view.true_grade(joint, 28.0) + view.kept(joint, None)
    held = scales.categories_of("modified_ashworth")
    chance = np.random.default_rng(8)
    rated = []
    for _ in range(20):
        noise = joint.within_sd[:, None] * chance.standard_normal(true.shape)
        rated.append(scales.recorded_place(held, true, noise) == held.labels.index("1+"))
    share = np.mean(rated, axis=0) * np.exp(first_record(one, copies))
    for value in (copies.parameters["terminal.potency_person"], joint.true_grade):
        exact = np.average(value, weights=np.exp(weighed.log_likelihood))
        brute = np.average(value, weights=share.mean(axis=1))
        assert abs(exact - brute) < 4 * value.std() / np.sqrt(20 * GUESSES)


def first_record(one, copies):
    """What the baseline record tells of its rater, (copies, guesses)."""
    (seen,) = first_records(one.followed)
    return same_rater(Viewed(one.followed, copies), seen)


def test_the_baseline_record_was_used_already():
    """Told again of its rater alone: the mean factor over what the rater may keep is 1, within 2 %."""
    many = np.exp(first_record(person(grade(28, "1+")), person(grade(28, "1+")).runner.population(DRAWS)))
    assert many.mean() == pytest.approx(1, abs=0.02)


def test_more_visits_never_widen_in_expectation():
    """Mean variance over 24 people after 8 findings is at most that after 4, within two standard errors."""
    asked = (grade(14), grade(28), grade(56), grade(84), *(grade(d, place=WRIST) for d in (14, 28, 56, 84)))
    case = replace(READ, seen=asked)
    truth = Runner(case, LAST_D, 900, Biology()).population(24)
    few, more = [], []
    for seen in imagined(case, truth, asked, 900):
        for kept, found in ((4, few), (8, more)):
            after = learn(person(*seen[:kept]), 1, "population").after
            found.append([np.var(joint.level) for joint in after.joints] + [np.var(after.response)])
    gain = np.array(few) - np.array(more)
    error = gain.std(axis=0) / np.sqrt(len(gain))
    assert np.all(gain.mean(axis=0) > -2 * error)
    assert gain[:, 1].mean() > 5 * error[1]  # the wrist was not seen at all before


def test_an_onset_not_seen_yet_speaks_for_a_late_one():
    """Censored: not until day 21 makes every day before it less likely than any after."""
    recall = scales.Recall()
    days = np.array([2.0, 10.0, 20.0, 30.0, 60.0, np.inf, np.nan])
    likely = recall.log_not_yet(days, 21.0)
    assert np.all(np.diff(likely) >= 0) and likely[-1] == likely[-2]
    late = learn(person(replace(grade(21), kind="onset", place=None, number=np.nan)), 1, "population").after
    soon = learn(person(replace(grade(21), kind="onset", place=None, number=4.0)), 1, "population").after
    assert np.median(late.lag_d) > 2 * np.median(soon.lag_d)


def test_visits_that_contradict_each_other_are_told():
    """None of the easy ways holds, or what was found is still hard to reconcile; in words."""
    visits = [
        row.model_copy(update={"value": told})
        for row, told in zip(
            [row for row in CASE.visits if row.joint == "elbow"], ("0", "4", "0", "4"), strict=True
        )
    ]
    document = individualise(CASE.model_copy(update={"visits": tuple(visits)}), draws=DRAWS).document
    steps = document["diagnostics"]["tried"]
    assert not steps[0]["holds"] and len(steps) > 1
    assert any("contradict" in told or "hard to reconcile" in told for told in document["warnings"])


def test_crossings_are_those_of_the_clock():
    """For every line at once what results.clock reads for one; beyond round-off nothing differs."""
    chance = np.random.default_rng(4)
    time_d = np.linspace(0, 100, 41)
    course = -np.abs(chance.standard_normal((60, 1))) * np.exp(-(((time_d - 30) / 25) ** 2))
    course += 0.05 * chance.standard_normal(course.shape)
    course[:, 0] = 0
    lines = -np.abs(chance.standard_normal((60, 5)))
    onset, back = crossings(time_d, course, lines)
    for k in range(lines.shape[1]):
        each = [clock(time_d, row[None], line) for row, line in zip(course, lines[:, k], strict=True)]
        assert np.allclose(onset[:, k], [float(c.onset_d[0]) for c in each], equal_nan=True)
        assert np.allclose(back[:, k], [float(c.duration_d[0]) for c in each], equal_nan=True)


def test_what_people_show_is_as_often_as_the_likelihood_says():
    """Grades of 2000 copies: shares of categories within four standard errors of the mean probability."""
    asked = (grade(28),)
    truth = Runner(replace(READ, seen=asked), LAST_D, 4, Biology()).population(2000)
    seen = imagined(READ, truth, asked, 4)
    own = truth.one(np.arange(2000), np.zeros(2000, dtype=np.int64))
    for label in scales.categories_of("modified_ashworth").labels:
        view = Viewed(replace(READ, seen=(grade(28, label),)), own)
        joint = own.joints[0]
        true = view.true_grade(joint, 28.0) + view.kept(joint, None)
        likely = view.category(grade(28, label), true, joint.within_sd).mean()
        share = np.mean([one[0].told == label for one in seen])
        assert abs(share - likely) <= 4 * np.sqrt(likely * (1 - likely) / 2000) + 1e-9


def test_scores_that_are_set_to_those_that_stand_there_change_nothing():
    draws = RandomDraws(3, 50)
    record = "terminal.light_chain_half_life"
    same = Steered(draws, {process_of(record): own_scores(draws, record)})
    assert np.allclose(same.of(record), draws.of(record), rtol=1e-12)
    assert np.all(Steered(draws, {process_of(record): np.full(50, 9.0)}).of(record) > draws.of(record))


def test_a_cloud_begins_as_the_population_and_stays_in_the_prior_when_it_moves():
    """The same likelihood to 1e-6; after many moves scores keep mean 0 and variance 1, within four errors."""
    one = person(grade(28, "1+"), draws=100)
    cloud = one.cloud()
    assert np.allclose(one.at(cloud).log_likelihood, one.population().log_likelihood, atol=1e-6)
    chance = np.random.default_rng(6)
    moved = cloud
    for _ in range(5):
        moved = moved.moved(0.6, chance)
    assert set(moved.normals) == set(cloud.normals)
    numbers = moved.normals["guess/kept/elbow/right/extension/0"].ravel()
    error = 1 / np.sqrt(numbers.size)
    assert abs(numbers.mean()) < 4 * error and abs(numbers.var() - 1) < 4 * np.sqrt(2) * error
    took = np.arange(100) < 30
    merged = cloud.merged(moved, took)
    assert np.array_equal(merged.rows, np.where(took, moved.rows, cloud.rows))


def test_copies_led_from_several_rounds_are_those_that_were_weighed():
    """The same likelihood to 1e-6 from the numbers of the cloud; no round repeats another."""
    one = person(grade(28, "1+"), draws=20)
    parts, rows = (one.population(), one.population(1)), np.array([0, 3, 3, 19, 20, 38])
    cloud, found = one.led(parts, rows)
    whole = np.concatenate([part.log_likelihood for part in parts])
    assert np.array_equal(found.log_likelihood, whole[rows])
    assert np.allclose(one.at(cloud).log_likelihood, whole[rows], atol=1e-6)
    assert not np.intersect1d(parts[0].scores, parts[1].scores).size


def test_the_effects_are_few_and_follow_what_was_seen():
    own = ("terminal.potency_person/", "terminal.light_chain_half_life/")
    assert effects_of(READ) == own
    both = replace(READ, seen=(grade(14, "1"), grade(14, "1", WRIST)))
    assert effects_of(both) == (*own, *(f"baseline grade/{'/'.join(p)}" for p in (ELBOW, WRIST)))


def test_a_baseline_seen_after_a_session_of_which_nothing_is_left_tells_what_one_before_it_tells():
    """Within 1e-3 of the logarithm: the dose is 1e-9 of the plan's, placebo and drift are taken out."""
    gone = replace(READ.sessions, days=(0.0, 91.0), doses=(1e-9, 1.0), used=("history[0]",))
    late = Seen("assessment", 91.0, "before", ELBOW, "3", scale="modified_ashworth")
    case = replace(READ, sessions=gone, seen=(late,))
    copies = Runner(case, 91.0 + LAST_D, 1, Biology()).population(40)
    level = copies.joints[0].level
    none = replace(copies.joints[0], level=np.zeros_like(level), drift=np.zeros_like(level))
    copies = replace(copies, joints=(none, copies.joints[1]))
    before = same_rater(Viewed(case, copies), grade(0, "3", where="assessment"))
    assert np.allclose(log_likelihood(case, copies), before, atol=1e-3)


def test_a_sample_without_guesses_is_the_copy_itself():
    copies = Runner(READ, LAST_D, 1, Biology()).population(30)
    rows = np.arange(30)
    sample = sample_of(READ, copies, rows, np.zeros_like(rows))
    run = simulate(NONE, draws=30)
    change = run.scale_change[ELBOW]
    at = np.searchsorted(sample.time_d, 28)
    assert np.allclose(sample.joints[0].change[:, at], change[:, 28], atol=1e-9)


def test_the_door_is_open():
    assert endplate.individualise is individualise


def test_a_result_becomes_tables(learnt, extra):
    extra("polars", "tables")
    extra("xarray", "tables")
    table, data = learnt.to_polars(), learnt.to_xarray()
    assert table["parameter"].to_list() == list(learnt.document["posterior"])
    assert data["scale_change"].shape == (2, DRAWS, 183) and "scale_response" in data


def test_visits_past_the_horizon_teach_and_the_forecast_ends_before_them():
    """The effect at ten weeks is what it is, however far the horizon; what is not back by then is told so."""
    near = individualise(CASE, draws=DRAWS, horizon_d=70).document
    far = individualise(CASE, draws=DRAWS, horizon_d=182).document
    assert near["forecast"]["from_d"] == 84 and near["forecast"]["t_d"][-1] == 70
    ends = [row["next"]["not_back_by_horizon"] for row in (near, far)]
    assert ends[0] > ends[1]
    assert near["next"]["information"][0]["t_d"] == []


@pytest.mark.parametrize("draws", [1, 2, 7])
def test_few_copies_are_an_answer_with_a_warning(draws):
    document = individualise(CASE, draws=draws).document
    assert any("rough" in told for told in document["warnings"])
