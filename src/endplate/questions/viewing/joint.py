"""The joint of the median person as its examination has it, before and after treatment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, JointBaseline, planned_injections
from endplate.errors import InputError
from endplate.knowledge.units import CM_PER_M
from endplate.physiology import scales
from endplate.physiology.joint import reflex, response
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.joints import examined
from endplate.simulation.joints.mechanics import Mechanics, Posture, mechanics, size_of
from endplate.simulation.parameters import Draws, OneAtATime, draw

Array = NDArray[np.float64]

STATES = ("before", "after")


@dataclass(frozen=True)
class Fitted:
    """What the recorded examination led to.

    Attributes:
        law: of the reflex.
        contracture_share: share of the median person's contracture.
        target_Nm: mean resistance that the recorded grade stands for.
        resistance_Nm: the one that the joint has.
        gain_set: whether the grade set a gain; tissue and tonic drive alone may resist as much.
        r1_deg: the R1 found, infinite where none is felt; None where no recorded one set the threshold.
    """

    law: str
    contracture_share: float
    target_Nm: float
    resistance_Nm: float
    gain_set: bool
    r1_deg: float | None


@dataclass(frozen=True)
class Seen:
    """The joint of the median person and its reflex before and after treatment."""

    base: JointBaseline
    held: Mechanics
    spinal: dict[str, reflex.Reflex]
    end_rad: float
    draws: Draws
    mass_kg: float
    height_m: float
    hand: response.Hand
    unit_Nm: float
    fitted: Fitted

    def grade(self, resistance_Nm: float) -> float:
        """Coded grade that a mean resistance stands for."""
        relative = np.array([[resistance_Nm / self.unit_Nm]])
        return float(scales.grade_of_torque(draw(scales.Parameters, self.draws), relative)[0, 0])


def seen_joint(case: Case, base: JointBaseline, day: float, law: str, posture: Posture | None = None) -> Seen:
    """The joint with what the chain leaves of force and spindle drive on the day.

    Args:
        case: a case with a plan.
        base: the assessed joint.
        day: day after the injection.
        law: of the reflex: lambda, force or velocity.
        posture: angles (deg) of other axes in the test; the examination was made with them at 0.

    Raises:
        InputError: the joint's geometry is not held.
    """
    draws = OneAtATime(())
    key = f"{base.joint}/{base.side}/{base.movement}"
    body = _body(case, draws)
    build = _builder(base, draws, key, law, size_of(body[0]))
    median = build(np.ones(1))
    strength, span = median.isometric_Nm.sum(axis=1), median.range_rad
    hand, examiner = draw(examined.Parameters, draws, key), draw(scales.Parameters, draws)
    hand_Nm = examiner.hand_Nm(strength)
    end = np.array([span if base.r2_deg is None else min(np.deg2rad(base.r2_deg), span)])
    share = examined.contracture_share(build, hand.end_Nm(hand_Nm), end)
    unit = examiner.grade_3_Nm(strength)
    target = scales.torque_of_grade(examiner, np.array([[base.coded]]))[:, 0] * unit
    felt = hand.hand(hand_Nm)
    held, fitted = _fit(base, law, lambda **asked: build(share, **asked), target, felt, end)
    fitted = replace(fitted, contracture_share=float(share[0]))
    if posture is not None:
        held = replace(build(share, posture=posture), spinal=held.spinal)
    spinal = {"before": held.spinal, "after": _after(case, base, held, draws, key, day)}
    return Seen(base, held, spinal, float(end[0]), draws, *body, felt, float(unit[0]), fitted)


def _builder(base: JointBaseline, draws: Draws, key: str, law: str, size: float) -> Callable[..., Mechanics]:
    """The joint with a share of the median person's contracture, in the size of the person."""
    whole = draws.of("joint.contracture_extent")

    def build(share: Array, **asked: Any) -> Mechanics:
        held = mechanics(base.joint, base.movement, draws, key, law, contracture=share * whole, **asked)
        if held is None:
            raise InputError(
                f"No geometry is held for {base.movement} of the {base.joint}",
                rule="geometry_missing",
                remedy="Choose another assessed joint with --joint.",
                field="--joint",
            )
        return held.sized(size)

    return build


