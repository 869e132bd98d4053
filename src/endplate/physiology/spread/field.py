r"""Diffusion with clearance in the voxels of a limb: exposure in one solve, its adjoint, and its course.

Free toxin :math:`F` (U/mm3) obeys, in cells of open volume :math:`V` with fascia on some faces,

.. math:: \dot F = \nabla\cdot(K \nabla F) - k F, \qquad K = \mathrm{diag}(D_\parallel, D_\perp, D_\perp)

Fibres lie along the segment (z); skin and bone let nothing through; a face between the voxels of two muscles
lets the share of the fascia through (shaari1991; a share per face, so its hold depends on the voxel's edge).
The exposure :math:`I = \int F\,dt` solves the steady problem

.. math:: (k - \nabla\cdot K\nabla)\, I = F_0

by conjugate gradients. The operator is symmetric, so the same solve with a class of endplates as the source
gives the exposure of that class for an injection at *every* site. The course in time uses line-implicit
(Crank-Nicolson) sweeps, split symmetrically, with growing steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit

Array = NDArray[np.float64]
Labels = NDArray[np.int16]


@dataclass(frozen=True)
class Grid:
    """Cells of a limb: open volume (mm3) and, per direction, open face area over distance (mm).

    Attributes:
        volume_mm3: (z, x, y).
        along: faces to the next cell distally, (z, x, y); the last is 0.
        front: faces to the next cell in x, likewise.
        side: faces to the next cell in y, likewise.
        labels: muscle that owns most of a cell, negative outside, (z, x, y).
        spacing_mm: edge of a cell.
    """

    volume_mm3: Array
    along: Array
    front: Array
    side: Array
    labels: Labels
    spacing_mm: float


@dataclass(frozen=True)
class Medium:
    """How toxin moves and is lost: diffusivities in mm2/d and clearance in 1/d; one virtual copy."""

    along_mm2_per_d: float
    across_mm2_per_d: float
    clearance_per_d: float


def grid_of(labels: Labels, spacing_mm: float, fascia: float, contact: Array | None = None) -> Grid:
    """The voxels of a limb as cells.

    Args:
        labels: owner of every voxel, negative outside muscle, (z, x, y).
        spacing_mm: edge of a voxel.
        fascia: share of the flux that a face between two muscles lets through.
        contact: 0 between muscles that bone or a membrane parts, (muscles, muscles); None parts none.
    """
    volume = (labels >= 0) * spacing_mm**3
    along, front, side = (_faces(labels, axis, fascia, contact) * spacing_mm for axis in range(labels.ndim))
    return Grid(volume.astype(np.float64), along, front, side, labels, spacing_mm)


def _faces(labels: Labels, axis: int, fascia: float, contact: Array | None) -> Array:
    """How open the face between a voxel and the next one along an axis is: 1, the fascia's share, or 0."""
    here = np.moveaxis(labels, axis, 0)
    there = np.concatenate([here[1:], np.full_like(here[:1], -1)])
    through = fascia if contact is None else fascia * (contact[here, there] > 0)
    passing = np.where(here == there, 1.0, through) * ((here >= 0) & (there >= 0))
    return np.ascontiguousarray(np.moveaxis(passing, 0, axis))


