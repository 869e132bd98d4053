"""Stores and backups of every earlier version are brought up to date, all or nothing."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import OperationalError

from endplate.errors import InputError
from endplate.store import Store
from endplate.store.migrate import NEWEST, VERSION_TABLE
from endplate.store.models import Base

VERSIONS = Path(__file__).parent / "versions"
EARLIER = ("1",)


def made_by(version, place):
    """A store as that version made it: its own tables and rows."""
    if place.startswith("postgresql"):
        import psycopg

        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute((VERSIONS / f"version_{version}_postgresql.sql").read_text(encoding="utf-8"))
        return
    connection = sqlite3.connect(place)
    connection.executescript((VERSIONS / f"version_{version}_sqlite.sql").read_text(encoding="utf-8"))
    connection.close()


def test_every_earlier_version_is_tried():
    assert [str(version) for version in range(1, int(NEWEST))] == list(EARLIER)


@pytest.mark.parametrize("version", EARLIER)
def test_a_store_of_an_earlier_version_is_brought_up_to_date(place, version, finding):
    made_by(version, place)
    with pytest.raises(InputError) as told:
        Store.open(place)
    assert told.value.rule == "store_version" and "store init" in told.value.remedy
    store, made = Store.init(place)
    with store:
        assert (made.created, made.migrated_from) == (False, version)
        assert store.verify().faults == ()
        assert [row["code"] for row in store.page()["persons"]] == ["arm-03", "child-01"]
        assert sum(shot.dose.value for shot in store.case("arm-03").plan.injections) == 140
        assert store.audit("arm-03")[-1]["who"] == "ward-2"
        store.visit("arm-03", {**finding, "date": "2026-10-20"}, note="walks further")
        assert store.verify().faults == ()
    assert Store.init(place)[1].migrated_from is None


def test_made_and_migrated_tables_are_those_of_the_models(place, tmp_path, request):
    made_by("1", place)
    other = request.getfixturevalue("server").database() if "://" in place else tmp_path / "new.db"
    for there in (place, other):
        store, _ = Store.init(there)
        with store, store._engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("version", EARLIER)
def test_a_backup_of_an_earlier_version_is_restored(place, version, tmp_path):
    file = tmp_path / "old.gz"
    file.write_bytes(gzip.compress((VERSIONS / f"version_{version}_backup.jsonl").read_bytes()))
    kept = Store.restore(file, place)
    assert kept.schema == version
    with Store.open(place) as store:
        assert store.verify().faults == ()
        assert store.page()["total"] == kept.rows["person"] == 2
    with pytest.raises(InputError) as told:
        Store.restore(file, place)
    assert told.value.rule == "store_version"


def test_a_migration_that_fails_changes_nothing(tmp_path):
    file = tmp_path / "s.db"
    made_by("1", str(file))
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE run (x)")  # in the way of the second step
    connection.commit()
    before = "\n".join(connection.iterdump())
    with pytest.raises(OperationalError):
        Store.init(file)
    assert "\n".join(connection.iterdump()) == before
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()


def test_a_newer_store_is_left_alone(place):
    store, _ = Store.init(place)
    with store, store._writer.begin() as connection:
        newer = (
            "PRAGMA user_version=99" if "://" not in place else f"UPDATE {VERSION_TABLE} SET version_num='99'"
        )
        connection.exec_driver_sql(newer)
    for use in (Store.open, Store.init):
        with pytest.raises(InputError) as told:
            use(place)
        assert told.value.rule == "store_version" and "newer" in told.value.remedy


def test_a_newer_backup_is_left_alone(tmp_path):
    file = tmp_path / "new.gz"
    text = (VERSIONS / "version_1_backup.jsonl").read_bytes().replace(b'"schema":"1"', b'"schema":"99"')
    file.write_bytes(gzip.compress(text))
    with pytest.raises(InputError) as told:
        Store.restore(file, tmp_path / "s.db")
    assert told.value.rule == "store_version"
    assert not (tmp_path / "s.db").exists()
