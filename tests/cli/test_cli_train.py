"""train list, show, play and attempt."""

from __future__ import annotations

import csv
import io
import json

import pytest
from program import ask, fails

from endplate.app.cli import main

GOOD = {"needles": [{"at": 0.3165, "angle_deg": 2.8, "depth_mm": 9.6, "dose": "12.5 U"}]}


@pytest.fixture
def answer(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    return path


def test_the_list_names_every_training(capsys):
    code, document, _ = ask(capsys, "train", "list")
    assert code == 0 and len(document["trainings"]) >= 12
    assert {row["level"] for row in document["trainings"]} == {1, 2, 3, 4, 5, 6}


def test_show_tells_the_task_and_draws_the_section(capsys, tmp_path):
    code, document, _ = ask(capsys, "train", "show", "fcr_one_site", "--out", str(tmp_path))
    assert code == 0 and document["task"]["muscles"] == ["flexor_carpi_radialis"]
    named = {row["name"] for row in document["section"]}
    assert {"flexor_carpi_radialis", "median nerve"} <= named
    assert "<svg" in (tmp_path / "section.svg").read_text(encoding="utf-8")
    assert document["at"] == 0.5
    _, other, _ = ask(capsys, "train", "show", "fcr_one_site", "--at", "0.2")
    assert other["at"] == 0.2 and other["section"] != document["section"]
    assert fails(capsys, "train", "show", "fcr_one_site", "--at", "2")
    _, blind, _ = ask(capsys, "train", "show", "blind_fingers")
    assert blind["section"] == []
    _, unnamed, _ = ask(capsys, "train", "show", "name_leg_back")
    assert {row["name"] for row in unnamed["section"]} == {"", "?"}


def test_an_attempt_is_scored_drawn_and_recorded(capsys, tmp_path, answer):
    record = tmp_path / "class.csv"
    asked = ("train", "attempt", "fcr_one_site", str(answer), "--record", str(record))
    code, document, _ = ask(capsys, *asked, "--out", str(tmp_path))
    assert code == 0 and document["passed"] and document["score"] == 100
    for name in ("section_1.svg", "front.svg", "back.svg", "attempt.json"):
        assert (tmp_path / name).is_file()
    ask(capsys, *asked)
    lines = record.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3 and lines[0].startswith("learner,training,level,seed,at,attempt")
    assert lines[1].startswith(",fcr_one_site,2,7,") and ",true,," in lines[1]


def test_the_hand_errs_by_the_number_of_the_attempt(capsys, tmp_path, answer):
    """By the record of a learner, or as it is told; two learners' second attempts err alike."""
    tips = {}
    for learner in ("one", "two"):
        record = str(tmp_path / f"{learner}.csv")
        for number in (1, 2):
            _, found, _ = ask(capsys, "train", "attempt", "blind_fingers", str(answer), "--record", record)
            assert found["attempt"] == number
            tips[learner, number] = found["needles"][0]["tip_mm"]
    assert tips["one", 1] == tips["two", 1] != tips["one", 2] == tips["two", 2]
    _, third, _ = ask(capsys, "train", "attempt", "blind_fingers", str(answer), "--attempt", "3")
    assert third["needles"][0]["tip_mm"] not in tips.values()
    assert (tmp_path / "one.csv").read_text(encoding="utf-8").count(",2,") == 1


def test_a_class_shares_a_record_and_everybody_counts_alone(capsys, tmp_path, answer):
    record = str(tmp_path / "class.csv")
    found = [
        ask(capsys, "train", "attempt", "blind_fingers", str(answer), "--record", record, "--learner", code)[
            1
        ]
        for code in ("s-01", "s-02", "s-01")
    ]
    assert [row["attempt"] for row in found] == [1, 1, 2]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "class.csv").read_text(encoding="utf-8"))))
    assert [row["learner"] for row in rows] == ["s-01", "s-02", "s-01"]
    assert {row["passed"] for row in rows} <= {"true", "false"}
    assert all((row["reason"] == "") == (row["passed"] == "true") for row in rows)


@pytest.mark.parametrize("name", ["Jane Doe", "JaneDoe1", "jane", "x" * 41 + "1", "2001-02-03"])
def test_a_learner_is_a_code_and_no_name(capsys, tmp_path, answer, name):
    record = tmp_path / "class.csv"
    asked = ("train", "attempt", "fcr_one_site", str(answer), "--record", str(record), "--learner", name)
    assert fails(capsys, *asked)["field"] == "--learner" and not record.exists()


