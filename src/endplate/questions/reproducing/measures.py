"""What a study reports, read from a simulated group: one function per measure.

Most measures are a mean over people, each measured with error; a few belong to the group as a whole. A time
that a study file does not hold is drawn, the same for all arms of the study.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Quantity
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import GROUPS, MEASURES, UNLINKED_SCALES
from endplate.physiology import scales
from endplate.physiology.muscle import Course
from endplate.questions.reproducing.grades import grades, joint_of, observed_change, rated, when_of
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.reported import Statistic
from endplate.questions.reproducing.simulated import Simulated
from endplate.simulation.chain import Chain, terminals
from endplate.simulation.parameters import draw
from endplate.simulation.results import Clock, clock

Array = NDArray[np.float64]


def check_carried(outcome: Outcome) -> None:
    """Raise where neither the chain nor an observation held carries the measure or its scale.

    Raises:
        CannotSimulate: with the reason.
    """
    reason = MEASURES[outcome.measure].cannot or UNLINKED_SCALES.get(outcome.scale or "")
    if reason is not None:
        raise CannotSimulate(reason)


def statistic(arm: Simulated, outcome: Outcome) -> Statistic:
    """The group statistic of an outcome in every draw.

    Raises:
        CannotSimulate: the measure, scale or place is not simulated.
    """
    check_carried(outcome)
    if outcome.measure in _EACH:
        values = _EACH[outcome.measure](arm, outcome)
        if outcome.measure in _TIMES:
            values = _of_somebody(arm, values, outcome)
        return arm.average(values)
    if outcome.measure not in _OF_GROUPS:
        raise CannotSimulate(f"the measure {outcome.measure} is not simulated")
    return _OF_GROUPS[outcome.measure](arm, outcome)


def of_each(arm: Simulated, outcome: Outcome) -> Array:
    """The outcome of every copy as it would be recorded, whoever else is simulated, (copies,).

    A time is NaN of who has none: never weakened, no onset and no duration.

    Raises:
        CannotSimulate: the measure, scale or place is not simulated, or belongs to a group as a whole.
    """
    check_carried(outcome)
    if outcome.measure not in _EACH:
        raise CannotSimulate(f"the measure {outcome.measure} is not read person by person")
    return _EACH[outcome.measure](arm, outcome)


def _with_error(arm: Simulated, ratio: Array, outcome: Outcome) -> Array:
    """A treated-over-untreated ratio as measured, (copies,)."""
    noise = arm.group.normal(f"{outcome.measure}/{outcome.muscle or outcome.joint}/{when_of(outcome)}", 1)[
        :, 0
    ]
    return np.asarray(ratio * (1 + arm.group.of("measures.ratio_cv") * noise))


def _members(chain: Chain, muscle: str | None) -> tuple[tuple[str, ...], Array]:
    """The muscles measured and their shares by volume: those named, else the only one injected."""
    if muscle is None and len(chain.muscles) == 1:
        muscle = next(iter(chain.muscles))[0]
    members = tuple(name for name in GROUPS.get(muscle or "", (muscle or "",)) if name in load_bodies())
    if not members:
        if muscle is not None:
            raise CannotSimulate(f"no body is held for the muscle {muscle}")
        raise CannotSimulate(
            "it is read from a muscle, and an arm does not inject just one: write muscle, or, for a time "
            "told by the grade of a joint, of: scale"
        )
    sizes = np.array([value(f"muscle.{name}.volume_mL") for name in members])
    return members, sizes / sizes.sum()


def muscle_course(arm: Simulated, outcome: Outcome) -> Course:
    """The course of the muscle measured; of a group, its members by volume; level where no toxin came."""
    members, weight = _members(arm.chain, outcome.muscle)
    found = {name: course for (name, _), course in {**arm.chain.neighbours, **arm.chain.muscles}.items()}
    level = np.ones((arm.group.size, arm.chain.time_d.size))
    names = [part.name for part in fields(Course)]
    untreated = Course(**dict.fromkeys(names, level))
    if len(members) == 1:
        return found.get(members[0], untreated)
    mixed = {
        name: np.tensordot(
            weight, np.stack([getattr(found.get(m, untreated), name) for m in members]), axes=1
        )
        for name in names
    }
    return Course(**mixed)


def _scale_change(arm: Simulated, outcome: Outcome) -> Array:
    if outcome.scale == "tardieu_angle":
        return _catch(arm, outcome)
    return observed_change(arm, outcome)


def _scale_value(arm: Simulated, outcome: Outcome) -> Array:
    return grades(arm, outcome, arm.day(outcome), when_of(outcome))[1]


def _responders(arm: Simulated, outcome: Outcome) -> Array:
    before, after = grades(arm, outcome, arm.day(outcome), when_of(outcome))
    return (before - after >= (outcome.by or 1) - np.finfo(np.float32).eps).astype(np.float64)


def area_days(visits_d: tuple[float, ...], outcome: Outcome) -> list[float]:
    """Days between which an area is measured: baseline, visits, and the day stated or the last visit.

    Raises:
        CannotSimulate: neither is held.
    """
    end = outcome.at.to("d").value if outcome.at else max(visits_d, default=0.0)
    if not end:
        raise CannotSimulate("the outcome states no time and the study no visits")
    return sorted({0.0, end, *(day for day in visits_d if 0 <= day <= end)})


def over_weeks(changes: Array, days: list[float]) -> Array:
    """Area under changes (copies, days), grade x weeks, (copies,)."""
    weeks = np.array(days) / Quantity(1, "wk").to("d").value
    return np.asarray(np.trapezoid(changes, weeks, axis=1))


def _area(arm: Simulated, outcome: Outcome) -> Array:
    """Integral of the recorded change to the day, or to the last visit, grade x weeks."""
    days = area_days(arm.visits_d, outcome)
    seen, changes = rated(arm, outcome), [np.zeros(arm.group.size)]
    for day in days[1:]:
        changes.append(seen.later(arm, np.full(arm.group.size, day), f"{day:g}") - seen.baseline())
    return over_weeks(np.stack(changes, axis=1), days)


def _catch(arm: Simulated, outcome: Outcome) -> Array:
    r1 = joint_of(arm, outcome).r1_deg
    noise = arm.group.normal(f"catch/{outcome.joint}/{when_of(outcome)}", 2)
    error = arm.group.of("scales.r1_sd") * (noise[:, 0] - noise[:, 1])
    return np.asarray(arm.at(r1, arm.day(outcome)) - r1[:, 0] + error)


def _strength(arm: Simulated, outcome: Outcome) -> Array:
    named = outcome.joint and not outcome.muscle
    course = joint_of(arm, outcome).strength if named else muscle_course(arm, outcome).force
    return _with_error(arm, arm.at(course, arm.day(outcome)), outcome)


def _force(arm: Simulated, outcome: Outcome) -> Array:
    return _with_error(arm, arm.at(muscle_course(arm, outcome).force, arm.day(outcome)), outcome)


def _cmap(arm: Simulated, outcome: Outcome) -> Array:
    return _with_error(arm, arm.at(muscle_course(arm, outcome).cmap, arm.day(outcome)), outcome)


def _transmission(arm: Simulated, outcome: Outcome) -> Array:
    return arm.at(muscle_course(arm, outcome).transmission, arm.day(outcome))


def _mass(arm: Simulated, outcome: Outcome) -> Array:
    return _with_error(arm, arm.at(muscle_course(arm, outcome).volume, arm.day(outcome)), outcome)


def _volume_change(arm: Simulated, outcome: Outcome) -> Array:
    return _mass(arm, outcome) - 1


def release_and_cleavage(chain: Chain, muscle: str | None, day: Array | None) -> tuple[Array, Array]:
    """Mean release over naive and cleaved share of SNAP-25 over a muscle's terminals, (copies,) each.

    Args:
        chain: the arm.
        muscle: a muscle or group, by volume; None for the only one injected.
        day: each copy's day, (copies,); None for the time of most chains.

    Raises:
        CannotSimulate: the muscle has no body, or sessions were given by rule.
    """
    if chain.clocks_of is not None:
        raise CannotSimulate("what terminals hold is not followed over a course of sessions by rule")
    members, weight = _members(chain, muscle)
    reached = {place[0]: place for place in chain.reached}
    copies = len(chain.uptake)
    release, cleaved = np.ones(copies), np.zeros(copies)
    for name, share in zip(members, weight, strict=True):
        if name in reached:
            left, cut = terminals(chain, reached[name], day)
            release += share * (left - 1)
            cleaved += share * cut
    return release, cleaved


def _quantal(arm: Simulated, outcome: Outcome) -> Array:
    return _with_error(arm, release_and_cleavage(arm.chain, outcome.muscle, arm.day(outcome))[0], outcome)


def cleaved_over_intact(cleaved: Array) -> Array:
    """The ratio that a blot shows for a cleaved share, elementwise."""
    return np.asarray(cleaved / np.maximum(1 - cleaved, np.finfo(float).tiny))


def _cleaved(arm: Simulated, outcome: Outcome) -> Statistic:
    cleaved = arm.each(release_and_cleavage(arm.chain, outcome.muscle, arm.day(outcome))[1])
    return arm.as_a_group(lambda who: cleaved_over_intact(cleaved[:, who].mean(axis=1)))


def _clocked(arm: Simulated, outcome: Outcome) -> tuple[Array, float]:
    """The course a clock is read from, falling below a line when the toxin acts, and the line.

    A joint's clock reads the drug's effect alone: a change on placebo does not wear off in this model.
    """
    if outcome.of in ("scale", "patient"):
        return joint_of(arm, outcome).scale_change, -value("scales.improvement_threshold")
    course = muscle_course(arm, outcome)
    return course.cmap if outcome.of == "cmap" else course.force, value("muscle.weakness_threshold")


def _first_session(arm: Simulated) -> Simulated:
    """The arm after its first session alone, where others followed by rule: a clock tells of one session."""
    return arm if arm.chain.clocks_of is None else replace(arm, chain=arm.chain.clocks_of)


def _clock(arm: Simulated, outcome: Outcome) -> Clock:
    first = _first_session(arm)
    course, line = _clocked(first, outcome)
    return clock(first.chain.time_d, course, line)


def in_unit(days: Array, outcome: Outcome) -> Array:
    """Days in the unit of time that the outcome states.

    Raises:
        CannotSimulate: it is no unit of time.
    """
    try:
        return np.asarray(days / Quantity(1, outcome.unit or "d").to("d").value)
    except ValueError as error:
        raise CannotSimulate(f"a time in {outcome.unit} is not simulated") from error


def _lag_d(arm: Simulated, outcome: Outcome) -> Array:
    """Days until a patient notices what an examiner would find; none for other clocks."""
    return arm.group.of("scales.perception_lag") if outcome.of == "patient" else np.zeros(arm.group.size)


def _known(arm: Simulated, days: Array, outcome: Outcome) -> Array:
    """Days of every copy in the outcome's unit, NaN of who has none: beyond the horizon counts with it."""
    return in_unit(np.where(np.isinf(days), float(arm.chain.time_d[-1]), days), outcome)


