r"""The scale layer, fitted first, then frozen: how far raters are off, from what reliability studies print.

A study's raters are off by a typical size t times a factor of the study; a share w of the variance is made
anew at every visit. Legs and children may differ by a factor each:

.. math:: \log t_i = \log t + \delta_{leg} x_i + \delta_{child} c_i + \tau u_i, \qquad
          s_w = t \sqrt{w}, \quad s_b = t \sqrt{1 - w}

Of the people rated a study seldom tells the grades: mean and spread of true grades are integrated out, and so
is u. Prior draws are weighted by the likelihood of all rows (importance sampling).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get
from endplate.knowledge.evidence.reliability import Reliability, load_reliability
from endplate.physiology.scales.agreement import STATISTICS, Population, two_ratings
from endplate.physiology.scales.normal import evenly
from endplate.physiology.scales.rater import categories_of
from endplate.simulation.parameters import quantile, stream

Array = NDArray[np.float64]

HYPER = ("total_sd", "within_share", "leg_ratio", "child_ratio", "study_sd")
_SIZES = np.geomspace(1 / 20, 4, 26)
_SHARES = np.linspace(0, 1, 7)
_MEANS, _SPREADS, _STUDIES = 5, 3, 7
_DIGITS = 3


@dataclass(frozen=True)
class RaterFit:
    """What the rows taught: prior draws of the five numbers, their weights, and every row as predicted.

    Attributes:
        draws: (draws, 5) in the order of ``HYPER``; the ratios are logarithms.
        weights: of the draws, summing to 1, (draws,).
        rows: of each row used: id, printed, error, and mean and standard deviation as the fit predicts it.
    """

    draws: Array
    weights: Array
    rows: list[dict[str, Any]]

    @property
    def effective(self) -> float:
        """Effective number of draws."""
        return float(1 / np.square(self.weights).sum())

    def column(self, name: str) -> Array:
        """The draws of one number, (draws,)."""
        return np.asarray(self.draws[:, HYPER.index(name)])

    def moments(self, values: Array) -> tuple[float, float]:
        """Weighted mean and standard deviation of values, (draws,)."""
        mean = float(self.weights @ values)
        return mean, float(np.sqrt(self.weights @ (values - mean) ** 2))

    def record(self, part: str) -> tuple[float, float]:
        """Median and standard deviation of the logarithm, in the next study.

        Args:
            part: ``within`` or ``between``, the deviation's size at an adult's arm; ``leg`` over arm.
        """
        if part == "leg":
            centre, sd = self.moments(self.column("leg_ratio"))
            return float(np.exp(centre)), sd
        share = self.column("within_share")
        own = share if part == "within" else 1 - share
        logs = np.log(self.column("total_sd")) + np.log(np.maximum(own, np.finfo(float).tiny)) / 2
        centre, sd = self.moments(logs)
        spread, _ = self.moments(self.column("study_sd") ** 2)
        return float(np.exp(centre)), float(np.sqrt(sd**2 + spread))


def used_rows() -> tuple[Reliability, ...]:
    """The rows that the fit reads."""
    return tuple(row for row in load_reliability() if row.used == "yes")


def predicted(row: Reliability, total: float, within_share: float, people: Population) -> float:
    """The statistic of a row for raters and people that are known."""
    categories = categories_of(row.scale)
    between, within = total * np.sqrt(1 - within_share), total * np.sqrt(within_share)
    table = two_ratings(categories, people, between, within, same_rater=row.raters == "intra")
    return STATISTICS[row.statistic](table, categories.codes)


def _drawn(name: str, z: Array) -> Array:
    return quantile(get(f"reliability.{name}"), z)


def populations() -> list[Population]:
    """People of equal weight that a reliability study may have rated."""
    means = _drawn("grade_mean", evenly(_MEANS))
    spreads = _drawn("grade_sd", evenly(_SPREADS))
    return [Population(float(mean), float(spread)) for mean, spread in product(means, spreads)]


def _kind(row: Reliability) -> tuple[str, str, str]:
    """What rows have in common that are predicted alike."""
    return row.scale, row.raters, row.statistic


def _tables(rows: Sequence[Reliability]) -> dict[tuple[str, str, str], Array]:
    """Every kind of statistic on the grid of sizes and shares, (sizes, shares, populations)."""
    found, people = {}, populations()
    for row in rows:
        if _kind(row) not in found:
            shares = _SHARES if row.raters == "intra" else _SHARES[:1]
            grid = [[[predicted(row, t, w, who) for who in people] for w in shares] for t in _SIZES]
            found[_kind(row)] = np.broadcast_to(np.array(grid), (_SIZES.size, _SHARES.size, len(people)))
    return found


def _read(table: Array, log_size: Array, share: Array) -> Array:
    """A table between its points, (draws, populations)."""
    at = np.clip(np.interp(log_size, np.log(_SIZES), np.arange(_SIZES.size)), 0, _SIZES.size - 1 - 1e-9)
    by = np.clip(share * (_SHARES.size - 1), 0, _SHARES.size - 1 - 1e-9)
    i, j = at.astype(int), by.astype(int)
    a, b = (at - i)[:, None], (by - j)[:, None]
    low = table[i, j] * (1 - b) + table[i, j + 1] * b
    return np.asarray(low * (1 - a) + (table[i + 1, j] * (1 - b) + table[i + 1, j + 1] * b) * a)


def _place(row: Reliability) -> tuple[float, float]:
    """How far a row is of legs and of children: 1 or 0, legs half where both or not stated."""
    return {"leg": 1.0, "arm": 0.0}.get(row.limb, 1 / 2), float(row.people == "children")


def _study(
    rows: Sequence[Reliability], tables: dict[tuple[str, str, str], Array], draws: Array
) -> tuple[Array, Array]:
    """Log-likelihood of a study, (draws,), and its rows as predicted after it was read, (draws, rows)."""
    total_sd, share, leg, child, tau = draws.T
    parts, seen = [], []
    for u in evenly(_STUDIES):
        fit, read = np.zeros(()), []
        for row in rows:
            legs, children = _place(row)
            size = np.log(total_sd) + leg * legs + child * children + tau * u
            read.append(_read(tables[_kind(row)], size, share))
            fit = fit - ((read[-1] - row.middle) / row.error) ** 2 / 2
        parts.append(fit)
        seen.append(np.stack(read, axis=-1))
    likely = np.exp(np.concatenate(parts, axis=1))  # (draws, factors x populations)
    total_likely = likely.sum(axis=1)
    told = np.einsum("dp,dpr->dr", likely, np.concatenate(seen, axis=1))
    safe = np.maximum(total_likely, np.finfo(float).tiny)
    return np.log(safe / likely.shape[1]), told / safe[:, None]


def fit_raters(draws: int = 40000, seed: int = 1) -> RaterFit:
    """Fit how far raters are off to every row that is used.

    Args:
        draws: from the prior.
        seed: of the prior draws.
    """
    rows = used_rows()
    scores = stream(seed, "rater fit").standard_normal((draws, len(HYPER)))
    prior = np.stack([_drawn(name, scores[:, k]) for k, name in enumerate(HYPER)], axis=1)
    tables, fit, told = _tables(rows), np.zeros(draws), []
    for _, group in groupby(rows, key=lambda row: row.study):
        found, seen = _study(tuple(group), tables, prior)
        fit += found
        told.append(seen)
    weights = np.exp(fit - fit.max())
    weights /= weights.sum()
    known = RaterFit(prior, weights, [])
    for row, column in zip(rows, np.concatenate(told, axis=1).T, strict=True):
        mean, sd = known.moments(column)
        numbers = {"printed": row.middle, "error": row.error, "predicted": mean, "sd": sd}
        known.rows.append({"id": row.id, **{name: round(x, _DIGITS) for name, x in numbers.items()}})
    return known
