r"""The comparator: a plain curve of dose and time, so that the mechanism must earn its keep.

.. math::
   \Delta = p\,(1 - e^{-t/\tau_p}) + E\,\frac{d}{d + d_{50}}\,g(t), \qquad
   g(t) = (1 - e^{-t/\tau_{on}})\, e^{-t/\tau_{off}}

with d the arm's units over the product's usual session for grades, or units per millilitre of muscle for
ratios such as the CMAP, with a half density for every product, since units never convert. It knows no joint
or terminal, and of a muscle its dose and volume. Fitted to the same calibration studies as the mechanism, in
the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome, PlannedInjection, Study
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.evidence import Posterior, evidence, load_posterior, value
from endplate.knowledge.vocabulary import GROUPS
from endplate.physiology.scales import GRADED
from endplate.questions.reproducing.arms import body_mass_kg, injections_of, sessions_d
from endplate.questions.reproducing.groups import CannotSimulate, GroupDraws, people_reported
from endplate.questions.reproducing.measures import area_days, over_weeks
from endplate.questions.reproducing.model import StudyModel
from endplate.questions.reproducing.reported import Statistic, row_key
from endplate.simulation.parameters import draw, stream

Array = NDArray[np.float64]

GRADES = ("scale_change", "scale_value", "responder_fraction", "scale_auc", "smd")
RATIOS = (
    "cmap_ratio",
    "force_ratio",
    "emg_ratio",
    "strength_ratio",
    "torque_ratio",
    "transmission",
    "quantal_ratio",
)


@dataclass(frozen=True)
class Parameters:
    """The curve's numbers in every posterior draw, (draws,) each."""

    placebo_grade: Array = evidence("baseline.placebo_change")
    placebo_study_score: Array = evidence("baseline.placebo_study")
    placebo_study_sd_grade: Array = evidence("baseline.placebo_study_sd")
    placebo_d: Array = evidence("baseline.placebo_time")
    largest_grade: Array = evidence("baseline.largest_change")
    half_dose: Array = evidence("baseline.half_dose")
    largest_loss: Array = evidence("baseline.largest_loss")
    onset_d: Array = evidence("baseline.onset_time")
    wear_off_d: Array = evidence("baseline.wear_off_time")
    ratio_wear_off_d: Array = evidence("baseline.ratio_wear_off_time")
    study_score: Array = evidence("baseline.study_score")
    study_sd: Array = evidence("baseline.study_sd")
    person_sd_grade: Array = evidence("baseline.person_sd")
    ratio_sd: Array = evidence("baseline.ratio_sd")


