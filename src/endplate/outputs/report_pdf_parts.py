"""Parts that printed pages share: findings, sources, values in numbers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from endplate.outputs import pdf_blocks as b
from endplate.outputs import phrases, plan_page
from endplate.outputs.language import _, capital, quantity, told
from endplate.outputs.pages import is_web
from endplate.outputs.pdf_blocks import Block
from endplate.outputs.report import MARKS, SECTIONS

Document = Mapping[str, Any]

_PERSON = ("age", "sex", "weight", "condition")


def person_facts(case: Document) -> list[tuple[b.Text, b.Text]]:
    """Who the plan is for, and which session this is."""
    patient = case["patient"]
    person = ", ".join(quantity(phrases.words(patient[key])) for key in _PERSON if patient.get(key))
    if patient.get("gmfcs"):
        person += f", {_('GMFCS level')} {patient['gmfcs']}"
    code = f"{patient['code']} ({_('session {number}', number=plan_page.cycle(case))})"
    return [(_("Code"), code), (_("Person"), person)]


def findings(rows: Sequence[Document]) -> Block:
    """Findings with severity, basis, day and source."""
    return {"kind": "findings", "rows": [_finding(row) for row in rows]}


def _finding(row: Document) -> Block:
    message = told(row["message"], row.get("said"))
    stays = message == row["message"]
    text = capital(message)
    level = row["severity"]
    small: list[b.Text] = []
    if row.get("basis"):
        small.append(f"{phrases.words(row['basis'])}; {phrases.source_read(row)}; ")
    if row.get("in_force_on"):
        small.append(f"{_('in force on {date}', date=row['in_force_on'])}; ")
    return {
        "level": level,
        "mark": MARKS[level],
        "word": phrases.words(level),
        "told": b.foreign(text) if stays else text,
        "small": [*small, *cited(row.get("source"))],
    }


def cited(source: Any) -> list[b.Text]:
    """A source with its day and address."""
    held = source if isinstance(source, Mapping) else {"citation": source}
    if not held.get("citation"):
        return [_("no source held")]
    found: list[b.Text] = [b.foreign(str(held["citation"]))]
    if held.get("date"):
        found.append(f", {_('checked {date}', date=held['date'])}")
    if held.get("url"):
        found.append([" ", _linked(str(held["url"]))])
    return found


def _linked(url: str) -> b.Text:
    """An address, which becomes a link where it is one of the web."""
    return {"text": url, "url": url} if is_web(url) else url


def noted(line: str) -> b.Text:
    """A note of the run, marked where it stays English."""
    text = told(line)
    return b.foreign(text) if text == line else text


def alt_of(svg: str) -> str:
    """The words that a chart carries."""
    return str(ET.fromstring(svg).get("aria-label") or "")


def values(head: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> Block:
    """A table of numbers with a name before each row."""
    heads = [b.column(head, width=1.9), *(b.column(name, number=True, width=1) for name in columns)]
    told_rows: list[list[b.Text]] = [[b.strong(capital(name)), *cells] for name, cells in rows]
    return b.table(heads, told_rows, size=b.SMALL, breaks=False)


def head_of(name: str) -> str:
    """The title of a section in the language spoken."""
    return _(SECTIONS[name])
