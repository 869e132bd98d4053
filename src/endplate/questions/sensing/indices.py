"""Indices of a function of independent shares: Morris screening, then Sobol's, both by SALib.

The function is asked block by block, never across the rows that one index compares, so that what it makes of
a block as a whole cannot pass for an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.errors import library
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]
Response = Callable[[Array], Array]
"""Shares between 0 and 1, (rows, factors), to outcomes, (rows,)."""

TRAJECTORIES = 24
ENDS = (0.001, 0.999)
"""Shares between which variance is taken: a response multiplied by the exponential of a Student t has none
beyond all bounds, and one sample far out would decide every index."""
_LEVELS = 16
_SCREENED = (0.02, 0.98)  # shares between which factors are screened
_ROWS = 1024  # asked for at a time, about
_KEYS = 2**63


@dataclass(frozen=True)
class Screened:
    """Morris' measures, fields (factors,): mean size of an effect, its 95 % half-width, spread of effects.

    An effect is the change of the outcome over nearly its factor's whole range, in the outcome's unit.
    """

    mu_star: Array
    mu_star_conf: Array
    sigma: Array


@dataclass(frozen=True)
class Decomposed:
    """Sobol's indices, fields (factors,), with 95 % half-widths; mean and SD of the outcome."""

    S1: Array
    S1_conf: Array
    ST: Array
    ST_conf: Array
    mean: float
    sd: float


def screen(
    response: Response,
    names: Sequence[str],
    seed: int,
    trajectories: int = TRAJECTORIES,
    progress: Callable[[float], None] | None = None,
) -> Screened:
    """Morris screening: every factor alone moved over half its range, from many places.

    Args:
        response: the function.
        names: of the factors, each once.
        seed: of the trajectories.
        trajectories: places from which factors are moved.
        progress: told the share done, 0 to 1.

    Raises:
        InputError: SALib is not installed.
    """
    problem = _problem(names, _SCREENED)
    rng = _chance(seed, "morris")
    rows = _salib("sample.morris").sample(problem, trajectories, num_levels=_LEVELS, seed=rng)
    found = _asked(response, rows, len(names) + 1, progress)
    told = _salib("analyze.morris").analyze(problem, rows, found, num_levels=_LEVELS, seed=rng)
    return Screened(*(np.asarray(told[name], dtype=np.float64) for name in Screened.__dataclass_fields__))


def decompose(
    response: Response,
    names: Sequence[str],
    seed: int,
    base: int,
    progress: Callable[[float], None] | None = None,
) -> Decomposed:
    """Sobol's first-order and total indices from base x (factors + 2) runs.

    Args:
        response: the function.
        names: of the factors, each once.
        seed: of the scrambled sequence and of the resampling for half-widths.
        base: base samples, a power of two.
        progress: told the share done, 0 to 1.

    Raises:
        InputError: SALib is not installed.
    """
    problem = _problem(names, ENDS)
    rng = _chance(seed, "sobol")
    rows = _salib("sample.sobol").sample(problem, base, calc_second_order=False, seed=rng)
    found = _asked(response, rows, len(names) + 2, progress)
    mean, sd = float(found.mean()), float(found.std())
    if sd == 0:
        nothing = np.zeros(len(names))
        return Decomposed(nothing, nothing, nothing, nothing, mean, sd)
    told = _salib("analyze.sobol").analyze(problem, found, calc_second_order=False, seed=rng)
    S1, S1_conf, ST, ST_conf = (np.asarray(told[name]) for name in ("S1", "S1_conf", "ST", "ST_conf"))
    return Decomposed(S1, S1_conf, ST, ST_conf, mean, sd)


def power_of_two(wanted: int) -> int:
    """The next power of two from 2 up: only such a number of base samples is evenly spread."""
    return 1 << max(1, (wanted - 1).bit_length())


def _chance(seed: int, method: str) -> np.random.Generator:
    """A stream of its own that others may be spawned from, as SALib does."""
    key = stream(seed, f"sensitivity/{method}").integers(_KEYS)
    return np.random.default_rng(int(key))


def _problem(names: Sequence[str], ends: tuple[float, float]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [list(ends) for _ in names]}


def _asked(response: Response, rows: Array, group: int, progress: Callable[[float], None] | None) -> Array:
    """Outcomes of all rows, (rows,), asked in blocks of whole groups."""
    block = group * max(1, _ROWS // group)
    found = np.empty(len(rows))
    for start in range(0, len(rows), block):
        found[start : start + block] = response(rows[start : start + block])
        if progress:
            progress(min(1, (start + block) / len(rows)))
    return found


def _salib(module: str) -> Any:
    return library(f"SALib.{module}", "sensitivity")
