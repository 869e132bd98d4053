"""What the store holds, as lines for a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


def list_lines(page: Document) -> Iterator[str]:
    """A page of persons."""
    for row in page["persons"]:
        session = f"{row['last_date'] or 'no session':10}  {row['product'] or ''}"
        cycles = f"{row['cycles']} cycle(s)"
        yield f"  {row['code']:24} {(row['condition'] or ''):24} {cycles:11} {session}"
    yield f"Page {page['page']} of {page['pages']}, {page['total']} person(s)"


def person_lines(person: Document) -> Iterator[str]:
    """One person with every cycle."""
    changed = f"changed {person['changed_at']} by {person['changed_by']}"
    yield f"{person['code']}  {person['condition'] or ''}  version {person['version']}, {changed}"
    for cycle in person["cycles"]:
        yield f"Cycle {cycle['cycle']}"
        yield from _plan(cycle)
        for row in cycle["given"]:
            yield from _given(row)
        for row in cycle["visits"]:
            yield "  " + _words("visit", row, ("date", "joint", "side", "measure", "scale", "value", "note"))
        for row in cycle["runs"]:
            told = f"{row['verb']}, seed {row['seed']}, {row['draws']} draws"
            yield f"  run {row['id']}: {told}{_of_today(row)}"


def _plan(cycle: Document) -> Iterator[str]:
    plan = cycle["plan"]
    if plan is None:
        yield "  no plan"
        return
    label = "planned, but see what was given:" if cycle["given"] else "planned"
    yield f"  {label} {plan['date']} {plan['product']}"
    yield from _shots(plan["injections"])


def _given(row: Document) -> Iterator[str]:
    vials = f"{row['units']} given, {row['discarded']} discarded"
    lot = f"lot {row['lot']}, expiry {row['expiry']}"
    yield f"  given {row['id']}: {row['date']} {row['product']}, {lot}, {vials}{_noted(row)}"
    yield from _shots(row["injections"])


def _shots(shots: Iterable[Document]) -> Iterator[str]:
    for shot in shots:
        sites = f"{shot['sites']} site(s)" if shot.get("sites") else ""
        name = shot["muscle"].replace("_", " ")
        yield f"    {name:32} {shot['side']:9} {shot['dose']:>8}  {sites}".rstrip()


def _words(name: str, row: Document, keys: Iterable[str]) -> str:
    told = " ".join(str(row[key]).replace("_", " ") for key in keys if row[key] is not None)
    return f"{name} {row['id']}: {told}"


def _noted(row: Document) -> str:
    return f", {row['note']}" if row["note"] else ""


def _of_today(row: Document) -> str:
    return "" if row["of_today"] else ", of what was held then"


def audit_lines(entries: Iterable[Document]) -> Iterator[str]:
    """The changes of the audit, each with what it changed."""
    for entry in entries:
        what = f"{entry['entity']} {entry['entity_id']}"
        yield f"  {entry['at']}  {entry['who']}  {entry['code']}  {what}: {_change(entry)}"


def _change(entry: Document) -> str:
    old, new = entry["old"], entry["new"]
    if old is None:
        return "added"
    hidden = ("version", "changed_at", "changed_by")
    names = [name for name in dict.fromkeys([*old, *new]) if name not in hidden]
    changed = [name for name in names if old.get(name) != new.get(name)]
    parts = [f"{name} {old.get(name)} -> {new.get(name)}" for name in changed]
    return "; ".join(parts) or "counted up"
