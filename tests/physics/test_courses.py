"""Several sessions by rule: identities, monotonicity, and that nobody's course depends on anybody else's."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from endplate.case import joint_baselines, load_case, planned_injections
from endplate.errors import InputError
from endplate.simulation import blocks, simulate
from endplate.simulation.biology import Biology
from endplate.simulation.chain import run_chain, session_times, time_grid
from endplate.simulation.draws.subset import Subset
from endplate.simulation.injection import Reached
from endplate.simulation.parameters import RandomDraws
from endplate.simulation.results import daily
from endplate.simulation.sessions.cycles import cycle_clock
from endplate.simulation.sessions.following import Course, Rules, follow_courses
from endplate.simulation.sessions.repeating import Adapt, Attendance, Repeat, Resistance
from endplate.simulation.simulating import asked_of

ARM = load_case(Path(__file__).parents[2] / "examples" / "adult_arm.yaml")
CALF = load_case(Path(__file__).parents[2] / "examples" / "child_calf.yaml")
NONE = Resistance(antibodies=0, failure_per_y=0)
DRAWS = 24
YEAR = 364
ELBOW = ("elbow", "left", "extension")
BICEPS = ("biceps_brachii", "left")


def course(rules, draws=DRAWS, horizon=YEAR, case=ARM):
    made = Course(*asked_of(case, draws, horizon), RandomDraws(1, draws), rules, horizon, Biology())
    made.follow()
    return made


def counts(made):
    return (~np.isnan(made.histories.day)).sum(axis=1)


def elbow(made):
    return next(j for j in made.merged.chain.joints if j.baseline.joint == "elbow")


# ---- what a session offers -----------------------------------------------------------------------


def chain(sessions=(0.0, 84.0), dose=None, draws=10, injections=None):
    shots = planned_injections(ARM) if injections is None else injections
    drawn, times = RandomDraws(1, draws), session_times(200, sessions)
    return run_chain(shots, joint_baselines(ARM), 72.0, drawn, times, sessions_d=sessions, dose=dose)


def test_a_dose_of_one_is_the_plan_to_the_byte():
    plain, ones = chain(), chain(dose=np.ones((10, 2)))
    for place, seen in plain.muscles.items():
        assert seen.force.tobytes() == ones.muscles[place].force.tobytes()
    for one, other in zip(plain.joints, ones.joints, strict=True):
        assert one.scale_change.tobytes() == other.scale_change.tobytes()


def test_half_of_what_a_session_offers_is_the_plan_at_half_its_units():
    """Exposure is linear in units at equal fluid; only the nodes beside a class differ."""
    halved = tuple(replace(shot, dose_U=shot.dose_U / 2) for shot in planned_injections(ARM))
    first, other = chain(dose=np.full((10, 2), 0.5)), chain(injections=halved)
    for place, seen in first.muscles.items():
        assert seen.force == pytest.approx(other.muscles[place].force, abs=2e-3)


def test_a_larger_second_dose_never_lowers_block_after_it():
    low, high = (chain(dose=np.tile([1.0, dose], (10, 1))) for dose in (0.5, 1.5))
    before = low.time_d < 84
    for place, seen in low.muscles.items():
        more = high.muscles[place].transmission
        assert np.array_equal(seen.transmission[:, before], more[:, before])
        assert (more <= seen.transmission + 1e-9).all()
        assert more.mean() < seen.transmission.mean()


# ---- identities ----------------------------------------------------------------------------------


def test_one_session_under_a_rule_is_the_plan_given_once():
    once = simulate(ARM, draws=DRAWS).document
    rules = Rules(Repeat("request", most_sessions=1))
    told = follow_courses(ARM, rules, draws=DRAWS).document
    assert len(told["cycles"]) == 1
    for part in ("muscles", "joints", "neighbours", "drivers", "t_d"):
        assert told[part] == once[part]


def test_an_interval_of_two_sessions_is_a_chain_of_two():
    made = course(Rules(Repeat("interval", every_d=98, most_sessions=2), resistance=NONE))
    times = session_times(YEAR, (0.0, 98.0))
    drawn = RandomDraws(1, DRAWS)
    plain = run_chain(*asked_of(ARM, DRAWS, YEAR), drawn, times, sessions_d=(0.0, 98.0))
    on = daily(times, YEAR)
    for one, other in zip(made.merged.chain.joints, plain.joints, strict=True):
        assert np.array_equal(one.scale_change, on(other.scale_change))
    for place, seen in made.merged.chain.muscles.items():
        assert np.array_equal(seen.volume, on(plain.muscles[place].volume))


@pytest.fixture(scope="module")
def asking():
    attendance = Attendance(dropout_per_wk=0.01, missed=0.3)
    rules = Rules(Repeat("request"), Adapt(), attendance, Resistance(0.2, 0.2))
    return course(rules, horizon=546)


def test_a_copy_alone_shows_what_it_shows_among_others(asking):
    """Each with its own sessions and doses; the days differ between copies, so they were in many groups."""
    held, draws = asking.histories, RandomDraws(1, DRAWS)
    assert len({tuple(row[~np.isnan(row)]) for row in held.day}) > DRAWS / 3
    joints = joint_baselines(ARM)
    for copy in range(0, DRAWS, 5):
        rows = np.array([copy])
        days = tuple(held.day[copy][~np.isnan(held.day[copy])])
        reached = {
            place: Reached(got.exposure_U_h_per_mL[rows], got.held_U[rows])
            for place, got in asking.base.reached.items()
        }
        alone = run_chain(
            *(planned_injections(ARM), joints, 72.0, Subset(draws, rows), session_times(546, days)),
            sessions_d=days,
            dose=held.offered(rows, len(days)),
            reached=reached,
        )
        on = daily(alone.time_d, 546)
        for one, other in zip(asking.merged.chain.joints, alone.joints, strict=True):
            assert np.array_equal(one.scale_change[copy], on(other.scale_change)[0])
            assert np.array_equal(one.r1_deg[copy], on(other.r1_deg)[0])
        force = on(alone.muscles[BICEPS].force)[0]
        assert np.array_equal(asking.merged.chain.muscles[BICEPS].force[copy], force)


def test_more_copies_extend_the_same_histories(asking):
    rules = asking._rules
    few = course(rules, draws=8, horizon=546)
    for name in ("day", "dose", "uptake"):
        assert np.array_equal(
            getattr(few.histories, name), getattr(asking.histories, name)[:8], equal_nan=True
        )


def test_workers_do_not_change_a_byte(monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK", 5)
    rules = Rules(Repeat("re_emergence"), attendance=Attendance(missed=0.2))
    told = []
    for workers in (1, 4):
        monkeypatch.setenv("ENDPLATE_THREADS", str(workers))
        told.append(follow_courses(ARM, rules, draws=12, horizon_d=YEAR).to_json())
    assert told[0] == told[1]


def test_a_longer_horizon_changes_nothing_before_it():
    rules = Rules(Repeat("interval", every_d=91), attendance=Attendance(0.005, 0.2))
    short, long = course(rules, horizon=300), course(rules, horizon=600)
    within = long.histories.day[:, : short.histories.most]
    assert np.array_equal(np.where(within < 300, within, np.nan), short.histories.day, equal_nan=True)


# ---- who comes, and when -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["re_emergence", "request"])
def test_a_longer_minimum_never_gives_more_sessions(kind):
    held = [
        counts(course(Rules(Repeat(kind, minimum_d=weeks * 7), resistance=NONE))) for weeks in (8, 12, 20)
    ]
    assert (held[1] <= held[0]).all() and (held[2] <= held[1]).all()
    assert held[2].sum() < held[0].sum()


def test_nobody_is_injected_before_the_floor_and_only_at_visits(asking):
    apart = np.diff(asking.histories.day, axis=1)
    apart = apart[~np.isnan(apart)]
    assert apart.min() >= 84
    assert (apart % 7 == 0).all()


def test_tone_is_back_when_a_session_is_given_on_re_emergence():
    """The joint that gained most is back within the threshold at the visit, and was not at the one before."""
    made = course(Rules(Repeat("re_emergence", every_d=14, minimum_d=0), resistance=NONE))
    seen = 0
    for copy, row in enumerate(made.histories.day):
        days = row[~np.isnan(row)].astype(int)
        for start, end in pairwise(days):
            change = np.stack([j.scale_change[copy, start : end + 1] for j in made.merged.chain.joints])
            lead = change[change.min(axis=1).argmin()]
            if lead.min() < -0.5:
                seen += 1
                assert lead[-1] >= -0.5 - 1e-6
                assert end - start <= 14 or lead[-15] < -0.5 + 0.02  # read between two days
    assert seen > DRAWS


def test_dropout_and_missed_visits_only_take_sessions_away():
    every = Repeat("interval", every_d=84)
    stays = [counts(course(Rules(every, attendance=Attendance(hazard)))) for hazard in (0, 0.005, 0.02)]
    assert (stays[0] == 5).all()
    assert (stays[1] <= stays[0]).all() and (stays[2] <= stays[1]).all()
    assert stays[2].sum() < stays[1].sum() < stays[0].sum()
    comes = [counts(course(Rules(every, attendance=Attendance(missed=p)))) for p in (0, 0.2, 0.5)]
    assert comes[2].sum() < comes[1].sum() < comes[0].sum()


def test_shares_of_a_cycle_add_up(asking):
    rows = asking.cycles.rows(asking.histories)
    for row in rows:
        assert row["given"] + row["dropped_out"] + row["not_due"] == pytest.approx(1, abs=2e-5)
    given = [row["given"] for row in rows]
    left = [row["dropped_out"] for row in rows]
    assert given[0] == 1 and given == sorted(given, reverse=True) and left == sorted(left)
    assert left[-1] > 0


# ---- resistance and dose -------------------------------------------------------------------------


def test_hazards_of_zero_leave_everybody_responding():
    made = course(Rules(Repeat("interval", every_d=84), resistance=NONE))
    given = ~np.isnan(made.histories.day)
    assert not made.histories.antibodies.any() and not made.histories.failed.any()
    assert (made.histories.uptake[given] == 1).all()


@pytest.mark.parametrize("hazards", [(0.3, 0), (0, 1.0)])
def test_antibodies_and_failure_never_raise_an_effect(hazards):
    every = Repeat("interval", every_d=84)
    free, held = (course(Rules(every, resistance=r)) for r in (NONE, Resistance(*hazards)))
    found = held.histories.antibodies if hazards[0] else held.histories.failed
    assert not found[:, 0].any() or not hazards[0]  # a first session meets no antibodies
    assert 0.2 < found[:, -1].mean() < 1
    for one, other in zip(free.merged.chain.joints, held.merged.chain.joints, strict=True):
        assert (other.scale_change >= one.scale_change - 1e-9).all()
    for place, seen in held.merged.chain.muscles.items():
        assert (seen.transmission >= free.merged.chain.muscles[place].transmission - 1e-9).all()
    assert elbow(held).scale_change[:, -60:].mean() > elbow(free).scale_change[:, -60:].mean()


def test_a_larger_hazard_brings_antibodies_sooner_and_more_toxin_too():
    every = Repeat("interval", every_d=84)
    low, high = (course(Rules(every, resistance=Resistance(h, 0))) for h in (0.05, 0.2))
    assert (high.histories.antibodies >= low.histories.antibodies).all()
    close = course(Rules(Repeat("interval", every_d=42), resistance=Resistance(0.05, 0)))
    assert (close.histories.antibodies[:, :5] >= low.histories.antibodies[:, :5]).all()


def test_doses_follow_the_rule_and_stay_within_their_ends(asking):
    adapt, dose = Adapt(), asking.histories.dose
    known = dose[~np.isnan(dose)]
    assert known.min() >= adapt.least and known.max() <= adapt.most
    steps = np.diff(dose, axis=1)
    assert set(np.round(np.abs(steps[~np.isnan(steps)]), 9)) <= {0.0, adapt.step}
    assert (dose[:, 0] == 1).all() and known.max() > 1
    one = np.ones(3)
    found = adapt.next_dose(one, np.array([0.2, 2.0, 0.2]), np.array([0.9, 0.9, 0.1]))
    assert found.tolist() == [1 + adapt.step, 1.0, 1 - adapt.step]


# ---- years ---------------------------------------------------------------------------------------


def test_three_years_after_one_session_muscles_are_as_untreated():
    """Medians within 2 %, nine of ten copies within 10 %; the joints' change is gone."""
    result = simulate(ARM, draws=40, horizon_d=1095)
    for force in result.force.values():
        assert np.median(force[:, -1]) > 0.98
        assert np.quantile(force[:, -1], 0.1) > 0.9
    for row in result.document["muscles"]:
        assert row["volume"]["median"][-1] > 0.98
    for change in result.scale_change.values():
        assert np.median(change[:, -1]) > -0.05


