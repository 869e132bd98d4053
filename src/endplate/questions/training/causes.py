"""Level 6: what went wrong, scored by the support that `explain` gives every cause.

The visits are made up (:mod:`visits`), and `explain` weighs them (:mod:`weighed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from endplate.case import Training, joint_baselines, planned_injections
from endplate.case.training import CAUSES
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.training.score import Part, percent
from endplate.questions.training.visits import visits_of
from endplate.questions.training.weighed import joint_of

CAUSE, SUPPORT = 70, 30
"""Points for the cause, and for naming one that the visits speak for."""
_WORDS = {
    "muscle": "a muscle that carries the tone was left out",
    "dose": "too few units were given",
    "contracture": "the joint is fixed, not spastic",
    "timing": "the visits came on the wrong days",
    "placement": "the needles missed the muscle",
    "response": "the toxin does not act on the person",
}


def offered(training: Training) -> dict[str, Any]:
    """What may be known of the person who comes back: plan, causes to choose from, and the visits."""
    shots = planned_injections(training.case())
    rows = [{"muscle": s.muscle, "dose_U": s.dose_U, "sites": s.sites} for s in shots]
    told = [{"cause": cause, "words": Sentence(_WORDS[cause])} for cause in CAUSES]
    base = joint_baselines(training.case())[0]
    before = {"grade": base.value, "r1_deg": base.r1_deg, "r2_deg": base.r2_deg}
    seen = {"before": before, "visits": visits_of(training)}
    return {"causes": told, "plan": rows, "beside": training.task.beside, **seen}


def support_of(training: Training) -> dict[str, float]:
    """The support that `explain` gives each cause after these visits, strongest first.

    A cause that cannot be, and every cause of a session that did what was hoped, has none.
    """
    held = {row["cause"]: float(row["support"] or 0.0) for row in joint_of(training)["causes"]}
    found = {cause: held.get(cause, 0.0) for cause in CAUSES}
    return dict(sorted(found.items(), key=lambda row: -row[1]))


def judged(training: Training, cause: str) -> tuple[tuple[Part, ...], bool, str, dict[str, Any]]:
    """Points for a cause, whether it is one to name, one sentence, and what else the reveal shows.

    Args:
        training: of level 6.
        cause: as answered.
    """
    true, support = str(training.task.cause), support_of(training)
    most = max(support.values())
    near = bool(most) and most - support[cause] < value("visits.cause_apart")
    right = cause == true or near
    points = SUPPORT * support[cause] / most if most else 0.0
    parts = (
        Part("cause", CAUSE if right else 0, CAUSE, _cause_told(cause, true, near)),
        Part("support", points, SUPPORT, _support_told(cause, support)),
    )
    feedback = Sentence("What happened: {cause}.", cause=words_of(true))
    document = {"solution": true, "visits": visits_of(training), "explained": joint_of(training)}
    return parts, right, feedback, document


def _cause_told(cause: str, true: str, near: bool) -> Sentence:
    if cause == true:
        return Sentence("It was so: {cause}.", cause=words_of(true))
    if near:
        told = "It was not so, but the visits do not tell it apart: {cause}."
        return Sentence(told, cause=words_of(cause))
    return Sentence("It was not so: {cause}.", cause=words_of(cause))


def _support_told(cause: str, support: Mapping[str, float]) -> Sentence:
    strongest = next(iter(support))
    if not support[strongest]:
        return Sentence("The visits show what was hoped for: no cause has support.")
    if cause == strongest:
        return Sentence(
            "Setting this right would have given {own} % of what was missing, "
            "more than any other of the six causes.",
            own=percent(support[cause]),
        )
    return Sentence(
        "Setting this right would have given {own} % of what was missing; most, {most} %, this: {strongest}.",
        own=percent(support[cause]),
        most=percent(support[strongest]),
        strongest=words_of(strongest),
    )


def words_of(cause: str) -> Sentence:
    """A cause in words."""
    return Sentence(_WORDS[cause])
