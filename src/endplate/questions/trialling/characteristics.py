"""What a trial would find: power and expected differences over its replicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case.trial import Endpoint, Trial
from endplate.knowledge.vocabulary import measure_unit
from endplate.questions.trialling.analysis import Group, compared, values_of
from endplate.questions.trialling.looks import Looks, declared, looks
from endplate.questions.trialling.running import Running
from endplate.questions.trialling.sizes import won_by_size
from endplate.questions.trialling.told import Share, mean_of, share_of, summary_of
from endplate.questions.trialling.verdicts import is_good, verdicts

Found = NDArray[np.bool_]

_NONE: Found = np.zeros(0, dtype=np.bool_)


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
                won = verdict[arm] and is_good(endpoint, comparison)
                ends = {"rejected": verdict[arm], "won": won, "tested": comparison.tested}
                self.rows.append(row | told | ends)
        if trial.primary in endpoints:
            if trial.interims:
                self.looks.append(looks(trial, groups))
            if trial.sample_size is not None:
                for arm, by_size in won_by_size(trial, groups).items():
                    self.by_size.setdefault(arm, []).append(by_size)

    def of(self, endpoint: str, arm: str) -> list[dict[str, Any]]:
        """The rows of an endpoint and an arm."""
        return [row for row in self.rows if (row["endpoint"], row["arm"]) == (endpoint, arm)]

    def untested(self, endpoint: str, arm: str) -> bool:
        """Whether no replicate could test an arm by an endpoint."""
        rows = self.of(endpoint, arm)
        return bool(rows) and not any(row["tested"] for row in rows)


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
        mean, sd, missing = (mean_of(found[:, k]) for k in range(3))
        told = {"mean": mean, "sd": sd, "missing": missing, "means": summary_of(found[:, 0])}
        row["arms"].append({"arm": arm.arm} | told)
    for arm in trial.compared:
        row["comparisons"].append(_comparison(trial, endpoint, tally, arm.arm))
    return row


def _comparison(trial: Trial, endpoint: Endpoint, tally: Tally, arm: str) -> dict[str, Any]:
    """An arm against the control; shares are null where no replicate could test it."""
    rows, untested = tally.of(endpoint.endpoint, arm), tally.untested(endpoint.endpoint, arm)
    difference = np.array([row["difference"] for row in rows], dtype=np.float64)
    different, won = (
        np.array([row[name] for row in ([] if untested else rows)], dtype=np.bool_)
        for name in ("rejected", "won")
    )
    worse = None if endpoint.better is None else share_of(different & ~won)
    return {
        "arm": arm,
        "versus": trial.control.arm,
        "difference": summary_of(difference),
        "expected_difference": mean_of(difference),
        "rejected": share_of(different),
        "power": share_of(won),
        "wrong_way": worse,
        "excess": worse if endpoint.is_harm and trial.analysis.sides == 2 else None,
        "untested": untested,
    }


def power_of(trial: Trial, tally: Tally, *, null: bool) -> dict[str, Any]:
    """Share of replicates that find any arm, and all arms, better by the primary endpoint.

    Of a null trial, or where no side is the better one: different, which is the type I error of the former.
    With interim looks it is what the looks and the end declare, and ``fixed`` the design without looks.
    """
    arms, primary = [arm.arm for arm in trial.compared], trial.primary.endpoint
    told = [row["rejected" if null else "won"] for row in tally.rows if row["endpoint"] == primary]
    won = np.array(told, dtype=np.bool_).reshape(-1, max(1, len(arms)))
    can = np.array([not tally.untested(primary, arm) for arm in arms], dtype=np.bool_)
    fixed = _shares(arms, won, can)
    if not tally.looks:
        return {"design": "fixed"} | fixed
    return (
        {"design": "looks"} | _shares(arms, declared(trial, tally.looks, null=null), can) | {"fixed": fixed}
    )


def _shares(arms: list[str], won: Found, can: Found) -> dict[str, Any]:
    """Any, all and each of the arms; those that cannot be tested are null.

    Args:
        arms: compared with the control.
        won: whether each was declared so, (replicates, arms).
        can: whether each can be tested, (arms,).
    """
    by_arm: dict[str, Share] = {
        arm: share_of(won[:, place] if can[place] else _NONE) for place, arm in enumerate(arms)
    }
    some = np.asarray(won.any(axis=1)) if can.any() else _NONE
    every = np.asarray(won.all(axis=1)) if can.size and can.all() else _NONE
    return {"any": share_of(some), "all": share_of(every), "by_arm": by_arm}
