"""What was done to a developing animal or child in one arm of a study: which circuit, what, and when."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from endplate.case.fields import Age, FileModel, Number, Whole, wrong
from endplate.knowledge.vocabulary.quantity import Quantity

Circuit = Literal["spinal_reflex", "whisker_map", "motor_map", "calf_growth", "hip"]


def _check_order(start: Quantity | None, to: Quantity | None) -> None:
    """Raise unless the second age is the later one."""
    if start is not None and to is not None and to.to("d").value <= start.to("d").value:
        raise wrong("span", f"From {start} to {to} is no time", "Write the earlier age first.", ("to",))


class Span(FileModel):
    """Between two ages, as the file writes them: ``{from: 3 wk, to: 7 wk}``."""

    model_config = ConfigDict(populate_by_name=True)

    start: Age = Field(alias="from")
    to: Age

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check_order(self.start, self.to)
        return self


class Blocked(FileModel):
    """Toxin in a developing limb: between two ages, or, where growth has no ages, throughout.

    ``block`` is the share that it takes, 0 to 1: of the limb's movement in a map, of the tone in a calf.
    """

    model_config = ConfigDict(populate_by_name=True)

    start: Age | None = Field(default=None, alias="from")
    to: Age | None = None
    block: Annotated[Number, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.start is None) != (self.to is None):
            raise wrong("span", "Only one of from and to is there", "Add the other, or leave both out.")
        _check_order(self.start, self.to)
        return self


_KEYS: dict[str, tuple[str, ...]] = {
    "spinal_reflex": ("touch_numb", "touch_reversed", "pain_numb", "cord_cut"),
    "whisker_map": ("row_lesion",),
    "motor_map": ("toxin", "training", "cortex_silent"),
    "calf_growth": ("tone", "toxin", "followed_from", "gmfcs"),
    "hip": ("followed_from", "gmfcs"),
}


class Development(FileModel):
    """The circuit that is followed and what was done to it; without anything done, a normal animal.

    Attributes:
        circuit: withdrawal reflexes of the spinal cord, map of the whiskers, motor map of a limb, growth of
            the calf, or the hip.
        touch_numb: skin anaesthetised to touch.
        touch_reversed: touch on the wrong side of every twitch.
        pain_numb: analgesia that leaves touch.
        cord_cut: age at which the spinal cord was cut.
        row_lesion: age at which the middle row of whiskers was destroyed.
        toxin: in the distal limb (motor map), or in the calf of a mouse; children get ``injections``.
        training: of the distal limb.
        cortex_silent: the motor cortex itself silenced.
        tone: of the calf; spastic where not stated.
        followed_from: age from which children are followed, of their first injection where they get any;
            birth where not stated. Times of outcomes then count from it, else they are ages.
        gmfcs: level, 1 to 5; without it all levels alike.
    """

    circuit: Circuit
    touch_numb: Span | None = None
    touch_reversed: Span | None = None
    pain_numb: Span | None = None
    cord_cut: Age | None = None
    row_lesion: Age | None = None
    toxin: Blocked | None = None
    training: Span | None = None
    cortex_silent: Span | None = None
    tone: Literal["spastic", "normal"] | None = None
    followed_from: Age | None = None
    gmfcs: Annotated[Whole, Field(ge=1, le=5)] | None = None

    @model_validator(mode="after")
    def _of_the_circuit(self) -> Self:
        allowed = _KEYS[self.circuit]
        for name in type(self).model_fields:
            if name != "circuit" and name not in allowed and getattr(self, name) is not None:
                message = f"{name} is nothing that is done to the circuit {self.circuit}"
                raise wrong("circuit_key", message, f"Use one of {', '.join(allowed)}.", (name,))
        if self.toxin is not None and (self.circuit == "motor_map") != (self.toxin.start is not None):
            needs = self.circuit == "motor_map"
            message = "Toxin in a limb needs its ages" if needs else "A mouse's calf is not held by age"
            remedy = "Add from and to." if needs else "Leave from and to out; write block for another share."
            raise wrong("toxin_ages", message, remedy, ("toxin",))
        return self
