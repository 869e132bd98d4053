"""The chain from units to grades for many virtual copies of one person."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, JointBaseline, PlannedInjection, joint_baselines, planned_injections
from endplate.errors import InputError, no_plan
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.evidence import load_records
from endplate.physiology import muscle as muscle_stage
from endplate.physiology import spread as spread_stage
from endplate.physiology import terminal as terminal_stage
from endplate.simulation.anatomy import Part, load_part, segment_of
from endplate.simulation.document import build_document
from endplate.simulation.joints import JointCourse, joint_course
from endplate.simulation.parameters import Draws, OneAtATime, RandomDraws, draw
from endplate.simulation.results import SimulationResult

Array = NDArray[np.float64]
Place = tuple[str, str]  # muscle, side

MODEL_VERSION = "2"

CLASSES = 16
_NEIGHBOUR_CLASSES = 4
_FINE_DAYS = 14
_FINE_STEP_D = 0.25
_SLOW_DAYS = 28
_SLOW_STEP_D = 2.0
_KNOTS: Array = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 60)])
_OUTCOME_DAY = 28


@dataclass
class Chain:
    """One run of the chain; arrays (draws, times) on ``time_d``."""

    time_d: Array
    dose_U: dict[Place, float]
    muscles: dict[Place, muscle_stage.Course]
    neighbours: dict[Place, muscle_stage.Course]
    joints: list[JointCourse] = field(default_factory=list)


def time_grid(horizon_d: int) -> Array:
    """Solver times: quarters of a day for two weeks, days for two more, then every other day, (times,)."""
    fine = np.arange(0, min(_FINE_DAYS, horizon_d), _FINE_STEP_D)
    daily = np.arange(min(_FINE_DAYS, horizon_d), min(_SLOW_DAYS, horizon_d))
    slow = np.arange(min(_SLOW_DAYS, horizon_d), horizon_d, _SLOW_STEP_D)
    return np.concatenate([fine, daily, slow, [horizon_d]]).astype(np.float64)


def _person_scale(mass_kg: float | None, draws: Draws) -> Array:
    """A person's muscle lengths over those of the table's adult, (draws,); volumes go with body mass."""
    reference = draws.of("muscle.reference_body_mass")
    volume = draws.of("muscle.volume_person") * (1 if mass_kg is None else mass_kg / reference)
    return np.cbrt(volume)


def _hit(muscle: str, guidance: str, draws: Draws) -> Array:
    """How often a needle lies in the muscle aimed at: by guidance and, by hand alone, by muscle, (draws,)."""
    if guidance != "manual":
        return draws.of(f"needle.hit.{guidance}")
    studied = (muscle, segment_of(muscle), "elsewhere")
    place = next(p for p in studied if f"needle.hit_manual.{p}" in load_records())
    return draws.of(f"needle.hit_manual.{place}")


def _hand(muscle: str, guidance: str, draws: Draws) -> spread_stage.Hand:
    return spread_stage.Hand(
        draws.of("needle.along_sd"), draws.of(f"needle.across_sd.{guidance}"), _hit(muscle, guidance, draws)
    )


def _zone_shifts(part: Part, side: str, draws: Draws) -> Array:
    """How far this person's endplate zones lie from the table's, shares of the belly, (draws, muscles)."""
    bodies = load_bodies()
    return np.stack(
        [draws.normal(f"zone/{m}/{side}", 1)[:, 0] * bodies[m].zone_sd for m in part.muscles], axis=1
    )


@dataclass(frozen=True)
class _Person:
    """What all injections of one run share."""

    scale: Array
    spread: spread_stage.Parameters
    aimed: frozenset[Place]
    draws: Draws


def _shot(shot: PlannedInjection, part: Part, person: _Person) -> Array:
    """Exposure of every endplate of every muscle of the segment, (draws, muscles, endplates)."""
    draws, process = person.draws, f"{shot.where}/{shot.muscle}/{shot.side}"
    tips = spread_stage.place(
        part.geometry,
        part.muscles.index(shot.muscle),
        shot.sites,
        _level_aimed(shot, draws),
        person.spread.site_spacing_mm,
        person.scale,
        _hand(shot.muscle, shot.guidance, draws),
        spread_stage.Chance(
            draws.normal(f"needle/{process}", 3 * shot.sites).reshape(draws.size, shot.sites, 3),
            draws.uniform(f"miss/{process}", 2 * shot.sites).reshape(draws.size, shot.sites, 2),
        ),
    )
    aimed = np.array([(muscle, shot.side) in person.aimed for muscle in part.muscles])
    shift = _zone_shifts(part, shot.side, draws)
    left = spread_stage.deposit(
        person.spread, part.geometry, person.scale, shift, aimed, tips, shot.dose_U, shot.volume_mL
    )
    return left.exposure_U_h_per_mL


def _level_aimed(shot: PlannedInjection, draws: Draws) -> Array:
    """The level of the belly aimed at: the plan's, or the middle of the published endplate zone, (draws,)."""
    body = load_bodies()[shot.muscle]
    middle = (body.zone_low + body.zone_high) / 2
    return np.full(draws.size, middle if shot.at_fraction is None else shot.at_fraction)


