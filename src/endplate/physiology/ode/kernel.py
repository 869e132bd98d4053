"""Many people's muscles through a year in compiled steps: the grid of steps, and the march along it.

Steps start at a hundredth of a day after every session of injections and grow to days, because what a
session starts slows down as it goes. Toxin, antibodies and the release that gates uptake are found by sweeps
within a step until light chain no longer moves; once no toxin is left that counts, a step is one pass.
The equations are those of ``equations``, a step that of ``lanes``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.physiology.ode import lanes as rows
from endplate.physiology.ode.collocation import INTERPOLANTS, PROPAGATOR, propagators
from endplate.physiology.ode.equations import MUSCLE_STATES, OUTPUTS, Rates
from endplate.physiology.ode.lanes import BLOCK, LANES, LINEAR_RATES, answer, decline, relax, sweep

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Four = tuple[float, float, float, float]

_SETTLING_D = 7.0  # days in which steps grow; then they stay
_NEGLIGIBLE = 1e-2  # critical loads still to come that no longer count, over the tolerance
_MOST_SWEEPS = 30
_LAST = 3 * LANES  # from the first stage of a quantity to its last
_DEPOSITED, _FREE, _TAKEN_UP, _CLEARED = range(len(MUSCLE_STATES))


@dataclass(frozen=True)
class Preset:
    """How finely time is cut: first step and longest step in days, growth, and when sweeps stop."""

    first_step_d: float
    growth: float
    longest_step_d: float
    tolerance: float

    def halved(self) -> Preset:
        """About twice the steps everywhere."""
        growth = float(np.sqrt(self.growth))
        return Preset(self.first_step_d / 2, growth, self.longest_step_d / 2, self.tolerance / 10)


PRESETS = {
    "coarse": Preset(0.02, 2.0, 7.0, 1e-5),
    "mid": Preset(0.01, 1.5, 3.5, 1e-9),
    "fine": Preset(0.005, 1.25, 1.75, 1e-11),
}


class Grid(NamedTuple):
    """Steps over all sessions, and where outputs lie in them.

    Attributes:
        size_d: the different step lengths, (sizes,).
        which: the size of every step, (steps,).
        session: the session that starts with a step, -1 if none, (steps,).
        first_output: outputs before this one lie in earlier steps, (steps + 1,).
        reading: weights of a step's start and stages in every output, (outputs, stages + 1).
    """

    size_d: Array
    which: Whole
    session: Whole
    first_output: Whole
    reading: Array


@dataclass(frozen=True)
class Course:
    """What people's muscles did.

    Attributes:
        seen: transmission, force and volume over the untreated muscle's, (people, muscles, outputs, times).
        balance_U: deposited, free, taken up and cleared at the end, (people, muscles, 4).
        antibody: neutralisation at the end, (people,).
        settled: whether sweeps settled in every step and all numbers are finite, (people,).
    """

    seen: Array
    balance_U: Array
    antibody: Array
    settled: NDArray[np.bool_]


def _interval(preset: Preset, length_d: float) -> Array:
    """Steps from a session to the next, in days."""
    settling = min(_SETTLING_D, length_d)
    growing = (preset.growth - 1) * settling / preset.first_step_d
    count = int(np.ceil(np.log1p(growing) / np.log(preset.growth)))
    grown = preset.growth ** np.arange(max(1, count))
    late = np.arange(settling, length_d, preset.longest_step_d)
    return np.concatenate([grown / grown.sum() * settling, np.diff(np.append(late, length_d))])


def grid_of(preset: Preset, sessions_d: Array, horizon_d: float, time_d: Array) -> Grid:
    """The steps of a schedule.

    Args:
        preset: how finely.
        sessions_d: ascending days of injection from 0, (sessions,).
        horizon_d: last day, beyond the last session.
        time_d: ascending days told, from 0 to the horizon, (times,).
    """
    edges = np.append(sessions_d, horizon_d)
    parts = [_interval(preset, length) for length in np.diff(edges)]
    steps = np.concatenate(parts)
    ends = np.concatenate([edge + np.cumsum(part) for edge, part in zip(edges, parts, strict=False)])
    session = np.full(steps.size, -1)
    session[np.cumsum([0, *(part.size for part in parts[:-1])])] = np.arange(len(parts))
    size_d, which = np.unique(np.round(steps, 12), return_inverse=True)
    place = np.minimum(np.searchsorted(ends, time_d - 1e-9), steps.size - 1)
    share = np.clip(1 - (ends[place] - time_d) / steps[place], 0, 1)
    return Grid(
        size_d=size_d,
        which=which.astype(np.int64),
        session=session.astype(np.int64),
        first_output=np.searchsorted(place, np.arange(steps.size + 1)).astype(np.int64),
        reading=np.stack([polynomial(share) for polynomial in INTERPOLANTS], axis=1),
    )


def follow(
    r: Rates[Array],
    dose_U: Array,
    volume_mL: Array,
    relative: Array,
    weight: Array,
    grid: Grid,
    tolerance: float,
) -> Course:
    """Follow many people; each is computed apart from the others.

    Args:
        r: constants, fields (people,).
        dose_U: units held by a muscle after a session, (people, sessions, muscles).
        volume_mL: volume that makes free toxin of units, (people, muscles).
        relative: a bin's exposure over the mean of its muscle, (people, muscles, bins).
        weight: share of the endplates in every bin, (bins,).
        grid: steps and outputs.
        tolerance: sweeps stop when light chain moves by less than this share of a critical load and itself.
    """
    people, muscles, _ = relative.shape
    seen = np.zeros((people, muscles, len(OUTPUTS), len(grid.reading)))
    balance, antibody = np.zeros((people, muscles, len(MUSCLE_STATES))), np.zeros(people)
    settled = np.zeros(people, dtype=np.bool_)
    _follow(r, dose_U, volume_mL, relative, weight, grid, tolerance, seen, balance, antibody, settled)
    return Course(seen, balance, antibody, settled)


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(
    r: Rates[Array],
    dose_U: Array,
    volume_mL: Array,
    relative: Array,
    weight: Array,
    grid: Grid,
    tolerance: float,
    seen: Array,
    balance_U: Array,
    antibody: Array,
    settled: NDArray[np.bool_],
) -> None:
    people, muscles, bins = relative.shape
    w = np.zeros((muscles * ((bins + LANES - 1) // LANES), BLOCK))
    g = np.empty((grid.size_d.size, LINEAR_RATES, PROPAGATOR))
    stages = np.zeros((muscles, 3, 4))
    for i in range(people):
        one = _one(r, i)
        propagators(_linear(one), grid.size_d, g)
        _reset(w, relative[i])
        settled[i], antibody[i] = _march(
            w, g, stages, one, dose_U[i], volume_mL[i], weight, grid, tolerance, balance_U[i], seen[i]
        )


@njit(cache=True, nogil=True)
def _one(r: Rates[Array], i: int) -> Rates[float]:
    """The constants of person ``i``."""
    return Rates(
        r.release[i],
        r.clearance[i],
        r.uptake[i],
        r.half_saturation[i],
        r.basal_share[i],
        r.toxin_per_load[i],
        r.translocation[i],
        r.light_chain_loss[i],
        r.synthesis[i],
        r.cleavage[i],
        r.degradation[i],
        r.release_loss[i],
        r.complexes[i],
        r.threshold[i],
        r.steepness[i],
        r.sprout_share[i],
        r.lasting[i],
        r.sprouting[i],
        r.regrowth[i],
        r.atrophy[i],
        r.atrophied_size[i],
        r.protein_loss[i],
        r.antibody_gain[i],
        r.antibody_loss[i],
    )


@njit(cache=True, nogil=True)
def _linear(r: Rates[float]) -> Array:
    """The constant losses in the order of the propagators."""
    rate = np.empty(LINEAR_RATES)
    rate[rows.FREE], rate[rows.DEPOSITED] = r.clearance, r.release
    rate[rows.PROTEIN], rate[rows.ANTIBODY] = r.protein_loss, r.antibody_loss
    rate[rows.TRANSLOCATED], rate[rows.CHAIN] = r.translocation, r.light_chain_loss
    rate[rows.DEGRADED], rate[rows.LASTED], rate[rows.SPROUTED] = r.degradation, r.lasting, r.sprouting
    return rate


@njit(cache=True, nogil=True)
def _used(block: int, parts: int, bins: int) -> tuple[int, int]:
    """First bin of a block and how many it holds; a muscle has ``parts`` blocks."""
    first = (block % parts) * LANES
    return first, min(LANES, bins - first)


@njit(cache=True, nogil=True)
def _reset(w: Array, relative: Array) -> None:
    """An untreated person in the work array."""
    muscles, bins = relative.shape
    parts = len(w) // muscles
    for block in range(len(w)):
        for at in range(BLOCK):
            w[block, at] = 0.0
        for lane in range(LANES):
            w[block, rows.INTACT + lane], w[block, rows.LEFT + lane] = 1.0, 1.0
            w[block, rows.SIZE + lane], w[block, rows.OPEN + lane] = 1.0, 1.0
        first, used = _used(block, parts, bins)
        for lane in range(used):
            w[block, rows.RELATIVE + lane] = relative[block // parts, first + lane]


@njit(cache=True, nogil=True)
def _inject(held: Array, dose_U: Array) -> bool:
    """Add a session's doses to what is deposited; whether there is any."""
    most = 0.0
    for m in range(dose_U.size):
        held[m, _DEPOSITED] += dose_U[m]
        most = max(most, held[m, _DEPOSITED])
    return most > 0.0


