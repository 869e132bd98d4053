"""The same equations by SciPy's adaptive solvers: oracle of the kernel, and its stand-in when it fails."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.ode.equations import (
    PERSON_STATES,
    Rates,
    initial_state,
    jacobian,
    observe,
    slope,
)

Array = NDArray[np.float64]
Person = tuple[Rates[float], Array, Array, Array]  # constants, volume_mL, relative, weight

_NEVER_BELOW = 1e-3  # absolute over relative tolerance


def reference_course(
    r: Rates[float],
    dose_U: Array,
    volume_mL: Array,
    relative: Array,
    weight: Array,
    sessions_d: Array,
    time_d: Array,
    tolerance: float = 1e-10,
    method: str = "Radau",
) -> tuple[Array, Array]:
    """Follow one person from session to session.

    Args:
        r: the person's constants, numbers.
        dose_U: units held by a muscle after a session, (sessions, muscles).
        volume_mL: (muscles,).
        relative: (muscles, bins).
        weight: (bins,).
        sessions_d: ascending days of injection from 0, (sessions,).
        time_d: ascending days told, from 0; the last is the horizon, (times,).
        tolerance: relative; the absolute one is a thousandth of it.
        method: of ``scipy.integrate.solve_ivp``.

    Returns:
        Transmission, force and volume, (muscles, outputs, times), and states, (states, times).

    Raises:
        RuntimeError: SciPy gave up.
    """
    muscles = volume_mL.size
    state = initial_state(*relative.shape)
    deposited = slice(len(PERSON_STATES), len(PERSON_STATES) + muscles)
    edges = np.append(sessions_d, max(time_d[-1], sessions_d[-1]))
    told = np.empty((state.size, time_d.size))
    told[:, time_d <= 0] = state[:, None]
    person = (r, volume_mL, relative, weight)
    for dose, start, end in zip(dose_U, edges[:-1], edges[1:], strict=True):
        state[deposited] += dose
        inside = (time_d > start) & (time_d <= end)
        stops = np.union1d(time_d[inside], end)
        seen = _until_the_next(person, state, (start, end), stops, tolerance, method)
        told[:, inside], state = seen[:, : inside.sum()], seen[:, -1].copy()
    return observe(told, r, relative.shape, weight), told


def _until_the_next(
    person: Person, state: Array, span: tuple[float, float], stops: Array, tolerance: float, method: str
) -> Array:
    """States at the stops, (states, stops), from a session to the next."""
    from scipy.integrate import solve_ivp

    solved = solve_ivp(
        lambda _, y: slope(y, *person),
        span,
        state,
        method,
        stops,
        rtol=tolerance,
        atol=tolerance * _NEVER_BELOW,
        jac=lambda _, y: jacobian(y, *person),
    )
    if not solved.success:
        raise RuntimeError(f"SciPy's {method} gave up: {solved.message}")
    return np.asarray(solved.y)
