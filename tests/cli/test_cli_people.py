"""The command people: who they are on the screen, as JSON, as a table, and what is wrong in one sentence."""

from __future__ import annotations

import pytest
from program import ask, fails

from endplate.app.cli import main
from endplate.knowledge.vocabulary.wording import BANNER


def test_people_are_shown_with_the_banner(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["people", "children_leg", "--n", "50"]) == 0
    told = capsys.readouterr().out
    assert all(len(line) <= 80 for line in told.splitlines())
    assert BANNER in " ".join(told.split())
    assert "GMFCS 5" in told and "equinovarus foot" in told and "assumed" in told
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
        (["stroke_arm", "--own", "none.csv", "--n", "5"], "n_with_own"),
        (["stroke_arm", "--sex", "woman"], "unknown_word"),
        (["stroke_arm", "--out", "people.xlsx"], "table_kind"),
    ],
)
def test_what_is_wrong_is_one_sentence(capsys, arguments, rule):
    assert fails(capsys, "people", *arguments)["rule"] == rule


def test_an_unknown_population_lists_all_and_nothing_is_written(capsys, tmp_path):
    out = tmp_path / "people.csv"
    error = fails(capsys, "people", "stroke_arn", "--out", str(out))
    assert "Did you mean stroke_arm?" in error["remedy"] and "children_leg" in error["remedy"]
    assert not out.exists()


def test_one_sex_may_be_let_in(capsys):
    _, document, _ = ask(capsys, "people", "stroke_arm", "--n", "60", "--sex", "female")
    assert document["female_share"] == 1 and document["eligibility"] == {"sex": "female"}
    assert document["eligible_share"] == pytest.approx(0.44, abs=0.03)  # ULIS-III
    assert fails(capsys, "people", "stroke_arm", "--sex", "woman")["field"] == "--sex"


@pytest.mark.parametrize("name", ["people.xlsx", "people.CSV", "people.txt"])
def test_a_table_of_another_kind_makes_no_folder(capsys, tmp_path, name):
    error = fails(capsys, "people", "stroke_arm", "--n", "3", "--out", str(tmp_path / name))
    assert error["field"] == "--out" and ".csv or .parquet" in error["remedy"]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_may_have_a_point_in_its_name(capsys, tmp_path):
    (tmp_path / "may.out").mkdir()
    for name in ("may.out", "run.2"):
        assert ask(capsys, "people", "stroke_arm", "--n", "3", "--out", str(tmp_path / name))[0] == 0
        assert (tmp_path / name / "people.csv").exists()
