"""Backup, restore, export: the same content in every database and form, and damage is seen."""

from __future__ import annotations

import gzip
import sqlite3
import stat
from pathlib import Path

import pytest

from endplate.case import case_yaml, load_case
from endplate.errors import InputError
from endplate.store import Store

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def filled(store, lot, finding):
    """Everybody of the examples, one of them with lots, findings and a second cycle."""
    cases = {case.patient.code: case for case in map(load_case, EXAMPLES)}
    store.add_all(cases.values())
    store.given("arm-01", {**lot, "note": "well tolerated"})
    store.visit("arm-01", finding, note="less pain, sleeps better")
    later = cases["arm-01"].model_copy(update={"assessment": (), "goals": (), "visits": ()})
    plan = later.plan.model_copy(update={"date": later.plan.date.replace(year=2027)})
    store.add(later.model_copy(update={"plan": plan}), next_cycle=True)
    return store


@pytest.fixture
def elsewhere(place, tmp_path, request):
    """A place in the other database."""
    if place.startswith("postgresql"):
        return str(tmp_path / "elsewhere.db")
    return request.getfixturevalue("server").database()


def test_a_backup_is_the_same_after_a_journey_through_the_other_database(
    store, elsewhere, tmp_path, lot, finding
):
    filled(store, lot, finding)
    first, second = tmp_path / "first.gz", tmp_path / "second.gz"
    kept = store.backup(first)
    assert Store.restore(first, elsewhere) == kept
    with Store.open(elsewhere) as other:
        other.backup(second)
        assert other.verify().faults == ()
        assert list(other.cases()) == list(store.cases())
        assert other.audit() == store.audit()
        other.visit("arm-02", {**finding, "date": "2027-01-10"})  # rows are numbered on from those restored
        assert other.verify().faults == ()
    assert first.read_bytes() == second.read_bytes()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_a_backup_never_overwrites(store, tmp_path):
    file = tmp_path / "there.gz"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as told:
        store.backup(file)
    assert told.value.rule == "file_exists"
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_restore_never_overwrites(store, adult, tmp_path, place):
    store.add(adult)
    store.backup(tmp_path / "b.gz")
    with pytest.raises(InputError) as told:
        Store.restore(tmp_path / "b.gz", place)
    assert told.value.rule == "store_not_empty"
    assert store.case("arm-01") == adult


def content_of(file):
    return gzip.decompress(file.read_bytes())


def damaged(raw, how):
    text = gzip.decompress(raw)
    return {
        "cut": raw[: len(raw) // 2],
        "empty": b"",
        "no gzip": b"hello",
        "flipped": raw[: len(raw) // 2] + bytes([raw[len(raw) // 2] ^ 1]) + raw[len(raw) // 2 + 1 :],
        "changed": gzip.compress(text.replace(b"stroke", b"strike", 1)),
        "no end": gzip.compress(b"".join(text.splitlines(keepends=True)[:-1])),
        "row lost": gzip.compress(b"".join(text.splitlines(keepends=True)[:3] + text.splitlines(True)[4:])),
        "other": gzip.compress(b'{"x":1}\n'),
    }[how]


@pytest.mark.parametrize(
    "how", ["cut", "empty", "no gzip", "flipped", "changed", "no end", "row lost", "other"]
)
def test_a_damaged_backup_restores_nothing(tmp_path, adult, how):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        store.add(adult)
        store.backup(tmp_path / "b.gz")
    (tmp_path / "bad.gz").write_bytes(damaged((tmp_path / "b.gz").read_bytes(), how))
    with pytest.raises(InputError) as told:
        Store.restore(tmp_path / "bad.gz", tmp_path / "new.db")
    assert told.value.rule == "backup_damaged"
    assert not (tmp_path / "new.db").exists()


def test_a_forged_row_is_seen_although_the_backup_is_whole(tmp_path, adult):
    """The checksum of the file says it arrived whole; those of the rows say who wrote it: the store."""
    import hashlib

    store, _ = Store.init(tmp_path / "s.db")
    with store:
        store.add(adult)
        store.backup(tmp_path / "b.gz")
    body = b"".join(content_of(tmp_path / "b.gz").splitlines(keepends=True)[:-1]).replace(b"72 kg", b"27 kg")
    end = f'{{"sha256":"{hashlib.sha256(body).hexdigest()}"}}\n'.encode()
    (tmp_path / "forged.gz").write_bytes(gzip.compress(body + end))
    Store.restore(tmp_path / "forged.gz", tmp_path / "new.db")
    with Store.open(tmp_path / "new.db") as forged:
        faults = forged.verify().faults
        assert {fault.message for fault in faults} == {"it does not fit its checksum"}
        with pytest.raises(InputError, match="damaged"):
            forged.case("arm-01")


def test_tables_come_back(store, tmp_path, lot, finding):
    filled(store, lot, finding)
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in store.tables().items():
        (folder / name).write_text(text, encoding="utf-8")
    other, _ = Store.init(tmp_path / "again.db")
    with other:
        other.import_tables(folder)
        assert list(other.cases()) == list(store.cases())
        assert other.tables() == store.tables()


def test_movement_angles_and_rater_of_a_visit_come_back(store, tmp_path, adult, finding):
    store.add(adult)
    more = {"movement": "extension", "tardieu": {"r1": "70 deg", "r2": "130 deg"}, "rater": "physio-2"}
    store.visit("arm-01", {**finding, **more})
    (kept,) = store.case("arm-01").visits
    assert (kept.movement, str(kept.tardieu.r1), kept.rater) == ("extension", "70 deg", "physio-2")
    for name, text in store.tables().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    other, _ = Store.init(tmp_path / "again.db")
    with other:
        other.import_tables(tmp_path)
        assert other.case("arm-01") == store.case("arm-01")
    with pytest.raises(InputError) as told:
        store.visit("arm-01", {**finding, "rater": "schmidt"})
    assert (told.value.rule, told.value.field) == ("code", "rater")


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("persons.csv", "code,cycle", "code,round", "columns"),
        ("persons.csv", "14.0", "many", "number"),
        ("visits.csv", ",1+,", ",7,", "grade"),
        ("given.csv", "150 U", "140 U", "injections_needed"),
        ("visits.csv", "less pain", "saw Anna Schmidt", "no_names"),
        ("visits.csv", "arm-01,1", "arm-99,1", "no_person"),
        ("persons.csv", "arm-03,1", "arm-01,1", "no_person"),
        ("persons.csv", "leg-01,1", "leg-01,2", "no_person"),
        ("goals.csv", "put arm in sleeve", "put arm, in sleeve", "cells"),
    ],
)
def test_wrong_tables_add_nobody(tmp_path, lot, finding, name, old, new, rule):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        tables = filled(store, lot, finding).tables()
    assert old in tables[name]
    folder = tmp_path / "tables"
    folder.mkdir()
    for table, text in tables.items():
        (folder / table).write_text(text.replace(old, new, 1) if table == name else text, encoding="utf-8")
    other, _ = Store.init(tmp_path / "again.db")
    with other:
        with pytest.raises(InputError) as told:
            other.import_tables(folder)
        assert told.value.rule == rule and "tables" in told.value.file
        assert other.page()["total"] == 0


