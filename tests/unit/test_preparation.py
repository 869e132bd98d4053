"""Vials, dilution, sites of groups, and the commands about labels."""

from __future__ import annotations

import time

import pytest

from endplate import check, load_case
from endplate.questions.checking.preparation import fewest_vials

CASE = """\
endplate: 1
patient: {{code: prep, age: 50 y, condition: stroke}}
plan:
  date: 2026-11-22
  jurisdiction: US
  product: onabotulinumtoxinA
  indication: spasticity
  dilution: {dilution}
  vials: {vials}
  injections:
    - {{muscle: {muscle}, side: left, dose: {dose}, sites: 2}}
"""


def found(tmp_path, *, dilution="50 U/mL", vials="[100 U]", muscle="biceps_brachii", dose="100 U"):
    path = tmp_path / "case.yaml"
    path.write_text(CASE.format(dilution=dilution, vials=vials, muscle=muscle, dose=dose), encoding="utf-8")
    result = check(load_case(path))
    return {issue.rule: issue for issue in result.issues}, result.preparation


@pytest.mark.parametrize(
    ("units", "sizes", "expected"),
    [
        (0, (100, 200), []),
        (100, (100, 200), [100]),
        (101, (100, 200), [200]),
        (350, (100, 200), [200, 200]),
        (250, (300, 500), [300]),
        (600, (300, 500), [300, 300]),
        (1400, (300, 500), [500, 300, 300, 300]),
        (60, (50, 100, 200), [100]),
    ],
)
def test_the_vials_with_least_left_over(units, sizes, expected):
    assert fewest_vials(units, sizes) == expected


def test_vials_that_hold_too_little(tmp_path):
    issues, prepared = found(tmp_path, dose="100.1 U")
    assert issues["vials_short"].severity == "warning"
    assert prepared["left_over_U"] == pytest.approx(-0.1)


def test_left_over_is_said_and_counted(tmp_path):
    issues, prepared = found(tmp_path, vials="[200 U]")
    assert issues["vials_left_over"].value == 100
    assert prepared["fewest_vials_U"] == [100]
    assert prepared["diluent_mL"] == [4]


def test_an_unknown_vial(tmp_path):
    issues, _ = found(tmp_path, vials="[10 U, 100 U]")
    assert issues["vial_size_unknown"].value == 10


def test_exact_vials_are_silent(tmp_path):
    issues, _ = found(tmp_path)
    assert not {"vials_short", "vials_left_over", "vial_size_unknown"} & set(issues)


def test_nothing_injected_and_groups_with_too_few_sites(tmp_path):
    assert found(tmp_path, dose="0 U")[0]["dose_zero"].severity == "warning"
    assert found(tmp_path, muscle="triceps_surae")[0]["group_sites"].limit == 3


@pytest.mark.timed
def test_check_takes_less_than_50_ms(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(
        CASE.format(dilution="50 U/mL", vials="[100 U]", muscle="biceps_brachii", dose="100 U"),
        encoding="utf-8",
    )
    case = load_case(path)
    check(case)
    start = time.perf_counter()
    for _ in range(5):
        check(case)
    assert (time.perf_counter() - start) / 5 < 0.05


def test_more_fluid_than_the_muscle_holds(tmp_path):
    issues, _ = found(tmp_path, muscle="adductor_pollicis", dose="100 U", vials="[100 U]")
    assert issues["muscle_fluid"].severity == "warning"
    assert "muscle_fluid" not in found(tmp_path)[0]
