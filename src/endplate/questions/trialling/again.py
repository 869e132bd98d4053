"""Would this trial have succeeded again? What replicates find beside what was published.

Every replicate draws a world of its own: not only the people, but also what nobody knows of the model. The
shares are therefore an assurance, the power averaged over that doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from endplate.case.published import Published
from endplate.case.trial import Endpoint, Trial
from endplate.knowledge.units import PERCENT
from endplate.questions.trialling.characteristics import Tally
from endplate.questions.trialling.told import share_of, summary_of

Array = NDArray[np.float64]
Found = NDArray[np.bool_]

_DIGITS = 2


def again(trial: Trial, tally: Tally, cannot: Mapping[str, str]) -> dict[str, Any] | None:
    """What was published beside what replicates find; None where nothing is published.

    Args:
        trial: with its published rows.
        tally: of its replicates.
        cannot: endpoints that are not simulated and why.
    """
    if not trial.published:
        return None
    rows = [_row(trial, row, tally, cannot.get(row.endpoint)) for row in trial.published]
    return {"endpoint": trial.primary.endpoint, "same_verdicts": _same(trial, tally), "rows": rows}


def verdict_of(trial: Trial, row: Published) -> bool | None:
    """Whether the trial found a difference for the better, at the level of the file's analysis.

    By the p value printed, else by the standard error; None where neither is held, or no way is better. A p
    value printed without a difference is taken to be for the better.
    """
    level = trial.analysis.alpha * (1 if trial.analysis.sides == 2 else 2)  # printed p values are two-sided
    better, small = _endpoint(trial, row).better, _is_small(row, level)
    if small is None or better is None:
        return None
    towards = row.difference is None or (row.difference < 0) == (better == "lower")
    return towards and small


def _is_small(row: Published, alpha: float) -> bool | None:
    """Whether the p value printed, else that of the difference over its standard error, is below a level.

    A p said to lie below a larger number than the level tells nothing.
    """
    if row.p is not None:
        return row.p < alpha
    if row.p_below is not None and row.p_below <= alpha:
        return True
    if row.se is None or row.difference is None:
        return None
    return bool(2 * ndtr(-abs(row.difference) / row.se) < alpha)


def _row(trial: Trial, row: Published, tally: Tally, cannot: str | None) -> dict[str, Any]:
    told: dict[str, Any] = row.model_dump(mode="json") | {
        "versus": trial.control.arm,
        "found": verdict_of(trial, row),
        "cannot": cannot,
        "simulated": None,
        "find": None,
        "at_least_as_large": None,
    }
    if cannot is None:
        difference, good = _of(tally, row)
        told["simulated"], told["find"] = summary_of(difference), share_of(good)
        if row.difference:
            told["at_least_as_large"] = share_of(difference / row.difference >= 1)
    return told | {"sentence": _sentence(told)}


def _of(tally: Tally, row: Published) -> tuple[Array, Found]:
    """Differences of all replicates, and whether each was declared different for the better."""
    rows = [each for each in tally.rows if (each["endpoint"], each["arm"]) == (row.endpoint, row.arm)]
    difference = np.array([each["difference"] for each in rows])
    return difference, np.array([each["won"] for each in rows], dtype=np.bool_)


def _same(trial: Trial, tally: Tally) -> dict[str, float | None] | None:
    """Share of replicates in which every arm comes out by the primary endpoint as it was published."""
    primary = [row for row in trial.published if row.endpoint == trial.primary.endpoint]
    verdicts = [(row, verdict_of(trial, row)) for row in primary]
    same = [_of(tally, row)[1] == found for row, found in verdicts if found is not None]
    return share_of(np.all(same, axis=0)) if same and same[0].size else None


def _endpoint(trial: Trial, row: Published) -> Endpoint:
    return next(endpoint for endpoint in trial.endpoints if endpoint.endpoint == row.endpoint)


def _sentence(told: Mapping[str, Any]) -> str:
    """The answer in one sentence."""
    size, where = told["difference"], f"of {told['arm']} from {told['versus']} in {told['endpoint']}"
    published = f"A difference {where} was published"
    if size is not None:
        number = f"{size:.{_DIGITS}f}".replace("-", "\N{MINUS SIGN}")
        published = f"The published difference {where} was {number}"
    return f"{published}{_p_words(told)}; {_simulated(told)}."


def _p_words(told: Mapping[str, Any]) -> str:
    if told["p"] is not None:
        return f" (p = {told['p']:g})"
    return "" if told["p_below"] is None else f" (p < {told['p_below']:g})"


def _simulated(told: Mapping[str, Any]) -> str:
    if told["cannot"] is not None:
        return f"it is not simulated: {told['cannot']}"
    found = f"{_percent(told['find'])} of replicates find one"
    as_large = told["at_least_as_large"]
    return found if as_large is None else f"{found}, {_percent(as_large)} are at least as large"


def _percent(share: Mapping[str, float | None]) -> str:
    return f"{PERCENT * (share['value'] or 0):.0f} %"
