"""A child over years as one self-contained HTML page, read from the ``develop`` document alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from endplate.knowledge.evidence.trace import UNMEASURED
from endplate.outputs import developed, phrases
from endplate.outputs.circuit_charts import map_picture, reflex_chart
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
    ("dorsiflexion_lost_deg", "dorsiflexion lost since birth, deg", "lost, deg"),
    ("gmfm66", "GMFM-66, points (assumed shape)", "points"),
    ("volume_of_typical", "calf volume over typical children's", "volume, share"),
)
_GAINED = (
    ("dorsiflexion_kept_deg", "dorsiflexion kept, deg", "kept, deg"),
    ("gmfm66_gained", "GMFM-66 gained, points", "gained, points"),
    ("map_tidiness_gained", "body map: tidiness (Q) gained", "Q gained"),
    ("map_clear_area_gained", "body map: clear area of the injected part gained", "clear area gained"),
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
        maps=[_maps(document, guess) for guess in document["circuits"]],
        reflexes=[_reflexes(document, plan, guess) for guess in document["circuits"]],
        loops=[_loop(document, each) for each in (document["loop"][0], document["loop"][-1])],
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


def _course(document: Document, plan: str, key: str, title: str, axis_title: str) -> Figure:
    """Untreated and the plan by each preset, medians, and the ensemble's 90 % under the plan."""
    untreated = document["presets"]["evidence"][developed.UNTREATED][key]
    bands = {name: told[plan][key] for name, told in document["presets"].items()}
    whole = document["ensemble"][plan][key]
    axis = axis_for([untreated, *bands.values(), whole], axis_title, cover=(0,))
    lines = [
        (untreated["median"], "own", ""),
        *((bands[name]["median"], "median", _DASHES[name]) for name in bands),
    ]
    return _figure(document, key, title, _chart(document, title, axis, whole, lines))


def _difference(document: Document, plan: str, key: str, title: str, axis_title: str) -> Figure:
    """What the plan changes by each preset, and the ensemble's 90 %."""
    bands = {name: told[plan][key] for name, told in document["presets"].items()}
    whole = document["ensemble"][plan][key]
    axis = axis_for([*bands.values(), whole], axis_title, cover=(0,), reference=0)
    lines = [(bands[n]["median"], "median", _DASHES[n]) for n in bands]
    return _figure(document, key, title, _chart(document, title, axis, whole, lines))


def _loop(document: Document, each: Document) -> Figure:
    """Function gained by each preset with the loop open, or closed at a gain; both on one axis."""
    closed = [row["told"] for row in (document["loop"][0], document["loop"][-1])]
    bands = {name: row["gmfm66_gained"] for name, row in each["told"].items() if row["gmfm66_gained"]}
    every = [row["gmfm66_gained"] for told in closed for row in told.values() if row["gmfm66_gained"]]
    state = f"loop closed at gain {each['gain']:g}" if each["gain"] else "loop open"
    title = f"GMFM-66 gained, {state}"
    axis = axis_for(every, "gained, points", cover=(0,), reference=0)
    whole = bands.pop(developed.ENSEMBLE, None)
    lines = [(own["median"], "median", _DASHES[name]) for name, own in bands.items()]
    chart = _chart(document, title, axis, whole, lines)
    return _figure(document, "loop", title, chart)


def _maps(document: Document, guess: Document) -> tuple[str, list[Figure]]:
    """One guess of the window: the map now, at 18 y untreated, and at 18 y under the plan."""
    plan = document["scenarios"][0]["scenario"]
    held = {row["scenario"]: row for row in guess["maps"]}
    now = f"now, {document['ages_y'][0]:g} y"
    found = [Figure(now, map_picture(guess["map_now"], now))]
    for name in (developed.UNTREATED, plan):
        row = held[name]
        title = f"18 y, {name}"
        told = f"tidiness {row['tidiness_at_18']:.2f}, clear area {row['clear_area_at_18']:.2f}"
        found.append(Figure(title, map_picture(row["map_at_18"], title), told))
    title = f"Window closes about {guess['closes_y']:g} y (held {phrases.share(guess['held_likely'])} likely)"
    same = held[plan]["map_at_18"] == held[developed.UNTREATED]["map_at_18"]
    return title + (": the plan begins too late to change this map" if same else ""), found


def _reflexes(document: Document, plan: str, guess: Document) -> Figure:
    title = f"wrong withdrawals, window to {guess['closes_y']:g} y"
    chart = reflex_chart(guess, document["ages_y"][0], (developed.UNTREATED, plan))
    return _figure(document, "reflexes", title, chart)


def _figure(document: Document, key: str, title: str, chart: Markup) -> Figure:
    """A figure that says itself how well what it shows is known."""
    known = document["status"][key]
    return Figure(title, chart, f"{known['status']}: {known['why']}")


def _chart(
    document: Document, title: str, axis: Axis, whole: Document | None, lines: Sequence[Line]
) -> Markup:
    ages: Sequence[float] = document["ages_y"]
    first, last = ages[0], ages[-1]

    def x_of(age: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (age - first) / (last - first)

    step = max(1, round((last - first) / _WANTED))
    ticks = [(x_of(age), f"{age:g}") for age in range(int(-(-first // 1)), int(last) + 1, step)]
    parts = [*levels(axis), *across_axis("age, y", ticks)]
    if whole:
        corners = [(x_of(a), y_of(n, axis)) for a, n in zip(ages, whole["p95"], strict=True)]
        corners += [(x_of(a), y_of(n, axis)) for a, n in reversed(list(zip(ages, whole["p05"], strict=True)))]
        shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        parts.insert(0, f'<polygon class="outer" points="{shape}"/>')
    for numbers, kind, dashes in lines:
        points = " ".join(f"{x_of(a):.1f},{y_of(n, axis):.1f}" for a, n in zip(ages, numbers, strict=True))
        style = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline class="{kind}" points="{points}"{style}/>')
    ends = ", ".join(short(numbers[-1]) for numbers, _, _ in lines)
    told = f"At 18 y {ends}."
    if whole:
        told += f" Ensemble {short(whole['p05'][-1])} to {short(whole['p95'][-1])}."
    return Markup(drawing(title, told, parts))
