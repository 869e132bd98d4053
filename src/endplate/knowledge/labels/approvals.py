"""Dated approvals: is a product on label for an indication, limb, age and cause on a day?"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from endplate.knowledge.labels.tables import ANY, PRIMARY, Source, covers_age, read_tables, source_of

Status = Literal["on_label", "off_label", "unknown"]


@dataclass(frozen=True)
class Approval:
    """One approval: what it covers and from when (``precision``: day, month or year)."""

    id: str
    product: str
    jurisdiction: str
    indication: str
    limb: str
    age_from_y: float
    age_to_y: float | None
    excluded_causes: tuple[str, ...]
    first: date
    precision: str
    basis: str
    source: Source
    notes: str

    @property
    def certain_from(self) -> date:
        """First day on which it was certainly in force, given how exactly its date is known."""
        if self.precision == "day":
            return self.first
        if self.precision == "year":
            return date(self.first.year + 1, 1, 1)
        days = calendar.monthrange(self.first.year, self.first.month)[1]
        return self.first.replace(day=1) + timedelta(days=days)


@dataclass(frozen=True)
class ApprovalList:
    """Whether the approvals held for a product, jurisdiction and indication are all there are."""

    product: str
    jurisdiction: str
    indication: str
    complete: bool
    last_checked_on: date
    basis: str
    source: Source
    notes: str


@dataclass(frozen=True)
class LabelStatus:
    """The answer: ``since`` is the day the covering approval came into force, if one covers."""

    status: Status
    since: date | None
    source: Source | None
    source_date: date | None
    basis: str | None
    reason: str

    @property
    def verified(self) -> bool:
        """True only when it rests on the label text itself."""
        return self.basis == PRIMARY

    def to_dict(self) -> dict[str, object]:
        """The JSON object of ``labels status``."""
        return {
            "status": self.status,
            "since": self.since.isoformat() if self.since else None,
            "source": self.source.to_dict(self.source_date) if self.source else None,
            "basis": self.basis,
            "verified": self.verified,
        }


@lru_cache
def load_approvals() -> tuple[Approval, ...]:
    """All approvals held."""
    return tuple(
        Approval(
            id=row["id"],
            product=row["product"],
            jurisdiction=row["jurisdiction"],
            indication=row["indication"],
            limb=row["limb"],
            age_from_y=row["age_from_y"],
            age_to_y=row.get("age_to_y"),
            excluded_causes=tuple(row["excluded_causes"]),
            first=row["from"],
            precision=row["precision"],
            basis=row["basis"],
            source=source_of(row),
            notes=row.get("notes", ""),
        )
        for _, row in read_tables("approval")
    )


@lru_cache
def load_lists() -> tuple[ApprovalList, ...]:
    """For which product, jurisdiction and indication the list of approvals is complete."""
    return tuple(
        ApprovalList(
            product=row["product"],
            jurisdiction=row["jurisdiction"],
            indication=row["indication"],
            complete=row["complete"],
            last_checked_on=row["last_checked_on"],
            basis=row["basis"],
            source=source_of(row),
            notes=row["notes"],
        )
        for _, row in read_tables("list")
    )


def _unknown(reason: str) -> LabelStatus:
    return LabelStatus("unknown", None, None, None, None, reason)


def _candidates(
    product: str, indication: str, limb: str, age_y: float, cause: str | None, jurisdiction: str
) -> list[Approval]:
    """Approvals that would cover the question once in force, earliest first."""
    found = [
        a
        for a in load_approvals()
        if (a.product, a.jurisdiction, a.indication) == (product, jurisdiction, indication)
        and a.limb in (limb, ANY)
        and covers_age(age_y, a.age_from_y, a.age_to_y)
        and cause not in a.excluded_causes
    ]
    return sorted(found, key=lambda a: (a.certain_from, a.id))


def label_status(
    *,
    product: str,
    indication: str,
    limb: str,
    age_y: float | None,
    cause: str | None,
    jurisdiction: str,
    on: date,
) -> LabelStatus:
    """On label, off label or unknown for one use on one day.

    Args:
        product: generic name.
        indication: such as ``spasticity``.
        limb: ``upper`` or ``lower``.
        age_y: age in years; None gives ``unknown``.
        cause: the condition, such as ``stroke``; None gives ``unknown`` where a cause is excluded.
        jurisdiction: such as ``US``.
        on: the day asked about.
    """
    if age_y is None:
        return _unknown("the age is not known")
    candidates = _candidates(product, indication, limb, age_y, cause, jurisdiction)
    for approval in candidates:
        if approval.certain_from <= on and not (cause is None and approval.excluded_causes):
            return LabelStatus(
                "on_label",
                approval.first,
                approval.source,
                approval.first,
                approval.basis,
                f"covered by {approval.id}",
            )
    if any(a.first <= on for a in candidates):
        return _unknown("the date falls where the approval's date or the cause is not known exactly")
    return _not_covered(product, jurisdiction, indication)


def _not_covered(product: str, jurisdiction: str, indication: str) -> LabelStatus:
    """Off label where the list of approvals is complete, else unknown."""
    for held in load_lists():
        if (held.product, held.jurisdiction, held.indication) == (
            product,
            jurisdiction,
            indication,
        ) and held.complete:
            reason = "no approval held covers it and the list is complete"
            return LabelStatus("off_label", None, held.source, held.last_checked_on, held.basis, reason)
    return _unknown("the list of approvals held is not complete")


def worst(statuses: list[Status]) -> Status:
    """The worst of several: off label, then unknown, then on label; unknown when there are none."""
    for status in ("off_label", "unknown"):
        if status in statuses:
            return "off_label" if status == "off_label" else "unknown"
    return "on_label" if statuses else "unknown"
