"""From junctions to muscle: accounts of recovery, sessions, CMAP and force, antibodies, the blood."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from endplate.case import joint_baselines, load_case, planned_injections
from endplate.errors import InputError
from endplate.physiology import muscle, terminal
from endplate.physiology.terminal import course, recovery, release_and_cleavage
from endplate.simulation import Biology
from endplate.simulation.chain import acting, run_chain, terminals, time_grid
from endplate.simulation.parameters import OneAtATime, RandomDraws, draw
from endplate.simulation.simulating import simulate

ARM = Path(__file__).parents[2] / "examples" / "adult_arm.yaml"
DRAWS = 40
DAYS = np.concatenate([np.arange(0, 30, 0.5), np.arange(30, 365, 2.0)])
CLEARANCE_PER_H = 0.07


def median_junctions(account=recovery.ParentFirst, rate_Hz=50.0, terminal_changes=None, **changes):
    draws = OneAtATime(())
    p = draw(terminal.Parameters, draws)
    r = draw(recovery.Parameters, draws)
    numbers = {name: np.array([number]) for name, number in (terminal_changes or {}).items()}
    p = dataclasses.replace(p, **numbers)
    r = dataclasses.replace(r, **{name: np.array([number]) for name, number in changes.items()})
    return course.junctions(p, r, draw(account, draws), np.array([CLEARANCE_PER_H]), rate_Hz)


def transmission(these, drive, sessions=(0.0,)):
    given = course.sessions(these, DAYS, sessions)
    return course.follow(these, np.array([[float(drive)]]), given)[0][0, :, 0]


def day(number):
    return int(np.searchsorted(DAYS, number))


def arm_chain(draws=DRAWS, sessions=(0.0,), horizon=182, **biology):
    case = load_case(ARM)
    injections, baselines = planned_injections(case), joint_baselines(case)
    times = np.unique(np.concatenate([s + time_grid(horizon) for s in sessions]))
    drawn = RandomDraws(1, draws)
    return run_chain(
        injections, baselines, 72.0, drawn, times, sessions_d=sessions, biology=Biology(**biology)
    )


@pytest.fixture(scope="module")
def arm():
    return arm_chain()


@pytest.mark.parametrize("account", [recovery.ParentFirst, recovery.SproutsFirst])
@pytest.mark.parametrize("critical", [1, 30])
def test_a_short_lived_light_chain_recovers_in_days_to_weeks(account, critical):
    """Half-life 0.8 d, a load that blocks: chains gone by day 20 and, parent first, transmission back."""
    brief = {"light_chain_half_life_d": 0.8, "critical_chains": critical}
    these = median_junctions(account, terminal_changes=brief, basal_uptake_share=1.0)
    load, _ = course.held(these, np.array([[60.0]]), course.sessions(these, DAYS, (0.0,)))
    assert load.max() > 1 and load[0, day(20), 0] < 0.01 * load.max()
    seen = transmission(these, 60.0)
    assert seen.min() < 0.6
    if account is recovery.ParentFirst:
        assert seen[day(20)] > 0.95


def test_parents_lead_in_the_first_account_and_sprouts_in_the_second():
    """Fully blocked, chains still there on day 40: V1 shows next to nothing, V2 transmits by its sprouts."""
    first, second = (median_junctions(a) for a in (recovery.ParentFirst, recovery.SproutsFirst))
    drive = 50.0
    load, _ = course.held(second, np.array([[drive]]), course.sessions(second, DAYS, (0.0,)))
    assert load[0, day(40), 0] > 1
    assert transmission(first, drive)[day(40)] < 0.2
    seen = transmission(second, drive)
    assert seen[day(3)] < 0.1 and 0.5 < seen[day(40)] <= 1


def test_the_second_account_keeps_the_parent_silent_for_two_months():
    """A toxin gone in days: V1 is back within weeks, V2 only as its sprouts let it, then by the parent."""
    brief = {"light_chain_half_life_d": 0.8}
    mute = {"train_facilitation": 0.2}
    first = median_junctions(recovery.ParentFirst, terminal_changes=brief, **mute)
    second = median_junctions(recovery.SproutsFirst, terminal_changes=brief, **mute)
    account = dataclasses.replace(second.account, growth_d=np.array([1e9]))
    second = dataclasses.replace(second, account=account)
    assert transmission(first, 5.0)[day(30)] > 0.95
    late = transmission(second, 5.0)
    assert late[day(60)] == pytest.approx(late[day(20)], abs=1e-6)
    assert late[day(120)] > 0.95


@pytest.mark.parametrize("account", [recovery.ParentFirst, recovery.SproutsFirst])
def test_more_drive_never_transmits_more_under_either_account(account):
    draws = RandomDraws(4, 20)
    p, r, a = (draw(x, draws) for x in (terminal.Parameters, recovery.Parameters, account))
    these = course.junctions(p, r, a, np.full(20, CLEARANCE_PER_H), 50.0)
    drive = np.repeat(np.geomspace(0.01, 300, 12)[None], 20, axis=0)
    seen, rescued = course.follow(these, drive, course.sessions(these, DAYS, (0.0,)))
    assert (np.diff(seen, axis=2) <= 1e-9).all()
    for share in (seen, rescued):
        assert (share >= -1e-12).all() and (share <= 1 + 1e-12).all()


@pytest.mark.parametrize("account", [recovery.ParentFirst, recovery.SproutsFirst])
def test_courses_between_nodes_are_those_of_the_classes(account):
    """A muscle put together from the nodes and one from its own classes: less than 0.003 apart."""
    size = 60
    draws, rng = RandomDraws(5, size), np.random.default_rng(2)
    p, r, a = (draw(x, draws) for x in (terminal.Parameters, recovery.Parameters, account))
    these = course.junctions(p, r, a, np.full(size, CLEARANCE_PER_H), 50.0)
    given = course.sessions(these, DAYS, (0.0, 90.0))
    drive, weight = np.exp(rng.normal(0.5, 2, (size, 16))), np.full((size, 16), 1 / 16)
    own = course.follow(these, drive, given)[0].mean(axis=2)
    shares = course.on_nodes(drive, weight, np.zeros(16, dtype=np.int64))
    shared = (course.follow(these, course.nodes(size), given)[0] @ shares.swapaxes(1, 2))[:, :, 0]
    assert np.abs(own - shared).max() < 0.003


def test_muscles_are_the_means_of_their_nodes():
    """Shares add up to 1 and keep the mean drive; courses are the sums that NumPy makes, to round-off."""
    size = 20
    draws, rng = RandomDraws(6, size), np.random.default_rng(3)
    p, r, a = (draw(x, draws) for x in (terminal.Parameters, recovery.Parameters, recovery.ParentFirst))
    own = draw(muscle.Parameters, draws)
    these = course.junctions(p, r, a, np.full(size, CLEARANCE_PER_H), 50.0)
    nodes = course.nodes(size)
    drives = [np.exp(rng.normal(0.5, 2, (size, classes))) for classes in (16, 1, 4)]
    shares = muscle.on_nodes(own, drives, np.ones(size))
    followed = course.follow(these, nodes, course.sessions(these, DAYS, (0.0, 90.0)))
    found = muscle.courses(own, shares, *followed, DAYS)
    alone = np.broadcast_to(np.eye(nodes.shape[1]), (size, *(2 * nodes.shape[1:])))
    still = dataclasses.replace(own, active_shortening=np.zeros(size))
    single = muscle.courses(still, muscle.Shares(alone, alone, alone), *followed, DAYS)
    size_of = {"cmap": shares.size, "volume": shares.size, "spindle": shares.spindle}
    for number, name in enumerate(vars(muscle.Course(*found.swapaxes(0, 1)))):
        if name != "force":
            slow = np.einsum("dmn,dnt->dmt", size_of.get(name, shares.count), single[:, number])
            assert found[:, number] == pytest.approx(slow, rel=1e-12)
    for drive, spindle in zip(drives, shares.spindle.swapaxes(0, 1), strict=True):
        assert (spindle * nodes).sum(axis=1) == pytest.approx(drive.mean(axis=1), rel=1e-12)
    for share in vars(shares).values():
        assert share.sum(axis=2) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("classes", [1, 16])
def test_nodes_on_which_no_fibre_stands_need_not_be_followed(classes):
    size = 20
    draws, rng = RandomDraws(6, size), np.random.default_rng(4)
    p, r, a = (draw(x, draws) for x in (terminal.Parameters, recovery.Parameters, recovery.ParentFirst))
    own = draw(muscle.Parameters, draws)
    these = course.junctions(p, r, a, np.full(size, CLEARANCE_PER_H), 50.0)
    given = course.sessions(these, DAYS, (0.0, 90.0))
    shares = muscle.on_nodes(own, [np.exp(rng.normal(0.5, 2, (size, classes)))], np.ones(size))
    nodes = course.nodes(size)
    fewer, some, many = muscle.populated(nodes, shares)
    assert (many < nodes.shape[1]).all()
    whole = muscle.courses(own, shares, *course.follow(these, nodes, given), DAYS)
    found = muscle.courses(own, some, *course.follow(these, fewer, given, many), DAYS)
    assert found == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("account", [recovery.ParentFirst, recovery.SproutsFirst])
def test_a_course_is_the_same_whether_sessions_share_their_lags_or_not(account):
    """Sessions some milliseconds early share no lag with each other, and change nothing else."""
    these, days = median_junctions(account), np.arange(300.0)
    shared, apart = (
        course.sessions(these, days, (0.0, 84.0 - early, 168.0 - 2 * early)) for early in (0, 1e-7)
    )
    assert apart.prompt.shape[1] > 2 * shared.prompt.shape[1] > 0
    seen, other = (course.follow(these, np.array([[3.0]]), given) for given in (shared, apart))
    assert np.stack(seen) == pytest.approx(np.stack(other), abs=1e-6)
    chains = np.zeros((1, days.size))
    for day, first in zip(shared.day, shared.first, strict=True):
        lags = days[first:] - day
        chains[:, first:] += terminal.chain_course(these.terminal, these.clearance_per_h, lags)
    assert shared.acting() == pytest.approx(chains, rel=1e-12)


def test_reserve_lost_to_the_first_session_deepens_and_prolongs_the_second():
    """With the reserve kept, the second session differs only by chains and sprouts that are left."""
    sessions = (0.0, 120.0)
    kept = transmission(median_junctions(reserve_floor=1.0), 3.0, sessions)
    lost = transmission(median_junctions(reserve_floor=0.5, reserve_recovery_d=400.0), 3.0, sessions)
    assert lost[day(112)] < kept[day(112)]
    assert (lost[day(140) :] <= kept[day(140) :] + 1e-9).all()


def test_sprouts_that_took_up_toxin_serve_less():
    """The more toxin sprouts take up at the second session, the less they transmit after it (V2)."""
    sessions = (0.0, 70.0)
    clean, hit = (
        transmission(median_junctions(recovery.SproutsFirst, sprout_exposure=x), 20.0, sessions)
        for x in (0.01, 3.0)
    )
    assert clean[: day(70)] == pytest.approx(hit[: day(70)], abs=1e-12)
    assert hit[day(80)] < clean[day(80)] - 0.1


def test_gated_uptake_spares_the_blocked_at_the_second_session():
    """New chains of the second session over those of the first: one without a gate, fewer with it."""
    shares = []
    for basal in (1.0, 0.1, 0.003):
        these = median_junctions(basal_uptake_share=basal, reserve_floor=1.0)
        twice, once = (
            course.held(these, np.array([[3.0]]), course.sessions(these, DAYS, days))[0][0, :, 0]
            for days in ((0.0, 20.0), (0.0,))
        )
        shares.append((twice[day(30)] - once[day(30)]) / once[day(10)])
    assert shares[0] == pytest.approx(1, abs=0.01)
    assert 0 < shares[2] < shares[1] < 0.8


def test_everything_stays_between_none_and_all(arm):
    for seen in (*arm.muscles.values(), *arm.neighbours.values(), arm.remote):
        for field in dataclasses.fields(muscle.Course):
            share = getattr(seen, field.name)
            assert (share >= 0).all() and (share <= 1 + 1e-9).all()


def test_weakness_is_larger_at_low_rates(arm):
    """4 Hz against 50 Hz in every muscle, copy and time; the action potential does not know the rate."""
    slow = arm_chain(rate_Hz=4.0)
    for place, fast in arm.muscles.items():
        assert (slow.muscles[place].force <= fast.force + 1e-9).all()
        assert slow.muscles[place].cmap == pytest.approx(fast.cmap, abs=1e-12)
    middle = [x.muscles["biceps_brachii", "left"].force[:, 58].mean() for x in (slow, arm)]
    assert middle[0] < middle[1]


def test_weakness_is_larger_at_short_lengths(arm):
    short, long = arm_chain(length=0.75), arm_chain(length=1.15)
    for place in arm.muscles:
        assert (short.muscles[place].force <= long.muscles[place].force + 1e-9).all()


def test_volume_falls_later_than_the_action_potential(arm):
    """hamjian1994: the muscle is thinnest weeks after its action potential is lowest."""
    seen = arm.muscles["biceps_brachii", "left"]
    lowest, thinnest = (arm.time_d[x.mean(axis=0).argmin()] for x in (seen.cmap, seen.volume))
    assert thinnest > lowest + 7


def test_spindles_are_blocked_at_least_as_much_as_fibres(arm):
    """Intrafusal junctions take up once to six times as much; means over copies, coarser classes: 0.02."""
    for seen in arm.muscles.values():
        assert (seen.spindle.mean(axis=0) <= seen.transmission.mean(axis=0) + 0.02).all()


def test_antibodies_only_protect(arm):
    """More neutralising antibodies, less block everywhere; none is the run without them."""
    before = arm
    for titre in (1.0, 10.0):
        after = arm_chain(antibodies=titre)
        for place, seen in after.muscles.items():
            assert (seen.transmission >= before.muscles[place].transmission - 1e-9).all()
            assert after.drive[place] == pytest.approx(arm.drive[place] / (1 + titre))
        before = after
    with pytest.raises(InputError):
        Biology(antibodies=-1)
    with pytest.raises(InputError):
        Biology(recovery="both")


def test_the_remote_effect_is_far_below_the_local_one(arm):
    """Mean block of a muscle that only the blood reaches: below a fiftieth of the injected biceps'."""
    local = 1 - arm.muscles["biceps_brachii", "left"].transmission.mean(axis=0)
    remote = 1 - arm.remote.transmission.mean(axis=0)
    assert 0 < remote.max() < local.max() / 50
    assert arm.course_of("soleus", "right") is arm.remote


