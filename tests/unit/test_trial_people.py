"""A trial that recruits: who the people are, how many go to each arm, and arms that go on by rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_trials import BICEPS, CHANGE, load, made, people_of, text

from endplate import simulate
from endplate.case import load_case
from endplate.errors import InputError
from endplate.knowledge.evidence import value
from endplate.questions.reproducing.adverse import AdverseStudy
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.trial import trial
from endplate.questions.trialling.chunk import Chunk, chunks_of, follow, unsimulated
from endplate.questions.trialling.warned import settings_of

CHILDREN = "recruit: {population: children_leg, age: [2 y, 12 y], gmfcs: [1, 2]}"
CALF = (
    "product: abobotulinumtoxinA, injections: [{muscle: soleus, dose: 6 U/kg, sites: 2, dilution: 100 U/mL}]"
)
NOT_RECRUITED = "population: {adults: false, condition: cerebral_palsy, joint: ankle, age: {mean: 7 y}}"
ANKLE = "{endpoint: change, measure: scale_change, scale: modified_ashworth, joint: ankle, at: 4 wk}"


def asked(tmp_path, recruit=CHILDREN, course="", n="n: 30", arms=None, more="", endpoint=ANKLE):
    arms = arms or f"  - {{arm: placebo}}\n  - {{arm: dose, ratio: 2, {CALF}{course}}}"
    return load(
        tmp_path,
        f"endplate: 1\ntrial: recruited\ntitle: Recruited\n{recruit}\n{n}\nvisits: [0 wk, 4 wk, 16 wk]\n"
        f"arms:\n{arms}\nendpoints:\n  - {endpoint}\n{more}replicates: 2\n",
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
    """Classes of body mass are followed together, and that changes nobody's numbers."""
    trial = asked(tmp_path)
    whole, part = people(trial), people(trial, who=(4, 9), worlds=(1, 2))
    rows = (whole["replicate"] == 1) & (whole["person"] >= 4) & (whole["person"] < 9)
    for name, column in part.items():
        np.testing.assert_array_equal(whole[name][rows], column, err_msg=name)


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


COURSE = ", course: {rule: request, sessions: 3}"
AGAIN = "  - {endpoint: again, measure: reinjected_by, joint: ankle, at: 28 wk, method: log_rank}\n"


def test_who_was_injected_again_is_told_of_the_second_session(tmp_path):
    """Without a course the day from which it is due, with one the first visit of the clinic after that."""
    arms = "  - {{arm: placebo}}\n  - {{arm: dose, ratio: 2, {}{}}}"
    much = CALF.replace("6 U/kg", "30 U/kg")
    once, often = (
        people(asked(tmp_path, arms=arms.format(much, course), more=AGAIN))["again"]
        for course in ("", COURSE)
    )
    assert np.unique(once).size > 3
    spacing = value("clinic.request_spacing") * 7
    np.testing.assert_allclose(often, np.ceil(once / spacing) * spacing)


def test_the_shortest_interval_of_a_course_is_its_own(tmp_path):
    arms = "  - {{arm: placebo}}\n  - {{arm: dose, ratio: 2, {}, course: {{rule: request, minimum: {}}}}}"
    soon, late = (
        people(asked(tmp_path, arms=arms.format(CALF, least), more=AGAIN))["again"]
        for least in ("12 wk", "20 wk")
    )
    assert soon.min() < 140 <= late.min()
    assert np.all(soon <= late)


def test_who_has_left_is_not_injected_again(tmp_path):
    course = ", course: {rule: interval, every: 12 wk}"
    more = f"  - {{endpoint: late, measure: force_ratio, muscle: soleus, at: 20 wk}}\n{AGAIN}"
    stay = people(asked(tmp_path, course=course, more=more))
    leave = people(asked(tmp_path, course=course, more=f"{more}attendance: {{left_by_end: 60 %}}\n"))
    gone = leave["left_d"] < 84
    assert gone.any() and not gone.all()
    assert np.all(np.isinf(leave["again"][gone])) and np.all(leave["again"][~gone] == 84)
    assert np.all(leave["late"][gone] > stay["late"][gone])


def test_what_a_course_does_not_keep_is_not_simulated(tmp_path):
    inside = "  - {endpoint: release, measure: quantal_ratio, muscle: soleus, at: 16 wk}\n"
    assert not unsimulated(asked(tmp_path, more=inside), seed=1)
    assert set(unsimulated(asked(tmp_path, course=COURSE, more=inside), seed=1)) == {"release"}


def test_a_rule_that_looks_at_a_joint_needs_one(tmp_path):
    force = "{endpoint: force, measure: force_ratio, muscle: soleus, at: 4 wk}"
    trial = asked(tmp_path, course=COURSE, endpoint=force)
    with pytest.raises(CannotSimulate, match="no endpoint names one"):
        unsimulated(trial, seed=1)


def test_an_onset_is_a_persons_own(tmp_path):
    """Who has none has none, alone or among others; NaN, for a day that never came is no late day."""
    asks = "{endpoint: begins, measure: onset, of: force, muscle: soleus}"
    for recruit in (CHILDREN, NOT_RECRUITED):
        trial = asked(tmp_path, recruit=recruit, endpoint=asks)
        assert np.isnan(people(trial, arm=0)["begins"]).all()
        whole = people(trial, who=(0, 10), worlds=(0, 1))["begins"]
        each = [people(trial, who=(k, k + 1), worlds=(0, 1))["begins"][0] for k in range(10)]
        np.testing.assert_array_equal(whole, each)


