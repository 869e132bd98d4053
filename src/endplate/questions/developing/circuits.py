"""What plans do to a child's body map and reflexes, by guesses of window and co-activation.

A hypothesis throughout: the kitten's map and the rat's reflexes, stretched to windows that nobody knows in
children. Maps are grown at a few guesses under the block that the members have in the mean; ``moved`` reads
them for each member, in proportion to how much more or less is blocked in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.physiology.development import body_map, map_metrics, reflex_network
from endplate.physiology.development.clock import Window, child_middles_y, window
from endplate.physiology.development.growth import spasticity
from endplate.questions.developing.blocks import Monthly
from endplate.questions.developing.lives import ACROSS_LIMB, ALONG, DISTAL, LIMB, SIDE

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Guess = tuple[int, int]  # of the window, of co-activation

UNTREATED = "untreated"
BUSIER = "busier"
_SEEDS, _ANIMALS = 3, 24  # maps and reflexes that a mean is taken over
_EPOCH_Y, _VOLLEYS = 1 / 4, 80  # finer ones give the same measures within 0.01
_CLOSED = 1e-3  # plasticity below which a window counts as closed
_MORE = 1 / 2  # how much busier a limb is made to see what activity does
_LEVEL = 1e-9  # a pool that pulls straight up or down counts to neither side
_HALVES = 2  # levels of co-activation above none
_PERCENT = 100
_KEPT = 4  # answers whose maps are kept


@dataclass(frozen=True)
class Mean:
    """What a plan blocks in the mean of the members, between one age and the next, (ages - 1,) each."""

    extrafusal: Array
    intrafusal: Array

    @classmethod
    def of(cls, blocked: Monthly) -> Mean:
        """Of members that are each blocked in their own way."""
        return cls(blocked.extrafusal.mean(axis=0), blocked.intrafusal.mean(axis=0))

    @property
    def whole(self) -> float:
        """Block of force over all ages."""
        return float(self.extrafusal.mean())


@dataclass(frozen=True)
class Measured:
    """A map's measures at each age, (windows, levels of co-activation, ages).

    Attributes:
        tidy: Q, one less the overlap of parts, over the whole map.
        clear: area of the injected part times its own Q, over an even share.
    """

    tidy: Array
    clear: Array

    def __sub__(self, other: Measured) -> Measured:
        return Measured(self.tidy - other.tidy, self.clear - other.clear)


@dataclass(frozen=True)
class Circuits:
    """Maps and reflexes of a child under every scenario.

    Attributes:
        ages: (ages,).
        middles_y: t_c of each window, (windows,).
        coactive: levels of co-activation, (levels,).
        blocked: mean block of each scenario.
        measured: measures by scenario, also untreated.
        by_rate: what one more volley for each changes, untreated.
        pictures: how far each unit speaks for the injected part, percent, by window and scenario, also now.
        reflex_ages: by window, (days + 1,).
        reflex_error: by scenario, also untreated: by window, (days + 1,).
    """

    ages: Array
    middles_y: Array
    coactive: Array
    blocked: Mapping[str, Mean]
    measured: Mapping[str, Measured]
    by_rate: Measured
    pictures: Mapping[tuple[int, str], Index]
    reflex_ages: tuple[Array, ...]
    reflex_error: Mapping[str, tuple[Array, ...]]

    def moved(self, name: str, which: Index, coactive: Array, blocked: Array) -> Measured:
        """How a scenario moves the map of each member against the same child untreated, (members, ages).

        Args:
            name: of the scenario.
            which: window of each member, (members,).
            coactive: co-activation of each member, (members,).
            blocked: mean block of force of each member, (members,).
        """
        change = self.measured[name] - self.measured[UNTREATED]
        whole = self.blocked[name].whole
        share = blocked / whole if whole > 0 else np.zeros_like(blocked)
        return self._read(change, which, coactive, share)

    def moved_by_rate(self, which: Index, coactive: Array) -> Measured:
        """What twice the volleys from now on change in each member's map, (members, ages)."""
        return self._read(self.by_rate, which, coactive, np.ones_like(coactive))

    def _read(self, held: Measured, which: Index, coactive: Array, share: Array) -> Measured:
        after = np.clip(np.searchsorted(self.coactive, coactive), 1, self.coactive.size - 1)
        low, high = self.coactive[after - 1], self.coactive[after]
        part = ((coactive - low) / (high - low))[:, None]

        def between(rows: Array) -> Array:
            found = (1 - part) * rows[which, after - 1] + part * rows[which, after]
            return np.asarray(share[:, None] * found)

        return Measured(between(held.tidy), between(held.clear))