def test_a_case_file_of_what_was_given_reads_back(tmp_path, adult, lot, finding):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        store.add(adult)
        store.given("arm-01", lot)
        store.visit("arm-01", finding)
        case = store.case("arm-01")
    (tmp_path / "case.yaml").write_text(case_yaml(case, case.notes), encoding="utf-8")
    assert load_case(tmp_path / "case.yaml") == case.with_notes(())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_written_case_reads_back(example, tmp_path):
    case = load_case(example)
    (tmp_path / "case.yaml").write_text(case_yaml(case), encoding="utf-8")
    assert load_case(tmp_path / "case.yaml") == case.with_notes(())


# ---- flipped bytes -------------------------------------------------------------------------------


def flip(file, place):
    raw = bytearray(file.read_bytes())
    raw[place] ^= 1
    file.write_bytes(raw)


def test_one_flipped_bit_of_any_row_is_found(tmp_path, lot, finding):
    """Wherever a bit of what a row says is flipped in the file, verify or opening tells."""
    file = tmp_path / "s.db"
    store, _ = Store.init(file)
    with store:
        filled(store, lot, finding)
    whole = file.read_bytes()
    words = (b"72 kg", b"C1234", b"less pain", b"brachialis", b"2026-12-20", b"onabotulinumtoxinA", b"local")
    for word in words:
        starts = [k for k in range(len(whole)) if whole.startswith(word, k)]
        assert starts, word
        for start in starts[:2] + starts[-1:]:
            flip(file, start + 1)
            with Store.open(file) as broken:
                assert broken.verify().faults, word
            file.write_bytes(whole)
    with Store.open(file) as sound:
        assert sound.verify().faults == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("UPDATE visit SET value = '3'", "it does not fit its checksum"),
        ("DELETE FROM visit", "it is in the audit but not in the table"),
        ("DELETE FROM audit WHERE entity = 'visit'", "the audit does not know it"),
        ("DELETE FROM audit WHERE id = 5", "it does not follow on the entry before it"),
        ("UPDATE audit SET who = 'other' WHERE id = 1", "it does not fit its checksum"),
        ("UPDATE plan SET cycle_id = 7", "it belongs to a row of cycle that is not there"),
    ],
)
def test_what_is_changed_behind_the_store_is_found(tmp_path, adult, finding, change, message):
    file = tmp_path / "s.db"
    store, _ = Store.init(file)
    with store:
        store.add(adult)
        store.visit("arm-01", finding)
        store.visit("arm-01", finding)
    with sqlite3.connect(file) as connection:
        connection.execute(change)
    connection.close()
    with Store.open(file) as changed:
        assert message in {fault.message for fault in changed.verify().faults}


def test_tables_whose_cycles_skip_a_number_add_nobody(tmp_path, adult):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        store.add(adult)
        tables = store.tables()
    for name, text in tables.items():
        (tmp_path / name).write_text(text.replace("arm-01,1,", "arm-01,2,"), encoding="utf-8")
    other, _ = Store.init(tmp_path / "again.db")
    with other:
        with pytest.raises(InputError) as told:
            other.import_tables(tmp_path)
        assert told.value.rule == "cycle_order"
        assert other.page()["total"] == 0
