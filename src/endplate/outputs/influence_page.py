"""Influence as one self-contained HTML page, read from the ``sensitivity`` document alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from endplate.outputs import influence, notes, phrases
from endplate.outputs.pages import rendered
from endplate.outputs.svg import bar

Document = Mapping[str, Any]


def render_sensitivity(document: Document) -> str:
    """One HTML page from a ``sensitivity`` document."""
    return rendered(
        "sensitivity",
        result=document,
        code=document["inputs"]["patient"]["code"],
        outcome=influence.headline(document),
        factors=_factors(document),
        bases=[_basis(document, basis, share) for basis, share in document["by_basis"].items()],
        screened=[_screened(row) for row in document["indices"] if row["ST"] is None and row["mu_star"]],
        sentences=list(influence.told(document)),
        unsure=notes.unmeasured(document),
    )


def _factors(document: Document) -> list[dict[str, Any]]:
    """Factors whose indices were worked out, in their order, the bar by the total index."""
    meaning = {row["id"]: row["meaning"] for row in document["evidence"]}
    rows = [row for row in document["indices"] if row["ST"]]
    most = max((row["ST"] for row in rows), default=1)
    return [
        {
            "name": row["parameter"],
            "meaning": meaning.get(row["parameter"], ""),
            "of": phrases.words(row["part"]),
            "basis": influence.basis(row),
            "S1": _with_width(row, "S1"),
            "ST": _with_width(row, "ST"),
            "bar": Markup(bar(row["ST"] / most)),
        }
        for row in rows
    ]


def _with_width(row: Document, name: str) -> str:
    """An index with its 95 % half-width."""
    width = row[f"{name}_conf"]
    told = phrases.value(row[name])
    return told if width is None else f"{told} \N{PLUS-MINUS SIGN} {phrases.value(width)}"


def _basis(document: Document, basis: str, share: float) -> tuple[str, str, str, Markup]:
    """Name, share, how much of it studies narrowed, and the share as a bar."""
    name, told, learnt = influence.basis_cells(document, basis, share)
    return name, told, learnt, Markup(bar(share))


def _screened(row: Document) -> tuple[str, str, str]:
    """A factor that the screening left out: name, part and its mean effect."""
    return row["parameter"], phrases.words(row["part"]), phrases.value(row["mu_star"], 3)
