"""develop from the command line: shape, screen, page and refusals."""

from __future__ import annotations

from program import EXAMPLES, ask, fails, results

from endplate.app.cli import main
from endplate.knowledge.vocabulary import wording

CHILD = str(EXAMPLES / "child_calf.yaml")
FEW = ("--draws", "20")


def test_develop_has_the_promised_shape(capsys, tmp_path):
    code, document, _ = ask(capsys, "develop", CHILD, "--out", str(tmp_path), *FEW)
    assert code == 0 and set(document["presets"]) == {"null", "evidence", "hypothesis"}
    assert {"plan", "untreated"} <= set(document["ensemble"])
    assert results(tmp_path) == {"develop.json", "develop.html"}


def test_the_screen_fits_80_columns_and_carries_the_banners(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["develop", CHILD, "--stop", "10 y", *FEW]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    flat = " ".join(shown.split())
    assert wording.BANNER in flat and wording.DEVELOPMENT in flat
    assert "Willoughby 2012" in flat and "tested that regimen only" in flat


def test_the_late_decline_is_asked_for_and_told(capsys, tmp_path):
    text = (EXAMPLES / "child_calf.yaml").read_text(encoding="utf-8").replace("gmfcs: 2", "gmfcs: 4")
    (tmp_path / "child.yaml").write_text(text, encoding="utf-8")
    accounts = [
        ask(capsys, "develop", str(tmp_path / "child.yaml"), *options, *FEW)[1]["function_account"]["account"]
        for options in ((), ("--decline",))
    ]
    assert accounts == ["stable_limit", "late_decline"]


def test_what_is_missing_is_asked_for_by_name(capsys, tmp_path):
    text = (EXAMPLES / "child_calf.yaml").read_text(encoding="utf-8")
    (tmp_path / "child.yaml").write_text(text.replace(", gmfcs: 2", ""), encoding="utf-8")
    error = fails(capsys, "develop", str(tmp_path / "child.yaml"), *FEW)
    assert error["rule"] == "gmfcs_required" and error["field"] == "patient.gmfcs" and error["line"] == 3
    assert fails(capsys, "develop", CHILD, "--every", "4 wk", *FEW)["field"] == "--every"
    assert fails(capsys, "develop", CHILD, "--every", "26", *FEW)["field"] == "--every"
    assert fails(capsys, "develop", CHILD, "--gain", "0", *FEW)["field"] == "--gain"
    assert fails(capsys, "develop", CHILD, "--stop", "20 y", *FEW)["field"] == "--stop"
    assert fails(capsys, "develop", CHILD, "--stop", "soon", *FEW)["rule"] == "quantity"
