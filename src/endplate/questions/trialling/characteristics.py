"""What a trial would find: power, expected differences, interim looks and sizes, over its replicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case.trial import Endpoint, Trial
from endplate.knowledge.vocabulary import measure_unit
from endplate.questions.trialling.analysis import (
    NOTHING,
    Comparison,
    Group,
    compared,
    rejected,
    values_of,
)
from endplate.questions.trialling.running import Running

Array = NDArray[np.float64]

_LEVELS = {"p05": 1 / 20, "p25": 1 / 4, "median": 1 / 2, "p75": 3 / 4, "p95": 19 / 20}
_DIGITS = 5
_SIZES = 20  # steps between no people and those of the file
_PERCENT = 100


@dataclass(frozen=True)
class Looks:
    """How one replicate went, look by look.

    Attributes:
        dropped: interim look at which each arm was dropped, from 1; arms never dropped are not there.
        stopped: interim look at which the trial stopped, 0 if it never did.
        rejected: arms declared different at the end.
        won: arms declared better; different, where no side of the endpoint is the better one.
        people: people who took part.
    """

    dropped: dict[str, int]
    stopped: int
    rejected: dict[str, bool]
    won: dict[str, bool]
    people: int


@dataclass
class Tally:
    """What has been read from replicates so far, rows replicate by replicate.

    Attributes:
        rows: one for every replicate, endpoint and arm compared.
        means: mean of an endpoint in an arm, by both, one for every replicate.
        looks: of the primary endpoint.
        by_size: whether an arm won at each size, by arm, one row for every replicate.
    """

    trial: Trial
    rows: list[dict[str, Any]] = field(default_factory=list)
    means: dict[tuple[str, str], list[tuple[float, float, float]]] = field(default_factory=dict)
    looks: list[Looks] = field(default_factory=list)
    by_size: dict[str, list[list[bool]]] = field(default_factory=dict)
    _seen: dict[int, dict[tuple[str, str], Running]] = field(default_factory=dict)

    def see(self, replicate: int, arm: str, group: Group, endpoints: Iterable[Endpoint]) -> None:
        """Take in some people of an arm of a replicate: for means alone they need not be kept."""
        seen = self._seen.setdefault(replicate, {})
        for endpoint in endpoints:
            values = values_of(self.trial, endpoint, group)
            seen.setdefault((endpoint.endpoint, arm), Running()).add(values)

    def add(self, replicate: int, groups: Mapping[str, Group], endpoints: Iterable[Endpoint]) -> None:
        """Analyse one replicate, all of whose people were seen.

        Args:
            replicate: its number.
            groups: people of every arm; none where nothing is compared.
            endpoints: those that are simulated.
        """
        trial = self.trial
        for which, running in self._seen.pop(replicate).items():
            self.means.setdefault(which, []).append(running.told())
        if len(groups) < 2:
            return
        for endpoint in endpoints:
            found = compared(trial, endpoint, groups)
            verdict = verdicts(trial, endpoint, found)
            for arm, comparison in found.items():
                row = {"replicate": replicate, "endpoint": endpoint.endpoint, "arm": arm}
                told = {"difference": comparison.difference, "error": comparison.error, "p": comparison.p}
                won = verdict[arm] and _good(endpoint, comparison)
                self.rows.append(row | told | {"rejected": verdict[arm], "won": won})
        if trial.primary in endpoints:
            if trial.interims:
                self.looks.append(looks(trial, groups))
            if trial.sample_size is not None:
                self._sizes(groups)

    def _sizes(self, groups: Mapping[str, Group]) -> None:
        """Whether each arm would have won with fewer people: the first of every arm."""
        primary = self.trial.primary
        found = []
        for share in shares_of_size():
            small = {arm: group.first(share) for arm, group in groups.items()}
            told = compared(self.trial, primary, small)
            found.append(_won(primary, told, verdicts(self.trial, primary, told)))
        for arm in found[0]:
            self.by_size.setdefault(arm, []).append([verdict[arm] for verdict in found])


def shares_of_size() -> Array:
    """Sizes tried, of the arms of the file."""
    return np.arange(1, _SIZES + 1) / _SIZES


def verdicts(trial: Trial, endpoint: Endpoint, found: Mapping[str, Comparison]) -> dict[str, bool]:
    """Which arms are declared different by an endpoint."""
    sides = trial.analysis.sides
    return rejected(trial, {arm: each.sided(sides, endpoint) for arm, each in found.items()})


def looks(trial: Trial, groups: Mapping[str, Group]) -> Looks:
    """One replicate of a trial with interim looks at the primary endpoint.

    A dropped arm takes in nobody further; a trial that stops for efficacy takes in nobody further either. At
    the end a dropped arm counts as not different: to adjust for fewer arms because one did badly would err
    more often than the level says.
    """
    primary, control, sides = trial.primary, trial.control.arm, trial.analysis.sides
    going, dropped = dict(groups), dict[str, int]()
    people = {arm: _size(group) for arm, group in groups.items()}
    for place, interim in enumerate(trial.interims, start=1):
        now = {arm: group.first(interim.after.value / _PERCENT) for arm, group in going.items()}
        found = compared(trial, primary, now)
        p = {arm: each.sided(sides, primary) for arm, each in found.items()}
        low = {arm: each < interim.stop_if_p_below for arm, each in p.items()}
        won = _won(primary, found, low)
        if any(won.values()):
            people |= {arm: _size(group) for arm, group in now.items()}
            return Looks(dropped, place, low, won, sum(people.values()))
        for arm, each in p.items():
            if each > interim.drop_if_p_above:
                people[arm], dropped[arm] = _size(now[arm]), place
                going.pop(arm)
        if set(going) == {control}:
            people[control] = _size(now[control])
            return Looks(dropped, 0, {}, {}, sum(people.values()))
    at_end = compared(trial, primary, going)
    all_arms = {arm.arm: at_end.get(arm.arm, NOTHING) for arm in trial.compared}
    different = verdicts(trial, primary, all_arms)
    return Looks(dropped, 0, different, _won(primary, all_arms, different), sum(people.values()))


def _won(endpoint: Endpoint, found: Mapping[str, Comparison], told: Mapping[str, bool]) -> dict[str, bool]:
    """Which of the arms told to be different are so for the better."""
    return {arm: different and _good(endpoint, found[arm]) for arm, different in told.items()}


def _good(endpoint: Endpoint, found: Comparison) -> bool:
    """Whether a difference is for the better; without a better side any is."""
    return endpoint.better is None or bool(for_the_better(endpoint, np.asarray(found.difference)))


def _size(group: Group) -> int:
    return len(group.columns["left_d"])


def summary_of(values: Array) -> dict[str, float | None]:
    """5, 25, 50, 75 and 95 % points, null where there is nothing."""
    seen = values[np.isfinite(values)]
    if not seen.size:
        return dict.fromkeys(_LEVELS)
    return {name: rounded(np.quantile(seen, level)) for name, level in _LEVELS.items()}


def rounded(number: Any) -> float | None:
    """A number as told; null for one that is none."""
    return round(float(number), _DIGITS) + 0.0 if np.isfinite(number) else None  # no minus before a 0


def endpoint_row(trial: Trial, endpoint: Endpoint, tally: Tally, cannot: str | None) -> dict[str, Any]:
    """One endpoint of the answer."""
    row: dict[str, Any] = {
        "endpoint": endpoint.endpoint,
        "measure": endpoint.measure,
        "scale": endpoint.scale,
        "joint": endpoint.joint,
        "muscle": endpoint.muscle,
        "event": endpoint.event,
        "of": endpoint.of,
        "by": endpoint.by,
        "at": None if endpoint.at is None else str(endpoint.at),
        "unit": measure_unit(endpoint.measure, endpoint.scale, endpoint.unit),
        "primary": endpoint is trial.primary,
        "cannot": cannot,
        "arms": [],
        "comparisons": [],
    }
    if cannot is not None:
        return row
    for arm in trial.arms:
        found = np.array(tally.means[endpoint.endpoint, arm.arm])
        mean, sd, missing = (_mean(found[:, k]) for k in range(3))
        told = {"mean": mean, "sd": sd, "missing": missing, "means": summary_of(found[:, 0])}
        row["arms"].append({"arm": arm.arm} | told)
    for arm in trial.compared:
        row["comparisons"].append(_comparison(trial, endpoint, tally, arm.arm))
    return row


def _mean(values: Array) -> float | None:
    seen = values[np.isfinite(values)]
    return rounded(seen.mean()) if seen.size else None


def _comparison(trial: Trial, endpoint: Endpoint, tally: Tally, arm: str) -> dict[str, Any]:
    rows = [row for row in tally.rows if row["endpoint"] == endpoint.endpoint and row["arm"] == arm]
    difference = np.array([row["difference"] for row in rows])
    different, won = (np.array([row[name] for row in rows]) for name in ("rejected", "won"))
    told: dict[str, Any] = {"arm": arm, "versus": trial.control.arm, "difference": summary_of(difference)}
    told |= {"expected_difference": _mean(difference), "rejected": share_of(different)}
    told["power"] = share_of(won)
    told["wrong_way"] = None if endpoint.better is None else share_of(different & ~won)
    return told


def for_the_better(endpoint: Endpoint, difference: Array) -> NDArray[np.bool_]:
    """Whether each difference is good for people, (replicates,)."""
    return np.asarray(difference < 0 if endpoint.better == "lower" else difference > 0)


def share_of(found: NDArray[np.bool_]) -> dict[str, float | None]:
    """A share of replicates with its 95 % interval, exact binomial."""
    from scipy.stats import binomtest

    if not found.size:
        return {"value": None, "low": None, "high": None}
    told = binomtest(int(found.sum()), found.size).proportion_ci(19 / 20)
    return {"value": rounded(found.mean()), "low": rounded(told.low), "high": rounded(told.high)}


def power_of(trial: Trial, tally: Tally, *, null: bool) -> dict[str, Any]:
    """Share of replicates that find any arm, and all arms, better by the primary endpoint.

    Of a null trial, or where no side is the better one: different, which is the type I error of the former.
    """
    rows = [row for row in tally.rows if row["endpoint"] == trial.primary.endpoint]
    arms = [arm.arm for arm in trial.compared]
    told = [row["rejected" if null else "won"] for row in rows]
    won = np.array(told, dtype=np.bool_).reshape(-1, max(1, len(arms)))
    by_arm = {arm: share_of(won[:, place]) for place, arm in enumerate(arms)}
    both = {"any": np.asarray(won.any(axis=1)), "all": np.asarray(won.all(axis=1))}
    return {name: share_of(each) for name, each in both.items()} | {"by_arm": by_arm}


def size_found(trial: Trial, tally: Tally) -> dict[str, Any] | None:
    """Power against size, and the smallest size from which on the power asked for is kept."""
    if trial.sample_size is None or not tally.by_size:
        return None
    wanted, control = trial.sample_size.power.value / _PERCENT, trial.control
    arms = {arm.arm: arm.n for arm in trial.compared}
    told = []
    for name, won in tally.by_size.items():
        power = np.array(won).mean(axis=0)
        short = np.flatnonzero(power < wanted)
        first = 0 if not short.size else int(short[-1]) + 1
        sizes = [max(2, round(share * arms[name])) for share in shares_of_size()]
        enough = None if first >= _SIZES else sizes[first]
        beside = None if enough is None else max(2, round(shares_of_size()[first] * control.n))
        curve = {"n": sizes, "power": [rounded(each) for each in power]}
        told.append({"arm": name, "n": enough, "n_control": beside, "curve": curve})
    return {"power": wanted, "arms": told}


def operating(trial: Trial, tally: Tally, *, null: bool) -> dict[str, Any] | None:
    """Operating characteristics of the interim looks: who was dropped, when it stopped, people needed.

    ``won`` tells who was declared better; of a null trial different, which is its type I error.
    """
    if not tally.looks:
        return None
    found = tally.looks
    ends = [each.rejected if null else each.won for each in found]
    stops = [
        {"look": look, "stopped": rounded(np.mean([each.stopped == look for each in found]))}
        for look in range(1, len(trial.interims) + 1)
    ]
    arms = [
        {
            "arm": arm.arm,
            "dropped": rounded(np.mean([arm.arm in each.dropped for each in found])),
            "won": rounded(np.mean([each.get(arm.arm, False) for each in ends])),
        }
        for arm in trial.compared
    ]
    people = np.array([each.people for each in found], dtype=np.float64)
    won = share_of(np.array([any(each.values()) for each in ends]))
    return {"looks": stops, "arms": arms, "people": summary_of(people), "won": won}
