"""How every observation stands to what was learnt: how likely it was before, how likely after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.units import PERCENT
from endplate.questions.individualising.copies import Copies
from endplate.questions.individualising.likelihood import log_likelihoods
from endplate.questions.individualising.person import Learnt
from endplate.questions.individualising.visits import Followed, Seen

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

_HARDLY = 0.03
_DIGITS = 5
_PROBABLE = ("grade", "weakness")  # kinds whose likelihood is a probability
_CLOCKS = ("onset", "wear_off", "reinjection")  # kinds for which it is one where nothing happened yet


def fit_rows(followed: Followed, learnt: Learnt) -> list[dict[str, Any]]:
    """Every observation with its probability before and after the visits were used.

    An angle, a strength or a day has a density in place of a probability: only ``gain`` is told, how much
    more likely it is after than before (the logarithm of the ratio).
    """
    if not followed.seen:
        return []
    copies, rows, guess = learnt.chosen
    first = np.arange(learnt.population.size)
    before = _likely(followed, learnt.population, first, np.zeros_like(first))
    after = _likely(followed, copies, rows, guess)
    plan_d = followed.sessions.plan_d
    return [_row(seen, plan_d, old, new) for seen, old, new in zip(followed.seen, before, after, strict=True)]


def _likely(followed: Followed, copies: Copies, rows: Rows, guess: Rows) -> list[float]:
    one = copies.one(rows, guess)
    return [float(np.exp(part).mean()) for part in log_likelihoods(followed, one)]


def _row(seen: Seen, plan_d: float, old: float, new: float) -> dict[str, Any]:
    probable = seen.kind in _PROBABLE or (seen.kind in _CLOCKS and np.isnan(seen.number))
    return {
        "where": seen.where,
        "day": seen.day - plan_d,
        "kind": seen.kind,
        "place": None if seen.place is None else list(seen.place),
        "told": seen.told,
        "number": None if np.isnan(seen.number) else seen.number,
        "scale": seen.scale or None,
        "probability_before": round(old, _DIGITS) if probable else None,
        "probability_after": round(new, _DIGITS) if probable else None,
        "gain": round(float(np.log(new / old)), _DIGITS) if min(old, new) > 0 else None,
    }


def surprises(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for every observation that hardly any copy shows even after all visits were used."""
    return [
        f"{row['where']} ({row['told']}, day {row['day']:.0f}) is hard to reconcile with the other findings: "
        f"it had a probability of {PERCENT * row['probability_after']:.1f} % even after it was used."
        for row in rows
        if row["probability_after"] is not None and row["probability_after"] < _HARDLY
    ]
