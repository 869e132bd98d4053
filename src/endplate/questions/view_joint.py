"""`view joint`: an assessed joint before and after treatment, by stretch, pendulum or strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g

from endplate.case import Case, JointBaseline, joint_baselines, planned_injections
from endplate.errors import InputError, no_plan
from endplate.knowledge.anatomy import load_axes
from endplate.physiology.joint import pendulum, reflex, stretch, voluntary
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
_SEATED: Posture = {("hip", "flexion"): 90.0}  # the examination chair


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
    seen = _seen(case, base, day, law, _SEATED if test == "pendulum" else {})
    tests: dict[str, Callable[[Seen], dict[str, Any]]] = {
        "tardieu": _tardieu,
        "mas": _mas,
        "pendulum": _pendulum,
        "strength": _strength,
    }
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
        **tests[test](seen),
        "notes": [
            "Gain, contracture and tone are those of the median person; the recorded grade sets none.",
            "The catch recorded sets the reflex threshold."
            if base.r1_deg is not None and law == "lambda"
            else "The reflex threshold is that of the median person.",
            "Muscles and arms are those of the tables' adult.",
        ],
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


def _seen(case: Case, base: JointBaseline, day: float, law: str, posture: Posture) -> Seen:
    """The joint with what the chain leaves of force and spindle drive on the day."""
    draws = OneAtATime(())
    key = f"{base.joint}/{base.side}/{base.movement}"
    catch = None if base.r1_deg is None else np.full(1, np.deg2rad(base.r1_deg))
    held = mechanics(base.joint, base.movement, draws, key, law, catch_rad=catch, posture=posture)
    if held is None:
        raise InputError(
            f"No geometry is held for {base.movement} of the {base.joint}",
            rule="geometry_missing",
            remedy="Choose another assessed joint with --joint.",
            field="--joint",
        )
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
    end = held.range_rad if base.r2_deg is None else min(np.deg2rad(base.r2_deg), held.range_rad)
    known = draws.of("muscle.reference_body_mass")[0] if mass is None else mass
    tall = draws.of("muscle.reference_height")[0] if height is None else height.to("cm").value
    return Seen(base, held, spinal, float(end), draws, float(known), float(tall) / _CM_PER_M)


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
    ramps = stretch.examiner_ramps(seen.held.examiner, np.zeros(1), end)
    wanted = ramps[:, [stretch.RAMPS.index(name) for name in names]]
    onset = float(seen.held.examiner.onset_s[0])
    blocked = seen.spinal["before"].left(np.zeros_like(seen.spinal["before"].residual), np.ones(1))
    spinal = {**seen.spinal, "blocked": blocked}
    return {state: stretch.battery(seen.held.joint, spinal[state], wanted, onset) for state in spinal}


def _crossing(angle: Array, torque: Array) -> float:
    """First angle (deg) at which torque rises above 0, linear between points; infinite if never."""
    above = np.flatnonzero(torque > 0)
    if not above.size:
        return float("inf")
    k = int(above[0])
    if k == 0:
        return float(np.rad2deg(angle[0]))
    share = -torque[k - 1] / (torque[k] - torque[k - 1])
    return float(np.rad2deg(angle[k - 1] + share * (angle[k] - angle[k - 1])))


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
    floor, weber = (seen.draws.of(f"joint.{name}")[0] for name in ("catch_torque", "catch_weber"))
    ended = found["before"].total_Nm()[0, 0].max()
    readings = {}
    for state in STATES:
        read = found[state]
        angle, total, passive = read.angle_rad[0], read.total_Nm()[0], read.passive_Nm[0]
        made = (read.reflex_Nm - found["blocked"].reflex_Nm)[0].sum(axis=1)
        felt = made[-1] - made[0] - np.maximum(floor, weber * passive)
        r2 = np.rad2deg(seen.end_rad)
        if state == "after":
            met = _crossing(whole[state].angle_rad[0], whole[state].total_Nm()[0, 0] - ended)
            r2 = min(max(r2, met), np.rad2deg(seen.held.range_rad))
        readings[state] = {
            "r1_deg": _told(_crossing(angle, felt)),
            "r2_deg": _told(r2),
            "peak_torque_Nm": {name: _told(row.max()) for name, row in zip(_TARDIEU, total, strict=True)},
            "peak_active_torque_Nm": {
                name: _told(row.max()) for name, row in zip(_TARDIEU, made, strict=True)
            },
        }
    return {**readings, "panels": _torque_panels(found, _TARDIEU)}


def _mas(seen: Seen) -> dict[str, Any]:
    """Largest torque of the one-second stretch and its passive part."""
    names = ("one_second",)
    found = _stretched(seen, names)
    readings = {}
    for state in STATES:
        read = found[state]
        total, passive = read.total_Nm()[0, 0], read.passive_Nm[0]
        at = int(total.argmax())
        readings[state] = {
            "peak_torque_Nm": _told(total[at]),
            "passive_share": _told(passive[at] / total[at]),
            "peak_angle_deg": _told(np.rad2deg(read.angle_rad[0, at])),
        }
    return {**readings, "panels": _torque_panels(found, names)}


def _pendulum(seen: Seen) -> dict[str, Any]:
    """The leg let go from the straight knee, seated."""
    if (seen.base.joint, seen.base.movement) != ("knee", "flexion"):
        raise InputError(
            f"No pendulum test is made at the {seen.base.joint} in {seen.base.movement}",
            rule="pendulum_joint",
            remedy="It needs an assessed flexion of the knee.",
            field="--test",
        )
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
