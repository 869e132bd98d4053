"""The spread of a plan as pictures and data: a section with contours, and the field as netCDF."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.outputs.language import _
from endplate.outputs.limb_frame import Site, contours_of
from endplate.outputs.limb_words import of_side
from endplate.outputs.limbs import section_svg
from endplate.physiology.spread.limb import Limb

Array = NDArray[np.float64]


def section(
    document: Mapping[str, Any], limb: Limb, names: Sequence[str], exposure: Array, sites_mm: Array
) -> str:
    """The section through the level with most exposure, contours at 1, 10 and 100 U h/mL, as one SVG.

    Args:
        document: what `view spread` found.
        limb: the filled segment.
        names: the muscle of every label.
        exposure: U h/mL in every voxel, (z, x, y).
        sites_mm: tips of the needles, (sites, 3).
    """
    level = int(exposure.sum(axis=(1, 2)).argmax())
    cut = exposure[level]
    sites = [Site(str(k + 1), *(float(x) for x in tip)) for k, tip in enumerate(sites_mm)]
    title = _("{place}: exposure", place=of_side(document["segment"], document["side"]))
    at = (level + 1 / 2) / limb.labels.shape[0]
    side = document["side"]
    return section_svg(limb, at, names, sites=sites, contours=contours_of(cut), title=title, limb_side=side)


def field_netcdf(document: Mapping[str, Any], limb: Limb, names: Sequence[str], exposure: Array) -> bytes:
    """The exposure and the muscle of every voxel with their coordinates in mm, as classic netCDF."""
    from scipy.io import netcdf_file

    held = io.BytesIO()
    with netcdf_file(held, "w") as file:
        for name, origin, count in zip("zxy", limb.origin_mm, limb.labels.shape, strict=True):
            file.createDimension(name, count)
            axis = file.createVariable(name, "f4", (name,))
            axis[:], axis.units = origin + np.arange(count) * limb.spacing_mm, "mm"
        field = file.createVariable("exposure", "f4", ("z", "x", "y"))
        field[:], field.units = exposure, "U h/mL"
        muscle = file.createVariable("muscle", "i2", ("z", "x", "y"))
        muscle[:], muscle.names = limb.labels, ",".join(names)
        file.segment, file.side = document["segment"], document["side"]
        file.flush()
        return held.getvalue()
