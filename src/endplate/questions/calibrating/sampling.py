"""The sampler over shared scores (emcee), its diagnostics (ArviZ) and the rows that leave one study out."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import arviz
import emcee
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from endplate.knowledge.evidence import Posterior
from endplate.questions.calibrating.emulator import Emulator
from endplate.simulation.blocks import cores
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]

_WALKERS_PER_SCORE = 4
_THIN = 20
_FAR = 8.0  # standard deviations of a prior that no sampler needs to reach
_CHOICE = 3  # rows held for every row kept, so that weights have something to choose from
RELIABLE_K = 0.5
"""Pareto's k up to which reweighting is relied on: weights have a finite variance (Vehtari et al. 2024)."""


@dataclass(frozen=True)
class Sampled:
    """Thinned chains of joint scores, (restarts, draws, ids), and how well they mixed.

    ``rhat`` and ``ess``, (ids,), take every walker as a chain: walkers that stand still would show.
    """

    ids: tuple[str, ...]
    chains: Array
    rhat: Array
    ess: Array

    @property
    def flat(self) -> Array:
        """All restarts end to end, (rows, ids)."""
        return np.concatenate(list(self.chains))

    def as_arviz(self) -> arviz.InferenceData:
        """The restarts as ArviZ reads them."""
        return arviz.from_dict(posterior={name: self.chains[:, :, k] for k, name in enumerate(self.ids)})


def sample(
    emulator: Emulator, steps: int, restarts: int, seed: int, studies: Sequence[int] | None = None
) -> Sampled:
    """Draw from the joint posterior, prior standard normal in every score; restarts run side by side.

    Args:
        emulator: of the studies.
        steps: of every ensemble; the first half is dropped.
        restarts: ensembles, each from points of its own.
        seed: of starts and moves.
        studies: places of the studies that teach; all without it.
    """
    teach = tuple(range(len(emulator.studies)) if studies is None else studies)
    run = partial(_ensemble, emulator, steps, seed, teach)
    return _diagnosed(emulator.ids, np.stack(side_by_side(run, range(restarts))))


def side_by_side(work: Callable[[int], Any], places: Iterable[int]) -> list[Any]:
    """What some work gives at every place, in order; in processes of their own where there are several."""
    todo = list(places)
    if len(todo) < 2 or cores() < 2:
        return [work(place) for place in todo]
    with ProcessPoolExecutor(cores(), multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(work, todo))


def _ensemble(emulator: Emulator, steps: int, seed: int, studies: tuple[int, ...], restart: int) -> Array:
    """One restart, its first half dropped, (steps, walkers, ids)."""
    size = len(emulator.ids)
    walkers = _WALKERS_PER_SCORE * size
    teach = np.asarray(studies, dtype=np.int64)

    def log_posterior(scores: Array) -> Array:
        inside = (np.abs(scores) < _FAR).all(axis=1)
        found = np.full(len(scores), -np.inf)
        found[inside] = emulator.log_likelihood(scores[inside])[:, teach].sum(axis=1)
        return np.asarray(found - (scores**2).sum(axis=1) / 2)

    rng = stream(seed, f"calibrate/{restart}")
    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    ensemble = emcee.EnsembleSampler(walkers, size, log_posterior, moves=moves, vectorize=True)
    ensemble.random_state = np.random.RandomState(rng.integers(2**31)).get_state()
    with threadpool_limits(1):  # arrays are small, and several restarts run side by side
        ensemble.run_mcmc(rng.standard_normal((walkers, size)), steps)
    return np.asarray(ensemble.get_chain(discard=steps // 2))


def _diagnosed(ids: tuple[str, ...], whole: Array) -> Sampled:
    """Chains of (restarts, steps, walkers, ids) with their diagnostics, thinned."""
    apart = whole.transpose(0, 2, 1, 3).reshape(-1, whole.shape[1], len(ids))
    rhat, ess = (
        np.array([float(judge(apart[:, :, k])) for k in range(len(ids))]) for judge in (arviz.rhat, arviz.ess)
    )
    thin = whole[:, ::_THIN]
    return Sampled(ids, thin.reshape(len(thin), -1, len(ids)), rhat, ess)


def keep(sampled: Sampled, emulator: Emulator, rows: int, seed: int) -> tuple[Posterior, Array]:
    """The posterior to be kept, and Pareto's k of leaving out every study, (studies,).

    Rows that leave a study out are drawn by smoothed weights; where these are not reliable, the sampler runs
    again without the study.

    Args:
        sampled: all chains.
        emulator: of the studies.
        rows: joint draws kept, at most.
        seed: of the choice.
    """
    scores = sampled.flat
    likelihood = np.concatenate(
        [emulator.log_likelihood(part) for part in np.array_split(scores, -(-len(scores) // 256))]
    )
    log_weights, k_hat = (np.asarray(each) for each in arviz.psislw(-likelihood.T))
    held = stream(seed, "kept rows").permutation(len(scores))[: _CHOICE * rows]
    rows = min(rows, len(held))
    steps = 2 * _THIN * sampled.chains.shape[1] // (_WALKERS_PER_SCORE * len(sampled.ids))
    unsure = np.flatnonzero(~(k_hat <= RELIABLE_K))
    again = dict(zip(unsure, side_by_side(partial(_without, emulator, steps, seed), unsure), strict=True))
    without, spare = {}, [scores[held[rows:]]]
    for place, one in enumerate(emulator.studies):
        chance = stream(seed, f"without {one.study}")
        if place not in again:
            weight = np.exp(log_weights[place, held] - log_weights[place, held].max())
            without[one.study] = chance.choice(len(held), rows, p=weight / weight.sum())
            continue
        first = rows + sum(map(len, spare))
        spare.append(again[place][chance.choice(len(again[place]), rows, replace=len(again[place]) < rows)])
        without[one.study] = np.arange(first, first + rows)
    return Posterior(sampled.ids, scores[held[:rows]], without, np.concatenate(spare)), k_hat


def _without(emulator: Emulator, steps: int, seed: int, place: int) -> Array:
    """Rows of the sampler run again without one study, (rows, ids)."""
    others = [other for other in range(len(emulator.studies)) if other != place]
    return sample(emulator, steps, 1, seed, others).flat
