"""What a report says of a plan in print and on a page: doses with ranges, sites, follow-up, identity."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

from endplate.knowledge.vocabulary import wording
from endplate.outputs import phrases
from endplate.outputs.language import N_, _, capital, figures, quantity, unit

Document = Mapping[str, Any]

USUAL_WEEKS: Final = (2, 4, 6, 12)
"""Weeks after a session in which visits are suggested, as the app does."""
_AIMS = {
    2: N_("onset and early unwanted effects"),
    4: N_("effect on grades, catch and range, goal attainment"),
    12: N_("wearing off; the next session is spoken of"),
}
CREDITS: Final = N_(
    "Third-party data and software with their licences: THIRD_PARTY.md, which comes with endplate; "
    "'endplate doctor --licences' lists what is installed."
)
HASH: Final = N_("SHA-256 of the inputs (the case as the run read it, as JSON with sorted keys): {hash}")
_STATUS = {
    "named": N_("in the rows held"),
    "not_named": N_("off-label muscle"),
    "not_known": N_("no row held"),
}
_PER_KG = "/kg"
_LEAST_ML = 0.1
_LEAST_VIALS = 2


@dataclass(frozen=True)
class DoseTable:
    """Doses with volumes and ranges held.

    Attributes:
        heads: names of the columns, each with what stands small below it.
        rows: cells; the first names muscle and side.
        notes: what the numbers in brackets stand for: number, citation, address and how it was read.
        groups: what a dose for a group of muscles comes to, a line for each group and side.
    """

    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[Mapping[str, str], ...]
    groups: tuple[str, ...]


def differs_as_written(check: Document, plan: Document) -> bool:
    """Whether the rows of a plan say more than the table of doses: aim, own fluid, groups, sides, per kg."""
    rows, held = plan.get("injections") or (), check.get("doses") or ()
    own = ("at", "volume", "dilution")
    told = any(
        any(row.get(key) for key in own) or row.get("side") == "bilateral" or _PER_KG in str(row["dose"])
        for row in rows
    )
    return told or len(rows) != len(held)


def dose_table(check: Document, plan: Document) -> DoseTable | None:
    """The doses that a check holds, ready to be drawn up; None where it holds none.

    Args:
        check: the ``check`` document.
        plan: the plan as its file holds it, for whether doses were written per kg.
    """
    held = check.get("doses")
    if not held:
        return None
    per_kg = any(_PER_KG in str(row["dose"]) for row in plan.get("injections") or ())
    numbers: dict[tuple[str, ...], int] = {}
    rows = (*(_cells(row, per_kg, numbers) for row in held), _total(held, per_kg))
    mark = figures(f"{held[0]['mark_mL']:g}")
    heads = [(_("Muscle"), ""), (_("Dose"), "U")]
    heads += [(_("Per kg"), "U/kg")] if per_kg else []
    heads += [(_("Sites"), ""), (_("Per site"), "mL"), (_("Volume"), "mL")]
    heads += [(_("Per {mark} mL", mark=mark), "U"), (_("Range held"), _("[source]")), (_("Label"), "")]
    notes = tuple(_note(key, number) for key, number in numbers.items())
    return DoseTable(tuple(heads), rows, notes, _groups(held, plan, per_kg))


def _groups(held: Sequence[Document], plan: Document, per_kg: bool) -> tuple[str, ...]:
    """What every dose for a group comes to, with its parts."""
    found = []
    order = sorted(held, key=lambda row: (row["where"], row["side"]))
    for (where, side), rows in groupby(order, key=lambda row: (row["where"], row["side"])):
        parts = list(rows)
        if len(parts) > 1:
            group = plan["injections"][int(where.rsplit("[", 1)[1].rstrip("]"))]["muscle"]
            shares = ", ".join(f"{phrases.words(row['muscle'])} {_number(row['dose_U'])}" for row in parts)
            units, kg = (sum(row[key] or 0 for row in parts) for key in ("dose_U", "U_per_kg"))
            told = f"{_number(units)} U" + (f", {_number(kg)} U/kg" if per_kg and kg else "")
            name = phrases.muscle_side(group, side)
            found.append(_("{group}: {told} in all ({parts})", group=name, told=told, parts=shares))
    return tuple(found)


def _total(held: Sequence[Document], per_kg: bool) -> tuple[str, ...]:
    """Units, sites and fluid of the whole session."""
    units, sites, fluid = (sum(row[key] for row in held) for key in ("dose_U", "sites", "volume_mL"))
    kg = [_number(sum(row["U_per_kg"] or 0 for row in held))] if per_kg else []
    return (_("Total"), _number(units), *kg, str(sites), "", volume(fluid), "", "", "")


def _cells(row: Document, per_kg: bool, numbers: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """One dose; sources met for the first time get the next number."""
    kg = [_number(row["U_per_kg"])] if per_kg else []
    return (
        phrases.muscle_side(row["muscle"], row["side"]),
        _number(row["dose_U"]),
        *kg,
        str(row["sites"]),
        *(volume(row[key]) for key in ("mL_per_site", "volume_mL")),
        _number(row["U_per_mark"]),
        "; ".join(_range(rule, row["muscle"], numbers) for rule in row["held"]) or _("none held"),
        _(_STATUS[row["label"]]),
    )


def _range(rule: Document, muscle: str, numbers: dict[tuple[str, ...], int]) -> str:
    """A range with the muscles that share it and the number of its source."""
    source = rule.get("source") or {}
    key = tuple(str(source.get(name) or "") for name in ("citation", "url", "date"))
    key += (str(rule["basis"]), "yes" if rule["verified"] else "")
    number = numbers.setdefault(key, len(numbers) + 1)
    low, high = (None if rule[end] is None else _number(rule[end]) for end in ("min", "max"))
    told = _("{low} to {high}", low=low, high=high)
    if low is None or high is None or low == high:
        told = str(high or low)
        told = (
            told if low == high else _("at most {high}", high=high) if high else _("at least {low}", low=low)
        )
    others = [name for name in rule["muscles"] if name != muscle]
    shared = f" {_('together with {muscles}', muscles=', '.join(map(phrases.words, others)))}"
    told = f"{told} {unit(rule['unit'])}".replace(" ", phrases.SPACE)
    return f"{told}{shared if others and rule.get('per') != 'each' else ''}{phrases.SPACE}[{number}]"


def _note(key: tuple[str, ...], number: int) -> dict[str, str]:
    """What a number in brackets stands for."""
    citation, url, day, basis, verified = key
    read = _("checked against the label") if verified else _("not checked against the label")
    told = f"{phrases.words(basis)}; {read}"
    told += f"; {_('checked {date}', date=day)}" if day else ""
    return {"number": str(number), "citation": citation, "url": url, "read": told}


def _number(value: float | None) -> str:
    """Up to four significant digits without needless zeros."""
    return phrases.value(None) if value is None else figures(f"{value:.4g}")


def volume(mL: float | None) -> str:
    """A volume to a hundredth of a millilitre, which a syringe can show; less to two digits."""
    if mL is None:
        return phrases.value(None)
    told = f"{mL:.2f}" if mL >= _LEAST_ML else f"{mL:.2g}"
    return figures(f"{float(told):g}")


def cycle(case: Document) -> int:
    """Which session this is: earlier ones and one."""
    return len(case.get("history") or ()) + 1


def goal_lines(case: Document) -> list[str]:
    """Every goal with its baseline of goal attainment."""
    found = []
    for goal in case.get("goals") or ():
        level = goal.get("gas_baseline")
        at = "" if level is None else _("goal attainment at baseline {level}", level=phrases.value(level, 0))
        found.append(f"{goal['text']} ({at})" if at else str(goal["text"]))
    return found


def follow_up(plan: Document) -> list[tuple[str, str, str]]:
    """Weeks, dates and what is looked at; empty where the plan has no date."""
    if not plan.get("date"):
        return []
    day = date.fromisoformat(str(plan["date"]))
    first, early, late, last = ((day + timedelta(weeks=week)).isoformat() for week in USUAL_WEEKS)
    weeks = [str(USUAL_WEEKS[0]), f"{USUAL_WEEKS[1]}\N{EN DASH}{USUAL_WEEKS[2]}", str(USUAL_WEEKS[-1])]
    dates = [first, _("{low} to {high}", low=early, high=late), last]
    return list(zip(weeks, dates, map(_, _AIMS.values()), strict=True))


def record_heads() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the columns to be filled in by hand: muscle by muscle, and vial by vial."""
    return (
        (_("Muscle"), f"{_('Planned')}, U", _("Sites planned"), f"{_('Given')}, U", _("Actual sites")),
        (_("Vial"), _("Lot"), _("Expiry"), _("U given"), _("U discarded")),
    )


