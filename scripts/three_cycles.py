"""One virtual person treated three times: the truth, the visits, what they teach and the next dose.

The person is a copy that the model drew. Visits are what the model's rater would write down. Before each next
session three doses of the same plan are followed in copies of the person as known by then, and the smallest
that meets the goal in enough of them is given, else the largest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, load_case, plan_of
from endplate.case.again import given_again
from endplate.case.models import Visit
from endplate.questions.individualise import IndividualiseResult, individualise
from endplate.questions.individualising.copies import POTENCY
from endplate.questions.individualising.imagined import as_recorded, imagined
from endplate.questions.individualising.running import Runner
from endplate.questions.individualising.sample import SCALE, Sample, sample_of
from endplate.questions.individualising.visits import Seen, followed
from endplate.simulation import Biology

Array = NDArray[np.float64]

BASE = Path(__file__).parents[1] / "examples" / "adult_arm_visits.yaml"
TRUTH_SEED, AMONG, FIT_SEED = 424_242, 40, 1
EACH = 4  # copies drawn for each of them, who are those whose own rater wrote the baseline
WEAK = 0.25  # the person is the first whose potency lies in this lowest share of the copies
DRAWS = 4000  # more than usual: three cycles leave few copies that fit
HORIZON_D, APART_D = 182, 98
GRADED_WK = (2, 4, 8, 12)
GOAL_WK = (4, 12)
CYCLES = 3
FIRST = 0.6  # dose of the first session over that of the example's plan, whose muscles it injects
DOSES = (1.0, 4 / 3, 5 / 3)  # of the first session's, all within the maxima held
MET = 0.6
DAYS = 7


@dataclass(frozen=True)
class Cycle:
    """One cycle.

    Attributes:
        case: with its plan and visits.
        before: what was known of this cycle on its first day.
        after: what its visits taught.
        truth: what is true of it.
        offers: the next plan at each dose over the first, and what is known of it; empty after the last.
    """

    case: Case
    before: IndividualiseResult
    after: IndividualiseResult
    truth: Sample
    offers: dict[float, tuple[Case, IndividualiseResult]]

    @property
    def next_dose(self) -> float:
        """The smallest dose that meets the goal in enough copies, else the largest."""
        enough = [dose for dose, (_, post) in self.offers.items() if reached(post) >= MET]
        return enough[0] if enough else max(self.offers)


def first_case() -> Case:
    """The example's person and plan at a smaller dose, no visit yet."""
    case = load_case(BASE)
    plan = plan_of(case)
    shots = [
        shot.model_copy(update={"dose": replace(shot.dose, value=shot.dose.value * FIRST)})
        for shot in plan.injections
    ]
    patient = case.patient.model_copy(update={"code": "arm-07"})
    less = plan.model_copy(update={"injections": tuple(shots)})
    return case.model_copy(update={"patient": patient, "plan": less, "visits": ()})


def asked(case: Case) -> tuple[Seen, ...]:
    """What is looked at in a cycle: grades at four visits, angles at one, onset and wear-off as told."""
    read = followed(case, plan_of(case))
    start = read.sessions.plan_d
    grades = [
        Seen(f"{week}", start + week * DAYS, "grade", place, "", scale=SCALE)
        for week in GRADED_WK
        for place in read.places
    ]
    angles = Seen("4", start + GRADED_WK[1] * DAYS, "r1", read.places[0], "")
    told = (
        Seen("2", start + GRADED_WK[0] * DAYS, "onset", None, ""),
        Seen("12", start + GRADED_WK[-1] * DAYS, "wear_off", None, ""),
    )
    return (*grades, angles, *told)


def truth_of(case: Case, who: int | None) -> tuple[int, Sample, tuple[Seen, ...]]:
    """The person, what is true of this cycle, and what the visits find."""
    plan, looked = plan_of(case), asked(case)
    read = followed(case, plan)
    runner = Runner(replace(read, seen=looked), read.sessions.plan_d + HORIZON_D, TRUTH_SEED, Biology())
    copies = as_recorded(read, runner.population(EACH * AMONG), looked, AMONG, 1 / 2)
    if who is None:
        potency = copies.parameters[POTENCY]
        who = int(np.flatnonzero(potency <= np.quantile(potency, WEAK))[0])
    seen = imagined(read, copies, looked, TRUTH_SEED + len(read.sessions.days))[who]
    return who, sample_of(read, copies, np.array([who]), np.zeros(1, dtype=np.int64), HORIZON_D), seen


def visits(case: Case, seen: Sequence[Seen]) -> tuple[Visit, ...]:
    """Findings as rows of a case file; angles stand with the grade of their joint and day."""
    read, plan = followed(case, plan_of(case)), plan_of(case)
    angles = {(one.kind, one.day): one for one in seen if one.kind in ("r1", "r2")}
    rows: list[dict[str, Any]] = []
    for one in sorted(seen, key=lambda held: held.day):
        day = str(plan.date + timedelta(days=round(one.day - read.sessions.plan_d)))
        if one.kind in ("onset", "wear_off"):
            rows.append({"date": day, "measure": one.kind, "value": one.told})
        elif one.kind == "grade" and one.place is not None:
            joint, side, _ = one.place
            row: dict[str, Any] = {"date": day, "joint": joint, "side": side, "measure": "scale"}
            row |= {"scale": one.scale, "value": one.told}
            if one.place == read.places[0] and ("r1", one.day) in angles:
                r1, r2 = (angles[kind, one.day].number for kind in ("r1", "r2"))
                row["tardieu"] = {"r1": f"{r1:.0f} deg", "r2": f"{r2:.0f} deg"}
            rows.append(row)
    return tuple(Visit.model_validate(row) for row in rows)


def next_case(case: Case, dose: float) -> Case:
    """The next session: the last one behind with its visits, the plan due at a dose over the last one."""
    return given_again(case, APART_D, dose)


def reached(post: IndividualiseResult) -> float:
    """Share of copies whose elbow is a grade better in the mean of the goal's weeks, the drug alone."""
    return float((mean_change(next(iter(post.scale_change.values()))) <= -1).mean())


def mean_change(change: Array) -> Array:
    """Mean over the goal's weeks of changes on days, (copies, days) to (copies,)."""
    return np.asarray(change[:, GOAL_WK[0] * DAYS : GOAL_WK[1] * DAYS + 1].mean(axis=1))


def true_change(truth: Sample) -> float:
    """The person's own mean change of the elbow over the goal's weeks."""
    t_d = np.arange(GOAL_WK[0] * DAYS, GOAL_WK[1] * DAYS + 1)
    return float(np.interp(t_d, truth.time_d, truth.joints[0].change[0]).mean())


def cycles() -> Iterator[Cycle]:
    """The three cycles, each planned from those before."""
    case, who = first_case(), None
    before = individualise(case, DRAWS, FIT_SEED)
    first = total_U(case)
    for number in range(CYCLES):
        who, truth, seen = truth_of(case, who)
        case = case.model_copy(update={"visits": visits(case, seen)})
        offers = {}
        for dose in DOSES if number < CYCLES - 1 else ():
            later = next_case(case, dose * first / total_U(case))
            offers[dose] = later, individualise(later, DRAWS, FIT_SEED)
        cycle = Cycle(case, before, individualise(case, DRAWS, FIT_SEED), truth, offers)
        yield cycle
        if offers:
            case, before = offers[cycle.next_dose]


def total_U(case: Case) -> float:
    """Units of the plan."""
    return float(sum(shot.dose.value for shot in plan_of(case).injections))
