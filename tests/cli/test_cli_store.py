"""store: every verb once, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from program import ADULT, EXAMPLES, ask, fails

from endplate.app.cli import main
from endplate.knowledge.vocabulary.wording import BANNER

CHILD = str(EXAMPLES / "child_calf.yaml")
FINDING = (
    *("--date", "2026-12-20", "--joint", "elbow", "--side", "left"),
    *("--scale", "modified_ashworth", "--value", "1+"),
)
WEAK = ("--date", "2026-12-20", "--measure", "weakness", "--value")
LOT = (
    *("--date", "2026-11-23", "--lot", "C1234", "--expiry", "2028-01-31"),
    *("--units", "150 U", "--discarded", "50 U"),
    *("--injection", "biceps_brachii left 100 U 4", "--injection", "brachialis left 50 U 2 sites at 45 %"),
)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch, extra):
    for name in ("sqlalchemy", "alembic"):
        extra(name, "store")
    file = tmp_path / "store.db"
    monkeypatch.setenv("ENDPLATE_STORE", str(file))
    return file


@pytest.fixture
def kept(capsys, place):
    assert ask(capsys, "store", "init")[0] == 0
    assert ask(capsys, "store", "add", ADULT, CHILD)[0] == 0
    return place


def test_a_store_from_first_to_last(capsys, kept, tmp_path):
    code, given, _ = ask(capsys, "store", "given", "arm-01", *LOT)
    assert (code, given["version"], given["warnings"]) == (0, 2, [])
    code, visit, _ = ask(
        capsys, "store", "visit", "arm-01", *FINDING, "--version", "2", "--note", "less pain"
    )
    assert (code, visit["code"], visit["version"]) == (0, "arm-01", 3)
    _, shown, _ = ask(capsys, "store", "show", "arm-01")
    cycle = shown["cycles"][0]
    assert (cycle["given"][0]["discarded"], cycle["visits"][0]["note"]) == ("50 U", "less pain")
    _, listed, _ = ask(capsys, "store", "list", "--condition", "cerebral_palsy")
    assert [row["code"] for row in listed["persons"]] == ["child-01"]
    _, audit, _ = ask(capsys, "store", "audit", "arm-01", "--most", "1")
    assert audit["entries"][0]["old"]["version"] == 2
    code, found, _ = ask(capsys, "store", "verify")
    assert (code, found["faults"], found["rows"]["person"]) == (0, [], 2)
    _, kept_copy, _ = ask(capsys, "store", "backup", str(tmp_path / "b.gz"))
    new = str(tmp_path / "new.db")
    _, restored, _ = ask(capsys, "store", "restore", str(tmp_path / "b.gz"), "--store", new)
    assert restored == kept_copy
    assert ask(capsys, "store", "show", "arm-01", "--store", new)[1] == shown


def test_what_was_given_is_what_the_other_verbs_run(capsys, kept, tmp_path):
    ask(capsys, "store", "given", "arm-01", *LOT)
    _, document, _ = ask(capsys, "store", "export", "arm-01", "--out", str(tmp_path))
    assert document["files"] == [str(tmp_path / "arm-01.yaml")]
    assert BANNER in Path(document["files"][0]).read_text(encoding="utf-8")
    few = ("--draws", "4", "--horizon", "6 wk", "--out", str(tmp_path / "out"))
    _, result, _ = ask(capsys, "run", document["files"][0], *few)
    doses = {row["muscle"]: row["dose_U"] for row in result["simulate"]["muscles"]}
    assert doses == {"biceps_brachii": 100, "brachialis": 50}
    code, _, _ = ask(capsys, "store", "run", "arm-01", str(tmp_path / "out" / "result.json"))
    assert code == 0
    run = ask(capsys, "store", "show", "arm-01")[1]["cycles"][0]["runs"][0]
    assert (run["verb"], run["draws"], run["of_today"]) == ("run", 4, True)


def test_a_visit_takes_movement_angles_and_rater(capsys, kept):
    more = ("--movement", "extension", "--r1", "70 deg", "--r2", "130 deg", "--rater", "physio-2")
    assert ask(capsys, "store", "visit", "arm-01", *FINDING, *more)[0] == 0
    (visit,) = ask(capsys, "store", "show", "arm-01")[1]["cycles"][0]["visits"]
    assert (visit["movement"], visit["rater"]) == ("extension", "physio-2")
    assert visit["tardieu"] == {"r1": "70 deg", "r2": "130 deg", "quality": None}


@pytest.mark.parametrize(("form", "files"), [("yaml", 2), ("csv", 10)])
def test_everybody_is_exported_and_added_again(capsys, kept, tmp_path, form, files):
    folder = tmp_path / form
    _, document, _ = ask(capsys, "store", "export", "--all", "--format", form, "--out", str(folder))
    assert len(document["files"]) == files
    other = ("--store", str(tmp_path / "other.db"))
    ask(capsys, "store", "init", *other)
    cases = [str(folder)] if form == "csv" else document["files"]
    _, added, _ = ask(capsys, "store", "add", *cases, *other)
    assert {row["code"] for row in added["added"]} == {"arm-01", "child-01"}
    for code in ("arm-01", "child-01"):
        mine, theirs = (ask(capsys, "store", "show", code, *there)[1] for there in ((), other))
        assert mine["cycles"] == theirs["cycles"]


@pytest.mark.parametrize(
    ("arguments", "rule", "field"),
    [
        (("add", ADULT), "code_taken", "patient.code"),
        (("show", "nobody-1"), "no_person", "CODE"),
        (("visit", "arm-01", *FINDING, "--version", "7"), "conflict", "version"),
        (("visit", "arm-01", *FINDING[:-1], "9"), "grade", "--value"),
        (("visit", "arm-01", *FINDING, "--rater", "schmidt"), "code", "--rater"),
        (("visit", "arm-01", *FINDING, "--movement", "pronation"), "movement", "--movement"),
        (("visit", "arm-01", *FINDING, "--r1", "70 deg"), "missing_key", "--r2"),
        (("visit", "arm-01", *FINDING, "--r1", "70 deg", "--r2", "60 deg"), "tardieu_order", "--r1"),
        (("visit", "arm-01", *WEAK, "perhaps"), "weakness", "--value"),
        (("visit", "arm-01", *WEAK[:-1]), "weakness", "--value"),
        (("visit", "arm-01", *FINDING, "--note", "seen by Dr Weber"), "no_names", "--note"),
        (("visit", "arm-01", *FINDING, "--who", "a b"), "code", "--who"),
        (("given", "arm-01", *LOT, "--units", "1 mL"), "unit", "--units"),
        (("given", "arm-01", *LOT, "--injection", "biceps"), "injection", "--injection"),
        (("given", "arm-01", *LOT, "--injection", "bicep left 1 U"), "unknown_limb_muscle", "--injection"),
        (("plan", "child-01", ADULT), "other_person", "CASE"),
        (("list", "--page", "2"), "page", "--page"),
        (("list", "--condition", "strok"), None, "--condition"),
        (("export",), "whom", "CODE"),
        (("export", "arm-01", "--format", "xml"), None, "--format"),
        (("restore", "nowhere.gz", "--store", "new.db"), "backup_not_read", None),
        (("run", "arm-01", ADULT), "no_result", "RESULT"),
    ],
)
def test_what_is_wrong_is_an_input_error_and_changes_nothing(
    capsys, kept, tmp_path, monkeypatch, arguments, rule, field
):
    monkeypatch.chdir(tmp_path)
    before = ask(capsys, "store", "audit")[1]
    error = fails(capsys, "store", *arguments)
    assert rule is None or error["rule"] == rule
    assert error["field"] == field
    assert ask(capsys, "store", "audit")[1] == before
    assert not (tmp_path / "new.db").exists()


def test_without_a_place_the_error_says_how_to_name_one(capsys, monkeypatch):
    monkeypatch.delenv("ENDPLATE_STORE")
    assert fails(capsys, "store", "list")["rule"] == "store_needed"


def test_a_flipped_byte_is_a_no(capsys, kept):
    raw = kept.read_bytes()
    assert b"58 y" in raw
    kept.write_bytes(raw.replace(b"58 y", b"59 y"))
    code, found, _ = ask(capsys, "store", "verify")
    assert code == 1
    assert found["faults"][0]["message"] == "it does not fit its checksum"
    assert fails(capsys, "store", "show", "arm-01")["rule"] == "store_damaged"


@pytest.mark.parametrize(
    "arguments", [("list",), ("show", "arm-01"), ("audit",), ("verify",), ("visit", "arm-01", *FINDING)]
)
def test_people_read_lines_with_the_banner(capsys, kept, arguments):
    assert main(["store", *arguments]) == 0
    told = capsys.readouterr().out
    assert told.startswith(BANNER)
    assert "arm-01" in told or "person 2" in told


def test_without_the_library_the_error_says_what_to_install():
    code = "import sys; sys.modules['sqlalchemy'] = None; from endplate.app.cli import main; "
    code += "sys.exit(main(['store', 'list', '--store', 'x.db']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "endplate[store]" in done.stderr and "Traceback" not in done.stderr


VERBS = ("init", "add", "list", "show", "plan", "given", "visit", "run", "audit")
FILE_VERBS = ("export", "backup", "restore", "verify")


@pytest.mark.parametrize("verb", [*VERBS, *FILE_VERBS])
def test_help_of_every_verb_carries_the_banner(capsys, verb):
    assert main(["store", verb, "--help"]) == 0
    assert BANNER in " ".join(capsys.readouterr().out.split())


def test_a_json_answer_is_plain(capsys, kept):
    _, shown, _ = ask(capsys, "store", "show", "arm-01")
    assert json.loads(json.dumps(shown)) == shown
