r"""The comparator: a plain curve of dose and time, so that the mechanism must earn its keep.

.. math::
   \Delta = p\,(1 - e^{-t/\tau_p}) + E\,\frac{d}{d + d_{50}}\,g(t), \qquad
   g(t) = (1 - e^{-t/\tau_{on}})\, e^{-t/\tau_{off}}

with d the arm's units over the product's usual session for grades, or units per millilitre of muscle for
ratios such as the CMAP. It knows no muscle, joint or terminal. Fitted to the
same calibration studies as the mechanism, in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome, Study
from endplate.knowledge.evidence import Posterior, evidence, load_posterior, value
from endplate.questions.reproducing.arms import body_mass_kg, injections_of, sessions_d
from endplate.questions.reproducing.groups import CannotSimulate, GroupDraws
from endplate.questions.reproducing.measures import GRADED
from endplate.questions.reproducing.reported import Statistic
from endplate.simulation.parameters import draw, stream

Array = NDArray[np.float64]

_DEFAULT_GROUP = 20
_D_PER_WK = 7.0
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
    half_density_U_per_mL: Array = evidence("baseline.half_density")
    onset_d: Array = evidence("baseline.onset_time")
    wear_off_d: Array = evidence("baseline.wear_off_time")
    ratio_wear_off_d: Array = evidence("baseline.ratio_wear_off_time")
    study_score: Array = evidence("baseline.study_score")
    study_sd: Array = evidence("baseline.study_sd")
    person_sd_grade: Array = evidence("baseline.person_sd")
    ratio_sd: Array = evidence("baseline.ratio_sd")


class EmpiricalStudy:
    """One study in ``draws`` draws of the curve's parameters."""

    def __init__(self, study: Study, draws: int, seed: int, posterior: Posterior | None = None) -> None:
        self.study, self.draws, self.seed = study, draws, seed
        known = load_posterior("baseline") if posterior is None else posterior
        self.p = draw(Parameters, GroupDraws(seed, draws, 1, study.study, "all", study.species, known))
        self._study_effect = np.exp(self.p.study_sd * self.p.study_score)

    def found(self, outcome: Outcome) -> Statistic:
        """The statistic with the chance of its group; as :meth:`predict`."""
        return Statistic(self.predict(outcome))

    def predict(self, outcome: Outcome) -> Array:
        """The reported statistic in every draw, (draws,).

        Raises:
            CannotSimulate: the measure is none of the curve's.
        """
        if self.study.preparation != "in_vivo":
            raise CannotSimulate("the baseline knows only injections")
        if outcome.measure not in (*GRADES, *RATIOS):
            raise CannotSimulate(f"the baseline does not know {outcome.measure}")
        if not any(arm.injections for arm in self.study.arms):
            raise CannotSimulate("the file lists no injections")
        if outcome.measure in GRADES and outcome.scale not in (*GRADED, None):
            raise CannotSimulate(f"the scale {outcome.scale} is not simulated")
        found = self._of(outcome.arm, outcome)
        if outcome.versus is not None:
            found = found - self._of(outcome.versus, outcome)
        return found / self.p.person_sd_grade if outcome.measure == "smd" else found

    def _of(self, name: str, outcome: Outcome) -> Array:
        arm = next(arm for arm in self.study.arms if arm.arm == name)
        days = outcome.at.to("d").value if outcome.at else None
        if days is None:
            raise CannotSimulate("the outcome states no time")
        noise = stream(self.seed, f"baseline/{self.study.study}/{name}/{outcome.measure}/{days:g}")
        people = outcome.n or arm.n or _DEFAULT_GROUP
        chance = noise.standard_normal(self.draws) / np.sqrt(people)
        if outcome.measure in RATIOS:
            return np.asarray(np.clip(self.ratio(arm, days) + self.p.ratio_sd * chance, 0, None))
        return self._grades(arm, outcome, days, chance)

    def _grades(self, arm: Arm, outcome: Outcome, days: float, chance: Array) -> Array:
        p = self.p
        if outcome.measure == "scale_auc":
            steps = np.linspace(0, days, len(self.study.visits) + 2)
            course = np.stack([self.change(arm, float(day)) for day in steps], axis=1)
            return np.asarray(np.trapezoid(course, steps / _D_PER_WK, axis=1))
        mean = self.change(arm, days)
        if outcome.measure == "responder_fraction":
            below = (-(outcome.by or 1) - mean) / p.person_sd_grade
            share = np.array([(1 + erf(z / sqrt(2))) / 2 for z in below])
            return np.asarray(np.clip(share + np.sqrt(share * (1 - share)) * chance, 0, 1))
        change = mean + p.person_sd_grade * chance
        return change + self._start() if outcome.measure == "scale_value" else change

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
        dose = self._units(arm) / value(f"baseline.usual_session.{arm.product}")
        effect = p.largest_grade * dose / (dose + p.half_dose) * self._shape(arm, days, p.wear_off_d)
        return np.asarray(placebo + effect * self._study_effect)

    def ratio(self, arm: Arm, days: float) -> Array:
        """Treated over untreated, (draws,)."""
        p = self.p
        if not arm.injections:
            return np.ones(self.draws)
        mass = body_mass_kg(self.study.species, self.study.population)
        shots = injections_of(arm, mass, paediatric=False)
        scale = 1.0 if mass is None else mass / value("muscle.reference_body_mass")
        density = (
            shots[0].dose_U / (value(f"muscle.{shots[0].muscle}.volume_mL") * scale) * self._study_effect
        )
        lost = p.largest_loss * density / (density + p.half_density_U_per_mL)
        return np.asarray(1 - lost * self._shape(arm, days, p.ratio_wear_off_d))

    def _units(self, arm: Arm) -> float:
        mass = body_mass_kg(self.study.species, self.study.population)
        return sum(shot.dose_U for shot in injections_of(arm, mass, paediatric=False))
