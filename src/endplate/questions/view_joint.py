"""`view joint`: an assessed joint before and after treatment, by stretch, pendulum or strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g

from endplate.case import Case, JointBaseline, joint_baselines, planned_injections
from endplate.errors import InputError, no_plan
from endplate.knowledge.anatomy import load_axes
from endplate.physiology.joint import pendulum, reflex, stretch, voluntary
from endplate.simulation import examined
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.injection import one_product
from endplate.simulation.mechanics import Mechanics, Posture, mechanics
from endplate.simulation.parameters import Draws, OneAtATime, draw

Array = NDArray[np.float64]

TESTS = ("tardieu", "mas", "pendulum", "strength")
LAWS = ("lambda", "force", "velocity")
STATES = ("before", "after")
_TARDIEU = ("V1", "V2", "V3")
_SECONDS = 10
_DIGITS = 4
_RESIDUALS = 9
_CM_PER_M = 100.0
_TOLD_TIMES = 201


@dataclass(frozen=True)
class Seen:
    """The joint of the median person and its reflex before and after treatment.

    ``catch_deg`` is the R1 that the recorded catch led to, infinite where none is felt; None where no catch
    set the threshold.
    """

    base: JointBaseline
    held: Mechanics
    spinal: dict[str, reflex.Reflex]
    end_rad: float
    draws: Draws
    mass_kg: float
    height_m: float
    examiner: examined.Parameters
    contracture_share: float
    catch_deg: float | None


def view_joint(
    case: Case, test: str, day: float, joint: str | None = None, side: str | None = None, law: str = "lambda"
) -> dict[str, Any]:
    """Examine one assessed joint of the median person before treatment and on a day after.

    Args:
        case: a case with a plan and an assessment.
        test: tardieu, mas, pendulum or strength.
        day: day after the injection.
        joint: an assessed joint; the first one without it.
        side: left or right; the first on which it was assessed without it.
        law: of the reflex: lambda, force or velocity.

    Returns:
        Joint, muscles with what treatment left them, readings before and after, and panels of curves, ready
        for JSON.

    Raises:
        InputError: the case has no plan or mixes products, the joint was not assessed or its geometry is not
            held, or the test is not made at this joint.
    """
    base = _assessed(case, joint, side)
    if test == "pendulum":
        _swings(base)
    seen = _seen(case, base, day, law, test)
    tests: dict[str, Callable[[Seen], dict[str, Any]]] = {
        "tardieu": _tardieu,
        "mas": _mas,
        "pendulum": _pendulum,
        "strength": _strength,
    }
    found = tests[test](seen)
    left = seen.spinal["after"]
    loop = seen.held.loop
    return {
        "joint": base.joint,
        "side": base.side,
        "movement": base.movement,
        "test": test,
        "day": day,
        "person": "median of every record",
        "law": law,
        "loop_gain_clamped": bool(loop is not None and loop.clamped.any()),
        "range_deg": _told(np.rad2deg(seen.end_rad)),
        "muscles": [
            {
                "muscle": name,
                "residual_force": _told(left.residual[0, k]),
                "reflex": _told(left.spindle[0, k]),
            }
            for k, name in enumerate(seen.held.muscles)
        ],
        **found,
        "notes": [*found.get("notes", ()), *_notes(seen, law)],
    }


def _assessed(case: Case, joint: str | None, side: str | None) -> JointBaseline:
    """The assessed joint asked for, or the first."""
    if case.plan is None:
        raise no_plan()
    one_product(planned_injections(case))
    held = joint_baselines(case)
    for base in held:
        if joint in (None, base.joint) and side in (None, base.side):
            return base
    told = ", ".join(f"{base.joint} ({base.side})" for base in held)
    remedy = f"Name one of those assessed: {told}." if told else "Add a graded joint under assessment."
    raise InputError("No such joint was assessed", rule="joint_not_assessed", remedy=remedy, field="--joint")


def _seen(case: Case, base: JointBaseline, day: float, law: str, test: str) -> Seen:
    """The joint with what the chain leaves of force and spindle drive on the day."""
    draws = OneAtATime(())
    key = f"{base.joint}/{base.side}/{base.movement}"
    examiner = draw(examined.Parameters, draws, key)

    def build(**asked: Any) -> Mechanics:
        held = mechanics(base.joint, base.movement, draws, key, law, **asked)
        if held is None:
            raise InputError(
                f"No geometry is held for {base.movement} of the {base.joint}",
                rule="geometry_missing",
                remedy="Choose another assessed joint with --joint.",
                field="--joint",
            )
        return held

    span = build().range_rad
    end = np.array([span if base.r2_deg is None else min(np.deg2rad(base.r2_deg), span)])
    share = examined.contracture_share(lambda some: build(contracture=some), examiner, end)
    held, catch = build(contracture=share), None
    if base.r1_deg is not None and law == "lambda":
        found = examined.with_catch(
            lambda start: build(contracture=share, catch_rad=start),
            examiner,
            np.full(1, np.deg2rad(base.r1_deg)),
            end,
        )
        held, catch = found.held, float(found.r1_deg[0])
    if test == "pendulum":
        hip: Posture = {("hip", "flexion"): float(draws.of("joint.pendulum_hip_flexion")[0])}
        held = replace(build(contracture=share, posture=hip), spinal=held.spinal)
    weight, height = case.patient.weight, case.patient.height
    mass = None if weight is None else weight.value
    grid = np.union1d(time_grid(max(1, int(np.ceil(day)))), [day])
    chain = run_chain(planned_injections(case), (), mass, draws, grid)
    at = int(np.searchsorted(grid, day))
    here = [chain.course_of(muscle, base.side) for muscle in held.muscles]
    residual = np.array([[course.force[0, at] for course in here]])
    spindle = np.array([[course.spindle[0, at] for course in here]])
    drive = reflex.spindle_drive(draw(reflex.Parameters, draws, key), spindle)
    spinal = {"before": held.spinal, "after": held.spinal.left(residual, drive)}
    known = draws.of("muscle.reference_body_mass")[0] if mass is None else mass
    tall = draws.of("muscle.reference_height")[0] if height is None else height.to("cm").value
    body = (float(known), float(tall) / _CM_PER_M)
    return Seen(base, held, spinal, float(end[0]), draws, *body, examiner, float(share[0]), catch)


def _notes(seen: Seen, law: str) -> list[str]:
    """What the record has set, and what it has not."""
    recorded, share, whole = seen.base.r1_deg, seen.contracture_share, seen.base.r2_deg is None
    told = ["Gain and tone are those of the median person; the recorded grade sets none."]
    if share < 1:
        told.append(
            f"Contracture is {share:.0%} of the median person's, so that hands reach the end of the stretch, "
            f"{np.rad2deg(seen.end_rad):.3g} deg" + (", healthy as no R2 is recorded." if whole else ".")
        )
    else:
        told.append("Contracture is that of the median person.")
    if recorded is None or law != "lambda":
        told.append("The reflex threshold is that of the median person.")
    elif seen.catch_deg is not None and abs(seen.catch_deg - recorded) <= examined.R1_TOLERANCE_DEG:
        told.append("The recorded catch sets the reflex threshold: R1 before is the one recorded.")
    else:
        at = "none is felt"
        if seen.catch_deg is not None and np.isfinite(seen.catch_deg):
            at = f"the earliest is at {seen.catch_deg:.3g} deg"
        told.append(
            f"The recorded catch at {recorded:.3g} deg is not reached with the median delay and gain: {at}."
        )
    return [
        *told,
        "Muscles and arms are those of the tables' adult.",
        "This is the joint of docs/mechanics.md; 'run' uses the simpler one of docs/model.md for now, so "
        "that its R1 and R2 differ.",
    ]


def _told(number: Any) -> float | None:
    """A number of the document, None where there is none."""
    return float(f"{float(number):.{_DIGITS}g}") if np.isfinite(number) else None


def _line(name: str, numbers: Array) -> dict[str, Any]:
    return {"name": name, "values": [_told(x) for x in numbers]}


def _panel(title: str, across: tuple[str, Array], up: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    name, at = across
    return {"title": title, "across": name, "at": [_told(x) for x in at], "up": up, "lines": lines}


def _stretched(
    seen: Seen, names: tuple[str, ...], end_rad: float | None = None
) -> dict[str, stretch.Battery]:
    """The battery before, after and without any force, to the recorded end of range or another."""
    end = np.array([seen.end_rad if end_rad is None else end_rad])
    spinal = {**seen.spinal, "blocked": examined.blocked(seen.spinal["before"])}
    return {state: examined.stretched(seen.held, of, names, end) for state, of in spinal.items()}


def _torque_panels(found: dict[str, stretch.Battery], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Total torque before and after with the passive torque, a panel a ramp."""
    angle = np.rad2deg(found["before"].angle_rad[0])
    panels = []
    for k, name in enumerate(names):
        lines = [_line(state, found[state].total_Nm()[0, k]) for state in STATES]
        lines.append(_line("passive", found["before"].passive_Nm[0]))
        panels.append(_panel(name.replace("_", " "), ("angle of stretch, deg", angle), "torque, Nm", lines))
    return panels


