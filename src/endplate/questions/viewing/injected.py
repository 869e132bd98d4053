"""On which side a muscle that is looked into was injected."""

from __future__ import annotations

from collections.abc import Sequence

from endplate.case import PlannedInjection
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence, Word


def injected_side(shots: Sequence[PlannedInjection], muscle: str, side: str | None) -> str:
    """The side asked for, or the first on which the muscle is injected without one.

    Raises:
        InputError: the muscle is not injected there.
    """
    sides = [shot.side for shot in shots if shot.muscle == muscle and side in (None, shot.side)]
    if sides:
        return sides[0]
    injected = ", ".join(sorted({f"{shot.muscle} ({shot.side})" for shot in shots}))
    remedy = Sentence("Name one of those injected: {muscles}.", muscles=injected)
    message = Sentence("{muscle} is not injected there", muscle=Word(muscle, muscle))
    raise InputError(message, rule="muscle_not_injected", remedy=remedy, field="--muscle")
