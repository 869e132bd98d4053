"""Where the store lies and whom a list of it holds: what commands and server ask alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.app.asked import day_of, known_word
from endplate.errors import InputError

if TYPE_CHECKING:
    from endplate.store import Store, Wanted

Place = Annotated[
    str | None,
    typer.Option(
        "--store", envvar="ENDPLATE_STORE", metavar="PLACE", help="The store: a file, or a postgresql:// URL."
    ),
]


def place_asked(place: str | None) -> str:
    """Where the store lies.

    Raises:
        InputError: no store is named.
    """
    if not place:
        remedy = "Name a file or URL with --store, or in the variable ENDPLATE_STORE."
        raise InputError("No store is named", rule="store_needed", remedy=remedy, field="--store")
    return place


@contextmanager
def opened(place: str | None) -> Iterator[Store]:
    """The store asked for, closed at the end.

    Raises:
        InputError: none was named, or it cannot be used.
    """
    from endplate.store import Store

    with Store.open(place_asked(place)) as store:
        yield store


def wanted(code: str | None, condition: str | None, product: str | None, since: str | None) -> Wanted:
    """Which persons a list is to hold.

    Args:
        code: with which their codes begin.
        condition: theirs.
        product: of their last cycle.
        since: the earliest day of their last session, as text.

    Raises:
        InputError: a word or the day is not known.
    """
    from endplate.knowledge.vocabulary import CONDITIONS, PRODUCTS
    from endplate.store import Wanted

    return Wanted(
        code,
        condition and known_word(condition, CONDITIONS, "--condition"),
        product and known_word(product, PRODUCTS, "--product"),
        None if since is None else day_of(since, "--since"),
    )
