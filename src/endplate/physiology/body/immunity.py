r"""Antibodies and secondary failure: how likely a session makes them, and what uptake they leave.

.. math:: h = h_0 \left(\frac{P}{P_0}\right)^{a_P} \left(\frac{D_0}{D}\right)^{a_D}, \qquad
          u = \frac{1}{(1 + A)(1 + F)}

P is the toxin of a session (units times what a unit of the product weighs), D the time since the session
before; the first session has none and stands at the reference. Once a person has antibodies they stay, with
the person's own titre A, and divide uptake from the next session on; the failure without antibodies, with a
hazard of its own by time, does the same with F. Each person has antibodies when the sum of the hazards
passes a number of their own, exponentially distributed: a larger hazard never makes them later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence, value

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Immunity:
    """How people come to have antibodies or fail without; every field has shape (draws,)."""

    hazard: Array = evidence("immune.hazard")
    load_reference_ng: Array = evidence("immune.load_reference")
    load_exponent: Array = evidence("immune.load_exponent")
    interval_reference_wk: Array = evidence("immune.interval_reference")
    interval_exponent: Array = evidence("immune.interval_exponent")
    titre: Array = evidence("immune.titre")
    failure_hazard_per_y: Array = evidence("immune.failure_hazard")
    failure_size: Array = evidence("immune.failure_size")


def load_ng(product: str, dose_U: float) -> float:
    """Toxin in units of a product, without complexing proteins."""
    return dose_U * value(f"immune.protein_per_unit.{product}")


def session_hazard(p: Immunity, toxin_ng: Array, since_wk: Array) -> Array:
    """Hazard of antibodies of one session, (draws,).

    Args:
        p: parameters, fields (draws,).
        toxin_ng: toxin injected, (draws,).
        since_wk: weeks since the session before, (draws,); NaN for a first session.
    """
    apart = np.where(np.isnan(since_wk), p.interval_reference_wk, since_wk)
    loaded = (toxin_ng / p.load_reference_ng) ** p.load_exponent
    return np.asarray(p.hazard * loaded * (p.interval_reference_wk / apart) ** p.interval_exponent)


def uptake_left(p: Immunity, antibodies: NDArray[np.bool_], failed: NDArray[np.bool_]) -> Array:
    """Uptake over that without antibodies or failure, for who has which, (draws,)."""
    return np.asarray(1 / ((1 + p.titre * antibodies) * (1 + p.failure_size * failed)))