class EmpiricalStudy(StudyModel):
    """One study in ``draws`` draws of the curve's parameters."""

    def __init__(self, study: Study, draws: int, seed: int, posterior: Posterior | None = None) -> None:
        super().__init__(study, draws, seed)
        known = load_posterior("baseline") if posterior is None else posterior
        self._group = GroupDraws(seed, draws, 1, study.study, "all", study.species, known)
        self.p = draw(Parameters, self._group)
        self._study_effect = np.exp(self.p.study_sd * self.p.study_score)

    def simulated(self, outcome: Outcome) -> Statistic:
        """The curve with the chance of the group, in every draw.

        Raises:
            CannotSimulate: the measure is none of the curve's.
        """
        self._check(outcome)
        found = self._of(outcome.arm, outcome)
        if outcome.versus is None:
            return found
        found = found.minus(self._of(outcome.versus, outcome))
        return found.over(self.p.person_sd_grade) if outcome.measure == "smd" else found

    def _check(self, outcome: Outcome) -> None:
        """Raise where the curve does not know the measure."""
        if self.study.preparation != "in_vivo":
            raise CannotSimulate("the baseline knows only injections")
        if self.named(outcome.arm).development is not None:
            raise CannotSimulate("the baseline knows nothing of development")
        if outcome.measure not in (*GRADES, *RATIOS):
            raise CannotSimulate(f"the baseline does not know {outcome.measure}")
        if not any(arm.injections for arm in self.study.arms):
            raise CannotSimulate("the file lists no injections")
        if outcome.measure in GRADES and outcome.scale not in (*GRADED, None):
            raise CannotSimulate(f"the scale {outcome.scale} is not simulated")
        if outcome.measure == "smd" and outcome.versus is None:
            raise CannotSimulate("a standardised difference needs a second arm")
        if outcome.at is None and outcome.measure != "scale_auc":
            raise CannotSimulate("the outcome states no time")

    def _of(self, name: str, outcome: Outcome) -> Statistic:
        """The statistic of one arm: the mean, and a person's deviation over the root of the group's size."""
        arm = self.named(name)
        mean, person_sd = self._mean_and_sd(arm, outcome)
        key = f"baseline/{row_key(self.study, outcome)}/{name}"
        error_sd = person_sd / np.sqrt(people_reported(arm, outcome))
        values = mean + error_sd * stream(self.seed, key).standard_normal(self.draws)
        if outcome.measure in RATIOS:
            values = np.clip(values, 0, None)
        if outcome.measure == "responder_fraction":
            values = np.clip(values, 0, 1)
        chance = float(np.sqrt(np.mean(error_sd**2)))
        return Statistic(values, chance, chance)

    def _mean_and_sd(self, arm: Arm, outcome: Outcome) -> tuple[Array, Array]:
        """Mean of an arm and standard deviation of its people, (draws,) each."""
        p = self.p
        if outcome.measure == "scale_auc":
            return self._area(arm, outcome)
        days = outcome.at.to("d").value if outcome.at else 0.0
        if outcome.measure in RATIOS:
            return self.ratio(arm, days, outcome.muscle), p.ratio_sd
        mean = self.change(arm, days)
        if outcome.measure == "responder_fraction":
            below = (-(outcome.by or 1) - mean) / p.person_sd_grade
            share = np.array([(1 + erf(z / sqrt(2))) / 2 for z in below])
            return share, np.sqrt(share * (1 - share))
        start = self._start() if outcome.measure == "scale_value" else 0.0
        return mean + start, p.person_sd_grade

    def _area(self, arm: Arm, outcome: Outcome) -> tuple[Array, Array]:
        """Area under the change; a person deviates alike at every visit, not at baseline, (draws,) each."""
        days = area_days(tuple(visit.to("d").value for visit in self.study.visits), outcome)
        course = np.stack([self.change(arm, day) for day in days], axis=1)
        deviation = np.outer(self.p.person_sd_grade, np.array(days) > 0)
        return over_weeks(course, days), over_weeks(deviation, days)

    def _start(self) -> float:
        known = self.study.population.baseline if self.study.population else None
        return known.mean if known else value("scales.baseline_grade_default")

    def _shape(self, arm: Arm, days: float, wear_off_d: Array) -> Array:
        """Onset and wear-off since the last session."""
        since = min(days - day for day in sessions_d(arm) if day <= days)
        return np.asarray(-np.expm1(-since / self.p.onset_d) * np.exp(-since / wear_off_d))

    def change(self, arm: Arm, days: float) -> Array:
        """Mean change of the grade, (draws,)."""
        p = self.p
        full = p.placebo_grade + p.placebo_study_sd_grade * p.placebo_study_score
        placebo = full * -np.expm1(-days / p.placebo_d)
        if not arm.injections:
            return np.asarray(placebo)
        dose = sum(shot.dose_U for shot in self._shots(arm)) / value(f"baseline.usual_session.{arm.product}")
        effect = p.largest_grade * dose / (dose + p.half_dose) * self._shape(arm, days, p.wear_off_d)
        return np.asarray(placebo + effect * self._study_effect)

    def ratio(self, arm: Arm, days: float, muscle: str | None = None) -> Array:
        """Treated over untreated of the muscle named, else of the first injected, (draws,).

        Raises:
            CannotSimulate: no body is held for the muscle.
        """
        if not arm.injections:
            return np.ones(self.draws)
        density = self._density(self._shots(arm), muscle) * self._study_effect
        half = self._group.of(f"baseline.half_density.{arm.product}")
        lost = self.p.largest_loss * density / (density + half)
        return np.asarray(1 - lost * self._shape(arm, days, self.p.ratio_wear_off_d))

    def _density(self, shots: tuple[PlannedInjection, ...], muscle: str | None) -> float:
        """Units per millilitre of a muscle, or of the members of a group together."""
        name = muscle or shots[0].muscle
        members = [member for member in GROUPS.get(name, (name,)) if member in load_bodies()]
        if not members:
            raise CannotSimulate(f"no body is held for the muscle {name}")
        mass = self._mass_kg()
        scale = 1.0 if mass is None else mass / value("muscle.reference_body_mass")
        volume_mL = sum(value(f"muscle.{member}.volume_mL") for member in members) * scale
        return sum(shot.dose_U for shot in shots if shot.muscle in members) / volume_mL

    def _shots(self, arm: Arm) -> tuple[PlannedInjection, ...]:
        return injections_of(arm, self._mass_kg(), paediatric=False)

    def _mass_kg(self) -> float | None:
        """Body mass of the people or animals; None for the table's adults."""
        return body_mass_kg(self.study.species, self.study.population)
