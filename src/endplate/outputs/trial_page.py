"""A simulated trial as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def render_trial(document: Mapping[str, Any]) -> str:
    """The page."""
    return ""
