"""compare and sensitivity from the command line: shapes, screens, the page, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from program import ADULT, EXAMPLES, FEW, ask, fails, placed, results, strict

import endplate
from endplate.app.cli import main
from endplate.app.commands_questions import BASE_SAMPLES
from endplate.knowledge.vocabulary import wording
from endplate.questions import sensitivity as question

ELBOW = str(EXAMPLES / "adult_arm_elbow.yaml")
LEG = str(EXAMPLES / "adult_leg.yaml")
FORBIDDEN = ("recommended dose", "safe", "optimal for this patient", "best date", "predicts")


@pytest.fixture(scope="module")
def inco(tmp_path_factory):
    """The plan of the arm with another product, inside that product's label."""
    with open(ADULT, encoding="utf-8") as held:
        text = held.read().replace("onabotulinumtoxinA", "incobotulinumtoxinA")
    path = tmp_path_factory.mktemp("inco") / "inco.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def flat(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'").split())


# ---- compare -------------------------------------------------------------------------------------


def test_compare_has_the_promised_shape(capsys, tmp_path):
    code, document, _ = ask(capsys, "compare", ADULT, ELBOW, "--out", str(tmp_path), *FEW)
    assert code == 0
    assert [plan["file"] for plan in document["plans"]] == [ADULT, ELBOW]
    for row in document["differences"]:
        assert {"a", "b", "outcome", "t_d", "median", "p_better"} <= set(row)
    assert results(tmp_path) == {"compare.json", "compare.html"}
    plans = [placed(plan, file=Path(plan["file"]).name) for plan in document["plans"]]
    held = strict((tmp_path / "compare.json").read_text(encoding="utf-8"))
    assert held == placed(document, plans=plans)


def test_compare_tells_people_and_writes_a_page(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["compare", ADULT, ELBOW, "--out", str(tmp_path), *FEW]) == 0
    told = flat(capsys.readouterr().out)
    html = flat((tmp_path / "compare.html").read_text(encoding="utf-8"))
    for text in (told, html):
        for sentence in (wording.BANNER, wording.SIMULATION, wording.PRODUCT):
            assert sentence in text
        assert "Plan A lowers the grade of the elbow (extension, left) more than plan B in" in text
        assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", text.lower())]
    assert wording.REPORT in html and wording.AFTER_HARM in html
    assert html.count('<svg class="chart"') == 2 * html.count('<div class="panel">') > 0
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", html)


def test_two_products_are_an_indirect_comparison_on_screen_and_page(capsys, tmp_path, inco):
    assert main(["compare", ADULT, inco, "--out", str(tmp_path), *FEW]) == 0
    told = flat(capsys.readouterr().out)
    html = flat((tmp_path / "compare.html").read_text(encoding="utf-8"))
    for text in (told, html):
        assert "indirect comparison" in text and wording.INDIRECT in text
        assert "more than plan" not in text and "minus" not in text
    assert "Share of copies in which" not in html


def test_compare_names_the_file_that_is_of_another_person(capsys):
    error = fails(capsys, "compare", ADULT, ELBOW, LEG, *FEW)
    assert (error["rule"], error["file"], error["field"]) == ("same_person", LEG, "patient.code")


def test_compare_needs_two_cases(capsys):
    assert fails(capsys, "compare", ADULT)["rule"] == "plans"


def test_compare_refuses_a_product_outside_its_label(capsys, tmp_path, inco):
    with open(inco, encoding="utf-8") as held:
        text = held.read().replace("dose: 100 U", "dose: 390 U")
    path = tmp_path / "more.yaml"
    path.write_text(text, encoding="utf-8")
    error = fails(capsys, "compare", ADULT, str(path), "--out", str(tmp_path / "out"), *FEW)
    assert (error["rule"], error["file"]) == ("indirect_comparison", str(path))
    assert not (tmp_path / "out").exists()


# ---- sensitivity ---------------------------------------------------------------------------------

ASKED = ("sensitivity", ADULT, "--draws", "64", "--outcome", "force:biceps_brachii:left@2wk")


@pytest.fixture
def salib(extra):
    return extra("SALib", "sensitivity")


