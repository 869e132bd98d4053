"""The clocks of a run: when an effect begins, is largest and ends, as three kinds of observers would tell.

*Electrical*: the CMAP of the joint's injected muscles, by the strength they give, below the line that counts
as weak. *Sign*: what an examiner finds. On the scale it is a change of half a grade, the least step of the
scale, or of the noise between two ratings by one rater where that is more; with R1 it is a shift beyond the
noise between two readings. Both must stand at two visits, ``clinic.sign_spacing`` apart. *Patient*: the
change that counts as effect, noticed later by the person's own lag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import value
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.results import Clock, clock, on_days

if TYPE_CHECKING:
    from endplate.simulation.chain import Chain
    from endplate.simulation.joints.course import Fitted, JointCourse

Array = NDArray[np.float64]

_BETWEEN_TWO = np.sqrt(2.0)  # noise of a difference of two readings over that of one


def muscle_clock(chain: Chain, place: tuple[str, str]) -> Clock:
    """The clock of a muscle's force."""
    read = chain.clocks_of or chain
    return clock(read.time_d, read.muscles[place].force, value("muscle.weakness_threshold"))


def expected_clock(time_d: Array, course: JointCourse) -> Clock:
    """The clock of the drug's effect at a joint: half a grade of the expected scale."""
    return clock(time_d, course.scale_change, -value("scales.improvement_threshold"))


def joint_clocks(chain: Chain, course: JointCourse) -> dict[str, Any]:
    """The keys of the clock of the expected scale and, under ``clocks``, those of the observers."""
    read = chain.clocks_of or chain
    own = next(joint for joint in read.joints if joint.baseline == course.baseline)
    told: dict[str, Any] = expected_clock(read.time_d, own).to_dict()
    if own.fitted is not None:
        found = {
            "electrical": electrical(read, own, own.fitted),
            "sign": sign(read.time_d, own, own.fitted),
            "sign_r1": catch_sign(read.time_d, own, own.fitted),
            "patient": patient(read.time_d, own, own.fitted),
        }
        told["clocks"] = {name: each.to_dict() for name, each in found.items()}
    return told


def electrical(chain: Chain, course: JointCourse, fitted: Fitted) -> Clock:
    """CMAP of the joint's injected muscles, each by the strength it gives; of all its muscles if none is."""
    base = course.baseline
    weight = joint_pool(base.joint, base.movement).weight[fitted.chosen.joint]
    aimed = np.array([(muscle, base.side) in chain.muscles for muscle in course.muscles])
    weight = weight * (aimed if aimed.any() else 1)
    cmap = np.stack([chain.course_of(muscle, base.side).cmap for muscle in course.muscles], axis=1)
    mean = (weight[:, :, None] * cmap).sum(axis=1) / weight.sum(axis=1)[:, None]
    return clock(chain.time_d, mean, value("muscle.weakness_threshold"))


def sign(time_d: Array, course: JointCourse, fitted: Fitted) -> Clock:
    """The scale beyond its least step and its rater's noise, at two visits."""
    noise = _BETWEEN_TWO * fitted.rater.within_sd_grade
    line = np.maximum(value("scales.improvement_threshold"), noise)
    return _at_two_visits(time_d, course.scale_change / line[:, None])


def catch_sign(time_d: Array, course: JointCourse, fitted: Fitted) -> Clock:
    """R1 later by more than the noise of its examiner, at two visits."""
    earlier = course.r1_deg[:, :1] - course.r1_deg
    return _at_two_visits(time_d, earlier / (_BETWEEN_TWO * fitted.r1_sd_deg)[:, None])


def patient(time_d: Array, course: JointCourse, fitted: Fitted) -> Clock:
    """The clock of the expected scale, later by the time until the person notices."""
    read, lag = expected_clock(time_d, course), fitted.perception_lag_d
    return Clock(read.onset_d + lag, read.peak_d + lag, read.duration_d + lag)


def _at_two_visits(time_d: Array, change: Array) -> Clock:
    """The clock of a change in units of its line, that counts on a day when it also stands a visit later."""
    later = np.minimum(time_d + value("clinic.sign_spacing") * DAYS_PER_WEEK, time_d[-1])
    return clock(time_d, np.maximum(change, on_days(time_d, change, later)), -1.0)
