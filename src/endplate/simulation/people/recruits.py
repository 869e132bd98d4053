"""People of a trial before it begins, as arrays, and the limits by which they are let in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.errors import InputError
from endplate.knowledge.evidence.populations import GMFCS_LEVELS, load_populations
from endplate.knowledge.vocabulary import SEXES
from endplate.knowledge.vocabulary.patterns import PATTERNS, muscles_of

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]
Words = NDArray[np.str_]
Span = tuple[float, float]

EVERYTHING: Span = (-np.inf, np.inf)
"""A range that lets everybody in."""


@dataclass(frozen=True)
class Eligibility:
    """Who is let in, and what a trial states of its people in place of what the population holds.

    A range is (lowest, highest), either of which may be infinite. The least grade is no matter of this class:
    a recorded grade is let in by :class:`endplate.physiology.scales.Enrolment`.

    Attributes:
        age_y: range of age.
        months_since_onset: range of the time since onset; of cerebral palsy, of age.
        weight_kg: range of body mass.
        gmfcs: levels let in, of children; None for all.
        patterns: one of these is the pattern that is to be treated; None for all.
        sex: the only one let in; None for both.
        mean_age_y: mean age of the people let in.
        sd_age_y: its standard deviation.
        female_share: share of women or girls.

    Raises:
        InputError: a range is reversed, a level or word is unknown, or a share is none.
    """

    age_y: Span = EVERYTHING
    months_since_onset: Span = EVERYTHING
    weight_kg: Span = EVERYTHING
    gmfcs: tuple[int, ...] | None = None
    patterns: tuple[str, ...] | None = None
    sex: str | None = None
    mean_age_y: float | None = None
    sd_age_y: float | None = None
    female_share: float | None = None

    def __post_init__(self) -> None:
        for name in ("age_y", "months_since_onset", "weight_kg"):
            low, high = getattr(self, name)
            if not low < high:
                remedy = "Give the lower end first."
                raise _wrong(f"No {name} lies between {low:g} and {high:g}", "range_reversed", remedy, name)
        _subset(self.gmfcs, GMFCS_LEVELS, "gmfcs")
        _subset(self.patterns, PATTERNS, "patterns")
        _subset(None if self.sex is None else (self.sex,), SEXES, "sex")
        if self.sd_age_y is not None and not self.sd_age_y > 0:
            remedy = "Give a standard deviation above 0."
            raise _wrong(f"An SD of age of {self.sd_age_y:g} y is none", "age_sd", remedy, "sd_age_y")
        if self.female_share is not None and not 0 <= self.female_share <= 1:
            remedy = "Give it from 0 to 1."
            raise _wrong(f"{self.female_share:g} is not a share", "share", remedy, "female_share")


def _subset(given: tuple[object, ...] | None, known: Iterable[object], name: str) -> None:
    """Raise unless something is given and all of it is known."""
    options = list(known)
    if given is not None and (not given or not set(given) <= set(options)):
        shown = ", ".join(str(word) for word in options)
        raise _wrong(f"{list(given)} is no choice of {name}", "unknown_word", f"Use some of {shown}.", name)


def _wrong(message: str, rule: str, remedy: str, field: str) -> InputError:
    return InputError(message, rule=rule, remedy=remedy, field=field)


@dataclass(frozen=True)
class Recruits:
    """People, one element or row each; patterns and joints are those of all populations drawn from.

    Attributes:
        populations: ids drawn from.
        patterns: ids, the columns of ``has_pattern``.
        joints: ids, the columns of ``involved``, ``score`` and ``grade``.
        population: place of each person's population, (size,).
        age_y: age, (size,).
        female: whether a woman or girl, (size,).
        weight_kg: body mass, (size,).
        height_cm: height, (size,).
        months_since_onset: time since onset; of cerebral palsy the age, (size,).
        gmfcs: level 1 to 5, 0 where there is none, (size,).
        main_pattern: place of the pattern to be treated first, (size,).
        has_pattern: patterns of each, the main one among them, (size, patterns).
        involved: joints at which a person has a pattern, (size, joints).
        severity: what the joints of a person share, a standard-normal score before limits, (size,).
        score: standard-normal score of the true grade at every joint, involved or not, (size, joints).
            Another mean and SD than the population's, such as a trial's, are put on by ``mean + sd * score``.
        grade: true grade by the population's mean and SD, on the coded modified Ashworth scale; NaN where the
            joint is not involved, (size, joints).
        eligible: probability that the first candidate, whose numbers were drawn one after the other, is let
            in, (size,); its mean is the share of the population that the limits leave.
    """

    populations: tuple[str, ...]
    patterns: tuple[str, ...]
    joints: tuple[str, ...]
    population: Places
    age_y: Array
    female: Flags
    weight_kg: Array
    height_cm: Array
    months_since_onset: Array
    gmfcs: Places
    main_pattern: Places
    has_pattern: Flags
    involved: Flags
    severity: Array
    score: Array
    grade: Array
    eligible: Array

    @property
    def size(self) -> int:
        """Number of people."""
        return int(self.age_y.size)

    @property
    def sex(self) -> Words:
        """Sex of each as a word, (size,)."""
        return np.where(self.female, *SEXES)

    @property
    def condition(self) -> Words:
        """Condition of each as a word, (size,)."""
        held = [load_populations()[name].condition for name in self.populations]
        return np.array(held)[self.population]

    def muscles(self, person: int) -> tuple[str, ...]:
        """Muscles that take part in the patterns of one person, in alphabetical order."""
        own = [name for name, has in zip(self.patterns, self.has_pattern[person], strict=True) if has]
        return tuple(sorted(set().union(*(muscles_of(name) for name in own))))

    def at(self, joint: str) -> int:
        """The column of a joint; ``ValueError`` where no population drawn from involves it."""
        return self.joints.index(joint)

    def rows(self, which: slice | Places | Flags) -> Recruits:
        """Some of the people."""
        held = {item.name: getattr(self, item.name) for item in fields(self)}
        cut: dict[str, Any] = {n: c[which] for n, c in held.items() if isinstance(c, np.ndarray)}
        return replace(self, **cut)