def test_sensitivity_has_the_promised_shape(capsys, tmp_path, salib):
    code, document, _ = ask(capsys, *ASKED, "--out", str(tmp_path))
    assert code == 0
    assert document["outcome"] == "force:biceps_brachii:left@2wk"
    for row in document["indices"]:
        assert {"parameter", "basis", "mu_star", "S1", "ST"} <= set(row)
    assert sum(document["by_basis"].values()) == pytest.approx(1, abs=1e-4)
    weak = sum(document["by_basis"].get(basis, 0) for basis in ("assumed", "recalled"))
    assert document["nobody_measured"]["share"] == pytest.approx(weak, abs=1e-4)
    assert document["nobody_measured"]["learnt"] <= document["nobody_measured"]["share"]
    assert len([row for row in document["indices"] if row["ST"] is not None and row["mu_star"]]) == 20
    assert strict((tmp_path / "sensitivity.json").read_text(encoding="utf-8")) == document
    page = flat((tmp_path / "sensitivity.html").read_text(encoding="utf-8"))
    assert wording.BANNER in page and wording.SIMULATION in page and document["outcome"] in page
    assert "terminal.potency_study" in page and "Rests on what nobody measured" in page
    assert page.count('<svg class="bar"') == len(document["by_basis"]) + 20
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", page)
    assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", page.lower())]


def test_every_uncertain_record_of_the_run_is_a_row(capsys, salib):
    """The same records that `simulate` uses, joints left out, each with a part of its own."""
    _, document, _ = ask(capsys, *ASKED)
    listed = {row["parameter"] for row in document["indices"]}
    assert {"terminal.potency_person", "spread.bolus_length", "needle.hit.ultrasound", "placement"} <= listed
    assert not {name for name in listed if name.startswith(("scales.", "joint"))}
    parts = [(row["parameter"], row["part"]) for row in document["indices"]]
    assert len(set(parts)) == len(parts)


def test_the_same_seed_gives_the_same_bytes(capsys, salib):
    def bytes_of(seed):
        assert main([*ASKED, "--seed", seed, "--json"]) == 0
        return capsys.readouterr().out

    assert bytes_of("3") == bytes_of("3")
    assert bytes_of("3") != bytes_of("4")


def test_sensitivity_tells_people_within_80_columns(capsys, salib, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*ASKED]) == 0
    told = capsys.readouterr().out
    assert all(len(line) <= 80 for line in told.splitlines())
    text = flat(told)
    for sentence in (wording.BANNER, wording.SIMULATION, "Rests on what nobody measured"):
        assert sentence in text
    assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", text.lower())]


def test_a_wrong_outcome_lists_the_right_ones(capsys):
    error = fails(capsys, "sensitivity", ADULT, "--outcome", "force:bicep:left@4wk")
    assert (error["rule"], error["field"]) == ("unknown_outcome", "--outcome")
    assert "biceps_brachii:left" in error["remedy"]


def test_an_outcome_beyond_the_horizon_is_refused(capsys):
    wanted = ("--outcome", "force:biceps_brachii:left@10wk", "--horizon", "8 wk")
    assert fails(capsys, "sensitivity", ADULT, *wanted)["rule"] == "outcome_days"


@pytest.mark.parametrize("wrong", ["draws", "horizon_d", "kept"])
def test_at_least_one_of_everything(wrong):
    case = endplate.load_case(ADULT)
    with pytest.raises(endplate.InputError) as refused:
        endplate.sensitivity(case, **{wrong: 0})
    assert refused.value.field == wrong


def test_too_few_samples_are_refused(capsys):
    error = fails(capsys, "sensitivity", ADULT, "--draws", "63")
    assert (error["rule"], error["field"], error["file"]) == ("too_few_samples", "--draws", None)
    assert "64" in error["remedy"]


def test_the_command_asks_for_as_many_samples_as_python():
    assert BASE_SAMPLES == question.BASE_SAMPLES


def test_indices_become_a_table(extra, salib):
    extra("polars", "tables"), extra("xarray", "tables")
    result = endplate.sensitivity(endplate.load_case(ADULT), ASKED[-1], draws=64, kept=3)
    table, data = result.to_polars(), result.to_xarray()
    assert table.height == data.sizes["factor"] == len(result.document["indices"])
    assert table["ST"].drop_nulls().len() >= 3