def _exposures(
    injections: tuple[PlannedInjection, ...], mass_kg: float | None, draws: Draws
) -> dict[Place, Array]:
    """Exposure of the endplate classes of every muscle that toxin reached, (draws, classes) each."""
    aimed = frozenset((shot.muscle, shot.side) for shot in injections)
    person = _Person(_person_scale(mass_kg, draws), draw(spread_stage.Parameters, draws), aimed, draws)
    found: dict[Place, Array] = {}
    parts = [load_part(segment_of(shot.muscle)) for shot in injections]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        left = pool.map(partial(_shot, person=person), injections, parts)
        for shot, part, exposure in zip(injections, parts, left, strict=True):
            for row, muscle in enumerate(part.muscles):
                place = (muscle, shot.side)
                if place in aimed or exposure[:, row].any():
                    found[place] = found.get(place, 0) + exposure[:, row]
    return {place: _quantiles(felt, place in aimed) for place, felt in found.items()}


def _quantiles(exposure: Array, aimed: bool) -> Array:
    """Endplates sorted by exposure and averaged in equal groups, (draws, classes)."""
    followed = exposure if aimed else exposure[:, :: spread_stage.THINNED]
    ordered = np.sort(followed, axis=1)
    classes = CLASSES if aimed else _NEIGHBOUR_CLASSES
    return np.asarray(ordered.reshape(len(ordered), classes, -1).mean(axis=2))


def run_chain(
    injections: tuple[PlannedInjection, ...],
    baselines: tuple[JointBaseline, ...],
    mass_kg: float | None,
    draws: Draws,
    time_d: Array,
    progress: Callable[[float], None] | None = None,
) -> Chain:
    """Run spread, terminal, muscle and joint for every copy.

    Args:
        injections: one product, muscle by muscle and side by side.
        baselines: the joints assessed.
        mass_kg: body mass; None leaves muscle volumes at the table's adult.
        draws: where numbers come from.
        time_d: ascending days from 0.
        progress: told the share done, 0 to 1.
    """
    exposure = _exposures(injections, mass_kg, draws)
    aimed = {(shot.muscle, shot.side) for shot in injections}
    terminal = draw(terminal_stage.Parameters, draws)
    fibres = draw(muscle_stage.Parameters, draws)
    clearance = draw(spread_stage.Parameters, draws).clearance_per_h
    chains = terminal_stage.chain_course(terminal, clearance, time_d)
    table = terminal_stage.transmission_table(terminal, _KNOTS)
    uptake = draws.of("terminal.potency_person")
    if injections:
        uptake = uptake * draws.of(f"terminal.uptake.{injections[0].product}")
    doses: dict[Place, float] = defaultdict(float)
    for shot in injections:
        doses[shot.muscle, shot.side] += shot.dose_U
    chain = Chain(time_d, dict(doses), {}, {})

    def follow(felt: Array) -> muscle_stage.Course:
        return muscle_stage.course(fibres, uptake[:, None] * felt, chains, time_d, _KNOTS, table)

    def bend(base: JointBaseline) -> JointCourse:
        here = {m: c for (m, side), c in {**chain.neighbours, **chain.muscles}.items() if side == base.side}
        force = {m: c.force for m, c in here.items()}
        transmission = {m: c.transmission for m, c in here.items()}
        return joint_course(base, force, transmission, time_d, draws)

    tell = _Told(progress, len(exposure) + len(baselines))
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the compiled kernels hold no lock
        for place, course in zip(exposure, pool.map(follow, exposure.values()), strict=True):
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
    if len({shot.product for shot in injections}) > 1:
        raise InputError(
            "The plan mixes products, whose units cannot be added",
            rule="product_mixing",
            remedy="Plan one product in one session.",
            field="plan.injections",
        )
    mass = None if case.patient.weight is None else case.patient.weight.value
    time_d = time_grid(horizon_d)
    drawn = RandomDraws(seed, draws)
    chain = run_chain(injections, baselines, mass, drawn, time_d, progress)
    used = tuple(sorted(drawn.used))  # joints run side by side: not in the order of asking
    moved = tuple(i for i in used if load_records()[i].distribution.kind != "fixed")
    single = OneAtATime(moved)
    response = run_chain(injections, baselines, mass, single, time_grid(min(_OUTCOME_DAY, horizon_d)))
    return build_document(case, chain, response, moved, used, seed, draws, horizon_d, MODEL_VERSION)
