r"""A spinal reflex that tunes itself by what the skin tells of spontaneous twitches.

Pools m pull along :math:`u_m`, skin sites k face along :math:`n_k`; :math:`W_{mk} \ge 0` leads from site to
pool, rows sum to 1. In a twitch one pool is driven, and by spasticity those that oppose it:

.. math::
   a = A\,(e_m + \rho\,(1 - B_i)\,[-u_m \cdot u_j]_+), \quad d = \sum_j a_j (1 - B_{e,j})\,u_j, \quad
   x_k = T_k\,\mathrm{sat}(n_k \cdot d) + \text{noise}

.. math:: \Delta W = -\eta\,P(t)\,(1 - \lambda)\,a\,x^T, \quad \text{then } W \ge 0, \text{ rows sum to } 1

so a pool keeps the skin that its own pull unloads. a is the neural drive: block of extrafusal fibres takes
the movement, and with it what is taught, not the drive; block of intrafusal fibres lowers :math:`\rho`.
Reflex error is the share of sites whose noxious stimulus moves the limb towards it,
:math:`n_k \cdot \sum_m W_{mk} u_m > 0`.

The rule is that of the twitch experiments in rats (Petersson 2003, Waldenström 2003); everything about
spasticity and toxin here is a hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import default_value
from endplate.physiology.development import kernels
from endplate.physiology.development.clock import Window

Array = NDArray[np.float64]
Index = NDArray[np.int64]

POOLS, SITES = 8, 24  # of the ring: how finely it is cut
TWITCHES_PER_D = 400  # how finely a day is cut; the rate of learning is per day
_STREAM = 5309  # keeps the chance of this model apart from that of others


@dataclass(frozen=True)
class Limb:
    """Where pools pull and where skin faces: unit vectors (pools, axes) and (sites, axes)."""

    pull: Array
    normal: Array

    @property
    def opposed(self) -> Array:
        """How far one pool opposes another, 0 to 1, (pools, pools)."""
        return np.asarray(np.maximum(0.0, -self.pull @ self.pull.T))

    @property
    def towards(self) -> Array:
        """How far each pool moves the limb towards each site, -1 to 1, (pools, sites)."""
        return np.asarray(self.pull @ self.normal.T)


def ring(pools: int = POOLS, sites: int = SITES) -> Limb:
    """Pools and sites evenly round a tail or a limb's cross-section."""
    turns = [
        2 * np.pi * (np.arange(count) + shift) / count for count, shift in ((pools, 0.0), (sites, 1 / 2))
    ]
    return Limb(*(np.stack([np.cos(turn), np.sin(turn)], axis=-1) for turn in turns))


@dataclass(frozen=True)
class Rule:
    """Numbers of the learning rule.

    Attributes:
        bias: how much a newborn's pools lean to the skin that they press, over the even share.
        scatter: standard deviation of a newborn's weights over the even share.
        per_d: eta, change of a weight per day of full drive on fully pressed skin.
        noise: standard deviation of what a receptor tells, over full pressure.
        gain: of saturating receptors; 0 for linear ones.
    """

    bias: float = default_value("reflexes.bias")
    scatter: float = default_value("reflexes.scatter")
    per_d: float = default_value("reflexes.learning")
    noise: float = default_value("reflexes.noise")
    gain: float = default_value("reflexes.gain")


@dataclass(frozen=True)
class Days:
    """What happens on each day.

    Attributes:
        plastic: P, (days,).
        touch: T, what of a pressure reaches the centre, (days, sites): 1 healthy, 0 anaesthesia, -1 reversed.
        block_e: of extrafusal fibres, 0 to 1, (days, pools).
        block_i: of intrafusal fibres, likewise.
        coactive: rho, drive of a pool that opposes the one that twitches, (days, pools).
        lesion: lambda, what a supraspinal lesion takes of plasticity, 0 to 1, (days,).
    """

    plastic: Array
    touch: Array
    block_e: Array
    block_i: Array
    coactive: Array
    lesion: Array


