r"""The body pool: toxin that escapes from the muscles, diluted in plasma, and the exposure that it gives.

.. math:: I = \frac{f_e\,N}{V_{pl}\,M}\,\frac{t_s}{\ln 2}

N units injected, :math:`f_e` the share that reaches the blood active, :math:`V_{pl}` plasma volume by body
mass M, :math:`t_s` half-life in serum (ravichandran2006).

Assumptions: endplates far away see plasma's concentration, which is the most they could; what escapes is not
taken from the muscle, being small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.knowledge.units import MIN_PER_H

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """Parameters of the pool in each virtual copy; every field has shape (draws,)."""

    escaped_share: Array = evidence("body.escaped_share")
    serum_half_life_min: Array = evidence("body.serum_half_life")
    plasma_mL_per_kg: Array = evidence("body.plasma_volume")


def exposure_U_h_per_mL(p: Parameters, dose_U: float, mass_kg: Array) -> Array:
    """Exposure of endplates that only the blood reaches, (draws,).

    Args:
        p: parameters of the pool, fields (draws,).
        dose_U: units injected into all muscles in one session.
        mass_kg: body mass, (draws,).
    """
    stays_h = p.serum_half_life_min / MIN_PER_H / math.log(2.0)
    return np.asarray(p.escaped_share * dose_U / (p.plasma_mL_per_kg * mass_kg) * stays_h)
