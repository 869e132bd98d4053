"""What a score of the trainer rewards, and the proof that it teaches the right thing."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.questions.train import shipped
from endplate.questions.training import score
from endplate.questions.training.reference import book_needles, held_ranges, least_doses

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import validate_training as proof
from trainings import FCR, PLACING, STEADY, as_rows, book, needle, played, points


def test_the_score_falls_along_the_belly_away_from_the_zone():
    """The same depth and dose, farther and farther distal of the endplate zone."""
    training, start = shipped()[FCR], book_needles(shipped()[FCR])[0]
    zone = [
        points(played(training, needle(at=start.at + step, angle_deg=350, depth_mm=8, dose="25 U")))
        for step in (0, 0.08, 0.16, 0.24)
    ]
    falls = [row["endplate_zone"] for row in zone]
    assert falls == sorted(falls, reverse=True) and falls[-1] < falls[0] / 2


def test_units_beside_cost_points_and_limits_cost_the_attempt():
    training = shipped()[FCR]
    own = book(FCR)
    beside = played(training, needle(at=0.3, angle_deg=300, depth_mm=12, dose="12.5 U"))
    assert points(beside)["on_target"] < points(own)["on_target"] / 2
    assert points(beside)["neighbours"] < points(own)["neighbours"]
    at = as_rows(book_needles(training))[0]
    over = played(training, {**at, "dose": "60 U"})
    assert points(over)["limits_volume"] == 0 and not over["passed"]
    assert any(row["severity"] == "critical" for row in over["checks"])


@pytest.mark.parametrize("training", PLACING, ids=lambda each: each.training)
def test_doing_nothing_earns_nothing(training):
    """Without units, or with all of them outside the limb, parts that reward absence pay nothing either."""
    given = as_rows(book_needles(training))
    idle = [{**row, "dose": "0 U"} for row in given]
    beyond = [{**row, "depth_mm": 200.0} for row in given]
    for rows in (idle, beyond):
        found = played(training, *rows)
        assert found["score"] == 0 and not found["passed"]


def test_leaving_others_alone_counts_for_the_muscles_treated():
    """One muscle of four by the book: a quarter of what sparing the neighbours and the limits can give."""
    training = shipped()["fist_pattern"]
    first = as_rows(book_needles(training))[:1]
    found = played(training, *first)
    assert len(training.muscles) == 4
    assert points(found)["limits_volume"] == pytest.approx(10 / 4)
    assert points(found)["neighbours"] <= 20 / 4 + 0.05
    whys = {part["part"]: part["why"] for part in found["parts"]}
    assert "25 % of the muscles" in whys["limits_volume"]


def test_needles_alike_that_break_a_limit_are_told_of_once():
    training = shipped()["equinovarus_pattern"]
    alike = [needle(at=0.3, angle_deg=angle, depth_mm=12, dose="75 U") for angle in (160, 162, 164)]
    told = [row["message"] for row in played(training, *alike)["checks"]]
    assert told and len(told) == len(set(told))


def test_the_budget_is_a_limit():
    training = shipped()["fist_pattern"]
    rows = as_rows(book_needles(training))
    poor = training.model_copy(
        update={"task": training.task.model_copy(update={"budget": Quantity(50, "U")})}
    )
    found = played(poor, *rows)
    assert found["checks"][0]["rule"] == "budget" and not found["passed"]


def test_a_childs_limits_go_by_its_own_weight_and_no_adult_number_is_scaled():
    training = shipped()["child_elbow"]
    light = training.model_copy(
        update={"patient": training.patient.model_copy(update={"weight": Quantity(10, "kg")})}
    )
    rows = as_rows(book_needles(training))
    assert played(training, *rows)["passed"]
    assert points(played(light, *rows))["limits_volume"] == 0
    heavy = least_doses(training)
    for muscle, (units, _) in least_doses(light).items():
        assert units == pytest.approx(heavy[muscle][0] * 10 / 26)
    held = played(training, *rows)["held"]
    assert held and all(row["unit"] == "U/kg" for row in held)


@pytest.mark.parametrize("training", PLACING, ids=lambda each: each.training)
def test_gaming_one_part_does_not_pass(training):
    for name, needles in proof.gamed(training):
        found = played(training, *as_rows(needles))
        assert not found["passed"], name
        assert found["reasons"] and found["feedback"].startswith(found["reasons"][0]["why"]), name


@pytest.mark.parametrize("name", ["fcr_one_site", "child_elbow"])
def test_the_score_teaches_the_right_thing(name):
    """A small version of scripts/validate_training.py, with its criteria."""
    training = shipped()[name]
    rows = [proof.row_of(training, proof.run(training, needles)) for needles in proof.randomly(training, 80)]
    scores = [row.score for row in rows]
    for kind in ("distance_mm", "beside"):
        rank = stats.spearmanr([getattr(row, kind) for row in rows], scores).statistic
        assert rank <= proof.MOST_RANK_CORRELATION, kind
    experts = [proof.run(training, each).to_dict()["score"] for each in proof.expertly(training, 12)]
    blind = [proof.run(training, each).to_dict()["score"] for each in proof.anywhere(training, 30)]
    above = np.array(experts)[:, None] > np.array(blind)
    assert above.mean() >= proof.LEAST_RANKED


def test_the_held_proof_is_of_these_trainings_and_meets_its_criteria():
    held = json.loads((Path(__file__).parents[2] / "docs" / "data" / "training.json").read_text("utf-8"))
    assert all(held["verdicts"].values())
    assert set(held["trainings"]) == {each.training for each in STEADY}


def test_a_range_with_a_top_alone_is_a_dose_held(monkeypatch):
    """What is measured against is a dose of the label, not a budget that nobody gave."""
    training = shipped()[FCR]
    (row,) = held_ranges(training)
    monkeypatch.setattr(score, "held_ranges", lambda training: (replace(row, low_U=None),))
    assert score._measure(training) == "the least dose held"
    monkeypatch.setattr(score, "held_ranges", lambda training: (replace(row, low_U=None, high_U=None),))
    assert score._measure(training) == "the budget"
