"""The goals file: what a plan should reach, what it must keep, and within which limits it is searched."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from endplate.case.fields import (
    Dilution,
    FileModel,
    FormatVersion,
    JointId,
    LimbMuscle,
    Number,
    Percent,
    ProductId,
    Side,
    Units,
    Volume,
    Whole,
    wrong,
)
from endplate.case.visit_limits import check_movement
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.knowledge.vocabulary.sentence import Sentence, Word

Cost = Literal["units", "volume", "punctures", "vials", "waste", "unwanted"]
Weight = Annotated[Number, Field(ge=0)]
Weeks = Annotated[
    tuple[Annotated[Whole, Field(ge=1, le=52)], Annotated[Whole, Field(ge=1, le=52)]],
    Field(description="first and last week after the injection"),
]
GOAL_WEEKS = (4, 12)
_MEDIAN = Quantity(50, "%")
_WHOLE = 100  # percent


class _OverWeeks(FileModel):
    """Something read over whole weeks after the injection."""

    weeks: Weeks = GOAL_WEEKS

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.weeks[0] > self.weeks[1]:
            first, last = (str(week) for week in self.weeks)
            message = Sentence("Weeks {first} to {last} run backwards", first=first, last=last)
            raise wrong("weeks_order", message, "Write the first week, then the last.", ("weeks",))
        return self


class _OfJoint(_OverWeeks):
    """Something read at one joint."""

    joint: JointId
    side: Literal["left", "right"]
    movement: str

    @model_validator(mode="after")
    def _known(self) -> Self:
        check_movement(self.joint, self.movement)
        return self

    @property
    def place(self) -> tuple[str, str, str]:
        """Joint, side and movement."""
        return self.joint, self.side, self.movement


def _share(amount: Quantity | None, field: str) -> None:
    """Raise where a share is more than all."""
    if amount is not None and amount.value > _WHOLE:
        message = Sentence("{share} is more than all", share=str(amount))
        raise wrong("share_range", message, "Write 0 % to 100 %.", (field,))


class Target(_OfJoint):
    """A joint whose grade should fall, in the mean of some weeks, by so much.

    ``probability`` makes it a demand: a plan in which fewer copies reach it is no answer.
    """

    improve_by: Annotated[Number, Field(gt=0, le=4)]
    weight: Weight = 1.0
    probability: Percent | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _share(self.probability, "probability")
        return self


class Strength(_OfJoint):
    """Strength that a joint must keep, over untreated, in the mean of some weeks, in a share of copies."""

    at_least: Percent
    probability: Percent = _MEDIAN

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _share(self.at_least, "at_least")
        _share(self.probability, "probability")
        return self


class Unwanted(_OverWeeks):
    """Force that no muscle may lose that the plan does not inject, at the worst of some weeks."""

    weeks: Weeks = (1, 12)
    at_most: Percent
    probability: Percent = _MEDIAN

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _share(self.at_most, "at_most")
        _share(self.probability, "probability")
        return self


class Keep(FileModel):
    """What a plan must keep to be an answer."""

    strength: tuple[Strength, ...] = ()
    unwanted: Unwanted | None = None


class CandidateRow(FileModel):
    """A muscle that may be injected; named here, it may also be one for which no dose is held."""

    muscle: LimbMuscle
    side: Side
    least: Units | None = None
    most: Units | None = None
    step: Units | None = None
    sites: tuple[Annotated[Whole, Field(ge=1, le=50)], ...] = ()
    at: tuple[Percent, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name in ("most", "step"):
            amount = getattr(self, name)
            if amount is not None and amount.value == 0:
                most, step = "A most of {amount} is not possible", "A step of {amount} is not possible"
                message = Sentence(most if name == "most" else step, amount=str(amount))
                raise wrong(f"{name}_zero", message, "Write more.", (name,))
        if self.least is not None and self.most is not None and self.least.value > self.most.value:
            text = "least ({least}) is more than most ({most})"
            message = Sentence(text, least=str(self.least), most=str(self.most))
            raise wrong("least_and_most", message, "least comes before most.", ("least",))
        for place, at in enumerate(self.at):
            if at.value > _WHOLE:
                message = Sentence("{place} lies beyond the muscle belly", place=str(at))
                raise wrong("at_range", message, "Write 0 % to 100 %.", ("at", place))
        return self


class OwnLimits(FileModel):
    """The user's own limits for one session, beside those of the labels."""

    total: Units | None = None
    volume: Volume | None = None
    punctures: Annotated[Whole, Field(ge=1)] | None = None
    vials: Annotated[Whole, Field(ge=1)] | None = None
    waste: Units | None = None


class Tightened(FileModel):
    """A held limit made lower by the user; its unit is that of the rule."""

    rule: str
    maximum: Annotated[Number, Field(ge=0)]


class Costs(FileModel):
    """What a plan should spare: how much of the targets' weight the whole of the own plan's amount costs.

    ``unwanted`` counts the mean worst loss of force of muscles not injected, ``waste`` in units.
    """

    units: Weight = 0.0
    volume: Weight = 0.0
    punctures: Weight = 0.0
    vials: Weight = 0.0
    waste: Weight = 0.0
    unwanted: Weight = 0.0


class Goals(FileModel):
    """One goals file. All units in it belong to ``product``."""

    endplate: FormatVersion
    product: ProductId
    targets: Annotated[tuple[Target, ...], Field(min_length=1)]
    keep: Keep = Keep()
    candidates: tuple[CandidateRow, ...] = ()
    step: Units | None = None
    dilutions: tuple[Dilution, ...] = ()
    limits: OwnLimits = OwnLimits()
    tighten: tuple[Tightened, ...] = ()
    costs: Costs = Costs()
    front: Annotated[tuple[Cost, ...], Field(min_length=1)] = ("units",)
    robust: bool = False

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if sum(target.weight for target in self.targets) == 0:
            message = "No target has a weight"
            at = ("targets", 0, "weight")
            raise wrong("goal_weight", message, "Give one target a weight above 0.", at)
        if self.step is not None and self.step.value == 0:
            raise wrong("step_zero", "A step of 0 U is not possible", "Write more than 0 U.", ("step",))
        for place, dilution in enumerate(self.dilutions):
            if dilution.value == 0:
                message = "A dilution of 0 U/mL is not possible"
                raise wrong("dilution_zero", message, "Write more than 0 U/mL.", ("dilutions", place))
        return self

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = [(row.muscle, row.side) for row in self.candidates]
        for place, name in enumerate(named):
            if name in named[:place]:
                muscle, side = (Word(each, each) for each in name)
                message = Sentence("{muscle}, {side}, is named twice", muscle=muscle, side=side)
                at: tuple[str | int, ...] = ("candidates", place, "muscle")
                raise wrong("candidate_twice", message, "Keep one of the two.", at)
        rules = [row.rule for row in self.tighten]
        for place, rule in enumerate(rules):
            if rule in rules[:place]:
                message = Sentence("{rule} is tightened twice", rule=rule)
                at = ("tighten", place, "rule")
                raise wrong("tightened_twice", message, "Keep one of the two.", at)
        return self

    @property
    def last_week(self) -> int:
        """The last week that anything is read in."""
        kept = [*self.keep.strength, *([self.keep.unwanted] if self.keep.unwanted else [])]
        return max(row.weeks[1] for row in (*self.targets, *kept))
