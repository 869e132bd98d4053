"""What printed pages are made of: titles, texts, tables, findings and pictures as plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from endplate.outputs.language import is_english

Block = dict[str, Any]
Text = str | Mapping[str, Any] | Sequence[Any]
"""A text, a part of one that looks otherwise (see `strong`), or several in a row."""

FONT = "Libertinus Serif"
"""The font that typst carries: what is drawn does not depend on the fonts of a machine."""
SIZE, SMALL = 9.0, 7.6
_STYLES = Path(__file__).parent / "templates" / "report.css"
_LARGER = ".chart .tick,.chart .axis{font-size:17.5px}"
_FAMILY = re.compile(r"'DejaVu Sans',\s*Arial,\s*sans-serif")


def title(text: Text) -> Block:
    """The title of the whole."""
    return {"kind": "title", "text": text}


def section(text: Text) -> Block:
    """The heading of a section."""
    return {"kind": "section", "text": text}


def part(text: Text) -> Block:
    """A heading within a section."""
    return {"kind": "part", "text": text}


def paragraph(text: Text, *, ahead: bool = False) -> Block:
    """Text; one that stands ahead of something stays on its page."""
    return {"kind": "text", "text": text, "ahead": ahead}


def note(text: Text, *, ahead: bool = False) -> Block:
    """Text in a smaller size; one that stands ahead of something stays on its page."""
    return {"kind": "note", "text": text, "ahead": ahead}


def box(text: Text) -> Block:
    """Text in a frame."""
    return {"kind": "box", "text": text}


def facts(rows: Sequence[tuple[Text, Text]]) -> Block:
    """Names with what they hold, in two columns."""
    return {"kind": "facts", "rows": [list(row) for row in rows]}


def column(name: Text, under: Text = "", *, number: bool = False, width: float | None = None) -> Block:
    """A column of a table.

    Args:
        name: at its head.
        under: what stands small below the name, such as the unit.
        number: whether it holds numbers, which stand to the right.
        width: share of the room that is left; as wide as what it holds without it.
    """
    return {"name": name, "under": under, "number": number, "width": "auto" if width is None else width}


def table(columns: Sequence[Block], rows: Sequence[Sequence[Text]], **look: Any) -> Block:
    """A table.

    Args:
        columns: of `column`.
        rows: as many cells each.
        **look: ``size`` in pt, ``breaks`` (over pages), ``boxed`` (every cell framed), ``pad`` in pt.
    """
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "size": SIZE,
        **look,
    }


def listed(rows: Sequence[Text], *, across: int = 1, size: float = SIZE) -> Block:
    """A list, in one column or several of the same length."""
    many = -(-len(rows) // across)
    parts = [list(rows[k : k + many]) for k in range(0, len(rows), many)] if rows else []
    return {"kind": "list", "parts": parts, "across": across, "size": size}


def pictures(rows: Sequence[Block], across: int) -> Block:
    """Pictures beside each other."""
    return {"kind": "pictures", "rows": list(rows), "across": across}


def picture(
    svg: str, alt: str, caption: str = "", under: str = "", width: int = 100, *, small: bool = False
) -> Block:
    """One picture.

    Args:
        svg: the drawing; the styles of a chart are put into it.
        alt: the same in words; without it a page is refused.
        caption: above it.
        under: small below it.
        width: percent of its column.
        small: whether a chart is set so small that its letters must grow.
    """
    return {"svg": _whole(svg, small), "alt": alt, "caption": caption, "under": under, "width": width}


def limb(caption: Text, views: Sequence[Block], cuts: Sequence[Block], table: Block, across: int) -> Block:
    """A limb: its views, and beside them sections with a table below.

    Args:
        caption: above all.
        views: pictures, all as high.
        cuts: small pictures.
        table: of `table`.
        across: how many sections stand beside each other.
    """
    return {
        "kind": "limb",
        "caption": caption,
        "views": list(views),
        "cuts": list(cuts),
        "across": across,
    } | {"told": table}


def strong(text: Text) -> Block:
    """Bold."""
    return {"text": text, "strong": True}


def foreign(text: Text) -> Text:
    """A text that is English whatever the language of the page."""
    return text if is_english() else {"text": text, "lang": "en"}


def _whole(svg: str, small: bool) -> str:
    """A drawing that stands alone: its name space, its styles, and a font that is always there."""
    if "xmlns=" not in svg:
        svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    if '<svg xmlns="http://www.w3.org/2000/svg" class="chart"' in svg:
        styles = _chart_styles() + (_LARGER if small else "")
        svg = svg.replace(">", f"><style>{styles}</style>", 1)
    return _FAMILY.sub(f"'{FONT}'", svg)


@lru_cache(maxsize=1)
def _chart_styles() -> str:
    """The rules of the page's style sheet that are about charts."""
    lines = _STYLES.read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line.startswith(".chart ") and "inherit" not in line]
    return "".join([*rules, f".chart text{{font-family:'{FONT}'}}"])
