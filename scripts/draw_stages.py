"""Draw the figures of docs/terminal.md and docs/muscle.md from the model at the median of every record.

Run: python scripts/draw_stages.py docs/figures

Only the grids of drives, days, doses, rates and lengths along the axes are typed in. The same records give
the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from endplate.knowledge.evidence import get
from endplate.physiology import body, muscle, spread, terminal
from endplate.physiology.terminal import course, four_step, recovery, vesicles
from endplate.physiology.terminal.response import BARE, HELPED, KINDS, TRAIN, response
from endplate.simulation import Biology
from endplate.simulation.parameters import OneAtATime, draw

Array = NDArray[np.float64]
Account = type[recovery.ParentFirst] | type[recovery.SproutsFirst]

MEDIAN = OneAtATime(())
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "endplate",
    "font.size": 9,
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "savefig.facecolor": "white",
}
DAYS: Array = np.concatenate([np.arange(0, 14, 0.25), np.arange(14, 61), np.arange(62, 366, 2.0)])
DRIVES: Array = np.geomspace(0.03, 100, 60)  # critical loads
THREE_DRIVES = (0.5, 2.0, 10.0)
SESSIONS_D = (0.0, 84.0, 168.0)
MONTHLY_D = tuple(float(day) for day in range(0, 168, 28))
OUTCOME_D = 28.0
BRIEF_D = (5.0, 0.8)  # half-lives beside that of the record
BRIEF_DRIVES = (10.0, 30.0, 100.0)
RATES_HZ = (3, 30)
IMPULSES = 10
TITRES: Array = np.linspace(0, 10, 41)
DOSES_U: Array = np.geomspace(10, 1000, 30)
BATH_U = (1, 10, 100)
CHAINS = "acting chains / critical chains"
DRIVE = "drive (critical loads offered)"
SHARE = "share of junctions that transmit"


def constant(name: str) -> Array:
    """A record at its median, (1,)."""
    return MEDIAN.of(name)


def ends(name: str) -> tuple[float, float]:
    """The bounds between which a record is drawn."""
    form = get(name).distribution
    if form.low is None or form.high is None:
        sys.exit(f"{name} is not drawn between bounds: choose others in {__file__}")
    return form.low, form.high


def junctions(account: Account = recovery.ParentFirst, rate_Hz: float | None = None, **changes: float) -> Any:
    """Junctions of the median copy with some fields of its terminal or recovery changed."""
    own, shared = draw(terminal.Parameters, MEDIAN), draw(recovery.Parameters, MEDIAN)
    new = {name: np.array([number]) for name, number in changes.items()}
    own = replace(own, **{name: new[name] for name in new if hasattr(own, name)})
    shared = replace(shared, **{name: new[name] for name in new if hasattr(shared, name)})
    clearance = draw(spread.Parameters, MEDIAN).clearance_per_h
    rate = Biology().rate_Hz if rate_Hz is None else rate_Hz
    return course.junctions(own, shared, draw(account, MEDIAN), clearance, rate)


def followed(
    these: course.Junctions, drives: Sequence[float] | Array, sessions_d: tuple[float, ...] = (0.0,)
) -> tuple[Array, Array]:
    """Share that transmits, and of the others that a train opens, (1, days, drives) each."""
    given = course.sessions(these, DAYS, sessions_d)
    return course.follow(these, np.asarray(drives, dtype=np.float64)[None], given)


def held(
    these: course.Junctions, drives: Sequence[float] | Array, sessions_d: tuple[float, ...] = (0.0,)
) -> tuple[Array, Array]:
    """Acting chains over the critical number and their Fano factor, (days, drives) each."""
    given = course.sessions(these, DAYS, sessions_d)
    load, fano = course.held(these, np.asarray(drives, dtype=np.float64)[None], given)
    return load[0], fano[0]


def muscles(
    drives: Sequence[float] | Array,
    sessions_d: tuple[float, ...] = (0.0,),
    rate_Hz: float | None = None,
    length: float = 1.0,
) -> list[muscle.Course]:
    """One muscle for each drive, all endplates of which were offered the same."""
    p, offered = draw(muscle.Parameters, MEDIAN), np.asarray(drives, dtype=np.float64)
    these = junctions(rate_Hz=rate_Hz)
    intrafusal = MEDIAN.of("muscle.intrafusal_exposure")
    shares = muscle.on_nodes(p, [np.array([[drive]]) for drive in offered], intrafusal)
    seen = course.follow(these, course.nodes(1), course.sessions(these, DAYS, sessions_d))
    found = muscle.courses(p, shares, *seen, DAYS, length)
    return [muscle.Course(*found[:, :, m].swapaxes(0, 1)) for m in range(offered.size)]


def at(day: float) -> int:
    """Index of a day on the time axis."""
    return int(np.searchsorted(DAYS, day))


def line(ax: Axes, k: int, x: Array, y: Array, label: str | None = None, dash: int | None = None) -> None:
    """The k-th line, told apart by colour and by dashes."""
    ax.plot(x, y, color=COLOURS[k], linestyle=DASHES[k if dash is None else dash], label=label)


def dress(ax: Axes, title: str, x: str, y: str, log: bool = False, legend: Any = "best") -> None:
    """Title, axes with units and legend of one panel."""
    ax.set(title=title, xlabel=x, ylabel=y)
    ax.set_ylim(bottom=0)
    if log:
        ax.set_xscale("log")
    if legend:
        ax.legend(loc=legend, handlelength=2.6, fontsize=8)


def chains(left: Axes, right: Axes) -> None:
    """Acting chains per chain taken up: the first days, and by half-life."""
    p, clearance = draw(terminal.Parameters, MEDIAN), draw(spread.Parameters, MEDIAN).clearance_per_h
    early: Array = np.linspace(0, 14, 113)
    line(left, 0, early, terminal.chain_course(p, clearance, early)[0], "taken up as toxin clears")
    line(left, 1, early, terminal.chain_course(p, None, early)[0], "taken up all at once")
    dress(left, "First days", "days", "acting / taken up", legend="lower right")
    for k, half_life in enumerate((float(p.light_chain_half_life_d[0]), *BRIEF_D)):
        changed = replace(p, light_chain_half_life_d=np.array([half_life]))
        seen = terminal.chain_course(changed, clearance, DAYS)[0]
        line(right, k, DAYS, seen, f"half-life {half_life:.3g} d" + ("" if k else " (median)"))
    dress(right, "Whole course", "days", "acting / taken up", legend="upper right")
    right.set_xlim(0, 154)


def uptake(left: Axes, right: Axes) -> None:
    """Chains taken up and their scatter against the drive, by basal share."""
    low, high = ends("terminal.basal_uptake_share")
    for k, basal in enumerate((high, float(constant("terminal.basal_uptake_share")[0]), low)):
        these = junctions(basal_uptake_share=basal)
        taken = course.births(these, DRIVES[None])[0]
        line(left, k, DRIVES, taken, f"f_b {basal:.3g}")
        load, fano = held(these, DRIVES)
        line(right, k, DRIVES, fano[load.sum(axis=1).argmax()], f"f_b {basal:.3g}")
    dress(left, "Chains taken up", DRIVE, "chains taken up / critical chains", log=True)
    left.set_yscale("log")
    left.set_ylim(DRIVES[0], DRIVES[-1])
    dress(right, "Scatter between terminals", DRIVE, "variance / mean of acting chains", log=True)


def snap25(left: Axes, right: Axes) -> None:
    """Cleaved SNAP-25 and release in one terminal, and mean release over terminals by the critical number."""
    loads: Array = np.linspace(0, 4, 81)
    p = draw(terminal.Parameters, MEDIAN)
    release, cleaved = terminal.release_and_cleavage(p, loads[None], 0)
    line(left, 0, loads, release[0], "release left / naive")
    line(left, 1, loads, cleaved[0], "SNAP-25 cleaved")
    dress(left, "One terminal", CHAINS, "share", legend="upper center")
    low, high = ends("terminal.critical_chains")
    for k, critical in enumerate((high, float(p.critical_chains[0]), low)):
        changed = replace(p, critical_chains=np.array([critical]))
        release, _ = terminal.release_and_cleavage(changed, loads[None])
        line(right, k, loads, release[0], f"n_crit {critical:.3g}")
    dress(right, "Mean over Poisson counts", CHAINS, "release left / naive", legend="upper right")
    for ax in (left, right):
        ax.set_ylim(0, 1.03)


def transmission(left: Axes, right: Axes) -> None:
    """Transmission against acting chains: helped by sprouts, by trains, and with the reserve lost."""
    p, r = draw(terminal.Parameters, MEDIAN), draw(recovery.Parameters, MEDIAN)
    knots: Array = np.concatenate([[0.0], np.geomspace(0.03, 20, 70)])
    rate = Biology().rate_Hz
    seen = response(p, knots, p.sprout_release_share, False, r.reserve_floor, r.train_gain(rate))
    passes = seen.transmission[0, -1]
    line(left, 0, knots[1:], passes[1:, BARE], "one impulse")
    line(left, 1, knots[1:], passes[1:, HELPED], "with ripe sprouts (V1)")
    line(left, 2, knots[1:], passes[1:, TRAIN], f"train, {rate:g} Hz")
    dress(left, "Full reserve", CHAINS, SHARE, log=True, legend="lower left")
    line(right, 0, knots[1:], passes[1:, BARE], "full reserve")
    line(right, 1, knots[1:], passes[1:, KINDS + BARE], "reserve at its floor")
    dress(right, "One impulse", CHAINS, SHARE, log=True, legend="lower left")


def sites(left: Axes, right: Axes) -> None:
    """Docking sites: trains at two rates, and release brought back by calcium."""
    p = draw(vesicles.Parameters, MEDIAN)
    critical = vesicles.cleaved_share(p, np.array([1.0]))
    states = ((0 * critical, "none cleaved"), (critical, "critical load"), (0 * critical + 1, "all cleaved"))
    number = np.arange(1.0, IMPULSES + 1)
    for k, (cleaved, name) in enumerate(states):
        for dash, rate in enumerate(RATES_HZ):
            quanta = vesicles.train(p, cleaved, rate, IMPULSES).quanta[0]
            line(left, k, number, quanta / quanta[0], f"{name}, {rate} Hz", dash)
    dress(left, "Train after rest", "impulse", "quanta / quanta of the first", legend=None)
    left.legend(fontsize=7, handlelength=2.2, ncols=2, loc="upper left", columnspacing=1)
    left.set_ylim(0.85, 1.4)
    calcium: Array = np.linspace(0.1, 6, 60)
    for k, (cleaved, name) in enumerate(states):
        first = [vesicles.train(p, cleaved, RATES_HZ[0], 1, float(c)).quanta[0, 0] for c in calcium]
        line(right, k, calcium, np.array(first) / p.quantal_content[0], name)
    dress(right, "Rescue by calcium", "calcium entry / normal", "quanta / naive quanta")
    right.set_ylim(0, 3)


def both(left: Axes, right: Axes, drives: tuple[float, ...], last_d: float, **changes: float) -> None:
    """Transmission after one session under the two accounts of recovery."""
    for ax, account, title in (
        (left, recovery.ParentFirst, "V1, parent first"),
        (right, recovery.SproutsFirst, "V2, sprouts first"),
    ):
        seen = followed(junctions(account, None, **changes), drives)[0][0]
        for k, drive in enumerate(drives):
            line(ax, k, DAYS, seen[:, k], f"drive {drive:g}")
        dress(ax, title, "days", SHARE, legend="lower right")
        ax.set(xlim=(0, last_d), ylim=(0, 1.03))


def accounts(left: Axes, right: Axes) -> None:
    """The two accounts with the record's light chain."""
    both(left, right, THREE_DRIVES, DAYS[-1])


