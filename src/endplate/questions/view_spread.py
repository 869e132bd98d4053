"""`view spread`: the field of one muscle's plan in its limb, in one median person, on voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, PlannedInjection, plan_of, planned_injections
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.units import H_PER_D, MM3_PER_ML
from endplate.physiology import spread as spread_stage
from endplate.physiology.spread.field import Grid, Medium, exposure, grid_of, lay_down
from endplate.physiology.spread.limb import Limb
from endplate.questions.viewing.injected import injected_side
from endplate.simulation.anatomy import limb_of, load_part, segment_of
from endplate.simulation.injection import one_product, person_of, rows_of, tips_of
from endplate.simulation.parameters import OneAtATime

Array = NDArray[np.float64]

_SPACING_MM = 2.0
_U_H_PER_ML = H_PER_D * MM3_PER_ML  # from U d/mm3
_SHARES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
_DIGITS = 4


@dataclass(frozen=True)
class SpreadView:
    """The field of a segment and what it means for the muscle asked about.

    Attributes:
        document: segment, sites, units held by every muscle and exposure quantiles at the endplates.
        limb: the filled segment.
        names: the muscle of every label.
        exposure_U_h_per_mL: exposure in every voxel, (z, x, y).
        sites_mm: tips of the needles, (sites, 3) as z, x, y.
    """

    document: dict[str, Any]
    limb: Limb
    names: tuple[str, ...]
    exposure_U_h_per_mL: Array
    sites_mm: Array


def view_spread(case: Case, muscle: str, side: str | None = None) -> SpreadView:
    """Follow every injection of the plan into the segment of one muscle.

    The person is the median of every record, of the case's body mass; the needle does not err.

    Args:
        case: a case with a plan.
        muscle: an injected muscle.
        side: left or right; the first side on which it is injected without it.

    Raises:
        InputError: the case has no plan, or the muscle is not injected on that side.
    """
    plan_of(case)
    shots = planned_injections(case)
    on = injected_side(shots, muscle, side)
    segment = segment_of(muscle)
    here = tuple(shot for shot in shots if shot.side == on and segment_of(shot.muscle) == segment)
    return _field(here, case.patient.weight_kg, muscle, on, segment)


def _field(
    shots: tuple[PlannedInjection, ...], mass_kg: float | None, muscle: str, side: str, segment: str
) -> SpreadView:
    one_product(shots)
    person = person_of(shots, mass_kg, OneAtATime(()))
    scale, spread = float(person.scale[0]), person.spread
    limb, names = limb_of(segment, scale, _SPACING_MM)
    fascia = float(spread.fascia_transmission[0])
    contact = load_part(segment).geometry.contact
    grid = grid_of(limb.labels, _SPACING_MM, fascia, contact)
    starts = zip(limb.origin_mm, limb.labels.shape, strict=True)
    axes = [origin + np.arange(count) * _SPACING_MM for origin, count in starts]
    amount, points, doses = np.zeros(limb.labels.shape), [], dict.fromkeys((s.muscle for s in shots), 0.0)
    for row in rows_of(shots):
        shot, tips = row.shot, tips_of(row, person)
        doses[shot.muscle] += shot.dose_U
        along, across = (float(v[0]) for v in spread_stage.variances_mm2(spread, shot.volume_mL / shot.sites))
        for tip, host in zip(tips.mm[0], tips.host[0], strict=True):
            laid = lay_down(grid, axes, tip, int(host), np.array([along, across, across]), fascia, contact)
            amount += laid * shot.dose_U / shot.sites
            points.append(tip)
    medium = Medium(
        float(spread.diffusivity_along_mm2_per_d[0]),
        float(spread.diffusivity_across_mm2_per_d[0]),
        float(spread.clearance_per_d[0]),
    )
    found = exposure(grid, medium, amount)
    document = {
        "muscle": muscle,
        "side": side,
        "segment": segment,
        "dose_U": doses,
        "sites_mm": [[round(float(x), 1) for x in tip] for tip in points],
        "spacing_mm": _SPACING_MM,
        "length_over_adult": round(scale, _DIGITS),
        "muscles": _table(grid, found, names, medium.clearance_per_d),
    }
    return SpreadView(document, limb, names, found * _U_H_PER_ML, np.array(points))


def _table(grid: Grid, found: Array, names: tuple[str, ...], clearance_per_d: float) -> list[dict[str, Any]]:
    """Units held and exposure quantiles at the endplates of every muscle, most units first."""
    rows = []
    for row, name in enumerate(names):
        own = grid.labels == row
        held = float((found * grid.volume_mm3)[own].sum() * clearance_per_d)
        at_endplates = found[own][_in_zone(own, name)] * _U_H_PER_ML
        quantiles = {
            key: round(float(np.quantile(at_endplates, share)), _DIGITS) for key, share in _SHARES.items()
        }
        rows.append({"muscle": name, "held_U": round(held, _DIGITS), "exposure_U_h_per_mL": quantiles})
    return sorted(rows, key=lambda row: (-row["held_U"], row["muscle"]))


def _in_zone(own: NDArray[np.bool_], muscle: str) -> NDArray[np.bool_]:
    """Which voxels of a muscle lie in its endplate zone."""
    z = np.nonzero(own)[0]
    along = (z - z.min()) / max(int(np.ptp(z)), 1)
    zones = load_bodies()[muscle].zones
    inside = np.any([(along >= low) & (along <= high) for low, high in zones], axis=0)
    return np.asarray(inside if inside.any() else np.ones(along.shape, dtype=bool))
