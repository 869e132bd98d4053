"""What a running server is: its token, its folder, its store, its limits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from endplate.store import Store

LARGEST_BODY = 1_000_000  # bytes, as of a case file
SLOWEST_S = 20.0  # a question answered at once
MOST_LIVE_DRAWS = 200  # of curves drawn while a dose is typed
MOST_DRAWS = 5_000
MOST_HORIZON_WK = 208
JOBS_WAITING = 8
JOBS_KEPT = 16
LIVE_AT_ONCE = 2
_TOKEN_BYTES = 24


def new_token() -> str:
    """A token for one run."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True)
class Settings:
    """How this server runs.

    Attributes:
        cases: folder in which cases are kept as files.
        token: that every request of the app carries; another one for every run.
        store: where somebody deliberately keeps a case, opened; None without one.
        trainings: folder of an instructor's own trainings; None without one.
    """

    cases: Path
    token: str = field(default_factory=new_token)
    store: Store | None = None
    trainings: Path | None = None
