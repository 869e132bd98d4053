"""What keeps an attempt from passing, in which order it is told, and what is said of needles and doses."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

from endplate.app.trained import attempted
from endplate.case.training import Training
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary.words import MUSCLES
from endplate.outputs.language import speaking
from endplate.questions.train import attempt, shipped
from endplate.questions.training import needles as needle_stage
from endplate.questions.training.limb import limb_for
from endplate.questions.training.needles import place
from endplate.questions.training.reference import book_needles, by_the_book

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import validate_training as proof

PLACING = [each for each in shipped().values() if 2 <= each.level <= 5]
SEVERAL = [each for each in PLACING if len(each.muscles) > 1]


@cache
def rows(name):
    return [each.model_dump(mode="json") for each in book_needles(shipped()[name])]


def played(training, needles):
    return attempt(training, {"needles": list(needles)}).to_dict()


def kinds(found):
    return [row["kind"] for row in found["reasons"]]


def without(name, muscle):
    training = shipped()[name]
    placed = place(training, limb_for(training), book_needles(training))
    return [row for row, each in zip(rows(name), placed, strict=True) if each.muscle != muscle]


def times(name, factor):
    units = [float(row["dose"].split()[0]) * factor for row in rows(name)]
    return [{**row, "dose": f"{dose:g} U"} for row, dose in zip(rows(name), units, strict=True)]


@pytest.mark.parametrize("training", SEVERAL, ids=lambda each: each.training)
def test_a_muscle_left_untreated_fails_and_is_named_first(training):
    for muscle in training.muscles:
        found = played(training, without(training.training, muscle))
        assert not found["passed"] and kinds(found)[0] == "untreated"
        assert found["feedback"].startswith(MUSCLES[muscle].name)
        assert "was not treated" in found["feedback"] or "got nothing" in found["feedback"]


def test_the_games_leave_every_muscle_out_and_give_a_quarter():
    for training in SEVERAL:
        names = {name for name, _ in proof.gamed(training)}
        assert {f"all but {muscle}" for muscle in training.muscles} <= names
    assert all(any("a quarter" in name for name, _ in proof.gamed(each)) for each in PLACING)


@pytest.mark.parametrize("training", PLACING, ids=lambda each: each.training)
def test_a_quarter_and_half_of_the_least_dose_do_not_pass_and_the_reason_says_so(training):
    for factor in (0.25, 0.5):
        found = played(training, times(training.training, factor))
        assert not found["passed"] and {"low_dose", "untreated"} & set(kinds(found))
        whys = " ".join(row["why"] for row in found["reasons"])
        assert "is under the range held, which starts at" in whys
        assert any("of the low end of the range held" in row["text"] for row in found["corrections"])


def test_points_for_limits_fall_with_a_dose_under_its_range_and_are_whole_in_it():
    name, low = "biceps_one_site", value("training.least_dose")
    shares = (1, 0.9, 0.75, 0.6, low)
    points = [played(shipped()[name], times(name, share))["parts"][3]["points"] for share in shares]
    assert points[0] == 10 and points == sorted(points, reverse=True) and points[-1] == 0
    assert points[2] == pytest.approx(10 * (0.75 - low) / (1 - low), abs=0.06)


def test_a_dose_far_over_every_limit_is_told_by_its_limit_first():
    """Doses that paralyse the muscle altogether: the limit comes before the neighbours that lost more."""
    for training in PLACING:
        found = played(training, times(training.training, 20))
        assert kinds(found)[0] == "limit" and not found["passed"]
        assert found["feedback"].startswith(found["reasons"][0]["why"])


@pytest.mark.parametrize(
    ("name", "patient", "rule"),
    [
        ("child_elbow", {"weighed_on": None}, "child_weight"),
        ("elbow_pattern", {"age": None}, "age"),
        ("elbow_pattern", {"cautions": ("infection_at_site",)}, "contraindication"),
    ],
)
def test_whatever_check_finds_critical_fails_and_is_told(name, patient, rule):
    own = shipped()[name]
    ill = own.model_copy(update={"patient": own.patient.model_copy(update=patient)})
    found = attempt(ill, {"needles": rows(name)}).to_dict()
    told = [row for row in found["checks"] if row["severity"] == "critical"]
    assert not found["passed"] and any(rule in row["rule"] for row in told), told
    assert {row["message"] for row in told} <= {row["why"] for row in found["reasons"]}


def test_a_part_under_its_least_share_is_told_with_the_points_needed():
    found = played(shipped()["biceps_one_site"], [{**rows("biceps_one_site")[0], "at": 0.35, "depth_mm": 12}])
    assert "part" in kinds(found) and not found["passed"]
    row = next(row for row in found["reasons"] if row["kind"] == "part")
    assert "points, and 5 are needed." in row["why"]
    assert found["marks"] == {
        "points": value("training.pass_mark"),
        "share": value("training.least_share"),
    }


def test_reasons_are_empty_where_an_attempt_passes_and_only_there():
    for training in PLACING:
        found = played(training, rows(training.training))
        assert found["passed"] == (not found["reasons"])


def test_more_than_the_least_dose_is_compared_with_the_least_dose_by_name():
    found = played(shipped()["biceps_one_site"], times("biceps_one_site", 1.9))
    whys = {part["part"]: part["why"] for part in found["parts"]}
    assert "the least dose held in the zone gives" in whys["endplate_zone"]
    assert "can give" not in " ".join(whys.values())


def test_no_zero_has_a_sign():
    idle = played(shipped()["fcr_one_site"], [{**rows("fcr_one_site")[0], "dose": "0 U"}])
    assert "-0" not in " ".join(part["why"] for part in idle["parts"])


def test_a_recalled_place_is_said_where_it_fails():
    found = played(shipped()["fcr_one_site"], [{**rows("fcr_one_site")[0], "angle_deg": 40, "depth_mm": 40}])
    assert kinds(found)[0] == "structure" and found["failed"][0]["basis"] == "recalled"
    assert "recalled, not read" in found["feedback"]


def test_needles_that_lie_together_are_one_site():
    """A dose split over needles on one spot meets the limit of a site as one needle does."""
    training = shipped()["biceps_one_site"]
    many = training.model_copy(update={"task": training.task.model_copy(update={"needles": 8})})
    row = {**rows("biceps_one_site")[0], "dose": "800 U"}
    split = [{**row, "dose": "100 U", "at": row["at"] + 0.001 * k} for k in range(8)]
    one, several = ({r["rule"] for r in played(many, given)["checks"]} for given in ([row], split))
    assert "site_dose" in one or "site_volume" in one
    assert one & {"site_dose", "site_volume"} == several & {"site_dose", "site_volume"}
    apart = [{**row, "dose": "100 U", "at": 0.4 + 0.06 * k} for k in range(8)]
    assert not {r["rule"] for r in played(many, apart)["checks"]} & {"site_volume"}


def test_a_correction_tells_how_far_and_which_way_a_needle_lay():
    training = shipped()["biceps_one_site"]
    aim, length = rows("biceps_one_site")[0], limb_for(training).length_mm
    up, down = (played(training, [{**aim, "at": aim["at"] + step}])["corrections"] for step in (-0.2, 0.15))
    assert "proximal of the endplate zone of biceps brachii" in up[0]["text"]
    assert "distal of the endplate zone of biceps brachii" in down[-1]["text"]
    told = float(up[0]["text"].split(" about ")[1].split(" cm")[0])
    assert 0 < told <= 0.2 * length / 10  # never more than the needle was moved from within the zone
    assert played(training, [aim])["corrections"] == []


def test_a_childs_ranges_come_with_units_per_kg_of_what_was_given():
    training = shipped()["child_elbow"]
    held = played(training, rows("child_elbow"))["held"]
    mass = training.mass_kg
    for row in held:
        assert row["given_U_per_kg"] == pytest.approx(row["given_U"] / mass, abs=1e-3)
        assert row["min_U"] == pytest.approx(row["min"] * mass)
    half = played(training, times("child_elbow", 0.5))["corrections"]
    assert any("U/kg)" in row["text"] for row in half)


def test_every_reason_and_correction_is_told_in_spanish():
    with speaking("es"):
        for name, factor in (("child_elbow", 0.5), ("elbow_pattern", 0.25), ("fcr_one_site", 20)):
            found = attempted(shipped()[name], {"needles": times(name, factor)}, drawings=False)
            english = attempt(shipped()[name], {"needles": times(name, factor)}).to_dict()
            pairs = zip(found["reasons"], english["reasons"], strict=True)
            assert all(one["why"] != other["why"] for one, other in pairs)
            pairs = zip(found["corrections"], english["corrections"], strict=True)
            assert all(one != other["text"] for one, other in pairs)
            assert found["feedback"] != english["feedback"]


def test_a_budget_that_stands_in_for_a_range_is_called_so():
    document = shipped()["elbow_pattern"].model_dump(mode="json")
    document["task"].update(muscles=["coracobrachialis", "biceps_brachii"], improve_by=None, budget="300 U")
    training = Training.model_validate(document)
    found = played(training, [{"at": 0.6, "angle_deg": 0, "depth_mm": 12, "dose": "200 U"}])
    zone = next(part for part in found["parts"] if part["part"] == "endplate_zone")
    assert "the budget in the zone gives" in zone["why"] and by_the_book(training).given_U > 0


def test_a_place_that_nothing_is_known_of_is_neither_judged_nor_a_reason(monkeypatch):
    monkeypatch.setattr(needle_stage, "UNPLACED", ("recalled",))
    found = played(shipped()["fcr_one_site"], [{**rows("fcr_one_site")[0], "angle_deg": 40, "depth_mm": 40}])
    assert "structure" not in kinds(found)
