"""Plans compared: antisymmetric, nothing against itself, one person alone, and two products never ranked."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import endplate
from endplate.case import load_case
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import INDIRECT
from endplate.outputs import compared
from endplate.outputs.compare_page import render_compare
from endplate.outputs.compared import HOW_OFTEN, print_compare
from endplate.questions.comparing.comparable import first_difference
from endplate.questions.comparing.courses import PlanCourses, goal_end_d, weeks_to
from endplate.questions.comparing.flips import record_flips, variant_flips
from endplate.questions.readings import muscle_reading

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ARM, ELBOW = EXAMPLES / "adult_arm.yaml", EXAMPLES / "adult_arm_elbow.yaml"
FEW = {"draws": 40, "horizon_d": 56}
ROUNDING = 1.1e-5  # quantiles of negated numbers are rounded on their own


@pytest.fixture(scope="module")
def arm():
    return load_case(ARM)


@pytest.fixture(scope="module")
def elbow():
    return load_case(ELBOW)


@pytest.fixture(scope="module")
def forth(arm, elbow):
    return endplate.compare(arm, elbow, **FEW)


def changed(tmp_path, *replacements, path=ARM):
    """A case with some of its text replaced."""
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    target = tmp_path / "case.yaml"
    target.write_text(text, encoding="utf-8")
    return load_case(target)


def rows(result):
    return {row["outcome"]: row for row in result.document["differences"]}


def test_swapping_negates_and_complements(arm, elbow, forth):
    back = rows(endplate.compare(elbow, arm, **FEW))
    opposite = {"p05": "p95", "p25": "p75", "median": "median", "p75": "p25", "p95": "p05"}
    for name, row in rows(forth).items():
        for level, other in opposite.items():
            assert row[level] == pytest.approx([-x for x in back[name][other]], abs=ROUNDING)
        assert row["p_better"] == pytest.approx([1 - p for p in back[name]["p_better"]], abs=1e-5)
        assert row["goal"]["mean"] == pytest.approx(-back[name]["goal"]["mean"], abs=ROUNDING)
        assert row["goal"]["p_better"] == pytest.approx(1 - back[name]["goal"]["p_better"], abs=1e-5)


def test_a_plan_does_not_differ_from_itself(arm):
    result = endplate.compare(arm, arm, draws=8, horizon_d=42)
    for row in result.document["differences"]:
        assert set(row["median"]) == set(row["p95"]) == {0.0}
        assert set(row["p_better"]) == {0.5}
        assert row["goal"]["p_better"] == 0.5 and row["goal"]["differs"] == 0
    assert result.document["flips"] == []


def test_plans_that_do_the_same_are_not_ranked(arm, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    document = endplate.compare(arm, arm, draws=8, horizon_d=42).to_dict()
    print_compare(document)
    told = capsys.readouterr().out
    assert all(len(line) <= 80 for line in told.splitlines())
    words = " ".join(told.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "50 %" not in words and "no difference" in words and "A better" in words
    assert "no ranking to turn" in words and HOW_OFTEN in words
    page = render_compare(document)
    assert "50\N{NO-BREAK SPACE}%</td>" not in page and "No difference is large enough" in page


def test_a_difference_below_what_is_told_is_no_share_of_copies(arm, tmp_path):
    """A ten-thousandth more toxin is better for the brachialis in nearly all copies, and says nothing."""
    more = changed(tmp_path, ("brachialis, side: left, dose: 50 U", "brachialis, side: left, dose: 50.005 U"))
    document = endplate.compare(arm, more, **FEW).to_dict()
    ((a, b, found),) = compared.pairs(document)
    outcomes = {row["outcome"]: row for row in document["outcomes"]}
    force = found["force:brachialis:left"]
    assert force["goal"]["differs"] > 0.9 and force["goal"]["p_better"] < 0.1
    for name, row in found.items():
        assert compared.probability(outcomes[name], row) in (compared.NO_DIFFERENCE, compared.TOO_SMALL)
        assert not compared.drawn(outcomes[name], row)
    assert all("%" not in sentence for sentence in compared.ranking(document, a, b, found))


def test_a_difference_that_shows_is_a_share_of_copies(forth):
    ((a, b, found),) = compared.pairs(forth.document)
    outcomes = {row["outcome"]: row for row in forth.document["outcomes"]}
    name = "force:flexor_carpi_radialis:left"
    assert compared.probability(outcomes[name], found[name]).endswith("%")
    assert compared.drawn(outcomes[name], found[name])
    assert any(
        "of copies; the difference is" in text for text in compared.ranking(forth.document, a, b, found)
    )


def test_more_units_to_the_elbow_and_fewer_to_the_wrist_do_what_they_say(forth):
    """Plan B gives the elbow more and the wrist less: in the same copies nearly all agree on the sign."""
    found = rows(forth)
    assert found["scale_change:elbow:left:extension"]["goal"]["p_better"] < 0.1
    assert found["scale_change:wrist:left:extension"]["goal"]["p_better"] > 0.9
    assert found["force:biceps_brachii:left"]["goal"]["median"] > 0
    assert found["force:flexor_carpi_radialis:left"]["goal"]["median"] < 0


def test_differences_are_drawn_copy_by_copy_from_simulate(arm, elbow, forth):
    """The same seed gives every plan the copies that `simulate` gives it alone."""
    runs = [endplate.simulate(case, **FEW) for case in (arm, elbow)]
    place = ("elbow", "left", "extension")
    alone = (runs[0].scale_change[place] - runs[1].scale_change[place])[:, ::7]
    name = ":".join(("scale_change", *place))
    assert forth.differences["A", "B", name] == pytest.approx(alone, abs=1e-9)


def test_what_is_compared(forth):
    outcomes = {row["outcome"]: row for row in forth.document["outcomes"]}
    assert outcomes["strength:wrist:left:extension"]["better"] == "higher"
    assert outcomes["scale_change:wrist:left:extension"]["better"] == "lower"
    assert outcomes["force:brachialis:left"]["better"] == "lower"
    assert outcomes["unwanted_weakness"]["better"] == "lower"
    others = [row for row in outcomes.values() if row["kind"] == "force" and row["better"] == "higher"]
    assert {row["place"][0] for row in others} >= {"palmaris_longus", "pronator_teres"}
    shown = {name: row["shown"] for name, row in outcomes.items()}
    assert shown["r1_deg:elbow:left:extension"] and not shown["r1_deg:wrist:left:extension"]
    for row in forth.document["differences"]:
        assert row["t_d"] == list(range(0, 57, 7))
        assert len(row["median"]) == len(row["p_better"]) == 9
    assert forth.document["goal_weeks"] == [4, 8]


def test_a_muscle_injected_by_one_plan_alone_counts_as_unwanted_in_the_other(arm, tmp_path):
    line = "    - {muscle: brachialis, side: left, dose: 50 U, sites: 2}\n"
    without = changed(tmp_path, (line, ""))
    plans = endplate.compare(arm, without, **FEW).document["plans"]
    weak = [next(r for r in p["outcomes"] if r["outcome"] == "unwanted_weakness") for p in plans]
    forces = [next(r for r in p["outcomes"] if r["outcome"] == "force:brachialis:left") for p in plans]
    assert forces[0]["median"][4] < forces[1]["median"][4] < 1
    assert weak[1]["goal"]["p95"] >= 1 - forces[1]["goal"]["p05"] - 1e-3


def test_the_same_seed_gives_the_same_bytes(arm, elbow):
    few = {"draws": 4, "horizon_d": 21}
    told = [endplate.compare(arm, elbow, seed=seed, **few).to_json() for seed in (2, 2, 3)]
    assert told[0] == told[1] != told[2]


def test_tables_hold_every_pair_outcome_and_week(forth, extra):
    extra("polars", "tables"), extra("xarray", "tables")
    document = forth.document
    table = forth.to_polars()
    assert table.height == len(document["differences"]) * len(document["t_d"])
    assert (
        table.filter(outcome="unwanted_weakness")["p_better"].to_list()
        == (rows(forth)["unwanted_weakness"]["p_better"])
    )
    data = forth.to_xarray()
    held = data["difference"].sel(pair="A minus B", outcome="unwanted_weakness").values
    assert np.array_equal(held, forth.differences["A", "B", "unwanted_weakness"])


# ---- who may be compared -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("age: 58 y", "age: 59 y", "patient.age"),
        ("months_since_onset: 14", "months_since_onset: 15", "patient.months_since_onset"),
        ('value: "2"}', 'value: "3"}', "assessment[1].value"),
        ("r1: 60 deg", "r1: 50 deg", "assessment[0].tardieu.r1"),
    ],
)
def test_another_person_is_refused_by_the_first_field_that_differs(arm, tmp_path, old, new, field):
    other = changed(tmp_path, (old, new))
    with pytest.raises(InputError, match="not of the same person") as refused:
        endplate.compare(arm, arm, other)
    assert refused.value.field == f"cases[2].{field}"
    assert f": {field} is" in refused.value.message and "plan C" in refused.value.message


def test_the_first_difference_of_two_documents():
    assert first_difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}) is None
    assert first_difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == ("a[1].b", 2, 3)
    assert first_difference({"a": [1]}, {"a": [1, 2]}) == ("a[1]", None, 2)


@pytest.mark.parametrize("count", [0, 1, 27])
def test_two_to_26_plans_are_compared(arm, count):
    with pytest.raises(InputError) as refused:
        endplate.compare(*[arm] * count)
    assert refused.value.rule == "plans"


def test_every_case_needs_a_plan_and_a_case_is_no_path(arm):
    with pytest.raises(InputError) as refused:
        endplate.compare(arm, arm.model_copy(update={"plan": None}))
    assert (refused.value.rule, refused.value.field) == ("plan_required", "cases[1].plan")
    with pytest.raises(InputError) as refused:
        endplate.compare(arm, "case.yaml")
    assert refused.value.rule == "case_required"


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"horizon_d": 0}])
def test_at_least_one_draw_and_one_day(arm, elbow, wrong):
    with pytest.raises(InputError) as refused:
        endplate.compare(arm, elbow, **wrong)
    assert refused.value.field == next(iter(wrong))


# ---- two products --------------------------------------------------------------------------------


def test_two_products_inside_their_labels_are_shown_side_by_side_and_not_ranked(arm, elbow, tmp_path):
    other = changed(tmp_path, ("onabotulinumtoxinA", "incobotulinumtoxinA"))
    result = endplate.compare(arm, other, elbow, draws=8, horizon_d=42)
    document = result.document
    assert document["indirect"] is True
    assert document["wording"]["indirect"] == INDIRECT and "indirect comparison" in INDIRECT.lower()
    assert {row["indirect"] for row in document["differences"] if "B" in (row["a"], row["b"])} == {True}
    for row in document["differences"]:
        if row["indirect"]:
            assert row["median"] is row["p_better"] is row["goal"] is None
        else:
            assert (row["a"], row["b"]) == ("A", "C")
    assert {key[:2] for key in result.differences} == {("A", "C")}
    assert all((row["a"], row["b"]) == ("A", "C") for row in document["flips"])
    assert [plan["product"] for plan in document["plans"]] == [
        "onabotulinumtoxinA",
        "incobotulinumtoxinA",
        "onabotulinumtoxinA",
    ]
    json.loads(result.to_json())


def test_two_products_alone_turn_nothing(arm, tmp_path):
    other = changed(tmp_path, ("onabotulinumtoxinA", "incobotulinumtoxinA"))
    result = endplate.compare(arm, other, draws=4, horizon_d=28)
    assert result.document["flips"] == [] and result.differences == {}


@pytest.mark.parametrize(
    "broken",
    [
        ("biceps_brachii, side: left, dose: 100 U", "biceps_brachii, side: left, dose: 350 U"),
        ("indication: spasticity", "indication: cervical_dystonia"),
        ("date: 2026-11-22", "date: 2009-11-22"),
    ],
)
def test_two_products_are_refused_where_a_plan_leaves_its_own_label(arm, tmp_path, broken):
    dates = [("date: 2026-11-20", "date: 2009-11-20")] if "2009" in broken[1] else []
    other = changed(tmp_path, ("onabotulinumtoxinA", "incobotulinumtoxinA"), broken, *dates)
    first = changed(tmp_path, *dates) if dates else arm
    with pytest.raises(InputError, match="only when each plan lies inside its own label") as refused:
        endplate.compare(first, other)
    assert refused.value.rule == "indirect_comparison"


def test_one_product_is_compared_off_the_label_too(arm, tmp_path):
    over = ("biceps_brachii, side: left, dose: 100 U", "biceps_brachii, side: left, dose: 350 U")
    result = endplate.compare(arm, changed(tmp_path, over), draws=4, horizon_d=28)
    assert [plan["critical"] > 0 for plan in result.document["plans"]] == [False, True]
    assert result.document["indirect"] is False


# ---- what turns the ranking ----------------------------------------------------------------------

FORCE = muscle_reading("force", ("soleus", "left"), wanted=True)
WEEKS = weeks_to(84)


def plan(levels):
    """A plan whose force is one level per copy, in every week."""
    held = np.repeat(np.array(levels)[:, None], len(WEEKS.t_d), axis=1)
    return PlanCourses({FORCE.name: held}, np.ones_like(held), frozenset())


def test_a_record_turns_the_ranking_where_the_sign_of_the_difference_turns():
    moved = ("terminal.potency_person", "spread.bolus_length", "spread.bolus_margin")
    one = plan([0.5, 0.5, 0.5, 0.5, 0.7, 0.5, 0.6])
    other = plan([0.6, 0.7, 0.6, 0.6, 0.6, 0.6, 0.6])  # in the middle the first is lower
    found = record_flips(FORCE, one, other, moved, WEEKS)
    assert [row["parameter"] for row in found] == ["spread.bolus_length"]
    assert found[0]["median"] == -0.1 and (found[0]["low"], found[0]["high"]) == (-0.1, 0.1)
    assert found[0]["basis"] == "measured_human"


def test_one_site_or_four_hangs_on_how_far_apart_sites_come_to_lie(arm, tmp_path):
    """Four sites weaken the biceps more than a few more units in one, unless they leave the endplate zone."""
    four = "{muscle: biceps_brachii, side: left, dose: 100 U, sites: 4}"
    one = four.replace("100 U, sites: 4", "112 U, sites: 1")
    result = endplate.compare(arm, changed(tmp_path, (four, one)), draws=8, horizon_d=28)
    rows = [row for row in result.document["flips"] if row["outcome"] == "force:biceps_brachii:left"]
    (spacing,) = [row for row in rows if row.get("parameter") == "spread.site_spacing"]
    assert spacing["median"] < 0 and max(spacing["low"], spacing["high"]) > 0


def test_no_difference_in_the_middle_has_no_ranking_to_turn():
    one, other = plan([0.5, 0.4, 0.6]), plan([0.5, 0.5, 0.5])
    assert record_flips(FORCE, one, other, ("terminal.potency_person",), WEEKS) == []


def test_a_variant_turns_the_ranking_where_the_sign_of_the_median_turns():
    usual = np.array([-0.3, -0.1, 0.2])
    told = variant_flips(usual, {"same": usual, "other": -usual, "level": 0 * usual})
    assert told == [{"variant": "other", "median": -0.1, "with": 0.1}]


@pytest.mark.parametrize(
    ("horizon_d", "goal", "end_d"),
    [(182, (4, 12), 84), (84, (4, 12), 84), (60, (4, 8), 56), (20, (2, 2), 14), (3, (0, 0), 1)],
)
def test_goal_weeks_lie_before_the_horizon(horizon_d, goal, end_d):
    assert weeks_to(horizon_d).goal_wk == goal
    assert goal_end_d(horizon_d) == end_d


def test_plans_tell_sites_and_volumes_that_add_up(forth):
    for plan, case in zip(forth.document["plans"], forth.document["inputs"], strict=True):
        assert sum(shot["sites"] for shot in plan["injections"]) == sum(
            row.get("sites") or 1 for row in case["plan"]["injections"]
        )
        for shot in plan["injections"]:
            assert shot["volume_mL"] == pytest.approx(shot["dose_U"] / 50)  # 50 U/mL
        assert set(plan["notes"]) <= set(forth.document["warnings"])


@pytest.mark.parametrize("plans", [2, 3])
def test_progress_goes_forward_and_is_whole_only_at_the_end(arm, elbow, plans):
    """As simulated, record by record, and every variant of biology, each plan in each."""
    told = []
    endplate.compare(*(arm, elbow, arm)[:plans], draws=4, horizon_d=28, progress=told.append)
    assert all(early <= late for early, late in pairwise(told))
    assert told[-1] == 1 and all(share < 1 for share in told[:-1])