def test_a_mixed_model_sees_visits_after_its_own_day_as_they_are(tmp_path):
    """The change at the last visit is the same whichever day the comparison is of."""
    early, late = (
        made(tmp_path, f"{CHANGE[:-1].replace('4 wk', day)}, method: mixed_model}}", n=8)
        for day in ("4 wk", "12 wk")
    )
    here, there = (people_of(trial, "dose") for trial in (early, late))
    assert here.keys() == there.keys()
    for name, column in here.items():
        np.testing.assert_array_equal(column, there[name], err_msg=name)


def test_without_a_placebo_arm_the_null_gives_all_arms_the_same_risk(tmp_path, monkeypatch):
    """What an arm adds beyond its product is the control's too: nothing else would be no difference."""
    risks = []

    def risk(events, arm, outcome, ran):
        risks.append(events.probability(arm, outcome))
        return np.zeros(ran.group.size)

    monkeypatch.setattr(AdverseStudy, "of_each", risk)
    sick = "{endpoint: sick, measure: adverse_fraction, event: any, at: 12 wk}"
    content = text(sick, replicates=20, extra="analysis: {against: low}")
    trial = load(tmp_path, content.replace("placebo, n: 10", f"low, n: 10, {BICEPS}"))
    for null in (False, True):
        for chunk in chunks_of(trial):
            follow(trial, chunk, seed=1, null=null)
    low, dose, *both = risks
    assert not np.any(low == dose)
    np.testing.assert_array_equal(*both)


WEAK = "{endpoint: weak, measure: adverse_fraction, event: muscle_weakness, at: 12 wk}"


def weakness(tmp_path, content, replicates):
    """The answer on weakness, and its warnings."""
    found = trial(load(tmp_path, content).repeated(replicates)).to_dict()
    return found["endpoints"][0], [told for told in found["warnings"] if told.startswith("Weakness")]


def test_weakness_is_told_in_the_setting_in_which_simulate_tells_it(tmp_path):
    """Same product, people, limb and condition: the middle of the trial is the middle of a plan's copies.

    40 worlds of 150 people: rates differ by a factor of two from world to world, so the median of 40 has a
    standard error of about a seventh; half as much again is three of them. Without a setting it is more than
    twice as much.
    """
    case = Path(__file__).parents[2] / "examples" / "adult_arm_elbow.yaml"
    plan = load_case(case).plan
    shots = ", ".join(
        f"{{muscle: {i.muscle}, dose: {i.dose}, sites: {i.sites}, dilution: 50 U/mL}}"
        for i in plan.injections
    )
    content = text(WEAK, n=150).replace(BICEPS, f"product: {plan.product}, injections: [{shots}]")
    row, told = weakness(tmp_path, content, replicates=40)
    events = simulate(load_case(case), draws=200).to_dict()["adverse"]
    plain = next(each for each in events if each["event"] == "muscle_weakness")["simulated"]
    assert row["arms"][1]["setting"] == plain["setting"] == "onabot_adult_arm"
    assert row["arms"][0]["setting"] is None
    median = row["arms"][1]["means"]["median"]
    assert 1 / 1.5 < median / plain["probability"]["median"] < 1.5
    assert "'dose' is told as readily reported as in onabot_adult_arm: median of replicates" in told[0]


def test_weakness_that_no_study_tells_of_is_told_as_studies_differ(tmp_path):
    content = text(WEAK, n=100).replace("condition: stroke", "condition: multiple_sclerosis")
    row, told = weakness(tmp_path, content, replicates=20)
    assert row["arms"][1]["setting"] == "any"
    assert "'dose' is told as studies differ, which is wide" in told[0]


def test_a_trial_is_not_told_by_its_own_rows(tmp_path):
    """Published rows make it a trial that was held: its own setting is left out."""
    calf = CALF.replace("6 U/kg", "10 U/kg")
    content = (
        text(WEAK)
        .replace(BICEPS, calf)
        .replace("adults: true, condition: stroke, joint: elbow", "adults: false, condition: cerebral_palsy")
    )
    content = content.replace("trial: made_up", "trial: delgado2016")
    own = load(tmp_path, content)
    assert settings_of(own, own.endpoints[0], null=False) == {"dose": "delgado2016"}
    published = load(tmp_path, content + "published: [{endpoint: weak, arm: dose, difference: 0.1}]\n")
    assert settings_of(published, published.endpoints[0], null=False) == {"dose": "any"}


def test_an_excess_of_harm_is_counted(tmp_path):
    """Many people on much toxin: power, a difference for the better, is none; the excess is found."""
    content = (
        text(WEAK, n=300)
        .replace("100 U", "400 U")
        .replace("condition: stroke", "condition: multiple_sclerosis")
    )
    (one,) = weakness(tmp_path, content, replicates=20)[0]["comparisons"]
    assert one["power"]["value"] == 0
    assert one["excess"] == one["wrong_way"]
    assert one["excess"]["value"] > 0.3
    sided = weakness(tmp_path, content + "analysis: {sides: 1}\n", replicates=2)[0]["comparisons"][0]
    assert sided["excess"] is None
