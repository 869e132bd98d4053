"""Wrong values anywhere in a file: the message is this project's own, with a remedy, in both languages."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from endplate.case import Case, load_case
from endplate.case.checked import SAID, sentence_of
from endplate.case.goals import Goals
from endplate.case.loader import from_document, load_goals
from endplate.errors import InputError
from endplate.outputs.language import speaking, told

EXAMPLES = Path(__file__).parents[2] / "examples"
WRONG = (None, [], {}, "", "x" * 200, 7, -1, 10**9, 0.5, float("nan"), True, [1], {"a": 1})
PYDANTIC = (
    "Input should",
    "should have",
    "Tuple",
    "dictionary",
    "instance of",
    "validation",
    "str_",
    "unable to",
)


def places(node: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a document, the first two rows of a list only."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node[:2]) if isinstance(node, list) else ()
    for key, below in pairs:
        yield (*at, key)
        yield from places(below, (*at, key))


def put(document: dict[str, Any], at: tuple[str | int, ...], value: object) -> dict[str, Any]:
    found = copy.deepcopy(document)
    node: Any = found
    for key in at[:-1]:
        node = node[key]
    node[at[-1]] = value
    return found


def refusals(model: Any, document: dict[str, Any]) -> Iterator[InputError]:
    for at in places(document):
        for value in WRONG:
            try:
                from_document(model, put(document, at, value))
            except InputError as error:
                yield error


@pytest.mark.parametrize(
    ("model", "load", "name"),
    [(Case, load_case, "adult_arm_visits.yaml"), (Goals, load_goals, "goals/adult_arm.yaml")],
    ids=("case", "goals"),
)
def test_no_words_of_the_library_reach_a_user(model: Any, load: Any, name: str) -> None:
    found = list(refusals(model, load(EXAMPLES / name).model_dump(mode="json", exclude_none=True)))
    assert len(found) > 100
    unheld = sentence_of({"type": "of no kind that is known"})
    for error in found:
        assert error.remedy and not any(word in str(error.message) for word in PYDANTIC), str(error.message)
        assert unheld not in str(error.message), error.rule
        with speaking("es"):
            assert told(error.message, verbatim=True) != str(error.message), str(error.message)


def test_a_plan_without_an_injection_says_what_it_needs() -> None:
    document = load_case(EXAMPLES / "adult_arm.yaml").to_dict()
    with pytest.raises(InputError) as refused:
        from_document(Case, document | {"plan": document["plan"] | {"injections": []}})
    error = refused.value
    assert (error.message, error.rule, error.field) == (
        "The plan holds no injection",
        "no_injection",
        "plan.injections",
    )
    assert error.remedy.startswith("Add a row with muscle, side and dose")
    with speaking("es"):
        assert told(error.message) == "El plan no contiene ninguna inyección"
        assert told(error.remedy).startswith("Añada una fila")


def test_every_text_has_a_remedy() -> None:
    assert all(said.text and said.remedy for said in SAID.values())
