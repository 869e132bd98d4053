"""What a run assumes where the literature disagrees, and what the case does not tell."""

from __future__ import annotations

from dataclasses import dataclass

from endplate.errors import InputError
from endplate.knowledge.evidence import default_value, value
from endplate.physiology.terminal.recovery import ACCOUNTS, Account

_HALF_WIDTHS = 2  # of the active force-length curve; beyond, less than exp(-4) of the force is left


@dataclass(frozen=True)
class Biology:
    """Variants of a run.

    Attributes:
        recovery: who leads recovery: ``parent_first`` (sprouts add less than a fifth of release) or
            ``sprouts_first`` (sprouts transmit while the parent is silent for about two months).
        antibodies: neutralising antibodies over the titre that halves uptake; 0 for none.
        rate_Hz: impulses per second of the train whose force is told.
        length: muscle length at which force is told, over the optimal one; within twice the half-width of
            the active force-length curve, as hardly any force is left beyond.
    """

    recovery: Account = "parent_first"
    antibodies: float = 0.0
    rate_Hz: float = default_value("muscle.tetanic_rate")
    length: float = 1.0

    def __post_init__(self) -> None:
        if self.recovery not in ACCOUNTS:
            raise _refused("recovery", self.recovery, " or ".join(ACCOUNTS))
        if not (self.antibodies >= 0 and self.rate_Hz >= 0):
            numbers = f"{self.antibodies:g} and {self.rate_Hz:g}"
            raise _refused("antibodies, rate_Hz", numbers, "numbers from 0")
        reach = _HALF_WIDTHS * value("joint.force_length_width")
        if not (self.length > 0 and abs(self.length - 1) <= reach):
            wanted = f"a length over the optimal one above 0 and up to {1 + reach:.3g}"
            raise _refused("length", f"{self.length:g}", wanted)


def _refused(name: str, given: str, wanted: str) -> InputError:
    return InputError(f"{name} cannot be {given}", rule="biology", remedy=f"Give {wanted}.", field=name)
