"""What a study reports, read from a simulated group: one function per measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Quantity
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import GROUPS, SCALES
from endplate.physiology import terminal as terminal_stage
from endplate.physiology.muscle import Course
from endplate.questions.reproducing.groups import CannotSimulate, GroupDraws
from endplate.simulation.chain import Chain
from endplate.simulation.joints import JointCourse
from endplate.simulation.results import Clock, clock

Array = NDArray[np.float64]

_ASHWORTH = "modified_ashworth"
GRADED = ("ashworth", "modified_ashworth", "mas_0_5")
OF_JOINTS = ("scale_change", "scale_value", "responder_fraction", "scale_auc", "smd", "reinjected_by")


@dataclass(frozen=True)
class Simulated:
    """One arm: the chain, the group's chance and the visits of the study in days."""

    chain: Chain
    group: GroupDraws
    visits_d: tuple[float, ...]
    people: int

    def at(self, course: Array, day: float) -> Array:
        """A course (copies, times) read on a day, (copies,)."""
        time_d = self.chain.time_d
        after = int(np.clip(np.searchsorted(time_d, day), 1, time_d.size - 1))
        part = (day - time_d[after - 1]) / (time_d[after] - time_d[after - 1])
        return np.asarray(course[:, after - 1] + part * (course[:, after] - course[:, after - 1]))

    def mean(self, values: Array) -> Array:
        """Mean of the group in every draw."""
        return self.group.mean(values, self.people)


def statistic(arm: Simulated, outcome: Outcome) -> Array:
    """The group statistic of an outcome in every draw, (draws,).

    Raises:
        CannotSimulate: the measure, scale or place is not simulated.
    """
    measure = _MEASURES.get(outcome.measure)
    if measure is None:
        raise CannotSimulate(f"the measure {outcome.measure} is not simulated")
    return measure(arm, outcome)


def observed_change(arm: Simulated, outcome: Outcome) -> Array:
    """Change of the recorded grade of every person, rater noise at both visits, (copies,)."""
    before, after = _grades(arm, outcome, _day(outcome))
    return after - before


def _day(outcome: Outcome) -> float:
    if outcome.at is None:
        raise CannotSimulate("the outcome states no time")
    return float(outcome.at.to("d").value)


def _muscle(arm: Simulated, outcome: Outcome) -> Course:
    """The course of the muscle measured; of a group, its members by their volume."""
    found = {m: course for (m, _), course in {**arm.chain.neighbours, **arm.chain.muscles}.items()}
    if outcome.muscle is None and len(arm.chain.muscles) == 1:
        return next(iter(arm.chain.muscles.values()))
    members = [m for m in GROUPS.get(outcome.muscle or "", (outcome.muscle or "",)) if m in found]
    if not members:
        raise CannotSimulate("the muscle measured was not reached by toxin in this arm, or none is named")
    sizes = np.array([value(f"muscle.{m}.volume_mL") for m in members])
    weight = sizes / sizes.sum()
    mixed = {
        field.name: np.tensordot(weight, np.stack([getattr(found[m], field.name) for m in members]), axes=1)
        for field in fields(Course)
    }
    return Course(**mixed)


def _joint(arm: Simulated, outcome: Outcome) -> JointCourse:
    """The joint measured; where the outcome names none, each person's own among those simulated, in turn."""
    joints = [j for j in arm.chain.joints if outcome.joint in (None, j.baseline.joint)]
    if not joints:
        raise CannotSimulate("the outcome names no joint that is simulated")
    if len(joints) == 1:
        return joints[0]
    turn = np.arange(arm.group.size) % len(joints)
    rows = np.arange(arm.group.size)
    names = ("true_grade", "scale_change", "visit_change", "expected_score", "r1_deg", "r2_deg", "strength")
    mixed = {name: np.stack([getattr(j, name) for j in joints])[turn, rows] for name in names}
    return JointCourse(baseline=joints[0].baseline, muscles=(), **mixed)


def _coding(outcome: Outcome) -> tuple[Array, Array]:
    """Modified Ashworth codes and the codes of the outcome's scale for the same labels."""
    if outcome.scale not in GRADED:
        raise CannotSimulate(f"the scale {outcome.scale} is not simulated")
    own, ours = SCALES[outcome.scale or ""].coding, SCALES[_ASHWORTH].coding
    labels = [label for label in ours if label in own]
    return np.array([ours[label] for label in labels]), np.array([own[label] for label in labels])


