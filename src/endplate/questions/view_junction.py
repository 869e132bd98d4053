"""`view junction`: one endplate of an injected muscle on some days, from light chains to transmission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, plan_of, planned_injections
from endplate.knowledge.units import MS_PER_S
from endplate.physiology import terminal as terminal_stage
from endplate.physiology.terminal import course, vesicles
from endplate.questions.viewing.injected import injected_side
from endplate.questions.viewing.told import told
from endplate.simulation.chain import Chain, run_chain, time_grid
from endplate.simulation.injection import Place, one_product
from endplate.simulation.parameters import OneAtATime, draw

Array = NDArray[np.float64]

RATES_HZ = (3, 30)
IMPULSES = 10
_SEEN = 0.01  # jitter is told where more impulses than this pass
_DIGITS = 5
_told = partial(told, digits=_DIGITS)


def view_junction(case: Case, muscle: str, days: Sequence[float], side: str | None = None) -> dict[str, Any]:
    """Follow the median-exposed endplate of one muscle in the median person.

    Args:
        case: a case with a plan.
        muscle: an injected muscle.
        days: days after the injection, ascending from 0 or later.
        side: left or right; the first side on which it is injected without it.

    Returns:
        The person, threshold and, for every day, chains, cleaved share, factors, pools at rest, a single
        impulse and a train at each rate, ready for JSON.

    Raises:
        InputError: the case has no plan or mixes products, or the muscle is not injected on that side.
    """
    plan_of(case)
    shots = planned_injections(case)
    one_product(shots)
    side = injected_side(shots, muscle, side)
    draws = OneAtATime(())
    wanted = np.asarray(days, dtype=np.float64)
    time_d = np.union1d(time_grid(max(1, int(np.ceil(wanted.max())))), wanted)
    chain = run_chain(shots, (), case.patient.weight_kg, draws, time_d)
    p = draw(vesicles.Parameters, draws)
    exposure = float(np.median(chain.reached[muscle, side].exposure_U_h_per_mL[0]))
    load, fano = _held(chain, (muscle, side), np.searchsorted(time_d, wanted))
    rows = _states(p, chain, load, fano)
    return {
        "muscle": muscle,
        "side": side,
        "product": shots[0].product,
        "dose_U": chain.dose_U[muscle, side],
        "person": "median of every record",
        "exposure_U_h_per_mL": _told(exposure),
        "naive_quanta": _told(p.quantal_content[0]),
        "threshold": {
            "quanta": _told((p.quantal_content / p.safety_factor)[0]),
            "mV": _told((p.quantal_content / p.safety_factor * p.quantal_amplitude_mV)[0]),
        },
        "days": [{"day": float(day), **row} for day, row in zip(wanted, rows, strict=True)],
    }


def _held(chain: Chain, place: Place, at: NDArray[np.int64]) -> tuple[Array, Array]:
    """Mean acting chains over the critical number and Fano factor at the median exposure, (days,) each."""
    drive = np.median(chain.drive[place][:1], axis=1, keepdims=True)
    load, fano = course.held(chain.junctions, drive, chain.given)
    return load[0, at, 0], fano[0, at, 0]


def _states(p: vesicles.Parameters, chain: Chain, load: Array, fano: Array) -> list[dict[str, Any]]:
    """What the junction is on every day, from mean acting chains over the critical number, (days,)."""
    p = vesicles.Parameters(
        **{item.name: np.broadcast_to(getattr(p, item.name), load.shape) for item in fields(p)}
    )
    cleaved = vesicles.cleaved_share(p, load)
    left, pools = vesicles.factors(p, cleaved), vesicles.rest(p, cleaved)
    trains = {rate: vesicles.train(p, cleaved, rate, IMPULSES) for rate in RATES_HZ}
    calcium = vesicles.restoring_calcium(p, cleaved)
    muscle = _muscle_wide(chain, load, fano)
    return [
        {
            "acting_chains": _told(load[k] * chain.terminal.critical_chains[0]),
            "chains_over_critical": _told(load[k]),
            "cleaved_share": _told(cleaved[k]),
            "factors": {item.name: _told(getattr(left, item.name)[k]) for item in fields(left)},
            "pools_at_rest": dict(zip(vesicles.POOLS, map(_told, pools[k]), strict=True)),
            "single": {name: row[0] for name, row in _impulses(p, trains[RATES_HZ[0]], k).items()},
            "restoring_calcium": _told(calcium[k]),
            "junctions_transmitting": _told(muscle[k]),
            "trains": {f"{rate}_Hz": _train(p, seen, k) for rate, seen in trains.items()},
        }
        for k in range(load.size)
    ]


def _muscle_wide(chain: Chain, load: Array, fano: Array) -> Array:
    """Share of such junctions that transmit: their chains scatter, safety factors differ; no sprouts."""
    return np.array(
        [
            terminal_stage.transmission_table(chain.terminal, np.array([mean]), factor)[0, 0, 0]
            for mean, factor in zip(load, fano, strict=True)
        ]
    )


def _train(p: vesicles.Parameters, seen: vesicles.Train, k: int) -> dict[str, Any]:
    """The impulses of one train and the pools it leaves, for day ``k``."""
    return {
        "impulse_ms": [_told(moment * MS_PER_S) for moment in seen.impulse_s],
        **_impulses(p, seen, k),
        "pools": {
            "time_ms": [_told(moment * MS_PER_S) for moment in seen.time_s],
            **{name: [_told(x) for x in seen.pools[k, row]] for row, name in enumerate(vesicles.POOLS)},
        },
    }


def _impulses(p: vesicles.Parameters, seen: vesicles.Train, k: int) -> dict[str, list[float | None]]:
    """Quanta, potential, transmission and jitter of every impulse on day ``k``."""
    found = vesicles.potential(p, seen)
    rows = {
        "quanta": seen.quanta,
        "content_ratio": seen.quanta / p.quantal_content[:, None],
        "potential_mV": found.mean_mV,
        "potential_cv": found.cv,
        "failures": found.failures,
        "transmission": found.transmits,
        "jitter_us": np.where(found.transmits > _SEEN, found.jitter_us, np.nan),
    }
    return {name: [_told(x) for x in row[k]] for name, row in rows.items()}
