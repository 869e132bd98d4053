"""Write docs/three_cycles.md, its case files and its figure: one virtual person treated three times.

Run: python scripts/write_three_cycles.py docs/three_cycles.md examples/three_cycles docs/figures
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from three_cycles import (
    AMONG,
    DAYS,
    DRAWS,
    FIT_SEED,
    GOAL_WK,
    HORIZON_D,
    MET,
    Cycle,
    cycles,
    first_case,
    mean_change,
    reached,
    total_U,
    true_change,
)

from endplate.case import Case, plan_of
from endplate.case.writer import case_yaml
from endplate.outputs import learnt as words
from endplate.physiology.scales import categories_of
from endplate.questions.individualise import IndividualiseResult, individualise
from endplate.questions.individualising.copies import POTENCY
from endplate.questions.individualising.sample import SCALE
from endplate.questions.optimise import optimise
from endplate.simulation import MODEL_VERSION

Row = Mapping[str, Any]

LITTLE = 0.5  # share of the variance that must go before something counts as learnt
FIGURE = "three_cycles.svg"
WIDTH = 126

TITLE = """# One person, three cycles

A worked example of [individualise](individualise.md) and [optimise](optimise.md), written by
`python scripts/write_three_cycles.py docs/three_cycles.md examples/three_cycles docs/figures` (`make docs`,
model version {version}, {draws} copies). The person is virtual: the first of {among} copies drawn by the
model whose terminals react less to a unit than three quarters of them. Only the script knows the truth;
visits are what the model's rater, who errs, would write down. So the truth follows the model here: how well
people follow it is another question ([reproduce](reproduce.md)).

The case files stand in `examples/three_cycles/`. What is said after the second cycle:

```sh
endplate individualise examples/three_cycles/cycle2.yaml --draws {draws} --out endplate-out/cycle2
```

A man of 61 with a stroke nine months ago: right elbow flexors of grade 3 on the modified Ashworth scale
(catch R1 at 65 deg, end of range R2 at 135 deg), wrist flexors of grade 2, assessed before any toxin.
*Onset none* and *wear-off none* are what he answers when asked: he has noticed no beginning, or no end,
yet. *A grade better* means: the drug alone lowers the elbow's grade by one in the mean of weeks 4 to 12.
*End of effect* is the day on which the joint that gained most is back within half a grade. Before each next
session the plan is followed at three doses, the first one, a third more and two thirds more, all within the
maxima held. Ranges are medians with 90 % of copies. For education and research: no dose here is advice.
"""

END = """What the exercise shows. The visits tell apart what the drug did and what changed without it, and the
bands of a forecast narrow; they hardly tell potency, the response of the scale and the true grade apart from
each other, for all three make the same grades. A dose changes little on the flat part of the curve, so a
larger one is worth less than it looks. A forecast is right when the truth lies within its range, not when
its middle meets it: the middle may lie further from the truth than that of anybody. After a session some
toxin still acts on the next one's day, so the same dose is forecast to do a little more the second time.

