"""The sessions of a course as tables of text: who got them, what they did, what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from endplate.outputs import phrases
from endplate.outputs.charts import place
from endplate.outputs.figures import Table

Document = Mapping[str, Any]

_KINDS = {
    "interval": "at a fixed interval",
    "re_emergence": "when tone is back at a visit",
    "request": "at the person's request",
}
NOTE = (
    "Changes, forces and times are medians of the copies that got the session, each until its next one. "
    "Onset, largest effect and duration in the tables above are those of the first session, as if no other "
    "followed. Days count from the session; 'next' means that the effect still stood when the next session "
    "came, or at the end; 'immune' are those who came with antibodies, 'failed' those who had lost response "
    "without; the dose is over the plan's. Needles keep their places in every session."
)


def rule(simulation: Document) -> str:
    """How the plan is given again, in one sentence."""
    told = simulation["repeat"]
    when, weeks = _KINDS[told["kind"]], phrases.weeks
    spacing = "sessions" if told["kind"] == "interval" else "visits"
    text = (
        f"Given again {when}: {spacing} every {weeks(told['every_d'])}, not before {weeks(told['minimum_d'])}"
    )
    text += f", {told['most_sessions']} sessions at most" if told["most_sessions"] else ""
    text += "; doses follow from the effect" if told["adapt"] else "; every session at the plan's dose"
    come = told["attendance"]
    stays = "people leave and miss visits" if come["dropout_per_wk"] or come["missed"] else "everybody comes"
    return f"{text}; {stays}.".replace(phrases.SPACE, " ")


def sessions(simulation: Document) -> Table:
    """Every session: its day, who got it, who did not, with antibodies or failed without, and the dose."""
    heads = ("day", "got it", "left", "not due", "immune", "failed", "dose")
    rows = []
    for row in simulation["cycles"]:
        of_all = [phrases.share(row[name]) for name in ("given", "dropped_out", "not_due")]
        of_those = [phrases.share(row[name]) for name in ("antibodies", "failure")]
        told = (_range(row["day"], 0), *of_all, *of_those, _range(row["dose"], 2))
        rows.append((str(row["cycle"]), told))
    return Table("Session", heads, tuple(rows))


def _range(summary: Document, digits: int) -> str:
    """A median with its 90 % range, where it has one."""
    low, middle, high = (phrases.value(summary[name], digits) for name in ("p05", "median", "p95"))
    return middle if low == high else f"{middle} ({low}\N{EN DASH}{high})"


def effects(simulation: Document) -> list[Table]:
    """By session: largest change and duration of every joint; volume and least force of every muscle."""
    cycles = simulation["cycles"]
    numbers = tuple(str(row["cycle"]) for row in cycles)
    wanted = [
        ("joints", "change_at_peak", "Largest change, grades", _plain),
        ("joints", "duration_d", "Duration, days", _days),
        ("muscles", "volume_before", "Muscle volume before the session, 1 = untreated", _plain),
        ("muscles", "lowest_force", "Lowest force, 1 = untreated", _plain),
    ]
    return [
        Table(head, numbers, _rows(cycles, part, key, tell))
        for part, key, head, tell in wanted
        if cycles[0][part]
    ]


def _rows(
    cycles: Sequence[Document], part: str, key: str, tell: Any
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """One row for every joint or muscle, a cell for every session."""
    return tuple(
        (place(first), tuple(tell(row[part][k], key) for row in cycles))
        for k, first in enumerate(cycles[0][part])
    )


def _plain(row: Document, key: str) -> str:
    return phrases.value(row[key]["median"])


def _days(row: Document, key: str) -> str:
    if not row["reached"]:
        return "never"
    middle = row[key]["median"]
    return "next" if middle is None else f"{middle:.0f}"
