"""Every kind of file that somebody may hand over: what is right, how it is spoilt, and its doors.

How a file is spoilt: the names of :data:`SPOILERS`, and ``crossed``, which gives keys values that other right
files have there. A door is a command line in which ``{file}`` is the spoilt file, ``{out}`` a folder that is
not there yet, ``{store}`` a place without a store, ``{empty}`` a store of nobody; or a call of Python or of
the server.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardening import mutants
from hardening.home import ADULT, ANSWERS, EXAMPLES, FEW, PEOPLE, ROOT, SPL, TRAININGS, Home, document_of

Spoil = Callable[[bytes, random.Random], bytes]
Words = tuple[str, ...]
SLOW = 40
"""How many light doors are tried for one that computes for seconds."""

SPOILERS: Mapping[str, Spoil] = {
    "text": lambda raw, dice: mutants.spoilt_text(raw.decode("utf-8"), dice),
    "bytes": mutants.spoilt_bytes,
    "table": lambda raw, dice: mutants.spoilt_table(raw.decode("utf-8"), dice),
    "json": lambda raw, dice: mutants.spoilt_tree(mutants.tree_of(json.loads(raw)), dice),
    "backup": mutants.spoilt_backup,
    "manifest": lambda raw, dice: mutants.spoilt_manifest(json.loads(raw), dice),
}


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        right: files that are right, by name, as bytes; a second form of each for what knows its structure.
        spoilers: names of :data:`SPOILERS`.
        light: doors that answer at once, as command lines.
        heavy: doors that compute.
        placed: where the spoilt file goes: given home and name, a path; what stands beside it is put there.
    """

    right: Callable[[Home], Sequence[tuple[str, bytes, bytes]]]
    spoilers: Words
    light: tuple[Words, ...]
    heavy: tuple[Words, ...] = ()
    placed: Callable[[Home, str], Path] = lambda home, name: home.fresh(name)
    file: Callable[[Path], Path] = lambda place: place


def _yaml(*folders: Path) -> Callable[[Home], list[tuple[str, bytes, bytes]]]:
    """Every YAML file of some folders, and its content as JSON."""

    def right(_: Home) -> list[tuple[str, bytes, bytes]]:
        return [_one(path) for folder in folders for path in sorted(folder.glob("*.yaml"))]

    return right


def _one(path: Path) -> tuple[str, bytes, bytes]:
    text = mutants.text_of(mutants.tree_of(document_of(path)))
    return path.name, path.read_bytes(), text.encode()


def _same(name: str, content: Callable[[Home], bytes]) -> Callable[[Home], list[tuple[str, bytes, bytes]]]:
    return lambda home: [(name, content(home), content(home))]


def _tables(home: Home) -> list[tuple[str, bytes, bytes]]:
    return [(path.name, path.read_bytes(), path.read_bytes()) for path in sorted(home.tables.glob("*.csv"))]


def _in_tables(home: Home, name: str) -> Path:
    folder = home.fresh("tables")
    shutil.copytree(home.tables, folder)
    return folder / name


def _in_made(home: Home, name: str) -> Path:
    folder = home.fresh("made")
    shutil.copytree(home.made, folder)
    return folder / name


def _record(home: Home, name: str) -> Path:
    home.record  # noqa: B018  (makes answer.json)
    return home.fresh(name)


def _parameters(_: Home) -> list[tuple[str, bytes, bytes]]:
    from endplate.knowledge.evidence import load_records

    drawn = [name for name, each in sorted(load_records().items()) if each.distribution.kind != "fixed"][:2]
    raw = f"person,{','.join(drawn)}\n1,0.5,0.4\n2,,1.2\n".encode()
    return [("parameters.csv", raw, raw)]


