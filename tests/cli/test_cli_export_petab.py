"""export petab: tables that petab finds sound, and from which pyPESTO returns our own parameters."""

from __future__ import annotations

import csv
import logging
from pathlib import Path

import numpy as np
import pytest
from program import ADULT, EXAMPLES, ask, fails

ELBOW = str(EXAMPLES / "adult_arm_elbow.yaml")
RETURNED = 0.005
"""Tolerance of an estimate on the log10 scale: about 1 %; bounds span 1.7 and 1.2 units."""


def table(folder, name):
    with (folder / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def with_strength(tmp_path, *visits):
    text = Path(ADULT).read_text(encoding="utf-8")
    case = tmp_path / "case.yaml"
    case.write_text(text + "\nvisits:\n" + "".join(f"  - {row}\n" for row in visits), encoding="utf-8")
    return str(case)


@pytest.mark.parametrize("name", ["adult_arm", "adult_leg", "child_calf", "adult_arm_visits"])
def test_petab_finds_no_error_in_the_problem_of_an_example(capsys, tmp_path, extra, name, caplog):
    extra("libsbml")
    petab = extra("petab.v1", "dev")
    case = str(EXAMPLES / f"{name}.yaml")
    code, document, _ = ask(
        capsys, "export", "petab", case, "--simulated", "14,28", "--out", str(tmp_path), "--bins", "2"
    )
    assert code == 0 and document["simulated"]
    problem = petab.Problem.from_yaml(tmp_path / "petab.yaml")
    with caplog.at_level(logging.ERROR):
        assert not petab.lint.lint_problem(problem)
    assert list(problem.x_free_ids) == document["estimated"] == ["uptake", "light_chain_loss"]


def test_strengths_of_visits_are_the_measurements(capsys, tmp_path, extra):
    extra("libsbml")
    petab = extra("petab.v1", "dev")
    case = with_strength(
        tmp_path,
        "{date: 2026-12-20, joint: elbow, side: left, measure: strength, value: 60 %}",
        "{date: 2027-01-17, joint: elbow, side: left, measure: strength, value: 0 %}",
        "{date: 2027-01-17, joint: elbow, side: left, measure: scale, scale: modified_ashworth, value: '1'}",
    )
    out = tmp_path / "out"
    _, document, _ = ask(capsys, "export", "petab", case, "--out", str(out), "--bins", "2")
    (row,) = table(out, "measurements")
    assert (float(row["measurement"]), float(row["time"]), row["datasetId"]) == (0.6, 28, "visit")
    assert row["observableId"] == "strength_elbow_left_extension"
    assert [line.split(":")[0] for line in document["left_out"]] == ["visits[1]", "visits[2]"]
    assert not petab.lint.lint_problem(petab.Problem.from_yaml(out / "petab.yaml"))


def test_a_joints_shares_of_torque_and_those_of_muscles_not_injected_are_one(capsys, tmp_path, extra):
    extra("libsbml")
    ask(capsys, "export", "petab", ADULT, "--simulated", "14", "--out", str(tmp_path), "--bins", "1")
    rows = [row for row in table(tmp_path, "observables") if row["observableId"].startswith("strength")]
    assert rows
    for row in rows:
        terms = [float(term.split("*")[0]) for term in row["observableFormula"].split("+")]
        assert sum(terms) == pytest.approx(1, abs=1e-6)


def test_simulated_values_say_so_in_the_file(capsys, tmp_path, extra):
    extra("libsbml")
    ask(capsys, "export", "petab", ADULT, "--simulated", "14,28", "--out", str(tmp_path), "--bins", "1")
    text = (tmp_path / "petab.yaml").read_text(encoding="utf-8")
    assert "SIMULATED" in text and "Not a medical device" in text
    assert {row["datasetId"] for row in table(tmp_path, "measurements")} == {"simulated"}


def test_a_case_without_strengths_says_so_and_leaves_no_folder(capsys, tmp_path):
    out = tmp_path / "out"
    told = fails(capsys, "export", "petab", ADULT, "--out", str(out))
    assert told["rule"] == "nothing_measured" and "--simulated" in told["remedy"]
    assert not out.exists()


@pytest.mark.parametrize("days", ["", "0,14", "28,14", "-1", "x", "1e9"])
def test_days_that_are_no_ascending_days_are_an_input_error(capsys, tmp_path, days):
    told = fails(capsys, "export", "petab", ADULT, f"--simulated={days}", "--out", str(tmp_path))
    assert (told["field"], told["rule"]) == ("--simulated", "sessions")


def test_pypesto_returns_our_parameters_from_simulated_data(capsys, tmp_path, extra):
    """From starts a factor of two off and without priors, so that the data alone decide."""
    for name in ("libsbml", "roadrunner"):
        extra(name)
    petab = extra("petab.v1", "dev")
    optimize = extra("pypesto.optimize", "dev")
    importer = extra("pypesto.objective.roadrunner", "dev")
    ask(
        capsys, "export", "petab", ELBOW, "--simulated", "14,42,84,140", "--out", str(tmp_path), "--bins", "2"
    )
    held = petab.Problem.from_yaml(tmp_path / "petab.yaml")
    held.parameter_df = held.parameter_df.filter(regex="^(?!objectivePrior)")
    with pytest.warns(DeprecationWarning):
        problem = importer.PetabImporterRR(held).create_problem()
    truth = np.asarray(held.x_nominal_free_scaled)
    starts = truth + np.array([[0.3, -0.2], [-0.3, 0.2]])
    problem.set_x_guesses(np.array([problem.get_full_vector(x, problem.x_fixed_vals) for x in starts]))
    method = optimize.ScipyOptimizer("Nelder-Mead", options={"maxfev": 150, "xatol": 1e-4, "fatol": 1e-6})
    found = optimize.minimize(problem, optimizer=method, n_starts=2, progress_bar=False).optimize_result
    for each in found.list:
        np.testing.assert_allclose(each.x[problem.x_free_indices], truth, atol=RETURNED)
