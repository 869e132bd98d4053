"""The trainer: needles in the limb, what fails an attempt, what stays the same, and what a file may hold."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from trainings import FCR, PASS_MARK, PLACING, STEADY, as_rows, book, changed, needle, on, played, points

import endplate
from endplate.case import Answer, Needle, load_training
from endplate.case.loader import from_document
from endplate.case.training import START, Training
from endplate.errors import InputError
from endplate.knowledge.evidence import value
from endplate.questions.train import attempt, shipped, training_of
from endplate.questions.training.briefing import briefing
from endplate.questions.training.field import field_at
from endplate.questions.training.limb import limb_for
from endplate.questions.training.limits import findings_of
from endplate.questions.training.needles import crosses, distance_mm, place
from endplate.questions.training.reference import book_needles, by_the_book
from endplate.simulation.anatomy import load_part


def test_the_shipped_trainings_hold_every_level_both_limbs_and_both_sides():
    rows = shipped().values()
    assert len(rows) >= 12
    assert {each.level for each in rows} == {1, 2, 3, 4, 5, 6}
    assert {each.show.side for each in rows} == {"left", "right"}
    arm, leg = {"forearm", "upper_arm"}, {"leg"}
    assert {each.show.segment for each in rows} & arm and {each.show.segment for each in rows} & leg
    assert all(path.stem == load_training(path).training for path in _files())


def _files():
    return sorted((Path(endplate.__file__).parent / "questions" / "training" / "data").glob("*.yaml"))


@pytest.mark.parametrize("training", PLACING, ids=lambda each: each.training)
def test_the_section_starts_in_the_middle_and_tells_nothing_of_the_zone(training):
    """By rule: no shipped file names the place, and two tasks in one segment start alike."""
    assert "at" not in training.show.model_fields_set
    assert briefing(training)["at"] == START == 0.5
    own = training.model_dump(mode="json", exclude_none=True)
    own["show"]["at"] = 0.2
    assert briefing(Training.model_validate(own))["at"] == 0.2


def test_a_line_through_a_disc_crosses_it_and_one_beside_does_not():
    assert distance_mm((0, 0), (-5, 3), (5, 3)) == pytest.approx(3)
    assert distance_mm((9, 3), (-5, 3), (5, 3)) == pytest.approx(4)  # beyond the tip counts from the tip
    assert distance_mm((1, 1), (0, 0), (0, 0)) == pytest.approx(math.sqrt(2))
    shown = limb_for(shipped()[FCR])
    nerve = next(row for row in shown.structures if row.name == "median nerve")
    radius = shown.radius_mm(0.3)
    angle = math.radians(nerve.angle_deg)
    entry = (radius * math.cos(angle), radius * math.sin(angle))
    middle = (entry[0] * nerve.radius, entry[1] * nerve.radius)
    short = tuple(m + (e - m) / radius * (nerve.size_mm * 2) for m, e in zip(middle, entry, strict=True))
    assert crosses(shown, nerve, 0.3, entry, middle)
    assert not crosses(shown, nerve, 0.3, entry, short)  # stops short of it
    assert not crosses(shown, nerve, nerve.end + 0.01, entry, middle)  # the nerve does not reach that level


@pytest.mark.parametrize("tilt", [-40, 0, 25])
def test_the_tip_lies_its_depth_from_the_entry_in_the_plane_of_the_section(tilt):
    training = shipped()[FCR]
    shown = limb_for(training)
    given = from_document(Answer, {"needles": [needle(angle_deg=30, depth_mm=12, tilt_deg=tilt)]}).needles
    found = place(training, shown, given)[0]
    (z0, x0, y0), (z1, x1, y1) = found.entry_mm, found.tip_mm
    assert z0 == z1 == pytest.approx(0.3 * shown.length_mm)
    assert math.hypot(x1 - x0, y1 - y0) == pytest.approx(12)
    assert math.hypot(x0, y0) == pytest.approx(shown.radius_mm(0.3))
    way = math.degrees(math.atan2(y0 - y1, x0 - x1))
    assert way == pytest.approx(30 + tilt)


def test_a_needle_ends_in_muscle_bone_skin_or_beyond_the_limb():
    training = shipped()["biceps_one_site"]
    found = [
        played(training, needle(at=0.5, angle_deg=angle, depth_mm=depth))["needles"][0]["where"]
        for angle, depth in ((0, 12), (270, 30), (0, 0), (0, 190))
    ]
    assert found == ["muscle", "bone", "skin", "outside"]


@pytest.mark.parametrize("training", STEADY, ids=lambda each: each.training)
def test_a_placement_by_the_book_passes_and_its_parts_are_a_hundred(training):
    found = book(training.training)
    assert found["passed"] and found["failed"] == [] and found["score"] >= 95
    assert sum(part["of"] for part in found["parts"]) == 100
    held = sum(row["held_U"] for row in found["muscles"])
    given = sum(row["dose_U"] for row in found["needles"])
    assert held == pytest.approx(given, rel=0.01)  # a trace in a muscle that is not told is all that lacks
    assert all(row["held"] for row in [found])


def test_a_structure_crossed_fails_whatever_the_points():
    training = shipped()[FCR]
    shown = limb_for(training)
    tip = book_needles(training)[0]
    artery = next(row for row in shown.structures if row.name == "radial artery")
    radius = shown.radius_mm(tip.at)
    angle = math.radians(tip.angle_deg)
    end = np.array([math.cos(angle), math.sin(angle)]) * (radius - tip.depth_mm)
    other = math.radians(artery.angle_deg)
    through = np.array([math.cos(other), math.sin(other)]) * radius * artery.radius
    way = (through - end) / np.linalg.norm(through - end)
    reach = -end @ way + math.sqrt((end @ way) ** 2 + radius**2 - end @ end)
    entry = end + way * reach
    around = math.degrees(math.atan2(entry[1], entry[0]))
    tilt = math.degrees(math.atan2(way[1], way[0])) - around
    found = played(
        training, needle(at=tip.at, angle_deg=around, tilt_deg=tilt, depth_mm=reach, dose="12.5 U")
    )
    assert found["score"] >= PASS_MARK and not found["passed"]
    row = found["failed"][0]
    assert row["structure"] == "radial artery" and row["source"]["citation"] and row["needle"] == 1
    assert "radial artery" in found["feedback"]


def test_a_structure_that_no_source_places_is_told_and_not_judged(monkeypatch):
    from endplate.questions.training import needles

    monkeypatch.setattr(needles, "UNPLACED", ("recalled",))
    found = played(shipped()[FCR], needle(angle_deg=40, depth_mm=40))
    assert found["failed"] == [] and found["needles"][0]["unjudged"] == ["median nerve"]
    assert "no source gives" in found["feedback"]


@pytest.mark.parametrize("name", ["fcr_one_site", "elbow_pattern", "equinovarus_pattern"])
def test_a_left_and_a_right_limb_score_the_same(name):
    rows = as_rows(book_needles(shipped()[name]))
    left, right = (played(on(name, side), *rows) for side in ("left", "right"))
    assert points(left) == points(right)
    assert left["needles"] == right["needles"]


def test_the_same_answer_gives_the_same_result_and_a_seed_the_same_error():
    training = shipped()["blind_fingers"]
    rows = as_rows(book_needles(training))
    first, again = (json.dumps(played(training, *rows)) for _ in range(2))
    assert first == again
    tip = [played(changed("blind_fingers", seed=seed), *rows)["needles"][0]["tip_mm"] for seed in (1, 2)]
    assert tip[0] != tip[1]
    aimed = place(training, limb_for(training), book_needles(training))[0]
    assert list(aimed.tip_mm) != json.loads(first)["needles"][0]["tip_mm"]


def test_the_hand_errs_anew_at_every_attempt_and_alike_for_a_class():
    """Level 4: what a learner saw of one attempt tells nothing of the next; the limb stays."""
    training = shipped()["blind_fingers"]
    aimed = place(training, limb_for(training), book_needles(training))
    mm = np.array([each.tip_mm for each in aimed])

    def off(number, own=training):
        found = place(own, limb_for(own), book_needles(own), number)
        return np.array([each.tip_mm for each in found]) - mm

    errors = [off(number) for number in range(1, 41)]
    assert np.array_equal(errors[2], off(3, training.model_copy()))
    assert len({error.tobytes() for error in errors}) == len(errors)
    along = np.array([error[:, 0] for error in errors])
    pairs = stats.pearsonr(along[:-1].ravel(), along[1:].ravel())
    assert pairs.pvalue > 0.01  # one attempt does not foretell the next
    assert along.std() == pytest.approx(value("needle.along_sd"), rel=0.3)
    assert limb_for(training) is limb_for(training)


@pytest.mark.parametrize("name", [FCR, "fist_pattern"])
def test_a_hand_that_is_guided_by_sight_errs_at_no_attempt(name):
    training = shipped()[name]
    rows = as_rows(book_needles(training))
    first, second = (attempt(training, {"needles": rows}, number).to_dict() for number in (1, 2))
    assert first["needles"] == second["needles"] and first["score"] == second["score"]
    assert (first["attempt"], second["attempt"]) == (1, 2)


def test_the_field_of_the_reveal_is_highest_at_the_tip_and_goes_with_the_dose():
    training = shipped()[FCR]
    shown, given = limb_for(training), book_needles(training)
    once = place(training, shown, given)
    field = field_at(training, shown, once, once[0].at)
    x, y = (
        np.argmax(field.max(axis=1 - axis)) * shown.limb.spacing_mm + shown.limb.origin_mm[1 + axis]
        for axis in (0, 1)
    )
    assert math.hypot(x - once[0].tip_mm[1], y - once[0].tip_mm[2]) <= 2 * shown.limb.spacing_mm
    twice = place(training, shown, [given[0], given[0]])
    assert field_at(training, shown, twice, once[0].at) == pytest.approx(2 * field)


def test_the_field_agrees_with_what_the_endplates_get():
    """At its endplates the field is what the muscle's exposure was worked out from (same closed form)."""
    from endplate.physiology.spread import Tips, deposit, exposure_at
    from endplate.simulation.injection import person_of
    from endplate.simulation.parameters import OneAtATime

    part, person = load_part("forearm"), person_of((), 75.0, OneAtATime(()))
    muscle = part.muscles.index("flexor_carpi_radialis")
    scale = float(person.scale[0])
    tip = part.geometry.centre_mm[muscle, 8] * scale
    aimed = np.ones(len(part.muscles), dtype=bool)
    tips = Tips(tip[None, None], np.array([[muscle]]))
    shift = np.zeros((1, len(part.muscles)))
    left = deposit(person.spread, part.geometry, person.scale, shift, aimed, tips, 20.0, 0.4)
    plates = part.geometry.zones_mm[muscle] * scale
    owners = np.full(len(plates), muscle)
    field = exposure_at(person.spread, part.geometry, scale, (tip, muscle), 20.0, 0.4, (plates, owners))
    assert field == pytest.approx(left.exposure_U_h_per_mL[0, muscle], rel=1e-6, abs=1e-6)


