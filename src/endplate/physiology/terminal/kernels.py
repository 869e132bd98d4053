"""Compiled loops of ``course``, which states the equations.

One file, since a compiled function does not notice when one that it calls from another file has changed.
Grids are (knots, Fano factors, drives of a first session, parts of the drive of a later one); tables are
(transmission, release, births into empty terminals); time is (times, day of every session, index of its first
time). A row holds the parameters of one draw by the indices below; the state of a class is its reserve, the
parent's transmission and the share of the blocked that sprouts serve.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.physiology.terminal.response import BARE, HELPED, KINDS, RESERVES, TRAIN

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Grids = tuple[Array, Array, Array, Array]
Tables = tuple[Array, Array, Array]
Time = tuple[Array, Array, Index]

PER_DECADE = 10
BASAL, FLOOR, LOSS, GAIN, DELAY, EXPOSURE, DECAY, GROWTH, SILENT, RETURN = range(10)
TRANSMITS, RESCUED = range(2)
CHAINS, SCATTER = RESERVES * KINDS, RESERVES * KINDS + 1
_TINY = 1e-12
_FAST = {"nnan", "nsz", "arcp", "contract"}  # no infinity or reordering is assumed away
_X_OLD, _K_OLD, _K_BORN, _SHARED = range(4)  # of what a class holds


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _between(knots: Array, x: float, low: int) -> tuple[int, float]:
    """The interval of the knots that holds x and the part of it below x, looked for from ``low`` on."""
    while low > 0 and x < knots[low]:
        low -= 1
    while low < knots.size - 2 and x >= knots[low + 1]:
        low += 1
    return low, min(1.0, (x - knots[low]) / (knots[low + 1] - knots[low]))


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _scatter(fano: Array, excess: float, mean: float) -> tuple[int, float]:
    """The interval of the Fano factors that holds 1 + excess / mean, and the part of it below."""
    factor = 1.0 + excess / mean if mean > 0.0 else 1.0
    place = (factor - fano[0]) / (1.0 - fano[0]) * (fano.size - 1)
    place = min(max(place, 0.0), fano.size - 1.0)
    low = min(int(place), fano.size - 2)
    return low, place - low


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _gate(
    release: Array, knots: Array, fano: Array, basal: float, x: float, k: float, low: int
) -> tuple[float, float, int]:
    """E[g], its slope by the mean for a given number of trials, and the interval of the knots."""
    low, part = _between(knots, x, low)
    f, above = _scatter(fano, k, x)
    under = release[f, low] + part * (release[f, low + 1] - release[f, low])
    over = release[f + 1, low] + part * (release[f + 1, low + 1] - release[f + 1, low])
    mean = under + above * (over - under)
    if x <= 0.0 or x >= knots[-1]:
        return basal + (1.0 - basal) * mean, 0.0, low
    step = release[f, low + 1] - release[f, low]
    step += above * (release[f + 1, low + 1] - release[f + 1, low] - step)
    slope = step / (knots[low + 1] - knots[low])
    slope += (over - under) / (fano[f + 1] - fano[f]) * k / x / x
    return basal + (1.0 - basal) * mean, (1.0 - basal) * min(slope, 0.0), low


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _fill(
    release: Array,
    knots: Array,
    fano: Array,
    basal: float,
    old: tuple[float, float],
    drives: Array,
    filled: Array,
) -> None:
    """Births while the drive grows: mean, excess and covariance with the old into ``filled`` (3, drives)."""
    x_old, k_old = old
    filled[:, 0] = 0.0
    low = 0
    for j in range(drives.size - 1):
        step = drives[j + 1] - drives[j]
        b, k, c = filled[0, j], filled[1, j], filled[2, j]
        g, slope, low = _gate(release, knots, fano, basal, x_old + b, k_old + k + 2.0 * c, low)
        half_b = b + step / 2.0 * g
        half_k = k + step * (b + k + c) * slope
        half_c = c + step / 2.0 * (x_old + k_old + c) * slope
        g, slope, low = _gate(release, knots, fano, basal, x_old + half_b, k_old + half_k + 2.0 * half_c, low)
        filled[0, j + 1] = b + step * g
        filled[1, j + 1] = k + 2.0 * step * (half_b + half_k + half_c) * slope
        filled[2, j + 1] = c + step * (x_old + k_old + half_c) * slope


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _spread_part(drives: Array, born: Array, last: int) -> float:
    """Mean time of birth over that of the drive, for births up to the drive ``last``."""
    if last == 0:
        return 1.0
    total, before = 0.0, born[last] / drives[last]
    for j in range(1, last + 1):
        now = (born[last] - born[j]) / (drives[last] - drives[j]) if j < last else before
        total += (before + now) / 2.0 * (drives[j] - drives[j - 1])
        before = now
    share: float = min(1.0, total / born[last])
    return share


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def fill_all(release: Array, basal: Array, grids: Grids) -> Array:
    """Mean, excess and part spread like the drive of births into empty terminals, (draws, 3, drives)."""
    knots, fano, drives, _ = grids
    born = np.empty((basal.size, 3, drives.size))
    for d in range(basal.size):
        _fill(release[d], knots, fano, basal[d], (0.0, 0.0), drives, born[d])
        for j in range(drives.size):
            born[d, 2, j] = _spread_part(drives, born[d, 0], j)  # no old chains: nothing to covary with
    return born


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _born(born: Array, drives: Array, drive: float) -> tuple[float, float, float]:
    """Mean, excess and part spread like the drive, of births into empty terminals."""
    low = 0
    if drive > drives[1]:
        low = min(int(math.log10(drive / drives[1]) * PER_DECADE) + 1, drives.size - 2)
    part = (drive - drives[low]) / (drives[low + 1] - drives[low])
    mean = born[0, low] + part * (born[0, low + 1] - born[0, low])  # beyond the last drive goes on as it was
    part = min(1.0, part)
    excess = born[1, low] + part * (born[1, low + 1] - born[1, low])
    return mean, excess, born[2, low] + part * (born[2, low + 1] - born[2, low])


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def born_all(born: Array, drives: Array, drive: Array) -> Array:
    """Mean births into empty terminals for the drives of ``drive``, same shape."""
    mean = np.empty(drive.shape)
    for d in range(drive.shape[0]):
        for q in range(drive.shape[1]):
            mean[d, q] = _born(born[d], drives, drive[d, q])[0]
    return mean


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _ripeness(time: Array, day: Array, first: Index, delay: float, growth: float) -> Array:
    """How ripe sprouts are that began with the session before."""
    ripe, session = np.zeros(time.size), 0
    for i in range(time.size):
        while session < day.size - 1 and i >= first[session + 1]:
            session += 1
        ripe[i] = 1.0 - math.exp(-max(time[i] - day[session] - delay, 0.0) / growth)
    return ripe


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _inject(
    row: Array,
    drive: float,
    session: int,
    day: Array,
    tables: Tables,
    grids: Grids,
    xs: Array,
    ws: Array,
    held: Array,
) -> None:
    """A session: what is held becomes old, births are added to ``xs``, ``ws`` and ``held``."""
    _, release, born = tables
    knots, fano, drives, again = grids
    if session == 0:
        xs[0], held[_K_BORN], ws[0] = _born(born, drives, drive)
        return
    alive = math.exp(-row[DECAY] * (day[session] - day[session - 1]))
    held[_K_OLD] = (held[_K_OLD] + held[_K_BORN] + 2.0 * held[_SHARED]) * alive * alive
    held[_X_OLD] = 0.0
    for j in range(session):
        held[_X_OLD] += xs[j] * math.exp(-row[DECAY] * (day[session] - day[j]))
    later, filled = again * drive, np.zeros((3, again.size))
    _fill(release, knots, fano, row[BASAL], (held[_X_OLD], held[_K_OLD]), later, filled)
    xs[session], held[_K_BORN], held[_SHARED] = filled[0, -1], filled[1, -1], filled[2, -1]
    ws[session] = _spread_part(later, filled[0], again.size - 1)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _still_acting(
    span: tuple[int, int], session: int, spread: Array, prompt: Array, xs: Array, ws: Array, old: Array
) -> None:
    """Acting chains of the sessions before, over the critical number, into ``old`` (times,) in the span."""
    old[span[0] : span[1]] = 0.0
    for j in range(session):
        for i in range(span[0], span[1]):
            old[i] += xs[j] * (prompt[j, i] + ws[j] * (spread[j, i] - prompt[j, i]))


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _respond(
    span: tuple[int, int],
    spread: Array,
    prompt: Array,
    x: float,
    w: float,
    held: Array,
    old: Array,
    table: Array,
    knots: Array,
    fano: Array,
    seen: Array,
    q: int,
) -> None:
    """Responses and acting chains of one class from one session to the next, into ``seen``."""
    low, last, top = 0, fano.size - 2, knots.size - 2
    per_old = 1.0 / held[_X_OLD] if held[_X_OLD] > 0.0 else 0.0
    per_fano = (fano.size - 1) / (1.0 - fano[0])
    k_born, k_old, shared = held[_K_BORN], held[_K_OLD], 2.0 * held[_SHARED]
    under, over, per_width = knots[0], knots[1], 1.0 / (knots[1] - knots[0])
    for i in range(span[0], span[1]):
        acts, still = prompt[i] + w * (spread[i] - prompt[i]), old[i] * per_old
        load = x * acts + old[i]
        excess = k_born * acts * acts + still * (k_old * still + shared * acts)
        if load < under or load >= over:
            low, _ = _between(knots, load, low)
            under, over = knots[low] if low > 0 else -1.0, knots[low + 1] if low < top else math.inf
            per_width = 1.0 / (knots[low + 1] - knots[low])
        part = min(1.0, (load - knots[low]) * per_width)
        factor = 1.0 + excess / load if load > 0.0 else 1.0
        place = max((factor - fano[0]) * per_fano, 0.0)
        f = min(int(place), last)
        above = min(place - f, 1.0)
        for j in range(KINDS * RESERVES):
            first = table[f, low, j] + part * (table[f, low + 1, j] - table[f, low, j])
            second = table[f + 1, low, j] + part * (table[f + 1, low + 1, j] - table[f + 1, low, j])
            seen[i, j, q] = first + above * (second - first)
        seen[i, CHAINS, q] = load
        seen[i, SCATTER, q] = factor


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _serve(
    span: tuple[int, int],
    apart: bool,
    spread: Array,
    prompt: Array,
    born: tuple[float, float, float],
    tables: Tables,
    grids: Grids,
    served: Array,
) -> None:
    """What sprouts that a later session found still do, over what they did, into ``served`` (times,)."""
    x, k, w = born
    table, release, _ = tables
    knots, fano = grids[0], grids[1]
    low, last = 0, fano.size - 1
    for i in range(span[0], span[1]):
        acts = prompt[i] + w * (spread[i] - prompt[i])
        if apart:
            low, part = _between(knots, x * acts, low)
            left = table[last, low, HELPED] + part * (table[last, low + 1, HELPED] - table[last, low, HELPED])
            served[i] = left / table[last, 0, HELPED]
        else:
            served[i], _, low = _gate(release, knots, fano, 0.0, x * acts, k * acts * acts, low)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _recover(
    span: tuple[int, int],
    row: Array,
    apart: bool,
    own: float,
    time_d: Array,
    ripe: Array,
    served: Array,
    seen: Array,
    state: Array,
    out: Array,
) -> None:
    """Sprouts and reserve from one session to the next: transmission and rescue into ``out``.

    ``served`` is (times, classes), ``seen`` (times, responses, classes), ``out`` (kinds, times, classes); the
    classes go side by side.
    """
    reserve, parent, work = state[0], state[1], state[2]
    cover, sprouts = work.copy(), work * (1.0 - parent)
    spent = 1.0 / (1.0 - row[FLOOR]) if row[FLOOR] < 1.0 else 0.0
    floor = row[FLOOR]
    for i in range(span[0], span[1]):
        step = time_d[i] - time_d[i - 1] if i else 0.0
        loss, gain, fresh = min(1.0, step / row[LOSS]), min(1.0, step / row[GAIN]), ripe[i]
        awake = min(step, max(0.0, time_d[i] - time_d[span[0]] - row[SILENT]))
        back = 1.0 - math.exp(-awake / row[RETURN]) if apart else 1.0  # V1: the parent follows at once
        for q in range(reserve.size):
            lost = (1.0 - reserve[q]) * spent
            bare = seen[i, BARE, q] + lost * (seen[i, KINDS + BARE, q] - seen[i, BARE, q])
            train = seen[i, TRAIN, q] + lost * (seen[i, KINDS + TRAIN, q] - seen[i, TRAIN, q])
            parent[q] = min(parent[q], bare) + back * max(0.0, bare - parent[q])
            closed = max(1.0 - parent[q], _TINY)
            left = served[i, q] * min(cover[q], sprouts[q] / closed)
            work[q] = left + (1.0 - left) * fresh
            if apart:
                now = parent[q] + closed * work[q] * own
            else:
                helped = seen[i, HELPED, q] + lost * (seen[i, KINDS + HELPED, q] - seen[i, HELPED, q])
                rise = work[q] * (helped - bare)
                now = (bare + rise) / (1.0 + rise)
            reserve[q] += loss * (1.0 - now) * (floor - reserve[q]) + gain * now * (1.0 - reserve[q])
            out[TRANSMITS, i, q] = now
            out[RESCUED, i, q] = min(1.0, max(0.0, train - bare) / closed)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _one_draw(
    row: Array,
    apart: bool,
    drive: Array,
    time: Time,
    spread: Array,
    prompt: Array,
    tables: Tables,
    grids: Grids,
    out: Array,
) -> None:
    """All classes of one draw: the courses asked for into ``out`` (kinds, times, classes)."""
    time_d, day, first = time
    table, knots, fano = tables[0], grids[0], grids[1]
    classes, times, sessions = drive.size, time_d.size, day.size
    ripe = _ripeness(time_d, day, first, row[DELAY], row[GROWTH])
    xs, ws, held = np.zeros((classes, sessions)), np.ones((classes, sessions)), np.zeros((classes, 4))
    old, served = np.zeros(times), np.zeros((times, classes))
    seen, state = np.zeros((times, CHAINS + 2, classes)), np.ones((3, classes))
    state[2] = 0.0
    out[TRANSMITS, : first[0]] = 1.0
    for s in range(sessions):
        span = (first[s], first[s + 1] if s + 1 < sessions else times)
        for q in range(classes):
            _inject(row, drive[q] * state[0, q], s, day, tables, grids, xs[q], ws[q], held[q])
            _still_acting(span, s, spread, prompt, xs[q], ws[q], old)
            _respond(
                span, spread[s], prompt[s], xs[q, s], ws[q, s], held[q], old, table, knots, fano, seen, q
            )
            if s > 0:
                born = _born(tables[2], grids[2], drive[q] * row[EXPOSURE])
                _serve(span, apart, spread[s], prompt[s], born, tables, grids, served[:, q])
        _recover(span, row, apart, table[fano.size - 1, 0, HELPED], time_d, ripe, served, seen, state, out)
    if out.shape[0] > CHAINS:
        out[CHAINS], out[SCATTER] = seen[:, CHAINS], seen[:, SCATTER]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def follow_all(
    rows: Array,
    apart: bool,
    drive: Array,
    time: Time,
    spread: Array,
    prompt: Array,
    tables: Tables,
    grids: Grids,
    kinds: int,
) -> Array:
    """Courses of every class, (draws, kinds, times, classes)."""
    out = np.zeros((drive.shape[0], kinds, time[0].size, drive.shape[1]))
    for d in range(drive.shape[0]):
        mine = (tables[0][d], tables[1][d], tables[2][d])
        _one_draw(rows[d], apart, drive[d], time, spread[d], prompt[d], mine, grids, out[d])
    return out
