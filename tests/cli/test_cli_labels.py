"""labels status, limits and diff."""

from __future__ import annotations

import pytest
from program import ask, fails

ONA = ("--product", "onabotulinumtoxinA", "--age", "30 y", "--limb", "upper", "--cause", "stroke")


def test_status_has_the_promised_keys(capsys):
    code, document, _ = ask(capsys, "labels", "status", *ONA, "--as-of", "2009-06-01")
    assert code == 0
    assert {"status", "since", "source", "basis", "verified"} <= set(document)
    assert set(document["source"]) == {"citation", "url", "date"}
    assert document["status"] == "off_label"


def test_both_bounds_of_an_unsure_interval_are_told(capsys):
    asked = ("--product", "Dysport", "--age", "30 y", "--limb", "upper", "--cause", "stroke")
    _, document, _ = ask(capsys, "labels", "status", *asked, "--as-of", "2015-07-15")
    assert document["status"] == "unknown"
    assert document["between"] == ["2015-07-01", "2015-08-01"]


def test_stale_data_is_said(capsys):
    _, document, _ = ask(capsys, "labels", "status", *ONA, "--as-of", "2030-01-01")
    assert document["stale_since"] is not None
    _, document, _ = ask(capsys, "labels", "status", *ONA, "--as-of", "2026-12-01")
    assert document["stale_since"] is None


def test_limits_per_kg_are_worked_out_for_a_weight(capsys):
    asked = ("--product", "onabotulinumtoxinA", "--age", "6 y", "--weight", "20 kg", "--limb", "upper")
    _, document, _ = ask(capsys, "labels", "limits", *asked, "--as-of", "2026-11-22")
    (row,) = [r for r in document["limits"] if r["scope"] == "session_total_per_kg"]
    assert row["max_U"] == pytest.approx(row["max"] * 20)


def test_a_rule_in_words_has_no_empty_part_and_no_range_of_one_number(capsys):
    from endplate.knowledge.labels.rules import load_rules

    texts = [rule.text for rule in load_rules()]
    assert not [text for text in texts if ", ," in text]
    numbers = [text.rsplit(": ", 1)[1].split(" ") for text in texts]
    assert not [part for part in numbers if part[1] == "to" and part[0] == part[2]]


def test_diff_lists_the_cerebral_palsy_exclusion_and_its_removal(capsys):
    _, document, _ = ask(
        capsys,
        "labels",
        "diff",
        "--from",
        "2019-10-01",
        "--to",
        "2020-07-31",
        "--product",
        "onabotulinumtoxinA",
    )
    texts = [row["text"] for row in document["changes"] if row["kind"] == "approval"]
    assert any("not for cerebral palsy" in text for text in texts)
    days = [row["on"] for row in document["changes"]]
    assert days == sorted(days)
    assert "2020-07-09" in days


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("status", "--product", "botex", "--age", "30 y"), "--product"),
        (("status", "--product", "Botox", "--limb", "upper", "--age", "30"), "--age"),
        (("status", "--product", "Botox", "--age", "30 y"), "--limb"),
        (("status", "--product", "Botox", "--age", "30 y", "--as-of", "soon"), "--as-of"),
        (("limits", "--product", "Botox", "--age", "6 y", "--weight", "20 lb"), "--weight"),
        (("diff", "--from", "2020-01-01", "--to", "2019-01-01"), "--to"),
    ],
)
def test_a_bad_question_is_an_input_error(arguments, field, capsys):
    assert fails(capsys, "labels", *arguments)["field"] == field
