"""Compiled loops of ``reflex_network`` and ``body_map``, which state the equations.

Chance comes in as arrays, so that the same numbers give the same bytes on every machine and a step can be
halved under the very same events.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_TINY = 1e-12
_compiled = njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _sensed(pressed: float, gain: float) -> float:
    """What a receptor tells of a pressure: in proportion where ``gain`` is 0, else saturating."""
    return math.tanh(gain * pressed) / gain if gain > 0.0 else pressed


@_compiled
def _normalise(weights: Array) -> None:
    """Rows to the sum 1, in place."""
    for m in range(weights.shape[0]):
        total = max(weights[m].sum(), _TINY)
        for k in range(weights.shape[1]):
            weights[m, k] /= total


@_compiled
def _drives(opposed: Array, spastic: Array, pool: int, amplitude: float, drive: Array) -> None:
    """Neural drive of every pool in one twitch: its own, and what spasticity adds in opposing pools."""
    for m in range(drive.size):
        drive[m] = amplitude * spastic[m] * opposed[pool, m]
    drive[pool] = amplitude


@_compiled
def twitches(
    pull: Array,
    normal: Array,
    opposed: Array,
    weights: Array,
    step: Array,
    touch: Array,
    held: Array,
    spastic: Array,
    gain: float,
    pools: Index,
    amplitudes: Array,
    noise: Array,
    parts: int,
) -> None:
    """Spontaneous twitches of one animal, day by day; ``weights`` (pools, sites) are changed in place.

    Args:
        pull: (pools, axes).
        normal: (sites, axes).
        opposed: how far one pool opposes another, (pools, pools).
        weights: from sites to pools, rows sum to 1.
        step: change per twitch, (days,).
        touch: what of a pressure reaches the centre, (days, sites).
        held: share of force that is left, (days, pools).
        spastic: drive that an opposing pool gets, (days, pools).
        gain: of the receptors, 0 for linear ones.
        pools: which pool twitches, (days, twitches).
        amplitudes: how strongly, (days, twitches).
        noise: of the receptors, (days, twitches, sites).
        parts: steps into which the change by one twitch is cut.
    """
    drive = np.zeros(pull.shape[0])
    move = np.zeros(pull.shape[1])
    for day in range(pools.shape[0]):
        for event in range(pools.shape[1]):
            _drives(opposed, spastic[day], pools[day, event], amplitudes[day, event], drive)
            move[:] = 0.0
            for m in range(drive.size):
                for axis in range(move.size):
                    move[axis] += drive[m] * held[day, m] * pull[m, axis]
            for _ in range(parts):
                for k in range(normal.shape[0]):
                    pressed = 0.0
                    for axis in range(move.size):
                        pressed += normal[k, axis] * move[axis]
                    felt = touch[day, k] * _sensed(pressed, gain) + noise[day, event, k]
                    for m in range(drive.size):
                        change = step[day] / parts * drive[m] * felt
                        weights[m, k] = max(0.0, weights[m, k] - change)
                _normalise(weights)


@_compiled
def _volley(
    x: Array, places: Array, part: Index, live: Array, focus: Array, width: float, size: float
) -> float:
    """Adds one volley to ``x``, (receptors,): a bump about its focus, nothing from dead receptors."""
    total = 0.0
    for k in range(x.size):
        distance = 0.0
        for axis in range(focus.size):
            distance += (places[k, axis] - focus[axis]) ** 2
        x[k] += size * live[part[k]] * math.exp(-distance / (2.0 * width * width))
        total += x[k] * x[k]
    return math.sqrt(total)


@_compiled
def _winner(weights: Array, alive: Array, rate: Array, conscience: float, x: Array, answer: Array) -> int:
    """The living unit that answers most, less the more often it has won; -1 where none lives."""
    answer[:] = -conscience * (rate - 1.0)
    for k in range(x.size):
        for u in range(answer.size):  # units lie together in memory
            answer[u] += weights[k, u] * x[k]
    best, at = -np.inf, -1
    for u in range(answer.size):
        if alive[u] > 0.0 and answer[u] > best:
            best, at = answer[u], u
    return at


@_compiled
def _learn(
    weights: Array, units: Array, alive: Array, winner: int, x: Array, step: float, sigma: float, share: Array
) -> None:
    """Moves the weights of the winner and its neighbours on the sheet towards the volley."""
    for u in range(share.size):
        distance = (units[u, 0] - units[winner, 0]) ** 2 + (units[u, 1] - units[winner, 1]) ** 2
        share[u] = step * math.exp(-distance / (2.0 * sigma * sigma))
        if not (alive[u] > 0.0 and share[u] > _TINY):
            share[u] = 0.0
    for k in range(x.size):
        for u in range(share.size):
            weights[k, u] += share[u] * (x[k] - weights[k, u])


@_compiled
def volleys(
    units: Array,
    places: Array,
    part: Index,
    partner: Index,
    rule: Array,
    weights: Array,
    rate: Array,
    plastic: Array,
    sigma: Array,
    size: Array,
    mixed: Array,
    live: Array,
    alive: Array,
    who: Index,
    foci: Array,
    partners_foci: Array,
    amplitudes: Array,
    times: int,
) -> None:
    """Volleys of one animal, epoch by epoch; ``weights`` and ``rate`` are changed in place.

    Args:
        units: places on the sheet, (units, 2).
        places: places on the body, (receptors, axes).
        part: of every receptor, (receptors,).
        partner: part that spasticity mixes in, (parts,).
        rule: step, threshold, conscience, pace of the rate of winning, width of a bump, (5,).
        weights: (units, receptors).
        rate: how often a unit has won over the mean, (units,).
        plastic: P, (epochs,).
        sigma: reach of a winner on the sheet, (epochs,).
        size: what is left of a part's volleys, (epochs, parts).
        mixed: share of its partner's volley that comes with it, (epochs, parts).
        live: whether a part's receptors live, (epochs, parts).
        alive: whether a unit lives, (epochs, units).
        who: part of every volley, (epochs, volleys).
        foci: where on the body, (epochs, volleys, axes).
        partners_foci: where on the partner, likewise.
        amplitudes: how strong, (epochs, volleys).
        times: steps into which the change by one volley is cut.
    """
    step, threshold, conscience, pace, width = rule
    x = np.zeros(places.shape[0])
    answer, share = np.zeros(units.shape[0]), np.zeros(units.shape[0])
    across = weights.T.copy()  # (receptors, units)
    for epoch in range(who.shape[0]):
        if plastic[epoch] < _TINY:
            continue
        for event in range(who.shape[1]):
            source, strong = who[epoch, event], amplitudes[epoch, event]
            x[:] = 0.0
            own = strong * size[epoch, source]
            length = _volley(x, places, part, live[epoch], foci[epoch, event], width, own)
            if mixed[epoch, source] > 0.0:
                other, beside = partner[source], strong * mixed[epoch, source]
                beside *= size[epoch, other]
                length = _volley(x, places, part, live[epoch], partners_foci[epoch, event], width, beside)
            if length < threshold:
                continue
            change = step * plastic[epoch] * min(length, 1.0) / times
            x /= length
            for _ in range(times):
                winner = _winner(across, alive[epoch], rate, conscience, x, answer)
                if winner < 0:
                    continue
                _learn(across, units, alive[epoch], winner, x, change, sigma[epoch], share)
                for u in range(rate.size):
                    rate[u] += pace / times * ((rate.size if u == winner else 0.0) - rate[u])
    weights[:] = across.T
