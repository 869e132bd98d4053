"""Doses of a trial's arms that lie above every maximum held for their product.

No plan of a person is judged here, and no place and day are known: rules of all jurisdictions count, and an
arm is told of only where none of them allows its dose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from endplate.case import PlannedInjection
from endplate.case.trial import Trial, TrialArm
from endplate.knowledge.evidence import value
from endplate.knowledge.labels import Rule, load_rules
from endplate.knowledge.vocabulary import MUSCLES
from endplate.questions.checking.bounds import above
from endplate.questions.checking.context import limb_of
from endplate.questions.checking.finding import number
from endplate.questions.checking.muscles import members
from endplate.questions.reproducing.arms import are_children, body_mass_kg, injections_of


def doses_told(trial: Trial) -> Iterator[str]:
    """A sentence for every muscle and session whose dose is above every maximum held."""
    child = are_children(trial.who)
    people = ("paediatric", "any") if child else ("adult", "any")
    mass_kg = body_mass_kg("human", trial.who) or value("muscle.reference_body_mass")
    for arm in trial.arms:
        if arm.product is not None:
            shots = injections_of(arm, mass_kg, paediatric=child)
            rules = [each for each in load_rules() if each.product == arm.product]
            yield from _of_arm(arm, shots, [each for each in rules if each.population in people], mass_kg)


def _of_arm(
    arm: TrialArm, shots: Sequence[PlannedInjection], rules: Sequence[Rule], mass_kg: float
) -> Iterator[str]:
    for muscle in dict.fromkeys(shot.muscle for shot in shots):
        named = [rule for rule in rules if rule.family == "muscle_dose" and muscle in members(rule)]
        found = [(rule, _units(shots, _with(rule, muscle))) for rule in named]
        yield from _told(arm, MUSCLES[muscle].name, found, mass_kg)
    for limb in sorted({limb_of(shot.muscle) for shot in shots}):
        totals = [r for r in rules if r.family == "session_total" and r.limb in (limb, "any")]
        here = {s.muscle for s in shots if limb_of(s.muscle) == limb}
        every = {s.muscle for s in shots}
        sums = [(r, _units(shots, (here if r.limb == limb else every) - set(r.without))) for r in totals]
        yield from _told(arm, f"{limb} limb in one session", sums, mass_kg)


def _with(rule: Rule, muscle: str) -> set[str]:
    """The muscles whose doses a rule adds up when it is about this one."""
    return {muscle} if rule.per == "each" else set(members(rule))


def _units(shots: Sequence[PlannedInjection], muscles: set[str]) -> float:
    return sum(shot.dose_U for shot in shots if shot.muscle in muscles)


def _told(arm: TrialArm, where: str, found: Sequence[tuple[Rule, float]], mass_kg: float) -> Iterator[str]:
    """One sentence where every maximum held lies below the dose that it is about; none where none is held."""
    limits = [(rule.maximum_for(mass_kg), dose_U, rule) for rule, dose_U in found]
    known = [(limit, dose_U, rule) for limit, dose_U, rule in limits if limit is not None]
    if not known or not all(above(dose_U, limit) for limit, dose_U, _ in known):
        return
    limit, dose_U, rule = max(known, key=lambda each: each[0])
    at = f" ({number(limit / mass_kg)} U/kg at {number(round(mass_kg))} kg)" if rule.per_kg else ""
    yield (
        f"Arm {arm.arm!r} gives {number(dose_U)} U, {where}: above every maximum held for {arm.product}. The "
        f"largest is {number(limit)} U{at}, rule {rule.id} ({rule.basis}: {rule.source.citation})."
    )
