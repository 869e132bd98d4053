"""The published experiments on animals, and the controls, as functions of a number of seeds.

Each returns its outcomes by name, one value per seed, so that mean and standard error can be told; what is
asked of them stands in ``acceptance``, how conditions turn into a life in ``lives``. Numbers come from the
evidence records: conditions that a paper states, and what nobody measured as ``assumed``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.physiology.development import body_map, map_metrics
from endplate.physiology.development.clock import Window, window
from endplate.questions.developing.lives import (
    DISTAL,
    LESIONED,
    MotorLife,
    ReflexLife,
    Span,
    WhiskerLife,
    motor,
    seen,
    whiskers,
)

Array = NDArray[np.float64]
Outcomes = dict[str, Array]


def reflex_tuning(seeds: int) -> Outcomes:
    """A1 to A4: reflex error in normal rats, without touch, in adults without touch, with reversed touch."""
    first, last = (value(f"experiments.reflex.{name}") for name in ("start", "end"))
    adult = value("experiments.reflex.adult")
    later = (adult, adult + value("experiments.reflex.adult_days"))

    def error(until: float, **done: Any) -> Array:
        return seen(ReflexLife(until, **done), seeds)["reflex_error"]

    start, end = error(first), error(last)
    return {
        "error at the start": start,
        "error at the start, less the published": start - value("experiments.reflex.error_start"),
        "error at the end": end,
        "error at the end, over the published bound": end - value("experiments.reflex.error_end"),
        "change without touch": error(last, numb=(first, last)) - start,
        "change without descending tracts": error(last, cut=0.0) - start,
        "change in adults without touch": error(later[1], numb=later) - error(later[1]),
        "rise with reversed touch": error(last, turned=(first, last)) - start,
    }


def barrel_map(seeds: int, lesion_d: float | None = None) -> tuple[body_map.Body, Array]:
    """The grown whisker map, (seeds, units, receptors), after a lesion of its middle row on a day, if any."""
    return whiskers(WhiskerLife(value("experiments.barrel.end"), lesion_d), seeds)


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
    end = value("experiments.kitten.end") if end_wk is None else end_wk
    life = MotorLife(end, toxin=_weeks(blocked), training=_weeks(trained))
    return motor(life, seeds, own_window=own_window, parts=parts, finer=finer)


def _weeks(name: str) -> Span | None:
    """The weeks of this name; none where it is empty."""
    if not name:
        return None
    first, last = (value(f"experiments.kitten.{name}_{end}") for end in ("from", "to"))
    return first, last


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
