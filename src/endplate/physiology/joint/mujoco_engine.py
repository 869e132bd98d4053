r"""The stretch battery and the pendulum again, in MuJoCo: a second engine for the same tabulated joint.

A hinge is the stretch coordinate. Each muscle is an actuator on it whose moment arm is set from the table at
every step; on an elastic tendon it moves a small mass on a slide of its own, and a MuJoCo tendon between
slide and hinge pulls on both. A servo turns the hinge; the pendulum is a mass under gravity.

MuJoCo integrates the motion, the activation (its own ``muscle`` dynamics), the delay (its buffer of
controls), the lag of force feedback (``filter``), the short-range stretch (``integrator`` with limits) and
the equilibrium of fibre and tendon. Shared with :mod:`endplate.physiology.joint.kernel` are the tables and
the laws as functions of the state. The force at a step is the law's; its slope over speed goes to MuJoCo's
implicit integrator. Needs the package mujoco (extra ``mujoco``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.errors import library
from endplate.physiology.joint import kernel, pendulum, reflex, stretch
from endplate.physiology.joint.kernel import DELAY, F0, FORCE, L0, SPINDLE, START, TENDON, TONIC, WIDTH

Array = NDArray[np.float64]

_LEAST_STEPS = 4000
_LONGEST_STEP_S = 0.001
_SETTLING_S = 0.5  # held at the first angle until fibres and activation are at rest
_RADIANS_PER_STEP = 0.3  # of the fastest oscillation, that of servo or fibre mass
_RIG_INERTIA_KG_M2 = 10.0  # heavy, so that muscle does not bend the ramp
_SPEED_SHARE = 1e-5  # of the largest speed, for the slope of force over speed
_SCALING = (0.5, 1.5)  # fixed in MuJoCo's muscle dynamics: floor and slope of the activation times
_GRAVITY = 1.0  # only weight times lever enters
_HINGE = '<joint name="stretch" type="hinge" axis="0 1 0" damping="{!r}"/>'

_compiled: Any = njit(error_model="numpy")  # not cached: numba does not follow changes of the kernel


@dataclass(frozen=True)
class Felt:
    """What MuJoCo's examiner meets.

    Attributes:
        angle_rad: even angles between the ends, (people, points).
        reflex_Nm: torque beyond the passive one by muscle, (people, ramps, muscles, points).
        hand_Nm: torque that turns the hinge, less that which speeds up its inertia, (people, ramps, points).
    """

    angle_rad: Array
    reflex_Nm: Array
    hand_Nm: Array


@dataclass(frozen=True)
class _Person:
    """One person's tables: ``elastic`` are the muscles with a slide of their own."""

    law: int
    grid: tuple[float, float]
    arm: Array
    path: Array
    rest: Array
    muscles: Array
    laws: Array
    spinal: Array
    passive: Array
    elastic: NDArray[np.int64]


def _person(joint: stretch.Joint, spinal: reflex.Reflex, d: int, rigid: bool = False) -> _Person:
    """The tables of person ``d``; a first axis of 1 is shared. ``rigid`` makes every tendon so.

    Raises:
        ValueError: the activation times do not scale as MuJoCo's do.
    """
    grid, *tables = joint.tables()
    tables = [*tables, spinal.table(), joint.passive_Nm]
    arm, path, rest, muscles, laws, spine, passive = (t[d if len(t) > 1 else 0] for t in tables)
    scaling = (float(laws[kernel.FLOOR]), float(laws[kernel.SLOPE]))
    if scaling != _SCALING:
        raise ValueError(f"activation times scale by {scaling}, in MuJoCo by {_SCALING}")
    if rigid:
        muscles = np.where(np.arange(muscles.shape[1]) == TENDON, 0.0, muscles)
    elastic = np.flatnonzero(muscles[:, TENDON] > 0)
    return _Person(spinal.law.law, grid, arm, path, rest, muscles, laws, spine, passive, elastic)


