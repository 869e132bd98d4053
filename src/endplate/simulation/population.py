"""Many people and a few muscles each through the ordinary differential equations, in chunks over threads.

Every person is computed apart from the others, so neither chunks nor workers change a bit of the answer.
Whoever the kernel does not settle is followed by SciPy instead and counted; a random share of people is
followed again on a grid of half the steps, a few of them by SciPy's Radau, and the differences are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, plan_of, planned_injections
from endplate.errors import InputError
from endplate.physiology.ode import (
    OUTPUTS,
    PRESETS,
    Course,
    Parameters,
    Preset,
    Rates,
    follow,
    grid_of,
    rates_per_day,
    reference_course,
)
from endplate.simulation.blocks import cores
from endplate.simulation.injection import one_product, reach
from endplate.simulation.parameters import Draws, draw, pace, potency, stream

Array = NDArray[np.float64]

CHUNK = 256
_FORCE = OUTPUTS.index("force")
_FALLBACK_TOLERANCE = 1e-8


@dataclass(frozen=True)
class People:
    """Who is followed, and what is injected when.

    Attributes:
        rates: constants of the equations, fields (people,).
        muscles: muscle and side, (muscles,).
        dose_U: units held by a muscle after a session, (people, sessions, muscles).
        volume_mL: volume that makes free toxin of units, (people, muscles).
        relative: a bin's exposure over the mean of its muscle, (people, muscles, bins).
        weight: share of the endplates in every bin, (bins,).
        sessions_d: ascending days of injection from 0, (sessions,).
    """

    rates: Rates[Array]
    muscles: tuple[tuple[str, str], ...]
    dose_U: Array
    volume_mL: Array
    relative: Array
    weight: Array
    sessions_d: Array

    def __len__(self) -> int:
        return len(self.volume_mL)

    def some(self, which: slice | NDArray[np.int64]) -> People:
        """Some of the people."""
        rates = Rates(*(field[which] for field in self.rates))
        return People(
            rates,
            self.muscles,
            self.dose_U[which],
            self.volume_mL[which],
            self.relative[which],
            self.weight,
            self.sessions_d,
        )

    def constants(self, person: int) -> Rates[float]:
        """One person's constants as numbers."""
        return Rates(*(float(field[person]) for field in self.rates))


@dataclass(frozen=True)
class Audit:
    """Largest difference of force over muscles and times, for people followed again.

    Attributes:
        people: who, (audited,).
        halved_grid: against half the steps, (audited,).
        reference: against SciPy's Radau, for the first of them.
    """

    people: NDArray[np.int64]
    halved_grid: Array
    reference: Array


@dataclass(frozen=True)
class Population:
    """What people's muscles did.

    Attributes:
        time_d: (times,).
        seen: transmission, force and volume over the untreated muscle's, (people, muscles, outputs, times).
        fallbacks: people whom SciPy followed in the kernel's stead.
        audit: how far the answer is off.
    """

    time_d: Array
    seen: NDArray[np.float32]
    fallbacks: int
    audit: Audit


def preset_named(name: str) -> Preset:
    """The grid preset with this name.

    Raises:
        InputError: there is none.
    """
    if name in PRESETS:
        return PRESETS[name]
    raise InputError(
        f"{name!r} is not a preset of the engine",
        rule="unknown_preset",
        remedy=f"Use one of {', '.join(PRESETS)}.",
        field="preset",
    )


def population(
    people: People,
    time_d: Array,
    preset: str = "mid",
    workers: int | None = None,
    chunk: int = CHUNK,
    audit_share: float = 0.01,
    referenced: int = 0,
    seed: int = 1,
) -> Population:
    """Follow a population.

    Args:
        people: who.
        time_d: ascending days told from 0; the last is the horizon, beyond the last session, (times,).
        preset: coarse, mid or fine.
        workers: threads; as many as processors when None.
        chunk: people a thread takes at a time.
        audit_share: share of people followed again on half the steps.
        referenced: how many of these SciPy follows too; it takes seconds for each.
        seed: of the choice of those.

    Raises:
        InputError: the preset is unknown, or sessions, times or arrays do not make sense.
    """
    steps = preset_named(preset)
    _check(people, time_d)
    seen = np.empty((len(people), *people.relative.shape[1:2], len(OUTPUTS), time_d.size), dtype=np.float32)

    def work(first: int) -> int:
        which = slice(first, first + chunk)
        course = _followed(people.some(which), steps, time_d)
        lost = np.flatnonzero(~course.settled)
        for i in lost:
            course.seen[i] = _by_scipy(people, first + int(i), time_d, _FALLBACK_TOLERANCE, "LSODA")
        seen[which] = course.seen
        return lost.size

    with ThreadPoolExecutor(workers or cores()) as pool:
        fallbacks = sum(pool.map(work, range(0, len(people), chunk)))
    return Population(
        time_d, seen, fallbacks, _audit(people, seen, steps, time_d, audit_share, referenced, seed)
    )


