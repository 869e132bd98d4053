"""run with visits, --goals and --store: sections of the report, keys, exit codes, and what is refused."""

from __future__ import annotations

import re

import pytest
from program import ADULT, EXAMPLES, ask, fails, placed, strict

import endplate
from endplate.app.cli import main
from endplate.knowledge.vocabulary import wording
from endplate.outputs.optimised import NO_PLAN
from endplate.outputs.run_sections import BEFORE_VISITS, ONCE, TITLES

VISITS = str(EXAMPLES / "adult_arm_visits.yaml")
CHILD = str(EXAMPLES / "child_calf.yaml")
GOALS = str(EXAMPLES / "goals" / "adult_arm.yaml")
FITTING = str(EXAMPLES / "goals" / "adult_arm_visits.yaml")
TOO_MUCH = str(EXAMPLES / "goals" / "adult_arm_too_much.yaml")
FEW = ("--draws", "40", "--horizon", "12 wk")
ALWAYS = {"check", "simulate", "individualise", "optimise", "store", "left_out", "report", "report_pdf"}
FORBIDDEN = ("recommended dose", "safe", "optimal for this patient", "best date", "predicts")


def flat(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'").split())


def page_of(folder):
    return flat((folder / "report.html").read_text(encoding="utf-8"))


def changed(tmp_path, source, *replacements):
    """A file of the examples with some of its text replaced."""
    text = (EXAMPLES / source).read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def without_grades(tmp_path):
    """The example with visits, and nothing graded before its plan."""
    text = (EXAMPLES / "adult_arm_visits.yaml").read_text(encoding="utf-8")
    path = tmp_path / "bare.yaml"
    path.write_text(re.sub(r"assessment:\n(  - .*\n)+", "", text), encoding="utf-8")
    return str(path)


def test_without_visits_goals_or_store_nothing_is_added(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("ENDPLATE_STORE", str(tmp_path / "no_such.db"))  # read only where --store names it
    code, document, _ = ask(capsys, "run", ADULT, "--out", str(tmp_path), *FEW)
    assert code == 0 and set(document) == ALWAYS
    assert [document[key] for key in ("individualise", "optimise", "store")] == [None, None, None]
    assert document["left_out"] == []
    assert not [title for title in TITLES.values() if title in page_of(tmp_path)]


def test_visits_are_individualised_as_the_verb_does(capsys, tmp_path):
    code, document, _ = ask(capsys, "run", VISITS, "--out", str(tmp_path), *FEW, "--seed", "3")
    assert code == 0
    assert document["individualise"] == ask(capsys, "individualise", VISITS, *FEW, "--seed", "3")[1]
    assert document["individualise"]["visits"]
    held = strict((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert held == placed(document, report="report.html")
    html = page_of(tmp_path)
    for part in ("<h2>What the visits taught</h2>", "<h3>The findings used</h3>", "Modelled re-emergence"):
        assert part in html
    assert html.count('class="seen"') == 8 + 1  # every grade, and the legend
    assert BEFORE_VISITS not in html
    assert html.count("Recovery: the parent terminal leads") == 1  # told once, with the simulation
    assert "Plans searched" not in html and "Recorded in the store" not in html


def test_visits_that_cannot_be_compared_are_a_note(capsys, tmp_path):
    path = without_grades(tmp_path)
    code, document, _ = ask(capsys, "run", path, "--out", str(tmp_path / "out"), *FEW)
    assert code == 0 and document["individualise"] is None
    (left,) = document["left_out"]
    assert (left["question"], left["rule"]) == ("individualise", "assessment_required")
    html = page_of(tmp_path / "out")
    assert "<h2>What the visits taught</h2>" in html
    assert f"Not done: {left['message']}. {left['remedy']}" in html
    assert main(["run", path, "--out", str(tmp_path / "out"), *FEW]) == 0
    assert "Not done: No joint was assessed" in flat(capsys.readouterr().out)


def test_visits_of_earlier_cycles_alone_are_told_too(capsys, tmp_path):
    text = (EXAMPLES / "three_cycles" / "cycle2.yaml").read_text(encoding="utf-8")
    before, _, _ = text.partition("\nvisits:")
    path = tmp_path / "next.yaml"
    path.write_text(f"{before}\n", encoding="utf-8")
    assert not endplate.load_case(path).visits
    _, document, _ = ask(capsys, "run", str(path), "--out", str(tmp_path / "out"), *FEW)
    assert document["individualise"]["visits"]
    assert "<h3>The findings used</h3>" in page_of(tmp_path / "out")


def test_visits_of_a_repeated_plan_are_left_out_with_a_note(capsys, tmp_path):
    order = ("run", VISITS, "--out", str(tmp_path), "--draws", "4", "--horizon", "30 wk")
    _, document, _ = ask(capsys, *order, "--repeat", "interval", "--every", "14 wk")
    assert document["individualise"] is None and document["simulate"]["cycles"]
    assert [(row["question"], row["rule"]) for row in document["left_out"]] == [("individualise", "repeat")]
    assert "--repeat simulates several" in page_of(tmp_path)


def test_goals_are_searched_as_the_verb_does(capsys, tmp_path):
    code, document, _ = ask(capsys, "run", ADULT, "--goals", GOALS, "--out", str(tmp_path), *FEW)
    assert code == 0
    assert document["optimise"] == ask(capsys, "optimise", ADULT, "--goals", GOALS, *FEW)[1]
    html = page_of(tmp_path)
    for part in (
        "<h2>Plans searched</h2>",
        "Primary",
        "Recalled",
        "What binds",
        "What is proven",
        "a gap of",
    ):
        assert part.lower() in html.lower()
    for part in (wording.OPTIMISER, "Earliest date the limits allow for plan B", "Modelled re-emergence"):
        assert part in html
    assert html.count('class="own"') == 1 and html.count('class="found"') == 1
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\((?!#)|@import", html)
    for sentence in (wording.RANGES, wording.AFTER_HARM):
        html = html.replace(sentence, "")
    assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", html.lower())]


def test_a_search_that_finds_none_ends_with_one(capsys, tmp_path):
    assert main(["run", ADULT, "--goals", TOO_MUCH, "--out", str(tmp_path), *FEW]) == 1
    told = flat(capsys.readouterr().out)
    assert NO_PLAN in told and "Binds: " in told
    assert NO_PLAN in page_of(tmp_path)
    result = strict((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["optimise"]["feasible"] is False and result["left_out"] == []


def test_a_child_is_told_why_nothing_is_searched(capsys, tmp_path):
    alone = ask(capsys, "run", CHILD, "--out", str(tmp_path), *FEW)[0]
    code, document, _ = ask(capsys, "run", CHILD, "--goals", GOALS, "--out", str(tmp_path), *FEW)
    assert code == alone and document["optimise"] is None
    assert [row["rule"] for row in document["left_out"]] == ["optimise_under_18"]
    html = page_of(tmp_path)
    assert "<h2>Plans searched</h2>" in html and "The optimiser is closed under 18 years." in html
    assert "Plans side by side" not in html


DYSPHAGIA = (("dysphagia, ", ""), ("  condition: stroke", "  cautions: [dysphagia]\n  condition: stroke"))


@pytest.mark.parametrize(
    ("changes", "rule", "says"),
    [
        (DYSPHAGIA, "outside_model", "Outside the model: dysphagia. No plan is searched"),
        ((("  age: 58 y\n", ""),), "age_required", "The age is not known."),
    ],
)
def test_persons_for_whom_the_search_is_closed(capsys, tmp_path, changes, rule, says):
    path = changed(tmp_path, "adult_arm.yaml", *changes)
    order = ("run", path, "--out", str(tmp_path / "out"), *FEW)
    alone = ask(capsys, *order)[0]
    code, document, _ = ask(capsys, *order, "--goals", GOALS)
    assert code == alone
    assert [row["rule"] for row in document["left_out"]] == [rule]
    assert says in page_of(tmp_path / "out").partition("<h2>Plans searched</h2>")[2]


def test_goals_that_cannot_be_read_stop_the_run_before_it_begins(capsys, tmp_path):
    out = tmp_path / "out"
    told = fails(capsys, "run", ADULT, "--goals", str(tmp_path / "none.yaml"), "--out", str(out), *FEW)
    assert (told["rule"], told["file"]) == ("file", str(tmp_path / "none.yaml"))
    wrong = changed(tmp_path, "goals/adult_arm.yaml", ("targets:", "target:"))
    told = fails(capsys, "run", CHILD, "--goals", wrong, "--out", str(out), *FEW)
    assert told["file"] == wrong and told["line"]
    assert not list(out.glob("*"))


@pytest.mark.parametrize(
    ("case", "horizon", "field"), [(VISITS, "12 wk", "targets[0].joint"), (ADULT, "4 wk", "--horizon")]
)
def test_goals_that_do_not_fit_are_an_input_error(capsys, tmp_path, case, horizon, field):
    order = ("--goals", GOALS, "--out", str(tmp_path), "--draws", "4", "--horizon", horizon)
    told = fails(capsys, "run", case, *order)
    assert told["field"] == field and not list(tmp_path.glob("*"))
    assert field.startswith("--") or told["file"] == GOALS


def test_what_the_search_does_not_count_is_said(capsys, tmp_path):
    few = ("--draws", "20", "--horizon", "30 wk", "--quiet", "--out", str(tmp_path))
    assert main(["run", VISITS, "--goals", FITTING, *few]) in (0, 1)
    html = page_of(tmp_path)
    assert BEFORE_VISITS in html and ONCE not in html
    assert main(["run", ADULT, "--goals", GOALS, "--repeat", "interval", "--every", "14 wk", *few]) in (0, 1)
    html = page_of(tmp_path)
    assert ONCE in html and BEFORE_VISITS not in html


def test_the_same_seed_gives_the_same_bytes(capsys, tmp_path):
    def told():
        main(["run", VISITS, "--goals", FITTING, "--out", str(tmp_path), *FEW, "--json"])
        return capsys.readouterr().out, (tmp_path / "report.html").read_bytes()

    assert told() == told()


def test_the_report_from_python_takes_the_same_answers(capsys, tmp_path):
    ask(capsys, "run", VISITS, "--goals", FITTING, "--out", str(tmp_path), *FEW)
    case, few = endplate.load_case(VISITS), {"draws": 40, "horizon_d": 84}
    run = endplate.simulate(case, **few)
    learnt = endplate.individualise(case, **few)
    best = endplate.optimise(case, endplate.load_goals(FITTING), **few)
    plain = endplate.report(run, tmp_path / "plain.html").read_text(encoding="utf-8")
    assert not [title for title in TITLES.values() if title in plain]
    for given in (learnt, learnt.to_dict()):
        written = endplate.report(run, tmp_path / "same.html", individualise=given, optimise=best)
        assert written.read_bytes() == (tmp_path / "report.html").read_bytes()
