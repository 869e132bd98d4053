"""One joint of the result: courses, what a rater would write down week by week, torque before and after."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline
from endplate.knowledge.evidence import value
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.physiology import scales
from endplate.physiology.joint import response
from endplate.physiology.joint.reflex import drive_kept
from endplate.simulation.clocks import joint_clocks
from endplate.simulation.joints.mechanics import size_of
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.results import band, on_day, rounded, summary

if TYPE_CHECKING:
    from endplate.simulation.chain import Chain
    from endplate.simulation.joints.course import Fitted, JointCourse

Array = NDArray[np.float64]
Daily = Callable[[Array], Array]
Row = dict[str, Any]

# Numerical settings; docs/mechanics.md names them.
_ANGLE_STEP_DEG = 2
_FEW_JOINTS = 5
_OFTEN_NOT_REACHED = 0.03
_READINGS_OFF = 2  # standard deviations of one reading

_SCALE = scales.TRUE_SCALE
_DIGITS = 5


def joint_row(
    chain: Chain, on: Daily, mass_kg: float | None, usual_d: int, course: JointCourse
) -> tuple[Row, dict[str, Array]]:
    """A joint of the document, and its courses on days.

    Args:
        chain: the run.
        on: reads courses (draws, times) on days, (draws, days).
        mass_kg: body mass of the person; torques without it are those of the tables' adult.
        usual_d: day of the torques where the median shows no effect.
        course: the joint's.
    """
    base, change = course.baseline, on(course.scale_change)
    shown = band(change)
    day = _largest_effect_d(shown["median"], usual_d)
    row = {
        "joint": base.joint,
        "side": base.side,
        "movement": base.movement,
        "baseline": {"scale": base.scale, "value": base.value, "angles": base.r1_deg is not None},
        "muscles": list(course.muscles),
        "scale_change": {_SCALE: shown},
        "expected_score": {_SCALE: band(on(course.expected_score))},
        "r1_deg": band(on(course.r1_deg)),
        "r2_deg": band(on(course.r2_deg)),
        "strength": band(on(course.strength)),
        **joint_clocks(chain, course),
    }
    if course.fitted is not None:
        row["grade_probability"] = {_SCALE: _grade_probability(course, course.fitted, change)}
        row["torque"] = _torque(chain, course, course.fitted, day, size_of(mass_kg))
        row["examination"] = _examination(course)
    return row, {"scale_change": change}


def _largest_effect_d(median: list[float | None], usual_d: int) -> int:
    """Day on which the median change is largest, the usual day where it shows none."""
    known = [0.0 if number is None else number for number in median]
    least = min(known)
    return known.index(least) if least < 0 else usual_d


def _grade_probability(course: JointCourse, fitted: Fitted, change: Array) -> Row:
    """Probability that a rater writes down each category at weekly visits, under the drug alone.

    Args:
        course: the joint's.
        fitted: what the examination left.
        change: on the days from 0, grade, (draws, days).
    """
    visits_d = list(range(0, change.shape[1], DAYS_PER_WEEK))
    true_grade = scales.within_scale(course.true_grade[:, None] + change[:, visits_d])
    categories = scales.categories_of(_SCALE)
    found = scales.category_probabilities(fitted.rater, categories, true_grade).mean(axis=0)
    told = [rounded(row) for row in found.T]
    return {"t_d": visits_d, "categories": list(categories.labels), "probability": told}


def _torque(chain: Chain, course: JointCourse, fitted: Fitted, day: int, size: float) -> Row:
    """Torque against angle before treatment and on a day, to the angle that at least half of copies reach.

    Args:
        chain: the run.
        course: the joint's.
        fitted: what the examination left.
        day: the day after.
        size: torques of the person over those of the tables' adult.
    """
    base = course.baseline
    held = joint_pool(base.joint, base.movement).responses
    days = np.full(course.effective.size, float(day))
    here = [chain.course_of(muscle, base.side) for muscle in course.muscles]
    residual, efficacy = (
        np.stack([on_day(chain.time_d, found, days) for found in courses], axis=1)
        for courses in ([muscle.force for muscle in here], [muscle.spindle for muscle in here])
    )
    kept, whole = drive_kept(fitted.spindle_share, efficacy), np.ones_like(residual)
    states = {"before": (whole, whole), "after": (residual, kept)}
    angle_deg = np.rad2deg(held.angle_rad[fitted.chosen.joint])
    last = np.quantile(angle_deg[:, -1], 1 / 2, method="lower")
    at_deg = np.arange(0, last, _ANGLE_STEP_DEG)
    found = {
        state: _bands(angle_deg, size * response.curves(held, fitted.chosen, *left), at_deg)
        for state, left in states.items()
    }
    ramps = {
        name: {state: bands[k] for state, bands in found.items()} for k, name in enumerate(response.RAMPS)
    }
    return {"day": day, "unit": "Nm", "angle_deg": rounded(at_deg), "ramps": ramps}


def _bands(angle_deg: Array, torque_Nm: Array, at_deg: Array) -> list[dict[str, list[float | None]]]:
    """Quantiles of every ramp at common angles; past the end of its stretch a copy keeps its last torque.

    Leaving such a copy out would make the median fall where the stiff ones end.

    Args:
        angle_deg: of each copy, to the end of its stretch, (copies, points).
        torque_Nm: at them, (copies, ramps, points).
        at_deg: common angles, (angles,).
    """
    pairs = zip(angle_deg, torque_Nm, strict=True)
    read = np.array([[np.interp(at_deg, angle, row) for row in rows] for angle, rows in pairs])
    return [band(read[:, ramp]) for ramp in range(read.shape[1])]


def _examination(course: JointCourse) -> Row:
    """How many joints the examination left to a copy, and in how many copies none has its grade.

    A copy graded none has nothing to reach and is left out.
    """
    pool = joint_pool(course.baseline.joint, course.baseline.movement)
    spastic = course.effective[course.true_grade > 0]
    missed = float((spastic == 0).mean()) if spastic.size else 0.0
    uncaught = float((course.r1_deg[:, 0] >= course.r2_deg[:, 0]).mean())
    return {
        "effective": summary(spastic),
        "of": len(pool.weight),
        "not_reached": round(missed, _DIGITS),
        "no_catch": round(uncaught, _DIGITS),
        "off": _off(course),
    }


def _off(course: JointCourse) -> list[Row]:
    """Recorded angles that the joints held do not have: the median before treatment is far from them."""
    base, told = course.baseline, []
    for name, recorded, angle in (("R1", base.r1_deg, course.r1_deg), ("R2", base.r2_deg, course.r2_deg)):
        middle = float(np.median(angle[:, 0]))
        if recorded is not None and abs(middle - recorded) > _READINGS_OFF * value(
            f"scales.{name.lower()}_sd"
        ):
            told.append({"angle": name, "recorded_deg": recorded, "median_deg": round(middle, 1)})
    return told


def spread_alone(
    joints: Iterable[tuple[JointBaseline, Iterable[str]]], injected: Container[tuple[str, str]]
) -> list[str]:
    """A sentence on the joints of which no muscle is injected; none where all have one.

    Args:
        joints: each with the muscles that it stretches.
        injected: muscles with their sides.
    """
    named = [
        _where(base.joint, base.movement, base.side)
        for base, muscles in joints
        if not any((muscle, base.side) in injected for muscle in muscles)
    ]
    text = "No muscle injected resists these movements, so only toxin that spreads reaches them: {joints}."
    return [Sentence(text, joints=Sentence.joined(", ", named))] if named else []


def _where(joint: str, movement: str, side: str) -> Sentence:
    return Sentence(
        "{joint} {movement} ({side})", joint=Word(joint), movement=Word(movement), side=Word(side)
    )


def joint_warnings(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the examination left that is little, in plain words; rows as in the document."""
    told: list[str] = []
    for row in rows:
        seen = row.get("examination") or {}
        where = _where(row["joint"], row["movement"], row["side"])
        middle = seen.get("effective", {}).get("median")
        if middle is not None and 0 < middle < _FEW_JOINTS:
            told.append(
                Sentence(
                    "Few of the {count} joints held agree with the examination of the {joint}: {middle} in "
                    "the median copy. Its curves rest on few joints.",
                    count=str(seen["of"]),
                    joint=where,
                    middle=f"{middle:.1f}",
                )
            )
        told += [
            Sentence(
                "{angle} of the {joint} is recorded as {recorded}, and hardly any joint held has that: "
                "{middle} in the median copy.",
                angle=off["angle"],
                joint=where,
                recorded=f"{off['recorded_deg']:g} deg",
                middle=f"{off['median_deg']:g} deg",
            )
            for off in seen.get("off", ())
        ]
        if seen.get("not_reached", 0) > _OFTEN_NOT_REACHED:
            told.append(
                Sentence(
                    "No joint held has the grade of the {joint} in {percent} % of copies; there the nearest "
                    "joint is taken.",
                    joint=where,
                    percent=f"{100 * seen['not_reached']:.0f}",
                )
            )
    return told
