"""The published experiments on animals, and the controls, as functions of a number of seeds.

Each returns its outcomes by name, one value per seed, so that mean and standard error can be told; what is
asked of them stands in ``acceptance``. Numbers come from the evidence records: conditions that a paper
states, and what nobody measured as ``assumed``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.physiology.development import body_map, map_metrics, reflex_network
from endplate.physiology.development.clock import Window, window

Array = NDArray[np.float64]
Outcomes = dict[str, Array]

SIDE = 16  # units along one side of a map
EPOCH = 1 / 2  # length of an epoch, d or wk
VOLLEYS = {"mouse": 500, "cat": 250}  # per epoch
ACROSS_ROWS, ROWS, ALONG = 2, 5, 8  # receptors: whiskers in five rows
ACROSS_LIMB, LIMB = 5, 2  # receptors: a limb of a proximal and a distal part
LESIONED = 2  # the middle row
DISTAL = 1
DAYS_PER_WEEK = 7


def _reflex(seeds: int, touch: float = 1.0, lesion: float = 0.0) -> Array:
    """Reflexes after the days in which rats tune theirs, (seeds, pools, sites)."""
    limb, rule = reflex_network.ring(), reflex_network.Rule()
    span = value("experiments.reflex.start"), value("experiments.reflex.end")
    held = window("rat_reflex", "d")
    over = reflex_network.days(limb, held, *span, touch=touch, lesion=lesion)
    return reflex_network.live(limb, rule, over, reflex_network.newborn(limb, rule, seeds))


def reflex_tuning(seeds: int) -> Outcomes:
    """A1 to A4: reflex error in normal rats, without touch, in adults without touch, with reversed touch."""
    limb, rule = reflex_network.ring(), reflex_network.Rule()
    start = reflex_network.error_rate(limb, reflex_network.newborn(limb, rule, seeds))
    grown = _reflex(seeds)
    end = reflex_network.error_rate(limb, grown)
    rates = {
        name: reflex_network.error_rate(limb, _reflex(seeds, touch=touch, lesion=lesion))
        for name, touch, lesion in (("numb", 0.0, 0.0), ("reversed", -1.0, 0.0), ("cut", 1.0, 1.0))
    }
    first = value("experiments.reflex.adult")
    later = (first, first + value("experiments.reflex.adult_days"))
    adult = [
        reflex_network.live(
            limb, rule, reflex_network.days(limb, window("rat_reflex", "d"), *later, touch=touch), grown
        )
        for touch in (1.0, 0.0)
    ]
    with_touch, without = (reflex_network.error_rate(limb, own) for own in adult)
    return {
        "error at the start": start,
        "error at the start, less the published": start - value("experiments.reflex.error_start"),
        "error at the end": end,
        "error at the end, over the published bound": end - value("experiments.reflex.error_end"),
        "change without touch": rates["numb"] - start,
        "change without descending tracts": rates["cut"] - start,
        "change in adults without touch": without - with_touch,
        "rise with reversed touch": rates["reversed"] - start,
    }


def barrel_map(seeds: int, lesion_d: float | None = None, parts: int = 1) -> tuple[body_map.Body, Array]:
    """The grown whisker map, (seeds, units, receptors), after a lesion of its middle row on a day, if any."""
    body = body_map.strips(ROWS, ACROSS_ROWS, ALONG, SIDE)
    rule = body_map.Rule(value("body_map.learning.mouse"))
    edges = np.arange(0, value("experiments.barrel.end") + EPOCH / 2, EPOCH)
    live = np.ones((len(edges) - 1, ROWS))
    if lesion_d is not None:
        live[edges[:-1] >= lesion_d, LESIONED] = 0
    over = body_map.epochs(body, window("mouse_barrel", "d"), edges, live=live, rate=live)
    born = body_map.newborn(body, rule, seeds)
    return body, body_map.grow(body, rule, over, born, volleys=VOLLEYS["mouse"], parts=parts).weights


def barrel_lesions(seeds: int) -> Outcomes:
    """A5: area of the row whose whiskers were lost on some day, over that without a lesion."""
    body, whole = barrel_map(seeds)
    normal = map_metrics.area(body, whole)[:, LESIONED]
    days = {name: value(f"experiments.barrel.day_{name}") for name in ("early", "closing", "closed")}
    return {
        f"row left, lesion {name}": map_metrics.area(*barrel_map(seeds, day))[:, LESIONED] / normal
        for name, day in days.items()
    }


def order(seeds: int) -> Outcomes:
    """A6: topographic product of the grown whisker map, and of the same units in a shuffled order."""
    body, maps = barrel_map(seeds)
    mixed = np.random.default_rng(0).permutation(maps.shape[1])
    return {
        "order": np.array([map_metrics.topographic_product(body, own) for own in maps]),
        "order of a shuffled map": np.array(
            [map_metrics.topographic_product(body, own[mixed]) for own in maps]
        ),
    }


def kitten_map(
    seeds: int,
    blocked: str = "",
    trained: str = "",
    *,
    end_wk: float | None = None,
    own_window: Window | None = None,
    parts: int = 1,
    finer: int = 1,
) -> tuple[body_map.Body, Array]:
    """The motor map of kittens, (seeds, units, receptors).

    Args:
        seeds: animals.
        blocked: ``block`` or ``late``: weeks in which toxin silences the distal limb.
        trained: ``train`` or ``late``: weeks in which it is trained.
        end_wk: when the map is looked at; grown, where not given.
        own_window: instead of the kitten's own.
        parts: steps into which the change by one volley is cut.
        finer: how many times as many volleys, each of a smaller step.
    """
    body = body_map.strips(LIMB, ACROSS_LIMB, ALONG, SIDE)
    rule = body_map.Rule(value("body_map.learning.cat"))
    start = value("experiments.kitten.start")
    end = value("experiments.kitten.end") if end_wk is None else end_wk
    edges = np.arange(start, end + EPOCH / 2, EPOCH)
    block, rate = (np.zeros((len(edges) - 1, LIMB)) for _ in range(2))
    block[_within(edges[:-1], blocked), DISTAL] = value("experiments.kitten.block")
    rate[_within(edges[:-1], trained), DISTAL] = value("experiments.kitten.training") - 1
    over = body_map.epochs(body, own_window or window("kitten_map", "wk"), edges, block=block, rate=1 + rate)
    born = body_map.newborn(body, rule, seeds)
    return body, body_map.grow(body, rule, over, born, volleys=VOLLEYS["cat"] * finer, parts=parts).weights


def _within(time_wk: Array, name: str) -> NDArray[np.bool_]:
    """Which epochs lie in the weeks of this name; none where it is empty."""
    if not name:
        return np.zeros(len(time_wk), dtype=np.bool_)
    first, last = (value(f"experiments.kitten.{name}_{end}") for end in ("from", "to"))
    return np.asarray((time_wk >= first) & (time_wk < last))


def _distal(seeds: int, *weeks: str, **changes: float | Window | None) -> Array:
    """Area of the distal part, (seeds,)."""
    return np.asarray(map_metrics.area(*kitten_map(seeds, *weeks, **changes))[:, DISTAL])  # type: ignore[arg-type]


def kitten(seeds: int) -> Outcomes:
    """A7 to A9: distal area after toxin early and late, and what training early and late brings back."""
    normal, lost = _distal(seeds), _distal(seeds, "block")
    early, late = _distal(seeds, "block", "train"), _distal(seeds, "block", "late")
    fall = np.mean(normal - lost)
    return {
        "distal area": normal,
        "distal area lost to toxin, share": (normal - lost) / normal,
        "share of the loss that early training restores": (early - lost) / fall,
        "share of the loss that late training restores": (late - lost) / fall,
        "distal area lost to late toxin, share": (normal - _distal(seeds, "late")) / normal,
    }


def ineffective_sites(seeds: int) -> Outcomes:
    """A10: share of sites without an effect at three ages, less the published share."""
    threshold = value("body_map.drive_threshold")
    ages = {
        "young": value("experiments.kitten.age_young") / DAYS_PER_WEEK,
        "closing": value("experiments.kitten.age_closing") / DAYS_PER_WEEK,
        "adult": None,
    }
    return {
        f"ineffective sites, {name}": map_metrics.ineffective(*kitten_map(seeds, end_wk=age), threshold)
        - value(f"experiments.kitten.ineffective_{name}")
        for name, age in ages.items()
    }


def no_window(seeds: int) -> Outcomes:
    """A16: how much more an early block takes than a late one, by window.

    Each map is looked at after as much time as the block had lasted. Without a window (it never closes) the
    timing must not matter.
    """
    own = window("kitten_map", "wk")
    found = {}
    for name, held in {
        "with its window": own,
        "without a window": replace(own, floor=1.0, middle=np.inf),
    }.items():
        area = {}
        for when in ("block", "late"):
            first, last = (value(f"experiments.kitten.{when}_{end}") for end in ("from", "to"))
            after = last + (last - first)
            normal = _distal(seeds, end_wk=after, own_window=held)
            area[when] = (normal - _distal(seeds, when, end_wk=after, own_window=held)) / normal
        found[f"early less late loss, {name}"] = area["block"] - area["late"]
    return found
