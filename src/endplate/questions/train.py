"""`train`: practise on a limb, get a score with reasons; what was asked, and what an attempt amounts to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from endplate.case import Answer, Needle, Training, from_document
from endplate.errors import InputError
from endplate.knowledge.anatomy import load_sources
from endplate.knowledge.vocabulary.sentence import Sentence, Word, said
from endplate.knowledge.vocabulary.wording import BANNER, TRAINER
from endplate.questions.training import naming
from endplate.questions.training.effects import Effects, effects_of
from endplate.questions.training.limb import ShownLimb, limb_for
from endplate.questions.training.limits import findings_of
from endplate.questions.training.needles import Placed, place
from endplate.questions.training.reference import by_the_book, held_ranges
from endplate.questions.training.score import Part, parts_of, passes, score_of
from endplate.questions.training.shipped import shipped, training_of

__all__ = ["Attempt", "attempt", "needles_of", "shipped", "training_of"]

NAME, WRONG = 1, 6
_MM_DIGITS = 1


@dataclass(frozen=True)
class Attempt:
    """An attempt with its score and all that the reveal shows.

    Attributes:
        training: what was asked.
        parts: points with their reasons.
        passed: whether they suffice and nothing was crossed.
        feedback: one sentence: what to change first.
        shown: the limb.
        placed: needles as they came to lie.
        effects: what they do; None without needles.
        document: what else the result holds.
        number: which attempt it was, from 1.
    """

    training: Training
    parts: tuple[Part, ...]
    passed: bool
    feedback: str
    shown: ShownLimb
    placed: tuple[Placed, ...] = ()
    effects: Effects | None = None
    document: dict[str, Any] = field(default_factory=dict)
    number: int = 1

    def to_dict(self) -> dict[str, Any]:
        """The JSON result, without drawings."""
        return {
            "endplate": 1,
            "training": self.training.training,
            "title": self.training.title,
            "level": self.training.level,
            "seed": self.training.seed,
            "attempt": self.number,
            "score": score_of(self.parts),
            "passed": self.passed,
            "failed": [_crossed(row, each) for each in self.placed for row in each.crossed],
            "parts": [part.to_dict() for part in self.parts],
            "feedback": str(self.feedback),
            "feedback_said": said(self.feedback),
            "needles": [_needle(each) for each in self.placed],
            "muscles": _muscles(self.effects),
            "joints": [vars(row) for row in self.effects.joints] if self.effects else [],
            "checks": [],
            "held": [],
            **self.document,
            "wording": {"trainer": TRAINER, "banner": BANNER},
        }


def needles_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Needle, ...]:
    """Needles as plain data, as a section draws them.

    Raises:
        InputError: they cannot be read.
    """
    return from_document(Answer, {"needles": list(rows)}).needles


def attempt(training: Training, answer: Mapping[str, Any], number: int = 1) -> Attempt:
    """Score an answer.

    Args:
        training: what was asked.
        answer: ``muscle``, ``needles`` or ``cause``, as the level asks.
        number: which attempt it is, from 1. At level 4 the hand's error goes by it and by the seed.

    Raises:
        InputError: the answer cannot be read, or is not one to this level.
    """
    given = from_document(Answer, answer)
    return replace(_scored(training, given, number), number=number)


def _scored(training: Training, given: Answer, number: int) -> Attempt:
    if training.level == NAME:
        return _named(training, given)
    if training.level == WRONG:
        from endplate.questions.training.causes import judged

        parts, passed, feedback, document = judged(training, _required(given.cause, "cause"))
        return Attempt(training, parts, passed, feedback, limb_for(training), document=document)
    return _placed(training, given, number)


def _required(value: str | None, field_name: str) -> str:
    if value is None:
        message = Sentence("The answer holds no {field}", field=field_name)
        raise InputError(message, rule="answer", remedy="See the task of the training.", field=field_name)
    return value


def _named(training: Training, given: Answer) -> Attempt:
    parts, right, feedback = naming.parts_of(training, _required(given.muscle, "muscle"))
    solution = {"solution": training.muscles[0]}
    return Attempt(training, parts, right, feedback, limb_for(training), document=solution)


def _placed(training: Training, given: Answer, number: int) -> Attempt:
    if not given.needles:
        _required(None, "needles")
    if len(given.needles) > training.most_needles:
        message = Sentence(
            "{count} needles were given, and {most} may be",
            count=str(len(given.needles)),
            most=str(training.most_needles),
        )
        raise InputError(message, rule="needles", remedy="Take some out.", field="needles")
    shown = limb_for(training)
    placed = place(training, shown, given.needles, number)
    effects, book = effects_of(training, shown, placed), by_the_book(training)
    findings = findings_of(training, placed)
    parts = parts_of(training, effects, book, findings)
    crossed = [row for each in placed for row in each.crossed]
    document = {
        "checks": [finding.to_dict() for finding in findings],
        "held": [
            {"muscles": list(row.muscles), **row.rule.to_dict(training.mass_kg)}
            for row in held_ranges(training)
        ],
    }
    passed = passes(parts) and not crossed
    return Attempt(training, parts, passed, _feedback(parts, placed), shown, placed, effects, document)


def _feedback(parts: Sequence[Part], placed: Sequence[Placed]) -> str:
    """A structure crossed first; then a needle beside every muscle; then the part that lost most points."""
    for each in placed:
        for row in (*each.crossed, *each.unjudged):
            told = "Needle {number} crossed the {structure}: choose another way in."
            if row in each.unjudged:
                told = "Needle {number} passed the {structure}, whose place no source gives: not judged."
            return Sentence(told, number=str(each.number), structure=Sentence.of(row.name))
    for each in placed:
        if each.muscle is None:
            told = {
                "bone": "Needle {number} stopped at bone: its units reached no muscle.",
                "skin": "Needle {number} did not pass the skin: its units reached no muscle.",
            }.get(each.where, "Needle {number} went through the limb: its units reached no muscle.")
            return Sentence(told, number=str(each.number))
    worst = max(parts, key=lambda part: part.of - part.points)
    if worst.share >= 1 - 1 / worst.of:
        return Sentence("Every part is as good as a needle in the zone makes it.")
    return Sentence("{why}", why=worst.why)


def _crossed(row: Any, each: Placed) -> dict[str, Any]:
    source = load_sources().get(row.source)
    return {
        "structure": row.name,
        "kind": row.kind,
        "source": {"citation": source.citation, "url": source.url} if source else None,
        "basis": row.basis,
        "needle": each.number,
    }


def _needle(each: Placed) -> dict[str, Any]:
    return {
        "number": each.number,
        "at": round(each.at, 4),
        "entry_mm": [round(value, _MM_DIGITS) for value in each.entry_mm],
        "tip_mm": [round(value, _MM_DIGITS) for value in each.tip_mm],
        "dose_U": each.dose_U,
        "in": each.muscle,
        "where": each.where,
        "crossed": [row.name for row in each.crossed],
        "unjudged": [row.name for row in each.unjudged],
    }


def _muscles(effects: Effects | None) -> list[dict[str, Any]]:
    return [] if effects is None else [vars(row) for row in effects.muscles]


def heading(training: Training) -> str:
    """What is asked in a few words: the muscles of the task."""
    return ", ".join(Word(muscle) for muscle in training.muscles)
