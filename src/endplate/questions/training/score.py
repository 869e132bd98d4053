"""The score of an attempt: five parts, each with the one sentence that its numbers amount to.

Weights, pass mark (``training.pass_mark``) and the least share of every part (``training.least_share``) are a
design of endplate's trainer, not of any study; docs/training.md tells why. What the parts are measured
against is computed: see :mod:`reference`. Parts that reward absence (neighbours, limits) count for the share
of the muscles asked for that were treated, so that doing nothing earns nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from endplate.case import Training
from endplate.knowledge.evidence import value
from endplate.knowledge.units import PERCENT
from endplate.knowledge.vocabulary.sentence import Sentence, Word, said
from endplate.questions.checking.finding import Finding
from endplate.questions.training.effects import Effects
from endplate.questions.training.limits import LOW_DOSE
from endplate.questions.training.reference import held_ranges

ON_TARGET, ZONE, NEIGHBOURS, LIMITS, GOAL = 35, 25, 20, 10, 10
"""Points of the parts; they make 100."""


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
    training: Training,
    effects: Effects,
    book: Effects,
    missed: Sequence[Missed],
    findings: Sequence[Finding],
) -> tuple[Part, ...]:
    """The five parts of an attempt with needles.

    Args:
        training: what was asked.
        effects: what the needles do.
        book: what the placement by the book does.
        missed: the muscles asked for that were not treated.
        findings: limits that the doses and volumes meet.
    """
    treated = 1 - len(missed) / max(len(effects.targets), 1)
    measure = _measure(training)
    return (
        _on_target(effects, book, measure, missed, treated),
        _zone(effects, book, measure),
        _if_treated(_neighbours(effects, book, measure), treated),
        _if_treated(_limits(findings), treated),
        _goal(training, effects, book, measure),
    )


def _measure(training: Training) -> Sentence:
    """What the placement by the book gives, in words."""
    held = {muscle for row in held_ranges(training) if row.low_U or row.high_U for muscle in row.muscles}
    return Sentence("the least dose held" if held >= set(training.muscles) else "the budget")


def score_of(parts: Sequence[Part]) -> float:
    """The sum of the parts' points, one digit."""
    return round(sum(part.points for part in parts), 1)


def percent(share: float) -> str:
    """A share as whole per cent."""
    return f"{share * PERCENT:.0f}"


def _of(share: float, whole: float) -> float:
    """A share of what can be had, 0 to 1."""
    return 1.0 if whole <= 0 else min(max(share / whole, 0.0), 1.0)


@dataclass(frozen=True)
class Missed:
    """A muscle asked for that was not treated: units held, and those over what the book leaves in it."""

    muscle: str
    held_U: float
    share: float


def missed_of(effects: Effects, book: Effects, tips: Collection[str]) -> tuple[Missed, ...]:
    """The muscles asked for that were not treated: they hold nothing, or much less than by the book.

    Args:
        effects: what the needles do.
        book: what the placement by the book does.
        tips: muscles that hold the tip of a needle. Another one got units by spread alone: it needs more of
            them (``training.least_dose``) to count as treated.
    """
    held = {row.muscle: row.held_U for row in book.targets}
    aimed, beside = value("training.treated"), value("training.least_dose")
    shares = {row.muscle: row.held_U / (held.get(row.muscle) or row.held_U or 1) for row in effects.targets}
    return tuple(
        Missed(row.muscle, row.held_U, shares[row.muscle])
        for row in effects.targets
        if shares[row.muscle] < (aimed if row.muscle in tips else beside)
    )


def _if_treated(part: Part, treated: float) -> Part:
    """A part that rewards absence, for the share of the muscles asked for that were treated."""
    if treated >= 1 or not part.points:
        return part
    told = "{why} It counts for {share} % of the muscles asked for: the others were not treated."
    why = Sentence(told, why=part.why, share=percent(treated))
    if treated <= 0:
        why = Sentence("No muscle asked for was treated, so sparing others and keeping limits earns nothing.")
    return replace(part, points=part.points * treated, why=why)


