"""A child over years as one self-contained HTML page, read from the ``develop`` document alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from endplate.outputs import developed, notes, phrases
from endplate.outputs.circuit_charts import map_picture, reflex_chart, span
from endplate.outputs.figures import Figure
from endplate.outputs.pages import rendered
from endplate.outputs.svg import Axis, across_axis, axis_for, drawing, levels, short, x_at, y_of

Document = Mapping[str, Any]
Line = tuple[Sequence[float], str, str]  # numbers, class, dashes

_DASHES = {"null": "2 3", "evidence": "", "hypothesis": "8 4"}
_WANTED = 6  # ages labelled
_LEAST_MAP = 0.05  # a change of a map up to which the axis always reaches, so that nothing looks large
_SHOWN = (
    ("dorsiflexion_lost_deg", "dorsiflexion lost since birth, deg", "lost, deg"),
    ("gmfm66", "GMFM-66, points", "points"),
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
    return rendered(
        "develop",
        developed=developed,
        result=document,
        code=document["inputs"]["patient"]["code"],
        alarms=list(developed.alarms(document)),
        sentences=list(developed.sentences(document)),
        maps=[_maps(document, guess) for guess in document["circuits"]],
        reflexes=[_reflexes(document, plan, guess) for guess in document["circuits"]],
        loops=_loops(document),
        starts=_starts(document),
        figures=[_course(document, plan, *each) for each in _SHOWN],
        differences=[_difference(document, plan, *each) for each in _GAINED],
        influence=_influence(document),
        classes=list(developed.class_lines(document)),
        unsure=notes.unmeasured(document),
    )


def _course(document: Document, plan: str, key: str, title: str, axis_title: str) -> Figure:
    """The plan by each preset and, in grey, the same untreated; the ensemble's 90 % under the plan."""
    presets = document["presets"]
    whole = document["ensemble"][plan][key]
    every = [told[name][key] for told in presets.values() for name in (developed.UNTREATED, plan)]
    axis = axis_for([*every, whole], axis_title, cover=(0,))
    lines = [
        (told[which][key]["median"], kind.format(name), _DASHES[name])
        for which, kind in ((developed.UNTREATED, "own"), (plan, "preset {}"))
        for name, told in presets.items()
    ]
    return _over_years(document, key, title, axis, whole, lines)


def _difference(document: Document, plan: str, key: str, title: str, axis_title: str) -> Figure:
    """What the plan changes by each preset, and the ensemble's 90 %."""
    bands = {name: told[plan][key] for name, told in document["presets"].items()}
    whole = document["ensemble"][plan][key]
    cover = (0, _LEAST_MAP, -_LEAST_MAP) if key.startswith("map_") else (0,)
    axis = axis_for([*bands.values(), whole], axis_title, cover=cover, reference=0)
    return _over_years(document, key, title, axis, whole, _presets(bands))


def _presets(bands: Mapping[str, Document]) -> list[Line]:
    return [(band["median"], f"preset {name}", _DASHES[name]) for name, band in bands.items()]


def _loops(document: Document) -> list[Figure]:
    """Function gained with the loop open and with it closed at the greatest gain, on one axis."""
    last = document["loop"][-1]
    told = {name: row for name, row in last["told"].items() if row["at_18"]}
    axis = axis_for(
        [row[key] for row in told.values() for key in ("gmfm66_gained_open", "gmfm66_gained")],
        "gained, points",
        cover=(0,),
        reference=0,
    )
    found = []
    for key, state in (("gmfm66_gained_open", "open"), ("gmfm66_gained", f"closed, gain {last['gain']:g}")):
        bands = {name: row[key] for name, row in told.items()}
        whole = bands.pop(developed.ENSEMBLE, None)
        title = f"GMFM-66 gained, circle {state}"
        found.append(_over_years(document, "loop", title, axis, whole, _presets(bands)))
    return found


def _starts(document: Document) -> list[Figure]:
    """What a course of equal length gains, by the age at which it begins."""
    by_name = document["starting_age"]
    if not by_name[developed.ENSEMBLE]:
        return []
    ages = [row["start_y"] for row in by_name[developed.ENSEMBLE]]
    found = []
    for key, title, axis_title in (
        ("gmfm66_gained", "GMFM-66 gained at 18 y by age at the first session", "gained, points"),
        ("dorsiflexion_kept_deg", "dorsiflexion kept at 18 y by age at the first session", "kept, deg"),
    ):
        bands = {
            name: {end: [row[key][end] for row in rows] for end in ("p05", "median", "p95")}
            for name, rows in by_name.items()
        }
        axis = axis_for(list(bands.values()), axis_title, cover=(0,), reference=0)
        whole = bands.pop(developed.ENSEMBLE)
        known = developed.marked(document, "starting_age", title)
        chart = _chart(known, ages, axis, whole, _presets(bands), "age at the first session, y", ages)
        found.append(_figure(document, "starting_age", title, chart))
    return found