def _grades(arm: Simulated, outcome: Outcome, day: float) -> tuple[Array, Array]:
    """Recorded grade at baseline and on a day, in the outcome's scale, before rounding, (copies,) each."""
    joint, (ours, own) = _joint(arm, outcome), _coding(outcome)
    rater = arm.group.of("scales.rater_sd")
    noise = arm.group.normal(f"rater/{joint.baseline.joint}", 1)[:, 0] * rater
    later = arm.group.normal(f"rater/{joint.baseline.joint}/{day:g}", 1)[:, 0] * rater
    before = np.clip(joint.true_grade + noise, ours[0], ours[-1])
    after = np.clip(joint.true_grade + arm.at(joint.visit_change, day) + later, ours[0], ours[-1])
    return np.interp(before, ours, own), np.interp(after, ours, own)


def _rounded(grade: Array, outcome: Outcome) -> Array:
    """The nearest grade of the scale."""
    _, own = _coding(outcome)
    return np.asarray(own[np.abs(grade[:, None] - own).argmin(axis=1)])


def _scale_change(arm: Simulated, outcome: Outcome) -> Array:
    return arm.mean(observed_change(arm, outcome))


def _scale_value(arm: Simulated, outcome: Outcome) -> Array:
    return arm.mean(_grades(arm, outcome, _day(outcome))[1])


def _responders(arm: Simulated, outcome: Outcome) -> Array:
    before, after = (_rounded(grade, outcome) for grade in _grades(arm, outcome, _day(outcome)))
    return arm.mean((before - after >= (outcome.by or 1) - np.finfo(np.float32).eps).astype(np.float64))


def _area(arm: Simulated, outcome: Outcome) -> Array:
    end = _day(outcome)
    days = sorted({0.0, end, *(day for day in arm.visits_d if 0 <= day <= end)})
    changes = [np.zeros(arm.group.size)]
    for day in days[1:]:
        before, after = _grades(arm, outcome, day)
        changes.append(after - before)
    weeks = np.array(days) / Quantity(1, "wk").to("d").value
    return arm.mean(np.trapezoid(np.stack(changes, axis=1), weeks, axis=1))


def _catch(arm: Simulated, outcome: Outcome) -> Array:
    r1 = _joint(arm, outcome).r1_deg
    return arm.mean(arm.at(r1, _day(outcome)) - r1[:, 0])


def _strength(arm: Simulated, outcome: Outcome) -> Array:
    named = outcome.joint and not outcome.muscle
    course = _joint(arm, outcome).strength if named else _muscle(arm, outcome).force
    return arm.mean(arm.at(course, _day(outcome)))


def _force(arm: Simulated, outcome: Outcome) -> Array:
    return arm.mean(arm.at(_muscle(arm, outcome).force, _day(outcome)))


def _cmap(arm: Simulated, outcome: Outcome) -> Array:
    return arm.mean(arm.at(_muscle(arm, outcome).cmap, _day(outcome)))


def _transmission(arm: Simulated, outcome: Outcome) -> Array:
    return arm.mean(arm.at(_muscle(arm, outcome).transmission, _day(outcome)))


def _mass(arm: Simulated, outcome: Outcome) -> Array:
    return arm.mean(arm.at(_muscle(arm, outcome).volume, _day(outcome)))


def _volume_change(arm: Simulated, outcome: Outcome) -> Array:
    return _mass(arm, outcome) - 1


def _terminals(arm: Simulated, outcome: Outcome) -> tuple[Array, Array]:
    """Mean release and cleaved share over a muscle's terminals on the day, (copies,) each."""
    chain = arm.chain
    muscle = outcome.muscle or next((m for m, _ in chain.muscles), "")
    reached = {m: got for (m, _), got in chain.reached.items()}.get(muscle)
    if reached is None:
        raise CannotSimulate("the muscle measured was not reached by toxin in this arm")
    now = arm.at(chain.chains, _day(outcome)) * chain.uptake
    release, cleaved = terminal_stage.release_and_cleavage(
        chain.terminal, now[:, None] * reached.exposure_U_h_per_mL
    )
    return release.mean(axis=1), cleaved.mean(axis=1)


def _quantal(arm: Simulated, outcome: Outcome) -> Array:
    return arm.mean(_terminals(arm, outcome)[0])


