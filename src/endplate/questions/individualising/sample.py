"""Equally weighted copies of the person: what they are, and what a visit would find in them on any day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline
from endplate.knowledge.evidence import value
from endplate.physiology import scales
from endplate.questions.individualising.copies import Copies, JointCopies, months
from endplate.questions.individualising.visits import Followed
from endplate.simulation.results import Clock
from endplate.simulation.sessions.cycles import cycle_clock

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

SCALE = scales.TRUE_SCALE


@dataclass(frozen=True)
class JointSample:
    """One joint of every copy; courses (copies, times).

    Attributes:
        baseline: as found.
        true_grade: behind the baseline record, (copies,).
        level: change without the drug once it has all appeared, grade, (copies,).
        change: the drug's change of grade.
        other: change without the drug, drift included.
        true: the true grade with all that changes it.
        kept: what the baseline's rater keeps with the person, grade, (copies,).
        within_sd: what one visit adds, grade, (copies,).
    """

    baseline: JointBaseline
    true_grade: Array
    level: Array
    change: Array
    other: Array
    true: Array
    kept: Array
    within_sd: Array

    @property
    def name(self) -> str:
        """Joint, side and movement as outcomes are named."""
        return ":".join((self.baseline.joint, self.baseline.side, self.baseline.movement))

    def categories(self, places: Rows) -> Array:
        """Probability of each category that this rater writes down, (copies, times, categories)."""
        seen = self.true[:, places] + self.kept[:, None]
        return scales.probabilities(scales.categories_of(SCALE), seen, self.within_sd[:, None])

    def expected(self) -> Array:
        """Mean of the grade that the rater would write down, (copies, times)."""
        seen = self.true + self.kept[:, None]
        return scales.expected_grade(scales.categories_of(SCALE), seen, self.within_sd[:, None])


@dataclass(frozen=True)
class Sample:
    """Copies of equal weight.

    Attributes:
        time_d: days since the plan's session, from 0, (times,).
        joints: in order of the baselines.
        response: what the scale does to a change over the typical study's, (copies,).
        lag_d: days until the person notices, (copies,).
        parameters: values of records by id, (copies,).
    """

    time_d: Array
    joints: tuple[JointSample, ...]
    response: Array
    lag_d: Array
    parameters: dict[str, Array]

    def clock(self, joint: JointSample) -> Clock:
        """The clock of the drug's effect of the plan's session at a joint."""
        return cycle_clock(self.time_d, joint.change, -value("scales.improvement_threshold"))

    def re_emergence_d(self) -> Array:
        """Day on which the effect is over at the joint that gains most, as a clock tells it, (copies,)."""
        gain = np.stack([-joint.change.min(axis=1) for joint in self.joints])
        back = np.stack([self.clock(joint).duration_d for joint in self.joints])
        return np.asarray(back[gain.argmax(axis=0), np.arange(gain.shape[1])])

    def values(self) -> dict[str, Array]:
        """Values of what is learnt, by name, (copies,) each."""
        found = {**self.parameters, "scale_response": self.response}
        found["scales.perception_lag"] = self.lag_d
        for joint in self.joints:
            found[f"true_grade:{joint.name}"] = joint.true_grade
            found[f"non_drug_change:{joint.name}"] = joint.level
        return found

    def place_of(self, day: float) -> int:
        """Which time comes first on a day or after it."""
        return min(int(np.searchsorted(self.time_d, day)), self.time_d.size - 1)


def sample_of(
    followed: Followed, copies: Copies, rows: Rows, guess: Rows, horizon_d: float = np.inf
) -> Sample:
    """Some copies with one guess each, from the plan's session on.

    Args:
        followed: the case.
        copies: where they are taken from.
        rows: the copies, (sample,).
        guess: the guess of each, (sample,).
        horizon_d: last day since then; visits may lie beyond it.
    """
    plan_d = followed.sessions.plan_d
    last = int(np.searchsorted(copies.time_d, plan_d + horizon_d))
    since = np.flatnonzero(copies.time_d[: last + 1] >= plan_d)
    days = copies.time_d[since]
    placebo = -np.expm1(-days / copies.placebo_d[rows, None])
    drift = scales.Drift().sd_grade(followed.months, months(days))
    response = copies.response[rows, guess]

    def joint(base: JointBaseline, held: JointCopies) -> JointSample:
        true_grade, level = held.true_grade[rows], held.level[rows, guess]
        change = held.bare[rows][:, since] * response[:, None]
        other = level[:, None] * placebo + held.drift[rows, guess][:, None] * drift
        true = scales.within_scale(true_grade[:, None] + change + other)
        kept = held.kept[rows, 0, guess]
        return JointSample(base, true_grade, level, change, other, true, kept, held.within_sd[rows])

    joints = (joint(*pair) for pair in zip(followed.baselines, copies.joints, strict=True))
    parameters = {name: values[rows] for name, values in copies.parameters.items()}
    return Sample(days - plan_d, tuple(joints), response, copies.lag_d[rows, guess], parameters)
