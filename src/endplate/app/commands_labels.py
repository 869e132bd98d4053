"""The commands about labels: status, limits, diff."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from endplate.app.asked import day_of, known_word, quantity_of
from endplate.app.completing import among, words
from endplate.app.emit import emit, tell
from endplate.app.exits import ExitCode
from endplate.app.options import Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary import CONDITIONS, INDICATIONS, JURISDICTIONS, PRODUCTS
from endplate.knowledge.vocabulary.wording import BANNER, RANGES

_LIMBS = ("upper", "lower", "any")

Product = Annotated[
    str,
    typer.Option(
        "--product", help="Such as onabotulinumtoxinA.", show_default=False, autocompletion=words("PRODUCTS")
    ),
]
AnyProduct = Annotated[
    str | None,
    typer.Option("--product", help="One product; all without it.", autocompletion=words("PRODUCTS")),
]
Indication = Annotated[
    str, typer.Option("--indication", help="Such as spasticity.", autocompletion=words("INDICATIONS"))
]
Limb = Annotated[
    str, typer.Option("--limb", help="upper, lower, or any.", autocompletion=among("upper", "lower", "any"))
]
UsedIn = Annotated[
    str,
    typer.Option(
        "--limb",
        help="upper or lower; needed where the answer depends on it, as for spasticity.",
        show_default=False,
        autocompletion=among("upper", "lower"),
    ),
]
Age = Annotated[str, typer.Option("--age", help="Such as '30 y' or '18 mo'.", show_default=False)]
Weight = Annotated[str | None, typer.Option("--weight", help="Such as '20 kg', to work out limits per kg.")]
Cause = Annotated[
    str | None,
    typer.Option("--cause", help="Such as stroke or cerebral_palsy.", autocompletion=words("CONDITIONS")),
]
Jurisdiction = Annotated[
    str, typer.Option("--jurisdiction", help="Such as US.", autocompletion=words("JURISDICTIONS"))
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day asked about; today.")]
From = Annotated[str, typer.Option("--from", metavar="DATE", help="The earlier day.", show_default=False)]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="The later day; today.")]


@with_options()
def labels_status(
    options: Options,
    product: Product,
    age: Age,
    indication: Indication = "spasticity",
    limb: UsedIn = "any",
    cause: Cause = None,
    jurisdiction: Jurisdiction = "US",
    as_of: AsOf = None,
) -> int:
    """Say whether a use was on the label on a day, and which row decides."""
    from endplate.knowledge.labels import label_status, limb_matters, stale_since

    on = day_of(as_of, "--as-of")
    known_product = known_word(product, PRODUCTS, "--product")
    known_jurisdiction = known_word(jurisdiction, JURISDICTIONS, "--jurisdiction")
    if limb == "any" and limb_matters(indication):
        remedy = "Name one with --limb upper or --limb lower."
        message = f"The answer for {indication} depends on the limb"
        raise InputError(message, rule="limb_required", remedy=remedy, field="--limb")
    answer = label_status(
        product=known_product,
        indication=known_word(indication, INDICATIONS, "--indication"),
        limb=known_word(limb, _LIMBS, "--limb"),
        age_y=quantity_of(age, ("y", "mo", "wk", "d"), "y", "--age"),
        cause=None if cause is None else known_word(cause, CONDITIONS, "--cause"),
        jurisdiction=known_jurisdiction,
        on=on,
    ).to_dict()
    stale = stale_since(known_product, known_jurisdiction, on)
    document = {**answer, "as_of": on.isoformat(), "stale_since": stale.isoformat() if stale else None}
    emit(document, options, "labels-status", lambda: _show_status(document, options))
    return ExitCode.DONE


@with_options()
def labels_limits(
    options: Options,
    product: Product,
    age: Age,
    limb: Limb = "any",
    weight: Weight = None,
    jurisdiction: Jurisdiction = "US",
    as_of: AsOf = None,
) -> int:
    """List every limit held for a product and age on a day, with its source."""
    from endplate.knowledge.labels import rules_for, stale_since

    on, known = day_of(as_of, "--as-of"), known_word(product, PRODUCTS, "--product")
    place = known_word(jurisdiction, JURISDICTIONS, "--jurisdiction")
    part = known_word(limb, _LIMBS, "--limb")
    age_y = quantity_of(age, ("y", "mo", "wk", "d"), "y", "--age")
    weight_kg = None if weight is None else quantity_of(weight, ("kg",), "kg", "--weight")
    rules = [r for r in rules_for(known, place, on, age_y=age_y) if "any" in (part, r.limb) or r.limb == part]
    stale = stale_since(known, place, on)
    document = {
        "product": known,
        "jurisdiction": place,
        "as_of": on.isoformat(),
        "stale_since": stale.isoformat() if stale else None,
        "limits": [rule.to_dict(weight_kg) for rule in rules],
    }
    emit(document, options, "labels-limits", lambda: _show_limits(document, options))
    return ExitCode.DONE


@with_options()
def labels_diff(
    options: Options,
    first: From,
    last: To = None,
    product: AnyProduct = None,
    jurisdiction: Jurisdiction = "US",
) -> int:
    """List what came onto the labels, and what left them, between two days."""
    from endplate.knowledge.labels import changes

    start, end = day_of(first, "--from"), day_of(last, "--to")
    if end < start:
        remedy = "Give the earlier day with --from and the later one with --to."
        raise InputError(f"{end} comes before {start}", rule="date_order", remedy=remedy, field="--to")
    known = None if product is None else known_word(product, PRODUCTS, "--product")
    found = changes(known, known_word(jurisdiction, JURISDICTIONS, "--jurisdiction"), start, end)
    rows = [change.to_dict() for change in found]
    document = {"from": start.isoformat(), "to": end.isoformat(), "changes": rows}
    emit(document, options, "labels-diff", lambda: _show_diff(rows, options))
    return ExitCode.DONE


def _cited(row: dict[str, Any]) -> str:
    source = row["source"] or {}
    seen = "label or agency text seen" if row["basis"] == "primary" else "not checked against the label"
    return f"{row['basis']}, {seen}: {source.get('citation')}"


def _stale(document: dict[str, Any], options: Options) -> None:
    if document["stale_since"]:
        tell(f"Stale: a row behind this was last checked on {document['stale_since']}.", options)


def _show_status(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    since = f" since {document['since']}" if document["since"] else ""
    tell(f"{document['status'].replace('_', ' ')}{since}, on {document['as_of']}", options)
    tell(f"  {document['reason'].rstrip('.')}", options)
    if document["between"] and document["status"] == "on_label":
        tell("  It came into force between {} and {}.".format(*document["between"]), options)
    if document["source"]:
        tell(f"  {_cited(document)} {document['source']['url'] or ''}".rstrip(), options)
    _stale(document, options)


def _show_limits(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    tell(RANGES, options)
    if not document["limits"]:
        tell("No limits are held.", options)
    for row in document["limits"]:
        known = [f"{row[key]:g}" for key in ("min_U", "max_U") if row[key] is not None]
        worked_out = f" = {' to '.join(dict.fromkeys(known))} U at this weight" if known else ""
        tell(f"{row['text']}{worked_out}", options)
        tell(f"  {row['id']}; {_cited(row)}", options)
    _stale(document, options)


def _show_diff(rows: list[dict[str, Any]], options: Options) -> None:
    tell(BANNER, options)
    for row in rows:
        tell(f"{row['on']} {row['change']} {row['kind']}: {row['text']}", options)
        tell(f"  {row['id']}; {_cited(row)}", options)
    tell(f"{len(rows)} change(s).", options)
