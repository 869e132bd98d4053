r"""What a junction does on average for chains that scatter from one terminal to the next.

Terminals of one class hold counts of acting chains with mean :math:`\lambda` and Fano factor
:math:`F = \mathrm{Var}/\lambda`. Ungated uptake is Poisson (F = 1); uptake that a terminal's own block
holds back scatters less. Counts then follow the binomial law of the same mean and variance,

.. math:: A \sim \mathrm{Bin}(N, 1 - F), \qquad N = \lambda / (1 - F),

for N between two whole numbers a mixture of both. Thinning (decay, lag) keeps it in the family. Sums are
exact for few chains; beyond that counts are normal with the law's skewness (Cornish and Fisher).

Every table holds, at naive reserve and at the reserve of a terminal blocked for long (:math:`\rho`),

.. math::
   T_0 = P(\rho\,m_0 R),\quad T_1 = P(\rho\,m_0 [R + r_s]) \text{ or } P(r_s m_0 R),\quad
   T_f = P(\rho\,m_0 R\,[1 + \beta (1 - R)\,f/(f + f_h)])

the second for sprouts that add to the parent's release or stand for themselves, the third for a train at
rate f: junctions that release little facilitate (longino2005 saw less weakness at high rates).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.physiology.terminal.junction import Parameters, cleaved_per_chain

Array = NDArray[np.float64]

BARE, HELPED, TRAIN = 0, 1, 2
KINDS = 3
RESERVES = 2
FANO: Array = np.linspace(1 / 5, 1, 3)
_FACTORS, _FACTOR_WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_FACTOR_WEIGHTS = _FACTOR_WEIGHTS / _FACTOR_WEIGHTS.sum()
_QUANTA = 129  # grid points of the chance to transmit against the root of the quanta
_FEW = 16.0  # mean count up to which counts are summed one by one
_REACH = 8.0  # standard deviations of a sum over counts


@dataclass(frozen=True)
class Response:
    """Means over the junctions of a class, against mean acting chains and their Fano factor.

    Attributes:
        knots: mean acting chains over ``critical_chains``, ascending from 0, (knots,).
        fano: Fano factors, ascending to 1, (fano,).
        transmission: share of junctions that transmit, (draws, fano, knots, 6): bare, helped and train at
            naive reserve, then at the lowest.
        release: release over naive, (draws, fano, knots).
    """

    knots: Array
    fano: Array
    transmission: Array
    release: Array


def response(
    p: Parameters,
    knots: Array,
    helped: Array,
    apart: bool,
    floor: Array,
    gain: Array,
    fano: Array = FANO,
) -> Response:
    """Tabulate what junctions do.

    Args:
        p: terminal parameters, fields (draws,).
        knots: mean acting chains over ``critical_chains``, ascending, (knots,).
        helped: release of full-grown sprouts over naive, (draws,).
        apart: whether sprouts are junctions that stand for themselves, with chains of their own.
        floor: lowest reserve, 1 for none lost, (draws,).
        gain: release that a silent junction gains in a train over its own, (draws,).
        fano: Fano factors, ascending to 1, (fano,).
    """
    transmission, release = _tables(
        knots,
        fano,
        np.stack(
            [
                p.critical_chains,
                p.calcium_shift_fold,
                *cleaved_per_chain(p),
                p.snare_complexes,
                p.quantal_content,
                p.safety_factor,
                p.safety_factor_log_sd,
                helped,
                floor,
                gain,
            ],
            axis=1,
        ),
        apart,
        _FACTORS,
        _FACTOR_WEIGHTS,
    )
    return Response(knots, fano, transmission, release)


def transmission_table(p: Parameters, chains: Array, fano: float = 1) -> Array:
    """Share of junctions that transmit a single impulse against their mean acting chains.

    Args:
        p: terminal parameters, fields (draws,).
        chains: mean acting chains over ``critical_chains``, ascending, (knots,).
        fano: Fano factor of the counts; 1 for Poisson ones.

    Returns:
        (draws, 2, knots): without sprouts and with sprouts fully grown.
    """
    whole = np.ones(p.critical_chains.size)
    table = response(
        p, chains, p.sprout_release_share, False, whole, 0 * whole, np.array([fano], dtype=np.float64)
    )
    return np.moveaxis(table.transmission[:, 0, :, : HELPED + 1], 1, 2)


@njit(cache=True, nogil=True, inner=True)
def _reaches(quanta: float, threshold: float) -> float:
    """Twice the chance that a junction's quanta reach its threshold."""
    return math.erfc(-math.sqrt(2.0) * (math.sqrt(quanta) - math.sqrt(threshold)))


@njit(cache=True, nogil=True, inner=True)
def _passing(m0: float, factor: float, log_sd: float, nodes: Array, weights: Array) -> Array:
    """Share of junctions that transmit, over naive, on a grid of the root of the quanta up to m0."""
    passing = np.zeros(_QUANTA)
    for k in range(nodes.size):
        threshold = m0 / (1.0 + (factor - 1.0) * math.exp(log_sd * nodes[k]))
        naive = _reaches(m0, threshold)
        for i in range(_QUANTA):
            root = math.sqrt(m0) * i / (_QUANTA - 1)
            passing[i] += weights[k] * min(1.0, _reaches(root * root, threshold) / naive)
    return passing


