"""The case file: one person, what was found, what is planned, what was seen afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from endplate.case.bodies import check_height, check_onset
from endplate.case.fields import (
    Age,
    Angle,
    Caution,
    Code,
    Condition,
    CoTherapy,
    Day,
    Dilution,
    DoseText,
    FileModel,
    FormatVersion,
    GoalKind,
    GoalLevel,
    Guidance,
    Indication,
    JointId,
    Jurisdiction,
    Label,
    Length,
    LimbMuscle,
    Mass,
    Muscle,
    Number,
    Percent,
    ProductId,
    ScaleId,
    Sex,
    Side,
    Units,
    VisitMeasure,
    Volume,
    Whole,
    wrong,
)
from endplate.case.findings import check_value
from endplate.case.order import check_after_plan, check_after_session, check_before_plan
from endplate.case.visit_limits import check_angles, check_days, check_fields, check_movement
from endplate.errors import InputError
from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.knowledge.vocabulary import SCALES
from endplate.knowledge.vocabulary.quantity import shown
from endplate.knowledge.vocabulary.sentence import Sentence, Word

OLDEST_Y = 120
"""Years beyond which no age is possible."""
ADULT_Y = 18
"""Years from which a person counts as an adult."""


class Patient(FileModel):
    """Who is treated; a code, never a name."""

    code: Code
    age: Age | None = None
    sex: Sex | None = None
    weight: Mass | None = None
    weighed_on: Day | None = None
    height: Length | None = None
    condition: Condition | None = None
    months_since_onset: Annotated[Number, Field(ge=0, le=MONTHS_PER_YEAR * OLDEST_Y)] | None = None
    gmfcs: Annotated[Whole, Field(ge=1, le=5)] | None = None
    cautions: tuple[Caution, ...] = ()
    asked: tuple[Caution, ...] = ()

    @property
    def weight_kg(self) -> float | None:
        """Body mass where it is known."""
        return None if self.weight is None else float(self.weight.value)

    @model_validator(mode="after")
    def _ruled_out(self) -> Self:
        """``asked`` holds the cautions asked about and ruled out, so none of those that are stated."""
        for place, caution in enumerate(self.asked):
            if caution in self.cautions:
                text = "{caution} is both stated and ruled out"
                message = Sentence(text, caution=Word(caution, caution))
                remedy = "Keep it in cautions or in asked, not in both."
                raise wrong("caution_ruled_out", message, remedy, ("asked", place))
        return self

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.age is not None and self.age.to("y").value > OLDEST_Y:
            message = Sentence("An age of {age} is not possible", age=str(self.age))
            remedy = Sentence("Write an age up to {oldest} y.", oldest=str(OLDEST_Y))
            raise wrong("age_range", message, remedy, ("age",))
        if self.weight is not None and not 1 <= self.weight.value <= 400:
            message = Sentence("A weight of {weight} is not possible", weight=str(self.weight))
            raise wrong("weight_range", message, "Write 1 kg to 400 kg.", ("weight",))
        check_height(self.height)
        check_onset(self)
        return self


class Tardieu(FileModel):
    """Catch angle r1 and end of range r2 from the position of least stretch, quality 0 to 4."""

    r1: Angle
    r2: Angle
    quality: Annotated[Whole, Field(ge=0, le=4)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.r2.value == 0:
            message = "r2 (the range of movement) is 0 deg"
            raise wrong("range_zero", message, "Count the angle from the position of least stretch.", ("r2",))
        if self.r1.value > self.r2.value:
            message = Sentence("r1 ({r1}) lies beyond r2 ({r2})", r1=str(self.r1), r2=str(self.r2))
            raise wrong("tardieu_order", message, "r1 comes before r2.", ("r1",))
        return self


def _grade(scale: str | None, text: str | None) -> None:
    """Raise unless ``text`` is a grade, or a number within the bounds, of the scale."""
    if scale is None or text is None:
        return
    known = SCALES[scale]
    if known.grades and text not in known.grades:
        message = Sentence("{value} is not a grade of {scale}", value=shown(text), scale=Word(scale, scale))
        remedy = Sentence("Use one of {options}.", options=", ".join(known.grades))
        raise wrong("grade", message, remedy, ("value",))
    if not known.grades:
        try:
            inside = known.minimum <= float(text) <= known.maximum
        except ValueError:
            inside = False
        if not inside:
            told = "{value} is not a value of {scale}"
            message = Sentence(told, value=shown(text), scale=Word(scale, scale))
            bounds = {"low": f"{known.minimum:g}", "high": f"{known.maximum:g}"}
            remedy = Sentence("Write a number from {low} to {high}.", **bounds)
            raise wrong("grade", message, remedy, ("value",))


class AssessmentRow(FileModel):
    """One joint examined."""

    date: Day | None = None
    joint: JointId
    side: Side
    movement: str
    scale: ScaleId | None = None
    value: Label | None = None
    tardieu: Tardieu | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        check_movement(self.joint, self.movement)
        if (self.scale is None) != (self.value is None):
            at = "scale" if self.scale is None else "value"
            raise wrong("scale_and_value", "scale and value go together", "Give both or neither.", (at,))
        _grade(self.scale, self.value)
        check_angles(self.joint, self.movement, self.tardieu)
        return self


class Goal(FileModel):
    """One goal of treatment.

    Its level is gas_baseline before treatment, usually -1, or -2 where nothing worse is possible, and
    gas_achieved after it; 0 is the outcome expected. Weight is importance times difficulty.
    """

    text: str
    kind: GoalKind | None = None
    joint: JointId | None = None
    side: Side | None = None
    weight: Number | None = None
    gas_baseline: GoalLevel | None = None
    gas_achieved: GoalLevel | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.weight is not None and self.weight <= 0:
            message = Sentence("A weight of {weight} is not possible", weight=f"{self.weight:g}")
            remedy = "Write importance times difficulty, a number above 0."
            raise wrong("goal_weight", message, remedy, ("weight",))
        if self.gas_achieved is not None and self.gas_baseline is None:
            bare = "gas_achieved stands without gas_baseline"
            raise wrong("goal_baseline_missing", bare, "Add the level before treatment.", ("gas_achieved",))
        return self


class Visit(FileModel):
    """One finding after the plan.

    ``scale`` with ``value`` or ``tardieu`` (or both) belong to the measure scale. Of strength, value is that
    over the strength before, such as ``80 %``; of onset and wear_off it is the time since the injection, such
    as ``9 d``, or ``none`` for not until this visit; without a value the day of the visit is meant. Of
    reinjection it is ``none`` or nothing, of weakness ``yes`` or ``no``. ``movement`` is needed where two of
    a joint were assessed; ``rater`` is a code of who graded, where that was another than before.
    """

    date: Day
    joint: JointId | None = None
    side: Side | None = None
    movement: str | None = None
    measure: VisitMeasure
    scale: ScaleId | None = None
    value: Label | None = None
    tardieu: Tardieu | None = None
    rater: Code | None = None

    @model_validator(mode="after")
    def _within(self) -> Self:
        check_fields(self)
        check_angles(self.joint, self.movement, self.tardieu)
        return self

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.movement is not None:
            check_movement(self.joint, self.movement)
        _grade(self.scale, self.value)
        try:
            check_value(self.measure, self.scale, self.value, self.tardieu is not None)
        except InputError as error:
            raise wrong(error.rule, error.message, error.remedy, (error.field or "value",)) from error
        return self


class PastInjection(FileModel):
    """One muscle injected in an earlier session."""

    muscle: Muscle
    side: Side
    dose: DoseText


class HistoryEntry(FileModel):
    """One earlier session, and what was found after it."""

    date: Day
    product: ProductId
    indication: Indication | None = None
    total: Units | None = None
    injections: tuple[PastInjection, ...] = ()
    visits: tuple[Visit, ...] = ()

    @model_validator(mode="after")
    def _in_reach(self) -> Self:
        check_days(self.visits, self.date)
        return self

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        check_after_session(self.visits, self.date)
        return self


class Injection(FileModel):
    """One muscle to inject, with the plan's product unless it names another; bilateral doses are per side."""

    muscle: LimbMuscle
    product: ProductId | None = None
    side: Side
    dose: DoseText
    sites: Annotated[Whole, Field(ge=1, le=50)] | None = None
    volume: Volume | None = None
    dilution: Dilution | None = None
    at: Percent | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.at is not None and self.at.value > 100:
            message = Sentence("{place} lies beyond the muscle belly", place=str(self.at))
            raise wrong("at_range", message, "Write 0 % to 100 %.", ("at",))
        for name in ("volume", "dilution"):
            amount = getattr(self, name)
            if amount is not None and amount.value == 0:
                volume = Sentence("A volume of {amount} is not possible", amount=str(amount))
                dilution = Sentence("A dilution of {amount} is not possible", amount=str(amount))
                zero = volume if name == "volume" else dilution
                raise wrong(f"{name}_zero", zero, "Write more than 0.", (name,))
        if self.volume is not None and self.dilution is not None:
            twice = "A volume and a dilution together say the fluid twice"
            raise wrong("volume_and_dilution", twice, "Give one of the two.", ("dilution",))
        return self