def lay_down(
    grid: Grid,
    axes_mm: Sequence[Array],
    tip_mm: Array,
    host: int,
    variances_mm2: Array,
    fascia: float,
    contact: Array | None = None,
) -> Array:
    """Share of one needle's units in every cell, by the rule of :mod:`deposit`, (z, x, y), summing to 1.

    Args:
        grid: the cells.
        axes_mm: middles of the cells along z, x and y.
        tip_mm: where the needle's tip lies, (3,).
        host: the muscle that holds it.
        variances_mm2: of the bolus along z, x and y, (3,).
        fascia: share that stays in a neighbour of what lies there.
        contact: 0 between muscles that bone or a membrane parts, (muscles, muscles); None parts none.
    """
    z, x, y = (
        np.exp(-((axis - middle) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
        for axis, middle, variance in zip(axes_mm, tip_mm, variances_mm2, strict=True)
    )
    form = z[:, None, None] * x[:, None] * y * grid.volume_mm3
    mine = grid.labels == host
    open_to = True if contact is None else contact[host, grid.labels] > 0
    beside = np.where((grid.labels >= 0) & ~mine & open_to, form * fascia, 0.0)
    own = np.where(mine, form, 0.0)
    return np.asarray(beside + own * (1 - beside.sum()) / max(own.sum(), np.finfo(float).tiny))


def exposure(grid: Grid, medium: Medium, amount_U: Array, tolerance: float = 1e-9) -> Array:
    """Exposure in every cell, U d/mm3, of toxin laid down as ``amount_U`` per cell; both (z, x, y).

    With ``amount_U`` = weights of a class of endplates (summing to 1) the result is the adjoint: what the
    mean exposure of that class would be for one unit injected into each cell.
    """
    along, front, side = _conductances(grid, medium)
    loss = medium.clearance_per_d * grid.volume_mm3
    source = np.where(grid.volume_mm3 > 0, amount_U, 0.0)
    inverse = 1 / np.where(grid.volume_mm3 > 0, _diagonal(loss, along, front, side), 1.0)
    found, residual = np.zeros_like(source), source.copy()
    ready = inverse * residual
    direction, rest, image = ready.copy(), float((residual * ready).sum()), np.empty_like(source)
    wanted = tolerance * float(np.sqrt((source * source).sum()))
    while float(np.sqrt((residual * residual).sum())) > wanted:
        _apply(direction, loss, along, front, side, image)
        step = rest / float((direction * image).sum())
        found += step * direction
        residual -= step * image
        ready = inverse * residual
        before, rest = rest, float((residual * ready).sum())
        direction = ready + rest / before * direction
    return found


def _conductances(grid: Grid, medium: Medium) -> tuple[Array, Array, Array]:
    across = medium.across_mm2_per_d
    return grid.along * medium.along_mm2_per_d, grid.front * across, grid.side * across


def _diagonal(loss: Array, along: Array, front: Array, side: Array) -> Array:
    total = loss.copy()
    for axis, flow in enumerate((along, front, side)):
        total += flow
        np.moveaxis(total, axis, 0)[1:] += np.moveaxis(flow, axis, 0)[:-1]
    return total


def course(
    grid: Grid, medium: Medium, amount_U: Array, until_d: float, steps: int
) -> Iterator[tuple[float, Array]]:
    """Concentration in U/mm3 at growing times: (day, (z, x, y)), the first at day 0.

    Args:
        grid: the cells.
        medium: diffusivities and clearance.
        amount_U: toxin laid down per cell at day 0.
        until_d: last day.
        steps: number of steps, each longer than the one before.
    """
    along, front, side = _conductances(grid, medium)
    there = grid.volume_mm3 > 0
    held = np.where(there, amount_U / np.where(there, grid.volume_mm3, 1.0), 0.0)
    volume = np.where(there, grid.volume_mm3, 1.0)
    times = until_d * (np.arange(steps + 1) / steps) ** 2
    yield 0.0, held.copy()
    for before, now in pairwise(times):
        step = float(now - before)
        held *= np.exp(-medium.clearance_per_d * step / 2)
        _sweep_side(held, volume, side, step / 2)
        _sweep_front(held, volume, front, step / 2)
        _sweep_along(held, volume, along, step)
        _sweep_front(held, volume, front, step / 2)
        _sweep_side(held, volume, side, step / 2)
        held *= np.exp(-medium.clearance_per_d * step / 2)
        yield float(now), held.copy()


@njit(cache=True, nogil=True)
def _apply(held: Array, loss: Array, along: Array, front: Array, side: Array, out: Array) -> None:
    """Loss and outflow of every cell, amount per day."""
    nz, nx, ny = held.shape
    for i in range(nz):
        for j in range(nx):
            for k in range(ny):
                here = held[i, j, k]
                flow = loss[i, j, k] * here
                if i + 1 < nz:
                    flow += along[i, j, k] * (here - held[i + 1, j, k])
                if i > 0:
                    flow += along[i - 1, j, k] * (here - held[i - 1, j, k])
                if j + 1 < nx:
                    flow += front[i, j, k] * (here - held[i, j + 1, k])
                if j > 0:
                    flow += front[i, j - 1, k] * (here - held[i, j - 1, k])
                if k + 1 < ny:
                    flow += side[i, j, k] * (here - held[i, j, k + 1])
                if k > 0:
                    flow += side[i, j, k - 1] * (here - held[i, j, k - 1])
                out[i, j, k] = flow


@njit(cache=True, nogil=True)
def _line(held: Array, volume: Array, flow: Array, step: float, ratio: Array, right: Array) -> None:
    """One Crank-Nicolson step along a line of cells, in place (Thomas algorithm)."""
    n = held.size
    half = step / 2.0
    for i in range(n):
        up = flow[i] if i + 1 < n else 0.0
        down = flow[i - 1] if i > 0 else 0.0
        explicit = volume[i] * held[i]
        if i + 1 < n:
            explicit += half * up * (held[i + 1] - held[i])
        if i > 0:
            explicit += half * down * (held[i - 1] - held[i])
        pivot = volume[i] + half * (up + down)
        if i > 0:
            pivot -= half * down * ratio[i - 1]
            explicit += half * down * right[i - 1]
        ratio[i] = half * up / pivot
        right[i] = explicit / pivot
    held[n - 1] = right[n - 1]
    for i in range(n - 2, -1, -1):
        held[i] = right[i] + ratio[i] * held[i + 1]


@njit(cache=True, nogil=True)
def _sweep_along(held: Array, volume: Array, flow: Array, step: float) -> None:
    ratio, right = np.empty(held.shape[0]), np.empty(held.shape[0])
    for j in range(held.shape[1]):
        for k in range(held.shape[2]):
            _line(held[:, j, k], volume[:, j, k], flow[:, j, k], step, ratio, right)


@njit(cache=True, nogil=True)
def _sweep_front(held: Array, volume: Array, flow: Array, step: float) -> None:
    ratio, right = np.empty(held.shape[1]), np.empty(held.shape[1])
    for i in range(held.shape[0]):
        for k in range(held.shape[2]):
            _line(held[i, :, k], volume[i, :, k], flow[i, :, k], step, ratio, right)


@njit(cache=True, nogil=True)
def _sweep_side(held: Array, volume: Array, flow: Array, step: float) -> None:
    ratio, right = np.empty(held.shape[2]), np.empty(held.shape[2])
    for i in range(held.shape[0]):
        for j in range(held.shape[1]):
            _line(held[i, j, :], volume[i, j, :], flow[i, j, :], step, ratio, right)
