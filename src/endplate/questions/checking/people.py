"""The person: age, weight of a child, the time since the last session, cautions and boxed warnings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from endplate.knowledge.labels import LabelWarning, Rule, house_rule, months_before, stale_since, warnings_for
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.questions.checking.context import Context, sessions_before
from endplate.questions.checking.finding import LABEL, OTHER_LABEL, Finding, Severity, by_rule, doubt, number

_QUOTED = "secondary"  # what the label of another product says
_OUTSIDE = Sentence(" Outside the model: what is simulated does not represent this person.")


def check_age(context: Context) -> list[Finding]:
    """Under the lowest age held, or an age that is not known."""
    house = house_rule("age_minimum")
    if context.age_y is None:
        return [by_rule(house, "critical", "patient.age", "The age is not known.", context.on)]
    limit = house.minimum or 0
    if context.age_y >= limit:
        return []
    message = Sentence("Under {years} years: no plan.", years=number(limit))
    return [
        by_rule(
            house, "critical", "patient.age", message, context.on, value=context.age_y, limit=limit, unit="y"
        )
    ]


def check_weight(context: Context) -> list[Finding]:
    """A child needs a weight, taken within the last months before the plan."""
    house = house_rule("weight_age")
    if context.age_y is None or context.age_y >= (house.age_to_y or 0):
        return []
    limit = house.maximum or 0
    weighed, where = context.case.patient.weighed_on, "patient.weighed_on"
    message = "A child's plan needs a weight; limits per kilogram could not be checked."
    if context.weight_kg is None:
        where = "patient.weight"
    elif weighed is None:
        message = "The day the child was weighed is not given."
    elif weighed < months_before(context.on, int(limit)):
        text = "The child was weighed more than {months} months before the plan."
        message = Sentence(text, months=number(limit))
    else:
        return []
    return [by_rule(house, "critical", where, message, context.on, name="child_weight", limit=limit)]


def interval_rule(context: Context) -> Rule | None:
    """The longest interval held for the limbs of the plan; None where none is held."""
    held = context.family("interval")
    rules = [r for r in held if r.limb == "any" or r.limb in context.limbs()] or list(held)
    return max(rules, key=lambda r: (r.minimum or 0, r.id), default=None)


def check_interval(context: Context) -> list[Finding]:
    """Time since the last session of any botulinum toxin, the same product or not."""
    sessions = sessions_before(context)
    if not sessions:
        return []
    _, last = sessions[0]
    rule = interval_rule(context)
    if rule is None:
        house = house_rule("interval_window")
        return _interval_not_held(context, house, last.date) + _other_product(context, house)
    return _too_soon(context, rule, last.date) + _other_product(context, rule)


def _interval_not_held(context: Context, house: Rule, last: date) -> list[Finding]:
    """No interval of this product is held here: say how long ago the last session was."""
    weeks = (context.on - last) / timedelta(weeks=1)
    if weeks >= (house.minimum or 0):
        return []
    message = Sentence(
        "{weeks} weeks since the last session ({session}); no interval is held for {product} in "
        "{jurisdiction}.",
        weeks=number(round(weeks, 1)),
        session=str(last),
        product=context.plan.product,
        jurisdiction=context.plan.jurisdiction,
    )
    return [
        by_rule(house, "warning", "plan.date", message, context.on, name="interval_not_held", value=weeks)
    ]


def _too_soon(context: Context, rule: Rule, last: date) -> list[Finding]:
    limit = rule.minimum or 0
    gap = context.on - last
    if gap >= timedelta(weeks=limit):
        return []
    value = gap / timedelta(weeks=1)
    message = Sentence(
        "{weeks} weeks since the last session ({session}); the limit held is {limit} weeks{doubt}. "
        "Any botulinum toxin counts.",
        weeks=number(round(value, 1)),
        session=str(last),
        limit=number(limit),
        doubt=doubt(rule),
    )
    return [by_rule(rule, "critical", "plan.date", message, context.on, value=value, limit=limit)]


def _other_product(context: Context, rule: Rule) -> list[Finding]:
    """Another or an unknown product inside the interval: its effect on this session is not known."""
    start = context.on - timedelta(weeks=rule.minimum or 0)
    found = []
    for place, entry in sessions_before(context):
        if entry.date > start and entry.product != context.plan.product:
            raised = _raised(context, "other_botulinum_toxin", f"history[{place}]")
            found += [replace(finding, rule="product_mixing", severity="critical") for finding in raised]
    return found


def check_stale(context: Context) -> list[Finding]:
    """Say when the rows behind the answer have not been looked at for too long."""
    plan, house = context.plan, house_rule("stale_data")
    oldest = stale_since(plan.product, plan.jurisdiction, context.on)
    if oldest is None:
        return []
    message = Sentence(
        "Rows for {product} in {jurisdiction} were last checked on {day}, more than {months} months before "
        "the plan.",
        product=plan.product,
        jurisdiction=plan.jurisdiction,
        day=str(oldest),
        months=number(house.maximum or 0),
    )
    return [by_rule(house, "warning", "plan.date", message, context.on)]


def check_cautions(context: Context) -> list[Finding]:
    """What the case file's cautions raise; a caution without a source is shown, not dropped."""
    found: list[Finding] = []
    for place, caution in enumerate(context.case.patient.cautions):
        where = f"patient.cautions[{place}]"
        raised = _raised(context, caution, where)
        if not raised:
            message = Sentence(
                "Caution {caution}: no source held for this product; it stays for the reader to judge.",
                caution=Word(caution, caution),
            )
            raised = [Finding("caution_without_source", "info", where, message)]
        found += raised
    level = house_rule("gmfcs_outside_model").minimum or 0
    if (context.case.patient.gmfcs or 0) >= level:
        found += _raised(context, "gmfcs_outside_model", "patient.gmfcs")
    return found


def _raised(context: Context, caution: str, where: str) -> list[Finding]:
    return [_warn(context, w, where) for w in _held(context) if caution in w.cautions]


def check_boxed(context: Context) -> list[Finding]:
    """Warnings shown with every plan of the product."""
    return [_warn(context, w, "plan.product") for w in _held(context) if w.always]


def _held(context: Context) -> tuple[LabelWarning, ...]:
    plan = context.plan
    return warnings_for(plan.product, plan.jurisdiction, context.on, age_y=context.age_y)


def _warn(context: Context, warning: LabelWarning, where: str) -> Finding:
    source = {**warning.source.to_dict(None), "id": warning.id}
    both = [Sentence.of(warning.message), _OUTSIDE]
    own = warning.read_for(context.plan.product)
    return Finding(
        rule=warning.kind,
        severity=cast(Severity, warning.severity),
        where=where,
        message=Sentence.joined("", both) if warning.outside_model else warning.message,
        source=source,
        basis=warning.basis if own else _QUOTED,
        in_force_on=context.on.isoformat(),
        verified=warning.verified and own,
        source_kind=LABEL if own else OTHER_LABEL,
    )
