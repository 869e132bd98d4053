r"""Fibres of one muscle over time: who transmits, how thin the blocked ones are, what force is left.

Per endplate class, with :math:`T_0, T_1` the transmission without and with full sprouts (terminal):

.. math::
   T = T_0(\lambda) + G\,[T_1(\lambda) - T_0(\lambda)], \qquad
   G = (1 - T)\,[1 - e^{-(t - t_B)^+/\tau_G}]

(V1 of rogozhin2008: the parent terminal leads, sprouts add less than a fifth of release. Sprouts ripen
after the delay of meunier2003 on whatever is blocked and retract as it transmits again, which keeps
transmission falling with dose at every time.) Fibre size
travels with the fibre: :math:`y_o = E[open\,A]` and :math:`y_b = E[blocked\,A]` exchange in
proportion as junctions close and reopen, blocked fibres thin towards :math:`A_\infty`, transmitting
ones regrow to 1. Force (and CMAP) is :math:`\sum w\, y_o`; volume :math:`\sum w (y_o + y_b)`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """Muscle parameters of each virtual copy; every field has shape (draws,)."""

    sprout_delay_d: Array = evidence("muscle.sprout_delay")
    sprout_growth_d: Array = evidence("muscle.sprout_growth")
    atrophy_d: Array = evidence("muscle.atrophy_time")
    regrowth_d: Array = evidence("muscle.regrowth_time")
    atrophied_size: Array = evidence("muscle.atrophied_size")


@dataclass(frozen=True)
class Course:
    """Transmission, force and volume over those of the untreated muscle, each (draws, times)."""

    transmission: Array
    force: Array
    volume: Array


def course(p: Parameters, uptake: Array, chains: Array, time_d: Array, knots: Array, table: Array) -> Course:
    """Follow the fibres of one muscle.

    Args:
        p: muscle parameters, fields (draws,).
        uptake: chains taken up in all over the critical number, (draws, classes).
        chains: acting chains per chain taken up, (draws, times).
        time_d: ascending times from 0, (times,).
        knots: ascending mean acting chains over the critical number, starting at 0, (knots,).
        table: transmission without and with sprouts, (draws, 2, knots).
    """
    out = _follow(
        uptake,
        chains,
        time_d,
        knots,
        table,
        p.sprout_delay_d,
        p.sprout_growth_d,
        p.atrophy_d,
        p.regrowth_d,
        p.atrophied_size,
    )
    return Course(*out)


@njit(cache=True, nogil=True)
def _follow(
    uptake: Array,
    chains: Array,
    time_d: Array,
    knots: Array,
    table: Array,
    delay: Array,
    growth: Array,
    atrophy: Array,
    regrowth: Array,
    thin: Array,
) -> tuple[Array, Array, Array]:
    draws, classes = uptake.shape
    shape = (draws, time_d.size)
    transmission, force, volume = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    steps = np.empty(time_d.size)
    steps[0] = 0.0
    steps[1:] = np.diff(time_d)
    for d in range(draws):
        ripe = 1.0 - np.exp(-np.maximum(time_d - delay[d], 0.0) / growth[d])
        thin_by, regrow_by = 1.0 - np.exp(-steps / atrophy[d]), 1.0 - np.exp(-steps / regrowth[d])
        for q in range(classes):
            open_share, knot = 1.0, 0
            open_size, blocked_size = 1.0, 0.0
            for i in range(time_d.size):
                mean = uptake[d, q] * chains[d, i]
                while knot > 0 and mean < knots[knot]:
                    knot -= 1
                while knot < knots.size - 2 and mean >= knots[knot + 1]:
                    knot += 1
                part = min(1.0, (mean - knots[knot]) / (knots[knot + 1] - knots[knot]))
                bare = table[d, 0, knot] + part * (table[d, 0, knot + 1] - table[d, 0, knot])
                grown = table[d, 1, knot] + part * (table[d, 1, knot + 1] - table[d, 1, knot])
                helped = ripe[i] * (grown - bare)
                now = (bare + helped) / (1.0 + helped)
                if now < open_share:
                    moved = open_size * (1.0 - now / open_share)
                    open_size -= moved
                    blocked_size += moved
                elif now > open_share:
                    moved = blocked_size * (now - open_share) / (1.0 - open_share)
                    open_size += moved
                    blocked_size -= moved
                open_share = now
                open_size += (now - open_size) * regrow_by[i]
                floor = thin[d] * (1.0 - now)
                blocked_size += (floor - blocked_size) * thin_by[i]
                transmission[d, i] += now / classes
                force[d, i] += open_size / classes
                volume[d, i] += (open_size + blocked_size) / classes
    return transmission, force, volume
