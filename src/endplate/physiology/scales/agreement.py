r"""How well two ratings of the same people agree, in the model: what reliability studies print.

The table of two ratings holds the probability of every pair of categories, over a population of true grades:

.. math:: P_{kl} = \int p(g) \, P_k(g) \, P_l(g) \, dg

with the rater's own deviation integrated with g where the same rater rates twice. Both ratings have the same
margins, so ICC(2,1) is their covariance over their variance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.scales.normal import evenly
from endplate.physiology.scales.rater import Categories, probabilities, within_scale

Array = NDArray[np.float64]

_PEOPLE, _RATERS = 61, 15


@dataclass(frozen=True)
class Population:
    """People of a reliability study: normal true grades, held within the scale."""

    mean_grade: float
    sd_grade: float

    def true_grades(self) -> Array:
        """True grades of equal weight, (people,)."""
        return within_scale(self.mean_grade + self.sd_grade * evenly(_PEOPLE))


def two_ratings(
    categories: Categories, people: Population, between_sd: float, within_sd: float, *, same_rater: bool
) -> Array:
    """Probability of every pair of categories, (categories, categories).

    Args:
        categories: of the scale.
        people: who is rated.
        between_sd: standard deviation that a rater keeps with a person, grade.
        within_sd: that of one visit, grade.
        same_rater: the same rater twice, else two raters.
    """
    grades = people.true_grades()
    if not same_rater:
        likely = probabilities(categories, grades, np.array(np.hypot(between_sd, within_sd)))
    else:
        seen = grades[:, None] + between_sd * evenly(_RATERS)
        likely = probabilities(categories, seen.ravel(), np.array(within_sd))
    return np.asarray(likely.T @ likely / len(likely))


def agreement(table: Array) -> float:
    """Share of people given the same category twice."""
    return float(np.trace(table))


def _kappa(table: Array, disagreement: Array) -> float:
    margin = table.sum(axis=1)
    by_chance = float((np.outer(margin, margin) * disagreement).sum())
    return 1 - float((table * disagreement).sum()) / by_chance if by_chance else 1.0


def _apart(table: Array) -> Array:
    places = np.arange(len(table), dtype=np.float64)
    return np.abs(places[:, None] - places)


def kappa(table: Array) -> float:
    """Cohen's kappa."""
    return _kappa(table, (_apart(table) > 0).astype(np.float64))


def kappa_linear(table: Array) -> float:
    """Kappa weighted by how many categories apart."""
    return _kappa(table, _apart(table))


def kappa_quadratic(table: Array) -> float:
    """Kappa weighted by the square of that."""
    return _kappa(table, _apart(table) ** 2)


def kappa_weighted(table: Array) -> float:
    """Weighted kappa where a study does not say which: between the linear and the quadratic one."""
    return (kappa_linear(table) + kappa_quadratic(table)) / 2


def icc(table: Array, codes: Array) -> float:
    """Intraclass correlation ICC(2,1) of the coded grades."""
    margin = table.sum(axis=1)
    centred = codes - margin @ codes
    spread = float(margin @ centred**2)
    return float(centred @ table @ centred) / spread if spread else 1.0


def spearman(table: Array) -> float:
    """Spearman's correlation of ranks, ties at their middle."""
    margin = table.sum(axis=1)
    return icc(table, np.cumsum(margin) - margin / 2)


def tau_b(table: Array) -> float:
    """Kendall's tau-b."""
    sums = table.cumsum(axis=0).cumsum(axis=1)
    lower = np.zeros_like(table)
    lower[1:, 1:] = sums[:-1, :-1]
    more_less = np.zeros_like(table)  # one rating higher, the other lower
    more_less[1:, :-1] = (sums[:-1, -1:] - sums[:-1, :])[:, :-1]
    margin = table.sum(axis=1)
    untied = 1 - float(margin @ margin)
    return 2 * float((table * (lower - more_less)).sum()) / untied if untied else 1.0


STATISTICS: dict[str, Callable[[Array, Array], float]] = {
    "agreement": lambda table, _: agreement(table),
    "kappa": lambda table, _: kappa(table),
    "kappa_linear": lambda table, _: kappa_linear(table),
    "kappa_quadratic": lambda table, _: kappa_quadratic(table),
    "kappa_weighted": lambda table, _: kappa_weighted(table),
    "icc": icc,
    "spearman": lambda table, _: spearman(table),
    "tau_b": lambda table, _: tau_b(table),
}
"""What reliability studies print, of a table of two ratings and the codes of its categories."""
