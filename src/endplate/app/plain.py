"""Turn results into strict JSON: no NaN, no infinity, no types that JSON does not have."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import Any


def plain(value: Any) -> Any:
    """The same value in JSON's own types; what is not a finite number becomes None."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return _plain_container(value)


def to_json(value: Any) -> str:
    """One JSON document on one line, in ASCII so that any terminal can carry it."""
    return dumped(plain(value))


def dumped(document: Any) -> str:
    """What is plain already, as that document."""
    return json.dumps(document, allow_nan=False, separators=(", ", ": "))


def _plain_container(value: Any) -> Any:
    """`plain` for everything that is not a single JSON value."""
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(held) for held in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(held) for held in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if callable(getattr(value, "to_dict", None)):
        return plain(value.to_dict())
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise TypeError(f"no JSON form for {type(value).__name__}")
