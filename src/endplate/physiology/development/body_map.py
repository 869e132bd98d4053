r"""A body map that organises itself while its window is open.

Units u on a square sheet hold weights :math:`w_u` over receptors of the body sheet. A volley x, a bump about
a place of one part of the body, is ignored where :math:`|x| < \theta`; else a unit v wins and its
neighbourhood learns,

.. math::
   v = \arg\max_u\,(w_u \cdot \hat x - c\,(r_u - 1)), \qquad
   \Delta w_u = \eta\,P(t)\,\min(|x|, 1)\,e^{-d_{uv}^2/2\sigma^2}\,(\hat x - w_u), \qquad
   \sigma = \sigma_0 + \sigma_1 P(t)

with :math:`r_u` how often u has won over the mean (conscience). The threshold makes a silenced part lose its
place instead of drifting. At birth the weights hold a weak topographic prior, since such a map fixes no
layout by itself. Volleys of part s are :math:`(1 - B_{e,s})\,K_s + \rho\,(1 - B_{e,p})\,K_p`: toxin takes the
movement that makes them, spasticity mixes in what is left of those of the partner p. A lesion takes units
away, or the receptors of a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from endplate.knowledge.evidence import default_value
from endplate.physiology.development import kernels
from endplate.physiology.development.clock import Window

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_STREAM = 7411  # keeps the chance of this model apart from that of others


@dataclass(frozen=True)
class Body:
    """Receptors on a sheet and the parts that they belong to.

    Attributes:
        places: (receptors, 2), 0 to 1.
        part: of every receptor, (receptors,).
        low: corner of each part, (parts, 2).
        high: the opposite corner, (parts, 2).
        partner: part that spasticity mixes in, (parts,).
        side: units along one side of the map.
    """

    places: Array
    part: Index
    low: Array
    high: Array
    partner: Index
    side: int

    @property
    def units(self) -> Array:
        """Places of the units, (units, 2), 0 to 1."""
        own = (np.arange(self.side) + 1 / 2) / self.side
        return np.stack(np.meshgrid(own, own, indexing="ij"), axis=-1).reshape(-1, 2)


def strips(parts: int, across: int, along: int, side: int) -> Body:
    """Parts side by side along the first axis, each with ``across`` times ``along`` receptors."""
    first = (np.arange(parts * across) + 1 / 2) / (parts * across)
    second = (np.arange(along) + 1 / 2) / along
    places = np.stack(np.meshgrid(first, second, indexing="ij"), axis=-1).reshape(-1, 2)
    edges = np.arange(parts + 1) / parts
    low = np.stack([edges[:-1], np.zeros(parts)], axis=-1)
    high = np.stack([edges[1:], np.ones(parts)], axis=-1)
    part = np.repeat(np.arange(parts), across * along)
    return Body(places, part, low, high, np.arange(parts)[::-1].copy(), side)


@dataclass(frozen=True)
class Rule:
    """Numbers of the learning rule.

    Attributes:
        per_time: eta, share of the way to a full volley that a winner goes in one unit of the window's time,
            with one volley per unit of the map and P = 1.
        threshold: theta, length of a volley below which it is ignored.
        conscience: c.
        pace: how fast the rate of winning is learnt, per volley.
        width: of a volley's bump on the body sheet.
        reach_closed: sigma_0, on the map.
        reach_open: sigma_1, on the map.
        prior_width: of the topographic prior at birth.
        prior_noise: standard deviation of the weights at birth over the prior's peak.
    """

    per_time: float
    threshold: float = default_value("body_map.threshold")
    conscience: float = default_value("body_map.conscience")
    pace: float = default_value("body_map.pace")
    width: float = default_value("body_map.volley_width")
    reach_closed: float = default_value("body_map.reach_closed")
    reach_open: float = default_value("body_map.reach_open")
    prior_width: float = default_value("body_map.prior_width")
    prior_noise: float = default_value("body_map.prior_noise")


@dataclass(frozen=True)
class Epochs:
    """What happens in each epoch.

    Attributes:
        length: of an epoch, in the window's unit.
        time: the middle of every epoch, (epochs,).
        plastic: P, (epochs,).
        rate: volleys of a part over those of a healthy, untrained one, (epochs, parts).
        block: B_e of the muscles that move a part, 0 to 1, (epochs, parts).
        mixed: rho, share of the partner's volley that comes with a part's own, (epochs, parts).
        live: whether the receptors of a part live, (epochs, parts).
        alive: whether a unit lives, (epochs, units).
    """

    length: float
    time: Array
    plastic: Array
    rate: Array
    block: Array
    mixed: Array
    live: Array
    alive: Array


def epochs(body: Body, window: Window, edges: ArrayLike, **changes: ArrayLike) -> Epochs:
    """Epochs between evenly spaced ``edges``, healthy but for ``changes`` (fields, broadcast).

    The plasticity of an epoch is that of its middle.
    """
    cuts = np.asarray(edges, dtype=np.float64)
    time = (cuts[:-1] + cuts[1:]) / 2
    parts, units = len(body.low), body.side**2
    shapes = dict.fromkeys(("rate", "block", "mixed", "live"), (len(time), parts))
    held: dict[str, ArrayLike] = {"rate": 1.0, "live": 1.0, "alive": 1.0, **changes}
    built = {
        name: np.ascontiguousarray(np.broadcast_to(held.get(name, 0.0), shape), dtype=np.float64)
        for name, shape in {**shapes, "alive": (len(time), units)}.items()
    }
    return Epochs(float(cuts[1] - cuts[0]), time, window.plasticity(time), **built)


@dataclass(frozen=True)
class Maps:
    """Maps of several animals: weights (seeds, units, receptors) and rates of winning (seeds, units)."""

    weights: Array
    rate: Array


def newborn(body: Body, rule: Rule, seeds: int, first_seed: int = 0) -> Maps:
    """Maps that nothing has taught: a weak topographic prior and chance."""
    apart = ((body.units[:, None] - body.places) ** 2).sum(axis=-1)
    prior = np.exp(-apart / (2 * rule.prior_width**2))
    weights = np.empty((seeds, *prior.shape))
    for seed in range(seeds):
        chance = np.random.default_rng((_STREAM, first_seed + seed, 0))
        weights[seed] = np.maximum(0.0, prior + rule.prior_noise * chance.standard_normal(prior.shape))
    return Maps(weights / np.linalg.norm(weights, axis=-1, keepdims=True), np.ones(weights.shape[:2]))


def grow(
    body: Body, rule: Rule, over: Epochs, maps: Maps, *, volleys: int, first_seed: int = 0, parts: int = 1
) -> Maps:
    """Maps after these epochs; ``maps`` is left as it is.

    Args:
        body: receptors and parts.
        rule: numbers of the learning rule.
        over: what happens in each epoch.
        maps: before the first epoch.
        volleys: in an epoch in which every part is healthy and untrained; how finely an epoch is cut.
        first_seed: the same seed meets the same chance.
        parts: steps into which the change by one volley is cut.
    """
    ends = (len(over.plastic),)
    return course(body, rule, over, maps, ends, volleys=volleys, first_seed=first_seed, parts=parts)[0]


def course(
    body: Body,
    rule: Rule,
    over: Epochs,
    maps: Maps,
    after: Sequence[int],
    *,
    volleys: int,
    first_seed: int = 0,
    parts: int = 1,
) -> tuple[Maps, ...]:
    """Maps after so many of these epochs each, one for every number; the rest as in ``grow``.

    Args:
        body: receptors and parts.
        rule: numbers of the learning rule.
        over: what happens in each epoch.
        maps: before the first epoch.
        after: numbers of epochs, ascending.
        volleys: in an epoch in which every part is healthy and untrained.
        first_seed: the same seed meets the same chance.
        parts: steps into which the change by one volley is cut.
    """
    shape = (len(after), *maps.weights.shape)
    weights, rate = np.empty(shape), np.empty(shape[:-1])
    sigma = rule.reach_closed + rule.reach_open * over.plastic
    numbers = np.array([0.0, rule.threshold, rule.conscience, rule.pace, rule.width])
    numbers[0] = rule.per_time * over.length * body.side**2 / volleys
    for seed in range(shape[1]):
        chance = np.random.default_rng((_STREAM, first_seed + seed, 1))
        who, foci, beside, strong = _volleys(body, over, volleys, chance)
        own, won, first = maps.weights[seed].copy(), maps.rate[seed].copy(), 0
        for at, last in enumerate(after):
            now = slice(first, last)
            kernels.volleys(
                *(body.units, body.places, body.part, body.partner, numbers, own, won),
                *(over.plastic[now], sigma[now], 1 - over.block[now], over.mixed[now]),
                *(over.live[now], over.alive[now]),
                who[now],
                foci[now],
                beside[now],
                strong[now],
                parts,
            )
            weights[at, seed], rate[at, seed], first = own, won, last
    return tuple(Maps(*each) for each in zip(weights, rate, strict=True))


def _volleys(
    body: Body, over: Epochs, count: int, chance: np.random.Generator
) -> tuple[Index, Array, Array, Array]:
    """Part, place, place on the partner and strength of every volley, (epochs, volleys, ...).

    Training adds volleys; in an epoch with fewer than the most the rest have no strength.
    """
    parts = over.rate.shape[1]
    many = np.rint(count * over.rate.sum(axis=1) / parts).astype(np.int64)
    most = int(many.max())
    ends = np.cumsum(over.rate, axis=1) / over.rate.sum(axis=1, keepdims=True)
    drawn = chance.random((len(many), most, 1))
    who = (drawn > ends[:, None, :]).sum(axis=-1)
    width = body.high - body.low
    foci = body.low[who] + width[who] * chance.random((*who.shape, 2))
    other = body.partner[who]
    beside = body.low[other] + width[other] * chance.random((*who.shape, 2))
    strong = 1 - chance.random(who.shape)
    strong[np.arange(most) >= many[:, None]] = 0.0  # no volley
    return who, foci, beside, strong