def _tardieu(seen: Seen) -> dict[str, Any]:
    """Torque at V1, V2, V3; R1 where V3 is felt apart from V1, R2 where V1 meets what ended it before.

    What a slow stretch (tone, short-range stiffness) or a muscle without force resists is no catch.
    """
    found, whole = _stretched(seen, _TARDIEU), _stretched(seen, _TARDIEU[:1], seen.held.range_rad)
    readings, notes = {}, []
    for state in STATES:
        read = found[state]
        total = read.total_Nm()[0]
        made = (read.reflex_Nm - found["blocked"].reflex_Nm)[0].sum(axis=1)
        r1 = examined.r1_deg(seen.examiner, read, found["blocked"])[0]
        if not np.isfinite(r1):
            notes.append(_no_catch(seen, state, read, found["blocked"]))
        readings[state] = {
            "r1_deg": _told(r1),
            "r2_deg": _told(np.rad2deg(seen.end_rad)),
            "peak_torque_Nm": {name: _told(row.max()) for name, row in zip(_TARDIEU, total, strict=True)},
            "peak_active_torque_Nm": {
                name: _told(row.max()) for name, row in zip(_TARDIEU, made, strict=True)
            },
        }
    end = examined.slow_end(found["before"], whole["after"])
    readings["after"]["r2_deg"] = _told(end.r2_deg)
    notes += _r2_notes(end)
    return {**readings, "panels": _torque_panels(found, _TARDIEU), "notes": notes}