def test_a_second_session_meets_what_the_first_left():
    """Lower force after the second session than after the first, and as after one until it is given."""
    twice, once = arm_chain(sessions=(0.0, 90.0)), arm_chain(horizon=272)
    place = ("biceps_brachii", "left")
    at = [np.searchsorted(x.time_d, 84.0) for x in (twice, once)]
    now = [x.muscles[place].force[:, i].mean() for x, i in zip((twice, once), at, strict=True)]
    assert now[0] == pytest.approx(now[1], abs=0.005)
    later, first = (np.searchsorted(twice.time_d, d) for d in (118.0, 28.0))
    force = twice.muscles[place].force.mean(axis=0)
    assert force[later] < force[first] < now[0]
    load, fano = acting(twice, place)
    assert load.shape == fano.shape == (DRAWS, twice.time_d.size, 16)


def test_terminals_release_less_the_more_snap25_is_cleaved(arm):
    """Naive before the injection; on day 28 neither the whole muscle's release nor its SNAP-25 is gone."""
    place = ("biceps_brachii", "left")
    release, cleaved = terminals(arm, place, np.zeros(DRAWS))
    assert release == pytest.approx(1, abs=1e-9) and cleaved == pytest.approx(0, abs=1e-9)
    release, cleaved = terminals(arm, place, np.full(DRAWS, 28.0))
    assert ((release > 0) & (release < 1) & (cleaved > 0) & (cleaved < 1)).all()
    plain = release_and_cleavage(arm.terminal, np.ones((DRAWS, 1)))[0]
    even = release_and_cleavage(arm.terminal, np.ones((DRAWS, 1)), 0.5)[0]
    assert (even < plain).all()  # release is convex in the chains


def test_the_variant_is_told():
    run = simulate(load_case(ARM), draws=5, horizon_d=30, biology=Biology(recovery="sprouts_first"))
    told = run.document["biology"]
    assert (told["recovery"], told["antibodies"], told["length"]) == ("sprouts_first", 0.0, 1.0)
    assert told["rate_Hz"] > 0
    assert any(row["id"].startswith("terminal.sprouts_first.") for row in run.document["evidence"])
