"""Virtual people of a population: the interface. ``candidates.py`` draws, ``admission.py`` lets in."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from endplate.errors import InputError
from endplate.knowledge.evidence.populations import Population, load_populations
from endplate.simulation.parameters import Draws
from endplate.simulation.people.admission import admitted
from endplate.simulation.people.candidates import Known
from endplate.simulation.people.recruits import Eligibility, Recruits

__all__ = ["Eligibility", "Recruits", "chosen", "known_population", "recruit"]

Places = NDArray[np.int64]


def recruit(
    population: str | Mapping[str, float],
    draws: Draws,
    eligibility: Eligibility | None = None,
    known: Known | None = None,
) -> Recruits:
    """People of a population, drawn by the numbers of ``draws``.

    Args:
        population: id of one population, or shares of several among those let in.
        draws: where chance comes from; one person a copy, in its order. Of it only ``size``, ``uniform`` and
            ``normal`` are used, so people drawn by :class:`PeopleDraws` do not depend on who else is drawn.
        eligibility: who is let in; everybody without it.
        known: columns that are not drawn, (size,), NaN where they are: ``age_y``, ``female`` (1 or 0),
            ``gmfcs``, ``months_since_onset``, ``height_cm``, ``weight_kg``, ``main_pattern`` (a place in the
            population's patterns), ``pattern.ID`` (1 or 0), ``score.JOINT``. The others are drawn given
            these; limits are not applied to these.

    Raises:
        InputError: there is no such population, shares are not, or hardly anybody is let in.
    """
    wanted = eligibility or Eligibility()
    if isinstance(population, str):
        return admitted(known_population(population), draws, wanted, known or {})
    return _mixed(_shares(population), draws, wanted, known or {})


def known_population(name: str) -> Population:
    """The population of this id.

    Raises:
        InputError: there is none; the remedy names the nearest and lists all.
    """
    held = load_populations()
    if name in held:
        return held[name]
    near = get_close_matches(name, held, 1)
    hint = f"Did you mean {near[0]}? " if near else ""
    remedy = f"{hint}There are: {', '.join(held)}."
    raise InputError(
        f"No population is called {name!r}", rule="unknown_population", remedy=remedy, field="population"
    )


def _shares(given: Mapping[str, float]) -> dict[str, float]:
    """Shares that add up to 1, in the order of the populations."""
    total = sum(given.values())
    if not given or not all(share > 0 for share in given.values()) or not np.isfinite(total):
        message, remedy = "Shares of populations are above 0", "Give a share above 0 to every population."
        raise InputError(message, rule="share", remedy=remedy, field="population")
    named = {known_population(name).id: share / total for name, share in given.items()}
    return {name: named[name] for name in load_populations() if name in named}


def _mixed(shares: Mapping[str, float], draws: Draws, wanted: Eligibility, known: Known) -> Recruits:
    """People of several populations: each belongs to one by a number of its own."""
    parts = [admitted(load_populations()[name], draws, wanted, known) for name in shares]
    ends = np.cumsum(list(shares.values()))[:-1]
    which = np.searchsorted(ends, draws.uniform("people/population", 1)[:, 0], side="right")
    return chosen(parts, which)


def chosen(parts: list[Recruits], which: Places) -> Recruits:
    """Each person from one of several populations of the same size, over all their patterns and joints."""
    patterns = tuple(dict.fromkeys(name for part in parts for name in part.patterns))
    joints = tuple(dict.fromkeys(name for part in parts for name in part.joints))
    people = np.arange(which.size)

    def of(name: str) -> NDArray[np.generic]:
        stacked = np.stack([getattr(part, name) for part in parts])
        return np.asarray(stacked[which, people])

    def over(name: str, words: tuple[str, ...], attribute: str, absent: float) -> NDArray[np.generic]:
        spread = []
        for part in parts:
            held = getattr(part, name)
            wide = np.full((which.size, len(words)), absent, held.dtype)
            wide[:, [words.index(word) for word in getattr(part, attribute)]] = held
            spread.append(wide)
        return np.asarray(np.stack(spread)[which, people])

    places = np.stack(
        [np.array([patterns.index(name) for name in part.patterns])[part.main_pattern] for part in parts]
    )
    single = ("age_y", "female", "weight_kg", "height_cm", "months_since_onset", "gmfcs", "severity")
    return Recruits(
        populations=tuple(part.populations[0] for part in parts),
        patterns=patterns,
        joints=joints,
        population=which.astype(np.int64),
        main_pattern=places[which, people],
        has_pattern=over("has_pattern", patterns, "patterns", False),  # type: ignore[arg-type]
        involved=over("involved", joints, "joints", False),  # type: ignore[arg-type]
        score=over("score", joints, "joints", np.nan),  # type: ignore[arg-type]
        grade=over("grade", joints, "joints", np.nan),  # type: ignore[arg-type]
        eligible=of("eligible"),  # type: ignore[arg-type]
        **{name: of(name) for name in single},  # type: ignore[arg-type]
    )
