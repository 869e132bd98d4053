"""A child over years: bones by the growth standard, the untreated course, and what a plan changes in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case
from endplate.knowledge.anatomy import load_axes
from endplate.knowledge.evidence import value
from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.physiology.development import growth
from endplate.physiology.development.function import Curve, follow, scale_end
from endplate.questions.developing.blocks import Monthly
from endplate.questions.developing.circuits import Circuits
from endplate.questions.developing.grown import Measured
from endplate.questions.developing.members import Members
from endplate.simulation.people import body_size

Array = NDArray[np.float64]

UNTIL_Y = 18.0
"""Age to which a child is followed."""


def bone_length(age_y: Array, female: bool, gmfcs: int) -> Array:
    """Length that bone asks of a muscle, over that at birth, (ages,).

    Bones are taken to grow as the body does: the median height of the level. Before the standard begins the
    body grows evenly from its length at birth.

    Args:
        age_y: ages, from birth.
        female: whether a girl.
        gmfcs: level, 1 to 5.
    """
    begins_y = body_size.growth_from_y()
    at = np.append(np.maximum(age_y, begins_y), begins_y)
    height = body_size.growth("height_cm", at, np.full(at.size, female), np.full(at.size, gmfcs)).at(
        np.zeros(at.size)
    )
    start = value("development.length_at_birth")
    early = start + (1 - start) * np.minimum(age_y, begins_y) / begins_y
    return np.asarray(height[:-1] / height[-1] * early / start)


@dataclass(frozen=True)
class Life:
    """A child untreated under some assumptions: the reference of every difference.

    Attributes:
        members: the assumptions.
        grows: how the calf grows.
        limit: of function, (members,).
        grown: calf and range, (members, ages) each.
        function: GMFM-66, (members, ages).
    """

    members: Members
    grows: growth.Growing
    limit: Array
    grown: growth.Growth
    function: Array

    def points(self, kept_deg: Array, lost: Array, map_change: Array) -> Array:
        """How far the limit of function is moved, before the scale ends, (members, ages).

        Args:
            kept_deg: dorsiflexion kept.
            lost: share of the calf's volume that is lost.
            map_change: how much of a whole map is gained.
        """
        own = self.members
        moved = own.range_weight[:, None] * kept_deg - own.volume_weight[:, None] * lost
        return np.asarray(moved + (self.limit * own.map_weight)[:, None] * map_change)

    def judged(self, change: Measured) -> Array:
        """A change of the map as each member judges it: by tidiness, by the clear area, or between."""
        tidy = self.members.tidy_share[:, None]
        return np.asarray(tidy * change.tidy + (1 - tidy) * change.clear)


@dataclass(frozen=True)
class Effects:
    """What a scenario changes against the same child untreated, (members or 1, ages) each.

    Attributes:
        grown: calf and range under it.
        kept_deg: dorsiflexion kept.
        lost: share of the calf's volume that is lost.
        map_change: of the body map, by both measures.
        points: how far the limit of function is moved.
        function: GMFM-66 under it.
    """

    grown: growth.Growth
    kept_deg: Array
    lost: Array
    map_change: Measured
    points: Array
    function: Array


class Child:
    """A child whose untreated course is its reference.

    Attributes:
        gmfcs: level, 1 to 5.
        age_y: age now.
        decline: whether function is told by the account with a late decline.
        ages: from now to the end, (ages,).
        bone: L_b at these ages, (ages,).
        curve: reference curve of its level.
        arc_deg: healthy range of the ankle.
    """

    def __init__(self, case: Case, age_y: float, decline: bool = False) -> None:
        self.gmfcs, self.age_y, self.decline = int(case.patient.gmfcs or 0), age_y, decline
        self._from_birth = np.linspace(0, UNTIL_Y, int(UNTIL_Y * MONTHS_PER_YEAR) + 1)
        left = int(np.ceil((UNTIL_Y - age_y) * MONTHS_PER_YEAR))
        self.ages = np.linspace(age_y, UNTIL_Y, left + 1)
        before = self._from_birth[self._from_birth < age_y]
        self._life = np.concatenate([before, self.ages])
        self._past = before.size
        sexes = [case.patient.sex == "female"] if case.patient.sex else [True, False]
        self._bone, self._reference = (
            np.mean([bone_length(at, female, self.gmfcs) for female in sexes], axis=0)
            for at in (self._life, self._from_birth)
        )
        self.bone = self._bone[self._past :]
        self.curve = Curve.of_level(self.gmfcs, decline)
        ankle = load_axes()["ankle", "dorsiflexion"]
        self.arc_deg = ankle.to_deg - ankle.from_deg

    def untreated(self, members: Members) -> Life:
        """The child without any injection under some assumptions."""
        tone = growth.spasticity(self._from_birth)
        deficit = growth.deficit_of(growth.range_lost_deg(members.range_score, members.own_range_score))
        resting, by_tone = growth.shares_lost(self._reference, tone, members.phi, deficit)
        grows = growth.Growing(resting, by_tone, members.block_slows)
        limit = np.clip(self.curve.limit + self.curve.limit_sd * members.limit_score, 0, scale_end())
        none = np.zeros((1, self.ages.size - 1))
        function = follow(self.curve, limit, self.ages, np.zeros((limit.size, self.ages.size)))
        return Life(members, grows, limit, self._grown(grows, none, none), function)

    def treated(self, life: Life, scenario: str, blocked: Monthly, circuits: Circuits) -> Effects:
        """What a scenario changes, with the loop from function back to movement and growth left open.

        Args:
            life: untreated.
            scenario: its name.
            blocked: what its sessions block.
            circuits: what they do to the map.
        """
        lost = np.pad(blocked.volume_lost, ((0, 0), (1, 0)))
        grown = self._grown(life.grows, blocked.intrafusal, blocked.extrafusal)
        kept = life.grown.dorsiflexion_loss_deg - grown.dorsiflexion_loss_deg
        own = life.members
        moved = circuits.moved(scenario, own.window, own.coactive, blocked)
        more = circuits.moved_by_rate(own.window, own.coactive)
        wider = kept / self.arc_deg  # a wider range makes as many more volleys
        change = Measured(moved.tidy + wider * more.tidy, moved.clear + wider * more.clear)
        points = life.points(kept, lost, life.judged(change))
        return Effects(grown, kept, lost, change, points, self.function(life, points))

    def function(self, life: Life, points: Array) -> Array:
        """GMFM-66 of members whose limit is moved, within the scale, (members, ages)."""
        limit = life.limit[:, None]
        return follow(self.curve, life.limit, self.ages, np.clip(limit + points, 0, scale_end()) - limit)

    def volume(self, members: Members) -> Array:
        """Untreated volume over typical children's, by each member's account, (members, ages)."""
        early, departs = (growth.volume_share(self.ages, account) for account in ("early", "departs"))
        return np.asarray(early + members.departs[:, None] * (departs - early))

    def _grown(self, grows: growth.Growing, intrafusal: Array, extrafusal: Array) -> growth.Growth:
        """From birth on; before now nothing is blocked. Blocks are (members or 1, ages - 1)."""
        blocked = [np.pad(each, ((0, 0), (self._past, 0))) for each in (intrafusal, extrafusal)]
        found = growth.grow(self._bone, growth.spasticity(self._life), grows, *blocked)
        names = ("deficit", "dorsiflexion_loss_deg", "sarcomere_ratio")
        return growth.Growth(*(getattr(found, name)[:, self._past :] for name in names))
