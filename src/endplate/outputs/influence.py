"""Influence in words and tables: factors, shares by basis, and what these mean, for screen and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION
from endplate.outputs import notes, phrases
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]

_NO_RECORD = ("chance", "several")
_BASES = {"chance": "chance", "several": "the joint, drawn from many records"}


def print_sensitivity(document: Document) -> None:
    """Factors by their share of the variance, shares by basis, and what is left out of them."""
    console = new_console()
    console.print(BANNER, style="bold")
    console.print(headline(document), markup=False)
    heads = ("parameter", "of", "basis", "S1", "ST")
    print_table(console, "What moves it", heads, _rows(document))
    print_table(console, "By basis", ("basis", "share of all ST", "learnt from studies"), _bases(document))
    for sentence in told(document):
        console.print(phrases.breaking(sentence), markup=False)


def headline(document: Document) -> str:
    """The outcome with its mean and standard deviation."""
    unit, mean, sd = document["unit"], document["mean"], document["sd"]
    return f"{document['outcome']}: mean {phrases.value(mean)}, SD {phrases.value(sd)} {unit}."


def basis(row: Document) -> str:
    """The basis of a factor, marked where studies narrowed it."""
    return phrases.words(row["basis"]) + (" *" if row["learnt"] else "")


def _rows(document: Document) -> Iterator[tuple[str, ...]]:
    """Factors whose indices were worked out, in their order."""
    for row in document["indices"]:
        if row["ST"]:
            yield (
                row["parameter"],
                phrases.words(row["part"]),
                basis(row),
                *(phrases.value(row[name]) for name in ("S1", "ST")),
            )


def _bases(document: Document) -> Iterator[tuple[str, ...]]:
    for name, share in document["by_basis"].items():
        yield tuple(map(phrases.breaking, basis_cells(document, name, share)))


def basis_cells(document: Document, name: str, share: float) -> tuple[str, str, str]:
    """A basis in words, its share, and how much of it studies narrowed, where that can be."""
    learnt = "" if name in _NO_RECORD else phrases.share(document["learnt_by_basis"][name])
    return _BASES.get(name) or phrases.words(name), phrases.share(share), learnt


def told(document: Document) -> Iterator[str]:
    """What the tables mean and leave out."""
    weak, left = document["nobody_measured"], document["screened_out"]
    yield (
        f"Rests on what nobody measured (assumed, recalled): {phrases.share(weak['share'])} of all, of which "
        f"studies narrowed {phrases.share(weak['learnt'])}; of what rests on records, "
        f"{phrases.share(weak['share_of_records'])}."
    )
    yield (
        "Of a study, person or cycle: what these have of their own; shared: what nobody knows of all of "
        "them. Chance is no matter of evidence. * learnt from studies."
    )
    widest = max((row["ST_conf"] or 0 for row in document["indices"]), default=0)
    yield (
        "S1: share of variance by the factor alone; ST: with all it interacts with, so that ST add up to "
        f"more than 1; their 95 % half-widths reach {phrases.value(widest)} (more --draws narrow them)."
    )
    yield (
        f"{left['factors']} factors with small effects in the screening "
        f"({phrases.share(left['mu_star_share'])} of all effects) were kept at their medians."
    )
    if drawn := document["joint_drawn_from"]:
        bases = ", ".join(f"{count} {phrases.words(basis)}" for basis, count in drawn.items())
        yield f"The joint was drawn from records of its own, held apart here: {bases}."
    if document["largest_correlation"]:
        yield (
            "What was learnt together is taken as independent; its largest correlation here is "
            f"{phrases.value(document['largest_correlation'])}."
        )
    if outside := notes.outside_model(document):
        yield outside
    yield SIMULATION
    if recovery := notes.recovery(document):
        yield recovery