def test_atrophy_accumulates_with_shorter_intervals():
    """Mean volume of the last hundred days of a year and a half, every muscle; and it falls over cycles."""
    held = [
        course(Rules(Repeat("interval", every_d=days), resistance=NONE), 12, 546) for days in (56, 84, 168)
    ]
    for place in held[0].merged.chain.muscles:
        volume = [made.merged.chain.muscles[place].volume[:, -100:].mean() for made in held]
        assert volume[0] < volume[1] < volume[2] < 1
    rows = held[1].cycles.rows(held[1].histories)
    before = [row["muscles"][0]["volume_before"]["median"] for row in rows]
    assert before[0] == 1 and before[2] < before[1] < before[0]


def test_a_cycle_that_meets_the_last_ones_effect_begins_at_once():
    t = np.arange(4.0)
    read = cycle_clock(t, np.array([[0.5, 0.4, 0.8, 1.0], [1.0, 0.8, 0.6, 0.5]]), 0.9)
    assert read.onset_d.tolist() == pytest.approx([0.0, 0.5])
    assert read.duration_d[0] == pytest.approx(2.5) and np.isinf(read.duration_d[1])


def test_a_rule_that_looks_at_a_joint_needs_one():
    blind = ARM.model_copy(update={"assessment": ()})
    with pytest.raises(InputError, match="joint"):
        follow_courses(blind, Rules(Repeat("request")), draws=2, horizon_d=100)
    told = follow_courses(blind, Rules(Repeat("interval", every_d=50)), draws=2, horizon_d=100)
    assert len(told.document["cycles"]) == 2


def test_the_grid_of_one_session_is_the_plain_one():
    assert np.array_equal(session_times(182, (0.0,)), time_grid(182))
