"""Level 1: name the muscle that is marked in the section."""

from __future__ import annotations

from endplate.case import Training
from endplate.errors import InputError
from endplate.knowledge.anatomy import bodies_of, body
from endplate.knowledge.vocabulary import GROUPS, canonical_muscle
from endplate.knowledge.vocabulary.quantity import shown
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.questions.training.score import Part

MUSCLE, COMPARTMENT = 70, 30
"""Points for the muscle itself, and for a muscle of the same compartment."""


def choices_of(training: Training) -> tuple[str, ...]:
    """The names to choose from, sorted: those of the file, or all that the section cuts."""
    own = {m for name in training.task.choices for m in GROUPS.get(name, (name,))}
    at = training.show.at
    here = {row.muscle for row in bodies_of(training.show.segment) if row.start < at < row.end}
    return tuple(sorted({*(own or here), *training.muscles}))


def check_choice(training: Training, named: object) -> None:
    """Raise where an answer names none of the muscles to choose from; one that names nothing is let be.

    Raises:
        InputError: with the choices.
    """
    options = choices_of(training)
    if not isinstance(named, str) or canonical_muscle(named) in options:
        return
    message = Sentence("{muscle} is none of the muscles to choose from", muscle=shown(named))
    remedy = Sentence("Use one of {options}.", options=", ".join(options))
    raise InputError(message, rule="choices", remedy=remedy, field="muscle")


def parts_of(training: Training, named: str) -> tuple[tuple[Part, ...], bool, str]:
    """Points, whether the name is right, and one sentence.

    Args:
        training: of level 1.
        named: the muscle answered, one of those to choose from.
    """
    asked = training.muscles[0]
    right, near = named == asked, body(named).compartment == body(asked).compartment
    names = {"named": Word(named), "asked": Word(asked)}
    first = Sentence("It is {asked}.", asked=Word(asked))
    if not right:
        first = Sentence("It is {asked}, not {named}.", **names)
    second = Sentence("{named} lies in the same compartment.", named=Word(named))
    if not near:
        second = Sentence("{named} lies in another compartment.", named=Word(named))
    parts = (
        Part("muscle", MUSCLE if right else 0, MUSCLE, first),
        Part("compartment", COMPARTMENT if near else 0, COMPARTMENT, second),
    )
    where = Sentence("{first} Needle: {landmark}.", first=first, landmark=Sentence.of(body(asked).landmark))
    return parts, right, where
