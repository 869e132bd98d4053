"""What the causes of a poor effect must satisfy: one change at a time, no limit passed, overlap told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from endplate.case.loader import load_case
from endplate.case.models import Case, Visit
from endplate.errors import InputError
from endplate.knowledge.evidence import value
from endplate.outputs import explained
from endplate.outputs.explain_page import render_explain
from endplate.outputs.explained import told
from endplate.outputs.language import speaking
from endplate.questions.check import check
from endplate.questions.explain import _verdict, explain
from endplate.questions.explaining.changed import CAUSES, Changed, Exact, Rerun, _without_contracture
from endplate.questions.explaining.raised import raised
from endplate.questions.explaining.settling import Looked, settles
from endplate.questions.explaining.support import STATES, Apart, support_of
from endplate.questions.individualise import learn_of
from endplate.simulation.joints.course import before_treatment
from endplate.simulation.parameters import RandomDraws

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml"
DRAWS = 120
ALL = ("biceps_brachii", "brachialis", "brachioradialis")


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(EXAMPLE)


def grade(day, value):
    place = {"joint": "elbow", "side": "right", "measure": "scale", "scale": "modified_ashworth"}
    return Visit.model_validate({**place, "date": day, "value": value})


def visited(case, *visits):
    return case.model_copy(update={"visits": visits})


def planned(case, **doses):
    told_ = case.to_dict()
    shots = [{"muscle": name, "side": "right", "dose": dose, "sites": 4} for name, dose in doses.items()]
    plan = told_["plan"] | {"injections": shots}
    return Case.model_validate(told_ | {"plan": plan, "assessment": told_["assessment"][:1]})


@pytest.fixture(scope="module")
def short(case):
    """The elbow three months long at its grade."""
    days = ("2026-03-16", "2026-03-30", "2026-04-27")
    return explain(visited(case, *(grade(day, "3") for day in days)), draws=DRAWS).to_dict()


def elbow(document):
    return next(row for row in document["joints"] if row["joint"] == "elbow")


def test_with_nothing_changed_a_copy_is_what_individualise_made_of_it(case):
    _, person, learnt = learn_of(visited(case, grade("2026-03-30", "3")), (40, 1, 182))
    changed = Rerun(person.runner, learnt.person(), None).changed()
    for course, joint in zip(changed.as_it_was, learnt.after.joints, strict=True):
        assert np.abs(course[:, : joint.change.shape[1]] - joint.change).max() < 1e-9


def test_muscles_weakened_too_never_leave_more_tone(case):
    _, person, learnt = learn_of(visited(case, grade("2026-03-30", "3")), (40, 1, 182))
    changed = Rerun(person.runner, learnt.person(), None).changed()
    for before, after in zip(changed.as_it_was, changed.had["muscle"], strict=True):
        assert (after - before).max() < 1e-6
    assert "dose" not in changed.had


def test_no_needle_misses_where_all_lie_as_aimed():
    exact = Exact(RandomDraws(1, 5))
    for process in ("needle/x", "zone/biceps_brachii/right"):
        assert not exact.normal(process, 3).any()
    assert not exact.uniform("miss/x", 4).any()
    assert np.array_equal(exact.normal("other", 3), exact.beneath.normal("other", 3))


def test_a_joint_without_contracture_has_its_grade_and_loses_all_of_it_with_its_force(case):
    _, person, _ = learn_of(case, (60, 1, 182))
    joint = before_treatment(person.followed.baselines[0], RandomDraws(1, 60))
    supple = _without_contracture(joint)
    muscles = len(joint.pool.muscles)
    whole, none = np.ones((60, muscles, 1)), np.zeros((60, muscles, 1))
    solved = supple.chosen.effective > 0
    assert solved.mean() > 0.9
    had = supple.resistance_Nm(whole, whole)[solved, 0]
    assert had == pytest.approx(joint.target_Nm()[solved], rel=1e-6)
    assert supple.resistance_Nm(none, whole).max() <= 1e-9


@pytest.mark.parametrize(
    "doses",
    [
        {"biceps_brachii": "100 U", "brachialis": "35 U"},
        {"biceps_brachii": "150 U", "brachialis": "40 U", "gastrocnemius_medial": "75 U", "soleus": "75 U"},
    ],
)
def test_raised_doses_pass_no_limit_and_none_falls(case, doses):
    plain = planned(case, **doses)
    more = raised(plain, plain.plan)
    assert more is not None

    def critical(each):
        return sorted(issue.rule for issue in check(each).issues if issue.severity == "critical")

    assert critical(more) == critical(plain)
    given = [row.dose.value for row in plain.plan.injections]
    now = [row.dose.value for row in more.plan.injections]
    assert all(new >= old for new, old in zip(now, given, strict=True)) and sum(now) > sum(given)


def test_a_dose_at_the_top_of_its_range_is_not_raised(case):
    plain = planned(case, biceps_brachii="100 U")
    top = raised(plain, plain.plan)
    assert top is not None
    assert raised(top, top.plan) is None


def made(gains, effective=None, **had):
    """A joint whose copies gain so much on day 10, and had gained so much else; twice that on day 20."""
    time_d = np.array([0.0, 10.0, 20.0])

    def course(values):
        return -np.outer(np.asarray(values, dtype=float), [0, 1, 2])

    changed = Changed(time_d, (course(gains),), {name: (course(each),) for name, each in had.items()})
    zero = np.zeros((len(gains), 3))
    apart = Apart(np.full(len(gains), 3.0), zero, zero[0])
    return support_of(changed, 0, apart, np.array([10.0]), 1.0, effective)


def test_shares_of_a_shortfall():
    found = made([0.5, 0.2, 1.2], dose=[0.75, 0.2, 2], response=[1.5, 0.1, 2])
    assert found.short.tolist() == [True, True, False]
    assert found.removed[CAUSES.index("dose")].tolist() == pytest.approx([0.5, 0, 0])
    assert found.removed[CAUSES.index("response")].tolist() == pytest.approx([1, 0, 0])
    assert found.removed[CAUSES.index("timing")].tolist() == pytest.approx([1, 0.25, 0])
    assert found.row("response") | {"copies": None} == {
        "support": 0.5,
        "error": pytest.approx(0.5 / np.sqrt(2), abs=1e-5),
        "copies": None,
        "alone": 0.5,
        "most": 0.25,
    }
    assert found.overlap() == {"none": 0.5, "one": 0.0, "several": 0.5}
    assert [dict(zip(STATES, row, strict=True)) for row in found.states] == [
        dict.fromkeys(STATES, 0.0) | {"timing": 0.5, "response": 0.5},
        dict.fromkeys(STATES, 0.0) | {"timing": 1.0},
        dict.fromkeys(STATES, 0.0) | {"reached": 1.0},
    ]
    assert found.share_reached() == pytest.approx(1 / 3, abs=1e-5)


def test_copies_that_repeat_one_another_leave_the_error_of_those_that_count():
    """One copy in four counts: the error is twice that of as many independent ones."""
    gains, had = [0.5, 0.2] * 8, [0.75, 0.2] * 8
    alone, repeated = made(gains, dose=had).row("dose"), made(gains, effective=4.0, dose=had).row("dose")
    assert repeated["error"] == pytest.approx(2 * alone["error"], abs=2e-5)
    assert repeated["support"] == alone["support"]


def test_less_than_a_week_followed_leaves_no_day_of_a_next_session(case):
    one = visited(case, grade("2026-03-30", "3"))
    (row,) = explain(one, draws=40, horizon_d=5).to_dict()["joints"]
    assert row["verdict"] == "fell_short"
    assert row["next_session"] is None and row["settles"] == []
    assert explained.joint_words(row)["next_session"] == []


def test_what_comes_without_the_drug_counts_as_missing_too():
    found = made([0.5, 0.5])
    apart = Apart(np.full(2, 3.0), np.array([[0, 0.4, 0.4], [0, 0, 0]]), np.zeros(3))
    changed = Changed(np.array([0.0, 10.0, 20.0]), (-np.outer([1.2, 0.5], [0, 1, 1]),), {})
    with_other = support_of(changed, 0, apart, np.array([10.0]), 1.0)
    assert found.short.all() and with_other.short.all()
    assert with_other.removed[CAUSES.index("other")].tolist() == pytest.approx([1, 0])


def test_an_observation_settles_all_or_nothing():
    states = np.eye(2)[[0, 0, 1, 1]]
    tells = states[:, None]
    blind = np.full((4, 1, 2), 0.5)
    day = np.array([7.0])
    entropy, rows = settles(states, iter([Looked("grade", day, blind), Looked("r1", day, tells)]))
    assert entropy == pytest.approx(1)
    assert [(row["what"], row["removed"]) for row in rows] == [("r1", 1.0), ("grade", 0.0)]


def test_every_cause_is_weighed_and_shares_stay_shares(short):
    row = elbow(short)
    assert row["verdict"] == "fell_short"
    assert sorted(one["cause"] for one in row["causes"]) == sorted(CAUSES)
    for one in row["causes"]:
        for key in ("support", "alone", "most"):
            assert 0 <= one[key] <= 1 and 0 <= one["prior"][key] <= 1
        assert one["alone"] <= one["support"] + 1e-5
    supports = [one["support"] for one in row["causes"][:-1]]
    assert supports == sorted(supports, reverse=True) and row["causes"][-1]["cause"] == "other"
    assert sum(row["overlap"].values()) == pytest.approx(1, abs=1e-4)
    assert all(0 <= one["removed"] <= 1 for one in row["settles"])
    assert {"grade", "second_rater", "strength", "r1", "r2"} == {one["what"] for one in row["settles"]}
    assert row["next_session"]["what"] == "again" and 0 <= row["next_session"]["removed"] <= 1
    muscle = next(one for one in row["causes"] if one["cause"] == "muscle")
    assert muscle["muscles"] == ["brachioradialis"]


def test_the_same_seed_is_the_same_answer(case):
    one = visited(case, grade("2026-03-30", "3"))
    assert explain(one, draws=40).to_json() == explain(one, draws=40).to_json()


def test_where_it_worked_nothing_is_explained(case):
    row = elbow(explain(visited(case, grade("2026-03-30", "1")), draws=40).to_dict())
    assert row["verdict"] == "worked" and row["causes"] == [] and row["settles"] == []
    more = elbow(explain(visited(case, grade("2026-03-30", "1")), 2.5, draws=40).to_dict())
    assert more["verdict"] == "fell_short"


def test_a_record_that_the_true_grade_does_not_bear_out_is_the_raters(case):
    days = ("2026-03-16", "2026-03-30", "2026-04-13", "2026-04-27")
    visits = [grade(day, "3") for day in days] + [grade("2026-03-23", "2")]
    document = explain(visited(case, *visits), draws=DRAWS).to_dict()
    row = elbow(document)
    assert (row["verdict"], row["causes"]) == ("recorded_only", []) and row["reached"] < 0.5
    said = " ".join(told(document)["joints"][0]["verdict"])
    share = f"{100 * row['reached']:.0f}\N{NO-BREAK SPACE}%"
    assert f"the true grade did in {share} of copies: rather the rater's than the drug's doing" in said
    assert "Nothing is to explain" not in said
    with speaking("es"):
        assert "más bien cosa del evaluador" in " ".join(told(document)["joints"][0]["verdict"])


@pytest.mark.parametrize("share", [0.0, 0.49, 0.5, 1.0])
def test_what_was_reached_is_told_of_record_and_true_grade_apart(share):
    assert _verdict(recorded=False, share=share) == "fell_short"
    assert _verdict(recorded=True, share=share) == ("worked" if share >= 0.5 else "recorded_only")


def test_the_drug_is_not_credited_with_what_comes_without_it():
    other = np.array([[0, 0.2, 0.4], [0, 0, 0.2], [0, -0.9, -0.9]])
    apart = Apart(np.array([3.0, 3.0, 1.0]), other, np.zeros(3))
    drug = np.array([[0, -0.2, -0.2], [0, -1.2, -0.3], [0, -0.5, -0.5]])
    changed = Changed(np.array([0.0, 10.0, 20.0]), (drug,), {})
    found = support_of(changed, 0, apart, np.array([10.0, 20.0]), 1.0)
    assert found.gain.tolist() == pytest.approx([0, 1.2, 1])
    assert found.without.tolist() == pytest.approx([-0.2, 0, 0.9])
    assert found.of_drug.tolist() == pytest.approx([0.2, 1.2, 0.1])


def test_a_gain_that_came_without_the_drug_is_told_as_such(case):
    document = explain(visited(case, grade("2026-03-30", "1")), draws=40).to_dict()
    row = elbow(document)
    said = " ".join(explained.verdict(row))
    for key in ("gain", "gain_of_drug", "gain_without_drug"):
        assert f"{row[key]['median']:.2f}" in said
    more = row | {"gain_without_drug": row["gain"], "gain_of_drug": row["gain_without_drug"]}
    assert "More of it comes without the drug" in " ".join(explained.verdict(more))
    assert "it worked as modelled" not in said


def test_a_next_session_is_told_apart_from_observations(short):
    row, line = elbow(short), value("visits.settles_least")
    much = row | {"settles": [row["settles"][0] | {"removed": line}]}
    little = row | {"settles": [row["settles"][0] | {"removed": line - 0.001}]}
    assert len(list(explained.look_rows(much))) == 1
    assert "Most is expected of" in " ".join(explained.settling(much))
    assert list(explained.look_rows(little)) == []
    (only,) = explained.settling(little)
    assert only.startswith("No single observation would settle much")
    (again,) = explained.next_session(row)
    assert f"{row['next_session']['day']:.0f} days after that session" in again
    assert "What a next session would tell" in render_explain(short)


def test_the_lines_of_judgement_are_records_of_the_answer(short):
    held = {row["id"] for row in short["evidence"]}
    assert {"visits.cause_least", "visits.cause_apart", "visits.settles_least"} <= held


def test_visits_long_after_the_effect_speak_for_their_day(case):
    late = planned(case, biceps_brachii="160 U", brachialis="48 U", brachioradialis="72 U")
    document = explain(visited(late, grade("2026-08-03", "3")), draws=DRAWS).to_dict()
    row = elbow(document)
    assert row["causes"][0]["cause"] == "timing"
    assert not next(one for one in row["causes"] if one["cause"] == "muscle")["possible"]
    assert any("Muscles left out: none" in said for said in told(document)["joints"][0]["causes"])


def test_a_muscle_alone_speaks_for_those_left_out(case):
    alone = planned(case, biceps_brachii="190 U")
    seen = visited(alone, grade("2026-03-16", "3"), grade("2026-04-13", "3"))
    assert elbow(explain(seen, draws=DRAWS).to_dict())["causes"][0]["cause"] == "muscle"


def test_what_cannot_be_asked_is_refused(case):
    for asked, rule in (
        (visited(case), "graded_visit_required"),
        (visited(case, grade("2026-03-30", "3")), ""),
    ):
        with pytest.raises(InputError) as caught:
            explain(asked, 1.0 if rule else 0.0, draws=20)
        assert caught.value.rule == (rule or "hoped")


def test_no_more_is_hoped_for_than_leads_to_no_tone(case):
    one = visited(case, grade("2026-03-30", "3"))
    with pytest.raises(InputError) as caught:
        explain(one, 4.0, draws=20)
    assert (caught.value.rule, "3." in caught.value.remedy) == ("hoped", True)


def test_tone_that_rose_needs_a_cause_first(case):
    worse, same = (
        elbow(explain(visited(case, grade("2026-03-30", told)), draws=20).document) for told in ("4", "3")
    )
    assert "sudden worsening needs a cause first" in " ".join(explained.verdict(worse))
    assert "sudden worsening" not in " ".join(explained.verdict(same))
    assert "it got worse" in " ".join(explained.verdict(worse))
    assert "at best" not in " ".join(explained.verdict(worse))


def test_cautions_stand_as_individualise_has_them(case):
    patient = case.patient.model_copy(update={"cautions": ("dysphagia",), "asked": ()})
    one = visited(case, grade("2026-03-30", "3")).model_copy(update={"patient": patient})
    assert explain(one, draws=40).to_dict()["outside_model"] == ["dysphagia"]


def test_the_page_says_it_in_both_languages(short):
    page = render_explain(short)
    assert "Not a medical device" in page and '<html lang="en">' in page
    with speaking("es"):
        spanish = render_explain(short)
        words = told(short)
    assert '<html lang="es">' in spanish and "Por qué no funcionó" in spanish
    assert "no proof against it" in page and "no es prueba en contra" in spanish
    assert "of what was missing" not in spanish and "Apoyo" in words["about"][0]
    assert len(words["joints"][0]["causes"]) == len(CAUSES)


def test_without_a_copy_that_fell_short_there_is_no_support():
    found = made([0.5, 0.5], dose=[1, 1])
    none = replace(found, short=np.array([False, False]))
    assert none.row("dose")["support"] is None and none.overlap()["one"] is None
