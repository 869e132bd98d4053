"""Lost force of a run as complaints of weakness: of the muscles injected and of their neighbours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import JOINTS, LIMB_MUSCLES, MUSCLES
from endplate.knowledge.vocabulary.anatomy import stretch_movements, stretched_muscles
from endplate.physiology.body import missed

if TYPE_CHECKING:
    from endplate.simulation.chain import Chain

Array = NDArray[np.float64]
Limb = tuple[str, str]  # upper or lower, side


@lru_cache(maxsize=1)
def _movements() -> tuple[dict[str, float], ...]:
    """Of every movement its muscles' shares of strength; a muscle of no movement listed stands alone.

    A movement's muscles are those that the opposite passive movement stretches; they share by cross-section,
    volume over length of fibre.
    """
    listed = [stretched_muscles(joint, movement) for joint in JOINTS for movement in stretch_movements(joint)]
    known = {muscle for muscles in listed for muscle in muscles}
    listed += [(muscle,) for muscle in LIMB_MUSCLES if muscle not in known]
    return tuple(_shares(muscles) for muscles in listed)


def _shares(muscles: tuple[str, ...]) -> dict[str, float]:
    area = {
        muscle: value(f"muscle.{muscle}.volume_mL") / value(f"muscle.{muscle}.optimal_fibre_length_cm")
        for muscle in muscles
    }
    return {muscle: own / sum(area.values()) for muscle, own in area.items()}


def shares_of(muscles: tuple[str, ...]) -> Array:
    """Share of each of these muscles in every movement that one of them makes, (movements, muscles)."""
    found = [[shares.get(muscle, 0.0) for muscle in muscles] for shares in _movements()]
    return np.array([row for row in found if any(row)])


def missed_by_limb(
    chain: Chain, spare: Array, until_d: float, from_d: float = 0.0
) -> dict[Limb, tuple[Array, Array]]:
    """Strength missed in each limb, and what of it is missed for the muscles injected alone, (copies,) each.

    Args:
        chain: a run in people.
        spare: loss of a movement's strength that nobody misses, (copies,).
        until_d: day up to which the least force is looked for.
        from_d: day from which on.
    """
    seen = (chain.time_d >= from_d) & (chain.time_d <= until_d)
    courses = {**chain.muscles, **chain.neighbours}
    least = {place: course.force[:, seen].min(axis=1) for place, course in courses.items()}
    found = {}
    for limb in dict.fromkeys((MUSCLES[muscle].limb, side) for muscle, side in least):
        places = [place for place in least if (MUSCLES[place[0]].limb, place[1]) == limb]
        shares = shares_of(tuple(muscle for muscle, _ in places))
        force = np.stack([least[place] for place in places], axis=1)
        injected = np.array([place in chain.muscles for place in places])
        found[limb] = (
            missed(force, shares, spare),
            missed(np.where(injected, force, 1.0), shares, spare),
        )
    return found


def strength_missed(
    chain: Chain, spare: Array, until_d: float = np.inf, from_d: float = 0.0
) -> tuple[Array, Array]:
    """Strength missed in the worst limb, and what of it for the muscles injected alone, (copies,) each.

    Args:
        chain: a run in people.
        spare: loss of a movement's strength that nobody misses, (copies,).
        until_d: day up to which the least force is looked for.
        from_d: day from which on.
    """
    every, injected = np.zeros(spare.size), np.zeros(spare.size)
    for strength, own in missed_by_limb(chain, spare, until_d, from_d).values():
        injected = np.where(strength > every, own, injected)
        every = np.maximum(every, strength)
    return every, injected
