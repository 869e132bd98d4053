"""From a plan's injections to the exposure of every muscle that toxin reached, in every virtual copy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlannedInjection
from endplate.errors import InputError
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.evidence import load_records
from endplate.physiology import spread as spread_stage
from endplate.physiology.terminal.course import take
from endplate.simulation.anatomy import Part, load_part, segment_of
from endplate.simulation.blocks import blocks, side_by_side
from endplate.simulation.parameters import Draws, draw

Array = NDArray[np.float64]
Place = tuple[str, str]  # muscle, side
Needles = tuple[PlannedInjection, spread_stage.Tips]

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
    other = next((shot for shot in injections if shot.product != injections[0].product), None)
    if other is not None:
        raise InputError(
            "The plan mixes products, whose units cannot be added",
            rule="product_mixing",
            remedy="Plan one product in one session.",
            field=f"{other.where}.product",
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
    person = person_of(injections, mass_kg, draws)
    together: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows_of(injections):
        together[row.part.segment, row.shot.side].append(row)
    found: dict[Place, Reached] = {}
    for rows in together.values():
        found.update(_segment(tuple(rows), person))
    return found


def reach_at(
    needles: tuple[Needles, ...], aimed: frozenset[Place], mass_kg: float | None, draws: Draws
) -> dict[Place, Reached]:
    """What the muscles of one segment got from needles whose tips are known, those aimed at always there.

    Args:
        needles: at least one, all of one product, in one segment of one side.
        aimed: further muscles that are followed in full and told of whatever they got.
        mass_kg: as in :func:`reach`.
        draws: where numbers come from.
    """
    shots = tuple(shot for shot, _ in needles)
    person = person_of(shots, mass_kg, draws)
    person = replace(person, aimed=person.aimed | aimed)
    return _of_needles(load_part(segment_of(shots[0].muscle)), shots[0].side, needles, person)


def _segment(rows: tuple[Row, ...], person: Person) -> dict[Place, Reached]:
    """What every muscle of one segment got."""
    needles = tuple((row.shot, tips_of(row, person)) for row in rows)
    return _of_needles(rows[0].part, rows[0].shot.side, needles, person)


def _of_needles(part: Part, side: str, needles: tuple[Needles, ...], person: Person) -> dict[Place, Reached]:
    """What every muscle of one segment got, followed some copies at a time; a trace counts as nothing."""
    aimed = np.array([(muscle, side) in person.aimed for muscle in part.muscles])
    shift = _zone_shifts(part, side, person.draws)
    left = partial(_left, person, part, needles, aimed, shift)
    found = side_by_side(left, blocks(person.draws.size))
    own, others, held = (np.concatenate(each) for each in zip(*found, strict=True))
    given = sum(shot.dose_U for shot, _ in needles)
    kept = aimed | (np.quantile(held, _SELDOM, axis=0) > _TRACE * given)
    at = np.where(aimed, np.cumsum(aimed), np.cumsum(~aimed)) - 1
    return {
        (muscle, side): Reached((own if aimed[k] else others)[:, at[k]], held[:, k])
        for k, muscle in enumerate(part.muscles)
        if kept[k]
    }


def _left(
    person: Person,
    part: Part,
    needles: tuple[Needles, ...],
    aimed: NDArray[np.bool_],
    shift: Array,
    own: slice,
) -> tuple[Array, Array, Array]:
    """Exposure classes of muscles aimed at and of the others, and units held by all, in some copies."""
    exposure, held = np.zeros(()), np.zeros(())
    spread, scale = take(person.spread, own), person.scale[own]
    for shot, tips in needles:
        these = spread_stage.Tips(tips.mm[own], tips.host[own])
        left = spread_stage.deposit(
            spread, part.geometry, scale, shift[own], aimed, these, shot.dose_U, shot.volume_mL
        )
        exposure, held = exposure + left.exposure_U_h_per_mL, held + left.held_U
    followed = exposure[:, ~aimed, :: spread_stage.THINNED]
    return _quantiles(exposure[:, aimed], CLASSES), _quantiles(followed, _NEIGHBOUR_CLASSES), held


def _quantiles(exposure: Array, classes: int) -> Array:
    """Endplates sorted by exposure and averaged in equal groups, (draws, muscles, classes)."""
    ordered = np.sort(exposure, axis=-1)
    return np.asarray(
        ordered.reshape(*ordered.shape[:-1], classes, ordered.shape[-1] // classes).mean(axis=-1)
    )
