r"""Compiled laws and time loops of the joint: one file, since numba does not follow changes across files.

The laws are plain functions of numbers or arrays, told in :mod:`endplate.physiology.joint.hill` and
:mod:`endplate.physiology.joint.reflex`; here they are compiled and stepped through a stretch. In a
prescribed stretch each muscle is followed alone. No step is too long to be stable: the lag of force feedback
takes implicit Euler steps; activation steps of second order that never overshoot; a fibre on an elastic
tendon backward differences of second order, whose velocity is a root.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit

Array = NDArray[np.float64]

LAMBDA, FORCE, VELOCITY = range(3)

# Columns of a muscle, of what muscles share, and of a muscle's reflex.
F0, L0, START, STIFFNESS, SLACK, TENDON, STRAIN = range(7)
WIDTH, VMAX, CURVATURE, LENGTHENING, GROWTH, REACH, DAMPING, TOE = range(8)
RISE, FALL, FLOOR, SLOPE, SHARPNESS, SHORT_RANGE, CRITICAL = range(8, 15)
GAIN, SECOND, THRESHOLD, SHIFT, DELAY, TONIC, RESIDUAL, SPINDLE = range(8)

_FAST = {"nnan", "nsz", "arcp", "contract"}  # no infinity or reordering is assumed away
_compiled: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
_inner: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST, inner=True)
_SETTLING, _HALVINGS, _ROOT_ROUNDS, _ROOT_TOLERANCE = 64, 48, 40, 1e-6  # rounds to rest, and to a root


def force_length(length: Array, width: Array) -> Array:
    """Active force over maximal, of fibre length (L0)."""
    share: Array = np.exp(-(((length - 1) / width) ** 2))
    return share


def force_velocity(speed: Array, vmax: Array, curvature: Array, lengthening: Array) -> Array:
    """Active force over isometric, of lengthening speed (L0/s): Hill below 0, smooth into a plateau above."""
    x, y = np.maximum(np.minimum(speed, 0) / vmax, -1), np.maximum(speed, 0) / vmax
    more = lengthening - 1
    share: Array = (1 + x) / (1 - x / curvature) + more * y / (y + more / (1 + 1 / curvature))
    return share


def passive_fibre(stretch: Array, growth: Array, reach: Array) -> Array:
    """Passive fibre force over maximal active force, of stretch beyond slack (L0); 1 at ``reach``."""
    share: Array = np.expm1(growth * np.maximum(stretch, 0) / reach) / np.expm1(growth)
    return share


def tendon_force(strain: Array, strain_at_max: Array, toe: Array) -> Array:
    """Tendon force over maximal muscle force, of strain."""
    share: Array = np.expm1(toe * np.maximum(strain, 0) / strain_at_max) / np.expm1(toe)
    return share


def lambda_drive(
    length: Array, speed: Array, gain: Array, growth: Array, threshold: Array, shift: Array
) -> Array:
    """Excitation of the lambda law with a gain that grows with stretch velocity."""
    beyond = np.maximum(length - threshold + shift * speed, 0)
    drive: Array = gain * (1 + growth * np.maximum(speed, 0)) * beyond
    return drive


def velocity_drive(speed: Array, gain: Array, threshold: Array) -> Array:
    """Excitation of the velocity-threshold law."""
    drive: Array = gain * np.maximum(speed - threshold, 0)
    return drive


def force_drive(
    force: Array, rate: Array, gain: Array, rate_gain: Array, threshold: Array, sharpness: Array
) -> Array:
    """Target excitation of force feedback, of tendon force (F0) and its rate (F0/s)."""
    felt = gain * force * (1 + np.tanh(sharpness * (force - threshold))) / 2
    drive: Array = felt + rate_gain * rate * (1 + np.tanh(sharpness * rate)) / 2
    return drive


def activation_step(activation: Array, excitation: Array, step: Array, common: tuple[Array, ...]) -> Array:
    """Activation one step later; ``common`` is rise time, fall time (s), floor and slope of their scaling."""
    (rise, fall, floor, slope), way = common, excitation - activation
    rising, scale = np.sign(np.maximum(way, 0)), floor + slope * activation
    over, under = rising * rise * scale + (1 - rising) * fall, step * (rising + (1 - rising) * scale)
    scale = floor + slope * (activation + way * under / (2 * over + under))  # halfway through the step
    over, under = rising * rise * scale + (1 - rising) * fall, step * (rising + (1 - rising) * scale)
    gone = under * (over + under / 2)
    later: Array = activation + way * gone / (over * over + gone)
    return later


_fl, _fv, _fp, _ft = map(_compiled, (force_length, force_velocity, passive_fibre, tendon_force))
_by_length, _by_speed, _by_force = map(_compiled, (lambda_drive, velocity_drive, force_drive))
_activate = _compiled(activation_step)


@_inner
def _raw(law: int, length: float, speed: float, ref: Array) -> float:
    """Drive of the laws of length and speed, before delay."""
    if law == LAMBDA:
        return float(_by_length(length, speed, ref[GAIN], ref[SECOND], ref[THRESHOLD], ref[SHIFT]))
    if law == VELOCITY:
        return float(_by_speed(speed, ref[GAIN], ref[THRESHOLD]))
    return 0.0


@_inner
def _delayed(raw: Array, at: float, latest: int) -> float:
    """The drive at a step that need not be whole; that of rest before the start."""
    if at <= 0.0:
        return float(raw[0])
    k = min(int(at), latest)
    return float(raw[k] if k >= latest else raw[k] + (at - k) * (raw[k + 1] - raw[k]))


@_inner
def _start(law: int, raw: float, per_unit: float, rest: float, ref: Array, com: Array, state: Array) -> None:
    """State at rest: feedback, activation, force now and before, short-range stretch and stiffness, drive."""
    state[0], state[1] = raw, min(1.0, ref[TONIC] + ref[SPINDLE] * raw)
    if law == FORCE:
        for _ in range(_SETTLING):
            force = ref[RESIDUAL] * state[1] * per_unit + rest
            state[0] = _by_force(force, 0.0, ref[GAIN], ref[SECOND], ref[THRESHOLD], com[SHARPNESS])
            state[1] = min(1.0, ref[TONIC] + ref[SPINDLE] * state[0])
    state[2] = state[3] = ref[RESIDUAL] * state[1] * per_unit + rest
    state[4], state[5], state[6] = 0.0, com[SHORT_RANGE] * ref[TONIC] * per_unit, state[1]


@_inner
def _excite(
    law: int, n: int, latest: int, step: float, raw: Array, ref: Array, com: Array, state: Array
) -> float:
    """Excitation of step ``n``, with the activation that follows; force feedback lags by a first order."""
    if law == FORCE:
        rate = (state[2] - state[3]) / step
        target = _by_force(state[2], rate, ref[GAIN], ref[SECOND], ref[THRESHOLD], com[SHARPNESS])
        state[0] += (target - state[0]) * step / (ref[DELAY] + step)
    else:
        state[0] = _delayed(raw, n - ref[DELAY] / step, latest)
    excited = max(0.0, min(1.0, ref[TONIC] + ref[SPINDLE] * state[0]))
    mean, state[6] = (excited + state[6]) / 2, excited
    state[1] = _activate(state[1], mean, step, (com[RISE], com[FALL], com[FLOOR], com[SLOPE]))
    return float(excited)


@_inner
def _short_range(step: float, speed: float, com: Array, state: Array) -> float:
    """Short-range force (F0): grows to its critical stretch, is held, falls with shortening."""
    state[4] = max(0.0, min(com[CRITICAL], state[4] + step * speed))
    return float(state[4] * state[5])


@_inner
def _rigid(
    law: int, steps: int, step: float, ref: Array, com: Array, way: Array, state: Array, out: Array
) -> None:  # fmt: skip
    """Active force (F0) and excitation of a muscle on a rigid tendon: ``out[1]``, ``out[2]``.

    ``way`` holds, a row each: length, speed, force per activation, resting force; ``out[0]`` the drive.
    """
    for n in range(steps + 1):
        out[0, n] = _raw(law, way[0, n], way[1, n], ref)
    _start(law, out[0, 0], way[2, 0], way[3, 0], ref, com, state)
    out[2, 0] = state[1]
    for n in range(steps + 1):
        if n:
            out[2, n] = _excite(law, n, n, step, out[0], ref, com, state)
        force = state[1] * way[2, n] + _short_range(step, way[1, n], com, state)
        out[1, n] = ref[RESIDUAL] * force
        state[3], state[2] = state[2], out[1, n] + way[3, n]


@_inner
def _at_rest(law: int, free: float, mus: Array, ref: Array, com: Array) -> float:
    """Fibre length at rest on an elastic tendon; ``free`` is that on a rigid one."""
    low, high = 0.0, max(free, 0.0)
    for _ in range(_HALVINGS):
        length = (low + high) / 2
        pull = ref[RESIDUAL] * min(1.0, ref[TONIC] + ref[SPINDLE] * _raw(law, length, 0.0, ref))
        pull *= _fl(length, com[WIDTH])
        pull += mus[STIFFNESS] * _fp(length - mus[SLACK], com[GROWTH], com[REACH])
        if _ft((free - length) * mus[L0] / mus[TENDON], mus[STRAIN], com[TOE]) > pull:
            low = length
        else:
            high = length
    return (low + high) / 2


@_inner
def _fibre_speed(
    speed: float, length: float, step: float, free: float, active: float, tone: float, yielded: float,
    mus: Array, com: Array,
) -> float:  # fmt: skip
    """Fibre speed at which muscle and tendon pull alike after the step: Newton's rule within a bracket.

    Force ``active`` is that at a length foreseen, so that the difference only grows with speed; ``tone`` is
    the short-range stiffness and ``yielded`` the length from which its stretch counts.
    """
    low, high = -com[VMAX], max(0.0, (free - length) / step)
    stretch, strain = mus[STIFFNESS] / math.expm1(com[GROWTH]), 1.0 / math.expm1(com[TOE])
    per_stretch, per_strain = com[GROWTH] / com[REACH], com[TOE] / mus[STRAIN] * mus[L0] / mus[TENDON]
    more, smooth = com[LENGTHENING] - 1, 1 + 1 / com[CURVATURE]
    for _ in range(_ROOT_ROUNDS):
        speed = (low + high) / 2 if speed <= low or speed >= high else speed
        later, x = length + step * speed, speed / com[VMAX]
        if x > 0:
            shape, slope = 1 + more * x / (x + more / smooth), more * more / smooth / (x + more / smooth) ** 2
        else:
            shape, slope = (1 + x) / (1 - x / com[CURVATURE]), smooth / (1 - x / com[CURVATURE]) ** 2
        fibre = math.exp(per_stretch * max(0.0, later - mus[SLACK]))
        tendon = math.exp(per_strain * max(0.0, free - later))
        found = active * shape + com[DAMPING] * speed + stretch * (fibre - 1) - strain * (tendon - 1)
        found += tone * max(0.0, min(com[CRITICAL], later - yielded))
        stiff = tone * (later > yielded) * (later - yielded < com[CRITICAL])
        stiff += stretch * per_stretch * fibre * (later > mus[SLACK])
        stiff += strain * per_strain * tendon * (free > later)
        slope = active * slope / com[VMAX] + com[DAMPING] + step * stiff
        if abs(found) < _ROOT_TOLERANCE:
            break
        low, high = (low, speed) if found > 0 else (speed, high)
        speed -= found / slope
    return speed


@_inner
def _elastic(law: int, steps: int, step: float, mus: Array, ref: Array, com: Array, way: Array, state: Array,
             out: Array) -> None:  # fmt: skip
    """As :func:`_rigid` for a muscle on an elastic tendon; ``way[0]`` is its length on a rigid one."""
    length, speed = _at_rest(law, way[0, 0], mus, ref, com), 0.0
    before, part = length, 2 * step / 3
    out[0, 0] = _raw(law, length, speed, ref)
    _start(law, out[0, 0], _fl(length, com[WIDTH]), way[3, 0], ref, com, state)
    out[2, 0] = state[1]
    for n in range(steps + 1):
        if n:
            out[2, n] = _excite(law, n, n - 1, step, out[0], ref, com, state)
            active = ref[RESIDUAL] * state[1] * _fl(2 * length - before, com[WIDTH])
            start, yielded, tone = (4 * length - before) / 3, length - state[4], ref[RESIDUAL] * state[5]
            speed = _fibre_speed(speed, start, part, way[0, n], active, tone, yielded, mus, com)
            before, length = length, start + part * speed
            state[4] = max(0.0, min(com[CRITICAL], length - yielded))
            out[0, n] = _raw(law, length, speed, ref)
        pull = _ft((way[0, n] - length) * mus[L0] / mus[TENDON], mus[STRAIN], com[TOE])
        out[1, n] = pull - way[3, n]
        state[3], state[2] = state[2] if n else pull, pull


@_inner
def _ramp(ramp: Array, onset: float, least: int, longest: float) -> tuple[int, float, float]:
    """Steps, their length (s) and the time (s) in which a ramp from rest reaches its speed."""
    distance, speed = abs(ramp[1] - ramp[0]), ramp[2]
    onset = min(onset, 2 * distance / speed)
    duration = distance / speed + onset / 2
    steps = max(least, math.ceil(duration / longest))
    return steps, duration / steps, onset


@_inner
def _walk(steps: int, step: float, onset: float, ramp: Array, walk: Array) -> None:
    """Angle (rad) and angular speed (rad/s) at every step, the speed rising as a half cosine."""
    sign = 1.0 if ramp[1] >= ramp[0] else -1.0
    for n in range(steps + 1):
        time = n * step
        share = min(1.0, time / onset)
        gone, speed = onset * share / 2 + max(0.0, time - onset), ramp[2]
        if share < 1.0:
            gone -= onset * math.sin(math.pi * share) / (2 * math.pi)
            speed *= (1 - math.cos(math.pi * share)) / 2
        walk[0, n] = ramp[0] + sign * ramp[2] * gone
        walk[1, n] = sign * speed


@_compiled
def _place(angle: float, first: float, spacing: float, count: int) -> tuple[int, float]:
    at = min(max((angle - first) / spacing, 0.0), count - 1.0)
    k = min(int(at), count - 2)
    return k, at - k


@_compiled
def _between(row: Array, k: int, part: float) -> float:
    return float(row[k] + part * (row[k + 1] - row[k]))


@_inner
def _fill(
    steps: int, walk: Array, grid: tuple[float, float], arm: Array, path: Array, rest: Array, mus: Array,
    com: Array, way: Array,
) -> None:  # fmt: skip
    """What the geometry gives along a walk: the rows of ``way`` and, in the last, torque per force (m N)."""
    for n in range(steps + 1):
        k, part = _place(walk[0, n], grid[0], grid[1], arm.size)
        lever = _between(arm, k, part)
        length, speed = mus[START] + _between(path, k, part) / mus[L0], lever * walk[1, n] / mus[L0]
        way[0, n], way[1, n] = length, speed
        way[3, n], way[4, n] = _between(rest, k, part), lever * mus[F0]
        if mus[TENDON] == 0.0:
            way[2, n] = _fl(length, com[WIDTH]) * _fv(speed, com[VMAX], com[CURVATURE], com[LENGTHENING])


@_inner
def _read(steps: int, walk: Array, lever: Array, out: Array, torque: Array, drive: Array) -> None:
    """Torque and excitation at even angles between the ends of the walk."""
    n, points = 0, torque.size
    for k in range(points):
        wanted = (walk[0, steps] - walk[0, 0]) * k / (points - 1)
        while n < steps - 1 and abs(walk[0, n + 1] - walk[0, 0]) < abs(wanted):
            n += 1
        here, there = walk[0, n] - walk[0, 0], walk[0, n + 1] - walk[0, 0]
        part = min(1.0, max(0.0, (wanted - here) / (there - here)))
        low, high = lever[n] * out[1, n], lever[n + 1] * out[1, n + 1]
        torque[k] = low + part * (high - low)
        drive[k] = _between(out[2], n, part)


@_inner
def _row(table: Array, d: int) -> Array:
    """The row of a person where all may share one."""
    row: Array = table[d if table.shape[0] > 1 else 0]
    return row


@_compiled
def battery(
    law: int, grid: tuple[float, float], arm: Array, path: Array, rest: Array, mus: Array, com: Array,
    ref: Array, ramps: Array, onset: float, least: int, longest: float, points: int,
) -> tuple[Array, Array]:  # fmt: skip
    """Reflex torque (Nm) and excitation of every muscle at even angles of every ramp.

    Each first axis is 1 (shared by all) or people: ``arm``, ``path`` and ``rest`` (., muscles, grid), ``mus``
    (., muscles, 7), ``com`` (., 15), ``ramps`` (., ramps, 3: from, to in rad, speed in rad/s); ``ref`` is
    (people, muscles, 8). Returns (people, ramps, muscles, points) twice.
    """
    people, muscles, count = ref.shape[0], ref.shape[1], ramps.shape[1]
    (torque, drive), most = np.empty((2, people, count, muscles, points)), 0
    for ramp in ramps.reshape(-1, 3):
        most = max(most, _ramp(ramp, onset, least, longest)[0])
    walk, way, out = np.zeros((2, most + 1)), np.zeros((5, most + 1)), np.zeros((3, most + 1))
    state, steps, step = np.zeros(7), 0, 0.0
    alike = max(arm.shape[0], path.shape[0], rest.shape[0], mus.shape[0], com.shape[0], ramps.shape[0]) == 1
    for s in range(count):
        for m in range(muscles):
            for d in range(people):
                own, these = _row(mus, d)[m], _row(com, d)
                if d == 0 or not alike:
                    ramp = _row(ramps, d)[s]
                    steps, step, rise = _ramp(ramp, onset, least, longest)
                    _walk(steps, step, rise, ramp, walk)
                    at = _row(arm, d)[m], _row(path, d)[m], _row(rest, d)[m]
                    _fill(steps, walk, grid, at[0], at[1], at[2], own, these, way)
                if own[TENDON] > 0.0:
                    _elastic(law, steps, step, own, ref[d, m], these, way, state, out)
                else:
                    _rigid(law, steps, step, ref[d, m], these, way, state, out)
                _read(steps, walk, way[4], out, torque[d, s, m], drive[d, s, m])
    return torque, drive


@_compiled
def swing(
    law: int, grid: tuple[float, float], arm: Array, path: Array, rest: Array, passive: Array, mus: Array,
    com: Array, ref: Array, body: Array, step: float, steps: int,
) -> Array:  # fmt: skip
    """Angle (rad) over time of a limb let go, (people, steps + 1); every tendon counts as rigid.

    As :func:`battery`; ``passive`` is (., grid) and ``body`` (people, 4): inertia (kg m2), weight times lever
    (Nm), damping (Nm s/rad), angle (rad) at which it is let go; gravity acts as the cosine of the angle.
    """
    people, muscles = ref.shape[0], ref.shape[1]
    angle = np.empty((people, steps + 1))
    raw, state = np.zeros((muscles, steps + 1)), np.zeros((muscles, 7))
    for d in range(people):
        these, x, v = _row(com, d), body[d, 3], 0.0
        for n in range(steps + 1):
            angle[d, n] = x
            k, part = _place(x, grid[0], grid[1], arm.shape[2])
            torque = body[d, 1] * math.cos(x) - body[d, 2] * v - _between(_row(passive, d), k, part)
            for m in range(muscles):
                own, lever = _row(mus, d)[m], _between(_row(arm, d)[m], k, part)
                still, speed = _between(_row(rest, d)[m], k, part), lever * v / own[L0]
                length = own[START] + _between(_row(path, d)[m], k, part) / own[L0]
                raw[m, n], shape = _raw(law, length, speed, ref[d, m]), _fl(length, these[WIDTH])
                if n == 0:
                    _start(law, raw[m, 0], shape, still, ref[d, m], these, state[m])
                else:
                    _excite(law, n, n, step, raw[m], ref[d, m], these, state[m])
                shape *= _fv(speed, these[VMAX], these[CURVATURE], these[LENGTHENING])
                pull = state[m, 1] * shape + _short_range(step, speed, these, state[m])
                pull *= ref[d, m, RESIDUAL]
                state[m, 3], state[m, 2] = state[m, 2], pull + still
                torque -= lever * own[F0] * pull
            v += step * torque / body[d, 0]
            x += step * v
    return angle
