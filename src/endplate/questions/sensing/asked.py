"""The outcome asked for: one number of every copy, by name, such as ``force:soleus:right@4wk``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, JointBaseline, joint_baselines, parse_quantity, planned_injections
from endplate.errors import InputError
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import canonical_muscle
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.readings import MUSCLE, Reading, joint_place, joint_readings, muscle_reading, on_days
from endplate.simulation.anatomy import load_part, segment_of
from endplate.simulation.chain import Chain
from endplate.simulation.results import clock

Array = NDArray[np.float64]

DURATION = "duration"
USUAL = "4wk-8wk"
_FIELD = "outcome"


@dataclass(frozen=True)
class Asked:
    """One number of every copy.

    Attributes:
        name: as it may be asked for again.
        reading: what it is read from.
        unit: of the number.
        from_d: first day of the mean.
        to_d: last day of the mean; the horizon of a duration.
        duration: a duration instead of a mean.
    """

    name: str
    reading: Reading
    unit: str
    from_d: int
    to_d: int
    duration: bool = False

    def baselines(self, case: Case) -> tuple[JointBaseline, ...]:
        """The joints that have to be followed for it: the one it is read from, or none."""
        return tuple(base for base in joint_baselines(case) if joint_place(base) == self.reading.place)

    def of(self, chain: Chain) -> Array:
        """The number of every copy, (draws,); a duration is 0 if never reached, at most the horizon."""
        if not self.duration:
            return np.asarray(on_days(chain, self.to_d)(self.reading)[:, self.from_d :].mean(axis=1))
        line = value("muscle.weakness_threshold")
        if self.reading.kind == "scale_change":
            line = -value("scales.improvement_threshold")
        found = clock(chain.time_d, self.reading.course(chain), line).duration_d
        return np.minimum(np.nan_to_num(found, nan=0, posinf=np.inf), self.to_d)


def names_of(case: Case) -> dict[str, Reading]:
    """Every name that may be asked for of a case, without its days."""
    aimed = list(dict.fromkeys((shot.muscle, shot.side) for shot in planned_injections(case)))
    near = [(m, side) for muscle, side in aimed for m in load_part(segment_of(muscle)).muscles]
    readings = [
        *joint_readings(joint_baselines(case)),
        *(muscle_reading(kind, place, wanted=True) for kind in MUSCLE for place in aimed),
        *(muscle_reading("force", place, wanted=False) for place in near if place not in aimed),
    ]
    lasting = [reading for reading in readings if reading.kind in ("scale_change", "force")]
    return {
        **{reading.name: reading for reading in readings},
        **{":".join((DURATION, *reading.place)): reading for reading in lasting},
    }


def asked_of(case: Case, name: str | None, horizon_d: int) -> Asked:
    """The outcome with this name; the change of the first joint, or else the force of the first muscle.

    Args:
        case: a case with a plan.
        name: ``kind:place@day`` or ``kind:place@day-day``; weeks 4 to 8 where no day is given.
        horizon_d: the last day that may be asked for, and where durations end.

    Raises:
        InputError: there is no such outcome, its days cannot be read or lie beyond the horizon.
    """
    known = names_of(case)
    wanted, at, when = (next(iter(known)) if name is None else name).partition("@")
    kind, *place = (part.strip() for part in wanted.split(":"))
    if place and (muscle := canonical_muscle(place[0])):
        place[0] = muscle
    plain = ":".join((kind, *place))
    if plain not in known:
        raise _unknown(plain, known)
    reading = known[plain]
    if kind == DURATION:
        if at:
            raise _bad_days(when, "A duration has no day")
        return Asked(plain, reading, "d", 0, horizon_d, duration=True)
    when = when if at else USUAL
    from_d, to_d = _days(when)
    if to_d > horizon_d:
        message = Sentence("The outcome lies beyond the horizon of {days} d", days=str(horizon_d))
        raise _bad_days(when, message)
    return Asked(f"{plain}@{when}", reading, reading.unit, from_d, to_d)


def _days(when: str) -> tuple[int, int]:
    """First and last day of a time or of a span, such as 6wk or 4wk-8wk."""
    try:
        ends = [round(parse_quantity(part, ("d", "wk", "mo")).to("d").value) for part in when.split("-")]
    except InputError as error:
        raise _bad_days(when, error.message) from error
    if len(ends) > 2 or ends[0] > ends[-1] or ends[-1] < 1:
        text = "{when} is not a time after the injection, or a span of it"
        raise _bad_days(when, Sentence(text, when=repr(when)))
    return ends[0], ends[-1]


def _bad_days(when: str, message: str) -> InputError:
    remedy = "Write a time such as @6wk, or a span such as @4wk-8wk, within --horizon; none for a duration."
    told = Sentence("{message} ({when})", message=Sentence.of(message), when=f"@{when}")
    return InputError(told, rule="outcome_days", remedy=remedy, field=_FIELD)


def _unknown(name: str, known: dict[str, Reading]) -> InputError:
    """The error of an outcome that a case does not have: the nearest name, and all kinds of every place."""
    from difflib import get_close_matches

    kinds: dict[str, list[str]] = {}
    for whole in known:
        kind, _, place = whole.partition(":")
        kinds.setdefault(place, []).append(kind)
    places: dict[str, list[str]] = {}
    for place, found in kinds.items():
        places.setdefault(", ".join(found), []).append(place)
    held = [
        Sentence("{kinds} of {places}", kinds=kind, places=", ".join(names)) for kind, names in places.items()
    ]
    text = "Held are {outcomes}. Write KIND:PLACE@TIME, TIME such as 6wk or 4wk-8wk; none for a duration."
    remedy = Sentence(text, outcomes=Sentence.joined("; ", held))
    if near := get_close_matches(name, known, 1):
        remedy = Sentence.joined(" ", [Sentence("Did you mean {near}?", near=near[0]), remedy])
    message = Sentence("This case has no outcome {name}", name=repr(name))
    return InputError(message, rule="unknown_outcome", remedy=remedy, field=_FIELD)
