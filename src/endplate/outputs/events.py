"""Cases as one event table in NONMEM's form: numbers only, with a dictionary of what every number means.

Dosing rows come from plans and from the injections that histories record, observation rows from assessments
and visits. Nothing simulated stands among them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from endplate.case import Case, planned_injections
from endplate.case.findings import NONE, days_reported, share_of_strength
from endplate.case.models import HistoryEntry, Patient, Visit
from endplate.case.plan import sides_of, volume_shares
from endplate.knowledge.vocabulary import CONDITIONS, GROUPS, SCALES, SEXES

MISSING = -99
"""What stands where a covariate is not known, as NONMEM takes no empty field for a number."""
COLUMNS = (
    ("ID", "", "person, numbered"),
    ("TIME", "d", "days since the person's first record"),
    ("EVID", "", "0 observation, 1 dose"),
    ("MDV", "", "1 where DV is none"),
    ("AMT", "U", "units of the product in PROD into the muscle in CMT; 0 in an observation"),
    ("CMT", "", "muscle and side that a dose goes into; 0 in an observation"),
    ("PROD", "", "product of a dose; units of one never convert to those of another; 0 in an observation"),
    ("PLANNED", "", "1 a dose of the plan, 0 one that the history records as given, and observations"),
    ("SITES", "", "sites of a dose; -99 where not recorded"),
    ("VOL", "mL", "volume of a dose; -99 where not recorded"),
    ("DV", "", "what was observed, in the unit of DVID; 0 in a dose"),
    ("DVID", "", "what DV is of; 0 in a dose"),
    ("AGE", "y", "age in the case file"),
    ("WT", "kg", "weight in the case file"),
    ("HT", "cm", "height in the case file"),
    ("SEX", "", "sex"),
    ("COND", "", "condition"),
    ("MSO", "mo", "months since onset in the case file"),
    ("GMFCS", "", "level of gross motor function"),
)
_OBSERVED, _DOSED = 0, 1  # a finding on the day of a dose came before it, or before it acted


@dataclass
class Events:
    """The table, the meaning of its numbers, and what could not be put into it.

    Attributes:
        rows: one row an event, in the order of ``COLUMNS``.
        codes: number of every id, by column.
        units: unit of every id of DVID.
        left_out: findings and doses without a place in the table, each with the reason.
    """

    rows: list[list[float]] = field(default_factory=list)
    codes: dict[str, dict[str, int]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def code(self, column: str, name: str) -> int:
        """The number of an id in a column, given in the order of appearance from 1."""
        known = self.codes.setdefault(column, {})
        return known.setdefault(name, len(known) + 1)

    def to_csv(self) -> str:
        """The data set: one header line, then numbers."""
        return _csv([[name for name, _, _ in COLUMNS], *([f"{x:.9g}" for x in row] for row in self.rows)])

    def dictionary(self) -> list[dict[str, str]]:
        """Every column, and every number that stands for an id: column, number, meaning and unit."""
        found = []
        for name, unit, meaning in COLUMNS:
            found.append({"column": name, "number": "", "meaning": meaning, "unit": unit})
            for each, number in self.codes.get(name, {}).items():
                of = self.units.get(each, "") if name == "DVID" else ""
                found.append({"column": name, "number": str(number), "meaning": each, "unit": of})
        return found

    def dictionary_csv(self) -> str:
        """The dictionary as a table."""
        rows = self.dictionary()
        return _csv([list(rows[0]), *(list(row.values()) for row in rows)])


def events_of(cases: Sequence[Case]) -> Events:
    """The event table of some cases, one person each."""
    events = Events()
    for name, known in (("SEX", SEXES), ("COND", CONDITIONS)):
        for each in known:
            events.code(name, each)
    for case in cases:
        _Person(events, case).add()
    return events


@dataclass
class _Person:
    """One case on its way into the table."""

    events: Events
    case: Case
    found: list[tuple[date, int, dict[str, float]]] = field(default_factory=list)

    def add(self) -> None:
        """Put the person's events into the table, in time."""
        number = self._number()
        self._doses()
        self._findings()
        person = _covariates(self.case.patient, self.events)
        if not self.found:
            self.events.left_out.append(f"{self.case.patient.code}: no dated dose or finding")
            return
        self.found.sort(key=lambda event: event[:2])
        first = self.found[0][0]
        for day, _, told in self.found:
            row: dict[str, float] = {"ID": number, "TIME": (day - first).days, **person, **told}
            self.events.rows.append([row.get(name, 0) for name, _, _ in COLUMNS])

    def _number(self) -> int:
        """The person's number; a code that came before is another person's all the same."""
        known = self.events.codes.setdefault("ID", {})
        code = self.case.patient.code
        name = code if code not in known else f"{code} ({len(known) + 1})"
        return self.events.code("ID", name)

    def _doses(self) -> None:
        for number, session in enumerate(self.case.history):
            self._given(number, session)
        if self.case.plan is not None:
            for shot in planned_injections(self.case):
                told = {"AMT": shot.dose_U, "SITES": shot.sites, "VOL": shot.volume_mL, "PLANNED": 1}
                self._dose(self.case.plan.date, shot.product, f"{shot.muscle}, {shot.side}", told)

    def _given(self, number: int, session: HistoryEntry) -> None:
        """What an earlier session records; groups are divided by volume, as those of a plan are."""
        where = f"{self.case.patient.code}: history[{number}]"
        if not session.injections:
            self.events.left_out.append(f"{where}: no muscle is named")
        weight = self.case.patient.weight_kg
        for shot in session.injections:
            if shot.dose.unit == "U/kg" and weight is None:
                self.events.left_out.append(f"{where}: a dose per kg without a weight")
                continue
            per = weight if weight and shot.dose.unit == "U/kg" else 1
            shares = volume_shares(shot.muscle) if shot.muscle in GROUPS else {shot.muscle: 1.0}
            for side in sides_of(shot.side):
                for muscle, share in shares.items():
                    told = {"AMT": shot.dose.value * per * share, "SITES": MISSING, "VOL": MISSING}
                    self._dose(session.date, session.product, f"{muscle}, {side}", told)

    def _dose(self, day: date, product: str, muscle: str, told: dict[str, float]) -> None:
        if told["AMT"] <= 0:
            self.events.left_out.append(f"{self.case.patient.code}: no units into {muscle}")
            return
        codes = {"CMT": self.events.code("CMT", muscle), "PROD": self.events.code("PROD", product)}
        self.found.append((day, _DOSED, {"EVID": 1, "MDV": 1, **codes, **told}))

    def _findings(self) -> None:
        plan = self.case.plan
        for place, row in enumerate(self.case.assessment):
            day = row.date or (plan.date if plan else None)
            self._seen(f"assessment[{place}]", day, row, [*_graded(row)])
        for number, session in enumerate(self.case.history):
            for place, visit in enumerate(session.visits):
                self._visit(f"history[{number}].visits[{place}]", visit)
        for place, visit in enumerate(self.case.visits):
            self._visit(f"visits[{place}]", visit)

    def _visit(self, where: str, visit: Visit) -> None:
        read = [*_graded(visit)] if visit.measure == "scale" else [*_told(visit)]
        self._seen(where, visit.date, visit, read)

    def _seen(self, where: str, day: date | None, row: Any, read: list[tuple[str, str, float]]) -> None:
        """Put what a row tells into the table, or say that it has no place."""
        if day is None or not read:
            why = "no date" if day is None else "not a number"
            self.events.left_out.append(f"{self.case.patient.code}: {where}: {why}")
            return
        for side in sides_of(row.side) if row.side else ("",):
            for measure, unit, number in read:
                name = ", ".join(part for part in (measure, row.joint, side, self._movement(row)) if part)
                self.events.units[name] = unit
                told = {"EVID": 0, "MDV": 0, "DV": number, "DVID": self.events.code("DVID", name)}
                self.found.append((day, _OBSERVED, told))

    def _movement(self, row: Any) -> str | None:
        """The movement of a finding; where it names none, the only one of the joint that was assessed."""
        if row.movement or row.joint is None:
            return row.movement or None
        made = {each.movement for each in self.case.assessment if each.joint == row.joint}
        return next(iter(made)) if len(made) == 1 else None


