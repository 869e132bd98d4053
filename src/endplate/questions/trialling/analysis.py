"""One replicate analysed as its statistician would: each arm against the control, by a statistics library.

People who missed a visit are missing to the analysis. Of those who left, the estimand says what counts: under
*treatment policy* they are still measured, under *composite* leaving counts as no benefit, under the
*hypothetical* estimand what happened after leaving is not looked at. Harm is counted alike under each.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case.trial import Endpoint, Trial
from endplate.errors import library
from endplate.questions.trialling.followed import Columns, day_of, visits_of

Array = NDArray[np.float64]

_FEWEST = 3  # people of an arm without whom there is no analysis


@dataclass(frozen=True)
class Comparison:
    """An arm against the control.

    Attributes:
        difference: of the arm minus the control: of means, shares, or shares with the event by the end; NaN
            where it was not tested.
        error: its standard error; NaN where the method gives none.
        p: two-sided; 1 where nothing can be compared.
        tested: whether the method had what it needs.
    """

    difference: float
    error: float
    p: float
    tested: bool = True

    def sided(self, sides: int, endpoint: Endpoint) -> float:
        """The p value asked for; one-sided towards what is better for people."""
        if sides == 2 or np.isnan(self.difference):
            return self.p
        towards = self.difference < 0 if endpoint.better == "lower" else self.difference > 0
        return self.p / 2 if towards else 1 - self.p / 2


NOTHING = Comparison(0.0, float("nan"), 1.0)
"""No difference: nobody differs from anybody, or no event came. It counts in the mean of the differences."""

UNTESTED = Comparison(float("nan"), float("nan"), 1.0, tested=False)
"""No test: too few people, none of one arm while events came, or a fit that has no single answer."""


def first_of(people: int, share: float) -> int:
    """How many of some people a share of them is, at least two."""
    return max(2, round(share * people))


@dataclass(frozen=True)
class Group:
    """What one arm of one replicate gives to an analysis.

    Attributes:
        columns: of its people, (people,) each.
    """

    columns: Columns

    @property
    def people(self) -> int:
        """How many people."""
        return len(self.columns["left_d"])

    def first(self, share: float) -> Group:
        """Its first people: those of a smaller trial, or of an interim look."""
        kept = first_of(self.people, share)
        return Group({name: column[:kept] for name, column in self.columns.items()})


def compared(trial: Trial, endpoint: Endpoint, groups: Mapping[str, Group]) -> dict[str, Comparison]:
    """Every arm of ``groups`` against the control.

    Args:
        trial: whose estimand and analysis apply.
        endpoint: of which.
        groups: people of the control and of the arms still in the trial, by arm.
    """
    control = trial.control.arm
    method = method_of(endpoint)
    others = [name for name in groups if name != control]
    read = {"ancova": _ancova, "difference_of_shares": _shares, "log_rank": _log_rank, "mixed_model": _mixed}
    return {name: read[method](trial, endpoint, groups[name], groups[control]) for name in others}


def method_of(endpoint: Endpoint) -> str:
    """The method of an endpoint: its own, else by what it counts."""
    return endpoint.method or ("difference_of_shares" if endpoint.is_share else "ancova")


def values_of(trial: Trial, endpoint: Endpoint, group: Group, day: float | None = None) -> Array:
    """The endpoint of an arm's people as the estimand has it, NaN where missing, (people,).

    Args:
        trial: whose estimand applies.
        endpoint: of which.
        group: the people.
        day: of a visit, where not the endpoint's own.
    """
    day = day_of(trial, endpoint) if day is None else day
    name = f"{endpoint.endpoint}/{day:g}" if endpoint.method == "mixed_model" else endpoint.endpoint
    values = np.asarray(group.columns[name], dtype=np.float64)
    if endpoint.method == "log_rank":  # the column holds days
        values = (values <= day).astype(np.float64)
    left = np.asarray(group.columns["left_d"], dtype=np.float64) < day
    if trial.estimand == "treatment_policy" or endpoint.is_harm:
        return values  # events of all who were treated, as the shares that were learnt count them
    if trial.estimand == "hypothetical":
        return np.where(left, np.nan, values)
    return np.where(left, _no_benefit(endpoint, group), values)


def _no_benefit(endpoint: Endpoint, group: Group) -> Array | float:
    """What stands for a person without benefit: the event, no response, the grade of baseline, no change."""
    if endpoint.is_share:
        return float(endpoint.better == "lower")
    if endpoint.measure == "scale_value":
        return np.asarray(group.columns[f"{endpoint.endpoint}/baseline"], dtype=np.float64)
    return 0.0


def _ancova(trial: Trial, endpoint: Endpoint, arm: Group, control: Group) -> Comparison:
    """Least squares on arm and the grade recorded at baseline."""
    values, treated, baseline = _stacked(trial, endpoint, arm, control)
    if min(np.sum(treated == 1), np.sum(treated == 0)) < _FEWEST:
        return UNTESTED
    if np.ptp(values) == 0:
        return NOTHING
    terms = [np.ones_like(values), treated]
    if baseline is not None and np.ptp(baseline) > 0:
        terms.append(baseline)
    design = np.stack(terms, axis=1)
    if _is_singular(design):
        return UNTESTED
    found = _statsmodels("regression.linear_model").OLS(values, design).fit()
    return _told(found.params[1], found.bse[1], found.pvalues[1])


def _is_singular(design: Array) -> bool:
    """Whether columns follow from one another, as a baseline that is the same throughout each arm."""
    return bool(np.linalg.matrix_rank(design) < design.shape[1])


def _stacked(
    trial: Trial, endpoint: Endpoint, arm: Group, control: Group
) -> tuple[Array, Array, Array | None]:
    """Values, arm (1 or 0) and baseline of the people of two arms who are not missing."""
    parts = [values_of(trial, endpoint, group) for group in (arm, control)]
    values = np.concatenate(parts)
    treated = np.concatenate([np.ones(parts[0].size), np.zeros(parts[1].size)])
    kept, name = np.isfinite(values), f"{endpoint.endpoint}/baseline"
    if name not in arm.columns:
        return values[kept], treated[kept], None
    baseline = np.concatenate([np.asarray(group.columns[name]) for group in (arm, control)])
    return values[kept], treated[kept], np.asarray(baseline[kept], dtype=np.float64)


def _shares(trial: Trial, endpoint: Endpoint, arm: Group, control: Group) -> Comparison:
    """Difference of two shares by the score test."""
    one, other = (values_of(trial, endpoint, group) for group in (arm, control))
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    if min(one.size, other.size) < _FEWEST:
        return UNTESTED
    if np.ptp(np.concatenate([one, other])) == 0:
        return NOTHING
    shares = one.mean(), other.mean()
    error = np.sqrt(
        sum(share * (1 - share) / n for share, n in zip(shares, (one.size, other.size), strict=True))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # none or all of an arm: the test says so in its p
        found = _statsmodels("stats.proportion").test_proportions_2indep(
            int(one.sum()), one.size, int(other.sum()), other.size, method="score", compare="diff"
        )
    return _told(shares[0] - shares[1], error, found.pvalue)


def _log_rank(trial: Trial, endpoint: Endpoint, arm: Group, control: Group) -> Comparison:
    """Time to the event, censored at the end and under the hypothetical estimand when people leave.

    Under the composite estimand who leaves has the event then. The difference is that of shares by the end.
    Where all who are left have the event on one day nobody differs; where events come only when one arm has
    nobody left there is no test.
    """
    survival, end = _statsmodels("duration.survfunc"), day_of(trial, endpoint)
    times, events = [], []
    for group in (arm, control):
        day = np.asarray(group.columns[endpoint.endpoint], dtype=np.float64)
        left = np.asarray(group.columns["left_d"], dtype=np.float64)
        if trial.estimand == "composite":
            day = np.minimum(day, left)
        last = np.minimum(left if trial.estimand == "hypothetical" else np.inf, end)
        times.append(np.minimum(day, last))
        events.append((day <= last).astype(np.float64))
    treated = np.concatenate([np.ones(times[0].size), np.zeros(times[1].size)])
    if not np.concatenate(events).any():
        return NOTHING
    try:
        _, p = survival.survdiff(np.concatenate(times), np.concatenate(events), treated)
    except np.linalg.LinAlgError:  # no event while some people of both arms went on without it
        first = np.concatenate(times)[np.concatenate(events) > 0].min()
        return NOTHING if all((of_arm >= first).any() for of_arm in times) else UNTESTED
    by_end = [
        1 - survival.SurvfuncRight(t, e).surv_prob[-1] if e.any() else 0.0
        for t, e in zip(times, events, strict=True)
    ]
    return _told(by_end[0] - by_end[1], np.nan, p)


def _mixed(trial: Trial, endpoint: Endpoint, arm: Group, control: Group) -> Comparison:
    """Changes at all visits on arm by visit and baseline, a random intercept for each person."""
    days = visits_of(trial, endpoint)
    rows: list[Array] = []
    people = 0
    for treated, group in ((1.0, arm), (0.0, control)):
        baseline = np.asarray(group.columns[f"{endpoint.endpoint}/baseline"], dtype=np.float64)
        person = people + np.arange(baseline.size, dtype=np.float64)
        people += baseline.size
        for visit, day in enumerate(days):
            values = values_of(trial, endpoint, group, day)
            same = np.full(baseline.size, treated), np.full(baseline.size, float(visit))
            rows.append(np.stack([values, *same, baseline, person], axis=1))
    table = np.concatenate(rows)
    table = table[np.isfinite(table[:, 0])]
    at = table[:, 2:3] == np.arange(len(days))
    design = np.concatenate([at, at * table[:, 1:2], table[:, 3:4]], axis=1)
    place = len(days) + days.index(day_of(trial, endpoint))
    seen = np.unique(table[:, [1, 4]], axis=0)[:, 0]  # arm of each person with a value
    if min(np.sum(seen == 1), np.sum(seen == 0)) < _FEWEST or _is_singular(design):
        return UNTESTED
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a boundary estimate of the intercept's variance is an answer
            model = _statsmodels("regression.mixed_linear_model").MixedLM
            found = model(table[:, 0], design, groups=table[:, 4]).fit(reml=True)
    except (np.linalg.LinAlgError, ValueError):
        return UNTESTED
    return _told(found.params[place], found.bse[place], found.pvalues[place])


def _statsmodels(module: str) -> Any:
    """A module of the statistics library."""
    return library(f"statsmodels.{module}", "trials")


def _told(difference: Any, error: Any, p: Any) -> Comparison:
    p = float(p)
    return Comparison(float(difference), float(error), p if np.isfinite(p) else 1.0)


def rejected(trial: Trial, p: Mapping[str, float]) -> dict[str, bool]:
    """Which arms are declared different, with the adjustment for how many are compared.

    Args:
        trial: whose analysis applies.
        p: p value of every arm compared, in the file's order.
    """
    going, found = True, {}
    for arm, level in _levels(trial, p).items():
        going = going and p[arm] < level
        one_by_one = trial.analysis.adjust in ("none", "bonferroni")
        found[arm] = p[arm] < level if one_by_one else going
    return {arm: found[arm] for arm in p}


def _levels(trial: Trial, p: Mapping[str, float]) -> dict[str, float]:
    """Level at which each arm is tested, in the order of testing.

    Written out: the library's function collects garbage at every call, which takes longer than a replicate.
    """
    alpha, count = trial.analysis.alpha, len(p)
    if trial.analysis.adjust == "holm":
        return {arm: alpha / (count - place) for place, arm in enumerate(sorted(p, key=p.__getitem__))}
    return dict.fromkeys(p, alpha / count if trial.analysis.adjust == "bonferroni" else alpha)
