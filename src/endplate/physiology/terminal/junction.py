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

.. math:: R(c) = [1 - c\,(1 - s^{-h/n})]^n, \qquad m = m_0 [R(c) + r_s G]

(s from keller2001). A junction transmits when its quanta reach :math:`\theta = m_0/SF`, with
:math:`P = \Phi(2\sqrt m - 2\sqrt\theta)`, the variance-stabilised Poisson tail, 1 when naive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]

_H_PER_D, _MIN_PER_H = 24.0, 60.0
_FACTORS, _FACTOR_WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_FACTOR_WEIGHTS = _FACTOR_WEIGHTS / _FACTOR_WEIGHTS.sum()
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


def chain_course(p: Parameters, clearance_per_h: Array, time_d: Array) -> Array:
    """Mean acting chains over time per chain taken up in all; closed form, (draws, times).

    Args:
        p: terminal parameters, fields (draws,).
        clearance_per_h: loss of free toxin from the muscle, (draws,).
        time_d: times after the injection in days, (times,).
    """
    supply = clearance_per_h * _H_PER_D
    translocation = np.log(2.0) / p.translocation_half_time_min * _MIN_PER_H * _H_PER_D
    decay = np.log(2.0) / p.light_chain_half_life_d
    cleaving, docking = 1 / p.cleavage_lag_d + decay, 1 / p.docked_turnover_d + decay
    rates = np.stack([supply, translocation, cleaving, docking, decay])
    rates = rates * (1 + _APART * np.arange(len(rates)))[:, None]  # partial fractions need distinct rates
    produced = supply * translocation / (p.cleavage_lag_d * p.docked_turnover_d)
    course = np.zeros((supply.size, time_d.size))
    for i in range(len(rates)):
        others = np.prod([rates[j] - rates[i] for j in range(len(rates)) if j != i], axis=0)
        course += (produced / others)[:, None] * np.exp(-rates[i][:, None] * time_d)
    return np.maximum(course, 0)


def transmission_table(p: Parameters, chains: Array) -> Array:
    """Share of junctions that transmit against the mean number of acting chains.

    Args:
        p: terminal parameters, fields (draws,).
        chains: mean acting chains over ``critical_chains``, ascending, (knots,).

    Returns:
        (draws, 2, knots): without sprouts and with sprouts fully grown.
    """
    return np.asarray(
        _table(
            chains,
            p.critical_chains,
            p.calcium_shift_fold,
            p.calcium_cooperativity,
            p.snare_complexes,
            p.quantal_content,
            p.safety_factor,
            p.safety_factor_log_sd,
            p.sprout_release_share,
            _FACTORS,
            _FACTOR_WEIGHTS,
        )
    )


def release_and_cleavage(p: Parameters, chains: Array) -> tuple[Array, Array]:
    """Mean release left and mean share of SNAP-25 cleaved over terminals with Poisson counts.

    Args:
        p: terminal parameters, fields (draws,).
        chains: mean acting chains over ``critical_chains``, (draws, classes).

    Returns:
        Release over naive and cleaved share, (draws, classes) each.
    """
    return _release(
        chains,
        p.critical_chains,
        p.calcium_shift_fold,
        p.calcium_cooperativity,
        p.snare_complexes,
        p.safety_factor,
    )


@njit(cache=True, nogil=True)
def _cleaved_per_chain(
    critical: float, shift: float, cooperativity: float, complexes: float, factor: float
) -> tuple[float, float]:
    """Kappa, set so that the critical chains block a median junction, and the release lost to cleavage."""
    loss = 1.0 - shift ** (-cooperativity / complexes)
    at_block = (1.0 - factor ** (-1.0 / complexes)) / loss
    at_block = min(at_block, 1.0 - 1.0 / shift / shift)  # kept below all of it, whatever the draw
    return at_block / (1.0 - at_block) / critical, loss


@njit(cache=True, nogil=True)
def _release(
    chains: Array, critical: Array, shift: Array, cooperativity: Array, complexes: Array, factor: Array
) -> tuple[Array, Array]:
    release, cleavage = np.empty(chains.shape), np.empty(chains.shape)
    for d in range(chains.shape[0]):
        kappa, loss = _cleaved_per_chain(critical[d], shift[d], cooperativity[d], complexes[d], factor[d])
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


@njit(cache=True, nogil=True)
def _reaches(quanta: float, threshold: float) -> float:
    """Twice the chance that a junction's quanta reach its threshold."""
    return math.erfc(-math.sqrt(2.0) * (math.sqrt(quanta) - math.sqrt(threshold)))


@njit(cache=True, nogil=True)
def _transmits(quanta: float, thresholds: Array, naive: Array, weights: Array) -> float:
    """Mean over the safety factors of a muscle's junctions, over the same chance when naive."""
    share = 0.0
    for k in range(thresholds.size):
        share += weights[k] * min(1.0, _reaches(quanta, thresholds[k]) / naive[k])
    return share


@njit(cache=True, nogil=True)
def _table(
    chains: Array,
    critical: Array,
    shift: Array,
    cooperativity: Array,
    complexes: Array,
    m0: Array,
    factor: Array,
    log_sd: Array,
    sprout: Array,
    nodes: Array,
    weights: Array,
) -> Array:
    draws = critical.size
    table = np.empty((draws, 2, chains.size))
    for d in range(draws):
        kappa, loss = _cleaved_per_chain(critical[d], shift[d], cooperativity[d], complexes[d], factor[d])
        largest = int(3.0 * critical[d] * shift[d]) + 2
        thresholds = m0[d] / (1.0 + (factor[d] - 1.0) * np.exp(log_sd[d] * nodes))
        naive = np.array([_reaches(m0[d], threshold) for threshold in thresholds])
        lookup = np.empty((2, largest + 1))
        for count in range(largest + 1):
            cleaved = kappa * count / (1.0 + kappa * count)
            left = (1.0 - cleaved * loss) ** complexes[d]
            lookup[0, count] = _transmits(m0[d] * left, thresholds, naive, weights)
            sprouted = min(1.0, left + sprout[d])
            lookup[1, count] = _transmits(m0[d] * sprouted, thresholds, naive, weights)
        for k in range(chains.size):
            mean = chains[k] * critical[d]
            reach = _REACH * math.sqrt(mean) + _REACH
            first, last = max(0, int(mean - reach)), min(largest, int(mean + reach))
            first = min(first, last)
            probability = (
                math.exp(first * math.log(mean) - mean - math.lgamma(first + 1.0)) if mean > 0.0 else 1.0
            )
            seen, bare, grown = 0.0, 0.0, 0.0
            for count in range(first, last + 1):
                seen += probability
                bare += probability * lookup[0, count]
                grown += probability * lookup[1, count]
                probability *= mean / (count + 1.0)
            rest = max(0.0, 1.0 - seen)
            table[d, 0, k] = bare + rest * lookup[0, largest]
            table[d, 1, k] = grown + rest * lookup[1, largest]
    return table
