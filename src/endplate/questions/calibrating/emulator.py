r"""An emulator of the studies: second-degree polynomials in the scores that matter.

Every outcome, as carried, is a sparse polynomial (lasso, its penalty by the Bayesian information criterion)
of the active shared scores :math:`\theta` and of the study's own effects :math:`\eta`, each of which counts
in units of its standard deviation between studies, :math:`v_i = \tau_i(\theta)\,\eta_i`. What is left is
chance, with its covariance between the outcomes of a study (Ledoit and Wolf), of which the part that the
people simulated make is replaced by that of the number reported. A study then follows a Student t of few
degrees of freedom, so that one that the mechanism cannot reach does not pull the rest:

.. math::
   y_s \sim t_\nu\Bigl(a(\theta) + \sum_i c_{ii}\tau_i^2,\;
   \Sigma_s + \sum_i \tau_i^2\, b_i(\theta) b_i(\theta)^T
   + \sum_{i \le j} (1 + \delta_{ij})\,\tau_i^2 \tau_j^2\, c_{ij} c_{ij}^T\Bigr)

with mean and covariance those of the polynomial when its effects are standard normal: exact where the
effects act linearly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from sklearn.covariance import LedoitWolf
from sklearn.linear_model import LassoLarsIC

from endplate.knowledge.evidence import get, value
from endplate.questions.calibrating.training import StudyRuns, Training
from endplate.simulation.parameters import values

Array = NDArray[np.float64]

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
    """All studies in the scores of ``ids``: the active ones, then the spreads between studies.

    Attributes:
        ids: what is sampled; the last ``len(spreads)`` are the standard deviations of the study effects.
        spreads: those.
        centre: of the active scores in training, (active,).
        spread: of the active scores in training, (active,).
        studies: one emulator each.
    """

    ids: tuple[str, ...]
    spreads: tuple[str, ...]
    centre: Array
    spread: Array
    studies: tuple[StudyEmulator, ...]

    @property
    def active(self) -> int:
        """How many scores the polynomials hold."""
        return len(self.ids) - len(self.spreads)

    def log_likelihood(self, scores: Array) -> Array:
        """Log-likelihood of every study at joint scores (points, ids), (points, studies)."""
        shared = features((scores[:, : self.active] - self.centre) / self.spread)
        scale = relative_spread(self.spreads, scores[:, self.active :])
        where = _Parts(self.active, len(self.spreads))
        columns = [_log_t(one, *_moments(one, where, shared, scale)) for one in self.studies]
        return np.stack(columns, axis=1)

    def sensitivity(self, scores: Array, step: float = 0.05) -> Array:
        """Information of every study on every score at a point, Fisher's, of its mean, (studies, ids)."""
        moves = np.eye(len(self.ids)) * step
        points = np.concatenate([scores + moves, scores - moves, scores[None]])
        shared = features((points[:, : self.active] - self.centre) / self.spread)
        scale = relative_spread(self.spreads, points[:, self.active :])
        where, size = _Parts(self.active, len(self.spreads)), len(self.ids)
        rows = []
        for one in self.studies:
            mean, low_rank = _moments(one, where, shared, scale)
            slope = (mean[:size] - mean[size : 2 * size]) / (2 * step)
            noise = np.linalg.inv(np.linalg.inv(one.precision) + low_rank[-1] @ low_rank[-1].T)
            rows.append(np.einsum("io,op,ip->i", slope, noise, slope))
        return np.stack(rows)


class _Parts:
    """Rows of the coefficients that belong to shared scores alone, to study effects alone, and to both."""

    def __init__(self, shared: int, effects: int) -> None:
        size = shared + effects
        first, second = np.triu_indices(size)
        product = 1 + size + np.arange(first.size)
        alone = np.concatenate([[0], 1 + np.arange(shared)])
        self.shared = np.concatenate([alone, product[second < shared]])
        self.linear = 1 + shared + np.arange(effects)
        self.crossed = product[(first < shared) & (second >= shared)].reshape(shared, effects)
        self.pairs = product[first >= shared]
        self.pair_of = np.stack([first[first >= shared], second[first >= shared]]) - shared


def relative_spread(spreads: tuple[str, ...], scores: Array) -> Array:
    """Standard deviations between studies over their prior medians, (points, effects)."""
    ratios = [values(get(i), None, scores[:, k]) / get(i).value for k, i in enumerate(spreads)]
    return np.stack(ratios, axis=1)


