"""The training file: a limb to practise on, what is asked, and what the answer is measured against."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from endplate.case.fields import (
    Day,
    Dilution,
    Duration,
    FileModel,
    FormatVersion,
    Guidance,
    Indication,
    Jurisdiction,
    LimbMuscle,
    Number,
    ProductId,
    Units,
    Whole,
    wrong,
)
from endplate.case.models import ADULT_Y, AssessmentRow, Case, Goal, Injection, Patient
from endplate.knowledge.anatomy import bodies_of, load_segments
from endplate.knowledge.vocabulary import GROUPS
from endplate.knowledge.vocabulary.quantity import shown
from endplate.knowledge.vocabulary.sentence import Sentence, Word

Cause = Literal["muscle", "dose", "contracture", "timing", "placement", "response"]
CAUSES: tuple[str, ...] = get_args(Cause)
"""What may have gone wrong at level 6: the causes of `explain`."""
NAME, ONE_SITE, PATTERN, BLIND, CHILD, WRONG = range(1, 7)
"""The levels: name the muscle, one site, a budget, blind, a child's limits, what went wrong."""

START = 0.5
"""Where a section starts unless the file says otherwise: the middle, so that it tells nothing of the zone."""
_MOST_NEEDLES = 24


class Show(FileModel):
    """Which limb is shown, and where its section starts, as a share of the segment's length.

    Without ``at`` it starts in the middle. Level 1 asks for a muscle of that section.
    """

    segment: str
    side: Literal["left", "right"]
    at: Annotated[Number, Field(gt=0, lt=1)] = START

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.segment not in load_segments():
            message = Sentence("There is no segment {segment}", segment=shown(self.segment))
            remedy = Sentence("Name one of {segments}.", segments=", ".join(load_segments()))
            raise wrong("unknown_segment", message, remedy, ("segment",))
        return self


class TrainingPlan(FileModel):
    """The session without its needles; level 6 has those that were planned."""

    date: Day
    jurisdiction: Jurisdiction
    product: ProductId
    indication: Indication
    dilution: Dilution
    guidance: Guidance = "manual"
    injections: tuple[Injection, ...] = ()

    @model_validator(mode="after")
    def _dilutes(self) -> Self:
        if self.dilution.value == 0:
            message = "A dilution of 0 U/mL is not possible"
            raise wrong("dilution_zero", message, "Write more than 0 U/mL.", ("dilution",))
        return self


class Task(FileModel):
    """What is asked. Which keys are needed goes by level.

    Attributes:
        muscles: those to treat, or the one to name.
        choices: names to choose from at level 1; without it the muscles of the segment.
        budget: units at hand.
        needles: the most needles.
        improve_by: grades that the joint is to gain in the mean of weeks 4 to 12; without it what the least
            of the ranges held gains.
        cause: what went wrong, level 6.
        visits: when the person was seen after the session, level 6.
        beside: the muscle whose strength is tested at every visit, and that needles that missed met, level 6.
    """

    muscles: tuple[LimbMuscle, ...] = ()
    choices: tuple[LimbMuscle, ...] = ()
    budget: Units | None = None
    needles: Annotated[Whole, Field(ge=1, le=_MOST_NEEDLES)] | None = None
    improve_by: Annotated[Number, Field(gt=0, le=4)] | None = None
    cause: Cause | None = None
    visits: tuple[Duration, ...] = ()
    beside: LimbMuscle | None = None


