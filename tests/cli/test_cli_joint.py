"""view joint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from program import ADULT, FEW, ask, fails

from endplate.app.cli import main

LEG = str(Path(ADULT).with_name("adult_leg.yaml"))


def test_view_joint_shows_less_resistance_and_a_later_catch(capsys, tmp_path):
    code, document, _ = ask(capsys, "view", "joint", ADULT, "--out", str(tmp_path))
    assert code == 0
    before, after = document["before"], document["after"]
    speeds = list(before["peak_torque_Nm"].values())
    assert speeds == sorted(speeds)  # V1, V2, V3
    assert all(after["peak_torque_Nm"][name] < before["peak_torque_Nm"][name] for name in ("V1", "V2", "V3"))
    assert after["r1_deg"] > before["r1_deg"] >= 50
    assert after["r2_deg"] >= before["r2_deg"] == pytest.approx(130)
    assert {m["muscle"] for m in document["muscles"]} == {"biceps_brachii", "brachialis", "brachioradialis"}
    text = Path(document["files"][0]).read_text(encoding="utf-8")
    assert text.startswith("<svg") and "passive" in text


def test_a_chain_loses_no_more_than_its_joint_alone(capsys, tmp_path):
    """Synergists that were not injected and slack in the redundancy make up for some of it."""
    for case in (ADULT, LEG):
        given = ("--test", "strength", "--out", str(tmp_path))
        _, document, _ = ask(capsys, "view", "joint", case, *given)
        before, after = document["before"], document["after"]
        least = min(muscle["residual_force"] for muscle in document["muscles"])
        assert least < after["chain_Nm"] / before["chain_Nm"] <= 1
        assert any("while the other axes they cross balance" in note for note in document["notes"])


def test_torques_grow_with_body_mass_but_less_for_the_hand_is_one(capsys, tmp_path):
    text = Path(ADULT).read_text(encoding="utf-8")
    found = []
    for mass in (40, 80):
        case = tmp_path / f"{mass}.yaml"
        case.write_text(re.sub(r"weight: [0-9]+ kg", f"weight: {mass} kg", text), encoding="utf-8")
        given = ("--test", "mas", "--day", "0", "--out", str(tmp_path))
        found.append(ask(capsys, "view", "joint", str(case), *given)[1]["before"])
    assert 1 < found[1]["peak_torque_Nm"] / found[0]["peak_torque_Nm"] < 2
    assert found[1]["grade"] == pytest.approx(found[0]["grade"], abs=0.05)


def test_on_the_day_of_injection_nothing_has_changed(capsys, tmp_path):
    code, document, _ = ask(
        capsys, "view", "joint", ADULT, "--test", "mas", "--day", "0", "--out", str(tmp_path)
    )
    assert code == 0
    assert document["after"]["peak_torque_Nm"] == pytest.approx(document["before"]["peak_torque_Nm"])


def test_strength_falls_while_active_range_widens(capsys, tmp_path):
    given = ("--test", "strength", "--out", str(tmp_path))
    _, document, _ = ask(capsys, "view", "joint", ADULT, *given)
    before, after = document["before"], document["after"]
    assert after["strength_Nm"] < before["strength_Nm"]
    assert after["active_end_deg"] > before["active_end_deg"]


def test_a_leg_let_go_swings_further_after_treatment(capsys, tmp_path):
    case = tmp_path / "knee.yaml"
    text = Path(LEG).read_text(encoding="utf-8")
    text = text.replace(
        "joint: ankle, side: right, movement: dorsiflexion", "joint: knee, side: right, movement: flexion"
    )
    text = text.replace("r1: 20 deg, r2: 50 deg", "r1: 50 deg, r2: 120 deg")
    case.write_text(text.replace("{muscle: soleus,", "{muscle: rectus_femoris,"), encoding="utf-8")
    given = ("--joint", "knee", "--test", "pendulum", "--out", str(tmp_path))
    code, document, _ = ask(capsys, "view", "joint", str(case), *given)
    assert code == 0
    assert document["after"]["first_swing_deg"] > document["before"]["first_swing_deg"] > 20


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("--test", "gait"), "--test"),
        (("--law", "gravity"), "--law"),
        (("--day", "-1"), "--day"),
        (("--day", "nan"), "--day"),
        (("--joint", "hip"), "--joint"),
        (("--test", "pendulum"), "--test"),
    ],
)
def test_what_cannot_be_shown_is_an_input_error(capsys, given, field):
    assert fails(capsys, "view", "joint", ADULT, *given)["field"] == field


@pytest.mark.parametrize(("case", "r1", "r2"), [(ADULT, 60, 130), (LEG, 20, 50)])
def test_r1_before_is_the_recorded_one_and_r2_hardly_moves(capsys, tmp_path, case, r1, r2):
    _, document, _ = ask(capsys, "view", "joint", case, "--out", str(tmp_path))
    assert document["before"]["r1_deg"] == pytest.approx(r1, abs=0.5)
    assert document["before"]["r2_deg"] == r2 <= document["after"]["r2_deg"] < r2 + 5
    told = " ".join(document["notes"])
    assert "R1 before is the one recorded" in told and "R2 ends the slow stretch" in told
    assert "The recorded grade sets the reflex gain" in told


@pytest.mark.parametrize("case", [ADULT, LEG])
def test_the_one_second_stretch_reads_as_the_recorded_grade(capsys, tmp_path, case):
    _, document, _ = ask(capsys, "view", "joint", case, "--test", "mas", "--out", str(tmp_path))
    before, after = document["before"], document["after"]
    assert before["grade"] == pytest.approx(3, abs=0.03) and after["grade"] < before["grade"]
    assert 0 < after["mean_resistance_Nm"] < before["mean_resistance_Nm"]


def test_a_grade_of_0_sets_no_gain_and_says_so(capsys, tmp_path):
    case = tmp_path / "none.yaml"
    text = Path(ADULT).read_text(encoding="utf-8")
    case.write_text(text.replace('value: "3", tardieu: {r1: 60 deg, r2: 130 deg, quality: 2}', 'value: "0"'))
    _, document, _ = ask(capsys, "view", "joint", str(case), "--out", str(tmp_path))
    assert document["before"]["r1_deg"] is None
    assert any(note.startswith("No reflex gain is set") for note in document["notes"])


def test_a_catch_that_cannot_be_reached_is_told(capsys, tmp_path):
    case = tmp_path / "early.yaml"
    case.write_text(
        Path(LEG).read_text(encoding="utf-8").replace("r1: 20 deg", "r1: 5 deg"), encoding="utf-8"
    )
    _, document, _ = ask(capsys, "view", "joint", str(case), "--out", str(tmp_path))
    assert document["before"]["r1_deg"] > 5.5
    told = " ".join(document["notes"])
    assert "recorded catch at 5 deg is not reached" in told and "R1 before is the one recorded" not in told


def test_passive_share_lies_between_0_and_1(capsys, tmp_path):
    given = ("--test", "mas", "--law", "velocity", "--out", str(tmp_path))
    _, document, _ = ask(capsys, "view", "joint", ADULT, *given)
    assert document["before"]["passive_share"] == 0  # tissue helps the stretch where torque is largest
    _, document, _ = ask(capsys, "view", "joint", ADULT, "--test", "mas", "--out", str(tmp_path))
    assert 0 < document["before"]["passive_share"] < document["after"]["passive_share"] < 1


def test_no_catch_comes_with_its_reason(capsys, tmp_path):
    _, document, _ = ask(capsys, "view", "joint", ADULT, "--law", "force", "--out", str(tmp_path))
    assert document["before"]["r1_deg"] is None
    assert any(note.startswith("No R1 before: the fast stretch") for note in document["notes"])


def test_pictures_of_other_laws_and_days_lie_side_by_side(capsys, tmp_path):
    for law, day in (("lambda", "28"), ("force", "28"), ("lambda", "7")):
        _, document, _ = ask(
            capsys, "view", "joint", ADULT, "--law", law, "--day", day, "--out", str(tmp_path)
        )
        title = (
            Path(document["files"][0]).read_text(encoding="utf-8").split("<title>")[1].split("</title>")[0]
        )
        assert f"{law} law" in title and f"day {day}" in title
    assert len(list(tmp_path.glob("*.svg"))) == 3


def test_a_test_that_needs_a_knee_says_so(capsys):
    assert "flexion of the knee" in fails(capsys, "view", "joint", LEG, "--test", "pendulum")["remedy"]


def test_lines_fit_a_terminal_of_80_columns(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    assert main(["view", "joint", ADULT]) == 0
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 80


def test_run_and_view_joint_tell_how_their_joints_hang_together(capsys, tmp_path):
    assert main(["simulate", ADULT, *FEW, "--out", str(tmp_path)]) == 0
    assert "'view joint'" in " ".join(capsys.readouterr().out.split())
    _, document, _ = ask(capsys, "view", "joint", ADULT, "--out", str(tmp_path))
    assert any("'run'" in note for note in document["notes"])