def _on_target(
    effects: Effects, book: Effects, measure: Sentence, missed: Sequence[Missed], treated: float
) -> Part:
    points = ON_TARGET * _of(effects.on_target, book.on_target) * treated
    numbers = {"share": percent(effects.on_target), "best": percent(book.on_target)}
    if effects.given_U <= 0:
        return Part("on_target", 0.0, ON_TARGET, Sentence("No units were given."))
    if missed:
        told = "{share} % of the units given lie in the muscles asked for, and {muscle} was not treated."
        why = Sentence(told, share=numbers["share"], muscle=Word(missed[0].muscle))
    else:
        told = (
            "{share} % of the units given lie in the muscles asked for; "
            "{measure} in the zone leaves {best} %."
        )
        why = Sentence(told, **numbers, measure=measure)
    return Part("on_target", points, ON_TARGET, why)


def _zone(effects: Effects, book: Effects, measure: Sentence) -> Part:
    best = {row.muscle: row.beyond_half for row in book.targets}
    shares = {row.muscle: _of(row.beyond_half, best.get(row.muscle, 0.0)) for row in effects.targets}
    worst = min(effects.targets, key=lambda row: shares[row.muscle])
    numbers = {"muscle": Word(worst.muscle), "share": percent(worst.beyond_half)}
    told = (
        "{share} % of the endplates of {muscle} got enough to be half blocked; "
        "{measure} in the zone gives {best} %."
    )
    why = Sentence(told, **numbers, measure=measure, best=percent(best.get(worst.muscle, 0.0)))
    return Part("endplate_zone", ZONE * sum(shares.values()) / len(shares), ZONE, why)


def _neighbours(effects: Effects, book: Effects, measure: Sentence) -> Part:
    worst, usual = effects.worst_neighbour, book.worst_neighbour
    unavoidable = 0.0 if usual is None else 1 - usual.lowest_force
    loss = 0.0 if worst is None else 1 - worst.lowest_force
    points = NEIGHBOURS * (1 - _of(max(loss - unavoidable, 0.0), value("training.largest_loss")))
    if worst is None or percent(loss) == "0":
        why = Sentence("No muscle beside those asked for loses force.")
    else:
        told = (
            "{muscle} loses {loss} % of its force without being asked for; "
            "{measure} in the zone costs a neighbour {usual} %."
        )
        numbers = {"loss": percent(loss), "usual": percent(unavoidable), "measure": measure}
        why = Sentence(told, muscle=Word(worst.muscle), **numbers)
    return Part("neighbours", points, NEIGHBOURS, why)


def _limits(findings: Sequence[Finding]) -> Part:
    broken = [row for row in findings if row.severity == "critical"]
    if broken:
        return Part("limits_volume", 0.0, LIMITS, Sentence("{finding}", finding=broken[0].message))
    share, low = least_dose(findings)
    if low is not None:
        told = "{finding} Under the low end points fall; at {none} % of it none are left."
        why = Sentence(told, finding=low.message, none=percent(value("training.least_dose")))
        return Part("limits_volume", LIMITS * share, LIMITS, why)
    why = Sentence("Every dose, volume and total is within the limits held.")
    return Part("limits_volume", float(LIMITS), LIMITS, why)


def least_dose(findings: Sequence[Finding]) -> tuple[float, Finding | None]:
    """The dose farthest under its range held: the share of points that it leaves, and what `check` says."""
    none = value("training.least_dose")
    found = [
        (max(row.value / row.limit - none, 0.0) / (1 - none), row)
        for row in findings
        if row.rule == LOW_DOSE and row.value is not None and row.limit
    ]
    return min(found, key=lambda row: row[0], default=(1.0, None))


def _goal(training: Training, effects: Effects, book: Effects, measure: Sentence) -> Part:
    wanted = training.task.improve_by or book.gain
    points = GOAL * (_of(effects.gain, wanted) if effects.gain > 0 else 0.0)
    told = "The joint gains {gain} of the {wanted} grades asked for in weeks 4 to 12."
    if training.task.improve_by is None:
        told = "The joint gains {gain} grades in weeks 4 to 12; {measure} in the zone gains {wanted}."
    gain = f"{abs(max(effects.gain, 0.0)):.2f}"  # a zero has no sign
    why = Sentence(told, gain=gain, wanted=f"{wanted:.2f}", measure=measure)
    return Part("goal", points, GOAL, why)
