"""The score of an attempt: five parts, each with the one sentence that its numbers amount to.

Weights, pass mark (``training.pass_mark``) and the least share of every part (``training.least_share``) are a
design of endplate's trainer, not of any study; docs/training.md tells why. What the parts are measured
against is computed: see :mod:`reference`. Parts that reward absence (neighbours, limits) count for the share
of the muscles asked for that were treated, so that doing nothing earns nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from endplate.case import Training
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary.sentence import Sentence, Word, said
from endplate.questions.checking.finding import Finding
from endplate.questions.training.effects import Effects

ON_TARGET, ZONE, NEIGHBOURS, LIMITS, GOAL = 35, 25, 20, 10, 10
"""Points of the parts; they make 100."""
_PERCENT = 100


@dataclass(frozen=True)
class Part:
    """One part: points of how many, and why."""

    part: str
    points: float
    of: int
    why: str

    @property
    def share(self) -> float:
        """Points over those to be had."""
        return self.points / self.of

    def to_dict(self) -> dict[str, object]:
        """The object under ``parts``."""
        points = round(self.points, 1)
        return {
            "part": self.part,
            "points": points,
            "of": self.of,
            "why": str(self.why),
            "said": said(self.why),
        }


def parts_of(
    training: Training, effects: Effects, book: Effects, findings: Sequence[Finding]
) -> tuple[Part, ...]:
    """The five parts of an attempt with needles.

    Args:
        training: what was asked.
        effects: what the needles do.
        book: what the placement by the book does.
        findings: limits that the doses and volumes meet.
    """
    missed = _missed(effects, book)
    treated = 1 - len(missed) / max(len(effects.targets), 1)
    return (
        _on_target(effects, book, missed, treated),
        _zone(effects, book),
        _if_treated(_neighbours(effects, book), treated),
        _if_treated(_limits(findings), treated),
        _goal(training, effects, book),
    )


def score_of(parts: Sequence[Part]) -> float:
    """The sum of the parts' points, one digit."""
    return round(sum(part.points for part in parts), 1)


def passes(parts: Sequence[Part]) -> bool:
    """Whether points and every part suffice."""
    mark, least = value("training.pass_mark"), value("training.least_share")
    return score_of(parts) >= mark and all(part.share >= least for part in parts)


def percent(share: float) -> str:
    """A share as whole per cent."""
    return f"{share * _PERCENT:.0f}"


def _of(share: float, whole: float) -> float:
    """A share of what can be had, 0 to 1."""
    return 1.0 if whole <= 0 else min(max(share / whole, 0.0), 1.0)


def _missed(effects: Effects, book: Effects) -> list[str]:
    """The muscles asked for that were not treated: they hold nothing, or much less than by the book."""
    held = {row.muscle: row.held_U for row in book.targets}
    least = value("training.treated")
    return [
        row.muscle
        for row in effects.targets
        if not row.held_U or row.held_U < least * held.get(row.muscle, 0.0)
    ]


def _if_treated(part: Part, treated: float) -> Part:
    """A part that rewards absence, for the share of the muscles asked for that were treated."""
    if treated >= 1 or not part.points:
        return part
    told = "{why} It counts for {share} % of the muscles asked for: the others were not treated."
    why = Sentence(told, why=part.why, share=percent(treated))
    if treated <= 0:
        why = Sentence("No muscle asked for was treated, so sparing others and keeping limits earns nothing.")
    return replace(part, points=part.points * treated, why=why)


def _on_target(effects: Effects, book: Effects, missed: Sequence[str], treated: float) -> Part:
    points = ON_TARGET * _of(effects.on_target, book.on_target) * treated
    numbers = {"share": percent(effects.on_target), "best": percent(book.on_target)}
    if effects.given_U <= 0:
        return Part("on_target", 0.0, ON_TARGET, Sentence("No units were given."))
    if missed:
        told = "{share} % of the units given lie in the muscles asked for, and {muscle} got hardly any."
        why = Sentence(told, share=numbers["share"], muscle=Word(missed[0]))
    else:
        told = (
            "{share} % of the units given lie in the muscles asked for; a needle in the zone leaves {best} %."
        )
        why = Sentence(told, **numbers)
    return Part("on_target", points, ON_TARGET, why)


def _zone(effects: Effects, book: Effects) -> Part:
    best = {row.muscle: row.beyond_half for row in book.targets}
    shares = {row.muscle: _of(row.beyond_half, best.get(row.muscle, 0.0)) for row in effects.targets}
    worst = min(effects.targets, key=lambda row: shares[row.muscle])
    numbers = {"muscle": Word(worst.muscle), "share": percent(worst.beyond_half)}
    told = "{share} % of the endplates of {muscle} got enough to be half blocked; the zone can give {best} %."
    why = Sentence(told, **numbers, best=percent(best.get(worst.muscle, 0.0)))
    return Part("endplate_zone", ZONE * sum(shares.values()) / len(shares), ZONE, why)


def _neighbours(effects: Effects, book: Effects) -> Part:
    worst, usual = effects.worst_neighbour, book.worst_neighbour
    unavoidable = 0.0 if usual is None else 1 - usual.lowest_force
    loss = 0.0 if worst is None else 1 - worst.lowest_force
    points = NEIGHBOURS * (1 - _of(max(loss - unavoidable, 0.0), value("training.largest_loss")))
    if worst is None or percent(loss) == "0":
        why = Sentence("No muscle beside those asked for loses force.")
    else:
        told = (
            "{muscle} loses {loss} % of its force without being asked for; "
            "needles in the zone cost it {usual} %."
        )
        numbers = {"loss": percent(loss), "usual": percent(unavoidable)}
        why = Sentence(told, muscle=Word(worst.muscle), **numbers)
    return Part("neighbours", points, NEIGHBOURS, why)


def _limits(findings: Sequence[Finding]) -> Part:
    broken = [row for row in findings if row.severity == "critical"]
    if broken:
        return Part("limits_volume", 0.0, LIMITS, Sentence("{finding}", finding=broken[0].message))
    why = Sentence("Every dose, volume and total is within the limits held.")
    return Part("limits_volume", float(LIMITS), LIMITS, why)


def _goal(training: Training, effects: Effects, book: Effects) -> Part:
    wanted = training.task.improve_by or book.gain
    points = GOAL * (_of(effects.gain, wanted) if effects.gain > 0 else 0.0)
    told = "The joint gains {gain} of the {wanted} grades asked for in weeks 4 to 12."
    if training.task.improve_by is None:
        told = "The joint gains {gain} grades in weeks 4 to 12; needles in the zone can gain {wanted}."
    why = Sentence(told, gain=f"{max(effects.gain, 0.0):.2f}", wanted=f"{wanted:.2f}")
    return Part("goal", points, GOAL, why)
