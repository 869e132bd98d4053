"""The joint from the tables: geometry, architecture and drawn parameters in, a joint with its reflex out.

Lengths, arms and passive torque stand on an even grid of the stretch coordinate: the angle of the movement's
first axis from the healthy end of least stretch; other axes of the same movement turn in proportion. All else
stands at 0, or as a posture says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import (
    PassiveTerm,
    axes_of,
    load_axes,
    load_moment_arms,
    load_passive,
    load_tendons,
)
from endplate.knowledge.evidence import load_records, value
from endplate.knowledge.units import CM_PER_M
from endplate.knowledge.vocabulary import JOINTS, MUSCLES
from endplate.knowledge.vocabulary.anatomy import stretched_muscles
from endplate.physiology import joint as geometry
from endplate.physiology.joint import hill, reflex, stretch
from endplate.simulation.parameters import Draws, draw

Array = NDArray[np.float64]

Posture = Mapping[tuple[str, str], float]

_GRID = 101


@dataclass(frozen=True)
class Turn:
    """One axis that a movement turns: where it starts, which way, its share of the first axis' angle."""

    joint: str
    axis: str
    start_deg: float
    sign: int
    share: float

    def angles_deg(self, x_rad: Array) -> Array:
        """Angle of the axis at the stretch coordinate, deg."""
        return np.asarray(self.start_deg + self.sign * self.share * np.rad2deg(x_rad))


@dataclass(frozen=True)
class Mechanics:
    """A joint of every copy with its parameters.

    Attributes:
        muscles: those of the stretched muscles that the geometry tables know, in order.
        turns: the axes turned.
        range_rad: healthy range of the movement.
        joint: the joint as it is.
        healthy_Nm: its passive torque without contracture, (draws, grid).
        laws: laws of the muscles.
        spinal: reflex of each muscle, untreated.
        loop: loop gain of force feedback, None for the other laws.
        examiner: how the joint is stretched.
    """

    muscles: tuple[str, ...]
    turns: tuple[Turn, ...]
    range_rad: float
    joint: stretch.Joint
    healthy_Nm: Array
    laws: hill.Parameters
    spinal: reflex.Reflex
    loop: reflex.LoopGain | None
    examiner: stretch.Parameters

    def sized(self, mass_over_adult: float) -> Mechanics:
        """The joint of a body of the same shape: angles and fibres alike, torques in proportion to mass."""
        joint, size = self.joint, mass_over_adult
        muscles = replace(joint.muscles, force_N=joint.muscles.force_N * size)
        sized = replace(joint, muscles=muscles, passive_Nm=joint.passive_Nm * size)
        return replace(self, joint=sized, healthy_Nm=self.healthy_Nm * size)

    @property
    def isometric_Nm(self) -> Array:
        """Torque of each muscle at the angle where all pull most together, isometric, (draws, muscles)."""
        joint, muscles = self.joint, self.joint.muscles
        length = hill.rigid_length(muscles, joint.path_m)
        torque = joint.arm_m * muscles.force_N[..., None] * hill.force_length(self.laws, length)
        best = torque.sum(axis=1).argmax(axis=-1)
        return np.asarray(np.take_along_axis(torque, best[:, None, None], axis=-1)[..., 0])


def size_of(mass_kg: float | None) -> float:
    """Torques of a body of this mass over those of the tables' adult; 1 where it is not known."""
    return 1.0 if mass_kg is None else mass_kg / value("muscle.reference_body_mass")


def turns(joint: str, movement: str) -> tuple[tuple[Turn, ...], float]:
    """The axes that a movement turns and the first one's range, rad; none if the tables do not know it."""
    found: list[Turn] = []
    first = 0.0
    for axis, sign in axes_of(joint, movement):
        row = load_axes()[joint, axis]
        span = row.to_deg - row.from_deg
        first = first or span
        found.append(Turn(joint, axis, row.from_deg if sign > 0 else row.to_deg, sign, span / first))
    return tuple(found), float(np.deg2rad(first))


def _path(muscle: str, turned: tuple[Turn, ...], x_rad: Array) -> tuple[Array, Array]:
    """Lengthening per rad and since the start, m, of a muscle along the movement, (grid,) each."""
    arm, path = np.zeros_like(x_rad), np.zeros_like(x_rad)
    for turn in turned:
        row = load_moment_arms().get((muscle, turn.joint, turn.axis))
        if row is None:
            continue
        angle, ends = np.deg2rad(turn.angles_deg(x_rad)), np.deg2rad([row.from_deg, row.to_deg])
        arm -= turn.sign * turn.share * geometry.moment_arm_cm(angle, row.coefficients_cm, *ends)
        change = geometry.path_length_change_cm(angle, row.coefficients_cm, *ends)
        path += change - change[0]
    return arm / CM_PER_M, path / CM_PER_M


