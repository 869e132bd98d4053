r"""Needles of an answer in the limb: entry, tip, who holds the tip, and what the needle crossed.

A needle lies in the plane of a section of radius :math:`R`. With :math:`a` where it enters and :math:`t` its
tilt, entry and tip are

.. math:: e = R\,(\cos a, \sin a), \qquad p = e - d\,(\cos(a + t), \sin(a + t))

in (front, medial), so that the same numbers mean the same in a left and in a right limb. A structure is a
disc; a needle whose line from entry to tip comes nearer to its middle than half its width crosses it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Needle, Training
from endplate.case.training import BLIND
from endplate.knowledge.anatomy import Structure
from endplate.knowledge.evidence import value
from endplate.physiology.spread.limb import BONE
from endplate.questions.training.limb import ShownLimb
from endplate.simulation.parameters import stream

UNPLACED = ("assumed",)
"""Bases on which a structure's place is nobody's: its crossing is told and not judged."""
Array = NDArray[np.float64]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Placed:
    """A needle where it came to lie, person's mm as z, x, y.

    Attributes:
        number: from 1, as answered.
        at: share of the segment's length.
        entry_mm: where it meets the skin.
        tip_mm: its tip.
        dose_U: units.
        muscle: that holds the tip; None elsewhere.
        where: muscle, bone, outside or skin.
        crossed: structures on its way.
        unjudged: of these, those whose place no source gives.
    """

    number: int
    at: float
    entry_mm: Point
    tip_mm: Point
    dose_U: float
    muscle: str | None
    where: str
    crossed: tuple[Structure, ...]
    unjudged: tuple[Structure, ...]


def place(
    training: Training, shown: ShownLimb, needles: Sequence[Needle], attempt: int | None = None
) -> tuple[Placed, ...]:
    """The needles of an answer as they come to lie; at level 4 the hand errs.

    The error goes by the training's seed and the number of the attempt: the third attempt of everybody in a
    class errs alike, and nobody can learn from the second what the third will be.

    Args:
        training: whose seed and guidance decide the error.
        shown: its limb.
        needles: as answered.
        attempt: number of the attempt, from 1; without it where the needles were aimed.
    """
    count = len(needles)
    off = np.zeros((count, 3)) if attempt is None else _errors(training, attempt, count)
    return tuple(_placed(shown, k, needle, off[k]) for k, needle in enumerate(needles))


def _errors(training: Training, attempt: int, count: int) -> Array:
    """How far each needle is off along the limb, sideways and in depth, mm, (needles, 3)."""
    if training.level != BLIND or training.plan is None:
        return np.zeros((count, 3))
    across = value(f"needle.across_sd.{training.plan.guidance}")
    sd = np.array([value("needle.along_sd"), across, across])
    names = [f"training/attempt/{attempt}/needle/{k}" for k in range(count)]
    rows = [stream(training.seed, name).standard_normal(3) for name in names]
    return np.asarray(np.reshape(rows, (count, 3)) * sd)


def _placed(shown: ShownLimb, place: int, needle: Needle, off_mm: Array) -> Placed:
    z = min(max(needle.at * shown.length_mm + float(off_mm[0]), 0.0), shown.length_mm)
    at = z / shown.length_mm
    radius = shown.radius_mm(at)
    around = math.radians(needle.angle_deg) + float(off_mm[1]) / max(radius, 1.0)
    lean = around + math.radians(needle.tilt_deg)
    depth = max(needle.depth_mm + float(off_mm[2]), 0.0) if needle.depth_mm else 0.0
    entry = (radius * math.cos(around), radius * math.sin(around))
    tip = (entry[0] - depth * math.cos(lean), entry[1] - depth * math.sin(lean))
    muscle, where = _held_by(shown, (z, *tip), depth)
    hit = tuple(row for row in shown.structures if crosses(shown, row, at, entry, tip))
    judged = tuple(row for row in hit if row.basis not in UNPLACED)
    unjudged = tuple(row for row in hit if row.basis in UNPLACED)
    return Placed(
        place + 1, at, (z, *entry), (z, *tip), float(needle.dose.value), muscle, where, judged, unjudged
    )


def _held_by(shown: ShownLimb, tip_mm: Point, depth_mm: float) -> tuple[str | None, str]:
    """The muscle that holds a tip, and where the tip lies in a word."""
    label = shown.label(tip_mm)
    if label >= 0 and depth_mm > 0:
        return shown.names[label], "muscle"
    if label == BONE:
        return None, "bone"
    return None, "skin" if depth_mm <= shown.limb.spacing_mm else "outside"


def crosses(
    shown: ShownLimb,
    structure: Structure,
    at: float,
    entry_mm: tuple[float, float],
    tip_mm: tuple[float, float],
) -> bool:
    """Whether the line from entry to tip (front, medial; mm) meets a structure in the section there."""
    if not structure.start <= at <= structure.end:
        return False
    away = structure.radius * shown.radius_mm(at)
    angle = math.radians(structure.angle_deg)
    middle = (away * math.cos(angle), away * math.sin(angle))
    return distance_mm(middle, entry_mm, tip_mm) <= structure.size_mm * shown.scale / 2


def distance_mm(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """From a point to the line between two others."""
    along = (end[0] - start[0], end[1] - start[1])
    length2 = along[0] ** 2 + along[1] ** 2
    to = (point[0] - start[0], point[1] - start[1])
    share = 0.0 if length2 == 0 else (to[0] * along[0] + to[1] * along[1]) / length2
    share = min(max(share, 0.0), 1.0)
    return math.hypot(to[0] - share * along[0], to[1] - share * along[1])
