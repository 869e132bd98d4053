"""Time of a search: 12 muscles of an arm, 41 doses each, five goals; one plan, then a front of 30.

The bars are those of the design: 10 s for one plan, 60 s for the front, on two cores. What is timed is the
whole question, from the case to the plans run in full; beside it the seconds of computing, which say what an
idle machine with one core would take. The front needs the extra `optimise`.

Run: python benchmarks/optimise.py
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import endplate
from endplate.case import Case
from endplate.case.goals import Goals

CASE = Path(__file__).resolve().parents[1] / "examples" / "adult_arm.yaml"
MUSCLES = (
    "biceps_brachii",
    "brachialis",
    "brachioradialis",
    "pronator_teres",
    "pronator_quadratus",
    "flexor_carpi_radialis",
    "flexor_carpi_ulnaris",
    "flexor_digitorum_superficialis",
    "flexor_digitorum_profundus",
    "flexor_pollicis_longus",
    "adductor_pollicis",
    "opponens_pollicis",
)
DOSES, FRONT = 41, 30
PARTS = 1e6  # of a unit, to which steps are rounded down
BAR_S, BAR_FRONT_S = 10.0, 60.0


def problem(doses: int = DOSES) -> tuple[Case, Goals]:
    """The arm with 12 muscles that may be injected, each up to the most held in so many steps."""
    case = endplate.load_case(CASE)
    plain = goals_of([{"muscle": muscle, "side": "left"} for muscle in MUSCLES])
    found = endplate.optimise(case, plain, draws=20)  # compiles and reads the pools of joints besides
    rows = []
    for row in found.document["searched"][0]["candidates"]:
        step = math.floor(row["most_U"] / doses * PARTS) / PARTS
        rows.append({"muscle": row["muscle"], "side": "left", "least": f"{step} U", "step": f"{step} U"})
    return case, goals_of(rows)


def goals_of(candidates: list[dict[str, str]]) -> Goals:
    """Three targets, strength and unwanted weakness."""
    joints = [("elbow", 1), ("wrist", 0.5), ("fingers", 1)]
    place = {"side": "left", "movement": "extension"}
    goals: dict[str, Any] = {
        "endplate": 1,
        "product": "onabotulinumtoxinA",
        "targets": [place | {"joint": joint, "improve_by": by} for joint, by in joints],
        "keep": {
            "strength": [place | {"joint": "elbow", "at_least": "30 %", "probability": "80 %"}],
            "unwanted": {"at_most": "60 %", "probability": "60 %"},
        },
        "candidates": candidates,
        "costs": {"units": 0.1},
    }
    return Goals.model_validate(goals)


def measure(case: Case, goals: Goals, front: int, bar_s: float) -> dict[str, object]:
    """Seconds of one question."""
    start, computed = time.perf_counter(), time.process_time()
    found = endplate.optimise(case, goals, front=front)
    took, computed = time.perf_counter() - start, time.process_time() - computed
    candidates = found.document["searched"][0]["candidates"]
    told = len(found.document["plans"])
    print(
        f"{front:8}{len(candidates):10}{candidates[0]['doses']:8}{told:8}{took:10.1f}{computed:10.1f}{bar_s:8.0f}"
    )
    return {
        "asked": front,
        "muscles": len(candidates),
        "doses": [row["doses"] for row in candidates],
        "plans": told,
        "seconds": took,
        "computing_s": computed,
        "bar_s": bar_s,
        "met": took < bar_s,
    }


def main() -> None:
    """Measure one plan and a front, and print one JSON document."""
    case, goals = problem()
    print(f"{'asked':>8}{'muscles':>10}{'doses':>8}{'plans':>8}{'seconds':>10}{'computing':>10}{'bar s':>8}")
    rows = [measure(case, goals, front, bar) for front, bar in ((1, BAR_S), (FRONT, BAR_FRONT_S))]
    print(json.dumps({"rows": rows, "all_met": all(row["met"] for row in rows)}))


if __name__ == "__main__":
    main()
