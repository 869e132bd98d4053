"""On label, off label or unknown: the worst of the plan's injections."""

from __future__ import annotations

from endplate.knowledge.labels import LabelStatus, Status, label_status, worst
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.knowledge.vocabulary.wording import RANGES
from endplate.questions.checking.context import Context, limb_of, limb_words
from endplate.questions.checking.finding import Finding

_STATUS = {"off_label": Sentence("off label"), "unknown": Sentence("unknown")}


def plan_status(context: Context) -> tuple[Status, list[Finding]]:
    """The plan's status and a finding for every limb that is not on label."""
    answers = {limb: _status(context, limb) for limb in context.limbs()}
    found = [_finding(context, limb, a) for limb, a in answers.items() if a.status != "on_label"]
    return worst([answer.status for answer in answers.values()]), found


def _status(context: Context, limb: str) -> LabelStatus:
    plan = context.plan
    return label_status(
        product=plan.product,
        indication=plan.indication,
        limb=limb,
        age_y=context.age_y,
        cause=context.case.patient.condition,
        jurisdiction=plan.jurisdiction,
        on=context.on,
    )


def _finding(context: Context, limb: str, answer: LabelStatus) -> Finding:
    plan = context.plan
    where = next(item.where for item in context.injections if limb_of(item.muscle) == limb)
    message = Sentence(
        "{product}, {indication}, {limb}, {jurisdiction}: {status}; {reason}.",
        product=plan.product,
        indication=Word(plan.indication, plan.indication),
        limb=limb_words(limb),
        jurisdiction=plan.jurisdiction,
        status=_STATUS[answer.status],
        reason=answer.reason,
    )
    return Finding(
        rule="label_status",
        severity="warning" if answer.status == "off_label" else "info",
        where=where,
        message=message,
        source=answer.source.to_dict(answer.source_date) if answer.source else None,
        basis=answer.basis,
        in_force_on=context.on.isoformat(),
        verified=answer.verified,
    )


def check_held(context: Context) -> list[Finding]:
    """Say so when no rule at all is held for the product, place, age and day."""
    if context.rules:
        return []
    plan = context.plan
    message = Sentence(
        "Doses were NOT checked: no rules are held for {product} in {jurisdiction} at this age on this date. "
        "{ranges}",
        product=plan.product,
        jurisdiction=plan.jurisdiction,
        ranges=Sentence(RANGES),
    )
    return [Finding("no_rules_held", "warning", "plan", message, in_force_on=context.on.isoformat())]
