"""run --store: what is held stands beside what was planned, and only where a store is named."""

from __future__ import annotations

import re

import pytest
from program import EXAMPLES, ask, fails

import endplate
from endplate.app.cli import main
from endplate.outputs.recorded import NOTHING_GIVEN, OF_THE_FILE

ADULT = str(EXAMPLES / "adult_arm.yaml")
CHILD = str(EXAMPLES / "child_calf.yaml")
FEW = ("--draws", "4", "--horizon", "6 wk")
SESSION = ("--date", "2026-11-23", "--expiry", "2028-01-31")


@pytest.fixture
def kept(capsys, tmp_path, extra):
    for name in ("sqlalchemy", "alembic"):
        extra(name, "store")
    place = str(tmp_path / "store.db")
    assert ask(capsys, "store", "init", "--store", place)[0] == 0
    assert ask(capsys, "store", "add", ADULT, "--store", place)[0] == 0
    return place


def given(capsys, place, lot, units, *injections, note="none"):
    shots = [part for injection in injections for part in ("--injection", injection)]
    order = ("--lot", lot, "--units", units, "--discarded", "10 U", "--note", note, "--store", place)
    assert ask(capsys, "store", "given", "arm-01", *SESSION, *order, *shots)[0] == 0


def section(folder):
    """The report's section on the store, as text."""
    html = (folder / "report.html").read_text(encoding="utf-8")
    found = re.search(r"<h2>Recorded in the store</h2>.*?</section>", html, flags=re.DOTALL)
    return found[0].replace("\N{NO-BREAK SPACE}", " ") if found else ""


def run(capsys, place, folder, case=ADULT):
    code, document, _ = ask(capsys, "run", case, "--store", place, "--out", str(folder), *FEW)
    assert code == 0
    return document["store"], section(folder)


def test_a_case_as_it_was_added_is_the_one_held(capsys, kept, tmp_path):
    held, html = run(capsys, kept, tmp_path / "out")
    same = {"cycle": 1, "compared_with": "held", "same": True, "differs": []}
    assert (held["code"], held["version"], held["case_file"]) == ("arm-01", 1, same)
    assert "The case file is the held case of cycle 1." in html
    assert OF_THE_FILE in html and NOTHING_GIVEN in html


def test_planned_stands_against_given(capsys, kept, tmp_path):
    given(capsys, kept, "C1234", "150 U", "biceps_brachii left 100 U 4", "brachialis left 50 U 2 at 45 %")
    given(capsys, kept, "D77", "40 U", "flexor_carpi_radialis left 40 U 1", note="second <b>vial</b>")
    held, html = run(capsys, kept, tmp_path / "out")
    assert [row["lot"] for row in held["cycles"][0]["given"]] == ["C1234", "D77"]
    assert held["case_file"] == {"cycle": 1, "compared_with": "planned", "same": True, "differs": []}
    for part in ("given, lot C1234", "given, lot D77", "2028-01-31", "150 U", "50 U (2, at 45 %)", "10 U"):
        assert part in html
    assert "second &lt;b&gt;vial&lt;/b&gt;" in html and "<b>" not in html
    assert "What was given stands in the store and not in the file." in html
    planned = {row["muscle"]: row for row in endplate.load_case(ADULT).to_dict()["plan"]["injections"]}
    missing = [
        name for name in planned if name not in ("biceps_brachii", "brachialis", "flexor_carpi_radialis")
    ]
    listed = re.search(r"Planned and not recorded as given: ([^<]*)", html)[1]
    assert missing and all(name.replace("_", " ") in listed for name in missing)
    dose = planned["flexor_carpi_radialis"]["dose"]
    assert dose != "40 U" and f"Flexor carpi radialis, left: {dose} planned, 40 U given." in html


def test_a_file_that_differs_is_told_in_what(capsys, kept, tmp_path):
    text = (EXAMPLES / "adult_arm.yaml").read_text(encoding="utf-8")
    assert "guidance: ultrasound" in text
    path = tmp_path / "other.yaml"
    path.write_text(text.replace("guidance: ultrasound", "guidance: manual"), encoding="utf-8")
    held, html = run(capsys, kept, tmp_path / "out", str(path))
    assert held["case_file"]["differs"] == ["plan.guidance"] and not held["case_file"]["same"]
    assert "differs from the held case of cycle 1 in: plan.guidance." in html


def test_findings_and_runs_with_their_checksums(capsys, kept, tmp_path):
    ask(capsys, "run", ADULT, "--out", str(tmp_path / "first"), *FEW)
    assert ask(capsys, "store", "run", "arm-01", str(tmp_path / "first/result.json"), "--store", kept)[0] == 0
    finding = ("--date", "2026-12-20", "--joint", "elbow", "--side", "left", "--value", "1+")
    noted = ("--scale", "modified_ashworth", "--note", "more & less", "--store", kept)
    assert ask(capsys, "store", "visit", "arm-01", *finding, *noted)[0] == 0
    held, html = run(capsys, kept, tmp_path / "out")
    recorded = held["cycles"][0]["runs"][0]
    assert recorded["inputs_sha256"] in html and recorded["result_sha256"] in html
    assert "as held then" in html  # the finding changed the case since
    assert "1+ (modified Ashworth)" in html and "more &amp; less" in html
    assert held["case_file"]["differs"] == ["visits"]


def test_every_table_scrolls_by_itself(capsys, kept, tmp_path):
    given(capsys, kept, "C1234", "100 U", "biceps_brachii left 100 U 4")
    _, html = run(capsys, kept, tmp_path / "out")
    assert html.count("<table") == html.count('class="scroll"') > 0


def test_people_are_told_on_the_screen(capsys, kept, tmp_path):
    assert main(["run", ADULT, "--store", kept, "--out", str(tmp_path / "out"), *FEW]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Recorded in the store 1 cycle held of arm-01, version 1" in told


def test_a_code_that_is_not_held_is_an_input_error(capsys, kept, tmp_path):
    out = tmp_path / "out"
    told = fails(capsys, "run", CHILD, "--store", kept, "--out", str(out), *FEW)
    assert (told["rule"], told["file"], told["field"]) == ("no_person", CHILD, "patient.code")
    assert "endplate store add" in told["remedy"] and told["line"]
    assert not list(out.glob("*"))


@pytest.mark.parametrize(
    ("place", "rule"), [("none.db", "no_store"), ("mysql://x/y", "store_url"), ("", "store_needed")]
)
def test_a_store_that_cannot_be_used_is_an_input_error(capsys, kept, tmp_path, place, rule):
    told = fails(capsys, "run", ADULT, "--store", place, "--out", str(tmp_path / "out"), *FEW)
    assert told["rule"] == rule and told["file"] != ADULT


def test_a_store_is_read_only_where_it_is_named(capsys, kept, tmp_path, monkeypatch):
    monkeypatch.setenv("ENDPLATE_STORE", kept)
    _, document, _ = ask(capsys, "run", ADULT, "--out", str(tmp_path / "out"), *FEW)
    assert document["store"] is None and section(tmp_path / "out") == ""


def test_the_nearest_cycle_is_compared(kept):
    case = endplate.load_case(ADULT)
    document = case.to_dict()
    document["plan"]["date"] = "2027-03-01"
    later = type(case).model_validate(document)
    with endplate.Store.open(kept) as store:
        store.add(later, next_cycle=True)
        found = store.beside(case)
        assert [cycle["cycle"] for cycle in found["cycles"]] == [1, 2]
        assert found["case_file"]["cycle"] == 1 and found["case_file"]["same"]
        assert store.beside(later)["case_file"]["cycle"] == 2
