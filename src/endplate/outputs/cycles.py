"""The sessions of a course as tables of text: who got them, what they did, what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from endplate.outputs import phrases
from endplate.outputs.charts import place
from endplate.outputs.figures import Table
from endplate.outputs.language import N_, _
from endplate.outputs.svg import Given

Document = Mapping[str, Any]

_KINDS = {
    "interval": N_("at a fixed interval"),
    "re_emergence": N_("when tone is back at a visit"),
    "request": N_("at the person's request"),
}
FIRST: Final = N_(
    "Several sessions are given, and these tables tell the first: force and change until the next one came, "
    "onset, largest effect and duration as if no other followed."
)
NOTE: Final = N_(
    "By session: medians of the copies that got it, each until its next one; days count from the session. "
    "'next' means that the effect still stood when the next session came, or at the end. A duration cut "
    "short so counts as longer than any other, which is why that of session 1 can differ from the table of "
    "the first session, where no other follows. 'immune' are those of the copies who came with antibodies, "
    "'failed' those who had lost response without, their number in brackets; the dose is over the plan's. "
    "Needles keep their places in every session."
)
SELECTED: Final = N_(
    "Later sessions are had by fewer copies: by those that come back soon, mostly for a small and short "
    "effect. Where change and duration fall from session to session, that is mostly who is still counted, "
    "not a waning of the toxin."
)
_OF_SESSION = (N_("day"), N_("copies"), N_("left"), N_("not due"), N_("immune"), N_("failed"), N_("dose"))
_AT_ONCE = 6  # sessions that fit beside a name in 80 columns


def rule(simulation: Document) -> str:
    """How the plan is given again, in one sentence."""
    told = simulation["repeat"]
    when, weeks = _(_KINDS[told["kind"]]), phrases.weeks
    text = N_("Given again {when}: visits every {every}, not before {minimum}")
    if told["kind"] == "interval":
        text = N_("Given again {when}: sessions every {every}, not before {minimum}")
    told_rule = _(text, when=when, every=weeks(told["every_d"]), minimum=weeks(told["minimum_d"]))
    if told["most_sessions"]:
        told_rule += _(", {count} sessions at most", count=told["most_sessions"])
    doses = _("doses follow from the effect") if told["adapt"] else _("every session at the plan's dose")
    come = told["attendance"]
    leave = come["dropout_per_wk"] or come["missed"]
    stays = _("people leave and miss visits") if leave else _("everybody comes")
    return phrases.breaking(f"{told_rule}; {doses}; {stays}.")


def notes(simulation: Document) -> str:
    """The rule, what the tables by session mean, and who is counted where not all copies are."""
    told = [rule(simulation), _(NOTE)]
    if simulation["repeat"]["kind"] != "interval" and _fewer(simulation):
        told.append(_(SELECTED))
    return " ".join(told)


def _copies(simulation: Document) -> list[int]:
    """Number of copies that got each session."""
    return [round(row["given"] * simulation["draws"]) for row in simulation["cycles"]]


def _fewer(simulation: Document) -> bool:
    """Whether some session was not given to all."""
    return len(set(_copies(simulation))) > 1


def given(simulation: Document) -> Given:
    """When injections were given: every session where it is on one day in all copies, else the first."""
    if not simulation.get("cycles"):
        return Given()
    days = [row["day"] for row in simulation["cycles"]]
    if any(day["p05"] != day["p95"] for day in days):
        return Given(several=True)
    return Given(tuple(day["median"] for day in days), several=len(days) > 1)


def lowest(simulation: Document, part: str, place: int) -> tuple[str, str]:
    """Least force of a muscle or largest change of a joint, and its 90 % range.

    Of a course these are those of the first session, over its copies; else the lowest point of the median.

    Args:
        simulation: the result.
        part: ``muscles`` or ``joints``.
        place: of the muscle or joint in its list.
    """
    if simulation.get("cycles"):
        key = "lowest_force" if part == "muscles" else "change_at_peak"
        return phrases.middle_and_range(simulation["cycles"][0][part][place][key])
    row = simulation[part][place]
    return phrases.lowest(row["force"] if part == "muscles" else row["scale_change"]["modified_ashworth"])


def sessions(simulation: Document) -> Table:
    """Every session: its day, who got it, who did not, with antibodies or failed without, and the dose."""
    heads = tuple(map(_, _OF_SESSION))
    rows = []
    for row, copies in zip(simulation["cycles"], _copies(simulation), strict=True):
        others = [phrases.share(row[name]) for name in ("dropped_out", "not_due")]
        of_those = [_some(row[name], copies) for name in ("antibodies", "failure")]
        told = (_range(row["day"], 0), str(copies), *others, *of_those, _range(row["dose"], 2))
        rows.append((str(row["cycle"]), told))
    return Table(_("Session"), heads, tuple(rows))


def _some(share: float, copies: int) -> str:
    """A share of the copies of a session, and how many these are."""
    return f"{phrases.share(share)} ({round(share * copies)})" if share else phrases.share(share)


def _range(summary: Document, digits: int) -> str:
    """A median with its 90 % range, where it has one."""
    low, middle, high = (phrases.value(summary[name], digits) for name in ("p05", "median", "p95"))
    return middle if low == high else f"{middle} ({low}\N{EN DASH}{high})"


def effects(simulation: Document) -> list[Table]:
    """By session: largest change and duration of every joint; volume and least force of every muscle."""
    cycles = simulation["cycles"]
    numbers = tuple(str(row["cycle"]) for row in cycles)
    wanted = [
        ("joints", "change_at_peak", _("Largest change, grades"), _plain),
        ("joints", "duration_d", _("Duration, days"), _days),
        ("muscles", "volume_before", _("Muscle volume before the session, 1 = untreated"), _plain),
        ("muscles", "lowest_force", _("Lowest force, 1 = untreated"), _plain),
    ]
    counted = ((_("copies"), tuple(map(str, _copies(simulation)))),) if _fewer(simulation) else ()
    return [
        Table(head, numbers, counted + _rows(cycles, part, key, tell))
        for part, key, head, tell in wanted
        if cycles[0][part]
    ]


def parts(table: Table) -> list[Table]:
    """A table by session in parts that a narrow screen can hold."""
    starts = range(0, len(table.columns), _AT_ONCE)
    return [
        Table(
            table.head,
            table.columns[k : k + _AT_ONCE],
            tuple((name, cells[k : k + _AT_ONCE]) for name, cells in table.rows),
        )
        for k in starts
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
        return _("never")
    middle = row[key]["median"]
    return _("next") if middle is None else f"{middle:.0f}"