def record_rows(check: Document, plan: Document) -> tuple[list[list[str]], list[list[str]]]:
    """The lines to be filled in by hand: every muscle and side of the plan, and every vial, at least two."""
    shots = [
        [
            capital(phrases.muscle_side(row["muscle"], row["side"])),
            _number(row["dose_U"]),
            str(row["sites"]),
            "",
            "",
        ]
        for row in check.get("doses") or ()
    ]
    vials = max(len(plan.get("vials") or ()), _LEAST_VIALS)
    return shots, [[str(k + 1), "", "", "", ""] for k in range(vials)]


def inputs_hash(inputs: Document) -> str:
    """SHA-256 of the case as the run read it: what the store writes down of a run."""
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return sha256(text.encode()).hexdigest()


def identity(inputs: Document) -> str:
    """The hash of the inputs in a sentence."""
    return _(HASH, hash=inputs_hash(inputs))


def earliest(check: Document) -> str:
    """The earliest day the limits allow for a next session, where one is told."""
    day = (check.get("next") or {}).get("earliest_by_limits")
    return _("Earliest next session by the limits held: {date}.", date=day) if day else ""


def preparation(check: Document) -> Sequence[str]:
    """Units and fluid of the plan, diluent of every vial, and what is left over."""
    held = check.get("preparation")
    if not held:
        return ()
    units = phrases.units
    told = [
        _(
            "To prepare: {dose} in {volume} mL",
            dose=units(held["planned_U"], held["product"]),
            volume=volume(held["volume_mL"]),
        )
    ]
    vials = held["vials_U"] or held["fewest_vials_U"]
    if held["diluent_mL"]:
        fluid = " + ".join(
            f"{units(size)}: {volume(mL)} mL" for size, mL in zip(vials, held["diluent_mL"], strict=True)
        )
        told.append(_("diluent by vial {fluid}", fluid=quantity(fluid)))
    over = held["left_over_U"] if held["vials_U"] else held["fewest_left_over_U"]
    told.append(rest(over))
    return told


def rest(over_U: float) -> str:
    """What is left over of the vials, U, or how much they lack."""
    if over_U < 0:
        return _("{units} short", units=phrases.units(-over_U))
    return _("left over {rest}", rest=phrases.units(over_U))


def child_line(patient: Document) -> str:
    """The sentence on children: what to enter only where it is not there."""
    given = patient.get("age") and patient.get("weight")
    return _(wording.NOT_SCALED if given else wording.UNDER_18)


def label_fact(check: Document) -> str:
    """Whether the use is on label, and how many of the muscles are not."""
    told = _("use {status}", status=phrases.words(check["status"]))
    off = {row["muscle"] for row in check.get("doses") or () if row["label"] == "not_named"}
    if not off:
        return told
    many = _("1 muscle off label") if len(off) == 1 else _("{count} muscles off label", count=len(off))
    return f"{told}; {many}"
