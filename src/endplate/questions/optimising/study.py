"""One question of `optimise` from the candidates to the answer: search, run in full, judge, tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.case import Case, JointBaseline, joint_baselines
from endplate.case.goals import Goals
from endplate.errors import InputError
from endplate.knowledge.labels import Rule
from endplate.knowledge.vocabulary import wording
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.questions.optimising.binding import binding, of_finding, too_tight, unavoidable
from endplate.questions.optimising.front import front, spread_out
from endplate.questions.optimising.full import FullRun, run_in_full
from endplate.questions.optimising.problem import Demands, Problem, nearest, problem_of
from endplate.questions.optimising.search import Found, search
from endplate.questions.optimising.space import Space, space_of
from endplate.questions.optimising.told import certificate, goal_probability, plan_row, score, searched, used
from endplate.questions.readings import joint_place
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.document import calibration_notes, evidence_rows
from endplate.simulation.draws.steered import Remembered
from endplate.simulation.joints.document import spread_alone
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import Draws, RandomDraws

Picks = NDArray[np.int64]
Progress = Callable[[float], None]
Row = dict[str, Any]
Asked = RandomDraws | Remembered
Answer = tuple[Row, tuple[Case, ...]]

_ROUNDS = 4  # searches, each asking for what the full run of the one before fell short of
_MARGIN = 0.005
_RUN = 1.5  # times the plans wanted of a front are run in full
_READY, _FOLLOWED, _FOUND, _EVOLVED = 0.1, 0.25, 0.45, 0.6  # shares of the work, for who watches


@dataclass(frozen=True)
class Plan:
    """A plan run in full, with the problem it was found in."""

    problem: Problem
    picks: Picks
    run: FullRun
    certificate: Row | None = None

    @property
    def is_answer(self) -> bool:
        """Whether the label code finds nothing critical and every demand is met."""
        return not self.run.checked.critical and self.run.meets(self.problem.demands)


@dataclass(frozen=True)
class Searched:
    """The copies of a question.

    Attributes:
        seed: of every random stream.
        all: the copies of the full runs.
        few: those that the search sees.
        taught_by: how the person was learnt, None where copies are those of the prior.
    """

    seed: int
    all: Asked
    few: Draws
    taught_by: Row | None = None


class Study:
    """One question: the person, the goals and the copies."""

    def __init__(
        self,
        case: Case,
        goals: Goals,
        copies: Searched,
        horizon_d: int,
        biologies: tuple[Biology, ...],
        progress: Progress | None = None,
    ) -> None:
        """Begin; arguments as :func:`endplate.questions.optimise.optimise`, the first biology asked for."""
        self.case, self.goals, self.draws, self.horizon_d = case, goals, copies.all, horizon_d
        self.copies = copies
        self.biologies, self._progress = biologies, progress
        self.discarded = {"critical": 0, "short": 0}
        self.spaces: list[Space] = []

    def answer(self, wanted: int) -> Answer:
        """The document and the case with each plan told; ``wanted`` plans at most."""
        self.spaces = [space_of(self.case, self.goals, dilution) for dilution in self._dilutions()]
        stopped = [unavoidable(space) for space in self.spaces]
        if all(stopped):
            return self._no([of_finding(finding) for findings in stopped[:1] for finding in findings])
        problems = self._problems([s for s, why in zip(self.spaces, stopped, strict=True) if not why])
        found = [self._one(problem) for problem in problems]
        self._tell(_FOUND)
        good = [plan for plan in found if isinstance(plan, Plan)]
        if not good:
            return self._none_meets(problems, found)
        best = max(good, key=lambda plan: score(plan.problem, plan.run))
        return self._yes([best] if wanted == 1 else self._front(problems, best, wanted))

    def _tell(self, done: float) -> None:
        if self._progress:
            self._progress(done)

    def _dilutions(self) -> Sequence[Quantity]:
        """The dilutions searched: the user's, else the plan's."""
        if self.goals.dilutions:
            return self.goals.dilutions
        if self.case.plan is None or self.case.plan.dilution is None:
            raise InputError(
                "The plan has no dilution, so the fluid of other doses is not known",
                rule="dilution_required",
                remedy="Add plan.dilution, or dilutions to the goals.",
                field="plan.dilution",
            )
        return (self.case.plan.dilution,)

    def _problems(self, spaces: Sequence[Space]) -> list[Problem]:
        """Joints and surfaces of what can be searched."""
        for base in joint_baselines(self.case):  # each in threads of its own
            joint_pool(base.joint, base.movement)
        self._tell(_READY)
        few = self.copies.few
        problems = [problem_of(self.case, space, self.goals, few, self.biologies) for space in spaces]
        self._tell(_FOLLOWED)
        return problems

    def run(self, case: Case) -> FullRun:
        """A plan run in full in all copies."""
        return run_in_full(case, self.goals, self.draws, self.biologies, self.horizon_d)

    def _one(self, problem: Problem) -> Plan | Found | None:
        """The best plan at one dilution that stands in a full run; else the closest, or nothing that fits."""
        searching, own, found = problem, nearest(problem, self.case), None
        for _ in range(_ROUNDS):
            found = search(searching, own, found)
            if found is None:
                return None
            plan = self._plan(problem, found, found.picks)
            if plan.is_answer:
                others = (self._plan(problem, found, picks) for picks in found.others)
                answers = [plan, *(other for other in others if other.is_answer)]
                return max(answers, key=lambda each: score(problem, each.run))
            self._discard(plan)
            if not plan.run.checked.critical:
                if found.judged.short[0] > 0:
                    break
                searching = searching.demanding(_harder(searching.demands, problem.demands, plan.run))
        return found

    def _plan(self, problem: Problem, found: Found, picks: Picks) -> Plan:
        """A plan of the search run in full."""
        return Plan(problem, picks, self.run(problem.space.plan_of(picks)), certificate(found, picks))

    def _discard(self, plan: Plan) -> None:
        """Leave a plan out of all that follows: the label code or a demand speaks against it."""
        critical = plan.run.checked.critical
        self.discarded["critical" if critical else "short"] += 1
        if critical:
            plan.problem.banned.add(tuple(plan.picks.tolist()))

    def _front(self, problems: Sequence[Problem], best: Plan, wanted: int) -> list[Plan]:
        """The best plan and others of which none is better in everything, each run in full.

        More are run than are told, as the full run finds some that are no better in anything.
        """
        plans, shares = [best], math.ceil(_RUN * wanted / len(problems))
        for problem in problems:
            same = problem is best.problem
            known = (best.picks if same else None, nearest(problem, self.case))
            starts = [row for row in known if row is not None]
            rows = front(problem, starts, self.copies.seed, self._between(_FOUND, _EVOLVED))
            tell = self._between(_EVOLVED, 1)
            for place, row in enumerate(spread_out(problem, rows, shares)):
                if same and np.array_equal(row, best.picks):
                    continue
                plan = Plan(problem, row, self.run(problem.space.plan_of(row)))
                tell(place / shares)
                if plan.is_answer:
                    plans.append(plan)
                else:
                    self._discard(plan)
        others = [plan for plan in plans[1:] if not any(self._beats(each, plan) for each in plans)]
        others.sort(key=lambda plan: -goal_probability(self.goals, plan.run))
        some = np.unique(np.linspace(0, len(others) - 1, min(wanted - 1, len(others))).round().astype(int))
        kept = [best, *(others[place] for place in some)]
        return sorted(kept, key=lambda plan: -score(plan.problem, plan.run))

    def _beats(self, one: Plan, other: Plan) -> bool:
        """Whether a plan is at least as good in everything and, in something, better."""
        first, second = self._aims(one), self._aims(other)
        return first != second and all(a <= b for a, b in zip(first, second, strict=True))

    def _aims(self, plan: Plan) -> tuple[float, ...]:
        """What is to be small, as the full run has it."""
        takes = used(plan.run)
        return (-goal_probability(self.goals, plan.run), *(takes[name] for name in self.goals.front))

    def _between(self, start: float, end: float) -> Progress:
        return lambda share: self._tell(start + (end - start) * share)

    def _none_meets(self, problems: Sequence[Problem], found: Sequence[object]) -> Answer:
        """The answer no: the limits that bind where the search came closest."""
        for problem, closest in zip(problems, found, strict=True):
            if isinstance(closest, Found):
                run = self.run(problem.space.plan_of(closest.picks))
                row = plan_row(self.goals, problem.space.rules, run, None)
                told = {name: row[name] for name in ("goal_probability", "targets", "keep", "total_U")}
                return self._no(binding(problem, closest.picks), told)
        return self._no(list(too_tight(problems[0])))

    def _yes(self, plans: Sequence[Plan]) -> Answer:
        first = plans[0]
        told = [plan_row(self.goals, self._rules, plan.run, plan.certificate) for plan in plans]
        return self._document(told, binding(first.problem, first.picks), None), tuple(
            plan.run.case for plan in plans
        )

    def _no(self, rows: list[Row], closest: Row | None = None) -> Answer:
        return self._document([], rows, closest), ()

    def _notes(self) -> Iterator[str]:
        """What must be known of case, calibration and spaces, and of an earlier cycle."""
        yield from (*self.case.notes, *calibration_notes())
        for space in self.spaces:
            yield from space.notes
            yield from spread_alone(self._stretched(), space.searched)
        yield from self._of_learning()

    def _stretched(self) -> Iterator[tuple[JointBaseline, tuple[str, ...]]]:
        """The joints that the goals name, with the muscles that they stretch."""
        named = {row.place for row in (*self.goals.targets, *self.goals.keep.strength)}
        for base in joint_baselines(self.case):
            if joint_place(base) in named:
                yield base, joint_pool(base.joint, base.movement).muscles

    def _of_learning(self) -> Iterator[str]:
        """What must be known of the cycle that taught."""
        taught = self.copies.taught_by
        if taught is not None:
            yield from (f"Of the cycle that taught: {warning}" for warning in taught["warnings"])
            yield from (f"Of it not used: {row['where']}: {row['reason']}." for row in taught["not_used"])

    @property
    def _rules(self) -> tuple[Rule, ...]:
        return self.spaces[0].rules

    def _document(self, plans: list[Row], rows: list[Row], closest: Row | None) -> Row:
        own = plan_row(self.goals, self._rules, self.run(self.case), None)
        pools = [joint_pool(base.joint, base.movement) for base in joint_baselines(self.case)]
        records = {*self.draws.used, *(record for pool in pools for record in pool.used)}
        evidence, sources = evidence_rows(tuple(sorted(records)))
        self._tell(1)
        return {
            "endplate": __version__,
            "model_version": MODEL_VERSION,
            "seed": self.copies.seed,
            "draws": self.draws.size,
            "horizon_d": self.horizon_d,
            "learnt_from": self.copies.taught_by,
            "search_draws": self.copies.few.size,
            "feasible": bool(plans),
            "plans": plans,
            "binding": rows,
            "own": own,
            "closest": closest,
            "searched": [searched(space) for space in self.spaces],
            "discarded": self.discarded,
            "biologies": [asdict(biology) for biology in self.biologies],
            "warnings": list(dict.fromkeys(self._notes())),
            "wording": {
                "banner": wording.BANNER,
                "optimiser": wording.OPTIMISER,
                "simulation": wording.SIMULATION,
                "ranges": wording.RANGES,
                "product": wording.PRODUCT,
            },
            "goals": self.goals.model_dump(mode="json"),
            "inputs": self.case.to_dict(),
            "evidence": evidence,
            "sources": sources,
        }


def _harder(asked: Demands, wanted: Demands, run: FullRun) -> Demands:
    """Demands on the surfaces, more by what a full run lacked of those wanted."""
    found = run.worst

    def more(now: NDArray[np.float64], lacks: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.where(lacks > 0, np.minimum(now + lacks + _MARGIN, 1), now))

    lacks = max(0.0, wanted.unwanted - float(found.unwanted[0]))
    return replace(
        asked,
        targets=more(asked.targets, wanted.targets - found.targets[0]),
        strength=more(asked.strength, wanted.strength - found.strength[0]),
        unwanted=min(asked.unwanted + (lacks + _MARGIN if lacks else 0.0), 1.0),
    )