def short_lived(left: Axes, right: Axes) -> None:
    """The two accounts with a light chain that lives for less than a day, uptake not gated."""
    both(left, right, BRIEF_DRIVES, 120, light_chain_half_life_d=BRIEF_D[-1], basal_uptake_share=1)


def repeats(left: Axes, right: Axes) -> None:
    """Three sessions into the same terminals, by basal share of uptake."""
    low, high = ends("terminal.basal_uptake_share")
    drive = THREE_DRIVES[1]
    for k, basal in enumerate((high, low)):
        these = junctions(basal_uptake_share=basal)
        line(left, k, DAYS, held(these, [drive], SESSIONS_D)[0][:, 0], f"f_b {basal:.3g}")
        line(right, k, DAYS, followed(these, [drive], SESSIONS_D)[0][0, :, 0], f"f_b {basal:.3g}")
    dress(left, f"Chains held, drive {drive:g}", "days", CHAINS)
    dress(right, "Transmission", "days", SHARE, legend="lower right")
    right.set_ylim(0, 1.03)


def steps(left: Axes, right: Axes) -> None:
    """The four-step model: its pools, and tension in a bath by concentration."""
    p = draw(four_step.Parameters, MEDIAN)
    minutes: Array = np.geomspace(1, 30_000, 80)
    for k, (name, pool) in enumerate(zip(four_step.POOLS, four_step.pools(p, minutes)[0], strict=True)):
        line(left, k, minutes, pool, name)
    dress(left, "Slow (patient) case", "minutes", "share of the toxin", log=True, legend=None)
    left.set(yscale="log", ylim=(1e-5, 2))
    left.minorticks_off()
    left.legend(loc="upper left", bbox_to_anchor=(0, 0.92), fontsize=7, handlelength=2.6)
    hours: Array = np.linspace(0, 12, 97)
    for k, units in enumerate(BATH_U):
        bath = replace(p, supply_per_min=constant("bath.supply_per_U") * units)
        line(right, k, hours, four_step.tension(bath, hours * 60)[0], f"{units} U")
    dress(right, "In a bath", "hours", "tension / before toxin")
    right.set_ylim(0, 1.03)


