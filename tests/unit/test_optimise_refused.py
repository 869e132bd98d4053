"""Who may not be searched a plan for, and goals that do not fit the case: each refused by its rule."""

from __future__ import annotations

import pytest
from made_goals import arm, few_muscles, goals, refused, target

import endplate


@pytest.mark.parametrize(
    ("patient", "rule"),
    [
        ({"age": "17 y", "weighed_on": "2026-11-20"}, "optimise_under_18"),
        ({"age": None}, "age_required"),
        ({"cautions": ["dysphagia"], "asked": []}, "outside_model"),
        ({"condition": "cerebral_palsy", "gmfcs": 4}, "outside_model"),
    ],
)
def test_the_optimiser_is_closed_to(patient, rule):
    assert refused(arm(patient=patient), goals()).rule == rule


def test_eighteen_is_not_under_eighteen():
    found = endplate.optimise(few_muscles(), goals(), draws=10, horizon_d=84)
    assert found.feasible
    assert refused(arm(patient={"age": "215 mo", "weighed_on": "2026-11-20"})).rule == "optimise_under_18"


def test_another_product_is_refused():
    other = goals().model_copy(update={"product": "incobotulinumtoxinA"})
    assert refused(arm(), other).rule == "product_changed"
    rows = arm().to_dict()["plan"]["injections"]
    mixed = [*rows[:2], rows[2] | {"product": "incobotulinumtoxinA"}]
    assert refused(arm(plan={"injections": mixed})).rule == "product_mixing"


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (goals(target("ankle") | {"movement": "dorsiflexion"}), "target_not_assessed"),
        (goals(target("wrist", 2.5)), "target_beyond_grade"),
        (goals(candidates=[{"muscle": "supinator", "side": "left"}]), "most_required"),
        (goals(candidates=[{"muscle": "brachialis", "side": "left", "least": "60 U"}]), "least_above_limit"),
        (goals(step="0.1 U"), "step_too_fine"),
        (goals(target("elbow", weeks=[4, 20])), "horizon_before_goals"),
    ],
)
def test_goals_that_do_not_fit_the_case(wanted, rule):
    assert refused(arm(), wanted).rule == rule


def test_a_path_is_no_case_and_a_case_needs_a_plan():
    assert refused("case.yaml").rule == "case_required"
    assert refused(arm(plan=None)).rule == "plan_required"


@pytest.mark.parametrize("wrong", ["front", "draws", "horizon_d"])
def test_at_least_one_of_everything(wrong):
    assert refused(arm(), goals(), **{wrong: 0}).field == wrong
