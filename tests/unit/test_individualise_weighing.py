"""The three ways of weighing on a problem whose answer is known: linear, with Gaussian noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from endplate.questions.individualising.spread_weights import effective, pareto_k, systematic
from endplate.questions.individualising.weighing import Drawn, find_mode, weigh

SLOPES = np.array([[1.0, 0.3], [0.2, 0.8], [0.5, -0.4]])  # findings by scores
NUISANCE = np.array([0.4, -0.2, 0.3])  # findings by what else chance decides
NOISE = 0.5


@dataclass(frozen=True)
class Cloud:
    scores: np.ndarray
    other: np.ndarray

    def some(self, rows):
        return Cloud(self.scores[rows], self.other[rows])

    def moved(self, step, chance):
        stay = np.sqrt(1 - step**2)
        new = [stay * x + step * chance.standard_normal(x.shape) for x in (self.scores, self.other)]
        return Cloud(*new)

    def merged(self, tried, took):
        return Cloud(
            np.where(took[:, None], tried.scores, self.scores), np.where(took, tried.other, self.other)
        )


@dataclass(frozen=True)
class Linear:
    """Findings y = slopes @ scores + nuisance * other + noise."""

    found: np.ndarray
    count: int = 4000
    seed: int = 3
    effects: int = 2

    def likelihood(self, scores, other):
        apart = self.found - scores @ SLOPES.T - np.outer(other, NUISANCE)
        return -(apart**2).sum(axis=1) / (2 * NOISE**2)

    def drawn(self, cloud):
        return Drawn(cloud.scores, self.likelihood(cloud.scores, cloud.other), cloud)

    def cloud(self):
        chance = np.random.default_rng(self.seed)
        return Cloud(chance.standard_normal((self.count, 2)), chance.standard_normal(self.count))

    def population(self):
        return self.drawn(self.cloud())

    def fresh(self, scores):
        other = np.random.default_rng(self.seed + 1).standard_normal(len(scores))
        return self.drawn(Cloud(scores, other))

    def at(self, cloud):
        return self.drawn(cloud)

    def guessed_again(self, cloud, drawn, chance):
        return cloud, drawn

    def some(self, drawn, rows):
        return self.drawn(drawn.held.some(rows))

    def merged(self, drawn, other, took):
        return self.drawn(drawn.held.merged(other.held, took))

    def middle(self, scores):
        return self.likelihood(scores, np.zeros(len(scores)))

    def posterior(self, noise):
        """Mean and covariance of the scores, for a covariance of the findings about them."""
        weight = SLOPES.T @ np.linalg.inv(noise)
        covariance = np.linalg.inv(weight @ SLOPES + np.eye(2))
        return covariance @ weight @ self.found, covariance


PLAIN = NOISE**2 * np.eye(3)
TYPICAL = Linear(np.array([0.8, 0.5, 0.1]))
FAR = replace(TYPICAL, found=np.array([4.5, 3.0, 0.5]), count=500)


def moments(weighed):
    mean = weighed.weights @ weighed.scores
    apart = weighed.scores - mean
    return mean, (weighed.weights[:, None] * apart).T @ apart


@pytest.mark.parametrize("start", [(0.0, 0.0), (2.0, -2.0)])
def test_the_mode_and_its_covariance_are_those_of_the_closed_form(start):
    """Within 1e-3: differences of a quadratic are exact, the search ends where little is left to gain."""
    mean, covariance = TYPICAL.posterior(PLAIN)
    mode = find_mode(TYPICAL, np.array(start))
    assert mode.settled
    assert np.allclose(mode.scores, mean, atol=1e-3)
    assert np.allclose(mode.covariance, covariance, atol=1e-3)


@pytest.mark.parametrize("method", ["population", "laplace", "smc"])
def test_every_way_finds_the_known_posterior(method):
    """Mean within four standard errors of the effective number, covariance within 15 %."""
    mean, covariance = TYPICAL.posterior(PLAIN + np.outer(NUISANCE, NUISANCE))
    weighed = weigh(TYPICAL, 1, method)
    assert weighed.steps[-1].method == method and weighed.steps[-1].holds
    found, spread = moments(weighed)
    error = np.sqrt(np.diag(covariance) / min(weighed.steps[-1].ess, TYPICAL.count))
    assert np.all(np.abs(found - mean) < 4 * error)
    assert np.allclose(spread, covariance, atol=0.15 * covariance.max())


def test_the_first_way_that_holds_is_taken():
    assert [step.method for step in weigh(TYPICAL, 1).steps] == ["population"]


def test_who_lies_far_out_is_found_by_copies_drawn_around_the_mode():
    weighed = weigh(FAR, 1)
    assert [step.method for step in weighed.steps] == ["population", "laplace"]
    assert not weighed.steps[0].holds and weighed.steps[1].holds
    mean, covariance = FAR.posterior(PLAIN + np.outer(NUISANCE, NUISANCE))
    error = np.sqrt(np.diag(covariance) / weighed.steps[1].ess)
    assert np.all(np.abs(moments(weighed)[0] - mean) < 4 * error)


@dataclass(frozen=True)
class Elsewhere(Linear):
    """What was found is decided by something that no search looks at, and that lies far out."""

    def likelihood(self, scores, other):
        return -((other - 3.5) ** 2) / (2 * 0.1**2) - scores[:, 0] ** 2 / 2


def test_where_weights_fail_copies_are_led_there():
    """The product of two Gaussians: mean within 0.1, spread within a factor of 1.5; scores within 0.15."""
    problem = Elsewhere(np.zeros(3), count=2500)  # of whom 1000 are led
    weighed = weigh(problem, 1)
    assert [step.method for step in weighed.steps] == ["population", "laplace", "smc"]
    other = weighed.parts[0].held.other
    precision = 1 / 0.1**2
    assert abs(other.mean() - 3.5 * precision / (1 + precision)) < 0.1
    assert 1 / 1.5 < other.std() * np.sqrt(1 + precision) < 1.5
    assert np.allclose(weighed.scores.std(axis=0), [np.sqrt(1 / 2), 1], atol=0.15)


@pytest.mark.parametrize("spread", [0.3, 0.8, 1.5, 3.0])
def test_pareto_k_is_that_of_arviz(spread, extra):
    """Within 0.15: the same tail, fitted by likelihood here and by Zhang and Stephens' estimate there."""
    arviz = extra("arviz", "inference")
    log_weights = spread * np.random.default_rng(5).standard_normal(4000)
    assert pareto_k(log_weights) == pytest.approx(float(arviz.psislw(log_weights)[1]), abs=0.15)


def test_alike_weights_have_no_tail_and_one_weight_no_shape():
    assert pareto_k(np.zeros(100)) == 0
    assert pareto_k(np.array([0.0, *[-1000.0] * 99])) == np.inf
    assert effective(np.full(50, 1 / 50)) == pytest.approx(50)


def test_systematic_rows_come_as_often_as_their_weight_says():
    """Never off by more than one of the count asked for."""
    weights = np.random.default_rng(2).dirichlet(np.ones(30))
    for start in (0.0, 0.4, 0.999):
        counts = np.bincount(systematic(weights, 500, start), minlength=30)
        assert counts.sum() == 500 and np.all(np.abs(counts - 500 * weights) <= 1 + 1e-9)
