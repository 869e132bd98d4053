"""Many people's muscles through a year in compiled steps.

Toxin, antibodies and the release that gates uptake are found by sweeps within a step until light chain no
longer moves; once no toxin is left that counts, a step is one pass. The equations are those of ``equations``,
a step that of ``lanes`` and ``toxin``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.physiology.ode import collocation, equations
from endplate.physiology.ode import lanes as rows
from endplate.physiology.ode import toxin as toxin_stage
from endplate.physiology.ode.collocation import PROPAGATOR, propagators
from endplate.physiology.ode.equations import MUSCLE_STATES, OUTPUTS, Rates
from endplate.physiology.ode.grid import Grid
from endplate.physiology.ode.lanes import BLOCK, LANES, LINEAR_RATES, answer, decline, sweep
from endplate.physiology.ode.toxin import (
    DEPOSITED_U,
    FREE_U_PER_ML,
    clear_sinks,
    free_toxin,
    inject,
    outside_muscle,
    settle,
)

Array = NDArray[np.float64]

_NEGLIGIBLE = 1e-2  # critical loads still to come that no longer count, over the tolerance
_MOST_SWEEPS = 30
_LAST = 3 * LANES  # from the first stage of a quantity to its last


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
    _follow(
        Rates(*(_plain(field) for field in r)),
        _plain(dose_U),
        _plain(volume_mL),
        _plain(relative),
        _plain(weight),
        grid,
        tolerance,
        seen,
        balance,
        antibody,
        settled,
    )
    return Course(seen, balance, antibody, settled)


def _plain(array: Array) -> Array:
    """The one layout that is compiled for."""
    return np.ascontiguousarray(array, np.float64)


@njit(nogil=True)
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


@njit(nogil=True)
def _linear(r: Rates[float]) -> Array:
    """The constant losses in the order of the propagators."""
    rate = np.empty(LINEAR_RATES)
    rate[rows.FREE], rate[rows.DEPOSITED] = r.clearance, r.release
    rate[rows.PROTEIN], rate[rows.ANTIBODY] = r.protein_loss, r.antibody_loss
    rate[rows.TRANSLOCATED], rate[rows.CHAIN] = r.translocation, r.light_chain_loss
    rate[rows.DEGRADED], rate[rows.LASTED], rate[rows.SPROUTED] = r.degradation, r.lasting, r.sprouting
    return rate


@njit(nogil=True)
def _used(block: int, parts: int, bins: int) -> tuple[int, int]:
    """First bin of a block and how many it holds; a muscle has ``parts`` blocks."""
    first = (block % parts) * LANES
    return first, min(LANES, bins - first)


@njit(nogil=True)
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


@njit(nogil=True)
def _tidy(held: Array, volume_mL: Array, seen: Array) -> bool:
    """Free toxin to U, what was seen to 0 to 1, which interpolation may overshoot; whether all is finite."""
    finite = True
    for m in range(volume_mL.size):
        held[m, FREE_U_PER_ML] *= volume_mL[m]
        for output in range(seen.shape[1]):
            for k in range(seen.shape[2]):
                finite = finite and math.isfinite(seen[m, output, k])
                seen[m, output, k] = min(max(seen[m, output, k], 0.0), 1.0)
    return finite


@njit(nogil=True, error_model="numpy")
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
            toxin = inject(held, dose_U[grid.session[step]])
        if toxin:
            body = (protein, antibody)
            done = _sweeps(w, now, h, stages, r, volume_mL, weight, held, body, tolerance)
            settled = settled and done
        else:
            clear_sinks(stages)
            free_toxin(now, stages, r, volume_mL, held)
            for block in range(len(w)):
                decline(w[block], _used(block, parts, weight.size)[1], now, h, r)
        for block in range(len(w)):
            answer(w[block], _used(block, parts, weight.size)[1], now, h, needed, r)
        protein, antibody = outside_muscle(now, stages, r, volume_mL, protein, antibody)[:2]
        for k in range(grid.first_output[step], grid.first_output[step + 1]):
            _read(w, grid.reading[k], weight, seen[:, :, k])
        _advance(w, toxin)
        settle(h, stages, r, volume_mL, held)
        toxin = toxin and _to_come(w, r, volume_mL, held) > _NEGLIGIBLE * tolerance
    return _tidy(held, volume_mL, seen) and settled, antibody


@njit(nogil=True, error_model="numpy")
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
        free_toxin(g, stages, r, volume_mL, held)
        neutral = outside_muscle(g, stages, r, volume_mL, body[0], body[1])[2]
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


@njit(nogil=True)
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


@njit(nogil=True, error_model="numpy")
def _sinks(w: Array, stages: Array, weight: Array, toxin_per_load: float) -> None:
    """Free toxin that bins take up at the stages, U/mL per day."""
    parts = len(w) // len(stages)
    clear_sinks(stages)
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


@njit(nogil=True, error_model="numpy")
def _moved(w: Array, used: int) -> float:
    """How far light chain moved since the last sweep, over a critical load and itself."""
    most = 0.0
    for lane in range(used):
        now, before = w[rows.LIGHT_CHAIN_END + lane], w[rows.LIGHT_CHAIN_BEFORE + lane]
        w[rows.LIGHT_CHAIN_BEFORE + lane] = now
        most = max(most, abs(now - before) / (1.0 + now))
    return most


@njit(nogil=True, error_model="numpy")
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


@njit(nogil=True, error_model="numpy")
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


@njit(nogil=True, error_model="numpy")
def _to_come(w: Array, r: Rates[float], volume_mL: Array, held: Array) -> float:
    """The most light chain that any bin may still get, in critical loads."""
    parts = len(w) // volume_mL.size
    most = 0.0
    for block in range(len(w)):
        m = block // parts
        toxin = r.uptake / r.clearance * (held[m, FREE_U_PER_ML] + held[m, DEPOSITED_U] / volume_mL[m])
        for lane in range(LANES):
            most = max(most, w[block, rows.RELATIVE + lane] * toxin + w[block, rows.ENDOSOME + lane])
    return most


def _text_of_sources() -> int:
    """A number that changes with any module the compiled code is made of."""
    modules = (collocation, equations, rows, toxin_stage)
    return crc32(b"".join(Path(str(module.__file__)).read_bytes() for module in modules))


def _compiled(sources: int) -> Callable[..., int]:
    """All people, compiled; numba keeps it by this file and by ``sources``, so no old code runs on."""

    @njit(cache=True, nogil=True, error_model="numpy")
    def march_all(
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
    ) -> int:
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
        return sources

    return march_all


_follow = _compiled(_text_of_sources())
