"""Blocks as PDF pages, by typst in its PDF/UA-1 mode: refused without a title or a picture's words.

The bytes depend on the data alone: the date comes in, and only the fonts that typst carries are used. Where
they lack a character, those of the machine are tried; what none of them holds becomes a white square.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from endplate.errors import library
from endplate.knowledge.vocabulary.wording import BANNER
from endplate.outputs.language import _, spoken
from endplate.outputs.pdf_blocks import Block

STANDARD: Final = "ua-1"
_PAGES = Path(__file__).parent / "templates" / "pages.typ"
_SQUARE = "\N{WHITE SQUARE}"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LATIN = 0x17F
_HELD = frozenset("–—‘’“”•…−≤≥≈→αβγδκλμσ□")
_NO_GLYPH = "could not be displayed"
_TIGHT = 0.94
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def render_pages(
    blocks: Sequence[Block], title: str, running: str, day: str | None, *, fitted: bool = False
) -> bytes:
    """A PDF file in the language spoken.

    Args:
        blocks: what stands on the pages, in order.
        title: of the document.
        running: what stands at the head of every page.
        day: ISO date of the plan, which becomes the file's date; without it the file is of 1970.
        fitted: whether all is set a little smaller where that saves a page.

    Raises:
        InputError: typst is not installed.
    """
    told: dict[str, Any] = {
        "title": title,
        "running": running,
        "date": day or "",
        "lang": spoken(),
        "of": _("of"),
    }
    told |= {"banner": _(BANNER), "blocks": list(blocks)}
    plain = _made({**told, "scale": 1}, day)
    if not fitted:
        return plain
    tight = _made({**told, "scale": _TIGHT}, day)
    return tight if _count(tight) < _count(plain) else plain


def _count(pdf: bytes) -> int:
    """How many pages a file of typst has."""
    return len(_PAGE.findall(pdf))


def _made(told: Mapping[str, Any], day: str | None) -> bytes:
    """The file; characters that no font holds become squares."""
    typst = library("typst", "pdf")
    data = _visible(told)
    last: Exception | None = None
    for held, own_fonts in ((data, True), (data, False), (_plain(data), True)):
        try:
            return _compiled(typst, json.dumps(held), day, own_fonts)
        except typst.TypstError as error:
            if _NO_GLYPH not in str(error):
                raise
            last = error
    raise AssertionError("plain characters are held by the font") from last


def _compiled(typst: Any, data: str, day: str | None, own_fonts: bool) -> bytes:
    """The file; typst raises where a character is in none of the fonts."""
    made = date.fromisoformat(day) if day else date(1970, 1, 1)
    return bytes(
        typst.compile(
            str(_PAGES),
            root=str(_PAGES.parent),
            ignore_system_fonts=own_fonts,
            sys_inputs={"data": data},
            pdf_standards=[STANDARD],
            timestamp=datetime.combine(made, time.min, UTC),
            format="pdf",
        )
    )


def _visible(data: Any) -> Any:
    """The same data without characters that cannot be seen or that turn what stands around them."""
    return _each(data, lambda one: one in "\n\t" or unicodedata.category(one) not in _UNSEEN)


def _plain(data: Any) -> Any:
    """The same data with the characters that every font for our languages holds."""
    return _each(data, lambda one: ord(one) <= _LATIN or one in _HELD)


def _each(data: Any, keeps: Callable[[str], bool]) -> Any:
    """Data whose texts hold a white square for every character that is not kept."""
    if isinstance(data, str):
        return "".join(one if keeps(one) else _SQUARE for one in data)
    if isinstance(data, Mapping):
        return {key: _each(held, keeps) for key, held in data.items()}
    return [_each(held, keeps) for held in data] if isinstance(data, (list, tuple)) else data
