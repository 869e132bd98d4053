"""Look at the people that a trial would draw: who they are, what they have, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.errors import InputError
from endplate.knowledge.evidence import Record, load_records, load_sources
from endplate.knowledge.evidence.populations import Population, growth_source, load_populations
from endplate.knowledge.vocabulary.patterns import muscles_of
from endplate.knowledge.vocabulary.wording import SIMULATION
from endplate.questions.answer import Answer
from endplate.simulation.draws.people import PeopleDraws
from endplate.simulation.people.demographics import Eligibility, Recruits, recruit
from endplate.simulation.people.table import read_people, to_csv, to_parquet, to_table
from endplate.simulation.results import rounded, summary

if TYPE_CHECKING:
    import polars

Array = NDArray[np.float64]

MOST_PEOPLE = 1_000_000
USUAL_PEOPLE = 1000
_SLOT = "people"
_NUMBERS = ("age_y", "weight_kg", "height_cm", "months_since_onset")
_RANGES = ("age_y", "months_since_onset", "weight_kg")
_ADULTS, _CHILDREN = ("adult", "height", "weight", "height_weight"), ("child", "growth_shift")


@dataclass(frozen=True)
class PeopleResult(Answer):
    """Virtual people, and what is told of them.

    Attributes:
        recruits: the people.
    """

    recruits: Recruits

    def to_csv(self) -> str:
        """The table of the people as CSV."""
        return to_csv(self.recruits)

    def to_parquet(self) -> bytes:
        """The table of the people as a Parquet file; InputError where polars is not installed."""
        return to_parquet(self.recruits)

    def to_polars(self) -> polars.DataFrame:
        """The table of the people; InputError where polars is not installed."""
        return to_table(self.recruits)


def people(
    population: str | Mapping[str, float] | None = None,
    n: int | None = None,
    seed: int = 1,
    *,
    eligibility: Eligibility | None = None,
    own: str | Path | None = None,
) -> PeopleResult:
    """Draw virtual people, or complete those of a table.

    Args:
        population: id, or shares of several; with ``own`` the id for rows that name none.
        n: how many, 1 to a million, 1000 without it; none with ``own``, of which all rows are taken.
        seed: of chance. Person i is the same whatever ``n`` is.
        eligibility: who is let in.
        own: CSV or Parquet of people of which what is blank or absent is drawn.

    Raises:
        InputError: there is no such population, the table is wrong, it comes with a number of people, or
            hardly anybody is let in.
    """
    if own is None:
        if population is None:
            known = ", ".join(load_populations())
            raise _wrong(
                "No population is named", "population_missing", f"Name one of {known}.", "population"
            )
        found = _drawn(population, USUAL_PEOPLE if n is None else n, seed, eligibility)
    else:
        if n is not None:
            remedy = "Leave the number out: all rows of the table are taken."
            raise _wrong("A table says itself how many people there are", "n_with_own", remedy, "n")
        if population is not None and not isinstance(population, str):
            remedy = "Name one, or give the table a column population."
            raise _wrong("A table takes one population", "one_population", remedy, "population")
        held = read_people(own, population)
        found = held.recruit(PeopleDraws(seed, range(1), range(held.size), _SLOT), eligibility)
    told = None if own is None else str(own)
    return PeopleResult(_document(found, seed, eligibility or Eligibility(), told), found)


def _drawn(
    population: str | Mapping[str, float], n: int, seed: int, eligibility: Eligibility | None
) -> Recruits:
    if not 1 <= n <= MOST_PEOPLE:
        raise _wrong(f"{n} people cannot be drawn", "people", f"Ask for 1 to {MOST_PEOPLE}.", "n")
    return recruit(population, PeopleDraws(seed, range(1), range(n), _SLOT), eligibility)


def _wrong(message: str, rule: str, remedy: str, field: str) -> InputError:
    return InputError(message, rule=rule, remedy=remedy, field=field)


def _document(people: Recruits, seed: int, wanted: Eligibility, own: str | None) -> dict[str, Any]:
    held = [load_populations()[name] for name in people.populations]
    return {
        "endplate": __version__,
        "seed": seed,
        "n": people.size,
        "own": own,
        "populations": [
            {
                "population": population.id,
                "title": population.title,
                "share": _share(people.population == place),
            }
            for place, population in enumerate(held)
        ],
        "eligibility": _limits(wanted),
        "eligible_share": _one(people.eligible.mean()),
        "numbers": {name: _numbers(getattr(people, name)) for name in _NUMBERS},
        "female_share": _share(people.female),
        "gmfcs": {str(level): _share(people.gmfcs == level) for level in np.unique(people.gmfcs) if level},
        "patterns": [_pattern(people, place, name) for place, name in enumerate(people.patterns)],
        "joints": [_joint(people, place, name) for place, name in enumerate(people.joints)],
        "evidence": [_told(record) for record in records_of(held)],
        "growth": load_sources()[growth_source()].citation if any(p.children for p in held) else None,
        "notes": [SIMULATION],
    }


def records_of(populations: list[Population]) -> list[Record]:
    """The evidence that people of some populations are drawn by, in order of id."""
    groups = {"correlation", *(population.id for population in populations)}
    if any(population.children for population in populations):
        groups.update(_CHILDREN)
    if not all(population.children for population in populations):
        groups.update(_ADULTS)
    found = [
        record
        for name, record in load_records().items()
        if _group(name) in groups and name.startswith("people.")
    ]
    return sorted(found, key=lambda record: record.id)


def _group(name: str) -> str:
    return "child" if name == "people.height_weight.child" else name.split(".")[1]


def _told(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "value": record.value,
        "unit": record.unit,
        "basis": record.basis,
        "source": load_sources()[record.source].citation,
    }


def _limits(wanted: Eligibility) -> dict[str, Any]:
    """The limits and statements given, an open end as None."""
    told = {name: list(held) if isinstance(held, tuple) else held for name, held in vars(wanted).items()}
    for name in _RANGES:
        told[name] = [end if np.isfinite(end) else None for end in told[name]]
    return {name: held for name, held in told.items() if held is not None and held != [None, None]}


def _one(number: Any) -> float | None:
    return rounded(np.atleast_1d(np.asarray(number, np.float64)))[0]


def _share(flags: Any) -> float:
    return _one(np.mean(flags)) or 0.0


def _numbers(each: Array) -> dict[str, float | None]:
    """Mean, standard deviation (over n - 1) and quantiles of numbers; null where there are too few."""
    known = each[~np.isnan(each)]
    if not known.size:
        return {"mean": None, "sd": None, **summary(known)}
    sd = _one(known.std(ddof=1)) if known.size > 1 else None
    return {"mean": _one(known.mean()), "sd": sd, **summary(known)}


def _pattern(people: Recruits, place: int, name: str) -> dict[str, Any]:
    return {
        "pattern": name,
        "share": _share(people.has_pattern[:, place]),
        "main_share": _share(people.main_pattern == place),
        "muscles": sorted(muscles_of(name)),
    }


def _joint(people: Recruits, place: int, name: str) -> dict[str, Any]:
    return {
        "joint": name,
        "involved": _share(people.involved[:, place]),
        "grade": _numbers(people.grade[:, place]),
    }
