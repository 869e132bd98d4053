"""The person as learnt at a next session: needles find other places, joints start as before toxin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, JointBaseline, plan_of
from endplate.case.again import given_again
from endplate.case.models import AssessmentRow, HistoryEntry
from endplate.case.plan import listed_units, sides_of
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.individualising.sessions import sessions_of, start_of
from endplate.simulation.draws.overlay import Overlay
from endplate.simulation.parameters import Draws, RandomDraws

Array = NDArray[np.float64]

_OF_A_SESSION = ("needle/", "miss/")  # processes that belong to one session's needles


@dataclass(frozen=True)
class Known(Overlay):
    """Draws some of whose records have values of their own.

    Attributes:
        values: by record, (size,) each.
    """

    values: Mapping[str, Array]

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        own = self.values.get(record_id)
        return self.beneath.of(record_id, key) if own is None else own


@dataclass(frozen=True)
class NextSession(Overlay):
    """The same people, whose needles are placed anew.

    Attributes:
        anew: where the needles' numbers come from, of the same size.
    """

    anew: Draws

    @classmethod
    def of_person(cls, person: Draws, seed: int) -> NextSession:
        """A person's next session, its needles by the streams of a seed."""
        return cls(person, RandomDraws(seed, person.size))

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return self._from(process).normal(process, count)

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return self._from(process).uniform(process, count)

    def _from(self, process: str) -> Draws:
        return self.anew if process.startswith(_OF_A_SESSION) else self.beneath


def next_case(case: Case, last: Case) -> Case:
    """A next session as all that judges and runs it must see it: what was given, and where joints start.

    The sessions of the cycle that taught stand in its history, so that every limit counts them. Joints start
    as that cycle found them before any toxin: a grade that is found while the last session still acts is none
    of the untreated joint. Joints that the earlier cycle did not assess keep what the case says of them.

    Args:
        case: of the next session.
        last: of the cycle that taught.

    Raises:
        InputError: codes or products differ, the next session does not lie after the last one, or its history
            holds less of an earlier session than the earlier cycle does.
    """
    plan, before = plan_of(case), plan_of(last)
    if case.patient.code != last.patient.code:
        raise _wrong(
            Sentence(
                "{other} is another person than {person}", other=last.patient.code, person=case.patient.code
            ),
            "Give an earlier cycle of the same person.",
            "patient.code",
        )
    if plan.product != before.product:
        product = before.product
        raise _wrong(
            Sentence("The session that taught was of {product}, whose units do not convert", product=product),
            Sentence("Plan {product}, or search without an earlier cycle.", product=product),
            "plan.product",
        )
    if plan.date <= before.date:
        raise _wrong(
            "The plan does not lie after the session that taught", "Give its plan a later date.", "plan.date"
        )
    return case.model_copy(update={"assessment": _assessment(case, last), "history": _history(case, last)})


def _assessment(case: Case, last: Case) -> tuple[AssessmentRow, ...]:
    """Joints as the earlier cycle is followed from, and what else the case assessed."""
    plan = plan_of(last)
    sessions = sessions_of(last, plan)
    before = start_of(last, plan, sessions).baselines
    known = {(base.joint, base.side, base.movement) for base in before}
    others = [
        row.model_copy(update={"side": side})
        for row in case.assessment
        for side in sides_of(row.side)
        if (row.joint, side, row.movement) not in known
    ]
    return (*(_row(base, sessions.first) for base in before), *others)


def _row(base: JointBaseline, day: date) -> AssessmentRow:
    angles = None
    if base.r1_deg is not None and base.r2_deg is not None:
        angles = {"r1": f"{base.r1_deg:g} deg", "r2": f"{base.r2_deg:g} deg"}
    named = {name: getattr(base, name) for name in ("joint", "side", "movement", "scale", "value")}
    return AssessmentRow.model_validate({**named, "date": day, "tardieu": angles})


def _history(case: Case, last: Case) -> tuple[HistoryEntry, ...]:
    """The sessions of the case and, where it lacks them, those of the earlier cycle."""
    behind = given_again(last, 1).history
    own = {(entry.date, entry.product): entry for entry in case.history}
    added = []
    for entry in behind:
        held = own.get((entry.date, entry.product))
        if held is None:
            added.append(entry)
        elif _units_given(held, case) < _units_given(entry, last):
            raise _wrong(
                Sentence(
                    "The history holds {held} U on {day}, the cycle that taught {taught} U",
                    held=f"{_units_given(held, case):g}",
                    day=str(entry.date),
                    taught=f"{_units_given(entry, last):g}",
                ),
                "Write the session as it was given.",
                "history",
            )
    return tuple(sorted((*case.history, *added), key=lambda entry: entry.date))


def _units_given(entry: HistoryEntry, case: Case) -> float:
    """Units of an earlier session as the limits count them: those stated or those listed, if more."""
    stated = 0.0 if entry.total is None else float(entry.total.value)
    return max(stated, listed_units(entry, case.patient.weight_kg) or 0.0)


def _wrong(message: str, remedy: str, field: str) -> InputError:
    return InputError(message, rule="earlier_cycle", remedy=remedy, field=field)
