"""Per muscle: dose and sites against the range held; per site: dose and volume."""

from __future__ import annotations

from endplate.case.plan import PlannedInjection
from endplate.knowledge.labels import Rule, list_complete
from endplate.knowledge.vocabulary import GROUPS
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.knowledge.vocabulary.wording import RANGES
from endplate.questions.checking.bounds import conflicts, over, under
from endplate.questions.checking.context import Context, limb_of
from endplate.questions.checking.finding import Finding, by_rule, number, together


def members(rule: Rule) -> frozenset[str]:
    """Muscle ids a rule covers, groups expanded."""
    found: set[str] = set()
    for muscle in rule.muscles:
        found.update(GROUPS.get(muscle, (muscle,)))
        found.add(muscle)
    return frozenset(found)


def check_muscles(context: Context) -> list[Finding]:
    """Dose and sites of every muscle and side against all rows that name it."""
    if not context.rules:
        return []  # said once for the whole plan by the rule on rules held
    rules = context.family("muscle_dose")
    listed = list_complete(context.plan.product, context.plan.jurisdiction)
    found: list[Finding] = []
    for muscle, side in sorted({(item.muscle, item.side) for item in context.injections}):
        rows = [rule for rule in rules if muscle in members(rule)]
        if not rows:
            here = any(rule.limb in (limb_of(muscle), "any") for rule in rules)
            found.append(_not_held(context, muscle, side, listed and here))
            continue
        found += _muscle(context, rows, muscle, side)
    return found


def _muscle(context: Context, rows: list[Rule], muscle: str, side: str) -> list[Finding]:
    """Rows that share one set of muscles are compared together: the lowest maximum binds."""
    found: list[Finding] = []
    scopes = {_scope(rule, muscle) for rule in rows}
    for scope in sorted(scopes, key=sorted):
        held = [rule for rule in rows if _scope(rule, muscle) == scope]
        whole = [rule for rule in held if rule.extent == "session"]
        for both, rules in ((False, [rule for rule in held if rule not in whole]), (True, whole)):
            items = [i for i in context.injections if (both or i.side == side) and i.muscle in scope]
            if rules and min((item.muscle, item.side) for item in items) == (muscle, side):
                # a shared range is judged once, at the first of its muscles
                found += _dose(context, rules, items, _where(items, None if both else side))
    return found


def _scope(rule: Rule, muscle: str) -> frozenset[str]:
    """The muscles whose doses this rule adds up when it judges this muscle."""
    return frozenset({muscle}) if rule.per == "each" else members(rule)


def _dose(context: Context, rules: list[Rule], items: list[PlannedInjection], what: str) -> list[Finding]:
    where, weight, on = items[0].where, context.weight_kg, context.on
    dose = sum(item.dose_U for item in items)
    found = over(dose, rules, weight, where=where, what=what, unit="U", on=on)
    found = found or conflicts(dose, rules, where=where, what=what, on=on)
    found += under(dose, rules, weight, where=where, what=what, unit="U", on=on)
    sites = sum(item.sites for item in items)
    held = [rule for rule in rules if rule.sites_max is not None]
    if held and all(not (rule.sites_min or 0) <= sites <= (rule.sites_max or 0) for rule in held):
        rule = held[0]
        message = Sentence(
            "{what}: {sites} sites; the source lists {listed}.",
            what=what,
            sites=str(sites),
            listed=_sites(rule),
        )
        found.append(
            by_rule(
                rule,
                "info",
                where,
                message,
                on,
                name="site_count",
                value=sites,
                limit=rule.sites_max,
                unit="sites",
            )
        )
    return found


def _sites(rule: Rule) -> str:
    low, high = rule.sites_min, rule.sites_max
    return str(high) if low in (None, high) else Sentence("{low} to {high}", low=str(low), high=str(high))


def _where(items: list[PlannedInjection], side: str | None) -> str:
    """Muscles and side, None for both sides, as words."""
    muscles = together([Word(name) for name in sorted({item.muscle for item in items})])
    if side is None:
        return Sentence("{muscles}, both sides", muscles=muscles)
    return Sentence("{muscles}, {side}", muscles=muscles, side=Word(side))


def _not_held(context: Context, muscle: str, side: str, listed: bool) -> Finding:
    """A muscle without any row for this product and age; off label only where the label's list is held."""
    items = [i for i in context.injections if i.muscle == muscle and i.side == side]
    unknown = Sentence("whether the label names it is not known here")
    message = Sentence(
        "{what}: no dose held for this muscle in the {jurisdiction} rows of {product} at this age "
        "({meaning}). {ranges}",
        what=_where(items, side),
        jurisdiction=context.plan.jurisdiction,
        product=context.plan.product,
        meaning=Sentence("off-label muscle") if listed else unknown,
        ranges=Sentence(RANGES),
    )
    on = context.on.isoformat()
    return Finding(
        "muscle_not_in_label",
        "warning",
        items[0].where,
        message,
        value=sum(item.dose_U for item in items),
        unit="U",
        in_force_on=on,
    )


def check_sites(context: Context) -> list[Finding]:
    """Dose and volume of a single site, and those of a group as its row writes them."""
    found: list[Finding] = []
    for item in context.injections:
        name = _where([item], item.side)
        found += _site(context, item, name, item.dose_U, item.volume_mL, item.sites)
    for place, row in enumerate(context.plan.injections):
        parts = [i for i in context.injections if i.where == f"plan.injections[{place}]"]
        if row.sites is not None and parts and row.sites < len(GROUPS.get(row.muscle, ())):
            one = [i for i in parts if i.side == parts[0].side]
            dose, fluid = sum(i.dose_U for i in one), sum(i.volume_mL for i in one)
            group = Word(row.muscle, row.muscle)
            name = Sentence("{muscles}, {side}", muscles=group, side=Word(row.side))
            found += _site(context, parts[0], name, dose, fluid, row.sites)
    return found


def _site(
    context: Context, item: PlannedInjection, name: str, dose_U: float, volume_mL: float, sites: int
) -> list[Finding]:
    """One site against the limits held for its limb."""
    one, several = "{muscle}, per site ({sites} site)", "{muscle}, per site ({sites} sites)"
    what = Sentence(one if sites == 1 else several, muscle=name, sites=number(sites))
    limbs = ("any", limb_of(item.muscle))
    found: list[Finding] = []
    for family, value, unit in (("site_dose", dose_U / sites, "U"), ("site_volume", volume_mL / sites, "mL")):
        rules = [rule for rule in context.family(family) if rule.limb in limbs]
        found += over(value, rules, context.weight_kg, where=item.where, what=what, unit=unit, on=context.on)
    return found