def child_window(middle_y: float) -> Window:
    """A child's window that closes about an age."""
    return Window("y", middle_y, value("windows.child.slope_share") * middle_y, 0.0)


def child_rule(middle_y: float) -> body_map.Rule:
    """The kitten's rule, as fast as a child's window is longer."""
    kitten = window("kitten_map", "wk").middle - value("experiments.kitten.start")
    return body_map.Rule(value("body_map.learning.cat") * kitten / middle_y)


def levels() -> Array:
    """Levels of co-activation at which maps are grown, from none to severe."""
    return np.linspace(0, value("experiments.spastic.severe"), _HALVES + 1)


def circuits_of(ages: Array, blocked: Mapping[str, Mean]) -> Circuits:
    """Grow maps and reflexes of a child under every scenario.

    What was grown last is kept: the same child asked again, under another account of function or gain of the
    loop, meets the same maps.

    Args:
        ages: from now on, ascending, (ages,).
        blocked: what every scenario blocks in the mean, by name.
    """
    plans = tuple((name, own.extrafusal.tobytes(), own.intrafusal.tobytes()) for name, own in blocked.items())
    return _circuits(ages.tobytes(), plans)


@lru_cache(maxsize=_KEPT)
def _circuits(of_ages: bytes, plans: tuple[tuple[str, bytes, bytes], ...]) -> Circuits:
    ages = np.frombuffer(of_ages)
    blocked = {name: Mean(np.frombuffer(force), np.frombuffer(drive)) for name, force, drive in plans}
    middles, rhos = child_middles_y(), levels()
    guesses = list(product(range(middles.size), range(rhos.size)))
    with ThreadPoolExecutor() as threads:
        maps = list(threads.map(lambda g: _maps(ages, middles[g[0]], rhos[g[1]], blocked), guesses))
        reflexes = list(threads.map(lambda middle: _reflexes(ages, middle, blocked), middles))
    shape = (middles.size, rhos.size, ages.size)

    def all_of(name: str) -> Measured:
        both = ([getattr(own.measured[name], what) for own in maps] for what in ("tidy", "clear"))
        return Measured(*(np.reshape(rows, shape) for rows in both))

    names = (UNTREATED, *blocked)
    busier = all_of(BUSIER) - all_of(UNTREATED)
    middling = rhos.size // _HALVES
    return Circuits(
        ages,
        middles,
        rhos,
        blocked,
        {name: all_of(name) for name in names},
        Measured(busier.tidy / _MORE, busier.clear / _MORE),
        {
            (window_at, name): picture
            for (window_at, level), own in zip(guesses, maps, strict=True)
            if level == middling
            for name, picture in own.pictures.items()
        },
        tuple(own.ages for own in reflexes),
        {name: tuple(own.error[name] for own in reflexes) for name in names},
    )


@dataclass(frozen=True)
class _Grown:
    """At one guess: measures by scenario, (ages,) each, and pictures of the first map."""

    measured: Mapping[str, Measured]
    pictures: Mapping[str, Index]


def _maps(ages: Array, middle_y: float, rho: float, blocked: Mapping[str, Mean]) -> _Grown:
    """Maps of a limb from birth on: one past, and a future for every scenario from the same chance."""
    body, rule = body_map.strips(LIMB, ACROSS_LIMB, ALONG, SIDE), child_rule(middle_y)
    held, tone = child_window(middle_y), _Tone(rho)
    edges = np.arange(0, ages[-1] + _EPOCH_Y, _EPOCH_Y)
    edges = edges[: 1 + int((held.plasticity(edges) >= _CLOSED).sum())]
    now = min(int(ages[0] / _EPOCH_Y), edges.size - 1)
    past, future = edges[: now + 1], edges[now:]
    born = body_map.newborn(body, rule, _SEEDS)
    over = body_map.epochs(body, held, past, mixed=tone.mixed(past, 0)) if now else None
    before = born if over is None else body_map.grow(body, rule, over, born, volleys=_VOLLEYS)
    after = sorted({*range(0, future.size, round(1 / _EPOCH_Y)), future.size - 1})
    measured: dict[str, Measured] = {}
    pictures = {"now": _picture(body, before.weights[0])}
    for name in (UNTREATED, BUSIER, *blocked):
        course = [before]
        taken = _blocks(ages, future, blocked.get(name))
        if name in blocked and not np.any(taken):  # nothing before the window closes
            measured[name], pictures[name] = measured[UNTREATED], pictures[UNTREATED]
            continue
        if after[1:]:
            over = _future(body, held, future, tone, taken, name == BUSIER)
            course += body_map.course(
                body, rule, over, before, after[1:], volleys=_VOLLEYS, first_seed=_SEEDS
            )
        rows = [
            [measure(body, own.weights).mean() for own in course]
            for measure in (map_metrics.quality, lambda *own: map_metrics.clear_area(*own)[:, DISTAL])
        ]
        times = np.maximum(future[after], ages[0])
        measured[name] = Measured(*(np.interp(ages, times, row) for row in rows))
        pictures[name] = _picture(body, course[-1].weights[0])
    return _Grown(measured, pictures)


