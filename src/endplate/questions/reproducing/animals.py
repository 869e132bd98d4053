"""Developing animals of a study: pairs of a parameter draw and an animal, and the group read off them.

A map takes a tenth of a second to grow, so few pairs are followed: every parameter draw with the same
animals, whatever is done to them, so that arms share chance. Draws are spread evenly over each record's
distribution (a Latin hypercube). A group's chance is read from how animals of one draw differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from endplate.case import Arm, Outcome
from endplate.case.development import Blocked, Development, Span
from endplate.knowledge.evidence import get, value
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.questions.developing.lives import (
    Life,
    MotorLife,
    Read,
    ReflexLife,
    WhiskerLife,
    seen,
)
from endplate.questions.developing.lives import Span as Ages
from endplate.questions.reproducing.groups import people_reported
from endplate.questions.reproducing.reported import Statistic
from endplate.simulation.blocks import side_by_side
from endplate.simulation.parameters import process_shared, quantile, stream

Array = NDArray[np.float64]

PAIRS = {"spinal_reflex": (32, 4), "whisker_map": (8, 2), "motor_map": (8, 2)}
"""Parameter draws, and animals with each of them."""
SPECIES = {"spinal_reflex": "rat", "whisker_map": "mouse", "motor_map": "cat"}
"""The species for which a circuit is held."""


def _spread_of(record_id: str, seed: int, draws: int) -> Array:
    """Values of a record, one in each of equally likely parts of its distribution, (draws,)."""
    record = get(record_id)
    if record.varies != "uncertain":
        return np.full(draws, record.value)
    places = stream(seed, process_shared(record)).permutation(draws)
    return quantile(record, ndtri((places + 1 / 2) / draws))


def _reader(seed: int, draws: int, place: int) -> Read:
    """The numbers of one parameter draw."""
    return lambda record_id: float(_spread_of(record_id, seed, draws)[place])


@lru_cache(maxsize=64)
def followed(life: Life, seed: int, pairs: tuple[int, int]) -> Mapping[str, Array]:
    """What is seen of a life, (draws, animals) by measure; a life asked for again is not lived again.

    Args:
        life: what was done.
        seed: of every random stream.
        pairs: parameter draws, and animals with each.
    """
    draws, animals = pairs

    def one(place: int) -> dict[str, Array]:
        return seen(life, animals, _reader(seed, draws, place), (seed * draws + place) * animals)

    rows = list(side_by_side(one, range(draws)))
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _ages(span: Span | Blocked | None, unit: str) -> Ages | None:
    if span is None or span.start is None or span.to is None:
        return None
    return span.start.to(unit).value, span.to.to(unit).value


def _age(at: Quantity | None, unit: str) -> float | None:
    return None if at is None else float(at.to(unit).value)


def _reflex(held: Development, until: Quantity) -> Life:
    return ReflexLife(
        until.to("d").value,
        numb=_ages(held.touch_numb, "d"),
        turned=_ages(held.touch_reversed, "d"),
        cut=_age(held.cord_cut, "d"),
    )


def _whiskers(held: Development, until: Quantity) -> Life:
    return WhiskerLife(until.to("d").value, lesion=_age(held.row_lesion, "d"))


def _motor(held: Development, until: Quantity) -> Life:
    return MotorLife(
        until.to("wk").value,
        toxin=_ages(held.toxin, "wk"),
        block=held.toxin.block if held.toxin else None,
        training=_ages(held.training, "wk"),
        silent=_ages(held.cortex_silent, "wk"),
    )


_LIVES: dict[str, Callable[[Development, Quantity], Life]] = {
    "spinal_reflex": _reflex,
    "whisker_map": _whiskers,
    "motor_map": _motor,
}


@dataclass(frozen=True)
class _Read:
    """An outcome of one arm: as read (draws, animals), and the deviation of one animal drawn apart."""

    values: Array
    animal_sd: float


def _deviation(values: Array) -> float:
    """Standard deviation between animals of one parameter draw; 0 of single animals."""
    return float(np.sqrt(values.var(axis=1, ddof=1).mean())) if values.shape[1] > 1 else 0.0


def _read(arm: Arm, outcome: Outcome, seed: int) -> _Read:
    held, until = arm.development, outcome.at
    if held is None or until is None:
        raise ValueError("an arm that follows no circuit, or an outcome without an age")  # the schema refuses
    life, pairs = _LIVES[held.circuit](held, until), PAIRS[held.circuit]
    found = followed(life, seed, pairs)
    if outcome.measure != "map_area_ratio":
        return _Read(found[outcome.measure], _deviation(found[outcome.measure]))
    area, normal = found["map_area"], followed(type(life)(life.until), seed, pairs)["map_area"]
    apart = float(np.hypot(_deviation(area), _deviation(normal))) / float(normal.mean())
    return _Read(area / normal, apart)


def of_animals(arm: Arm, other: Arm | None, outcome: Outcome, draws: int, seed: int) -> Statistic:
    """The statistic of a group of animals, or the difference of two, in every draw.

    Args:
        arm: what was done.
        other: the arm that it is compared with.
        outcome: of a developing circuit, with an age.
        draws: posterior draws; the parameter draws take turns in them.
        seed: of every random stream.
    """
    read = [_read(each, outcome, seed) for each in (arm, other) if each is not None]
    sizes = [people_reported(each, outcome) for each in (arm, other) if each is not None]
    values = read[0].values - read[1].values if len(read) > 1 else read[0].values
    chances = [each.animal_sd / np.sqrt(n) for each, n in zip(read, sizes, strict=True)]
    if outcome.measure == "map_area_ratio" and not outcome.is_bound:
        chances += [measured(float(r.values.mean()), n) for r, n in zip(read, sizes, strict=True)]
    drawn = _deviation(values) / float(np.sqrt(values.shape[1]))
    chance = float(np.sqrt(np.sum(np.square(chances))))
    return Statistic(np.resize(values.mean(axis=1), draws), drawn, chance)


def measured(size: float, animals: int) -> float:
    """Standard error of a mean ratio of this size, measured in so many animals."""
    return abs(size) * value("measures.ratio_cv") / float(np.sqrt(animals))
