r"""Adverse events, fitted to placebo-controlled rows, then frozen.

First the six numbers that all events share: where their posterior is largest, each event's own unknowns
integrated out (Laplace). Then complaints of weakness: draws of hazard and of its spread between studies are
weighted by the likelihood of the arms on toxin (importance sampling), with lost force from simulated arms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get
from endplate.knowledge.evidence.adverse import AdverseRow, load_adverse
from endplate.physiology.body import with_background
from endplate.simulation.adverse.rates import (
    USED,
    WEAKNESS,
    Rates,
    Spreads,
    fitted_rows,
    logistic,
    posterior,
)
from endplate.simulation.parameters import quantile, stream, study_scores

Array = NDArray[np.float64]

SHARED = tuple(name.removeprefix("adverse.") for name in USED)
HAZARD = ("weakness_hazard", "weakness_study_sd")
_SPREAD = "adverse_prior.spread"
_PRIORS = ("adverse_prior.logit_mean", "adverse_prior.logit_event_sd", *[_SPREAD] * 4)
_PART = 50000  # draws at a time
_HIGH, _HIGH_SCORE = 0.95, 1.6448536269514722  # of the standard normal
_STEP = 1e-2


@dataclass(frozen=True)
class SharedFit:
    """The six shared numbers with the standard deviation of each (of its logarithm for spreads)."""

    spreads: Spreads
    sd: tuple[float, ...]


@dataclass(frozen=True)
class WeaknessFit:
    """Median and spread of logarithms of hazard, its spread between studies and every study's own, by name.

    ``effective`` is the effective number of draws.
    """

    numbers: dict[str, tuple[float, float]]
    effective: float


def fit_shared() -> SharedFit:
    """Fit centre and spreads of the rates to every row used."""
    from scipy.optimize import minimize

    groups = _groups()
    start = np.array([_as_free(k, get(prior).value) for k, prior in enumerate(_PRIORS)])
    found = minimize(_cost, start, (groups,), "Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6}).x
    return SharedFit(_spreads(found), tuple(np.sqrt(np.diag(np.linalg.inv(_hessian(found, groups))))))


def _groups() -> list[tuple[AdverseRow, ...]]:
    """The rows used of every event in adults and in children."""
    kinds = dict.fromkeys((row.event, row.people) for row in load_adverse() if row.used == "fit")
    return [fitted_rows(*kind) for kind in kinds]


def _as_free(place: int, number: float) -> float:
    """A shared number as it is searched for: spreads as logarithms."""
    return number if place == 0 else float(np.log(number))


def _spreads(free: Array) -> Spreads:
    return Spreads(float(free[0]), *(float(x) for x in np.exp(free[1:])))


def _cost(free: Array, groups: list[tuple[AdverseRow, ...]]) -> float:
    """Minus the log posterior of the shared numbers."""
    cost = 0.0
    for k, prior in enumerate(_PRIORS):
        record = get(prior)
        sd = record.distribution.sd or record.distribution.sd_log or 1.0
        cost += ((free[k] - _as_free(k, record.value)) / sd) ** 2 / 2
    held = _spreads(free)
    return cost - sum(posterior(rows, held).log_evidence for rows in groups)


def _hessian(at: Array, groups: list[tuple[AdverseRow, ...]]) -> Array:
    """Second derivatives of the cost by central differences, (numbers, numbers)."""
    step = _STEP * np.eye(at.size)

    def cost(*moves: Array) -> float:
        return _cost(at + sum(moves), groups)

    return np.array(
        [
            [(cost(i, j) - cost(i, -j) - cost(-i, j) + cost(-i, -j)) / (2 * _STEP) ** 2 for j in step]
            for i in step
        ]
    )


def fit_weakness(
    missed: Mapping[str, Array], held: Spreads, draws: int = 600000, seed: int = 1
) -> WeaknessFit:
    """Fit complaints of weakness to the arms on toxin.

    Args:
        missed: by row id, strength missed by simulated people, (copies, people).
        held: the shared numbers of the rates.
        draws: from the prior.
        seed: of every random stream.
    """
    parts = [_weighed(missed, held, seed + part) for part in range(max(1, draws // _PART))]
    found = {name: np.concatenate([logs[name] for logs, _ in parts]) for name in parts[0][0]}
    fit = np.concatenate([each for _, each in parts])
    weights = np.exp(fit - fit.max())
    weights /= weights.sum()
    numbers = {name: _moments(logs, weights) for name, logs in found.items()}
    return WeaknessFit(numbers, float(1 / np.square(weights).sum()))


def _weighed(missed: Mapping[str, Array], held: Spreads, seed: int) -> tuple[dict[str, Array], Array]:
    """Draws from the prior, as logarithms by name, and the log-likelihood of all rows, (draws,)."""
    scores = stream(seed, "weakness fit").standard_normal((_PART, len(HAZARD)))
    priors = ("adverse_prior.weakness_hazard", _SPREAD)
    hazard, study_sd = (quantile(get(prior), scores[:, k]) for k, prior in enumerate(priors))
    copy = stream(seed, "weakness copies").integers(len(next(iter(missed.values()))), size=_PART)
    logs = dict(zip(HAZARD, (np.log(hazard), np.log(study_sd)), strict=True))
    fit = np.zeros(_PART)
    for people in ("adults", "children"):
        rows = [row for row in fitted_rows(WEAKNESS, people) if row.id in missed]
        held_back = posterior(fitted_rows(WEAKNESS, people), held)
        scores = stream(seed, f"weakness/{people}").standard_normal((_PART, len(held_back.names)))
        for study, arms in groupby(rows, key=lambda row: row.study):
            own = hazard * np.exp(study_sd * study_scores(seed, study, f"weakness/{study}", _PART))
            logs[f"weakness_hazard.{study}"] = np.log(own)
            background = _own_background(held_back, held_back.drawn(scores), study)
            fit += sum(_of_arm(row, missed[row.id][copy], own, background) for row in arms)
    return logs, fit


def _own_background(placebo: Rates, known: Array, study: str) -> Array:
    """How often weakness is reported on placebo in a study that has a placebo group, (draws,)."""
    column = next(k for k, name in enumerate(placebo.names) if name.startswith(f"study/{study}/"))
    return logistic(known[:, 0] + known[:, column])


def _of_arm(row: AdverseRow, missed: Array, hazard: Array, background: Array) -> Array:
    """Log-likelihood of an arm on toxin, whose people miss ``missed`` (draws, people), (draws,)."""
    if row.counts is None:
        raise ValueError(f"{row.id} holds no counts")
    share = with_background(background[:, None], hazard[:, None] * missed).mean(axis=1)
    share = np.minimum(share, 1 - np.finfo(float).eps)
    events, n = row.counts.events, row.counts.n
    return np.asarray(events * np.log(share) + (n - events) * np.log1p(-share))


def _moments(logs: Array, weights: Array) -> tuple[float, float]:
    """Median, and the standard deviation of the logarithm that puts the 95 % point right.

    The lower end, where nobody complains, may reach far further down; it makes no difference.
    """
    order = np.argsort(logs)
    middle, high = np.interp([1 / 2, _HIGH], np.cumsum(weights[order]), logs[order])
    return float(np.exp(middle)), float((high - middle) / _HIGH_SCORE)


def report(shared: SharedFit, weakness: WeaknessFit) -> dict[str, Any]:
    """The fit as plain data: every record with its number and how unsure it is."""
    numbers = vars(shared.spreads).values()
    told = {
        f"adverse.{name}": {"value": number, "sd": sd}
        for name, number, sd in zip(SHARED, numbers, shared.sd, strict=True)
    }
    told |= {
        f"adverse.{name}": {"median": median, "sd_log": sd} for name, (median, sd) in weakness.numbers.items()
    }
    return {"records": told, "effective_draws": weakness.effective}
