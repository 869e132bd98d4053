"""What the store holds of a person, in words and tables: planned beside given, findings, runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from endplate.case import parse_quantity
from endplate.outputs import phrases
from endplate.outputs.language import N_, _, capital, quantity

Document = Mapping[str, Any]
Shots = Mapping[tuple[str, str], Sequence[Document]]

OF_THE_FILE = N_("The simulation in this report is of the case file, whatever the store holds.")
NOTHING_GIVEN = N_("What was given is not recorded.")
_SIDES = {"bilateral": ("left", "right")}
_NONE = phrases.value(None)
_OF_SESSION = (
    (N_("day"), "date"),
    (N_("product"), "product"),
    (N_("dilution"), "dilution"),
    (N_("guidance"), "guidance"),
    (N_("expiry"), "expiry"),
    (N_("given of this lot"), "units"),
    (N_("discarded"), "discarded"),
    (N_("note"), "note"),
)


def recorded(document: Document) -> dict[str, Any]:
    """What the report says of a ``store`` document."""
    return {
        "sentences": sentences(document),
        "cycles": [_cycle(cycle) for cycle in document["cycles"]],
        "note": _(OF_THE_FILE),
    }


def sentences(document: Document) -> list[str]:
    """How much is held, and whether the case file is that."""
    count = len(document["cycles"])
    text = N_("{count} cycles held of {code}, version {version}, changed {at} by {who}.")
    if count == 1:
        text = N_("{count} cycle held of {code}, version {version}, changed {at} by {who}.")
    held = _(
        text,
        count=count,
        code=document["code"],
        version=document["version"],
        at=datetime.fromisoformat(document["changed_at"]).strftime("%Y-%m-%d %H:%M UTC"),
        who=document["changed_by"],
    )
    return [held, _of_the_file(document["case_file"])]


def _of_the_file(found: Document) -> str:
    """Whether the case file differs from what is held, and in what."""
    planned = found["compared_with"] == "planned"
    text = N_("cycle {number} as planned") if planned else N_("cycle {number}")
    cycle = _(text, number=found["cycle"])
    since = f" {_('What was given stands in the store and not in the file.')}" if planned else ""
    if found["same"]:
        return _("The case file is the held case of {cycle}.", cycle=cycle) + since
    differs = ", ".join(found["differs"])
    text = N_("The case file differs from the held case of {cycle} in: {fields}.")
    return _(text, cycle=cycle, fields=differs) + since


def _cycle(cycle: Document) -> dict[str, Any]:
    """One cycle as the report shows it."""
    return {
        "name": _("Cycle {number}", number=cycle["cycle"]),
        "heads": [_("planned"), *(_("given, lot {lot}", lot=row["lot"]) for row in cycle["given"])],
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
    rows = [(_(name), *(_said(column.get(key)) for column in columns)) for name, key in _OF_SESSION]
    vials = " + ".join(quantity(phrases.words(vial)) for vial in cycle["plan"]["vials"] or ())
    rows.insert(len(rows) - 1, (_("vials planned"), vials or _NONE, *("" for _ in cycle["given"])))
    shots = [_shots(column["injections"]) for column in columns]
    for muscle, side in dict.fromkeys(place for each in shots for place in each):
        cells = (" + ".join(map(_shot, each.get((muscle, side), ()))) or _NONE for each in shots)
        rows.append((phrases.muscle_side(muscle, side), *cells))
    return [row for row in rows if any(cell not in ("", _NONE) for cell in row[1:])]


def _said(held: Any) -> str:
    return _NONE if held is None else quantity(phrases.words(held))


def _shots(injections: Sequence[Document]) -> dict[tuple[str, str], list[Document]]:
    """Injections by muscle and side; a dose to both sides is given to each."""
    found: dict[tuple[str, str], list[Document]] = {}
    for shot in injections:
        for side in _SIDES.get(shot["side"], (shot["side"],)):
            found.setdefault((shot["muscle"], side), []).append(shot)
    return found


def _shot(shot: Document) -> str:
    """Dose, sites and level of one injection."""
    at = f", {_('at {place}', place=quantity(str(shot['at'])))}" if shot.get("at") else ""
    return f"{quantity(str(shot['dose']))} ({shot.get('sites') or 1}{at})".replace(" ", phrases.SPACE)


def remarks(cycle: Document) -> Iterator[str]:
    """In what the session given departs from the plan."""
    if cycle["plan"] is None:
        yield _("No plan is held.")
        return
    if not cycle["given"]:
        yield _(NOTHING_GIVEN)
        return
    planned = _shots(cycle["plan"]["injections"])
    given = _shots([shot for row in cycle["given"] for shot in row["injections"]])
    for text, places in (
        (
            N_("Planned and not recorded as given: {places}."),
            [place for place in planned if place not in given],
        ),
        (N_("Given and not planned: {places}."), [place for place in given if place not in planned]),
    ):
        if places:
            yield _(text, places="; ".join(phrases.muscle_side(*place) for place in places))
    if {row["product"] for row in cycle["given"]} == {cycle["plan"]["product"]}:
        yield from _other_doses(planned, given)


def _other_doses(planned: Shots, given: Shots) -> Iterator[str]:
    """Muscles that were given other units than planned, of the same product."""
    for place in planned:
        before, after = (_units(side.get(place, ())) for side in (planned, given))
        if before is not None and after is not None and before != after:
            told = _(
                "{muscle}: {before} planned, {after} given.",
                muscle=phrases.muscle_side(*place),
                before=phrases.units(before),
                after=phrases.units(after),
            )
            yield capital(told)


def _units(shots: Sequence[Document]) -> float | None:
    """Units of injections together; None where there are none, or their doses go by body mass."""
    doses = [parse_quantity(shot["dose"]) for shot in shots]
    return sum(dose.value for dose in doses) if doses and all(dose.unit == "U" for dose in doses) else None


def visit_row(row: Document) -> tuple[str, str, str, str]:
    """Day, what was looked at, what was found, and the note beside it."""
    place = phrases.joint(row["joint"], row["movement"]) if row["joint"] else ""
    if row["side"]:
        place = _("{joint} ({side})", joint=place, side=phrases.words(row["side"]))
    measure = "" if row["measure"] == "scale" else phrases.words(row["measure"])
    scale = f" ({phrases.scale_words(row['scale'])})" if row["scale"] else ""
    tardieu = row["tardieu"] or {}
    angles = [f"{key.upper()} {quantity(str(tardieu[key]))}" for key in ("r1", "r2") if tardieu.get(key)]
    found = ", ".join(
        [*([f"{phrases.finding_words(str(row['value']))}{scale}"] if row["value"] else []), *angles]
    )
    rater = _("rater {code}", code=row["rater"]) if row["rater"] else ""
    named = ", ".join(part for part in (measure, place) if part)
    return row["date"], named, found, "; ".join(part for part in (rater, row["note"] or "") if part)


def run_row(row: Document) -> dict[str, str]:
    """What ran, with which seed, draws and versions, and the checksums of what went in and came out."""
    return {
        "verb": row["verb"],
        "seed": str(row["seed"]),
        "draws": str(row["draws"]),
        "versions": _("{program}, model {model}", program=row["program_version"], model=row["model_version"]),
        "case": _("as held now") if row["of_today"] else _("as held then"),
        "inputs": row["inputs_sha256"],
        "result": row["result_sha256"],
    }
