"""What the search believes of a plan: shares of copies that reach each target, from response surfaces.

Every candidate is followed alone at some doses, read between them, and muscles are put together: what
several injections leave of one muscle is the product of what each leaves. Toxin in the blood is left out.
Plans that come out are run in full, so this decides where the search looks, not what is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline, joint_baselines
from endplate.case.goals import Goals, Strength, Target
from endplate.knowledge.units import PERCENT
from endplate.physiology.joint.reflex import drive_kept
from endplate.questions.optimising.asking import weeks_read
from endplate.questions.optimising.space import Candidate, Space
from endplate.questions.readings import joint_place
from endplate.simulation.biology import Biology
from endplate.simulation.blocks import side_by_side
from endplate.simulation.injection import Place
from endplate.simulation.joints.course import BeforeTreatment, before_treatment
from endplate.simulation.joints.mechanics import size_of
from endplate.simulation.parameters import Draws
from endplate.simulation.surfaces import Ladder, Surface, surfaces

Array = NDArray[np.float64]
Small = NDArray[np.float32]
Picks = NDArray[np.int64]
Places = NDArray[np.int64]

_KNOTS = 8  # doses of a ladder that are followed; others are read between them
_TOGETHER = 100_000  # copies x plans x weeks at a time
_WEEKS = 5  # of a longer span that are read
_RAMP_GRADE = 0.1  # either side of a target, so that shares of few copies do not jump


@dataclass(frozen=True)
class Believed:
    """Plans as the surfaces have them; under several biologies the worst of each.

    Attributes:
        targets: share of copies that reach each target, (plans, targets).
        near: the same, copies near the target counted in part, (plans, targets).
        lacking: mean over copies of the grade that lacks to each target, (plans, targets).
        strength: share of copies that keep each strength demanded, (plans, demands).
        unwanted: share of copies within the unwanted weakness demanded, 1 where none is, (plans,).
        weakness: mean over copies of the worst loss of a muscle not injected; 0 where not asked, (plans,).
    """

    targets: Array
    near: Array
    lacking: Array
    strength: Array
    unwanted: Array
    weakness: Array


def worst_of(each: Sequence[Believed]) -> Believed:
    """The least of every share and the most of what lacks or is lost, over biologies."""

    def over(name: str) -> Array:
        rows = [getattr(one, name) for one in each]
        return np.asarray(np.max(rows, axis=0) if name in ("lacking", "weakness") else np.min(rows, axis=0))

    return Believed(**{name: over(name) for name in vars(each[0])})


@dataclass(frozen=True)
class _Table:
    """What the choices of one candidate leave of one muscle, (draws, choices, days) each."""

    candidate: int
    force: Small
    spindle: Small


@dataclass(frozen=True)
class _Joint:
    """One joint before treatment and where its muscles are."""

    found: BeforeTreatment
    places: tuple[Place, ...]
    untreated_Nm: Array


class Surrogate:
    """Surfaces of every candidate under one biology, ready to be read for many plans at once."""

    def __init__(self, space: Space, goals: Goals, draws: Draws, biology: Biology, weakness: bool) -> None:
        """Follow every candidate alone.

        Args:
            space: what is searched.
            goals: what is read.
            draws: the copies.
            biology: one variant.
            weakness: whether muscles not injected are read.
        """
        mass = space.case.patient.weight_kg
        self.space, self.goals, self.draws = space, goals, draws
        self.days = np.array(weeks_read(goals), dtype=np.float64)
        self._weakness = weakness
        self._tables = _tables(space, mass, draws, self.days, biology)
        self._aimed = [{(s.muscle, s.side) for shots in c.shots for s in shots} for c in space.candidates]
        wanted = dict.fromkeys(row.place for row in (*goals.targets, *goals.keep.strength))
        bases = {joint_place(base): base for base in joint_baselines(space.case)}
        self.joints = {place: self._joint(bases[place], size_of(mass)) for place in wanted}

    def _joint(self, base: JointBaseline, size: float) -> _Joint:
        found = before_treatment(base, self.draws, size)
        whole = np.ones((self.draws.size, len(found.pool.muscles), 1))
        places = tuple((muscle, base.side) for muscle in found.pool.muscles)
        return _Joint(found, places, found.resistance_Nm(whole, whole))

    def believed(self, picks: Picks) -> Believed:
        """Read plans, (plans, candidates) as places of choices."""
        parts = list(side_by_side(self._some, list(self._portions(picks))))
        return Believed(*(np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])))

    def _portions(self, picks: Picks) -> Iterator[Picks]:
        at_once = max(1, _TOGETHER // (self.draws.size * self.days.size))
        for first in range(0, len(picks), at_once):
            yield picks[first : first + at_once]

    def _some(self, picks: Picks) -> Believed:
        left = _Left(self, picks)
        goals = self.goals
        weakness = self._worst(left, picks) if self._weakness else np.zeros((self.draws.size, len(picks), 1))
        beyond = [self._beyond(left, row) for row in goals.targets]
        return Believed(
            np.stack([(each >= 0).mean(axis=0) for each in beyond], axis=1),
            np.stack([_in_part(each).mean(axis=0) for each in beyond], axis=1),
            np.stack([np.maximum(-each, 0).mean(axis=0) for each in beyond], axis=1),
            np.array([self._strong(left, row) for row in goals.keep.strength]).reshape(-1, len(picks)).T,
            self._within(weakness, len(picks)),
            weakness.max(axis=2).mean(axis=0),
        )

    def _beyond(self, left: _Left, target: Target) -> Array:
        """By how much the grade has fallen further than a target asks, (draws, plans)."""
        joint = self.joints[target.place]
        residual, kept = left.of_joint(joint, _weeks(target.weeks))
        graded = joint.found.grades(residual, kept)
        change = joint.found.change(graded, joint.found.grade_of(joint.untreated_Nm))
        mean = change.reshape(self.draws.size, left.plans, -1).mean(axis=2)
        return np.asarray(-mean - target.improve_by)

    def _strong(self, left: _Left, row: Strength) -> Array:
        """Share of copies whose joint keeps the strength demanded, (plans,)."""
        joint = self.joints[row.place]
        residual, _ = left.of_joint(joint, _weeks(row.weeks))
        strength = joint.found.strength(residual).reshape(self.draws.size, left.plans, -1)
        return np.asarray((strength.mean(axis=2) >= row.at_least.value / PERCENT).mean(axis=0))

    def _worst(self, left: _Left, picks: Picks) -> Array:
        """Worst loss of force of any muscle that a plan does not inject, (draws, plans, days)."""
        worst = np.zeros((self.draws.size, left.plans, self.days.size))
        for place in self._tables:
            by = [k for k, aimed in enumerate(self._aimed) if place in aimed]
            spared = np.logical_not((picks[:, by] > 0).any(axis=1))
            if spared.any():
                loss = 1 - left.force(place, np.arange(self.days.size))
                np.maximum(worst, np.where(spared[:, None], loss, 0), out=worst)
        return worst

    def _within(self, worst: Array, plans: int) -> Array:
        """Share of copies whose worst loss stays within what is demanded, (plans,)."""
        demanded = self.goals.keep.unwanted
        if demanded is None:
            return np.ones(plans)
        first, last = demanded.weeks
        most = worst[:, :, first : last + 1].max(axis=2)
        return np.asarray((most <= demanded.at_most.value / PERCENT).mean(axis=0))

    def effects(self, target: Target) -> tuple[Array, tuple[Array, ...]]:
        """What a target needs of a joint's resistance, and what each choice alone takes off it, Nm.

        Returns:
            Needed in each copy, (draws,), NaN where the target cannot be reached; for every candidate what
            its choices take off in the mean of the target's weeks, (draws, choices).
        """
        joint, weeks = self.joints[target.place], _weeks(target.weeks)
        by = np.full((self.draws.size, 1), -target.improve_by)
        goal = joint.found.resistance_after(by, joint.found.grade_of(joint.untreated_Nm))
        found = []
        for k, candidate in enumerate(self.space.candidates):
            alone = np.zeros((len(candidate.choices), len(self.space.candidates)), dtype=np.int64)
            alone[:, k] = np.arange(len(candidate.choices))
            rows = []
            for some in self._portions(alone):
                left = _Left(self, some)
                resistance = joint.found.resistance_Nm(*left.of_joint(joint, weeks))
                mean = resistance.reshape(self.draws.size, left.plans, -1).mean(axis=2)
                rows.append(joint.untreated_Nm - mean)
            found.append(np.concatenate(rows, axis=1))
        return (joint.untreated_Nm - goal)[:, 0], tuple(found)

    def tables_of(self, place: Place) -> Sequence[_Table]:
        """What candidates leave of a muscle; empty where none reaches it."""
        return self._tables.get(place, ())


class _Left:
    """What some plans leave of muscles, read once each."""

    def __init__(self, surrogate: Surrogate, picks: Picks) -> None:
        self._surrogate, self._picks, self.plans = surrogate, picks, len(picks)

    def force(self, place: Place, weeks: Places) -> Array:
        """Force over untreated, (draws, plans, weeks)."""
        return self._product(place, "force", weeks)

    def _product(self, place: Place, kind: str, weeks: Places) -> Array:
        found = np.ones((self._surrogate.draws.size, self.plans, weeks.size))
        for table in self._surrogate.tables_of(place):
            some = getattr(table, kind)[..., weeks]
            found *= some[:, self._picks[:, table.candidate]]
        return found

    def of_joint(self, joint: _Joint, weeks: Places) -> tuple[Array, Array]:
        """Residual force and drive kept of a joint's muscles, (draws, muscles, plans x weeks) each."""
        each = [
            np.stack([self._product(place, kind, weeks) for place in joint.places], axis=1)
            for kind in ("force", "spindle")
        ]
        residual, efficacy = (part.reshape(*part.shape[:2], -1) for part in each)
        return residual, drive_kept(joint.found.spindle_share, efficacy)


