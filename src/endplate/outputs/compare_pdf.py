"""A comparison as a PDF: doses side by side, courses with their bands, and how often which is better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from endplate.knowledge.vocabulary import wording
from endplate.outputs import compared, notes, phrases
from endplate.outputs import pdf_blocks as b
from endplate.outputs.compare_page import courses, drawn_panels
from endplate.outputs.figures import Panel
from endplate.outputs.language import capital, speaking
from endplate.outputs.pdf import render_pages
from endplate.outputs.pdf_blocks import Block
from endplate.outputs.plan_page import identity, volume
from endplate.outputs.report import plan_facts
from endplate.outputs.report_pdf_parts import alt_of, cited, person_facts, values

Document = Mapping[str, Any]

_ACROSS = 2
_FACTS = ("dilution", "vials", "guidance")
_DRAWN = ("scale_change",)
"""Kinds of outcomes that are drawn; the page draws more."""


def render_compare_pdf(document: Document) -> bytes:
    """A PDF/UA-1 file from a ``compare`` document, in English as its page is.

    Raises:
        InputError: typst is not installed.
    """
    code = document["inputs"][0]["patient"]["code"]
    day = str((document["inputs"][0].get("plan") or {}).get("date") or "") or None
    with speaking("en"):
        heading = f"Plans compared: {code}"
        running = f"endplate {document['endplate']} · {code}"
        return render_pages(list(_blocks(document, heading)), heading, running, day)


def _blocks(document: Document, heading: str) -> Iterator[Block]:
    yield b.title(heading)
    yield from _plans(document)
    yield b.box([b.strong(wording.REPORT), " ", wording.AFTER_HARM])
    for one, other, rows in compared.pairs(document):
        indirect = any(row["indirect"] for row in rows.values())
        yield from (_indirect if indirect else _direct)(document, one, other, rows)
    yield from _courses(document)
    yield from _rests(document)


def _plans(document: Document) -> Iterator[Block]:
    """Products and totals, and every muscle's dose under each plan."""
    plans = document["plans"]
    yield b.facts(person_facts(document["inputs"][0]))
    yield b.section("Plans side by side")
    heads = [b.column(f"Plan {plan['plan']}", plan["product"], number=True, width=1.4) for plan in plans]
    shots = [(shot["muscle"], shot["side"]) for plan in plans for shot in plan["injections"]]
    rows: list[list[b.Text]] = [
        [b.strong(capital(phrases.muscle_side(*muscle))), *(_dose(plan, muscle) for plan in plans)]
        for muscle in dict.fromkeys(shots)
    ]
    rows.append([b.strong("Total"), *(b.strong(phrases.units(plan["total_U"])) for plan in plans)])
    if any(plan.get("file") for plan in plans):
        rows.append([b.strong("File"), *(Path(str(plan.get("file") or "")).name for plan in plans)])
    rows += [
        [b.strong(capital(name)), *(_fact(case, name) for case in document["inputs"])] for name in _FACTS
    ]
    checks = [f"{phrases.words(plan['status'])}, {plan['critical']} critical" for plan in plans]
    yield b.table([b.column("Muscle", width=2), *heads], [*rows, [b.strong("Check"), *checks]])
    if document["indirect"]:
        yield b.paragraph(b.strong(wording.INDIRECT))
    yield b.note(f"{wording.PRODUCT} {wording.PRIVACY}")
    if outside := notes.outside_model(document):
        yield b.box(b.strong(outside))
    same = "virtual copies of one person, the same ones with the same chance under every plan."
    yield b.note(f"{document['draws']} {same} {wording.SIMULATION}")
    for line in (notes.recovery(document), *compared.notes_by_plan(document)):
        if line:
            yield b.note(line)


def _dose(plan: Document, muscle: tuple[str, str]) -> str:
    """Units, sites and fluid of a muscle under a plan."""
    own = [shot for shot in plan["injections"] if (shot["muscle"], shot["side"]) == muscle]
    units, sites, fluid = (sum(shot[key] for shot in own) for key in ("dose_U", "sites", "volume_mL"))
    if not units:
        return phrases.value(None)
    return f"{phrases.units(units)}, {sites} {'site' if sites == 1 else 'sites'}, {volume(fluid)} mL"


