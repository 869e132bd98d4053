"""Comparing one number with all the rules that bound it: the lowest maximum binds, the others are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from endplate.knowledge.labels import Rule
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.checking.finding import Finding, by_rule, doubt, held_by, number

_TOLERANCE = 1e-9
_NEAR = 0.9


def above(value: float, limit: float) -> bool:
    """Whether a value lies above a limit by more than float dust."""
    return value > limit + _TOLERANCE * max(1, abs(limit))


def maxima(rules: Iterable[Rule], weight_kg: float | None) -> list[tuple[float, Rule]]:
    """The maxima that can be known for this weight, lowest first."""
    known = ((rule.maximum_for(weight_kg), rule) for rule in rules)
    return sorted(
        ((top, rule) for top, rule in known if top is not None), key=lambda item: (item[0], item[1].id)
    )


def _others(ranked: Sequence[tuple[float, Rule]], unit: str) -> str:
    """Words naming the limits that do not bind."""
    others = [(top, rule) for top, rule in ranked[1:] if top != ranked[0][0]]
    held = Sentence.joined(", ", [held_by(top, unit, rule) for top, rule in others])
    return Sentence(" Also held: {held}.", held=held) if others else ""


def over(
    value: float,
    rules: Iterable[Rule],
    weight_kg: float | None,
    *,
    where: str,
    what: str,
    unit: str,
    on: date,
) -> list[Finding]:
    """Critical when a value lies over the lowest held maximum; nothing when it does not."""
    ranked = maxima(rules, weight_kg)
    if not ranked or not above(value, ranked[0][0]):
        return []
    limit, rule = ranked[0]
    message = Sentence(
        "{what}: {value} {unit} is over the held maximum of {limit} {unit}{per_kg}{doubt}.{others}",
        what=what,
        value=number(value) if number(value) != number(limit) else f"{value:.12g}",
        unit=unit,
        limit=number(limit),
        per_kg=f" ({number(rule.maximum)} U/kg)" if rule.per_kg and rule.maximum is not None else "",
        doubt=doubt(rule),
        others=_others(ranked, unit),
    )
    return [by_rule(rule, "critical", where, message, on, value=value, limit=limit, unit=unit)]


def under(
    value: float,
    rules: Sequence[Rule],
    weight_kg: float | None,
    *,
    where: str,
    what: str,
    unit: str,
    on: date,
) -> list[Finding]:
    """Info when a value lies under the lowest end of every range held."""
    known = [(low, rule) for rule in rules if (low := rule.minimum_for(weight_kg)) is not None]
    if not known:
        return []
    limit, rule = min(known, key=lambda item: (item[0], item[1].id))
    ranked = maxima(rules, weight_kg)
    capped = bool(ranked) and above(limit, ranked[0][0])  # a per-kg range that starts above the absolute cap
    if capped or not above(limit, value):
        return []
    message = Sentence(
        "{what}: {value} {unit} is under the range held, which starts at {limit} {unit}{doubt}.",
        what=what,
        value=number(value),
        unit=unit,
        limit=number(limit),
        doubt=doubt(rule),
    )
    name = f"{rule.family}_below_range"
    return [by_rule(rule, "info", where, message, on, name=name, value=value, limit=limit, unit=unit)]


def conflicts(value: float, rules: Iterable[Rule], *, where: str, what: str, on: date) -> list[Finding]:
    """Info where rows of one unit disagree on the maximum and the value comes near the lower, which binds."""
    by_unit: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.maximum is not None:
            by_unit.setdefault(rule.unit, []).append(rule)
    found: list[Finding] = []
    for unit, rows in sorted(by_unit.items()):
        rows.sort(key=lambda rule: (rule.maximum or 0, rule.id))
        lowest = rows[0].maximum or 0
        if lowest != rows[-1].maximum and value > _NEAR * lowest:
            message = Sentence(
                "{what}: sources differ, the lower maximum binds: {held}{doubt}.",
                what=what,
                held=Sentence.joined("; ", [held_by(rule.maximum or 0, unit, rule) for rule in rows]),
                doubt=doubt(rows[0]),
            )
            found.append(
                by_rule(rows[0], "info", where, message, on, name="conflicting_rows", limit=rows[0].maximum)
            )
    return found