@pytest.mark.parametrize("spoil", [lambda text: text.rstrip("\n"), lambda text: "\ufeff" + text])
def test_a_record_left_open_or_marked_by_a_spreadsheet_goes_on(capsys, tmp_path, answer, spoil):
    record = tmp_path / "class.csv"
    asked = ("train", "attempt", "fcr_one_site", str(answer), "--record", str(record))
    ask(capsys, *asked)
    record.write_text(spoil(record.read_text(encoding="utf-8")), encoding="utf-8")
    _, second, _ = ask(capsys, *asked)
    rows = list(csv.DictReader(io.StringIO(record.read_text(encoding="utf-8"))))
    assert second["attempt"] == 2 and [row["attempt"] for row in rows] == ["1", "2"]
    assert all(row["training"] == "fcr_one_site" for row in rows)


def test_where_nothing_is_recorded_it_says_which_attempt_it_was_and_how_to_get_the_next(capsys, answer):
    main(["train", "attempt", "blind_fingers", str(answer)])
    told = " ".join(capsys.readouterr().out.split())
    assert "(attempt 1)" in told and "--attempt 2" in told


def test_a_name_outside_the_choices_is_told_the_choices(capsys, tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"muscle": "bananas"}), encoding="utf-8")
    told = fails(capsys, "train", "attempt", "name_forearm_volar", str(path))
    assert told["rule"] == "choices" and "palmaris_longus" in told["remedy"]
    assert "abductor_digiti_minimi" not in told["remedy"] and told["remedy"].count(",") == 7


def test_an_attempt_that_does_not_pass_answers_no(capsys, tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"needles": [{**GOOD["needles"][0], "angle_deg": 40, "depth_mm": 40}]}))
    code, document, _ = ask(capsys, "train", "attempt", "fcr_one_site", str(path))
    assert code == 1 and document["failed"][0]["structure"] == "median nerve"
    assert document["reasons"][0]["kind"] == "structure"
    main(["train", "attempt", "fcr_one_site", str(path)])
    told = capsys.readouterr().out
    assert "Not passed: Needle 1 crossed the median nerve" in told and "A pass takes 60 points" in told


@pytest.mark.parametrize("text", ["{", "[1]", '{"needles": 3}', '{"needles": []}', "\x00", '{"x": 1}'])
def test_an_answer_that_cannot_be_read_is_one_sentence(capsys, tmp_path, text):
    path = tmp_path / "answer.json"
    path.write_text(text, encoding="utf-8")
    record = tmp_path / "class.csv"
    fails(capsys, "train", "attempt", "fcr_one_site", str(path), "--record", str(record))
    assert not record.exists()


def test_a_missing_training_answer_or_foreign_record_is_one_sentence(capsys, tmp_path, answer):
    assert fails(capsys, "train", "show", "nothing")["rule"] == "unknown_training"
    assert fails(capsys, "train", "show", str(tmp_path / "none.yaml"))["rule"] == "file"
    assert fails(capsys, "train", "attempt", "fcr_one_site", str(tmp_path / "no.json"))["rule"] == "file"
    other = tmp_path / "other.csv"
    other.write_text("name,grade\n", encoding="utf-8")
    told = fails(capsys, "train", "attempt", "fcr_one_site", str(answer), "--record", str(other))
    assert told["rule"] == "record" and other.read_text(encoding="utf-8") == "name,grade\n"
    nowhere = str(tmp_path / "nope" / "x.csv")
    told = fails(capsys, "train", "attempt", "fcr_one_site", str(answer), "--record", nowhere)
    assert (told["rule"], told["field"]) == ("record", "--record") and "no folder" in told["message"]
    assert not (tmp_path / "nope").exists()


def test_a_record_that_cannot_be_written_is_blamed_on_its_own_option(capsys, tmp_path, answer, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("endplate.app.files.tempfile.mkstemp", full)
    asked = ("train", "attempt", "fcr_one_site", str(answer), "--record", str(tmp_path / "class.csv"))
    told = fails(capsys, *asked)
    assert told["field"] == "--record" and "--out" not in told["remedy"]


@pytest.mark.parametrize(
    ("training", "typed", "told"),
    [
        ("fcr_one_site", "0.3165\n2.8\n9.6\n\n12.5\n", "100 of 100, passed"),
        ("fcr_one_site", "x\n2\n0.3165\n2,8\n9.6 \n\n12.5 U\n", "100 of 100, passed"),
        ("name_leg_back", "nose\nsoleus\n", "100 of 100, passed"),
        ("wrong_ankle", "contracture\n", "100 of 100, passed"),
        ("wrong_ankle", "2\n", "not passed"),
    ],
)
def test_play_by_keyboard_alone(capsys, monkeypatch, training, typed, told):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["train", "play", training]) == 0
    assert told in capsys.readouterr().out


def test_play_that_is_left_stops_without_a_traceback(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("0.3\n"))
    assert main(["train", "play", "fcr_one_site"]) == 130
    assert "Traceback" not in capsys.readouterr().err
