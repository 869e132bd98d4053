"""What the rules held say of giving a plan again: time since the last session, totals, and raised doses."""

from __future__ import annotations

from dataclasses import replace

from endplate.case.again import given_again
from endplate.case.models import Case
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.checking.context import Context, gather
from endplate.questions.checking.finding import Finding, number, order
from endplate.questions.checking.muscles import check_muscles, check_sites
from endplate.questions.checking.people import check_interval
from endplate.questions.checking.totals import check_cumulative, check_totals

WHERE = "repeat"


def check_repeats(case: Case, shortest_d: int, most_dose: float = 1.0) -> tuple[Finding, ...]:
    """Findings of a course that are not those of its first session, worst first.

    A label may allow the next session after twelve weeks and cap the total of three months, which are a week
    longer. Read to the letter, only half of the cap could be given at the interval that the label allows.
    Sessions no closer than that are taken to lie in three months each: their total is told, as a warning.

    Args:
        case: a case with a plan.
        shortest_d: fewest days between two sessions that the course lets happen.
        most_dose: largest dose of a later session over the plan's.

    Raises:
        InputError: the case has no plan, or a dose cannot be resolved.
    """
    again = _context(case, shortest_d, most_dose)
    found = [*check_interval(again), *_cumulative(again, shortest_d)]
    if most_dose > 1:
        known = {finding.message for finding in _doses(_context(case, shortest_d, 1.0))}
        found += [finding for finding in _doses(again) if finding.message not in known]
    own = str(case.plan.date) if case.plan else ""
    told = [replace(f, where=WHERE, message=_of_this_plan(f.message, own)) for f in found]
    return tuple(sorted(told, key=order))


def _of_this_plan(message: str, own: str) -> str:
    """A message that calls the plan given before by what it is to the reader."""
    if not isinstance(message, Sentence) or message.parts.get("session") != own:
        return message
    return Sentence(message.text, **message.parts | {"session": Sentence("this plan")})


def _cumulative(again: Context, shortest_d: int) -> list[Finding]:
    """Totals over three months, those that only the label's own interval brings together as warnings."""
    found = check_cumulative(again)
    held = [rule.minimum or 0 for rule in again.family("interval")]
    alone = gather(again.case.model_copy(update={"history": ()}), again.plan)
    if not held or shortest_d < max(held) * DAYS_PER_WEEK or check_cumulative(alone):
        return found
    text = " The interval held, {weeks} weeks, allows this session."
    why = Sentence(text, weeks=number(max(held)))
    told = [Sentence.joined("", [each.message, why]) for each in found]
    return [replace(each, severity="warning", message=text) for each, text in zip(found, told, strict=True)]


def _context(case: Case, after_d: int, dose: float) -> Context:
    later = given_again(case, after_d, dose)
    if later.plan is None:
        raise AssertionError("a case given again has a plan")
    return gather(later, later.plan)


def _doses(context: Context) -> list[Finding]:
    """What the doses of one session raise."""
    return [*check_totals(context), *check_muscles(context), *check_sites(context)]
