r"""The bolus of one needle in its first minutes, and the parameters of spread.

Fluid opens an ellipsoid along the fibres: its length hardly grows with the volume (:math:`V^{0.1}`), its
thickness takes the rest (elwischger2014: 1 and 2 mL in biceps, healthy and spastic). An ellipsoid of
semi-axis :math:`a` has the variance :math:`a^2/5` along that axis, which is what is handed on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.knowledge.units import H_PER_D, MM3_PER_ML, MM_PER_CM

Array = NDArray[np.float64]

_SHARE = 5.0  # semi-axis squared over variance of a uniform ellipsoid


@dataclass(frozen=True)
class Parameters:
    """Spread parameters of each virtual copy; every field has shape (draws,)."""

    bolus_length_cm: Array = evidence("spread.bolus_length")
    bolus_length_exponent: Array = evidence("spread.bolus_length_exponent")
    bolus_fluid_share: Array = evidence("spread.bolus_fluid_share")
    bolus_margin_cm: Array = evidence("spread.bolus_margin")
    diffusivity_along_mm2_per_d: Array = evidence("spread.diffusivity_along")
    diffusivity_across_mm2_per_d: Array = evidence("spread.diffusivity_across")
    clearance_half_life_h: Array = evidence("spread.clearance_half_life")
    fascia_transmission: Array = evidence("spread.fascia_transmission")
    site_spacing_mm: Array = evidence("spread.site_spacing")

    @property
    def clearance_per_d(self) -> Array:
        """First-order loss of free toxin from the muscle, 1/d."""
        return self.clearance_per_h * H_PER_D

    @property
    def clearance_per_h(self) -> Array:
        """First-order loss of free toxin from the muscle, 1/h."""
        return np.asarray(np.log(2.0) / self.clearance_half_life_h)


def variances_mm2(p: Parameters, site_volume_mL: float) -> tuple[Array, Array]:
    """Initial variance of the bolus along and across the fibres, mm2, each (draws,)."""
    one_mL = p.bolus_length_cm * MM_PER_CM / 2
    half_length = one_mL * site_volume_mL**p.bolus_length_exponent
    swollen = p.bolus_fluid_share * MM3_PER_ML * site_volume_mL ** (1 - p.bolus_length_exponent)
    half_width = np.sqrt(swollen * 3 / (np.pi * 2 * 2 * one_mL))
    margin = p.bolus_margin_cm * MM_PER_CM
    return (half_length + margin) ** 2 / _SHARE, (half_width + margin) ** 2 / _SHARE


def semi_axis_cm(variance_mm2: Array) -> Array:
    """The semi-axis of an ellipsoid with this variance, cm, (draws,)."""
    return np.asarray(np.sqrt(_SHARE * variance_mm2) / MM_PER_CM)
