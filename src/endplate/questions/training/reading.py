"""A section in words: where muscles and structures lie and how deep, for play without a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from endplate.case import Training
from endplate.case.training import BLIND, NAME
from endplate.questions.training.limb import limb_for

_FULL_TURN_DEG = 360.0
_LEAST_VOXELS = 4


def is_cut(training: Training, muscle: str, at: float) -> bool:
    """Whether a section cuts a muscle in more than a few points.

    Args:
        training: whose limb is cut.
        muscle: of its segment.
        at: share of the segment's length.
    """
    shown = limb_for(training)
    return int((shown.limb.labels[shown.level(at)] == shown.names.index(muscle)).sum()) >= _LEAST_VOXELS


def section_rows(training: Training, at: float) -> list[dict[str, Any]]:
    """What a section cuts, front first and round by medial: direction, depths, and the way it is met.

    Empty at level 4, where nothing inside is shown. At level 1 the muscles have no names, and the one asked
    for is marked.

    Args:
        training: whose limb is cut.
        at: share of the segment's length.
    """
    if training.level == BLIND:
        return []
    shown = limb_for(training)
    limb, radius = shown.limb, shown.radius_mm(at)
    cut = limb.labels[shown.level(at)]
    rows: list[dict[str, Any]] = []
    for label, name in enumerate(shown.names):
        places = np.argwhere(cut == label)
        if len(places) < _LEAST_VOXELS:
            continue
        x, y = (places * limb.spacing_mm + np.asarray(limb.origin_mm[1:])).T
        away = np.hypot(x, y)
        named = training.level != NAME
        rows.append(
            {
                "kind": "muscle",
                "name": name if named else ("?" if name == training.muscles[0] else ""),
                "angle_deg": round(float(np.degrees(np.arctan2(y.mean(), x.mean()))) % _FULL_TURN_DEG),
                "from_mm": round(float(max(radius - away.max(), 0.0)), 1),
                "to_mm": round(float(radius - away.min()), 1),
            }
        )
    return sorted(rows, key=lambda row: row["angle_deg"]) + _structures(training, at)


def _structures(training: Training, at: float) -> list[dict[str, Any]]:
    shown = limb_for(training)
    if training.level == NAME:
        return []
    radius = shown.radius_mm(at)
    return [
        {
            "kind": row.kind,
            "name": row.name,
            "angle_deg": round(row.angle_deg),
            "from_mm": round(max((1 - row.radius) * radius - row.size_mm * shown.scale / 2, 0.0), 1),
            "to_mm": round((1 - row.radius) * radius + row.size_mm * shown.scale / 2, 1),
        }
        for row in shown.structures
        if row.start <= at <= row.end
    ]