def _of_somebody(arm: Simulated, values: Array, outcome: Outcome) -> Array:
    """Times of which the mean of a group is taken, over those who have one, (copies,).

    Where nobody of a draw is weakened, it begins later than what was followed, and lasts no time.
    """
    nobody = np.repeat(np.isnan(arm.each(values)).all(axis=1), arm.group.people)
    none_d = np.array(0.0 if outcome.measure == "duration" else arm.chain.time_d[-1])
    return np.where(nobody, in_unit(none_d, outcome), values)


def _onset(arm: Simulated, outcome: Outcome) -> Array:
    return _known(arm, _clock(arm, outcome).onset_d + _lag_d(arm, outcome), outcome)


def _duration(arm: Simulated, outcome: Outcome) -> Array:
    return _known(arm, _clock(arm, outcome).duration_d + _lag_d(arm, outcome), outcome)


def _half_time(arm: Simulated, outcome: Outcome) -> Array:
    first = _first_session(arm)
    days = clock(first.chain.time_d, muscle_course(first, outcome).force, 1 / 2).onset_d
    return _known(arm, days, outcome)


def _peak(arm: Simulated, outcome: Outcome) -> Statistic:
    """Day of the largest effect of the group's mean course up to ``at``."""
    course, _ = _clocked(arm, outcome)
    time_d = arm.chain.time_d
    seen = time_d <= (outcome.at.to("d").value if outcome.at else time_d[-1])
    people, lag = arm.each(course[:, seen]), arm.each(_lag_d(arm, outcome))

    def read(who: slice) -> Array:
        lowest = people[:, who].mean(axis=1).argmin(axis=1)
        return in_unit(time_d[seen][lowest] + lag[:, who].mean(axis=1), outcome)

    return arm.as_a_group(read)


