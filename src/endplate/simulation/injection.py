"""From a plan's injections to the exposure of every muscle that toxin reached, in every virtual copy."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlannedInjection
from endplate.errors import InputError
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.evidence import load_records
from endplate.physiology import spread as spread_stage
from endplate.simulation.anatomy import Part, load_part, segment_of
from endplate.simulation.parameters import Draws, draw

Array = NDArray[np.float64]
Place = tuple[str, str]  # muscle, side

CLASSES = 16
_NEIGHBOUR_CLASSES = 4
# A neighbour counts as reached when it holds more than a thousandth of the units in one copy of twenty.
_TRACE, _SELDOM = 1e-3, 0.95


@dataclass(frozen=True)
class Reached:
    """What one muscle got: exposure of its endplate classes (draws, classes) and units held (draws,)."""

    exposure_U_h_per_mL: Array
    held_U: Array


def _person_scale(mass_kg: float | None, draws: Draws) -> Array:
    """A person's muscle lengths over those of the table's adult, (draws,); volumes go with body mass."""
    reference = draws.of("muscle.reference_body_mass")
    volume = draws.of("muscle.volume_person") * (1 if mass_kg is None else mass_kg / reference)
    return np.cbrt(volume)


def studied_place(muscle: str) -> str:
    """The muscle, segment or "elsewhere" whose record tells how often a needle by hand hits the muscle."""
    studied = (muscle, segment_of(muscle), "elsewhere")
    return next(p for p in studied if f"needle.hit_manual.{p}" in load_records())


def _hit(muscle: str, guidance: str, draws: Draws) -> Array:
    """How often a needle lies in the muscle aimed at: by guidance and, by hand alone, by muscle, (draws,)."""
    if guidance != "manual":
        return draws.of(f"needle.hit.{guidance}")
    place = studied_place(muscle)
    return draws.of(f"needle.hit_manual.{place}")


def _hand(muscle: str, guidance: str, draws: Draws) -> spread_stage.Hand:
    return spread_stage.Hand(
        draws.of("needle.along_sd"), draws.of(f"needle.across_sd.{guidance}"), _hit(muscle, guidance, draws)
    )


def _zone_shifts(part: Part, side: str, draws: Draws) -> Array:
    """How far this person's endplate zones lie from the table's, shares of the belly, (draws, muscles)."""
    bodies = load_bodies()
    return np.stack(
        [draws.normal(f"zone/{m}/{side}", 1)[:, 0] * bodies[m].zone_sd for m in part.muscles], axis=1
    )


@dataclass(frozen=True)
class Person:
    """What all injections of one run share."""

    scale: Array
    spread: spread_stage.Parameters
    aimed: frozenset[Place]
    draws: Draws


def one_product(injections: tuple[PlannedInjection, ...]) -> None:
    """Raise unless all injections are of one product: units of two are never added.

    Raises:
        InputError: they are not.
    """
    if len({shot.product for shot in injections}) > 1:
        raise InputError(
            "The plan mixes products, whose units cannot be added",
            rule="product_mixing",
            remedy="Plan one product in one session.",
            field="plan.injections",
        )


@dataclass(frozen=True)
class Row:
    """One row of the plan among those into the same muscle at the same level."""

    shot: PlannedInjection
    part: Part
    name: str
    first: int
    total: int


def rows_of(injections: tuple[PlannedInjection, ...]) -> tuple[Row, ...]:
    """The plan's rows with their place among their muscle's sites; chance hangs on that, not on order."""
    totals: dict[tuple[str, str, float | None], int] = {}
    firsts = []
    for shot in injections:
        level = (shot.muscle, shot.side, shot.at_fraction)
        firsts.append(totals.get(level, 0))
        totals[level] = firsts[-1] + shot.sites
    return tuple(
        Row(
            shot,
            load_part(segment_of(shot.muscle)),
            f"{shot.muscle}/{shot.side}/{shot.at_fraction}/{first}",
            first,
            totals[shot.muscle, shot.side, shot.at_fraction],
        )
        for shot, first in zip(injections, firsts, strict=True)
    )


def tips_of(row: Row, person: Person) -> spread_stage.Tips:
    """Where the needles of one row come to lie."""
    shot, draws = row.shot, person.draws
    aim = spread_stage.Aim(
        row.part.muscles.index(shot.muscle), _level_aimed(shot, draws), shot.sites, row.first, row.total
    )
    chance = spread_stage.Chance(
        draws.normal(f"needle/{row.name}", 3 * shot.sites).reshape(draws.size, shot.sites, 3),
        draws.uniform(f"miss/{row.name}", 2 * shot.sites).reshape(draws.size, shot.sites, 2),
    )
    hand = _hand(shot.muscle, shot.guidance, draws)
    return spread_stage.place(
        row.part.geometry, aim, person.spread.site_spacing_mm, person.scale, hand, chance
    )


def _left(row: Row, person: Person) -> spread_stage.Deposit:
    """What one row left in every muscle of the segment."""
    shot, part = row.shot, row.part
    aimed = np.array([(muscle, shot.side) in person.aimed for muscle in part.muscles])
    shift = _zone_shifts(part, shot.side, person.draws)
    tips = tips_of(row, person)
    return spread_stage.deposit(
        person.spread, part.geometry, person.scale, shift, aimed, tips, shot.dose_U, shot.volume_mL
    )


def _level_aimed(shot: PlannedInjection, draws: Draws) -> Array:
    """The level of the belly aimed at: the plan's, or the middle of the published endplate zone, (draws,)."""
    body = load_bodies()[shot.muscle]
    middle = (body.zone_low + body.zone_high) / 2
    return np.full(draws.size, middle if shot.at_fraction is None else shot.at_fraction)


