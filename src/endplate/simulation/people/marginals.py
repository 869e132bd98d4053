"""Distributions of what people are, read at standard-normal scores and back; one element a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root
from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp

from endplate.knowledge.evidence import Record

Array = NDArray[np.float64]

_LEAST = 2.0**-53  # keeps a share off 0 and 1, so that its score is finite
_POINTS, _CLOSE = 2000, 1e-9


@dataclass(frozen=True)
class Marginal:
    """A distribution told by its values at scores and the scores of its values, both rising.

    Attributes:
        at: value at standard-normal scores, same shape.
        score: score of values, same shape; minus infinity for what is too low to be one.
    """

    at: Callable[[Array], Array]
    score: Callable[[Array], Array]


def normal(mean: Array | float, sd: Array | float) -> Marginal:
    """A normal distribution; mean and SD of all or of each person."""
    return Marginal(lambda z: np.asarray(mean + sd * z), lambda x: np.asarray((x - mean) / sd))


def part_of_normal(mean: float, sd: float, low: float, high: float) -> Marginal:
    """The part of a normal distribution between two limits; scores are standard normal among that part."""
    first, last = np.float64((low - mean) / sd), np.float64((high - mean) / sd)
    whole = chance(first, last)

    def at(z: Array) -> Array:
        return mean + sd * between(ndtr(z), first, last)

    def score(x: Array) -> Array:
        share = chance(first, np.clip((x - mean) / sd, first, last)) / whole
        return np.asarray(ndtri(share))

    return Marginal(at, score)


def lognormal(median: Array | float, sd_log: Array | float) -> Marginal:
    """A lognormal distribution; median and SD of the logarithm of all or of each person."""

    def score(x: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(x <= 0, -np.inf, np.log(x / median) / sd_log))

    def at(z: Array) -> Array:
        with np.errstate(over="ignore"):  # far out it has no end, as far in it is 0
            return np.asarray(median * np.exp(sd_log * z))

    return Marginal(at, score)


def lms(power: Array, median: Array, variation: Array, shift: Array) -> Marginal:
    r"""A growth reference by the LMS method, each person a stated number of scores away from it.

    .. math:: x = M (1 + L S (z + d))^{1/L}

    Args:
        power: L of each person's age and sex, not 0.
        median: M.
        variation: S.
        shift: d, the distance from the reference in standard scores.
    """

    def at(z: Array) -> Array:
        inside = np.maximum(1 + power * variation * (z + shift), _LEAST)
        return np.asarray(median * inside ** (1 / power))

    def score(x: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = ((x / median) ** power - 1) / (power * variation) - shift
        return np.asarray(np.where(x <= 0, -np.inf, found))

    return Marginal(at, score)


def of_record(record: Record) -> Marginal:
    """The distribution of a record that is drawn normal or lognormal between people.

    Raises:
        ValueError: the record is drawn otherwise.
    """
    drawn = record.distribution
    if drawn.kind == "normal" and drawn.sd is not None:
        return normal(record.value, drawn.sd)
    if drawn.kind == "lognormal" and drawn.sd_log is not None:
        return lognormal(record.value, drawn.sd_log)
    raise ValueError(f"{record.id} is neither normal nor lognormal")


@lru_cache(maxsize=256)
def normal_before_limits(mean: float, sd: float, low: float, high: float) -> tuple[float, float] | None:
    """Mean and SD of the normal distribution of which the part between two limits has a mean and SD.

    Returns:
        None where no normal distribution has such a part: the mean too near a limit, the SD too large.
    """
    if not low < mean < high:
        return None
    points = low + (high - low) * (np.arange(_POINTS) + 1 / 2) / _POINTS

    def misfit(about: Array) -> list[float]:
        logs = -(((points - about[0]) / np.exp(about[1])) ** 2) / 2
        weight = np.exp(logs - logs.max())
        found = float(weight @ points / weight.sum())
        spread = float(np.sqrt(weight @ (points - found) ** 2 / weight.sum()))
        return [(found - mean) / sd, np.log(max(spread, _LEAST) / sd)]

    with np.errstate(over="ignore", invalid="ignore"):
        solved = root(misfit, [mean, np.log(sd)], tol=_CLOSE)
    if not solved.success or max(map(abs, misfit(solved.x))) > np.sqrt(_CLOSE):
        return None
    return float(solved.x[0]), float(np.exp(solved.x[1]))


def between(share: Array, low: Array | np.float64, high: Array | np.float64) -> Array:
    """Standard normal scores at a share (0 to 1) of what lies between two, same shape.

    Done on logarithms and from the nearer tail, so that it holds far out as well.
    """
    share = np.clip(share, _LEAST, 1 - _LEAST)
    mirrored = low > 0
    first, last = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    part = np.where(mirrored, 1 - share, share)
    logs = np.logaddexp(np.log1p(-part) + log_ndtr(first), np.log(part) + log_ndtr(last))
    found = np.clip(ndtri_exp(logs), first, last)
    return np.asarray(np.where(mirrored, -found, found))


def chance(low: Array | np.float64, high: Array | np.float64) -> Array:
    """Probability that a standard normal score lies between two, same shape; 0 where they are reversed."""
    mirrored = low > 0
    found = np.where(mirrored, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low))
    return np.asarray(np.maximum(found, 0))
