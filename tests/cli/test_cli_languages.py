"""run --language and --without: the report alone changes, and what must stand stands."""

from __future__ import annotations

import re

import pytest
from program import ADULT, FEW, WRONG, ask, fails

import endplate
from endplate.app.cli import main
from endplate.outputs.report import SECTIONS


def report(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_report_is_spanish_and_the_answer_the_same(capsys, tmp_path):
    _, english, _ = ask(capsys, "run", ADULT, "--out", str(tmp_path / "en"), *FEW)
    code, spanish, _ = ask(capsys, "run", ADULT, "--language", "es", "--out", str(tmp_path / "es"), *FEW)
    assert code == 0
    assert {**spanish, "report": None} == {**english, "report": None}
    page = report(tmp_path / "es")
    assert '<html lang="es">' in page and "<h2>Persona y plan</h2>" in page
    notes = spanish["simulate"]["warnings"]
    assert notes and not any(note in page for note in notes)  # told in Spanish, from what they are made of


def test_sections_are_left_out_but_for_what_must_stand(capsys, tmp_path):
    left = [part for name in SECTIONS for part in ("--without", name)]
    code, document, _ = ask(capsys, "run", WRONG, *left, "--out", str(tmp_path), *FEW)
    assert code == 1
    page = report(tmp_path)
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["Critical findings", "Checks against the rules held"]
    critical = [row for row in document["check"]["issues"] if row["severity"] == "critical"]
    assert page.count('<li class="critical">') == len(critical) > 0
    assert "Antitoxin does not reverse weakness" in page


def test_the_help_lists_the_sections_that_can_be_left_out(capsys):
    main(["run", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Sections: {', '.join(SECTIONS)}." in shown


@pytest.mark.parametrize(("option", "given"), [("--language", "fr"), ("--without", "harm")])
def test_what_there_is_not_is_refused_before_anything_is_written(capsys, tmp_path, option, given):
    error = fails(capsys, "run", ADULT, option, given, "--out", str(tmp_path / "out"))
    assert (error["rule"], error["field"]) == ("unknown_word", option)
    assert not (tmp_path / "out").exists()


def test_the_same_from_python(tmp_path):
    found = endplate.simulate(endplate.load_case(ADULT), draws=4, horizon_d=42)
    endplate.report(found, tmp_path / "report.html", language="es", without=["record"])
    assert "<h2>Registro de la inyección</h2>" not in report(tmp_path)
    with pytest.raises(endplate.InputError):
        endplate.report(found, tmp_path / "other.html", without=["nothing"])
    assert not (tmp_path / "other.html").exists()
