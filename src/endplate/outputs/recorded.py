"""What the store holds of a person, in words and tables: planned beside given, findings, runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from endplate.case import parse_quantity
from endplate.outputs import phrases

Document = Mapping[str, Any]
Shots = Mapping[tuple[str, str], Sequence[Document]]

OF_THE_FILE = "The simulation in this report is of the case file, whatever the store holds."
NOTHING_GIVEN = "What was given is not recorded."
_SIDES = {"bilateral": ("left", "right")}
_NONE = phrases.value(None)
_OF_SESSION = (
    ("day", "date"),
    ("product", "product"),
    ("dilution", "dilution"),
    ("guidance", "guidance"),
    ("expiry", "expiry"),
    ("given of this lot", "units"),
    ("discarded", "discarded"),
    ("note", "note"),
)


def recorded(document: Document) -> dict[str, Any]:
    """What the report says of a ``store`` document."""
    return {
        "sentences": sentences(document),
        "cycles": [_cycle(cycle) for cycle in document["cycles"]],
        "note": OF_THE_FILE,
    }


def sentences(document: Document) -> list[str]:
    """How much is held, and whether the case file is that."""
    count = len(document["cycles"])
    held = f"{count} cycle{'' if count == 1 else 's'} held of {document['code']}"
    at = datetime.fromisoformat(document["changed_at"]).strftime("%Y-%m-%d %H:%M UTC")
    changed = f"version {document['version']}, changed {at} by {document['changed_by']}."
    return [f"{held}, {changed}", _of_the_file(document["case_file"])]


def _of_the_file(found: Document) -> str:
    """Whether the case file differs from what is held, and in what."""
    planned = found["compared_with"] == "planned"
    cycle = f"cycle {found['cycle']}{' as planned' if planned else ''}"
    since = " What was given stands in the store and not in the file." if planned else ""
    if found["same"]:
        return f"The case file is the held case of {cycle}.{since}"
    return f"The case file differs from the held case of {cycle} in: {', '.join(found['differs'])}.{since}"


def _cycle(cycle: Document) -> dict[str, Any]:
    """One cycle as the report shows it."""
    return {
        "name": f"Cycle {cycle['cycle']}",
        "heads": ["planned", *(f"given, lot {row['lot']}" for row in cycle["given"])],
        "sessions": session_rows(cycle),
        "remarks": list(remarks(cycle)),
        "visits": [visit_row(row) for row in cycle["visits"]],
        "runs": [run_row(row) for row in cycle["runs"]],
    }


def session_rows(cycle: Document) -> list[tuple[str, ...]]:
    """The session as planned and as each lot was given: day, product, units, every muscle."""
    if cycle["plan"] is None:
        return []
    columns = [cycle["plan"], *cycle["given"]]
    rows = [(name, *(_said(column.get(key)) for column in columns)) for name, key in _OF_SESSION]
    vials = " + ".join(phrases.words(vial) for vial in cycle["plan"]["vials"] or ())
    rows.insert(len(rows) - 1, ("vials planned", vials or _NONE, *("" for _ in cycle["given"])))
    shots = [_shots(column["injections"]) for column in columns]
    for muscle, side in dict.fromkeys(place for each in shots for place in each):
        cells = (" + ".join(map(_shot, each.get((muscle, side), ()))) or _NONE for each in shots)
        rows.append((f"{phrases.words(muscle)}, {side}", *cells))
    return [row for row in rows if any(cell not in ("", _NONE) for cell in row[1:])]


def _said(held: Any) -> str:
    return _NONE if held is None else phrases.words(held)


def _shots(injections: Sequence[Document]) -> dict[tuple[str, str], list[Document]]:
    """Injections by muscle and side; a dose to both sides is given to each."""
    found: dict[tuple[str, str], list[Document]] = {}
    for shot in injections:
        for side in _SIDES.get(shot["side"], (shot["side"],)):
            found.setdefault((shot["muscle"], side), []).append(shot)
    return found


def _shot(shot: Document) -> str:
    """Dose, sites and level of one injection."""
    at = f", at {shot['at']}" if shot.get("at") else ""
    return f"{shot['dose']} ({shot.get('sites') or 1}{at})".replace(" ", phrases.SPACE)


def remarks(cycle: Document) -> Iterator[str]:
    """In what the session given departs from the plan."""
    if cycle["plan"] is None:
        yield "No plan is held."
        return
    if not cycle["given"]:
        yield NOTHING_GIVEN
        return
    planned = _shots(cycle["plan"]["injections"])
    given = _shots([shot for row in cycle["given"] for shot in row["injections"]])
    for told, places in (
        ("Planned and not recorded as given", [place for place in planned if place not in given]),
        ("Given and not planned", [place for place in given if place not in planned]),
    ):
        if places:
            yield f"{told}: {'; '.join(f'{phrases.words(muscle)}, {side}' for muscle, side in places)}."
    if {row["product"] for row in cycle["given"]} == {cycle["plan"]["product"]}:
        yield from _other_doses(planned, given)


def _other_doses(planned: Shots, given: Shots) -> Iterator[str]:
    """Muscles that were given other units than planned, of the same product."""
    for place in planned:
        before, after = (_units(side.get(place, ())) for side in (planned, given))
        if before is not None and after is not None and before != after:
            name = f"{phrases.words(place[0])}, {place[1]}"
            told = f"{name}: {phrases.units(before)} planned, {phrases.units(after)} given."
            yield told[:1].upper() + told[1:]


def _units(shots: Sequence[Document]) -> float | None:
    """Units of injections together; None where there are none, or their doses go by body mass."""
    doses = [parse_quantity(shot["dose"]) for shot in shots]
    return sum(dose.value for dose in doses) if doses and all(dose.unit == "U" for dose in doses) else None


def visit_row(row: Document) -> tuple[str, str, str, str]:
    """Day, what was looked at, what was found, and the note beside it."""
    place = " ".join(phrases.words(row[key]) for key in ("joint", "movement") if row[key])
    side = f" ({row['side']})" if row["side"] else ""
    measure = "" if row["measure"] == "scale" else phrases.words(row["measure"])
    scale = f" ({phrases.scale_words(row['scale'])})" if row["scale"] else ""
    tardieu = row["tardieu"] or {}
    angles = [f"{key.upper()} {tardieu[key]}" for key in ("r1", "r2") if tardieu.get(key)]
    found = ", ".join([*([f"{row['value']}{scale}"] if row["value"] else []), *angles])
    rater = f"rater {row['rater']}" if row["rater"] else ""
    named = ", ".join(part for part in (measure, f"{place}{side}") if part)
    return row["date"], named, found, "; ".join(part for part in (rater, row["note"] or "") if part)


def run_row(row: Document) -> dict[str, str]:
    """What ran, with which seed, draws and versions, and the checksums of what went in and came out."""
    return {
        "verb": row["verb"],
        "seed": str(row["seed"]),
        "draws": str(row["draws"]),
        "versions": f"{row['program_version']}, model {row['model_version']}",
        "case": "as held now" if row["of_today"] else "as held then",
        "inputs": row["inputs_sha256"],
        "result": row["result_sha256"],
    }
