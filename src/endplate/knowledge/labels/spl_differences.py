"""The dosing rows of a label's file beside the rules held: what only one says, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from endplate.knowledge.labels.rules import Rule, rules_for
from endplate.knowledge.labels.spl import Amount, DoseRow, members_of
from endplate.knowledge.labels.tables import ANY

_TOTAL = re.compile(r"\b(?:total|maximum)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Difference:
    """What only the file says, what only endplate holds, or where the numbers differ."""

    kind: str
    population: str
    muscle: str
    muscles: tuple[str, ...]
    table: str | None
    file: Amount | None
    held: Amount | None
    rule: str | None
    basis: str | None

    def to_dict(self) -> dict[str, Any]:
        """The object under ``differences`` in the JSON result."""
        return asdict(self)


def compare(
    rows: Iterable[DoseRow], product: str, jurisdiction: str, on: date, population: str
) -> list[Difference]:
    """What differs between the rows of a file and the rules in force, rows first.

    A row that gives a total rather than a muscle is not compared.

    Args:
        rows: rows of a label, of all populations.
        product: generic name.
        jurisdiction: such as ``US``.
        on: the day whose rules count.
        population: ``adult`` or ``paediatric``: only its rows and rules are compared.
    """
    rules = [
        rule
        for rule in rules_for(product, jurisdiction, on)
        if rule.family == "muscle_dose" and rule.population in (population, ANY)
    ]
    found: list[Difference] = []
    met: set[str] = set()
    for row in rows:
        if row.population == population and not (_TOTAL.search(row.muscle) and not row.muscles):
            near = [rule for rule in rules if _meets(row, rule)]
            met.update(rule.id for rule in near)
            if not any(row.amount.agrees(_held(rule)) for rule in near):
                found.append(_differs(row, near))
    return found + [_only_held(rule, population) for rule in rules if rule.id not in met]


def _meets(row: DoseRow, rule: Rule) -> bool:
    """Whether a row and a rule are about the same muscles."""
    theirs, ours = row.members, members_of(rule.muscles)
    return bool(theirs) and (theirs == ours or (rule.per == "each" and theirs < ours))


def _held(rule: Rule) -> Amount:
    return Amount(rule.minimum, rule.maximum, rule.unit, rule.sites_min, rule.sites_max)


def _differs(row: DoseRow, near: Sequence[Rule]) -> Difference:
    """A row that no rule repeats, beside the rule nearest to it, one of the same unit if there is one."""
    rule = min(near, key=lambda rule: rule.unit != row.amount.unit, default=None)
    kind = "only_in_file" if rule is None else "different"
    held, rule_id, basis = (None, None, None) if rule is None else (_held(rule), rule.id, rule.basis)
    return Difference(
        kind, row.population, row.muscle, row.muscles, row.table, row.amount, held, rule_id, basis
    )


def _only_held(rule: Rule, population: str) -> Difference:
    name = ", ".join(rule.muscles).replace("_", " ")
    return Difference(
        "only_held", population, name, rule.muscles, None, None, _held(rule), rule.id, rule.basis
    )
