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
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.knowledge.units import H_PER_D, MM3_PER_ML
from endplate.physiology.spread.bolus import Parameters, variances_mm2
from endplate.physiology.spread.geometry import Geometry
from endplate.physiology.spread.needle import Muscles, Tips

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(2)
_NOTHING = 1e-12
_MOST = 0.9
_TURNS = math.sqrt((2 * math.pi) ** 3)
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
    length = np.ptp(geometry.centre_mm[:, :, 0], axis=1) * scale[:, None]
    person = (scale, shift * length, along, across, p.fascia_transmission)
    mm3 = geometry.volume_mL * MM3_PER_ML
    muscles = (geometry.points_mm, geometry.spread_mm2, geometry.boxes, mm3, geometry.contact)
    rows = (p.clearance_per_d, p.diffusivity_along_mm2_per_d, p.diffusivity_across_mm2_per_d)
    later = _later(along, across, *rows)
    exposure, held = _spread(muscles, geometry.zones_mm, person, aimed, tips.mm, tips.host, later)
    per_site = dose_U / sites
    exposure *= per_site * MM3_PER_ML * H_PER_D
    return Deposit(exposure, held * per_site)


def exposure_at(
    p: Parameters,
    geometry: Geometry,
    scale: float,
    tip: tuple[Array, int],
    dose_U: float,
    volume_mL: float,
    places: tuple[Array, Muscles],
) -> Array:
    """Exposure in U h/mL at any places of a segment after one needle, in the first copy, (places,).

    Args:
        p: spread parameters, fields (draws,).
        geometry: the segment.
        scale: the person's lengths over the reference adult's.
        tip: where the needle's tip lies, person's mm, (3,), and in which muscle.
        dose_U: units of the needle.
        volume_mL: its fluid.
        places: points in person's mm, (places, 3), and the muscle of each; negative where there is none.
    """
    (centre, host), (points, owners) = tip, places
    along, across = (variance[:1] for variance in variances_mm2(p, volume_mL))
    share = np.zeros(len(geometry.volume_mL))
    for m in range(share.size):
        if m == host or geometry.contact[host, m] > 0:
            parts = (geometry.points_mm[m], geometry.spread_mm2[m], geometry.boxes[m], centre, scale)
            found = _share(*parts, float(along[0]), float(across[0]))
            share[m] = found * geometry.volume_mL[m] * MM3_PER_ML * scale**3 / geometry.points_mm.shape[1]
    raised, beside = _divide(share, host, float(p.fascia_transmission[0]))
    factors = np.where(share > 0, beside, 0.0)
    factors[host] = raised
    rows = (p.clearance_per_d, p.diffusivity_along_mm2_per_d, p.diffusivity_across_mm2_per_d)
    later = _later(along, across, *(row[:1] for row in rows))[0]
    away = (points - centre) ** 2
    z, r = away[:, :1] * later[:, 0], (away[:, 1:].sum(axis=1, keepdims=True)) * later[:, 1]
    free = (later[:, 2] * np.exp(-z - r)).sum(axis=1) * dose_U * MM3_PER_ML * H_PER_D
    return np.asarray(np.where(owners >= 0, factors[owners] * free, 0.0))


def _later(along: Array, across: Array, clearance: Array, d_along: Array, d_across: Array) -> Array:
    """Half of one over both variances, and the height in d/mm3, of each Gaussian of the quadrature."""
    wait = 2 * _NODES[:, None] / clearance
    z, r = along + d_along * wait, across + d_across * wait
    height = _WEIGHTS[:, None] / clearance / (_TURNS * np.sqrt(z) * r)
    return np.stack([1 / (2 * z), 1 / (2 * r), height], axis=-1).swapaxes(0, 1)


