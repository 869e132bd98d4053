"""Which muscles a movement stretches and which are neighbours, from ``data/anatomy.toml``."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from endplate.knowledge.vocabulary.words import MUSCLES


@lru_cache(maxsize=1)
def _anatomy() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "anatomy.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def stretched_muscles(joint: str, movement: str) -> tuple[str, ...]:
    """Muscle ids that the passive ``movement`` of ``joint`` stretches; empty if none is listed."""
    return tuple(_anatomy()["stretches"].get(joint, {}).get(movement, ()))


def stretch_movements(joint: str) -> tuple[str, ...]:
    """The passive movements of ``joint`` that are listed."""
    return tuple(_anatomy()["stretches"].get(joint, {}))


def limb_of(joint: str) -> str:
    """The limb of a joint, ``upper`` or ``lower``, from the muscles stretched there; empty if none is."""
    for movement in stretch_movements(joint):
        for muscle in stretched_muscles(joint, movement):
            return MUSCLES[muscle].limb
    return ""


def neighbours(muscle: str) -> tuple[str, ...]:
    """The other muscles of the compartment in which ``muscle`` lies."""
    for members in _anatomy()["compartments"].values():
        if muscle in members:
            return tuple(other for other in members if other != muscle)
    return ()
