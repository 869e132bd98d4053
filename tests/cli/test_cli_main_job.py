"""run, check, simulate, demo and the same from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from program import ADULT, EXAMPLES, FEW, WRONG, ask, fails, placed, process, results, strict

import endplate
from endplate.app import cli
from endplate.app.cli import main
from endplate.app.examples import example
from endplate.knowledge.vocabulary.wording import BANNER

# ---- the main job --------------------------------------------------------------------------------


def test_run_writes_report_and_result(capsys, tmp_path):
    code, document, told = ask(capsys, "run", ADULT, "--out", str(tmp_path), *FEW)
    assert code == 0
    assert told == ""
    assert {"check", "simulate", "report"} <= set(document)
    assert document["report"] == str(tmp_path / "report.html")
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert strict((tmp_path / "result.json").read_text(encoding="utf-8")) == placed(
        document, report="report.html"
    )
    assert results(tmp_path) == {"report.html", "result.json"}


def test_run_by_default_writes_under_the_patients_code(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, document, _ = ask(capsys, "run", ADULT, *FEW)
    report = Path(document["report"])
    assert report.parts[0] == "endplate-out"
    assert (tmp_path / report).is_file()


def test_a_critical_finding_ends_with_1_and_the_report_is_written(capsys, tmp_path):
    code, document, _ = ask(capsys, "run", WRONG, "--out", str(tmp_path), *FEW)
    assert code == 1
    assert any(issue["severity"] == "critical" for issue in document["check"]["issues"])
    assert (tmp_path / "report.html").is_file()


def test_check_tells_right_from_wrong(capsys):
    assert ask(capsys, "check", ADULT)[0] == 0
    assert ask(capsys, "check", WRONG)[0] == 1


def test_simulate_has_the_promised_shape(capsys):
    code, document, _ = ask(capsys, "simulate", ADULT, *FEW)
    assert code == 0
    assert {"endplate", "model_version", "seed", "draws", "t_d", "muscles", "joints"} <= set(document)
    assert document["draws"] == 4
    assert document["t_d"] == list(range(43))


@pytest.mark.parametrize(("case", "told"), [(ADULT, False), (WRONG, True)])
def test_simulate_says_that_critical_findings_stand_against_a_plan(case, told, capsys):
    assert main(["simulate", str(case), *FEW]) == 0
    assert ("See endplate check" in capsys.readouterr().out) is told


def test_simulate_tells_adverse_events(capsys):
    _, document, _ = ask(capsys, "simulate", ADULT, *FEW)
    events = {entry["event"]: entry for entry in document["adverse"]}
    assert {"dysphagia", "breathing", "generalised_weakness", "death", "muscle_weakness"} <= set(events)
    for entry in events.values():
        assert {"event", "held", "source", "rows"} <= set(entry)
        assert {"events", "n", "upper95"} <= set(entry["held"])
        assert entry["kind"] != "boxed" or "simulated" not in entry
    assert {"probability", "background"} <= set(events["muscle_weakness"]["simulated"])


def test_simulate_follows_the_account_of_recovery_asked_for(capsys):
    told = [
        ask(capsys, "simulate", ADULT, *FEW, "--recovery", account)[1]
        for account in ("parent_first", "sprouts_first")
    ]
    assert [document["biology"]["recovery"] for document in told] == ["parent_first", "sprouts_first"]
    assert told[0]["muscles"] != told[1]["muscles"]


@pytest.mark.parametrize("command", ["run", "simulate", "reproduce"])
def test_an_account_of_recovery_that_is_none_is_an_input_error(command, capsys, tmp_path):
    out = ("--out", str(tmp_path))
    told = fails(capsys, command, ADULT, "--recovery", "both_first", *out)
    assert (told["field"], told["file"]) == ("--recovery", None)


def test_the_same_seed_gives_the_same_bytes(capsys):
    def bytes_of(seed):
        assert main(["simulate", ADULT, *FEW, "--seed", seed, "--json"]) == 0
        return capsys.readouterr().out

    assert bytes_of("3") == bytes_of("3")
    assert bytes_of("3") != bytes_of("4")


@pytest.mark.parametrize("command", ["run", "check", "simulate"])
def test_people_get_a_table_with_the_banner(command, capsys, tmp_path):
    assert main([command, ADULT, "--out", str(tmp_path), *FEW]) == 0
    assert BANNER in " ".join(capsys.readouterr().out.split())


def test_grades_before_and_near_the_peak_take_one_line_a_joint(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["simulate", ADULT, *FEW]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    title = next(k for k, line in enumerate(lines) if line.startswith("Grade a rater records"))
    rows = [line for line in lines[title:] if line.count("\N{RIGHTWARDS ARROW}") == 6]
    assert len(rows) == 3


def test_quiet_says_nothing(capsys, tmp_path):
    assert main(["run", ADULT, "--quiet", "--out", str(tmp_path), *FEW]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert (tmp_path / "report.html").is_file()


def test_demo_runs_the_example(capsys, tmp_path):
    code, document, _ = ask(capsys, "demo", "--out", str(tmp_path), *FEW)
    assert code == 0
    assert document["simulate"]["muscles"][0]["muscle"] == "biceps_brachii"


def test_unstated_guidance_is_named_with_its_hits(capsys, tmp_path):
    lines = Path(ADULT).read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "case.yaml"
    path.write_text("".join(line for line in lines if "guidance" not in line), encoding="utf-8")
    told = {name: ask(capsys, "simulate", name, *FEW)[1] for name in (ADULT, str(path))}
    assert told[ADULT]["not_stated"] == []
    assert told[str(path)]["not_stated"] == ["plan.guidance"]
    noted = [[w for w in document["warnings"] if "by hand" in w] for document in told.values()]
    assert noted[0] == []
    assert "biceps brachii" in noted[1][0] and "needle.hit_manual" in noted[1][0]


def test_what_was_learnt_stands_beside_the_records(capsys):
    from endplate.simulation.parameters import learnt

    _, document, _ = ask(capsys, "simulate", ADULT, *FEW)
    for row in document["evidence"]:
        assert row["learnt"] == (learnt(row["id"]) or {}).get("posterior")
    assert any(row["learnt"] for row in document["evidence"])


# ---- Python --------------------------------------------------------------------------------------


def test_every_public_name_loads():
    for name in endplate.__all__:
        assert getattr(endplate, name) is not None
    assert set(endplate.__all__) <= set(dir(endplate))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = endplate.no_such_name


def test_the_python_example(tmp_path):
    with example() as path:
        case = endplate.load_case(path)
    run = endplate.simulate(case, draws=2, seed=1)
    assert not endplate.check(case).critical
    assert endplate.report(run, tmp_path / "deep" / "report.html").is_file()


@pytest.mark.parametrize("question", [endplate.simulate, endplate.check])
def test_a_path_in_place_of_a_case_is_an_input_error(question):
    with pytest.raises(endplate.InputError, match="load_case") as refused:
        question("case.yaml")
    assert refused.value.rule == "case_required"


@pytest.mark.parametrize("length", [0, -1, 9, float("nan")])
def test_a_muscle_length_that_leaves_no_force_is_an_input_error(length):
    with pytest.raises(endplate.InputError) as refused:
        endplate.Biology(length=length)
    assert refused.value.field == "length"


def test_the_program_and_the_module_are_one():
    assert cli.main is main
    assert process("--version").stdout.startswith("endplate ")


def test_the_case_in_the_readme_runs(tmp_path, capsys):
    text = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "case.yaml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    code, document, _ = ask(capsys, "run", str(path), *FEW, "--out", str(tmp_path / "out"))
    assert code == 0
    assert document["simulate"]["joints"]
