r"""An emulator of the studies: second-degree polynomials in the scores that matter.

Every outcome, as carried, is a sparse polynomial (lasso, its penalty by the Bayesian information criterion)
of the active shared scores and of the study's own effects; what is left is the chance of a group of that
size, with its covariance between the outcomes of a study (Ledoit and Wolf). The likelihood of a study
integrates its own effects over a quasi-random set of nodes, with a Student t of few degrees of freedom, so
that one outcome which the mechanism cannot reach does not pull the rest:

.. math:: p(y_s \mid \theta) = \tfrac1K \sum_k t_\nu\bigl(y_s;\, f_s(\theta, \eta_k),\, \Sigma_s\bigr)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp
from scipy.stats import norm, qmc
from sklearn.covariance import LedoitWolf
from sklearn.linear_model import LassoLarsIC

from endplate.questions.calibrating.training import StudyRuns, Training

Array = NDArray[np.float64]

FREEDOM = 5.0
_NODES_LOG2 = 7
_STEPS = 250
_FLOOR = 1e-6


@dataclass(frozen=True)
class StudyEmulator:
    """One study: coefficients (features, outcomes), inverse covariance, and how well runs are met."""

    study: str
    observed: Array
    coefficients: Array
    precision: Array
    log_scale: float
    explained: Array


@dataclass(frozen=True)
class Emulator:
    """All studies in the active scores ``ids``; ``effects`` study effects each."""

    ids: tuple[str, ...]
    centre: Array
    spread: Array
    effects: int
    studies: tuple[StudyEmulator, ...]

    def terms(self, scores: Array, effects: Array) -> Array:
        """Features of scores (points, ids), as they lay in training, and study effects (points, effects)."""
        return features(np.hstack([(scores - self.centre) / self.spread, effects]))

    def log_likelihood(self, scores: Array) -> Array:
        """Log-likelihood of every study at joint scores (points, ids), (points, studies)."""
        nodes = norm.ppf(qmc.Sobol(self.effects, scramble=True, rng=0).random_base2(_NODES_LOG2))
        at = (scores - self.centre) / self.spread
        shared, own = features(at), features(nodes)[:, 1:]
        where = _Parts(len(self.ids), self.effects)
        columns = []
        for one in self.studies:
            alone = shared @ one.coefficients[where.shared]
            slope = np.einsum("pi,ieo->peo", at, one.coefficients[where.crossed])
            moved = np.einsum("ne,peo->pno", nodes, slope) + own @ one.coefficients[where.own]
            density = _log_t(one, alone[:, None] + moved)
            columns.append(logsumexp(density, axis=1) - np.log(len(nodes)))
        return np.stack(columns, axis=1)

    def sensitivity(self, scores: Array, step: float = 0.05) -> Array:
        """Information of every study on every score at a point, Fisher's, (studies, ids)."""
        size = len(self.ids)
        centre = np.concatenate([scores, np.zeros(self.effects)])
        moves = np.eye(centre.size) * step
        up, down = (self.terms(at[:, :size], at[:, size:]) for at in (centre + moves, centre - moves))
        rows = []
        for one in self.studies:
            slope = (up - down) @ one.coefficients / (2 * step)
            own, shared = slope[size:], slope[:size]
            noise = np.linalg.inv(np.linalg.inv(one.precision) + own.T @ own)
            rows.append(np.einsum("io,op,ip->i", shared, noise, shared))
        return np.stack(rows)


class _Parts:
    """Rows of the coefficients that belong to shared scores alone, to study effects alone, and to both."""

    def __init__(self, shared: int, effects: int) -> None:
        size = shared + effects
        first, second = np.triu_indices(size)
        product = 1 + size + np.arange(first.size)
        alone = np.concatenate([[0], 1 + np.arange(shared)])
        self.shared = np.concatenate([alone, product[second < shared]])
        self.own = np.concatenate([1 + shared + np.arange(effects), product[first >= shared]])
        self.crossed = product[(first < shared) & (second >= shared)].reshape(shared, effects)


def features(scores: Array) -> Array:
    """One, the scores and their products two by two, (points, features)."""
    first, second = np.triu_indices(scores.shape[1])
    return np.hstack([np.ones((len(scores), 1)), scores, scores[:, first] * scores[:, second]])


def _log_t(one: StudyEmulator, predicted: Array) -> Array:
    """Student's t density of the observed outcomes, logarithm: (..., outcomes) -> (...)."""
    off = one.observed - predicted
    size = one.observed.size
    distance = ((off @ one.precision) * off).sum(axis=-1)
    constant = gammaln((FREEDOM + size) / 2) - gammaln(FREEDOM / 2) - size / 2 * np.log(FREEDOM * np.pi)
    return np.asarray(constant - one.log_scale - (FREEDOM + size) / 2 * np.log1p(distance / FREEDOM))


def _lasso(inputs: Array, target: Array) -> tuple[Array, float]:
    """Coefficients (inputs,) without the intercept, then the intercept; inputs on their own scale."""
    scale = inputs.std(axis=0) + _FLOOR
    centre = inputs.mean(axis=0)
    fit = LassoLarsIC(criterion="bic", max_iter=_STEPS).fit((inputs - centre) / scale, target)
    slopes = fit.coef_ / scale
    return slopes, float(fit.intercept_ - slopes @ centre)


def active_ids(training: Training, most: int) -> tuple[str, ...]:
    """The shared records that move any outcome most, by the share of variance they explain alone."""
    joint = np.hstack([training.scores, training.scores**2 - 1])
    count = len(training.ids)
    weight = np.zeros(count)
    for runs in training.studies:
        for target in runs.predicted.T:
            spread = target.std() + _FLOOR
            slopes, _ = _lasso(joint, (target - target.mean()) / spread)
            share = (slopes[:count] ** 2) * training.scores.var(axis=0) + 2 * slopes[count:] ** 2
            weight = np.maximum(weight, share)
    best = np.argsort(-weight)[:most]
    return tuple(training.ids[i] for i in sorted(best))


def fit_emulator(training: Training, active: tuple[str, ...]) -> Emulator:
    """Fit every outcome of every study.

    Args:
        training: runs at known scores.
        active: the records of the emulator; the others are part of the chance left.
    """
    scores = training.scores[:, [training.ids.index(i) for i in active]]
    effects = training.studies[0].effects.shape[1]
    blank = Emulator(active, scores.mean(axis=0), scores.std(axis=0), effects, ())
    studies = tuple(_fit(runs, blank.terms(scores, runs.effects)) for runs in training.studies)
    return replace(blank, studies=studies)


def _fit(runs: StudyRuns, terms: Array) -> StudyEmulator:
    columns = []
    for target in runs.predicted.T:
        slopes, start = _lasso(terms[:, 1:], target)
        columns.append(np.concatenate([[start], slopes]))
    coefficients = np.stack(columns, axis=1)
    left = runs.predicted - terms @ coefficients
    covariance = LedoitWolf(assume_centered=True).fit(left).covariance_ + _FLOOR * np.eye(left.shape[1])
    spread = runs.predicted.var(axis=0) + _FLOOR
    half_log_det = float(np.linalg.slogdet(covariance)[1] / 2)
    explained = 1 - left.var(axis=0) / spread
    return StudyEmulator(
        runs.study, runs.observed, coefficients, np.linalg.inv(covariance), half_log_det, explained
    )
