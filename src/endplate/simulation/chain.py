"""The chain from units to grades for many virtual copies of one person: spread, terminal, muscle, joint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from functools import partial

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline, PlannedInjection
from endplate.physiology import body as body_stage
from endplate.physiology import muscle as muscle_stage
from endplate.physiology import spread as spread_stage
from endplate.physiology import terminal as terminal_stage
from endplate.physiology.terminal import course as course_stage
from endplate.physiology.terminal import recovery as recovery_stage
from endplate.simulation.biology import Biology
from endplate.simulation.blocks import blocks, side_by_side
from endplate.simulation.injection import Place, Reached, reach
from endplate.simulation.joints.course import JointCourse, joint_course
from endplate.simulation.joints.mechanics import size_of
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import Draws, draw, pace, potency
from endplate.simulation.results import on_day

Array = NDArray[np.float64]

_FINE_DAYS = 14
_FINE_STEP_D = 0.25
_SLOW_DAYS = 28
_SLOW_STEP_D = 2.0
_REMOTE: Place = ("", "")


@dataclass
class Chain:
    """One run of the chain; courses are (draws, times) on ``time_d``.

    ``reached`` tells what each muscle got, ``beyond_half`` the share of its endplates whose exposure is
    beyond that of half block, (draws,), ``drive`` the critical loads that their terminals would take up in
    one session if they went on releasing, (draws, classes). ``remote`` is any muscle that only the blood
    reaches. ``given`` tells when toxin was given, ``uptake`` makes exposures into drives, (draws,);
    :func:`acting` and :func:`terminals` tell what terminals hold. ``clocks_of`` is the run that onset, peak
    and duration are read from, where it is another: the first session alone of a course of several.
    """

    time_d: Array
    dose_U: dict[Place, float]
    reached: dict[Place, Reached]
    biology: Biology
    junctions: course_stage.Junctions
    sessions_d: tuple[float, ...]
    given: course_stage.Sessions
    uptake: Array
    drive: dict[Place, Array]
    beyond_half: dict[Place, Array]
    remote: muscle_stage.Course
    muscles: dict[Place, muscle_stage.Course] = field(default_factory=dict)
    neighbours: dict[Place, muscle_stage.Course] = field(default_factory=dict)
    joints: list[JointCourse] = field(default_factory=list)
    clocks_of: Chain | None = None

    @property
    def terminal(self) -> terminal_stage.Parameters:
        """The terminal's parameters, fields (draws,)."""
        return self.junctions.terminal

    def course_of(self, muscle: str, side: str) -> muscle_stage.Course:
        """The course of a muscle: injected, reached from a neighbour or through the blood alone."""
        place = (muscle, side)
        return self.muscles.get(place) or self.neighbours.get(place) or self.remote


def time_grid(horizon_d: int) -> Array:
    """Solver times: quarters of a day for two weeks, days for two more, then every other day, (times,)."""
    fine = np.arange(0, min(_FINE_DAYS, horizon_d), _FINE_STEP_D)
    daily = np.arange(min(_FINE_DAYS, horizon_d), min(_SLOW_DAYS, horizon_d))
    slow = np.arange(min(_SLOW_DAYS, horizon_d), horizon_d, _SLOW_STEP_D)
    return np.concatenate([fine, daily, slow, [horizon_d]]).astype(np.float64)


def session_times(last_d: float, sessions_d: tuple[float, ...]) -> Array:
    """Solver times that are fine after every session, up to the last day, (times,)."""
    parts = [day + time_grid(max(int(np.ceil(last_d - day)), 1)) for day in sessions_d if day < last_d]
    times = np.unique(np.concatenate([*parts, [0.0, last_d]]))
    return np.asarray(times[times <= last_d])


