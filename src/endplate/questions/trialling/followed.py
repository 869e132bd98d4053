"""People of one arm followed as a published study is: the same arms, joints, raters and measures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from endplate.case.study import Arm, Outcome
from endplate.case.trial import Endpoint, Trial, TrialArm
from endplate.knowledge.evidence import Posterior, load_posterior
from endplate.knowledge.units import PERCENT
from endplate.questions.reproducing.adverse import AdverseStudy
from endplate.questions.reproducing.grades import rated, when_of
from endplate.questions.reproducing.groups import CannotSimulate, Group
from endplate.questions.reproducing.measures import of_each, reinjected_on
from endplate.questions.reproducing.simulated import Simulated
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation.chain import Chain
from endplate.simulation.sessions.following import Course, Rules
from endplate.simulation.sessions.repeating import Adapt, Repeat

Array = NDArray[np.float64]
Columns = dict[str, NDArray[np.generic]]


@lru_cache(maxsize=2)
def _unseen(trial: str) -> Posterior:
    """What calibration learnt from other studies than a published trial, so that it does not judge itself."""
    return load_posterior(spare=True).leaving_out(trial)


def posterior_of(trial: Trial) -> Posterior:
    """What calibration learnt, without the trial itself where it is a published one."""
    return _unseen(trial.trial) if trial.published else load_posterior()


class TrialStudy(SimulatedStudy):
    """Some people of a trial, run as those of a published study are.

    Args:
        trial: the whole trial.
        group: its people.
        mass_kg: their body mass; None for that of the population stated.

    Attributes:
        again_d: day of each one's second session where the arm has a course, infinite where none, (people,).
    """

    again_d: Array | None = None

    def __init__(self, trial: Trial, group: Group, mass_kg: float | None) -> None:
        super().__init__(trial.as_study(), group.draws, group.seed, posterior_of(trial))
        self.trial, self.group, self._own_mass_kg = trial, group, mass_kg

    @cached_property
    def left_d(self) -> Array:
        """Day on which each person leaves, infinite for those who stay, (people,): a constant hazard."""
        share = self.trial.attendance.left_by_end
        if share is None or not share.value:
            return np.full(self.group.size, np.inf)
        days = [visit.to("d").value for visit in self.trial.visits]
        days += [e.at.to("d").value for e in self.trial.endpoints if e.at is not None]
        rate = -np.log1p(-share.value / PERCENT) / max(days)
        return np.asarray(-np.log(self.group.uniform("attendance/left", 1)[:, 0]) / rate)

    def _people(self, arm: Arm) -> int:
        return self.group.people

    def _group(self, arm: Arm, people: int, species: str) -> Group:
        return self.group

    def _mass_kg(self) -> float | None:
        return super()._mass_kg() if self._own_mass_kg is None else self._own_mass_kg

    def _last_d(self, arm: Arm) -> float:
        """The last day needed; a mixed model reads all visits, those after its own day too."""
        over = [e for e in self.trial.endpoints if e.method == "mixed_model"]
        return max([super()._last_d(arm), *(visits_of(self.trial, endpoint)[-1] for endpoint in over)])

    def _chain(self, arm: Arm, group: Group) -> Chain:
        again = arm.course if isinstance(arm, TrialArm) else None
        if again is None:
            return super()._chain(arm, group)
        every, minimum = (
            None if time is None else round(time.to("d").value) for time in (again.every, again.minimum)
        )
        rules = Rules(
            Repeat(again.rule, every, minimum, again.sessions), Adapt() if again.adapt == "usual" else None
        )
        plan = (self._shots(arm), self._baselines(arm), self._mass_kg())
        if not plan[1] and not rules.known_ahead:
            raise CannotSimulate("the rule of the course looks at a joint, and no endpoint names one")
        horizon_d = int(np.floor(self._last_d(arm))) + 1  # a session on the last day counts
        course = Course(*plan, group, rules, horizon_d, self._biology, self.left_d)
        course.follow()
        self.again_d = np.nan_to_num(course.histories.day[:, 1:2].min(axis=1, initial=np.inf), nan=np.inf)
        return course.merged.chain


@dataclass(frozen=True)
class Followed:
    """Some people of an arm as simulated."""

    trial: Trial
    arm: Arm
    study: TrialStudy
    simulated: Simulated

    @property
    def people(self) -> Group:
        """Whose numbers they are."""
        return self.study.group

    def columns(self) -> Columns:
        """When everybody left, and every endpoint, (people,) each."""
        found: Columns = {"left_d": self.study.left_d}
        for endpoint in self.trial.endpoints:
            try:
                found |= self._endpoint(endpoint)
            except CannotSimulate:
                found[endpoint.endpoint] = np.full(self.people.size, np.nan)
        return found

    def value(self, endpoint: Endpoint) -> Array:
        """One endpoint of everybody, visits missed not yet left out, (people,).

        Raises:
            CannotSimulate: with the reason.
        """
        outcome = endpoint.of_arm(self.arm.arm)
        if endpoint.measure == "adverse_fraction":
            events = AdverseStudy(
                self.study.study,
                self.people,
                lambda *_: self.simulated,
                unseen=bool(self.trial.published),
                as_held=True,
            )
            return events.of_each(self.arm, outcome, self.simulated)
        if endpoint.measure == "reinjected_by" and self.study.again_d is not None:
            return np.asarray(self.study.again_d <= self.simulated.day(outcome), np.float64)
        return of_each(self.simulated, outcome)

    def _missed(self, when: str) -> NDArray[np.bool_]:
        """Whether each person misses a visit, (people,)."""
        share = self.trial.attendance.missed_visits
        if share is None:
            return np.zeros(self.people.size, dtype=np.bool_)
        return np.asarray(self.people.uniform(f"attendance/missed/{when}", 1)[:, 0] < share.value / PERCENT)

    def _endpoint(self, endpoint: Endpoint) -> Columns:
        """Columns of one endpoint: its value, and what its analysis needs beside it."""
        name, outcome, arm = endpoint.endpoint, endpoint.of_arm(self.arm.arm), self.simulated
        if endpoint.method == "log_rank":
            own = self.study.again_d
            return {name: reinjected_on(arm, outcome) if own is None else own}
        if endpoint.method == "mixed_model":
            return self._over_visits(endpoint, outcome)
        value = self.value(endpoint)
        if endpoint.measure == "duration":  # no effect lasts no time; a mean of studies leaves it out
            value = np.nan_to_num(value, nan=0.0)
        value = np.where(self._missed(when_of(outcome)), np.nan, value)
        found: Columns = {name: value}
        if not endpoint.is_share and endpoint.scale is not None and endpoint.scale != "tardieu_angle":
            found[f"{name}/baseline"] = rated(arm, outcome).baseline()
        return found

    def _over_visits(self, endpoint: Endpoint, outcome: Outcome) -> Columns:
        """The recorded change at every visit after baseline."""
        seen, arm = rated(self.simulated, outcome), self.simulated
        before = seen.baseline()
        found: Columns = {f"{endpoint.endpoint}/baseline": before}
        for visit in visits_of(self.trial, endpoint):
            when = f"{visit:g}"
            change = seen.later(arm, np.full(arm.group.size, visit), when) - before
            found[f"{endpoint.endpoint}/{when}"] = np.where(self._missed(when), np.nan, change)
        return found


def visits_of(trial: Trial, endpoint: Endpoint) -> list[float]:
    """Days of the visits at which an endpoint of a mixed model is recorded, its own day among them."""
    days = {visit.to("d").value for visit in trial.visits} | {day_of(trial, endpoint)}
    return sorted(day for day in days if day > 0)


def day_of(trial: Trial, endpoint: Endpoint) -> float:
    """The day of an endpoint: its own, else that of the only visit after baseline, else the last visit."""
    if endpoint.at is not None:
        return float(endpoint.at.to("d").value)
    return max((float(visit.to("d").value) for visit in trial.visits), default=0.0)
