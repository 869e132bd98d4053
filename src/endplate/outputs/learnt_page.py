"""What visits taught of a person as one self-contained HTML page, read from the document alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from endplate.knowledge.vocabulary import SCALES
from endplate.outputs import learnt, notes, phrases
from endplate.outputs.figures import Figure, Panel, Table, shown_days
from endplate.outputs.language import N_, _, figures
from endplate.outputs.pages import rendered
from endplate.outputs.svg import (
    Axis,
    Band,
    area,
    axis_for,
    describe,
    dose_markers,
    drawing,
    levels,
    line,
    line_chart,
    weeks_axis,
    x_of,
    y_of,
)

Document = Mapping[str, Any]

_SCALE = "modified_ashworth"
_POINT = 5.0


def render_individualise(document: Document) -> str:
    """One HTML page from an ``individualise`` document."""
    code = document["inputs"]["patient"]["code"]
    return rendered("individualise", code=code, taught=taught(document), part="h2", sub="h3")


def taught(document: Document) -> dict[str, Any]:
    """What the pages say of an ``individualise`` document, by the names their shared parts use."""
    return {
        "result": document,
        "learnt": learnt,
        "sentences": list(learnt.sentences(document)),
        "parameters": list(learnt.parameter_rows(document)),
        "visits": list(learnt.visit_rows(document)),
        "forecast": list(learnt.forecast_rows(document)),
        "notes": list(learnt.left_out(document)),
        "panels": [_panel(document, row) for row in document["forecast"]["joints"]],
        "recovery": notes.recovery(document),
        "unsure": notes.unmeasured(document),
    }


def _panel(document: Document, row: Document) -> Panel:
    """A joint: the grade expected with the visits in it, the drug alone, and what a next visit would add."""
    place = (row["joint"], row["side"], row["movement"])
    name, t_d = learnt.where(place), document["forecast"]["t_d"]
    seen = list(_grades(document, place))
    drawn: tuple[tuple[str, str, list[tuple[float, float]]], ...]
    drawn = (
        (_("expected grade"), "expected_score", seen),
        (_("drug alone, change of grade"), "scale_change", []),
    )
    figures = [_learnt_figure(name, t_d, row, *each) for each in drawn]
    figures += [_information_figure(name, again) for again in _of(document["next"]["information"], place)]
    days = shown_days(t_d)
    columns = tuple(phrases.weeks(t_d[k]) for k in days)
    rows = tuple(
        (f"{caption}, {when}", tuple(_cell(held[key][_SCALE], k) for k in days))
        for caption, key, _seen in drawn
        for when, held in ((_("before"), row["prior"]), (_("after"), row))
    )
    return Panel(name, tuple(figures), (Table(_("Median (90 % range)"), columns, rows),))


def _of(rows: Sequence[Document], place: tuple[str, str, str]) -> Iterator[Document]:
    return (
        row for row in rows if (row["joint"], row["side"], row["movement"]) == place and len(row["t_d"]) > 1
    )


def _grades(document: Document, place: tuple[str, str, str]) -> Iterator[tuple[float, float]]:
    """Day and grade of every grade of a joint that was used in this cycle, on the scale drawn."""
    for row in document["visits"]:
        if row["kind"] == "grade" and tuple(row["place"]) == place and row["day"] >= 0:
            coding = SCALES[_SCALE if row["scale"] == "mas_0_5" else row["scale"]].coding
            yield row["day"], coding[row["told"]]


def _cell(band: Band, k: int) -> str:
    return phrases.spread(band["median"][k], band["p05"][k], band["p95"][k])


def _learnt_figure(
    name: str,
    t_d: Sequence[int],
    row: Document,
    caption: str,
    key: str,
    seen: Sequence[tuple[float, float]],
) -> Figure:
    before, after = row["prior"][key][_SCALE], row[key][_SCALE]
    level = None if key == "expected_score" else 0
    cover = (0, 4) if level is None else (0,)
    axis = axis_for([before, after], _("grade"), cover=cover, reference=level)
    text = N_("After the visits. {after} Before them. {before}")
    told = _(text, after=describe(t_d, after), before=describe(t_d, before))
    parts = [
        *levels(axis),
        *weeks_axis(t_d),
        area(t_d, before, ("p05", "p95"), axis, "outer"),
        area(t_d, after, ("p05", "p95"), axis, "inner"),
        *(line(t_d, before[end], axis, "edge") for end in ("p05", "p95")),
        line(t_d, after["median"], axis, "median"),
        *(_mark(day, grade, t_d, axis) for day, grade in seen),
        *dose_markers(t_d),
    ]
    return Figure(caption.capitalize(), Markup(drawing(f"{name}: {caption}", told, parts)))


def _mark(day: float, grade: float, t_d: Sequence[int], axis: Axis) -> str:
    """One grade seen; past the horizon it stands at its end."""
    x, y = x_of(min(day, t_d[-1]), t_d[-1]), y_of(grade, axis)
    title = escape(_("grade {grade} on day {day}", grade=figures(f"{grade:g}"), day=f"{day:.0f}"))
    return f'<circle class="seen" cx="{x:.1f}" cy="{y:.1f}" r="{_POINT}"><title>{title}</title></circle>'


def _information_figure(name: str, row: Document) -> Figure:
    caption = _("What a next grade would add: share of the variance of the day of re-emergence removed")
    numbers = [0.0, *row["removed"]] if row["t_d"][0] > 0 else row["removed"]
    days = [0, *row["t_d"]] if row["t_d"][0] > 0 else row["t_d"]
    gap = [None if day < row["t_d"][0] else number for day, number in zip(days, numbers, strict=True)]
    axis = axis_for([], _("share removed"), cover=(0, max(row["removed"])))
    return Figure(caption, Markup(line_chart(days, gap, axis, f"{name}: {caption}")))
