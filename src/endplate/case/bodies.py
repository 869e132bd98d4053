"""What no person's body or history can be: refused where a case is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from endplate.case.fields import wrong
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.knowledge.vocabulary.sentence import Sentence

if TYPE_CHECKING:
    from endplate.case.models import Patient


def check_height(height: Quantity | None) -> None:
    """Raise for a height that nobody has."""
    from endplate.knowledge.evidence import value

    if height is None:
        return
    least, most = value("plausible.height_least"), value("plausible.height_most")
    if not least <= height.value <= most:
        message = Sentence("A height of {height} is not possible", height=str(height))
        remedy = Sentence("Write {least} cm to {most} cm.", least=f"{least:g}", most=f"{most:g}")
        raise wrong("height_range", message, remedy, ("height",))


def check_onset(patient: Patient) -> None:
    """Raise for an onset more than a year before birth; a whole age may stand for almost a year more."""
    if patient.age is None or patient.months_since_onset is None:
        return
    if Quantity(patient.months_since_onset, "mo").to("y").value > patient.age.to("y").value + 1:
        message = Sentence(
            "An onset {months} months ago lies before birth (age {age})",
            months=f"{patient.months_since_onset:g}",
            age=str(patient.age),
        )
        remedy = Sentence("Count months since the onset; since birth at most.")
        raise wrong("onset_before_birth", message, remedy, ("months_since_onset",))
