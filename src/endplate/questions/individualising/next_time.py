"""The person as learnt at a next session: needles find other places, the joints start as before toxin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case
from endplate.case.models import AssessmentRow
from endplate.errors import InputError, no_plan
from endplate.questions.individualising.sessions import sessions_of
from endplate.simulation.over import Over
from endplate.simulation.parameters import Draws, RandomDraws

Array = NDArray[np.float64]

_OF_A_SESSION = ("needle/", "miss/")  # processes that belong to one session's needles


@dataclass(frozen=True)
class Known(Over):
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
class NextSession(Over):
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


def with_joints_before_toxin(case: Case, last: Case) -> Case:
    """A case whose joints start as an earlier cycle of the same person found them before it.

    A grade that is found while the last session still acts is none of the untreated joint. Joints that the
    earlier cycle did not assess keep what the case says of them.

    Args:
        case: of the next session.
        last: of the cycle that taught.

    Raises:
        InputError: the codes differ, or the next session does not lie after the last one.
    """
    if case.patient.code != last.patient.code:
        raise _wrong(
            f"{last.patient.code} is another person than {case.patient.code}",
            "Give an earlier cycle of the same person.",
            "patient.code",
        )
    if case.plan is None or last.plan is None or case.plan.date <= last.plan.date:
        raise _wrong(
            "The plan does not lie after the session that taught", "Give its plan a later date.", "plan.date"
        )
    rows = _before_toxin(last)
    known = {(row.joint, row.side, row.movement) for row in rows}
    others = [row for row in case.assessment if (row.joint, row.side, row.movement) not in known]
    return case.model_copy(update={"assessment": (*rows, *others)})


def _before_toxin(last: Case) -> list[AssessmentRow]:
    """Rows up to the first session that was followed; of joints that have none, the first one after it."""
    if last.plan is None:
        raise no_plan()
    first = sessions_of(last, last.plan).first
    rows = sorted(last.assessment, key=lambda row: row.date or first)
    found = [row for row in rows if (row.date or first) <= first]
    for row in rows[len(found) :]:
        if all((row.joint, row.side, row.movement) != (r.joint, r.side, r.movement) for r in found):
            found.append(row)
    return found


def _wrong(message: str, remedy: str, field: str) -> InputError:
    return InputError(message, rule="earlier_cycle", remedy=remedy, field=field)
