"""Where the needles of a plan lie in a limb: level, depth, and from which face each muscle is best seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import load_segments
from endplate.knowledge.units import MM_PER_CM
from endplate.physiology.spread.limb import BONE, OUTSIDE, Limb
from endplate.questions.view_limb import LimbView

FACES = ("front", "back")
_NEAR_MM = 10.0
_HALF = 1 / 2
_RAYS = 72

Tips = NDArray[np.float64]


@dataclass(frozen=True)
class NeedlePlaces:
    """The needles of one muscle on one side, of the person's size; ranges are over the needles.

    Attributes:
        muscle: its id.
        names: of the needles.
        face: ``front`` or ``back``: where more of the muscle shows near its needles; where it lies deep from
            both, the face to which they lie nearer.
        deep: whether less than half of the muscle's width near the needles shows on that face.
        level: share of the segment's length, lowest and highest.
        along_cm: the same from the segment's proximal end, cm.
        depth_cm: the shortest way to the muscles' surface within the section past bone, cm; skin and fat
            are not counted.
        cut: share of the length at which the needle lies that is nearest to the middle of them all.
    """

    muscle: str
    names: tuple[str, ...]
    face: str
    deep: bool
    level: tuple[float, float]
    along_cm: tuple[float, float]
    depth_cm: tuple[float, float]
    cut: float


def needle_places(seen: LimbView) -> list[NeedlePlaces]:
    """Every injected muscle of a segment and side, in the order of the plan.

    Args:
        seen: of `endplate.questions.view_limb.view_limb`.
    """
    rows = sorted(seen.document["sites"], key=_first(seen.document["sites"]))
    return [
        _placed(seen, muscle, list(own)) for muscle, own in groupby(rows, key=lambda row: str(row["muscle"]))
    ]


def _first(rows: list[dict[str, Any]]) -> Any:
    """Sorts rows muscle by muscle, in the order in which muscles come first."""
    order = {muscle: k for k, muscle in enumerate(dict.fromkeys(row["muscle"] for row in rows))}
    return lambda row: order[row["muscle"]]


def _placed(seen: LimbView, muscle: str, rows: list[dict[str, Any]]) -> NeedlePlaces:
    tips = np.array([[row["z_mm"], row["x_mm"], row["y_mm"]] for row in rows])
    limb, index = seen.limb, seen.names.index(muscle)
    length_cm = load_segments()[seen.document["segment"]].length_cm
    level = tips[:, 0] / MM_PER_CM / length_cm
    person_cm = seen.document["scale"] / MM_PER_CM
    shown = _shown(limb, index, tips)
    depths = person_cm * np.array([_depth_mm(limb, tip) for tip in tips])
    deep = max(shown.values()) < _HALF
    face = _nearer(limb, tips) if deep else max(FACES, key=lambda name: shown[name])
    return NeedlePlaces(
        muscle,
        tuple(row["name"] for row in rows),
        face,
        deep,
        _ends(level),
        _ends(level * length_cm * seen.document["scale"]),
        _ends(depths),
        float(level[np.abs(level - level.mean()).argmin()]),
    )


def _ends(values: NDArray[np.float64]) -> tuple[float, float]:
    """Lowest and highest."""
    return float(values.min()), float(values.max())


def _shown(limb: Limb, index: int, tips: Tips) -> dict[str, float]:
    """The share of a muscle's width near its needles that is met first, by face."""
    z = limb.origin_mm[0] + np.arange(len(limb.labels)) * limb.spacing_mm
    near = np.abs(z[:, None] - tips[:, 0]).min(axis=1) <= _NEAR_MM
    labels = limb.labels[near]
    own = int((labels == index).any(axis=1).sum())
    first = {"front": labels[:, ::-1, :], "back": labels}
    found = {}
    for face, ordered in first.items():
        place = (ordered != OUTSIDE).argmax(axis=1)[:, None, :]
        met = np.take_along_axis(ordered, place, axis=1)[:, 0, :] == index
        found[face] = float(met.sum() / max(own, 1))
    return found


def _nearer(limb: Limb, tips: Tips) -> str:
    """The face to which needles lie nearer, straight to the front or to the back."""
    ways = np.array([_ways_mm(limb, tip, np.array([0.0, np.pi])) for tip in tips]).mean(axis=0)
    return FACES[int(ways.argmin())]


def _depth_mm(limb: Limb, tip: Tips) -> float:
    """The shortest straight way to the muscles' surface within the section that meets no bone, mm."""
    return float(_ways_mm(limb, tip, np.linspace(0, 2 * np.pi, _RAYS, endpoint=False)).min())


def _ways_mm(limb: Limb, tip: Tips, angles: Tips) -> Tips:
    """From a tip to the surface along straight ways, (angles,), 0 to the front and a quarter turn to medial.

    A way that meets bone counts as longer than any that does not.
    """
    k = round((tip[0] - limb.origin_mm[0]) / limb.spacing_mm)
    section = limb.labels[min(max(k, 0), len(limb.labels) - 1)]
    steps = np.arange(0, 2 * len(section)) * limb.spacing_mm * _HALF
    x = tip[1] + steps * np.cos(angles)[:, None] - limb.origin_mm[1]
    y = tip[2] + steps * np.sin(angles)[:, None] - limb.origin_mm[2]
    top = len(section) - 1
    at_x, at_y = (np.clip(np.rint(away / limb.spacing_mm), 0, top).astype(int) for away in (x, y))
    met = section[at_x, at_y]
    out = (met == OUTSIDE).argmax(axis=1)
    flesh = np.maximum.accumulate(met != BONE, axis=1)  # a tip at a bone's edge may begin within its voxels
    barred = ((met == BONE) & flesh & (np.arange(steps.size) < out[:, None])).any(axis=1)
    return np.asarray(np.where(barred & ~barred.all(), np.inf, steps[out]))
