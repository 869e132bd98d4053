"""Experiments of the model on itself: spastic limbs, healthy limbs with toxin, and what is only numerical.

Nothing here was ever measured in children. A17 is a prediction, A18 and A19 are controls.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.physiology.development import body_map, map_metrics, reflex_network
from endplate.physiology.development.clock import child_middles_y, window
from endplate.questions.developing import experiments
from endplate.questions.developing.experiments import Outcomes
from endplate.questions.developing.lives import (
    DISTAL,
    LIMB,
    VOLLEYS,
    child_rule,
    child_window,
    limb_sheet,
    one_side,
)

Array = NDArray[np.float64]

BLOCKS: Array = np.linspace(0, 1, 9)
_EPOCHS = 60  # of a child's map
_ANIMALS = 5  # whose reflexes are tuned for each map


def spastic_reflexes(
    seeds: int,
    *,
    relief: bool,
    saturating: bool = True,
    coactivation: float | None = None,
    blocks: Array = BLOCKS,
) -> Array:
    """Reflex error of a limb of which one side is spastic and blocked while reflexes tune, (blocks, seeds).

    Args:
        seeds: animals.
        relief: whether the block also takes reflex drive (intrafusal fibres), not force alone.
        saturating: whether skin receptors saturate.
        coactivation: rho; the record's where not given.
        blocks: shares blocked, (blocks,).
    """
    limb, rule = reflex_network.ring(), reflex_network.Rule()
    rule = rule if saturating else replace(rule, gain=0.0)
    rho = value("experiments.spastic.coactivation") if coactivation is None else coactivation
    side = one_side(limb)
    born = reflex_network.newborn(limb, rule, seeds)
    span = value("experiments.reflex.start"), value("experiments.reflex.end")
    found = np.empty((len(blocks), seeds))
    for at, block in enumerate(blocks):
        taken = {"block_e": block * side, "block_i": block * side * relief, "coactive": rho * side}
        over = reflex_network.days(limb, window("rat_reflex", "d"), *span, **taken)
        found[at] = reflex_network.error_rate(limb, reflex_network.live(limb, rule, over, born))
    return found


def spastic_sweep(seeds: int) -> Outcomes:
    """A17: what a block of a spastic side does to the reflexes that tune meanwhile.

    Best gain over no block; of force alone also with severe co-activation.
    """
    severe = value("experiments.spastic.severe")
    force, worse = (spastic_reflexes(seeds, relief=False, coactivation=rho) for rho in (None, severe))
    both = spastic_reflexes(seeds, relief=True)
    linear = spastic_reflexes(seeds, relief=True, saturating=False)
    most = value("experiments.spastic.extreme")
    extreme = spastic_reflexes(seeds, relief=False, saturating=False, coactivation=most)
    best = int(both.mean(axis=1).argmin())
    return {
        "best gain by block of force alone": _best_gain(force),
        "the same, severe co-activation": _best_gain(worse),
        "share blocked that is best, with relief": np.full(seeds, BLOCKS[best]),
        "gain there over no block": both[0] - both[best],
        "gain there over full block": both[-1] - both[best],
        "share blocked that is best, linear receptors": np.full(seeds, BLOCKS[linear.mean(axis=1).argmin()]),
        "best gain by block of force alone, extreme co-activation, linear receptors": _best_gain(extreme),
    }


def spastic_maps(seeds: int, middle_y: float, *, relief: bool, blocks: Array = BLOCKS) -> dict[str, Array]:
    """The grown map of a spastic child's limb by share blocked, (blocks, seeds) of each measure.

    No criterion rests on it. Overall quality rises when the blocked part loses its place, so it is told
    beside the area of that part.

    Args:
        seeds: children.
        middle_y: t_c, years.
        relief: whether the block also takes reflex drive, not force alone.
        blocks: shares blocked, (blocks,).
    """
    rho = value("experiments.spastic.coactivation")
    maps = [child_map(seeds, middle_y, own, mixed=rho, relief=relief) for own in blocks]
    return {
        "quality": np.stack([map_metrics.quality(*own) for own in maps]),
        "distal area": np.stack([map_metrics.area(*own)[:, DISTAL] for own in maps]),
        "clear distal area": np.stack([map_metrics.clear_area(*own)[:, DISTAL] for own in maps]),
    }


def _best_gain(errors: Array) -> Array:
    """Error without block less that of the block with the least mean error, (seeds,)."""
    return np.asarray(errors[0] - errors[1 + errors[1:].mean(axis=1).argmin()])


def child_map(
    seeds: int, middle_y: float, block: float = 0.0, mixed: float = 0.0, relief: bool = False
) -> tuple[body_map.Body, Array]:
    """The grown map of a child's limb whose window closes at ``middle_y``, (seeds, units, receptors).

    A hypothesis: the kitten's rule, with a child's years in place of weeks by their place within the window.

    Args:
        seeds: children.
        middle_y: t_c, years.
        block: share of the distal limb's movement that toxin takes between the ages of the records.
        mixed: share of the partner's volley that spasticity adds.
        relief: whether the block takes of that share too.
    """
    body, held, rule = limb_sheet(), child_window(middle_y), child_rule(middle_y)
    edges = np.linspace(0, value("experiments.healthy.grown"), _EPOCHS + 1)
    taken = np.zeros((_EPOCHS, LIMB))
    first, last = value("experiments.healthy.start"), value("experiments.healthy.end")
    taken[(edges[:-1] >= first) & (edges[:-1] < last), DISTAL] = block
    over = body_map.epochs(
        body, held, edges, block=taken, mixed=mixed * (1 - relief * taken.max(axis=1, keepdims=True))
    )
    born = body_map.newborn(body, rule, seeds)
    return body, body_map.grow(body, rule, over, born, volleys=VOLLEYS["cat"]).weights


def healthy_limb(seeds: int) -> Outcomes:
    """A18: what toxin gains a healthy limb, by measure and guess of the window; more is better for each."""
    block = value("experiments.healthy.block")
    found: Outcomes = {}
    for middle in child_middles_y()[1:]:
        (body, plain), (_, treated) = (child_map(seeds, middle, own) for own in (0.0, block))
        width = body_map.Rule(0.0).width
        gains = {
            "quality": map_metrics.quality(body, treated) - map_metrics.quality(body, plain),
            "localisation": map_metrics.localisation_error(body, width, plain)
            - map_metrics.localisation_error(body, width, treated),
            "order": _disorder(body, plain) - _disorder(body, treated),
        }
        found |= {f"gain of {name}, window to {middle:g} y": own for name, own in gains.items()}
    errors = [
        spastic_reflexes(seeds * _ANIMALS, relief=True, coactivation=0.0, blocks=np.array([own]))[0]
        for own in (0.0, block)
    ]
    return {**found, "gain of reflexes": errors[0] - errors[1]}


def _disorder(body: body_map.Body, maps: Array) -> Array:
    """How far the topographic product is from 0, (seeds,)."""
    return np.abs([map_metrics.topographic_product(body, own) for own in maps])


def numerics(seeds: int) -> Outcomes:
    """A19: what changes when every step of learning is cut in two, over the value; and between two runs."""
    whole, halves = (experiments.kitten_map(seeds, "block", parts=parts) for parts in (1, 2))
    again = experiments.kitten_map(seeds, "block")[1]
    finer = map_metrics.quality(*experiments.kitten_map(seeds, "block", finer=2))
    limb, rule = reflex_network.ring(), reflex_network.Rule()
    span = value("experiments.reflex.start"), value("experiments.reflex.end")
    over = reflex_network.days(limb, window("rat_reflex", "d"), *span)
    born = reflex_network.newborn(limb, rule, seeds)
    away = [
        reflex_network.withdrawal(limb, reflex_network.live(limb, rule, over, born, parts=p)) for p in (1, 2)
    ]
    measures = {
        "distal area": [map_metrics.area(*own)[:, DISTAL] for own in (whole, halves)],
        "quality": [map_metrics.quality(*own) for own in (whole, halves)],
        "withdrawal": away,
    }
    found = {
        f"{name}, step halved": np.abs(fine - coarse) / coarse.mean()
        for name, (coarse, fine) in measures.items()
    }
    before = map_metrics.quality(*whole)
    return {
        **found,
        "quality, twice the volleys": (finer - before) / before.mean(),
        "bytes that differ": (again != whole[1]).mean(axis=(1, 2)),
    }