def days(limb: Limb, window: Window, first: float, last: float, **changes: float | Array) -> Days:
    """Days from ``first`` to the day before ``last``, healthy but for ``changes`` (fields, broadcast).

    The plasticity of a day is that of its middle.
    """
    time = np.arange(first, last) + 1 / 2
    count, sites, pools = len(time), len(limb.normal), len(limb.pull)
    shapes = {
        "touch": (count, sites),
        "block_e": (count, pools),
        "block_i": (count, pools),
        "coactive": (count, pools),
        "lesion": (count,),
    }
    held = {"touch": 1.0, **changes}
    built = {
        name: np.ascontiguousarray(np.broadcast_to(held.get(name, 0.0), s)) for name, s in shapes.items()
    }
    return Days(window.plasticity(time), **{name: own.astype(np.float64) for name, own in built.items()})


def newborn(limb: Limb, rule: Rule, seeds: int, first_seed: int = 0) -> Array:
    """Weights of untaught animals, (seeds, pools, sites)."""
    found = np.empty((seeds, len(limb.pull), len(limb.normal)))
    lean = 1 + rule.bias * np.maximum(0.0, limb.towards)
    for seed in range(seeds):
        chance = np.random.default_rng((_STREAM, first_seed + seed, 0))
        found[seed] = np.maximum(0.0, lean + rule.scatter * chance.standard_normal(lean.shape))
    return np.asarray(found / found.sum(axis=-1, keepdims=True))


def live(limb: Limb, rule: Rule, over: Days, weights: Array, *, first_seed: int = 0, parts: int = 1) -> Array:
    """Weights after these days, (seeds, pools, sites); ``weights`` is left as it is.

    Args:
        limb: pools and sites.
        rule: numbers of the learning rule.
        over: what happens on each day.
        weights: before the first day, (seeds, pools, sites).
        first_seed: the same seed meets the same twitches.
        parts: steps into which the change by one twitch is cut.
    """
    return np.asarray(course(limb, rule, over, weights, first_seed=first_seed, parts=parts)[-1])


def course(
    limb: Limb, rule: Rule, over: Days, weights: Array, *, first_seed: int = 0, parts: int = 1
) -> Array:
    """Weights before the first day and after each, (days + 1, seeds, pools, sites); arguments as ``live``."""
    found = np.repeat(np.asarray(weights)[None], len(over.plastic) + 1, axis=0)
    held, spastic = 1 - over.block_e, over.coactive * (1 - over.block_i)
    pace = over.plastic * (1 - over.lesion) * rule.per_d / TWITCHES_PER_D
    shape = (len(over.plastic), TWITCHES_PER_D)
    body = (limb.pull, limb.normal, limb.opposed)
    for seed in range(found.shape[1]):
        chance = np.random.default_rng((_STREAM, first_seed + seed, 1))
        pools = chance.integers(len(limb.pull), size=shape)
        amplitudes = chance.random(shape)
        noise = rule.noise * chance.standard_normal((*shape, len(limb.normal)))
        own = found[0, seed].copy()
        for day in range(len(pace)):
            now = slice(day, day + 1)
            daily = (pace[now], over.touch[now], held[now], spastic[now])
            events = (pools[now], amplitudes[now], noise[now])
            kernels.twitches(*body, own, *daily, rule.gain, *events, parts)
            found[day + 1, seed] = own
    return found


def error_rate(limb: Limb, weights: Array) -> Array:
    """Share of sites whose noxious stimulus moves the limb towards it, (...,) of (..., pools, sites)."""
    move = np.einsum("...mk,ma->...ka", weights, limb.pull)
    return np.asarray((np.einsum("...ka,ka->...k", move, limb.normal) > 0).mean(axis=-1))


def withdrawal(limb: Limb, weights: Array) -> Array:
    """Mean over sites of how far the reflex moves the limb away from the stimulus, -1 to 1, (...,)."""
    move = np.einsum("...mk,ma->...ka", weights, limb.pull)
    away = -np.einsum("...ka,ka->...k", move, limb.normal)
    length = np.linalg.norm(move, axis=-1)
    return np.asarray((away / np.maximum(length, np.finfo(float).tiny)).mean(axis=-1))
