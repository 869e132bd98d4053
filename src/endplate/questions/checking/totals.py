"""Session totals per limb and together, and totals over the last months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from endplate.case.models import HistoryEntry
from endplate.case.plan import PlannedInjection, listed_units
from endplate.knowledge.labels import Rule, months_before
from endplate.knowledge.labels.tables import ANY
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.knowledge.vocabulary.wording import RANGES
from endplate.questions.checking.bounds import conflicts, over, under
from endplate.questions.checking.context import Context, limb_of, limb_words, sessions_before
from endplate.questions.checking.finding import Finding, by_rule, number, together

_WHERE = "plan.injections"
_THREE_MONTHS = Sentence("Total over three months")


@dataclass(frozen=True)
class Total:
    """Units planned for one region, and the rules that bound them.

    Attributes:
        what: the region as words.
        units: planned, U; None where an earlier session that belongs to it could not be added.
        rules: of one reach: all of them leave the same muscles out.
    """

    what: str
    units: float | None
    rules: tuple[Rule, ...]


Places = Sequence[PlannedInjection]


def totals(context: Context, places: Places) -> list[Total]:
    """Every total that is held for limbs and sides, a limb after the other, then everything together.

    Args:
        context: its injections are summed.
        places: injections whose limbs and sides are told, whatever they get.
    """
    found = [total for limb in _limbs(places) for total in _of_limb(context, limb, places)]
    return found + _of_all(context) + _of_months(context)


def _limbs(places: Places) -> list[str]:
    return sorted({limb_of(item.muscle) for item in places})


def _of_limb(context: Context, limb: str, places: Places) -> list[Total]:
    """Totals of one limb: each side by itself, then all of its sides."""
    rows = [rule for rule in context.family("session_total") if rule.limb == limb]
    name = limb_words(limb)
    each = [rule for rule in rows if rule.extent == "each_limb"]
    found: list[Total] = []
    for side in sorted({item.side for item in places if limb_of(item.muscle) == limb}):
        found += _summed(context, each, Sentence("{side} {limb}", side=Word(side), limb=name), limb, side)
    whole = [rule for rule in rows if rule.extent == "session"]
    return found + _summed(context, whole, Sentence("{limb}, whole session", limb=name), limb, None)


def _of_all(context: Context) -> list[Total]:
    rows = [rule for rule in context.family("session_total") if rule.limb == ANY]
    return _summed(context, rows, Sentence("whole session"), ANY, None)


def _of_months(context: Context) -> list[Total]:
    rules = context.family("cumulative_3_months")
    if not rules:
        return []
    units, uncounted = _over_months(context, rules)
    return [Total(_THREE_MONTHS, None if uncounted else units, rules)]


def check_totals(context: Context) -> list[Finding]:
    """Session totals: each limb by itself, all of a limb's sides, everything together."""
    rules = context.family("session_total")
    found: list[Finding] = []
    for limb in context.limbs():
        for total in _of_limb(context, limb, context.injections):
            found += _judge(context, total)
        if context.rules and not any(rule.limb in (limb, ANY) for rule in rules):
            found.append(_not_held(context, limb, limb_words(limb)))
    return found + [finding for total in _of_all(context) for finding in _judge(context, total)]


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


def _summed(context: Context, rules: Sequence[Rule], what: str, limb: str, side: str | None) -> list[Total]:
    """The dose given to one region, for its rules; those that leave muscles out by themselves."""
    region = [
        item
        for item in context.injections
        if limb in (ANY, limb_of(item.muscle)) and (side is None or item.side == side)
    ]
    found: list[Total] = []
    for left_out in sorted({rule.without for rule in rules}):
        same = tuple(rule for rule in rules if rule.without == left_out)
        units = sum(item.dose_U for item in region if item.muscle not in left_out)
        found.append(Total(_without(what, left_out) if left_out else what, units, same))
    return found


def _without(what: str, muscles: Sequence[str]) -> str:
    """A total that leaves muscles out, as words."""
    names = together([Word(name) for name in muscles])
    return Sentence("{what} without {muscles}", what=what, muscles=names)


def _judge(context: Context, total: Total) -> list[Finding]:
    weight, on, rules, units, what = context.weight_kg, context.on, total.rules, total.units or 0, total.what
    found = over(units, rules, weight, where=_WHERE, what=what, unit="U", on=on)
    found = found or conflicts(units, rules, where=_WHERE, what=what, on=on)
    return found + under(units, rules, weight, where=_WHERE, what=what, unit="U", on=on)


def check_cumulative(context: Context) -> list[Finding]:
    """The plan's total plus earlier sessions of the same product inside the rule's window."""
    rules = context.family("cumulative_3_months")
    if not rules:
        return []
    total, uncounted = _over_months(context, rules)
    found = [_uncounted(context, rules[0], place) for place in uncounted]
    return found + over(
        total, rules, context.weight_kg, where="plan", what=_THREE_MONTHS, unit="U", on=context.on
    )


def _over_months(context: Context, rules: Sequence[Rule]) -> tuple[float, list[int]]:
    """Units of the plan and the sessions in the window, and the places of sessions that cannot be added."""
    start = months_before(context.on, max(rule.window_mo or 0 for rule in rules))
    total, uncounted = sum(item.dose_U for item in context.injections), []
    for place, entry in sessions_before(context):
        if entry.date <= start:
            continue
        units = _units(context, entry)
        if units is None:
            uncounted.append(place)
        else:
            total += units
    return total, uncounted


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
