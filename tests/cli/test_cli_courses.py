"""simulate and run with --repeat: keys, exit codes, refusals, the report."""

from __future__ import annotations

import pytest
from program import ADULT, FEW, ask, fails, strict

from endplate.app.cli import main

SHORT = ("--draws", "4", "--horizon", "40 wk")


def test_a_repeated_plan_tells_its_cycles(capsys):
    code, document, told = ask(
        capsys, "simulate", ADULT, *SHORT, "--repeat", "interval", "--every", "14 wk", "--sessions", "2"
    )
    assert (code, told) == (0, "")
    assert document["t_d"] == list(range(281))
    assert [row["cycle"] for row in document["cycles"]] == [1, 2]
    assert document["repeat"]["every_d"] == 98 and document["repeat"]["issues"] == []
    first = document["cycles"][0]
    assert {"day", "given", "dropped_out", "not_due", "antibodies", "failure", "dose"} <= set(first)
    assert {"onset_d", "peak_d", "duration_d", "change_at_peak"} <= set(first["joints"][0])
    assert first["muscles"][0]["volume_before"]["median"] == 1


def test_sessions_that_the_horizon_does_not_hold_are_told(capsys):
    order = ("simulate", ADULT, *SHORT, "--repeat", "interval", "--every", "14 wk", "--sessions")
    for asked, told in (("3", False), ("4", True)):  # 40 weeks hold days 0, 98 and 196
        _, document, _ = ask(capsys, *order, asked)
        assert len(document["cycles"]) == 3
        found = [text for text in document["warnings"] if "were asked for" in text]
        assert bool(found) is told
    assert found[0].startswith("4 sessions were asked for, and the horizon of 280 d holds 3 at most")


def test_a_verb_says_what_it_wrote(capsys, tmp_path):
    assert main(["simulate", ADULT, *FEW, "--out", str(tmp_path)]) == 0
    assert f"Result: {tmp_path / 'simulate.json'}" in capsys.readouterr().out


def test_a_shorter_interval_than_the_label_holds_ends_with_1(capsys):
    code, document, _ = ask(capsys, "simulate", ADULT, *FEW, "--repeat", "interval", "--every", "4 wk")
    assert code == 1
    assert document["cycles"]
    assert any(i["rule"] == "interval" and i["severity"] == "critical" for i in document["repeat"]["issues"])
    code, document, _ = ask(capsys, "simulate", ADULT, *FEW, "--repeat", "request", "--minimum", "8 wk")
    assert code == 1


def test_run_shows_the_sessions_on_screen_and_in_the_report(capsys, tmp_path):
    order = ("run", ADULT, *SHORT, "--repeat", "re_emergence", "--adapt", "usual", "--attendance", "usual")
    assert main([*order, "--out", str(tmp_path)]) == 1  # raised doses pass the label's limits
    shown = capsys.readouterr().out
    assert "Sessions" in shown and "By session: Largest change, grades" in shown and "critical" in shown
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Session by session" in page and "tone is back at a visit" in page
    assert "R1, at two visits" in page
    result = strict((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["simulate"]["repeat"]["adapt"]["step"] > 0


def test_the_same_seed_gives_the_same_bytes(capsys):
    def told():
        main(["simulate", ADULT, *SHORT, "--repeat", "request", "--json"])
        return capsys.readouterr().out

    assert told() == told()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("--every", "12 wk"), "--every"),
        (("--sessions", "3"), "--sessions"),
        (("--adapt", "usual"), "--adapt"),
        (("--attendance", "usual"), "--attendance"),
        (("--repeat", "weekly"), "--repeat"),
        (("--repeat", "interval", "--every", "0 d"), "--every"),
        (("--repeat", "interval", "--every", "twelve"), "--every"),
        (("--repeat", "interval", "--every", "12 wk", "--minimum", "14 wk"), "--minimum"),
        (("--repeat", "interval", "--every", "1 d", "--horizon", "52 wk"), "--sessions"),
        (("--repeat", "interval", "--sessions", "0"), "--sessions"),
        (("--repeat", "interval", "--adapt", "often"), "--adapt"),
    ],
)
@pytest.mark.parametrize("command", ["simulate", "run"])
def test_a_rule_that_cannot_be_is_an_input_error(command, given, field, capsys, tmp_path):
    out = ("--out", str(tmp_path / "results"))
    told = fails(capsys, command, ADULT, "--draws", "3", *given, *out)
    assert (told["field"], told["file"]) == (field, None)
    assert not (tmp_path / "results").exists()