def reinjected_on(arm: Simulated, outcome: Outcome) -> Array:
    """Day on which benefit at the joint is over and the shortest interval has passed, (copies,)."""
    read = _clock(arm, outcome.model_copy(update={"of": "scale"}))
    floor = Quantity(value("clinic.shortest_interval"), "wk").to("d").value
    return np.asarray(scales.asks_again_d(draw(scales.Asking, arm.group), read.duration_d, floor))


def _reinjected(arm: Simulated, outcome: Outcome) -> Array:
    return (reinjected_on(arm, outcome) <= arm.day(outcome)).astype(np.float64)


_Measure = Callable[[Simulated, Outcome], Array]

_EACH: dict[str, _Measure] = {
    "scale_change": _scale_change,
    "scale_value": _scale_value,
    "responder_fraction": _responders,
    "scale_auc": _area,
    "catch_angle_change": _catch,
    "strength_ratio": _strength,
    "torque_ratio": _strength,
    "force_ratio": _force,
    "cmap_ratio": _cmap,
    "emg_ratio": _cmap,
    "transmission": _transmission,
    "mass_ratio": _mass,
    "muscle_volume_change": _volume_change,
    "quantal_ratio": _quantal,
    "onset": _onset,
    "duration": _duration,
    "half_time": _half_time,
    "reinjected_by": _reinjected,
}
_TIMES = ("onset", "duration", "half_time")
_OF_GROUPS: dict[str, Callable[[Simulated, Outcome], Statistic]] = {"cleaved_ratio": _cleaved, "peak": _peak}
