"""Full disks, read-only files, databases broken, foreign or busy: one message, and the data stay."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from children import in_child
from sqlalchemy import event

from endplate.errors import InputError
from endplate.store import Store

NOBODY = 65534


# ---- full disks ----------------------------------------------------------------------------------


def fill(store, adult, most):
    """Add people until an input error stops it; the error."""
    for number in range(most):
        patient = adult.patient.model_copy(update={"code": f"more-{number}"})
        try:
            store.add(adult.model_copy(update={"patient": patient}))
        except InputError as error:
            return error
    raise AssertionError("nothing stopped it")


def test_a_full_disk_is_one_message_and_the_data_stay(tmp_path, adult):
    file = tmp_path / "s.db"
    store, _ = Store.init(file)
    with store:
        store.add(adult)
    full = Store.open(file)
    full._engine.dispose()
    event.listen(full._engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count=40"))
    with full:
        assert fill(full, adult, 100).rule == "disk_full"
        kept = full.page()["total"]
        assert full.verify().faults == ()
    with Store.open(file) as after:
        assert after.page()["total"] == kept > 1
        assert after.verify().faults == ()
        assert after.case("arm-01") == adult


def test_a_file_that_may_not_grow_is_one_message_and_the_data_stay(tmp_path, adult):
    file, told = tmp_path / "s.db", tmp_path / "told"
    store, _ = Store.init(file)
    with store:
        store.add(adult)

    def work():
        import resource

        with Store.open(file) as limited:
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
            error = fill(limited, adult, 200)
            told.write_text(f"{error.rule} {limited.page()['total']}", encoding="utf-8")

    assert os.waitpid(in_child(work), 0)[1] == 0
    rule, kept = told.read_text(encoding="utf-8").split()
    assert rule in ("disk_full", "store_not_written")
    with Store.open(file) as after:
        assert after.page()["total"] == int(kept)
        assert after.verify().faults == ()


def raising(code):
    """A trigger by which the server refuses a finding as a full disk would."""
    return (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$;"
        "CREATE TRIGGER refusing BEFORE INSERT ON audit FOR EACH ROW "
        "WHEN (NEW.entity = 'visit') EXECUTE FUNCTION refuse()"
    )


@pytest.mark.parametrize(
    ("code", "rule"), [("53100", "disk_full"), ("25006", "store_read_only"), ("58030", "store_not_written")]
)
def test_what_the_server_refuses_is_one_message(server, adult, finding, code, rule):
    import psycopg

    place = server.database()
    store, _ = Store.init(place)
    with store:
        store.add(adult)
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute(raising(code))
        with pytest.raises(InputError) as told:
            store.visit("arm-01", finding)
        assert told.value.rule == rule
        assert store.case("arm-01") == adult
        assert store.verify().faults == ()


def test_a_backup_that_does_not_fit_leaves_nothing(tmp_path, adult, monkeypatch):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        store.add(adult)

        def refuse(_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(InputError, match="No space left"):
            store.backup(tmp_path / "b.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.db"]


# ---- what may only be read -----------------------------------------------------------------------


def test_a_read_only_file_is_one_message(adult, finding):
    """As root, who may write everywhere, the store is used by a user who may not."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    file, told = folder / "s.db", folder / "told"
    try:
        store, _ = Store.init(file)
        with store:
            store.add(adult)
        raw = file.read_bytes()
        file.chmod(0o444)
        folder.chmod(0o755)
        told.touch()
        told.chmod(0o666)

        def work():
            if os.geteuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            folder.chmod(0o555) if os.stat(folder).st_uid == os.geteuid() else None
            try:
                with Store.open(file) as read:
                    read.visit("arm-01", finding)
            except InputError as error:
                told.write_text(error.rule, encoding="utf-8")

        assert os.waitpid(in_child(work), 0)[1] == 0
        folder.chmod(0o755)
        assert told.read_text(encoding="utf-8") in ("store_read_only", "store_not_opened")
        assert file.read_bytes() == raw
    finally:
        shutil.rmtree(folder)


def test_a_database_that_may_only_be_read_can_be_read(server, adult, finding):
    import psycopg

    place = server.database()
    store, _ = Store.init(place)
    with store:
        store.add(adult)
    name = place.split("/")[3].partition("?")[0]
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with Store.open(place) as read:
        with pytest.raises(InputError) as told:
            read.visit("arm-01", finding)
        assert told.value.rule == "store_read_only"
        assert read.case("arm-01") == adult


# ---- broken, foreign and busy --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ("half", "store_damaged"),
        ("100 bytes", "store_damaged"),
        ("0 bytes", "no_store"),
        ("text", "store_damaged"),
    ],
)
def test_a_broken_file_is_one_message_and_stays_as_it_is(tmp_path, adult, how, rule):
    file = tmp_path / "s.db"
    store, _ = Store.init(file)
    with store:
        store.add(adult)
    raw = file.read_bytes()
    broken = {"half": raw[: len(raw) // 2], "100 bytes": raw[:100], "0 bytes": b"", "text": b"hello " * 99}[
        how
    ]
    file.write_bytes(broken)
    with pytest.raises(InputError) as told, Store.open(file) as opened:
        opened.show("arm-01")
    assert (told.value.rule, told.value.file) == (rule, str(file))
    assert file.read_bytes() == broken


def test_a_database_of_others_is_left_alone(tmp_path):
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    raw = file.read_bytes()
    for use in (Store.open, Store.init):
        with pytest.raises(InputError) as told:
            use(file)
        assert told.value.rule == "no_store"
    assert file.read_bytes() == raw


def test_tables_of_others_on_a_server_are_left_alone(server):
    import psycopg

    place = server.database()
    with pytest.raises(InputError) as told:
        Store.open(place)
    assert told.value.rule == "no_store"
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("CREATE TABLE visit (x integer)")
    with pytest.raises(InputError) as told:
        Store.init(place)
    assert told.value.rule == "store_taken"
    with psycopg.connect(place) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("visit",)]


def test_an_init_that_was_killed_is_taken_up_again(tmp_path, adult):
    file = tmp_path / "s.db"
    file.touch()
    store, made = Store.init(file)
    with store:
        assert made.created
        store.add(adult)


def test_a_writer_who_waits_too_long_is_told(tmp_path, adult, monkeypatch):
    from endplate.store import place

    monkeypatch.setattr(place, "WAIT_S", 0.1)
    store, _ = Store.init(tmp_path / "s.db")
    with store, sqlite3.connect(tmp_path / "s.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(InputError) as told:
            store.add(adult)
        assert told.value.rule == "store_busy"
        assert store.page()["total"] == 0  # readers do not wait
        other.execute("ROLLBACK")
        store.add(adult)
    other.close()


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ("nowhere.db", "no_store"),
        (".", "no_store"),
        ("mysql://localhost/x", "store_url"),
        ("postgresql://host:door/x", "store_url"),
        ("postgresql://nobody:secret@/x?host=/nowhere", "store_unreached"),
    ],
)
def test_a_place_without_a_store(tmp_path, monkeypatch, place, rule):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as told:
        Store.open(place)
    assert told.value.rule == rule
    assert "secret" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_for_its_owner_alone(tmp_path):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        assert (tmp_path / "s.db").stat().st_mode & 0o777 == 0o600
        with store._engine.connect() as connection:
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
    assert settings == ["wal", 2, 1]
