r"""The four-step paralysis model (lebeda2008, BioModels BIOMD0000000178), kept as an alternative terminal.

Irreversible first-order steps, bulk (S) to free (F) to bound (B) to translocated (T) to lytic (L) toxin:

.. math::
   \dot S = -k_S S,\quad \dot F = k_S S - k_B F,\quad \dot B = k_B F - k_T B,\quad
   \dot T = k_T B - k_L T,\quad \dot L = k_L T, \qquad \text{tension} = 1 - L

States are shares of the toxin (1), time is in minutes, rates in 1/min; all toxin starts in the bulk. The
chain is linear, so its state is a matrix exponential, which takes equal rates as they come; half-times of
many draws come from partial fractions instead.

Assumptions: the bath or the tissue holds far more toxin than terminals take up, so that a step's rate does
not depend on dose; the lytic step stands for all that follows translocation (simpson1980); nothing recovers,
so the model tells onset only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.optimize.elementwise import find_root

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]

_APART = 1e-7

POOLS = ("bulk", "free", "bound", "translocated", "lytic")


@dataclass(frozen=True)
class Parameters:
    """Rates of the four steps of each virtual copy; every field has shape (draws,)."""

    supply_per_min: Array = evidence("terminal.four_step.supply_rate")
    binding_per_min: Array = evidence("terminal.four_step.binding_rate")
    translocation_per_min: Array = evidence("terminal.four_step.translocation_rate")
    lytic_per_min: Array = evidence("terminal.four_step.lytic_rate")


def _rates(p: Parameters) -> Array:
    """The four rates in order, (draws, steps)."""
    return np.stack([p.supply_per_min, p.binding_per_min, p.translocation_per_min, p.lytic_per_min], axis=1)


def pools(p: Parameters, time_min: Array, start: str = "bulk") -> Array:
    """Share of the toxin in every pool over time, (draws, pools, times).

    Args:
        p: rates, fields (draws,).
        time_min: minutes since all toxin was in the first pool, (times,).
        start: the pool that holds all toxin at first; "free" leaves the first step out.
    """
    rates = _rates(p)
    step = np.zeros((len(rates), len(POOLS), len(POOLS)))
    source = np.arange(len(POOLS) - 1)
    step[:, source, source] = -rates
    step[:, source + 1, source] = rates
    moved = expm(step[:, None] * time_min[:, None, None])
    return np.asarray(np.moveaxis(moved[..., POOLS.index(start)], 1, 2))


def _not_lytic(rates: Array, time_min: Array) -> Array:
    """Share that is not yet lytic, (draws,), in partial fractions: rates (draws, steps), times (draws,)."""
    apart = rates * (1 + _APART * np.arange(rates.shape[1]))  # which need distinct rates
    left = np.zeros(len(rates))
    for i in range(rates.shape[1]):
        others = np.delete(apart, i, axis=1)
        left += np.prod(others / (others - apart[:, i, None]), axis=1) * np.exp(-apart[:, i] * time_min)
    return left


def tension(p: Parameters, time_min: Array, start: str = "bulk") -> Array:
    """Tension over that before the toxin, (draws, times); arguments as of :func:`pools`."""
    return np.asarray(1 - pools(p, time_min, start)[:, POOLS.index("lytic")])


def half_time_min(p: Parameters, start: str = "bulk") -> Array:
    """Minutes until tension has halved, (draws,); arguments as of :func:`pools`."""
    rates = _rates(p)[:, POOLS.index(start) :]
    latest = 2 * np.sum(1 / rates, axis=1)  # Markov: half is past by twice the mean

    def excess(minute: Array, *rate: Array) -> Array:
        return _not_lytic(np.stack(rate, axis=1), minute) - 1 / 2

    return np.asarray(find_root(excess, (np.zeros_like(latest), latest), args=tuple(rates.T)).x)
