r"""Who takes part: age, sex, size, time since onset, function, patterns and how stiff each joint is.

A Gaussian copula ties GMFCS level, age, time since onset and severity, and height to body mass. A person's
numbers are drawn one after the other, each given those before it, from the part of its distribution that is
let in. These are candidates: a limit of a later number (body mass) leaves the earlier ones (age) as they are,
until ``admission.py`` lets in some of them.

.. math:: z_j = \sqrt{r}\, s + \sqrt{1 - r}\, e_j

z_j is the score of the true grade at joint j, s the person's severity, r the correlation of two joints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from endplate.errors import InputError
from endplate.knowledge.evidence import get, value
from endplate.knowledge.evidence.populations import Population
from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.knowledge.vocabulary.patterns import joint_of
from endplate.physiology.scales.rater import within_scale
from endplate.simulation.parameters import Draws
from endplate.simulation.people import body_size
from endplate.simulation.people.marginals import (
    Marginal,
    between,
    chance,
    normal_before_limits,
    of_record,
    part_of_normal,
)
from endplate.simulation.people.recruits import EVERYTHING, Eligibility, Recruits, Span

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]
Known = Mapping[str, Array]

_LEAST_SHARE = 1e-6  # of a population that must be let in
_COVARIATES = ("gmfcs", "sex", "age", "onset", "severity", "height", "weight", "pattern")


@dataclass
class Scores:
    """Correlated standard-normal scores, drawn one after the other given those before.

    Attributes:
        root: lower triangle whose product with its transpose is the correlation.
        own: what each score has of its own, so far.
    """

    root: Array
    own: list[Array] = field(default_factory=list)

    def given(self) -> tuple[Array | float, float]:
        """Mean and SD of the next score given those before."""
        row = self.root[len(self.own)]
        return sum((row[j] * own for j, own in enumerate(self.own)), start=0.0), float(row[len(self.own)])

    def draw(self, share: Array, low: Array, high: Array, known: Array) -> tuple[Array, Array]:
        """The next score between two, or as known, and the probability of lying between, (size,) each."""
        mean, sd = self.given()
        first, last = (low - mean) / sd, (high - mean) / sd
        own = np.where(np.isnan(known), between(share, first, last), (known - mean) / sd)
        self.own.append(own)
        return np.asarray(mean + sd * own), chance(first, last)


@dataclass
class Recruiting:
    """Candidates of one population being drawn.

    Attributes:
        eligible: gathers the probability of being let in, given what is drawn so far.
        later: its part that differs between people: limits of numbers that hang on those drawn before.
    """

    population: Population
    draws: Draws
    wanted: Eligibility
    known: Known
    eligible: Array = field(init=False)
    later: Array = field(init=False)
    scores: Scores = field(init=False)
    luck: dict[str, Array] = field(init=False)

    def __post_init__(self) -> None:
        luck = self.draws.uniform("people", len(_COVARIATES))
        self.luck = dict(zip(_COVARIATES, luck.T, strict=True))
        root = np.linalg.cholesky(correlation(children=self.population.children))
        self.scores = Scores(np.asarray(root, np.float64))
        self.eligible, self.later = np.ones(self.draws.size), np.ones(self.draws.size)

    def people(self) -> Recruits:
        """Everybody, (size,)."""
        gmfcs, age_y = self._gmfcs(), self._age()
        months = self._months(age_y)
        female = self._female()
        severity, score = self._severity()
        height, weight = self._body(age_y, female, gmfcs)
        main, has = self._patterns()
        joints = self.population.joints
        involved = np.stack([self._at(joint, has) for joint in joints], axis=1)
        return Recruits(
            populations=(self.population.id,),
            patterns=self.population.patterns,
            joints=joints,
            population=np.zeros(self.draws.size, np.int64),
            age_y=age_y,
            female=female,
            weight_kg=weight,
            height_cm=height,
            months_since_onset=months,
            gmfcs=gmfcs,
            main_pattern=main,
            has_pattern=has,
            involved=involved,
            severity=severity,
            score=score,
            grade=np.where(involved, self._grade(score), np.nan),
            eligible=self.eligible,
        )

    def _let_in(self, chance: Array | float, *, later: bool = False) -> None:
        """Count the probability of meeting one limit; ``later`` where it differs between people."""
        self.eligible = self.eligible * chance
        if later:
            self.later = self.later * chance

    def nobody(self) -> InputError:
        """What to tell where hardly anybody is let in."""
        return InputError(
            f"Hardly anybody of {self.population.id} is let in by these limits",
            rule="nobody_eligible",
            remedy="Widen the limits, or draw from another population.",
            field="eligibility",
        )

    def _column(self, name: str) -> Array:
        """A known column, NaN where it is to be drawn, (size,)."""
        return np.asarray(self.known.get(name, np.full(self.draws.size, np.nan)), np.float64)

    def _gmfcs(self) -> Places:
        """Level of each child, 0 of adults; the score lies where the level lies among all."""
        levels = self.population.gmfcs_levels
        if not levels:
            if self.wanted.gmfcs is not None:
                message = f"{self.population.id} has no GMFCS levels"
                remedy = "Leave gmfcs out: it is told of children."
                raise InputError(message, rule="gmfcs_of_adults", remedy=remedy, field="gmfcs")
            return np.zeros(self.draws.size, np.int64)
        held = np.array([value(f"people.{self.population.id}.gmfcs.{level}") for level in levels])
        ends = np.cumsum(held / held.sum())
        let_in = [level for level in levels if self.wanted.gmfcs is None or level in self.wanted.gmfcs]
        drawn, part = _choose(held[np.array(let_in) - 1] / held.sum(), self.luck["gmfcs"])
        known = self._column("gmfcs")
        level = np.where(np.isnan(known), np.array(let_in)[drawn], np.nan_to_num(known, nan=1)).astype(int)
        inside = np.where(np.isnan(known), part, 1 / 2)  # of a known level only its middle is known
        low = np.where(level > 1, ends[level - 2], 0)
        score = ndtri(np.clip(low + inside * (ends[level - 1] - low), _LEAST_SHARE, 1 - _LEAST_SHARE))
        self.scores.draw(self.luck["gmfcs"], *_open(self.draws.size), score)
        self._let_in(float(held[np.array(let_in) - 1].sum() / held.sum()))
        return np.asarray(level, np.int64)

    def _age(self) -> Array:
        """Age, y; of children limits of time since onset are limits of age."""
        children = self.population.children
        who = "child" if children else "adult"
        own = value(f"people.{who}.age_from"), value(f"people.{who}.age_to")
        low, high = self.wanted.age_y
        if children:
            first, last = (month / MONTHS_PER_YEAR for month in self.wanted.months_since_onset)
            low, high = max(low, first), min(high, last)
        if max(low, own[0]) >= min(high, own[1]):
            raise self.nobody()
        return self._drawn("age", self._ages(own, (low, high)), (low, high), own, "age_y")

    def _ages(self, own: Span, wanted: Span) -> Marginal:
        """Ages of the population; a stated mean and SD are those of the people let in."""
        record = get(f"people.{self.population.id}.age")
        held = record.value, record.distribution.sd or 1.0
        stated = self.wanted.mean_age_y, self.wanted.sd_age_y
        if stated == (None, None):
            return _ages_between(*held, own)
        mean, sd = (known if known is not None else usual for known, usual in zip(stated, held, strict=True))
        return _ages_between(mean, sd, (max(own[0], wanted[0]), min(own[1], wanted[1])))

    def _months(self, age_y: Array) -> Array:
        """Months since onset, no more than a lifetime; cerebral palsy begins at birth."""
        if self.population.children:
            return age_y * MONTHS_PER_YEAR
        marginal = of_record(get(f"people.{self.population.id}.onset"))
        alive = np.zeros_like(age_y), age_y * MONTHS_PER_YEAR
        return self._drawn("onset", marginal, self.wanted.months_since_onset, alive, "months_since_onset")

    def _drawn(
        self,
        covariate: str,
        marginal: Marginal,
        wanted: Span,
        possible: tuple[Array | float, Array | float],
        column: str,
    ) -> Array:
        """The next covariate, from what is possible and wanted; values that are known stay as they are."""
        known = self._column(column)
        low, high = (np.broadcast_to(np.asarray(end, np.float64), known.shape) for end in possible)
        mean, sd = self.scores.given()
        whole = chance((marginal.score(low) - mean) / sd, (marginal.score(high) - mean) / sd)
        low, high = np.maximum(low, wanted[0]), np.minimum(high, wanted[1])
        score, inside = self.scores.draw(
            self.luck[covariate], marginal.score(low), marginal.score(high), marginal.score(known)
        )
        share = np.where(low < high, inside / np.maximum(whole, _LEAST_SHARE), 0)
        self._let_in(np.where(np.isnan(known), share, 1), later=covariate != "age")
        return np.asarray(np.where(np.isnan(known), np.clip(marginal.at(score), low, high), known))

    def _female(self) -> Flags:
        """Whether each is a woman or girl."""
        share = self.wanted.female_share
        share = value(f"people.{self.population.id}.female") if share is None else share
        if self.wanted.sex is not None:
            let_in = float(self.wanted.sex == "female")
            self._let_in(share if let_in else 1 - share)
            share = let_in
        known = self._column("female")
        return np.asarray(np.where(np.isnan(known), self.luck["sex"] < share, known == 1))

    def _severity(self) -> tuple[Array, Array]:
        """Severity (size,) and scores of the joints (size, joints), given the joints that are known.

        Known scores x_j of n joints move the normal law of s: precision 1/v + n r/(1 - r).
        """
        mean, sd = self.scores.given()
        shared = value("people.correlation.joints")
        known = np.stack([self._column(f"score.{joint}") for joint in self.population.joints], axis=1)
        held = ~np.isnan(known)
        precision = 1 / sd**2 + held.sum(axis=1) * shared / (1 - shared)
        seen = np.sqrt(shared) * np.where(held, known, 0).sum(axis=1) / (1 - shared)
        around = (mean / sd**2 + seen) / precision
        severity = around + between(self.luck["severity"], *_open(self.draws.size)) / np.sqrt(precision)
        own = self.draws.normal("people/joints", len(self.population.joints))
        score = np.sqrt(shared) * severity[:, None] + np.sqrt(1 - shared) * own
        return severity, np.where(held, known, score)

    def _body(self, age_y: Array, female: Flags, gmfcs: Places) -> tuple[Array, Array]:
        """Height, cm, and body mass, kg, (size,) each."""
        children = self.population.children
        if children:
            tall = body_size.growth("height_cm", age_y, female, gmfcs)
            heavy = body_size.growth("weight_kg", age_y, female, gmfcs)
        else:
            tall, heavy = body_size.adult_height(age_y, female), body_size.adult_weight(age_y, female)
        known = self._column("height_cm")
        drawn = between(self.luck["height"], *_open(self.draws.size))
        height = np.where(np.isnan(known), tall.at(drawn), known)
        score = np.where(np.isnan(known), drawn, tall.score(known))
        together = body_size.height_weight(age_y, female, children=children)
        return height, self._weight(heavy, together * score, np.sqrt(1 - together**2))

    def _weight(self, heavy: Marginal, mean: Array, sd: Array) -> Array:
        """Body mass given the mean and SD of its score, kg, (size,)."""
        known = self._column("weight_kg")
        low, high = (np.full(self.draws.size, end) for end in self.wanted.weight_kg)
        first, last = (heavy.score(low) - mean) / sd, (heavy.score(high) - mean) / sd
        last = np.where(np.isinf(high), np.inf, last)
        drawn = heavy.at(mean + sd * between(self.luck["weight"], first, last))
        self._let_in(np.where(np.isnan(known), chance(first, last), 1), later=True)
        return np.asarray(np.where(np.isnan(known), np.clip(drawn, low, high), known))

    def _patterns(self) -> tuple[Places, Flags]:
        """Place of the main pattern, (size,), and all patterns, (size, patterns).

        The main one is drawn in proportion to the shares f; the others then have (f - w) / (1 - w), w their
        chance of being the main one, so that every pattern is as common as its record says.
        """
        names = self.population.patterns
        shares = np.array([value(f"people.{self.population.id}.pattern.{name}") for name in names])
        weights = shares / shares.sum()
        let_in = np.array([self.wanted.patterns is None or name in self.wanted.patterns for name in names])
        known = np.stack([self._column(f"pattern.{name}") for name in names], axis=1)
        told = np.asarray(~np.isnan(known).all(axis=1))
        each = weights * np.where(told[:, None], np.nan_to_num(known, nan=1), let_in)
        if not each.sum(axis=1).all():
            raise self.nobody()
        ends = np.cumsum(each, axis=1) / each.sum(axis=1, keepdims=True)
        drawn = (self.luck["pattern"][:, None] >= ends[:, :-1]).sum(axis=1)
        first = self._column("main_pattern")
        main = np.where(np.isnan(first), drawn, np.nan_to_num(first)).astype(np.int64)
        others = self.draws.uniform("people/patterns", len(names)) < (shares - weights) / (1 - weights)
        has = np.where(np.isnan(known), others, known == 1)
        has[np.arange(main.size), main] = True
        self._let_in(float(weights[let_in].sum()))
        return main, has

    def _at(self, joint: str, has: Flags) -> Flags:
        """Whether each has a pattern at a joint, (size,)."""
        there = [joint_of(name) == joint for name in self.population.patterns]
        return np.asarray(has[:, there].any(axis=1))

    def _grade(self, score: Array) -> Array:
        """True grades at scores, same shape."""
        records = [get(f"people.{self.population.id}.grade.{joint}") for joint in self.population.joints]
        mean = np.array([record.value for record in records])
        sd = np.array([record.distribution.sd or 0.0 for record in records])
        return within_scale(mean + sd * score)


def _ages_between(mean: float, sd: float, limits: Span) -> Marginal:
    """The part between limits of a normal distribution, of this mean and SD."""
    found = normal_before_limits(mean, sd, *limits)
    if found is None:
        raise InputError(
            f"Ages of {limits[0]:g} to {limits[1]:g} y have no mean of {mean:g} y with an SD of {sd:g} y",
            rule="age_not_possible",
            remedy="Give a mean well inside the limits and a smaller SD, or widen the limits.",
            field="age_y",
        )
    return part_of_normal(*found, *limits)


def correlation(*, children: bool) -> Array:
    """Correlation of the scores: of children GMFCS, age and severity; of adults age, onset and severity."""
    age = value("people.correlation.age_severity")
    first = value("people.correlation.gmfcs_severity" if children else "people.correlation.onset_severity")
    if children:
        return np.array([[1, 0, first], [0, 1, age], [first, age, 1]])
    both = value("people.correlation.age_onset")
    return np.array([[1, both, age], [both, 1, first], [age, first, 1]])


def _choose(chances: Array, share: Array) -> tuple[Places, Array]:
    """Which of several is chosen by a share (0 to 1), and how far into its own part the share lies."""
    ends = np.cumsum(chances / chances.sum())
    place = np.minimum(np.searchsorted(ends, share, side="right"), ends.size - 1)
    low = np.where(place > 0, ends[place - 1], 0)
    return np.asarray(place, np.int64), np.asarray((share - low) / (ends[place] - low))


def _open(size: int) -> tuple[Array, Array]:
    """No limits, (size,) each."""
    return tuple(np.full(size, end) for end in EVERYTHING)  # type: ignore[return-value]
