"""The store with a hundred thousand persons: time of a look, a page, a change, a backup, a whole reading.

The persons are copies of one example with codes of their own, put in as a backup. Bars: a person shown in
20 ms, a page of the list in 100 ms. Beside them stands the time of one plain SELECT of SQLite, because on a
shared machine only ratios taken inside one run can be compared. Prints a table, then one JSON document.

Run: python benchmarks/store.py [--persons N] [--url postgresql://...]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from endplate.case import load_case
from endplate.store import Store, Wanted
from endplate.store.canonical import canonical, checksum, content

CASE = Path(__file__).resolve().parents[1] / "examples" / "adult_arm_followup.yaml"
PERSONS, TIMES = 100_000, 50
SHOW_MS, PAGE_MS = 20.0, 100.0


def copied(row: dict[str, Any], number: int, step: int) -> dict[str, Any]:
    """A row of the person with the number, from that of the first; ``step`` rows belong to each."""
    copy = {**row, "id": (number - 1) * step + row["id"]}
    if "code" in row:
        copy["code"] = f"p-{number:06d}"
    for name in ("person_id", "cycle_id"):
        if name in row:
            copy[name] = number
    if "entity" in row:
        copy["entity_id"] = (number - 1) * (2 if row["entity"] == "visit" else 1) + row["entity_id"]
        copy["new"] = {
            key: part for key, part in copied({**row["new"], "id": 1}, number, 1).items() if key != "id"
        }
    return {**copy, "digest": checksum(content(copy))}


def lines(sample: list[tuple[str, dict[str, Any]]], persons: int) -> Iterator[str]:
    """The lines of a backup of that many persons."""
    tables = list(dict.fromkeys(table for table, _ in sample))
    rows = {table: [row for name, row in sample if name == table] for table in tables}
    counts = {"given": 0, "run": 0, **{table: len(held) * persons for table, held in rows.items()}}
    yield canonical({"endplate_backup": 1, "schema": "2", "rows": counts})
    for table, held in rows.items():
        for number in range(1, persons + 1):
            for row in held:
                yield canonical([table, copied(row, number, len(held))])


def write_backup(folder: Path, persons: int) -> Path:
    """A backup of that many copies of the example."""
    store, _ = Store.init(folder / "one.db")
    with store:
        store.add(load_case(CASE))
        store.backup(folder / "one.gz")
    told = [json.loads(line) for line in gzip.decompress((folder / "one.gz").read_bytes()).splitlines()]
    digest, file = hashlib.sha256(), folder / "many.gz"
    with gzip.open(file, "wb", 1) as stream:
        for line in lines([(table, row) for table, row in told[1:-1]], persons):
            raw = line.encode() + b"\n"
            digest.update(raw)
            stream.write(raw)
        stream.write(canonical({"sha256": digest.hexdigest()}).encode() + b"\n")
    return file


def once_s(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_ms(work: Callable[[], object]) -> float:
    """Median milliseconds of many calls, the first left out."""
    work()
    return 1000 * statistics.median(once_s(work) for _ in range(TIMES))


def plain_select_ms(file: Path, dice: random.Random, persons: int) -> float:
    """Milliseconds of one row by its code, with SQLite alone."""
    connection = sqlite3.connect(file)

    def look() -> None:
        code = f"p-{dice.randrange(1, persons + 1):06d}"
        connection.execute("SELECT * FROM person WHERE code = ?", (code,)).fetchall()

    return median_ms(look)


def measure(name: str, place: str, backup: Path, persons: int) -> dict[str, Any]:
    """Every time of one database."""
    dice = random.Random(1)
    finding = {"date": "2026-09-21", "joint": "wrist", "side": "right", "measure": "scale"}
    graded = {**finding, "scale": "modified_ashworth", "value": "1"}

    def code() -> str:
        return f"p-{dice.randrange(1, persons + 1):06d}"

    restore_s = once_s(lambda: Store.restore(backup, place))
    with Store.open(place) as store:
        pages = store.page()["pages"]
        ms = {
            "show": median_ms(lambda: store.show(code())),
            "case": median_ms(lambda: store.case(code())),
            "first page": median_ms(lambda: store.page()),
            "last page": median_ms(lambda: store.page(pages)),
            "page of a condition": median_ms(lambda: store.page(2, Wanted(condition="stroke"))),
            "page of codes": median_ms(lambda: store.page(1, Wanted(code="p-0999"))),
            "visit": median_ms(lambda: store.visit(code(), graded)),
            "audit of one": median_ms(lambda: store.audit(code())),
        }
        verify_s = once_s(lambda: store.verify())
        backup_s = once_s(lambda: store.backup(backup.with_name(f"{name}.gz")))
    bars = {"show": SHOW_MS, **{key: PAGE_MS for key in ms if "page" in key}}
    for key, spent in ms.items():
        bar = f"  bar {bars[key]:g} ms: {'met' if spent < bars[key] else 'NOT met'}" if key in bars else ""
        print(f"{name:12}{key:22}{spent:9.2f} ms{bar}")
    print(f"{name:12}restore {restore_s:.1f} s, verify {verify_s:.1f} s, backup {backup_s:.1f} s")
    met = all(ms[key] < bar for key, bar in bars.items())
    whole = {"restore_s": restore_s, "verify_s": verify_s, "backup_s": backup_s}
    return {"database": name, "ms": ms, "bars_ms": bars, **whole, "met": met}


def main() -> None:
    """Measure SQLite, and PostgreSQL where an empty database is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=PERSONS)
    parser.add_argument("--url", help="an empty PostgreSQL database")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        backup = write_backup(folder, asked.persons)
        rows = [measure("sqlite", str(folder / "many.db"), backup, asked.persons)]
        plain = plain_select_ms(folder / "many.db", random.Random(2), asked.persons)
        size = (folder / "many.db").stat().st_size / 1e6
        if asked.url:
            rows.append(measure("postgresql", asked.url, backup, asked.persons))
    print(f"one plain SELECT: {plain:.3f} ms; SQLite file {size:.0f} MB")
    told = {"persons": asked.persons, "plain_select_ms": plain, "file_MB": size, "rows": rows}
    print(json.dumps({**told, "all_met": all(row["met"] for row in rows)}))


if __name__ == "__main__":
    main()
