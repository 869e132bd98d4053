"""Refinement study of the spread: grid, time, and the fast path against the voxel solver; writes one JSON.

Run: python scripts/refine_spread.py docs/data/spread_refinement.json
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import load_bodies
from endplate.physiology import spread
from endplate.physiology.spread.field import Grid, Medium, course, exposure, grid_of, lay_down
from endplate.simulation import MODEL_VERSION
from endplate.simulation.anatomy import limb_of, load_part, segment_of
from endplate.simulation.parameters import OneAtATime, draw

Array = NDArray[np.float64]

P = draw(spread.Parameters, OneAtATime(()))
MEDIUM = Medium(
    float(P.diffusivity_along_mm2_per_d[0]),
    float(P.diffusivity_across_mm2_per_d[0]),
    float(P.clearance_per_d[0]),
)
FASCIA = float(P.fascia_transmission[0])
MUSCLES = (
    "flexor_carpi_ulnaris",
    "flexor_digitorum_superficialis",
    "biceps_brachii",
    "brachialis",
    "gastrocnemius_medial",
    "tibialis_posterior",
)
PLANS = 36


def tips_of(muscle: str, sites: int, rng: np.random.Generator) -> spread.Tips:
    """Needles of one random plan: 8 mm of error along, 4 mm across, no miss."""
    part, body = load_part(segment_of(muscle)), load_bodies()[muscle]
    hand = spread.Hand(np.full(1, 8.0), np.full(1, 4.0), np.ones(1))
    chance = spread.Chance(rng.normal(size=(1, sites, 3)), np.zeros((1, sites, 2)))
    at = np.array([(body.zone_low + body.zone_high) / 2])
    aim = spread.Aim(part.muscles.index(muscle), at, sites, 0, sites)
    return spread.place(part.geometry, aim, P.site_spacing_mm, np.ones(1), hand, chance)


def voxels(segment: str, spacing_mm: float) -> tuple[Grid, list[Array]]:
    """Cells of a segment and the middles of its cells along each axis."""
    limb, _ = limb_of(segment, spacing_mm=spacing_mm)
    starts = zip(limb.origin_mm, limb.labels.shape, strict=True)
    axes = [origin + np.arange(count) * spacing_mm for origin, count in starts]
    return grid_of(limb.labels, spacing_mm, FASCIA, load_part(segment).geometry.contact), axes


def laid(grid: Grid, axes: list[Array], segment: str, tips: spread.Tips, volume_mL: float) -> Array:
    """One unit laid down by a plan."""
    sites = tips.mm.shape[1]
    along, across = (float(v[0]) for v in spread.variances_mm2(P, volume_mL / sites))
    variances, contact = np.array([along, across, across]), load_part(segment).geometry.contact
    placed = zip(tips.mm[0], tips.host[0], strict=True)
    parts = [lay_down(grid, axes, tip, int(host), variances, FASCIA, contact) for tip, host in placed]
    return np.asarray(np.sum(parts, axis=0) / sites)


def zone_exposure(grid: Grid, found: Array, row: int, muscle: str) -> Array:
    """Exposure of the voxels in a muscle's endplate zone, sorted, U h/mL of one unit."""
    own, body = grid.labels == row, load_bodies()[muscle]
    z = np.nonzero(own)[0]
    along = (z - z.min()) / np.ptp(z)
    bands = [(body.zone_low, body.zone_high), *body.zone_further]
    inside = np.any([(along >= low) & (along <= high) for low, high in bands], axis=0)
    return np.sort(found[own][inside]) * 24_000


def eighths(values: Array) -> Array:
    """Means of eight equal groups of sorted values."""
    return np.array([part.mean() for part in np.array_split(values, 8)])


