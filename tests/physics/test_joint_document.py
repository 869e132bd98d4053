"""A joint of the result: what a rater would record, torque before and after, what the examination left."""

from pathlib import Path

import numpy as np
import pytest

from endplate.case import Case, from_document, load_case
from endplate.physiology.joint import response
from endplate.physiology.scales import CODED_GRADES
from endplate.questions.individualise import individualise
from endplate.simulation import simulate
from endplate.simulation.joints import document as joint_document
from endplate.simulation.results import QUANTILES

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS, HORIZON_D = 60, 60
RIGID = ("elbow", "wrist", "fingers")


def changed(case, *, doses=1.0, grades=None):
    """The same case with every dose multiplied, or with other grades by joint."""
    shots = case.plan.injections
    shots = tuple(
        item.model_copy(update={"dose": type(item.dose)(item.dose.value * doses, item.dose.unit)})
        for item in shots
    )
    found = tuple(
        row.model_copy(update={"value": (grades or {}).get(row.joint, row.value)}) for row in case.assessment
    )
    plan = case.plan.model_copy(update={"injections": shots})
    return case.model_copy(update={"plan": plan, "assessment": found})


@pytest.fixture(scope="module")
def arm():
    return load_case(EXAMPLES / "adult_arm.yaml")


def joints(case):
    return simulate(case, draws=DRAWS, horizon_d=HORIZON_D).document["joints"]


@pytest.fixture(scope="module")
def treated(arm):
    return joints(arm)


@pytest.fixture(scope="module")
def untreated(arm):
    return joints(changed(arm, doses=0))


def recorded(row):
    return row["grade_probability"]["modified_ashworth"]


def test_probabilities_sum_to_one_at_weekly_visits(treated):
    for row in treated:
        held = recorded(row)
        assert held["t_d"] == list(range(0, HORIZON_D + 1, 7))
        assert held["categories"] == ["0", "1", "1+", "2", "3", "4"]
        shares = np.array(held["probability"])
        assert shares.shape == (6, len(held["t_d"])) and np.all(shares >= 0)
        assert shares.sum(axis=0) == pytest.approx(1, abs=1e-4)


def test_before_treatment_the_recorded_grade_is_the_likeliest(treated):
    for row in treated:
        before = [share[0] for share in recorded(row)["probability"]]
        assert recorded(row)["categories"][int(np.argmax(before))] == row["baseline"]["value"]


def test_treatment_shifts_probability_to_lower_categories(treated, untreated):
    for row, same in zip(treated, untreated, strict=True):
        shares, still = (np.cumsum(recorded(of)["probability"], axis=0) for of in (row, same))
        assert still == pytest.approx(np.broadcast_to(still[:, :1], still.shape), abs=1e-4)
        assert np.all(shares[:-1, 1:] > still[:-1, 1:])  # up to each category
        mean = CODED_GRADES @ np.array(recorded(row)["probability"])
        assert mean.argmin() == pytest.approx(row["torque"]["day"] / 7, abs=1.5)


def test_torques_before_are_those_of_an_untreated_run(treated, untreated):
    for row, same in zip(treated, untreated, strict=True):
        assert row["torque"]["angle_deg"] == same["torque"]["angle_deg"]
        for ramp, states in row["torque"]["ramps"].items():
            assert states["before"] == same["torque"]["ramps"][ramp]["before"]
            assert same["torque"]["ramps"][ramp]["after"] == states["before"]


def test_torques_have_three_speeds_and_are_never_above_those_before(treated):
    for row in treated:
        assert row["joint"] in RIGID
        held = row["torque"]
        assert tuple(held["ramps"]) == response.RAMPS and held["unit"] == "Nm"
        assert 0 < held["day"] <= HORIZON_D
        for states in held["ramps"].values():
            before, after = (np.array([states[name][q] for q in QUANTILES]) for name in ("before", "after"))
            assert before.shape == (5, len(held["angle_deg"]))
            assert np.all(np.diff(before, axis=0) >= 0)
            assert np.all(after <= before + 1e-5)
            assert np.any(after[2] < before[2] - 0.1)
        peaks = [max(states["before"]["median"]) for states in held["ramps"].values()]
        assert peaks == sorted(peaks)