def run_chain(
    injections: tuple[PlannedInjection, ...],
    baselines: tuple[JointBaseline, ...],
    mass_kg: float | None,
    draws: Draws,
    time_d: Array,
    progress: Callable[[float], None] | None = None,
    sessions_d: tuple[float, ...] = (0.0,),
    biology: Biology | None = None,
    dose: Array | None = None,
    reached: dict[Place, Reached] | None = None,
) -> Chain:
    """Run spread, terminal, muscle and joint for every copy.

    Args:
        injections: one product, muscle by muscle and side by side.
        baselines: the joints assessed.
        mass_kg: body mass; None leaves muscle volumes at the table's adult.
        draws: where numbers come from.
        time_d: ascending days from 0.
        progress: told the share done, 0 to 1.
        sessions_d: days on which all injections are given, ascending from day 0; each session meets the
            block, sprouts and reserve that those before left.
        biology: variants; the default ones without it.
        dose: what every session offers over what the injections say, above 0, (draws, sessions); 1 without.
        reached: what muscles got, where it is known already; worked out without it.
    """
    biology = biology or Biology()
    reached = reach(injections, mass_kg, draws) if reached is None else reached
    aimed = {(shot.muscle, shot.side) for shot in injections}
    tell = _Told(progress, len(blocks(draws.size)) + len(baselines))
    chain = _prepared(injections, mass_kg, draws, time_d, (sessions_d, dose), biology, reached)
    fibres = draw(muscle_stage.Parameters, draws)
    courses = _courses(chain, fibres, draws, tell)
    chain.remote = courses.pop(_REMOTE)
    for place, course in courses.items():
        (chain.muscles if place in aimed else chain.neighbours)[place] = course
    for joint in _joints(chain, baselines, draws, size_of(mass_kg)):
        chain.joints.append(joint)
        tell.one_more()
    return chain


def _joints(
    chain: Chain, baselines: tuple[JointBaseline, ...], draws: Draws, size: float
) -> Iterator[JointCourse]:
    """Bend every joint assessed with what its muscles have left; ``size`` as in :func:`joint_course`."""

    def bend(base: JointBaseline) -> JointCourse:
        muscles = joint_pool(base.joint, base.movement).muscles
        here = {muscle: chain.course_of(muscle, base.side) for muscle in muscles}
        force = {muscle: course.force for muscle, course in here.items()}
        spindle = {muscle: course.spindle for muscle, course in here.items()}
        return joint_course(base, force, spindle, chain.time_d, draws, size)

    for base in baselines:  # each in threads of its own
        joint_pool(base.joint, base.movement)
    return side_by_side(bend, baselines)


def _prepared(
    injections: tuple[PlannedInjection, ...],
    mass_kg: float | None,
    draws: Draws,
    time_d: Array,
    sessions: tuple[tuple[float, ...], Array | None],
    biology: Biology,
    reached: dict[Place, Reached],
) -> Chain:
    """The chain up to what every terminal is offered."""
    terminal = draw(terminal_stage.Parameters, draws).slowed(pace(draws))
    recovery = draw(recovery_stage.Parameters, draws)
    account = draw(recovery_stage.ACCOUNTS[biology.recovery], draws)
    clearance = draw(spread_stage.Parameters, draws).clearance_per_h
    these = course_stage.junctions(terminal, recovery, account, clearance, biology.rate_Hz)
    uptake = potency(draws)
    if injections:
        uptake = uptake * draws.of(f"terminal.uptake.{injections[0].product}")
    uptake = uptake / (1 + biology.antibodies)
    doses: dict[Place, float] = defaultdict(float)
    for shot in injections:
        doses[shot.muscle, shot.side] += shot.dose_U
    blood = _in_blood(sum(doses.values()), mass_kg, draws)
    drive = {
        place: uptake[:, None] * (got.exposure_U_h_per_mL + blood[:, None]) for place, got in reached.items()
    }
    given = course_stage.sessions(these, time_d, *sessions)
    most, half_block = given.acting().max(axis=1)[:, None], these.half_block()[:, None]
    beyond = {
        place: (course_stage.births(these, offered) * most > half_block).mean(axis=1)
        for place, offered in drive.items()
    }
    drive[_REMOTE] = (uptake * blood)[:, None]
    untouched = np.ones((draws.size, time_d.size))
    remote = muscle_stage.Course(*[untouched] * 5)
    return Chain(
        time_d, dict(doses), reached, biology, these, sessions[0], given, uptake, drive, beyond, remote
    )


