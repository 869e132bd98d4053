"""What changed on the labels between two days, and what has not been looked at for too long."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from endplate.knowledge.labels.approvals import Approval, ApprovalList, load_approvals, load_lists
from endplate.knowledge.labels.rules import Rule, house_rule, load_rules
from endplate.knowledge.labels.tables import ANY, Source
from endplate.knowledge.labels.warnings import LabelWarning, load_warnings

_MONTHS = len(calendar.month_abbr) - 1


@dataclass(frozen=True)
class Change:
    """One thing that came into force or ceased between two days."""

    on: date
    kind: str
    change: str
    id: str
    text: str
    basis: str
    source: Source

    def to_dict(self) -> dict[str, object]:
        """The object under ``changes`` in the JSON result."""
        return {
            "on": self.on.isoformat(),
            "kind": self.kind,
            "change": self.change,
            "id": self.id,
            "text": self.text,
            "basis": self.basis,
            "source": self.source.to_dict(self.on),
        }


def months_before(day: date, months: int) -> date:
    """The same day of the month that many months earlier, or the last day of that month."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 - months, _MONTHS)
    if year < date.min.year:
        return date.min
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def describe_approval(a: Approval) -> str:
    """An approval in words: indication, limb, age and causes."""
    limb = "" if a.limb == ANY else f", {a.limb} limb"
    ages = f"from {a.age_from_y:g} y" + (f" to under {a.age_to_y:g} y" if a.age_to_y else "")
    only = f", only for {' or '.join(a.only_causes)}" if a.only_causes else ""
    without = f", not for {' or '.join(a.excluded_causes)}" if a.excluded_causes else ""
    words = f"{a.product}, {a.jurisdiction}: {a.indication}{limb}, {ages}{only}{without}"
    return words.replace("_", " ")


def changes(product: str | None, jurisdiction: str, first: date, last: date) -> tuple[Change, ...]:
    """Everything that began or ended after ``first`` and up to ``last``, in order of day.

    Args:
        product: generic name, or None for all.
        jurisdiction: such as ``US``.
        first: the earlier day, itself left out.
        last: the later day, itself included.
    """

    def asked(row: Approval | Rule | LabelWarning) -> bool:
        return row.jurisdiction in (jurisdiction, ANY) and (product is None or row.product in (product, ANY))

    found = [c for a in load_approvals() if asked(a) for c in _approval_changes(a)]
    found += [
        c for rule in load_rules() if asked(rule) and rule.basis != "design" for c in _rule_changes(rule)
    ]
    found += [
        Change(w.in_force_from, "warning", "added", w.id, w.message, w.basis, w.source)
        for w in load_warnings()
        if asked(w)
    ]
    kept = {change for change in found if first < change.on <= last}
    return tuple(sorted(kept, key=lambda change: (change.on, change.kind, change.id, change.change)))


def _approval_changes(a: Approval) -> Iterable[Change]:
    text = describe_approval(a)
    if a.first != a.certain_from:
        text += f" (on a day between {a.first} and {a.certain_from})"
    yield Change(a.first, "approval", "added", a.id, text, a.basis, a.source)
    if a.last is not None:
        yield Change(a.last, "approval", "removed", a.id, text, a.basis, a.source)


def _rule_changes(rule: Rule) -> Iterable[Change]:
    text = rule.text
    yield Change(rule.in_force_from, "rule", "added", rule.id, text, rule.basis, rule.source)
    if rule.in_force_to is not None:
        yield Change(rule.in_force_to, "rule", "removed", rule.id, text, rule.basis, rule.source)


def stale_since(product: str, jurisdiction: str, on: date) -> date | None:
    """The oldest last check behind a product's label data, where it is too old for the day; else None."""
    oldest_allowed = months_before(on, int(house_rule("stale_data").maximum or 0))
    rows: list[ApprovalList | Rule] = [*load_lists(), *load_rules()]
    checks = [
        row.last_checked_on
        for row in rows
        if (row.product, row.jurisdiction) == (product, jurisdiction) and row.last_checked_on is not None
    ]
    return min(checks) if checks and min(checks) < oldest_allowed else None
