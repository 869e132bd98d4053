"""Patient selection: a decision table written by hand from the sources that the rules quote."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from selection_table import (
    ASTRAY,
    AT_ELBOW,
    DYNAMIC,
    ELBOW,
    FIXED,
    FLEXORS,
    GENERALISED,
    GOAL_LEFT,
    NO_GOAL,
    NO_TONE,
    SLIP,
    TABLE,
    UNEXAMINED,
)

from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.knowledge.labels import load_warnings
from endplate.knowledge.labels.screening import load_screening, must_ask, tone_scales, whole_limbs
from endplate.knowledge.vocabulary import CAUTIONS, JOINTS, MUSCLES, SCALES
from endplate.knowledge.vocabulary.anatomy import stretched_muscles
from endplate.knowledge.vocabulary.patterns import candidates, load_links, muscles_of, patterns_of
from endplate.questions.check import check

EXAMPLES = Path(__file__).parents[2] / "examples"
STATED = {warning.kind for warning in load_warnings() if warning.id.startswith("screening.")}


def assessed(text: str, day: str = "2026-11-20") -> str:
    """``left elbow extension 3 60/130`` as a row; - leaves the grade or the angles out."""
    side, joint, movement, grade, *angles = text.split()
    row = f"date: {day}, joint: {joint}, side: {side}, movement: {movement}"
    if grade != "-":
        row += f", scale: modified_ashworth, value: '{grade}'"
    if angles:
        r1, r2 = angles[0].split("/")
        row += f", tardieu: {{r1: {r1} deg, r2: {r2} deg}}"
    return f"  - {{{row}}}\n"


def injected(text: str) -> str:
    """``left biceps_brachii`` as a row."""
    side, muscle = text.split()
    return f"    - {{muscle: {muscle}, side: {side}, dose: 20 U, sites: 2}}\n"


def goal(text: str) -> str:
    """``left elbow -1`` as a row; - leaves a part out."""
    keys = ("side", "joint", "gas_baseline")
    known = {key: part for key, part in zip(keys, text.split(), strict=True) if part != "-"}
    return f"  - {{{', '.join(['text: a goal', *(f'{k}: {v}' for k, v in known.items())])}}}\n"


@pytest.fixture
def run(tmp_path):
    """Check a case written from short rows; every question is asked unless the patient says otherwise."""

    def _run(rows, injections, goals, **given):
        sex = given.get("sex", "female")
        cautions = given.get("cautions", [])
        asked = [caution for caution in must_ask(sex) if caution not in cautions]
        told = [f"code: t-01, age: {given.get('age', '58 y')}, condition: stroke"]
        told += [f"sex: {sex}"] if sex else []
        told += [given["patient"]] if given.get("patient") else []
        told += [f"cautions: [{', '.join(cautions)}]", f"asked: [{', '.join(given.get('asked', asked))}]"]
        text = f"endplate: 1\npatient: {{{', '.join(told)}}}\n"
        text += "assessment:\n" + "".join(assessed(*row.split("@")) for row in rows) if rows else ""
        text += "goals:\n" + "".join(goal(row) for row in goals) if goals else ""
        text += (
            "plan:\n  date: 2026-11-22\n  jurisdiction: US\n  product: onabotulinumtoxinA\n"
            f"  indication: spasticity\n  dilution: 50 U/mL\n  co_therapy: {given.get('co', 'usual')}\n"
            "  injections:\n" + "".join(injected(row) for row in injections)
        )
        path = tmp_path / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return check(load_case(path))

    return _run


def rules(result):
    known = {*load_screening(), *STATED}
    return {issue.rule for issue in result.issues if issue.rule in known}


@pytest.mark.parametrize(
    ("rows", "injections", "goals", "given", "expected"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_decision_table(run, rows, injections, goals, given, expected):
    assert rules(run(rows, injections, goals, **given)) == expected


def test_the_table_is_long_and_every_rule_stands_in_it():
    assert len(TABLE) >= 40
    assert {rule for row in TABLE for rule in row[5]} == {*load_screening(), *STATED}


@pytest.mark.parametrize(
    ("severity", "names"),
    [
        ("critical", {"sudden_worsening", "consent"}),
        (
            "warning",
            {GENERALISED, FIXED, NO_TONE, SLIP, UNEXAMINED, ASTRAY, NO_GOAL, GOAL_LEFT, "falls"}
            | {"biceps_with_pronation", "assessment_after_plan", "no_physical_programme"}
            | {"tone_in_use_standing", "tone_in_use_transfer", "tone_in_use_grip"},
        ),
    ],
)
def test_severity(severity, names):
    held = {rule: row.severity for rule, row in load_screening().items()}
    held |= {w.kind: w.severity for w in load_warnings() if w.id.startswith("screening.")}
    assert {rule for rule, level in held.items() if level == severity} == names
    assert set(held.values()) == {"critical", "warning", "info"}


def test_every_rule_is_one_or_two_sentences_with_a_source():
    for row in load_screening().values():
        fields = [name for _, name, _, _ in string.Formatter().parse(row.message) if name]
        sentence = row.message.format(**dict.fromkeys(fields, "x"))
        assert sentence.endswith(".") and sentence.count(". ") <= 1, row.id
        assert row.source.citation, row.id
        assert row.basis in {"primary", "secondary", "recalled", "design"}, row.id
        assert (row.last_checked_on is None) == (row.basis in {"recalled", "design"}), row.id
        assert row.threshold is None or row.unit, row.id


def test_questions_and_joints_of_the_tables_are_known():
    assert set(must_ask(None)) <= set(CAUTIONS)
    assert set(must_ask(None)) - set(must_ask("male")) == {"pregnancy", "lactation"}
    assert set(tone_scales().scales) <= set(SCALES)
    assert all(joints <= set(JOINTS) for joints in whole_limbs().values())


def test_a_finding_carries_number_limit_and_source(run):
    result = run([ELBOW], FLEXORS, AT_ELBOW)
    found = next(issue for issue in result.issues if issue.rule == DYNAMIC)
    assert (found.value, found.limit, found.unit, found.where) == (70, 10, "deg", "assessment[0]")
    assert found.source and found.source["id"] == "screening.dynamic_component"
    assert found.message.startswith("Elbow extension, left: 70 deg")


def test_questions_left_out_are_named(run):
    asked = [caution for caution in must_ask("female") if caution != "falls"]
    found = next(i for i in run([ELBOW], FLEXORS, AT_ELBOW, asked=asked).issues if i.rule == "not_asked")
    assert found.message == "Neither stated nor ruled out: falls."


def test_selection_as_plain_data(run):
    rows = ["left elbow extension 3 60/130", "left wrist extension 2 70/70", "left fingers extension 0"]
    plain = run(rows, FLEXORS[:1], AT_ELBOW, asked=["falls"], sex="male").to_dict()["selection"]
    assert plain["distribution"] == "multifocal"
    assert [(j["joint"], j["component"], j["angle_deg"]) for j in plain["joints"]] == [
        ("elbow", "dynamic", 70),
        ("wrist", "fixed", 0),
        ("fingers", "unknown", None),
    ]
    assert {(c["muscle"], c["injected"]) for c in plain["candidates"] if c["joint"] == "elbow"} == {
        ("biceps_brachii", True),
        ("brachialis", False),
        ("brachioradialis", False),
    }
    assert {c["joint"] for c in plain["candidates"]} == {"elbow", "wrist"}
    keys = {"joint", "side", "movement", "muscle", "pattern", "role", "basis", "source", "injected"}
    assert all(set(c) == keys for c in plain["candidates"])
    assert plain["not_asked"] == [caution for caution in must_ask("male") if caution != "falls"]


def test_a_caution_both_stated_and_ruled_out_is_an_input_error(run):
    with pytest.raises(InputError, match="both stated and ruled out") as caught:
        run([ELBOW], FLEXORS, AT_ELBOW, cautions=["falls"], asked=["dysphagia", "falls"])
    assert (caught.value.field, caught.value.rule) == ("patient.asked[1]", "caution_ruled_out")


def test_every_link_names_a_known_joint_movement_and_muscle_of_its_limb():
    for link in load_links():
        assert set(link.movements) <= set(JOINTS[link.joint].movements), link
        assert link.joint in MUSCLES[link.muscle].joints, link
        assert link.basis in {"primary", "recalled"} and link.source[0], link


def test_every_movement_is_resisted_by_some_muscle():
    for joint, held in JOINTS.items():
        for movement in held.movements:
            assert candidates(joint, movement) or stretched_muscles(joint, movement)


def test_candidates_of_a_movement():
    assert {link.muscle for link in candidates("forearm", "supination")} == {
        "pronator_teres",
        "pronator_quadratus",
    }
    assert patterns_of("shoulder", "flexion") == {"shoulder_pattern_b"}
    assert patterns_of("ankle", "eversion") == {"equinovarus_foot"}
    assert {link.muscle for link in candidates("ankle", "eversion")} == {
        "tibialis_posterior",
        "tibialis_anterior",
    }
    assert {link.basis for link in candidates("hip", "abduction") if link.muscle == "gracilis"} == {
        "recalled"
    }
    assert {"dorsal_interosseous_fourth", "lumbrical_first"} < muscles_of("intrinsic_plus_hand")
    assert candidates("elbow", "flexion") == ()


def test_every_fault_of_the_wrong_plan_is_found_and_nothing_else():
    issues = check(load_case(EXAMPLES / "wrong_plan.yaml")).issues
    assert {(issue.rule, issue.where) for issue in issues if issue.severity != "info"} == {
        ("cumulative_3_months", "plan"),
        ("interval", "plan.date"),
        ("session_total", "plan.injections"),
        ("muscle_dose", "plan.injections[0]"),
        ("muscle_dose", "plan.injections[1]"),
        ("site_dose", "plan.injections[0]"),
        ("site_dose", "plan.injections[1]"),
        ("site_dose", "plan.injections[2]"),
        ("muscle_not_in_label", "plan.injections[2]"),
        ("precaution", "patient.cautions[0]"),
    }


@pytest.mark.parametrize(
    "path", sorted(p for p in EXAMPLES.glob("*.yaml") if p.stem != "wrong_plan"), ids=lambda path: path.stem
)
def test_the_other_examples_raise_no_warning_of_selection(path):
    issues = check(load_case(path)).issues
    assert not {i.rule for i in issues if i.severity != "info"} & {*load_screening(), *STATED}
    assert "not_asked" not in {issue.rule for issue in issues}


def test_findings_tell_joints_and_movements_in_words(tmp_path):
    text = (EXAMPLES / "adult_arm.yaml").read_text(encoding="utf-8")
    row = 'joint: shoulder, side: left, movement: external_rotation, scale: modified_ashworth, value: "3"}\n'
    path = tmp_path / "case.yaml"
    path.write_text(text.replace("goals:\n", f"  - {{date: 2026-11-20, {row}goals:\n"), encoding="utf-8")
    told = [issue.message for issue in check(load_case(path)).issues]
    assert any("external rotation" in message for message in told)
    assert not [message for message in told if "external_rotation" in message]
