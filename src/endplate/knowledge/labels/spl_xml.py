"""A structured product label (SPL, HL7 v3 XML) as text: read with care, its tables as rows of cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endplate.errors import InputError, library
from endplate.handed import MB, content

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_MB = 50
_MOST_ELEMENTS = 300_000  # of a label; the longest hold a few ten thousand
_AT_ONCE = 1 << 16
# What a table of a label never exceeds; a file that does cannot make the reader slow.
_MOST_COLUMNS, _MOST_ROWS_SPANNED, _LONGEST_CELL, _DEEPEST = 40, 400, 500, 10

HL7 = "{urn:hl7-org:v3}"
_SKIPPED = frozenset(f"{HL7}{name}" for name in ("sup", "footnote", "footnoteRef", "renderMultiMedia"))
_BREAKS = frozenset(f"{HL7}{name}" for name in ("br", "paragraph", "item", "list"))
_CELLS = (f"{HL7}td", f"{HL7}th")


class _TooMany(Exception):
    """A file holds more elements than any label."""


def _built(raw: bytes, reader: Any) -> Element:
    """The root of a document, which is given up at a number of elements."""
    parser = reader.DefusedXMLParser(forbid_dtd=True, target=_counting()())
    for start in range(0, len(raw), _AT_ONCE):
        parser.feed(raw[start : start + _AT_ONCE])
    root: Element = parser.close()
    return root


@cache
def _counting() -> type:
    """A builder of trees that counts what it builds; made when asked for, since most commands need no XML."""
    from xml.etree.ElementTree import TreeBuilder

    class Counting(TreeBuilder):
        """Builds a tree of a bounded number of elements."""

        built = 0

        def start(self, tag: str, attrs: dict[str, str]) -> Element:
            """One more element."""
            self.built += 1
            if self.built > _MOST_ELEMENTS:
                raise _TooMany
            return super().start(tag, attrs)

    return Counting


def parse(path: Path) -> Element:
    """The root of an SPL file; document types and entities are refused.

    Raises:
        InputError: the file cannot be read, is too large, is no SPL, or declares a document type; or
            defusedxml is not installed.
    """
    larger, unread = "Give the SPL file of one label.", "Give the path of a readable SPL file."
    raw, reader = (
        content(path, LARGEST_MB * MB, remedy=unread, larger=larger),
        library("defusedxml.ElementTree", "maintainer"),
    )
    remedy = "Give the XML file of a label, as DailyMed offers it for download."
    wrong = partial(InputError, rule="xml", remedy=remedy, file=str(path))
    try:
        root = _built(raw, reader)
    except (reader.DTDForbidden, reader.EntitiesForbidden, reader.ExternalReferenceForbidden) as error:
        raise wrong("The file declares a document type or entities", rule="xml_dtd") from error
    except reader.ParseError as error:
        raise wrong(f"The file is not XML: {error}", line=error.position[0]) from error
    except (ValueError, LookupError) as error:
        raise wrong(f"The file is not XML: {error}") from error
    except _TooMany as error:
        raise wrong(f"The file holds more than {_MOST_ELEMENTS} elements", rule="size") from error
    if root.tag != f"{HL7}document":
        raise wrong("The file is XML, but no structured product label", rule="spl")
    return root


def sections(root: Element) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Every section's text with the titles it stands under, outermost first."""
    waiting: list[tuple[Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, titles = waiting.pop()
        title, text = element.find(f"{HL7}title"), element.find(f"{HL7}text")
        if element.tag == f"{HL7}section":
            titles = (*titles, "" if title is None else words(title))[-_DEEPEST:]
            if text is not None:
                yield text, titles
        waiting += [(child, titles) for child in reversed(element) if child is not text]


def tables(text: Element) -> Iterator[Element]:
    """The tables of a section's text; what lies inside a table belongs to it."""
    waiting = [text]
    while waiting:
        element = waiting.pop()
        if element.tag == f"{HL7}table":
            yield element
        else:
            waiting += reversed(element)


def words(element: Element) -> str:
    """The text below an element without footnote marks, spaces evened out."""
    parts: list[str] = []
    waiting: list[Element | str] = [element]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        inside: list[Element | str] = [" " if item.tag in _BREAKS else "", item.text or ""]
        for child in item:
            inside += [child.tail or ""] if child.tag in _SKIPPED else [child, child.tail or ""]
        waiting += reversed(inside)
    return " ".join("".join(parts).split())[:_LONGEST_CELL]


def grid(lines: Iterable[Element]) -> list[tuple[str, ...]]:
    """Rows of text in which a cell that spans rows or columns stands in each of them."""
    found: list[tuple[str, ...]] = []
    below: dict[int, tuple[int, str]] = {}
    for line in lines:
        row = {column: text for column, (_, text) in below.items()}
        below = {column: (left - 1, text) for column, (left, text) in below.items() if left > 1}
        for cell in (child for child in line if child.tag in _CELLS):
            column = next((place for place in range(_MOST_COLUMNS) if place not in row), _MOST_COLUMNS)
            text, down = words(cell), _span(cell, "rowspan", _MOST_ROWS_SPANNED)
            for place in range(column, min(column + _span(cell, "colspan", _MOST_COLUMNS), _MOST_COLUMNS)):
                row[place] = text
                if down > 1:
                    below[place] = (down - 1, text)
        found.append(tuple(row.get(place, "") for place in range(max(row, default=-1) + 1)))
    return found


def _span(cell: Element, name: str, most: int) -> int:
    """How many rows or columns a cell spans, within reason."""
    text = cell.get(name, "").strip()
    return min(max(int(text), 1), most) if re.fullmatch(r"[0-9]{1,6}", text) else 1
