"""The trial file: a trial that has not been done, to be simulated many times."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from endplate.case.fields import (
    Duration,
    FileModel,
    FormatVersion,
    JointId,
    Muscle,
    Number,
    Percent,
    ScaleId,
    Whole,
    wrong,
)
from endplate.case.measure import Measure
from endplate.case.published import Published, check_published
from endplate.case.recruiting import CourseRule, Recruit, shared_out
from endplate.case.study import Arm, Outcome, Population, Study, StudySource
from endplate.case.trial_checks import check_coherent
from endplate.errors import InputError
from endplate.knowledge.vocabulary import EVENTS, MEASURES, SCALES, canonical_event

MOST_PEOPLE = 1_000_000
MOST_REPLICATES = 20_000
MOST_PEOPLE_IN_ALL = 1_000_000_000
_HALF, _ALL = 50, 100  # percent
_GRADED = ("grades", "grade x weeks")

Method = Literal["ancova", "mixed_model", "difference_of_shares", "log_rank"]
Estimand = Literal["treatment_policy", "hypothetical", "composite"]


class TrialArm(Arm):
    """One arm: a fixed dose, one per body mass, or none."""

    n: Annotated[Whole, Field(ge=2, le=MOST_PEOPLE)]
    ratio: Annotated[Number, Field(gt=0)] = 1.0
    course: CourseRule | None = None

    @model_validator(mode="after")
    def _one_way_on(self) -> Self:
        if self.course is not None and (self.repeat is not None or not self.injections):
            message = f"Arm {self.arm!r} has a course beside repeat, or without injections"
            raise wrong("course", message, "Give injections, and either repeat or course.", ("course",))
        return self


class Endpoint(FileModel):
    """One number of every person, and how arms are compared by it."""

    endpoint: str
    measure: Measure
    scale: ScaleId | None = None
    joint: JointId | None = None
    muscle: Muscle | None = None
    event: str | None = None
    of: Literal["force", "cmap", "scale", "patient"] | None = None
    at: Duration | None = None
    by: Number | None = None
    unit: str | None = None
    primary: bool = False
    method: Method | None = None

    @property
    def is_share(self) -> bool:
        """Whether people are counted."""
        return MEASURES[self.measure].family == "shares of people"

    @property
    def is_harm(self) -> bool:
        """Whether people with an adverse event are counted."""
        return str(self.measure) == "adverse_fraction"

    @property
    def better(self) -> Literal["lower", "higher"] | None:
        """Which way is good for people: as the scale of a grade improves, else as the measure has it."""
        held = MEASURES[self.measure]
        if held.family in _GRADED and self.scale is not None:
            return "lower" if SCALES[self.scale].improves == "down" else "higher"
        return held.better

    def of_arm(self, arm: str) -> Outcome:
        """The endpoint as an outcome of one arm."""
        told = {name: getattr(self, name) for name in Outcome.model_fields if hasattr(self, name)}
        return Outcome(arm=arm, **told)

    @model_validator(mode="after")
    def _counts(self) -> Self:
        """What is counted can be: a known event, and an improvement that the scale has room for."""
        if self.is_harm and canonical_event(self.event or "") is None:
            told = f"{self.event!r} is not a known event" if self.event else "No event is named"
            raise wrong("unknown_event", told, f"Use one of {', '.join(EVENTS)}.", ("event",))
        if self.measure == "responder_fraction" and self.by is not None:
            scale = SCALES[self.scale] if self.scale is not None else None
            if self.by <= 0 or (scale is not None and self.by > scale.maximum - scale.minimum):
                most = "" if scale is None else f", at most {scale.maximum - scale.minimum:g}"
                message = f"An improvement by {self.by:g} is not possible"
                raise wrong("by", message, f"Write more than 0{most}.", ("by",))
        return self

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not MEASURES[self.measure].of_chain:
            message = f"{self.measure} is read from a developing circuit, which a trial does not follow"
            raise wrong("measure", message, "Use a measure of muscles or joints.", ("measure",))
        if MEASURES[self.measure].family == "grades" and self.scale is None:
            message = f"The endpoint {self.endpoint!r} is a grade without a scale"
            raise wrong("scale_missing", message, "Add scale.", ("measure",))
        allowed = ("difference_of_shares", "log_rank") if self.is_share else ("ancova", "mixed_model")
        if self.method == "log_rank" and self.measure != "reinjected_by":
            message = f"The endpoint {self.endpoint!r} is no time to an event"
            remedy = "Use log_rank with the measure reinjected_by."
            raise wrong("method", message, remedy, ("method",))
        if self.method == "mixed_model" and self.measure != "scale_change":
            message = f"The endpoint {self.endpoint!r} is not measured at every visit"
            raise wrong("method", message, "Use mixed_model with the measure scale_change.", ("method",))
        if self.method is not None and self.method not in allowed:
            message = f"{self.method} does not compare arms by the measure {self.measure}"
            raise wrong("method", message, f"Use one of {', '.join(allowed)}.", ("method",))
        return self


class Analysis(FileModel):
    """How arms are compared: against which, at which level, and for how many comparisons."""

    against: str | None = None
    alpha: Annotated[Number, Field(gt=0, lt=0.5)] = 0.05
    sides: Literal[1, 2] = 2
    adjust: Literal["none", "bonferroni", "holm", "in_order"] = "none"


class Attendance(FileModel):
    """Who is missing: people who left by the last visit, and visits that are missed."""

    left_by_end: Percent | None = None
    missed_visits: Percent | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name in ("left_by_end", "missed_visits"):
            found = getattr(self, name)
            if found is not None and not 0 <= found.value < _ALL:
                message = f"{name} of {found} is not possible"
                raise wrong("attendance", message, "Write 0 % or more and less than 100 %.", (name,))
        return self


class Interim(FileModel):
    """A look at the data before the end: an arm is dropped, or the trial stopped for efficacy."""

    after: Percent
    stop_if_p_below: Annotated[Number, Field(ge=0, lt=0.5)] = 0.0
    drop_if_p_above: Annotated[Number, Field(gt=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not 0 < self.after.value < _ALL:
            message = f"An interim look after {self.after} of the people is not possible"
            raise wrong("interim", message, "Write more than 0 % and less than 100 %.", ("after",))
        return self


class SampleSize(FileModel):
    """The power looked for, among sizes no larger than the arms of the file."""

    power: Percent

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not _HALF <= self.power.value < _ALL:
            message = f"A power of {self.power} cannot be looked for"
            raise wrong("power", message, "Write 50 % or more and less than 100 %.", ("power",))
        return self


class Trial(FileModel):
    """One trial file."""

    endplate: FormatVersion
    trial: str
    title: str
    sources: tuple[StudySource, ...] = ()
    population: Population | None = None
    recruit: Recruit | None = None
    n: Annotated[Whole, Field(ge=2, le=MOST_PEOPLE)] | None = None
    visits: tuple[Duration, ...] = ()
    arms: Annotated[tuple[TrialArm, ...], Field(min_length=1, max_length=12)]
    endpoints: Annotated[tuple[Endpoint, ...], Field(min_length=1)]
    raters_blinded: bool = True
    attendance: Attendance = Attendance()
    estimand: Estimand = "treatment_policy"
    analysis: Analysis = Analysis()
    interims: tuple[Interim, ...] = ()
    sample_size: SampleSize | None = None
    replicates: Annotated[Whole, Field(ge=1, le=MOST_REPLICATES)] = 200
    published: tuple[Published, ...] = ()

    @property
    def control(self) -> TrialArm:
        """The arm against which the others are compared: the one named, else the first without injections."""
        named = self.analysis.against
        none = [arm for arm in self.arms if not arm.injections]
        return next((arm for arm in self.arms if arm.arm == named), none[0] if none else self.arms[0])

    @property
    def compared(self) -> tuple[TrialArm, ...]:
        """The arms compared with the control, in the file's order."""
        return tuple(arm for arm in self.arms if arm.arm != self.control.arm)

    @property
    def primary(self) -> Endpoint:
        """The endpoint marked primary, else the first."""
        return next((endpoint for endpoint in self.endpoints if endpoint.primary), self.endpoints[0])

    def repeated(self, replicates: int) -> Trial:
        """The same trial with another number of replicates.

        Raises:
            InputError: that many are not possible.
        """
        if not 1 <= replicates <= MOST_REPLICATES or replicates * self.people > MOST_PEOPLE_IN_ALL:
            raise InputError(
                f"{replicates} replicates of {self.people} people are not possible",
                rule="size",
                remedy=f"Ask for 1 to {min(MOST_REPLICATES, MOST_PEOPLE_IN_ALL // self.people)}.",
                field="--replicates",
            )
        return self.model_copy(update={"replicates": replicates})

    @property
    def people(self) -> int:
        """People of all arms of one replicate."""
        return sum(arm.n for arm in self.arms)

    @property
    def who(self) -> Population | None:
        """Who takes part, adults or children and their condition as the population recruited from has it."""
        if self.recruit is None:
            return self.population
        told = self.population or Population()
        condition = told.condition or self.recruit.condition
        return told.model_copy(update={"adults": not self.recruit.children, "condition": condition})

    def as_study(self) -> Study:
        """The trial as a study without results, every endpoint an outcome of every arm."""
        found = tuple(endpoint.of_arm(arm.arm) for arm in self.arms for endpoint in self.endpoints)
        return Study.model_construct(
            endplate=self.endplate,
            study=self.trial,
            title=self.title,
            sources=self.sources,
            role="validation",
            species="human",
            preparation="in_vivo",
            population=self.who,
            visits=self.visits,
            arms=self.arms,
            outcomes=found,
        )

    @model_validator(mode="before")
    @classmethod
    def _shared_out(cls, raw: Any) -> Any:
        return shared_out(raw)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        _once([arm.arm for arm in self.arms], "arms", "arm")
        _once([endpoint.endpoint for endpoint in self.endpoints], "endpoints", "endpoint")
        against = self.analysis.against
        names = [arm.arm for arm in self.arms]
        if against is not None and against not in names:
            message = f"analysis.against names the arm {against!r}, which is not there"
            raise wrong("unknown_arm", message, f"Use one of {', '.join(names)}.", ("analysis", "against"))
        if sum(endpoint.primary for endpoint in self.endpoints) > 1:
            raise wrong("primary", "More than one endpoint is primary", "Mark one.", ("endpoints",))
        total = self.replicates * self.people
        if total > MOST_PEOPLE_IN_ALL:
            message = f"{self.replicates} replicates of the arms are {total} people"
            remedy = f"Ask for at most {MOST_PEOPLE_IN_ALL} people in all."
            raise wrong("size", message, remedy, ("replicates",))
        self._visits_needed()
        self._better_ways()
        check_coherent(self)
        compared = [arm.arm for arm in self.compared]
        check_published(self.published, [e.endpoint for e in self.endpoints], compared, self.control.arm)
        return self

    def _better_ways(self) -> None:
        """One-sided tests and the composite estimand need to know which way is good for people."""
        for index, endpoint in enumerate(self.endpoints):
            if endpoint.better is not None:
                continue
            at, told = ("endpoints", index, "measure"), f"Of {endpoint.endpoint!r} neither way is better"
            if self.analysis.sides == 1:
                raise wrong("sides", f"{told}: no one-sided test", "Write sides: 2.", at)
            if self.estimand == "composite":
                remedy = "Use treatment_policy or hypothetical."
                raise wrong("estimand", f"{told}: no value stands for those who leave", remedy, at)

    def _visits_needed(self) -> None:
        later = [visit for visit in self.visits if visit.value > 0]
        for index, endpoint in enumerate(self.endpoints):
            at = ("endpoints", index)
            timed = endpoint.at is not None or len(later) == 1 or MEASURES[endpoint.measure].own_time
            if not timed:
                message = f"The endpoint {endpoint.endpoint!r} states no time"
                raise wrong("time_missing", message, "Add at.", at)
            if endpoint.method == "mixed_model" and endpoint.at is not None and endpoint.at.value <= 0:
                message = (
                    f"The endpoint {endpoint.endpoint!r} is a change, and at {endpoint.at} there is none"
                )
                raise wrong("time_at_baseline", message, "Write a time after baseline.", (*at, "at"))
            if endpoint.method == "mixed_model" and not later:
                message = f"The endpoint {endpoint.endpoint!r} is analysed over visits, and there are none"
                raise wrong("visits_missing", message, "Add visits.", at)
        shares = [interim.after.value for interim in self.interims]
        if any(late <= early for early, late in pairwise(shares)):
            raise wrong("interim", "Interim looks go back in time", "Write the earlier first.", ("interims",))
        if self.interims and len(self.arms) < 2:
            raise wrong("interim", "A trial of one arm has nothing to compare", "Add an arm.", ("interims",))


def _once(names: list[str], place: str, kind: str) -> None:
    twice = next((index for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        message = f"The {kind} {names[twice]!r} is there twice"
        raise wrong("twice", message, f"Give every {kind} a name of its own.", (place, twice, kind))
