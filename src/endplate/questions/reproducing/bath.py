"""Nerve-muscle preparations in a bath: half-times of the four-step paralysis model by concentration.

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
from endplate.questions.reproducing.groups import CannotSimulate, GroupDraws
from endplate.simulation.parameters import draw, study_potency

Array = NDArray[np.float64]

_RECORDS = {"U": "bath.supply_per_U", "U/mL": "bath.supply_per_U", "pM": "bath.supply_per_pM", "pg/mL": ""}
_PG_PER_ML_PER_PM = 150.0  # 150 kDa


def half_time(arm: Arm, outcome: Outcome, group: GroupDraws) -> Array:
    """Half-time of paralysis in the unit of the outcome, (draws,).

    Raises:
        CannotSimulate: another measure, or no concentration that is understood.
    """
    if outcome.measure != "half_time":
        raise CannotSimulate(f"{outcome.measure} of a preparation in a bath is not simulated")
    amount = _concentration(arm)
    per_unit = group.of(_RECORDS[amount.unit] or _RECORDS["pM"])
    strength = amount.value / (_PG_PER_ML_PER_PM if amount.unit == "pg/mL" else 1)
    p = draw(four_step.Parameters, group)
    supply = per_unit * strength * study_potency(group)
    speed = group.of("bath.step_speed")
    rates = {name: values * speed for name, values in vars(p).items() if name != "supply_per_min"}
    minutes = four_step.half_time_min(four_step.Parameters(supply_per_min=supply, **rates))
    return np.asarray(minutes / Quantity(1, outcome.unit or "min").to("min").value)


def _concentration(arm: Arm) -> Quantity:
    try:
        return parse_quantity(arm.concentration, tuple(_RECORDS))
    except InputError as error:
        raise CannotSimulate("no concentration in U/mL, pM or pg/mL is stated") from error
