"""What no person is, is refused; what hardly anybody is, is asked about; nobody usual is."""

from __future__ import annotations

import pytest

from endplate import InputError
from endplate.app.examples import example
from endplate.case.loader import from_document, load_case
from endplate.case.models import Case, Patient
from endplate.knowledge.evidence.populations import load_growth
from endplate.knowledge.vocabulary import SEXES
from endplate.knowledge.vocabulary.quantity import parse_quantity
from endplate.questions.plausible import plausible


def refused(**patient):
    with pytest.raises(InputError) as found:
        from_document(Case, {"endplate": 1, "patient": {"code": "x-1", **patient}})
    return found.value.rule, found.value.field


@pytest.mark.parametrize("height", ["1.65 cm", "20 cm", "1650 cm"])
def test_a_height_that_nobody_has_is_refused_at_its_field(height):
    assert refused(height=height) == ("height_range", "patient.height")


def test_an_onset_before_birth_is_refused_and_one_in_the_year_of_a_whole_age_is_not():
    told = refused(age="6 y", months_since_onset=85.0)
    assert told == ("onset_before_birth", "patient.months_since_onset")
    assert Patient(code="x", age="6 y", months_since_onset=83.0).months_since_onset == 83


def test_a_file_means_a_decimal_point_by_a_point():
    """YAML knows no other; only what is typed in the app is asked about."""
    assert [parse_quantity(text).value for text in ("1.000 U", "2.500 mL", "0.250 mL")] == [1, 2.5, 0.25]


def _row(sex, age_y):
    return [row for row in plausible()["bodies"] if row["sex"] == sex and row["from_y"] <= age_y][-1]


def test_people_of_the_middle_are_never_asked_about():
    """The median child of every half year of the growth reference lies inside, far from the edges."""
    for (measure, sex), table in load_growth().items():
        for months, median in zip(table.age_mo, table.median, strict=True):
            low, high = _row(sex, int(months / 12))[measure]
            assert low < 0.9 * median and median < 0.97 * high


@pytest.mark.parametrize("sex", SEXES)
def test_slips_of_the_pen_are_asked_about(sex):
    row = _row(sex, 58)
    for weight in (7, 700):
        assert not row["weight_kg"][0] <= weight <= row["weight_kg"][1]
    assert not row["height_cm"][0] <= 65 <= row["height_cm"][1]


@pytest.mark.parametrize("name", ["adult_arm", "adult_leg", "child_calf", "multilevel"])
def test_no_example_is_asked_about(name):
    with example(f"{name}.yaml") as path:
        patient = load_case(path).patient
    row = _row(patient.sex or SEXES[0], patient.age.to("y").value)
    if patient.weight:
        assert row["weight_kg"][0] <= patient.weight.value <= row["weight_kg"][1]
    if patient.height:
        assert row["height_cm"][0] <= patient.height.value <= row["height_cm"][1]
