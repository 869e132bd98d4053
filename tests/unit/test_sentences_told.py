"""Everything that `check` and faults say can be told in another language, from the same parts."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.sentence_texts import ROOT, gaps, texts

from endplate.case import Case, load_case
from endplate.case.checked import TEXTS
from endplate.case.goals import Goals
from endplate.case.loader import from_document
from endplate.errors import InputError, no_plan
from endplate.knowledge.labels.screening import load_screening
from endplate.knowledge.labels.warnings import GMFCS_OUTSIDE, load_warnings
from endplate.knowledge.vocabulary.sentence import Sentence, Word, said
from endplate.knowledge.vocabulary.wording import RANGES
from endplate.questions.check import check
from endplate.questions.checking.repeats import check_repeats

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = sorted(path for path in EXAMPLES.rglob("*.yaml") if path.parent.name not in ("goals", "trials"))
CHECKING = sorted((ROOT / "endplate/questions/checking").glob("*.py"))
SPANISH = ROOT / "endplate/outputs/languages/es"
FAULTS = (
    *(f"app/server/{name}.py" for name in ("application", "cases", "drafts", "guard", "jobs", "kept")),
    "app/server/long.py",
    *(f"case/{name}.py" for name in ("fields", "findings", "given", "goals", "loader", "models", "order")),
    "case/parsing.py",
    *(f"questions/{name}.py" for name in ("compare", "develop", "explain", "goals", "needs", "optimise")),
    *(f"questions/{name}.py" for name in ("individualise", "sensitivity", "view_limb")),
    "app/asked.py",
    "case/bodies.py",
    "case/visit_limits.py",
    "knowledge/vocabulary/quantity.py",
    "questions/comparing/comparable.py",
    "questions/developing/blocks.py",
    "questions/individualising/next_time.py",
    "questions/optimising/asking.py",
    "questions/optimising/space.py",
    "questions/sensing/asked.py",
    "simulation/simulating.py",
    "questions/viewing/injected.py",
    "simulation/injection.py",
)


def said_by_check() -> set[str]:
    """Texts of findings: in the code, and in the tables."""
    code = [f"questions/checking/{path.name}" for path in CHECKING]
    held = {row.message for row in (*load_screening().values(), *load_warnings())}
    return held.union(*(texts(path) for path in (*code, "knowledge/labels/approvals.py")))


def said_of_faults() -> set[str]:
    """Texts of faults: in the code, and those held apart from where they are told."""
    plan = no_plan()
    apart = {plan.message, plan.remedy, GMFCS_OUTSIDE, *TEXTS, *texts("case/checked.py"), *kinds()}
    return apart.union(*(texts(path) for path in FAULTS))


def kinds() -> Iterator[str]:
    """What a word may be, as the fields of the files name it."""
    for path in (ROOT / "endplate/case").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "one_of":
                assert isinstance(node.args[0], ast.Constant)
                yield str(node.args[0].value)


@pytest.mark.parametrize(
    ("name", "said_here"), [("findings", said_by_check), ("faults", said_of_faults)], ids=("check", "faults")
)
def test_every_text_has_its_translation_with_the_same_gaps(name: str, said_here: Any) -> None:
    held = json.loads((SPANISH / f"{name}.json").read_text(encoding="utf-8"))
    wanted = said_here()
    assert (sorted(wanted - set(held)), sorted(set(held) - wanted)) == ([], [])
    assert {text for text, told in held.items() if gaps(text) != gaps(told) or not told.strip()} == set()
    edges = {text for text, told in held.items() if text[:1].isspace() != told[:1].isspace()}
    assert edges == set(), "sentences are put together with the spaces they bring"


def test_the_spanish_promises_no_more_than_the_english() -> None:
    forbidden = ("segur", "óptim", "recomendad", "mejor fecha", "predice", "predicción")
    for name in ("findings", "faults"):
        held = json.loads((SPANISH / f"{name}.json").read_text(encoding="utf-8"))
        told = " ".join(text for key, text in held.items() if key != RANGES).lower()
        assert [word for word in forbidden if word in told] == []


def told_again(found: Any) -> str:
    """A message put together from its JSON."""
    if isinstance(found, str):
        return found
    if "word" in found:
        return str(Word(found["word"]))
    return found["text"].format(**{name: told_again(part) for name, part in found["parts"].items()})


def parts_fill(message: str) -> None:
    """Assert that a sentence, and each within it, is its text filled with its parts."""
    if isinstance(message, Sentence):
        assert message == message.text.format(**message.parts)
        for part in message.parts.values():
            parts_fill(part)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_finding_is_its_text_filled(path: Path) -> None:
    case = load_case(path)
    findings = check(case).issues if case.plan else ()
    again = check_repeats(case, 60, 2.0) if case.plan else ()
    for finding in (*findings, *again):
        parts_fill(finding.message)
        told = json.loads(json.dumps(finding.to_dict()))
        assert told["message"] == str(finding.message)
        assert (told["said"] is None) == (not isinstance(finding.message, Sentence))
        if told["said"] is not None:  # words shown with a capital, or as the id, differ in nothing else
            same = told_again(told["said"]).replace("_", " ").lower()
            assert same == told["message"].replace("_", " ").lower()


def test_no_finding_carries_text_that_is_glued_together() -> None:
    """A message of `check` is a sentence, or one of the constants that a language file holds."""
    held = set(json.loads((SPANISH / "findings.json").read_text(encoding="utf-8")))
    for path in CASES:
        case = load_case(path)
        for finding in check(case).issues if case.plan else ():
            assert isinstance(finding.message, Sentence) or finding.message in held


ELBOW = {"joint": "elbow", "side": "left", "movement": "extension"}
GRADED = ELBOW | {"scale": "modified_ashworth", "value": "3"}
VISIT = {"date": "2026-12-20", "measure": "scale"}


@pytest.mark.parametrize(
    ("section", "row", "field"),
    [
        ("assessment", GRADED | {"tardieu": {"r1": "90 deg", "r2": "80 deg"}}, "tardieu.r1"),
        ("assessment", GRADED | {"tardieu": {"r1": "0 deg", "r2": "0 deg"}}, "tardieu.r2"),
        ("assessment", GRADED | {"value": None}, "value"),
        ("assessment", GRADED | {"scale": None}, "scale"),
        ("visits", VISIT | {"joint": "elbow", "value": "3"}, "scale"),
        ("visits", VISIT | {"movement": "flexion", "scale": "ashworth", "value": "1"}, "joint"),
        ("visits", VISIT | {"joint": "elbow"}, "value"),
        ("goals", {"text": "x", "gas_achieved": 0}, "gas_achieved"),
    ],
)
def test_a_fault_names_the_field_itself(section: str, row: dict[str, Any], field: str) -> None:
    document = copy.deepcopy(load_case(EXAMPLES / "adult_arm.yaml").to_dict()) | {section: [row]}
    with pytest.raises(InputError) as refused:
        from_document(Case, document)
    assert refused.value.field == f"{section}[0].{field}"


TARGET = ELBOW | {"improve_by": 1}
SOLEUS = {"muscle": "soleus", "side": "left"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"targets": [TARGET | {"weight": 0}]}, "targets[0].weight"),
        ({"candidates": [SOLEUS, SOLEUS]}, "candidates[1].muscle"),
        ({"tighten": [{"rule": "a", "maximum": 1}] * 2}, "tighten[1].rule"),
    ],
)
def test_a_fault_of_the_goals_names_the_field_itself(changed: dict[str, Any], field: str) -> None:
    goals = {"endplate": 1, "product": "onabotulinumtoxinA", "targets": [TARGET]}
    with pytest.raises(InputError) as refused:
        from_document(Goals, goals | changed)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("58 y", "580 y", "patient.age"),
        ("58 y", "58 kg", "patient.age"),
        ("product: onabotulinumtoxinA", "product: botulin", "plan.product"),
        ('value: "3"', 'value: "9"', "assessment[0].value"),
    ],
)
def test_a_fault_of_a_file_keeps_line_and_field_and_what_it_is_made_of(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    text = (EXAMPLES / "adult_arm.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "case.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_case(path)
    fault = refused.value
    assert fault.line == text[: text.index(old)].count("\n") + 1
    assert fault.field == field
    for told in (fault.message, fault.remedy):
        parts_fill(told)
        assert said(told) is not None
    assert set(fault.to_dict()) == {"file", "line", "field", "rule", "message", "remedy"}


def test_the_second_fault_is_counted_and_the_first_stays_a_sentence() -> None:
    document = copy.deepcopy(load_case(EXAMPLES / "adult_arm.yaml").to_dict())
    document["patient"] |= {"age": "x", "gmfcs": 9}
    with pytest.raises(InputError) as refused:
        from_document(Case, document)
    message = refused.value.message
    assert message == "'x' is not a number with a unit (1 more after this one)"
    assert isinstance(message, Sentence) and isinstance(message.parts["first"], Sentence)