def _fact(case: Document, name: str) -> str:
    """What a plan states beside its doses."""
    return dict(plan_facts(case.get("plan") or {}, {})).get(name) or phrases.value(None)


def _courses(document: Document) -> Iterator[Block]:
    """Each plan's own courses, on one axis for each outcome."""
    panels = courses(document, [plan["plan"] for plan in document["plans"]], _DRAWN)
    if panels:
        yield b.section("Courses under each plan")
        yield b.note(
            "Line: median. Dark: 50 % of copies. Light, between broken lines: 90 % of copies.", ahead=True
        )
    for panel in panels:
        yield from _panel(panel)


def _panel(panel: Panel, *, valued: bool = True) -> Iterator[Block]:
    """The figures of an outcome, with their values in numbers where there is room for them."""
    yield b.part(capital(panel.name))
    across = min(len(panel.figures), _ACROSS + 1)
    yield b.pictures([_chart(str(figure.chart), figure.caption, across) for figure in panel.figures], across)
    for table in panel.tables if valued else ():
        yield values(table.head, table.columns, table.rows)


def _chart(svg: str, caption: str, across: int) -> Block:
    return b.picture(svg, alt_of(svg), caption, small=across > _ACROSS)


def _direct(document: Document, one: str, other: str, rows: Mapping[str, Document]) -> Iterator[Block]:
    yield b.section(f"Plans {one} and {other}")
    for sentence, telling in compared.ranked(document, one, other, rows):
        yield b.paragraph(b.strong(sentence) if telling else sentence)
    yield b.note(compared.HOW_OFTEN, ahead=True)
    mean = f"mean over {compared.goal_weeks(document)}"
    columns = [
        b.column("Outcome", mean, width=3),
        b.column(one, "median", number=True, width=0.8),
        b.column(other, "median", number=True, width=0.8),
        b.column(f"{one} minus {other}", "median (90 % range)", number=True, width=1.9),
        b.column("Better", width=0.9),
        b.column(f"P({one} better)", "share of copies", number=True, width=1.3),
    ]
    yield b.table(columns, _capitals(compared.table_rows(document, one, other, rows)), size=8.4)
    for panel in drawn_panels(document, one, other, rows, _DRAWN):
        yield from _panel(panel, valued=False)
    yield b.part("What turns the ranking")
    yield b.listed(compared.flip_words(document, one, other), size=8.4)


def _indirect(document: Document, one: str, other: str, rows: Mapping[str, Document]) -> Iterator[Block]:
    yield b.section(f"Plans {one} and {other}: indirect comparison")
    yield b.box(b.strong(wording.INDIRECT))
    columns = [
        b.column("Outcome", f"mean over {compared.goal_weeks(document)}", width=3),
        b.column(f"Plan {one}", "median (90 % range)", number=True, width=2),
        b.column(f"Plan {other}", "median (90 % range)", number=True, width=2),
    ]
    yield b.table(columns, _capitals(compared.indirect_rows(document, one, other)), size=8.4)


def _capitals(rows: Sequence[Sequence[str]]) -> list[list[b.Text]]:
    return [[b.strong(capital(name)), *cells] for name, *cells in rows]


def _rests(document: Document) -> Iterator[Block]:
    yield b.section("What this rests on")
    unsure = notes.unmeasured(document)
    names = "endplate {endplate}, model version {model_version}, seed {seed}, {draws} draws."
    held = f"{len(document['evidence'])} records were used; {unsure} of them are assumed or recalled."
    yield b.paragraph(f"{names.format_map(document)} {held}")
    for plan, inputs in zip(document["plans"], document["inputs"], strict=True):
        yield b.note(f"Plan {plan['plan']}. {identity(inputs)}")
    yield b.part("Sources")
    yield b.listed([cited(row) for row in document["sources"]], across=_ACROSS, size=7)
