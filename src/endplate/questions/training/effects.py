"""What the needles of an attempt do: units and endplates muscle by muscle, force lost, the joint's change.

The person is the median of every record, so that a score hangs on the needles and on nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from endplate.case import PlannedInjection, Training, joint_baselines
from endplate.case.goals import GOAL_WEEKS
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.physiology.spread import Tips
from endplate.questions.training.limb import ShownLimb
from endplate.questions.training.needles import Placed
from endplate.simulation.chain import Chain, run_chain, time_grid
from endplate.simulation.injection import Needles, Reached, reach_at
from endplate.simulation.parameters import OneAtATime

HORIZON_D = GOAL_WEEKS[1] * DAYS_PER_WEEK


@dataclass(frozen=True)
class OfMuscle:
    """What one muscle got: units, share of its endplates beyond half block, and the least force, over 1."""

    muscle: str
    target: bool
    held_U: float
    beyond_half: float
    lowest_force: float


@dataclass(frozen=True)
class OfJoint:
    """One joint: the grade recorded and its change by the drug in the mean of weeks 4 to 12."""

    joint: str
    side: str
    movement: str
    scale: str
    grade: str
    change: float


@dataclass(frozen=True)
class Effects:
    """All that an attempt's needles do; ``given_U`` counts units that reached no muscle too."""

    given_U: float
    muscles: tuple[OfMuscle, ...]
    joints: tuple[OfJoint, ...]

    @property
    def targets(self) -> tuple[OfMuscle, ...]:
        """The muscles of the task."""
        return tuple(row for row in self.muscles if row.target)

    @property
    def on_target(self) -> float:
        """Share of the units given that the muscles of the task hold."""
        return sum(row.held_U for row in self.targets) / self.given_U if self.given_U else 0.0

    @property
    def worst_neighbour(self) -> OfMuscle | None:
        """The muscle beside the task that loses most force; None where no other was reached."""
        others = [row for row in self.muscles if not row.target]
        return min(others, key=lambda row: row.lowest_force, default=None)

    @property
    def gain(self) -> float:
        """Grades that the best of the joints gains."""
        return max((-row.change for row in self.joints), default=0.0)


def effects_of(training: Training, shown: ShownLimb, placed: Sequence[Placed]) -> Effects:
    """Follow the units of every needle whose tip lies in a muscle.

    Args:
        training: plan, person and muscles of the task.
        shown: its limb.
        placed: the needles as they came to lie.
    """
    needles = tuple(_needle(training, shown, each) for each in placed if each.muscle and each.dose_U)
    given = sum(each.dose_U for each in placed)
    if not needles:
        return Effects(given, tuple(OfMuscle(m, True, 0.0, 0.0, 1.0) for m in training.muscles), ())
    draws, side = OneAtATime(()), training.show.side
    aimed = frozenset((muscle, side) for muscle in training.muscles)
    return followed(training, reach_at(needles, aimed, training.mass_kg, draws), needles, given)


def followed(
    training: Training,
    reached: dict[tuple[str, str], Reached],
    needles: tuple[Needles, ...],
    given_U: float,
) -> Effects:
    """From what the muscles got to force and joint."""
    chain = run_chain(
        tuple(shot for shot, _ in needles),
        joint_baselines(training.case()),
        training.mass_kg,
        OneAtATime(()),
        time_grid(HORIZON_D),
        reached=reached,
    )
    return Effects(given_U, _muscles(training, chain), _joints(chain))


def _needle(training: Training, shown: ShownLimb, each: Placed) -> Needles:
    assert training.plan is not None and each.muscle is not None
    shot = PlannedInjection(
        f"plan.injections[{each.number - 1}]",
        each.muscle,
        training.show.side,
        training.plan.product,
        each.dose_U,
        1,
        each.dose_U / float(training.plan.dilution.value),
        None,
        training.plan.guidance,
    )
    host = np.array([[shown.names.index(each.muscle)]])
    return shot, Tips(np.array([[each.tip_mm]]), host)


def _muscles(training: Training, chain: Chain) -> tuple[OfMuscle, ...]:
    """Every muscle that was reached, those of the task first, then by units held."""
    rows = []
    for place, got in chain.reached.items():
        course = chain.course_of(*place)
        target = place[0] in training.muscles
        beyond = float(chain.beyond_half[place][0])
        rows.append(OfMuscle(place[0], target, float(got.held_U[0]), beyond, float(course.force[0].min())))
    return tuple(sorted(rows, key=lambda row: (not row.target, -row.held_U, row.muscle)))


def _joints(chain: Chain) -> tuple[OfJoint, ...]:
    inside = (chain.time_d >= GOAL_WEEKS[0] * DAYS_PER_WEEK) & (chain.time_d <= GOAL_WEEKS[1] * DAYS_PER_WEEK)
    days = chain.time_d[inside]
    found = []
    for joint in chain.joints:
        course = joint.scale_change[0][inside]
        mean = float(np.trapezoid(course, days) / np.ptp(days))
        base = joint.baseline
        found.append(OfJoint(base.joint, base.side, base.movement, base.scale, base.value, mean))
    return tuple(found)
