"""A case's parameter estimation problem: what was measured after the plan, of what, and what it may move.

Estimated are constants of the differential equations that differ between people: uptake (a person's potency
enters there), loss of light chain, and atrophy and regrowth of fibres. Their priors are the spread between
people of their evidence records around the median person; what nobody knows of the median stays at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, joint_baselines
from endplate.case.findings import share_of_strength
from endplate.case.models import Visit
from endplate.case.plan import sides_of
from endplate.errors import InputError
from endplate.knowledge.evidence import get, value
from endplate.physiology.ode import OUTPUTS
from endplate.simulation.joints.mechanics import mechanics
from endplate.simulation.parameters import OneAtATime
from endplate.simulation.population import People, population

Array = NDArray[np.float64]

BOUND_SDS = 4
"""Bounds lie this many standard deviations of the logarithm on either side of the median."""
_FORCE = OUTPUTS.index("force")
# Constant of the equations, the record whose spread between people is its prior, and whether it is estimated.
_MOVED = (
    ("uptake", "terminal.potency_person", True),
    ("light_chain_loss", "terminal.light_chain_half_life", True),
    ("atrophy", "muscle.atrophy_time", False),
    ("regrowth", "muscle.regrowth_time", False),
)


@dataclass(frozen=True)
class Estimated:
    """A constant that may be estimated: median, spread of its natural logarithm between people, source."""

    name: str
    nominal: float
    sd_log: float
    record: str
    estimate: bool


@dataclass(frozen=True)
class Observable:
    """What is observed: the sum of forces over untreated, by muscle of the model, each with its share.

    ``rest`` is the share of muscles that the plan does not inject, which stay at 1.
    """

    name: str
    label: str
    shares: dict[int, float]
    rest: float


@dataclass(frozen=True)
class Measured:
    """One measurement: of what, when, how much."""

    observable: str
    day: float
    value: float


@dataclass(frozen=True)
class PetabProblem:
    """What is estimated from what.

    Attributes:
        parameters: of the equations.
        observables: what was observed.
        measured: the values.
        error_sd_log: standard deviation of the logarithm of a measured value.
        simulated: the values are the engine's own.
        left_out: findings that are not used, each with the reason.
    """

    parameters: tuple[Estimated, ...]
    observables: tuple[Observable, ...]
    measured: tuple[Measured, ...]
    error_sd_log: float
    simulated: bool
    left_out: tuple[str, ...]


def petab_problem(case: Case, people: People, days: Sequence[float] | None = None) -> PetabProblem:
    """The estimation problem of a case.

    Args:
        case: with a plan.
        people: its median person, as ``people_of_case`` gives it.
        days: days whose simulated values stand in for measurements; None for the case's own visits.

    Raises:
        InputError: no days are given, and no visit holds the strength of an assessed joint that is treated.
    """
    joints, left_out = _joints(case, people)
    if days is not None:
        observables = [*_forces(people), *joints]
        measured = _simulated(people, observables, days)
    else:
        measured, more = _visits(case, joints)
        left_out += more
        seen = {row.observable for row in measured}
        observables = [each for each in joints if each.name in seen]
    if not measured:
        raise InputError(
            "The case holds no strength measured after the plan at an assessed joint that it treats",
            rule="nothing_measured",
            remedy="Add visits with measure: strength, or use --simulated 14,28 for the engine's own values.",
            field="visits",
        )
    error = value("measures.ratio_cv")  # of a small error the same as that of the logarithm
    parts = _parameters(people), tuple(observables), tuple(measured), error
    return PetabProblem(*parts, days is not None, tuple(left_out))


def _parameters(people: People) -> tuple[Estimated, ...]:
    median = people.constants(0)._asdict()
    return tuple(
        Estimated(name, median[name], float(get(record).distribution.sd_log or 0), record, estimate)
        for name, record, estimate in _MOVED
    )


def _forces(people: People) -> list[Observable]:
    """The force of every muscle of the model."""
    return [
        Observable(f"force_{muscle}_{side}", f"force of {muscle}, {side}, over untreated", {m: 1.0}, 0.0)
        for m, (muscle, side) in enumerate(people.muscles)
    ]


def _joints(case: Case, people: People) -> tuple[list[Observable], list[str]]:
    """Strength of every assessed joint: its muscles' forces by their shares of isometric torque."""
    found, left_out = [], []
    for base in joint_baselines(case):
        where = f"{base.joint} {base.movement}, {base.side}"
        held = mechanics(base.joint, base.movement, OneAtATime(()))
        if held is None:
            left_out.append(f"{where}: no muscle with a moment arm is held")
            continue
        torque = held.isometric_Nm[0] / held.isometric_Nm[0].sum()
        by_muscle = dict(zip(held.muscles, torque, strict=True))
        places = {
            m: by_muscle.get(name, 0.0) for m, (name, side) in enumerate(people.muscles) if side == base.side
        }
        shares = {m: float(share) for m, share in places.items() if share > 0}
        if shares:
            name = f"strength_{base.joint}_{base.side}_{base.movement}"
            treated = {people.muscles[m][0] for m in shares}
            rest = float(sum(share for muscle, share in by_muscle.items() if muscle not in treated))
            found.append(Observable(name, f"strength of {where}, over untreated", shares, rest))
        else:
            left_out.append(f"{where}: the plan injects none of its muscles")
    return found, left_out


def _visits(case: Case, joints: Sequence[Observable]) -> tuple[list[Measured], list[str]]:
    """The strengths of the case's visits, and why others are left out."""
    measured: list[Measured] = []
    left_out: list[str] = []
    for place, visit in enumerate(case.visits):
        if visit.measure != "strength" or case.plan is None:
            reason = f"visits[{place}]: {visit.measure} is no output of these equations"
        else:
            told = share_of_strength(visit.value)
            day = float((visit.date - case.plan.date).days)
            of = [each.name for each in joints if _is_of(visit, each.name)]
            measured += [Measured(name, day, told) for name in of if told > 0]
            reason = "" if of else f"visits[{place}]: no assessed joint that the plan treats"
            reason = reason if told > 0 else f"visits[{place}]: no strength at all has no logarithm"
        left_out += [reason] if reason else []
    return measured, left_out


def _is_of(visit: Visit, name: str) -> bool:
    """Whether a visit's strength is that of an observable."""
    return any(
        name.startswith(f"strength_{visit.joint}_{side}_{visit.movement or ''}")
        for side in sides_of(visit.side or "bilateral")
    )


def _simulated(people: People, observables: Sequence[Observable], days: Sequence[float]) -> list[Measured]:
    """What the engine itself has of every observable on the days, without error."""
    time_d = np.asarray(days, dtype=np.float64)
    force = np.asarray(population(people, time_d, "fine", audit_share=0).seen[0, :, _FORCE], dtype=np.float64)
    rows = []
    for each in observables:
        course = each.rest + sum(share * force[m] for m, share in each.shares.items())
        rows += [Measured(each.name, day, float(x)) for day, x in zip(days, course, strict=True)]
    return rows
