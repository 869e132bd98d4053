"""A case on its way: what can be told before it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

from endplate.app.asked import quantity_of
from endplate.case import Case, plan_of
from endplate.case.loader import from_document
from endplate.errors import InputError
from endplate.knowledge.labels import Rule, rules_for
from endplate.knowledge.vocabulary import GROUPS, JURISDICTIONS, PRODUCTS, canonical_muscle
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.outputs.language import told
from endplate.questions.checking.bounds import above, maxima
from endplate.questions.checking.context import gather
from endplate.questions.checking.muscles import members
from endplate.questions.checking.totals import Total
from endplate.questions.checking.totals import totals as held_totals

_DRAWN = "1 U"  # of a row without a dose, where only the place of its needles is drawn


def drawable(document: Mapping[str, Any]) -> Case:
    """The case with something in place of every dose that is not yet typed: for drawings, which show no dose.

    Raises:
        InputError: what is there cannot be read.
    """
    held = deepcopy(dict(document))
    plan = held.get("plan")
    for row in _rows(plan) if isinstance(plan, dict) else ():
        if not row.get("dose"):
            row["dose"] = _DRAWN
    return from_document(Case, held)


def ranges(document: Mapping[str, Any]) -> dict[str, Any]:
    """The range held beside each muscle of a draft, for its product, place, age and day.

    Muscles without a row are None: no number is held for them.

    Raises:
        InputError: product, place, age, weight or day cannot be read.
    """
    plan, patient = (_section(document, name) for name in ("plan", "patient"))
    product, place = str(plan.get("product")), str(plan.get("jurisdiction"))
    muscles = [str(row.get("muscle")) for row in _rows(plan)]
    if product not in PRODUCTS or place not in JURISDICTIONS or not patient.get("age"):
        return {"muscles": dict.fromkeys(muscles), "dilutions": [], "known": False}
    age_y = quantity_of(str(patient["age"]), ("y", "mo", "wk", "d"), "y", "patient.age")
    weight = patient.get("weight")
    weight_kg = None if not weight else float(quantity_of(str(weight), ("kg",), "kg", "patient.weight"))
    every = rules_for(product, place, _day(plan.get("date")), age_y=float(age_y))
    doses = [rule for rule in every if rule.scope.startswith("muscle_dose")]
    return {
        "muscles": {name: _range(doses, name, weight_kg) for name in muscles},
        "dilutions": [rule.to_dict(weight_kg) for rule in every if rule.scope == "dilution"],
        "known": True,
    }


def totals(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a draft plans for each limb and together, against the totals held, summed as the check does it.

    Rows without a dose add nothing, but their limb is told. ``limit_U`` is the lowest maximum; None where one
    of them cannot be known without a weight.

    Raises:
        InputError: the draft has no plan, or what is there cannot be read.
    """
    sketch = drawable(document)
    whole = gather(sketch, plan_of(sketch))
    rows = [row for row in document["plan"]["injections"] if row.get("dose")]
    dosed = (
        from_document(Case, {**document, "plan": {**document["plan"], "injections": rows}}) if rows else None
    )
    injections = gather(dosed, dosed.plan).injections if dosed and dosed.plan else ()
    context = replace(whole, injections=injections)
    return [_told(total, context.weight_kg) for total in held_totals(context, whole.injections)]


def _told(total: Total, weight_kg: float | None) -> dict[str, Any]:
    rules = [rule for rule in total.rules if rule.maximum is not None]
    known = [] if any(rule.maximum_for(weight_kg) is None for rule in rules) else maxima(rules, weight_kg)
    limit = known[0][0] if known else None
    return {
        "what": told(total.what),
        "planned_U": total.units,
        "limit_U": limit,
        "over": limit is not None and total.units is not None and above(total.units, limit),
        "limits": [rule.to_dict(weight_kg) for rule in rules],
    }


def _section(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    held = document.get(name)
    return held if isinstance(held, Mapping) else {}


def _rows(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The injections of a draft, as far as there are any."""
    held = plan.get("injections")
    return [row for row in held if isinstance(row, dict)] if isinstance(held, list) else []


def _day(text: object) -> date:
    if not text:
        return date.today()
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        message, remedy = Sentence("{value} is not a date", value=repr(text)), "Write it as 2026-11-20."
        raise InputError(message, rule="date", remedy=remedy, field="plan.date") from error


def _range(rules: list[Rule], muscle: str, weight_kg: float | None) -> dict[str, Any] | None:
    """The rows that name a muscle; the first is shown, all are there."""
    known = canonical_muscle(muscle) or muscle
    named = set(GROUPS.get(known, (known,)))
    held = [rule.to_dict(weight_kg) for rule in rules if named <= members(rule)]
    return {**held[0], "rows": held} if held else None
