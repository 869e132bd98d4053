"""Put `individualise` to the proof on simulated people whose truth is known.

Calibration: people drawn from the prior are visited and individualised; the rank of the truth among the
posterior's copies must be uniform, and intervals of 50 % and 90 % must hold it that often. A truth that ties
with copies gets a rank among them by chance. Every second person is asked for strength, weakness and
reinjection, is graded by a second rater, and has angles read twice. Skill: people who
recover by the other account than the one fitted are individualised on one cycle; the grades of their next
cycle must be told better than by the population, and than by the last cycle's own grades.

Run: python scripts/validate_individualise.py [--people 500] [--out docs/data/individualise.json]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from endplate.case.loader import load_case
from endplate.physiology import scales
from endplate.physiology.terminal.recovery import Account
from endplate.questions.individualising.copies import Copies
from endplate.questions.individualising.imagined import as_recorded, imagined
from endplate.questions.individualising.person import Person, learn
from endplate.questions.individualising.running import Runner
from endplate.questions.individualising.sample import SCALE, Sample, sample_of
from endplate.questions.individualising.sessions import Place
from endplate.questions.individualising.visits import Followed, Seen, followed
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]

CASE = Path(__file__).parents[1] / "examples" / "adult_arm_visits.yaml"
TRUTH_SEED, BLOCK = 70_000, 25  # people of a block are fitted with the same population
AMONG = 4  # copies drawn for each of the people, who are those whose own rater wrote the baseline
LAST_D, AGAIN_D = 182.0, 91.0
GRADED_D = (14.0, 28.0, 56.0, 84.0)
EARLY_D, PEAK_D, LATE_D, AGAIN_ASKED_D = 14.0, 28.0, 84.0, 126.0
SECOND = "second"
LEVELS = (0.5, 0.9)
RANKS = 20
LEAST_P = 1e-3  # of a test of one quantity among a dozen
FEW = 100  # people below which only gross failures can be told


def read_case() -> Followed:
    """The case whose people are drawn, without its own visits."""
    case = load_case(CASE)
    if case.plan is None:
        raise SystemExit("the example has no plan")
    return followed(case.model_copy(update={"visits": ()}), case.plan)


def grade(place: Place, day: float, where: str = "grade", rater: str | None = None) -> Seen:
    """A grade asked for."""
    return Seen(where, day, "grade", place, "", scale=SCALE, rater=rater)


def usual(read: Followed) -> tuple[Seen, ...]:
    """Twelve findings: grades of two joints at four visits, angles once, onset and wear-off as told."""
    grades = [grade(place, day) for place in read.places for day in GRADED_D]
    told = (Seen("told", PEAK_D, "onset", None, ""), Seen("told", LATE_D, "wear_off", None, ""))
    return (*grades, Seen("angles", PEAK_D, "r1", read.places[0], ""), *told)


def other(read: Followed) -> tuple[Seen, ...]:
    """Thirteen findings: five grades, two of them by a second rater, angles twice, and what else is asked."""
    elbow, wrist = read.places
    return (
        *(grade(place, EARLY_D) for place in (elbow, wrist)),
        *(grade(place, PEAK_D, rater=SECOND) for place in (elbow, wrist)),
        grade(elbow, LATE_D),
        Seen("angles", PEAK_D, "r1", elbow, ""),
        Seen("angles", LATE_D, "r1", elbow, ""),
        Seen("strength", PEAK_D, "strength", elbow, ""),
        Seen("weakness", PEAK_D, "weakness", None, ""),
        Seen("weakness", LATE_D, "weakness", None, ""),
        Seen("again", AGAIN_ASKED_D, "reinjection", None, ""),
    )


def people(
    read: Followed, schedules: Sequence[tuple[Seen, ...]], count: int, biology: Biology
) -> Iterator[tuple[int, Copies, list[tuple[Seen, ...]]]]:
    """Blocks of people, each with one of the schedules in turn: seed, copies, observations."""
    asked = tuple(one for schedule in schedules for one in schedule)
    for block in range(-(-count // BLOCK)):
        seed = TRUTH_SEED + block
        runner = Runner(replace(read, seen=asked), LAST_D, seed, biology)
        size = min(BLOCK, count - block * BLOCK)
        drawn, start = runner.population(AMONG * size), float(stream(seed, "people").random())
        truth = as_recorded(read, drawn, asked, size, start)
        seen = [imagined(read, truth, schedule, seed) for schedule in schedules]
        yield seed, truth, [seen[who % len(seen)][who] for who in range(size)]


def values(read: Followed, sample: Sample) -> dict[str, Array]:
    """What is compared with the truth; a day past the horizon counts with it, none as before all."""
    days = np.minimum(np.nan_to_num(sample.re_emergence_d(), nan=-1.0, posinf=LAST_D), LAST_D)
    return {**sample.values(), "re_emergence_d": days}


def calibration(count: int, draws: int) -> dict[str, Any]:
    """Ranks and coverage over people drawn from the prior."""
    read = read_case()
    schedules = usual(read), other(read)
    ranks: dict[str, list[float]] = {}
    methods: dict[str, int] = {}
    khat: list[float] = []
    for seed, truth, seen in people(read, schedules, count, Biology()):
        chance = stream(seed, "ranks")
        for who, own in enumerate(seen):
            case = replace(read, seen=own)
            person = Person(case, Runner(case, LAST_D, seed + TRUTH_SEED, Biology()), draws)
            learnt = learn(person, seed)
            step = learnt.weighed.steps[-1]
            methods[step.method] = methods.get(step.method, 0) + 1
            khat.append(learnt.weighed.steps[0].khat or 0.0)
            true = values(read, sample_of(case, truth, np.array([who]), np.zeros(1, dtype=np.int64)))
            for name, held in values(read, learnt.after).items():
                at = true[name][0]
                low, ties = (held < at).mean(), (held == at).mean()
                ranks.setdefault(name, []).append(float(low + chance.random() * ties))
        print(f"  {sum(methods.values())} people, {methods}", flush=True)
    rows = {name: _judged(np.array(found)) for name, found in ranks.items()}
    return {"people": count, "draws": draws, "methods": methods, "quantities": rows}


def _judged(ranks: Array) -> dict[str, Any]:
    """Test of uniform ranks, and coverage of central intervals with its standard error; ties by chance."""
    test = stats.kstest(ranks, "uniform")
    counts = np.histogram(ranks, RANKS, (0, 1))[0]
    levels = np.array(LEVELS)
    covered = (np.abs(ranks[:, None] - 1 / 2) < levels / 2).mean(axis=0)
    error = np.sqrt(levels * (1 - levels) / len(ranks))
    return {
        "p_uniform": round(float(test.pvalue), 4),
        "mean_rank": round(float(ranks.mean()), 3),
        "ranks": counts.tolist(),
        "coverage": {f"{level:.0%}": round(float(c), 3) for level, c in zip(LEVELS, covered, strict=True)},
        "error": [round(float(e), 3) for e in error],
    }


def skill(count: int, draws: int, truth: Account, fitted: Account) -> dict[str, Any]:
    """Mean log score of next-cycle grades: individualised, population, and the last cycle's grades."""
    once = read_case()
    sessions = replace(once.sessions, days=(0.0, AGAIN_D), doses=(1.0, 1.0), used=("history[0]",))
    read = replace(once, sessions=sessions)
    first = tuple(grade(place, day, "cycle 1") for place in read.places for day in GRADED_D)
    later = tuple(replace(one, where="cycle 2", day=one.day + AGAIN_D) for one in first)
    labels = scales.categories_of(SCALE).labels
    found: dict[str, list[Array]] = {"individualised": [], "population": []}
    last, next_ = [], []
    for seed, _, seen in people(read, [(*first, *later)], count, Biology(recovery=truth)):
        for own in seen:
            case = replace(read, seen=own[: len(first)])
            runner = Runner(case, AGAIN_D + LAST_D / 2, seed + TRUTH_SEED, Biology(recovery=fitted))
            learnt = learn(Person(case, runner, draws), seed)
            places = np.array([labels.index(one.told) for one in own])
            last.append(places[: len(first)])
            next_.append(places[len(first) :])
            for name, sample in (("individualised", learnt.after), ("population", learnt.before)):
                found[name].append(_score(read, sample, later, next_[-1]))
        print(f"  {len(last)} people", flush=True)
    scores = {name: np.array(rows).mean(axis=1) for name, rows in found.items()}
    scores["last cycle"], spread = _repeated(np.array(last), np.array(next_))
    gains = {name: scores["individualised"] - own for name, own in scores.items() if name != "individualised"}
    return {
        "people": count,
        "draws": draws,
        "truth": truth,
        "fitted": fitted,
        "log_score": {name: round(float(own.mean()), 4) for name, own in scores.items()},
        "gain": {name: [round(float(g.mean()), 4), round(float(_error(g)), 4)] for name, g in gains.items()},
        "last_cycle_sd": round(spread, 3),
    }


