"""The limb of a training: the segment in the size of its person, its sections and its structures.

Lengths are those of the table's adult with the cube root of body mass, as everywhere in the model. What is
called skin is the surface of the muscles: fat and skin are not in the anatomy tables, so depths count from
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from endplate.case import Training
from endplate.knowledge.anatomy import Structure, load_segments, structures_of
from endplate.knowledge.units import MM_PER_CM
from endplate.physiology.spread.limb import OUTSIDE, Limb
from endplate.simulation.anatomy import limb_of
from endplate.simulation.injection import person_of
from endplate.simulation.parameters import OneAtATime

_FINE_MM = {"hand": 0.5, "foot": 0.5, "forearm": 1.0}
_COARSE_MM = 2.0
_DIGITS = 3


@dataclass(frozen=True)
class ShownLimb:
    """A segment of a training's person.

    Attributes:
        segment: its id.
        limb: the filled segment, person's mm.
        names: the muscle of every label.
        scale: the person's lengths over those of the table's adult.
        length_mm: of the segment.
    """

    segment: str
    limb: Limb
    names: tuple[str, ...]
    scale: float
    length_mm: float

    def level(self, at: float) -> int:
        """The slice at a share of the length."""
        return min(int(at * len(self.limb.labels)), len(self.limb.labels) - 1)

    def radius_mm(self, at: float) -> float:
        """Radius of the section at a share of the length."""
        cut = self.limb.labels[self.level(at)]
        return float(np.sqrt((cut != OUTSIDE).sum() / np.pi)) * self.limb.spacing_mm

    def label(self, point_mm: tuple[float, float, float]) -> int:
        """Who owns a point (z, x, y): a muscle's label, BONE or OUTSIDE."""
        origin, spacing = self.limb.origin_mm, self.limb.spacing_mm
        voxel = [round((p - o) / spacing) for p, o in zip(point_mm, origin, strict=True)]
        shape = self.limb.labels.shape
        voxel[0] = min(max(voxel[0], 0), shape[0] - 1)
        if any(not 0 <= v < n for v, n in zip(voxel, shape, strict=True)):
            return OUTSIDE
        return int(self.limb.labels[voxel[0], voxel[1], voxel[2]])

    @property
    def structures(self) -> tuple[Structure, ...]:
        """What a needle keeps away from."""
        return structures_of(self.segment)


def limb_for(training: Training) -> ShownLimb:
    """The limb that a training shows, filled once per segment and size."""
    return _limb(training.show.segment, round(scale_of(training.mass_kg), _DIGITS))


@lru_cache(maxsize=64)
def scale_of(mass_kg: float | None) -> float:
    """Lengths of a median person of a body mass over those of the table's adult."""
    return float(person_of((), mass_kg, OneAtATime(())).scale[0])


@lru_cache(maxsize=32)
def _limb(segment: str, scale: float) -> ShownLimb:
    limb, names = limb_of(segment, scale, _FINE_MM.get(segment, _COARSE_MM))
    return ShownLimb(segment, limb, names, scale, load_segments()[segment].length_cm * MM_PER_CM * scale)
