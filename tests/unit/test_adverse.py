"""Adverse events: the table, bounds, rates from placebo-controlled rows, and what a result may say."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from made_studies import BICEPS, HUMAN, arms_and, simulated

from endplate.case import load_case, load_study
from endplate.knowledge.evidence import PRIOR, load_records, load_sources
from endplate.knowledge.evidence.adverse import Counts, load_adverse
from endplate.knowledge.vocabulary import EVENTS, MEASURES, PRODUCTS, canonical_event
from endplate.outputs import adverse as told
from endplate.questions.calibrating.training import run_training, shared_ids
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation import simulate
from endplate.simulation.adverse.events import pooled, upper95
from endplate.simulation.adverse.rates import Spreads, fitted_rows, logistic, posterior, rates

ROOT = Path(__file__).parents[2]
ROWS = load_adverse()
BOXED = {"dysphagia", "breathing", "generalised_weakness", "death"}
FITTED = ("hyman2000", "turkel2006", "onabot_adult_arm", "onabot_child_arm", "abobot_child_leg", "elovic2016")
USED = {"fit", "held_back", "shown", "beside"}
STATISTICS = {"percent", "people", "percent_of_sessions", "range", "at_least", "risk_ratio", "per_person"}


# ---- the table


def test_every_row_is_sourced_and_speaks_the_vocabulary():
    assert len({row.id for row in ROWS}) == len(ROWS) > 150
    for row in ROWS:
        assert row.source in load_sources(), row.id
        assert row.event in EVENTS, row.id
        assert row.product in {*PRODUCTS, "any"}, row.id
        assert (row.people, row.limb) in {
            (p, limb) for p in ("adults", "children", "any") for limb in ("upper", "lower", "both")
        }
        assert row.used in USED and row.statistic in STATISTICS | {"listed"}, row.id
        assert row.place and row.basis in ("read", "recalled"), row.id


def test_counts_are_within_the_people_and_rounded_counts_print_as_read():
    """A percent made into people and back differs by less than half a person."""
    for row in ROWS:
        for counts, value in ((row.counts, row.value), (row.control, row.comparator_value)):
            if counts is not None:
                assert 0 <= counts.events <= counts.n, row.id
                if counts.rounded:
                    assert abs(counts.share - value / 100) <= 0.5 / counts.n + 1e-9, row.id


def test_what_is_only_recalled_is_never_fitted_or_scored():
    for row in ROWS:
        assert row.basis == "read" or row.used in ("shown", "beside"), row.id


def test_fitted_rows_have_a_placebo_group():
    for row in ROWS:
        if row.used == "fit":
            assert row.design == "placebo_controlled" and row.comparator == "placebo", row.id
            assert row.counts is not None and row.control is not None, row.id


def test_a_dose_in_the_table_is_that_of_the_study_file():
    """Rows whose arm a study file names are the same numbers there."""
    checked = 0
    for path in (ROOT / "studies").glob("*.yaml"):
        outcomes = [o for o in load_study(path).outcomes if o.measure == "adverse_fraction"]
        for row in (row for row in ROWS if row.study == path.stem and row.counts is not None):
            for arm, counts in ((row.arm, row.counts), (row.comparator, row.control)):
                for outcome in outcomes:
                    if (outcome.arm, canonical_event(outcome.event)) == (arm, row.event) and counts:
                        assert abs(outcome.value - counts.share) <= 0.5 / counts.n + 0.005, row.id
                        checked += 1
    assert checked > 60


def test_contradictions_are_kept():
    weak = {row.id: row for row in ROWS if row.event == "muscle_weakness"}
    bands = [weak[f"onabot_adult_arm.muscle_weakness_{most}"].value for most in (149, 250, 360)]
    assert bands == [2, 4, 0]  # more units, fewer complaints
    ranking = {
        (row.study, row.product): row.value
        for row in ROWS
        if row.event == "neutralising_antibodies" and row.study in ("rahman2022", "basalganglia2017")
    }
    ona, abo = "onabotulinumtoxinA", "abobotulinumtoxinA"
    assert ranking["rahman2022", abo] > ranking["rahman2022", ona]
    assert weak["suputtitada2005.weakness"].value is None


# ---- bounds


@pytest.mark.parametrize(("n", "bound"), [(10, 0.3), (11, 3 / 11), (100, 0.03), (2, 1.0)])
def test_none_seen_is_three_over_the_people(n, bound):
    assert upper95(Counts(0, n)) == pytest.approx(bound)


@pytest.mark.parametrize(("events", "n"), [(1, 108), (2, 391), (9, 357), (54, 60), (1, 2)])
def test_the_bound_leaves_a_twentieth_below(events, n):
    """Clopper and Pearson by definition: at the bound, so few events have a chance of 5 %."""
    at = upper95(Counts(events, n))
    below = sum(math.comb(n, k) * at**k * (1 - at) ** (n - k) for k in range(events + 1))
    assert below == pytest.approx(0.05, abs=1e-6)
    assert events / n < at < 1


def test_all_seen_is_one():
    assert upper95(Counts(5, 5)) == 1.0


def test_rows_add_up_and_people_in_two_rows_count_once():
    rows = [row for row in ROWS if row.study == "wissel2017" and row.event == "treatment_related"]
    assert len(rows) == 3
    assert pooled(rows) == Counts(7, 155, True)
    weak = [row for row in ROWS if row.study == "onabot_adult_arm" and row.event == "muscle_weakness"]
    assert pooled(weak) == Counts(9, 357, True)
    assert pooled([]) is None


# ---- rates


SPREADS = Spreads(mean=-3.0, event=2.0, study=0.3, summary=0.7, product=0.4, arm=0.3)


def drawn(held, size=4000):
    return held.drawn(np.random.default_rng(3).standard_normal((size, len(held.names))))


def test_the_posterior_agrees_with_numbers_summed_over_a_grid():
    """One study with one arm: the logit on placebo and what the drug adds, integrated on a grid."""
    rows = fitted_rows("arthralgia", "adults")
    assert len(rows) == 1
    held, row = posterior(rows, SPREADS), rows[0]
    a, t = np.meshgrid(np.linspace(-9, 1, 401), np.linspace(-3, 3, 301), indexing="ij")
    sd = math.hypot(SPREADS.event, SPREADS.study), math.hypot(SPREADS.product, SPREADS.arm)
    fit = -(((a - SPREADS.mean) / sd[0]) ** 2 + (t / sd[1]) ** 2) / 2
    for counts, logit in ((row.control, a), (row.counts, a + t)):
        fit += counts.events * logit - counts.n * np.logaddexp(0, logit)
    weight = np.exp(fit - fit.max())
    weight /= weight.sum()
    unknowns = drawn(held)
    study = unknowns[:, 0] + unknowns[:, held.names.index(f"study/{row.study}/None")]
    added = held.increment(unknowns, row.product, row.id, np.zeros((len(unknowns), 2)))
    for sample, truth in ((study, a), (added, t)):
        mean = float((weight * truth).sum())
        spread = math.sqrt(float((weight * (truth - mean) ** 2).sum()))
        assert sample.mean() == pytest.approx(mean, abs=0.2 * spread)
        assert sample.std() == pytest.approx(spread, rel=0.2)


def test_an_increment_is_shrunk_towards_none_and_follows_its_rows():
    held = rates("nausea", "adults")
    row = next(row for row in fitted_rows("nausea", "adults") if row.study == "turkel2006")
    added = held.increment(drawn(held), row.product, row.id, np.zeros((4000, 2)))
    raw = np.log((12.5 / 522.5) / (0.5 / 258.5))
    assert 0.2 < added.mean() < raw / 2
    unknown = held.increment(drawn(held), "incobotulinumtoxinA", None, np.zeros((4000, 2)))
    assert "product/incobotulinumtoxinA" not in held.names and unknown.tolist() == [0.0] * 4000


def test_no_spread_of_increments_gives_the_background_alone():
    held = posterior(fitted_rows("fatigue", "adults"), Spreads(-3.0, 1.5, 0.3, 0.7, 1e-4, 1e-4))
    added = held.increment(drawn(held), "onabotulinumtoxinA", None, np.zeros((4000, 2)))
    assert np.abs(added).max() < 0.01


def test_the_background_follows_the_placebo_groups():
    held = rates("upper_respiratory_infection", "children")
    share = logistic(held.background(drawn(held), np.zeros(4000)))
    assert 0.05 < np.median(share) < 0.13  # 9 % of 79


def test_a_study_left_out_is_not_among_the_rows():
    assert rates("fatigue", "adults", "onabot_adult_arm") is None
    assert {row.study for row in fitted_rows("any", "adults", "turkel2006")} == {"hyman2000", "elovic2016"}


# ---- reproduce


def _inside(name):
    """Whether each share of the events of a study that need no force lies in its 80 % interval."""
    study = load_study(ROOT / "studies" / f"{name}.yaml")
    model = SimulatedStudy(study, 400, 1)
    rows = [o for o in study.outcomes if o.measure == "adverse_fraction" and o.event != "muscle_weakness"]
    levels = [np.quantile(model.predict(row), [0.1, 0.9]) for row in rows]
    return [low - 0.005 <= row.value <= high + 0.005 for row, (low, high) in zip(rows, levels, strict=True)]


def test_published_rates_lie_inside_their_intervals():
    """Of the studies fitted at least 85 % within 80 %, up to half a percent, as labels round."""
    found = [inside for name in FITTED for inside in _inside(name)]
    assert len(found) > 50
    assert np.mean(found) >= 0.85


ARMS = (
    "{arm: placebo, n: 100}",
    "{arm: low, n: 100, " + BICEPS + "}",
    "{arm: none, n: 100, " + BICEPS.replace("100 U", "0 U") + "}",
)
WEAK = "{{arm: {}, measure: adverse_fraction, event: muscular weakness, at: 6 wk, value: 0.1}}"
NAUSEA = "{{arm: {}, measure: adverse_fraction, event: nausea, value: 0.1}}"


def test_an_arm_without_units_complains_as_on_placebo(tmp_path):
    rows = (*map(WEAK.format, ("placebo", "low", "none")), NAUSEA.format("placebo"), NAUSEA.format("low"))
    made = simulated(tmp_path, HUMAN + arms_and(*rows, arms=ARMS), 200)
    placebo, low, none, *others = (made.predict(row) for row in made.study.outcomes)
    assert none.mean() == pytest.approx(placebo.mean(), abs=0.01)
    assert low.mean() > placebo.mean() + 0.02
    assert all(((share >= 0) & (share <= 1)).all() for share in (placebo, low, none, *others))


def test_a_small_group_scatters_more_than_a_large_one(tmp_path):
    rows = [f"{{arm: placebo, measure: adverse_fraction, event: any, n: {n}, value: 0.5}}" for n in (5, 5000)]
    made = simulated(tmp_path, HUMAN + arms_and(*rows, arms=ARMS), 400)
    small, large = (made.predict(row).std() for row in made.study.outcomes)
    assert small > large > 0.05  # studies differ whatever their size


def test_adverse_rows_teach_the_mechanism_nothing(tmp_path):
    assert not any(i.startswith(("adverse.", "adverse_prior.")) for i in shared_ids("mechanism"))
    assert MEASURES["adverse_fraction"].apart
    text = HUMAN.replace("role: validation", "role: calibration") + arms_and(NAUSEA.format("low"), arms=ARMS)
    study = simulated(tmp_path, text).study
    assert run_training([study], "mechanism", 3, 1, PRIOR).studies == ()


# ---- simulate


@pytest.fixture(scope="module", params=["adult_arm", "adult_leg", "child_calf", "multilevel"])
def result(request):
    return simulate(load_case(ROOT / "examples" / f"{request.param}.yaml"), draws=40, horizon_d=28).document


def test_boxed_events_are_always_there_and_never_carry_a_probability(result):
    boxed = {entry["event"]: entry for entry in result["adverse"] if entry["kind"] == "boxed"}
    assert set(boxed) == BOXED
    for entry in boxed.values():
        assert not {"simulated", "probability", "background"} & set(entry)
        assert entry["excluded"] and entry["boxed_text"] and entry["source"]
        assert (entry["held"]["n"] is None) == ("said" in entry)


def test_held_counts_are_the_sum_of_their_rows(result):
    for entry in result["adverse"]:
        counted = [row for row in entry["rows"] if row["events"] is not None and row["used"] != "beside"]
        assert entry["held"]["n"] == (sum(row["n"] for row in counted) or None), entry["event"]
        if counted:
            assert entry["held"]["events"] == sum(row["events"] for row in counted)
            assert 0 < entry["held"]["upper95"] <= 1


def test_rows_are_of_the_product_the_people_and_the_limb(result):
    plan = result["inputs"]["plan"]
    child = result["inputs"]["patient"]["age"] == "6 y"
    for entry in result["adverse"]:
        for row in entry["rows"]:
            assert row["product"] in (plan["product"], "any")
            assert row["people"] in ("children" if child else "adults", "any")


def test_what_is_simulated_lies_between_none_and_all_in_order(result):
    simulated_ones = [entry for entry in result["adverse"] if entry.get("simulated")]
    assert {"muscle_weakness", "any"} <= {entry["event"] for entry in simulated_ones}
    for entry in simulated_ones:
        for name in ("probability", "background"):
            levels = [entry["simulated"][name][key] for key in ("p05", "p25", "median", "p75", "p95")]
            assert levels == sorted(levels) and levels[0] >= 0 and levels[-1] <= 1


def test_the_terminal_and_the_report_read_every_entry(result):
    lines = [*told.lines(result), *told.boxed(result)]
    assert len(lines) == len(result["adverse"])
    for line in lines:
        assert line.held
        assert all(told.row(row) for row in line.entry["rows"])


def test_records_of_the_rates_are_among_the_evidence(result):
    named = {row["id"] for row in result["evidence"]}
    assert {"adverse.logit_mean", "adverse.increment_sd", "adverse.weakness_hazard"} <= named
    assert {i for i in named if i.startswith("adverse")} <= set(load_records())