def _in_blood(dose_U: float, mass_kg: float | None, draws: Draws) -> Array:
    """Exposure that every endplate gets through the blood, (draws,)."""
    mass = draws.of("muscle.reference_body_mass") if mass_kg is None else np.full(draws.size, mass_kg)
    return body_stage.exposure_U_h_per_mL(draw(body_stage.Parameters, draws), dose_U, mass)


def _courses(
    chain: Chain, fibres: muscle_stage.Parameters, draws: Draws, tell: _Told
) -> dict[Place, muscle_stage.Course]:
    """Follow every muscle, some copies at a time."""
    intrafusal = draws.of("muscle.intrafusal_exposure")
    kinds = len(fields(muscle_stage.Course))
    found = np.empty((draws.size, kinds, len(chain.drive), chain.time_d.size))
    for _ in side_by_side(partial(_block, chain, fibres, intrafusal, found), blocks(draws.size)):
        tell.one_more()
    return {place: muscle_stage.Course(*found[:, :, m].swapaxes(0, 1)) for m, place in enumerate(chain.drive)}


def _block(
    chain: Chain, fibres: muscle_stage.Parameters, intrafusal: Array, found: Array, part: slice
) -> None:
    """All muscles in some copies, into ``found`` (copies, kinds, muscles, times).

    A course depends on the copy and on what its terminals are offered, whatever the muscle: it is followed
    for some drives, and every class lies between two of them.
    """
    these, own = chain.junctions.rows(part), course_stage.take(fibres, part)
    drives = [drive[part] for drive in chain.drive.values()]
    shares = muscle_stage.on_nodes(own, drives, intrafusal[part])
    offered, shares, many = muscle_stage.populated(course_stage.nodes(these.clearance_per_h.size), shares)
    seen = course_stage.follow(these, offered, chain.given.rows(part), many)
    muscle_stage.courses(own, shares, *seen, chain.time_d, chain.biology.length, found[part])


def acting(chain: Chain, place: Place, part: slice = slice(None)) -> tuple[Array, Array]:
    """Acting chains of a muscle's endplate classes, slow fibres: mean over the critical number, Fano factor.

    Args:
        chain: the run.
        place: a muscle that toxin reached, and its side.
        part: the copies asked for; all of many copies take much memory.

    Returns:
        (copies, times, classes) each.
    """
    return course_stage.held(chain.junctions.rows(part), chain.drive[place][part], chain.given.rows(part))


def terminals(chain: Chain, place: Place, day: Array | None) -> tuple[Array, Array]:
    """Mean release and share of SNAP-25 cleaved over a muscle's terminals.

    Args:
        chain: the run.
        place: a muscle that toxin reached, and its side.
        day: each copy's day, (draws,); None for the time of most chains.

    Returns:
        Release over naive and cleaved share, (draws,) each.
    """
    found = []
    for part in blocks(len(chain.uptake)):
        load, fano = acting(chain, place, part)
        if day is None:
            most = load.mean(axis=2).argmax(axis=1)
            load, fano = (course[np.arange(len(most)), most] for course in (load, fano))
        else:
            load, fano = (on_day(chain.time_d, course, day[part]) for course in (load, fano))
        terminal = course_stage.take(chain.terminal, part)
        both = terminal_stage.release_and_cleavage(terminal, load, fano)
        found.append(np.stack([each.mean(axis=1) for each in both]))
    release, cleaved = np.concatenate(found, axis=1)
    return release, cleaved


@dataclass
class _Told:
    """Who is told how much of the work is done."""

    progress: Callable[[float], None] | None
    total: int
    done: int = 0

    def one_more(self) -> None:
        """One more part of the work is done."""
        self.done += 1
        if self.progress:
            self.progress(self.done / self.total)
