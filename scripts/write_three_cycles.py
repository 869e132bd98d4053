"""Treat one virtual person three times, learning from the visits: docs/three_cycles.md and its case files.

The person is a copy that the model drew; only the script knows its numbers. Visits are what the model's rater
would write down. Before each session three doses of the same plan are followed in copies of the person as
known by then, and the smallest that meets the goal in half of them is given, else the largest.

Run: python scripts/write_three_cycles.py docs/three_cycles.md examples/three_cycles docs/figures
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, load_case
from endplate.case.again import given_again
from endplate.case.models import Visit
from endplate.case.writer import case_yaml
from endplate.outputs import learnt as words
from endplate.physiology.scales import categories_of
from endplate.questions.individualise import IndividualiseResult, individualise
from endplate.questions.individualising.copies import POTENCY
from endplate.questions.individualising.imagined import imagined
from endplate.questions.individualising.running import Runner
from endplate.questions.individualising.sample import SCALE, Sample, sample_of
from endplate.questions.individualising.visits import Seen, followed
from endplate.questions.optimise import optimise
from endplate.simulation import MODEL_VERSION, Biology

Array = NDArray[np.float64]
Row = Mapping[str, Any]

BASE = Path(__file__).parents[1] / "examples" / "adult_arm_visits.yaml"
TRUTH_SEED, AMONG, FIT_SEED = 424_242, 40, 1
WEAK = 0.25  # the person is the first whose potency lies in this lowest share of the copies
DRAWS = 4000  # more than usual: three cycles leave few copies that fit
HORIZON_D, APART_D = 182, 98
GRADED_WK = (2, 4, 8, 12)
GOAL_WK = (4, 12)
DOSES = (1.0, 1.2, 1.6)
MET = 0.5
CYCLES = 3
SAME = 0.1  # of a logarithm, within which two people react alike
FIGURE = "three_cycles.svg"
_DAYS = 7

TITLE = """# One person, three cycles

A worked example of [individualise](individualise.md) and [optimise](optimise.md), written by
`python scripts/write_three_cycles.py docs/three_cycles.md examples/three_cycles docs/figures` (`make docs`, model version
{version}, {draws} copies). The person is virtual: the first of {among} copies drawn by the model whose terminals react less to a
unit than three quarters of them. Only the script knows the truth; visits are what the model's rater, who errs, would write
down. So the truth follows the model here: how well people follow it is another question ([reproduce](reproduce.md)).

The case files stand in `examples/three_cycles/`. What is said after the second cycle:

```sh
endplate individualise examples/three_cycles/cycle2.yaml --out endplate-out/cycle2
```

*A grade better* means: the drug alone lowers the elbow's grade by one in the mean of weeks 4 to 12. Ranges are medians with 90 %
of copies. For education and research: no dose here is advice."""

END = """@@END@@"""


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
    """The example's person and plan, no visit yet."""
    case = load_case(BASE)
    patient = case.patient.model_copy(update={"code": "arm-07"})
    return case.model_copy(update={"patient": patient, "visits": ()})


def asked(case: Case) -> tuple[Seen, ...]:
    """What is looked at in a cycle: grades at four visits, angles at one, onset and wear-off as told."""
    read = followed(case, plan_of(case))
    start = read.sessions.plan_d
    grades = [
        Seen(f"{week}", start + week * _DAYS, "grade", place, "", scale=SCALE)
        for week in GRADED_WK
        for place in read.places
    ]
    angles = Seen("4", start + GRADED_WK[1] * _DAYS, "r1", read.places[0], "")
    told = (
        Seen("2", start + GRADED_WK[0] * _DAYS, "onset", None, ""),
        Seen("12", start + GRADED_WK[-1] * _DAYS, "wear_off", None, ""),
    )
    return (*grades, angles, *told)


def plan_of(case: Case) -> Any:
    """The plan; there always is one here."""
    if case.plan is None:
        raise SystemExit("the example has no plan")
    return case.plan


def truth_of(case: Case, who: int | None) -> tuple[int, Sample, tuple[Seen, ...]]:
    """The person, what is true of this cycle, and what the visits find."""
    plan, looked = plan_of(case), asked(case)
    read = followed(case, plan)
    runner = Runner(replace(read, seen=looked), read.sessions.plan_d + HORIZON_D, TRUTH_SEED, Biology())
    copies = runner.population(AMONG)
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
    return float((_mean(next(iter(post.scale_change.values()))) <= -1).mean())


def _mean(change: Array) -> Array:
    return np.asarray(change[:, GOAL_WK[0] * _DAYS : GOAL_WK[1] * _DAYS + 1].mean(axis=1))


def true_change(truth: Sample) -> float:
    """The person's own mean change of the elbow over the goal's weeks."""
    t_d = np.arange(GOAL_WK[0] * _DAYS, GOAL_WK[1] * _DAYS + 1)
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


def share(number: float) -> str:
    """A share as people read it."""
    return f"{100 * number:.0f} %"


