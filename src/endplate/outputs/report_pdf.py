"""The report as a PDF: the same results as the page, set for print."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from endplate.knowledge.vocabulary import wording
from endplate.outputs import needles, notes, phrases, plan_page
from endplate.outputs import pdf_blocks as b
from endplate.outputs.language import N_, _, capital, speaking
from endplate.outputs.pdf import render_pages
from endplate.outputs.pdf_blocks import Block
from endplate.outputs.report import (
    MARKS,
    SECTIONS,
    answers_of,
    critical_of,
    finding_of,
    is_child,
    plan_facts,
)
from endplate.outputs.report_pdf_course import charts, course, drivers, outside, sessions
from endplate.outputs.report_pdf_parts import cited, findings, head_of, person_facts

Document = Mapping[str, Any]

_ACROSS = 2
_CUTS_BESIDE = (4, 3)
"""Sections beside one view and beside two."""
_PLACE_WIDTHS = (1.4, 4, 1.2, 1.4, 1.8)
_LINE = 22
_RECORD_WIDTHS = ((3.4, 1.2, 1, 1.6, 4), (0.8, 2, 1.6, 1.3, 1.3))
_BESIDE = N_("What the visits taught, plans searched and the store stand in the HTML report.")


def render_report_pdf(
    case: Document,
    check: Document,
    simulation: Document,
    *,
    drawings: Sequence[Document] = (),
    beside: bool = False,
    language: str = "en",
    sections: Collection[str] | None = None,
) -> bytes:
    """A PDF/UA-1 file.

    Args:
        case: the case as its file holds it, quantities as text.
        check: the ``check`` document.
        simulation: the ``simulate`` document.
        drawings: limbs with the needles of the plan, as ``endplate.app.drawings`` makes them.
        beside: whether something was asked besides, which only the page tells.
        language: one of ``endplate.outputs.language.LANGUAGES``.
        sections: those of ``endplate.outputs.report.SECTIONS`` to be shown; without it all.

    Raises:
        InputError: typst is not installed.
    """
    shown = tuple(SECTIONS) if sections is None else tuple(sections)
    with speaking(language):
        code, plan = case["patient"]["code"], case.get("plan") or {}
        held = list(_blocks(case, plan, check, simulation, drawings, shown))
        if beside:
            held.append(b.note(_(_BESIDE)))
        heading = _("Simulated injection plan: {code}", code=code)
        running = f"endplate {simulation['endplate']} · {code}"
        return render_pages(held, heading, running, str(plan.get("date") or "") or None, fitted=True)


def _blocks(
    case: Document,
    plan: Document,
    check: Document,
    simulation: Document,
    drawings: Sequence[Document],
    shown: Collection[str],
) -> Iterator[Block]:
    """All that stands in the file, in order."""
    yield b.title(_("Simulated injection plan: {code}", code=case["patient"]["code"]))
    yield from _severe(check, simulation)
    yield from outside(simulation)
    if "person" in shown:
        yield from _person(case, plan, check, simulation)
    if "sites" in shown and drawings:
        yield from _sites(drawings)
    yield from _checks(check, "checks" in shown)
    yield b.box([b.strong(_(wording.REPORT)), " ", _(wording.AFTER_HARM)])
    if "course" in shown:
        yield from course(simulation)
    if "sessions" in shown and simulation.get("cycles"):
        yield from sessions(simulation)
    if "charts" in shown:
        yield from charts(simulation)
    if "drivers" in shown:
        yield from drivers(simulation)
    if "record" in shown:
        yield from _record(check, plan)
    if "followup" in shown:
        yield from _follow_up(plan, check)
    if "sources" in shown:
        yield from _sources(simulation)


def _severe(check: Document, simulation: Document) -> Iterator[Block]:
    """The critical findings stand first."""
    found = critical_of(check, simulation)
    if found:
        yield b.section(_("Critical findings"))
        yield findings(found)


def _person(case: Document, plan: Document, check: Document, simulation: Document) -> Iterator[Block]:
    yield b.section(head_of("person"))
    patient = case["patient"]
    rows: list[tuple[b.Text, b.Text]] = [
        *person_facts(case),
        *((capital(name), text) for name, text in plan_facts(plan, simulation)),
        (_("Label"), plan_page.label_fact(check)),
    ]
    yield b.facts(rows)
    if asked := _asked(case, check):
        yield b.paragraph([b.strong(_("Cautions:")), " ", asked])
    if found := "; ".join(_examined(row) for row in case.get("assessment") or ()):
        yield b.paragraph([b.strong(_("Examination:")), " ", found])
    for line in plan_page.goal_lines(case):
        yield b.paragraph([b.strong(_("Goal:")), " ", line])
    if is_child(patient):
        yield b.paragraph(b.strong(plan_page.child_line(patient)))
    yield from doses(check, plan)
    ready = plan_page.preparation(check)
    if ready:
        yield b.paragraph("; ".join(ready) + ".")
    yield b.note(f"{_(wording.PRODUCT)} {_(wording.PRIVACY)}")


def _asked(case: Document, check: Document) -> str:
    """Cautions by their answer; of those ruled out only how many."""
    held: dict[str, list[str]] = {}
    for caution, answer in answers_of(case["patient"], check):
        held.setdefault(answer, []).append(caution)
    ruled_out = len(held.pop(_("no"), ()))
    told_of = [f"{answer}: {', '.join(names)}" for answer, names in held.items()]
    return "; ".join([*told_of, *([_("{count} asked and ruled out", count=ruled_out)] if ruled_out else [])])


def _examined(row: Document) -> str:
    """A finding of the examination on one line."""
    found = finding_of(row)
    angles = "".join(f", {name.upper()} {found[name]}" for name in ("r1", "r2") if found[name])
    movement = f" {found['movement']}" if found["movement"] else ""
    return f"{found['joint']}{movement}: {found['grade']}{angles}"


def doses(check: Document, plan: Document) -> Iterator[Block]:
    """The doses with volumes, ranges held and what their numbers stand for."""
    held = plan_page.dose_table(check, plan)
    if held is None:
        return
    texts = (0, len(held.heads) - 2, len(held.heads) - 1)
    widths = {0: 3.1, len(held.heads) - 2: 4.1, len(held.heads) - 1: 2.2}
    columns = [
        b.column(name, under, number=k not in texts, width=widths.get(k))
        for k, (name, under) in enumerate(held.heads)
    ]
    yield b.part(_("Doses, volumes and ranges held"))
    yield b.table(columns, _rows(held.rows), size=8.6)
    if held.groups:
        yield b.note(f"{'; '.join(map(capital, held.groups))}.")
    yield b.note(_(wording.RANGES))
    told = [[f"[{row['number']}] ", b.foreign(row["citation"]), f" ({row['read']})"] for row in held.notes]
    yield b.listed(told, size=b.SMALL)


def _rows(rows: Sequence[Sequence[str]]) -> list[list[b.Text]]:
    """Cells with what is named first bold, and all of the last row, the total."""
    told: list[list[b.Text]] = [[b.strong(capital(row[0])), *row[1:]] for row in rows]
    told[-1] = [b.strong(part) for part in rows[-1]]
    return told


def _sites(drawings: Sequence[Document]) -> Iterator[Block]:
    yield b.section(head_of("sites"))
    yield from map(_limb, drawings)
    yield b.note(_(needles.AS_PLANNED))


def _limb(drawing: Document) -> Block:
    """A segment of one side: views, sections, and level and depth of every muscle's needles."""
    views = [
        b.picture(
            view["print"],
            needles.view_words(drawing, view),
            capital(needles.view_title(drawing, view["view"])),
        )
        for view in drawing["views"]
    ]
    cuts = [
        b.picture(cut["print"], needles.cut_words(drawing, cut), needles.cut_title(drawing, cut))
        for cut in drawing["sections"]
    ]
    columns = [
        b.column(name, under, number=k > 1, width=width)
        for k, ((name, under), width) in enumerate(zip(needles.place_heads(), _PLACE_WIDTHS, strict=True))
    ]
    rows: list[list[b.Text]] = [[row[0], b.strong(row[1]), *row[2:]] for row in needles.place_rows(drawing)]
    told = b.table(columns, rows, size=b.SMALL, pad=2)
    title = [
        b.strong(capital(needles.limb_title(drawing))),
        {"text": f" ({needles.level_from(drawing)})", "small": True},
    ]
    return b.limb(title, views, cuts, told, _CUTS_BESIDE[min(len(views), len(_CUTS_BESIDE)) - 1])


