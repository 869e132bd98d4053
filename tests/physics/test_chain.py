"""The whole chain on the examples: identity, monotonicity, limits, clocks that nobody built in."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from endplate.case import load_case, planned_injections
from endplate.knowledge.anatomy import load_bodies
from endplate.questions.check import check
from endplate.simulation import chain as chain_module
from endplate.simulation import simulate
from endplate.simulation.parameters import RandomDraws, stream
from endplate.simulation.results import clock, summary

EXAMPLES = Path(__file__).parents[2] / "examples"
RIGHT = sorted(path for path in EXAMPLES.glob("*.yaml") if path.stem != "wrong_plan")
DRAWS = 60


def scaled(case, factor):
    """The same plan with every dose multiplied, volumes and sites as they were."""
    shots = planned_injections(case)
    volumes = {shot.where: shot.volume_mL for shot in shots if shot.side == shots[0].side}
    items = [
        item.model_copy(
            update={
                "dose": type(item.dose)(item.dose.value * factor, item.dose.unit),
                "volume": type(item.dose)(volumes[f"plan.injections[{i}]"], "mL"),
            }
        )
        for i, item in enumerate(case.plan.injections)
    ]
    return case.model_copy(update={"plan": case.plan.model_copy(update={"injections": tuple(items)})})


@pytest.fixture(scope="module")
def arm():
    return load_case(EXAMPLES / "adult_arm.yaml")


@pytest.fixture(scope="module")
def arm_result(arm):
    return simulate(arm, draws=400)


def test_dose_zero_is_identity(arm):
    result = simulate(scaled(arm, 0), draws=DRAWS)
    for force in (*result.force.values(), *result.transmission.values()):
        assert force == pytest.approx(1, abs=1e-12)
    for change in result.scale_change.values():
        assert change == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("path", RIGHT, ids=lambda p: p.stem)
def test_doubled_dose_never_lowers_block(path):
    case = load_case(path)
    once = simulate(scaled(case, 1), draws=DRAWS)
    twice = simulate(scaled(case, 2), draws=DRAWS)
    for place, transmission in once.transmission.items():
        assert (twice.transmission[place] <= transmission + 1e-9).all()


@pytest.mark.parametrize("path", RIGHT, ids=lambda p: p.stem)
def test_examples_run_within_limits_and_without_a_critical_finding(path):
    case = load_case(path)
    assert not [issue for issue in check(case).issues if issue.severity == "critical"]
    result = simulate(case, draws=DRAWS)
    for share in (*result.force.values(), *result.transmission.values()):
        assert (share >= 0).all() and (share <= 1 + 1e-9).all()
    assert json.loads(result.to_json())["draws"] == DRAWS


def test_onset_and_duration_emerge(arm_result):
    """Weakness begins 12 h to 7 d after injection, benefit at the joints lasts 2 to 6 months (medians)."""
    document = arm_result.to_dict()
    for muscle in document["muscles"]:
        assert 0.5 <= muscle["onset_d"]["median"] <= 7
    for joint in document["joints"]:
        assert 60 <= joint["duration_d"]["median"] <= 183


def test_more_draws_extend_the_same_sequence(arm):
    few, many = simulate(arm, draws=10), simulate(arm, draws=20)
    for place, force in few.force.items():
        assert force == pytest.approx(many.force[place][:10], abs=1e-12)


def test_halving_the_step_changes_little(arm, monkeypatch):
    """Below 1 % of full force, stated before the run."""
    coarse = simulate(arm, draws=20)
    monkeypatch.setattr(chain_module, "_FINE_STEP_D", 0.125)
    monkeypatch.setattr(chain_module, "_SLOW_STEP_D", 0.5)
    fine = simulate(arm, draws=20)
    for place, force in coarse.force.items():
        assert np.abs(force - fine.force[place]).max() < 0.01


def test_a_limb_segment_with_every_muscle_injected_runs(arm):
    """No neighbour is left in it to be followed."""
    muscles = [muscle for muscle, body in load_bodies().items() if body.segment == "foot"]
    first = planned_injections(arm)[0]
    shots = tuple(replace(first, muscle=muscle, side="left", dose_U=20.0) for muscle in muscles)
    chain = chain_module.run_chain(shots, (), None, RandomDraws(1, 3), np.arange(3.0))
    assert {muscle for muscle, _ in chain.muscles} == set(muscles)


def test_clock_reads_onset_and_first_lasting_return():
    t = np.arange(6.0)
    course = np.array([[1, 0.8, 0.95, 0.8, 0.9, 1.0], [1, 1, 1, 1, 1, 1], [1, 0.8, 0.5, 0.5, 0.5, 0.5]])
    read = clock(t, course, 0.9)
    assert read.onset_d[0] == pytest.approx(0.5)
    assert read.duration_d[0] == pytest.approx(4.0)
    assert np.isnan(read.onset_d[1]) and np.isinf(read.duration_d[2])
    assert summary(read.duration_d)["p95"] is None


def test_streams_are_keyed_by_what_they_decide():
    draws = RandomDraws(1, 5)
    first = draws.of("muscle.volume_person")
    draws.of("terminal.potency_person")
    assert (draws.of("muscle.volume_person") == first).all()
    assert (RandomDraws(2, 5).of("muscle.volume_person") != first).any()
    assert RandomDraws(1, 9).normal("needle", 2)[:5] == pytest.approx(draws.normal("needle", 2), abs=0)


def test_a_stream_is_philox_keyed_by_the_digest_of_seed_and_name():
    key = int.from_bytes(hashlib.sha256(b"7/needle").digest()[:16], "little")
    plain = np.random.Generator(np.random.Philox(key=key))
    assert (stream(7, "needle").standard_normal(20) == plain.standard_normal(20)).all()