def day(number: float | None) -> str:
    """A day, or that it lies past the horizon."""
    past = number is None or not np.isfinite(number) or number > HORIZON_D
    return f"after day {HORIZON_D}" if past else f"day {number:.0f}"


def range_of(summary: Row, digits: int = 2) -> str:
    """Median and 90 % range."""
    low, middle, high = (f"{summary[key]:.{digits}f}" for key in ("p05", "median", "p95"))
    return f"{middle} ({low} to {high})"


def change_of(post: IndividualiseResult) -> str:
    """The elbow's mean change over the goal's weeks, drug alone, median and 90 % range of copies."""
    found = np.quantile(_mean(next(iter(post.scale_change.values()))), [1 / 20, 1 / 2, 19 / 20])
    return f"{found[1]:.2f} ({found[0]:.2f} to {found[2]:.2f})"


def end_of(post: IndividualiseResult) -> str:
    """Modelled end of the effect, median and 90 % range."""
    found = post.document["next"]["modelled_re_emergence_d"]
    return f"{day(found['median'])} ({day(found['p05'])} to {day(found['p95'])})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return ["| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows)] + [""]


def page(held: Sequence[Cycle]) -> str:
    """The whole text."""
    lines = [*TITLE.format(version=MODEL_VERSION, among=AMONG, draws=DRAWS).splitlines(), ""]
    for number, cycle in enumerate(held, start=1):
        lines += cycle_lines(number, cycle)
    lines += end_lines(held)
    return "\n".join(lines).rstrip("\n") + "\n"


def cycle_lines(number: int, cycle: Cycle) -> Iterator[str]:
    """One cycle: what was given and found, for the clinician, for the pharmacometrician, the next plan."""
    plan = plan_of(cycle.case)
    doses = ", ".join(f"{s.muscle.replace('_', ' ')} {s.dose}" for s in plan.injections)
    yield from (f"## Cycle {number}: {plan.date}, {total_U(cycle.case):g} U", "", f"Given: {doses}.", "")
    yield from table(("date", "elbow", "wrist", "told"), visit_rows(cycle.case))
    yield from ("### For the clinician", "", *clinician(number, cycle), "")
    yield from ("### For the pharmacometrician", "", *pharmacometrician(cycle))
    if cycle.offers:
        yield from next_plan(cycle)


def visit_rows(case: Case) -> Iterator[tuple[str, ...]]:
    """Findings by day."""
    for when in sorted({row.date for row in case.visits}):
        here = [row for row in case.visits if row.date == when]
        cells = []
        for joint in ("elbow", "wrist"):
            own = [row for row in here if row.joint == joint]
            angles = [f", R1 {row.tardieu.r1}, R2 {row.tardieu.r2}" for row in own if row.tardieu]
            cells.append("".join([*(row.value or "" for row in own), *angles]))
        told = [f"{row.measure.replace('_', ' ')} {row.value}" for row in here if row.joint is None]
        yield str(when), *cells, "; ".join(told)


def clinician(number: int, cycle: Cycle) -> Iterator[str]:
    """What the visits say of this person, in plain words."""
    response = next(iter(cycle.after.document["posterior"].values()))
    middle = response["posterior"]["median"]
    than = "as strongly as" if abs(np.log(middle)) < SAME else "less than" if middle < 1 else "more than"
    yield (
        f"By what was found so far this person's terminals react to a unit {than} the typical person's: "
        f"{range_of(response['posterior'])} times, where {range_of(response['prior'])} was known of anybody."
    )
    placebo = cycle.after.document["posterior"]["non_drug_change:elbow:right:extension"]["posterior"]
    yield (
        f"Of the change at the elbow, {range_of(placebo, 1)} of a grade is taken to come without the drug; the "
        f"drug's own mean change in weeks {GOAL_WK[0]} to {GOAL_WK[1]} is taken to be "
        f"{change_of(cycle.after)} of a grade. Its effect ends, as modelled, on {end_of(cycle.after)}."
    )
    if number > 1:
        yield f"Used: {len(cycle.after.document['visits'])} findings of all cycles so far."


def pharmacometrician(cycle: Cycle) -> Iterator[str]:
    """Method, diagnostics, prior against posterior against truth."""
    document, true = cycle.after.document, cycle.truth.values()
    how = document["diagnostics"]
    tried = "; ".join(
        f"{step['method']}: {step['ess']:.0f} effective copies"
        + (f", Pareto k {step['khat']:.2f}" if step["khat"] is not None else "")
        for step in how["tried"]
    )
    yield from (f"Method `{how['method']}` ({tried}).", "")
    rows = (
        (
            words.parameter(name),
            range_of(row["prior"]),
            range_of(row["posterior"]),
            share(row["learnt"]),
            f"{true[name][0]:.2f}",
        )
        for name, row in document["posterior"].items()
    )
    yield from table(("parameter", "before any visit", "now", "learnt", "truth"), rows)


