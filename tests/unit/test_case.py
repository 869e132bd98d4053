"""The user files: what is read, what is refused and where, and what the plan becomes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from endplate.case import (
    Case,
    Dose,
    ProductMismatch,
    Quantity,
    case_yaml,
    from_document,
    joint_baselines,
    load_case,
    load_study,
    parse_quantity,
    planned_injections,
)
from endplate.case.schema import schema
from endplate.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples"
ARM = (EXAMPLES / "adult_arm.yaml").read_text(encoding="utf-8")
STUDY = """\
endplate: 1
study: small
title: one line
sources: [{citation: "A paper", url: "https://example.org", evidence: read}]
role: calibration
species: human
preparation: in_vivo
visits: [0 wk, 4 wk]
arms:
  - {arm: placebo, n: 9}
  - {arm: 300 U, n: 9, product: onabotulinumtoxinA, injections: [{muscle: biceps_brachii, dose: 200 U}]}
outcomes:
  - {arm: 300 U, versus: placebo, measure: scale_change, scale: ashworth, joint: wrist, at: 4 wk, value: -0.9}
"""


def read(folder: Path, text: str | bytes) -> Case:
    path = folder / "case.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_case(path)


def refused(folder: Path, text: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(folder, text)
    error = caught.value
    assert error.file and error.rule and error.message and error.remedy
    return error


def changed(old: str, new: str) -> str:
    assert old in ARM
    return ARM.replace(old, new, 1)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_loads_with_a_plan_and_joints(path: Path) -> None:
    case = load_case(path)
    assert planned_injections(case)
    assert joint_baselines(case)
    assert case.notes == ()


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ("endplate: 1", "endplate: 2", "endplate", "format_version"),
        ("endplate: 1", "endplate: true", "endplate", "format_version"),
        ("58 y", "400 y", "patient.age", "age_range"),
        ("58 y", "58", "patient.age", "quantity"),
        ("58 y", "58 kg", "patient.age", "unit"),
        ("58 y", ".nan", "patient.age", "quantity"),
        ("72 kg", "0 kg", "patient.weight", "weight_range"),
        ("since_onset: 14", "since_onset: true", "patient.months_since_onset", "float_type"),
        ("since_onset: 14", "since_onset: .inf", "patient.months_since_onset", "finite_number"),
        ("100 U, sites", "-100 U, sites", "plan.injections[0].dose", "range"),
        ("100 U, sites", "1e308 U, sites", "plan.injections[0].dose", "range"),
        ("sites: 4", "sites: true", "plan.injections[0].sites", "int_type"),
        ("sites: 4", 'sites: "4"', "plan.injections[0].sites", "int_type"),
        ("sites: 4", "sites: 4, at: 101 %", "plan.injections[0].at", "at_range"),
        ("date: 2026-11-22", "date: 2026-02-30", "plan.date", "date"),
        ("date: 2026-11-22", "date: 86400", "plan.date", "date"),
        ("date: 2026-11-22", "date: 2026-11-22T10:00:00", "plan.date", "date"),
        ('"2"', '"7"', "assessment[1].value", "grade"),
        ('"2"', "true", "assessment[1].value", "grade"),
        ("r1: 60 deg", "r1: 150 deg", "assessment[0].tardieu.r1", "tardieu_order"),
        ("movement: extension", "movement: pronation", "assessment[0].movement", "movement"),
        ("  dilution: 50 U/mL\n", "", "plan.injections[0].volume", "volume_missing"),
        ("muscle: brachialis, side: left", "muscle: brachialis", "plan.injections[1].side", "missing_key"),
        ("jurisdiction: US", "jurisdiction: USA", "plan.jurisdiction", "unknown_jurisdiction"),
    ],
)
def test_a_wrong_value_is_named_with_its_field(
    tmp_path: Path, old: str, new: str, field: str, rule: str
) -> None:
    error = refused(tmp_path, changed(old, new))
    assert (error.field, error.rule) == (field, rule)
    assert error.line


def test_an_error_names_the_line_of_its_field(tmp_path: Path) -> None:
    line = ARM[: ARM.index("age: 58 y")].count("\n") + 1
    assert refused(tmp_path, changed("58 y", "400 y")).line == line


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        ("muscle: brachialis", "muscl: brachialis", "muscle"),
        ("  code:", "  cod:", "code"),
        ("muscle: brachialis", "muscle: brachialiss", "brachialis"),
        ("onabotulinumtoxinA", "onabotulinumtoxina", "onabotulinumtoxinA"),
    ],
)
def test_the_nearest_valid_word_is_offered(tmp_path: Path, old: str, new: str, near: str) -> None:
    assert refused(tmp_path, changed(old, new)).remedy == f"Did you mean {near}?"


def test_a_key_given_twice_is_an_error_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, changed("  code: arm-01\n", "  code: arm-01\n  code: arm-02\n"))
    assert (error.rule, error.line) == ("duplicate_key", 5)


def test_notes_belong_to_the_reader_not_the_file(tmp_path: Path) -> None:
    assert refused(tmp_path, changed("plan:", "notes: [x]\nplan:")).rule == "unknown_key"


def test_the_first_of_several_errors_is_told_and_the_rest_counted(tmp_path: Path) -> None:
    error = refused(tmp_path, changed("58 y", "old").replace("72 kg", "heavy"))
    assert error.field == "patient.age"
    assert "1 more" in error.message


@pytest.mark.parametrize(
    ("addition", "field"),
    [
        ("history:\n  - {date: 2026-12-01, product: onabotulinumtoxinA}\n", "history[0].date"),
        ("visits:\n  - {date: 2026-11-01, measure: onset}\n", "visits[0].date"),
    ],
)
def test_dates_out_of_order_are_refused(tmp_path: Path, addition: str, field: str) -> None:
    error = refused(tmp_path, ARM + addition)
    assert (error.rule, error.field) == ("date_order", field)


def test_weighing_after_the_plan_and_doses_per_kg_without_weight_are_refused(tmp_path: Path) -> None:
    late = refused(tmp_path, changed("72 kg", "72 kg\n  weighed_on: 2026-12-24"))
    assert (late.rule, late.field) == ("date_order", "patient.weighed_on")
    missing = refused(tmp_path, changed("  weight: 72 kg\n", "").replace("100 U, sites", "1 U/kg, sites"))
    assert (missing.rule, missing.field) == ("weight_required", "patient.weight")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "- a\n- b\n",
        "hello",
        "a: [1",
        "\tendplate: 1",
        "a: *unknown",
        b"\xff\xfe\x00",
        "é".encode("latin-1"),
        b"a" * 1_000_001,
        "a: " + "[" * 300 + "]" * 300,
        "a: &a [*a]",
        "endplate: !!int x",
        "endplate: 1\npatient: !odd {code: x}\n? [1, 2]\n: 3\n",
        'endplate: 1\npatient: {code: a, age: "' + "1" * 200_000 + '"}',
    ],
    ids=range(15),
)
def test_what_is_no_case_is_refused(tmp_path: Path, text: str | bytes) -> None:
    refused(tmp_path, text)


def test_anchors_that_multiply_are_refused(tmp_path: Path) -> None:
    names = "abcdefghi"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(names)]
    assert refused(tmp_path, "\n".join(lines) + "\n" + ARM).rule == "size"


@pytest.mark.parametrize("path", ["missing.yaml", ".", "a\0b"])
def test_a_path_that_cannot_be_read_is_refused(path: str) -> None:
    with pytest.raises(InputError) as caught:
        load_case(path)
    assert caught.value.rule == "file"


def test_other_spellings_and_bare_grades_are_read_and_reported(tmp_path: Path) -> None:
    case = read(tmp_path, changed("muscle: brachialis", "muscle: Brachialis").replace('"2"', "2"))
    assert case.notes == ("Brachialis was read as brachialis.",)
    assert case.assessment[1].value == "2"
    assert case.plan is not None
    assert case.plan.injections[1].muscle == "brachialis"


def test_dates_may_stand_in_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, changed("date: 2026-11-22", 'date: "2026-11-22"')) == read(tmp_path, ARM)


def test_units_of_two_products_never_meet() -> None:
    one, other = Dose(100, "onabotulinumtoxinA"), Dose(100, "abobotulinumtoxinA")
    assert one + one == one * 2
    for meet in (lambda: one + other, lambda: one < other, lambda: one <= other):
        with pytest.raises(ProductMismatch):
            meet()


def test_quantities_convert_within_their_dimension_only() -> None:
    assert parse_quantity("2 wk").to("d") == Quantity(14, "d")
    assert parse_quantity("1 y").to("d").value == pytest.approx(365.25)
    with pytest.raises(ValueError, match="not a kind of"):
        parse_quantity("2 U").to("U/kg")


@pytest.mark.parametrize("text", ["", "U", "1", "1 2 U", "1,5 U", "nan U", "-1 U", "1e999 U", None, True, 3])
def test_what_is_no_quantity_is_refused(text: object) -> None:
    with pytest.raises(InputError):
        parse_quantity(text)


def test_a_study_loads_and_its_arms_must_exist(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    assert [arm.arm for arm in load_study(path).arms] == ["placebo", "300 U"]
    path.write_text(STUDY.replace("versus: placebo", "versus: placeb"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert (caught.value.rule, caught.value.field) == ("unknown_arm", "outcomes[0].versus")


@pytest.mark.parametrize("versus", ["", "versus: placebo, "])
def test_a_share_of_people_is_never_given_in_percent(versus: str, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    what = "measure: responder_fraction, scale: ashworth, by: 1, at: 4 wk, value: 62.5"
    row = f"  - {{arm: 300 U, {versus}{what}}}\n"
    path.write_text(STUDY.rstrip("\n") + "\n" + row, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert caught.value.rule == "share"
    assert "never in percent" in caught.value.remedy


def test_schemas_are_given_for_what_can_be_read() -> None:
    assert "notes" not in schema("case")["properties"]
    assert schema("study")["additionalProperties"] is False
    assert "biceps_brachii" in schema("vocabulary")["muscles"]
    with pytest.raises(InputError):
        schema("nothing")


ONE_ROW = """\
endplate: 1
patient: {code: one, age: 50 y, condition: stroke}
plan:
  date: 2026-11-22
  jurisdiction: US
  product: onabotulinumtoxinA
  indication: spasticity
  dilution: 50 U/mL
  injections:
    - {muscle: biceps_brachii, side: left, dose: 100 U}