def _slope(term: PassiveTerm, turn: Turn) -> float:
    return sum(slope.per_deg for slope in term.slopes if (slope.joint, slope.axis) == (turn.joint, turn.axis))


def _elsewhere(term: PassiveTerm, posture: Posture) -> float:
    return sum(slope.per_deg * posture.get((slope.joint, slope.axis), 0.0) for slope in term.slopes)


def _healthy_passive(turned: tuple[Turn, ...], x_rad: Array, posture: Posture) -> tuple[Array, float]:
    """Resistance of the healthy joint, (grid,), and its spread between people as SD of the logarithm."""
    torque, spread = np.zeros_like(x_rad), 0.0
    for turn in turned:
        row = load_passive().get((turn.joint, turn.axis))
        if row is None:
            continue
        own = turn.angles_deg(x_rad)
        found = geometry.linear_torque_Nm(own, row.stiffness_Nm_per_rad, row.neutral_deg)
        if row.terms:
            signs, slopes = [t.sign for t in row.terms], [[_slope(t, turn)] for t in row.terms]
            exponents = [t.exponent + _elsewhere(t, posture) for t in row.terms]
            found = found + geometry.exponential_torque_Nm(
                own[None], signs, exponents, slopes, row.constant_Nm
            )
        torque -= turn.sign * turn.share * found
        spread = max(spread, row.sd_log)
    return torque, spread


def healthy_muscles(joint: str, muscles: tuple[str, ...], path_m: Array, draws: Draws) -> hill.Muscles:
    """Healthy muscles of every copy, (draws, muscles); elastic tendons are those that the tables call so.

    Args:
        joint: the joint over whose range the optimal length is placed.
        muscles: their names.
        path_m: lengthening since the start of the grid, (draws, muscles, grid).
        draws: where numbers come from.
    """
    volume, length = (
        np.stack([draws.of(f"muscle.{muscle}.{name}", muscle) for muscle in muscles], axis=1)
        for name in ("volume_mL", "optimal_fibre_length_cm")
    )
    force = volume / length * draws.of("joint.specific_tension")[:, None]
    fibre = length / CM_PER_M
    if f"joint.{joint}.optimum_of_range" in load_records():
        share = draws.of(f"joint.{joint}.optimum_of_range")
    else:
        share = draws.of("joint.optimum_of_range")
    at = share[:, None, None] * (path_m.shape[-1] - 1)
    low = at.astype(np.int64)
    best = np.take_along_axis(path_m, np.broadcast_to(low, (*path_m.shape[:2], 1)), axis=2)[..., 0]
    tendons = [load_tendons().get(muscle) for muscle in muscles]
    slack = np.array([t.slack_cm / CM_PER_M if t and t.elastic else 0 for t in tendons])
    strain = np.array([t.strain_at_max if t and t.elastic else 1 for t in tendons])
    alike = np.ones_like(force)
    return hill.Muscles(force, fibre, 1 - best / fibre, alike, alike, slack * alike, strain * alike)


