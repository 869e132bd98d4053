"""What the labels held said on any day: approvals, limits and warnings with the days on which they stood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from endplate.knowledge.labels import describe_approval, load_approvals, load_lists, load_rules, load_warnings
from endplate.knowledge.labels.tables import Source
from pages.markup import linked, raw, table, text, words

_INTRO = """---
hide-toc: true
---

# Labels as of a date

Every approval, limit and warning that endplate holds, with the days on which it stood. Choose a day to
see those in force then. *From* is the day of approval where one is held, else the first day on which the
row was seen in force: it may be older, and an earlier day then shows no row. "Spasticity" without a cause
covers every cause. Lists that are held whole (a use without a row is then off the label): {complete}.
Only `primary` rows were read on the label itself. No row here means that no source is held, not that a
use or a dose is harmless. Whether one use was on the label is a question for `endplate labels status`: a
date known to the month or year only, and lists that are not complete, answer `unknown`
([labels](../labels.md)).

"""
_HEADS = ("product", "where", "kind", "what it says", "from", "until", "basis and source")


def _row(
    kind: str, product: str, place: str, says: str, days: tuple[date, date | None], basis: str, source: Source
) -> tuple[dict[str, str], tuple[str, ...]]:
    first, last = days[0].isoformat(), days[1].isoformat() if days[1] else ""
    data = {"product": product, "place": place, "kind": kind, "from": first, "to": last}
    cited = linked(source.citation, source.url)
    return data, (text(product), text(place), kind, text(says), first, last, f"{text(words(basis))}: {cited}")


def _rows() -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    for a in load_approvals():
        says = describe_approval(a)
        if a.first != a.certain_from:
            says += f" (began on a day from {a.first} to {a.certain_from})"
        yield _row("approval", a.product, a.jurisdiction, says, (a.first, a.last), a.basis, a.source)
    for r in load_rules():
        if r.basis != "design":
            days = (r.in_force_from, r.in_force_to)
            yield _row("limit", r.product, r.jurisdiction, r.text, days, r.basis, r.source)
    for w in load_warnings():
        yield _row(
            "warning", w.product, w.jurisdiction, w.message, (w.in_force_from, None), w.basis, w.source
        )


def _complete() -> str:
    """Products and places whose lists of approvals are complete, with the day of the last look."""
    whole = [row for row in load_lists() if row.complete]
    return "; ".join(f"{row.product}, {row.jurisdiction} ({row.last_checked_on})" for row in whole)


def labels_page() -> str:
    """Labels as of a date."""
    found = table(
        "Label rows held",
        _HEADS,
        _rows(),
        {"product": "Product", "place": "Where", "kind": "Kind"},
        day="In force on",
    )
    return _INTRO.format(complete=_complete()) + raw(found)