def _maps(document: Document, guess: Document) -> tuple[str, list[Figure]]:
    """One guess of the window: the map now, at 18 y untreated, and at 18 y under the plan."""
    plan = document["scenarios"][0]["scenario"]
    held = {row["scenario"]: row for row in guess["maps"]}
    now = f"now, {developed.age(document['ages_y'][0])}"
    found = [Figure(now, map_picture(guess["map_now"], now))]
    for name in (developed.UNTREATED, plan):
        row = held[name]
        title = f"18 y, {name}"
        told = f"tidiness {row['tidiness_at_18']:.2f}, clear area {row['clear_area_at_18']:.2f}"
        found.append(Figure(title, map_picture(row["map_at_18"], title), told))
    likely = phrases.share(guess["held_likely"])
    title = f"Window closes about {guess['closes_y']:g} y (held {likely} likely)"
    same = held[plan]["map_at_18"] == held[developed.UNTREATED]["map_at_18"]
    told = f"{title}: the plan changes no unit by 1 % or more" if same else title
    return developed.marked(document, "map", told), found


def _reflexes(document: Document, plan: str, guess: Document) -> Figure:
    title = f"wrong withdrawals, window to {guess['closes_y']:g} y"
    chart = reflex_chart(guess, document["ages_y"][0], (developed.UNTREATED, plan))
    return _figure(document, "reflexes", title, chart)


def _influence(document: Document) -> list[Markup]:
    """A bar for each unknown from the gain with it low to that with it high, all on one scale."""
    rows = document["influence"]
    ends = [0.0, *(row[key] for row in rows for key in ("low", "high"))]
    return [span(row["low"], row["high"], min(ends), max(ends)) for row in rows]


def _over_years(
    document: Document, key: str, title: str, axis: Axis, whole: Document | None, lines: Sequence[Line]
) -> Figure:
    ages: Sequence[float] = document["ages_y"]
    step = max(1, round((ages[-1] - ages[0]) / _WANTED))
    labelled = range(int(-(-ages[0] // 1)), int(ages[-1]) + 1, step)
    chart = _chart(developed.marked(document, key, title), ages, axis, whole, lines, "age, y", labelled)
    return _figure(document, key, title, chart)


def _figure(document: Document, key: str, title: str, chart: Markup) -> Figure:
    """A figure that says itself how well what it shows is known."""
    return Figure(developed.marked(document, key, title), chart, document["status"][key]["why"])


def _chart(
    title: str,
    ages: Sequence[float],
    axis: Axis,
    whole: Document | None,
    lines: Sequence[Line],
    across: str,
    labelled: Sequence[float],
) -> Markup:
    """Lines over age and the ensemble's 90 % with its median, where there is one."""
    first, last = ages[0], ages[-1]

    def x_of(age: float) -> float:
        return x_at(age, first, last)

    def points(numbers: Sequence[float]) -> str:
        places = zip(ages, numbers, strict=True)
        return " ".join(f"{x_of(age):.1f},{y_of(number, axis):.1f}" for age, number in places)

    ticks = [(x_of(age), short(age)) for age in labelled]
    parts = [*levels(axis), *across_axis(across, ticks)]
    if whole:
        parts.insert(0, f'<polygon class="outer" points="{_band(x_of, ages, whole, axis)}"/>')
        parts.append(f'<polyline class="middle" points="{points(whole["median"])}"/>')
    for numbers, kind, dashes in lines:
        style = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline class="{kind}" points="{points(numbers)}"{style}/>')
    told = "; ".join(f"{kind.removeprefix('preset ')} {short(numbers[-1])}" for numbers, kind, _ in lines)
    if whole:
        told += f"; ensemble {short(whole['p05'][-1])} to {short(whole['p95'][-1])}"
    return Markup(drawing(title, f"At {short(last)} y: {told}.".replace("own", "untreated"), parts))


def _band(x_of: Callable[[float], float], ages: Sequence[float], whole: Document, axis: Axis) -> str:
    """Corners of the ensemble's 90 %."""
    upper = list(zip(ages, whole["p95"], strict=True))
    lower = list(zip(ages, whole["p05"], strict=True))[::-1]
    return " ".join(f"{x_of(age):.1f},{y_of(number, axis):.1f}" for age, number in upper + lower)
