"""A child over years as one self-contained HTML page, read from the ``develop`` document alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from endplate.knowledge.evidence.trace import UNMEASURED
from endplate.outputs import developed
from endplate.outputs.figures import Figure
from endplate.outputs.pages import environment
from endplate.outputs.score_charts import across_axis
from endplate.outputs.svg import (
    LEFT,
    RIGHT,
    WIDTH,
    Axis,
    axis_for,
    drawing,
    levels,
    short,
    y_of,
)

Document = Mapping[str, Any]
Line = tuple[Sequence[float], str, str]  # numbers, class, dashes

_DASHES = {"null": "2 3", "evidence": "", "hypothesis": "8 4"}
_WANTED = 6  # ages labelled
_SHOWN = (
    ("dorsiflexion_lost_deg", "dorsiflexion lost since birth, deg"),
    ("gmfm66", "GMFM-66, points (assumed shape)"),
    ("volume_of_typical", "calf volume over typical children's"),
)
_GAINED = (
    ("dorsiflexion_kept_deg", "dorsiflexion kept, deg"),
    ("gmfm66_gained", "GMFM-66 gained, points"),
)


def render_develop(document: Document) -> str:
    """One HTML page from a ``develop`` document."""
    plan = document["scenarios"][0]["scenario"]
    return _template().render(
        result=document,
        code=document["inputs"]["patient"]["code"],
        sentences=list(developed.sentences(document)),
        scenarios=[
            (each["scenario"], developed.rows(document, each["scenario"])) for each in document["scenarios"]
        ],
        costs=developed.cost_rows(document),
        trials=developed.trial_rows(document),
        bone=list(developed.bone_lines(document)),
        hand=list(developed.hand_lines(document)),
        figures=[_course(document, plan, *each) for each in _SHOWN],
        differences=[_difference(document, plan, *each) for each in _GAINED],
        classes=list(developed.class_lines(document)),
        unsure=sum(row["basis"] in UNMEASURED for row in document["evidence"]),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    made = environment()
    made.globals["developed"] = developed
    return made.get_template("develop.html.j2")


def _course(document: Document, plan: str, key: str, title: str) -> Figure:
    """Untreated and the plan by each preset, medians, and the ensemble's 90 % under the plan."""
    untreated = document["presets"]["evidence"][developed.UNTREATED][key]
    bands = {name: told[plan][key] for name, told in document["presets"].items()}
    whole = document["ensemble"][plan][key]
    axis = axis_for([untreated, *bands.values(), whole], title, cover=(0,))
    lines = [
        (untreated["median"], "own", ""),
        *((bands[name]["median"], "median", _DASHES[name]) for name in bands),
    ]
    return Figure(title, _chart(document, axis, whole, lines))


def _difference(document: Document, plan: str, key: str, title: str) -> Figure:
    """What the plan changes by each preset, and the ensemble's 90 %."""
    bands = {name: told[plan][key] for name, told in document["presets"].items()}
    whole = document["ensemble"][plan][key]
    axis = axis_for([*bands.values(), whole], title, cover=(0,), reference=0)
    return Figure(
        title, _chart(document, axis, whole, [(bands[n]["median"], "median", _DASHES[n]) for n in bands])
    )


def _chart(document: Document, axis: Axis, whole: Document, lines: Sequence[Line]) -> Markup:
    ages: Sequence[float] = document["ages_y"]
    first, last = ages[0], ages[-1]

    def x_of(age: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (age - first) / (last - first)

    step = max(1, round((last - first) / _WANTED))
    ticks = [(x_of(age), f"{age:g}") for age in range(int(-(-first // 1)), int(last) + 1, step)]
    corners = [(x_of(a), y_of(n, axis)) for a, n in zip(ages, whole["p95"], strict=True)]
    corners += [(x_of(a), y_of(n, axis)) for a, n in reversed(list(zip(ages, whole["p05"], strict=True)))]
    shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    parts = [f'<polygon class="outer" points="{shape}"/>', *levels(axis), *across_axis("age, y", ticks)]
    for numbers, kind, dashes in lines:
        points = " ".join(f"{x_of(a):.1f},{y_of(n, axis):.1f}" for a, n in zip(ages, numbers, strict=True))
        style = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline class="{kind}" points="{points}"{style}/>')
    ends = ", ".join(short(numbers[-1]) for numbers, _, _ in lines)
    told = f"At 18 y {ends}; ensemble {short(whole['p05'][-1])} to {short(whole['p95'][-1])}."
    return Markup(drawing(axis.title, told, parts))
