"""The goals file: read with its units, and every wrong one told with file, line and remedy."""

from __future__ import annotations

import pytest
from made_goals import ARM, EXAMPLES, GOALS, goals

import endplate
from endplate.case import line_of
from endplate.case.goals import Goals
from endplate.case.schema import schema

TEXT = """endplate: 1
product: onabotulinumtoxinA
targets:
  - {joint: elbow, side: left, movement: extension, improve_by: 1}
"""


def written(tmp_path, text):
    path = tmp_path / "goals.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_examples_are_read():
    paths = sorted((EXAMPLES / "goals").glob("*.yaml"))
    assert len(paths) >= 2
    for path in paths:
        assert endplate.load_goals(path).targets


def test_what_is_left_out_has_a_default(tmp_path):
    found = endplate.load_goals(written(tmp_path, TEXT))
    assert found.targets[0].weeks == (4, 12) and found.targets[0].weight == 1
    assert found.keep.strength == () and found.front == ("units",) and not found.robust
    assert found.last_week == 12


def test_goals_go_out_and_come_back():
    found = endplate.load_goals(GOALS)
    assert Goals.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("product:", "produkt:", "unknown_key", 2),
        ("elbow", "elbo", "unknown_joint", 4),
        ("extension", "supination", "movement", 4),
        ("improve_by: 1", "improve_by: 0", "greater_than", 4),
        ("improve_by: 1", "improve_by: 1, probability: 130 %", "share_range", 4),
        ("improve_by: 1", "improve_by: 1, weeks: [12, 4]", "weeks_order", 4),
        ("improve_by: 1", "improve_by: 1, weight: 0", "goal_weight", 4),
        ("side: left", "side: bilateral", "literal_error", 4),
        ("targets:", "step: 0 U\ntargets:", "step_zero", 3),
        ("targets:", "limits: {total: 300 mL}\ntargets:", "unit", 3),
        ("targets:", "limits: {total: null, punctures: 0}\ntargets:", "greater_than_equal", 3),
        ("targets:", "tighten: [{rule: some.rule, maximum: null}]\ntargets:", "float_type", 3),
        (
            "targets:",
            "candidates: [{muscle: soleus, side: left, least: 20 U, most: 10 U}]\ntargets:",
            "least_and_most",
            3,
        ),
        (
            "targets:",
            "candidates: [{muscle: soleus, side: left}, {muscle: soleus, side: left}]\ntargets:",
            "candidate_twice",
            3,
        ),
        ("endplate: 1", "endplate: 2", "format_version", 1),
    ],
)
def test_a_wrong_goals_file_is_told_with_its_line(tmp_path, old, new, rule, line):
    path = written(tmp_path, TEXT.replace(old, new, 1))
    with pytest.raises(endplate.InputError) as refused:
        endplate.load_goals(path)
    error = refused.value
    assert (error.rule, error.line, error.file) == (rule, line, str(path))
    assert error.remedy and error.field


def test_a_field_has_its_line(tmp_path):
    path = written(tmp_path, TEXT)
    assert line_of(path, "targets[0].joint") == 4
    assert line_of(path, "") is None


def test_the_schema_names_every_key():
    found = schema("goals")
    assert set(found["properties"]) == set(Goals.model_fields)
    assert found["additionalProperties"] is False


def test_units_of_goals_belong_to_the_product_named():
    with pytest.raises(ValueError, match="product"):
        goals(product=None)
    assert endplate.load_goals(GOALS).product == endplate.load_case(ARM).plan.product
