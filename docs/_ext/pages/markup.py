"""HTML tables that a reader can filter; without a script every row simply stands there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence

_WEB = re.compile(r"https?://[^\s<>\"']+")


def text(value: object) -> str:
    """A value as HTML text; nothing for None."""
    return "" if value is None else html.escape(str(value))


def linked(words: str, address: str | None) -> str:
    """Words that lead to an address, or the words alone."""
    return f'<a href="{html.escape(address, quote=True)}">{text(words)}</a>' if address else text(words)


def words(identifier: str) -> str:
    """An id in words."""
    return identifier.replace("_", " ")


def with_links(prose: str) -> str:
    """Prose as HTML in which web addresses lead there."""
    return _WEB.sub(lambda found: linked(found[0], html.unescape(found[0])), text(prose))


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[tuple[Mapping[str, str], Sequence[str]]],
    choices: Mapping[str, str] | None = None,
    day: str | None = None,
) -> str:
    """A table with a search field, a choice for each of ``choices``, and a day where rows are dated.

    Args:
        caption: what stands in it.
        heads: column heads.
        rows: the data that filters read (``from`` and ``to`` for days), and the cells as HTML.
        choices: data name and label of every choice field.
        day: label of the field for the day; the rows then have ``from`` and ``to``.
    """
    lines = []
    for data, cells in rows:
        held = "".join(f' data-{name}="{html.escape(value, quote=True)}"' for name, value in data.items())
        first, *rest = cells
        named = zip(heads[1:], rest, strict=True)
        inner = f'<th scope="row">{first}</th>' + "".join(
            f'<td data-head="{text(head)}">{cell}</td>' for head, cell in named
        )
        lines.append(f"<tr{held}>{inner}</tr>")
    asked = "".join(f' data-choice-{name}="{text(label)}"' for name, label in (choices or {}).items())
    dated = f' data-day="{text(day)}"' if day else ""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    name = text(caption)
    body = "\n".join(lines)
    return (
        f'<div class="held" tabindex="0" role="region" aria-label="{name}">'
        f'<table class="filtered"{asked}{dated}><caption>{name}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
    )


def raw(markup: str) -> str:
    """HTML within a Markdown page."""
    return f"```{{raw}} html\n{markup}\n```\n"
