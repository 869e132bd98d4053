"""One way to write data down, so that the same content always has the same checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

# Columns that are not part of what a row says: its place in the table and its checksum.
_APART = frozenset({"id", "digest"})


class DamagedRow(Exception):
    """A row does not say what its checksum was made of."""


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; dates as ISO text."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=date.isoformat,
    )


def checksum(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def fits(row: Mapping[str, Any]) -> bool:
    """Whether a row says what its checksum was made of."""
    try:
        return bool(checksum(content(row)) == row["digest"])
    except (ValueError, TypeError, AttributeError, RecursionError):  # what no row that was written can say
        return False


def content(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says, in JSON's types; empty columns are left out, so that a new one changes no checksum."""
    said = {name: held for name, held in row.items() if held is not None and name not in _APART}
    return {name: held.isoformat() if isinstance(held, date) else held for name, held in said.items()}
