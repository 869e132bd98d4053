"""What every question asks of what it is given: at least one of what is counted."""

from __future__ import annotations

from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence


def at_least_one(**numbers: int) -> None:
    """Raise unless every number that was asked for is at least one.

    Args:
        **numbers: by the name of the argument.

    Raises:
        InputError: naming the first that is not.
    """
    for name, number in numbers.items():
        if number < 1:
            message = Sentence("{name} cannot be {number}", name=name, number=str(number))
            raise InputError(message, rule="positive", remedy="Ask for at least one.", field=name)