@njit(cache=True, nogil=True, inner=True)
def _passes(passing: Array, share: float) -> float:
    """Share of junctions that transmit with this share of the naive quanta."""
    place = math.sqrt(min(1.0, share)) * (passing.size - 1)
    low = min(int(place), passing.size - 2)
    share_passing: float = passing[low] + (place - low) * (passing[low + 1] - passing[low])
    return share_passing


@njit(cache=True, nogil=True, inner=True)
def _by_count(row: Array, apart: bool, passing: Array) -> Array:
    """Transmission of every kind at both reserves and the release, for 0, 1, 2 ... acting chains."""
    critical, shift, kappa, loss, complexes = row[0], row[1], row[2], row[3], row[4]
    helped, floor, gain = row[8], row[9], row[10]
    counts = int(3.0 * critical * shift) + 3
    each = np.empty((counts, RESERVES * KINDS + 1))
    for count in range(counts):
        cleaved = kappa * count / (1.0 + kappa * count)
        left = (1.0 - cleaved * loss) ** complexes
        for r in range(RESERVES):
            reserve = floor if r else 1.0
            at = r * KINDS
            each[count, at + BARE] = _passes(passing, reserve * left)
            sprouted = helped * left if apart else reserve * (left + helped)
            each[count, at + HELPED] = _passes(passing, sprouted)
            each[count, at + TRAIN] = _passes(passing, reserve * left * (1.0 + gain * (1.0 - left)))
        each[count, RESERVES * KINDS] = left
    return each


@njit(cache=True, nogil=True, inner=True)
def _add_poisson(each: Array, mean: float, out: Array) -> None:
    """Add the mean over Poisson counts."""
    probability, seen = math.exp(-mean), 0.0
    for count in range(int(mean + _REACH * math.sqrt(mean) + _REACH) + 1):
        seen += probability
        row = min(count, each.shape[0] - 1)
        for j in range(out.size):
            out[j] += probability * each[row, j]
        probability *= mean / (count + 1.0)
    for j in range(out.size):
        out[j] /= seen


@njit(cache=True, nogil=True, inner=True)
def _add_binomial(each: Array, trials: int, chance: float, weight: float, out: Array) -> None:
    """Add the mean over binomial counts, weighted."""
    probability, odds = weight * (1.0 - chance) ** trials, chance / (1.0 - chance)
    for count in range(trials + 1):
        row = min(count, each.shape[0] - 1)
        for j in range(out.size):
            out[j] += probability * each[row, j]
        probability *= (trials - count) * odds / (count + 1.0)


@njit(cache=True, nogil=True, inner=True)
def _mean_over_counts(
    each: Array, mean: float, fano: float, nodes: Array, weights: Array, out: Array
) -> None:
    """Every column of ``each`` averaged over counts of this mean and Fano factor."""
    for j in range(out.size):
        out[j] = each[0, j] if mean <= 0.0 else 0.0
    if mean <= 0.0:
        return
    if mean >= _FEW:
        top = each.shape[0] - 1.0
        for k in range(nodes.size):
            skew = (2.0 * fano - 1.0) * (nodes[k] * nodes[k] - 1.0) / 6.0
            place = min(top, max(0.0, mean + math.sqrt(mean * fano) * nodes[k] + skew))
            low = min(int(place), each.shape[0] - 2)
            part = place - low
            for j in range(out.size):
                out[j] += weights[k] * (each[low, j] + part * (each[low + 1, j] - each[low, j]))
    elif fano >= 1.0:
        _add_poisson(each, mean, out)
    else:
        trials = mean / (1.0 - fano)
        whole = int(trials)
        if whole < 1:  # none or one chain: no law scatters less
            for j in range(out.size):
                out[j] = each[0, j] + mean * (each[1, j] - each[0, j])
        else:
            _add_binomial(each, whole, 1.0 - fano, whole + 1.0 - trials, out)
            _add_binomial(each, whole + 1, 1.0 - fano, trials - whole, out)


@njit(cache=True, nogil=True)
def _tables(
    knots: Array, fano: Array, rows: Array, apart: bool, nodes: Array, weights: Array
) -> tuple[Array, Array]:
    draws, kinds = rows.shape[0], RESERVES * KINDS
    transmission = np.empty((draws, fano.size, knots.size, kinds))
    release = np.empty((draws, fano.size, knots.size))
    found = np.empty(kinds + 1)
    for d in range(draws):
        passing = _passing(rows[d, 5], rows[d, 6], rows[d, 7], nodes, weights)
        each = _by_count(rows[d], apart, passing)
        for f in range(fano.size):
            for k in range(knots.size):
                _mean_over_counts(each, knots[k] * rows[d, 0], fano[f], nodes, weights, found)
                for j in range(kinds):
                    transmission[d, f, k, j] = found[j]
                release[d, f, k] = found[kinds]
    return transmission, release