def next_plan(cycle: Cycle) -> Iterator[str]:
    """The doses offered, and what a search beside them finds."""
    yield from ("### The next plan", "")
    yield from table(
        ("dose", "mean change of the elbow", "a grade better", "end of effect"),
        (
            (f"{total_U(case):g} U", change_of(post), share(reached(post)), end_of(post))
            for case, post in cycle.offers.values()
        ),
    )
    case, post = cycle.offers[cycle.next_dose]
    met = reached(post) >= MET
    yield (
        f"The rule of this exercise, the smallest dose that makes the elbow a grade better in {share(MET)} of "
        f"copies, {'is met by' if met else 'is met by none; the largest is'} {total_U(case):g} U."
    )
    searched = optimise(case, learnt=cycle.after).document
    own, best = searched["own"], searched["plans"][0] if searched["plans"] else None
    if best is not None:
        yield (
            f"A search beside it (`optimise --after`, both joints a grade better, any proportions within the "
            f"limits held) reaches its targets in {share(best['goal_probability'])} of copies by weight with "
            f"{best['total_U']:g} U, where this plan reaches {share(own['goal_probability'])}. It is not taken "
            "here: with other proportions the next cycle could not be followed together with this one."
        )
    yield ""


def end_lines(held: Sequence[Cycle]) -> Iterator[str]:
    """What was told beforehand against what came, and what the three cycles taught."""
    yield from ("## Told beforehand, and what came", "")
    yield from (f"![Elbow over three cycles](figures/{FIGURE})", "")
    rows = []
    for number, cycle in enumerate(held, start=1):
        population = held[0].before if number == 1 else individualise(alone(cycle.case), DRAWS, FIT_SEED)
        end = cycle.truth.re_emergence_d()[0]
        rows.append(
            (
                f"{number}, {total_U(cycle.case):g} U",
                change_of(population),
                change_of(cycle.before),
                f"{true_change(cycle.truth):.2f}",
                end_of(cycle.before),
                "no effect of half a grade" if np.isnan(end) else day(end),
            )
        )
    heads = ("cycle", "change: anybody", "change: this person", "truth", "end: this person", "truth")
    yield from table(heads, rows)
    yield from END.splitlines()


def alone(case: Case) -> Case:
    """The plan as a first session, nothing known of the person but the first examination."""
    return case.model_copy(update={"visits": (), "history": (), "assessment": first_case().assessment})


def draw(held: Sequence[Cycle], path: Path) -> None:
    """The elbow: what was expected of each cycle on its first day, and the grades written down."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "endplate", "font.size": 9})
    figure, panels = plt.subplots(1, len(held), figsize=(9.5, 3.2), sharey=True, layout="constrained")
    for number, (panel, cycle) in enumerate(zip(panels, held, strict=True), start=1):
        told = cycle.before.document["forecast"]
        joint, weeks = told["joints"][0], np.array(told["t_d"]) / _DAYS
        for row, style in ((joint["prior"], {"color": "#999999"}), (joint, {"color": "#0072B2"})):
            band = row["expected_score"][SCALE]
            panel.fill_between(weeks, band["p05"], band["p95"], alpha=0.2, linewidth=0, **style)
            name = "anybody" if style["color"] == "#999999" else "this person, as known on day 0"
            panel.plot(weeks, band["median"], label=name, **style)
        truth = cycle.truth.joints[0]
        panel.plot(
            cycle.truth.time_d / _DAYS, truth.expected()[0], "k--", linewidth=1, label="truth, this rater"
        )
        start = plan_of(cycle.case).date
        seen = [
            ((row.date - start).days / _DAYS, coded(row.value))
            for row in cycle.case.visits
            if row.joint == "elbow" and row.value
        ]
        panel.plot(*zip(*seen, strict=True), "o", color="#D55E00", label="written down")
        panel.set(title=f"Cycle {number}, {total_U(cycle.case):g} U", xlabel="weeks", ylim=(0, 4))
    panels[0].set_ylabel("elbow, coded modified Ashworth grade")
    panels[0].legend(fontsize=7, loc="lower left")
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def coded(label: str | None) -> float:
    """A grade as a number."""
    held = categories_of(SCALE)
    return float(held.true_grade[held.labels.index(str(label))])


def main() -> None:
    """Write the text, the case files and the figure."""
    if len(sys.argv) != 4:
        sys.exit("usage: write_three_cycles.py TEXT.md CASES_FOLDER FIGURES_FOLDER")
    text, cases, figures = (Path(name) for name in sys.argv[1:])
    held = list(cycles())
    for number, cycle in enumerate(held, start=1):
        about = (
            f"Cycle {number} of docs/three_cycles.md, written by scripts/write_three_cycles.py: a virtual person.",
        )
        (cases / f"cycle{number}.yaml").write_text(case_yaml(cycle.case, about), encoding="utf-8")
    draw(held, figures / FIGURE)
    text.write_text(page(held), encoding="utf-8")


if __name__ == "__main__":
    main()
