"""What every question asks of what it is given: a case with a plan, and at least one of what is counted."""

from __future__ import annotations

from endplate.case import Case
from endplate.case.models import Plan
from endplate.errors import InputError, no_plan, not_a_case
from endplate.knowledge.vocabulary.sentence import Sentence


def plan_of(case: Case) -> Plan:
    """The plan of a case.

    Raises:
        InputError: there is none, or something else was given in place of a case.
    """
    if not isinstance(case, Case):
        raise not_a_case(case)
    if case.plan is None:
        raise no_plan()
    return case.plan


def at_least_one(**numbers: int) -> None:
    """Raise unless every number that was asked for is at least one.

    Args:
        **numbers: by the name of the argument.

    Raises:
        InputError: naming the first that is not.
    """
    for name, number in numbers.items():
        if number < 1:
            message = Sentence("{name} cannot be {number}", name=name, number=str(number))
            raise InputError(message, rule="positive", remedy="Ask for at least one.", field=name)
