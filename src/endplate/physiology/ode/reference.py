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
    from scipy.integrate import solve_ivp

    muscles = volume_mL.size
    state = initial_state(*relative.shape)
    deposited = slice(len(PERSON_STATES), len(PERSON_STATES) + muscles)
    edges = np.append(sessions_d, max(time_d[-1], sessions_d[-1]))
    told = np.empty((state.size, time_d.size))
    told[:, time_d <= 0] = state[:, None]
    for k, dose in enumerate(dose_U):
        state[deposited] += dose
        inside = (time_d > edges[k]) & (time_d <= edges[k + 1])
        solved = solve_ivp(
            lambda _, y: slope(y, r, volume_mL, relative, weight),
            (edges[k], edges[k + 1]),
            state,
            method,
            np.union1d(time_d[inside], edges[k + 1]),
            rtol=tolerance,
            atol=tolerance * _NEVER_BELOW,
            jac=lambda _, y: jacobian(y, r, volume_mL, relative, weight),
        )
        if not solved.success:
            raise RuntimeError(f"SciPy's {method} gave up: {solved.message}")
        told[:, inside], state = solved.y[:, : inside.sum()], solved.y[:, -1].copy()
    return observe(told, r, relative.shape, weight), told
