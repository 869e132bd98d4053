"""Numbers and curves as a document holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_DIGITS = 4


def told(number: Any, digits: int = _DIGITS) -> float | None:
    """A number of the document with so many figures, None where there is none."""
    return float(f"{float(number):.{digits}g}") if np.isfinite(number) else None


def line(name: str, numbers: Array) -> dict[str, Any]:
    """One curve of a panel."""
    return {"name": name, "values": [told(x) for x in numbers]}


def panel(title: str, across: tuple[str, Array], up: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Curves over one axis: its name and points, the name of the other."""
    name, at = across
    return {"title": title, "across": name, "at": [told(x) for x in at], "up": up, "lines": lines}
