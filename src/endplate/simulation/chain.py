"""The chain from units to grades for many virtual copies of one person."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, JointBaseline, PlannedInjection, joint_baselines, planned_injections
from endplate.errors import InputError, no_plan
from endplate.knowledge.evidence import load_records
from endplate.physiology import muscle as muscle_stage
from endplate.physiology import spread as spread_stage
from endplate.physiology import terminal as terminal_stage
from endplate.simulation.document import build_document
from endplate.simulation.injection import Place, Reached, one_product, reach
from endplate.simulation.joints import JointCourse, joint_course
from endplate.simulation.parameters import Draws, OneAtATime, RandomDraws, draw, study_potency
from endplate.simulation.results import SimulationResult

Array = NDArray[np.float64]

MODEL_VERSION = "3"

_FINE_DAYS = 14
_FINE_STEP_D = 0.25
_SLOW_DAYS = 28
_SLOW_STEP_D = 2.0
_KNOTS: Array = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 60)])
_OUTCOME_DAY = 28


@dataclass
class Chain:
    """One run of the chain; courses are (draws, times) on ``time_d``.

    ``reached`` tells what each muscle got, ``beyond_half`` the share of its endplates whose exposure is
    beyond that of half block, (draws,). ``uptake`` (draws,) and ``chains`` (draws, times) make exposures into
    acting chains over the critical number.
    """

    time_d: Array
    dose_U: dict[Place, float]
    muscles: dict[Place, muscle_stage.Course]
    neighbours: dict[Place, muscle_stage.Course]
    reached: dict[Place, Reached]
    beyond_half: dict[Place, Array]
    terminal: terminal_stage.Parameters
    uptake: Array
    chains: Array
    joints: list[JointCourse] = field(default_factory=list)


def time_grid(horizon_d: int) -> Array:
    """Solver times: quarters of a day for two weeks, days for two more, then every other day, (times,)."""
    fine = np.arange(0, min(_FINE_DAYS, horizon_d), _FINE_STEP_D)
    daily = np.arange(min(_FINE_DAYS, horizon_d), min(_SLOW_DAYS, horizon_d))
    slow = np.arange(min(_SLOW_DAYS, horizon_d), horizon_d, _SLOW_STEP_D)
    return np.concatenate([fine, daily, slow, [horizon_d]]).astype(np.float64)


def _over_sessions(
    terminal: terminal_stage.Parameters, clearance_per_h: Array, time_d: Array, sessions_d: tuple[float, ...]
) -> Array:
    """Acting chains per chain taken up in one session, of all sessions together, (draws, times)."""
    chains = np.zeros((clearance_per_h.size, time_d.size))
    for day in sessions_d:
        later = time_d >= day
        chains[:, later] += terminal_stage.chain_course(terminal, clearance_per_h, time_d[later] - day)
    return chains


def run_chain(
    injections: tuple[PlannedInjection, ...],
    baselines: tuple[JointBaseline, ...],
    mass_kg: float | None,
    draws: Draws,
    time_d: Array,
    progress: Callable[[float], None] | None = None,
    sessions_d: tuple[float, ...] = (0.0,),
) -> Chain:
    """Run spread, terminal, muscle and joint for every copy.

    Args:
        injections: one product, muscle by muscle and side by side.
        baselines: the joints assessed.
        mass_kg: body mass; None leaves muscle volumes at the table's adult.
        draws: where numbers come from.
        time_d: ascending days from 0.
        progress: told the share done, 0 to 1.
        sessions_d: days on which all injections are given, the first on day 0; chains of sessions add up.
    """
    reached = reach(injections, mass_kg, draws)
    aimed = {(shot.muscle, shot.side) for shot in injections}
    terminal = draw(terminal_stage.Parameters, draws)
    fibres = draw(muscle_stage.Parameters, draws)
    clearance = draw(spread_stage.Parameters, draws).clearance_per_h
    chains = _over_sessions(terminal, clearance, time_d, sessions_d)
    table = terminal_stage.transmission_table(terminal, _KNOTS)
    uptake = draws.of("terminal.potency_person") * draws.of("terminal.potency_species")
    uptake = uptake * study_potency(draws)
    if injections:
        uptake = uptake * draws.of(f"terminal.uptake.{injections[0].product}")
    doses: dict[Place, float] = defaultdict(float)
    for shot in injections:
        doses[shot.muscle, shot.side] += shot.dose_U
    chain = Chain(time_d, dict(doses), {}, {}, reached, {}, terminal, uptake, chains)
    half_block = _KNOTS[(table[:, 0] < 1 / 2).argmax(axis=1)]  # chains at which half the junctions fail
    for place, got in reached.items():
        most = uptake[:, None] * got.exposure_U_h_per_mL * chains.max(axis=1)[:, None]
        chain.beyond_half[place] = (most > half_block[:, None]).mean(axis=1)

    def follow(got: Reached) -> muscle_stage.Course:
        felt = uptake[:, None] * got.exposure_U_h_per_mL
        return muscle_stage.course(fibres, felt, chains, time_d, _KNOTS, table)

    def bend(base: JointBaseline) -> JointCourse:
        here = {m: c for (m, side), c in {**chain.neighbours, **chain.muscles}.items() if side == base.side}
        force = {m: c.force for m, c in here.items()}
        transmission = {m: c.transmission for m, c in here.items()}
        return joint_course(base, force, transmission, time_d, draws)

    tell = _Told(progress, len(reached) + len(baselines))
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the compiled kernels hold no lock
        for place, course in zip(reached, pool.map(follow, reached.values()), strict=True):
            (chain.muscles if place in aimed else chain.neighbours)[place] = course
            tell.one_more()
        for joint in pool.map(bend, baselines):
            chain.joints.append(joint)
            tell.one_more()
    return chain


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


def simulate(
    case: Case,
    draws: int = 1000,
    seed: int = 1,
    horizon_d: int = 182,
    progress: Callable[[float], None] | None = None,
) -> SimulationResult:
    """Simulate the plan of a case in ``draws`` virtual copies of its person.

    Args:
        case: a case with a plan.
        draws: virtual copies.
        seed: of every random stream.
        horizon_d: days followed.
        progress: told the share done, 0 to 1.

    Raises:
        InputError: the case has no plan, mixes products, or fewer than one draw or day was asked for.
    """
    if case.plan is None:
        raise no_plan()
    if draws < 1 or horizon_d < 1:
        raise InputError(
            f"{draws} draws over {horizon_d} days cannot be simulated",
            rule="draws_and_horizon",
            remedy="Ask for at least one draw and one day.",
            field="draws" if draws < 1 else "horizon_d",
        )
    injections, baselines = planned_injections(case), joint_baselines(case)
    one_product(injections)
    mass = None if case.patient.weight is None else case.patient.weight.value
    time_d = time_grid(horizon_d)
    drawn = RandomDraws(seed, draws)
    chain = run_chain(injections, baselines, mass, drawn, time_d, progress)
    used = tuple(sorted(drawn.used))  # joints run side by side: not in the order of asking
    moved = tuple(i for i in used if load_records()[i].distribution.kind != "fixed")
    single = OneAtATime(moved)
    response = run_chain(injections, baselines, mass, single, time_grid(min(_OUTCOME_DAY, horizon_d)))
    return build_document(case, chain, response, moved, used, seed, draws, horizon_d, MODEL_VERSION)
