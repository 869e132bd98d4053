"""The arms of a study as injections: doses per body mass, doses shared by label or volume, sessions."""

from __future__ import annotations

import numpy as np

from endplate.case import Arm, PlannedInjection, StudyInjection, divided_sites, volume_shares
from endplate.case import Population as StudyPopulation
from endplate.case.models import ADULT_Y
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.evidence import load_records, value
from endplate.knowledge.labels import Rule, load_rules
from endplate.knowledge.vocabulary import GROUPS
from endplate.questions.reproducing.groups import CannotSimulate

GUIDANCE = "electrical_stimulation"  # trials seldom inject by hand alone, and files do not say how


def are_children(population: StudyPopulation | None) -> bool:
    """Whether a study says that its people are children."""
    return population is not None and population.adults is False


def body_mass_kg(species: str, population: StudyPopulation | None) -> float | None:
    """Body mass of the people or animals of a study; None for adults, who are the table's own."""
    if species != "human":
        return value(f"species.body_mass.{species}")
    age = population.age.mean.to("y").value if population and population.age else None
    if age is None:
        return value("growth.weight.child_default") if are_children(population) else None
    return None if age >= ADULT_Y else _child_mass_kg(age)


def _child_mass_kg(age_y: float) -> float:
    """Median weight at an age, linear between the ages held."""
    prefix = "growth.weight.age_"
    held = {
        float(key.removeprefix(prefix)): r.value
        for key, r in load_records().items()
        if key.startswith(prefix)
    }
    ages = sorted(held)
    return float(np.interp(age_y, ages, [held[age] for age in ages]))


def injections_of(
    arm: Arm, mass_kg: float | None, *, paediatric: bool, species: str = "human"
) -> tuple[PlannedInjection, ...]:
    """The arm's injections muscle by muscle, on one side."""
    shots: list[PlannedInjection] = []
    for index, item in enumerate(arm.injections):
        dose_U = _units(item, mass_kg)
        muscles = [item.muscle] if item.muscle else list(item.muscles)
        shares = _shares(muscles, item.split, arm.product or "", paediatric)
        fluid_mL = _fluid_mL(item, dose_U, species)
        sites = divided_sites(item.sites or len(shares), shares)
        where = f"arms.{arm.arm}.injections[{index}]"
        for muscle, share in shares.items():
            given, fluid = dose_U * share, fluid_mL * share
            shots.append(
                PlannedInjection(
                    where, muscle, "right", arm.product or "", given, sites[muscle], fluid, None, GUIDANCE
                )
            )
    absent = sorted({shot.muscle for shot in shots} - set(load_bodies()))
    if absent:
        raise CannotSimulate(f"no body is held for the muscle {absent[0]}")
    return tuple(shots)


def _units(item: StudyInjection, mass_kg: float | None) -> float:
    if item.dose.unit == "U":
        return float(item.dose.value)
    return float(item.dose.value) * (mass_kg or value("muscle.reference_body_mass"))


def _fluid_mL(item: StudyInjection, dose_U: float, species: str) -> float:
    """The volume injected: as stated, from the dilution, or the species' usual volume at every site."""
    if item.volume is not None:
        return float(item.volume.value)
    if item.dilution is not None:
        return float(dose_U / item.dilution.value)
    if species != "human":
        return value(f"measures.site_volume.{species}") * (item.sites or 1)
    return value("spread.site_volume_default") * (item.sites or 1)


def _shares(muscles: list[str], split: str | None, product: str, paediatric: bool) -> dict[str, float]:
    """How a dose is divided: by label ranges where asked and every muscle has one, else by volume."""
    by_volume = volume_shares(*muscles)
    if split != "label" or len(by_volume) == 1:
        return by_volume
    middles = {muscle: _midpoint(muscle, product, paediatric) for muscle in by_volume}
    known = {muscle: middle for muscle, middle in middles.items() if middle is not None}
    if len(known) < len(middles):
        return by_volume
    return {muscle: middle / sum(known.values()) for muscle, middle in known.items()}


def _midpoint(muscle: str, product: str, paediatric: bool) -> float | None:
    """Middle of a muscle's range in the US label, else in any held for the product and population."""
    rules = [rule for rule in load_rules() if rule.product == product and _is_range(rule, muscle, paediatric)]
    rules.sort(key=lambda rule: (rule.jurisdiction != "US", rule.jurisdiction, rule.id))
    for rule in rules:
        members = {m for name in rule.muscles for m in GROUPS.get(name, (name,))}
        return ((rule.minimum or 0) + (rule.maximum or 0)) / 2 / (1 if rule.per == "each" else len(members))
    return None


def _is_range(rule: Rule, muscle: str, paediatric: bool) -> bool:
    members = {m for name in rule.muscles for m in GROUPS.get(name, (name,))}
    people = ("paediatric", "any") if paediatric else ("adult", "any")
    full = rule.minimum is not None and rule.maximum is not None
    return rule.family == "muscle_dose" and full and muscle in members and rule.population in people


def sessions_d(arm: Arm) -> tuple[float, ...]:
    """Days of the arm's sessions, the first on day 0."""
    if arm.repeat is None:
        return (0.0,)
    every = arm.repeat.every.to("d").value
    return tuple(every * count for count in range(arm.repeat.times))


def check_supported(species: str, preparation: str) -> None:
    """Raise where the model has no such preparation."""
    if preparation == "cell":
        raise CannotSimulate("no rate of uptake is held for cultured cells")
    if species != "human" and f"species.body_mass.{species}" not in load_records():
        raise CannotSimulate(f"no body mass is held for the {species}")
