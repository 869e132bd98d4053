"""The exposure that an attempt's needles leave across sections of the limb, for the reveal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from endplate.case import Training
from endplate.physiology.spread import exposure_at
from endplate.questions.training.limb import ShownLimb
from endplate.questions.training.needles import Placed
from endplate.simulation.anatomy import load_part
from endplate.simulation.injection import person_of
from endplate.simulation.parameters import OneAtATime

Array = NDArray[np.float64]


def field_at(training: Training, shown: ShownLimb, placed: Sequence[Placed], at: float) -> Array:
    """Exposure in U h/mL over one section in a median person, (x, y) of the limb's voxels.

    Args:
        training: whose plan gives the dilution.
        shown: its limb.
        placed: needles as they came to lie.
        at: where to cut, share of the segment's length.
    """
    level, limb = shown.level(at), shown.limb
    cut, spacing = limb.labels[level], limb.spacing_mm
    found = np.zeros(cut.shape)
    if training.plan is None:
        return found
    person, part = person_of((), training.mass_kg, OneAtATime(())), load_part(shown.segment)
    x, y = (limb.origin_mm[k + 1] + np.arange(cut.shape[k]) * spacing for k in (0, 1))
    z = limb.origin_mm[0] + level * spacing
    points = np.stack([np.full(cut.size, z), np.repeat(x, y.size), np.tile(y, x.size)], axis=1)
    for each in placed:
        if each.muscle is None or each.dose_U == 0:
            continue
        tip = (np.array(each.tip_mm), shown.names.index(each.muscle))
        volume = each.dose_U / float(training.plan.dilution.value)
        places = (points, cut.ravel().astype(np.int64))
        amount = exposure_at(person.spread, part.geometry, shown.scale, tip, each.dose_U, volume, places)
        found += amount.reshape(cut.shape)
    return found
