r"""One person's muscles as ordinary differential equations, from deposited toxin to force.

Muscles m and exposure bins j, time in days, L in critical loads (chains over those that block a junction of
median safety factor):

.. math::
   \dot D_m &= -k_S D_m, \qquad
   \dot F_m = k_S D_m/V_m - k_{cl} F_m - q \sum_j w_j u_{mj} \\
   u_{mj} &= k_{up} \frac{x_{mj} F_m}{1 + x_{mj} F_m/K_F}\,
             \frac{f_b + (1-f_b)\, R_{mj}}{1 + \mathrm{Ab}} \\
   \dot E &= u - k_{tr} E, \quad \dot L = k_{tr} E - k_L L, \quad
   \dot S = k_s (1 - S) - k_c L S, \quad \dot P = k_c L S - k_p P \\
   R &= [1 - c\,(1 - s^{-h/n})]^n,\quad c = P/(S+P), \quad
   Q = R + r_s G (1 - R), \quad T(Q) = Q^g \frac{1+\theta^g}{Q^g + \theta^g} \\
   \dot W &= [1 - T(R) - W]/t_B, \quad \dot G = (W - G)/t_G, \quad
   \dot A = T(Q)\,(1 - A)/t_{up} - [1 - T(Q)]\,(A - A_\infty)/t_{down} \\
   \dot X &= k_{cl} \sum_m V_m F_m - k_X X, \qquad \dot{\mathrm{Ab}} = k_{im} X - k_{Ab} \mathrm{Ab}

D deposited toxin (U), F free toxin (U/mL, mean over the endplates), x a bin's exposure over that mean, w its
share of the endplates, q what a load takes out of F (U/mL), V the volume that makes F of the units held (mL),
E endosomes, S and P intact and cleaved SNAP-25 over the naive
amount, W block that has lasted, G sprouts, A fibre size, X toxin protein outside muscle (U), Ab antibodies
(1). Two more states per muscle, toxin taken up and toxin cleared (U), close the balance of units. Q is
quantal content over naive. Force is :math:`\sum_j w_j T A`, volume :math:`\sum_j w_j A`.

:math:`k_c` is set so that one critical load blocks a junction of median safety factor when SNAP-25 is
steady. :math:`\theta = 1/SF`, and g is the slope of a logistic in :math:`\ln Q` as wide as Poisson quanta at
the threshold and the junctions' safety factors together.

Assumptions: every terminal of a bin holds the bin's mean number of light chains (``terminal`` carries the
Poisson mixture); its junctions pass and fail in turn, so a fibre's size sees the mean transmission; sprouts
ripen on what the parent terminal blocks and fill only what it lacks; a terminal takes up toxin as its own
vesicles recycle, so its sprouts do not gate that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.knowledge.evidence import evidence
from endplate.knowledge.units import H_PER_D, MIN_PER_H
from endplate.physiology.terminal.junction import cleaved_at_block

Array = NDArray[np.float64]
N = TypeVar("N")

PERSON_STATES = ("protein", "antibody")
MUSCLE_STATES = ("deposited", "free", "taken_up", "cleared")
BIN_STATES = ("endosome", "light_chain", "intact", "cleaved", "lasting_block", "sprout", "fibre_size")
OUTPUTS = ("transmission", "force", "volume")
_NUDGE = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True)
class Parameters:
    """What the equations draw for each virtual copy; every field has shape (draws,)."""

    deposit_half_life_h: Array = evidence("ode.deposit_half_life")
    clearance_half_life_h: Array = evidence("spread.clearance_half_life")
    half_saturation_U_per_mL: Array = evidence("ode.uptake_half_saturation")
    basal_uptake_share: Array = evidence("terminal.basal_uptake_share")
    toxin_per_load_U_per_mL: Array = evidence("ode.toxin_per_load")
    translocation_half_time_min: Array = evidence("terminal.translocation_half_time")
    light_chain_half_life_d: Array = evidence("terminal.light_chain_half_life")
    docked_turnover_d: Array = evidence("terminal.docked_turnover")
    cleaved_turnover_d: Array = evidence("ode.cleaved_turnover")
    calcium_shift_fold: Array = evidence("terminal.calcium_shift")
    calcium_cooperativity: Array = evidence("terminal.calcium_cooperativity")
    snare_complexes: Array = evidence("terminal.snare_complexes")
    quantal_content: Array = evidence("terminal.quantal_content")
    safety_factor: Array = evidence("terminal.safety_factor")
    safety_factor_log_sd: Array = evidence("terminal.safety_factor_log_sd")
    sprout_release_share: Array = evidence("terminal.sprout_release_share")
    sprout_delay_d: Array = evidence("muscle.sprout_delay")
    sprout_growth_d: Array = evidence("muscle.sprout_growth")
    atrophy_d: Array = evidence("muscle.atrophy_time")
    regrowth_d: Array = evidence("muscle.regrowth_time")
    atrophied_size: Array = evidence("muscle.atrophied_size")
    protein_half_life_d: Array = evidence("ode.protein_half_life")
    antibody_gain_per_U_d: Array = evidence("ode.antibody_gain")
    antibody_half_life_d: Array = evidence("ode.antibody_half_life")


class Rates(NamedTuple, Generic[N]):
    """The constants of the equations, per day where they are rates; of many people, (people,), or of one."""

    release: N
    clearance: N
    uptake: N
    half_saturation: N
    basal_share: N
    toxin_per_load: N
    translocation: N
    light_chain_loss: N
    synthesis: N
    cleavage: N
    degradation: N
    release_loss: N
    complexes: N
    threshold: N
    steepness: N
    sprout_share: N
    lasting: N
    sprouting: N
    regrowth: N
    atrophy: N
    atrophied_size: N
    protein_loss: N
    antibody_gain: N
    antibody_loss: N


def rates_per_day(p: Parameters, uptake_mL_per_U_h: Array) -> Rates[Array]:
    """The constants of the equations from what is drawn.

    Args:
        p: fields (people,).
        uptake_mL_per_U_h: critical loads taken up per exposure, (people,).
    """
    shift = p.calcium_shift_fold
    at_block, loss = cleaved_at_block(shift, p.calcium_cooperativity, p.snare_complexes, p.safety_factor)
    excess = (p.safety_factor - 1) / p.safety_factor * p.safety_factor_log_sd
    width = np.sqrt(p.safety_factor / p.quantal_content + excess**2)
    half = math.log(2)
    return Rates(
        release=half / p.deposit_half_life_h * H_PER_D,
        clearance=half / p.clearance_half_life_h * H_PER_D,
        uptake=uptake_mL_per_U_h * H_PER_D,
        half_saturation=p.half_saturation_U_per_mL,
        basal_share=p.basal_uptake_share,
        toxin_per_load=p.toxin_per_load_U_per_mL,
        translocation=half / p.translocation_half_time_min * MIN_PER_H * H_PER_D,
        light_chain_loss=half / p.light_chain_half_life_d,
        synthesis=1 / p.docked_turnover_d,
        cleavage=at_block / p.cleaved_turnover_d,
        degradation=1 / p.cleaved_turnover_d,
        release_loss=loss,
        complexes=p.snare_complexes,
        threshold=1 / p.safety_factor,
        steepness=math.pi / math.sqrt(3) / width,
        sprout_share=p.sprout_release_share,
        lasting=1 / p.sprout_delay_d,
        sprouting=1 / p.sprout_growth_d,
        regrowth=1 / p.regrowth_d,
        atrophy=1 / p.atrophy_d,
        atrophied_size=p.atrophied_size,
        protein_loss=half / p.protein_half_life_d,
        antibody_gain=p.antibody_gain_per_U_d,
        antibody_loss=half / p.antibody_half_life_d,
    )


def state_names(muscles: int, bins: int) -> list[str]:
    """The states in the order of the flat vector: person, then muscles, then bins of every muscle."""
    names = [*PERSON_STATES]
    names += [f"{state}_m{m + 1}" for state in MUSCLE_STATES for m in range(muscles)]
    return names + [
        f"{state}_m{m + 1}_b{j + 1}" for state in BIN_STATES for m in range(muscles) for j in range(bins)
    ]


def initial_state(muscles: int, bins: int) -> Array:
    """An untreated person, (states,)."""
    state = np.zeros(len(state_names(muscles, bins)))
    per_bin = state[len(PERSON_STATES) + len(MUSCLE_STATES) * muscles :].reshape(len(BIN_STATES), -1)
    per_bin[BIN_STATES.index("intact")] = 1
    per_bin[BIN_STATES.index("fibre_size")] = 1
    return state


@njit(cache=True, nogil=True, error_model="numpy")
def _passes(quanta: float, needed: float, steepness: float) -> float:
    """Share of junctions that transmit at quanta over naive; ``needed`` is the power g of the threshold."""
    return (1.0 + needed) / (1.0 + needed / math.pow(quanta, steepness))


@njit(cache=True, nogil=True, error_model="numpy")
def _release_left(intact: float, cleaved: float, r: Rates[float]) -> float:
    """Release of the parent terminal over naive."""
    return math.pow(1.0 - cleaved / (intact + cleaved) * r.release_loss, r.complexes)


@njit(cache=True, nogil=True, error_model="numpy")
def slope(state: Array, r: Rates[float], volume_mL: Array, relative: Array, weight: Array) -> Array:
    """Time derivative of one person's state, per day.

    Args:
        state: (states,), ordered as :func:`state_names`.
        r: the person's constants, numbers.
        volume_mL: volume that makes free toxin of units, (muscles,).
        relative: a bin's exposure over the mean of its muscle, (muscles, bins).
        weight: share of the endplates in every bin, (bins,).
    """
    muscles, bins = relative.shape
    lanes, needed = muscles * bins, math.pow(r.threshold, r.steepness)
    change = np.empty_like(state)
    change[0] = -r.protein_loss * state[0]
    change[1] = r.antibody_gain * state[0] - r.antibody_loss * state[1]
    for m in range(muscles):
        deposited, free = state[2 + m], state[2 + muscles + m]
        taken = 0.0
        for j in range(bins):
            at = 2 + 4 * muscles + m * bins + j
            taken += weight[j] * _bin_slope(state, change, at, lanes, relative[m, j] * free, needed, r)
        taken *= r.toxin_per_load
        cleared = r.clearance * free
        change[2 + m] = -r.release * deposited
        change[2 + muscles + m] = r.release * deposited / volume_mL[m] - cleared - taken
        change[2 + 2 * muscles + m] = volume_mL[m] * taken
        change[2 + 3 * muscles + m] = volume_mL[m] * cleared
        change[0] += volume_mL[m] * cleared
    return change


@njit(cache=True, nogil=True, error_model="numpy")
def _bin_slope(
    state: Array, change: Array, at: int, lanes: int, toxin: float, needed: float, r: Rates[float]
) -> float:
    """Write the derivatives of one bin, whose states lie ``lanes`` apart from ``at``; return its uptake."""
    endosome, chain = state[at], state[at + lanes]
    intact, cleaved = state[at + 2 * lanes], state[at + 3 * lanes]
    lasting, sprout, size = state[at + 4 * lanes], state[at + 5 * lanes], state[at + 6 * lanes]
    left = _release_left(intact, cleaved, r)
    quanta = left + r.sprout_share * sprout * (1.0 - left)
    open_share = _passes(quanta, needed, r.steepness)
    active = (r.basal_share + (1.0 - r.basal_share) * left) / (1.0 + float(state[1]))
    uptake = r.uptake * toxin / (1.0 + toxin / r.half_saturation) * active
    cut = r.cleavage * chain * intact
    change[at] = uptake - r.translocation * endosome
    change[at + lanes] = r.translocation * endosome - r.light_chain_loss * chain
    change[at + 2 * lanes] = r.synthesis * (1.0 - intact) - cut
    change[at + 3 * lanes] = cut - r.degradation * cleaved
    change[at + 4 * lanes] = r.lasting * (1.0 - _passes(left, needed, r.steepness) - lasting)
    change[at + 5 * lanes] = r.sprouting * (lasting - sprout)
    growing = r.regrowth * open_share * (1.0 - size)
    change[at + 6 * lanes] = growing - r.atrophy * (1.0 - open_share) * (size - r.atrophied_size)
    return uptake


@njit(cache=True, nogil=True, error_model="numpy")
def jacobian(state: Array, r: Rates[float], volume_mL: Array, relative: Array, weight: Array) -> Array:
    """Derivatives of the slope by every state, by forward differences, (states, states)."""
    here = slope(state, r, volume_mL, relative, weight)
    found = np.empty((state.size, state.size))
    nudged = state.copy()
    for k in range(state.size):
        step = _NUDGE * (1.0 + abs(state[k]))
        nudged[k] = state[k] + step
        found[:, k] = (slope(nudged, r, volume_mL, relative, weight) - here) / step
        nudged[k] = state[k]
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def observe(states: Array, r: Rates[float], shape: tuple[int, int], weight: Array) -> Array:
    """Transmission, force and volume over those of the untreated muscle, (muscles, outputs, times).

    Args:
        states: (states, times).
        r: the person's constants, numbers.
        shape: muscles and bins.
        weight: share of the endplates in every bin, (bins,).
    """
    muscles, bins = shape
    seen = np.zeros((muscles, 3, states.shape[1]))
    needed = math.pow(r.threshold, r.steepness)
    for m in range(muscles):
        for j in range(bins):
            at, lanes = 2 + 4 * muscles + m * bins + j, muscles * bins
            for i in range(states.shape[1]):
                left = _release_left(states[at + 2 * lanes, i], states[at + 3 * lanes, i], r)
                quanta = left + r.sprout_share * states[at + 5 * lanes, i] * (1.0 - left)
                open_share, size = _passes(quanta, needed, r.steepness), states[at + 6 * lanes, i]
                seen[m, 0, i] += weight[j] * open_share
                seen[m, 1, i] += weight[j] * open_share * size
                seen[m, 2, i] += weight[j] * size
    return seen
