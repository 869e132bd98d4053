"""What every question gives back: one document, as data and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """An answer; ``document`` holds the contract's keys, ready for JSON, with inputs, seed and versions."""

    document: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain lists and numbers, without NaN."""
        return self.document

    def to_json(self) -> str:
        """The answer as one JSON document."""
        return json.dumps(self.document, allow_nan=False)
