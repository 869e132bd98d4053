"""`compare`: plans for one person in the same virtual copies with the same chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.case import Case, joint_baselines, planned_injections
from endplate.knowledge.evidence import get
from endplate.knowledge.labels import outside_model
from endplate.knowledge.vocabulary import wording
from endplate.questions.answer import Answer
from endplate.questions.check import CheckResult
from endplate.questions.comparing.comparable import LETTERS, comparable, product_of
from endplate.questions.comparing.courses import (
    PlanCourses,
    Weeks,
    courses_of,
    goal_end_d,
    readings_of,
    weeks_to,
)
from endplate.questions.comparing.differences import difference_row, over_goal, summary_of, undrawn_row
from endplate.questions.comparing.flips import record_flips, variant_flips, variants_of
from endplate.questions.needs import at_least_one
from endplate.questions.readings import Reading
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.document import evidence_rows, plan_notes
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import Draws, OneAtATime, RandomDraws
from endplate.simulation.results import band

if TYPE_CHECKING:
    import polars
    import xarray

Array = NDArray[np.float64]
Progress = Callable[[float], None]
Row = dict[str, Any]
Pair = tuple[int, int]


@dataclass(frozen=True)
class CompareResult(Answer):
    """Plans side by side.

    Attributes:
        differences: first plan minus second in every copy, (draws, weeks), by letters and outcome; pairs of
            different products are left out.
    """

    differences: dict[tuple[str, str, str], Array]

    def to_polars(self) -> polars.DataFrame:
        """One row a pair, outcome and week: a, b, outcome, t_d, p05 to p95, p_better.

        Raises:
            InputError: polars is not installed.
        """
        from endplate.questions.comparing.tables import to_polars

        return to_polars(self)

    def to_xarray(self) -> xarray.Dataset:
        """The differences of every copy by pair and outcome, (pair, outcome, draw, t_d).

        Raises:
            InputError: xarray is not installed.
        """
        from endplate.questions.comparing.tables import to_xarray

        return to_xarray(self)


def compare(
    *cases: Case,
    draws: int = 1000,
    seed: int = 1,
    horizon_d: int = 182,
    progress: Progress | None = None,
    biology: Biology | None = None,
) -> CompareResult:
    """Compare plans for one person, pair by pair, on the same virtual copies with the same chance.

    Args:
        cases: two or more of the same person, each with a plan.
        draws: virtual copies.
        seed: of every random stream.
        horizon_d: days followed.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: the plans cannot be compared, see :func:`comparable`, or fewer than one draw or day was
            asked for.
    """
    checks = comparable(cases)
    at_least_one(draws=draws, horizon_d=horizon_d)
    pairs = tuple(combinations(range(len(cases)), 2))
    direct = tuple(pair for pair in pairs if len({product_of(cases[place]) for place in pair}) == 1)
    study = _Study(cases, biology or Biology(), RandomDraws(seed, draws), horizon_d)
    again = 1 + len(variants_of(study.biology)) if direct else 0  # for what turns a ranking
    runs = _Counted(progress, len(cases) * (1 + again))
    plans = study.run(study.draws, horizon_d, runs)
    readings = readings_of(cases, plans)
    rows, held = _differences(pairs, direct, plans, readings, weeks_to(horizon_d))
    turned = study.flips(direct, plans, readings, runs) if direct else []
    told = _document(study, checks, plans, readings)
    made = {"endplate": __version__, "model_version": MODEL_VERSION, "seed": seed, "draws": draws}
    indirect = len(direct) < len(pairs)
    return CompareResult({**made, "indirect": indirect, **told, "differences": rows, "flips": turned}, held)


@dataclass
class _Counted:
    """Who is told how many of the runs are done."""

    progress: Progress | None
    total: int
    done: int = 0

    def within(self, share: float) -> None:
        """A share of the run that goes on is done."""
        if self.progress:
            self.progress(min(1, (self.done + share) / self.total))


class _Study:
    """The plans and the copies in which they are run."""

    def __init__(self, cases: Sequence[Case], biology: Biology, draws: RandomDraws, horizon_d: int) -> None:
        self.cases, self.biology, self.draws, self.horizon_d = cases, biology, draws, horizon_d
        self.notes: list[list[str]] = []

    def run(
        self, draws: Draws, last_d: int, runs: _Counted, biology: Biology | None = None
    ) -> tuple[PlanCourses, ...]:
        """Every plan in the same copies, read by week."""
        found = []
        for case in self.cases:
            chain = run_chain(
                planned_injections(case),
                joint_baselines(case),
                case.patient.weight_kg,
                draws,
                time_grid(last_d),
                runs.within,
                biology=biology or self.biology,
            )
            runs.done += 1
            if draws is self.draws and biology is None:
                self.notes.append(plan_notes(case, chain))
            found.append(courses_of(chain, weeks_to(last_d), last_d))
        return tuple(found)

    def flips(
        self, pairs: Sequence[Pair], plans: Sequence[PlanCourses], readings: Sequence[Reading], runs: _Counted
    ) -> list[Row]:
        """What turns the ranking of each pair and outcome: records first, then variants."""
        last_d = goal_end_d(self.horizon_d)
        weeks, usual = weeks_to(last_d), weeks_to(self.horizon_d)
        moved = tuple(i for i in sorted(self.draws.used) if get(i).distribution.kind != "fixed")
        single = self.run(OneAtATime(moved), last_d, runs)
        variants = variants_of(self.biology)
        other = {v.name: self.run(self.draws, last_d, runs, v.biology) for v in variants}
        rows = []
        for a, b in pairs:
            for reading in readings:
                found = record_flips(reading, single[a], single[b], moved, weeks)
                changed = {name: each[a].of(reading) - each[b].of(reading) for name, each in other.items()}
                difference = plans[a].of(reading) - plans[b].of(reading)
                goal = {name: over_goal(course, weeks) for name, course in changed.items()}
                found += variant_flips(over_goal(difference, usual), goal)
                rows += [{**_named(a, b, reading), **row} for row in found]
        return rows


def _named(a: int, b: int, reading: Reading) -> Row:
    return {"a": LETTERS[a], "b": LETTERS[b], "outcome": reading.name}


def _differences(
    pairs: Sequence[Pair],
    direct: Sequence[Pair],
    plans: Sequence[PlanCourses],
    readings: Sequence[Reading],
    weeks: Weeks,
) -> tuple[list[Row], dict[tuple[str, str, str], Array]]:
    """A row for every pair and outcome, and the differences of all copies where they are drawn."""
    rows, held = [], {}
    for a, b in pairs:
        for reading in readings:
            named = _named(a, b, reading) | {"unit": reading.unit, "better": reading.better}
            if (a, b) not in direct:
                rows.append({**named, **undrawn_row(weeks), "indirect": True})
                continue
            difference = plans[a].of(reading) - plans[b].of(reading)
            held[LETTERS[a], LETTERS[b], reading.name] = difference
            rows.append({**named, **difference_row(reading, difference, weeks), "indirect": False})
    return rows, held


def _document(
    study: _Study, checks: Sequence[CheckResult], plans: Sequence[PlanCourses], readings: Sequence[Reading]
) -> Row:
    """What is told beside the differences."""
    first, weeks = study.cases[0], weeks_to(study.horizon_d)
    pools = [joint_pool(base.joint, base.movement) for base in joint_baselines(first)]
    used = {*study.draws.used, *(record_id for pool in pools for record_id in pool.used)}
    evidence, sources = evidence_rows(tuple(sorted(used)))
    told = zip(study.cases, checks, plans, study.notes, strict=True)
    return {
        "t_d": list(weeks.t_d),
        "goal_weeks": list(weeks.goal_wk),
        "biology": asdict(study.biology),
        "plans": [_plan(place, *each, readings, weeks) for place, each in enumerate(told)],
        "outcomes": [
            {
                "outcome": reading.name,
                "kind": reading.kind,
                "place": list(reading.place),
                "unit": reading.unit,
                "better": reading.better,
                "shown": reading.shown,
            }
            for reading in readings
        ],
        "variants": [variant.name for variant in variants_of(study.biology)],
        "outside_model": outside_model(first.patient.cautions, first.patient.gmfcs),
        "warnings": list(dict.fromkeys(note for own in study.notes for note in own)),
        "wording": {
            "banner": wording.BANNER,
            "simulation": wording.SIMULATION,
            "indirect": wording.INDIRECT,
            "product": wording.PRODUCT,
        },
        "inputs": [case.to_dict() for case in study.cases],
        "evidence": evidence,
        "sources": sources,
    }


def _plan(
    place: int,
    case: Case,
    checked: CheckResult,
    courses: PlanCourses,
    notes: Sequence[str],
    readings: Sequence[Reading],
    weeks: Weeks,
) -> Row:
    """One plan with its own courses and notes."""
    shots = planned_injections(case)
    severities = [issue.severity for issue in checked.issues]
    return {
        "plan": LETTERS[place],
        "product": product_of(case),
        "date": str(case.plan.date) if case.plan else None,
        "total_U": sum(shot.dose_U for shot in shots),
        "injections": [
            {
                "muscle": s.muscle,
                "side": s.side,
                "dose_U": s.dose_U,
                "sites": s.sites,
                "volume_mL": round(s.volume_mL, 6),
            }
            for s in shots
        ],
        "notes": list(notes),
        "status": checked.status,
        "critical": severities.count("critical"),
        "outcomes": [
            {
                "outcome": reading.name,
                **band(courses.of(reading)),
                "goal": summary_of(over_goal(courses.of(reading), weeks)),
            }
            for reading in readings
        ],
    }
