r"""Hazard of antibodies, fitted first, then frozen: to how often people who were treated had them.

A study's hazard of a session lies about the typical one: the logarithm is off by tau times u, which follows
Student's t as the effects of all studies do. After N sessions the share with antibodies is

.. math:: 1 - \exp\left(-N\,h_0\,e^{\tau u} (P/P_0)^{a_P} (D_0/D)^{a_D}\right)

What a study does not tell is integrated out: its own u, and between the ends of its row the toxin P of a
session and the number N of sessions. Prior draws are weighted by the likelihood of all rows (importance
sampling). Rows are kept apart that are no count of people with spasticity, or whose numbers were not kept;
they are predicted with the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from endplate.knowledge.evidence import get, value
from endplate.knowledge.evidence.antibodies import AntibodyRow, load_antibodies
from endplate.simulation.parameters import quantile, stream

Array = NDArray[np.float64]

HYPER = ("hazard", "load_exponent", "study_sd")
_STUDIES, _LOADS, _SESSIONS = 41, 3, 5
_DIGITS = 4


@dataclass(frozen=True)
class AntibodyFit:
    """What the rows taught: prior draws, their weights, and every row as predicted.

    Attributes:
        draws: (draws, 3) in the order of ``HYPER``.
        weights: of the draws, summing to 1, (draws,).
        rows: of each row: id, role, share printed, and the share of such a group before it was read: median,
            10 and 90 % point of the next study.
    """

    draws: Array
    weights: Array
    rows: list[dict[str, Any]]

    @property
    def effective(self) -> float:
        """Effective number of draws."""
        return float(1 / np.square(self.weights).sum())

    def record(self, name: str) -> tuple[float, float]:
        """Median and standard deviation of the logarithm; of the hazard, in the next study."""
        logs = np.log(self.draws[:, HYPER.index(name)])
        mean = float(self.weights @ logs)
        variance = float(self.weights @ (logs - mean) ** 2)
        if name == "hazard":
            variance += float(self.weights @ self.draws[:, HYPER.index("study_sd")] ** 2)
        return float(np.exp(mean)), float(np.sqrt(variance))


def exposure(row: AntibodyRow, load_exponent: Array) -> Array:
    """Sessions that a group may have had, in those at the reference load and interval, (draws, ways)."""
    shares = np.linspace(0, 1, _LOADS)
    load = row.load_low_ng ** (1 - shares) * row.load_high_ng**shares
    shares = np.linspace(0, 1, _SESSIONS)
    sessions = row.sessions_low ** (1 - shares) * row.sessions_high**shares
    relative = (load / value("immune.load_reference"))[None] ** load_exponent[:, None]
    apart = value("immune.interval_reference") / row.interval_wk
    sooner = apart ** value("immune.interval_exponent")
    return np.asarray(sooner * (relative[:, :, None] * sessions).reshape(len(load_exponent), -1))


def fit_antibodies(draws: int = 20000, seed: int = 1) -> AntibodyFit:
    """Fit the hazard of antibodies to every row of role calibration.

    Args:
        draws: from the prior.
        seed: of the prior draws and of what is predicted.
    """
    scores = stream(seed, "antibody fit").standard_normal((draws, len(HYPER)))
    prior = np.stack([quantile(get(f"immune.prior_{h}"), scores[:, k]) for k, h in enumerate(HYPER)], axis=1)
    fit, rows = np.zeros(draws), load_antibodies()
    for _, group in groupby((row for row in rows if row.role == "calibration"), key=lambda row: row.study):
        fit += _likely(tuple(group), prior)
    weights = np.exp(fit - fit.max())
    weights /= weights.sum()
    known = AntibodyFit(prior, weights, [])
    known.rows.extend(_predicted(row, known, seed) for row in rows)
    return known


def _likely(rows: tuple[AntibodyRow, ...], prior: Array) -> Array:
    """Log-likelihood of a study, its own effect integrated out, (draws,)."""
    hazard, exponent, tau = prior.T
    parts = []
    for u in student.ppf((np.arange(_STUDIES) + 1 / 2) / _STUDIES, value("studies.tail_freedom")):
        own = hazard * np.exp(tau * u)
        each = [_row_likely(row, own[:, None] * exposure(row, exponent)) for row in rows]
        parts.append(np.sum(each, axis=0))
    return np.asarray(np.logaddexp.reduce(parts, axis=0) - np.log(_STUDIES))


def _row_likely(row: AntibodyRow, summed: Array) -> Array:
    """Log-likelihood of a count, up to a constant, over what the group may have had, (draws,)."""
    if row.n is None or row.positive is None:
        raise ValueError(f"{row.id} is to be fitted and holds no count")
    tiny = np.finfo(float).tiny
    each = row.positive * np.log(np.maximum(-np.expm1(-summed), tiny)) - (row.n - row.positive) * summed
    return np.asarray(np.logaddexp.reduce(each, axis=1) - np.log(each.shape[1]))


def _predicted(row: AntibodyRow, fit: AntibodyFit, seed: int) -> dict[str, Any]:
    """A row beside the share that the fit gives the next group like it."""
    rng = stream(seed, f"antibody row {row.id}")
    drawn = fit.draws[rng.choice(len(fit.draws), len(fit.draws), p=fit.weights)]
    hazard, exponent, tau = drawn.T
    ways = exposure(row, exponent)
    way = ways[np.arange(len(ways)), rng.integers(ways.shape[1], size=len(ways))]
    share = -np.expm1(-hazard * np.exp(tau * rng.standard_t(value("studies.tail_freedom"), len(ways))) * way)
    low, middle, high = (round(float(x), _DIGITS) for x in np.quantile(share, [1 / 10, 1 / 2, 9 / 10]))
    return {"id": row.id, "role": row.role, "printed": row.share, "p10": low, "p50": middle, "p90": high}
