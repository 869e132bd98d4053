"""Vials, dilution and syringes: whole vials, what is left over, and volumes to draw up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any

from endplate.knowledge.evidence import value
from endplate.knowledge.labels import Rule, house_rule
from endplate.knowledge.units import PERCENT
from endplate.knowledge.vocabulary import GROUPS, PRODUCTS
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.questions.checking.bounds import above
from endplate.questions.checking.context import Context
from endplate.questions.checking.finding import Finding, Severity, by_rule, doubt, number

_PLAN_DILUTION = "plan.dilution"
_OPEN = 6  # vials of the largest size that are left open to exchange for smaller ones


def check_preparation(context: Context) -> list[Finding]:
    """Vials against the units planned, dilutions against those listed, doses of nothing, sites, fluid."""
    rules = (_mixed, _vials, _dilutions, _syringes, _zero_doses, _group_sites, _fluid)
    return [finding for rule in rules for finding in rule(context)]


def preparation(context: Context) -> dict[str, Any]:
    """The ``preparation`` object of the JSON result: units, volumes, vials and what is left over."""
    total, fluid = _total_U(context), sum(item.volume_mL for item in context.injections)
    listed = [vial.value for vial in context.plan.vials]
    fewest = fewest_vials(total, PRODUCTS[context.plan.product].vial_sizes_U)
    dilution = context.plan.dilution.value if context.plan.dilution else None
    return {
        "product": context.plan.product,
        "planned_U": round(total, 6),
        "volume_mL": round(fluid, 6),
        "vials_U": listed,
        "left_over_U": round(sum(listed) - total, 6) if listed else None,
        "fewest_vials_U": fewest,
        "fewest_left_over_U": round(sum(fewest) - total, 6),
        "diluent_mL": [round(size / dilution, 6) for size in listed or fewest] if dilution else None,
    }


def fewest_vials(units: float, sizes: Sequence[float]) -> list[float]:
    """The whole vials that hold ``units`` with the least left over, then the fewest; largest first."""
    sizes = sorted(sizes, reverse=True)
    certain = max(0, int(units / sizes[0]) - _OPEN)  # so many of the largest are needed in any case
    rest = units - certain * sizes[0]
    choices = product(*(range(int(rest / size) + 2) for size in sizes))
    held = [(sum(n * size for n, size in zip(counts, sizes, strict=True)), counts) for counts in choices]
    enough = [(sum_U, sum(counts), counts) for sum_U, counts in held if not above(rest, sum_U)]
    counts = min(enough)[2]
    return [sizes[0]] * certain + [size for n, size in zip(counts, sizes, strict=True) for _ in range(n)]


def _total_U(context: Context) -> float:
    return sum(item.dose_U for item in context.injections)


def _vials(context: Context) -> list[Finding]:
    listed = [vial.value for vial in context.plan.vials]
    if not listed:
        return []
    sizes = PRODUCTS[context.plan.product].vial_sizes_U
    total, held = _total_U(context), sum(listed)
    found = [_unknown_size(context, size) for size in dict.fromkeys(listed) if size not in sizes]
    if above(total, held):
        message = Sentence(
            "The vials listed hold {held} U, the plan needs {planned} U. {advice}",
            held=number(held),
            planned=number(total),
            advice=_advice(total, sizes),
        )
        return [*found, _finding("vials_short", "warning", message, held, total)]
    if above(held, total):
        message = Sentence(
            "{over} U of {held} U are left over and discarded. {advice}",
            over=number(held - total),
            held=number(held),
            advice=_advice(total, sizes),
        )
        found.append(_finding("vials_left_over", "info", message, held - total, None))
    return found


def _unknown_size(context: Context, size: float) -> Finding:
    """A vial that is not sold of the product."""
    message = Sentence(
        "No vial of {size} U is held for {product}; it comes in {sizes} U.",
        size=number(size),
        product=context.plan.product,
        sizes=", ".join(number(known) for known in PRODUCTS[context.plan.product].vial_sizes_U),
    )
    return _finding("vial_size_unknown", "warning", message, size, None)


def _advice(total: float, sizes: Sequence[float]) -> Sentence:
    """Which whole vials leave least over."""
    fewest = fewest_vials(total, sizes)
    counted = ", ".join(f"{count} x {number(size)} U" for size, count in Counter(fewest).items())
    return Sentence(
        "The least left over in whole vials: {vials} ({over} U over).",
        vials=counted or Sentence("none"),
        over=number(sum(fewest) - total),
    )


def _finding(rule: str, severity: Severity, message: str, value: float, limit: float | None) -> Finding:
    return Finding(rule, severity, "plan.vials", message, value, limit, "U")


def _dilutions(context: Context) -> list[Finding]:
    """A dilution that is none of those the source lists, a single one or a range each."""
    rules = [r for r in context.family("dilution") if r.minimum is not None and r.maximum is not None]
    found: list[Finding] = []
    for where, used in _used(context) if rules else []:
        if any(_listed(rule, used) for rule in rules):
            continue
        nearest = min(rules, key=lambda rule: (_distance(rule, used), rule.id))
        listed = sorted({(rule.minimum or 0, rule.maximum or 0) for rule in rules})
        message = Sentence(
            "{dilution} U/mL is no dilution listed ({listed} U/mL){doubt}.",
            dilution=number(used),
            listed=Sentence.joined(", ", [_range(low, high) for low, high in listed]),
            doubt=doubt(nearest),
        )
        limit = nearest.maximum if used > (nearest.maximum or 0) else nearest.minimum
        found.append(by_rule(nearest, "info", where, message, context.on, value=used, limit=limit))
    return found


def _syringes(context: Context) -> list[Finding]:
    """Doses whose volume makes another concentration than the one that the plan's vials are prepared at."""
    plan = context.plan.dilution
    if plan is None:
        return []
    return [
        Finding(
            "concentration_differs",
            "warning",
            where,
            Sentence(
                "Dose over volume is {own} U/mL here and the plan's vials are prepared at {plan} U/mL: one "
                "syringe cannot hold both.",
                own=number(used),
                plan=number(plan.value),
            ),
            used,
            plan.value,
            "U/mL",
        )
        for where, used in _used(context)
        if where != _PLAN_DILUTION
    ]


