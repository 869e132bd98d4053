"""A child's body map and reflexes grown at one guess of window and co-activation, under every scenario.

One past until now, and a future for every scenario from the same chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.knowledge.units import PERCENT
from endplate.physiology.development import body_map, map_metrics, reflex_network
from endplate.physiology.development.clock import Window
from endplate.physiology.development.growth import spasticity
from endplate.questions.developing.blocks import Monthly
from endplate.questions.developing.lives import (
    DISTAL,
    LIMB,
    child_rule,
    child_window,
    limb_sheet,
    one_side,
)

Array = NDArray[np.float64]
Index = NDArray[np.int64]

UNTREATED = "untreated"
_SEEDS, _ANIMALS = 5, 24  # maps and reflexes that a mean is taken over
_EPOCHS, _VOLLEYS = 24, 80  # until the middle of a window, and in each; finer ones: docs/development.md
_LEAST_SE = 2  # standard errors below which a change by volleys counts as none
_SNAPSHOTS = 12  # at which a map is measured on its way
_CLOSED = 1e-3  # plasticity below which a window counts as closed
_MORE = 1 / 2  # how much busier a limb is made to see what activity does
_HALVES = 2  # levels of co-activation above none


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
    def force(self) -> Mean:
        """The same without relief of reflex drive."""
        return Mean(self.extrafusal, np.zeros_like(self.intrafusal))


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


def levels() -> Array:
    """Levels of co-activation at which maps are grown, from none to severe."""
    return np.linspace(0, value("experiments.spastic.severe"), _HALVES + 1)


@dataclass(frozen=True)
class Grown:
    """At one guess, by scenario: measures, (ages,), standard errors of changes, (), and the first map."""

    measured: Mapping[str, Measured]
    by_force: Mapping[str, Measured]
    errors: Mapping[str, Measured]
    by_rate: Mapping[str, Measured]
    pictures: Mapping[str, Index]


@dataclass(frozen=True)
class _Limb:
    """One past, and futures that start from it with the same chance.

    Attributes:
        body: receptors and parts.
        rule: of learning.
        held: the window.
        tone: co-activation.
        ages: at which measures are told, (ages,).
        edges: of the epochs to come, (epochs + 1,); one edge where the window has closed.
        before: maps now.
    """

    body: body_map.Body
    rule: body_map.Rule
    held: Window
    tone: _Tone
    ages: Array
    edges: Array
    before: body_map.Maps

    def future(self, mean: Mean | None, busier: bool = False) -> tuple[Measured, Index]:
        """Measures of every map, (seeds, ages), and the first map at the end."""
        course, after = [self.before], self._after()
        if after[1:]:
            over = _future(self.body, self.held, self.edges, self.tone, self.taken(mean), busier)
            course += body_map.course(
                self.body, self.rule, over, self.before, after[1:], volleys=_VOLLEYS, first_seed=_SEEDS
            )
        times = np.maximum(self.edges[after], self.ages[0])

        def told(rows: list[Array]) -> Array:
            return np.array([np.interp(self.ages, times, own) for own in np.transpose(rows)])

        tidy = told([map_metrics.quality(self.body, own.weights) for own in course])
        clear = told([map_metrics.clear_area(self.body, own.weights)[:, DISTAL] for own in course])
        return Measured(tidy, clear), _picture(self.body, course[-1].weights[0])

    def taken(self, mean: Mean | None) -> tuple[Array, Array]:
        """Mean blocks of force and of reflex drive in each epoch to come."""
        return _blocks(self.ages, self.edges, mean)

    def _after(self) -> list[int]:
        count = self.edges.size - 1
        return sorted({round(count * k / _SNAPSHOTS) for k in range(_SNAPSHOTS + 1)})


def _limb(ages: Array, middle_y: float, rho: float) -> _Limb:
    """A limb grown from birth until now."""
    body, rule = limb_sheet(), child_rule(middle_y)
    held, tone, epoch = child_window(middle_y), _Tone(rho), middle_y / _EPOCHS
    edges = np.arange(0, ages[-1] + epoch, epoch)
    edges = edges[: 1 + int((held.plasticity(edges) >= _CLOSED).sum())]
    now = min(int(ages[0] / epoch), edges.size - 1)
    born = body_map.newborn(body, rule, _SEEDS)
    before = born
    if now:
        over = body_map.epochs(body, held, edges[: now + 1], mixed=tone.mixed(edges[: now + 1], 0))
        before = body_map.grow(body, rule, over, born, volleys=_VOLLEYS)
    return _Limb(body, rule, held, tone, ages, edges[now:], before)


def maps_of(ages: Array, middle_y: float, rho: float, blocked: Mapping[str, Mean]) -> Grown:
    """Maps of a limb under every scenario, with and without relief of reflex drive."""
    limb = _limb(ages, middle_y, rho)
    untreated, picture = limb.future(None)
    measured, by_force, errors = {UNTREATED: _mean(untreated)}, {}, {}
    pictures = {"now": _picture(limb.body, limb.before.weights[0]), UNTREATED: picture}
    for name, mean in blocked.items():
        both, pictures[name], force = untreated, picture, untreated
        if np.any(limb.taken(mean)):  # else the window closes first
            (both, pictures[name]), (force, _) = limb.future(mean), limb.future(mean.force)
        measured[name], by_force[name] = _mean(both), _mean(force)
        errors[name] = _standard_error(both - untreated, last=True)
    more = limb.future(None, busier=True)[0] - untreated
    by_rate = {UNTREATED: _beyond_chance(_mean(more), _standard_error(more))}
    return Grown(measured, by_force, errors, by_rate, pictures)


def _mean(found: Measured) -> Measured:
    """Over seeds."""
    return Measured(found.tidy.mean(axis=0), found.clear.mean(axis=0))


def _standard_error(found: Measured, last: bool = False) -> Measured:
    """Of the mean over seeds, at every age or at the last."""
    both = (own.std(axis=0, ddof=1) / len(own) ** 0.5 for own in (found.tidy, found.clear))
    return Measured(*(own[-1] if last else own for own in both))


def _beyond_chance(mean: Measured, error: Measured) -> Measured:
    """What busier limbs change for each volley more; 0 where chance could have done it."""
    both = ((mean.tidy, error.tidy), (mean.clear, error.clear))
    return Measured(*(np.where(np.abs(own) > _LEAST_SE * se, own / _MORE, 0.0) for own, se in both))


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
    """How far each unit speaks for the injected part, percent, (side, side)."""
    own = map_metrics.part_weights(body, weights)
    share = own[:, DISTAL] / own.sum(axis=1)
    return np.asarray(np.rint(PERCENT * share), dtype=np.int64).reshape(body.side, body.side)


@dataclass(frozen=True)
class Tuned:
    """Reflexes of one window: ages, (days + 1,), and error by scenario, (days + 1,)."""

    ages: Array
    error: Mapping[str, Array]


def reflexes_of(ages: Array, middle_y: float, blocked: Mapping[str, Mean]) -> Tuned:
    """Withdrawal reflexes of a spastic limb: a rat's days, each as much longer as the child's window is."""
    limb, rule, held = reflex_network.ring(), reflex_network.Rule(), child_window(middle_y)
    days = round(value("experiments.reflex.end") - value("experiments.reflex.start"))
    edges = np.arange(0, ages[-1] + middle_y / days, middle_y / days)
    edges = edges[: 1 + int((held.plasticity(edges) >= _CLOSED).sum())]
    side = one_side(limb)
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
    return Tuned(edges, errors)
