r"""Weakness that a person complains of: a hazard on the strength that a movement lost beyond what is spared.

.. math:: L_k = \sum_m c_{km} (1 - F_m), \qquad x = \max_k \frac{\max(0, L_k - s)}{1 - s}

.. math:: h = \kappa\,e^{\tau z}\,x, \qquad P = 1 - (1 - b)\,e^{-h}

:math:`F_m` least force of a muscle over the untreated one, injected or reached from a neighbour,
:math:`c_{km}` its share of what the muscles of movement k can pull, s the loss that nobody misses, b how
often the event is reported on placebo, z the study's own.

Assumptions: muscles share a movement by their cross-section; the movement that lost most counts, of several
limbs the worst, for trials tell the dose of one limb. What the blood carries to remote muscles is left out:
generalised weakness is never given a probability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WeaknessParameters:
    """Parameters in each virtual copy; every field has shape (draws,)."""

    hazard: Array = evidence("adverse.weakness_hazard")
    spare: Array = evidence("adverse.weakness_spare")
    study_score: Array = evidence("adverse.weakness_study")
    study_sd: Array = evidence("adverse.weakness_study_sd")


def missed(force: Array, shares: Array, spare: Array) -> Array:
    """Strength missed in the movement that lost most, from 0 to 1, (draws,).

    Args:
        force: least force over the untreated muscle's, (draws, muscles).
        shares: each muscle's share of a movement's strength, (movements, muscles).
        spare: loss of a movement's strength that nobody misses, (draws,).
    """
    lost = ((1 - force) @ shares.T).max(axis=1)
    return np.asarray(np.maximum(lost - spare, 0) / (1 - spare))


def weakness_hazard(p: WeaknessParameters) -> Array:
    """Expected complaints of weakness if a movement lost all its strength, in this study, (draws,)."""
    return np.asarray(p.hazard * np.exp(p.study_sd * p.study_score))


def with_background(background: Array, hazard: Array) -> Array:
    """Probability of at least one complaint, from the drug or as on placebo, same shape."""
    return np.asarray(1 - (1 - background) * np.exp(-hazard))
