"""A trial that recruits: who the people are, how many go to each arm, and arms that go on by rule."""

from __future__ import annotations

import numpy as np
import pytest
from made_trials import load, made

from endplate.errors import InputError
from endplate.questions.trialling.chunk import Chunk, follow

CHILDREN = "recruit: {population: children_leg, age: [2 y, 12 y], gmfcs: [1, 2]}"
CALF = (
    "product: abobotulinumtoxinA, injections: [{muscle: soleus, dose: 6 U/kg, sites: 2, dilution: 100 U/mL}]"
)
ANKLE = "measure: scale_change, scale: modified_ashworth, joint: ankle, at: 4 wk"


def asked(tmp_path, recruit=CHILDREN, course="", n="n: 30", arms=None, more=""):
    arms = arms or f"  - {{arm: placebo}}\n  - {{arm: dose, ratio: 2, {CALF}{course}}}"
    return load(
        tmp_path,
        f"endplate: 1\ntrial: recruited\ntitle: Recruited\n{recruit}\n{n}\nvisits: [0 wk, 4 wk, 16 wk]\n"
        f"arms:\n{arms}\nendpoints:\n  - {{endpoint: change, {ANKLE}}}\n{more}replicates: 2\n",
    )


def people(trial, arm=1, who=(0, 12), worlds=(0, 2)):
    return follow(trial, Chunk(0, 0, arm, worlds, who), seed=1)


def test_people_are_shared_out_by_ratio_and_none_is_lost(tmp_path):
    assert [arm.n for arm in asked(tmp_path).arms] == [10, 20]
    assert [arm.n for arm in asked(tmp_path, n="n: 31").arms] == [10, 21]


def test_people_are_those_let_in(tmp_path):
    found = people(asked(tmp_path), who=(0, 40))
    assert np.all((found["age_y"] >= 2) & (found["age_y"] <= 12))
    assert set(found["gmfcs"].tolist()) <= {1, 2}
    assert np.corrcoef(found["age_y"], found["weight_kg"])[0, 1] > 0.5


def test_some_people_are_followed_as_among_all(tmp_path):
    """Classes of body mass are followed together, and that changes nobody's numbers before the joint."""
    trial = asked(tmp_path)
    whole, part = people(trial), people(trial, who=(4, 9), worlds=(1, 2))
    rows = (whole["replicate"] == 1) & (whole["person"] >= 4) & (whole["person"] < 9)
    for name in ("age_y", "weight_kg", "left_d", "change/baseline"):
        np.testing.assert_array_equal(whole[name][rows], part[name])


def test_a_course_by_rule_gives_more_than_one_session(tmp_path):
    again = ", course: {rule: interval, every: 12 wk, sessions: 2}"
    late = "  - {endpoint: late, measure: force_ratio, muscle: soleus, at: 16 wk}\n"
    once, twice = (people(asked(tmp_path, course=course, more=late))["late"] for course in ("", again))
    assert np.mean(twice) < np.mean(once)


def test_weakness_is_told_of_every_person(tmp_path):
    more = "  - {endpoint: weak, measure: adverse_fraction, event: muscle_weakness, at: 12 wk}\n"
    trial = asked(tmp_path, more=more)
    found = [people(trial, arm, who=(0, 60))["weak"] for arm in (0, 1)]
    assert all(set(column.tolist()) <= {0.0, 1.0} for column in found)
    assert found[1].mean() >= found[0].mean()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"recruit": "recruit: {population: nobody}"}, "unknown_population"),
        ({"recruit": "recruit: {age: [2 y, 12 y]}"}, "population"),
        ({"recruit": "recruit: {mix: {children_leg: 1.0, stroke_leg: 1.0}}"}, "population"),
        ({"recruit": "recruit: {population: children_leg, age: [12 y, 2 y]}"}, "range_reversed"),
        ({"course": ", repeat: {times: 2, every: 12 wk}, course: {rule: request}"}, "course"),
        ({"arms": f"  - {{arm: placebo, n: 10}}\n  - {{arm: dose, {CALF}}}"}, "n_twice"),
        ({"n": "replicates: 2"}, "duplicate_key"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, changes, rule):
    with pytest.raises(InputError) as wrong:
        asked(tmp_path, **changes)
    assert wrong.value.rule == rule


def test_a_trial_file_still_states_the_size_of_every_arm(tmp_path):
    assert [arm.n for arm in made(tmp_path, n=40).arms] == [40, 40]
