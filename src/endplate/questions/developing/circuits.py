"""What plans do to a child's body map and reflexes, by guesses of window and co-activation.

A hypothesis throughout: the kitten's map and the rat's reflexes, stretched to windows that nobody knows in
children. Maps are grown at a few guesses under the block that the members have in the mean, and again with
its block of force alone; ``moved`` reads each member from both, in proportion to how much more or less of
force and of reflex drive is blocked in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.development.clock import child_middles_y
from endplate.questions.developing.blocks import Monthly
from endplate.questions.developing.grown import UNTREATED, Mean, Measured, levels, maps_of, reflexes_of
from endplate.simulation.blocks import side_by_side

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_KEPT = 4  # answers whose maps are kept


@dataclass(frozen=True)
class Circuits:
    """Maps and reflexes of a child under every scenario.

    Attributes:
        middles_y: t_c of each window, (windows,).
        coactive: levels of co-activation, (levels,).
        blocked: mean block of each scenario.
        measured: measures by scenario, also untreated.
        by_force: measures by scenario with its block of force alone.
        errors: standard error over seeds of what a scenario changes at the last age, by scenario, (windows,
            levels).
        by_rate: what one more volley for each changes, untreated; 0 where chance could have done it.
        pictures: how far each unit speaks for the injected part, percent, by window and scenario, also now.
        reflex_ages: by window, (days + 1,).
        reflex_error: by scenario, also untreated: by window, (days + 1,).
    """

    middles_y: Array
    coactive: Array
    blocked: Mapping[str, Mean]
    measured: Mapping[str, Measured]
    by_force: Mapping[str, Measured]
    errors: Mapping[str, Measured]
    by_rate: Measured
    pictures: Mapping[tuple[int, str], Index]
    reflex_ages: tuple[Array, ...]
    reflex_error: Mapping[str, tuple[Array, ...]]

    def moved(self, name: str, which: Index, coactive: Array, blocked: Monthly) -> Measured:
        """How a scenario moves the map of each member against the same child untreated, (members, ages).

        Args:
            name: of the scenario.
            which: window of each member, (members,).
            coactive: co-activation of each member, (members,).
            blocked: of each member.
        """
        both, force, untreated = self.measured[name], self.by_force[name], self.measured[UNTREATED]
        mean = self.blocked[name]
        by_force = self._read(
            force - untreated, which, coactive, _over(blocked.extrafusal.mean(axis=1), mean.extrafusal.mean())
        )
        relief = self._read(
            both - force, which, coactive, _over(blocked.intrafusal.mean(axis=1), mean.intrafusal.mean())
        )
        return Measured(by_force.tidy + relief.tidy, by_force.clear + relief.clear)

    def moved_by_rate(self, which: Index, coactive: Array) -> Measured:
        """What twice the volleys from now on change in each member's map, (members, ages)."""
        return self._read(self.by_rate, which, coactive, np.ones_like(coactive))

    def _read(self, held: Measured, which: Index, coactive: Array, share: Array) -> Measured:
        after = np.clip(np.searchsorted(self.coactive, coactive), 1, self.coactive.size - 1)
        low, high = self.coactive[after - 1], self.coactive[after]
        part = ((coactive - low) / (high - low))[:, None]

        def between(rows: Array) -> Array:
            found = (1 - part) * rows[which, after - 1] + part * rows[which, after]
            return np.asarray(share[:, None] * found)

        return Measured(between(held.tidy), between(held.clear))


def _over(own: Array, mean: float) -> Array:
    return own / mean if mean > 0 else np.zeros_like(own)


def circuits_of(ages: Array, blocked: Mapping[str, Mean]) -> Circuits:
    """Grow maps and reflexes of a child under every scenario.

    What was grown last is kept: the same child asked again, under another account of function or gain of the
    loop, meets the same maps.

    Args:
        ages: from now on, ascending, (ages,).
        blocked: what every scenario blocks in the mean, by name.
    """
    plans = tuple((name, own.extrafusal.tobytes(), own.intrafusal.tobytes()) for name, own in blocked.items())
    return _circuits(ages.tobytes(), plans)


@lru_cache(maxsize=_KEPT)
def _circuits(of_ages: bytes, plans: tuple[tuple[str, bytes, bytes], ...]) -> Circuits:
    ages = np.frombuffer(of_ages)
    blocked = {name: Mean(np.frombuffer(force), np.frombuffer(drive)) for name, force, drive in plans}
    middles, rhos = child_middles_y(), levels()
    guesses = list(product(range(middles.size), range(rhos.size)))
    maps = list(side_by_side(lambda g: maps_of(ages, middles[g[0]], rhos[g[1]], blocked), guesses))
    reflexes = list(side_by_side(lambda middle: reflexes_of(ages, middle, blocked), middles))

    def all_of(kind: str, name: str) -> Measured:
        own = [getattr(each, kind)[name] for each in maps]
        both = ([getattr(each, what) for each in own] for what in ("tidy", "clear"))
        return Measured(*(np.reshape(rows, (middles.size, rhos.size, *np.shape(rows)[1:])) for rows in both))

    names = (UNTREATED, *blocked)
    middling = rhos.size // 2
    return Circuits(
        middles,
        rhos,
        blocked,
        {name: all_of("measured", name) for name in names},
        {name: all_of("by_force", name) for name in blocked},
        {name: all_of("errors", name) for name in blocked},
        all_of("by_rate", UNTREATED),
        {
            (window_at, name): picture
            for (window_at, level), own in zip(guesses, maps, strict=True)
            if level == middling
            for name, picture in own.pictures.items()
        },
        tuple(own.ages for own in reflexes),
        {name: tuple(own.error[name] for own in reflexes) for name in names},
    )
