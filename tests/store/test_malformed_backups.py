"""Files that are gzip and JSON but no backup: one sentence, and what the store holds stays as it was."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from endplate.app.cli import main
from endplate.errors import InputError
from endplate.store import Store

HEAD = {"endplate_backup": 1, "schema": "2", "rows": {}}
PERSON = {
    "changed_at": "2026-01-01T00:00:00Z",
    "changed_by": "local",
    "code": "arm-01",
    "cycles": 1,
    "digest": "0",
    "id": 1,
    "version": 1,
}
CYCLE = {
    "assessment": [],
    "digest": "0",
    "goals": [],
    "history": [],
    "id": 1,
    "notes": [],
    "number": 1,
    "patient": {},
    "person_id": 1,
    "version": 1,
}
HEADS = {
    "no version": {"endplate_backup": 1, "rows": {}},
    "version of words": HEAD | {"schema": "abc"},
    "version 0": HEAD | {"schema": "0"},
    "version 02": HEAD | {"schema": "02"},
    "version as a number": HEAD | {"schema": 2},
    "version without end": HEAD | {"schema": "9" * 5000},
    "no rows": {"endplate_backup": 1, "schema": "2"},
    "rows in a list": HEAD | {"rows": []},
    "a list": [1],
    "nothing": None,
}
ROWS = {
    "a number for a row": '["person",3]',
    "a list for a name": '[["person"],{}]',
    "a list for a row": '["person",[["id",1]]]',
    "another table": '["sqlite_master",{}]',
    "another column": '["person",{"name":"x"}]',
    "text for a number": '["person",{"id":"x"}]',
    "truth for a number": '["person",{"id":true}]',
    "a number too large": '["person",{"id":99999999999999999999}]',
    "a mapping for text": '["person",{"code":{}}]',
    "a number for text": '["person",{"code":5}]',
    "no letter": '["person",{"code":"\\u0000"}]',
    "half a letter": json.dumps(["person", PERSON | {"code": "\ud800"}]),
    "no day": json.dumps(["person", PERSON | {"last_date": "soon"}]),
    "columns missing": '["person",{}]',
    "too deep": "[" * 100_000,
    "an empty list": "[]",
    "nothing": "null",
}
VALUES = {"NaN": "NaN", "infinite": "1e999", "half a letter": '"\\ud800"'}


def written(file, *lines, closed=True):
    """A file whose checksum is right, so that only its content is wrong."""
    body = "".join(f"{line}\n" for line in lines).encode()
    end = json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n"
    file.write_bytes(gzip.compress(body + end * closed))
    return file


def refused(file, place):
    with pytest.raises(InputError) as told:
        Store.restore(file, place)
    assert (told.value.rule, told.value.file) == ("backup_damaged", str(file))


@pytest.mark.parametrize("head", HEADS)
def test_a_malformed_head_restores_nothing(tmp_path, head):
    refused(written(tmp_path / "b.gz", json.dumps(HEADS[head])), tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("row", ROWS)
def test_a_malformed_row_leaves_an_empty_store_as_it_was(store, place, tmp_path, row):
    before = store.verify()
    refused(written(tmp_path / "b.gz", json.dumps(HEAD), ROWS[row]), place)
    assert store.verify() == before
    assert store.page()["total"] == 0


@pytest.mark.parametrize("value", VALUES)
def test_a_value_that_cannot_be_read_back_restores_nothing(store, place, tmp_path, value):
    """JSON that Python reads and a database may keep, but that is no JSON when written again."""
    rows = dict.fromkeys(("audit", "given", "plan", "run", "visit"), 0) | {"person": 1, "cycle": 1}
    cycle = json.dumps(["cycle", CYCLE | {"patient": "VALUE"}]).replace('"VALUE"', VALUES[value])
    lines = (json.dumps(HEAD | {"rows": rows}), json.dumps(["person", PERSON]), cycle)
    refused(written(tmp_path / "b.gz", *lines), place)
    assert store.page()["total"] == 0


def test_a_newer_version_is_said_to_be_newer(tmp_path):
    file = written(tmp_path / "b.gz", json.dumps(HEAD | {"schema": "3"}))
    with pytest.raises(InputError) as told:
        Store.restore(file, tmp_path / "new.db")
    assert told.value.rule == "store_version"


@pytest.mark.parametrize("lines", [(HEADS["no version"],), (HEAD, ["person", 3]), (HEAD, [["person"], {}])])
def test_the_verb_ends_with_one_sentence(tmp_path, capsys, lines):
    file = written(tmp_path / "b.gz", *map(json.dumps, lines))
    assert main(["store", "restore", str(file), "--store", str(tmp_path / "new.db")]) == 2
    told = capsys.readouterr().err
    assert "The backup is damaged" in told and "Traceback" not in told
    assert not (tmp_path / "new.db").exists()
