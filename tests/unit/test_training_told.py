"""The trainer's levels without needles, and what a briefing tells."""

from __future__ import annotations

import json
import re

import pytest

from endplate.case.training import CAUSES
from endplate.errors import InputError
from endplate.knowledge.anatomy import body, load_structures
from endplate.outputs.language import catalog
from endplate.questions.train import attempt, shipped
from endplate.questions.training.briefing import briefing, sentences
from endplate.questions.training.causes import support_of, visits_of


def test_naming_gives_points_for_the_muscle_and_for_its_compartment():
    training = shipped()["name_forearm_volar"]
    asked = training.muscles[0]
    right = attempt(training, {"muscle": asked}).to_dict()
    assert right["score"] == 100 and right["passed"]
    near = attempt(training, {"muscle": "flexor_digitorum_profundus"}).to_dict()
    far = attempt(training, {"muscle": "extensor_digitorum_communis"}).to_dict()
    same = body("flexor_digitorum_profundus").compartment == body(asked).compartment
    assert near["score"] == (30 if same else 0) and far["score"] == 0 and not near["passed"]
    for wrong in ({"muscle": "soleus"}, {}, {"cause": "dose"}):
        with pytest.raises(InputError):
            attempt(training, wrong)


@pytest.mark.parametrize(
    "training", [each for each in shipped().values() if each.level == 6], ids=lambda each: each.training
)
def test_the_visits_speak_most_for_what_happened(training):
    support = support_of(training)
    assert set(support) == set(CAUSES) and sum(support.values()) == pytest.approx(1)
    assert next(iter(support)) == training.task.cause
    scores = {cause: attempt(training, {"cause": cause}).to_dict()["score"] for cause in CAUSES}
    assert scores[training.task.cause] == 100 == max(scores.values())
    assert all(score <= 30 for cause, score in scores.items() if cause != training.task.cause)
    assert visits_of(training) == visits_of(training.model_copy())
    other = training.model_copy(update={"seed": training.seed + 1})
    assert visits_of(other) != visits_of(training)


@pytest.mark.parametrize("training", shipped().values(), ids=lambda each: each.training)
def test_a_briefing_does_not_tell_the_solution_or_a_dose_to_give(training):
    told = briefing(training)
    assert "cause" not in told["task"] or training.level == 6
    text = json.dumps({**told, "task": {k: v for k, v in told["task"].items() if k != "causes"}}, default=str)
    if training.level == 1:
        del told["task"]["choices"]
        assert training.muscles[0] not in json.dumps(told, default=str)
    if training.level == 6:
        assert f'"{training.task.cause}"' not in text and "fixed" not in text
    if training.level in (2, 5):
        assert not re.search(r"\d U(?!/)", text)


def test_every_text_of_the_shipped_trainings_has_its_spanish():
    held = catalog("es").sentences
    for training in shipped().values():
        goals = [goal.text for goal in training.goals]
        for text in (training.title, *filter(None, [training.brief]), *goals):
            assert text in held, text
        for sentence in sentences(training):
            assert getattr(sentence, "text", sentence) in held, sentence
    assert [row.name for row in load_structures() if row.name not in held] == []
