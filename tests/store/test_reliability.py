"""Nothing committed is lost and nothing half-written is seen, whatever dies.

``ENDPLATE_SEED`` kills at other moments (`make validate` takes five).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import defaultdict
from dataclasses import replace

import pytest
from children import in_child

from endplate.case import parse_quantity
from endplate.errors import InputError
from endplate.store import Store

WRITES = 200
SEED = int(os.environ.get("ENDPLATE_SEED", "1"))
ENTITIES = {
    "add": {"person", "cycle", "plan"},
    "visit": {"visit", "person"},
    "given": {"given", "person"},
    "plan": {"plan", "person"},
}


def one_write(store, dice, adult, finding, lot, word):
    """One random change, entered in the audit under ``word``; which kind it was."""
    codes = [row["code"] for row in store.page()["persons"]]
    kind = dice.choice(("add", "visit", "visit", "given", "plan")) if codes else "add"
    if kind == "add":
        patient = adult.patient.model_copy(update={"code": f"p-{word}"})
        store.add(adult.model_copy(update={"patient": patient}), who=word)
        return kind
    code = dice.choice(codes)
    if kind == "visit":
        store.visit(code, finding, who=word)
    elif kind == "given":
        store.given(code, {**lot, "lot": word}, who=word)
    else:
        before = parse_quantity(store.show(code)["cycles"][0]["plan"]["dilution"])
        dilution = replace(before, value=before.value + 1)
        plan = adult.plan.model_copy(update={"dilution": dilution})
        patient = adult.patient.model_copy(update={"code": code})
        store.plan(code, adult.model_copy(update={"patient": patient, "plan": plan}), who=word)
    return kind


def write_until_killed(place, first, pipe, adult, finding, lot):
    dice = random.Random(first)
    with Store.open(place) as store:
        for number in range(first, first + 10 * WRITES):
            word = f"w{number}"
            kind = one_write(store, dice, adult, finding, lot, word)
            os.write(pipe, f"{word} {kind}\n".encode())


def acknowledged(pipe, lines):
    """Read up to ``lines`` acknowledgements."""
    text = b""
    while text.count(b"\n") < lines:
        part = os.read(pipe, 4096)
        if not part:
            break
        text += part
    return text


def drained(pipe):
    text = b""
    while part := os.read(pipe, 4096):
        text += part
    return text


def test_kill_9_during_200_random_writes(place, adult, finding, lot):
    Store.init(place)[0].close()
    dice, done, first, kills = random.Random(SEED), {}, 0, 0
    while len(done) < WRITES:
        read, write = os.pipe()
        pid = in_child(
            lambda first=first, write=write: write_until_killed(place, first, write, adult, finding, lot)
        )
        os.close(write)
        text = acknowledged(read, dice.randrange(5, 45))
        time.sleep(dice.random() * 0.01)
        os.kill(pid, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
        text += drained(read)
        os.close(read)
        acks = dict(line.split() for line in text.decode().splitlines())
        done.update(acks)
        kills += 1
        look(place, done)
        first += len(acks) + 1
    assert kills > 4


def look(place, done):
    """All that was acknowledged is there, whole; at most the write under way besides, whole too."""
    with Store.open(place) as store:
        entries = defaultdict(set)
        for entry in store.audit(most=100_000):
            entries[entry["who"]].add(entry["entity"])
        assert store.verify().faults == ()
        assert len(list(store.cases())) == store.page()["total"]
    assert set(done) <= set(entries)
    assert all(entries[word] == ENTITIES[kind] for word, kind in done.items())
    assert all(found in ENTITIES.values() for found in entries.values())
    for word in set(entries) - set(done):
        done[word] = next(kind for kind, found in ENTITIES.items() if found == entries[word])


def test_a_killed_server_loses_nothing_that_was_committed(server, adult, finding):
    place = server.database()
    store, _ = Store.init(place)
    with store:
        store.add(adult)
        store.visit("arm-01", finding)
        before = store.audit()
        postmaster = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)
        with pytest.raises(InputError) as told:
            for _ in range(100):
                store.show("arm-01")
                time.sleep(0.05)
        assert told.value.rule == "store_unreached"
        for attempt in range(20):  # its children go by themselves
            try:
                server.restart()
                break
            except Exception:
                assert attempt < 19
                time.sleep(0.5)
        assert store.audit() == before
        assert store.verify().faults == ()