def _model_xml(who: _Person, step: float, limb: str, hand: str) -> str:
    """The joint as MJCF; arms, forces and drives in it are placeholders that every step sets.

    Args:
        who: the person.
        step: time step, s.
        limb: what the body on the hinge consists of, the hinge included.
        hand: the examiner's actuator, or nothing where the limb swings.
    """
    rows = [hand, *(_muscle(who, m, step) for m in range(len(who.muscles)))]
    critical = float(who.laws[kernel.CRITICAL])
    for m in range(len(who.muscles)):
        kind = f'dyntype="integrator" actlimited="true" actrange="0 {critical!r}" gaintype="affine"'
        rows.append(f'<general name="short_range_{m}" {_place(who, m)} {kind} biastype="none"/>')
    if who.law == FORCE:
        lags = (f'dyntype="filter" dynprm="{float(row[DELAY])!r}" gainprm="0"' for row in who.spinal)
        rows += [f'<general name="feedback_{m}" joint="stretch" {lag}/>' for m, lag in enumerate(lags)]
    pull = 'gainprm="0" biastype="affine"'
    rows += [f'<general name="tendon_{m}" tendon="tendon_{m}" {pull}/>' for m in who.elastic]
    ends = '<joint joint="stretch" coef="1"/><joint joint="fibre_{0}" coef="-1"/>'
    tendons = [f'<fixed name="tendon_{m}">{ends.format(m)}</fixed>' for m in who.elastic]
    return f"""<mujoco model="endplate joint">
<option timestep="{step!r}" integrator="implicitfast" gravity="0 0 {-_GRAVITY!r}"/>
<worldbody>
<body name="limb">{limb}</body>
{"".join(_slide(who, int(m), step) for m in who.elastic)}</worldbody>
<tendon>{"".join(tendons)}</tendon>
<actuator>
{chr(10).join(rows)}
</actuator>
</mujoco>"""


def _place(who: _Person, m: int) -> str:
    """Where a fibre acts: on its slide, or on the hinge itself."""
    return f'joint="fibre_{m}"' if m in who.elastic else 'joint="stretch"'


def _muscle(who: _Person, m: int, step: float) -> str:
    """A muscle's actuator with MuJoCo's activation and, but for force feedback, its delay."""
    delay = float(who.spinal[m, DELAY]) if who.law != FORCE else 0.0
    late = f'delay="{delay!r}" nsample="{int(delay / step) + 3}" interp="linear"' if delay else ""
    times = f'dyntype="muscle" dynprm="{float(who.laws[kernel.RISE])!r} {float(who.laws[kernel.FALL])!r} 0"'
    kind = f'{times} gaintype="affine" biastype="affine" ctrllimited="true" ctrlrange="0 1"'
    return f'<general name="muscle_{m}" {_place(who, m)} {kind} {late}/>'


def _slide(who: _Person, m: int, step: float) -> str:
    """The mass that fibre and tendon pull on, as light as the step allows, with the fibre's damping."""
    own, laws = who.muscles[m], who.laws
    per_m = own[F0] * laws[kernel.TOE] / (-np.expm1(-laws[kernel.TOE])) / (own[kernel.STRAIN] * own[TENDON])
    mass, damping = per_m * (step / _RADIANS_PER_STEP) ** 2, laws[kernel.DAMPING] * own[F0] / own[L0]
    inertial = f'<inertial pos="0 0 0" mass="{float(mass)!r}" diaginertia="1 1 1"/>'
    joint = f'<joint name="fibre_{m}" type="slide" axis="0 1 0" damping="{float(damping)!r}"/>'
    return f'<body name="fibre_{m}">{inertial}{joint}</body>\n'


