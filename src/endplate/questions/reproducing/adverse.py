"""The share of an arm with an adverse event: on placebo, what the drug adds, and who is in the group.

A study reports events on placebo more or less readily, all its arms alike; people have the event by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome, Quantity, Study
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import EVENTS, GROUPS, MUSCLES, canonical_event
from endplate.physiology.body import WeaknessParameters, weakness_hazard, with_background
from endplate.questions.reproducing.arms import are_children
from endplate.questions.reproducing.groups import CannotSimulate, Group, people_reported
from endplate.questions.reproducing.reported import Statistic, row_key
from endplate.questions.reproducing.simulated import Simulated
from endplate.simulation.adverse.rates import (
    WEAKNESS,
    Rates,
    fitted_rows,
    logistic,
    rates,
    weakness_rows,
    weakness_setting,
)
from endplate.simulation.adverse.weakness import strength_missed
from endplate.simulation.parameters import draw, stream

Array = NDArray[np.float64]
Run = Callable[[str, Outcome], Simulated]

_AS_IN = "adverse.weakness_hazard"  # and the study
_NEVER = {
    "boxed": "an event named in the boxed warning is never given a probability by a model",
    "immunity": "antibodies are the measure antibody_fraction",
}


def _limbs(arm: Arm) -> list[str]:
    """The limbs of the muscles that an arm injects."""
    named = [name for item in arm.injections for name in (item.muscle, *item.muscles) if name]
    return sorted({MUSCLES[one].limb for name in named for one in GROUPS.get(name, (name,))})


def follow_up_d(outcome: Outcome) -> float:
    """Day up to which an outcome's people are followed for complaints of weakness."""
    return (
        outcome.at.to("d").value if outcome.at else Quantity(value("adverse.follow_up"), "wk").to("d").value
    )


def needs_force(outcome: Outcome) -> bool:
    """Whether an outcome is read from lost force."""
    return outcome.measure == "adverse_fraction" and canonical_event(outcome.event or "") == WEAKNESS


def _people(study: Study) -> str:
    return "children" if are_children(study.population) else "adults"


def setting_of(study: Study, arm: Arm, *, unseen: bool) -> str | None:
    """The held study as readily as in which an arm's weakness would be reported.

    None where no study of such people, limb, condition and product is held.

    Args:
        study: whose people they are.
        arm: what they get.
        unseen: whether the study's own rows are left out.
    """
    if arm.product is None:
        return None
    rows = weakness_rows(arm.product, _people(study), _limbs(arm), study.study if unseen else None)
    return weakness_setting(rows, study.population.condition if study.population else None)


@dataclass(frozen=True)
class AdverseStudy:
    """The adverse events of a study.

    Attributes:
        study: the study.
        group: its draws; who is in its groups does not matter.
        run: how to simulate an arm.
        unseen: whether its own rows are left out of what is known of its events.
        as_held: whether weakness is reported as readily as in a held study of such people, limb, condition
            and product, where there is one; else as studies differ, which is how a study is scored.
    """

    study: Study
    group: Group
    run: Run
    unseen: bool = False
    as_held: bool = False

    def fraction(self, arm: Arm, outcome: Outcome) -> Statistic:
        """Share of the arm's people with the event, in every draw.

        Raises:
            CannotSimulate: with the reason.
        """
        share = self.probability(arm, outcome)
        n = people_reported(arm, outcome)
        chance = stream(self.group.seed, f"{row_key(self.study, outcome)}/{arm.arm}/people")
        spread = float(np.sqrt(np.mean(share * (1 - share)) / n))
        return Statistic(chance.binomial(n, share) / n, spread, spread)

    def probability(self, arm: Arm, outcome: Outcome) -> Array:
        """How likely a person of the arm has the event, in every draw, (draws,).

        Raises:
            CannotSimulate: with the reason.
        """
        held, unknowns, on_placebo = self._rates(outcome)
        if arm.product is None:
            return logistic(on_placebo)
        event = self._event(outcome)
        if event == WEAKNESS:
            return np.asarray(self._weakness(arm, outcome, logistic(on_placebo)).mean(axis=1))
        return logistic(on_placebo + self._added(arm, event, held, unknowns))

    def _rates(self, outcome: Outcome) -> tuple[Rates, Array, Array]:
        """What is held of the event, its unknowns (draws, unknowns), and its logit on placebo, (draws,)."""
        event, people = self._event(outcome), self._people()
        held = rates(event, people, self.study.study if self.unseen else None)
        if held is None:
            other = " by another study" if self.unseen else ""
            name = EVENTS[event].name
            raise CannotSimulate(f"no row with a placebo group is held for {name} in {people}{other}")
        if not any(each.product for each in self.study.arms):
            raise CannotSimulate("no arm of this study names a product")
        unknowns = held.drawn(self.group.of_draws(f"adverse/{event}/{people}", len(held.names)))
        own = self.group.by_draw(self.group.of("adverse.background_study", event))[:, 0]
        return held, unknowns, held.background(unknowns, own)

    def of_each(self, arm: Arm, outcome: Outcome, ran: Simulated) -> Array:
        """Whether each of an arm's simulated people has the event, (copies,); arguments as elsewhere.

        Raises:
            CannotSimulate: with the reason.
        """
        group, event = ran.group, self._event(outcome)
        if event == WEAKNESS and arm.product is not None:
            likely = self._weakness(arm, outcome, logistic(self._rates(outcome)[2]))
        else:
            likely = self.probability(arm, outcome)[:, None]
        likely = np.broadcast_to(likely, (group.draws, group.people)).reshape(-1)
        return (group.uniform(f"adverse/{event}", 1)[:, 0] < likely).astype(np.float64)

    def _event(self, outcome: Outcome) -> str:
        if self.study.species != "human":
            raise CannotSimulate("adverse events are held of people only")
        event = canonical_event(outcome.event or "")
        if event is None:
            named = (
                f"the event {outcome.event!r} is none that is known" if outcome.event else "no event is named"
            )
            raise CannotSimulate(f"{named} (endplate schema vocabulary lists them)")
        if EVENTS[event].kind in _NEVER:
            raise CannotSimulate(_NEVER[EVENTS[event].kind])
        return event

    def _people(self) -> str:
        return _people(self.study)

    def _added(self, arm: Arm, event: str, held: Rates, unknowns: Array) -> Array:
        """What the drug adds to the logit: as the arm's own row tells, else as arms of the product differ."""
        rows = [] if self.unseen else fitted_rows(event, self._people())
        same = (row.id for row in rows if (row.study, row.arm) == (self.study.study, arm.arm))
        product = arm.product or ""
        names = (product, f"{self.study.study}/{arm.arm}")
        fresh = [self.group.of_draws(f"{name}/adverse/{event}", 1) for name in names]
        return held.increment(unknowns, product, next(same, None), np.concatenate(fresh, axis=1))

    def _weakness(self, arm: Arm, outcome: Outcome, background: Array) -> Array:
        """How likely each of the arm's simulated people complains, (draws, people)."""
        if not arm.injections:
            raise CannotSimulate("weakness needs the muscles and doses of the arm")
        ran = self.run(arm.arm, outcome)
        p = draw(WeaknessParameters, ran.group)
        held = setting_of(self.study, arm, unseen=self.unseen) if self.as_held else None
        readily = ran.group.of(f"{_AS_IN}.{held}") if held else weakness_hazard(p)
        hazard = ran.each(readily * strength_missed(ran.chain, p.spare, follow_up_d(outcome))[0])
        return np.asarray(with_background(background[:, None], hazard))
