"""The scoreboard: published studies against the model as one self-contained HTML page.

Everything is read from the ``reproduce`` document, nothing is computed again; figures of what the document
does not hold (courses, comparison) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from endplate.outputs import outcomes, phrases
from endplate.outputs.language import capital
from endplate.outputs.pages import environment
from endplate.outputs.score_charts import (
    Point,
    agreement_chart,
    course_axis,
    course_chart,
    pit_chart,
    strip,
)

Document = Mapping[str, Any]

_FEWEST = 2
_MODELS = {"mechanism": "Mechanism", "baseline": "Empirical baseline"}
_MARKS = {
    "inside": "\N{CHECK MARK}",
    "above": "\N{UPWARDS ARROW}",
    "below": "\N{DOWNWARDS ARROW}",
    "kept": "\N{CHECK MARK}",
    "broken": "\N{MULTIPLICATION SIGN}",
    "not simulated": "\N{EN DASH}",
    "not observed": "\N{EN DASH}",
}


@dataclass(frozen=True)
class CourseFigure:
    """One arm and measure over time."""

    measure: str
    arm: str
    chart: Markup


def render_scoreboard(board: Document) -> str:
    """One HTML page from a ``reproduce`` document; ``courses`` and ``comparison`` may be absent."""
    rows = [(study, row) for study in board["studies"] for row in study["outcomes"]]
    return _template().render(
        board=board,
        totals=board["totals"],
        in_all=outcomes.totals(board["totals"]),
        model=_MODELS[board["model"]],
        pit=pit_chart(board["totals"]["pit"]) if board["totals"]["pit"] else None,
        families=_families([row for _, row in rows]),
        drawn=[(study, found) for study in board["studies"] if (found := _course_figures(study))],
        misses=[(study, row) for study, row in rows if outcomes.is_miss(row)],
        reasons=outcomes.by_reason(board["studies"]),
        shares=outcomes.with_shares(board["studies"]),
        comparison=board.get("comparison"),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    made = environment()
    made.filters.update(
        what=outcomes.what,
        arm=outcomes.arm,
        at=outcomes.at,
        observed=outcomes.observed,
        interval=outcomes.interval,
        verdict=outcomes.verdict,
        missed=outcomes.is_miss,
        figure=outcomes.number,
        share=_share,
        strip=strip,
    )
    made.globals["marks"] = _MARKS
    return made.get_template("scoreboard.html.j2")


def _share(number: float | None) -> str:
    return outcomes.number(None) if number is None else phrases.share(number)


def _families(rows: Sequence[Document]) -> list[tuple[str, int, Markup]]:
    """Name, number of outcomes and figure of every family of measures with two or more scored outcomes."""
    found: dict[tuple[str, str], list[Document]] = {}
    for row in rows:
        if row["crps"] is not None:
            found.setdefault((row["family"], outcomes.unit(row)), []).append(row)
    return [
        (name, len(members), agreement_chart(name, unit, _points(members)))
        for (family, unit), members in found.items()
        if len(members) >= _FEWEST and (name := _named(family, members[0]["unit"]))
    ]


def _named(family: str, unit: str | None) -> str:
    return capital(f"{family} in {unit}" if unit else family)


def _points(rows: Sequence[Document]) -> list[Point]:
    found = [(row, row["predicted"]) for row in rows]
    return [Point(row["observed"], p["p10"], p["p50"], p["p90"], row["inside_80"]) for row, p in found]


def _course_figures(study: Document) -> list[CourseFigure]:
    """The courses of a study; those of one measure and place share a vertical axis."""
    together: dict[tuple[Any, ...], list[Document]] = {}
    for course in study.get("courses", ()):
        key = (course["measure"], course["scale"], course["joint"], course["muscle"], bool(course["versus"]))
        together.setdefault(key, []).append(course)
    return [figure for courses in together.values() for figure in _figures(study, courses)]


def _figures(study: Document, courses: Sequence[Document]) -> list[CourseFigure]:
    rows, name = study["outcomes"], outcomes.what(courses[0])
    axis = course_axis(courses, rows)
    titles = {k: f"{study['study']}, {outcomes.arm(course)}: {name}" for k, course in enumerate(courses)}
    return [
        CourseFigure(capital(name), outcomes.arm(course), course_chart(course, rows, axis, titles[k]))
        for k, course in enumerate(courses)
    ]