"""


@pytest.mark.parametrize(
    ("old", "new", "field", "remedy"),
    [
        ("dose: 100 U", "dose: -100 U", "plan.injections[0].dose", "from 0 up"),
        ("biceps_brachii", "biceps_brachi", "plan.injections[0].muscle", "biceps_brachii"),
        ("biceps_brachii", "diaphragm", "plan.injections[0].muscle", "or another of the "),
        ("50 U/mL", "50 U/ml", "plan.dilution", "Did you mean U/mL?"),
        ("onabotulinumtoxinA", "Botox", "plan.product", "Did you mean onabotulinumtoxinA?"),
        (
            "100 U}",
            "100 U, volume: 1 mL, dilution: 20 U/mL}",
            "plan.injections[0].dilution",
            "one of the two",
        ),
    ],
)
def test_a_mistake_in_the_only_row_is_named(
    tmp_path: Path, old: str, new: str, field: str, remedy: str
) -> None:
    error = refused(tmp_path, ONE_ROW.replace(old, new))
    assert error.field == field
    assert remedy in error.remedy


def test_a_dose_survives_being_written_out_exactly(tmp_path: Path) -> None:
    case = read(tmp_path, ONE_ROW.replace("100 U}", "200.0004 U}"))
    assert Case.model_validate(case.to_dict()) == case


def test_what_the_plan_does_not_state_stays_not_stated(tmp_path):
    case = load_case(EXAMPLES / "adult_arm.yaml")
    told = case.to_dict()
    told["plan"] = {
        name: held for name, held in told["plan"].items() if name not in ("guidance", "co_therapy")
    }
    bare = from_document(Case, told)
    assert bare.plan.not_stated == ("guidance", "co_therapy")
    path = tmp_path / "case.yaml"
    path.write_text(case_yaml(bare), encoding="utf-8")
    again = load_case(path)
    assert again == bare and again.plan.not_stated == bare.plan.not_stated
    assert from_document(Case, again.as_stated()).plan.not_stated == bare.plan.not_stated
    assert "guidance: ultrasound" in case_yaml(case) and case.as_stated() == case.to_dict()
