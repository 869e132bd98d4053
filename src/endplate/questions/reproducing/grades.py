"""Grades as a trial records them: an ordinal rater, the same at every visit, and who is let in."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome
from endplate.physiology import scales
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.simulated import Simulated
from endplate.simulation.joints.course import JointCourse
from endplate.simulation.parameters import draw

Array = NDArray[np.float64]


def joint_of(arm: Simulated, outcome: Outcome) -> JointCourse:
    """The joint measured; where the outcome names none, each person's own among those simulated, in turn.

    Raises:
        CannotSimulate: no such joint is simulated.
    """
    joints = [j for j in arm.chain.joints if outcome.joint in (None, j.baseline.joint)]
    if not joints:
        raise CannotSimulate("the outcome names no joint that is simulated")
    if len(joints) == 1:
        return joints[0]
    turn = arm.group.places % len(joints)
    rows = np.arange(arm.group.size)
    names = [
        item.name for item in fields(JointCourse) if isinstance(getattr(joints[0], item.name), np.ndarray)
    ]
    mixed: dict[str, Any] = {name: np.stack([getattr(j, name) for j in joints])[turn, rows] for name in names}
    return replace(joints[0], muscles=(), fitted=None, **mixed)


def categories_of(outcome: Outcome) -> scales.Categories:
    """The categories of the outcome's scale.

    Raises:
        CannotSimulate: the scale does not record the resistance of a joint.
    """
    if outcome.scale not in scales.GRADED:
        named = f"the scale {outcome.scale} is" if outcome.scale else "an outcome without its scale is"
        raise CannotSimulate(f"{named} not simulated")
    return scales.categories_of(outcome.scale)


@dataclass(frozen=True)
class Rated:
    """The people of an arm at one joint and how far their rater is off.

    Attributes:
        joint: the joint's courses.
        categories: of the scale recorded.
        enrolment: who was let in.
        rater: standard deviations, fields (copies,).
        kept: what the rater keeps with each person, grade, (copies,).
        first: what the visit at baseline added, (copies,).
    """

    joint: JointCourse
    categories: scales.Categories
    enrolment: scales.Enrolment
    rater: scales.Rater
    kept: Array
    first: Array

    def true_at(self, arm: Simulated, day: Array, *, placebo: bool = True) -> Array:
        """True grade on each copy's day (copies,), with or without the change on placebo, (copies,)."""
        course = self.joint.visit_change if placebo else self.joint.scale_change
        return scales.within_scale(self.joint.true_grade + arm.at(course, day))

    def baseline(self) -> Array:
        """Grade recorded at baseline, in the scale's codes, (copies,)."""
        return scales.recorded_grade(self.categories, self.joint.true_grade, self.kept + self.first)

    def later(self, arm: Simulated, day: Array, when: str) -> Array:
        """Grade recorded on a day, (copies,); ``when`` tells the chance of one visit from that of another."""
        visit = arm.group.normal(f"rater/{self.joint.baseline.joint}/{when}", 1)[:, 0]
        deviation = self.kept + visit * self.rater.within_sd_grade
        return scales.recorded_grade(self.categories, self.true_at(arm, day), deviation)


def rated(arm: Simulated, outcome: Outcome) -> Rated:
    """The people of an arm as their raters see them at the joint of an outcome.

    Raises:
        CannotSimulate: the joint or the scale is not simulated.
    """
    joint, categories = joint_of(arm, outcome), categories_of(outcome)
    name, group = joint.baseline.joint, arm.group
    rater = draw(scales.RaterParameters, group).rater_at(name)
    enrolment = arm.enrolments.get(name) or scales.Enrolment(categories)
    share = group.uniform(f"rater/{name}/enrolled", 1)[:, 0]
    deviation = enrolment.deviation(joint.true_grade, rater.total_sd_grade, share)
    normal = group.normal(f"rater/{name}", 1)[:, 0]
    kept, first = scales.split_deviation(rater, deviation, normal)
    return Rated(joint, categories, enrolment, rater, kept, first)


def grades(arm: Simulated, outcome: Outcome, day: Array, when: str) -> tuple[Array, Array]:
    """Recorded grade at baseline and on a day, in the outcome's scale, (copies,) each."""
    seen = rated(arm, outcome)
    return seen.baseline(), seen.later(arm, day, when)


def when_of(outcome: Outcome) -> str:
    """What tells the chance of one visit from that of another."""
    return f"{outcome.at.to('d').value:g}" if outcome.at else "not stated"


def observed_change(arm: Simulated, outcome: Outcome) -> Array:
    """Change of the recorded grade of every person, by the same rater, (copies,)."""
    before, after = grades(arm, outcome, arm.day(outcome), when_of(outcome))
    return after - before
