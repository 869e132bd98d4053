"""Dated approvals: is a product on label for an indication, limb, age and cause on a day?"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

from endplate.knowledge.labels.tables import ANY, PRIMARY, Source, covers_age, read_tables, row_as
from endplate.knowledge.vocabulary.sentence import Sentence

Status = Literal["on_label", "off_label", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One approval: what it covers and since when.

    Attributes:
        excluded_causes: causes it does not cover.
        only_causes: the only causes it covers; empty for all.
        first: the first day on which it can have been in force.
        certain_from: the first day on which it was certainly in force.
        last: first day no longer in force; None while it stands.
    """

    id: str
    product: str
    jurisdiction: str
    indication: str
    limb: str
    age_from_y: float
    age_to_y: float | None = None
    excluded_causes: tuple[str, ...]
    only_causes: tuple[str, ...] = ()
    first: date
    certain_from: date
    last: date | None
    basis: str
    source: Source
    notes: str = ""

    def covers_cause(self, cause: str | None) -> bool | None:
        """Whether it covers a cause; None where the cause is not known and it matters."""
        if cause is None:
            return None if self.excluded_causes or self.only_causes else True
        return cause not in self.excluded_causes and (not self.only_causes or cause in self.only_causes)

    def stands(self, on: date) -> bool | None:
        """Whether it was in force on a day; None inside the interval in which it began."""
        if on < self.first or (self.last is not None and on >= self.last):
            return False
        return True if on >= self.certain_from else None


def _certain_from(row: dict[str, Any]) -> date:
    """The first certain day: stated, or the day after the month or year that is all that is known."""
    first: date = row["from"]
    if "certain_from" in row:
        stated: date = row["certain_from"]
        return stated
    if row["precision"] == "day":
        return first
    if row["precision"] == "year":
        return date(first.year + 1, 1, 1)
    return first.replace(day=1) + timedelta(days=calendar.monthrange(first.year, first.month)[1])


@dataclass(frozen=True)
class ApprovalList:
    """Whether the approvals held for a product and jurisdiction are all there are."""

    product: str
    jurisdiction: str
    complete: bool
    last_checked_on: date
    basis: str
    source: Source
    notes: str


@dataclass(frozen=True)
class LabelStatus:
    """The answer to: was this use on the label that day?

    Attributes:
        status: on label, off label or unknown.
        since: first day on which the covering approval can have been in force, if one covers.
        between: inside an interval in which an approval began: its two ends.
        source: where the deciding row was read.
        source_date: the day of that source.
        basis: how well that row is known.
        rule: id of the deciding row, if one decides.
        reason: one sentence.
    """

    status: Status
    since: date | None
    between: tuple[date, date] | None
    source: Source | None
    source_date: date | None
    basis: str | None
    rule: str | None
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
            "between": [day.isoformat() for day in self.between] if self.between else None,
            "source": self.source.to_dict(self.source_date) if self.source else None,
            "basis": self.basis,
            "verified": self.verified,
            "rule": self.rule,
            "reason": self.reason,
        }


@lru_cache
def load_approvals() -> tuple[Approval, ...]:
    """All approvals held."""
    return tuple(
        row_as(Approval, row, first=row["from"], certain_from=_certain_from(row), last=row.get("to"))
        for _, row in read_tables("approval")
    )


@lru_cache
def load_lists() -> tuple[ApprovalList, ...]:
    """For which product and jurisdiction the list of approvals is complete."""
    return tuple(row_as(ApprovalList, row) for _, row in read_tables("list"))


def _unknown(reason: str) -> LabelStatus:
    return LabelStatus("unknown", None, None, None, None, None, None, reason)


def _by_approval(status: Status, a: Approval, reason: str) -> LabelStatus:
    """An answer that one approval decides."""
    since, between = (a.first, None) if status == "on_label" else (None, (a.first, a.certain_from))
    if status == "on_label" and a.first != a.certain_from:
        between = (a.first, a.certain_from)
    return LabelStatus(status, since, between, a.source, a.first, a.basis, a.id, reason)


def _candidates(
    product: str, indication: str, limb: str, age_y: float, cause: str | None, jurisdiction: str
) -> list[Approval]:
    """Approvals that would cover the question once in force, earliest first."""
    found = [
        a
        for a in load_approvals()
        if (a.product, a.jurisdiction, a.indication) == (product, jurisdiction, indication)
        and a.limb == limb
        and covers_age(age_y, a.age_from_y, a.age_to_y)
        and a.covers_cause(cause) is not False
    ]
    return sorted(found, key=lambda a: (a.certain_from, a.id))


def limb_matters(indication: str) -> bool:
    """Whether the approvals held for an indication name a limb, so that a question must name one too."""
    return any(a.limb != ANY for a in load_approvals() if a.indication == indication)


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
        limb: ``upper``, ``lower``, or ``any`` for an indication that is not about a limb.
        age_y: age in years; None gives ``unknown``.
        cause: the condition, such as ``stroke``; None gives ``unknown`` where the cause matters.
        jurisdiction: such as ``US``.
        on: the day asked about.
    """
    if age_y is None:
        return _unknown(Sentence("the age is not known"))
    candidates = _candidates(product, indication, limb, age_y, cause, jurisdiction)
    for a in candidates:
        if a.stands(on) and a.covers_cause(cause):
            return _by_approval("on_label", a, Sentence("covered by {approval}", approval=a.id))
    for a in candidates:
        if a.stands(on) is None and a.covers_cause(cause):
            return _by_approval("unknown", a, _began_between(a))
        if a.stands(on) is not False and a.covers_cause(cause) is None:
            told = Sentence("{approval} depends on the cause, which is not known", approval=a.id)
            return _by_approval("unknown", a, told)
    return _not_covered(product, jurisdiction)


def _began_between(a: Approval) -> Sentence:
    return Sentence(
        "{approval} came into force on a day not known exactly, between {first} and {last}",
        approval=a.id,
        first=str(a.first),
        last=str(a.certain_from),
    )


def list_complete(product: str, jurisdiction: str) -> bool:
    """Whether all approvals of a product in a jurisdiction are held."""
    return any(
        held.complete and (held.product, held.jurisdiction) == (product, jurisdiction)
        for held in load_lists()
    )


def _not_covered(product: str, jurisdiction: str) -> LabelStatus:
    """Off label where the list of approvals is complete, else unknown."""
    for held in load_lists():
        if (held.product, held.jurisdiction) == (product, jurisdiction) and held.complete:
            reason = Sentence("no approval held covers it and the list of approvals is complete")
            when, basis = held.last_checked_on, held.basis
            return LabelStatus("off_label", None, None, held.source, when, basis, None, reason)
    reason = Sentence("the list of approvals held for this product and jurisdiction is not complete")
    return _unknown(reason)


def worst(statuses: list[Status]) -> Status:
    """The worst of several: off label, then unknown, then on label; unknown when there are none."""
    for status in ("off_label", "unknown"):
        if status in statuses:
            return "off_label" if status == "off_label" else "unknown"
    return "on_label" if statuses else "unknown"
