"""What may be known before an attempt: the case in sentences, facts and the task, never its solution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from endplate.case import Training
from endplate.case.training import BLIND, CHILD, NAME, ONE_SITE, PATTERN, WRONG
from endplate.knowledge.anatomy import structures_of
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.knowledge.vocabulary.wording import BANNER, TRAINER, UNDER_18
from endplate.questions.checking.finding import together
from endplate.questions.training.limb import limb_for
from endplate.questions.training.naming import choices_of
from endplate.questions.training.needles import UNPLACED

_ASKED = {
    NAME: "Name the muscle that is marked with a question mark.",
    ONE_SITE: "Place one needle into {muscles}.",
    PATTERN: "Treat {muscles} with at most {budget} U.",
    BLIND: "Treat {muscles} by touch alone: nothing inside the limb is shown, and the hand errs.",
    CHILD: "Treat {muscles} of a child. Limits go by body weight.",
    WRONG: "The person comes back. Say what went wrong.",
}


def listed(training: Training) -> dict[str, Any]:
    """The row of a training in a list."""
    return {
        "id": training.training,
        "title": training.title,
        "level": training.level,
        "segment": training.show.segment,
        "side": training.show.side,
    }


def sentences(training: Training) -> tuple[str, ...]:
    """The brief, sentence by sentence."""
    return tuple(_sentences(training))


def _sentences(training: Training) -> Iterator[str]:
    if training.brief:
        yield Sentence.of(training.brief)
    patient = training.patient
    if training.level != NAME:
        yield from _person(training)
    for row in training.assessment:
        told = "{joint}, {side}, {movement}: {scale} {grade}."
        words = {"joint": Word(row.joint), "side": Word(row.side), "movement": Word(row.movement)}
        if row.scale and row.value:
            yield Sentence(told, **words, scale=Word(row.scale), grade=row.value)
    for goal in training.goals:
        yield Sentence("Goal: {goal}.", goal=Sentence.of(goal.text))
    plan = training.plan
    if plan is not None:
        told = "{product}, diluted to {dilution}, needle guided: {guidance}."
        guidance = Word(plan.guidance)
        yield Sentence(told, product=plan.product, dilution=str(plan.dilution), guidance=guidance)
    yield task_of(training)
    if training.level == CHILD and patient.age is not None:
        yield Sentence(UNDER_18)


def _person(training: Training) -> Iterator[str]:
    patient = training.patient
    told = "A person with {condition}, age {age}, {weight}."
    age: Quantity | None = patient.age
    if age is not None and patient.weight is not None and patient.condition is not None:
        yield Sentence(told, condition=Word(patient.condition), age=str(age), weight=str(patient.weight))
    if patient.months_since_onset is not None:
        yield Sentence("{months} months since onset.", months=f"{patient.months_since_onset:g}")


def task_of(training: Training) -> Sentence:
    """What is asked, in one sentence."""
    text = _ASKED[training.level]
    parts: dict[str, str] = {}
    if "{muscles}" in text:
        parts["muscles"] = together([Word(muscle, muscle.replace("_", " ")) for muscle in training.muscles])
    if "{budget}" in text:
        budget = training.task.budget
        parts["budget"] = "" if budget is None else f"{budget.value:g}"
    return Sentence(text, **parts)


def briefing(training: Training) -> dict[str, Any]:
    """The document of `train show` and of ``GET /api/training/{id}``; ``said`` is the brief by sentence."""
    patient = training.model_dump(mode="json", include={"patient"}, exclude_none=True)["patient"]
    told = sentences(training)
    return {
        **listed(training),
        "seed": training.seed,
        "brief": " ".join(told),
        "sentences": list(told),
        "patient": {key: value for key, value in patient.items() if value not in ([], ())},
        "length_mm": round(limb_for(training).length_mm, 1),
        "at": training.show.at,
        "task": _task(training),
        "wording": {"trainer": TRAINER, "banner": BANNER},
    }


def _task(training: Training) -> dict[str, Any]:
    """The parts of the task that may be known at its level."""
    from endplate.questions.training.causes import offered

    task, plan = training.task, training.plan
    base: dict[str, Any] = {"asked": task_of(training)}
    if training.level == NAME:
        return {**base, "choices": list(choices_of(training))}
    product = {} if plan is None else {"product": plan.product, "dilution": str(plan.dilution)}
    if training.level == WRONG:
        return {**base, **product, **offered(training)}
    return {
        **base,
        **product,
        "guidance": None if plan is None else plan.guidance,
        "muscles": list(training.muscles),
        "budget_U": None if task.budget is None else float(task.budget.value),
        "most_needles": training.most_needles,
        "structures": [
            {"name": row.name, "kind": row.kind, "judged": row.basis not in UNPLACED, "basis": row.basis}
            for row in structures_of(training.show.segment)
        ],
    }
