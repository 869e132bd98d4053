"""A trial with interim looks at its primary endpoint, and how it operates over many replicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case.trial import Trial
from endplate.knowledge.units import PERCENT
from endplate.questions.trialling.analysis import UNTESTED, Group, compared
from endplate.questions.trialling.told import share_of, summary_of
from endplate.questions.trialling.verdicts import verdicts, won_of

Found = NDArray[np.bool_]


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


def looks(trial: Trial, groups: Mapping[str, Group]) -> Looks:
    """One replicate of a trial with interim looks at the primary endpoint.

    A dropped arm takes in nobody further; a trial that stops for efficacy takes in nobody further either. At
    the end a dropped arm counts as not different: to adjust for fewer arms because one did badly would err
    more often than the level says.
    """
    primary, control, sides = trial.primary, trial.control.arm, trial.analysis.sides
    going, dropped = dict(groups), dict[str, int]()
    people = {arm: group.people for arm, group in groups.items()}
    for place, interim in enumerate(trial.interims, start=1):
        now = {arm: group.first(interim.after.value / PERCENT) for arm, group in going.items()}
        found = compared(trial, primary, now)
        p = {arm: each.sided(sides, primary) for arm, each in found.items()}
        low = {arm: each < interim.stop_if_p_below for arm, each in p.items()}
        won = won_of(primary, found, low)
        if any(won.values()):
            people |= {arm: group.people for arm, group in now.items()}
            return Looks(dropped, place, low, won, sum(people.values()))
        for arm, each in p.items():
            if each > interim.drop_if_p_above and found[arm].tested:
                people[arm], dropped[arm] = now[arm].people, place
                going.pop(arm)
        if set(going) == {control}:
            people[control] = now[control].people
            return Looks(dropped, 0, {}, {}, sum(people.values()))
    at_end = compared(trial, primary, going)
    all_arms = {arm.arm: at_end.get(arm.arm, UNTESTED) for arm in trial.compared}
    different = verdicts(trial, primary, all_arms)
    return Looks(dropped, 0, different, won_of(primary, all_arms, different), sum(people.values()))


def declared(trial: Trial, found: Sequence[Looks], *, null: bool) -> Found:
    """Which arms the looks and the end declared better, of a null trial different, (replicates, arms)."""
    ends = [each.rejected if null else each.won for each in found]
    return np.array([[each.get(arm.arm, False) for arm in trial.compared] for each in ends], dtype=np.bool_)


def operating(trial: Trial, found: Sequence[Looks], *, null: bool) -> dict[str, Any] | None:
    """Operating characteristics of the interim looks: who was dropped, when it stopped, people needed.

    ``won`` tells who was declared better; of a null trial different, which is its type I error. Every share
    has its binomial interval.
    """
    if not found:
        return None
    ends = declared(trial, found, null=null)
    stopped = np.array([each.stopped for each in found])
    stops = [
        {"look": look, "stopped": share_of(stopped == look)} for look in range(1, len(trial.interims) + 1)
    ]
    arms = [
        {
            "arm": arm.arm,
            "dropped": share_of(np.array([arm.arm in each.dropped for each in found])),
            "won": share_of(ends[:, place]),
        }
        for place, arm in enumerate(trial.compared)
    ]
    people = np.array([each.people for each in found], dtype=np.float64)
    return {
        "looks": stops,
        "arms": arms,
        "people": summary_of(people),
        "won": share_of(np.asarray(ends.any(axis=1))),
    }
