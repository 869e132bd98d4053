r"""Docking sites of one junction: empty, docked, primed and fused, what an impulse releases and what it does.

.. math::
   \dot D_0 = k_r F + b_1 D_1 - f_d k_{dock} y D_0,\quad
   \dot D_1 = f_d k_{dock} y D_0 - (b_1 + f_p k_p y) D_1 + b_2 D_2,\quad
   \dot D_2 = f_p k_p y D_1 - b_2 D_2,\quad \dot F = -k_r F

:math:`D_0` empty, :math:`D_1` docked, :math:`D_2` primed and :math:`F` fused sites (sites; their sum stays),
time in s, :math:`y = 1 + e` calcium in the terminal over rest (1). An impulse is short against all of this
and moves the quanta :math:`q = D_2 (1 - e^{-H})` from primed to fused, with

.. math:: H = -\ln(1 - p_0 f_f(c))\, (a + e/P)^h, \qquad \dot e = -e/\tau_e,\quad e \to e + a\,\Delta

where a is calcium entry over normal and P the calcium that meets a vesicle at the peak over rest. The share c
of cleaved SNAP-25 acts on each step by a factor of its own (:func:`factors`):

.. math:: f_d = 1 - c\,l_d,\quad f_p = 1 - c\,l_p,\quad f_f = [1 - c\,(1 - s^{-h/n})]^n

so that an impulse after rest releases :math:`m_0 f_f`, the reduced law of ``junction``, and s times the
calcium brings all of it back when all SNAP-25 is cleaved, to within :math:`p_0/2`. The potential sums quanta
of amplitude :math:`v_q` linearly, its variance is :math:`m(1 - p + \mathrm{cv}_q^2) v_q^2`, and the moment at
which its rise, a quarter sine of length :math:`t_r`, passes the threshold :math:`\theta = m_0/SF` gives the
jitter.

Assumptions: docking outlives cleavage (neale1999) and SNAP-25's last residues serve the calcium trigger, not
priming (pmc2819690), so :math:`l_d = l_p = 0`; forward rates and recycling follow martinezvalencia2022, but
not its backward rates, which would leave one site in thousands primed where ruiz2011 finds as many
releasable as docked; quanta do not saturate the membrane; sprouts are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.special import ndtr, ndtri

from endplate.knowledge.evidence import evidence
from endplate.knowledge.units import US_PER_MS
from endplate.physiology.terminal.junction import cleaved_at_block

Array = NDArray[np.float64]

POOLS = ("empty", "docked", "primed", "fused")
_PRIMED = POOLS.index("primed")
_SAMPLES = 9  # moments kept between two impulses
_QUANTILES = 256  # of the potentials that pass the threshold
_RTOL, _ATOL = 1e-9, 1e-9


@dataclass(frozen=True)
class Parameters:
    """Vesicles of one junction of each virtual copy; every field has shape (draws,)."""

    quantal_content: Array = evidence("terminal.quantal_content")
    safety_factor: Array = evidence("terminal.safety_factor")
    calcium_shift_fold: Array = evidence("terminal.calcium_shift")
    calcium_cooperativity: Array = evidence("terminal.calcium_cooperativity")
    snare_complexes: Array = evidence("terminal.snare_complexes")
    docking_per_s: Array = evidence("terminal.vesicle.docking_rate")
    priming_per_s: Array = evidence("terminal.vesicle.priming_rate")
    recycling_per_s: Array = evidence("terminal.vesicle.recycling_rate")
    filled_share: Array = evidence("terminal.vesicle.filled_share")
    primed_share: Array = evidence("terminal.vesicle.primed_share")
    fusion_probability: Array = evidence("terminal.vesicle.fusion_probability")
    docking_loss: Array = evidence("terminal.vesicle.docking_loss")
    priming_loss: Array = evidence("terminal.vesicle.priming_loss")
    calcium_per_impulse: Array = evidence("terminal.vesicle.calcium_per_impulse")
    calcium_decay_s: Array = evidence("terminal.vesicle.calcium_decay")
    calcium_peak: Array = evidence("terminal.vesicle.calcium_peak")
    quantal_amplitude_mV: Array = evidence("terminal.vesicle.quantal_amplitude")
    quantal_amplitude_cv: Array = evidence("terminal.vesicle.quantal_amplitude_cv")
    rise_time_ms: Array = evidence("terminal.vesicle.rise_time")


@dataclass(frozen=True)
class Factors:
    """What cleaved SNAP-25 leaves of docking, priming and fusion, (draws,) each; 1 when naive."""

    docking: Array
    priming: Array
    fusion: Array


@dataclass(frozen=True)
class Train:
    """A train of impulses after rest.

    Attributes:
        time_s: moments, each impulse before and after it, (times,).
        pools: sites in every pool, (draws, pools, times).
        impulse_s: when impulses come, (impulses,).
        primed: primed sites that an impulse meets, (draws, impulses).
        hazard: H of every impulse, (draws, impulses).
    """

    time_s: Array
    pools: Array
    impulse_s: Array
    primed: Array
    hazard: Array

    @property
    def probability(self) -> Array:
        """Chance that a primed vesicle fuses at an impulse, (draws, impulses)."""
        return np.asarray(-np.expm1(-self.hazard))

    @property
    def quanta(self) -> Array:
        """Mean quanta of every impulse, (draws, impulses)."""
        return np.asarray(self.primed * self.probability)


@dataclass(frozen=True)
class Potential:
    """The endplate potential of every impulse, (draws, impulses).

    Attributes:
        mean_mV: mean amplitude.
        cv: coefficient of variation of the amplitude.
        failures: chance that an impulse releases nothing.
        threshold_mV: amplitude that a muscle action potential takes, (draws, 1).
        transmits: chance that the impulse passes, over the same chance after rest when naive.
        jitter_us: mean difference of consecutive discharges (MCD) among the impulses that pass, however few.
    """

    mean_mV: Array
    cv: Array
    failures: Array
    threshold_mV: Array
    transmits: Array
    jitter_us: Array


def factors(p: Parameters, cleaved: Array) -> Factors:
    """What the cleaved share leaves of every step.

    Args:
        p: parameters, fields (draws,).
        cleaved: share of SNAP-25 cleaved, 0 to 1, (draws,).
    """
    loss = _reduced_law(p)[1]
    return Factors(
        1 - cleaved * p.docking_loss, 1 - cleaved * p.priming_loss, (1 - cleaved * loss) ** p.snare_complexes
    )


def cleaved_share(p: Parameters, chains: Array) -> Array:
    """Share of SNAP-25 cleaved by a number of acting chains, (draws,).

    Args:
        p: parameters, fields (draws,).
        chains: acting chains over those that block a junction of median safety factor, (draws,).
    """
    at_block = _reduced_law(p)[0]
    return np.asarray(at_block * chains / (1 + at_block * chains))


def _reduced_law(p: Parameters) -> tuple[Array, Array]:
    """Cleaved over intact SNAP-25 at block, and 1 - s^(-h/n), of the reduced law, (draws,) each."""
    return cleaved_at_block(p.calcium_shift_fold, p.calcium_cooperativity, p.snare_complexes, p.safety_factor)


def restoring_calcium(p: Parameters, cleaved: Array) -> Array:
    """Calcium entry over normal at which primed vesicles fuse as when naive, (draws,)."""
    missing = -np.log1p(-p.fusion_probability) / _hazard(p, factors(p, cleaved))
    return np.asarray(missing ** (1 / p.calcium_cooperativity))


def _hazard(p: Parameters, left: Factors) -> Array:
    """H of an impulse after rest at normal calcium, (draws,)."""
    return np.asarray(-np.log1p(-p.fusion_probability * left.fusion))


def _backward(p: Parameters) -> tuple[Array, Array]:
    """Undocking and unpriming per s that keep the naive shares of sites at rest, (draws,) each."""
    waiting = p.filled_share * (1 - p.primed_share)
    undocking = p.docking_per_s * (1 - p.filled_share) / waiting
    return undocking, p.priming_per_s * (1 - p.primed_share) / p.primed_share


def rest(p: Parameters, cleaved: Array) -> Array:
    """Sites in every pool after long rest, (draws, pools); their number releases m0 when naive."""
    left, (undocking, unpriming) = factors(p, cleaved), _backward(p)
    docked = left.docking * p.docking_per_s / undocking
    primed = docked * left.priming * p.priming_per_s / unpriming
    sites = p.quantal_content / (p.fusion_probability * p.filled_share * p.primed_share)
    weights = np.stack(np.broadcast_arrays(np.ones_like(docked), docked, primed, np.zeros_like(docked)))
    return np.asarray((sites * weights / weights.sum(axis=0)).T)


def _between(p: Parameters, left: Factors, pools: Array, excess: Array, time_s: Array) -> Array:
    """Sites from one impulse to the next, (pools, draws, times)."""
    undocking, unpriming = _backward(p)

    def slope(t: float, flat: Array) -> Array:
        empty, docked, primed, fused = flat.reshape(pools.shape)
        calcium = 1 + excess * np.exp(-t / p.calcium_decay_s)
        docking = left.docking * p.docking_per_s * calcium * empty - undocking * docked
        priming = left.priming * p.priming_per_s * calcium * docked - unpriming * primed
        recycling = p.recycling_per_s * fused
        return np.concatenate([recycling - docking, docking - priming, priming, -recycling])

    span = (time_s[0], time_s[-1])
    solved = solve_ivp(slope, span, pools.ravel(), "LSODA", time_s, rtol=_RTOL, atol=_ATOL)
    return np.asarray(solved.y.reshape(*pools.shape, time_s.size))


def train(p: Parameters, cleaved: Array, rate_Hz: float, impulses: int, calcium: float = 1) -> Train:
    """Follow the pools through a train of impulses after long rest.

    Args:
        p: parameters, fields (draws,) or (1,).
        cleaved: share of SNAP-25 cleaved, 0 to 1, (draws,).
        rate_Hz: impulses per second.
        impulses: number of impulses, at least one.
        calcium: calcium entry per impulse over normal, above 0.
    """
    left = factors(p, cleaved)
    at_rest, power = _hazard(p, left), p.calcium_cooperativity
    sites = rest(p, cleaved).T
    excess = np.zeros(sites.shape[1])
    gap = np.linspace(0, 1 / rate_Hz, _SAMPLES)
    times, courses, primed, hazards = [], [], [], []
    for impulse in range(impulses):
        hazard = at_rest * (calcium + excess / p.calcium_peak) ** power
        primed.append(sites[_PRIMED])
        hazards.append(hazard)
        fused = sites[_PRIMED] * -np.expm1(-hazard)
        times.append(np.array([impulse / rate_Hz]))
        courses.append(sites[..., None])
        sites = sites + np.stack([0 * fused, 0 * fused, -fused, fused])
        excess = excess + calcium * p.calcium_per_impulse
        course = _between(p, left, sites, excess, gap)
        times.append(impulse / rate_Hz + gap)
        courses.append(course)
        sites, excess = course[..., -1], excess * np.exp(-gap[-1] / p.calcium_decay_s)
    course = np.concatenate(courses, axis=-1)
    return Train(
        np.concatenate(times),
        np.asarray(np.swapaxes(course, 0, 1)),
        np.arange(impulses) / rate_Hz,
        np.stack(primed, axis=1),
        np.stack(hazards, axis=1),
    )


def potential(p: Parameters, seen: Train) -> Potential:
    """The endplate potential of every impulse of a train.

    Args:
        p: parameters, fields (draws,) or (1,).
        seen: the train.
    """
    quanta, amplitude = seen.quanta, p.quantal_amplitude_mV[:, None]
    each = 1 - seen.probability + p.quantal_amplitude_cv[:, None] ** 2  # variance of one quantum's part
    threshold = (p.quantal_content / p.safety_factor)[:, None]
    naive = _passes(p.quantal_content[:, None], threshold)
    return Potential(
        quanta * amplitude,
        np.sqrt(each / quanta),
        np.exp(-seen.primed * seen.hazard),
        threshold * amplitude,
        np.minimum(1, _passes(quanta, threshold) / naive),
        _jitter_us(p, quanta, each, threshold),
    )


def _passes(quanta: Array, threshold: Array) -> Array:
    """Chance that Poisson quanta reach the threshold, variance-stabilised as in ``junction``."""
    return np.asarray(ndtr(2 * (np.sqrt(quanta) - np.sqrt(threshold))))


def _jitter_us(p: Parameters, quanta: Array, each: Array, threshold: Array) -> Array:
    """Mean difference of two independent moments at which a quarter sine passes the threshold."""
    spread = np.sqrt(each) / 2  # of the square root of the amplitude in quanta
    reaching = ndtr((np.sqrt(quanta) - np.sqrt(threshold)) / spread)
    share = (np.arange(_QUANTILES) + 1 / 2) / _QUANTILES
    score = -ndtri(reaching[..., None] * share)  # largest potentials first, so earliest moments
    amplitude = (np.sqrt(quanta)[..., None] + spread[..., None] * score) ** 2
    quarter = np.arcsin(np.minimum(1, threshold[..., None] / amplitude)) / (np.pi / 2)
    moment = p.rise_time_ms[:, None, None] * quarter
    weight = 2 * np.arange(_QUANTILES) + 1 - _QUANTILES
    difference = 2 * (moment * weight).sum(axis=-1) / _QUANTILES**2
    return np.asarray(difference * US_PER_MS)
