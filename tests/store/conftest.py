"""What the tests of the store share."""

from __future__ import annotations

from pathlib import Path

import pytest

from endplate.case import load_case

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(autouse=True)
def _libraries(extra):
    for name in ("sqlalchemy", "alembic", "psycopg"):
        extra(name, "store")


@pytest.fixture
def store(place):
    from endplate.store import Store

    made, _ = Store.init(place)
    with made:
        yield made


@pytest.fixture
def adult():
    return load_case(EXAMPLES / "adult_arm.yaml")