Left out: needles are followed as placed alike in all sessions of a person, which makes the cycles of this
exercise more alike than those of real people.
"""


def share(number: float) -> str:
    """A share as people read it."""
    return f"{100 * number:.0f} %"


def day(number: float | None) -> str:
    """A day, or that it lies past the horizon."""
    past = number is None or not np.isfinite(number) or number > HORIZON_D
    return f"past day {HORIZON_D}" if past else f"day {number:.0f}"


def range_of(summary: Row, digits: int = 2) -> str:
    """Median and 90 % range."""
    low, middle, high = (f"{summary[key]:.{digits}f}" for key in ("p05", "median", "p95"))
    return f"{middle} ({low} to {high})"


def change_of(post: IndividualiseResult) -> str:
    """The elbow's mean change over the goal's weeks, drug alone, median and 90 % range of copies."""
    found = np.quantile(mean_change(next(iter(post.scale_change.values()))), [1 / 20, 1 / 2, 19 / 20])
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
    lines = TITLE.format(version=MODEL_VERSION, draws=DRAWS, among=AMONG).splitlines()
    for number, cycle in enumerate(held, start=1):
        lines += ["", *cycle_lines(number, cycle)]
    lines += end_lines(held)
    return filled("\n".join(lines))


def filled(text: str) -> str:
    """Paragraphs filled to the width of the docs; headings, tables, figures and commands as they are."""
    parts = [part.strip("\n") for part in re.split(r"\n\s*\n", text)]
    kept = [part if part.startswith(("|", "#", "```", "![")) else _fill(part) for part in parts if part]
    return "\n\n".join(kept) + "\n"


def _fill(paragraph: str) -> str:
    return fill(" ".join(paragraph.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


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
    document = cycle.after.document
    potency = document["posterior"][POTENCY]
    placebo = document["posterior"]["non_drug_change:elbow:right:extension"]["posterior"]
    last = cycle.case.visits[-1].date
    used = len(document["visits"])
    yield (
        f"{used} findings up to {last} are used{'' if number == 1 else ', those of earlier cycles too'}. At "
        f"the elbow {range_of(placebo, 1)} of a grade is taken to have come without the drug. The drug's own "
        f"mean change in weeks {GOAL_WK[0]} to {GOAL_WK[1]} is taken to be {change_of(cycle.after)} of a "
        f"grade; its end, as modelled: {end_of(cycle.after)}."
    )
    told = range_of(potency["posterior"])
    if potency["learnt"] < LITTLE:
        yield (
            f"How strongly this person's terminals react to a unit stays open: {told} times the typical one, "
            f"where {range_of(potency['prior'])} was known of anybody."
        )
    else:
        yield f"This person's terminals react to a unit {told} times as strongly as the typical person's."


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
        "The rule of this exercise, the smallest dose that makes the elbow a grade better in "
        f"{share(MET)} of copies, {'is met by' if met else 'is met by none; the largest is'} "
        f"{total_U(case):g} U."
    )
    searched = optimise(case, learnt=cycle.after).document
    own, best = searched["own"], searched["plans"][0] if searched["plans"] else None
    if best is not None:
        yield (
            "A search beside it (`optimise --after`, both joints a grade better, any proportions within "
            f"the limits held) reaches its targets in {share(best['goal_probability'])} of copies by weight "
            f"with {best['total_U']:g} U, where this plan reaches {share(own['goal_probability'])}. It is "
            "not taken here: with other proportions the next cycle could not be followed together with "
            "this one."
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
                end_of(population),
                end_of(cycle.before),
                "no effect of half a grade" if np.isnan(end) else day(end),
            )
        )
    heads = ("cycle", "change: anybody", "this person", "truth", "end: anybody", "this person", "truth")
    yield from table(heads, rows)
    yield from END.splitlines()


def alone(case: Case) -> Case:
    """The plan as a first session, nothing known of the person but the first examination."""
    return case.model_copy(update={"visits": (), "history": (), "assessment": first_case().assessment})


def draw(held: Sequence[Cycle], path: Path) -> None:
    """The elbow: what was expected of each cycle on its first day, and the grades written down."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "endplate", "font.size": 9})
    figure, panels = plt.subplots(1, len(held), figsize=(9.5, 3.5), sharey=True, layout="constrained")
    for number, (panel, cycle) in enumerate(zip(panels, held, strict=True), start=1):
        told = cycle.before.document["forecast"]
        joint, weeks = told["joints"][0], np.array(told["t_d"]) / DAYS
        for row, style in ((joint["prior"], {"color": "#999999"}), (joint, {"color": "#0072B2"})):
            band = row["expected_score"][SCALE]
            panel.fill_between(weeks, band["p05"], band["p95"], alpha=0.2, linewidth=0, **style)
            name = "anybody" if style["color"] == "#999999" else "this person, as known on day 0"
            panel.plot(weeks, band["median"], label=name, **style)
        truth = cycle.truth.joints[0]
        panel.plot(
            cycle.truth.time_d / DAYS, truth.expected()[0], "k--", linewidth=1, label="truth, this rater"
        )
        start = plan_of(cycle.case).date
        seen = [
            ((row.date - start).days / DAYS, coded(row.value))
            for row in cycle.case.visits
            if row.joint == "elbow" and row.value
        ]
        panel.plot(*zip(*seen, strict=True), "o", color="#D55E00", label="written down")
        panel.set(title=f"Cycle {number}, {total_U(cycle.case):g} U", xlabel="weeks", ylim=(0, 4))
    panels[0].set_ylabel("elbow, coded modified Ashworth grade")
    figure.legend(*panels[0].get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=4)
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
            f"Cycle {number} of docs/three_cycles.md, a virtual person.",
            "Written by scripts/write_three_cycles.py.",
        )
        (cases / f"cycle{number}.yaml").write_text(case_yaml(cycle.case, about), encoding="utf-8")
    draw(held, figures / FIGURE)
    text.write_text(page(held), encoding="utf-8")


if __name__ == "__main__":
    main()
