"""Three-velocity stretch battery: time with shared geometry and with each person's own contracture.

Measured on a few thousand people over two threads and scaled to 100 000.

Run: python benchmarks/joint.py
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any

import numpy as np

from endplate.physiology.joint import hill, stretch
from endplate.simulation.mechanics import Mechanics, mechanics
from endplate.simulation.parameters import OneAtATime

PEOPLE, BLOCKS, THREADS, ROUNDS = 2000, 4, 2, 3
WANTED, BARS_S = 100_000, {"shared": 30.0, "own_contracture": 200.0}
JOINTS = (("elbow", "extension"), ("wrist", "extension"), ("knee", "flexion"), ("ankle", "dorsiflexion"))


def _repeat(held: Any, people: int) -> Any:
    """Every array field of a dataclass repeated for each person."""
    return replace(
        held, **{item.name: np.repeat(getattr(held, item.name), people, 0) for item in fields(held)}
    )


def crowd(found: Mechanics, people: int, own: bool) -> tuple[stretch.Joint, Any, np.ndarray[Any, Any]]:
    """Joint, reflex and ramps of a block of people: geometry shared, or muscles of their own."""
    spread = np.random.default_rng(1).uniform(0.5, 1.5, (people, 1))
    law = _repeat(found.spinal.law, people)
    law = replace(law, gain=law.gain * spread)
    parts = ("delay_s", "tonic", "residual", "spindle")
    held = {name: np.repeat(getattr(found.spinal, name), people, 0) for name in parts}
    spinal = replace(found.spinal, law=law, **held)
    joint = found.joint
    if own:
        muscles = _repeat(joint.muscles, people)
        joint = replace(joint, muscles=replace(muscles, fibre_m=muscles.fibre_m * (1 - 0.2 * (spread - 0.5))))
    ends = np.zeros(1), np.array([found.range_rad])
    ramps = stretch.examiner_ramps(found.examiner, *ends)[:, [0, 1, 3]]  # V1, one second, V3
    return joint, spinal, ramps


def seconds(found: Mechanics, own: bool) -> float:
    """Best wall time of all blocks on the threads, the resting force of own muscles included."""

    def block(_: int) -> None:
        joint, spinal, ramps = crowd(found, PEOPLE // BLOCKS, own)
        if own:
            joint = replace(joint, rest=hill.resting_force(found.laws, joint.muscles, joint.path_m))
        stretch.battery(joint, spinal, ramps, float(found.examiner.onset_s[0]))

    block(0)
    taken = []
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            list(pool.map(block, range(BLOCKS)))
            taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Measure every joint and print one JSON document."""
    rows = []
    print(f"{'':24}{'shared':>20}{'own contracture':>20}   s per {WANTED} people (bar)")
    for joint, movement in JOINTS:
        found = mechanics(joint, movement, OneAtATime(()))
        if found is None:
            continue
        scaled = {
            name: seconds(found, name != "shared") * WANTED / PEOPLE for name in ("shared", "own_contracture")
        }
        told = "".join(f"{scaled[name]:13.1f} ({BARS_S[name]:4.0f})" for name in scaled)
        print(f"{joint + ' ' + movement:24}{told}")
        rows.append({"joint": joint, "movement": movement, "muscles": len(found.muscles), "seconds": scaled})
    print(json.dumps({"people": PEOPLE, "scaled_to": WANTED, "bars_s": BARS_S, "rows": rows}))


if __name__ == "__main__":
    main()