def _r2_notes(end: examined.SlowEnd) -> list[str]:
    """How R2 after treatment came about."""
    told = (
        f"R2 ends the slow stretch at the torque met before, {end.torque_Nm:.3g} Nm. At its end "
        f"{end.active_Nm:.2g} Nm was made by muscle, since this law lets muscle act in a slow stretch too: "
        "R2 moves by that alone."
    )
    unmet = f"After treatment that torque is not met: R2 is {end.r2_deg:.3g} deg, where tissue resists most."
    return [told] if end.met else [told, unmet]


def _no_catch(seen: Seen, state: str, found: stretch.Battery, blocked: stretch.Battery) -> str:
    """Why no R1 is told."""
    apart, least = examined.apart_Nm(seen.examiner, found, blocked)
    return (
        f"No R1 {state}: the fast stretch exceeds the slow one by at most {apart.max():.2g} Nm; "
        f"{least.min():.2g} Nm is the least that is felt."
    )


def _mas(seen: Seen) -> dict[str, Any]:
    """Largest torque of the one-second stretch and the share of it that the tissue resists there."""
    names = ("one_second",)
    found = _stretched(seen, names)
    readings = {}
    for state in STATES:
        read = found[state]
        total, passive = read.total_Nm()[0, 0], read.passive_Nm[0]
        at = int(total.argmax())
        share = passive[at] / total[at] if total[at] > 0 else np.nan
        readings[state] = {
            "peak_torque_Nm": _told(total[at]),
            "passive_share": _told(np.clip(share, 0, 1)),
            "peak_angle_deg": _told(np.rad2deg(read.angle_rad[0, at])),
        }
    note = "Passive share is what tissue resists at the peak, 0 where it helps the stretch there."
    return {**readings, "panels": _torque_panels(found, names), "notes": [note]}


