"""A study run through the mechanism: every arm once, every outcome read from it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, JointBaseline, Outcome, PlannedInjection, Study
from endplate.knowledge.evidence import Posterior, get, load_posterior, record_ids, value
from endplate.knowledge.vocabulary import JOINTS, MEASURES
from endplate.knowledge.vocabulary.anatomy import stretch_movements, stretched_muscles
from endplate.physiology import scales
from endplate.physiology import spread as spread_stage
from endplate.questions.reproducing.adverse import AdverseStudy, follow_up_d, needs_force
from endplate.questions.reproducing.antibodies import check_told, with_antibodies
from endplate.questions.reproducing.arms import (
    are_children,
    body_mass_kg,
    check_supported,
    injections_of,
    sessions_d,
)
from endplate.questions.reproducing.bath import in_bath
from endplate.questions.reproducing.grades import observed_change
from endplate.questions.reproducing.groups import (
    MOST_PEOPLE,
    CannotSimulate,
    Group,
    GroupDraws,
    people_reported,
)
from endplate.questions.reproducing.ladder import (
    Ladder,
    cleaved_at_boundary,
    half_dose,
    is_on_ladder,
    peak_day,
    run_ladder,
)
from endplate.questions.reproducing.measures import check_carried, statistic
from endplate.questions.reproducing.model import StudyModel
from endplate.questions.reproducing.reported import Statistic, mean_of_people, row_key
from endplate.questions.reproducing.shares import ChangeShares, change_shares
from endplate.questions.reproducing.simulated import Simulated
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, session_times
from endplate.simulation.parameters import draw

Array = NDArray[np.float64]

_BOLUS = ("bolus_length", "bolus_thickness")


class SimulatedStudy(StudyModel):
    """One study in ``draws`` posterior draws; arms are run when an outcome first asks for them.

    ``unseen`` leaves the study's own rows out of what is known of its adverse events.
    """

    def __init__(
        self,
        study: Study,
        draws: int,
        seed: int,
        posterior: Posterior | None = None,
        biology: Biology | None = None,
        *,
        unseen: bool = False,
    ) -> None:
        super().__init__(study, draws, seed)
        self._unseen = unseen
        self._biology = biology or Biology()
        self._posterior = load_posterior() if posterior is None else posterior
        self._arms: dict[str, Simulated] = {}
        self._ladders: dict[tuple[object, ...], Ladder] = {}

    def simulated(self, outcome: Outcome) -> Statistic:
        """The statistic as simulated; of two arms, their difference.

        Raises:
            CannotSimulate: with the reason.
        """
        check_supported(self.study.species, self.study.preparation)
        if outcome.measure == "smd" and self.study.preparation == "in_vivo":
            if outcome.versus is None:
                raise CannotSimulate("a standardised difference needs a second arm")
            self._check_listed()
            one, other = (self._arm(name, outcome) for name in (outcome.arm, outcome.versus))
            return _standardised(one, other, outcome)
        found = self._of(self.named(outcome.arm), outcome)
        if outcome.versus is None:
            return found
        return found.minus(self._of(self.named(outcome.versus), outcome))

    def change_shares(self, outcome: Outcome) -> ChangeShares | None:
        """What the change of a grade is made of, of two arms their difference; None of another outcome.

        Raises:
            CannotSimulate: with the reason.
        """
        if outcome.measure != "scale_change" or outcome.scale not in scales.GRADED:
            return None
        check_supported(self.study.species, self.study.preparation)
        self._check_listed()
        found = change_shares(self._arm(outcome.arm, outcome), outcome)
        if outcome.versus is None:
            return found
        return found.minus(change_shares(self._arm(outcome.versus, outcome), outcome))

    def _of(self, arm: Arm, outcome: Outcome) -> Statistic:
        """The statistic of one arm."""
        if self.study.preparation == "ex_vivo":
            group, row = self._group(arm, 1, self.study.species), row_key(self.study, outcome)
            return in_bath(arm, outcome, group, people_reported(arm, outcome), row)
        check_carried(outcome)
        if outcome.measure == "antibody_fraction":
            return self._antibodies(arm, outcome)
        if outcome.measure == "adverse_fraction":
            group = self._group(arm, 1, self.study.species)
            return AdverseStudy(self.study, group, self._arm, self._unseen).fraction(arm, outcome)
        if outcome.measure in _BOLUS:
            return self._bolus(arm, outcome)
        if is_on_ladder(arm, outcome):
            return self._off_ladder(arm, outcome)
        self._check_listed()
        return statistic(self._arm(arm.arm, outcome), outcome)

    def _antibodies(self, arm: Arm, outcome: Outcome) -> Statistic:
        """The share with antibodies: what all of a study share decides it, so one of each draw is enough."""
        check_told(arm)
        group, row = self._group(arm, 1, self.study.species), row_key(self.study, outcome)
        return with_antibodies(arm, outcome, self._shots(arm), group, people_reported(arm, outcome), row)

    def _shots(self, arm: Arm) -> tuple[PlannedInjection, ...]:
        """What an arm injects in one session, muscle by muscle."""
        child = are_children(self.study.population)
        return injections_of(arm, self._mass_kg(), paediatric=child, species=self.study.species)

    def _mass_kg(self) -> float | None:
        """Body mass of the people or animals; None for the table's adults."""
        return body_mass_kg(self.study.species, self.study.population)

    def _check_listed(self) -> None:
        """Raise unless some arm lists what was injected: an arm without injections is then one of placebo."""
        if not any(arm.injections for arm in self.study.arms):
            raise CannotSimulate("no arm of this study lists what was injected (product, muscle and dose)")

    def _off_ladder(self, arm: Arm, outcome: Outcome) -> Statistic:
        """What is read from the arm at a ladder of doses."""
        read = {"ed50": half_dose, "cleaved_ratio": cleaved_at_boundary, "peak": peak_day}
        key = (arm.arm, outcome.muscle, outcome.at)
        if key not in self._ladders:
            self._ladders[key] = run_ladder(self.study, arm, outcome, self._group, self._biology)
        return self._ladders[key].statistic(read[outcome.measure], arm, outcome)

    def _arm(self, name: str, outcome: Outcome) -> Simulated:
        arm = self.named(name)
        if name not in self._arms:
            self._arms[name] = self.run(arm)
        held = self._arms[name]
        return replace(held, people=people_reported(arm, outcome))

    def _people(self, arm: Arm) -> int:
        """How many people of an arm are simulated in every draw."""
        sizes = [people_reported(arm), *(o.n or 0 for o in self._outcomes(arm))]
        return min(max(sizes), MOST_PEOPLE)

    def run(self, arm: Arm) -> Simulated:
        """Simulate an arm, with every joint that an outcome of it reads.

        Raises:
            CannotSimulate: with the reason.
        """
        people, study = self._people(arm), self.study
        group = self._group(arm, people, study.species)
        chain = self._chain(arm, group)
        visits = tuple(visit.to("d").value for visit in study.visits)
        enrolments = {j.baseline.joint: self._enrolment(j.baseline.joint) for j in chain.joints}
        return Simulated(chain, group, visits, people, enrolments)

    def _chain(self, arm: Arm, group: Group) -> Chain:
        """What the arm's sessions do to every copy of the group."""
        days = sessions_d(arm)
        time_d = session_times(self._last_d(arm), days)
        plan = (self._shots(arm), self._baselines(arm), self._mass_kg())
        return run_chain(*plan, group, time_d, sessions_d=days, biology=self._biology)

    def _outcomes(self, arm: Arm) -> list[Outcome]:
        return [outcome for outcome in self.study.outcomes if arm.arm in (outcome.arm, outcome.versus)]

    def _last_d(self, arm: Arm) -> float:
        """The last day that an outcome of the arm needs; clocks need a long course."""
        asked = self._outcomes(arm)
        days = [outcome.at.to("d").value for outcome in asked if outcome.at]
        if any(outcome.at is None and not MEASURES[outcome.measure].own_time for outcome in asked):
            visits = [visit.to("d").value for visit in self.study.visits]
            days += [get("measures.day_not_stated").distribution.high or 0.0, *visits]
        days += [follow_up_d(outcome) for outcome in asked if needs_force(outcome)]
        clocked = [value("clinic.clock_horizon")] if any(map(_needs_course, asked)) else []
        return float(max([1.0, *days, *clocked]))

    def _group(self, arm: Arm, people: int, species: str) -> Group:
        return GroupDraws(self.seed, self.draws, people, self.study.study, arm.arm, species, self._posterior)

    def _baselines(self, arm: Arm) -> tuple[JointBaseline, ...]:
        """The joints that outcomes name; where one names none, those that the injections can relax."""
        named = dict.fromkeys(o.joint for o in self._outcomes(arm) if o.joint)
        if any(o.joint is None and MEASURES[o.measure].of_joints for o in self._outcomes(arm)):
            population = self.study.population
            known = [population.joint] if population and population.joint else self._targets()
            named.update(dict.fromkeys(known))
        return tuple(self._baseline(joint) for joint in named)

    def _injected(self) -> set[str]:
        """Every muscle that any arm of the study injects."""
        return {shot.muscle for arm in self.study.arms for shot in self._shots(arm)}

    def _targets(self) -> list[str]:
        """The joints of which at least half of the muscles stretched are injected."""
        injected = self._injected()
        return [joint for joint in JOINTS if self._movement(joint, injected)[1] >= 1 / 2]

    def _movement(self, joint: str, injected: set[str]) -> tuple[str, float]:
        """The movement that stretches most of the injected muscles, and their share of those it stretches."""
        movements = stretch_movements(joint)
        if not movements:
            raise CannotSimulate(f"no stretch is listed for the joint {joint}")
        shares = [
            len(injected & set(stretched_muscles(joint, m))) / len(stretched_muscles(joint, m))
            for m in movements
        ]
        best = int(np.argmax(shares))
        return movements[best], shares[best]

    def _recorded(self, joint: str) -> tuple[str, float, float, float | None]:
        """Scale, mean, spread and least of the grades recorded at baseline; usual ones where not held."""
        population = self.study.population
        known = population.baseline if population and population.joint in (None, joint) else None
        if known is None or known.scale not in scales.GRADED:
            usual = value("scales.baseline_grade_default"), value("scales.baseline_sd_default")
            return scales.TRUE_SCALE, *usual, None
        return known.scale, known.mean, known.sd or value("scales.baseline_sd_default"), known.min

    def _enrolment(self, joint: str) -> scales.Enrolment:
        """Who was let in by the grade recorded at a joint."""
        scale, _, _, least = self._recorded(joint)
        return scales.Enrolment(scales.categories_of(scale), least)

    def _baseline(self, joint: str) -> JointBaseline:
        """The joint with the true grades of those enrolled."""
        movement, _ = self._movement(joint, self._injected())
        true, spread = _true_grades(joint, *self._recorded(joint))
        return JointBaseline(joint, "right", movement, scales.TRUE_SCALE, "", true, None, None, spread)

    def _bolus(self, arm: Arm, outcome: Outcome) -> Statistic:
        """Length along or thickness across the fibres, cm, of the fluid of one site, mean of a group."""
        if not arm.injections:
            raise CannotSimulate("the arm lists no injection whose fluid could be followed")
        if self.study.species != "human":
            raise CannotSimulate(f"how fluid spreads in a muscle of the {self.study.species} is not held")
        healthy = bool(self.study.population and self.study.population.condition == "healthy")
        reported = people_reported(arm, outcome)
        group = self._group(arm, min(reported, MOST_PEOPLE), "healthy" if healthy else "human")
        shot = injections_of(arm, None, paediatric=False)[0]
        p = draw(spread_stage.Parameters, group)
        bare = type(p)(**{**vars(p), "bolus_margin_cm": np.zeros(group.size)})
        along, across = spread_stage.variances_mm2(bare, shot.volume_mL / shot.sites)
        variance = along if outcome.measure == "bolus_length" else across
        return mean_of_people(group.by_draw(np.asarray(2 * spread_stage.semi_axis_cm(variance))), reported)