def by_drive(left: Axes, right: Axes) -> None:
    """What a single impulse fires on one day, by drive: fibre types and spindles."""
    p, factor = draw(muscle.Parameters, MEDIAN), constant("muscle.intrafusal_exposure")[0]
    these = junctions()
    fired = followed(these, DRIVES)[0][0, at(OUTCOME_D)]
    inside = followed(these, DRIVES * factor)[0][0, at(OUTCOME_D)]
    line(left, 0, DRIVES, fired, "extrafusal fibres")
    line(left, 1, DRIVES, inside, "intrafusal fibres")
    dress(left, f"Fibres and spindles, day {OUTCOME_D:g}", DRIVE, SHARE, log=True)
    spread_log = get("muscle.fast_uptake").distribution.sd_log or 0
    for k, sign in enumerate((0, 1, -1)):
        ratio = float(p.fast_uptake[0] * np.exp(sign * spread_log))
        fast = followed(these, DRIVES * ratio)[0][0, at(OUTCOME_D)]
        name = "as slow fibres (median)" if not sign else f"fast fibres take up x {ratio:.2g}"
        line(right, k, DRIVES, fast, name)
    dress(right, "Fast fibres, median and one SD", DRIVE, SHARE, log=True)


def outputs(left: Axes, right: Axes) -> None:
    """CMAP, force and volume after one session at a middle and a high drive."""
    drives = THREE_DRIVES[1:]
    for ax, drive, seen in zip((left, right), drives, muscles(drives), strict=True):
        for k, name in enumerate(("cmap", "force", "volume")):
            label = "CMAP" if name == "cmap" else name
            line(ax, k, DAYS, getattr(seen, name)[0], label)
        dress(ax, f"Drive {drive:g}", "days", "over untreated", legend="lower right")
        ax.set_ylim(0, 1.03)


