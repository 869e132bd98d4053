"""`optimise`: search plans that meet goals within every held limit, and run in full what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case
from endplate.case.goals import Goals
from endplate.errors import InputError
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.physiology.terminal.recovery import others
from endplate.questions.answer import Answer
from endplate.questions.individualise import IndividualiseResult
from endplate.questions.individualising.next_time import NextSession, next_case
from endplate.questions.needs import at_least_one
from endplate.questions.optimising.asking import goals_of, may_search
from endplate.questions.optimising.front import needs_pymoo
from endplate.questions.optimising.study import Searched, Study
from endplate.simulation import Biology
from endplate.simulation.draws.steered import Remembered
from endplate.simulation.draws.subset import Subset
from endplate.simulation.parameters import RandomDraws

__all__ = ["OptimiseResult", "optimise"]

DRAWS = 400
MOST_PLANS = 60
_SEARCHED = 128  # copies that the search sees


@dataclass(frozen=True)
class OptimiseResult(Answer):
    """Plans found, beside the user's own.

    Attributes:
        cases: the case with each plan of ``document["plans"]``, ready for any other question.
    """

    cases: tuple[Case, ...]

    @property
    def feasible(self) -> bool:
        """Whether a plan meets the goals within the limits."""
        return bool(self.document["feasible"])


def optimise(
    case: Case,
    goals: Goals | None = None,
    *,
    front: int = 1,
    draws: int = DRAWS,
    seed: int = 1,
    horizon_d: int = 182,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
    learnt: IndividualiseResult | None = None,
) -> OptimiseResult:
    """Search plans that meet goals within every held limit and the user's own.

    Every plan told was run in full and judged by ``check``; one with a critical finding is never told.

    Args:
        case: a case with the user's own plan, whose product, date, place and guidance stand.
        goals: what is wanted; without it every joint with raised tone a grade better.
        front: how many plans are told; more than one are a front, which needs the extra ``optimise``.
        draws: virtual copies of the full runs.
        seed: of every random stream.
        horizon_d: days followed.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.
        learnt: what visits of an earlier cycle taught of this person: copies are then those of its posterior,
            with needles placed anew, and joints start as that cycle found them before it.

    Raises:
        InputError: no plan may be searched for this person, the goals do not fit the case, fewer than one
            draw, day or plan was asked for, or pymoo is not installed and a front is asked for.
    """
    may_search(case)
    if learnt is not None:
        case = _taught(case, goals, biology or Biology(), learnt)
    goals = goals_of(case, goals)
    _possible(goals, front, draws, horizon_d)
    if front > 1:
        needs_pymoo()
    copies, biologies = _copies(seed, draws, learnt), _biologies(biology, goals)
    return OptimiseResult(*Study(case, goals, copies, horizon_d, biologies, progress).answer(front))


def _taught(case: Case, goals: Goals | None, biology: Biology, learnt: IndividualiseResult) -> Case:
    """The case with what the earlier cycle adds to it; all that bars the search bars what taught as well.

    Raises:
        InputError: the earlier cycle does not fit, was learnt under other assumptions, or may not be
            searched; or the worst of both accounts of recovery is asked for, of which only one was learnt.
    """
    may_search(learnt.case)
    if learnt.document["biology"] != asdict(biology):
        raise InputError(
            "The earlier cycle was learnt under another biology than the one asked for",
            rule="earlier_cycle",
            remedy="Learn and search under the same one.",
            field="biology",
        )
    if goals is not None and goals.robust:
        raise InputError(
            "What an earlier cycle taught holds for the account of recovery it was learnt under alone",
            rule="earlier_cycle",
            remedy="Leave robust out, or search without an earlier cycle.",
            field="goals.robust",
        )
    return next_case(case, learnt.case)


def _copies(seed: int, draws: int, learnt: IndividualiseResult | None) -> Searched:
    """The copies of the full runs and, fewer, of the search."""
    few = min(draws, _SEARCHED)
    if learnt is None:
        return Searched(seed, RandomDraws(seed, draws), RandomDraws(seed, few))
    person = NextSession.of_person(learnt.person, seed)
    held, size = learnt.document, min(draws, learnt.person.size)
    taught = {
        "plan": str(held["inputs"]["plan"]["date"]),
        "visits": len(held["visits"]),
        **{name: held["diagnostics"][name] for name in ("method", "ess", "holds")},
        "draws": size,
        "seed": held["seed"],
        "not_used": held["not_used"],
        "warnings": held["warnings"],
        "inputs": held["inputs"],
    }
    own, fewer = (Remembered(Subset(person, _spaced(person.size, count))) for count in (size, min(few, size)))
    return Searched(seed, own, fewer, taught)


def _spaced(size: int, wanted: int) -> NDArray[np.int64]:
    """So many of the copies, evenly spread over them, (wanted,)."""
    return np.arange(wanted) * size // wanted


def _possible(goals: Goals, front: int, draws: int, horizon_d: int) -> None:
    """Raise unless the numbers asked for can be."""
    at_least_one(front=front, draws=draws, horizon_d=horizon_d)
    if front > MOST_PLANS:
        message = Sentence("A front of {plans} plans cannot be told", plans=str(front))
        remedy = Sentence("Ask for at most {most}.", most=str(MOST_PLANS))
        raise InputError(message, rule="front", remedy=remedy, field="front")
    if goals.last_week * DAYS_PER_WEEK > horizon_d:
        text = "The goals look at week {week}, beyond the horizon of {days} d"
        raise InputError(
            Sentence(text, week=str(goals.last_week), days=str(horizon_d)),
            rule="horizon_before_goals",
            remedy="Ask for a longer horizon.",
            field="horizon_d",
        )


def _biologies(biology: Biology | None, goals: Goals) -> tuple[Biology, ...]:
    """The biology asked for; with ``robust`` the other accounts of recovery too."""
    first = biology or Biology()
    if not goals.robust:
        return (first,)
    return (first, *(replace(first, recovery=name) for name in others(first.recovery)))