@_compiled
def _told(
    law: int, angle: float, turning: float, fibre: Array, running: Array, felt: Array, rate: Array,
    stiff: Array, grid: tuple[float, float], arm: Array, path: Array, rest: Array, mus: Array, com: Array,
    ref: Array, out: Array,
) -> None:  # fmt: skip
    """What the laws say of a state, a column of ``out`` per muscle.

    Rows: arm (m), resting force (N), force per activation (N) at speed 0 of its tangent, the tangent's slope
    (N s/m), force (N) per short-range stretch, passive fibre and tendon force (N), speed (L0/s), drive.
    """
    k, part = kernel._place(angle, grid[0], grid[1], arm.shape[1])
    for m in range(arm.shape[0]):
        own, reflex_row = mus[m], ref[m]
        lever = kernel._between(arm[m], k, part)
        free = own[START] + kernel._between(path[m], k, part) / own[L0]
        length, speed = free, lever * turning / own[L0]
        out[5, m] = out[6, m] = 0.0
        if own[TENDON] > 0.0:
            length, speed = fibre[m] / own[L0], running[m] / own[L0]
            stretched = kernel._fp(length - own[kernel.SLACK], com[kernel.GROWTH], com[kernel.REACH])
            out[5, m] = own[F0] * own[kernel.STIFFNESS] * stretched
            strain = (free - length) * own[L0] / own[TENDON]
            out[6, m] = own[F0] * kernel._ft(strain, own[kernel.STRAIN], com[kernel.TOE])
        vmax = com[kernel.VMAX]
        apart = _SPEED_SHARE * vmax
        laws = (vmax, com[kernel.CURVATURE], com[kernel.LENGTHENING])
        shape = kernel._fv(speed, laws[0], laws[1], laws[2])
        slope = kernel._fv(speed + apart, laws[0], laws[1], laws[2])
        slope = (slope - kernel._fv(speed - apart, laws[0], laws[1], laws[2])) / (2 * apart)
        most = own[F0] * reflex_row[kernel.RESIDUAL]
        per_unit = most * kernel._fl(length, com[WIDTH])
        out[0, m], out[1, m] = lever, own[F0] * kernel._between(rest[m], k, part)
        out[2, m], out[3, m] = per_unit * (shape - slope * speed), per_unit * slope / own[L0]
        out[4, m], out[7, m] = most * stiff[m], speed
        if law == FORCE:
            gains = (reflex_row[kernel.GAIN], reflex_row[kernel.SECOND], reflex_row[kernel.THRESHOLD])
            out[8, m] = kernel._by_force(
                felt[m] / own[F0], rate[m] / own[F0], gains[0], gains[1], gains[2], com[kernel.SHARPNESS]
            )
        else:
            out[8, m] = kernel._raw(law, length, speed, reflex_row)


