"""What visits of one person must do to the answer: nothing without any, and no more than they hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from endplate.case.loader import load_case
from endplate.case.models import Visit
from endplate.outputs.learnt import hardly_learnt, parameter
from endplate.questions.individualise import individualise
from endplate.questions.individualising.taught import _taught

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml"
DRAWS = 200


@pytest.fixture(scope="module")
def case():
    return load_case(EXAMPLE)


def visited(case, *visits):
    return case.model_copy(update={"visits": tuple(Visit.model_validate(visit) for visit in visits)})


def grade(day, value, joint="elbow"):
    return {
        "date": day,
        "joint": joint,
        "side": "right",
        "measure": "scale",
        "scale": "modified_ashworth",
        "value": value,
    }


def test_without_a_visit_the_posterior_is_the_prior(case):
    document = individualise(visited(case), draws=DRAWS).to_dict()
    for row in document["posterior"].values():
        assert row["posterior"] == row["prior"]
        assert row["learnt"] == 0 and row["says"] == "this person's visits taught nothing here"
    for joint in document["forecast"]["joints"]:
        assert joint["scale_change"] == joint["prior"]["scale_change"]
    assert document["next"]["modelled_re_emergence_d"] == document["next"]["prior_re_emergence_d"]


@pytest.mark.parametrize(
    ("learnt", "moved", "level"),
    [
        (0.0, 0.0, "nothing"),
        (0.0, 0.22, "nothing"),
        (0.0, -0.3, "little"),
        (0.06, 0.0, "little"),
        (0.5, 0, "much"),
    ],
)
def test_nothing_was_taught_only_where_neither_spread_nor_mean_moved(learnt, moved, level):
    assert _taught(learnt, moved) == level


def test_little_is_told_where_little_was_learnt_and_every_joint_is_named(case):
    document = individualise(case, draws=DRAWS).to_dict()
    told = list(hardly_learnt(document))
    for level in ("nothing", "little"):
        begin = f"This person's visits taught {level} here: "
        names = "; ".join(sentence.removeprefix(begin) for sentence in told if sentence.startswith(begin))
        for name, row in document["posterior"].items():
            assert (parameter(name) in names) == (row["taught"] == level)
    meanings = [row["meaning"] for row in document["posterior"].values()]
    assert len(set(meanings)) == len(meanings)
    assert "true grade behind the baseline record, elbow extension (right)" in meanings


def test_the_same_seed_is_the_same_answer(case):
    assert individualise(case, draws=60).to_json() == individualise(case, draws=60).to_json()


def test_the_drug_and_what_else_happens_are_told_apart(case):
    """A grade that fell early and came back speaks for the drug; one that fell and stays does not as much."""
    back = visited(case, grade("2026-03-30", "1"), grade("2026-08-10", "3"))
    stays = visited(case, grade("2026-03-30", "1"), grade("2026-08-10", "1"))
    level = "non_drug_change:elbow:right:extension"
    after = [
        individualise(each, draws=1000).to_dict()["posterior"][level]["posterior"]["median"]
        for each in (back, stays)
    ]
    assert after[0] > after[1] + 0.2


def test_a_good_response_raises_the_drugs_change(case):
    low, high = (
        individualise(visited(case, grade("2026-03-30", told), grade("2026-04-13", told)), draws=500)
        for told in ("3", "0")
    )
    key = ("elbow", "right", "extension")
    assert high.scale_change[key].min(axis=1).mean() < low.scale_change[key].min(axis=1).mean() - 0.1


def test_more_findings_leave_less_unknown(case):
    """Mean posterior spread over parameters, of the visits of the example against the first alone."""
    few = individualise(case.model_copy(update={"visits": case.visits[1:2]}), draws=500).to_dict()[
        "posterior"
    ]
    many = individualise(case, draws=500).to_dict()["posterior"]
    assert np.mean([row["shrinkage"] for row in many.values()]) < np.mean(
        [row["shrinkage"] for row in few.values()]
    )


def test_an_effect_not_yet_noticed_is_a_censored_report(case):
    """Nothing noticed by week 4 speaks for a late or small effect, by week 1 for less."""
    report = {"measure": "onset", "value": "none"}
    plain, early, late = (
        individualise(visited(case, *visits), draws=1000).to_dict()["posterior"]["scales.perception_lag"]
        for visits in ((), ({"date": "2026-03-09", **report},), ({"date": "2026-03-30", **report},))
    )
    assert plain["posterior"]["median"] <= early["posterior"]["median"] < late["posterior"]["median"]


def test_a_complaint_of_weakness_is_used(case):
    """Weakness told speaks for strong uptake, none told for less."""
    rows = {
        told: individualise(
            visited(case, {"date": "2026-04-13", "measure": "weakness", "value": told}), draws=1000
        )
        for told in ("yes", "no")
    }
    potency = {
        told: np.log(found.parameters["terminal.potency_person"]).mean() for told, found in rows.items()
    }
    assert potency["yes"] >= potency["no"]
    assert rows["yes"].to_dict()["visits"][0]["probability_after"] > 0


def test_visits_that_contradict_each_other_say_so(case):
    clash = visited(case, *(grade("2026-03-30", told) for told in ("0", "4", "0", "4")))
    document = individualise(clash, draws=DRAWS).to_dict()
    assert document["diagnostics"]["tried"][0]["method"] == "population"
    assert any("hard to reconcile" in note or "Few copies agree" in note for note in document["warnings"])


def test_every_way_tells_about_the_same(case):
    """Medians of the drug's largest change by two ways, within the spread of as few effective copies."""
    key = ("elbow", "right", "extension")
    first, second = (
        np.median(individualise(case, draws=500, method=method).scale_change[key].min(axis=1))
        for method in ("population", "laplace")
    )
    assert first == pytest.approx(second, abs=0.25)
