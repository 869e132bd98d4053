"""Level 6 for now: the causes that may be chosen."""

from __future__ import annotations

from typing import Any

from endplate.case import Training
from endplate.case.training import CAUSES
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.training.score import Part


def offered(training: Training) -> dict[str, Any]:
    """What may be known of the person who comes back."""
    return {"causes": list(CAUSES), "visits": []}


def judged(training: Training, cause: str) -> tuple[tuple[Part, ...], bool, str, dict[str, Any]]:
    """Points for the cause named."""
    right = cause == training.task.cause
    why = Sentence("It was the cause." if right else "It was another cause.")
    return (Part("cause", 100.0 if right else 0.0, 100, why),), right, why, {"solution": training.task.cause}