def _error(values: Array) -> float:
    """Standard error of a mean over people."""
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _score(read: Followed, sample: Sample, asked: tuple[Seen, ...], places: Array) -> Array:
    """Logarithm of the probability of each grade that came, (grades,)."""
    found = []
    for one, place in zip(asked, places, strict=True):
        joint = sample.joints[read.places.index(one.place or read.places[0])]
        at = np.array([sample.place_of(one.day - read.sessions.plan_d)])
        found.append(np.log(joint.categories(at)[:, 0, place].mean()))
    return np.array(found)


def _repeated(last: NDArray[np.int64], next_: NDArray[np.int64]) -> tuple[Array, float]:
    """The same grade again, give or take: the spread is the one that scores best on these very people."""
    held = scales.categories_of(SCALE)

    def score(spread: float) -> Array:
        likely = scales.probabilities(held, held.true_grade[last], np.full(last.shape, spread))
        own = np.take_along_axis(likely, next_[..., None], axis=-1)[..., 0]
        return np.asarray(np.log(np.maximum(own, np.finfo(float).tiny)).mean(axis=1))

    best = optimize.minimize_scalar(lambda s: -score(s).mean(), bounds=(0.05, 3), method="bounded")
    return score(best.x), float(best.x)


def failures(document: dict[str, Any]) -> list[str]:
    """What does not hold."""
    found = []
    told = document["calibration"]
    for name, row in told["quantities"].items():
        if row["p_uniform"] < LEAST_P:
            found.append(f"ranks of {name} are not uniform (p = {row['p_uniform']})")
        for (level, covered), error in zip(row["coverage"].items(), row["error"], strict=True):
            if abs(covered - float(level.rstrip("%")) / 100) > 4 * error:
                found.append(f"{level} intervals of {name} hold the truth in {covered:.1%}")
    for row in document["skill"]:
        for name, (gain, error) in row["gain"].items():
            if gain < (2 * error if row["people"] >= FEW else -2 * error):
                found.append(f"skill over {name} is {gain} ± {error} ({row['truth']})")
    return found


def main() -> None:
    """Run the proof, print it, and keep it where asked; ends with 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    since = time.process_time()
    document: dict[str, Any] = {
        "command": f"python scripts/validate_individualise.py --people {given.people} --draws {given.draws}",
        "model_version": MODEL_VERSION,
        "calibration": calibration(given.people, given.draws),
    }
    document["skill"] = [skill(given.people, given.draws, "sprouts_first", "parent_first")]
    document["cpu_min"] = round((time.process_time() - since) / 60, 1)
    document["failures"] = failures(document)
    for name, row in document["calibration"]["quantities"].items():
        print(f"{name:40} p {row['p_uniform']:.3f}  mean rank {row['mean_rank']:.3f}  {row['coverage']}")
    for row in document["skill"]:
        print(f"truth {row['truth']}, fitted {row['fitted']}: {row['log_score']}, gain {row['gain']}")
    print("\n".join(document["failures"]) or "All holds.")
    if given.out:
        given.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if document["failures"] else 0)


if __name__ == "__main__":
    main()
