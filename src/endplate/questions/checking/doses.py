"""Every dose of a plan with its volumes and the range held beside it."""

from __future__ import annotations

from typing import Any

from endplate.case.plan import PlannedInjection
from endplate.knowledge.labels import Rule, list_complete
from endplate.questions.checking.context import Context, limb_of
from endplate.questions.checking.muscles import members

MARK_ML = 0.1
"""The mark of a syringe that doses are told for."""


def doses(context: Context) -> list[dict[str, Any]]:
    """The ``doses`` of the JSON result: one row for each muscle and side, groups taken apart.

    Every row has ``U_per_kg`` (None without a weight), ``mL_per_site``, ``U_per_mark`` for ``mark_mL`` of the
    syringe, ``label`` (``named``, ``not_named`` or ``not_known``: whether the rows held name the muscle) and
    ``held``, the rows that do.
    """
    rules = context.family("muscle_dose")
    return [_row(context, item, rules) for item in context.injections]


def _row(context: Context, item: PlannedInjection, rules: tuple[Rule, ...]) -> dict[str, Any]:
    held = [rule for rule in rules if item.muscle in members(rule)]
    weight = context.weight_kg
    return {
        "where": item.where,
        "muscle": item.muscle,
        "side": item.side,
        "dose_U": round(item.dose_U, 6),
        "U_per_kg": round(item.dose_U / weight, 6) if weight else None,
        "sites": item.sites,
        "volume_mL": round(item.volume_mL, 6),
        "mL_per_site": round(item.volume_mL / item.sites, 6),
        "mark_mL": MARK_ML,
        "U_per_mark": round(item.dose_U / item.volume_mL * MARK_ML, 6) if item.volume_mL else None,
        "label": "named" if held else _not_named(context, item, rules),
        "held": [{**rule.to_dict(weight), "per": rule.per} for rule in held],
    }


def _not_named(context: Context, item: PlannedInjection, rules: tuple[Rule, ...]) -> str:
    """Off label only where the label's whole list for that limb is held."""
    here = any(rule.limb in (limb_of(item.muscle), "any") for rule in rules)
    listed = list_complete(context.plan.product, context.plan.jurisdiction)
    return "not_named" if listed and here else "not_known"
