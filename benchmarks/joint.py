"""Three-velocity stretch battery of many people, and the tables of joints that `run` reads instead.

The battery is measured on a few thousand people over two threads and scaled to 100 000: geometry shared, at
usual and at coarser steps, and with each person's own contracture. Of the tables: building those of a
movement, and reading a year of 1000 copies whose grade and angles are recorded.
Beside them MuJoCo (extra ``mujoco``) stretches the median person at several steps: processor time of one
person on one thread, its ratio to ours in the same run, and how far each is from our own at a step 64 times
finer.

Run: python benchmarks/joint.py
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from endplate.case import JointBaseline
from endplate.physiology.joint import hill, mujoco_engine, stretch
from endplate.simulation.chain import time_grid
from endplate.simulation.joints.course import joint_course
from endplate.simulation.joints.mechanics import Mechanics, mechanics
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import OneAtATime, RandomDraws

PEOPLE, BLOCKS, THREADS, ROUNDS = 2000, 4, 2, 3
COARSE = stretch.Steps(128, 0.2)
COPIES, DAYS = 1000, 365
WANTED, BARS_S = 100_000, {"shared": 30.0, "coarse": 30.0, "own_contracture": 200.0}
MUJOCO_REFINE = (1.0, 0.5, 0.125)  # times finer than the steps of its tests
MUJOCO_JOINTS = ("elbow", "ankle")
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


def seconds(found: Mechanics, own: bool, steps: stretch.Steps = stretch.STEPS) -> float:
    """Best wall time of all blocks on the threads, the resting force of own muscles included."""

    def block(_: int) -> None:
        joint, spinal, ramps = crowd(found, PEOPLE // BLOCKS, own)
        if own:
            joint = replace(joint, rest=hill.resting_force(found.laws, joint.muscles, joint.path_m))
        stretch.battery(joint, spinal, ramps, float(found.examiner.onset_s[0]), steps=steps)

    block(0)
    taken = []
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            list(pool.map(block, range(BLOCKS)))
            taken.append(time.perf_counter() - start)
    return min(taken)


def processor_s(work: Callable[[], object]) -> float:
    """Least processor time of a few rounds; the first one, which compiles, does not count."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def beside_mujoco(found: Mechanics) -> dict[str, Any]:
    """Time per person (s) and error (% of peak torque) of our engine and of MuJoCo at several steps."""
    people = PEOPLE // BLOCKS
    many, one = crowd(found, people, own=True), crowd(found, 1, own=False)
    onset = float(found.examiner.onset_s[0])
    usual = (found.joint, found.spinal, one[2], onset)
    exact = stretch.battery(*usual, steps=stretch.STEPS.finer(64)).reflex_Nm.sum(axis=2)

    def error(torque: np.ndarray[Any, Any]) -> float:
        apart = np.sqrt(np.mean((torque.sum(axis=2) - exact) ** 2, axis=-1))
        return float(100 * apart.max() / exact.max())

    own = processor_s(lambda: stretch.battery(*many, onset)) / people
    rows = []
    for refine in MUJOCO_REFINE:
        taken = processor_s(partial(mujoco_engine.battery, *usual, refine=refine))
        missed = error(mujoco_engine.battery(*usual, refine=refine).reflex_Nm)
        rows.append({"refine": refine, "seconds": taken, "ratio": taken / own, "error_percent": missed})
    return {
        "own": {"seconds": own, "error_percent": error(stretch.battery(*usual).reflex_Nm)},
        "mujoco": rows,
    }


def show(joint: str, told: dict[str, Any]) -> None:
    """The comparison as lines of a table."""
    own = told["own"]
    print(f"{joint:12}{'own':>18}{own['seconds'] * 1e3:12.3f} ms{'1':>10}{own['error_percent']:10.3f} %")
    for row in told["mujoco"]:
        cells = f"{row['seconds'] * 1e3:12.1f} ms{row['ratio']:10.0f}{row['error_percent']:10.3f} %"
        print(f"{'':12}{'mujoco x ' + format(row['refine'], 'g'):>18}{cells}")


def tabled(joint: str, movement: str) -> dict[str, float]:
    """Seconds to build the tables of a movement and to follow copies of a joint through them."""
    taken: dict[str, list[float]] = {"build": [], "follow": []}
    base = JointBaseline(joint, "left", movement, "modified_ashworth", "2", 2.0, 30.0, 60.0)
    time_d = time_grid(DAYS)
    left = np.ones((COPIES, 1)) * (1 - np.exp(-time_d / DAYS))
    for _ in range(ROUNDS):
        start = time.perf_counter()
        pool = joint_pool.__wrapped__(joint, movement)
        taken["build"].append(time.perf_counter() - start)
        every = dict.fromkeys(joint_pool(joint, movement).muscles, left)
        start = time.perf_counter()
        joint_course(base, every, every, time_d, RandomDraws(1, COPIES))
        taken["follow"].append(time.perf_counter() - start)
        assert pool.muscles == tuple(every)
    return {name: min(times) for name, times in taken.items()}


def main() -> None:
    """Measure every joint and print one JSON document."""
    rows, beside = [], {}
    print(f"{'':24}{'s per ' + str(WANTED) + ' people (bar)':^60}{'tables, s':>12}{COPIES:>8} copies, s")
    print(f"{'':24}{'shared':>20}{'coarse':>20}{'own contracture':>20}")
    for joint, movement in JOINTS:
        found = mechanics(joint, movement, OneAtATime(()))
        if found is None:
            continue
        each = {
            "shared": seconds(found, own=False),
            "coarse": seconds(found, own=False, steps=COARSE),
            "own_contracture": seconds(found, own=True),
        }
        scaled = {name: taken * WANTED / PEOPLE for name, taken in each.items()}
        tables = tabled(joint, movement)
        told = "".join(f"{scaled[name]:13.1f} ({BARS_S[name]:4.0f})" for name in scaled)
        print(f"{joint + ' ' + movement:24}{told}{tables['build']:12.2f}{tables['follow']:18.2f}")
        held = {"joint": joint, "movement": movement, "muscles": len(found.muscles)}
        rows.append({**held, "seconds": scaled, "tables_s": tables["build"], "follow_s": tables["follow"]})
    if find_spec("mujoco") is None:
        print('MuJoCo is not installed: pip install "endplate[mujoco]"')
    else:
        print("one person on one thread: processor time, ratio, error over peak torque")
        for joint, movement in JOINTS:
            found = mechanics(joint, movement, OneAtATime(())) if joint in MUJOCO_JOINTS else None
            if found is not None:
                beside[joint] = beside_mujoco(found)
                show(joint, beside[joint])
    document = {"people": PEOPLE, "scaled_to": WANTED, "bars_s": BARS_S, "copies": COPIES, "rows": rows}
    print(json.dumps({**document, "beside": beside}))


if __name__ == "__main__":
    main()
