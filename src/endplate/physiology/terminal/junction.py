r"""Light chains per terminal, the SNAP-25 they cleave and the transmission that is left.

Ungated uptake fills a linear chain, so each pool of a terminal is exactly Poisson:

.. math::
   \dot F = -k_{cl} F,\quad \dot E = k_{up} F - k_{tr} E,\quad
   \dot L = k_{tr} E - (k_c + k_L) L,\quad \dot C = k_c L - (k_d + k_L) C,\quad \dot A = k_d C - k_L A

F free toxin (U/mL), E chains in endosomes, L chains in the cytosol, C chains that have cleaved their
share of SNAP-25 while intact copies still sit in docked vesicles, A chains whose cleavage has reached
the docked pool. With A acting chains SNAP-25 is cleaved to
:math:`c = \kappa A / (1 + \kappa A)`, and :math:`\kappa` is set so that ``n_crit`` chains block a
junction of median safety factor. Docking, priming and fusion keep, with h of n SNARE complexes,

.. math:: R(c) = [1 - c\,(1 - s^{-h/n})]^n, \qquad m = m_0 \rho\,[R(c) + r_s G]

(s from keller2001; reserve :math:`\rho` and sprouts G: ``course``). A junction transmits when its quanta
reach :math:`\theta = m_0/SF`, with :math:`P = \Phi(2\sqrt m - 2\sqrt\theta)`, the variance-stabilised
Poisson tail, over its value when naive; of SF the excess over 1 is lognormal between junctions. Uptake that a
terminal's own block holds back is no longer Poisson: ``course``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.knowledge.evidence import evidence
from endplate.knowledge.units import H_PER_D, MIN_PER_H

Array = NDArray[np.float64]

_APART = 1e-7
_REACH = 8.0  # standard deviations of the Poisson sum that are added up


@dataclass(frozen=True)
class Parameters:
    """Terminal parameters of each virtual copy; every field has shape (draws,)."""

    translocation_half_time_min: Array = evidence("terminal.translocation_half_time")
    cleavage_lag_d: Array = evidence("terminal.cleavage_lag")
    docked_turnover_d: Array = evidence("terminal.docked_turnover")
    light_chain_half_life_d: Array = evidence("terminal.light_chain_half_life")
    critical_chains: Array = evidence("terminal.critical_chains")
    calcium_shift_fold: Array = evidence("terminal.calcium_shift")
    calcium_cooperativity: Array = evidence("terminal.calcium_cooperativity")
    snare_complexes: Array = evidence("terminal.snare_complexes")
    quantal_content: Array = evidence("terminal.quantal_content")
    safety_factor: Array = evidence("terminal.safety_factor")
    safety_factor_log_sd: Array = evidence("terminal.safety_factor_log_sd")
    sprout_release_share: Array = evidence("terminal.sprout_release_share")

    def slowed(self, times: Array) -> Parameters:
        """The same with cleavage lag and docked turnover ``times`` as long, (draws,)."""
        lag, turnover = self.cleavage_lag_d * times, self.docked_turnover_d * times
        return replace(self, cleavage_lag_d=lag, docked_turnover_d=turnover)


def chain_course(p: Parameters, clearance_per_h: Array | None, time_d: Array) -> Array:
    """Mean acting chains over time per chain taken up in all; closed form, (draws, times).

    Args:
        p: terminal parameters, fields (draws,).
        clearance_per_h: loss of free toxin from the muscle, (draws,); None for uptake all at once.
        time_d: times after the injection in days, (times,).
    """
    translocation = np.log(2.0) / p.translocation_half_time_min * MIN_PER_H * H_PER_D
    decay = np.log(2.0) / p.light_chain_half_life_d
    cleaving, docking = 1 / p.cleavage_lag_d + decay, 1 / p.docked_turnover_d + decay
    produced = translocation / (p.cleavage_lag_d * p.docked_turnover_d)
    steps = [translocation, cleaving, docking, decay]
    if clearance_per_h is not None:
        steps.insert(0, clearance_per_h * H_PER_D)
        produced = produced * steps[0]
    rates = np.stack(steps)
    rates = rates * (1 + _APART * np.arange(len(rates)))[:, None]  # partial fractions need distinct rates
    course = np.zeros((decay.size, time_d.size))
    for i in range(len(rates)):
        others = np.prod([rates[j] - rates[i] for j in range(len(rates)) if j != i], axis=0)
        course += (produced / others)[:, None] * np.exp(-rates[i][:, None] * time_d)
    return np.maximum(course, 0)


def cleaved_per_chain(p: Parameters) -> tuple[Array, Array]:
    """Kappa, by which the critical chains block a median junction, and 1 - s^(-h/n), (draws,) each."""
    shift = p.calcium_shift_fold
    at_block, loss = cleaved_at_block(shift, p.calcium_cooperativity, p.snare_complexes, p.safety_factor)
    return at_block / p.critical_chains, loss


def cleaved_at_block(
    calcium_shift_fold: Array, calcium_cooperativity: Array, snare_complexes: Array, safety_factor: Array
) -> tuple[Array, Array]:
    """Cleaved over intact SNAP-25 that blocks a median junction, and 1 - s^(-h/n), (draws,) each.

    Args:
        calcium_shift_fold: s, (draws,).
        calcium_cooperativity: h, (draws,).
        snare_complexes: n, (draws,).
        safety_factor: SF of the median junction, (draws,).
    """
    loss = 1 - calcium_shift_fold ** (-calcium_cooperativity / snare_complexes)
    share = (1 - safety_factor ** (-1 / snare_complexes)) / loss
    share = np.minimum(share, 1 - 1 / calcium_shift_fold**2)  # below all of it, whatever the draw
    return share / (1 - share), loss


def release_and_cleavage(p: Parameters, chains: Array, fano: Array | float = 1) -> tuple[Array, Array]:
    """Mean release left and mean share of SNAP-25 cleaved over terminals.

    Args:
        p: terminal parameters, fields (draws,).
        chains: mean acting chains over ``critical_chains``, (draws, classes).
        fano: Fano factor of the counts, (draws, classes); Poisson without it. Counts that scatter less lie
            between Poisson ones and their mean, which is right to the second order.

    Returns:
        Release over naive and cleaved share, (draws, classes) each.
    """
    kappa, loss = cleaved_per_chain(p)
    scattered = _release(chains, p.critical_chains, kappa, loss, p.snare_complexes)
    held = (kappa * p.critical_chains)[:, None] * chains
    cleaved = held / (1 + held)
    even = (1 - cleaved * loss[:, None]) ** p.snare_complexes[:, None], cleaved
    release, cut = (fano * many + (1 - fano) * one for many, one in zip(scattered, even, strict=True))
    return release, cut


@njit(cache=True, nogil=True)
def _release(
    chains: Array, critical: Array, kappas: Array, losses: Array, complexes: Array
) -> tuple[Array, Array]:
    release, cleavage = np.empty(chains.shape), np.empty(chains.shape)
    for d in range(chains.shape[0]):
        kappa, loss = kappas[d], losses[d]
        for q in range(chains.shape[1]):
            mean = chains[d, q] * critical[d]
            reach = _REACH * math.sqrt(mean) + _REACH
            first, last = max(0, int(mean - reach)), int(mean + reach)
            log_p = first * math.log(mean) - mean - math.lgamma(first + 1.0) if mean > 0.0 else 0.0
            probability, seen, left, cut = math.exp(log_p), 0.0, 0.0, 0.0
            for count in range(first, last + 1):
                cleaved = kappa * count / (1.0 + kappa * count)
                seen += probability
                left += probability * (1.0 - cleaved * loss) ** complexes[d]
                cut += probability * cleaved
                probability *= mean / (count + 1.0)
            release[d, q], cleavage[d, q] = left / seen, cut / seen
    return release, cleavage
