"""What cannot be in a trial file, though every field of it can: parts that contradict one another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from endplate.case.fields import wrong
from endplate.knowledge.vocabulary import MEASURES
from endplate.knowledge.vocabulary.patterns import load_links

if TYPE_CHECKING:
    from endplate.case.recruiting import Recruit
    from endplate.case.study import Population
    from endplate.case.trial import Trial

MOST_SITES = 100


def check_coherent(trial: Trial) -> None:
    """Raise where parts of a trial contradict one another.

    Args:
        trial: whose fields have been read.
    """
    if trial.recruit is not None:
        _recruited(trial, trial.recruit)
    _joint_named(trial)
    _visits_in_order(trial)
    _leaving_has_an_end(trial)
    _control_known(trial)
    _sites(trial)


def _recruited(trial: Trial, recruit: Recruit) -> None:
    """Who is recruited against what the file says of them, and against the joints that are looked at."""
    if trial.population is not None:
        _told_of(trial.population, recruit)
    named = {pattern for each in recruit.populations for pattern in each.patterns}
    joints = sorted({link.joint for link in load_links() if link.pattern in named})
    rows = [(endpoint.joint, ("endpoints", index, "joint")) for index, endpoint in enumerate(trial.endpoints)]
    joint = trial.population.joint if trial.population else None
    for found, at in [(joint, ("population", "joint")), *rows]:
        if found is not None and found not in joints:
            message = f"No pattern of the people recruited involves the {found}"
            remedy = f"Use one of {', '.join(joints)}, or recruit another population."
            raise wrong("recruit", message, remedy, at)


def _told_of(population: Population, recruit: Recruit) -> None:
    if population.adults is recruit.children:  # None is neither
        told = "children" if recruit.children else "adults"
        message = f"The people recruited are {told}, and population says otherwise"
        raise wrong("recruit", message, "Leave adults out, or recruit others.", ("population", "adults"))
    conditions = sorted({each.condition for each in recruit.populations})
    if population.condition is not None and population.condition not in conditions:
        message = f"Nobody recruited has {population.condition.replace('_', ' ')}"
        remedy = f"Write {' or '.join(conditions)}, or recruit another population."
        raise wrong("recruit", message, remedy, ("population", "condition"))


def _joint_named(trial: Trial) -> None:
    """The joint of the population has the baseline: some endpoint is of it, or of none where one is read."""
    joint = trial.population.joint if trial.population else None
    named = {endpoint.joint for endpoint in trial.endpoints if endpoint.joint}
    left_out = any(MEASURES[each.measure].of_joints and each.joint is None for each in trial.endpoints)
    if joint is not None and named and joint not in named and not left_out:
        message = f"No endpoint is of the {joint}, the joint of the population"
        remedy = f"Write {' or '.join(sorted(named))}, or add an endpoint of the {joint}."
        raise wrong("joint", message, remedy, ("population", "joint"))


def _visits_in_order(trial: Trial) -> None:
    days = [visit.to("d").value for visit in trial.visits]
    for place, (early, late) in enumerate(pairwise(days)):
        if late <= early:
            message = (
                f"The visit at {trial.visits[place + 1]} does not come after that at {trial.visits[place]}"
            )
            raise wrong("visits", message, "Write visits in order of time, each once.", ("visits", place + 1))


def _leaving_has_an_end(trial: Trial) -> None:
    """People leave at a constant rate up to the last day that the file names, so that it must name one."""
    share = trial.attendance.left_by_end
    days = [*trial.visits, *(each.at for each in trial.endpoints if each.at is not None)]
    if share is not None and share.value > 0 and not any(day.value > 0 for day in days):
        message = "People leave by the last visit, and none lies after baseline"
        remedy = "Add visits after it, or leave out left_by_end."
        raise wrong("attendance", message, remedy, ("attendance", "left_by_end"))


def _control_known(trial: Trial) -> None:
    """Of arms that all inject none is by itself the one against which the others are compared."""
    if len(trial.arms) > 1 and trial.analysis.against is None and all(arm.injections for arm in trial.arms):
        remedy = f"Write analysis: {{against: ...}} with one of {', '.join(arm.arm for arm in trial.arms)}."
        raise wrong("control_missing", "Every arm injects, and no control is named", remedy, ("analysis",))


def _sites(trial: Trial) -> None:
    for place, arm in enumerate(trial.arms):
        for index, item in enumerate(arm.injections):
            if (item.sites or 0) > MOST_SITES:
                message = f"{item.sites} sites in one muscle are not possible"
                at = ("arms", place, "injections", index, "sites")
                raise wrong("sites", message, f"Write at most {MOST_SITES}.", at)
