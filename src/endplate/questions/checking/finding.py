"""What one rule has to say about a plan, with the number, the limit and where the limit comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Literal

from endplate.knowledge.labels import Rule
from endplate.knowledge.vocabulary.sentence import Sentence, said

Severity = Literal["info", "warning", "critical"]
LABEL, PUBLICATION, OTHER_LABEL = "label", "publication", "other_label"
_BASES = {
    "primary": Sentence("primary"),
    "secondary": Sentence("secondary"),
    "recalled": Sentence("recalled"),
    "design": Sentence("design"),
}
_ORDER: dict[str, int] = {severity: place for place, severity in enumerate(("critical", "warning", "info"))}


@dataclass(frozen=True)
class Finding:
    """One issue: rule, severity, place in the case file, message, and the number against its limit.

    ``source_kind`` is ``label``, ``other_label`` where the warning is of every product and was read on the
    label of another one, or ``publication`` where the source is a guideline or an article.
    """

    rule: str
    severity: Severity
    where: str
    message: str
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    source: dict[str, str | None] | None = None
    basis: str | None = None
    in_force_on: str | None = None
    verified: bool = False
    source_kind: str = LABEL

    def to_dict(self) -> dict[str, object]:
        """The object under ``issues`` in the JSON result; ``said`` tells what the message is made of."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "where": self.where,
            "message": str(self.message),
            "said": said(self.message),
            "value": self.value,
            "limit": self.limit,
            "unit": self.unit,
            "source": self.source,
            "basis": self.basis,
            "in_force_on": self.in_force_on,
            "verified": self.verified,
            "source_kind": self.source_kind,
        }


def order(finding: Finding) -> tuple[int, str, str, str]:
    """Sort key: critical first, then by place, rule and message."""
    return (_ORDER[finding.severity], finding.where, finding.rule, finding.message)


def number(value: float) -> str:
    """A number for people: no trailing zeros, no float dust."""
    return f"{value:.6g}"


def doubt(rule: Rule) -> str:
    """Words to add where the limit was not read on the label itself."""
    checked = rule.verified or rule.basis == "design"
    return "" if checked else Sentence(" (not checked against the label)")


def held_by(value: float, unit: str, rule: Rule) -> Sentence:
    """A limit with the basis and the source of its rule."""
    return Sentence(
        "{value} {unit} ({basis}: {source})",
        value=number(value),
        unit=unit,
        basis=_BASES[rule.basis],
        source=rule.source.citation,
    )


def together(parts: Sequence[str]) -> str:
    """Several words or sentences with an and between two of them."""
    return reduce(lambda told, part: Sentence("{told} and {part}", told=told, part=part), parts)


def by_rule(
    rule: Rule,
    severity: Severity,
    where: str,
    message: str,
    on: date,
    *,
    name: str | None = None,
    value: float | None = None,
    limit: float | None = None,
    unit: str | None = None,
) -> Finding:
    """A finding that rests on a held rule, carrying its source and basis.

    Args:
        rule: the rule it rests on.
        severity: info, warning or critical.
        where: place in the case file.
        message: one or two sentences.
        on: the plan's date, on which the rule is in force.
        name: short rule name; the rule's scope family without it.
        value: the plan's number.
        limit: the held number, in the same unit.
        unit: unit of both; the rule's own without it.
    """
    return Finding(
        rule=name or rule.family,
        severity=severity,
        where=where,
        message=message,
        value=value,
        limit=limit,
        unit=unit or rule.unit,
        source={**rule.source.to_dict(rule.last_checked_on), "id": rule.id},
        basis=rule.basis,
        in_force_on=on.isoformat(),
        verified=rule.verified,
    )