def _some(found: object) -> object:
    """Rows of injections; the error of an empty list says what a plan needs."""
    if isinstance(found, (list, tuple)) and not found:
        remedy = "Add a row with muscle, side and dose under injections, or leave the plan out."
        raise wrong("no_injection", "The plan holds no injection", remedy)
    return found


class Plan(FileModel):
    """One session as planned."""

    date: Day
    jurisdiction: Jurisdiction
    product: ProductId
    indication: Indication
    dilution: Dilution | None = None
    guidance: Guidance = "manual"
    vials: tuple[Units, ...] = ()
    co_therapy: CoTherapy = "usual"
    injections: Annotated[tuple[Injection, ...], BeforeValidator(_some), Field(min_length=1)]

    @property
    def not_stated(self) -> tuple[str, ...]:
        """Fields that were left to what is usual and that change what is simulated."""
        return tuple(name for name in ("guidance", "co_therapy") if name not in self.model_fields_set)

    @model_validator(mode="after")
    def _volumes(self) -> Self:
        if self.dilution is not None and self.dilution.value == 0:
            message = "A dilution of 0 U/mL is not possible"
            raise wrong("dilution_zero", message, "Write more than 0 U/mL.", ("dilution",))
        for index, item in enumerate(self.injections):
            if self.dilution is None and item.dilution is None and item.volume is None:
                text = "The volume of injection {number} ({muscle}) is not known"
                message = Sentence(text, number=str(index + 1), muscle=Word(item.muscle, item.muscle))
                remedy = "Give a dilution for the plan, or a volume or dilution here."
                raise wrong("volume_missing", message, remedy, ("injections", index, "volume"))
        return self