def _swings(base: JointBaseline) -> None:
    """Raise InputError unless the joint is one that swings."""
    if (base.joint, base.movement) != ("knee", "flexion"):
        raise InputError(
            f"No pendulum test is made at the {base.joint} in {base.movement}",
            rule="pendulum_joint",
            remedy="It needs an assessed flexion of the knee.",
            field="--test",
        )


def _pendulum(seen: Seen) -> dict[str, Any]:
    """The leg let go from the straight knee, half reclined."""
    axis = load_axes()["knee", "flexion"]
    inertia = axis.inertia_share * seen.mass_kg * seen.height_m**2
    weight = axis.mass_share * seen.mass_kg * g * axis.com_share * seen.height_m
    body = pendulum.Body(np.array([inertia]), np.array([weight]), np.zeros(1))
    p = draw(pendulum.Parameters, seen.draws)
    found = {
        state: pendulum.swing(p, seen.held.joint, seen.spinal[state], body, _SECONDS) for state in STATES
    }
    readings = {
        state: {
            "first_swing_deg": _told(np.rad2deg(swing.first_swing_rad[0])),
            "resting_deg": _told(np.rad2deg(swing.resting_rad[0])),
            "relaxation_index": _told(swing.relaxation_index[0]),
        }
        for state, swing in found.items()
    }
    thin = np.linspace(0, found["before"].time_s.size - 1, _TOLD_TIMES).astype(int)
    lines = [_line(state, np.rad2deg(swing.angle_rad[0, thin])) for state, swing in found.items()]
    time = ("time, s", found["before"].time_s[thin])
    return {**readings, "panels": [_panel("leg let go", time, "knee flexion, deg", lines)]}


def _agonist_Nm(seen: Seen) -> Array:
    """Torque of the muscles that make the movement, at full drive, over the stretch coordinate, (1, grid)."""
    axes = [row for row in load_axes().values() if row.joint == seen.base.joint]
    pairs = {row.movement: row.opposite_movement for row in axes}
    pairs |= {row.opposite_movement: row.movement for row in axes}
    other = mechanics(seen.base.joint, pairs.get(seen.base.movement, ""), seen.draws, spastic=False)
    if other is None:
        raise InputError(
            f"No muscles are held that move the {seen.base.joint} in {seen.base.movement}",
            rule="geometry_missing",
            remedy="Choose another assessed joint with --joint.",
            field="--joint",
        )
    whole = np.ones((1, len(other.muscles)))
    torque = voluntary.isometric_Nm(other.joint, other.laws, whole, whole).sum(axis=1)
    return np.asarray(torque[:, ::-1])


def _strength(seen: Seen) -> dict[str, Any]:
    """Voluntary strength of the stretched muscles, active end angle against them, and their trade-off."""
    p, held = draw(voluntary.Parameters, seen.draws), seen.held
    agonist, angle = _agonist_Nm(seen), np.rad2deg(held.joint.angle_rad)
    readings, curves, net = {}, [], []
    for state, spinal in seen.spinal.items():
        drive = np.broadcast_to(p.spastic_drive[:, None], spinal.residual.shape)
        own = voluntary.isometric_Nm(held.joint, held.laws, drive, spinal.residual).sum(axis=1)[0]
        moved = voluntary.active_movement(
            held.joint, held.laws, spinal, agonist, p.antagonist_drive, p.cocontraction
        )
        readings[state] = {
            "strength_Nm": _told(own.max()),
            "active_end_deg": _told(np.rad2deg(moved.end_rad[0])),
        }
        curves.append(_line(state, own))
        net.append(_line(state, moved.net_Nm[0]))
    residual = np.linspace(0, 1, _RESIDUALS)
    ends, strengths = voluntary.trade_off(held.joint, held.laws, held.spinal, agonist, p, residual)
    across = ("angle of stretch, deg", angle)
    return {
        **readings,
        "panels": [
            _panel("strength of the stretched muscles", across, "torque, Nm", curves),
            _panel("net torque of the active movement", across, "torque, Nm", net),
            _panel(
                "active end by residual force",
                ("residual force", residual),
                "angle, deg",
                [_line("end", np.rad2deg(ends[0]))],
            ),
            _panel(
                "strength by residual force",
                ("residual force", residual),
                "torque, Nm",
                [_line("strength", strengths[0])],
            ),
        ],
    }
