"""What tests of several folders share: extras, and stores in both databases.

Stores are SQLite files, and databases on a PostgreSQL server of the tests' own.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "postgres_for_tests.sh"


@pytest.fixture
def extra():
    """Import a package of an optional extra; without it skip, but fail where CI=true."""

    def load(name, extra="exchange"):
        try:
            return importlib.import_module(name)
        except ImportError:
            told = f'{name} is not installed: pip install "endplate[{extra}]"'
            if os.environ.get("CI") == "true":
                pytest.fail(told)
            pytest.skip(told)

    return load


@pytest.fixture
def databases(extra):
    """The libraries of the store."""
    for name in ("sqlalchemy", "alembic", "psycopg"):
        extra(name, "store")


@pytest.fixture
def store(place, databases):
    """A store made anew in each database."""
    from endplate.store import Store

    made, _ = Store.init(place)
    with made:
        yield made


@dataclass
class Server:
    """The throwaway server; every store gets a database of its own."""

    folder: Path
    url: str
    made: int = 0

    def database(self):
        import psycopg

        self.made += 1
        name = f"store_{self.made}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")

    def restart(self):
        subprocess.run([SCRIPT, "restart", self.folder], check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="session")
def server():
    folder = Path(tempfile.mkdtemp(prefix="epg", dir="/tmp"))  # a socket's path must be short
    try:
        done = subprocess.run([SCRIPT, "start", folder], capture_output=True, text=True, timeout=280)
        if done.returncode:
            told = done.stderr.strip() or "PostgreSQL did not start"
            pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)
        yield Server(folder, done.stdout.strip())
    finally:
        subprocess.run([SCRIPT, "stop", folder], capture_output=True, timeout=120)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Where a store may lie: an empty place in each database."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    return request.getfixturevalue("server").database()


@pytest.fixture
def finding():
    return {
        "date": "2026-12-20",
        "joint": "elbow",
        "side": "left",
        "measure": "scale",
        "scale": "modified_ashworth",
        "value": "1+",
    }


@pytest.fixture
def lot():
    return {
        "date": "2026-11-23",
        "lot": "C1234",
        "expiry": "2028-01-31",
        "units": "150 U",
        "discarded": "50 U",
        "injections": [
            {"muscle": "biceps_brachii", "side": "left", "dose": "100 U", "sites": 4},
            {"muscle": "brachialis", "side": "left", "dose": "50 U", "sites": 2, "at": "45 %"},
        ],
    }