@lru_cache(maxsize=256)
def _true_grades(joint: str, scale: str, mean: float, sd: float, least: float | None) -> tuple[float, float]:
    """Mean and spread of the true grades behind those recorded at baseline: once, not for every group."""
    p = scales.RaterParameters(*(np.array([value(i)]) for i in record_ids(scales.RaterParameters).values()))
    enrolment = scales.Enrolment(scales.categories_of(scale), least)
    return scales.true_of_recorded(p.rater_at(joint), enrolment, mean, sd)


def _needs_course(outcome: Outcome) -> bool:
    """Whether an outcome is read from a whole course; of a day of largest effect, no longer than ``at``."""
    held = MEASURES[outcome.measure]
    return held.clock and (outcome.measure != "peak" or outcome.at is None)


def _standardised(arm: Simulated, other: Simulated, outcome: Outcome) -> Statistic:
    """Difference of mean changes over their pooled standard deviation, negative when the first is better."""
    if min(arm.simulated, other.simulated) < 2:
        raise CannotSimulate("a standardised difference needs two people in every arm")
    changes = [one.each(observed_change(one, outcome)) for one in (arm, other)]
    pooled = np.sqrt(np.mean([change.var(axis=1, ddof=1) for change in changes], axis=0))
    as_change = outcome.model_copy(update={"measure": "scale_change"})
    difference = statistic(arm, as_change).minus(statistic(other, as_change))
    sizes = ((arm.simulated, other.simulated), (arm.people, other.people))
    drawn, chance = (float(np.sqrt(1 / first + 1 / second)) for first, second in sizes)
    return Statistic(np.asarray(difference.values / pooled), drawn, chance)
