"""The few codes of public terminologies that exports carry beside our own ids, with how sure each is."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

_FILE = Path(__file__).parent / "data" / "codes.toml"


@dataclass(frozen=True)
class Code:
    """One concept of a public terminology.

    Attributes:
        id: what we call it.
        system: URI of the terminology.
        code: in it.
        display: in words.
        status: ``verified`` once looked up in an official browser, else ``unverified``.
        read: where it was seen.
    """

    id: str
    system: str
    code: str
    display: str
    status: Literal["verified", "unverified"]
    read: str


@cache
def load_codes() -> dict[str, Code]:
    """Every code held, by our name for it."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {key: Code(key, **raw) for key, raw in table.items()}