def mechanics(
    joint: str,
    movement: str,
    draws: Draws,
    key: str = "",
    law: str = "lambda",
    spastic: bool = True,
    catch_rad: Array | None = None,
    posture: Posture | None = None,
    contracture: Array | None = None,
) -> Mechanics | None:
    """The joint, its muscles and reflex of every copy; None if the tables lack its axis or all its muscles.

    Args:
        joint: the joint.
        movement: the passive movement that stretches.
        draws: where numbers come from.
        key: tells apart joints and sides.
        law: of the reflex, lambda, force or velocity.
        spastic: with contracture of the stretched muscles and a reflex; else healthy.
        catch_rad: where the delayed drive of a fast stretch begins, (draws,); the threshold is drawn without.
        posture: angles (deg) of axes that the movement does not turn, by joint and axis.
        contracture: share of the drawn contracture that the muscles have, (draws,); all of it without.
    """
    turned, span = turns(joint, movement)
    own = {(turn.joint, turn.axis) for turn in turned}
    held_at = {axis: angle for axis, angle in (posture or {}).items() if axis not in own}
    x = np.linspace(0, span, _GRID)
    found = {muscle: _path(muscle, turned, x) for muscle in stretched_muscles(joint, movement)}
    found = {muscle: pair for muscle, pair in found.items() if np.any(pair[0] > 0)}
    if not found:
        return None
    names = tuple(found)
    scale = _arms_of_people(joint, names, turned, draws)
    arm, path = (np.stack([pair[k] for pair in found.values()]) * scale[..., None] for k in (0, 1))
    passive, spread_passive = _healthy_passive(turned, x, held_at)
    person = np.exp(spread_passive * draws.normal(f"passive torque/{joint}/{key}", 1))
    laws, examiner = draw(hill.Parameters, draws), draw(stretch.Parameters, draws, key)
    before = healthy_muscles(joint, names, path, draws)
    longer = np.array([_lengthened(name, held_at) for name in names]) * scale
    before = replace(before, start_length=before.start_length + longer / before.fibre_m)
    affected = np.full(len(names), 1.0 if spastic else 0.0)
    tissue = draw(hill.Contracture, draws, key)
    now = hill.contractured(before, tissue if contracture is None else tissue.scaled(contracture), affected)
    rests = [hill.resting_force(laws, muscles, path) for muscles in (before, now)]
    torque = hill.passive_torque(passive * person, arm, (before, rests[0]), (now, rests[1]))
    held = stretch.Joint(x, arm, path, now, rests[1], torque, laws.table())
    p = replace(draw(reflex.Parameters, draws, key), gain=draws.of(gain_record(joint), key))
    delay = reflex.delay_s(p, draws.of(f"joint.{joint}.reflex_path")[:, None] * np.ones_like(before.force_N))
    if catch_rad is None:
        threshold = stretch.length_at(held, p.threshold_of_range * span)
    else:
        threshold = _threshold_of_catch(p, held, delay, catch_rad, np.deg2rad(examiner.fast_deg_per_s))
    spinal, loop = _reflex(reflex.law_of(law, p, threshold), p, laws, delay, spastic)
    return Mechanics(names, turned, span, held, passive * person, laws, spinal, loop, examiner)


def _arms_of_people(joint: str, muscles: tuple[str, ...], turned: tuple[Turn, ...], draws: Draws) -> Array:
    """Each person's moment arms over those of the tables, (draws, muscles)."""
    spread = np.array([_spread(name, turned) for name in muscles])
    score = np.stack([draws.normal(f"moment arm/{name}/{joint}", 1)[:, 0] for name in muscles], axis=1)
    return np.exp(spread * score)


def gain_record(joint: str) -> str:
    """The record of the reflex gain at a joint: that of the arm or of the leg."""
    leg = any(
        MUSCLES[name].limb == "lower" for m in JOINTS[joint].movements for name in stretched_muscles(joint, m)
    )
    return "joint.reflex_gain_leg" if leg else "joint.reflex_gain"


def _lengthened(muscle: str, posture: Posture) -> float:
    """Lengthening of a muscle's path by a posture, m."""
    total = 0.0
    for (joint, axis), angle in posture.items():
        row = load_moment_arms().get((muscle, joint, axis))
        if row is not None:
            ends = np.deg2rad([row.from_deg, row.to_deg])
            total += float(geometry.path_length_change_cm(np.deg2rad(angle), row.coefficients_cm, *ends))
    return total / CM_PER_M


def _spread(muscle: str, turned: tuple[Turn, ...]) -> float:
    """Largest spread of a muscle's arms about the axes of a movement, SD of the logarithm."""
    rows = (load_moment_arms().get((muscle, turn.joint, turn.axis)) for turn in turned)
    return max((row.sd_log for row in rows if row is not None), default=0.0)


def _threshold_of_catch(
    p: reflex.Parameters, held: stretch.Joint, delay: Array, catch_rad: Array, speed: Array
) -> Array:
    """Threshold length whose drive, delayed, begins at the catch of a fast stretch, (draws, muscles)."""
    at = [
        stretch.length_at(held, np.maximum(catch_rad - ahead, 0))
        for ahead in (speed * delay[:, 0], speed * delay[:, 0] + held.grid[1])
    ]
    per_rad = (at[0] - at[1]) / held.grid[1]
    return np.asarray(at[0] + p.velocity_threshold_s[:, None] * per_rad * speed[:, None])


def _reflex(
    wanted: reflex.Law, p: reflex.Parameters, laws: hill.Parameters, delay: Array, spastic: bool
) -> tuple[reflex.Reflex, reflex.LoopGain | None]:
    """Reflex of each muscle before treatment, with force feedback clamped; none in a healthy joint."""
    loop = None
    if isinstance(wanted, reflex.Force):
        wanted, loop = reflex.clamped(p, laws, wanted, delay)
    alike = np.ones_like(delay)
    tone, spindle = (p.tonic_drive[:, None] * alike, alike) if spastic else (0 * alike, 0 * alike)
    return reflex.Reflex(wanted, delay, tone, alike, spindle), loop
