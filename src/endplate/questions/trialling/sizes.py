"""How many people would have been enough: power against size, in the fixed design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case.trial import Trial
from endplate.knowledge.units import PERCENT
from endplate.questions.trialling.analysis import Group, compared, first_of
from endplate.questions.trialling.told import Share, rounded, share_of
from endplate.questions.trialling.verdicts import verdicts, won_of

Array = NDArray[np.float64]

_SIZES = 20  # steps between no people and those of the file
_BOUNDS = {"n": "value", "n_low": "high", "n_high": "low"}  # the more power, the fewer people


def shares_of_size() -> Array:
    """Sizes tried, of the arms of the file."""
    return np.arange(1, _SIZES + 1) / _SIZES


def won_by_size(trial: Trial, groups: Mapping[str, Group]) -> dict[str, list[bool]]:
    """Whether each arm would have won with fewer people, the first of every arm, size by size."""
    found: dict[str, list[bool]] = {}
    for share in shares_of_size():
        told = compared(trial, trial.primary, {arm: group.first(share) for arm, group in groups.items()})
        for arm, won in won_of(trial.primary, told, verdicts(trial, trial.primary, told)).items():
            found.setdefault(arm, []).append(won)
    return found


def size_found(trial: Trial, by_size: Mapping[str, Sequence[Sequence[bool]]]) -> dict[str, Any] | None:
    """Power against size, and the smallest size from which on the power asked for is kept.

    ``n_low`` and ``n_high`` are the sizes from which on the upper and the lower bound of the power keep it:
    between them lies what the number of replicates leaves open. Null where none of the sizes tried does.

    Args:
        trial: whose sizes they are.
        by_size: whether an arm won, by arm, (replicates, sizes).
    """
    if trial.sample_size is None or not by_size:
        return None
    wanted, control = trial.sample_size.power.value / PERCENT, trial.control.n
    arms = {arm.arm: arm.n for arm in trial.compared}
    told = []
    for name, won in by_size.items():
        power = [share_of(column) for column in np.array(won, dtype=np.bool_).T]
        sizes, beside = _sizes(arms[name]), _sizes(control)
        places = {key: _kept_from(power, bound, wanted) for key, bound in _BOUNDS.items()}
        row: dict[str, Any] = {key: None if at is None else sizes[at] for key, at in places.items()}
        row["n_control"] = None if places["n"] is None else beside[places["n"]]
        curve = {"n": sizes, "power": [each["value"] for each in power]}
        curve |= {bound: [each[bound] for each in power] for bound in ("low", "high")}
        told.append({"arm": name} | row | {"curve": curve})
    return {"power": rounded(wanted), "design": "fixed", "arms": told}


def _sizes(people: int) -> list[int]:
    return [first_of(people, share) for share in shares_of_size()]


def _kept_from(power: Sequence[Share], bound: str, wanted: float) -> int | None:
    """Place of the smallest size from which on a bound of the power is no less than wanted."""
    short = [place for place, each in enumerate(power) if (each[bound] or 0) < wanted]
    first = short[-1] + 1 if short else 0
    return first if first < len(power) else None
