"""Session totals per limb and together, and totals over the last months."""

from __future__ import annotations

from collections.abc import Sequence

from endplate.case.models import HistoryEntry
from endplate.case.plan import listed_units
from endplate.knowledge.labels import Rule, months_before
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.knowledge.vocabulary.wording import RANGES
from endplate.questions.checking.bounds import conflicts, over, under
from endplate.questions.checking.context import Context, limb_of, limb_words, sessions_before
from endplate.questions.checking.finding import Finding, by_rule, number, together

_WHERE = "plan.injections"
_THREE_MONTHS = Sentence("Total over three months")


def check_totals(context: Context) -> list[Finding]:
    """Session totals: each limb by itself, all of a limb's sides, everything together."""
    rules = context.family("session_total")
    found: list[Finding] = []
    for limb in context.limbs():
        rows = [rule for rule in rules if rule.limb == limb]
        name = limb_words(limb)
        each = [rule for rule in rows if rule.extent == "each_limb"]
        for side in sorted({i.side for i in context.injections if limb_of(i.muscle) == limb}):
            one = Sentence("{side} {limb}", side=Word(side), limb=name)
            found += _total(context, each, one, limb, side)
        whole = [rule for rule in rows if rule.extent == "session"]
        found += _total(context, whole, Sentence("{limb}, whole session", limb=name), limb, None)
        if context.rules and not any(rule.limb in (limb, "any") for rule in rules):
            found.append(_not_held(context, limb, name))
    rows = [rule for rule in rules if rule.limb == "any"]
    return found + _total(context, rows, Sentence("whole session"), None, None)


def _not_held(context: Context, limb: str, name: str) -> Finding:
    """A limb for which no session total is held."""
    total = sum(item.dose_U for item in context.injections if limb_of(item.muscle) == limb)
    message = Sentence(
        "{limb}: no session total is held for {product} in {jurisdiction} at this age, so {total} U were not "
        "checked against one. {ranges}",
        limb=name,
        product=context.plan.product,
        jurisdiction=context.plan.jurisdiction,
        total=number(total),
        ranges=Sentence(RANGES),
    )
    on = context.on.isoformat()
    return Finding("total_not_held", "warning", _WHERE, message, value=total, unit="U", in_force_on=on)


def _total(
    context: Context, rules: list[Rule], what: str, limb: str | None, side: str | None
) -> list[Finding]:
    """Compare the dose given to one region with its rules; those that leave muscles out by themselves."""
    region = [
        item
        for item in context.injections
        if (limb is None or limb_of(item.muscle) == limb) and (side is None or item.side == side)
    ]
    found: list[Finding] = []
    for left_out in sorted({rule.without for rule in rules}):
        same = [rule for rule in rules if rule.without == left_out]
        total = sum(item.dose_U for item in region if item.muscle not in left_out)
        found += _judge(context, total, same, _without(what, left_out) if left_out else what)
    return found


def _without(what: str, muscles: Sequence[str]) -> str:
    """A total that leaves muscles out, as words."""
    names = together([Word(name) for name in muscles])
    return Sentence("{what} without {muscles}", what=what, muscles=names)


def _judge(context: Context, total: float, rules: list[Rule], what: str) -> list[Finding]:
    weight, on = context.weight_kg, context.on
    found = over(total, rules, weight, where=_WHERE, what=what, unit="U", on=on)
    found = found or conflicts(total, rules, where=_WHERE, what=what, on=on)
    return found + under(total, rules, weight, where=_WHERE, what=what, unit="U", on=on)


def check_cumulative(context: Context) -> list[Finding]:
    """The plan's total plus earlier sessions of the same product inside the rule's window."""
    rules = context.family("cumulative_3_months")
    if not rules:
        return []
    start = months_before(context.on, max(rule.window_mo or 0 for rule in rules))
    recent = [(place, entry) for place, entry in sessions_before(context) if entry.date > start]
    total = sum(item.dose_U for item in context.injections)
    found: list[Finding] = []
    for place, entry in recent:
        units = _units(context, entry)
        if units is None:
            found.append(_uncounted(context, rules[0], place))
        else:
            total += units
    return found + over(
        total, rules, context.weight_kg, where="plan", what=_THREE_MONTHS, unit="U", on=context.on
    )


def _units(context: Context, entry: HistoryEntry) -> float | None:
    """Units of an earlier session of the same product; None when unknown or another product's."""
    if entry.product != context.plan.product:
        return None
    listed = listed_units(entry, context.weight_kg)
    if entry.total is None:
        return listed
    stated: float = entry.total.value
    return max(stated, listed or 0)


def _uncounted(context: Context, rule: Rule, place: int) -> Finding:
    """A recent session whose units are unknown, or another product's and so cannot be added."""
    entry, product = context.case.history[place], context.plan.product
    why = Sentence("its units are not known")
    if entry.product not in (None, product):
        why = Sentence("its units are of {product}", product=entry.product)
    text = "The session of {day} lies inside the window but could not be added: {why}."
    message = Sentence(text, day=str(entry.date), why=why)
    return by_rule(rule, "warning", f"history[{place}]", message, context.on, name="cumulative_incomplete")