def test_units_that_reach_no_muscle_count_as_given():
    found = played(shipped()[FCR], needle(depth_mm=0))
    assert found["needles"][0]["where"] == "skin" and points(found)["on_target"] == 0
    assert not found["passed"] and "did not pass the skin" in found["feedback"]
    training = shipped()[FCR]
    lost = place(training, limb_for(training), [Needle.model_validate(needle(depth_mm=0, dose="999 U"))])
    assert any(row.severity == "critical" for row in findings_of(training, limb_for(training), lost))


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"needles": []}, "needles"),
        ({"needles": [needle(), needle()]}, "needles"),
        ({"needles": [needle(at=2)]}, "needles[0].at"),
        ({"needles": [needle(dose="20 mg")]}, "needles[0].dose"),
        ({"needles": [needle(deep=2)]}, "needles[0].deep"),
        ({"nadel": 1}, "nadel"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_with_its_field(answer, field):
    with pytest.raises(InputError) as told:
        attempt(shipped()[FCR], answer)
    assert told.value.field == field


TEXT = """endplate: 1
training: own
title: An instructor's own
level: {level}
patient: {{code: x, age: {age} y, weight: 70 kg}}
assessment:
  - {{date: 2026-10-01, joint: elbow, side: right, movement: extension, scale: modified_ashworth, value: "3"}}
plan:
  {{date: 2026-10-05, jurisdiction: US, product: onabotulinumtoxinA, indication: spasticity,
    dilution: 50 U/mL}}
show: {{segment: {segment}, side: right}}
task: {task}
"""


@pytest.mark.parametrize(
    ("keys", "rule", "line"),
    [
        ({"level": 5}, "training_level", 5),
        ({"level": 3}, "training_level", 12),
        ({"level": 6}, "training_level", 12),
        ({"segment": "nose"}, "unknown_segment", 11),
        ({"segment": "leg"}, "training_segment", 12),
        ({"task": "{muscels: [biceps_brachii]}"}, "unknown_key", 12),
        ({"level": 9}, "less_than_equal", 4),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path, keys, rule, line):
    held = {"level": 2, "age": 50, "segment": "upper_arm", "task": "{muscles: [biceps_brachii]}"} | keys
    path = tmp_path / "own.yaml"
    path.write_text(TEXT.format(**held), encoding="utf-8")
    with pytest.raises(InputError) as told:
        training_of(str(path))
    assert (told.value.rule, told.value.line) == (rule, line)


def test_an_instructors_file_plays_as_a_shipped_one(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        TEXT.format(level=2, age=50, segment="upper_arm", task="{muscles: [biceps_brachii]}"), "utf-8"
    )
    found = played(training_of(str(path)), needle(at=0.6, depth_mm=12, dose="50 U"))
    assert found["training"] == "own" and found["score"] > PASS_MARK
    assert by_the_book(training_of(str(path))).gain > 0
    with pytest.raises(InputError):
        training_of("no_such_training")
