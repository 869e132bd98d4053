r"""Anisotropic Gaussian bolus that diffuses and is cleared, read at the endplates of one muscle.

The belly is a cylinder of length :math:`L` and radius :math:`R` with :math:`V = \pi R^2 L` and
:math:`L = s\,2R`. A site leaves an ellipsoid along the fibres, whose per-axis variance is the
semi-axis squared over five. Toxin then diffuses and is cleared at rate :math:`k_{cl}`:

.. math:: I(x) = \frac{N}{k_{cl}} \int_0^\infty e^{-u}\, G\!\left(x;\, \Sigma_0 + 2 D u / k_{cl}\right) du

solved by Gauss-Laguerre quadrature. Mass outside the belly's circle (a non-central chi-square tail for a
site off its axis) is transmitted by the fascia in the fraction :math:`f` (shaari1991); the rest is held
and spread over the cross-section. The tendinous ends reflect. States: exposure in U h/mL.
Assumptions: bolus of elwischger2014, diffusivity derived.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chndtr

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(4)
_MM_PER_CM = 10.0
_H_PER_D = 24.0
_MM3_PER_ML = 1000.0


@dataclass(frozen=True)
class Parameters:
    """Spread parameters of each virtual copy; every field has shape (draws,)."""

    slenderness: Array = evidence("spread.belly_slenderness")
    bolus_length_cm: Array = evidence("spread.bolus_length")
    bolus_length_exponent: Array = evidence("spread.bolus_length_exponent")
    bolus_fluid_share: Array = evidence("spread.bolus_fluid_share")
    bolus_margin_cm: Array = evidence("spread.bolus_margin")
    diffusivity_along_mm2_per_d: Array = evidence("spread.diffusivity_along")
    diffusivity_across_mm2_per_d: Array = evidence("spread.diffusivity_across")
    clearance_half_life_h: Array = evidence("spread.clearance_half_life")
    fascia_transmission: Array = evidence("spread.fascia_transmission")
    site_spacing_mm: Array = evidence("spread.site_spacing")
    needle_error_along_mm: Array = evidence("spread.needle_error_along")

    @property
    def clearance_per_h(self) -> Array:
        """First-order loss of free toxin from the muscle, 1/h."""
        return np.asarray(np.log(2.0) / self.clearance_half_life_h)


@dataclass(frozen=True)
class Belly:
    """One muscle belly: volume in mL per draw, endplate zone as fractions of the belly from proximal."""

    volume_mL: Array
    zone_low: Array
    zone_high: Array


@dataclass(frozen=True)
class Spread:
    """Exposure in U h/mL at the endplate classes (draws, classes); units that left the muscle (draws,)."""

    exposure_U_h_per_mL: Array
    escaped_U: Array


def _endplate_points(classes: int) -> tuple[Array, Array, Array]:
    """Low-discrepancy points of a unit cylinder: position along, x and y across, each (classes,)."""
    index = np.arange(classes) + 1 / 2
    along = index / classes
    radius = np.sqrt((index * (np.sqrt(5.0) - 1) / 2) % 1)
    angle = 2 * np.pi * ((index * np.sqrt(2.0)) % 1)
    return along, radius * np.cos(angle), radius * np.sin(angle)


def _site_offsets(sites: int) -> tuple[Array, Array, Array]:
    """Sites of one injection: spread along the belly and round its axis, in units of spacing and radius."""
    index = np.arange(sites)
    along = index - (sites - 1) / 2
    radius = 1 / 2 if sites > 1 else 0
    angle = 2 * np.pi * index / sites
    return np.asarray(along), np.asarray(radius * np.cos(angle)), np.asarray(radius * np.sin(angle))


def _variances(p: Parameters, site_volume_mL: float) -> tuple[Array, Array]:
    """Initial variance of the bolus along and across the fibres, mm2, each (draws,)."""
    one_mL = p.bolus_length_cm * _MM_PER_CM / 2
    half_length = one_mL * site_volume_mL**p.bolus_length_exponent
    swollen = p.bolus_fluid_share * _MM3_PER_ML * site_volume_mL ** (1 - p.bolus_length_exponent)
    half_width = np.sqrt(swollen * 3 / (np.pi * 2 * 2 * one_mL))
    margin = p.bolus_margin_cm * _MM_PER_CM
    return (half_length + margin) ** 2 / 5, (half_width + margin) ** 2 / 5


def spread(
    p: Parameters,
    belly: Belly,
    dose_U: float,
    sites: int,
    volume_mL: float,
    at_fraction: float | None,
    placement: Array,
    classes: int,
) -> Spread:
    """Exposure at every endplate class after one injection of ``dose_U`` over ``sites``.

    Args:
        p: spread parameters, fields (draws,).
        belly: the muscle injected, fields (draws,).
        dose_U: total units of this injection, one product.
        sites: number of needle placements.
        volume_mL: total volume of this injection.
        at_fraction: aimed position along the belly; None aims at the middle of the endplate zone.
        placement: standard normal needle errors, (draws, sites).
        classes: number of endplate classes.
    """
    radius = np.cbrt(belly.volume_mL * _MM3_PER_ML / (2 * np.pi * p.slenderness))
    length = 2 * radius * p.slenderness
    var_along, var_across = _variances(p, volume_mL / sites)
    aim = (belly.zone_low + belly.zone_high) / 2 if at_fraction is None else np.full_like(radius, at_fraction)
    spacing = np.minimum(p.site_spacing_mm, length / (sites + 1))
    step, offset_x, offset_y = _site_offsets(sites)
    centre = (
        aim[:, None] * length[:, None]
        + step * spacing[:, None]
        + placement * p.needle_error_along_mm[:, None]
    )
    centre = np.clip(centre, 0, length[:, None])
    along, x, y = _endplate_points(classes)
    zone = belly.zone_low[:, None] + along * (belly.zone_high - belly.zone_low)[:, None]
    shape = (radius.size, classes)
    total, lost = np.zeros(shape), np.zeros(radius.size)
    for site in range(sites):
        distance2 = radius[:, None] ** 2 * ((x - offset_x[site]) ** 2 + (y - offset_y[site]) ** 2)
        off_axis2 = radius**2 * (offset_x[site] ** 2 + offset_y[site] ** 2)
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            time_d = node / p.clearance_per_h / _H_PER_D
            s_along = (var_along + 2 * p.diffusivity_along_mm2_per_d * time_d)[:, None]
            s_across = (var_across + 2 * p.diffusivity_across_mm2_per_d * time_d)[:, None]
            outside = 1 - chndtr(radius**2 / s_across[:, 0], 2, off_axis2 / s_across[:, 0])
            axial = _reflected(zone * length[:, None], centre[:, site : site + 1], length[:, None], s_along)
            inside = np.exp(-distance2 / (2 * s_across)) / (2 * np.pi * s_across)
            held = (outside * (1 - p.fascia_transmission) / (np.pi * radius**2))[:, None]
            total += weight * axial * (inside + held)
            lost += weight * outside * p.fascia_transmission
    per_site = dose_U / sites
    exposure = per_site * total * _MM3_PER_ML / p.clearance_per_h[:, None]
    return Spread(exposure, per_site * lost)


def _reflected(z: Array, centre: Array, length: Array, variance: Array) -> Array:
    """Gaussian along the belly with one mirror image behind each tendinous end, 1/mm."""
    density = sum(
        np.exp(-((z - image) ** 2) / (2 * variance)) for image in (centre, -centre, 2 * length - centre)
    )
    return np.asarray(density / np.sqrt(2 * np.pi * variance))
