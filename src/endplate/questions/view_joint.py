"""`view joint`: an assessed joint before and after treatment, by stretch, pendulum or strength."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g

from endplate.case import Case, JointBaseline, joint_baselines, plan_of, planned_injections
from endplate.errors import InputError
from endplate.knowledge.anatomy import load_axes
from endplate.knowledge.evidence import value
from endplate.physiology.joint import pendulum, stretch, voluntary
from endplate.questions.viewing.joint import STATES, Seen, notes, seen_joint
from endplate.questions.viewing.told import line, panel, told
from endplate.simulation.injection import one_product
from endplate.simulation.joints import examined
from endplate.simulation.joints.kinetic_chain import kinetic_chain_of
from endplate.simulation.joints.mechanics import Posture, mechanics, size_of
from endplate.simulation.parameters import draw

Array = NDArray[np.float64]

TESTS = ("tardieu", "mas", "pendulum", "strength")
LAWS = ("lambda", "force", "velocity")
_TARDIEU = ("V1", "V2", "V3")
_SECONDS = 10
_RESIDUALS = 9
_TOLD_TIMES = 201


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
    posture: Posture | None = None
    if test == "pendulum":
        _swings(base)
        posture = {("hip", "flexion"): value("joint.pendulum_hip_flexion")}
    seen = seen_joint(case, base, day, law, posture)
    tests: dict[str, Callable[[Seen], dict[str, Any]]] = {
        "tardieu": _tardieu,
        "mas": _mas,
        "pendulum": _pendulum,
        "strength": _strength,
    }
    found = tests[test](seen)
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
        "range_deg": told(np.rad2deg(seen.end_rad)),
        "muscles": _left(seen),
        **found,
        "notes": [*found.get("notes", ()), *notes(seen)],
    }


def _left(seen: Seen) -> list[dict[str, Any]]:
    """Force and reflex that treatment left every muscle, over untreated."""
    left = seen.spinal["after"]
    return [
        {"muscle": name, "residual_force": told(left.residual[0, k]), "reflex": told(left.spindle[0, k])}
        for k, name in enumerate(seen.held.muscles)
    ]


def _assessed(case: Case, joint: str | None, side: str | None) -> JointBaseline:
    """The assessed joint asked for, or the first."""
    plan_of(case)
    one_product(planned_injections(case))
    held = joint_baselines(case)
    for base in held:
        if joint in (None, base.joint) and side in (None, base.side):
            return base
    names = ", ".join(f"{base.joint} ({base.side})" for base in held)
    remedy = f"Name one of those assessed: {names}." if names else "Add a graded joint under assessment."
    raise InputError("No such joint was assessed", rule="joint_not_assessed", remedy=remedy, field="--joint")


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
        lines = [line(state, found[state].total_Nm()[0, k]) for state in STATES]
        lines.append(line("passive", found["before"].passive_Nm[0]))
        panels.append(panel(name.replace("_", " "), ("angle of stretch, deg", angle), "torque, Nm", lines))
    return panels


def _tardieu(seen: Seen) -> dict[str, Any]:
    """Torque at V1, V2, V3; R1 where V3 is felt apart from V1, R2 where the slow stretch ends.

    What a slow stretch (tone, short-range stiffness) or a muscle without force resists is no catch.
    """
    found = _stretched(seen, _TARDIEU)
    readings, remarks = {}, []
    for state in STATES:
        read = found[state]
        total = read.total_Nm()[0]
        made = (read.reflex_Nm - found["blocked"].reflex_Nm)[0].sum(axis=1)
        r1 = examined.r1_deg(seen.hand, read, found["blocked"])[0]
        if not np.isfinite(r1):
            remarks.append(_no_catch(seen, state, read, found["blocked"]))
        readings[state] = {
            "r1_deg": told(r1),
            "r2_deg": told(np.rad2deg(seen.end_rad)),
            "peak_torque_Nm": {name: told(row.max()) for name, row in zip(_TARDIEU, total, strict=True)},
            "peak_active_torque_Nm": {
                name: told(row.max()) for name, row in zip(_TARDIEU, made, strict=True)
            },
        }
    ends = zip(STATES, (seen.end_rad, seen.held.range_rad), strict=True)
    slow = [
        examined.stretched(seen.held, examined.faded(seen.spinal[state]), ("V1",), np.array([end]))
        for state, end in ends
    ]
    end = examined.slow_end(*slow)
    readings["after"]["r2_deg"] = told(end.r2_deg)
    remarks += _r2_notes(end)
    return {**readings, "panels": _torque_panels(found, _TARDIEU), "notes": remarks}


def _r2_notes(end: examined.SlowEnd) -> list[str]:
    """How R2 after treatment came about."""
    met = (
        f"R2 ends the slow stretch once the reflex has faded, at the torque met before, {end.torque_Nm:.3g} "
        f"Nm. Tone made {end.active_Nm:.2g} Nm of it: R2 moves by that alone."
    )
    unmet = f"After treatment that torque is not met: R2 is {end.r2_deg:.3g} deg: tissue resists most there."
    return [met] if end.met else [met, unmet]


def _no_catch(seen: Seen, state: str, found: stretch.Battery, blocked: stretch.Battery) -> str:
    """Why no R1 is told."""
    apart, least = examined.apart_Nm(seen.hand, found, blocked)
    return (
        f"No R1 {state}: the fast stretch exceeds the slow one by at most {apart.max():.2g} Nm; "
        f"{least.min():.2g} Nm is the least that is felt."
    )


def _mas(seen: Seen) -> dict[str, Any]:
    """The one-second stretch: mean resistance and its grade, peak torque and the tissue's share of it."""
    names = ("one_second",)
    found = _stretched(seen, names)
    readings = {}
    for state in STATES:
        read = found[state]
        total, passive = read.total_Nm()[0, 0], read.passive_Nm[0]
        at = int(total.argmax())
        share = passive[at] / total[at] if total[at] > 0 else np.nan
        resists = float(examined.resistance_Nm(seen.held, seen.spinal[state], np.array([seen.end_rad]))[0])
        readings[state] = {
            "mean_resistance_Nm": told(resists),
            "grade": told(seen.grade(resists)),
            "peak_torque_Nm": told(total[at]),
            "passive_share": told(np.clip(share, 0, 1)),
            "peak_angle_deg": told(np.rad2deg(read.angle_rad[0, at])),
        }
    remarks = [
        "Mean resistance is beyond that of the healthy joint; the grade is the one it stands for, 1+ as 1.5.",
        "Passive share is what tissue resists at the peak, 0 where it helps the stretch there.",
    ]
    return {**readings, "panels": _torque_panels(found, names), "notes": remarks}


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
            "first_swing_deg": told(np.rad2deg(swing.first_swing_rad[0])),
            "resting_deg": told(np.rad2deg(swing.resting_rad[0])),
            "relaxation_index": told(swing.relaxation_index[0]),
        }
        for state, swing in found.items()
    }
    thin = np.linspace(0, found["before"].time_s.size - 1, _TOLD_TIMES).astype(int)
    lines = [line(state, np.rad2deg(swing.angle_rad[0, thin])) for state, swing in found.items()]
    time = ("time, s", found["before"].time_s[thin])
    return {**readings, "panels": [panel("leg let go", time, "knee flexion, deg", lines)]}


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
    other, whole = other.sized(size_of(seen.mass_kg)), np.ones((1, len(other.muscles)))
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
            "strength_Nm": told(own.max()),
            "active_end_deg": told(np.rad2deg(moved.end_rad[0])),
        }
        curves.append(line(state, own))
        net.append(line(state, moved.net_Nm[0]))
    chain = kinetic_chain_of(seen.base.joint, seen.base.movement, held.muscles, seen.draws)
    for state, spinal in seen.spinal.items():
        left = dict(zip(held.muscles, spinal.residual[0], strict=True))
        readings[state]["chain_Nm"] = told(size_of(seen.mass_kg) * chain.capacity_Nm(left))
    residual = np.linspace(0, 1, _RESIDUALS)
    ends, strengths = voluntary.trade_off(held.joint, held.laws, held.spinal, agonist, p, residual)
    across = ("angle of stretch, deg", angle)
    crossed = ", ".join(f"{joint} {axis.replace('_', ' ')}" for joint, axis in chain.axes[1:])
    remark = (
        "Strength is that of the muscles which the movement stretches; the active end is how far the "
        "movement itself gets against them. Chain: the most that they pull at full drive while the other "
        f"axes they cross balance ({crossed or 'none'}); an upper bound."
    )
    return {
        **readings,
        "notes": [remark],
        "panels": [
            panel("strength of the stretched muscles", across, "torque, Nm", curves),
            panel("net torque of the active movement", across, "torque, Nm", net),
            panel(
                "active end by residual force",
                ("residual force", residual),
                "angle, deg",
                [line("end", np.rad2deg(ends[0]))],
            ),
            panel(
                "strength by residual force",
                ("residual force", residual),
                "torque, Nm",
                [line("strength", strengths[0])],
            ),
        ],
    }
