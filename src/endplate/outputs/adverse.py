"""Adverse events in words: what is held, what is simulated, and boxed events, which never are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from endplate.knowledge.units import DAYS_PER_WEEK, PERCENT
from endplate.outputs import phrases
from endplate.outputs.language import N_, _, figures, told

Document = Mapping[str, Any]

HELD: Final = N_(
    "Held: people with the event among those on toxin, in every study or label of this product, such people "
    "and this limb; the upper limit is the 95 % bound of Clopper and Pearson, 3 over the people where none "
    "had it. Counts made from printed percents are marked ~. Rows that contradict each other are all shown."
)
SIMULATED: Final = N_(
    "Simulated: median (90 %) of how likely a person reports it, from placebo-controlled rows; on placebo, "
    "the same without toxin. Without a placebo-controlled row of this product nothing is simulated."
)
BOXED: Final = N_(
    "Named in the boxed warning: events over people as held, no probability is modelled. Where few people "
    "were watched, even none with the event leaves a high limit."
)
SESSIONS: Final = N_(
    "Over the sessions: muscle weakness is told from the least force of any day up to week {week}, over all "
    "sessions; every other event as in its studies, mostly of one session, and not added up over sessions."
)
ASKING: Final = N_(
    "Counts over all events ({names}): how much is reported hangs on how a study asks. Held are those on "
    "toxin in studies of this product; simulated is a new study, drawn about the placebo groups of all "
    "products. The two can lie far apart."
)
_BY_SESSION: Final = {
    True: N_("see the sessions: immune"),
    False: N_("by session, where sessions repeat"),
}
_DASH = "\N{EN DASH}"
_SPREAD = ("median", "p05", "p95")


@dataclass(frozen=True)
class Line:
    """One event in words.

    Attributes:
        name: of the event.
        held: events of people with the upper limit, or that there are none.
        simulated: median and 90 % range, or where they are told; empty where nothing is simulated.
        background: the same on placebo.
        note: what must be said beside it.
        entry: the event as the result holds it.
    """

    name: str
    held: str
    simulated: str
    background: str
    note: str
    entry: Document


def percent(share: float) -> str:
    """A share in percent, with a decimal below ten."""
    number = PERCENT * share
    text = figures(f"{number:.0f}" if number >= 10 else f"{number:.1f}")
    return f"{text}{phrases.SPACE}%"


def held(entry: Document) -> str:
    """Events of people, with the upper limit, and what labels say in classes; or that none are held."""
    counts, classes = entry["held"], _classes(entry.get("rows", ()))
    if counts["n"] is None:
        nothing = told(entry["said"]) if entry.get("kind") == "boxed" else ""
        return "; ".join(part for part in (nothing, classes) if part) or _DASH
    mark = "~" if counts.get("rounded") else ""
    people = _(
        "{events} of {n} people, upper limit {limit}",
        events=f"{mark}{counts['events']}",
        n=counts["n"],
        limit=percent(counts["upper95"]),
    )
    return f"{people}; {classes}" if classes else people


def _classes(rows: Sequence[Document]) -> str:
    """What labels print as a class or a least share, with the limb."""
    named = {"upper": _("arm"), "lower": _("leg"), "both": _("any limb")}
    found = [row for row in rows if row["statistic"] in ("range", "at_least") and row["design"] != "review"]
    shown = dict.fromkeys(f"{_number(row)} ({named[row['limb']]})" for row in found)
    return _("label: {classes}", classes=", ".join(shown)) if shown else ""


def of_summary(summary: Document | None) -> str:
    """Median with its 90 % range, in percent; empty without one."""
    if summary is None:
        return ""
    middle, low, high = (percent(summary[key] or 0) for key in _SPREAD)
    return f"{middle} ({_between(low, high)})"


def _between(low: object, high: object) -> str:
    return _("{low} to {high}", low=low, high=high)


def lines(simulation: Document) -> list[Line]:
    """Every event that no boxed warning names, those simulated first."""
    found = [_line(entry) for entry in simulation["adverse"] if entry.get("kind") != "boxed"]
    several = bool(simulation.get("cycles"))
    told = [
        replace(line, simulated=_(_BY_SESSION[several])) if line.entry.get("kind") == "immunity" else line
        for line in found
    ]
    return sorted(told, key=lambda line: (not line.entry.get("simulated"), line.entry["held"]["n"] is None))


def about(simulation: Document) -> list[str]:
    """What has to be said of the simulated numbers: over which sessions and days, and how counts arise."""
    told = []
    if simulation.get("cycles"):
        told.append(_(SESSIONS, week=figures(f"{simulation['t_d'][-1] / DAYS_PER_WEEK:.3g}")))
    counted = [line for line in lines(simulation) if line.entry.get("kind") == "summary"]
    if names := ", ".join(line.name for line in counted if line.entry.get("simulated")):
        told.append(_(ASKING, names=names))
    return told


def boxed(simulation: Document) -> list[Line]:
    """The events that the boxed warning names."""
    return [_line(entry) for entry in simulation["adverse"] if entry.get("kind") == "boxed"]


def _line(entry: Document) -> Line:
    found = entry.get("simulated") or {}
    shares = {name: of_summary(found.get(name)) for name in ("probability", "background")}
    name = _(str(entry["name"])) if entry.get("name") else phrases.words(entry["event"])
    return Line(name, held(entry), shares["probability"], shares["background"], _note(entry), entry)


def _note(entry: Document) -> str:
    """For weakness, whose complaints are followed; for others, whether rows speak for an increment."""
    found = entry.get("simulated")
    if not found:
        return ""
    if "any_setting" in found:
        return _of_weakness(found)
    odds = found["odds_ratio"]
    middle, low, high = (figures(f"{odds[key]:.1f}") for key in _SPREAD)
    text = N_("odds {middle} times those on placebo ({low} to {high})")
    if not found["increment_supported"]:
        text = N_("odds {middle} times those on placebo ({low} to {high}): an increment is not shown")
    return _(text, middle=middle, low=low, high=high)


def _of_weakness(found: Document) -> str:
    parts = [_("neighbours add {share}", share=of_summary(found["from_neighbours"]))]
    if found["setting"] == "any":
        parts.insert(0, _("studies differ widely, and none of such people, limb and product is held"))
    else:
        parts.insert(0, _("as readily reported as in the study {study}", study=found["setting"]))
        parts.append(_("in any setting {share}", share=of_summary(found["any_setting"])))
    others = [study for study in found["as_in"] if study["study"] != found["setting"]]
    parts += [
        _(
            "as in {study} ({condition}) {share}",
            study=study["study"],
            condition=phrases.words(study["condition"]),
            share=of_summary(study["probability"]),
        )
        for study in others
    ]
    return "; ".join(parts)


def row(held_row: Document) -> str:
    """The number of one held row in words, beside that of its control."""
    dose = "" if held_row["covers_plan"] is None else _covers(held_row["covers_plan"])
    control = held_row["comparator"]
    number = _number(held_row)
    if control:
        other = _number(held_row, "comparator_")
        against = N_("{number} against {other} on {control}")
        number = _(against, number=number, other=other, control=phrases.words(control))
    return f"{number}{dose}"


def _covers(covers: bool) -> str:
    return f" ({_('this dose and age')})" if covers else f" ({_('another dose or age')})"


def _number(held_row: Document, side: str = "") -> str:
    """What a row prints, of toxin or of its control group."""
    value, n, statistic = held_row[f"{side}value"], held_row[f"{side}n"], held_row["statistic"]
    of = f" {_('of {n} people', n=n)}" if n else ""
    if statistic == "people" and value is not None:
        return f"{value:.0f}{of}"
    if statistic == "range":
        return f"{_between(*_ends(held_row))}{phrases.SPACE}%"
    if statistic == "at_least":
        return _("{share} or more", share=f"{_ends(held_row)[0]}{phrases.SPACE}%") if not side else _("less")
    if value is None:
        return f"{_('listed, no number')}{of}" if not side else _("a number not told")
    if statistic == "risk_ratio":
        ratio = _("risk ratio {value} ({ends})", value=figures(f"{value:g}"), ends=_between(*_ends(held_row)))
        return "" if side else ratio
    named = {"percent_of_sessions": _("of sessions"), "per_person": _("events a person")}
    counted = f" {named[statistic]}" if statistic in named else of
    return f"{figures(f'{value:g}')}{'' if statistic == 'per_person' else phrases.SPACE + '%'}{counted}"


def _ends(held_row: Document) -> tuple[str, str]:
    return figures(f"{held_row['low']:g}"), figures(f"{held_row['high']:g}")