def person_of(injections: tuple[PlannedInjection, ...], mass_kg: float | None, draws: Draws) -> Person:
    """The virtual copies as the injections meet them."""
    aimed = frozenset((shot.muscle, shot.side) for shot in injections)
    return Person(_person_scale(mass_kg, draws), draw(spread_stage.Parameters, draws), aimed, draws)


def reach(
    injections: tuple[PlannedInjection, ...], mass_kg: float | None, draws: Draws
) -> dict[Place, Reached]:
    """What every muscle got that toxin reached, those aimed at always among them.

    Args:
        injections: one product, muscle by muscle and side by side.
        mass_kg: body mass; None leaves muscles at the table's adult.
        draws: where numbers come from.
    """
    person, rows = person_of(injections, mass_kg, draws), rows_of(injections)
    felt: dict[Place, Array] = {}
    held: dict[Place, Array] = {}
    given: dict[tuple[str, str], float] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for row, left in zip(rows, pool.map(partial(_left, person=person), rows), strict=True):
            side, segment = row.shot.side, row.part.segment
            given[segment, side] = given.get((segment, side), 0) + row.shot.dose_U
            for k, muscle in enumerate(row.part.muscles):
                place = (muscle, side)
                felt[place] = felt.get(place, 0) + left.exposure_U_h_per_mL[:, k]
                held[place] = held.get(place, 0) + left.held_U[:, k]
    kept = [p for p in felt if p in person.aimed or _counts(held[p], given[segment_of(p[0]), p[1]])]
    return {place: Reached(_quantiles(felt[place], place in person.aimed), held[place]) for place in kept}


def _counts(held_U: Array, given_U: float) -> bool:
    """Whether a neighbour got more than a trace of what was given into its segment."""
    return bool(np.quantile(held_U, _SELDOM) > _TRACE * given_U)


def _quantiles(exposure: Array, aimed: bool) -> Array:
    """Endplates sorted by exposure and averaged in equal groups, (draws, classes)."""
    followed = exposure if aimed else exposure[:, :: spread_stage.THINNED]
    ordered = np.sort(followed, axis=1)
    classes = CLASSES if aimed else _NEIGHBOUR_CLASSES
    return np.asarray(ordered.reshape(len(ordered), classes, -1).mean(axis=2))