def test_the_day_is_that_of_the_largest_median_change(treated, untreated):
    for row, same in zip(treated, untreated, strict=True):
        change = row["scale_change"]["modified_ashworth"]["median"]
        assert change[row["torque"]["day"]] == min(change)
        assert same["torque"]["day"] == 28  # nothing changes: the day of the drivers


def test_a_copy_past_the_end_of_its_stretch_keeps_its_last_torque():
    angle = np.array([[0.0, 10, 20], [0, 20, 40], [0, 20, 40]])
    torque = np.array([[[0.0, 5, 9]], [[0, 2, 4]], [[0, 1, 2]]])
    (found,) = joint_document._bands(angle, torque, np.array([0.0, 20, 40]))
    assert found["median"] == [0, 2, 4]
    assert found["p95"] == pytest.approx([0, 8.3, 8.5])


def test_torques_of_a_smaller_body_are_smaller_but_the_hand_that_feels_them_is_not(arm):
    def peak(kg):
        weight = type(arm.patient.weight)(kg, "kg")
        case = arm.model_copy(update={"patient": arm.patient.model_copy(update={"weight": weight})})
        return max(joints(case)[0]["torque"]["ramps"]["V3"]["before"]["median"])

    assert 0.4 * peak(75) < peak(30) < peak(75)


def test_what_the_examination_left_is_told(treated):
    for row in treated:
        seen = row["examination"]
        assert seen["of"] == 256 and seen["not_reached"] == 0
        assert 1 <= seen["effective"]["median"] <= seen["of"]


def test_a_joint_graded_none_has_nothing_to_reach(arm):
    row = joints(changed(arm, grades={"elbow": "0"}))[0]
    told = row["examination"]
    assert told["effective"] == dict.fromkeys(QUANTILES)
    assert (told["of"], told["not_reached"], told["off"]) == (256, 0, [])
    assert not joint_document.joint_warnings([row])


@pytest.mark.parametrize(
    ("middle", "missed", "said"),
    [(60.0, 0.0, ()), (2.9, 0.0, ("2.9 in the median copy",)), (60.0, 0.12, ("in 12 % of copies",))],
)
def test_few_joints_and_a_grade_not_reached_are_told_in_words(middle, missed, said):
    where = {"joint": "ankle", "movement": "dorsiflexion", "side": "left"}
    row = {**where, "examination": {"effective": {"median": middle}, "of": 256, "not_reached": missed}}
    told = joint_document.joint_warnings([row])
    assert len(told) == len(said)
    assert all(
        part in note and "ankle dorsiflexion (left)" in note for part, note in zip(said, told, strict=True)
    )


def test_a_grade_that_no_joint_has_is_counted(arm, monkeypatch):
    found = response.choose

    def missing(*given):
        chosen = found(*given)
        chosen.effective[: DRAWS // 4] = 0
        return chosen

    monkeypatch.setattr(response, "choose", missing)
    result = simulate(arm, draws=DRAWS, horizon_d=14).document
    assert {row["examination"]["not_reached"] for row in result["joints"]} == {0.25}
    assert sum("25 % of copies" in note for note in result["warnings"]) == len(result["joints"])


def test_a_joint_of_which_no_muscle_is_injected_is_told_by_every_answer(arm):
    """The ankle of an arm's plan: its grade has nothing of the drug, and simulation and learning say so."""
    told = arm.to_dict()
    ankle = {"joint": "ankle", "side": "left", "movement": "dorsiflexion"}
    rows = [*told["assessment"], {**ankle, "scale": "modified_ashworth", "value": "2"}]
    case = from_document(Case, told | {"assessment": rows})
    said = "only toxin that spreads reaches them: ankle dorsiflexion (left)."
    for question in (simulate, individualise):
        own = question(case, draws=20, horizon_d=28).document["warnings"]
        assert any(note.endswith(said) for note in own)
        bare = question(arm, draws=20, horizon_d=28).document["warnings"]
        assert not any("only toxin that spreads" in note for note in bare)
