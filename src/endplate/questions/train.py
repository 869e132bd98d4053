"""`train`: practise on a limb, get a score with reasons; what was asked, and what an attempt amounts to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from endplate.case import Answer, Needle, Training, from_document
from endplate.case.training import NAME, WRONG
from endplate.errors import InputError
from endplate.knowledge.anatomy import load_sources
from endplate.knowledge.vocabulary.sentence import Sentence, said
from endplate.knowledge.vocabulary.wording import BANNER, TRAINER
from endplate.questions.training import naming
from endplate.questions.training.corrections import corrections_of, held_rows
from endplate.questions.training.effects import Effects, effects_of
from endplate.questions.training.limb import ShownLimb, limb_for
from endplate.questions.training.limits import findings_of
from endplate.questions.training.needles import Placed, place
from endplate.questions.training.reference import by_the_book
from endplate.questions.training.score import Part, missed_of, parts_of, score_of
from endplate.questions.training.shipped import shipped, training_of
from endplate.questions.training.verdict import Reason, feedback_of, marks, reasons_of

__all__ = ["Attempt", "attempt", "needles_of", "shipped", "training_of"]

_MM_DIGITS = 1


@dataclass(frozen=True)
class Attempt:
    """An attempt with its score and all that the reveal shows.

    Attributes:
        training: what was asked.
        parts: points with their reasons.
        reasons: what keeps it from passing, what matters most first; empty where it passes.
        feedback: what to change first.
        shown: the limb.
        placed: needles as they came to lie.
        effects: what they do; None without needles.
        document: what else the result holds.
        number: which attempt it was, from 1.
    """

    training: Training
    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]
    feedback: str
    shown: ShownLimb
    placed: tuple[Placed, ...] = ()
    effects: Effects | None = None
    document: dict[str, Any] = field(default_factory=dict)
    number: int = 1

    @property
    def passed(self) -> bool:
        """Whether nothing keeps it from passing."""
        return not self.reasons

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
            "reasons": [reason.to_dict() for reason in self.reasons],
            "parts": [part.to_dict() for part in self.parts],
            "feedback": str(self.feedback),
            "feedback_said": said(self.feedback),
            "needles": [_needle(each) for each in self.placed],
            "muscles": _muscles(self.effects),
            "joints": [vars(row) for row in self.effects.joints] if self.effects else [],
            "corrections": [],
            "marks": None,
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
    if training.level == NAME:
        naming.check_choice(training, answer.get("muscle"))
    given = from_document(Answer, answer)
    return replace(_scored(training, given, number), number=number)


def _scored(training: Training, given: Answer, number: int) -> Attempt:
    if training.level == NAME:
        return _named(training, given)
    if training.level == WRONG:
        from endplate.questions.training.causes import judged

        parts, right, feedback, document = judged(training, _required(given.cause, "cause"))
        reasons = () if right else (Reason("answer", parts[0].why),)
        return Attempt(training, parts, reasons, feedback, limb_for(training), document=document)
    return _placed(training, given, number)


def _required(value: str | None, field_name: str) -> str:
    if value is None:
        message = Sentence("The answer holds no {field}", field=field_name)
        raise InputError(message, rule="answer", remedy="See the task of the training.", field=field_name)
    return value


def _named(training: Training, given: Answer) -> Attempt:
    parts, right, feedback = naming.parts_of(training, _required(given.muscle, "muscle"))
    solution = {"solution": training.muscles[0]}
    reasons = () if right else (Reason("answer", parts[0].why),)
    return Attempt(training, parts, reasons, feedback, limb_for(training), document=solution)


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
    findings = findings_of(training, shown, placed)
    tips = {each.muscle for each in placed if each.muscle and each.dose_U > 0}
    missed = missed_of(effects, book, tips)
    parts = parts_of(training, effects, book, missed, findings)
    reasons = reasons_of(parts, placed, missed, findings)
    told = corrections_of(training, shown, placed)
    document = {
        "marks": marks(),
        "checks": [finding.to_dict() for finding in findings],
        "corrections": [{"text": str(text), "said": said(text)} for text in told],
        "held": held_rows(training, placed),
    }
    feedback = feedback_of(parts, placed, reasons)
    return Attempt(training, parts, reasons, feedback, shown, placed, effects, document)


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
