"""The share of an arm's people with neutralising antibodies, from its sessions and the toxin in them."""

from __future__ import annotations

import numpy as np

from endplate.case import Arm, Outcome, PlannedInjection
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.physiology import body
from endplate.questions.reproducing.arms import sessions_d
from endplate.questions.reproducing.groups import CannotSimulate, Group
from endplate.questions.reproducing.reported import Statistic
from endplate.simulation.parameters import draw, stream


def check_told(arm: Arm) -> None:
    """Raise unless the arm tells how much toxin was given how often.

    Raises:
        CannotSimulate: with the reason.
    """
    if not arm.injections:
        raise CannotSimulate("antibodies follow from product and dose, and the arm lists no injections")
    if arm.repeat is None:
        raise CannotSimulate("antibodies follow from the number of sessions, which the arm does not tell")


def with_antibodies(
    arm: Arm,
    outcome: Outcome,
    shots: tuple[PlannedInjection, ...],
    group: Group,
    reported: int,
    key: str,
) -> Statistic:
    """The share with antibodies in a group of its size, in every draw.

    Args:
        arm: an arm that tells its sessions, see :func:`check_told`.
        outcome: with ``at``, only sessions up to that time count.
        shots: what the arm injects in one session.
        group: the people of the arm, as many as there are draws.
        reported: people tested.
        key: names the row's own chance.
    """
    p = draw(body.Immunity, group)
    toxin = np.full(group.size, body.load_ng(arm.product or "", sum(shot.dose_U for shot in shots)))
    last = outcome.at.to("d").value if outcome.at else np.inf
    hazard, before = np.zeros(group.size), np.nan
    for day in sessions_d(arm):
        if day <= last:
            since_wk = np.full(group.size, (day - before) / DAYS_PER_WEEK)
            hazard, before = hazard + body.session_hazard(p, toxin, since_wk), day
    share = -np.expm1(-hazard)
    found = stream(group.seed, f"{key}/antibodies").binomial(reported, share) / reported
    chance = float(np.sqrt(np.mean(share * (1 - share)) / reported))
    return Statistic(np.asarray(found), chance, chance)
