"""view joint."""

from __future__ import annotations

from pathlib import Path

import pytest
from program import ADULT, ask, fails

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
