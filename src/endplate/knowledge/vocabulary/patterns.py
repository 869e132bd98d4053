"""From a passive movement to the muscles that may resist it in a pattern, each with its source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from endplate.knowledge.vocabulary.anatomy import stretched_muscles
from endplate.knowledge.vocabulary.words import GROUPS


@dataclass(frozen=True)
class Link:
    """One muscle of one pattern: its role, the passive movements it resists, and where that was read."""

    muscle: str
    pattern: str
    role: str
    basis: str
    source: tuple[str, str]
    joint: str
    movements: tuple[str, ...]
    actions: tuple[str, ...]
    anatomy_basis: str
    notes: str


def _links(row: dict[str, Any], sources: dict[str, tuple[str, str]]) -> list[Link]:
    """The links of one row, groups taken apart."""
    return [
        Link(
            muscle=muscle,
            pattern=row["pattern"],
            role=row["role"],
            basis=row["basis"],
            source=sources[row["source"]],
            joint=row["joint"],
            movements=tuple(row["movements"]),
            actions=tuple(row["actions"]),
            anatomy_basis=row["anatomy_basis"],
            notes=row.get("notes", ""),
        )
        for muscle in GROUPS.get(row["muscle"], (row["muscle"],))
    ]


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "patterns.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _patterns() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in _content()["link"]:
        found[row["pattern"]] = (*found.get(row["pattern"], ()), row["muscle"])
    return found


# The muscles or groups of each pattern, in the order of the table.
PATTERNS: dict[str, tuple[str, ...]] = _patterns()


@lru_cache(maxsize=1)
def load_links() -> tuple[Link, ...]:
    """All links held, in the order of the table."""
    content = _content()
    sources = {row["id"]: (row["citation"], row["url"]) for row in content["source"]}
    return tuple(link for row in content["link"] for link in _links(row, sources))


def candidates(joint: str, movement: str) -> tuple[Link, ...]:
    """The links of every muscle that may resist a passive movement.

    Args:
        joint: such as ``elbow``.
        movement: the passive movement examined, such as ``extension``.
    """
    return tuple(link for link in load_links() if link.joint == joint and movement in link.movements)


def resisting(joint: str, movement: str) -> frozenset[str]:
    """The muscles that resist a passive movement, by anatomy or in a pattern."""
    by_pattern = (link.muscle for link in candidates(joint, movement))
    return frozenset((*stretched_muscles(joint, movement), *by_pattern))


def patterns_of(joint: str, movement: str) -> frozenset[str]:
    """The patterns in which some muscle resists this passive movement."""
    return frozenset(link.pattern for link in candidates(joint, movement))


@cache
def joint_of(pattern: str) -> str:
    """The joint at which a pattern is told: that of its first muscle."""
    return next(link.joint for link in load_links() if link.pattern == pattern)


def muscles_of(pattern: str) -> frozenset[str]:
    """The muscles of a pattern, at whichever joint."""
    return frozenset(link.muscle for link in load_links() if link.pattern == pattern)