def _fit(
    base: JointBaseline,
    law: str,
    build: Callable[..., Mechanics],
    target_Nm: Array,
    hand: response.Hand,
    end_rad: Array,
) -> tuple[Mechanics, Fitted]:
    """Threshold and gain of the lambda law from the recorded catch and grade; other laws as they are."""

    def begins(start_rad: Array | None = None) -> Mechanics:
        held = build(catch_rad=start_rad)
        return examined.with_resistance(held, target_Nm, end_rad) if law == "lambda" else held

    r1_deg = None
    if base.r1_deg is None or law != "lambda":
        held = begins()
    else:
        found = examined.with_catch(begins, hand, np.deg2rad([base.r1_deg]), end_rad)
        held, r1_deg = found.held, float(found.r1_deg[0])
    resists = float(examined.resistance_Nm(held, held.spinal, end_rad)[0])
    law_now = held.spinal.law
    gain_set = isinstance(law_now, reflex.Lambda) and bool(np.any(law_now.gain > 0))
    return held, Fitted(law, 1.0, float(target_Nm[0]), resists, gain_set, r1_deg)


def _after(
    case: Case, base: JointBaseline, held: Mechanics, draws: Draws, key: str, day: float
) -> reflex.Reflex:
    """The reflex that treatment leaves on a day."""
    grid = np.union1d(time_grid(max(1, int(np.ceil(day)))), [day])
    chain = run_chain(planned_injections(case), (), case.patient.weight_kg, draws, grid)
    at = int(np.searchsorted(grid, day))
    here = [chain.course_of(muscle, base.side) for muscle in held.muscles]
    residual = np.array([[course.force[0, at] for course in here]])
    spindle = np.array([[course.spindle[0, at] for course in here]])
    drive = reflex.drive_kept(draws.of("joint.spindle_share", key), spindle)
    return held.spinal.left(residual, drive)


def _body(case: Case, draws: Draws) -> tuple[float, float]:
    """Mass (kg) and height (m), those of the tables' adult where not recorded."""
    mass, height = case.patient.weight_kg, case.patient.height
    mass = draws.of("muscle.reference_body_mass")[0] if mass is None else mass
    tall = draws.of("muscle.reference_height")[0] if height is None else height.to("cm").value
    return float(mass), float(tall) / CM_PER_M


def notes(seen: Seen) -> list[str]:
    """What the record has set, and what it has not."""
    return [
        _of_grade(seen.fitted),
        _of_contracture(seen),
        _of_catch(seen),
        "Tone is that of the median person; muscles and arms are those of the tables' adult, torques in "
        "proportion to body mass.",
        "'run' draws many joints that fit the examination; this is one in their middle.",
    ]


def _of_grade(fitted: Fitted) -> str:
    wanted = f"{fitted.target_Nm:.3g} Nm over the one-second stretch"
    if fitted.law != "lambda":
        return f"The gain is that of the median person: the recorded grade, {wanted}, sets none in this law."
    if not fitted.gain_set:
        return (
            f"No reflex gain is set: tissue and tone alone resist {fitted.resistance_Nm:.3g} Nm, the "
            f"recorded grade stands for {wanted}."
        )
    if abs(fitted.resistance_Nm - fitted.target_Nm) <= examined.RESISTANCE_TOLERANCE * fitted.target_Nm:
        return f"The recorded grade sets the reflex gain: a mean resistance of {wanted}."
    return (
        f"The recorded grade, {wanted}, is not reached: the largest gain gives {fitted.resistance_Nm:.3g} Nm."
    )


def _of_contracture(seen: Seen) -> str:
    if seen.fitted.contracture_share == 1:
        return "Contracture is that of the median person."
    end = f"{np.rad2deg(seen.end_rad):.3g} deg"
    whole = ", healthy as no R2 is recorded" if seen.base.r2_deg is None else ""
    return (
        f"Contracture is {seen.fitted.contracture_share:.0%} of the median person's, so that hands reach the "
        f"end of the stretch, {end}{whole}."
    )


def _of_catch(seen: Seen) -> str:
    recorded, found = seen.base.r1_deg, seen.fitted.r1_deg
    if recorded is None or found is None:
        return "The reflex threshold is that of the median person."
    if abs(found - recorded) <= examined.R1_TOLERANCE_DEG:
        return "The recorded catch sets the reflex threshold: R1 before is the one recorded."
    at = f"R1 before is {found:.3g} deg" if np.isfinite(found) else "none is felt"
    return (
        f"The recorded catch at {recorded:.3g} deg is not reached with the median delay and this gain: {at}."
    )
