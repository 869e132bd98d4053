r"""Fibres of one muscle over time: how thin the blocked ones are, what CMAP, force and volume are left.

Per node, fibres whose terminals were offered the same toxin and of which T transmit (terminal), size travels
with the fibre: :math:`y_o = E[open\,A]` and :math:`y_b = E[blocked\,A]` exchange in proportion as junctions
close and reopen, blocked fibres thin towards :math:`A_\infty`, transmitting ones regrow to 1. Contractile
tissue :math:`\Phi` of the node is lost slowly while blocked and regained more slowly,

.. math:: \dot\Phi = (1 - T)(\Phi_\infty - \Phi)/\tau_- - T\,\Phi/\tau_+

.. math::
   \mathrm{CMAP} = \sum w\,y_o (1 - \Phi),\quad
   \mathrm{force} = \sum w\,(y_o + \psi\,y_b)(1 - \Phi)\; \frac{f_l(l - \delta\,(1 - \bar T))}{f_l(l)},\quad
   \mathrm{volume} = \sum w\,(y_o + y_b)

A CMAP is the answer to one impulse. Force is that of a train, in which a share :math:`\psi` of the blocked
junctions passes some impulses (terminal), so weakness is larger at low rates; and the fibres left, working
alone, shorten by up to :math:`\delta` at constant muscle length l, so it is larger at short lengths (both:
longino2005, turkoglu2014), with :math:`f_l(l) = e^{-((l-1)/w_f)^2}`. Every class of
exposure holds slow and fast fibres, each type with its share, size and uptake; w divides them between the two
nodes that their drive lies between.

Assumptions: fibre size stands for both the CMAP's and the force's weight; a rescued fibre has the size of a
blocked one; :math:`\Phi` takes no volume (fortuna2015: mass came back, contractile material did not).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.physiology.terminal import course

Array = NDArray[np.float64]

_TINY = 1e-12
_FAST = {"nnan", "nsz", "arcp", "contract"}  # no infinity or reordering is assumed away


@dataclass(frozen=True)
class Parameters:
    """Muscle parameters of each virtual copy; every field has shape (draws,)."""

    atrophy_d: Array = evidence("muscle.atrophy_time")
    regrowth_d: Array = evidence("muscle.regrowth_time")
    atrophied_size: Array = evidence("muscle.atrophied_size")
    tissue_loss_share: Array = evidence("muscle.tissue_loss_share")
    tissue_loss_d: Array = evidence("muscle.tissue_loss_time")
    tissue_regain_d: Array = evidence("muscle.tissue_regain_time")
    slow_share: Array = evidence("muscle.slow_share")
    fast_size: Array = evidence("muscle.fast_size")
    fast_uptake: Array = evidence("muscle.fast_uptake")
    active_shortening: Array = evidence("muscle.active_shortening")
    force_length_width: Array = evidence("joint.force_length_width")


@dataclass(frozen=True)
class Course:
    """One muscle over that untreated, each (draws, times).

    Attributes:
        transmission: extrafusal fibres that one nerve impulse fires.
        cmap: amplitude of the compound muscle action potential.
        force: force of a train at the rate and length asked for.
        volume: volume of the fibres.
        spindle: intrafusal fibres that one nerve impulse fires.
    """

    transmission: Array
    cmap: Array
    force: Array
    volume: Array
    spindle: Array


@dataclass(frozen=True)
class Fibres:
    """Fibres whose terminals were offered the same, over untreated ones, (draws, times, nodes) each.

    Attributes:
        transmits: share that a single impulse fires.
        answering: size times contractile tissue of those.
        pulling: the same of those that pull in a train.
        size: size of all.
    """

    transmits: Array
    answering: Array
    pulling: Array
    size: Array


def on_nodes(p: Parameters, drive: Array, intrafusal: Array) -> tuple[Array, Array, Array]:
    """Share of each node in one muscle's fibres, in their size and in its spindles, (draws, nodes) each.

    Args:
        p: muscle parameters, fields (draws,).
        drive: what terminals of slow fibres are offered, (draws, classes); both types lie in every class.
        intrafusal: what intrafusal terminals are offered over that, (draws,).
    """
    classes = drive.shape[1]
    of_type = np.stack([p.slow_share, 1 - p.slow_share], axis=1)
    count = np.repeat(of_type / classes, classes, axis=1)  # all slow, then all fast
    size = count * np.repeat(np.stack([np.ones_like(p.fast_size), p.fast_size], axis=1), classes, axis=1)
    by_type = np.concatenate([drive, drive * p.fast_uptake[:, None]], axis=1)
    alike = np.full_like(drive, 1 / classes)
    return (
        course.on_nodes(by_type, count),
        course.on_nodes(by_type, size / size.sum(axis=1, keepdims=True)),
        course.on_nodes(drive * intrafusal[:, None], alike),
    )


def fibres(p: Parameters, transmits: Array, rescued: Array, time_d: Array) -> Fibres:
    """Follow the fibres behind the terminals.

    Args:
        p: muscle parameters, fields (draws,).
        transmits: share that transmits a single impulse, (draws, times, nodes).
        rescued: share of the others that a train opens, (draws, times, nodes).
        time_d: ascending times from 0, (times,).
    """
    tissue = [p.tissue_loss_share, p.tissue_loss_d, p.tissue_regain_d]
    rows = np.stack([p.atrophy_d, p.regrowth_d, p.atrophied_size, *tissue], axis=1)
    return Fibres(transmits, *_follow(transmits, rescued, time_d, rows))


def courses(
    p: Parameters, seen: Fibres, count: Array, size: Array, intrafusal: Array, length: float = 1
) -> list[Course]:
    """Put muscles together from their fibres.

    Args:
        p: muscle parameters, fields (draws,).
        seen: the fibres.
        count: share of each node in a muscle's fibres, (draws, nodes, muscles).
        size: share of each node in their size, likewise.
        intrafusal: share of each node in its intrafusal fibres, likewise.
        length: muscle length at which force is read, over the optimal one.
    """
    width = p.force_length_width[:, None, None]
    transmission, spindle = seen.transmits @ count, seen.transmits @ intrafusal
    left = length - p.active_shortening[:, None, None] * (1 - transmission)
    shorter = np.exp(((length - 1) / width) ** 2 - ((left - 1) / width) ** 2)
    parts = (transmission, seen.answering @ size, seen.pulling @ size * shorter, seen.size @ size, spindle)
    return [Course(*(part[:, :, m] for part in parts)) for m in range(count.shape[2])]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _follow(transmits: Array, rescued: Array, time_d: Array, rows: Array) -> tuple[Array, Array, Array]:
    draws, times, nodes = transmits.shape
    answering, pulling, size = np.empty_like(transmits), np.empty_like(transmits), np.empty_like(transmits)
    for d in range(draws):
        open_share, open_size = np.ones(nodes), np.ones(nodes)
        blocked_size, lost = np.zeros(nodes), np.zeros(nodes)
        atrophy, regrowth, thin, most, loss, regain = rows[d]
        for i in range(times):
            step = time_d[i] - time_d[i - 1] if i else 0.0
            thin_by, regrow_by = 1.0 - math.exp(-step / atrophy), 1.0 - math.exp(-step / regrowth)
            away, back = min(1.0, step / loss), min(1.0, step / regain)
            for q in range(nodes):  # side by side
                now, before = transmits[d, i, q], open_share[q]
                closing = open_size[q] * max(0.0, 1.0 - now / max(before, _TINY))
                moved = blocked_size[q] * max(0.0, (now - before) / max(1.0 - before, _TINY)) - closing
                open_share[q] = now
                large, small = open_size[q] + moved, blocked_size[q] - moved
                large += (now - large) * regrow_by
                small += (thin * (1.0 - now) - small) * thin_by
                lost[q] += away * (1.0 - now) * (most - lost[q]) - back * now * lost[q]
                open_size[q], blocked_size[q] = large, small
                answering[d, i, q] = (1.0 - lost[q]) * large
                pulling[d, i, q] = (1.0 - lost[q]) * (large + rescued[d, i, q] * small)
                size[d, i, q] = large + small
    return answering, pulling, size