def rate_and_length(left: Axes, right: Axes) -> None:
    """Force left on one day by impulse rate and by muscle length."""
    rates = (1, 2, 4, 7, 10, 15, 20, 30, 40, 60, 80, 100)
    by_rate = [[m.force[0, at(OUTCOME_D)] for m in muscles(THREE_DRIVES, rate_Hz=f)] for f in rates]
    lengths = np.linspace(0.7, 1.3, 13)
    by_length = [[m.force[0, at(OUTCOME_D)] for m in muscles(THREE_DRIVES, length=x)] for x in lengths]
    for k, drive in enumerate(THREE_DRIVES):
        line(left, k, np.array(rates), np.array(by_rate)[:, k], f"drive {drive:g}")
        line(right, k, lengths, np.array(by_length)[:, k], f"drive {drive:g}")
    dress(left, f"By rate, day {OUTCOME_D:g}", "impulses per second (Hz)", "force / untreated", legend=None)
    dress(right, f"By length, day {OUTCOME_D:g}", "muscle length / optimal length", "force / untreated")
    for ax in (left, right):
        ax.set_ylim(0, 1.03)


def wasting(left: Axes, right: Axes) -> None:
    """One session against six monthly ones: how thin the fibres are and what they still pull."""
    drive = THREE_DRIVES[1]
    for ax, sessions, title in ((left, (0.0,), "One session"), (right, MONTHLY_D, "Six, every 28 days")):
        seen = muscles([drive], sessions)[0]
        line(ax, 0, DAYS, seen.transmission[0], "transmission")
        line(ax, 1, DAYS, seen.force[0], "force")
        line(ax, 2, DAYS, seen.volume[0], "volume")
        dress(ax, f"{title}, drive {drive:g}", "days", "over untreated", legend="lower right")
        ax.set_ylim(0, 1.03)