@dataclass(frozen=True)
class _Tone:
    """Co-activation of a limb whose tone follows a child's age."""

    rho: float

    def mixed(self, edges: Array, intrafusal: Array | float) -> Array:
        """Share of the partner's volleys in each epoch, (epochs, 1)."""
        return np.asarray(self.rho * spasticity((edges[1:] + edges[:-1]) / 2) * (1 - intrafusal))[:, None]


def _blocks(ages: Array, edges: Array, mean: Mean | None) -> tuple[Array, Array]:
    """Mean blocks of force and of reflex drive in each epoch, (epochs,); none without treatment."""
    if mean is None:
        none = np.zeros(edges.size - 1)
        return none, none

    def within(monthly: Array) -> Array:
        sums = np.concatenate([[0.0], np.cumsum(monthly * np.diff(ages))])
        return np.asarray(np.diff(np.interp(edges, ages, sums)) / np.diff(edges))

    return within(mean.extrafusal), within(mean.intrafusal)


def _future(
    body: body_map.Body,
    held: Window,
    edges: Array,
    tone: _Tone,
    blocks: tuple[Array, Array],
    busier: bool,
) -> body_map.Epochs:
    force, drive = blocks
    block, rate = np.zeros((force.size, LIMB)), np.ones((force.size, LIMB))
    block[:, DISTAL] = force
    rate[:, DISTAL] += _MORE * busier
    return body_map.epochs(body, held, edges, block=block, mixed=tone.mixed(edges, drive), rate=rate)


def _picture(body: body_map.Body, weights: Array) -> Index:
    """How far each unit speaks for the injected part, percent, (units, units)."""
    own = map_metrics.part_weights(body, weights)
    share = own[:, DISTAL] / own.sum(axis=1)
    return np.asarray(np.rint(_PERCENT * share), dtype=np.int64).reshape(body.side, body.side)


@dataclass(frozen=True)
class _Tuned:
    """Reflexes of one window: ages, (days + 1,), and error by scenario, (days + 1,)."""

    ages: Array
    error: Mapping[str, Array]


def _reflexes(ages: Array, middle_y: float, blocked: Mapping[str, Mean]) -> _Tuned:
    """Withdrawal reflexes of a spastic limb: a rat's days, each as much longer as the child's window is."""
    limb, rule, held = reflex_network.ring(), reflex_network.Rule(), child_window(middle_y)
    days = round(value("experiments.reflex.end") - value("experiments.reflex.start"))
    edges = np.arange(0, ages[-1] + middle_y / days, middle_y / days)
    edges = edges[: 1 + int((held.plasticity(edges) >= _CLOSED).sum())]
    side = (limb.pull[:, 0] > _LEVEL).astype(np.float64)
    coactive = _Tone(value("experiments.spastic.coactivation")).mixed(edges, 0) * side
    plastic = held.plasticity((edges[1:] + edges[:-1]) / 2)
    born = reflex_network.newborn(limb, rule, _ANIMALS)
    errors = {}
    for name in (UNTREATED, *blocked):
        force, drive = (own[:, None] * side for own in _blocks(ages, edges, blocked.get(name)))
        over = reflex_network.Days(
            plastic,
            touch=np.ones((plastic.size, len(limb.normal))),
            block_e=force,
            block_i=drive,
            coactive=np.asarray(coactive),
            lesion=np.zeros(plastic.size),
        )
        errors[name] = reflex_network.error_rate(limb, reflex_network.course(limb, rule, over, born)).mean(
            axis=1
        )
    return _Tuned(edges, errors)
