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
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.knowledge.evidence import evidence
from endplate.physiology.terminal import course

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Parts = tuple[Array, Array, Array]

_TINY = 1e-12
_FAST = {"nnan", "nsz", "arcp", "contract"}  # no infinity or reordering is assumed away
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
_inner = njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST, inner=True)


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
    """One muscle over that untreated, each (draws, times); fields in the order of :func:`courses`.

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
class Shares:
    """Share of each node in a muscle's fibres, in their size and in its spindles, (draws, muscles, nodes)."""

    count: Array
    size: Array
    spindle: Array


def on_nodes(p: Parameters, drives: Sequence[Array], intrafusal: Array) -> Shares:
    """Put the fibres of muscles on the nodes.

    Args:
        p: muscle parameters, fields (draws,).
        drives: of every muscle, what terminals of slow fibres are offered, (draws, classes); both types lie
            in every class.
        intrafusal: what intrafusal terminals are offered over that, (draws,).
    """
    classes = [drive.shape[1] for drive in drives]
    muscle, drive = np.repeat(np.arange(len(classes)), classes), np.concatenate(drives, axis=1)
    alike = np.tile(1 / np.repeat(classes, classes), (len(drive), 1))
    slow, fast = p.slow_share[:, None], 1 - p.slow_share[:, None]
    large = fast * p.fast_size[:, None]
    both, muscles = np.concatenate([drive, drive * p.fast_uptake[:, None]], axis=1), np.tile(muscle, 2)
    count = np.concatenate([slow * alike, fast * alike], axis=1)
    size = np.concatenate([slow * alike, large * alike], axis=1) / (slow + large)
    return Shares(
        course.on_nodes(both, count, muscles),
        course.on_nodes(both, size, muscles),
        course.on_nodes(drive * intrafusal[:, None], alike, muscle),
    )


def populated(offered: Array, shares: Shares) -> tuple[Array, Shares, Index]:
    """Nodes on which some fibre stands come first, in their order; those on which none does are left out.

    Args:
        offered: drive of every node, (draws, nodes).
        shares: share of the nodes in each muscle.

    Returns:
        Drives and shares of the nodes left, and how many of them hold a fibre, (draws,).
    """
    held = (shares.count + shares.size + shares.spindle).any(axis=1)
    many = held.sum(axis=1)
    order = np.argsort(~held, axis=1, kind="stable")[:, : many.max()]
    kept = (np.take_along_axis(each, order[:, None], axis=2) for each in vars(shares).values())
    return np.take_along_axis(offered, order, axis=1), Shares(*kept), many


def courses(
    p: Parameters,
    shares: Shares,
    transmits: Array,
    rescued: Array,
    time_d: Array,
    length: float = 1,
    into: Array | None = None,
) -> Array:
    """Follow the fibres behind the terminals and put muscles together from them.

    Args:
        p: muscle parameters, fields (draws,).
        shares: share of the nodes in each muscle.
        transmits: share that transmits a single impulse, (draws, times, nodes).
        rescued: share of the others that a train opens, (draws, times, nodes).
        time_d: ascending times from 0, (times,).
        length: muscle length at which force is read, over the optimal one.
        into: where the result goes, if it is to be part of a larger one.

    Returns:
        The fields of :class:`Course` in their order for every muscle, (draws, 5, muscles, times).
    """
    tissue = [p.tissue_loss_share, p.tissue_loss_d, p.tissue_regain_d]
    force = [p.active_shortening, p.force_length_width]
    rows = np.stack([p.atrophy_d, p.regrowth_d, p.atrophied_size, *tissue, *force], axis=1)
    parts = (shares.count, shares.size, shares.spindle)
    draws, muscles, _ = shares.count.shape
    out = np.empty((draws, len(fields(Course)), muscles, time_d.size)) if into is None else into
    _courses(transmits, rescued, time_d, rows, parts, length, out)
    return out


@_inner
def _step(step: float, row: Array, now: Array, rescued: Array, state: Array, seen: Array) -> None:
    """Fibres of every node over one step: those that transmit, answer and pull and the size of all."""
    open_share, open_size, blocked_size, lost = state
    transmits, answering, pulling, size = seen
    thin, most = row[2], row[3]
    thin_by, regrow_by = 1.0 - math.exp(-step / row[0]), 1.0 - math.exp(-step / row[1])
    away, back = min(1.0, step / row[4]), min(1.0, step / row[5])
    for q in range(open_share.size):  # side by side
        before = open_share[q]
        closing = open_size[q] * max(0.0, 1.0 - now[q] / max(before, _TINY))
        moved = blocked_size[q] * max(0.0, (now[q] - before) / max(1.0 - before, _TINY)) - closing
        open_share[q] = now[q]
        large, small = open_size[q] + moved, blocked_size[q] - moved
        large += (now[q] - large) * regrow_by
        small += (thin * (1.0 - now[q]) - small) * thin_by
        lost[q] += away * (1.0 - now[q]) * (most - lost[q]) - back * now[q] * lost[q]
        open_size[q], blocked_size[q], transmits[q] = large, small, now[q]
        answering[q] = (1.0 - lost[q]) * large
        pulling[q] = (1.0 - lost[q]) * (large + rescued[q] * small)
        size[q] = large + small


@_inner
def _follow(transmits: Array, rescued: Array, time_d: Array, row: Array, many: int, seen: Array) -> None:
    """Fibres of one draw, from (times, nodes), into ``seen`` (4, nodes, times); ``many`` nodes hold some."""
    now, state = np.empty((4, many)), np.zeros((4, many))
    for q in range(many):
        state[0, q] = state[1, q] = 1.0
    for i in range(time_d.size):
        _step(time_d[i] - time_d[i - 1] if i else 0.0, row, transmits[i], rescued[i], state, now)
        for k in range(seen.shape[0]):
            for q in range(many):
                seen[k, q, i] = now[k, q]


@_inner
def _last_held(parts: Parts, d: int) -> int:
    """How many nodes stand up to the last that holds a fibre of a draw."""
    last = 0
    for part in parts:
        for m in range(part.shape[1]):
            for q in range(last, part.shape[2]):
                if part[d, m, q] > 0.0:
                    last = q + 1
    return last


@_inner
def _mean(share: Array, values: Array, out: Array) -> None:
    """Mean over the nodes that hold a share, (nodes,), of their values, (nodes, times), into ``out``."""
    for i in range(out.size):
        out[i] = 0.0
    for q in range(share.size):
        if share[q] > 0.0:
            for i in range(out.size):
                out[i] += share[q] * values[q, i]


@_compiled
def _courses(
    transmits: Array, rescued: Array, time_d: Array, rows: Array, parts: Parts, length: float, out: Array
) -> None:
    count, size, spindle = parts
    draws, muscles, nodes = count.shape
    seen = np.empty((4, nodes, time_d.size))
    for d in range(draws):
        _follow(transmits[d], rescued[d], time_d, rows[d], _last_held(parts, d), seen)
        shortening, width = rows[d, 6], rows[d, 7]
        for m in range(muscles):
            _mean(count[d, m], seen[0], out[d, 0, m])
            _mean(spindle[d, m], seen[0], out[d, 4, m])
            for k in range(1, 4):
                _mean(size[d, m], seen[k], out[d, k, m])
            for i in range(time_d.size):
                left = length - shortening * (1.0 - out[d, 0, m, i])
                out[d, 2, m, i] *= math.exp(((length - 1.0) / width) ** 2 - ((left - 1.0) / width) ** 2)