def features(scores: Array) -> Array:
    """One, the scores and their products two by two, (points, features)."""
    first, second = np.triu_indices(scores.shape[1])
    return np.hstack([np.ones((len(scores), 1)), scores, scores[:, first] * scores[:, second]])


def _moments(one: StudyEmulator, where: _Parts, shared: Array, scale: Array) -> tuple[Array, Array]:
    """Mean (points, outcomes) over a study's effects, and what they add to its covariance as columns.

    The columns are (points, outcomes, columns); their product with their transpose is added.
    """
    size = where.crossed.shape[0]
    at = shared[:, 1 : 1 + size]
    slope = one.coefficients[where.linear] + np.einsum("pi,ieo->peo", at, one.coefficients[where.crossed])
    pairs, (first, second) = one.coefficients[where.pairs], where.pair_of
    both = scale[:, first] * scale[:, second]
    mean = shared @ one.coefficients[where.shared] + both[:, first == second] @ pairs[first == second]
    curved = (both * np.where(first == second, np.sqrt(2), 1))[:, :, None] * pairs
    columns = np.concatenate([slope * scale[:, :, None], curved], axis=1)
    return mean, columns.transpose(0, 2, 1)


def _log_t(one: StudyEmulator, mean: Array, columns: Array) -> Array:
    """Student's t density of the observed outcomes, logarithm, (points,)."""
    off, size, freedom = one.observed - mean, one.observed.size, value("studies.tail_freedom")
    seen = one.precision @ columns
    inner = np.eye(columns.shape[2]) + columns.transpose(0, 2, 1) @ seen
    along = np.einsum("pok,po->pk", seen, off)
    solved = np.linalg.solve(inner, along[:, :, None])[:, :, 0]
    distance = ((off @ one.precision) * off).sum(axis=1) - (along * solved).sum(axis=1)
    half_log_det = one.log_scale + np.linalg.slogdet(inner)[1] / 2
    constant = gammaln((freedom + size) / 2) - gammaln(freedom / 2) - size / 2 * np.log(freedom * np.pi)
    power = (freedom + size) / 2
    return np.asarray(constant - half_log_det - power * np.log1p(np.maximum(distance, 0) / freedom))


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
    weight[[training.ids.index(i) for i in training.spreads]] = -1  # they act through the effects
    best = np.argsort(-weight)[:most]
    return tuple(training.ids[i] for i in sorted(best) if weight[i] >= 0)


def fit_emulator(training: Training, active: tuple[str, ...]) -> Emulator:
    """Fit every outcome of every study.

    Args:
        training: runs at known scores.
        active: the records of the polynomials; the others are part of the chance left.
    """
    scores, spreads = (
        training.scores[:, [training.ids.index(i) for i in ids]] for ids in (active, training.spreads)
    )
    centre, spread = scores.mean(axis=0), scores.std(axis=0) + _FLOOR
    scale = relative_spread(training.spreads, spreads)
    at = (scores - centre) / spread
    studies = tuple(_fit(runs, features(np.hstack([at, runs.effects * scale]))) for runs in training.studies)
    blank = Emulator((*active, *training.spreads), training.spreads, centre, spread, ())
    return replace(blank, studies=studies)


def _fit(runs: StudyRuns, terms: Array) -> StudyEmulator:
    columns = []
    for target in runs.predicted.T:
        slopes, start = _lasso(terms[:, 1:], target)
        columns.append(np.concatenate([[start], slopes]))
    coefficients = np.stack(columns, axis=1)
    left = runs.predicted - terms @ coefficients
    covariance = _of_report(LedoitWolf(assume_centered=True).fit(left).covariance_, runs)
    half_log_det = float(np.linalg.slogdet(covariance)[1] / 2)
    explained = 1 - left.var(axis=0) / (runs.predicted.var(axis=0) + _FLOOR)
    return StudyEmulator(
        runs.study,
        runs.observed,
        coefficients,
        np.asarray(np.linalg.inv(covariance), dtype=np.float64),
        half_log_det,
        explained,
    )


def _of_report(covariance: Array, runs: StudyRuns) -> Array:
    """Covariance of what is left with the chance of the numbers reported in place of that simulated.

    Less chance narrows an outcome and what it shares with others, since the same people make it; more is the
    row's own and added.
    """
    variance = np.diag(covariance) + _FLOOR
    drawn, reported = runs.drawn_sd**2, runs.reported_sd**2
    less = np.minimum(reported, drawn)
    kept = np.sqrt(np.maximum(variance - drawn + less, _FLOOR) / variance)
    return np.asarray(covariance * np.outer(kept, kept) + np.diag(reported - less + _FLOOR))