def _followed(people: People, steps: Preset, time_d: Array) -> Course:
    grid = grid_of(steps, people.sessions_d, float(time_d[-1]), time_d)
    parts = (people.dose_U, people.volume_mL, people.relative, people.weight)
    return follow(people.rates, *parts, grid, steps.tolerance)


def _by_scipy(people: People, i: int, time_d: Array, tolerance: float, method: str) -> Array:
    """One person's (muscles, outputs, times)."""
    parts = (people.dose_U[i], people.volume_mL[i], people.relative[i], people.weight)
    rates = people.constants(i)
    return reference_course(rates, *parts, people.sessions_d, time_d, tolerance, method)[0]


def _audit(
    people: People,
    seen: NDArray[np.float32],
    steps: Preset,
    time_d: Array,
    share: float,
    referenced: int,
    seed: int,
) -> Audit:
    count = min(len(people), int(np.ceil(share * len(people))))
    who = np.sort(stream(seed, "ode/audit").choice(len(people), count, replace=False))
    again = _followed(people.some(who), steps.halved(), time_d).seen
    halved = np.abs(seen[who] - again)[:, :, _FORCE].max(axis=(1, 2), initial=0)
    off = [
        np.abs(seen[i] - _by_scipy(people, int(i), time_d, _FALLBACK_TOLERANCE, "Radau"))[:, _FORCE].max()
        for i in who[:referenced]
    ]
    return Audit(who, halved, np.asarray(off))


def _check(people: People, time_d: Array) -> None:
    """Raise unless sessions, times and arrays make sense."""
    sessions = people.sessions_d
    count, muscles, bins = people.relative.shape
    wrong = {
        "sessions_d": sessions[0] != 0 or (np.diff(sessions) <= 0).any() or sessions[-1] >= time_d[-1],
        "time_d": time_d[0] < 0 or (np.diff(time_d) <= 0).any(),
        "dose_U": people.dose_U.shape != (count, sessions.size, muscles) or not _sound(people.dose_U),
        "volume_mL": people.volume_mL.shape != (count, muscles) or not (people.volume_mL > 0).all(),
        "relative": not _sound(people.relative),
        "weight": people.weight.shape != (bins,) or not _sound(people.weight),
    }
    for field, bad in wrong.items():
        if bad:
            raise InputError(
                f"{field} of the population does not make sense",
                rule="population_arrays",
                remedy="Give finite arrays of the shapes documented, none negative, days ascending from 0 "
                "and the horizon beyond the last session.",
                field=field,
            )


def _sound(numbers: Array) -> bool:
    return bool(np.isfinite(numbers).all() and (numbers >= 0).all())


def people_of_case(
    case: Case, draws: Draws, sessions_d: Sequence[float] = (0.0,), bins: int | None = None
) -> People:
    """A case's person as virtual copies, with every injected muscle's exposure as the spread stage finds it.

    Args:
        case: a case with a plan of one product.
        draws: where numbers come from.
        sessions_d: days on which the whole plan is injected, ascending from 0.
        bins: exposure bins; the spread stage's classes when None, otherwise a divisor of their number.

    Raises:
        InputError: the case has no plan or mixes products.
    """
    plan_of(case)
    injections = planned_injections(case)
    one_product(injections)
    reached = reach(injections, case.patient.weight_kg, draws)
    places = tuple(dict.fromkeys((shot.muscle, shot.side) for shot in injections))
    exposure = np.stack([reached[place].exposure_U_h_per_mL for place in places], axis=1)
    held = np.stack([reached[place].held_U for place in places], axis=1)
    exposure = exposure.reshape(*exposure.shape[:2], bins or exposure.shape[2], -1).mean(axis=3)
    parameters = draw(Parameters, draws)
    parameters = replace(parameters, docked_turnover_d=parameters.docked_turnover_d * pace(draws))
    uptake = potency(draws) * draws.of(f"terminal.uptake.{injections[0].product}")
    rates = rates_per_day(parameters, uptake)
    mean = exposure.mean(axis=2)
    met = mean > 0
    per_h = (np.log(2) / parameters.clearance_half_life_h)[:, None]
    return People(
        rates=rates,
        muscles=places,
        dose_U=np.repeat(held[:, None, :], len(sessions_d), axis=1),
        volume_mL=np.where(met, held, 1) / np.where(met, mean * per_h, 1),
        relative=np.where(met[:, :, None], exposure / np.where(met, mean, 1)[:, :, None], 1),
        weight=np.full(exposure.shape[2], 1 / exposure.shape[2]),
        sessions_d=np.asarray(sessions_d, dtype=np.float64),
    )
