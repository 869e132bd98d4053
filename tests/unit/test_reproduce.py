"""Scores, measures and the scoreboard page of `reproduce`."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from endplate.case import Outcome, load_study
from endplate.knowledge.evidence import Posterior
from endplate.knowledge.vocabulary import wording
from endplate.outputs.scoreboard import render_scoreboard
from endplate.physiology.muscle import Course
from endplate.physiology.terminal import four_step
from endplate.questions.reproduce import reproduce
from endplate.questions.reproducing.groups import CannotSimulate, GroupDraws
from endplate.questions.reproducing.ladder import Ladder, half_dose
from endplate.questions.reproducing.reported import Statistic, as_printed, row_error, settled, step_of
from endplate.questions.reproducing.scores import (
    comparison,
    crps,
    family_of,
    pit_histogram,
    share_below,
    totals,
)
from endplate.questions.reproducing.simulated import Simulated
from endplate.questions.reproducing.trial import SimulatedStudy

DRAWS = 40
HEAD = """endplate: 1
study: made_up
title: Invented for this test
sources: [{citation: Nobody, url: "https://example.org/paper", evidence: read}]
role: validation
"""
HUMAN = HEAD + "species: human\npreparation: in_vivo\n"
MOUSE = HEAD + "species: mouse\npreparation: in_vivo\n"
BATH = HEAD + "species: mouse\npreparation: ex_vivo\n"
BICEPS = "product: onabotulinumtoxinA, injections: [{muscle: biceps_brachii, dose: 100 U, sites: 4}]"


def study(tmp_path, text, name="made_up"):
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load_study(path)


def simulated(tmp_path, text, draws=DRAWS):
    return SimulatedStudy(study(tmp_path, text), draws, 1)


def arms_and(*outcomes, arms=("{arm: one, n: 9, " + BICEPS + "}",)):
    rows = [*(f"  - {arm}" for arm in arms), "outcomes:", *(f"  - {row}" for row in outcomes)]
    return "arms:\n" + "\n".join(rows) + "\n"


def scored(study_name, *shares):
    rows = [{"share_below": s, "crps": 1.0, "inside_80": 0.1 <= s <= 0.9, "measure": "ed50"} for s in shares]
    return {"study": study_name, "outcomes": rows}


# ---- scores against closed forms -----------------------------------------------------------------


@pytest.mark.parametrize("observed", [-2.0, 0.0, 0.7, 3.0])
def test_crps_of_a_normal_sample_is_the_closed_form(observed):
    """Gneiting and Raftery 2007: sigma [z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)]."""
    levels = (np.arange(40_000) + 0.5) / 40_000
    sample = np.sqrt(2) * np.array([_erfinv(2 * p - 1) for p in levels[::20]])
    phi = math.exp(-(observed**2) / 2) / math.sqrt(2 * math.pi)
    exact = observed * math.erf(observed / math.sqrt(2)) + 2 * phi - 1 / math.sqrt(math.pi)
    assert crps(sample, observed) == pytest.approx(exact, abs=2e-3)


def _erfinv(y):
    from scipy.special import erfinv

    return erfinv(y)


def test_crps_of_one_value_is_the_distance():
    assert crps(np.full(7, 2.0), 5.0) == pytest.approx(3.0)


def test_share_below_counts_ties_half():
    assert share_below(np.array([0.0, 1.0, 1.0, 2.0]), 1.0) == pytest.approx(0.5)


def test_pit_of_what_is_right_is_level():
    """Observed values at all quantiles of their own distribution fill every bin alike."""
    even = scored("even", *((np.arange(50) + 0.5) / 50))
    assert pit_histogram([even]) == pytest.approx([0.1] * 10)


def test_pit_weighs_studies_alike_however_many_outcomes_they_have():
    found = pit_histogram([scored("large", *[0.05] * 9), scored("small", 0.95)])
    assert found == pytest.approx([0.5, *[0.0] * 8, 0.5])
    assert pit_histogram([]) is None


def test_totals_hold_their_keys_and_sum():
    rows = scored("one", 0.5, 0.99)
    for row in rows["outcomes"]:
        row["predicted"] = {"p10": 0.0, "p90": 2.0}
    found = totals([rows])
    assert found["outcomes"] == found["simulated"] == 2
    assert found["inside_80"] == 1
    assert found["coverage_by_study"] == 0.5
    assert found["median_width"] == 2
    assert sum(found["pit"]) == pytest.approx(1)


def test_comparison_is_on_what_both_simulate():
    ours, theirs = scored("one", 0.5, 0.5), scored("one", 0.99, 0.5)
    for rows in (ours, theirs):
        for row in rows["outcomes"]:
            row |= {"family": "ratios", "predicted": {"p10": 0.0, "p90": 1.0}}
    theirs["outcomes"][1] |= {"crps": None, "predicted": None}
    found = comparison([ours], [theirs])
    assert found["outcomes"] == 1
    assert (found["mechanism"]["inside_80"], found["baseline"]["inside_80"]) == (1, 0)
    assert [row["family"] for row in found["families"]] == ["ratios"]


# ---- the row's own error and rounding ------------------------------------------------------------


def test_the_error_of_the_row_takes_the_place_of_the_simulated_one():
    """Spread between draws 3 and chance 4 make 5; with a row error of 1 the root of 10 is left, of 12 it is
    the root of 153; a group of a size at which chance is 2 shows the root of 13."""
    rng = np.random.default_rng(1)
    found, scores = Statistic(5 * rng.standard_normal(200_000), 4.0, 2.0), rng.standard_normal(200_000)
    assert settled(replace(found, chance_sd=1.0), scores).std() == pytest.approx(math.sqrt(10), rel=0.01)
    assert settled(replace(found, chance_sd=12.0), scores).std() == pytest.approx(math.sqrt(153), rel=0.01)
    assert settled(found, scores).std() == pytest.approx(math.sqrt(13), rel=0.01)


def test_a_difference_adds_the_chance_of_both_groups():
    one, other = Statistic(np.zeros(3), 3.0, 0.3), Statistic(np.ones(3), 4.0, 0.4)
    found = one.minus(other)
    assert (found.drawn_sd, found.chance_sd) == pytest.approx((5.0, 0.5))


def test_row_error_comes_from_se_else_from_sd_and_size(tmp_path):
    text = HUMAN + arms_and(
        "{arm: one, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1.0, se: 0.3}",
        "{arm: one, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1.0, sd: 0.6}",
        "{arm: one, versus: two, measure: scale_change, scale: ashworth, at: 4 wk, value: -1.0, sd: 0.6}",
        "{arm: two, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1.0}",
        arms=("{arm: one, n: 9, " + BICEPS + "}", "{arm: two, n: 16}"),
    )
    made = study(tmp_path, text)
    assert [row_error(made, row) for row in made.outcomes] == [
        0.3,
        pytest.approx(0.2),
        pytest.approx(0.6 * math.sqrt(1 / 9 + 1 / 16)),
        None,
    ]


def test_the_step_of_print_is_that_of_the_finest_row(tmp_path):
    row = "{{arm: one, measure: {}, muscle: biceps_brachii, at: 4 wk, value: {}}}"
    peak = "{arm: one, measure: peak, of: force, muscle: biceps_brachii, value: 21, unit: d}"
    text = HUMAN + arms_and(row.format("force_ratio", "0.0"), row.format("force_ratio", "0.52"), peak)
    made = study(tmp_path, text)
    assert [step_of(made, outcome) for outcome in made.outcomes] == [0.01, 0.01, 1.0]


def test_what_is_printed_stays_within_what_the_measure_can_be():
    sample, shares = np.array([0.01, 0.99]), np.array([0.0, 1.0])
    ratio = Outcome(arm="a", measure="force_ratio", value=0.0)
    share = Outcome(arm="a", measure="responder_fraction", value=0.0)
    assert as_printed(sample, ratio, 0.1, shares).tolist() == pytest.approx([0.0, 1.04])
    assert as_printed(sample, share, 0.1, shares).tolist() == pytest.approx([0.0, 1.0])


# ---- measures ------------------------------------------------------------------------------------


def test_half_dose_of_a_known_curve():
    """Loss rises evenly with the logarithm of the dose from 0 at 0.1 to 1 at 1000 U: half at 10 U."""
    doses, group = np.array([0.1, 1.0, 10.0, 100.0, 1000.0]), GroupDraws(1, 3, 2, "s", "a", "mouse")
    rungs = []
    for loss in np.linspace(0, 1, 5):
        force = np.column_stack([np.ones(6), np.full(6, 1 - loss)])
        muscles = {("biceps_brachii", "right"): Course(*[force] * 5)}
        chain = SimpleNamespace(muscles=muscles, neighbours={}, time_d=np.array([0.0, 7.0]))
        rungs.append(Simulated(chain, group, (), 2))
    ladder = Ladder(tuple(rungs), doses, 0.5, group)
    asked = {"arm": "a", "measure": "ed50", "muscle": "biceps_brachii", "of": "force", "value": 1.0}
    assert half_dose(ladder, Outcome(**asked, unit="U")) == pytest.approx(10.0)
    assert half_dose(ladder, Outcome(**asked, unit="U/kg")) == pytest.approx(20.0)
    with pytest.raises(CannotSimulate, match="a dose in pg"):
        half_dose(ladder, Outcome(**asked, unit="pg"))


ED50 = "{arm: one, measure: ed50, of: force, muscle: soleus, unit: U/kg, value: 1}"


def test_the_simulated_half_dose_halves_the_force(tmp_path):
    made = simulated(tmp_path, MOUSE + arms_and(ED50, arms=("{arm: one, product: onabotulinumtoxinA}",)))
    half = float(np.median(made.predict(made.study.outcomes[0])))
    arm = (
        f"{{arm: one, product: onabotulinumtoxinA, injections: [{{muscle: soleus, dose: {half:.6f} U/kg}}]}}"
    )
    row = "{arm: one, measure: force_ratio, muscle: soleus, at: 8 d, value: 0.5}"
    again = simulated(tmp_path, MOUSE + arms_and(row, arms=(arm,)))
    assert np.median(again.predict(again.study.outcomes[0])) == pytest.approx(0.5, abs=0.15)


def test_a_preparation_that_is_no_product_has_no_dose_here(tmp_path):
    made = simulated(tmp_path, MOUSE + arms_and(ED50, arms=("{arm: one}",)))
    with pytest.raises(CannotSimulate, match="none of the products"):
        made.predict(made.study.outcomes[0])


def test_a_peak_needs_no_dose_and_a_ratio_does(tmp_path):
    peak = "{arm: one, measure: peak, of: force, muscle: soleus, unit: d, value: 5}"
    ratio = "{arm: one, measure: force_ratio, muscle: soleus, at: 7 d, value: 0.5}"
    made = simulated(tmp_path, MOUSE + arms_and(peak, ratio, arms=("{arm: one}",)))
    days = made.predict(made.study.outcomes[0])
    assert np.all((days > 0) & (days < 42))
    with pytest.raises(CannotSimulate, match="lists what was injected"):
        made.predict(made.study.outcomes[1])


def test_the_same_boundary_of_paralysis_whatever_the_product(tmp_path):
    row = "{arm: one, measure: cleaved_ratio, muscle: soleus, value: 0.35}"
    found = []
    for product in ("onabotulinumtoxinA", "abobotulinumtoxinA"):
        arms = (f"{{arm: one, product: {product}}}",)
        made = simulated(tmp_path, MOUSE + arms_and(row, arms=arms))
        found.append(np.median(made.predict(made.study.outcomes[0])))
    assert found[0] == pytest.approx(found[1], rel=0.1)


RATIO = "{{arm: {}, measure: force_ratio, muscle: biceps_brachii, at: {}, value: 0.5}}"


def test_a_repeat_adds_to_what_is_left(tmp_path):
    repeated = "{arm: two, n: 9, repeat: {times: 2, every: 8 wk}, " + BICEPS + "}"
    arms = ("{arm: one, n: 9, " + BICEPS + "}", repeated)
    text = HUMAN + arms_and(RATIO.format("one", "12 wk"), RATIO.format("two", "12 wk"), arms=arms)
    made = simulated(tmp_path, text)
    one, two = (made.predict(row) for row in made.study.outcomes)
    assert np.median(two) < np.median(one)
    assert (two < one).mean() > 0.9


def test_the_mean_of_a_group_narrows_with_its_size():
    """Standard normal people: the mean of n has the standard error 1 / sqrt(n), simulated in full or not."""
    for people in (4, 16, 400):
        group = GroupDraws(1, 2000, min(people, 20), "s", f"a{people}")
        arm = Simulated(SimpleNamespace(time_d=np.array([1.0])), group, (), people)
        found = arm.average(group.normal("x", 1)[:, 0])
        exact = 1 / math.sqrt(people)
        assert found.chance_sd == pytest.approx(exact, rel=0.05)
        assert settled(found, np.zeros(2000)).std() == pytest.approx(exact, rel=0.15)


def test_the_mean_is_over_those_who_have_a_value():
    group = GroupDraws(1, 1, 4, "s", "a")
    arm = Simulated(SimpleNamespace(time_d=np.array([0.0, 9.0])), group, (), 4)
    assert arm.average(np.array([1.0, np.nan, 3.0, np.nan])).values == pytest.approx([2.0])
    assert arm.average(np.full(4, np.nan)).values == pytest.approx([9.0])


def test_arms_share_the_effects_of_their_study(tmp_path):
    """Two arms alike differ by the chance of their groups only, far less than two studies would."""
    arms = tuple(f"{{arm: {name}, n: 400, {BICEPS}}}" for name in ("one", "two"))
    text = HUMAN + arms_and(
        RATIO.format("one", "4 wk"),
        RATIO.format("one", "4 wk").replace("measure", "versus: two, measure"),
        arms=arms,
    )
    made = simulated(tmp_path, text, 100)
    one, difference = (made.predict(row) for row in made.study.outcomes)
    assert difference.std() < one.std() / 3
    assert abs(difference.mean()) < one.std() / 2


def test_an_outcome_without_a_day_is_read_on_a_day_drawn_or_on_the_only_visit(tmp_path):
    row = "{arm: one, measure: force_ratio, muscle: biceps_brachii, value: 0.5}"
    free = simulated(tmp_path, HUMAN + arms_and(row))
    visit = simulated(tmp_path, HUMAN + "visits: [0 wk, 4 wk]\n" + arms_and(row, RATIO.format("one", "4 wk")))
    free.predict(free.study.outcomes[0])
    arm = free._arm("one", free.study.outcomes[0])
    days = arm.day(free.study.outcomes[0])
    assert days.min() >= 7
    assert days.max() <= 42
    assert arm.chain.time_d[-1] >= 42
    unstated, stated = (visit.predict(outcome) for outcome in visit.study.outcomes)
    assert np.median(unstated) == pytest.approx(np.median(stated), abs=0.05)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{arm: one, measure: antibody_fraction, value: 0.1}", "a titre of antibodies"),
        ("{arm: one, measure: adverse_fraction, event: weakness, value: 0.1}", "adverse events need"),
        ("{arm: one, measure: scale_value, scale: physician_global, at: 4 wk, value: 1}", "global rating"),
        ("{arm: one, measure: scale_change, scale: goal_attainment, at: 4 wk, value: 9}", "goal attainment"),
        ("{arm: one, measure: ic50, unit: pM, value: 1}", "in a bath only"),
    ],
)
def test_what_is_not_carried_says_why(tmp_path, row, reason):
    made = simulated(tmp_path, HUMAN + arms_and(row), 2)
    with pytest.raises(CannotSimulate, match=reason):
        made.predict(made.study.outcomes[0])


def test_an_arm_without_toxin_is_untreated(tmp_path):
    """A control arm beside one that was injected: ratios of one, but for the error of measurement."""
    arms = ("{arm: one, n: 9, " + BICEPS + "}", "{arm: control, n: 9}")
    cleaved = "{arm: control, measure: cleaved_ratio, muscle: biceps_brachii, at: 4 wk, value: 0}"
    text = HUMAN + arms_and(RATIO.format("one", "4 wk"), RATIO.format("control", "4 wk"), cleaved, arms=arms)
    made = simulated(tmp_path, text, 100)
    treated, control, cut = (made.predict(row) for row in made.study.outcomes)
    assert control.mean() == pytest.approx(1, abs=0.02)
    assert treated.mean() < 0.7
    assert cut.tolist() == [0.0] * 100


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{arm: one, measure: half_time, muscle: biceps_brachii, unit: U, value: 1}", "a time in U"),
        ("{arm: one, measure: ed50, muscle: biceps_brachii, unit: pM, value: 1}", "a dose in pM"),
        ("{arm: one, measure: smd, at: 4 wk, value: 1}", "a second arm"),
        ("{arm: one, measure: scale_change, joint: elbow, at: 4 wk, value: 1}", "without its scale"),
    ],
)
def test_an_outcome_that_lacks_something_says_what(tmp_path, row, reason):
    made = simulated(tmp_path, HUMAN + arms_and(row), 2)
    with pytest.raises(CannotSimulate, match=reason):
        made.predict(made.study.outcomes[0])


# ---- in a bath -----------------------------------------------------------------------------------


def test_the_half_concentration_leaves_half(tmp_path):
    arms = ("{arm: one, concentration: 10 pM, exposure: 120 min}",)
    rows = ("{arm: one, measure: ic50, unit: pM, value: 1}", "{arm: one, measure: force_ratio, value: 0.5}")
    made = simulated(tmp_path, BATH + arms_and(*rows, arms=arms), 8)
    half = float(np.median(made.predict(made.study.outcomes[0])))
    arms = (f"{{arm: one, concentration: {half:.6f} pM, exposure: 120 min}}",)
    again = simulated(tmp_path, BATH + arms_and(rows[1], arms=arms), 8)
    assert np.median(again.predict(again.study.outcomes[0])) == pytest.approx(0.5, abs=0.05)


def test_the_concentration_of_half_effect_needs_a_time(tmp_path):
    arms = ("{arm: one, concentration: 10 pM, exposure: brief}",)
    made = simulated(tmp_path, BATH + arms_and("{arm: one, measure: ic50, unit: pM, value: 1}", arms=arms))
    with pytest.raises(CannotSimulate, match="minutes of exposure"):
        made.predict(made.study.outcomes[0])


def test_tension_in_the_bath_is_that_of_the_four_step_model():
    p = four_step.Parameters(*(np.array([rate]) for rate in (1.5e-4, 0.058, 0.141, 0.013)))
    assert four_step.tension(p, np.array([60.0]))[0, 0] == pytest.approx(0.998720951, abs=1e-8)


# ---- the scoreboard ------------------------------------------------------------------------------

MISS = "{arm: one, measure: force_ratio, muscle: biceps_brachii, at: 4 wk, value: 7.5}"
CANNOT = "{arm: one, measure: antibody_fraction, value: 0.1}"


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies")
    rows = (RATIO.format("one", "2 wk"), MISS, CANNOT)
    (folder / "good.yaml").write_text(HUMAN + arms_and(*rows), encoding="utf-8")
    (folder / "bad.yaml").write_text("endplate: 1\nstudy: [\n", encoding="utf-8")
    return reproduce(folder, draws=20, compare=True, with_courses=True).to_dict()


def test_a_bad_file_leaves_the_rest_scored(board):
    assert [error["file"].rsplit("/", 1)[-1] for error in board["errors"]] == ["bad.yaml"]
    assert [study["study"] for study in board["studies"]] == ["made_up"]
    assert board["totals"]["simulated"] == 2
    assert board["studies"][0]["outcomes"][2]["cannot"]


def test_courses_pass_through_the_days_observed(board):
    (course,) = board["studies"][0]["courses"]
    assert course["rows"] == [0, 1]
    assert {14.0, 28.0} <= set(course["t_d"])
    assert course["t_d"] == sorted(course["t_d"])
    assert all(
        low <= mid <= high for low, mid, high in zip(course["p10"], course["p50"], course["p90"], strict=True)
    )
    k = course["t_d"].index(14.0)
    row = board["studies"][0]["outcomes"][0]["predicted"]
    assert course["p50"][k] == pytest.approx(row["p50"], abs=0.05)


def test_courses_and_comparison_are_only_there_when_asked(tmp_path):
    (tmp_path / "one.yaml").write_text(HUMAN + arms_and(RATIO.format("one", "2 wk")), encoding="utf-8")
    plain = reproduce(tmp_path, draws=2).to_dict()
    assert "comparison" not in plain
    assert "courses" not in plain["studies"][0]
    assert {"model_version", "seed", "draws"} <= set(plain)


class Tags(HTMLParser):
    """Checks that every element that must be closed is, in order."""

    VOID = ("meta", "br", "col", "link", "img", "input", "hr")

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, held) for name, held in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, held) for name, held in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def test_the_page_is_well_formed(board):
    read = Tags()
    read.feed(render_scoreboard(board))
    assert read.faults == []
    assert read.open == []
    ids = [held for _, name, held in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    inside = {held[1:] for _, name, held in read.attributes if name == "href" and held.startswith("#")}
    assert inside <= set(ids)


def test_the_page_asks_for_nothing_from_outside(board):
    page = render_scoreboard(board)
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", page)
    read = Tags()
    read.feed(page)
    away = [(tag, held) for tag, name, held in read.attributes if name == "href" and not held.startswith("#")]
    assert away == [("a", "https://example.org/paper")]


def test_the_page_carries_the_banner_and_says_nothing_it_must_not(board):
    page = render_scoreboard(board).replace("&#39;", "'")
    assert page.count(wording.BANNER) >= 2
    assert wording.SIMULATION in page
    for word in ("recommended dose", "safe", "optimal for this patient"):
        assert not re.search(rf"\b{word}\b", page.lower())


def test_every_miss_and_every_reason_stands_on_the_page(board):
    page = render_scoreboard(board)
    part = page.split('id="misses"')[1].split('id="missing"')[0]
    assert "made_up" in part
    assert "7.5" in part
    assert "above" in part
    part = page.split('id="missing"')[1].split("</section>")[0]
    assert "antibodies" in part.lower()
    assert "bad.yaml" in part


def test_the_figures_are_well_formed_and_tell_what_they_show(board):
    drawings = re.findall(r'<svg class="chart" .*?</svg>', render_scoreboard(board), re.S)
    assert len(drawings) == 3
    for drawing in drawings:
        root = ET.fromstring(drawing)
        assert root.get("role") == "img"
        assert len(root.get("aria-label")) > 40


def test_the_page_without_courses_and_comparison(board):
    bare = {key: held for key, held in board.items() if key != "comparison"}
    bare["studies"] = [{k: v for k, v in study.items() if k != "courses"} for study in board["studies"]]
    page = render_scoreboard(bare)
    assert 'id="courses"' not in page
    assert "Empirical baseline" not in page


def test_hostile_text_in_a_study_is_escaped(board):
    study = {**board["studies"][0], "title": "<script>alert(1)</script>"}
    study["sources"] = [{"citation": "<b>x</b>", "url": "javascript:alert(1)"}]
    page = render_scoreboard({**board, "studies": [study]})
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_every_measure_belongs_to_a_family():
    from endplate.knowledge.vocabulary import MEASURES

    assert [measure for measure in MEASURES if family_of(measure) == "others"] == []


def test_leaving_a_study_out_scores_it_with_other_rows(monkeypatch):
    """What every row of the posterior says of the study decides: rows 0 with it, row 1 without it."""
    known = Posterior(
        ("baseline.largest_change",),
        np.array([[-4.0], [4.0]]),
        {"simpson1996": np.array([1, 1], dtype=np.int64)},
    )
    monkeypatch.setattr("endplate.questions.reproduce.load_posterior", lambda _: known)
    file = Path(__file__).parents[2] / "studies" / "simpson1996.yaml"
    scored = [
        reproduce(file, draws=50, model="baseline", leave_one_out=out).to_dict()["studies"][0]["outcomes"][0]
        for out in (False, True)
    ]
    assert scored[0]["predicted"]["sd"] > 2 * scored[1]["predicted"]["sd"]