class _Limb:
    """A model of MuJoCo with its data, set from the tables before every step."""

    def __init__(self, who: _Person, xml: str, start_rad: float, hand: int) -> None:
        mujoco = library("mujoco", "mujoco")
        self.step_once, self.who, self.hand = mujoco.mj_step, who, hand
        self.model = mujoco.MjModel.from_xml_string(xml)
        self.data = mujoco.MjData(self.model)
        count = len(who.muscles)
        self.muscle = slice(hand, hand + count)
        self.short = slice(hand + count, hand + 2 * count)
        loops = count if who.law == FORCE else 0
        self.feedback = slice(hand + 2 * count, hand + 2 * count + loops)
        self.tendon = slice(hand + 2 * count + loops, self.model.nu)
        self.rigid = np.setdiff1d(np.arange(count), who.elastic)
        self.out = np.zeros((9, count))
        self.fibre, self.running, self.pull, self.before = np.zeros((4, count))
        self.stiff = np.zeros(count)
        self.data.qpos[0] = start_rad
        free = who.muscles[:, START] * who.muscles[:, L0] + self._at(who.path, start_rad)
        self.free = np.maximum(free[who.elastic], 0)
        self.data.qpos[1:] = self.free

    def _at(self, table: Array, angle: float) -> Array:
        """A table at an angle, by muscle."""
        axis = self.who.grid[0] + self.who.grid[1] * np.arange(table.shape[1])
        return np.array([np.interp(angle, axis, row) for row in table])

    def step(self, hand: float = 0.0) -> float:
        """One step of MuJoCo; returns the angle at its start. ``hand`` is what the servo is told."""
        who, data, model, out = self.who, self.data, self.model, self.out
        angle, turning = float(data.qpos[0]), float(data.qvel[0])
        self.fibre[who.elastic], self.running[who.elastic] = data.qpos[1:], data.qvel[1:]
        rate = (self.pull - self.before) / model.opt.timestep
        _told(
            who.law, angle, turning, self.fibre, self.running, self.pull, rate, self.stiff, who.grid,
            who.arm, who.path, who.rest, who.muscles, who.laws, who.spinal, out,
        )  # fmt: skip
        gain, bias, elastic = model.actuator_gainprm, model.actuator_biasprm, who.elastic
        model.actuator_gear[self.muscle.start + self.rigid, 0] = out[0, self.rigid]
        model.actuator_gear[self.short.start + self.rigid, 0] = out[0, self.rigid]
        model.wrap_prm[0 : 2 * elastic.size : 2] = out[0, elastic]
        gain[self.muscle, 0], gain[self.muscle, 2] = -out[2], -out[3]
        gain[self.short, 0] = -out[4]
        bias[self.muscle, 0], bias[self.tendon, 0] = -out[5], -out[6, elastic]
        data.qfrc_applied[0] = (out[0] * out[1])[elastic].sum() - self._passive(angle)
        drive = out[8]
        if who.law == FORCE:
            data.ctrl[self.feedback], drive = drive, data.act[2 * drive.size :]
        data.ctrl[self.muscle] = who.spinal[:, TONIC] + who.spinal[:, SPINDLE] * drive
        data.ctrl[self.short] = out[7]
        if self.hand:
            data.ctrl[0] = hand
        self.step_once(model, data)
        self._feel()
        return angle

    def _feel(self) -> None:
        """Pull of each muscle (N): of an elastic tendon, else of the fibre with its resting force."""
        force, elastic = self.data.actuator_force, self.who.elastic
        self.before, self.pull = self.pull, self.out[1] - force[self.muscle] - force[self.short]
        self.pull[elastic] = -force[self.tendon]

    def _passive(self, angle: float) -> float:
        first, spacing = self.who.grid
        k, part = kernel._place(angle, first, spacing, self.who.passive.size)
        return float(kernel._between(self.who.passive, k, part))

    def reflex_Nm(self) -> Array:
        """Torque of each muscle beyond that at rest, at the start of the last step."""
        return np.asarray(self.out[0] * (self.pull - self.out[1]))

    def rest_here(self) -> None:
        """From here short-range stretch counts, as stiff as the tone at rest (F0)."""
        who, count, data = self.who, self.stiff.size, self.data
        found = self.free > 0  # a wholly slack muscle has no equilibrium
        data.qpos[1:], data.qvel[1:] = data.qpos[1:] * found, data.qvel[1:] * found
        lengths = self._at(who.path, float(data.qpos[0])) / who.muscles[:, L0] + who.muscles[:, START]
        lengths[who.elastic] = data.qpos[1:] / who.muscles[who.elastic, L0]
        share = kernel.force_length(lengths, who.laws[WIDTH])
        self.stiff = who.laws[kernel.SHORT_RANGE] * who.spinal[:, TONIC] * share
        data.act[count : 2 * count] = 0


def _ramp(row: Array, onset_s: float, refine: float) -> tuple[float, float, Any]:
    """Duration and step (s) of a ramp, and its angle and speed as a function of time."""
    start, end, speed = (float(x) for x in row)
    sign, onset = float(np.sign(end - start)), min(onset_s, 2 * abs(end - start) / speed)
    duration = abs(end - start) / speed + onset / 2
    step = min(_LONGEST_STEP_S, duration / _LEAST_STEPS) / refine

    def at(time: Array) -> tuple[Array, Array]:
        early = np.clip(time, 0, onset)
        gone = early / 2 - onset / (2 * np.pi) * np.sin(np.pi * early / onset) + np.maximum(time - onset, 0)
        rate = (1 - np.cos(np.pi * early / onset)) / 2
        return start + sign * speed * gone, sign * speed * rate

    return duration, step, at


