"""A comparison as one self-contained HTML page, read from the ``compare`` document alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from endplate.outputs import compared, notes, phrases
from endplate.outputs.figures import Figure, Panel, Table, shown_days
from endplate.outputs.pages import rendered
from endplate.outputs.svg import axis_for, band_chart, line_chart

Document = Mapping[str, Any]

_EVEN = 1 / 2
_OWN = ("scale_change", "strength")


def render_compare(document: Document) -> str:
    """One HTML page from a ``compare`` document."""
    return rendered(
        "compare",
        how_often=compared.HOW_OFTEN,
        plan_words=compared.plan_words,
        result=document,
        code=document["inputs"][0]["patient"]["code"],
        plans=document["plans"],
        weeks=compared.goal_weeks(document),
        pairs=[_pair(document, a, b, rows) for a, b, rows in compared.pairs(document)],
        recovery=notes.recovery(document),
        notes=compared.notes_by_plan(document),
        unsure=notes.unmeasured(document),
    )


def _pair(document: Document, a: str, b: str, rows: Mapping[str, Document]) -> dict[str, Any]:
    """What the page shows of two plans."""
    indirect = any(row["indirect"] for row in rows.values())
    if indirect:
        table, panels = compared.indirect_rows(document, a, b), courses(document, (a, b))
    else:
        table, panels = compared.table_rows(document, a, b, rows), drawn_panels(document, a, b, rows)
    sentences = [] if indirect else compared.ranking(document, a, b, rows)
    turns = [] if indirect else compared.flip_words(document, a, b)
    return {
        "a": a,
        "b": b,
        "indirect": indirect,
        "table": table,
        "panels": panels,
        "sentences": sentences,
        "turns": turns,
    }


def drawn_panels(
    document: Document, a: str, b: str, rows: Mapping[str, Document], kinds: Collection[str] | None = None
) -> list[Panel]:
    """Difference and share of copies over weeks, of every outcome (of some kinds) that shows up."""
    return [
        _difference(document, outcome, rows[outcome["outcome"]], a, b)
        for outcome in compared.shown(document)
        if compared.drawn(outcome, rows[outcome["outcome"]]) and (kinds is None or outcome["kind"] in kinds)
    ]


def _difference(document: Document, outcome: Document, row: Document, a: str, b: str) -> Panel:
    t_d, name = document["t_d"], compared.what(outcome)
    captions = f"{a} minus {b} ({outcome['better']} is better)", f"Share of copies in which {a} is better"
    axis = axis_for([row], f"{a} minus {b}, {outcome['unit']}", cover=(0,), reference=0)
    shares = axis_for([], "share of copies", cover=(0, 1), reference=_EVEN)
    figures = (
        Figure(captions[0], Markup(band_chart(t_d, row, axis, f"{name}: {captions[0]}"))),
        Figure(captions[1], Markup(line_chart(t_d, row["p_better"], shares, f"{name}: {captions[1]}"))),
    )
    days, places = shown_days(t_d), compared.digits(outcome) + 1
    told = (
        (captions[0], tuple(_cell(row, k, places) for k in days)),
        (captions[1], tuple(phrases.share(row["p_better"][k]) for k in days)),
    )
    columns = tuple(phrases.weeks(t_d[k]) for k in days)
    return Panel(name, figures, (Table("Median (90 % range)", columns, told),))


def courses(document: Document, letters: Sequence[str], kinds: Collection[str] = _OWN) -> list[Panel]:
    """The own courses of some plans, on one axis for each outcome.

    Args:
        document: the ``compare`` document.
        letters: of the plans.
        kinds: of outcomes.
    """
    held = compared.levels(document)
    return [
        _own(document, outcome, {letter: held[letter][outcome["outcome"]] for letter in letters})
        for outcome in compared.shown(document)
        if outcome["kind"] in kinds
    ]


def _own(document: Document, outcome: Document, bands: Mapping[str, Document]) -> Panel:
    t_d, name = document["t_d"], compared.what(outcome)
    level = 0 if outcome["kind"] == "scale_change" else 1
    axis = axis_for(list(bands.values()), outcome["unit"], cover=(0, level), reference=level)
    figures = tuple(
        Figure(f"Plan {letter}", Markup(band_chart(t_d, row, axis, f"{name}: plan {letter}")))
        for letter, row in bands.items()
    )
    days, places = shown_days(t_d), compared.digits(outcome)
    told = tuple(
        (f"Plan {letter}", tuple(_cell(row, k, places) for k in days)) for letter, row in bands.items()
    )
    columns = tuple(phrases.weeks(t_d[k]) for k in days)
    return Panel(name, figures, (Table("Median (90 % range)", columns, told),))


def _cell(row: Document, k: int, places: int) -> str:
    """Median and 90 % range in one week."""
    return phrases.spread(row["median"][k], row["p05"][k], row["p95"][k], places)