class Training(FileModel):
    """One training file."""

    endplate: FormatVersion
    training: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    title: Annotated[str, Field(min_length=1, max_length=120)]
    brief: Annotated[str, Field(max_length=1000)] = ""
    level: Annotated[Whole, Field(ge=1, le=6)]
    seed: Annotated[Whole, Field(ge=0, lt=2**63)] = 1
    patient: Patient
    assessment: tuple[AssessmentRow, ...] = ()
    goals: tuple[Goal, ...] = ()
    plan: TrainingPlan | None = None
    show: Show
    task: Task

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """What the level needs is there."""
        for holds, field, told in self._needs():
            if not holds:
                message = Sentence("Level {level} needs {what}", level=str(self.level), what=Sentence(told))
                raise wrong("training_level", message, "Add it, or choose another level.", field)
        return self

    def _needs(self) -> list[tuple[bool, tuple[int | str, ...], str]]:
        task, placing = self.task, ONE_SITE <= self.level <= CHILD
        no_visits = not task.visits or task.beside is None
        no_angles = not any(row.tardieu for row in self.assessment[:1])
        return [
            (self.level == NAME or self.plan is not None, ("plan",), "a plan"),
            (self.level != NAME or len(self.muscles) == 1, ("task", "muscles"), "one muscle to name"),
            (not placing or bool(task.muscles), ("task", "muscles"), "muscles to treat"),
            (not placing or bool(self.assessment), ("assessment",), "a joint that was examined"),
            (self.level != PATTERN or task.budget is not None, ("task", "budget"), "a budget of units"),
            (self.level != CHILD or self._is_child, ("patient",), "a child with age and weight"),
            (self.level != WRONG or task.cause is not None, ("task", "cause"), "the cause"),
            (self.level != WRONG or not no_visits, ("task", "visits"), "visits and a muscle beside"),
            (self.level != WRONG or bool(self._shots), ("plan", "injections"), "the injections planned"),
            (self.level != WRONG or not no_angles, ("assessment",), "a joint with R1 and R2"),
        ]

    @property
    def _shots(self) -> tuple[Injection, ...]:
        return self.plan.injections if self.plan is not None else ()

    @property
    def _is_child(self) -> bool:
        age = self.patient.age
        return age is not None and self.patient.weight is not None and age.to("y").value < ADULT_Y

    @model_validator(mode="after")
    def _here(self) -> Self:
        """The muscles lie in the segment shown."""
        here = {row.muscle for row in bodies_of(self.show.segment)}
        for place, muscle in enumerate(self.task.muscles):
            if not set(GROUPS.get(muscle, (muscle,))) <= here:
                told = "{muscle} does not lie in the {segment} shown"
                segment = Word(self.show.segment, self.show.segment)
                message = Sentence(told, muscle=Word(muscle, muscle), segment=segment)
                remedy = "Show the segment of the muscles."
                raise wrong("training_segment", message, remedy, ("task", "muscles", place))
        return self

    @property
    def muscles(self) -> tuple[str, ...]:
        """The muscles of the task, groups taken apart, each once."""
        return tuple(dict.fromkeys(m for name in self.task.muscles for m in GROUPS.get(name, (name,))))

    @property
    def mass_kg(self) -> float | None:
        """Body mass where it is known."""
        return self.patient.weight_kg

    @property
    def most_needles(self) -> int:
        """How many needles an answer may hold: one at level 2 unless the file says more."""
        return self.task.needles or (1 if self.level == ONE_SITE else _MOST_NEEDLES)

    def case(self, injections: tuple[dict[str, object], ...] = ()) -> Case:
        """The case that the training amounts to with some injections, as plain rows of a plan.

        Raises:
            ValidationError: they are no injections.
        """
        held = self.model_dump(mode="json", include={"endplate", "patient", "assessment", "goals"})
        if self.plan is None:
            return Case.model_validate(held)
        plan = self.plan.model_dump(mode="json", exclude_none=True)
        rows = [*injections] or plan["injections"]
        return Case.model_validate({**held, "plan": {**plan, "injections": rows} if rows else None})


class Needle(FileModel):
    """One needle of an answer, in the plane of a section.

    Attributes:
        at: share of the segment's length, from proximal.
        angle_deg: where it enters the skin: 0 front, 90 medial, 180 back, 270 lateral.
        depth_mm: along the needle from the skin.
        tilt_deg: away from the segment's axis.
        dose: units.
    """

    at: Annotated[float, Field(ge=0, le=1)]
    angle_deg: Annotated[float, Field(ge=-360, le=360)]
    depth_mm: Annotated[float, Field(ge=0, le=200)]
    tilt_deg: Annotated[float, Field(ge=-89, le=89)] = 0.0
    dose: Units


class Answer(FileModel):
    """An answer: a muscle (level 1), needles (levels 2 to 5) or a cause (level 6)."""

    muscle: LimbMuscle | None = None
    needles: Annotated[tuple[Needle, ...], Field(max_length=_MOST_NEEDLES)] = ()
    cause: Cause | None = None
