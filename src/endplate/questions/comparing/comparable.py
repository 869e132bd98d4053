"""Whether plans may be compared: one person, and where products differ, each plan inside its own label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from endplate.case import Case, plan_of, planned_injections
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import shown
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.check import CheckResult, check
from endplate.simulation.injection import one_product

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OF_THE_PERSON = ("patient", "assessment")


def comparable(cases: Sequence[Case]) -> tuple[CheckResult, ...]:
    """The checks of plans that may be compared; a field of the error names the case as ``cases[k]``.

    Raises:
        InputError: there are not between two cases and as many as there are letters, one has no plan or mixes
            products, they are not of the same person, or products differ and a plan is not inside its own
            label.
    """
    if not 2 <= len(cases) <= len(LETTERS):
        message = Sentence("{count} plans cannot be compared", count=str(len(cases)))
        remedy = Sentence("Name two to {most} case files.", most=str(len(LETTERS)))
        raise InputError(message, rule="plans", remedy=remedy, field="cases")
    for place, case in enumerate(cases):
        _with_plan(place, case)
        _same_person(cases[0], case, place)
    checks = tuple(check(case) for case in cases)
    if len({product_of(case) for case in cases}) > 1:
        for place, (case, checked) in enumerate(zip(cases, checks, strict=True)):
            _own_label(place, case, checked)
    return checks


def product_of(case: Case) -> str:
    """The one product of a case's plan."""
    return planned_injections(case)[0].product


def first_difference(one: Any, other: Any, path: str = "") -> tuple[str, Any, Any] | None:
    """The first place where two documents differ, with what stands there in each; None where they do not."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            inner = f"{path}.{key}" if path else str(key)
            if found := first_difference(one.get(key), other.get(key), inner):
                return found
        return None
    if isinstance(one, list) and isinstance(other, list):
        for place in range(max(len(one), len(other))):
            here, there = (each[place] if place < len(each) else None for each in (one, other))
            if found := first_difference(here, there, f"{path}[{place}]"):
                return found
        return None
    return None if one == other else (path, one, other)


def _with_plan(place: int, case: Case) -> None:
    try:
        plan_of(case)
        one_product(planned_injections(case))
    except InputError as error:
        error.field = f"cases[{place}].{error.field}"
        raise


def _same_person(first: Case, other: Case, place: int) -> None:
    """Raise unless both cases tell the same of the person and of the examination."""
    told = [{part: case.to_dict()[part] for part in _OF_THE_PERSON} for case in (first, other)]
    if found := first_difference(told[0], told[1]):
        where, one, two = found
        raise InputError(
            Sentence(
                "Plan {first} and plan {other} are not of the same person: {field} is {one} in the first and "
                "{two} in the other",
                first=LETTERS[0],
                other=LETTERS[place],
                field=where,
                one=shown(one),
                two=shown(two),
            ),
            rule="same_person",
            remedy="Give all cases the same patient and assessment; only their plans may differ.",
            field=f"cases[{place}].{where}",
        )


def _own_label(place: int, case: Case, checked: CheckResult) -> None:
    """Raise unless a plan lies inside the label of its own product."""
    critical = [issue.message for issue in checked.issues if issue.severity == "critical"]
    if checked.status == "on_label" and not critical:
        return
    status = Sentence("its use is off label")
    if checked.status == "unknown":
        status = Sentence("its use is unknown")
    why = status if checked.status != "on_label" else critical[0]
    raise InputError(
        Sentence(
            "Two products are compared only when each plan lies inside its own label; plan {plan} "
            "({product}) does not: {why}",
            plan=LETTERS[place],
            product=product_of(case),
            why=why,
        ),
        rule="indirect_comparison",
        remedy="Read 'endplate check' of each case, or compare plans of one product.",
        field=f"cases[{place}].plan",
    )