@njit(cache=True, nogil=True)
def _tidy(held: Array, volume_mL: Array, seen: Array) -> bool:
    """Free toxin from U/mL to U; whether all that was seen is finite."""
    finite = True
    for m in range(volume_mL.size):
        held[m, _FREE] *= volume_mL[m]
        for output in range(seen.shape[1]):
            for k in range(seen.shape[2]):
                finite = finite and math.isfinite(seen[m, output, k])
    return finite


@njit(cache=True, nogil=True)
def _no_sinks(stages: Array) -> None:
    """Nothing is taken up."""
    for m in range(len(stages)):
        for stage in range(4):
            stages[m, 2, stage] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _march(
    w: Array,
    g: Array,
    stages: Array,
    r: Rates[float],
    dose_U: Array,
    volume_mL: Array,
    weight: Array,
    grid: Grid,
    tolerance: float,
    held: Array,
    seen: Array,
) -> tuple[bool, float]:
    """All steps of one person; whether sweeps settled, and antibodies at the end."""
    needed, parts = r.threshold**r.steepness, len(w) // volume_mL.size
    protein, antibody = 0.0, 0.0
    settled, toxin = True, False
    for step in range(grid.which.size):
        h, now = grid.size_d[grid.which[step]], g[grid.which[step]]
        if grid.session[step] >= 0:
            toxin = _inject(held, dose_U[grid.session[step]])
        if toxin:
            body = (protein, antibody)
            done = _sweeps(w, now, h, stages, r, volume_mL, weight, held, body, tolerance)
            settled = settled and done
        else:
            _no_sinks(stages)
            _free_toxin(now, stages, r, volume_mL, held)
            for block in range(len(w)):
                decline(w[block], _used(block, parts, weight.size)[1], now, h, r)
        for block in range(len(w)):
            answer(w[block], _used(block, parts, weight.size)[1], now, h, needed, r)
        protein, antibody = _body(now, stages, r, volume_mL, protein, antibody)[:2]
        for k in range(grid.first_output[step], grid.first_output[step + 1]):
            _read(w, grid.reading[k], weight, seen[:, :, k])
        _advance(w, toxin)
        _balance(h, stages, r, volume_mL, held)
        toxin = toxin and _to_come(w, r, volume_mL, held) > _NEGLIGIBLE * tolerance
    return _tidy(held, volume_mL, seen) and settled, antibody