_DEEP = ("crossed", "crossed", "text", "json", "bytes")
_SIM = ("simulate", "{file}", *FEW)
_INTO = ("--out", "{out}")
KINDS: dict[str, Kind] = {
    "case": Kind(
        _yaml(EXAMPLES, EXAMPLES / "three_cycles"),
        _DEEP,
        (
            ("check", "{file}"),
            ("check", "{file}", *_INTO),
            ("export", "fhir", "{file}", *_INTO),
            ("export", "csv", "{file}", *_INTO),
        ),
        (
            ("view", "joint", "{file}", "--joint", "elbow", *_INTO),
            _SIM,
            ("run", "{file}", *FEW, *_INTO),
            ("view", "spread", "{file}", "--muscle", "biceps_brachii", *_INTO),
            ("view", "junction", "{file}", "--muscle", "biceps_brachii", *_INTO),
            ("compare", "{file}", str(ADULT), *FEW, *_INTO),
            ("individualise", "{file}", "--draws", "50", *_INTO),
            ("explain", "{file}", "--draws", "50"),
            ("develop", "{file}", "--draws", "4"),
            ("optimise", "{file}", "--draws", "50"),
            ("optimise", str(ADULT), "--draws", "50", "--after", "{file}"),
            ("export", "sbml", "{file}", *_INTO),
            ("export", "petab", "{file}", *_INTO),
            ("sensitivity", "{file}", "--draws", "64", "--horizon", "4 wk"),
            ("store", "add", "{file}", "--store", "{held}"),
            ("store", "plan", "arm-04", "{file}", "--store", "{held}"),
        ),
    ),
    "study": Kind(
        _yaml(ROOT / "studies"),
        _DEEP,
        (("reproduce", "{file}", "--draws", "2"),),
    ),
    "goals": Kind(
        _yaml(EXAMPLES / "goals"),
        _DEEP,
        (("optimise", str(ADULT), "--goals", "{file}", "--draws", "50"),),
    ),
    "trial": Kind(
        _yaml(EXAMPLES / "trials"),
        _DEEP,
        (("trial", "{file}", "--replicates", "1"), ("trial", "{file}", "--replicates", "1", *_INTO)),
    ),
    "training": Kind(
        _yaml(TRAININGS),
        _DEEP,
        (
            ("train", "show", "{file}"),
            ("train", "attempt", "{file}", "{answer}"),
            ("train", "show", "{file}", *_INTO),
        ),
    ),
    "answer": Kind(
        lambda _: [
            ("answer.json", raw, raw) for raw in (json.dumps(answer).encode() for _, answer in ANSWERS)
        ],
        ("crossed", "json", "text", "bytes"),
        tuple(("train", "attempt", training, "{file}") for training, _ in ANSWERS),
        (("train", "attempt", ANSWERS[0][0], "{file}", *_INTO),),
    ),
    "record": Kind(
        _same("record.csv", lambda home: home.record),
        ("table", "text", "bytes"),
        (("train", "attempt", ANSWERS[0][0], "{answer}", "--record", "{file}"),),
    ),
    "people": Kind(
        _same("people.csv", lambda _: PEOPLE.encode()),
        ("table", "text", "bytes"),
        (("people", "stroke_arm", "--own", "{file}"), ("people", "stroke_arm", "--own", "{file}", *_INTO)),
    ),
    "people_parquet": Kind(
        _same("people.parquet", lambda home: home.parquet),
        ("bytes",),
        (("people", "stroke_arm", "--own", "{file}"),),
    ),
    "parameters": Kind(_parameters, ("table", "text", "bytes"), (("python", "parameters", "{file}"),)),
    "store_tables": Kind(
        _tables,
        ("table", "text", "bytes"),
        (("store", "add", "{file}", "--store", "{empty}"),),
        placed=_in_tables,
        file=lambda place: place.parent,
    ),
    "store_backup": Kind(
        _same("backup.endplate.gz", lambda home: home.backup),
        ("backup", "backup", "bytes"),
        (("store", "restore", "{file}", "--store", "{store}"),),
    ),
    "store_file": Kind(
        _same("copy.db", lambda home: home.store.read_bytes()),
        ("bytes",),
        (
            ("store", "list", "--store", "{file}"),
            ("store", "show", "arm-04", "--store", "{file}"),
            ("store", "verify", "--store", "{file}"),
            ("store", "export", "--all", "--store", "{file}", *_INTO),
            ("store", "audit", "--store", "{file}"),
        ),
    ),
    "result": Kind(
        _same("result.json", lambda home: home.result),
        ("json", "text", "bytes"),
        (
            ("store", "run", "arm-04", "{file}", "--store", "{held}"),
            ("export", "fhir", str(ADULT), "--result", "{file}", *_INTO),
        ),
    ),
    "label": Kind(
        _same("label.xml", lambda _: SPL.encode()),
        ("text", "bytes"),
        (("labels", "spl", "{file}", "--product", "onabotulinumtoxinA"),),
    ),
    "manifest": Kind(
        _same("manifest.json", lambda home: (home.made / "manifest.json").read_bytes()),
        ("manifest", "manifest", "json", "text", "bytes"),
        (("rerun", "{file}"),),
        placed=_in_made,
    ),
    "trial_folder": Kind(
        lambda home: [(path.name, path.read_bytes(), path.read_bytes()) for path in home.trial_files],
        ("bytes",),
        (("trial", "{trial}", "--replicates", "1", "--out", "{file}"),),
        placed=lambda home, name: home.trial_copy / ("people" if name.startswith("part") else "") / name,
        file=lambda place: place.parent.parent if place.parent.name == "people" else place.parent,
    ),
    "word": Kind(lambda _: [("", b"", b"")], ("text",), ()),
    "http": Kind(
        lambda home: [(path, b"", json.dumps(body).encode()) for path, body in home.requests.items()],
        ("crossed", "json"),
        (),
    ),
}
_VISIT = ("store", "visit", "arm-04", "--measure", "weakness", "--store", "{held}")
WORDS: tuple[Words, ...] = (
    ("check", "{word}"),
    ("check", str(ADULT), "--out", "{folder}/{word}"),
    ("view", "spread", str(ADULT), "--muscle", "{word}", *_INTO),
    ("view", "joint", str(ADULT), "--joint", "{word}", *_INTO),
    ("labels", "status", "--product", "{word}", "--indication", "spasticity"),
    ("labels", "limits", "--product", "onabotulinumtoxinA", "--as-of", "{word}"),
    ("evidence", "trace", "{word}"),
    ("schema", "{word}"),
    ("train", "show", "{word}"),
    ("train", "attempt", "fcr_one_site", "{answer}", "--learner", "{word}"),
    ("train", "attempt", "fcr_one_site", "{answer}", "--record", "{folder}/{word}"),
    ("store", "show", "{word}", "--store", "{held}"),
    ("store", "list", "--code", "{word}", "--store", "{held}"),
    ("store", "list", "--store", "{folder}/{word}"),
    ("store", "backup", "{folder}/{word}", "--store", "{held}"),
    (
        "store",
        "visit",
        "arm-04",
        "--date",
        "{word}",
        "--measure",
        "weakness",
        "--value",
        "no",
        "--store",
        "{held}",
    ),
    (
        "store",
        "visit",
        "arm-04",
        "--date",
        "2026-12-20",
        "--measure",
        "weakness",
        "--value",
        "{word}",
        "--store",
        "{held}",
    ),
    ("store", "export", "{word}", "--store", "{held}", *_INTO),
    ("people", "{word}"),
    ("people", "stroke_arm", "--n", "2", "--age", "{word}"),
    ("people", "stroke_arm", "--n", "2", "--out", "{folder}/{word}"),
    ("people", "stroke_arm", "--own", "{word}"),
    ("simulate", str(ADULT), "--horizon", "{word}"),
    ("simulate", str(ADULT), "--seed", "{word}"),
    ("compare", str(ADULT), "{word}"),
    ("reproduce", "{word}"),
    ("rerun", "{word}"),
    ("labels", "spl", "{word}", "--product", "onabotulinumtoxinA"),
    ("{word}",),
)
"""Command lines in which one word is odd: names, codes, places, days."""


def request_of(home: Home, path: str, body: bytes) -> Any:
    """An answer of the server, asked in process."""
    method, address = path.split(" ")
    return home.client.request(method, address, content=body, headers={"content-type": "application/json"})
