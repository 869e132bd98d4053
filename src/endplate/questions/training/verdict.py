"""Whether an attempt with needles passes, why not, and the one sentence that is told first.

What fails comes in the order in which it matters: a structure crossed, a limit broken, a muscle that was not
treated, a dose far under its range, a part under its least share, too few points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from endplate.knowledge.anatomy import Structure
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary.sentence import Sentence, Word, said
from endplate.questions.checking.finding import Finding
from endplate.questions.training.needles import Placed
from endplate.questions.training.score import Missed, Part, least_dose, percent, score_of

RECALLED = ("recalled",)
"""Bases on which a structure's place is remembered: the source says beside what it lies, not its angle."""


@dataclass(frozen=True)
class Reason:
    """Why an attempt does not pass: kind, and one or two sentences.

    ``kind`` is structure, limit, untreated, low_dose, part, mark, or answer (levels 1 and 6).
    """

    kind: str
    why: str

    def to_dict(self) -> dict[str, object]:
        """The object under ``reasons``."""
        return {"kind": self.kind, "why": str(self.why), "said": said(self.why)}


def marks() -> dict[str, float]:
    """What a pass needs: points of 100, and the share of every part."""
    return {"points": value("training.pass_mark"), "share": value("training.least_share")}


def reasons_of(
    parts: Sequence[Part],
    placed: Sequence[Placed],
    missed: Sequence[Missed],
    findings: Sequence[Finding],
) -> tuple[Reason, ...]:
    """Everything that keeps an attempt from passing, what matters most first; empty where it passes.

    Args:
        parts: of its score.
        placed: its needles.
        missed: the muscles asked for that were not treated.
        findings: limits that the doses and volumes meet.
    """
    return tuple(_reasons(parts, placed, missed, findings))


def _reasons(
    parts: Sequence[Part], placed: Sequence[Placed], missed: Sequence[Missed], findings: Sequence[Finding]
) -> Iterator[Reason]:
    for each in placed:
        for row in each.crossed:
            yield Reason("structure", _crossed(each, row))
    broken = [row for row in findings if row.severity == "critical"]
    for finding in broken:
        yield Reason("limit", Sentence("{finding}", finding=finding.message))
    for muscle in missed:
        yield Reason("untreated", _untreated(muscle))
    least = value("training.least_share")
    share, low = least_dose(findings)
    if low is not None and share < least:
        yield Reason("low_dose", Sentence("{finding}", finding=low.message))
    for part in parts:
        if part.share < least and not (part.part == "limits_volume" and (broken or low)):
            told = "{why} That is {points} of {of} points, and {least} are needed."
            numbers = {"points": f"{part.points:.1f}", "of": str(part.of), "least": f"{least * part.of:g}"}
            yield Reason("part", Sentence(told, why=part.why, **numbers))
    yield from _points(parts)


def _points(parts: Sequence[Part]) -> Iterator[Reason]:
    if score_of(parts) < value("training.pass_mark"):
        told = "{points} of 100 points, and {mark} are needed. {why}"
        numbers = {"points": f"{score_of(parts):g}", "mark": f"{value('training.pass_mark'):g}"}
        yield Reason("mark", Sentence(told, **numbers, why=_worst(parts).why))


def _crossed(each: Placed, row: Structure) -> Sentence:
    told = "Needle {number} crossed the {structure}: choose another way in."
    if row.basis in RECALLED:
        told = (
            "Needle {number} crossed the {structure}: choose another way in. A source names what it lies "
            "beside; its angle and depth here are recalled, not read."
        )
    return Sentence(told, number=str(each.number), structure=Sentence.of(row.name))


def _untreated(row: Missed) -> Sentence:
    if f"{row.held_U:.1f}" == "0.0":
        return Sentence("{muscle} got nothing.", muscle=Word(row.muscle))
    told = (
        "{muscle} was not treated: it holds {held} U, "
        "{share} % of what the placement by the book leaves there."
    )
    return Sentence(told, muscle=Word(row.muscle), held=f"{row.held_U:.1f}", share=percent(row.share))


def _worst(parts: Sequence[Part]) -> Part:
    """The part that lost most points."""
    return max(parts, key=lambda part: part.of - part.points)


def feedback_of(parts: Sequence[Part], placed: Sequence[Placed], reasons: Sequence[Reason]) -> str:
    """What to change first: what failed the attempt, and else what lost most points."""
    beside = _lost(placed) or _unjudged(placed)
    if reasons:
        reason = Sentence.of(reasons[0].why)
        return Sentence("{first} {second}", first=reason, second=beside) if beside else reason
    worst = _worst(parts)
    if beside:
        return beside
    if worst.share >= 1 - 1 / worst.of:
        return Sentence("Every part is as good as the placement by the book makes it.")
    return Sentence.of(worst.why)


def _unjudged(placed: Sequence[Placed]) -> Sentence | None:
    """The first structure passed whose place is nobody's."""
    for each in placed:
        for row in each.unjudged:
            told = "Needle {number} passed the {structure}, whose place no source gives: not judged."
            return Sentence(told, number=str(each.number), structure=Sentence.of(row.name))
    return None


def _lost(placed: Sequence[Placed]) -> Sentence | None:
    """The first needle whose units reached no muscle."""
    for each in placed:
        if each.muscle is None:
            told = {
                "bone": "Needle {number} stopped at bone: its units reached no muscle.",
                "skin": "Needle {number} did not pass the skin: its units reached no muscle.",
            }.get(each.where, "Needle {number} went through the limb: its units reached no muscle.")
            return Sentence(told, number=str(each.number))
    return None
