"""The sampler over shared scores (emcee), its diagnostics (ArviZ) and the rows that leave one study out."""

from __future__ import annotations

from dataclasses import dataclass

import arviz
import emcee
import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import Posterior
from endplate.questions.calibrating.emulator import Emulator
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]

_WALKERS_PER_SCORE = 4
_THIN = 20


@dataclass(frozen=True)
class Sampled:
    """Chains of joint scores, (restarts, draws, ids), and log-likelihoods (restarts, draws, studies)."""

    ids: tuple[str, ...]
    chains: Array
    log_likelihood: Array
    inference: arviz.InferenceData

    def flat(self) -> tuple[Array, Array]:
        """All chains end to end: scores (rows, ids), log-likelihoods (rows, studies)."""
        return np.concatenate(list(self.chains)), np.concatenate(list(self.log_likelihood))


def sample(emulator: Emulator, steps: int, restarts: int, seed: int) -> Sampled:
    """Draw from the joint posterior, prior standard normal in every score.

    Args:
        emulator: of the studies.
        steps: of every ensemble; the first half is dropped.
        restarts: ensembles, each from points of its own.
        seed: of starts and moves.
    """
    size = len(emulator.ids)
    walkers = _WALKERS_PER_SCORE * size
    chains = []
    for restart in range(restarts):
        rng = stream(seed, f"calibrate/{restart}")

        def log_posterior(scores: Array) -> Array:
            return np.asarray(emulator.log_likelihood(scores).sum(axis=1) - (scores**2).sum(axis=1) / 2)

        moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
        ensemble = emcee.EnsembleSampler(walkers, size, log_posterior, moves=moves, vectorize=True)
        ensemble.random_state = np.random.RandomState(rng.integers(2**31)).get_state()
        ensemble.run_mcmc(rng.standard_normal((walkers, size)), steps)
        kept = ensemble.get_chain(discard=steps // 2, thin=_THIN)
        chains.append(kept.reshape(-1, size))
    joint = np.stack(chains)
    likelihood = np.stack([_in_parts(emulator, chain) for chain in chains])
    named = {name: joint[:, :, k] for k, name in enumerate(emulator.ids)}
    return Sampled(emulator.ids, joint, likelihood, arviz.from_dict(posterior=named))


def _in_parts(emulator: Emulator, scores: Array, part: int = 256) -> Array:
    return np.concatenate(
        [emulator.log_likelihood(scores[i : i + part]) for i in range(0, len(scores), part)]
    )


def keep(sampled: Sampled, emulator: Emulator, rows: int, seed: int) -> tuple[Posterior, dict[str, float]]:
    """The posterior to be kept, and Pareto's k of leaving out every study.

    Args:
        sampled: all chains.
        emulator: of the studies.
        rows: joint draws kept, at most.
        seed: of the choice.
    """
    scores, likelihood = sampled.flat()
    rows = min(rows, len(scores))
    chosen = stream(seed, "kept rows").choice(len(scores), rows, replace=False)
    weights, k_hat = arviz.psislw(-likelihood[chosen].T)
    without = {}
    for one, log_weight in zip(emulator.studies, np.asarray(weights), strict=True):
        probability = np.exp(log_weight - log_weight.max())
        chance = stream(seed, f"without {one.study}")
        without[one.study] = chance.choice(rows, rows, p=probability / probability.sum())
    names = [one.study for one in emulator.studies]
    khat = dict(zip(names, (float(k) for k in np.asarray(k_hat)), strict=True))
    return Posterior(sampled.ids, scores[chosen], without), khat
