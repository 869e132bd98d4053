"""An instructor's file is played, or refused in one sentence where no attempt could pass or fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from endplate.case.training import Task
from endplate.errors import InputError
from endplate.questions.train import attempt, shipped, training_of
from endplate.questions.training.playable import check_playable
from endplate.questions.training.reference import book_needles

HELD = {
    "endplate": 1,
    "training": "own",
    "title": "An instructor's own",
    "level": 2,
    "patient": {"code": "practice-90", "age": "50 y", "weight": "70 kg"},
    "assessment": [
        {
            "date": "2026-10-01",
            "joint": "elbow",
            "side": "right",
            "movement": "extension",
            "scale": "modified_ashworth",
            "value": "3",
        }
    ],
    "plan": {
        "date": "2026-10-05",
        "jurisdiction": "US",
        "product": "onabotulinumtoxinA",
        "indication": "spasticity",
        "dilution": "50 U/mL",
    },
    "show": {"segment": "upper_arm", "side": "right"},
    "task": {"muscles": ["biceps_brachii"], "needles": 4},
}
CHILD = {"code": "practice-91", "age": "8 y", "weight": "26 kg", "weighed_on": "2026-09-20"}


def written(path, **keys):
    held = {**HELD, **keys}
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump({key: value for key, value in held.items() if value is not None}, stream)
    return str(path)


def joint(**keys):
    return [{**HELD["assessment"][0], **keys}]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own.yaml"


def test_the_file_that_the_refusals_start_from_can_be_played(path):
    assert training_of(written(path)).training == "own"
    assert training_of(written(path, level=5, patient=CHILD)).level == 5


@pytest.mark.parametrize("training", shipped().values(), ids=lambda each: each.training)
def test_every_training_that_comes_along_can_be_played(training):
    check_playable(training)


@pytest.mark.parametrize(
    ("keys", "field", "words"),
    [
        ({"patient": {"code": "x-1"}}, "patient.age", "The age is not known"),
        ({"patient": {"code": "x-1", "age": "1 y", "weight": "10 kg"}}, "patient.age", "Under 2 years"),
        (
            {"patient": {"code": "x-1", "age": "1 y", "weight": "10 kg"}, "level": 5},
            "patient.age",
            "Under 2 years",
        ),
        ({"patient": {**CHILD, "weight": None}}, "patient.weight", "needs a weight"),
        (
            {"level": 5, "patient": {**CHILD, "weighed_on": None}},
            "patient.weighed_on",
            "weighed is not given",
        ),
        (
            {"level": 5, "patient": {**CHILD, "weighed_on": "2026-05-01"}},
            "patient.weighed_on",
            "more than 3 months",
        ),
        ({"assessment": joint(side="left")}, "assessment", "was examined on the right side"),
        ({"assessment": joint(joint="wrist")}, "assessment", "was examined on the right side"),
        ({"assessment": joint(value="0")}, "assessment", "has grade 0"),
        (
            {"level": 3, "task": {"muscles": ["biceps_brachii"], "budget": "0 U"}},
            "task.budget",
            "budget of 0 U",
        ),
        (
            {"level": 3, "task": {"muscles": ["biceps_brachii"], "budget": "20 U"}},
            "task.budget",
            "does not cover",
        ),
        ({"task": {"muscles": ["triceps_brachii"]}}, "assessment", "No joint that"),
        (
            {"assessment": joint(value="2"), "task": {"muscles": ["biceps_brachii"], "improve_by": 2.5}},
            "task.improve_by",
            "cannot improve by 2.5 grades from grade 2",
        ),
        (
            {
                "assessment": joint(joint="wrist"),
                "show": {"segment": "forearm", "side": "right"},
                "task": {"muscles": ["palmaris_longus"]},
            },
            "task",
            "No range is held for palmaris longus",
        ),
        ({"task": {"muscles": ["biceps_brachii", "brachialis"]}}, "task.needles", "cannot treat 2 muscles"),
        (
            {
                "level": 1,
                "task": {"muscles": ["biceps_brachii"]},
                "show": {"segment": "upper_arm", "side": "right", "at": 0.05},
            },
            "show.at",
            "is not cut",
        ),
    ],
)
def test_a_case_that_cannot_be_played_is_refused_with_its_field_and_line(path, keys, field, words):
    with pytest.raises(InputError) as told:
        training_of(written(path, **keys))
    assert told.value.field == field and words in told.value.message
    assert told.value.line and told.value.file == str(path) and told.value.remedy


def test_the_example_of_the_guide_can_be_played_and_passed(path):
    guide = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    path.write_text(guide.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    training = training_of(str(path))
    rows = [each.model_dump(mode="json") for each in book_needles(training)]
    assert training.level == 3 and attempt(training, {"needles": rows}).passed
    keys = set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE))
    assert keys == set(Task.model_fields)
