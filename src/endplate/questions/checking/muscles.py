"""Per muscle: dose and sites against the range held; per site: dose and volume."""

from __future__ import annotations

from endplate.case.plan import PlannedInjection
from endplate.knowledge.labels import Rule
from endplate.knowledge.vocabulary import GROUPS, MUSCLES
from endplate.knowledge.vocabulary.wording import RANGES
from endplate.questions.checking.bounds import conflicts, over, under
from endplate.questions.checking.context import Context
from endplate.questions.checking.finding import Finding, by_rule, number


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
    found: list[Finding] = []
    for muscle, side in sorted({(item.muscle, item.side) for item in context.injections}):
        rows = [rule for rule in rules if muscle in members(rule)]
        if not rows:
            found.append(_not_held(context, muscle, side))
            continue
        found += _muscle(context, rows, muscle, side)
    return found


def _muscle(context: Context, rows: list[Rule], muscle: str, side: str) -> list[Finding]:
    """Rows that share one set of muscles are compared together: the lowest maximum binds."""
    found: list[Finding] = []
    scopes = {_scope(rule, muscle) for rule in rows}
    for scope in sorted(scopes, key=sorted):
        items = [i for i in context.injections if i.side == side and i.muscle in scope]
        if min(item.muscle for item in items) != muscle:
            continue  # the shared range is judged once, at the first of its muscles
        held = [rule for rule in rows if _scope(rule, muscle) == scope]
        found += _dose(context, held, items, f"{_names(items)}, {side}")
    return found


def _scope(rule: Rule, muscle: str) -> frozenset[str]:
    """The muscles whose doses this rule adds up when it judges this muscle."""
    return frozenset({muscle}) if rule.per == "each" else members(rule)


def _dose(context: Context, rules: list[Rule], items: list[PlannedInjection], what: str) -> list[Finding]:
    where, weight, on = items[0].where, context.weight_kg, context.on
    dose = sum(item.dose_U for item in items)
    found = over(dose, rules, weight, where=where, what=what, unit="U", on=on)
    found = found or conflicts(rules, where=where, what=what, on=on)
    found += under(dose, rules, weight, where=where, what=what, unit="U", on=on)
    sites = sum(item.sites for item in items)
    held = [rule for rule in rules if rule.sites_max is not None]
    if held and all(not (rule.sites_min or 0) <= sites <= (rule.sites_max or 0) for rule in held):
        rule = held[0]
        message = f"{what}: {sites} sites; the source lists {_sites(rule)}."
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
    return f"{high}" if low in (None, high) else f"{low} to {high}"


def _names(items: list[PlannedInjection]) -> str:
    ids = sorted({item.muscle for item in items})
    return " and ".join(MUSCLES[i].name if i in MUSCLES else i for i in ids)


def _not_held(context: Context, muscle: str, side: str) -> Finding:
    """A muscle without any row for this product and age."""
    items = [i for i in context.injections if i.muscle == muscle and i.side == side]
    message = (
        f"{_names(items)}, {side}: no dose held for this muscle in the {context.plan.jurisdiction} rows of "
        f"{context.plan.product} at this age (off-label muscle). {RANGES}"
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
    """Dose and volume of a single site."""
    found: list[Finding] = []
    for item in context.injections:
        name = f"{_names([item])}, {item.side}, per site"
        for family, value, unit in (
            ("site_dose", item.dose_U / item.sites, "U"),
            ("site_volume", item.volume_mL / item.sites, "mL"),
        ):
            what = f"{name} ({number(item.sites)} site{'' if item.sites == 1 else 's'})"
            rules = context.family(family)
            found += over(
                value, rules, context.weight_kg, where=item.where, what=what, unit=unit, on=context.on
            )
    return found
