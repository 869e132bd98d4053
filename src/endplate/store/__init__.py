"""What is kept: persons by code, in an SQLite file or a PostgreSQL database (extra ``store``)."""

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
from endplate.errors import library

if TYPE_CHECKING:
    from endplate.store.reading import Wanted
    from endplate.store.store import Done, Made, Store
    from endplate.store.telling import Conflict

__all__ = ["Conflict", "Done", "Made", "Store", "Wanted"]

_load = on_first_use(
    __name__,
    {
        **dict.fromkeys(("Done", "Made", "Store"), "endplate.store.store"),
        "Conflict": "endplate.store.telling",
        "Wanted": "endplate.store.reading",
    },
)


def __getattr__(name: str) -> object:
    """A public name; one sentence where the databases' libraries are not installed."""
    if name in __all__:
        for needed in ("sqlalchemy", "alembic"):
            library(needed, "store")
    return _load(name)