class Case(FileModel):
    """One case file."""

    endplate: FormatVersion
    patient: Patient
    assessment: tuple[AssessmentRow, ...] = ()
    goals: tuple[Goal, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    plan: Plan | None = None
    visits: tuple[Visit, ...] = ()
    _notes: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _in_reach(self) -> Self:
        if self.plan is not None:
            check_days(self.visits, self.plan.date)
        return self

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.plan is None:
            return self
        check_before_plan(self.history, self.plan)
        check_after_plan(self.visits, self.plan)
        if self.patient.weighed_on is not None and self.patient.weighed_on > self.plan.date:
            message, remedy = "weighed_on lies after the plan", "Give the latest weight before the plan."
            raise wrong("date_order", message, remedy, ("patient", "weighed_on"))
        needs = any(item.dose.unit == "U/kg" for item in self.plan.injections)
        if needs and self.patient.weight is None:
            message, remedy = "A dose in U/kg needs a weight", "Add patient.weight, or doses in U."
            raise wrong("weight_required", message, remedy, ("patient", "weight"))
        return self

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read otherwise than it was written, such as another spelling of a muscle."""
        return self._notes

    def with_notes(self, notes: Iterable[str]) -> Self:
        """The same case with its notes."""
        noted = self.model_copy()
        noted._notes = tuple(dict.fromkeys(notes))
        return noted

    def to_dict(self) -> dict[str, Any]:
        """The case as a file would hold it."""
        return self.model_dump(mode="json")

    def as_stated(self) -> dict[str, Any]:
        """The case as :meth:`to_dict` without what the plan does not state, so that it stays not stated."""
        told = self.to_dict()
        for name in self.plan.not_stated if self.plan else ():
            del told["plan"][name]
        return told
