"""export csv: an event table that keeps NONMEM's rules, and the same with draws as Parquet."""

from __future__ import annotations

import csv
import math
from itertools import pairwise

import pytest
from program import EXAMPLES, ask, fails

from endplate.case.loader import load_case
from endplate.case.plan import planned_injections

CASES = sorted([*EXAMPLES.glob("*.yaml"), *EXAMPLES.glob("three_cycles/*.yaml")])
CYCLE = EXAMPLES / "three_cycles" / "cycle3.yaml"
FOLLOWED = EXAMPLES / "adult_arm_followup.yaml"


def read(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def exported(capsys, out, *cases):
    code, document, _ = ask(capsys, "export", "csv", *map(str, cases), "--out", str(out))
    assert code == 0
    numbers = [{name: float(x) for name, x in row.items()} for row in read(out / "events.csv")]
    return numbers, read(out / "columns.csv"), document


def meaning(columns, name, number):
    """What a number stands for."""
    (row,) = [row for row in columns if row["column"] == name and row["number"] == f"{number:g}"]
    return row["meaning"]


def test_the_table_keeps_the_rules_of_nonmem(capsys, tmp_path):
    rows, columns, document = exported(capsys, tmp_path, *CASES)
    assert document["people"] == len(CASES)
    assert sorted({row["ID"] for row in rows}) == [*range(1, len(CASES) + 1)]
    for before, after in pairwise(rows):
        assert before["ID"] <= after["ID"]
        assert before["ID"] < after["ID"] or before["TIME"] <= after["TIME"]
    for row in rows:
        assert all(math.isfinite(x) for x in row.values()) and row["TIME"] >= 0
        dose = row["EVID"] == 1
        assert row["MDV"] == row["EVID"] and row["EVID"] in (0, 1)
        assert (row["AMT"] > 0, row["CMT"] > 0, row["PROD"] > 0, row["DVID"] == 0) == (dose,) * 4
    told = {row["column"] for row in columns}
    assert told == set(rows[0])
    for name in ("ID", "CMT", "PROD", "DVID"):
        for number in {row[name] for row in rows} - {0}:
            assert meaning(columns, name, number)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_doses_add_up_to_plan_and_history(capsys, tmp_path, path):
    rows, _, document = exported(capsys, tmp_path, path)
    case = load_case(path)
    planned = sum(row["AMT"] for row in rows if row["PLANNED"])
    assert planned == pytest.approx(sum(shot.dose_U for shot in planned_injections(case)))
    recorded = sum(
        shot.dose.value * (2 if shot.side == "bilateral" else 1)
        for session in case.history
        for shot in session.injections
    )
    assert sum(row["AMT"] for row in rows if not row["PLANNED"]) == pytest.approx(recorded)
    assert document["doses"] + document["observations"] == len(rows)


def test_findings_are_those_of_the_file_by_their_scales_coding(capsys, tmp_path):
    rows, columns, _ = exported(capsys, tmp_path, FOLLOWED)
    told = [
        (row["TIME"], row["DV"], meaning(columns, "DVID", row["DVID"])) for row in rows if row["EVID"] == 0
    ]
    wrist, fingers = (f"modified_ashworth, {joint}, right, extension" for joint in ("wrist", "fingers"))
    assert told == [(97, 2, wrist), (97, 2, fingers), (129, 1, wrist), (185, 1.5, wrist)]
    assert [row["TIME"] for row in rows if row["EVID"] == 1] == [0, 0, 0, 101, 101, 101]
    (unit,) = {row["unit"] for row in columns if row["meaning"] == wrist}
    assert "1+ = 1.5" in unit


def test_what_is_no_number_is_left_out_with_its_reason(capsys, tmp_path):
    _, _, document = exported(capsys, tmp_path, CYCLE)
    assert document["left_out"]
    assert all("visits[" in line and line.endswith("not a number") for line in document["left_out"])


def test_parquet_holds_the_same_events_and_every_draw(capsys, tmp_path, extra):
    polars = extra("polars", "tables")
    rows, _, _ = exported(capsys, tmp_path / "csv", FOLLOWED)
    out, few = tmp_path / "out", ("--draws", "5", "--horizon", "6 wk")
    code, _, _ = ask(capsys, "export", "csv", str(FOLLOWED), "--parquet", *few, "--out", str(out))
    assert code == 0
    for held, row in zip(polars.read_parquet(out / "events.parquet").to_dicts(), rows, strict=True):
        assert held == pytest.approx(row, rel=1e-8)
    curves = polars.read_parquet(out / "curves_1.parquet")
    _, simulated, _ = ask(capsys, "simulate", str(FOLLOWED), *few)
    courses = len(simulated["muscles"]) + len(simulated["joints"]) + len(simulated["neighbours"])
    assert curves.height >= 5 * 43 * (len(simulated["muscles"]) + len(simulated["joints"]))
    assert curves.height <= 5 * 43 * courses
    force = curves.filter(
        (polars.col("id") == "flexor_carpi_radialis") & (polars.col("side") == "right"),
        polars.col("t_d") == 28,
    )
    (muscle,) = [row for row in simulated["muscles"] if row["muscle"] == "flexor_carpi_radialis"]
    assert force["value"].median() == pytest.approx(muscle["force"]["median"][28], abs=1e-4)


def test_without_polars_the_error_says_what_to_install(capsys, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "polars", None)
    out = tmp_path / "out"
    told = fails(capsys, "export", "csv", str(FOLLOWED), "--parquet", "--out", str(out))
    assert told["rule"] == "missing_extra" and "endplate[tables]" in told["remedy"]
    assert not out.exists()