def _weeks(weeks: tuple[int, int]) -> Places:
    """Some whole weeks from the first to the last, as places among those read."""
    count = min(_WEEKS, weeks[1] - weeks[0] + 1)
    return np.unique(np.linspace(*weeks, count).round().astype(np.int64))


def _in_part(beyond: Array) -> Array:
    """How far copies count that lie near a target."""
    return np.asarray(np.clip((beyond / _RAMP_GRADE + 1) / 2, 0, 1))


def _tables(
    space: Space, mass_kg: float | None, draws: Draws, days: Array, biology: Biology
) -> dict[Place, list[_Table]]:
    """What the choices of every candidate leave of the muscles they reach."""
    parts = [(k, *part) for k, c in enumerate(space.candidates) for part in _ladders(c)]
    read = surfaces([ladder for _, _, ladder in parts], mass_kg, draws, days, biology)
    found: dict[Place, list[_Table]] = {}
    for (k, choices, _), surface in zip(parts, read, strict=True):
        own = space.candidates[k].choices
        there = surface.at(np.array([own[choice].dose_U for choice in choices]))
        for place in there.force:
            tables = found.setdefault(place, [])
            if not tables or tables[-1].candidate != k:
                whole = (draws.size, len(own), days.size)
                tables.append(_Table(k, np.ones(whole, np.float32), np.ones(whole, np.float32)))
            _fill(tables[-1], choices, place, there)
    return found


def _fill(table: _Table, choices: Sequence[int], place: Place, surface: Surface) -> None:
    table.force[:, choices] = surface.force[place]
    table.spindle[:, choices] = surface.spindle[place]


def _ladders(candidate: Candidate) -> Iterator[tuple[list[int], Ladder]]:
    """The choices that differ by dose alone, and some of them from the least to the most dose."""
    ways: dict[tuple[int, float | None], list[int]] = {}
    for place, choice in enumerate(candidate.choices):
        if place:
            ways.setdefault((choice.sites, choice.at), []).append(place)
    for places in ways.values():
        doses = np.array([candidate.choices[place].dose_U for place in places])
        wanted = np.geomspace(doses[0], doses[-1], min(_KNOTS, doses.size))
        some = np.unique(np.abs(np.log(doses[:, None] / wanted)).argmin(axis=0))
        yield places, Ladder(doses[some], tuple(candidate.shots[places[place]] for place in some))