def blood(left: Axes, right: Axes) -> None:
    """Antibodies in the blood, and toxin that the blood carries to muscles not injected."""
    for k, drive in enumerate(THREE_DRIVES):
        force = [m.force[0, at(OUTCOME_D)] for m in muscles(drive / (1 + TITRES))]
        line(left, k, TITRES, np.array(force), f"drive {drive:g}")
    dress(left, f"Antibodies, day {OUTCOME_D:g}", "titre / titre that halves uptake", "force / untreated")
    left.set_ylim(0, 1.03)
    p, mass = draw(body.Parameters, MEDIAN), constant("muscle.reference_body_mass")
    uptake_mL_per_U_h = constant("terminal.uptake.onabotulinumtoxinA") * constant("terminal.potency_person")
    drives = [float((uptake_mL_per_U_h * body.exposure_U_h_per_mL(p, u, mass))[0]) for u in DOSES_U]
    seen = muscles(drives)
    line(right, 0, DOSES_U, np.array([100 * (1 - m.transmission.min()) for m in seen]), "extrafusal fibres")
    line(right, 1, DOSES_U, np.array([100 * (1 - m.spindle.min()) for m in seen]), "intrafusal fibres")
    dress(right, "A muscle not injected", "onabotulinumtoxinA injected (U)", "blocked at most (%)", log=True)


FIGURES: dict[str, Callable[[Axes, Axes], None]] = {
    "terminal_chains": chains,
    "terminal_uptake": uptake,
    "terminal_snap25": snap25,
    "terminal_transmission": transmission,
    "terminal_vesicles": sites,
    "terminal_recovery": accounts,
    "terminal_repeat": repeats,
    "terminal_short_lived": short_lived,
    "terminal_four_step": steps,
    "muscle_drive": by_drive,
    "muscle_outputs": outputs,
    "muscle_rate_length": rate_and_length,
    "muscle_wasting": wasting,
    "muscle_blood": blood,
}


def main(figures: Mapping[str, Callable[[Axes, Axes], None]] = FIGURES) -> None:
    """Write figures into the folder named on the command line; a second word changes the format."""
    if len(sys.argv) not in (2, 3):
        sys.exit(f"usage: {Path(sys.argv[0]).name} FOLDER [svg|png]")
    folder, form = Path(sys.argv[1]), (*sys.argv, "svg")[2]
    folder.mkdir(parents=True, exist_ok=True)
    nameless: dict[str, Any] = {"Date": None, "Creator": None} if form == "svg" else {}
    mpl.use("Agg")
    with mpl.rc_context(STYLE):
        for name, drawn in figures.items():
            figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.0), layout="constrained")
            drawn(left, right)
            figure.savefig(folder / f"{name}.{form}", metadata=nameless, dpi=110)
            plt.close(figure)
            print(folder / f"{name}.{form}")


if __name__ == "__main__":
    main()
