"""Limb segments filled with the muscles of the anatomy tables, and the point library made from them.

The library (``data/geometry.npz``) is what runs use; ``scripts/build_geometry.py`` makes it anew after a
change of the anatomy tables or of the muscle volumes, and a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import bodies_of, load_bodies, load_segments
from endplate.knowledge.evidence import value
from endplate.knowledge.units import MM_PER_CM
from endplate.physiology.spread.geometry import Geometry, geometry_of
from endplate.physiology.spread.limb import Bodies, Bones, Limb, fill

LIBRARY = Path(__file__).parent / "data" / "geometry.npz"

_POINTS, _CLASSES, _LEVELS = 128, 128, 16
_SPACING_MM = {"hand": 1.0, "foot": 1.0}
_SPACING_ELSEWHERE_MM = 2.0
_FILLED_WITHIN = 0.03  # voxels fill a volume to less than this share


@dataclass(frozen=True)
class Part:
    """One segment of the library: its geometry and the muscle of every row."""

    segment: str
    muscles: tuple[str, ...]
    geometry: Geometry


def limb_of(segment: str, scale: float = 1, spacing_mm: float = 2) -> tuple[Limb, tuple[str, ...]]:
    """A segment of the table's adult, divided among its muscles.

    Args:
        segment: id of the segment.
        scale: factor on all lengths; volumes follow with its cube.
        spacing_mm: edge of a voxel.

    Returns:
        The filled segment, and the muscle of every label.
    """
    part, rows = load_segments()[segment], bodies_of(segment)
    bodies = Bodies(
        volume_mL=np.array([value(f"muscle.{row.muscle}.volume_mL") for row in rows]) * scale**3,
        start=np.array([row.start for row in rows]),
        end=np.array([row.end for row in rows]),
        angle_deg=np.array([row.angle_deg for row in rows]),
        radius=np.array([row.radius for row in rows]),
    )
    bones = Bones(
        angle_deg=np.array([bone.angle_deg for bone in part.bones]),
        radius=np.array([bone.radius for bone in part.bones]),
        half_width_mm=np.array([bone.half_width_mm for bone in part.bones]) * scale,
    )
    limb = fill(bodies, bones, part.length_cm * MM_PER_CM * scale, spacing_mm)
    return limb, tuple(row.muscle for row in rows)


def build_part(segment: str) -> Part:
    """Fill a segment and take its points: what the library holds, made anew."""
    limb, muscles = limb_of(segment, spacing_mm=_SPACING_MM.get(segment, _SPACING_ELSEWHERE_MM))
    zones = tuple(np.array(body.zones) for body in bodies_of(segment))
    geometry = geometry_of(limb, zones, _POINTS, _CLASSES, _LEVELS)
    return Part(segment, muscles, replace(geometry, contact=geometry.contact * _joined(segment)))


def _joined(segment: str) -> NDArray[np.bool_]:
    """Whether fluid can pass between two muscles: no bone or membrane parts their compartments."""
    rows, barred = bodies_of(segment), load_segments()[segment].membranes
    pairs = {frozenset(pair) for pair in barred}
    return np.array([[frozenset((a.compartment, b.compartment)) not in pairs for b in rows] for a in rows])


def save_library(path: Path = LIBRARY) -> None:
    """Make the point library of all segments anew."""
    arrays = {}
    for segment in load_segments():
        part = build_part(segment)
        for field in fields(Geometry):
            values = getattr(part.geometry, field.name)
            arrays[f"{segment}.{field.name}"] = np.asarray(values, dtype=np.float32)
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)


@lru_cache(maxsize=16)
def load_part(segment: str) -> Part:
    """A segment from the library.

    Raises:
        ValueError: it was made from other tables than those held now.
    """
    with np.load(LIBRARY) as held:
        values = {
            field.name: np.asarray(held[f"{segment}.{field.name}"], dtype=np.float64)
            for field in fields(Geometry)
        }
    muscles = tuple(body.muscle for body in bodies_of(segment))
    if len(muscles) != len(values["volume_mL"]):
        raise ValueError(
            f"{LIBRARY.name} holds {len(values['volume_mL'])} muscles of the {segment}, bodies.toml "
            f"{len(muscles)}: run python scripts/build_geometry.py"
        )
    return Part(segment, muscles, Geometry(**values))


def stale_segments() -> dict[str, str]:
    """Segments of the library that no longer fit the tables, each with what to do."""
    found = {}
    for segment in load_segments():
        try:
            part = load_part(segment)
        except ValueError as error:
            found[segment] = str(error)
            continue
        held = np.array([value(f"muscle.{muscle}.volume_mL") for muscle in part.muscles])
        if not np.allclose(part.geometry.volume_mL, held, rtol=_FILLED_WITHIN):
            found[segment] = "Muscle volumes have changed since: run python scripts/build_geometry.py"
    return found


def segment_of(muscle: str) -> str:
    """The segment in which a muscle's belly lies."""
    return load_bodies()[muscle].segment
