"""The command people: who they are on the screen, as JSON, as a table, and what is wrong in one sentence."""

from __future__ import annotations

import pytest
from program import ask, fails

from endplate.app.cli import main
from endplate.knowledge.vocabulary.wording import BANNER


def test_people_are_shown_with_the_banner(capsys):
    assert main(["people", "children_leg", "--n", "50"]) == 0
    told = capsys.readouterr().out
    assert BANNER in told and "GMFCS 5" in told and "equinovarus foot" in told and "assumed" in told
    assert main(["people", "children_leg", "--n", "50", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_people_are_one_document(capsys):
    code, document, _ = ask(
        capsys, "people", "stroke_arm", "--n", "200", "--age", "18 y to 80 y", "--seed", "4"
    )
    assert code == 0
    assert document["n"] == 200 and document["seed"] == 4
    assert document["eligibility"] == {"age_y": [18.0, 80.0]}
    assert 0.9 < document["eligible_share"] < 1
    assert document["numbers"]["age_y"]["p95"] <= 80
    assert {row["joint"] for row in document["joints"]} >= {"elbow", "wrist"}
    assert document["patterns"][0]["muscles"] == ["biceps_brachii", "brachialis", "brachioradialis"]


@pytest.mark.parametrize("name", ["some.csv", "some.parquet", "folder"])
def test_a_table_is_kept_and_completes_itself(capsys, tmp_path, name):
    out = tmp_path / name
    code, document, _ = ask(capsys, "people", "stroke_leg", "--n", "30", "--out", str(out))
    assert code == 0
    kept = out / "people.csv" if name == "folder" else out
    again = tmp_path / f"again{kept.suffix}"
    code, second, _ = ask(capsys, "people", "--own", str(kept), "--seed", "8", "--out", str(again))
    assert code == 0 and again.read_bytes() == kept.read_bytes()
    assert second["numbers"] == document["numbers"] and second["own"] == str(kept)


def test_populations_are_mixed_by_share(capsys):
    _, document, _ = ask(capsys, "people", "stroke_arm:3", "traumatic_brain_injury_arm:1", "--n", "400")
    shares = {row["population"]: row["share"] for row in document["populations"]}
    assert shares["stroke_arm"] == pytest.approx(3 / 4, abs=0.09)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["stroke_arn"], "unknown_population"),
        ([], "population_missing"),
        (["stroke_arm:many"], "share"),
        (["stroke_arm", "--age", "80 y to 18 y"], "range_reversed"),
        (["stroke_arm", "--age", "18 y"], "range"),
        (["stroke_arm", "--age", "18 kg to"], "unit"),
        (["stroke_arm", "--gmfcs", "1"], "gmfcs_of_adults"),
        (["children_leg", "--gmfcs", "one"], "gmfcs"),
        (["stroke_arm", "--patterns", "flexed_elbows"], "unknown_word"),
        (["stroke_arm", "--own", "none.csv"], "file"),
        (["stroke_arm", "stroke_leg", "--own", "none.csv"], "one_population"),
        (["stroke_arm", "--n", "0"], "command_line"),
        (["stroke_arm", "--n", "2000000"], "people"),
    ],
)
def test_what_is_wrong_is_one_sentence(capsys, arguments, rule):
    assert fails(capsys, "people", *arguments)["rule"] == rule


def test_an_unknown_population_lists_all_and_nothing_is_written(capsys, tmp_path):
    out = tmp_path / "people.csv"
    error = fails(capsys, "people", "stroke_arn", "--out", str(out))
    assert "Did you mean stroke_arm?" in error["remedy"] and "children_leg" in error["remedy"]
    assert not out.exists()
