"""Nerve-muscle preparations in a bath: the four-step paralysis model by concentration.

Half-times of paralysis, the force left after a time, and the concentration that halves it by then.

The published model (Lebeda 2008) holds for one concentration; here its first step goes in proportion to the
concentration, and the other steps run faster or slower together in another laboratory's preparation. Units
and picograms of toxin in the bath each have a record of their own, since a picogram's activity is not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import Quantity, parse_quantity
from endplate.physiology.terminal import four_step
from endplate.questions.reproducing.groups import CannotSimulate, Group
from endplate.questions.reproducing.measures import in_unit
from endplate.questions.reproducing.reported import Statistic
from endplate.simulation.parameters import draw, study_potency

Array = NDArray[np.float64]

_RECORDS = {
    "U": "bath.supply_per_U",
    "U/mL": "bath.supply_per_U",
    "pM": "bath.supply_per_pM",
    "pg/mL": "bath.supply_per_pM",
}
_SUPPLIES_PER_MIN: Array = np.geomspace(1e-7, 1e2, 37)
_LEFT = ("force_ratio", "transmission")


def in_bath(arm: Arm, outcome: Outcome, group: Group, preparations: int, row: str) -> Statistic:
    """What a preparation in a bath shows.

    Args:
        arm: with a concentration; the force left and half effect take their time from ``at`` or ``exposure``.
        outcome: half_time, force_ratio, transmission or ic50.
        group: one copy a draw.
        preparations: how many were averaged.
        row: what tells the outcome from every other of the study.

    Raises:
        CannotSimulate: another measure, or no concentration or time that is understood.
    """
    p = _prepared(group)
    if outcome.measure == "half_time":
        steps = _at_concentration(arm, p, group)
        if (steps.supply_per_min < _SUPPLIES_PER_MIN[0]).any():
            raise CannotSimulate("with so little toxin in the bath nothing halves while a preparation lives")
        minutes = four_step.half_time_min(steps)
        found = in_unit(minutes * Quantity(1, "min").to("d").value, outcome)
    elif outcome.measure in _LEFT:
        left = four_step.tension(_at_concentration(arm, p, group), np.array([_minutes(arm, outcome)]))
        found = np.asarray(left[:, 0])
    elif outcome.measure == "ic50":
        found = _half_concentration(arm, outcome, p, group)
    else:
        raise CannotSimulate(f"{outcome.measure} of a preparation in a bath is not simulated")
    noise = group.normal(f"bath/{row}", 1)[:, 0] / np.sqrt(preparations)
    error = group.of("measures.ratio_cv") * noise
    spread = float((found * error).std())
    return Statistic(found * (1 + error), spread, spread)


def _prepared(group: Group) -> four_step.Parameters:
    """The steps of a study's preparation, faster or slower together."""
    p, speed = draw(four_step.Parameters, group), group.of("bath.step_speed")
    return four_step.Parameters(**{name: values * speed for name, values in vars(p).items()})


def _with_supply(p: four_step.Parameters, supply_per_min: Array) -> four_step.Parameters:
    rates = {name: values for name, values in vars(p).items() if name != "supply_per_min"}
    return four_step.Parameters(supply_per_min=supply_per_min, **rates)


def _supply_per(unit: str, group: Group) -> Array:
    """Rate of the first step per one of a unit, 1/min, (draws,)."""
    if unit not in _RECORDS:
        raise CannotSimulate(f"a concentration in {unit or 'no unit'} is not simulated")
    supply = group.of(_RECORDS[unit]) * study_potency(group)
    return supply / group.of("bath.toxin_mass") if unit == "pg/mL" else supply  # pM times kDa


def _at_concentration(arm: Arm, p: four_step.Parameters, group: Group) -> four_step.Parameters:
    amount = _concentration(arm)
    return _with_supply(p, _supply_per(amount.unit, group) * amount.value)


def _half_concentration(arm: Arm, outcome: Outcome, p: four_step.Parameters, group: Group) -> Array:
    """Concentration at which half of the tension is left at the time, in the outcome's unit, (draws,)."""
    at = np.array([_minutes(arm, outcome)])
    size = group.size
    left = np.stack(
        [four_step.tension(_with_supply(p, np.full(size, s)), at)[:, 0] for s in _SUPPLIES_PER_MIN], axis=1
    )
    supplies = np.log(_SUPPLIES_PER_MIN)
    half = np.array([np.interp(-1 / 2, -row, supplies) for row in left])
    return np.asarray(np.exp(half) / _supply_per(outcome.unit or "", group))


def _minutes(arm: Arm, outcome: Outcome) -> float:
    """How long the toxin acts before the measurement."""
    if outcome.at is not None:
        return float(outcome.at.to("min").value)
    try:
        return float(parse_quantity(arm.exposure, ("min", "h", "d")).to("min").value)
    except InputError as error:
        raise CannotSimulate("neither the outcome's time nor the minutes of exposure are held") from error


def _concentration(arm: Arm) -> Quantity:
    try:
        return parse_quantity(arm.concentration, tuple(_RECORDS))
    except InputError as error:
        raise CannotSimulate("no concentration in U/mL, pM or pg/mL is stated") from error
