"""The study file: a published experiment or trial to be scored."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from endplate.case.development import Development
from endplate.case.fields import (
    Age,
    Condition,
    CoTherapy,
    Dilution,
    DoseText,
    Duration,
    FileModel,
    FormatVersion,
    JointId,
    Muscle,
    Number,
    ProductId,
    ScaleId,
    Volume,
    Whole,
    wrong,
)
from endplate.case.measure import Measure
from endplate.knowledge.vocabulary import MEASURES, SCALES


class StudySource(FileModel):
    """Where the study was read, and whether the number itself was seen."""

    citation: str
    url: str | None = None
    evidence: str | None = None


class AgeSpread(FileModel):
    """Mean and standard deviation of age."""

    mean: Age
    sd: Age | None = None


class Baseline(FileModel):
    """The grade at baseline and the least grade that was included."""

    scale: ScaleId
    mean: Number
    sd: Annotated[Number, Field(ge=0)] | None = None
    min: Number | None = None

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        scale = SCALES[self.scale]
        for name in ("mean", "min"):
            found = getattr(self, name)
            if found is not None and not scale.minimum <= found <= scale.maximum:
                message = f"A {name} of {found:g} is not on the scale {self.scale}"
                remedy = f"Write {scale.minimum:g} to {scale.maximum:g}."
                raise wrong("baseline", message, remedy, (name,))
        if self.min is not None and self.mean < self.min:
            message = f"A mean of {self.mean:g} of people with {self.min:g} or more is not possible"
            raise wrong("baseline", message, "Write a mean that is no less than min.", ("mean",))
        return self


class Population(FileModel):
    """Who took part."""

    adults: bool | None = None
    age: AgeSpread | None = None
    sex: str | None = None
    condition: Condition | None = None
    joint: JointId | None = None
    baseline: Baseline | None = None
    prior_toxin: str | None = None
    co_therapy: CoTherapy | None = None


class StudyInjection(FileModel):
    """One muscle, or several that share a dose."""

    muscle: Muscle | None = None
    muscles: tuple[Muscle, ...] = ()
    split: Literal["label", "volume"] | None = None
    dose: DoseText
    sites: Annotated[Whole, Field(ge=1)] | None = None
    volume: Volume | None = None
    dilution: Dilution | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.muscle is None) == (not self.muscles):
            raise wrong(
                "muscle_or_muscles", "Give either muscle or muscles", "One dose, one muscle or a shared list."
            )
        for name in ("volume", "dilution"):
            amount = getattr(self, name)
            if amount is not None and amount.value == 0:
                message = f"A {name} of {amount} is not possible"
                raise wrong(f"{name}_zero", message, "Write more than 0.", (name,))
        return self


MOST_SESSIONS = 30


class Repeat(FileModel):
    """Repeated sessions: how many in all, and how far apart."""

    times: Annotated[Whole, Field(ge=1)]
    every: Duration

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.times > MOST_SESSIONS or self.every.value <= 0:
            message = f"{self.times} sessions every {self.every} are not possible"
            remedy = f"Write at most {MOST_SESSIONS} sessions, more than 0 days apart."
            raise wrong("repeat", message, remedy)
        return self


class Arm(FileModel):
    """One arm of a study."""

    arm: str
    n: Annotated[Whole, Field(ge=1, le=10000)] | None = None
    product: ProductId | None = None
    injections: tuple[StudyInjection, ...] = ()
    repeat: Repeat | None = None
    development: Development | None = None
    concentration: Any = None
    exposure: Any = None
    temperature: Any = None
    stimulation: Any = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.injections and self.product is None:
            message = f"Arm {self.arm!r} injects without a product"
            raise wrong("product_missing", message, "Add product.", ("product",))
        return self


class Outcome(FileModel):
    """One published number; a bound, ``at_most`` or ``at_least``, where no more than that was printed."""

    arm: str
    versus: str | None = None
    measure: Measure
    scale: ScaleId | None = None
    joint: JointId | None = None
    muscle: Muscle | None = None
    event: str | None = None
    of: Literal["force", "cmap", "scale", "patient"] | None = None
    at: Duration | None = None
    by: Number | None = None
    unit: str | None = None
    value: Number | None = None
    at_most: Number | None = None
    at_least: Number | None = None
    sd: Annotated[Number, Field(ge=0)] | None = None
    se: Annotated[Number, Field(ge=0)] | None = None
    n: Annotated[Whole, Field(ge=1, le=10000)] | None = None
    p_lo: Number | None = None
    p_hi: Number | None = None
    note: str | None = None

    @property
    def is_bound(self) -> bool:
        """Whether it is a bound or a direction instead of a number."""
        return self.at_most is not None or self.at_least is not None

    @model_validator(mode="after")
    def _told_once(self) -> Self:
        if self.is_bound and self.value is not None:
            remedy = "Keep value where the number was printed, else the bound."
            raise wrong("value_or_bound", "Both a value and a bound are there", remedy, ("value",))
        if self.at_most is not None and self.at_least is not None and self.at_most <= self.at_least:
            message = f"Nothing is at least {self.at_least:g} and at most {self.at_most:g}"
            raise wrong("bounds", message, "Write the smaller number as at_least.", ("at_most",))
        return self


def _is_share(outcome: Outcome) -> bool:
    """Whether an outcome counts people out of all."""
    return MEASURES[outcome.measure].family == "shares of people"


def _check_share(outcome: Outcome, index: int) -> None:
    """Raise unless a share, or a difference of two, is what shares can be."""
    what, least = ("a share", 0) if outcome.versus is None else ("a difference of two shares", -1)
    if not least <= (outcome.value or 0) <= 1:
        message = f"outcomes[{index}] is {what} of people and has the value {outcome.value:g}"
        remedy = f"Give it from {least} to 1, never in percent."
        raise wrong("share", message, remedy, ("outcomes", index, "value"))


def _check_development(study: Study, index: int, outcome: Outcome) -> None:
    """Raise unless an outcome of a developing arm is read from its circuit, at an age."""
    followed = {arm.arm: arm.development for arm in study.arms}
    circuits = {
        None if held is None else held.circuit
        for name in (outcome.arm, outcome.versus)
        if name is not None
        for held in (followed[name],)
    }
    measure, at = MEASURES[outcome.measure], ("outcomes", index, "measure")
    if len(circuits) > 1:
        message = f"outcomes[{index}] compares arms that follow different circuits"
        raise wrong("circuits", message, "Give both arms the same development.circuit.", at)
    circuit = circuits.pop()
    if circuit is None:
        if not measure.of_chain:
            message = f"{measure.id} is read from a developing circuit, and the arm follows none"
            remedy = f"Add development to the arm, with circuit: {' or '.join(measure.circuits)}."
            raise wrong("development_missing", message, remedy, at)
    elif circuit not in measure.circuits:
        known = [name for name, held in MEASURES.items() if circuit in held.circuits]
        message = f"{measure.id} is not read from the circuit {circuit}"
        raise wrong("circuit_measure", message, f"Use one of {', '.join(known)}.", at)
    elif outcome.at is None and (circuit, study.species) != ("calf_growth", "mouse"):
        message = f"outcomes[{index}] of a developing arm states no age"
        raise wrong("age_missing", message, "Add at.", ("outcomes", index))


class Study(FileModel):
    """One study file."""

    endplate: FormatVersion
    study: str
    title: str
    sources: Annotated[tuple[StudySource, ...], Field(min_length=1)]
    role: Literal["calibration", "validation"]
    species: Literal["human", "rat", "mouse", "rabbit", "cat"]
    preparation: Literal["in_vivo", "ex_vivo", "cell"]
    population: Population | None = None
    visits: tuple[Duration, ...] = ()
    arms: Annotated[tuple[Arm, ...], Field(min_length=1)]
    outcomes: tuple[Outcome, ...] = ()

    @property
    def is_developmental(self) -> bool:
        """Whether an arm follows a developing circuit."""
        return any(arm.development is not None for arm in self.arms)

    @model_validator(mode="after")
    def _children(self) -> Self:
        for index, arm in enumerate(self.arms):
            if self.species == "human" and arm.development is not None and arm.development.toxin is not None:
                message = f"Arm {arm.arm!r} gives a child toxin without muscle and dose"
                at = ("arms", index, "development", "toxin")
                raise wrong("child_toxin", message, "Write product and injections of the arm.", at)
        return self

    @model_validator(mode="after")
    def _arms(self) -> Self:
        names = [arm.arm for arm in self.arms]
        for index, outcome in enumerate(self.outcomes):
            for name in (outcome.arm, outcome.versus):
                if name is not None and name not in names:
                    message = f"outcomes[{index}] names the arm {name!r}, which is not there"
                    at = ("outcomes", index, "arm" if name == outcome.arm else "versus")
                    raise wrong("unknown_arm", message, f"Use one of {', '.join(names)}.", at)
            _check_development(self, index, outcome)
            if _is_share(outcome):
                _check_share(outcome, index)
        return self