def _range(low: float, high: float) -> str:
    return number(low) if low == high else Sentence("{low} to {high}", low=number(low), high=number(high))


def _listed(rule: Rule, value: float) -> bool:
    return not above(value, rule.maximum or 0) and not above(rule.minimum or 0, value)


def _distance(rule: Rule, value: float) -> float:
    return max((rule.minimum or 0) - value, value - (rule.maximum or 0), 0)


def _used(context: Context) -> list[tuple[str, float]]:
    """Where a dilution is used, and its units per mL."""
    plan = context.plan
    used = {(_PLAN_DILUTION, plan.dilution.value)} if plan.dilution else set()
    for item in context.injections:
        own = item.dose_U / item.volume_mL if item.volume_mL else None
        if own is not None and not (plan.dilution and abs(own - plan.dilution.value) <= 1e-9 * own):
            used.add((item.where, own))
    return sorted(used)


def _mixed(context: Context) -> list[Finding]:
    """Injections of another product than the plan's: units of two products are never added or compared."""
    product = context.plan.product
    return [
        Finding(
            "product_mixing",
            "critical",
            f"plan.injections[{place}].product",
            Sentence(
                "{other} in a plan of {product}: one session, one product. Its units are in no sum here.",
                other=item.product,
                product=product,
            ),
        )
        for place, item in enumerate(context.plan.injections)
        if item.product not in (None, product)
    ]


def _zero_doses(context: Context) -> list[Finding]:
    return [
        Finding(
            "dose_zero", "warning", f"plan.injections[{place}].dose", "An injection of 0 U.", 0.0, None, "U"
        )
        for place, item in enumerate(context.plan.injections)
        if item.dose.value == 0
    ]


def _fluid(context: Context) -> list[Finding]:
    """More fluid than a muscle is taken to hold; its volume is the table's adult's, scaled by body mass."""
    house = house_rule("muscle_fluid")
    scale = (context.weight_kg or value("muscle.reference_body_mass")) / value("muscle.reference_body_mass")
    found: list[Finding] = []
    for muscle, side in sorted({(item.muscle, item.side) for item in context.injections}):
        items = [i for i in context.injections if (i.muscle, i.side) == (muscle, side)]
        fluid, belly = sum(i.volume_mL for i in items), value(f"muscle.{muscle}.volume_mL") * scale
        share = fluid / belly * PERCENT
        if above(share, house.maximum or 0):
            message = Sentence(
                "{muscle}, {side}: {fluid} mL are {share} % of a muscle of about {volume} mL "
                "(assumed limit {limit} %).",
                muscle=Word(muscle),
                side=Word(side),
                fluid=number(fluid),
                share=f"{share:.0f}",
                volume=number(round(belly, 1)),
                limit=number(house.maximum or 0),
            )
            where, on = items[0].where, context.on
            found.append(by_rule(house, "warning", where, message, on, value=share, limit=house.maximum))
    return found


def _group_sites(context: Context) -> list[Finding]:
    """A group with fewer sites than muscles, which is simulated with one site in each."""
    found: list[Finding] = []
    for place, item in enumerate(context.plan.injections):
        members = GROUPS.get(item.muscle, ())
        if item.sites is not None and item.sites < len(members):
            message = _fewer_sites(item.muscle, len(members), item.sites)
            where = f"plan.injections[{place}].sites"
            found.append(Finding("group_sites", "warning", where, message, item.sites, len(members), "sites"))
    return found


def _fewer_sites(group: str, members: int, sites: int) -> Sentence:
    one = Sentence("the plan writes {sites} site", sites=str(sites))
    several = Sentence("the plan writes {sites} sites", sites=str(sites))
    return Sentence(
        "{group} is {count} muscles, {written}; each muscle is taken to have one, so the dose per site is "
        "lower than written.",
        group=Word(group, group),
        count=str(members),
        written=one if sites == 1 else several,
    )
