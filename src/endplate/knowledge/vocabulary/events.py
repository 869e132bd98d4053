"""Adverse events that studies and labels count, and which of them a boxed warning names."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from endplate.knowledge.vocabulary.words import plain_key

_TABLE = tomllib.loads((Path(__file__).parent / "data" / "events.toml").read_text(encoding="utf-8"))

Kind = Literal["weakness", "general", "summary", "immunity", "boxed"]


@dataclass(frozen=True)
class Event:
    """One adverse event.

    Attributes:
        id: as tables and study files write it.
        kind: ``weakness`` of target or neighbour, ``general``, ``summary`` over all events, ``immunity``, or
            ``boxed``: named in the boxed warning, never given a model's probability.
        name: in words.
        aliases: other spellings that study files may use.
    """

    id: str
    kind: Kind
    name: str
    aliases: tuple[str, ...]


EVENTS: dict[str, Event] = {
    key: Event(key, raw["kind"], raw.get("name", key.replace("_", " ")), tuple(raw.get("aliases", ())))
    for key, raw in _TABLE.items()
}
_SPELT = {**{key: key for key in EVENTS}, **{a: event.id for event in EVENTS.values() for a in event.aliases}}


def canonical_event(text: str) -> str | None:
    """The event id for a spelling, or None if it is unknown."""
    return _SPELT.get(plain_key(text))
