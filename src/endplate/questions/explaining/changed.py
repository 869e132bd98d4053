"""The course of every joint as it was in each copy, and as it had been with one thing changed.

Every change leaves all other numbers of the copy as they are, so that a difference is that change's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline, PlannedInjection
from endplate.knowledge.vocabulary.patterns import candidates
from endplate.physiology import muscle as muscle_stage
from endplate.physiology.joint import response
from endplate.physiology.joint.reflex import drive_kept
from endplate.questions.individualising.copies import POTENCY
from endplate.questions.individualising.running import Runner
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, session_times
from endplate.simulation.draws.overlay import Overlay
from endplate.simulation.draws.steered import Remembered, Steered, process_of
from endplate.simulation.joints.course import BeforeTreatment, before_treatment
from endplate.simulation.joints.mechanics import size_of
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import Draws

Array = NDArray[np.float64]
Courses = tuple[Array, ...]  # change of grade of every joint, (copies, times) each

CAUSES = ("muscle", "dose", "contracture", "timing", "placement", "response", "other")
"""What may be wrong, each with one change that sets it right; ``other`` is what comes without the drug."""
_NEEDLES = ("needle/", "zone/", "miss/")


@dataclass(frozen=True)
class Exact(Overlay):
    """The same copies with every needle where it was aimed and every endplate zone where the table has it."""

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count); none of needles and zones."""
        if process.startswith(_NEEDLES):
            return np.zeros((self.size, count))
        return self.beneath.normal(process, count)

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count); 0 of a miss, so that no needle misses."""
        if process.startswith(_NEEDLES):
            return np.zeros((self.size, count))
        return self.beneath.uniform(process, count)


@dataclass(frozen=True)
class Changed:
    """What single changes do.

    Attributes:
        time_d: days since the plan's session, (times,).
        as_it_was: of every joint.
        had: by cause, of every joint; left out where a cause asks for no other course of the drug.
    """

    time_d: Array
    as_it_was: Courses
    had: Mapping[str, Courses]


@dataclass(frozen=True)
class Rerun:
    """Runs the copies of a case again.

    Attributes:
        runner: of the case, whose visits taught.
        draws: the copies.
        more: the injections with doses raised; None where they cannot be.
        told: called after every run.
    """

    runner: Runner
    draws: Draws
    more: tuple[PlannedInjection, ...] | None
    told: Callable[[], None] = lambda: None

    def changed(self) -> Changed:
        """The courses of all joints, and those after every change."""
        draws = Remembered(self.draws)
        bases = self.runner.followed.baselines
        joints = [before_treatment(base, draws, self._size) for base in bases]
        chain = self._chain(draws)
        plan_d = self.runner.followed.sessions.plan_d
        since = np.flatnonzero(chain.time_d >= plan_d)

        def from_plan(courses: list[Array]) -> Courses:
            return tuple(course[:, since] for course in courses)

        def all_of(run: Chain) -> Courses:
            pairs = zip(joints, bases, strict=True)
            return from_plan([_change(joint, *_left(run, base)) for joint, base in pairs])

        had = {
            "muscle": from_plan(
                [
                    _change(joint, *_left(chain, base, self._typical(chain, base)))
                    for joint, base in zip(joints, bases, strict=True)
                ]
            ),
            "contracture": from_plan(
                [
                    _change(_without_contracture(joint), *_left(chain, base))
                    for joint, base in zip(joints, bases, strict=True)
                ]
            ),
            "placement": all_of(self._chain(Exact(draws), aimed=True)),
            "response": all_of(self._chain(_typical_person(draws), biology=self._no_antibodies)),
        }
        if self.more is not None:
            had["dose"] = all_of(self._chain(draws, self.more))
        return Changed(chain.time_d[since] - plan_d, all_of(chain), had)

    def course(self, joint: int) -> tuple[Array, Array]:
        """Days since the first session and change of grade of one joint, (copies, times)."""
        draws, base = Remembered(self.draws), self.runner.followed.baselines[joint]
        chain = self._chain(draws)
        return chain.time_d, _change(before_treatment(base, draws, self._size), *_left(chain, base))

    @property
    def _size(self) -> float:
        return size_of(self.runner.followed.mass_kg)

    @property
    def _no_antibodies(self) -> Biology:
        return replace(self.runner.biology, antibodies=0.0)

    def _typical(self, chain: Chain, base: JointBaseline) -> muscle_stage.Course | None:
        """Mean course of the muscles injected here, by their share of torque; of all where none was."""
        pool = joint_pool(base.joint, base.movement)
        here = [name for name in pool.muscles if (name, base.side) in chain.muscles]
        places = [(name, base.side) for name in here] or list(chain.muscles)
        if not places:
            return None
        weight = np.median(pool.weight, axis=0)
        shares = np.array([weight[pool.muscles.index(name)] for name in here] or [1.0] * len(places))
        shares = shares / shares.sum() if shares.sum() else np.full(len(places), 1 / len(places))
        held = [chain.muscles[place] for place in places]
        mean = {
            name: np.tensordot(shares, np.stack([getattr(each, name) for each in held]), 1)
            for name in ("force", "spindle")
        }
        return replace(chain.remote, **mean)

    def _chain(
        self,
        draws: Draws,
        injections: tuple[PlannedInjection, ...] | None = None,
        aimed: bool = False,
        biology: Biology | None = None,
    ) -> Chain:
        """The muscles of all sessions followed, without joints."""
        read, runner = self.runner.followed, self.runner
        shots = read.injections if injections is None else injections
        if aimed:
            shots = tuple(replace(shot, at_fraction=None) for shot in shots)
        days = read.sessions.days
        chain = run_chain(
            shots,
            (),
            read.mass_kg,
            draws,
            session_times(runner.last_d, days),
            sessions_d=days,
            biology=biology or runner.biology,
            dose=np.tile(np.array(read.sessions.doses), (draws.size, 1)),
        )
        self.told()
        return chain


def left_out(base: JointBaseline, injections: tuple[PlannedInjection, ...]) -> tuple[str, ...]:
    """Muscles that may carry the tone of a joint in a pattern held and were not injected on its side."""
    given = {(shot.muscle, shot.side) for shot in injections}
    named = {link.muscle for link in candidates(base.joint, base.movement)}
    pool = joint_pool(base.joint, base.movement).muscles
    return tuple(name for name in pool if name in named and (name, base.side) not in given)


def _left(
    chain: Chain, base: JointBaseline, typical: muscle_stage.Course | None = None
) -> tuple[Array, Array]:
    """Residual force and spindle efficacy of the muscles of a joint, (copies, muscles, times) each.

    Args:
        chain: the run.
        base: the joint.
        typical: what the muscles left out had done too; as they were without it.
    """
    names = joint_pool(base.joint, base.movement).muscles
    named = {link.muscle for link in candidates(base.joint, base.movement)}
    force, spindle = [], []
    for name in names:
        own = chain.course_of(name, base.side)
        too = typical if name in named and (name, base.side) not in chain.muscles else None
        force.append(np.minimum(own.force, too.force) if too else own.force)
        spindle.append(np.minimum(own.spindle, too.spindle) if too else own.spindle)
    return np.stack(force, axis=1), np.stack(spindle, axis=1)


def _change(joint: BeforeTreatment, residual: Array, efficacy: Array) -> Array:
    """Change of grade, (copies, times), as :func:`endplate.simulation.joints.course.joint_course`."""
    graded = joint.grades(residual, drive_kept(joint.spindle_share, efficacy))
    return joint.change(graded, graded[:, :1])


def _without_contracture(joint: BeforeTreatment) -> BeforeTreatment:
    """The same joint and grade, all of its resistance made by muscle: the gain is solved anew for it."""
    pool, size = joint.pool, joint.chosen.joint.size
    supple = replace(pool.responses, excess_Nm=np.minimum(pool.responses.excess_Nm, 0))
    target = joint.target_Nm()
    places = np.stack([joint.chosen.joint, joint.chosen.joint + 1], axis=1)
    unread = response.Recorded(np.zeros(size), np.full(size, np.inf), np.zeros(size), np.full(size, np.inf))
    gains = (pool.median_gain, pool.sd_log_gain)
    chosen = response.choose(supple, target, *gains, places, np.full(size, 1 / 2), joint.felt, unread)
    return replace(joint, pool=replace(pool, responses=supple), chosen=chosen)


def _typical_person(draws: Draws) -> Draws:
    """The same copies with the potency of the population's median person."""
    return Steered(draws, {process_of(POTENCY): np.zeros(draws.size)})