def grid_study() -> list[dict[str, Any]]:
    """One plan in flexor carpi radialis on voxels of 4, 2 and 1 mm, the worst eighth against the finest."""
    tips, muscle = tips_of("flexor_carpi_radialis", 2, np.random.default_rng(5)), "flexor_carpi_radialis"
    row = load_part("forearm").muscles.index(muscle)
    rows, bins = [], []
    for spacing in (4.0, 2.0, 1.0):
        grid, axes = voxels("forearm", spacing)
        found = exposure(grid, MEDIUM, laid(grid, axes, "forearm", tips, 1.0))
        held = float((found * grid.volume_mm3)[grid.labels == row].sum() * MEDIUM.clearance_per_d)
        top = eighths(zone_exposure(grid, found, row, muscle))
        bins.append(top)
        rows.append(
            {"spacing_mm": spacing, "held": held, "mean": float(top.mean()), "highest_eighth": float(top[-1])}
        )
    worst = [float(np.abs(each / bins[-1] - 1).max()) for each in bins]
    return [one | {"worst_eighth_off": off} for one, off in zip(rows, worst, strict=True)]


def time_study() -> list[dict[str, Any]]:
    """The integral of the course against the exposure, by number of steps over six days."""
    grid, axes = voxels("forearm", 2.0)
    amount = laid(grid, axes, "forearm", tips_of("flexor_carpi_radialis", 2, np.random.default_rng(5)), 1.0)
    wanted, rows = exposure(grid, MEDIUM, amount), []
    for steps in (10, 20, 40, 80):
        total, before = np.zeros_like(wanted), None
        for day, held in course(grid, MEDIUM, amount, 6.0, steps):
            if before is not None:
                total += (day - before[0]) * (held + before[1]) / 2
            before = (day, held)
        error = float(np.sqrt(((total - wanted) ** 2).sum() / (wanted**2).sum()))
        rows.append({"steps": steps, "l2_error": error})
    return rows


def fast_study() -> dict[str, Any]:
    """Random plans: the fast path over the voxel solver at 1 mm, units held and exposure by eighths."""
    rng, grids = np.random.default_rng(3), {}
    held, groups = [], []
    for plan in range(PLANS):
        muscle = MUSCLES[plan % len(MUSCLES)]
        segment, sites = segment_of(muscle), int(rng.integers(1, 5))
        volume, part = sites * float(rng.choice([0.3, 0.5, 1.0])), load_part(segment)
        row, tips = part.muscles.index(muscle), tips_of(muscle, sites, rng)
        if segment not in grids:
            grids[segment] = voxels(segment, 1.0)
        grid, axes = grids[segment]
        found = exposure(grid, MEDIUM, laid(grid, axes, segment, tips, volume), 1e-6)
        aimed = np.arange(len(part.muscles)) == row
        shift = np.zeros((1, len(part.muscles)))
        fast = spread.deposit(P, part.geometry, np.ones(1), shift, aimed, tips, 1.0, volume)
        inside = float((found * grid.volume_mm3)[grid.labels == row].sum() * MEDIUM.clearance_per_d)
        held.append(float(fast.held_U[0, row]) - inside)
        mine = eighths(np.sort(fast.exposure_U_h_per_mL[0, row]))
        groups.append(mine[4:] / eighths(zone_exposure(grid, found, row, muscle))[4:])
    ratio = np.array(groups)
    return {
        "plans": PLANS,
        "held_difference": {"mean": float(np.mean(held)), "largest": float(np.abs(held).max())},
        "upper_eighths_ratio": {
            "geometric_mean": np.exp(np.log(ratio).mean(axis=0)).round(3).tolist(),
            "p10": np.quantile(ratio, 0.1, axis=0).round(3).tolist(),
            "p90": np.quantile(ratio, 0.9, axis=0).round(3).tolist(),
        },
    }


if __name__ == "__main__":
    kept = {"on": date.today().isoformat(), "model_version": MODEL_VERSION}
    result = {**kept, "grid": grid_study(), "time": time_study(), "fast_path": fast_study()}
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
