"""What a printed report says of the course: clocks, sessions, charts with their values, drivers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from endplate.knowledge.vocabulary import wording
from endplate.outputs import cycles, notes, phrases
from endplate.outputs import pdf_blocks as b
from endplate.outputs.charts import joint_panels, muscle_panels, place
from endplate.outputs.figures import Figure, Panel
from endplate.outputs.language import N_, _, capital
from endplate.outputs.pdf_blocks import Block
from endplate.outputs.report import drivers_of
from endplate.outputs.report_pdf_parts import alt_of, findings, head_of, noted, values

Document = Mapping[str, Any]

_ACROSS, _MOST_ACROSS = 2, 3
_DRIVERS = 3
_CLOCKS = ("onset_d", "peak_d", "duration_d")
_OUTSIDE = N_(
    "<strong>Outside the model</strong>: {cautions}. What is simulated does not represent this person."
)


def outside(simulation: Document) -> Iterator[Block]:
    """That a caution lies outside the model, where one does."""
    if simulation["outside_model"]:
        named = ", ".join(map(phrases.words, simulation["outside_model"]))
        yield b.box(b.strong(re.sub(r"</?strong>", "", _(_OUTSIDE, cautions=named))))


def course(simulation: Document) -> Iterator[Block]:
    """Largest effects and clocks of joints and muscles, neighbours, and the notes of the run."""
    yield b.section(head_of("course"))
    virtual = _("{draws} virtual copies.", draws=simulation["draws"])
    yield b.note(f"{virtual} {_('Median (90 % range).')} {_(wording.SIMULATION)}", ahead=True)
    horizon_d = simulation["t_d"][-1]
    if simulation["joints"]:
        yield _clocks(simulation, "joints", _("Joint"), _("Largest change"), _("grades"), horizon_d)
    yield _clocks(simulation, "muscles", _("Muscle"), _("Lowest force"), _("1 = untreated"), horizon_d)
    if simulation["neighbours"]:
        near = (
            f"{place(row)} {phrases.inline(phrases.lowest(row['force']))}" for row in simulation["neighbours"]
        )
        lead = _("Muscles not aimed at. Lowest force, 1 = untreated, median (90 % range).")
        yield b.note(f"{lead} {'; '.join(near)}.")
    for line in (notes.recovery(simulation), *simulation["warnings"]):
        if line:
            yield b.note(line if line == notes.recovery(simulation) else noted(line))


def _clocks(simulation: Document, part: str, head: str, effect: str, under: str, horizon_d: int) -> Block:
    """Largest effect, onset, peak and duration of every joint or muscle."""
    columns = [
        b.column(head, width=2.7),
        b.column(effect, under, width=1.65),
        b.column(_("Onset"), width=1.1),
        b.column(_("Largest effect"), width=1.25),
        b.column(_("Duration"), _("lasting return"), width=2.9),
        b.column(_("Copies never there"), number=True, width=1.3),
    ]
    rows: list[list[b.Text]] = [
        [
            b.strong(capital(place(row))),
            phrases.inline(cycles.lowest(simulation, part, k)),
            *(phrases.inline(phrases.clock(row, key, horizon_d)) for key in _CLOCKS),
            phrases.share(1 - row["reached"]),
        ]
        for k, row in enumerate(simulation[part])
    ]
    return b.table(columns, rows, size=8, pad=2.5, breaks=False)


def sessions(simulation: Document) -> Iterator[Block]:
    """The sessions of a plan that is given again, as tables."""
    yield b.section(head_of("sessions"))
    yield b.note(cycles.notes(simulation))
    issues = [row for row in simulation["repeat"].get("issues", ()) if row["severity"] != "critical"]
    if issues:
        yield findings(issues)
    for whole in [cycles.sessions(simulation), *cycles.effects(simulation)]:
        for table in cycles.parts(whole):
            yield values(table.head, table.columns, table.rows)


def charts(simulation: Document) -> Iterator[Block]:
    """The first course of every joint, or the force of every muscle where no joint was assessed."""
    given = cycles.given(simulation)
    panels = joint_panels(simulation, given) if simulation["joints"] else muscle_panels(simulation, given)
    told_of = [panel for panel in panels if panel.figures]
    if told_of:
        yield b.section(head_of("charts"))
        key = _("Line: median. Dark: 50 % of copies. Light, between broken lines: 90 % of copies.")
        yield b.note(key, ahead=True)
        across = _ACROSS if len(told_of) <= _ACROSS else _MOST_ACROSS
        yield b.pictures([_chart(panel, panel.figures[0], across) for panel in told_of], across)
        yield from course_values(told_of)


def _chart(panel: Panel, figure: Figure, across: int) -> Block:
    svg, caption = str(figure.chart), capital(panel.name)
    return b.picture(svg, alt_of(svg), caption, figure.caption, small=across > _ACROSS)


def course_values(panels: Sequence[Panel]) -> Iterator[Block]:
    """The first course of every panel in numbers."""
    first = panels[0].tables[0]
    rows = tuple((panel.name, panel.tables[0].rows[0][1]) for panel in panels)
    yield values(first.head, first.columns, rows)


def drivers(simulation: Document) -> Iterator[Block]:
    """For every joint (or muscle) the parameters that move it most."""
    groups = [group for group in drivers_of(simulation) if group["rows"]]
    if not groups:
        return
    yield b.section(head_of("drivers"))
    yield b.note(_(notes.DRIVERS), ahead=True)
    columns = [
        b.column(str(_("Joint") if simulation["joints"] else _("Muscle")), width=2.7),
        b.column(_("Parameter"), width=5),
        b.column(_("Basis"), width=1.2),
        b.column(_("At 10 %"), number=True, width=1),
        b.column(_("At 90 %"), number=True, width=1),
        b.column(_("Swing"), number=True, width=1),
    ]
    rows = [
        [
            b.strong(capital(str(group["name"]))) if k == 0 else "",
            b.foreign(row["meaning"]),
            phrases.words(row["basis"]),
            *(phrases.value(row[key]) for key in ("low", "high", "swing")),
        ]
        for group in groups
        for k, row in enumerate(group["rows"][:_DRIVERS])
    ]
    yield b.table(columns, rows, size=8, pad=2.2)
