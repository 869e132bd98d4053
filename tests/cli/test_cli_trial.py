"""The command about a trial that has not been done."""

from __future__ import annotations

import json

import pytest
from program import EXAMPLES, ask, fails

TRIAL = EXAMPLES / "trials" / "simpson1996.yaml"
FEW = ("--replicates", "3", "--quiet")


def test_trial_writes_people_replicates_and_a_page(capsys, tmp_path, extra):
    parquet = extra("pyarrow.parquet", "tables")
    code, document, _ = ask(capsys, "trial", str(TRIAL), *FEW, "--out", str(tmp_path))
    assert code == 0
    assert document["replicates"] == 3
    assert "simpson1996.yaml" in (tmp_path / "trial.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "trial.json").read_text(encoding="utf-8")) == document
    rows = parquet.read_table(tmp_path / "replicates.parquet").to_pylist()
    assert len(rows) == 3 * 4
    people = parquet.read_table(tmp_path / "people")
    assert people.num_rows == 3 * 18
    found = {(row["replicate"], row["endpoint"]): row["difference"] for row in rows}
    again = {row["endpoint"]: row for row in document["again"]["rows"]}
    for name, row in again.items():
        as_large = sum(found[k, name] / row["difference"] >= 1 for k in range(3)) / 3
        assert row["at_least_as_large"]["value"] == pytest.approx(as_large, abs=1e-4)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("endpoints:", "endpoint:", "unknown_key"),
        ("against: placebo", "against: sham", "unknown_arm"),
        ("arm: 300 U, difference: -0.9", "arm: 75 U, difference: -0.9", "unknown_arm"),
        ("primary: true", "primary: true, method: log_rank", "method"),
    ],
)
def test_a_wrong_trial_file_is_an_input_error(capsys, tmp_path, old, new, rule):
    path = tmp_path / "wrong.yaml"
    content = TRIAL.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")
    told = fails(capsys, "trial", str(path), *FEW)
    assert told["rule"] == rule and told["line"] and told["file"] == str(path)


def test_endpoints_that_are_not_simulated_are_warned_of(capsys, tmp_path):
    path, old = tmp_path / "two.yaml", "scale: ashworth, joint: wrist"
    content = TRIAL.read_text(encoding="utf-8")
    path.write_text(content.replace(old, "scale: physician_global, joint: wrist"), encoding="utf-8")
    code, document, _ = ask(capsys, "trial", str(path), *FEW)
    assert code == 0
    assert len(document["warnings"]) == 2
    assert [row["cannot"] is None for row in document["endpoints"]] == [False, False, True, True]


def test_a_trial_of_which_nothing_is_simulated_is_an_input_error(capsys, tmp_path):
    path = tmp_path / "ratings.yaml"
    content = TRIAL.read_text(encoding="utf-8").replace(
        "scale: ashworth, joint", "scale: physician_global, joint"
    )
    path.write_text(content, encoding="utf-8")
    told = fails(capsys, "trial", str(path), *FEW, "--out", str(tmp_path / "out"))
    assert told["rule"] == "not_simulated" and "global rating" in told["message"]
    assert not list((tmp_path / "out").glob("*"))


def test_replicates_beyond_what_can_be_are_an_input_error(capsys):
    assert fails(capsys, "trial", str(TRIAL), "--replicates", "20001")["field"] == "--replicates"


def test_a_case_in_place_of_a_trial_is_an_input_error(capsys):
    assert fails(capsys, "trial", str(EXAMPLES / "adult_arm.yaml"))["rule"] == "unknown_key"


def test_schema_trial_is_printed(capsys):
    code, document, _ = ask(capsys, "schema", "trial")
    assert code == 0 and "published" in document["properties"]
