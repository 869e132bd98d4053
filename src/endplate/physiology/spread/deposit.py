r"""Where the units of each needle go, for many virtual copies: the fast path through weighted points.

A site leaves a Gaussian with the variances of its bolus (:mod:`bolus`). The muscle that holds the needle's
tip (:mod:`needle`) is the host. Of what lies in a neighbour, the share :math:`f` of the fascia stays there
(shaari1991); the rest, and what lies in skin or bone, is held by the host, whose density is raised
accordingly, so that units are conserved. Free toxin then diffuses and is cleared, which widens the Gaussian:

.. math:: I(x) = \frac{N}{k}\int_0^\infty e^{-u}\,G(x;\ \Sigma_0 + 2Du/k)\,du

by Gauss-Laguerre quadrature. Against the voxel solver (:mod:`field`) only the fascia's hold on the later
diffusion is left out, which matters little at millimetres a day; a test holds the difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.physiology.spread.bolus import Parameters, variances_mm2
from endplate.physiology.spread.geometry import Geometry
from endplate.physiology.spread.needle import Muscles, Tips

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(2)
_MM3_PER_ML = 1000.0
_H_PER_D = 24.0
_NOTHING = 1e-12
_MOST = 0.9
_FAR = 25.0  # squared standard deviations beyond which a Gaussian counts as nothing
THINNED = 8  # of a muscle that was not aimed at, every eighth endplate is followed


@dataclass(frozen=True)
class Deposit:
    """What one injection left: exposure U h/mL (draws, muscles, classes) and units held (draws, muscles)."""

    exposure_U_h_per_mL: Array
    held_U: Array


def deposit(
    p: Parameters,
    geometry: Geometry,
    scale: Array,
    shift: Array,
    aimed: Flags,
    tips: Tips,
    dose_U: float,
    volume_mL: float,
) -> Deposit:
    """Exposure of every endplate class of every muscle of a segment after one injection.

    Args:
        p: spread parameters, fields (draws,).
        geometry: the segment.
        scale: a person's lengths over the reference adult's, (draws,).
        shift: where the endplate zones lie beyond the table's, share of the belly, (draws, muscles).
        aimed: whether a muscle is aimed at by any injection, (muscles,); of the others only every eighth
            endplate is followed and the rest stay 0.
        tips: where each needle's tip lies and in which muscle.
        dose_U: units of the injection, divided equally among its sites.
        volume_mL: fluid of the injection, likewise.
    """
    sites = tips.mm.shape[1]
    along, across = variances_mm2(p, volume_mL / sites)
    exposure, held = _spread(
        geometry.points_mm,
        geometry.spread_mm2,
        geometry.volume_mL * _MM3_PER_ML,
        geometry.zones_mm,
        geometry.contact,
        scale,
        shift * np.ptp(geometry.centre_mm[:, :, 0], axis=1) * scale[:, None],
        aimed,
        tips.mm,
        tips.host,
        along,
        across,
        p.diffusivity_along_mm2_per_d,
        p.diffusivity_across_mm2_per_d,
        p.clearance_per_d,
        p.fascia_transmission,
        _NODES,
        _WEIGHTS,
    )
    per_site = dose_U / sites
    return Deposit(exposure * per_site * _MM3_PER_ML * _H_PER_D, held * per_site)


@njit(cache=True, nogil=True)
def _gauss(dz: float, dx: float, dy: float, vz: float, vx: float, vy: float) -> float:
    """Density (1/mm3) of a Gaussian with these variances at this distance from its middle."""
    exponent = (dz * dz / vz + dx * dx / vx + dy * dy / vy) / 2.0
    return math.exp(-exponent) / math.sqrt((2.0 * math.pi) ** 3 * vz * vx * vy)


@njit(cache=True, nogil=True)
def _share(points: Array, spread: Array, centre: Array, scale: float, along: float, across: float) -> float:
    """Sum over a muscle's parts of the density of a Gaussian averaged over each part."""
    total, s2 = 0.0, scale * scale
    far_z, far_r = _FAR * (along + s2 * spread[:, 0].max()), _FAR * (across + s2 * spread[:, 1:].max())
    for i in range(points.shape[0]):
        dz = points[i, 0] * scale - centre[0]
        if dz * dz > far_z:
            continue
        dx, dy = points[i, 1] * scale - centre[1], points[i, 2] * scale - centre[2]
        if dx * dx + dy * dy > far_r:
            continue
        vz, vx, vy = along + s2 * spread[i, 0], across + s2 * spread[i, 1], across + s2 * spread[i, 2]
        total += _gauss(dz, dx, dy, vz, vx, vy)
    return total


@njit(cache=True, nogil=True)
def _spread(
    points: Array,
    spread: Array,
    volume: Array,
    zones: Array,
    contact: Array,
    scale: Array,
    shift: Array,
    aimed: Flags,
    centres: Array,
    hosts: Muscles,
    along: Array,
    across: Array,
    d_along: Array,
    d_across: Array,
    clearance: Array,
    fascia: Array,
    nodes: Array,
    weights: Array,
) -> tuple[Array, Array]:
    draws, sites = centres.shape[0], centres.shape[1]
    muscles, classes = zones.shape[0], zones.shape[1]
    exposure, held = np.zeros((draws, muscles, classes)), np.zeros((draws, muscles))
    share = np.zeros(muscles)
    for d in range(draws):
        size = scale[d] ** 3 / points.shape[1]
        wait = 2.0 * nodes / clearance[d]
        for s in range(sites):
            host = hosts[d, s]
            elsewhere = 0.0
            for m in range(muscles):
                share[m] = 0.0
                if m != host and contact[host, m] == 0.0:
                    continue
                share[m] = _share(points[m], spread[m], centres[d, s], scale[d], along[d], across[d])
                share[m] *= volume[m] * size
                if m != host:
                    share[m] *= fascia[d]
                    elsewhere += share[m]
            beside = fascia[d]
            if elsewhere > _MOST:  # parts are coarse: never all of it, for the tip lies in the host
                for m in range(muscles):
                    if m != host:
                        share[m] *= _MOST / elsewhere
                beside, elsewhere = beside * _MOST / elsewhere, _MOST
            raised = (1.0 - elsewhere) / max(share[host], _NOTHING)
            for m in range(muscles):
                if share[m] == 0.0:
                    continue
                factor = raised if m == host else beside
                held[d, m] += 1.0 - elsewhere if m == host else share[m]
                for c in range(0, classes, 1 if aimed[m] else THINNED):
                    dz = zones[m, c, 0] * scale[d] + shift[d, m] - centres[d, s, 0]
                    dx = zones[m, c, 1] * scale[d] - centres[d, s, 1]
                    dy = zones[m, c, 2] * scale[d] - centres[d, s, 2]
                    total = 0.0
                    for n in range(nodes.size):
                        vz, vr = along[d] + d_along[d] * wait[n], across[d] + d_across[d] * wait[n]
                        if dz * dz < _FAR * vz and dx * dx + dy * dy < _FAR * vr:
                            total += weights[n] * _gauss(dz, dx, dy, vz, vr, vr)
                    exposure[d, m, c] += factor * total / clearance[d]
    return exposure, held
