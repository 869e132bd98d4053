"""Toxin of whole muscles and of the body in one collocation step: linear once uptake by bins is given.

``held`` keeps a muscle's toxin at the start of a step, one column a state; ``stages`` its deposited toxin
(U), free toxin (U/mL) and uptake by bins (U/mL per day) at the four nodes, (muscles, 3, stages).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.physiology.ode import lanes as rows
from endplate.physiology.ode.equations import MUSCLE_STATES, Rates
from endplate.physiology.ode.lanes import Four, relax

Array = NDArray[np.float64]

DEPOSITED_U, FREE_U_PER_ML, TAKEN_UP_U, CLEARED_U = range(len(MUSCLE_STATES))


@njit(nogil=True)
def inject(held: Array, dose_U: Array) -> bool:
    """Add a session's doses to what is deposited; whether there is any."""
    most = 0.0
    for m in range(dose_U.size):
        held[m, DEPOSITED_U] += dose_U[m]
        most = max(most, held[m, DEPOSITED_U])
    return most > 0.0


@njit(nogil=True)
def clear_sinks(stages: Array) -> None:
    """Nothing is taken up."""
    for m in range(len(stages)):
        for stage in range(4):
            stages[m, 2, stage] = 0.0


@njit(nogil=True, error_model="numpy")
def free_toxin(g: Array, stages: Array, r: Rates[float], volume_mL: Array, held: Array) -> None:
    """Deposited (U) and free toxin (U/mL) at the stages, from the uptake of the last sweep."""
    for m in range(volume_mL.size):
        a, b, c, d = relax(g[rows.DEPOSITED], held[m, DEPOSITED_U], (0.0, 0.0, 0.0, 0.0))
        k, sink = r.release / volume_mL[m], stages[m, 2]
        source = (k * a - sink[0], k * b - sink[1], k * c - sink[2], k * d - sink[3])
        free = relax(g[rows.FREE], held[m, FREE_U_PER_ML], source)
        stages[m, 0, 0], stages[m, 0, 1], stages[m, 0, 2], stages[m, 0, 3] = a, b, c, d
        stages[m, 1, 0], stages[m, 1, 1], stages[m, 1, 2], stages[m, 1, 3] = free


@njit(nogil=True, error_model="numpy")
def outside_muscle(
    g: Array, stages: Array, r: Rates[float], volume_mL: Array, protein: float, antibody: float
) -> tuple[float, float, Four]:
    """Protein and antibodies at the end of the step, and 1 + antibodies at its stages."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for m in range(volume_mL.size):
        k = r.clearance * volume_mL[m]
        a, b, c, d = (
            a + k * stages[m, 1, 0],
            b + k * stages[m, 1, 1],
            c + k * stages[m, 1, 2],
            d + k * stages[m, 1, 3],
        )
    a, b, c, d = relax(g[rows.PROTEIN], protein, (a, b, c, d))
    k = r.antibody_gain
    made = relax(g[rows.ANTIBODY], antibody, (k * a, k * b, k * c, k * d))
    return d, made[3], (1.0 + made[0], 1.0 + made[1], 1.0 + made[2], 1.0 + made[3])


@njit(nogil=True, error_model="numpy")
def settle(h: float, stages: Array, r: Rates[float], volume_mL: Array, held: Array) -> None:
    """Toxin of every muscle at the end of a step: U, U/mL, U, U."""
    for m in range(volume_mL.size):
        free, sink = stages[m, 1], stages[m, 2]
        for k in range(4):
            share = h * rows.END_WEIGHTS[k] * volume_mL[m]
            held[m, TAKEN_UP_U] += share * sink[k]
            held[m, CLEARED_U] += share * r.clearance * free[k]
        held[m, DEPOSITED_U], held[m, FREE_U_PER_ML] = stages[m, 0, 3], free[3]
