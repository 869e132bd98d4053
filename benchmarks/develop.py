"""A child over twelve and sixteen years, 500 members, every scenario, map, reflexes and loop.

The bar is that of the design, on two idle cores, within a process that has run before.

Run: python benchmarks/develop.py
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from endplate.case import load_case, parse_quantity
from endplate.questions.develop import develop

CASE = Path(__file__).resolve().parents[1] / "examples" / "child_calf.yaml"
AGES = ("6 y", "2 y")
DRAWS, BAR_S = 500, 10.0


def main() -> None:
    """Time a child at both ages and print one JSON document last."""
    case = load_case(CASE)
    develop(case, 10)
    seconds = {}
    for age in AGES:
        patient = case.patient.model_copy(update={"age": parse_quantity(age, ("y",))})
        start = time.perf_counter()
        develop(case.model_copy(update={"patient": patient}), DRAWS)
        seconds[age] = time.perf_counter() - start
        print(f"from {age:6}{seconds[age]:8.2f} s")
    ratios = {age: round(found / BAR_S, 3) for age, found in seconds.items()}
    told = {age: round(found, 3) for age, found in seconds.items()}
    print(json.dumps({"benchmark": "develop", "draws": DRAWS, "seconds": told, "over_bar": ratios}))


if __name__ == "__main__":
    main()
