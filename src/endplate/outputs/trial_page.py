"""A simulated trial as one self-contained HTML page; everything is read from the document."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from endplate.outputs import outcomes, phrases
from endplate.outputs import trial_words as words
from endplate.outputs.language import capital
from endplate.outputs.pages import environment
from endplate.outputs.svg import bar
from endplate.outputs.trial_charts import Row, band_rows, share_rows, size_curve

Document = Mapping[str, Any]

_SPANS = ("age", "since_onset", "weight")
_RULES = {"interval": "by interval", "re_emergence": "when the effect is gone", "request": "at request"}
_DOSE = ("sites", "volume", "dilution")


@dataclass(frozen=True)
class EndpointPanel:
    """One endpoint: its row of the document, and its figures."""

    row: Document
    title: str
    figures: tuple[tuple[str, Markup], ...]
    against: Mapping[str, Document]


def render_trial(document: Document, file: str = "FILE") -> str:
    """One HTML page from a ``trial`` document.

    Args:
        document: the answer.
        file: the trial file, for the command that makes the page again.
    """
    return _template().render(
        trial=document,
        design=document["design"],
        null=document["null"],
        people=sum(arm["n"] for arm in document["arms"]),
        endpoints=[_panel(document, row) for row in document["endpoints"] if row["cannot"] is None],
        sizes=_sizes(document["sample_size"]),
        arms=[(arm, _injected(arm)) for arm in document["arms"]],
        facts=_facts(document),
        command=_command(document, file),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    made = environment()
    made.filters.update(
        share=words.share,
        interval=words.share_with_interval,
        figure=words.number,
        bar=lambda share: Markup(bar(share)),
    )
    made.globals["words"] = words
    return made.get_template("trial.html.j2")


def _command(document: Document, file: str) -> str:
    """The command that makes the page again."""
    parts = ["endplate", "trial", file, "--replicates", document["replicates"], "--seed", document["seed"]]
    told = [shlex.quote(str(part)) for part in parts] + ["--null"] * document["null"]
    return " ".join([*told, "--out", "DIR"])


def _panel(document: Document, row: Document) -> EndpointPanel:
    unit, compared = _unit(row), row["comparisons"]
    published = {
        held["arm"]: held["difference"]
        for held in (document["again"] or {"rows": ()})["rows"]
        if held["endpoint"] == row["endpoint"]
    }
    means = [Row(arm["arm"], arm["means"]) for arm in row["arms"]]
    figures = [("Mean of each arm", band_rows(means, f"{row['endpoint']}: means", unit))]
    if compared:
        control = compared[0]["versus"]
        rows = [Row(one["arm"], one["difference"], published.get(one["arm"])) for one in compared]
        chart = band_rows(rows, f"{row['endpoint']}: differences", unit, cover=(0,))
        figures += [(f"Difference from {control}", chart), _power(document, row)]
    return EndpointPanel(row, words.what(row), tuple(figures), {one["arm"]: one for one in compared})


def _power(document: Document, row: Document) -> tuple[str, Markup]:
    """Power, of harm the chance to find an excess, of a null trial the type I error with its level."""
    caption = words.verdict_head(document, row)
    rows = [(one["arm"], words.verdict_share(document, row, one)) for one in row["comparisons"]]
    level = document["analysis"]["alpha"] if document["null"] else None
    return capital(caption), share_rows(rows, f"{row['endpoint']}: {caption}", level)


def _unit(row: Document) -> str:
    """Title of the axis of an endpoint's numbers."""
    if words.is_share(row):
        return str(row["unit"])
    plain = outcomes.what({**row, "joint": None, "muscle": None, "scale": None})
    return f"{plain}, {row['unit']}" if row["unit"] else plain


def _sizes(found: Document | None) -> list[tuple[str, Markup]]:
    """Power against the size of every arm."""
    return [(arm["arm"], _curve(arm, found["power"])) for arm in found["arms"]] if found else []


def _curve(arm: Document, wanted: float) -> Markup:
    curve = arm["curve"]
    band = list(zip(curve["low"], curve["high"], strict=True))
    return size_curve(arm["arm"], curve["n"], curve["power"], band, wanted, arm["n"])


def _injected(arm: Document) -> str:
    """What an arm gets, and how it goes on."""
    return "; ".join([*(_shot(item) for item in arm["injections"]), *_again(arm)])


def _again(arm: Document) -> list[str]:
    """How often, or by which rule, the session is given again."""
    if arm["repeat"]:
        return [f"{arm['repeat']['times']} sessions, every {arm['repeat']['every']}"]
    course = arm["course"]
    if not course:
        return []
    told = [f"given again {_RULES[course['rule']]}"]
    told += [f"every {course['every']}"] if course["every"] else []
    told += [f"not before {course['minimum']}"] if course["minimum"] else []
    told += [f"at most {course['sessions']} sessions"] if course["sessions"] else []
    told += ["the dose adapted to the last effect"] if course["adapt"] != "none" else []
    return [", ".join(told)]


def _shot(item: Document) -> str:
    muscles = [item["muscle"]] if item.get("muscle") else item["muscles"]
    split = f", divided by {item['split']}" if item.get("split") and len(muscles) > 1 else ""
    fluid = "".join(f", {item[key]}{' sites' if key == 'sites' else ''}" for key in _DOSE if item.get(key))
    return f"{item['dose']} in {words.listed([phrases.words(m) for m in muscles])}{split}{fluid}"


def _facts(document: Document) -> list[tuple[str, str]]:
    """The design in words: who, when, how compared, who is missing."""
    design = document["design"]
    told = [
        ("Recruited", _recruited(design.get("recruit"))),
        ("People", _flat(design.get("population"))),
        ("Visits", ", ".join(design.get("visits", ()))),
        ("Analysis", words.analysis(document)),
        ("Raters", "do not know the arm" if design["raters_blinded"] else "know the arm"),
        ("Attendance", _flat(design["attendance"]) or "nobody leaves or misses a visit"),
    ]
    return [(name, text) for name, text in told if text]


def _recruited(held: Document | None) -> str:
    """The population and the limits, ranges as such."""
    spans = {key: f"{each[0]} to {each[1]}" for key, each in (held or {}).items() if key in _SPANS}
    return _flat({**(held or {}), **spans})


def _flat(held: Any) -> str:
    """Nested facts of a file in a line."""
    if isinstance(held, Mapping):
        return ", ".join(f"{phrases.words(key)} {_flat(each)}" for key, each in held.items())
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, Sequence) and not isinstance(held, str):
        return ", ".join(_flat(each) for each in held)
    return "" if held is None else outcomes.scale_name(str(held))