@njit(cache=True, nogil=True)
def _share(
    points: Array, spread: Array, box: Array, centre: Array, scale: float, along: float, across: float
) -> float:
    """Sum over a muscle's parts of the density (1/mm3) of a Gaussian averaged over each part."""
    s2 = scale * scale
    far_z, far_r = _FAR * (along + s2 * box[2, 0]), _FAR * (across + s2 * max(box[2, 1], box[2, 2]))
    dz = max(0.0, box[0, 0] * scale - centre[0], centre[0] - box[1, 0] * scale)
    dx = max(0.0, box[0, 1] * scale - centre[1], centre[1] - box[1, 1] * scale)
    dy = max(0.0, box[0, 2] * scale - centre[2], centre[2] - box[1, 2] * scale)
    total = 0.0
    if dz * dz > far_z or dx * dx + dy * dy > far_r:
        return total
    for i in range(points.shape[0]):
        dz = points[i, 0] * scale - centre[0]
        if dz * dz > far_z:
            continue
        dx, dy = points[i, 1] * scale - centre[1], points[i, 2] * scale - centre[2]
        if dx * dx + dy * dy > far_r:
            continue
        vz, vx, vy = along + s2 * spread[i, 0], across + s2 * spread[i, 1], across + s2 * spread[i, 2]
        per = 1.0 / (vz * vx * vy)  # one division for all
        exponent = (dz * dz * vx * vy + (dx * dx * vy + dy * dy * vx) * vz) * per / 2.0
        total += math.exp(-exponent) * math.sqrt(per)
    return total / _TURNS


@njit(cache=True, nogil=True, inner=True)
def _feel(
    zone: Array, each: int, centre: Array, scale: float, shift: float, factor: float, later: Array, out: Array
) -> None:
    """Add what the endplates of one muscle get from one needle, in d/mm3."""
    for c in range(0, zone.shape[0], each):
        dz = zone[c, 0] * scale + shift - centre[0]
        dx, dy = zone[c, 1] * scale - centre[1], zone[c, 2] * scale - centre[2]
        total = 0.0
        for n in range(later.shape[0]):
            z, r = dz * dz * later[n, 0], (dx * dx + dy * dy) * later[n, 1]
            if 2.0 * z < _FAR and 2.0 * r < _FAR:
                total += later[n, 2] * math.exp(-z - r)
        out[c] += factor * total


@njit(cache=True, nogil=True)
def _divide(share: Array, host: int, fascia: float) -> tuple[float, float]:
    """From what lies in each muscle to what it keeps; density over a free one in the host and beside it."""
    inside, elsewhere = share[host], 0.0
    for m in range(share.size):
        if m != host:
            elsewhere += share[m] * fascia
    beside = fascia
    if elsewhere > _MOST:  # parts are coarse: never all of it, for the tip lies in the host
        beside, elsewhere = beside * _MOST / elsewhere, _MOST
    for m in range(share.size):
        share[m] *= beside
    if inside > 0.0:
        share[host] = 1.0 - elsewhere
    return (1.0 - elsewhere) / max(inside, _NOTHING), beside


@njit(cache=True, nogil=True)
def _spread(
    muscles: tuple[Array, Array, Array, Array, Array],
    zones: Array,
    person: tuple[Array, Array, Array, Array, Array],
    aimed: Flags,
    centres: Array,
    hosts: Muscles,
    later: Array,
) -> tuple[Array, Array]:
    points, spread, boxes, volume, contact = muscles
    scale, shift, along, across, fascia = person
    draws, count = centres.shape[0], zones.shape[0]
    exposure, held = np.zeros((draws, count, zones.shape[1])), np.zeros((draws, count))
    share = np.zeros(count)
    for d in range(draws):
        size = scale[d] ** 3 / points.shape[1]
        for s in range(centres.shape[1]):
            host, centre = hosts[d, s], centres[d, s]
            for m in range(count):
                share[m] = 0.0
                if m == host or contact[host, m] > 0.0:
                    share[m] = _share(points[m], spread[m], boxes[m], centre, scale[d], along[d], across[d])
                    share[m] *= volume[m] * size
            raised, beside = _divide(share, host, fascia[d])
            for m in range(count):
                held[d, m] += share[m]
                if share[m] > 0.0:
                    factor, each = raised if m == host else beside, 1 if aimed[m] else THINNED
                    _feel(zones[m], each, centre, scale[d], shift[d, m], factor, later[d], exposure[d, m])
    return exposure, held
