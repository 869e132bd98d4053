"""Whatever stands in a case file: a result or one clear error, never a traceback."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endplate.case import load_case
from endplate.errors import InputError
from endplate.knowledge.vocabulary import MUSCLES, PRODUCTS
from endplate.questions.check import check
from endplate.simulation import simulate

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
MUTATIONS = 200
PIECES = [
    "",
    "null",
    "-5",
    ".nan",
    "400 y",
    "[]",
    "{}",
    "left",
    "1e400",
    "::",
    '"',
    "&a",
    "*a",
    "\t",
    "é",
    "0 U",
    "true",
]


def mutate(text, rng):
    lines = text.splitlines()
    row = rng.randrange(len(lines))
    kind = rng.randrange(5)
    if kind == 0:
        del lines[row]
    elif kind == 1:
        lines.insert(row, lines[rng.randrange(len(lines))])
    elif kind == 2:
        words = lines[row].split(" ")
        words[rng.randrange(len(words))] = rng.choice(PIECES)
        lines[row] = " ".join(words)
    elif kind == 3:
        place = rng.randrange(len(lines[row]) + 1)
        lines[row] = lines[row][:place] + rng.choice(PIECES) + lines[row][place + 1 :]
    else:
        lines[row] = lines[row].replace(":", rng.choice(["", ": x", ":"]), 1)
    return "\n".join(lines)


@pytest.mark.parametrize("number", range(MUTATIONS))
def test_a_mutated_example_gives_a_result_or_a_clear_error(number, tmp_path):
    rng = random.Random(number)
    path = tmp_path / "case.yaml"
    path.write_text(mutate(rng.choice(EXAMPLES).read_text(encoding="utf-8"), rng), encoding="utf-8")
    try:
        case = load_case(path)
        check(case)
        simulate(case, draws=2, horizon_d=30)
    except InputError as error:
        assert error.message and error.rule and error.remedy


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    muscle=st.sampled_from(sorted(m for m, held in MUSCLES.items() if held.limb != "animal")),
    product=st.sampled_from(sorted(PRODUCTS)),
    side=st.sampled_from(["left", "right", "bilateral"]),
    dose=st.floats(0, 500),
    sites=st.integers(1, 8),
    age=st.integers(0, 100),
)
def test_any_valid_case_is_checked_and_simulated(tmp_path, muscle, product, side, dose, sites, age):
    path = tmp_path / "case.yaml"
    path.write_text(
        "endplate: 1\n"
        f"patient: {{code: any, age: {age} y, weight: 30 kg, weighed_on: 2026-01-01}}\n"
        "assessment: [{joint: elbow, side: left, movement: extension, "
        "scale: modified_ashworth, value: '2'}]\n"
        f"plan: {{date: 2026-01-02, jurisdiction: US, product: {product}, indication: spasticity, "
        "dilution: 50 U/mL,"
        f" injections: [{{muscle: {muscle}, side: {side}, dose: {dose:.3f} U, sites: {sites}}}]}}\n",
        encoding="utf-8",
    )
    case = load_case(path)
    check(case)
    document = simulate(case, draws=3, horizon_d=60).to_dict()
    assert document["muscles"][0]["muscle"] == muscle
