"""A child over years: bones by the growth standard, and what every scenario makes of calf and function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case
from endplate.knowledge.evidence import value
from endplate.physiology.development import growth
from endplate.physiology.development.function import Curve, follow
from endplate.questions.developing.blocks import MONTHS, Blocks
from endplate.questions.developing.members import Members
from endplate.questions.developing.scenarios import Scenario
from endplate.simulation import bodies
from endplate.simulation.results import band, summary

Array = NDArray[np.float64]
Row = dict[str, Any]

UNTIL_Y = 18.0
"""Age to which a child is followed."""

STANDARD_FROM_Y = 2.0
"""Age at which the growth standard begins."""


def bone_length(age_y: Array, female: bool, gmfcs: int) -> Array:
    """Length that bone asks of a muscle, over that at birth, (ages,).

    Bones are taken to grow as the body does: the median height of the level. Before the standard begins the
    body grows evenly from its length at birth.

    Args:
        age_y: ages, from birth.
        female: whether a girl.
        gmfcs: level, 1 to 5.
    """
    at = np.append(np.maximum(age_y, STANDARD_FROM_Y), STANDARD_FROM_Y)
    height = bodies.growth("height_cm", at, np.full(at.size, female), np.full(at.size, gmfcs)).at(
        np.zeros(at.size)
    )
    start = value("development.length_at_birth")
    early = start + (1 - start) * np.minimum(age_y, STANDARD_FROM_Y) / STANDARD_FROM_Y
    return np.asarray(height[:-1] / height[-1] * early / start)


class Child:
    """A child whose untreated course is its reference."""

    def __init__(self, case: Case, age_y: float, decline: bool = False) -> None:
        self.gmfcs, self.age_y, self.decline = int(case.patient.gmfcs or 0), age_y, decline
        self.from_birth = np.linspace(0, UNTIL_Y, int(UNTIL_Y * MONTHS) + 1)
        left = int(np.ceil((UNTIL_Y - age_y) * MONTHS))
        self.ages = np.linspace(age_y, UNTIL_Y, left + 1)
        before = self.from_birth[self.from_birth < age_y]
        self._life = np.concatenate([before, self.ages])
        self._past = before.size
        sexes = [case.patient.sex == "female"] if case.patient.sex else [True, False]
        self._bone, self._reference = (
            np.mean([bone_length(at, female, self.gmfcs) for female in sexes], axis=0)
            for at in (self._life, self.from_birth)
        )
        self.curve = Curve.of_level(self.gmfcs, decline)

    def told(self, members: Members, scenarios: list[Scenario], held: dict[int, Blocks]) -> Row:
        """Every scenario under some assumptions, and untreated."""
        tone = growth.spasticity(self.from_birth)
        deficit = growth.deficit_of(growth.range_lost_deg(members.range_score))
        resting, by_tone = growth.shares_lost(self._reference, tone, members.phi, deficit)
        grows = growth.Growing(resting, by_tone, members.block_slows)
        limit = np.clip(self.curve.limit + self.curve.limit_sd * members.limit_score, 0, None)
        none = np.zeros((1, self.ages.size - 1))
        untreated = self._grown(grows, none, none)
        function = follow(self.curve, limit, self.ages, np.zeros((limit.size, self.ages.size)))
        rows = {"untreated": self._row(untreated, function, self._volume() + 0 * function)}
        for each in scenarios:
            blocked = held[each.every_d].monthly(each.start_y, self.ages, each.until_y)
            extra, intra, volume = blocked
            lost = np.concatenate([np.zeros((len(volume), 1)), volume], axis=1)
            treated = self._grown(grows, intra, extra)
            kept = untreated.dorsiflexion_loss_deg - treated.dorsiflexion_loss_deg
            gain = members.range_weight[:, None] * kept - members.volume_weight[:, None] * lost
            moved = follow(self.curve, limit, self.ages, gain)
            row = self._row(treated, moved, self._volume() * (1 - lost))
            rows[each.name] = row | _differences(kept, moved - function, lost)
        return rows

    def _grown(self, grows: growth.Growing, intrafusal: Array, extrafusal: Array) -> growth.Growth:
        """From birth on; before now nothing is blocked. Blocks are (members or 1, ages - 1)."""
        blocked = [np.pad(each, ((0, 0), (self._past, 0))) for each in (intrafusal, extrafusal)]
        found = growth.grow(self._bone, growth.spasticity(self._life), grows, *blocked)
        names = ("deficit", "dorsiflexion_loss_deg", "sarcomere_ratio")
        return growth.Growth(*(getattr(found, name)[:, self._past :] for name in names))

    def _volume(self) -> Array:
        """Untreated volume over typical children's, mean of the two accounts, (1, ages)."""
        both = [growth.volume_share(self.ages, account) for account in ("early", "departs")]
        return np.asarray(np.mean(both, axis=0)[None])

    def _row(self, grown: growth.Growth, function: Array, volume: Array) -> Row:
        lost = grown.dorsiflexion_loss_deg + growth.healthy_loss_deg(self.ages)
        lost = np.broadcast_to(lost, function.shape)
        return {
            "dorsiflexion_lost_deg": band(lost),
            "fascicle_deficit": band(np.broadcast_to(grown.deficit, function.shape)),
            "gmfm66": band(function),
            "volume_of_typical": band(volume),
        }


def _differences(kept: Array, gained: Array, lost: Array) -> Row:
    """What a scenario changes against the same child untreated, at 18 y, and what it costs."""
    least = value("development.smallest_difference")
    wide = np.broadcast_to(kept, gained.shape)
    return {
        "dorsiflexion_kept_deg": band(wide),
        "gmfm66_gained": band(gained),
        "at_18": {"dorsiflexion_kept_deg": summary(wide[:, -1]), "gmfm66_gained": summary(gained[:, -1])},
        "p_gain_below_smallest": round(float((gained[:, -1] < least).mean()), 4),
        "p_worse": round(float((gained[:, -1] < 0).mean()), 4),
        "p_harm": round(float((gained[:, -1] < -least).mean()), 4),
        "volume_lost": summary(lost.mean(axis=1)),
        "worst_volume_lost": summary(lost.max(axis=1)),
    }
