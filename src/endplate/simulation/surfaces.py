"""Response surfaces: what one injection at several doses leaves of every muscle it reaches, copy by copy.

Copies and their chance are those of any run with the same seed: a stream hangs on the muscle, the side and
the place of a needle, not on the dose. Each injection is followed alone; the blood is left out. Several are
put together by multiplying what each leaves, which the full run replaces: see ``questions.optimise``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlannedInjection
from endplate.simulation.biology import Biology
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.injection import Place, Reached, reach
from endplate.simulation.parameters import Draws
from endplate.simulation.results import on_days

Array = NDArray[np.float64]
Shots = tuple[PlannedInjection, ...]

_TOGETHER = 96  # muscles followed at a time: more take much memory


@dataclass(frozen=True)
class Surface:
    """What one injection leaves of each muscle it reaches, by dose.

    Attributes:
        dose_U: ascending doses, as the plan's row writes them, (doses,).
        force: force over untreated by muscle and side, (draws, doses, days).
        spindle: spindle efficacy over untreated, likewise.
    """

    dose_U: Array
    force: dict[Place, Array]
    spindle: dict[Place, Array]

    def at(self, dose_U: Array) -> Surface:
        """The surface at other doses between the first and the last, linear in the logarithm of the dose."""
        found = np.searchsorted(self.dose_U, dose_U).clip(1, max(self.dose_U.size - 1, 1))
        if self.dose_U.size == 1:
            return self
        low, high = np.log(self.dose_U[found - 1]), np.log(self.dose_U[found])
        part = ((np.log(dose_U) - low) / (high - low))[:, None]

        def between(left: Array) -> Array:
            return np.asarray((1 - part) * left[:, found - 1] + part * left[:, found])

        each = [{place: between(left) for place, left in by.items()} for by in (self.force, self.spindle)]
        return Surface(dose_U, *each)


@dataclass(frozen=True)
class Ladder:
    """One injection at ascending doses.

    Attributes:
        dose_U: the doses, (doses,).
        shots: what is injected at each.
    """

    dose_U: Array
    shots: tuple[Shots, ...]


def surfaces(
    ladders: Sequence[Ladder], mass_kg: float | None, draws: Draws, days: Array, biology: Biology
) -> tuple[Surface, ...]:
    """The surface of every ladder.

    Args:
        ladders: injections of one product, each at ascending doses above 0.
        mass_kg: body mass; None leaves muscle volumes at the table's adult.
        draws: where numbers come from.
        days: whole days on which muscles are read, ascending, (days,).
        biology: variants.
    """
    pieces = _pieces(ladders, mass_kg, draws)
    found: list[dict[Place, list[tuple[Array, Array]]]] = [{} for _ in ladders]
    any_shot = next(shot for ladder in ladders for shots in ladder.shots for shot in shots)
    for some in _groups(pieces):
        read = _followed(some, any_shot, mass_kg, draws, days, biology)
        for (at, _, place), left in zip(some, read, strict=True):
            found[at].setdefault(place, []).append(left)
    return tuple(_surface(ladder, by) for ladder, by in zip(ladders, found, strict=True))


_Piece = tuple[int, Reached, Place]


def _pieces(ladders: Sequence[Ladder], mass_kg: float | None, draws: Draws) -> list[_Piece]:
    """What every dose of every ladder gives every muscle that its ladder reaches at some dose."""
    pieces: list[_Piece] = []
    for at, ladder in enumerate(ladders):
        got = [reach(shots, mass_kg, draws) for shots in ladder.shots]
        for place in dict.fromkeys(place for each in got for place in each):
            some = next(each[place] for each in got if place in each)
            nothing = Reached(np.zeros_like(some.exposure_U_h_per_mL), np.zeros_like(some.held_U))
            pieces += [(at, each.get(place, nothing), place) for each in got]
    return pieces


def _groups(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    for first in range(0, len(pieces), _TOGETHER):
        yield pieces[first : first + _TOGETHER]


def _followed(
    pieces: list[_Piece],
    any_shot: PlannedInjection,
    mass_kg: float | None,
    draws: Draws,
    days: Array,
    biology: Biology,
) -> list[tuple[Array, Array]]:
    """Force and spindle efficacy on the days, (draws, days) each, of every piece."""
    time_d = time_grid(int(days[-1]))
    reached = {(str(k), ""): got for k, (_, got, _) in enumerate(pieces)}
    nobody = (replace(any_shot, dose_U=0.0),)  # names the product; no dose, so that nothing is in the blood
    chain = run_chain(nobody, (), mass_kg, draws, time_d, biology=biology, reached=reached)
    courses = [chain.course_of(*place) for place in reached]
    return [(on_days(time_d, each.force, days), on_days(time_d, each.spindle, days)) for each in courses]


def _surface(ladder: Ladder, by: dict[Place, list[tuple[Array, Array]]]) -> Surface:
    force = {place: np.stack([left for left, _ in rows], axis=1) for place, rows in by.items()}
    spindle = {place: np.stack([kept for _, kept in rows], axis=1) for place, rows in by.items()}
    return Surface(ladder.dose_U, force, spindle)
