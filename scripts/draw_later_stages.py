"""Draw the figures of the stages before and after nerve and muscle: spread, joint, scales, people, years.

Run: python scripts/draw_later_stages.py docs/figures

Drawn as those of draw_stages.py, in its style: by the model, at the median of every record where nothing else
is said. Plans and axes alone are typed in; the case is examples/adult_arm.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from draw_stages import (
    COLOURS,
    DAYS,
    MEDIAN,
    OUTCOME_D,
    THREE_DRIVES,
    at,
    constant,
    dress,
    line,
    main,
    muscles,
)
from matplotlib.axes import Axes
from numpy.typing import NDArray

import endplate as ep
from endplate.case import PlannedInjection
from endplate.knowledge.evidence.posterior import load_posterior
from endplate.physiology import ode, scales
from endplate.physiology.body import adverse, immunity
from endplate.physiology.development import function, growth
from endplate.questions.developing.child import bone_length
from endplate.questions.view_joint import view_joint
from endplate.questions.view_spread import SpreadView, view_spread
from endplate.simulation.adverse import rates as adverse_rates
from endplate.simulation.anatomy import load_part, segment_of
from endplate.simulation.chain import run_chain
from endplate.simulation.parameters import draw, potency

Array = NDArray[np.float64]

CASE = Path(__file__).parents[1] / "examples" / "adult_arm.yaml"
SHOWN, JOINT = "biceps_brachii", "elbow"
LEVELS_U_H = (0.03, 0.1, 0.3, 1, 3, 10)
SMALL, DOSES_U = "flexor_carpi_radialis", {SHOWN: 100.0, "flexor_carpi_radialis": 50.0}
VOLUMES_ML: Array = np.geomspace(0.25, 8, 11)
VOLUME_TICKS = (0.25, 0.5, 1, 2, 4, 8)
SITES = (1, 2, 4)
ALONG: Array = np.linspace(0.05, 0.95, 19)
GRADES: Array = np.linspace(0, 4, 161)
PEOPLE, SEEN = 2000, 300
POPULATIONS = ("stroke_arm", "traumatic_brain_injury_arm", "multiple_sclerosis_leg", "children_leg")
AGES: Array = np.linspace(2, 90, 89)
VOXEL_MM = 2.0
BOX_ML, HOURS = 50.0, 24.0
NARROWED = 9
COPIES = 100
LOADS = ((3.2, 12.0), (3.2, 16.0), (1.6, 12.0), (5.4, 12.0))  # ng, weeks
ASKED = (
    ("hyman2000", "hips, multiple sclerosis"),
    ("delgado2016", "calf, children"),
    ("onabot_adult_arm", "arm, stroke"),
)
PRODUCTS = ("onabotulinumtoxinA", "abobotulinumtoxinA", "incobotulinumtoxinA")
EVENTS_SHOWN = (
    ("any", "adults"),
    ("any", "children"),
    ("treatment_related", "children"),
    ("nausea", "adults"),
    ("pain_in_extremity", "adults"),
    ("fatigue", "adults"),
    ("upper_respiratory_infection", "children"),
)
PHI: Array = np.array([0.0, 0.2, 0.875])
BLOCKED = 0.28  # of the tone, on average, by an injection every six months


@lru_cache(maxsize=1)
def case() -> ep.Case:
    """The example that figures of a case are drawn from."""
    return ep.load_case(CASE)


def force_left(muscle: str, sites: int, volume_mL: float, at_fraction: float | None = None) -> float:
    """Least force of a muscle injected alone, over untreated; the needle does not err."""
    shot = PlannedInjection(
        "figure",
        muscle,
        "left",
        "onabotulinumtoxinA",
        DOSES_U[muscle],
        sites,
        volume_mL,
        at_fraction,
        "manual",
    )
    chain = run_chain((shot,), (), None, MEDIAN, DAYS[: at(OUTCOME_D) + 1])
    return float(chain.muscles[muscle, "left"].force.min())


def _section(ax: Axes, view: SpreadView, axis: int) -> Any:
    """Exposure in the section through the hottest voxel, with the outlines of limb and muscle."""
    field, labels = view.exposure_U_h_per_mL, view.limb.labels
    place = np.unravel_index(int(field.argmax()), field.shape)[axis]
    side, up = (k for k in range(field.ndim) if k != axis)
    if axis == 0:
        side, up = up, side  # the front is up in both sections
    grid = [(view.limb.origin_mm[k] + VOXEL_MM * np.arange(field.shape[k])) / 10 for k in (side, up)]
    seen, owner = (np.take(each, place, axis) for each in (field, labels))
    if side < up:
        seen, owner = seen.T, owner.T
    ax.contour(*grid, (owner >= 0) * 1.0, [0.5], colors="black", linewidths=0.8)
    ax.contour(*grid, (owner == view.names.index(SHOWN)) * 1.0, [0.5], colors=COLOURS[0], linewidths=1.4)
    levels, most = LEVELS_U_H, LEVELS_U_H[-1]
    return ax.contourf(*grid, np.clip(seen, 1e-9, most * 2), levels, cmap="YlOrRd", extend="max", alpha=0.8)


def field(left: Axes, right: Axes) -> None:
    """Exposure in the upper arm along it and across it; biceps outlined in blue."""
    view = view_spread(case(), SHOWN)
    _section(left, view, 2)
    drawn = _section(right, view, 0)
    left.set(title="Along the arm", xlabel="from proximal, cm", ylabel="to the front, cm")
    right.set(
        title="Across the arm", xlabel="to the medial side, cm", ylabel="to the front, cm", aspect="equal"
    )
    right.figure.colorbar(drawn, ax=right, label="exposure, U h/mL", format="%g")


def placing(left: Axes, right: Axes) -> None:
    """Force left by fluid and sites in a large and a small muscle, and by the level that is aimed at."""
    for k, (muscle, sites) in enumerate([*((SHOWN, n) for n in SITES), (SMALL, 1)]):
        name = f"{'biceps' if muscle == SHOWN else 'flexor carpi radialis'}, {sites} site{'s' * (sites > 1)}"
        line(left, k, VOLUMES_ML, np.array([force_left(muscle, sites, v) for v in VOLUMES_ML]), name)
    dress(left, "By fluid", "fluid in all, mL", "least force / untreated", log=True, legend=None)
    left.set_xticks(VOLUME_TICKS, [f"{v:g}" for v in VOLUME_TICKS])
    left.minorticks_off()
    left.legend(fontsize=7, handlelength=2.6)
    part = load_part(segment_of(SHOWN))
    own = part.muscles.index(SHOWN)
    middle, zone = part.geometry.centre_mm[own, :, 0], part.geometry.zones_mm[own, :, 0]
    low, high = np.interp([zone.min(), zone.max()], middle, np.linspace(0, 1, middle.size))
    right.axvspan(low, high, color="#dddddd", label="endplates")
    for k, volume in enumerate((0.5, 2.0, 8.0)):
        seen = np.array([force_left(SHOWN, 1, volume, float(x)) for x in ALONG])
        line(right, k, ALONG, seen, f"{volume:g} mL, one site")
    dress(
        right,
        "By level, biceps",
        "level aimed at, share of the belly",
        "least force / untreated",
        legend=None,
    )
    right.legend(fontsize=7, handlelength=2.6)
    for ax in (left, right):
        ax.set_ylim(0, 1.03)


def joint(left: Axes, right: Axes) -> None:
    """Torque of the elbow in slow and fast stretches before and after, and what weakening buys and costs."""
    seen = view_joint(case(), "tardieu", OUTCOME_D, JOINT)
    panels = {panel["title"]: panel for panel in seen["panels"]}
    for k, ramp in enumerate(("V3", "V1")):
        for dash, drawn in enumerate(panels[ramp]["lines"][:2]):
            name = f"{'fast' if ramp == 'V3' else 'slow'}, {drawn['name']}"
            line(left, k, np.array(panels[ramp]["at"]), np.array(drawn["values"], float), name, dash)
    dress(left, f"Elbow, day {OUTCOME_D:g}", "angle of stretch, deg", "torque, Nm", legend=None)
    left.legend(fontsize=7, handlelength=2.6, loc="upper left")
    left.set_ylim(bottom=-2)
    seen = view_joint(case(), "strength", OUTCOME_D, JOINT)
    panels = {panel["title"]: panel for panel in seen["panels"]}
    reach, pull = panels["active end by residual force"], panels["strength by residual force"]
    for k, (panel, name) in enumerate(((reach, "active extension reached"), (pull, "strength of flexion"))):
        told = np.array(panel["lines"][0]["values"], float)
        most = f"{told.max():.3g} {panel['up'].split()[-1]}"
        line(right, k, np.array(panel["at"]), told / told.max(), f"{name} (1: {most})")
    dress(right, "Gain and loss", "residual force of all flexors", "share of the most", legend=None)
    right.legend(fontsize=7, handlelength=2.6, loc="lower center")
    right.set_ylim(0, 1.03)


def grades(left: Axes, right: Axes) -> None:
    """Grade by resistance, and what raters write down by the true grade."""
    p = draw(scales.Parameters, MEDIAN)
    torque: Array = np.linspace(0, 2.2, 200)
    line(left, 0, torque, scales.grade_of_torque(p, torque[None])[0])
    marks = p.torques()[0]
    left.plot(marks, scales.CODED_GRADES, "o", color=COLOURS[0], markersize=4)
    dress(
        left, "From resistance to true grade", "mean resistance / that of grade 3", "true grade", legend=None
    )
    own = scales.categories_of("modified_ashworth")
    chances = scales.category_probabilities(p.rater_at("elbow"), own, GRADES[None])[0]
    for k, label in enumerate(own.labels):
        right.plot(GRADES, chances[:, k], color=("#56B4E9", *COLOURS)[k], label=label)
        right.annotate(label, (own.true_grade[k], chances[:, k].max() + 0.02), fontsize=8, ha="center")
    dress(right, "What one rater writes, elbow", "true grade", "probability", legend=None)
    right.set_ylim(0, 1.12)


def recruits(left: Axes, right: Axes) -> None:
    """Ages of four populations, and the stiffness that joints of one person share."""
    for k, name in enumerate(POPULATIONS):
        age = np.sort(ep.people(name, PEOPLE, seed=1).to_polars()["age_y"].to_numpy())
        line(left, k, AGES, np.searchsorted(age, AGES) / age.size, name.replace("_", " "))
    dress(left, f"Age, {PEOPLE:,} drawn of each", "age, years", "share this young or younger", legend=None)
    left.legend(fontsize=7, handlelength=2.6, loc="lower right")
    left.set_ylim(0, 1.03)
    table = ep.people("stroke_arm", PEOPLE, seed=1).to_polars()
    both = table.select("grade_elbow", "grade_wrist").drop_nulls().to_numpy()
    right.plot(both[:SEEN, 0], both[:SEEN, 1], "o", color=COLOURS[0], markersize=2.5, alpha=0.6)
    apart = np.corrcoef(both.T)[0, 1]
    dress(right, f"Stroke, arm: correlation {apart:.2f}", "grade of elbow", "grade of wrist", legend=None)
    right.set(xlim=(0, 4.1), ylim=(0, 4.1))


def _engine(drives: tuple[float, ...], sessions_d: tuple[float, ...]) -> ode.Course:
    """The differential equations, one bin a muscle, each muscle offered one of these drives."""
    uptake = potency(MEDIAN) * constant("terminal.uptake.onabotulinumtoxinA")
    rates = ode.rates_per_day(draw(ode.Parameters, MEDIAN), uptake)
    exposure = np.array(drives) / uptake * rates.clearance / HOURS  # U/mL at first
    dose = np.tile(exposure * BOX_ML, (1, len(sessions_d), 1))
    shape = (1, len(drives), 1)
    preset, days = ode.PRESETS["mid"], np.arange(0.0, 365)
    grid = ode.grid_of(preset, np.array(sessions_d), days[-1], days)
    muscles_of = (dose, np.full(shape[:2], BOX_ML), np.ones(shape), np.ones(1))
    return ode.follow(rates, *muscles_of, grid, preset.tolerance)


def engines(left: Axes, right: Axes) -> None:
    """Force by the chain of `run` and by the differential equations, after one session and after two."""
    for ax, sessions, title in ((left, (0.0,), "One session"), (right, (0.0, 84.0), "Two, 12 weeks apart")):
        chain, system = muscles(THREE_DRIVES, sessions), _engine(THREE_DRIVES, sessions).seen[0]
        for k, drive in enumerate(THREE_DRIVES):
            line(ax, k, DAYS, chain[k].force[0], f"drive {drive:g}", 0)
            line(ax, k, np.arange(0.0, 365), system[k, ode.OUTPUTS.index("force")], None, 1)
        dress(ax, f"{title}: run (line), system (dashes)", "days", "force / untreated", legend=None)
        ax.legend(fontsize=7, loc="lower right")
        ax.set_ylim(0, 1.03)


def learnt(left: Axes, right: Axes) -> None:
    """Records that the studies narrowed most, and those that they hardly moved."""
    held = load_posterior()
    normal = NormalDist().inv_cdf(0.9)
    scores = zip(held.ids, held.scores.T, strict=True)
    ends = {name: np.quantile(own, (0.1, 0.5, 0.9)) for name, own in scores}
    order = sorted(ends, key=lambda name: ends[name][2] - ends[name][0])
    parts = ((left, order[:NARROWED], "Narrowed most"), (right, order[-NARROWED:], "Narrowed least"))
    for ax, names, title in parts:
        for k, name in enumerate(reversed(names)):
            ax.plot((-normal, normal), (k, k), color="#bbbbbb", linewidth=6, solid_capstyle="butt")
            ax.plot(ends[name][[0, 2]], (k, k), color=COLOURS[0], linewidth=2.4)
            ax.plot(ends[name][1], k, "o", color=COLOURS[1], markersize=4)
        ax.set_yticks(range(len(names)), [name.split(".", 1)[1] for name in reversed(names)], fontsize=6.5)
        ax.set(title=title, xlabel="standard deviations of the prior")


def repeats(left: Axes, right: Axes) -> None:
    """Change at the elbow under two rules, and people with antibodies by load and interval."""
    rules = (ep.Repeat("interval", every_d=84), ep.Repeat("re_emergence"))
    for k, (rule, name) in enumerate(zip(rules, ("every 12 weeks", "when it is back"), strict=True)):
        told = ep.courses(case(), rule, draws=COPIES).document
        band = told["joints"][0]["scale_change"]["modified_ashworth"]
        line(left, k, np.array(told["t_d"][::7]), np.array(band["median"][::7]), name)
    dress(left, f"Elbow, median of {COPIES} copies", "days", "change of grade, drug alone", legend=None)
    left.set_ylim(-2, 0.3)
    left.legend(fontsize=7, handlelength=2.6, loc="upper right")
    p, weeks = draw(immunity.Immunity, MEDIAN), np.arange(0, 522, 1.0)
    for k, (toxin, every) in enumerate(LOADS):
        first, later = (
            immunity.session_hazard(p, np.array([toxin]), np.array([since]))[0] for since in (np.nan, every)
        )
        summed = first + later * (weeks // every)
        line(right, k, weeks / 52, 100 * -np.expm1(-summed), f"{toxin:g} ng every {every:g} wk")
    dress(right, "Antibodies, median hazard", "years", "people with antibodies, %", legend="upper left")


def harm(left: Axes, right: Axes) -> None:
    """Complaints of weakness by strength lost in three studies, and what products add to other events."""
    background = adverse_rates.rates(adverse_rates.WEAKNESS, "adults")
    placebo = adverse_rates.logistic(background.mode[:1]) if background else np.zeros(1)
    lost: Array = np.linspace(0, 1, 101)
    spare = constant("adverse.weakness_spare")
    x = np.array([adverse.missed(1 - np.array([[each]]), np.eye(1), spare)[0] for each in lost])
    for k, (study, words) in enumerate(ASKED):
        hazard = constant(f"adverse.weakness_hazard.{study}")[0]
        line(left, k, lost, 100 * adverse.with_background(placebo, hazard * x), words)
    dress(left, "The same loss in three studies", "strength that a movement lost", "complain of weakness, %")
    rows = [(event, who, adverse_rates.rates(event, who)) for event, who in EVENTS_SHOWN]
    for k, (event, who, held) in enumerate(reversed(rows)):
        if held is None:
            sys.exit(f"no row of {event} in {who}: choose others in {__file__}")
        for name, height in ((n, k) for n in held.names if n.startswith("product/")):
            place = held.names.index(name)
            middle, sd = held.mode[place], float(np.linalg.norm(held.root[place]))
            tone = COLOURS[PRODUCTS.index(name.removeprefix("product/"))]
            ends = np.exp(middle + np.array((-1, 1)) * NormalDist().inv_cdf(0.975) * sd)
            shift = 0.22 * (PRODUCTS.index(name.removeprefix("product/")) - 1)
            right.plot(ends, (height + shift,) * 2, color=tone)
            right.plot(np.exp(middle), height + shift, "o", color=tone, markersize=4)
    right.axvline(1, color="#888888", linewidth=0.8)
    labels = [f"{event.replace('_', ' ')}, {who}" for event, who in reversed(EVENTS_SHOWN)]
    right.set_yticks(range(len(labels)), labels, fontsize=7)
    right.set(title="Odds over placebo, 95 %", xlabel="odds ratio", xscale="log")
    right.set_xticks((0.5, 1, 2, 4), ("0.5", "1", "2", "4"))
    right.set_xlim(0.45, 6)
    right.minorticks_off()
    for k, product in enumerate(PRODUCTS):
        right.plot([], [], color=COLOURS[k], label=product.removesuffix("tulinumtoxinA"))
    right.legend(fontsize=6.5, loc="lower right", handlelength=1.2)


def childhood(left: Axes, right: Axes) -> None:
    """Dorsiflexion over age by the share that tone causes, and motor function by level and account."""
    ages: Array = np.linspace(0, 18, 217)
    bone, tone = bone_length(ages, False, 2), growth.spasticity(ages)
    deficit = growth.deficit_of(growth.range_lost_deg(np.zeros(PHI.size), np.zeros(PHI.size)))
    p = growth.Growing(*growth.shares_lost(bone, tone, PHI, deficit), np.zeros(PHI.size))
    none = np.zeros((1, ages.size - 1))
    block = np.where((ages[:-1] >= 4) & (ages[:-1] < 8), BLOCKED, 0.0)[None]
    lost = [growth.grow(bone, tone, p, each, none).dorsiflexion_loss_deg for each in (none, block)]
    line(left, 4, ages, -growth.healthy_loss_deg(ages), "healthy children", 3)
    for k, phi in enumerate(PHI):
        line(left, k, ages, -growth.healthy_loss_deg(ages) - lost[0][k], f"untreated, phi {phi:g}", 0)
        line(left, k, ages, -growth.healthy_loss_deg(ages) - lost[1][k], None, 1)
    left.plot([], [], color="#555555", linestyle="--", label="injected from 4 to 8 y")
    dress(left, "Range of the ankle", "age, years", "dorsiflexion lost, deg", legend=None)
    left.set_ylim(-21, 1)
    left.legend(fontsize=7, handlelength=2.6)
    later: Array = np.linspace(0, 21, 253)
    for k, level in enumerate(function.LEVELS):
        line(right, k, later, function.Curve.of_level(k + 1).at(later), level, 0)
        line(right, k, later, function.Curve.of_level(k + 1, True).at(later), None, 1)
    dress(right, "GMFM-66 by level; dashes: late decline", "age, years", "points", legend=None)
    right.legend(fontsize=7, handlelength=2, ncols=5, loc="upper left", columnspacing=1)
    right.set_ylim(0, 108)


FIGURES: dict[str, Callable[[Axes, Axes], Any]] = {
    "spread_field": field,
    "spread_placing": placing,
    "mechanics_elbow": joint,
    "scales_grades": grades,
    "people_drawn": recruits,
    "courses_repeats": repeats,
    "adverse_harm": harm,
    "development_years": childhood,
    "engine_variants": engines,
    "calibration_learnt": learnt,
}

if __name__ == "__main__":
    main(FIGURES)