def _stretched(who: _Person, row: Array, onset_s: float, angle: Array, refine: float) -> tuple[Array, Array]:
    """Reflex torque by muscle and torque of the hand at angles along one ramp."""
    duration, step, at = _ramp(row, onset_s, refine)
    steps, settling = int(np.ceil(duration / step)), int(np.ceil(_SETTLING_S / step))
    fast = _RADIANS_PER_STEP / step
    stiffness, damping = _RIG_INERTIA_KG_M2 * fast**2, 2 * _RIG_INERTIA_KG_M2 * fast
    inertia = " ".join([repr(_RIG_INERTIA_KG_M2)] * 3)
    body = f'<inertial pos="0 0 0" mass="1" diaginertia="{inertia}"/>{_HINGE.format(0.0)}'
    servo = f'gainprm="1" biastype="affine" biasprm="0 {-stiffness!r} {-damping!r}"'
    xml = _model_xml(who, step, body, f'<general name="hand" joint="stretch" {servo}/>')
    limb = _Limb(who, xml, float(row[0]), hand=1)
    wanted, turning = at((np.arange(steps + settling + 1) - settling) * step)
    told = stiffness * wanted + damping * turning
    for n in range(settling):
        limb.step(float(told[n]))
    limb.rest_here()
    x, hand, torque = np.empty(steps + 1), np.empty(steps + 1), np.empty((len(who.muscles), steps + 1))
    for n in range(steps + 1):
        x[n] = limb.step(float(told[settling + n]))
        torque[:, n] = limb.reflex_Nm()
        hand[n] = limb.data.actuator_force[0] - _RIG_INERTIA_KG_M2 * limb.data.qacc[0]
    along = np.sign(row[1] - row[0])
    rows = [np.interp(along * angle, along * x, line) for line in (*torque, hand)]
    return np.asarray(rows[:-1]), rows[-1]


def battery(
    joint: stretch.Joint,
    spinal: reflex.Reflex,
    ramps: Array,
    onset_s: float,
    points: int = 33,
    refine: float = 1,
) -> Felt:
    """Stretch the joint in MuJoCo; arguments as :func:`endplate.physiology.joint.stretch.battery`.

    Raises:
        InputError: mujoco is not installed.
        ValueError: the activation times do not scale as MuJoCo's do.
    """
    share = np.linspace(0, 1, points)
    angles, torques, hands = [], [], []
    for d in range(len(spinal.delay_s)):
        rows = ramps[d if len(ramps) > 1 else 0]
        angles.append(rows[0, 0] + share * (rows[0, 1] - rows[0, 0]))
        who = _person(joint, spinal, d)
        found = [_stretched(who, row, onset_s, angles[-1], refine) for row in rows]
        torques.append([torque for torque, _ in found])
        hands.append([hand for _, hand in found])
    return Felt(np.asarray(angles), np.asarray(torques), np.asarray(hands))


def _hanging(inertia: float, weight: float, damping: float) -> str:
    """A limb on the hinge: half of its inertia is that of its mass about the hinge, half its own."""
    lever = inertia / (2 * weight) * _GRAVITY
    mass, own = weight / (_GRAVITY * lever), " ".join([repr(inertia / 2)] * 3)
    return f'<inertial pos="{lever!r} 0 0" mass="{mass!r}" diaginertia="{own}"/>{_HINGE.format(damping)}'


def swing(
    p: pendulum.Parameters,
    joint: stretch.Joint,
    spinal: reflex.Reflex,
    body: pendulum.Body,
    time_s: Array,
    step_s: float = 0.00025,
) -> Array:
    """Angle (rad) of the limb let go, in MuJoCo, at times, (people, times); tendons count as rigid.

    Args:
        p: damping, fields (people,).
        joint: the joint; its grid must hold the swing.
        spinal: reflex of each muscle.
        body: the limb, of some weight.
        time_s: ascending from 0, (times,).
        step_s: time step.

    Raises:
        InputError: mujoco is not installed.
        ValueError: the activation times do not scale as MuJoCo's do.
    """
    steps, settling = int(np.ceil(time_s[-1] / step_s)), int(np.ceil(_SETTLING_S / step_s))
    found = []
    for d, released in enumerate(body.released_rad):
        limb_xml = _hanging(float(body.inertia_kg_m2[d]), float(body.weight_Nm[d]), float(p.damping_Nm_s[d]))
        who = _person(joint, spinal, d, rigid=True)
        limb = _Limb(who, _model_xml(who, step_s, limb_xml, ""), float(released), hand=0)
        for _ in range(settling):
            limb.step()
            limb.data.qpos[0], limb.data.qvel[0] = released, 0
        limb.rest_here()
        angle = [limb.step() for _ in range(steps + 1)]
        found.append(np.interp(time_s, np.arange(steps + 1) * step_s, angle))
    return np.asarray(found)