@njit(cache=True, nogil=True, error_model="numpy")
def _sweeps(
    w: Array,
    g: Array,
    h: float,
    stages: Array,
    r: Rates[float],
    volume_mL: Array,
    weight: Array,
    held: Array,
    body: tuple[float, float],
    tolerance: float,
) -> bool:
    """Repeat a step until light chain no longer moves; whether it came to rest.

    What a further sweep would still change is judged by how much less the last one changed than that before.
    """
    parts = len(w) // volume_mL.size
    _start_sweeps(w)
    before = 0.0
    for _ in range(_MOST_SWEEPS):
        _free_toxin(g, stages, r, volume_mL, held)
        neutral = _body(g, stages, r, volume_mL, body[0], body[1])[2]
        moved = 0.0
        for block in range(len(w)):
            used = _used(block, parts, weight.size)[1]
            sweep(w[block], used, stages[block // parts, 1], neutral, g, h, r)
            moved = max(moved, _moved(w[block], used))
        if moved * min(1.0, moved / before) < tolerance:
            return True
        before = moved
        _sinks(w, stages, weight, r.toxin_per_load)
    return False


@njit(cache=True, nogil=True)
def _start_sweeps(w: Array) -> None:
    """Release and light chain as at the start of the step."""
    for block in range(len(w)):
        for lane in range(LANES):
            left = w[block, rows.LEFT + lane]
            w[block, rows.LEFT_STAGES + lane] = left
            w[block, rows.LEFT_STAGES + LANES + lane] = left
            w[block, rows.LEFT_STAGES + 2 * LANES + lane] = left
            w[block, rows.LEFT_STAGES + 3 * LANES + lane] = left
            w[block, rows.LIGHT_CHAIN_BEFORE + lane] = w[block, rows.LIGHT_CHAIN + lane]


@njit(cache=True, nogil=True, error_model="numpy")
def _free_toxin(g: Array, stages: Array, r: Rates[float], volume_mL: Array, held: Array) -> None:
    """Deposited (U) and free toxin (U/mL) at the stages, from the uptake of the last sweep."""
    for m in range(volume_mL.size):
        a, b, c, d = relax(g[rows.DEPOSITED], held[m, _DEPOSITED], (0.0, 0.0, 0.0, 0.0))
        k, sink = r.release / volume_mL[m], stages[m, 2]
        source = (k * a - sink[0], k * b - sink[1], k * c - sink[2], k * d - sink[3])
        free = relax(g[rows.FREE], held[m, _FREE], source)
        stages[m, 0, 0], stages[m, 0, 1], stages[m, 0, 2], stages[m, 0, 3] = a, b, c, d
        stages[m, 1, 0], stages[m, 1, 1], stages[m, 1, 2], stages[m, 1, 3] = free


@njit(cache=True, nogil=True, error_model="numpy")
def _body(
    g: Array, stages: Array, r: Rates[float], volume_mL: Array, protein: float, antibody: float
) -> tuple[float, float, Four]:
    """Protein and antibodies at the end of the step, and 1 + antibodies at its stages."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for m in range(volume_mL.size):
        k = r.clearance * volume_mL[m]
        a, b, c, d = (
            a + k * stages[m, 1, 0],
            b + k * stages[m, 1, 1],
            c + k * stages[m, 1, 2],
            d + k * stages[m, 1, 3],
        )
    a, b, c, d = relax(g[rows.PROTEIN], protein, (a, b, c, d))
    k = r.antibody_gain
    made = relax(g[rows.ANTIBODY], antibody, (k * a, k * b, k * c, k * d))
    return d, made[3], (1.0 + made[0], 1.0 + made[1], 1.0 + made[2], 1.0 + made[3])


@njit(cache=True, nogil=True, error_model="numpy")
def _sinks(w: Array, stages: Array, weight: Array, toxin_per_load: float) -> None:
    """Free toxin that bins take up at the stages, U/mL per day."""
    parts = len(w) // len(stages)
    _no_sinks(stages)
    for block in range(len(w)):
        first, used = _used(block, parts, weight.size)
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for lane in range(used):
            at, share = rows.UPTAKE_STAGES + lane, weight[first + lane] * toxin_per_load
            a += share * w[block, at]
            b += share * w[block, at + LANES]
            c += share * w[block, at + 2 * LANES]
            d += share * w[block, at + 3 * LANES]
        sink = stages[block // parts, 2]
        sink[0], sink[1], sink[2], sink[3] = sink[0] + a, sink[1] + b, sink[2] + c, sink[3] + d


@njit(cache=True, nogil=True, error_model="numpy")
def _moved(w: Array, used: int) -> float:
    """How far light chain moved since the last sweep, over a critical load and itself."""
    most = 0.0
    for lane in range(used):
        now, before = w[rows.LIGHT_CHAIN_END + lane], w[rows.LIGHT_CHAIN_BEFORE + lane]
        w[rows.LIGHT_CHAIN_BEFORE + lane] = now
        most = max(most, abs(now - before) / (1.0 + now))
    return most


@njit(cache=True, nogil=True, error_model="numpy")
def _read(w: Array, reading: Array, weight: Array, seen: Array) -> None:
    """Add up transmission, force and volume of every muscle at one moment, (muscles, outputs)."""
    parts = len(w) // len(seen)
    for m in range(len(seen)):
        seen[m, 0], seen[m, 1], seen[m, 2] = 0.0, 0.0, 0.0
    for block in range(len(w)):
        first, used = _used(block, parts, weight.size)
        transmission, force, volume = 0.0, 0.0, 0.0
        for lane in range(used):
            for k in range(5):
                open_row = rows.OPEN if k == 0 else rows.OPEN_STAGES + (k - 1) * LANES
                size_row = rows.SIZE if k == 0 else rows.SIZE_STAGES + (k - 1) * LANES
                passing, size = w[block, open_row + lane], w[block, size_row + lane]
                share = weight[first + lane] * reading[k]
                transmission += share * passing
                force += share * passing * size
                volume += share * size
        told = seen[block // parts]
        told[0], told[1], told[2] = told[0] + transmission, told[1] + force, told[2] + volume


@njit(cache=True, nogil=True, error_model="numpy")
def _advance(w: Array, toxin: bool) -> None:
    """The end of a step becomes the start of the next."""
    for block in range(len(w)):
        here = w[block]
        if toxin:
            for lane in range(LANES):
                here[rows.ENDOSOME + lane] = here[rows.ENDOSOME_END + lane]
        for lane in range(LANES):
            here[rows.LIGHT_CHAIN + lane] = here[rows.LIGHT_CHAIN_END + lane]
            here[rows.INTACT + lane] = here[rows.INTACT_END + lane]
            here[rows.CLEAVED + lane] = here[rows.CLEAVED_END + lane]
            here[rows.LASTING + lane] = here[rows.LASTING_END + lane]
            here[rows.SPROUT + lane] = here[rows.SPROUT_END + lane]
            here[rows.SIZE + lane] = here[rows.SIZE_STAGES + _LAST + lane]
            here[rows.OPEN + lane] = here[rows.OPEN_STAGES + _LAST + lane]
            here[rows.LEFT + lane] = here[rows.LEFT_STAGES + _LAST + lane]


@njit(cache=True, nogil=True, error_model="numpy")
def _balance(h: float, stages: Array, r: Rates[float], volume_mL: Array, held: Array) -> None:
    """Toxin of every muscle at the end of a step: U, U/mL, U, U."""
    for m in range(volume_mL.size):
        free, sink = stages[m, 1], stages[m, 2]
        for k in range(4):
            share = h * rows.END_WEIGHTS[k] * volume_mL[m]
            held[m, _TAKEN_UP] += share * sink[k]
            held[m, _CLEARED] += share * r.clearance * free[k]
        held[m, _DEPOSITED], held[m, _FREE] = stages[m, 0, 3], free[3]


@njit(cache=True, nogil=True, error_model="numpy")
def _to_come(w: Array, r: Rates[float], volume_mL: Array, held: Array) -> float:
    """The most light chain that any bin may still get, in critical loads."""
    parts = len(w) // volume_mL.size
    most = 0.0
    for block in range(len(w)):
        m = block // parts
        toxin = r.uptake / r.clearance * (held[m, _FREE] + held[m, _DEPOSITED] / volume_mL[m])
        for lane in range(LANES):
            most = max(most, w[block, rows.RELATIVE + lane] * toxin + w[block, rows.ENDOSOME + lane])
    return most
