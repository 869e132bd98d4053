r"""What a map is worth: order, area of each part, overlap, localisation, silent sites.

Every measure is of each map, leading axes free: weights are (..., units, receptors). ``mean_se`` gives mean
and standard error over seeds. The topographic product (Bauer and Pawelzik 1992) is

.. math::
   P = \frac{1}{N(N-1)} \sum_j \sum_k \frac{1}{2k}
       \sum_{l \le k} \log \left(
       \frac{d^V(w_j, w_{n^A_l(j)})}{d^V(w_j, w_{n^V_l(j)})} \cdot
       \frac{d^A(j, n^A_l(j))}{d^A(j, n^V_l(j))} \right)

with :math:`n^A_l` and :math:`n^V_l` the l-th nearest on the sheet and among weights; 0 is perfect order,
negative where the sheet has too few dimensions for what it holds, or none of its order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.development.body_map import Body

Array = NDArray[np.float64]

_TINY = 1e-12
TESTS = 20  # places along each axis of the body at which localisation is tested


def mean_se(values: Array) -> tuple[float, float]:
    """Mean and standard error over seeds, (seeds,); the error of a single seed is 0."""
    count = len(values)
    spread = float(np.std(values, ddof=1)) if count > 1 else 0.0
    return float(np.mean(values)), spread / count**0.5


def part_weights(body: Body, weights: Array) -> Array:
    """Summed weight of each part over its receptors' number, (..., units, parts)."""
    member = np.equal.outer(body.part, np.arange(len(body.low))).astype(np.float64)
    return np.asarray(weights @ (member / member.sum(axis=0)))


def area(body: Body, weights: Array, alive: Array | None = None) -> Array:
    """Share of the living units whose greatest weight is on each part, (..., parts)."""
    best = part_weights(body, weights).argmax(axis=-1)
    owned = np.equal.outer(best, np.arange(len(body.low)))
    return np.asarray(owned.mean(axis=-2) if alive is None else owned[..., alive > 0, :].mean(axis=-2))


def clear_area(body: Body, weights: Array) -> Array:
    """Area of each part times its units' mean of 1 - overlap, over an even share, (..., parts).

    Unlike ``quality`` it does not rise when a part loses its place to others, which leaves less to overlap.
    """
    own = part_weights(body, weights)
    ranked = np.sort(own, axis=-1)
    clear = 1 - ranked[..., -2] / np.maximum(ranked[..., -1], _TINY)
    owned = np.equal.outer(own.argmax(axis=-1), np.arange(own.shape[-1]))
    return np.asarray((owned * clear[..., None]).mean(axis=-2) * own.shape[-1])


def overlap(body: Body, weights: Array) -> Array:
    """Second over greatest weight of parts, mean over units, 0 to 1, (...,)."""
    ranked = np.sort(part_weights(body, weights), axis=-1)
    return np.asarray((ranked[..., -2] / np.maximum(ranked[..., -1], _TINY)).mean(axis=-1))


def quality(body: Body, weights: Array) -> Array:
    """Q = 1 - overlap, (...,)."""
    return np.asarray(1 - overlap(body, weights))


def localisation_error(body: Body, width: float, weights: Array, alive: Array | None = None) -> Array:
    """Mean distance between touched places and the centre of the field of the unit that answers, (...,).

    Args:
        body: receptors and parts.
        width: of a touch's bump on the body sheet.
        weights: of the maps.
        alive: whether a unit lives, (units,).
    """
    own = (np.arange(TESTS) + 1 / 2) / TESTS
    touched = np.stack(np.meshgrid(own, own, indexing="ij"), axis=-1).reshape(-1, 2)
    x = np.exp(-((touched[:, None] - body.places) ** 2).sum(axis=-1) / (2 * width**2))
    x /= np.linalg.norm(x, axis=-1, keepdims=True)
    kept = weights if alive is None else weights[..., alive > 0, :]
    centre = kept @ body.places / np.maximum(kept.sum(axis=-1, keepdims=True), _TINY)
    winner = (kept @ x.T).argmax(axis=-2)
    told = np.take_along_axis(centre, winner[..., None], axis=-2)
    return np.asarray(np.linalg.norm(told - touched, axis=-1).mean(axis=-1))


def _distances(points: Array) -> Array:
    """Distances between points, (points, points)."""
    square = (points**2).sum(axis=-1)
    return np.asarray(np.sqrt(np.maximum(square[:, None] + square - 2 * points @ points.T, 0.0)))


def _nearest(distances: Array) -> NDArray[np.intp]:
    """Others from the nearest on, ties by index, (points, points - 1)."""
    own = distances.copy()
    np.fill_diagonal(own, -1.0)
    return np.argsort(own, axis=-1, kind="stable")[:, 1:]


def topographic_product(body: Body, weights: Array) -> float:
    """Topographic product of one map, (units, receptors); 0 for perfect order."""
    on_sheet, among = _distances(body.units), _distances(weights)
    near_sheet, near_among = _nearest(on_sheet), _nearest(among)
    logs: Array = np.zeros(near_sheet.shape)
    for distances in (among, on_sheet):
        for near, sign in ((near_sheet, 1), (near_among, -1)):
            logs += sign * np.log(np.maximum(np.take_along_axis(distances, near, axis=-1), _TINY))
    orders = np.arange(1, logs.shape[1] + 1)
    return float((np.cumsum(logs, axis=1) / (2 * orders)).mean())


def topographic_error(body: Body, weights: Array, x: Array) -> float:
    """Share of inputs (inputs, receptors) whose two closest units do not touch on the sheet, of one map.

    Closest is least Euclidean distance; units touch with a side or a corner.
    """
    apart = (x**2).sum(axis=-1, keepdims=True) + (weights**2).sum(axis=-1) - 2 * x @ weights.T
    ranked = np.argsort(apart, axis=-1, kind="stable")
    first, second = ranked[:, 0], ranked[:, 1]
    steps = np.abs(body.units[first] - body.units[second]).max(axis=-1) * body.side
    return float((np.rint(steps) > 1).mean())


def drive(body: Body, weights: Array) -> Array:
    """How strongly a unit speaks for one place: greatest weight over the even one, (..., units)."""
    even = np.linalg.norm(weights, axis=-1) / len(body.places) ** 0.5
    return np.asarray(weights.max(axis=-1) / np.maximum(even, _TINY))


def ineffective(body: Body, weights: Array, threshold: float) -> Array:
    """Share of units whose drive stays below a threshold, (...,)."""
    return np.asarray((drive(body, weights) < threshold).mean(axis=-1))
