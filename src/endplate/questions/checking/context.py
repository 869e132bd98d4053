"""The facts of a case that the rules ask for, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from endplate.case.models import Case, HistoryEntry, Plan
from endplate.case.plan import PlannedInjection, planned_injections
from endplate.knowledge.labels import Rule, rules_for
from endplate.knowledge.vocabulary import MUSCLES
from endplate.knowledge.vocabulary.sentence import Sentence, Word

_LIMBS = {"upper": Sentence("upper limb"), "lower": Sentence("lower limb")}


@dataclass(frozen=True)
class Context:
    """A plan with its date, person and the label rules in force for that person on that day.

    ``injections`` are those of the plan's product: units of another never enter its sums.
    """

    case: Case
    plan: Plan
    on: date
    age_y: float | None
    weight_kg: float | None
    injections: tuple[PlannedInjection, ...]
    rules: tuple[Rule, ...]

    def family(self, name: str) -> tuple[Rule, ...]:
        """Rules of one scope family, such as ``session_total``."""
        return tuple(rule for rule in self.rules if rule.family == name)

    def limbs(self) -> tuple[str, ...]:
        """Limbs the plan touches, sorted."""
        return tuple(sorted({limb_of(item.muscle) for item in self.injections}))


def limb_of(muscle: str) -> str:
    """``upper``, ``lower``, ... for a muscle id; ``unknown`` where the vocabulary has none."""
    held = MUSCLES.get(muscle)
    return held.limb if held else "unknown"


def limb_words(limb: str) -> str:
    """An arm or a leg as words."""
    return _LIMBS.get(limb) or Sentence("{limb} limb", limb=Word(limb))


def sessions_before(context: Context) -> tuple[tuple[int, HistoryEntry], ...]:
    """Earlier sessions with their place in the file, newest first."""
    held = [(place, entry) for place, entry in enumerate(context.case.history) if entry.date <= context.on]
    return tuple(sorted(held, key=lambda item: (item[1].date, item[0]), reverse=True))


def gather(case: Case, plan: Plan) -> Context:
    """Collect what the rules need; raises InputError where the plan's doses cannot be resolved."""
    age_y = case.patient.age.to("y").value if case.patient.age else None
    return Context(
        case=case,
        plan=plan,
        on=plan.date,
        age_y=age_y,
        weight_kg=case.patient.weight_kg,
        injections=tuple(shot for shot in planned_injections(case) if shot.product == plan.product),
        rules=rules_for(plan.product, plan.jurisdiction, plan.date, age_y=age_y),
    )
