"""Three clocks of a joint: definitions on made-up courses, and the field's times on the examples."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from endplate.case import load_case
from endplate.knowledge.evidence import value
from endplate.simulation import clocks, simulate
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.parameters import RandomDraws
from endplate.simulation.simulating import asked_of

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS = 300


@pytest.fixture(scope="module", params=["adult_arm", "adult_leg", "child_calf"])
def run(request):
    asked = asked_of(load_case(EXAMPLES / f"{request.param}.yaml"), DRAWS, 182)
    return run_chain(*asked, RandomDraws(1, DRAWS), time_grid(182))


def test_the_sign_begins_within_12_hours_to_7_days(run):
    """Of the copies that show it nine of ten, over the joints of a plan, less three standard errors."""
    onset = [clocks.sign(run.time_d, joint, joint.fitted).onset_d for joint in run.joints]
    known = np.concatenate([days[~np.isnan(days)] for days in onset])
    inside = ((known >= 0.5) & (known <= 7)).mean()
    assert inside >= 0.9 - 3 * np.sqrt(0.9 * 0.1 / known.size)


def test_electrical_comes_first_and_lasts_longest_and_the_patient_last(run):
    for joint in run.joints:
        found = [
            clocks.electrical(run, joint, joint.fitted),
            clocks.sign(run.time_d, joint, joint.fitted),
            clocks.patient(run.time_d, joint, joint.fitted),
        ]
        onset = [np.nanmedian(each.onset_d) for each in found]
        assert onset[0] <= onset[1] < onset[2]
        reached = [(~np.isnan(each.onset_d)).mean() for each in found]
        assert reached[0] >= reached[1]
        assert np.nanmedian(found[0].duration_d) >= np.nanmedian(found[1].duration_d)


def test_the_patient_tells_the_expected_clock_later_by_the_lag(run):
    joint = run.joints[0]
    plain = clocks.expected_clock(run.time_d, joint)
    told, lag = clocks.patient(run.time_d, joint, joint.fitted), joint.fitted.perception_lag_d
    both = ~np.isnan(plain.onset_d)
    assert np.array_equal(both, ~np.isnan(told.onset_d))
    assert told.onset_d[both] - plain.onset_d[both] == pytest.approx(lag[both])


def test_a_sign_must_stand_at_two_visits_and_pass_the_noise(run):
    joint = run.joints[0]
    t = np.arange(0.0, 60.0)
    change = np.zeros((DRAWS, t.size))
    change[:, 5:9] = -2.0  # shorter than the time between two visits
    made = replace(joint, scale_change=change)
    assert np.isnan(clocks.sign(t, made, joint.fitted).onset_d).all()
    change[:, 5:40] = -2.0
    noisy = replace(joint.fitted, rater=replace(joint.fitted.rater, within_sd_grade=np.full(DRAWS, 2.0)))
    sure = replace(joint.fitted, rater=replace(joint.fitted.rater, within_sd_grade=np.zeros(DRAWS)))
    assert np.isnan(clocks.sign(t, made, noisy).onset_d).all()
    found = clocks.sign(t, made, sure)
    assert (found.onset_d < 5).all() and (found.onset_d >= 4).all()
    assert found.duration_d == pytest.approx(40 - value("clinic.sign_spacing") * 7, abs=1)


def test_the_document_tells_the_clocks():
    told = simulate(load_case(EXAMPLES / "adult_arm.yaml"), draws=5, horizon_d=40).document
    for row in told["joints"]:
        assert set(row["clocks"]) == {"electrical", "sign", "sign_r1", "patient"}
        for each in row["clocks"].values():
            assert set(each) == {"onset_d", "peak_d", "duration_d", "reached", "returned"}