def _graded(row: Any) -> Iterator[tuple[str, str, float]]:
    """A grade by its scale's own coding, and angles: measure, unit and number."""
    if row.scale is not None and row.value is not None:
        scale = SCALES[row.scale]
        coded = ", ".join(f"{label} = {code:g}" for label, code in scale.coding.items())
        unit = f"{scale.unit} ({coded})" if coded else scale.unit
        yield row.scale, unit, float(scale.coding[row.value] if scale.grades else row.value)
    if row.tardieu is not None:
        yield "tardieu r1", "deg", row.tardieu.r1.value
        yield "tardieu r2", "deg", row.tardieu.r2.value
        if row.tardieu.quality is not None:
            yield "tardieu quality", "grade", float(row.tardieu.quality)


def _told(visit: Visit) -> Iterator[tuple[str, str, float]]:
    """A finding that is no grade; what was not noticed until the visit is no number."""
    if visit.measure == "strength":
        yield "strength", "share of that before the injection", share_of_strength(visit.value)
    elif visit.measure in ("weakness", "reinjection"):
        yes = visit.value == "yes" if visit.measure == "weakness" else visit.value != NONE
        yield visit.measure, "1 yes, 0 no", float(yes)
    elif visit.value is not None and (days := days_reported(visit.value)) is not None:
        yield visit.measure, "d since the injection", days


def _covariates(person: Patient, events: Events) -> dict[str, float]:
    """What is the same in all rows of a person."""
    amounts = (("AGE", person.age, "y"), ("WT", person.weight, "kg"), ("HT", person.height, "cm"))
    found: dict[str, float] = {
        name: MISSING if amount is None else amount.to(unit).value for name, amount, unit in amounts
    }
    for name, number in (("MSO", person.months_since_onset), ("GMFCS", person.gmfcs)):
        found[name] = MISSING if number is None else number
    for name, word in (("SEX", person.sex), ("COND", person.condition)):
        found[name] = MISSING if word is None else events.code(name, word)
    return found


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
