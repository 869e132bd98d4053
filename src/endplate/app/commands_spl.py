"""The command for those who keep the label data: a label file beside the rules held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.app.asked import day_of, known_word
from endplate.app.commands_labels import AsOf, Jurisdiction, Product
from endplate.app.emit import emit, tell
from endplate.app.exits import ExitCode
from endplate.app.options import Options, with_options
from endplate.app.plain import plain
from endplate.errors import InputError
from endplate.knowledge.vocabulary import JURISDICTIONS, PRODUCTS
from endplate.knowledge.vocabulary.wording import BANNER

SplFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A label as SPL XML, such as DailyMed offers.", show_default=False),
]


@with_options()
def labels_spl(
    file: SplFile,
    options: Options,
    product: Product,
    jurisdiction: Jurisdiction = "US",
    as_of: AsOf = None,
) -> int:
    """Compare the dosing tables of a label file with the rules held; nothing is fetched or changed."""
    from endplate.knowledge.labels.spl import POPULATIONS, read_label
    from endplate.knowledge.labels.spl_differences import compare

    on, known = day_of(as_of, "--as-of"), known_word(product, PRODUCTS, "--product")
    place = known_word(jurisdiction, JURISDICTIONS, "--jurisdiction")
    label = read_label(file)
    if label.products and known not in label.products:
        raise InputError(
            f"The label names {' and '.join(label.products)}, not {known}",
            rule="spl_other_product",
            remedy="Name the product of the file with --product.",
            file=str(file),
        )
    found = [row for people in POPULATIONS for row in compare(label.rows, known, place, on, people)]
    document = plain(
        {
            "file": file,
            "set_id": label.set_id,
            "effective_date": label.effective_date,
            "product": known,
            "jurisdiction": place,
            "as_of": on,
            "rows": label.rows,
            "differences": found,
        }
    )
    emit(document, options, "labels-spl", lambda: _show(document, options))
    return ExitCode.ANSWER_IS_NO if found else ExitCode.DONE


def _show(document: dict[str, Any], options: Options) -> None:
    """Print each difference with both sides, the file first."""
    tell(BANNER, options)
    tell(f"Label {document['set_id']}, in effect from {document['effective_date']}.", options)
    for row in document["differences"]:
        tell(f"{row['kind'].replace('_', ' ')}: {row['muscle']}, {row['population']}", options)
        tell(f"  file: {_amount(row['file'])}{_of(row['table'])}", options)
        tell(f"  held: {_amount(row['held'])}{_of(row['rule'], row['basis'])}", options)
    tell(f"{len(document['rows'])} row(s) read, {len(document['differences'])} difference(s).", options)


def _amount(amount: dict[str, Any] | None) -> str:
    """A dose range and its sites in words."""
    if amount is None:
        return "nothing"
    dose = _span(amount["low"], amount["high"])
    sites = _span(amount["sites_min"], amount["sites_max"])
    return f"{dose} {amount['unit']}" + (f" in {sites} site(s)" if sites else "")


def _span(low: float | None, high: float | None) -> str:
    """One number, two, or none."""
    if low is None or high is None:
        return f"at most {high:g}" if high is not None else "" if low is None else f"at least {low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _of(*parts: str | None) -> str:
    """Where an amount stands, in brackets."""
    said = ", ".join(part for part in parts if part)
    return f" ({said})" if said else ""
