"""Compiled loops of ``course``, which states the equations.

One file, since a compiled function does not notice when one that it calls from another file has changed.
Grids are (knots, Fano factors, drives of a first session, parts of the drive of a later one, one over the
widths between knots); tables are (transmission, release, births into empty terminals); time is (times, day of
every session, index of its first time, index of the lag of every time after every session), and the chains
that act, ``spread`` and ``prompt``, are told by lag. ``dose`` is what every session offers over the drive.
Classes go side by side. A row holds the parameters of one draw by the indices below; the state of a class is
its reserve, the parent's transmission, the share of the blocked that sprouts serve, and that share and the
sprouts of when the last session came.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.physiology.terminal.response import BARE, HELPED, KINDS, RESERVES, TRAIN

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Grids = tuple[Array, Array, Array, Array, Array]
Tables = tuple[Array, Array, Array]
Time = tuple[Array, Array, Index, Index]

PER_DECADE = 10
BASAL, FLOOR, LOSS, GAIN, DELAY, EXPOSURE, DECAY, GROWTH, SILENT, RETURN = range(10)
TRANSMITS, RESCUED = range(2)
CHAINS, SCATTER = RESERVES * KINDS, RESERVES * KINDS + 1
_TINY = 1e-12
_FAST = {"nnan", "nsz", "arcp", "contract"}  # no infinity or reordering is assumed away
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
_inner = njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST, inner=True)
_inlined = njit(
    cache=True, nogil=True, error_model="numpy", fastmath=_FAST, inner=True, forceinline=True
)  # asked often
_X_OLD, _K_OLD, _K_BORN, _SHARED = range(4)  # of what a class holds


@_inlined
def _between(knots: Array, per_width: Array, x: float, low: int) -> tuple[int, float]:
    """The interval of the knots that holds x and the part of it below x, looked for from ``low`` on."""
    while low > 0 and x < knots[low]:
        low -= 1
    while low < knots.size - 2 and x >= knots[low + 1]:
        low += 1
    return low, min(1.0, (x - knots[low]) * per_width[low])


@_inlined
def _scatter(fano: Array, factor: float) -> tuple[int, float]:
    """The interval of the Fano factors that holds this one, and the part of it below."""
    place = (factor - fano[0]) * ((fano.size - 1) / (1.0 - fano[0]))
    place = min(max(place, 0.0), fano.size - 1.0)
    low = min(int(place), fano.size - 2)
    return low, place - low


@_inlined
def _gate(
    release: Array, grids: Grids, basal: float, x: float, k: float, low: int
) -> tuple[float, float, int]:
    """E[g], its slope by the mean for a given number of trials, and the interval of the knots."""
    fano = grids[1]
    low, part = _between(grids[0], grids[4], x, low)
    per_chain = 1.0 / x if x > 0.0 else 0.0
    f, above = _scatter(fano, 1.0 + k * per_chain)
    near, far = release[f, low], release[f + 1, low]
    near_step, far_step = release[f, low + 1] - near, release[f + 1, low + 1] - far
    wider = far + part * far_step - near - part * near_step
    mean = near + part * near_step + above * wider
    if x <= 0.0 or x >= grids[0][-1]:
        return basal + (1.0 - basal) * mean, 0.0, low
    slope = (near_step + above * (far_step - near_step)) * grids[4][low]
    slope += wider * ((fano.size - 1) / (1.0 - fano[0])) * k * per_chain * per_chain
    return basal + (1.0 - basal) * mean, (1.0 - basal) * min(slope, 0.0), low


@_inner
def _fill(release: Array, grids: Grids, basal: float, drives: Array, held: Array, filled: Array) -> None:
    """Births of every class while its drive grows, (drives, classes).

    Mean, excess and covariance with the old go into ``filled`` (3, drives, classes). Each step is a midpoint
    one; classes go side by side, for one alone would wait for every division.
    """
    classes = drives.shape[1]
    low, half = np.zeros(classes, dtype=np.int64), np.zeros((3, classes))
    for j in range(drives.shape[0] - 1):
        b, k, c = filled[0, j], filled[1, j], filled[2, j]
        for q in range(classes):
            step, x_old, k_old = drives[j + 1, q] - drives[j, q], held[_X_OLD, q], held[_K_OLD, q]
            x, e = x_old + b[q], k_old + k[q] + 2.0 * c[q]
            g, slope, low[q] = _gate(release, grids, basal, x, e, low[q])
            half[0, q] = b[q] + step / 2.0 * g
            half[1, q] = k[q] + step * (b[q] + k[q] + c[q]) * slope
            half[2, q] = c[q] + step / 2.0 * (x_old + k_old + c[q]) * slope
        for q in range(classes):
            step, x_old, k_old = drives[j + 1, q] - drives[j, q], held[_X_OLD, q], held[_K_OLD, q]
            x, e = x_old + half[0, q], k_old + half[1, q] + 2.0 * half[2, q]
            g, slope, low[q] = _gate(release, grids, basal, x, e, low[q])
            filled[0, j + 1, q] = b[q] + step * g
            filled[1, j + 1, q] = k[q] + 2.0 * step * (half[0, q] + half[1, q] + half[2, q]) * slope
            filled[2, j + 1, q] = c[q] + step * (x_old + k_old + half[2, q]) * slope


@_inner
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


@_compiled
def fill_all(release: Array, basal: Array, grids: Grids) -> Array:
    """Mean, excess and part spread like the drive of births into empty terminals, (draws, 3, drives)."""
    drives = grids[2]
    born, empty = np.zeros((basal.size, 3, drives.size)), np.zeros((4, 1))
    for d in range(basal.size):
        _fill(release[d], grids, basal[d], drives.reshape(-1, 1), empty, born[d].reshape(3, -1, 1))
        for j in range(drives.size):
            born[d, 2, j] = _spread_part(drives, born[d, 0], j)  # no old chains: nothing to covary with
    return born


@_inner
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


@_compiled
def born_all(born: Array, drives: Array, drive: Array) -> Array:
    """Mean births into empty terminals for the drives of ``drive``, same shape."""
    mean = np.empty(drive.shape)
    for d in range(drive.shape[0]):
        for q in range(drive.shape[1]):
            mean[d, q] = _born(born[d], drives, drive[d, q])[0]
    return mean


@_inner
def _ripeness(time: Array, day: Array, first: Index, delay: float, growth: float) -> Array:
    """How ripe sprouts are that began with the session before."""
    ripe, session = np.zeros(time.size), 0
    for i in range(time.size):
        while session < day.size - 1 and i >= first[session + 1]:
            session += 1
        ripe[i] = 1.0 - math.exp(-max(time[i] - day[session] - delay, 0.0) / growth)
    return ripe


@_inner
def _inject(
    row: Array,
    drive: Array,
    session: int,
    day: Array,
    tables: Tables,
    grids: Grids,
    xs: Array,
    ws: Array,
    held: Array,
) -> None:
    """A session: what is held becomes old, births of every class go into ``xs``, ``ws`` and ``held``."""
    _, release, born = tables
    classes, again = drive.size, grids[3]
    if session == 0:
        for q in range(classes):
            xs[0, q], held[_K_BORN, q], ws[0, q] = _born(born, grids[2], drive[q])
        return
    alive = math.exp(-row[DECAY] * (day[session] - day[session - 1]))
    later, filled = np.empty((again.size, classes)), np.zeros((3, again.size, classes))
    for q in range(classes):
        held[_X_OLD, q] = 0.0
        held[_K_OLD, q] = (held[_K_OLD, q] + held[_K_BORN, q] + 2.0 * held[_SHARED, q]) * alive * alive
        for j in range(again.size):
            later[j, q] = again[j] * drive[q]
    for j in range(session):
        left = math.exp(-row[DECAY] * (day[session] - day[j]))
        for q in range(classes):
            held[_X_OLD, q] += xs[j, q] * left
    _fill(release, grids, row[BASAL], later, held, filled)
    for q in range(classes):
        xs[session, q], held[_K_BORN, q] = filled[0, -1, q], filled[1, -1, q]
        held[_SHARED, q] = filled[2, -1, q]
        ws[session, q] = _spread_part(later[:, q], filled[0, :, q], again.size - 1)


@_inner
def _loads(
    session: int, lags: Index, spread: Array, prompt: Array, xs: Array, ws: Array, held: Array, now: Array
) -> None:
    """Acting chains of every class at one time, over the critical number, and their Fano factor."""
    load, factor = now[CHAINS], now[SCATTER]
    for q in range(load.size):
        load[q] = 0.0
    for j in range(session):
        quick, more = prompt[lags[j]], spread[lags[j]] - prompt[lags[j]]
        for q in range(load.size):
            load[q] += xs[j, q] * (quick + ws[j, q] * more)
    quick, more = prompt[lags[session]], spread[lags[session]] - prompt[lags[session]]
    for q in range(load.size):
        acts = quick + ws[session, q] * more
        still = load[q] / held[_X_OLD, q] if held[_X_OLD, q] > 0.0 else 0.0
        load[q] += xs[session, q] * acts
        excess = held[_K_BORN, q] * acts * acts
        excess += still * (held[_K_OLD, q] * still + 2.0 * held[_SHARED, q] * acts)
        factor[q] = 1.0 + excess / load[q] if load[q] > 0.0 else 1.0


@_inner
def _respond(table: Array, grids: Grids, low: Index, now: Array) -> None:
    """Responses of every class at one time; ``low`` keeps where each stands among the knots."""
    for q in range(low.size):
        k, part = _between(grids[0], grids[4], now[CHAINS, q], low[q])
        f, above = _scatter(grids[1], now[SCATTER, q])
        for j in range(KINDS * RESERVES):
            first = table[f, k, j] + part * (table[f, k + 1, j] - table[f, k, j])
            second = table[f + 1, k, j] + part * (table[f + 1, k + 1, j] - table[f + 1, k, j])
            now[j, q] = first + above * (second - first)
        low[q] = k


@_inner
def _serve(
    apart: bool,
    quick: float,
    more: float,
    born: Array,
    tables: Tables,
    grids: Grids,
    low: Index,
    served: Array,
) -> None:
    """What sprouts that a later session found still do at one lag, over what they did, by class."""
    table, release, _ = tables
    last = grids[1].size - 1
    for q in range(low.size):
        acts = quick + born[2, q] * more
        if apart:
            k, part = _between(grids[0], grids[4], born[0, q] * acts, low[q])
            left = table[last, k, HELPED] + part * (table[last, k + 1, HELPED] - table[last, k, HELPED])
            served[q], low[q] = left / table[last, 0, HELPED], k
        else:
            x, e = born[0, q] * acts, born[1, q] * acts * acts
            served[q], _, low[q] = _gate(release, grids, 0.0, x, e, low[q])


@_inner
def _recover(
    row: Array,
    apart: bool,
    own: float,
    step: float,
    since: float,
    fresh: float,
    served: Array,
    now: Array,
    state: Array,
    out: Array,
    i: int,
) -> None:
    """Sprouts and reserve of every class over one step: transmission and rescue into ``out``."""
    reserve, parent, work, cover, sprouts = state
    floor = row[FLOOR]
    spent = 1.0 / (1.0 - floor) if floor < 1.0 else 0.0
    loss, gain = min(1.0, step / row[LOSS]), min(1.0, step / row[GAIN])
    awake = min(step, max(0.0, since - row[SILENT]))
    back = 1.0 - math.exp(-awake / row[RETURN]) if apart else 1.0  # V1: the parent follows at once
    for q in range(reserve.size):
        lost = (1.0 - reserve[q]) * spent
        bare = now[BARE, q] + lost * (now[KINDS + BARE, q] - now[BARE, q])
        train = now[TRAIN, q] + lost * (now[KINDS + TRAIN, q] - now[TRAIN, q])
        parent[q] = min(parent[q], bare) + back * max(0.0, bare - parent[q])
        closed = max(1.0 - parent[q], _TINY)
        left = served[q] * min(cover[q], sprouts[q] / closed)
        work[q] = left + (1.0 - left) * fresh
        if apart:
            passes = parent[q] + closed * work[q] * own
        else:
            helped = now[HELPED, q] + lost * (now[KINDS + HELPED, q] - now[HELPED, q])
            rise = work[q] * (helped - bare)
            passes = (bare + rise) / (1.0 + rise)
        reserve[q] += loss * (1.0 - passes) * (floor - reserve[q]) + gain * passes * (1.0 - reserve[q])
        out[TRANSMITS, i, q] = passes
        out[RESCUED, i, q] = min(1.0, max(0.0, train - bare) / closed)


@_inner
def _one_draw(
    row: Array,
    apart: bool,
    drive: Array,
    dose: Array,
    time: Time,
    spread: Array,
    prompt: Array,
    tables: Tables,
    grids: Grids,
    out: Array,
) -> None:
    """All classes of one draw, side by side: the courses asked for into ``out`` (kinds, times, classes)."""
    time_d, day, first, lag = time
    table, fano = tables[0], grids[1]
    classes, times, sessions = drive.size, time_d.size, day.size
    ripe = _ripeness(time_d, day, first, row[DELAY], row[GROWTH])
    xs, ws = np.zeros((sessions, classes)), np.ones((sessions, classes))
    held, now, born = np.zeros((4, classes)), np.zeros((CHAINS + 2, classes)), np.zeros((3, classes))
    low, low_served = np.zeros(classes, dtype=np.int64), np.zeros(classes, dtype=np.int64)
    served = np.zeros((prompt.size if sessions > 1 else 1, classes))
    known, state = np.zeros(served.shape[0], dtype=np.bool_), np.ones((5, classes))
    offered = np.zeros(classes)
    for q in range(classes):
        state[2, q] = 0.0
        for i in range(first[0]):
            out[TRANSMITS, i, q] = 1.0
    for s in range(sessions):
        if s == 0 or dose[s] != dose[s - 1]:
            known[:] = False
            for q in range(classes):
                sprout = drive[q] * dose[s] * row[EXPOSURE]
                born[0, q], born[1, q], born[2, q] = _born(tables[2], grids[2], sprout)
        for q in range(classes):
            state[3, q], state[4, q] = state[2, q], state[2, q] * (1.0 - state[1, q])
            offered[q] = drive[q] * dose[s] * state[0, q]
        _inject(row, offered, s, day, tables, grids, xs, ws, held)
        for i in range(first[s], first[s + 1] if s + 1 < sessions else times):
            _loads(s, lag[:, i], spread, prompt, xs, ws, held, now)
            _respond(table, grids, low, now)
            n = lag[s, i] if s > 0 else 0
            if s > 0 and not known[n]:  # sessions mostly share their lags
                _serve(apart, prompt[n], spread[n] - prompt[n], born, tables, grids, low_served, served[n])
                known[n] = True
            step, since = time_d[i] - time_d[i - 1] if i else 0.0, time_d[i] - time_d[first[s]]
            own = table[fano.size - 1, 0, HELPED]
            _recover(row, apart, own, step, since, ripe[i], served[n], now, state, out, i)
            if out.shape[0] > CHAINS:
                for q in range(classes):
                    out[CHAINS, i, q], out[SCATTER, i, q] = now[CHAINS, q], now[SCATTER, q]


@_compiled
def follow_all(
    rows: Array,
    apart: bool,
    drive: Array,
    dose: Array,
    time: Time,
    spread: Array,
    prompt: Array,
    tables: Tables,
    grids: Grids,
    kinds: int,
    asked: Index,
) -> Array:
    """Courses of the first ``asked`` classes of every draw, (draws, kinds, times, classes)."""
    out = np.zeros((drive.shape[0], kinds, time[0].size, drive.shape[1]))
    for d in range(drive.shape[0]):
        mine = (tables[0][d], tables[1][d], tables[2][d])
        offered = drive[d, : asked[d]]
        _one_draw(rows[d], apart, offered, dose[d], time, spread[d], prompt[d], mine, grids, out[d])
    return out


@_compiled
def share_out(nodes: Array, per_width: Array, drive: Array, weight: Array, muscle: Index) -> Array:
    """The weights of classes divided between the nodes beside their drive, (draws, muscles, nodes)."""
    out, low = np.zeros((drive.shape[0], muscle[-1] + 1, nodes.size)), 0
    for d in range(drive.shape[0]):
        for c in range(drive.shape[1]):
            low, part = _between(nodes, per_width, drive[d, c], low)
            out[d, muscle[c], low] += weight[d, c] * (1.0 - part)
            out[d, muscle[c], low + 1] += weight[d, c] * part
    return out