def _checks(check: Document, whole: bool) -> Iterator[Block]:
    yield b.section(head_of("checks"))
    counts = {level: sum(row["severity"] == level for row in check["issues"]) for level in MARKS}
    told = " · ".join(f"{phrases.words(level)}: {count}" for level, count in counts.items())
    yield b.paragraph(told, ahead=whole)
    if not whole:
        return
    yield b.note(phrases.label_use(check), ahead=True)
    rest = [row for row in check["issues"] if row["severity"] != "critical"]
    if rest:
        yield findings(rest)


def _record(check: Document, plan: Document) -> Iterator[Block]:
    yield b.section(head_of("record"))
    for heads, rows, widths in zip(
        plan_page.record_heads(), plan_page.record_rows(check, plan), _RECORD_WIDTHS, strict=True
    ):
        columns = [b.column(name, width=width) for name, width in zip(heads, widths, strict=True)]
        if rows:
            yield b.table(columns, rows, boxed=True, pad=4, size=8.6, breaks=False)
    line = "_" * _LINE
    yield b.note(f"{_('Date, time and initials:')} {line}    {_('Guidance used:')} {line}")


def _follow_up(plan: Document, check: Document) -> Iterator[Block]:
    rows = plan_page.follow_up(plan)
    if not rows:
        return
    yield b.section(head_of("followup"))
    columns = [
        b.column(_("Week"), width=1),
        b.column(_("Date"), width=2.4),
        b.column(_("What is looked at"), width=5),
    ]
    if soonest := plan_page.earliest(check):
        yield b.note(soonest, ahead=True)
    yield b.table(columns, rows, breaks=False)


def _sources(simulation: Document) -> Iterator[Block]:
    yield b.section(head_of("sources"))
    held = simulation.get("evidence", ())
    yield b.paragraph(
        _(
            "endplate {version}, model version {model}, seed {seed}, {draws} draws, horizon {horizon}.",
            version=simulation["endplate"],
            model=simulation["model_version"],
            seed=simulation["seed"],
            draws=simulation["draws"],
            horizon=phrases.weeks(simulation["t_d"][-1]),
        ),
        ahead=True,
    )
    if held:
        unsure = notes.unmeasured(simulation)
        text = "{count} records were used; {unsure} of them are assumed or recalled."
        yield b.paragraph(_(text, count=len(held), unsure=unsure), ahead=True)
    if "inputs" in simulation:
        yield b.note(plan_page.identity(simulation["inputs"]), ahead=True)
    yield b.note(f"{_(plan_page.CREDITS)} {_('Set by Typst (Apache-2.0) in Libertinus Serif (OFL-1.1).')}")
    if simulation.get("sources"):
        yield b.part(_("Sources"))
        yield b.listed([cited(row) for row in simulation["sources"]], across=_ACROSS, size=7)
