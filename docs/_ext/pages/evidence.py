"""Every evidence record in one table that can be searched."""

from __future__ import annotations

from collections import Counter

from endplate.knowledge.evidence import load_records, load_sources
from pages.markup import linked, raw, table, text, words

_INTRO = """---
hide-toc: true
---

# Evidence browser

{count} records: {told}. The model draws from these and from no other number. `endplate evidence trace ID`
prints one with its influence, `endplate evidence gaps` lists what rests on assumption or memory.
[Every number](../numbers.md) has them stage by stage, with what calibration taught.

"""
_HEADS = ("id", "meaning", "value", "unit", "basis", "source and place", "checked")


def evidence_page() -> str:
    """The evidence browser."""
    records, sources = load_records(), load_sources()
    rows = []
    for record in records.values():
        source = sources.get(record.source)
        cited = linked(source.citation, source.url) if source else text(record.source)
        cells = (
            f'<a href="../numbers.html#{record.id}"><code>{text(record.id)}</code></a>',
            text(record.meaning),
            text(f"{record.value:.4g}" if isinstance(record.value, float) else record.value),
            text(record.unit),
            text(words(record.basis)),
            f"{cited}. {text(record.place)}",
            text(record.checked),
        )
        stage = record.id.partition(".")[0]
        rows.append(({"basis": words(record.basis), "stage": words(stage)}, cells))
    counts = Counter(words(record.basis) for record in records.values())
    told = ", ".join(f"{count} {basis}" for basis, count in counts.most_common())
    found = table("Evidence records", _HEADS, rows, {"basis": "Basis", "stage": "Stage"})
    return _INTRO.format(count=len(records), told=told) + raw(found)
