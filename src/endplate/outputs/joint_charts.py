"""What a rater would write down and what the hand would meet: figures and value tables of one joint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from endplate.outputs import phrases
from endplate.outputs.figures import Figure, Table, shown_days
from endplate.outputs.joint_svg import stacked_chart, torque_axis, torque_chart
from endplate.outputs.language import N_, _, quantity
from endplate.outputs.svg import ONCE, Axis, Given, short

Row = Mapping[str, Any]
Drawn = tuple[Figure, Table]

_SCALE = "modified_ashworth"
_SPEEDS = {
    "V1": N_("slow (V1)"),
    "one_second": N_("in one second (modified Ashworth)"),
    "V3": N_("fast (V3)"),
}
_COLUMNS, _ROUND = 7, 5


def grade_figure(row: Row, name: str, given: Given = ONCE) -> Drawn | None:
    """Probability of every category over weeks; none where the result does not hold it or has one visit.

    Args:
        row: a joint of the result.
        name: the joint in words.
        given: when injections were given.
    """
    held = (row.get("grade_probability") or {}).get(_SCALE)
    if not held or len(held["t_d"]) < 2:
        return None
    t_d, labels, shares = held["t_d"], held["categories"], held["probability"]
    caption = _("Recorded modified Ashworth, drug alone")
    told = " ".join(_likeliest(held, k) for k in (0, _visit(row), -1))
    chart = stacked_chart(t_d, labels, shares, f"{name}: {caption}", told, given)
    days = shown_days(t_d)
    rows = tuple(
        (_("Grade {label}", label=label), tuple(phrases.share(share[k]) for k in days))
        for label, share in zip(labels, shares, strict=True)
    )
    table = Table(_("Probability that a rater records"), tuple(phrases.weeks(t_d[k]) for k in days), rows)
    return Figure(caption, Markup(chart)), table


def _visit(row: Row) -> int:
    """Place of the weekly visit next to the day of the torques after treatment, the last at most."""
    t_d = row["grade_probability"][_SCALE]["t_d"]
    return min(range(len(t_d)), key=lambda k: abs(t_d[k] - row["torque"]["day"]))


def _likeliest(held: Row, at: int) -> str:
    """The category most often recorded at a visit."""
    shares = [share[at] for share in held["probability"]]
    most = max(range(len(shares)), key=shares.__getitem__)
    return _(
        "Day {day}: most often {grade} ({share}).",
        day=held["t_d"][at],
        grade=held["categories"][most],
        share=phrases.share(shares[most]),
    )


def grade_cells(row: Row) -> tuple[str, list[str]] | None:
    """Week of the visit next to the largest effect, and percent of each category before and then.

    Args:
        row: a joint of the result; None comes back where it does not hold this.
    """
    held = (row.get("grade_probability") or {}).get(_SCALE)
    if not held:
        return None
    at = _visit(row)
    cells = [
        f"{100 * share[0]:.0f}\N{RIGHTWARDS ARROW}{100 * share[at]:.0f}" for share in held["probability"]
    ]
    return phrases.weeks(held["t_d"][at]), cells


def torque_figure(row: Row, name: str) -> Drawn | None:
    """Torque against angle before and after at three speeds; none where the result does not hold it.

    Args:
        row: a joint of the result.
        name: the joint in words.
    """
    held = row.get("torque")
    if not held or len(held["angle_deg"]) < 2:
        return None
    day = _("day {day}", day=held["day"])
    ramps = {_(_SPEEDS[ramp]): states for ramp, states in held["ramps"].items()}
    caption = _("Torque against angle when the joint is stretched, before and on {day}", day=day)
    across = _("{joint} from least stretch, deg", joint=phrases.joint(row["joint"], row["movement"]))
    told = " ".join(_highest(speed, states, day) for speed, states in ramps.items())
    angle = held["angle_deg"]
    chart = torque_chart(angle, ramps, day, across, f"{name}: {caption}", told)
    note = _(
        "Lines: median; bands: half of copies. Past the end of its stretch a copy keeps its last torque."
    )
    return Figure(caption, Markup(chart), note=note, wide=True), _torque_table(angle, ramps, day)


def _highest(speed: str, states: Row, day: str) -> str:
    before, after = (max(states[state]["median"]) for state in ("before", "after"))
    text = N_("Stretched {speed}: median at most {before} Nm before, {after} Nm on {day}.")
    return _(text, speed=speed, before=short(before), after=short(after), day=day)


def _torque_table(angle: Sequence[float], ramps: Mapping[str, Row], day: str) -> Table:
    """The bands at a few angles, median with its 90 % range."""
    step = -(-len(angle) // _COLUMNS)
    step += -step % _ROUND  # angles that count in tens
    places, digits = range(0, len(angle), step), _digits(torque_axis(ramps))
    rows = tuple(
        (
            f"{speed}, {called}",
            tuple(phrases.spread(band["median"][k], band["p05"][k], band["p95"][k], digits) for k in places),
        )
        for speed, states in ramps.items()
        for called, band in ((_("before"), states["before"]), (day, states["after"]))
    )
    columns = tuple(quantity(f"{angle[k]:g}{phrases.SPACE}deg") for k in places)
    return Table(_("Torque, Nm: median (90 % range)"), columns, rows)


def _digits(axis: Axis) -> int:
    """Digits after the point that a torque on this axis deserves."""
    return sum(axis.step < least for least in (10, 1))
