"""Virtual people on the terminal: who they are, their patterns and joints, and on what that rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from endplate.knowledge.evidence.trace import UNMEASURED
from endplate.knowledge.units import PERCENT

_NAMES = {
    "age_y": "age, y",
    "weight_kg": "weight, kg",
    "height_cm": "height, cm",
    "months_since_onset": "time since onset, mo",
}
_WIDE, _NARROW = 24, 8


def people_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """What is told of people, line by line.

    Args:
        document: as :class:`endplate.questions.people.PeopleResult` holds it.
    """
    for row in document["populations"]:
        yield f"{row['title']} ({row['population']}): {_percent(row['share'])} of {document['n']}"
    if document["eligibility"]:
        yield f"Limits leave {_percent(document['eligible_share'])} of the population."
    yield ""
    yield _row("", "mean", "SD", "5 %", "median", "95 %")
    for name, told in document["numbers"].items():
        yield _numbers(_NAMES[name], told)
    yield _row("female", _percent(document["female_share"]))
    for level, share in document["gmfcs"].items():
        yield _row(f"GMFCS {level}", _percent(share))
    yield ""
    yield _row("pattern", "all", "first")
    for row in document["patterns"]:
        name = row["pattern"].replace("_", " ")
        yield _row(name, _percent(row["share"]), _percent(row["main_share"]))
    yield ""
    yield _row("true grade where involved", "mean", "SD", "5 %", "median", "95 %")
    for row in document["joints"]:
        yield _numbers(f"{row['joint']} ({_percent(row['involved'])})", row["grade"])
    yield ""
    yield _basis(document)
    yield from document["notes"]


def _basis(document: Mapping[str, Any]) -> str:
    """How many of the numbers stand on what."""
    held = Counter(row["basis"] for row in document["evidence"])
    weak = sum(held[basis] for basis in UNMEASURED)
    return f"{sum(held.values())} records, {weak} of them assumed: see --json or docs/people.md."


def _numbers(name: str, told: Mapping[str, float | None]) -> str:
    return _row(name, *(_short(told[key]) for key in ("mean", "sd", "p05", "median", "p95")))


def _short(number: float | None) -> str:
    return "-" if number is None else f"{number:.3g}"


def _percent(share: float) -> str:
    return f"{share * PERCENT:.3g} %"


def _row(name: str, *cells: str) -> str:
    return f"{name:<{_WIDE}} " + " ".join(f"{cell:>{_NARROW}}" for cell in cells)