def _cleaved(arm: Simulated, outcome: Outcome) -> Array:
    cleaved = arm.mean(_terminals(arm, outcome)[1])
    return np.asarray(cleaved / np.maximum(1 - cleaved, np.finfo(float).tiny))


def _clocked(arm: Simulated, outcome: Outcome) -> tuple[Array, float]:
    """The course a clock is read from, falling below a line when the toxin acts, and the line.

    A joint's clock reads the drug's effect alone: a change on placebo does not wear off in this model.
    """
    if outcome.of in ("scale", "patient"):
        return _joint(arm, outcome).scale_change, -value("scales.improvement_threshold")
    return _muscle(arm, outcome).force, value("muscle.weakness_threshold")


def _clock(arm: Simulated, outcome: Outcome) -> Clock:
    course, line = _clocked(arm, outcome)
    return clock(arm.chain.time_d, course, line)


def _in_unit(days: Array, outcome: Outcome) -> Array:
    return np.asarray(days / Quantity(1, outcome.unit or "d").to("d").value)


def _lag_d(arm: Simulated, outcome: Outcome) -> Array:
    """Days until a patient notices what an examiner would find; none for other clocks."""
    return arm.group.of("scales.perception_lag") if outcome.of == "patient" else np.zeros(arm.group.size)


def _mean_of_known(arm: Simulated, days: Array, beyond: float) -> Array:
    """Mean over the people who have a day; those beyond the horizon count with it, (draws,)."""
    by_draw = arm.group.by_draw(np.where(np.isinf(days), beyond, days))
    known = ~np.isnan(by_draw)
    total = np.where(known, by_draw, 0).sum(axis=1)
    return np.asarray(np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), beyond))


def _onset(arm: Simulated, outcome: Outcome) -> Array:
    days = _clock(arm, outcome).onset_d + _lag_d(arm, outcome)
    return _in_unit(_mean_of_known(arm, days, float(arm.chain.time_d[-1])), outcome)


def _duration(arm: Simulated, outcome: Outcome) -> Array:
    days = _clock(arm, outcome).duration_d + _lag_d(arm, outcome)
    return _in_unit(_mean_of_known(arm, days, float(arm.chain.time_d[-1])), outcome)


def _peak(arm: Simulated, outcome: Outcome) -> Array:
    """Day of the largest effect of the group's mean course up to ``at``."""
    course, _ = _clocked(arm, outcome)
    time_d = arm.chain.time_d
    seen = time_d <= (outcome.at.to("d").value if outcome.at else time_d[-1])
    mean = arm.group.by_draw(course[:, seen]).mean(axis=1)
    lag = arm.group.by_draw(_lag_d(arm, outcome)).mean(axis=1)
    return _in_unit(time_d[seen][mean.argmin(axis=1)] + lag, outcome)


def _half_time(arm: Simulated, outcome: Outcome) -> Array:
    days = clock(arm.chain.time_d, _muscle(arm, outcome).force, 1 / 2).onset_d
    return _in_unit(_mean_of_known(arm, days, float(arm.chain.time_d[-1])), outcome)


def _reinjected(arm: Simulated, outcome: Outcome) -> Array:
    """People whose benefit at the joint is over, once the shortest interval has passed, cumulative share."""
    read = _clock(arm, outcome.model_copy(update={"of": "scale"}))
    over = np.where(np.isnan(read.duration_d), 0, read.duration_d) + arm.group.of("scales.perception_lag")
    over = over + arm.group.of("clinic.appointment_delay")
    floor = Quantity(value("clinic.shortest_interval"), "wk").to("d").value
    return arm.mean((np.maximum(over, floor) <= _day(outcome)).astype(np.float64))


_MEASURES: dict[str, Callable[[Simulated, Outcome], Array]] = {
    "scale_change": _scale_change,
    "scale_value": _scale_value,
    "responder_fraction": _responders,
    "scale_auc": _area,
    "catch_angle_change": _catch,
    "strength_ratio": _strength,
    "torque_ratio": _strength,
    "force_ratio": _force,
    "cmap_ratio": _cmap,
    "emg_ratio": _force,
    "transmission": _transmission,
    "mass_ratio": _mass,
    "muscle_volume_change": _volume_change,
    "quantal_ratio": _quantal,
    "cleaved_ratio": _cleaved,
    "onset": _onset,
    "duration": _duration,
    "peak": _peak,
    "half_time": _half_time,
    "reinjected_by": _reinjected,
}
