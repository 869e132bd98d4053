"""The report: one self-contained HTML page made from finished results, never recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from endplate.knowledge.vocabulary import wording
from endplate.outputs import phrases
from endplate.outputs.svg import axis_for, band_chart

_DRIVERS_SHOWN = 5
_ADULT_Y = 18


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("endplate.outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = phrases.words
    environment.filters["share"] = phrases.share
    environment.globals.update(clock=phrases.clock, lowest=phrases.lowest, wording=wording)
    return environment.get_template("report.html.j2")


def _chart(t_d: list[int], band: Mapping[str, Any], title: str, unit: str, **limits: float) -> Markup:
    axis = axis_for(band, unit, **limits)
    return Markup(band_chart(t_d, band, axis, title))


def _muscle_charts(simulation: Mapping[str, Any]) -> list[dict[str, Any]]:
    t_d, charts = simulation["t_d"], []
    for row in simulation["muscles"]:
        name = f"{phrases.words(row['muscle'])}, {row['side']}"
        force = _chart(t_d, row["force"], f"{name}: force", "force over untreated", low=0, high=1)
        nerve = _chart(
            t_d, row["transmission"], f"{name}: transmission", "fibres fired by the nerve", low=0, high=1
        )
        charts.append({"name": name, "charts": [("Force", force), ("Transmission", nerve)]})
    return charts


def _joint_charts(simulation: Mapping[str, Any]) -> list[dict[str, Any]]:
    t_d, charts = simulation["t_d"], []
    for row in simulation["joints"]:
        name = f"{phrases.words(row['joint'])} {phrases.words(row['movement'])}, {row['side']}"
        change = row["scale_change"]["modified_ashworth"]
        drawn = [
            ("Modelled change in modified Ashworth", _chart(t_d, change, f"{name}: change", "grade", high=0)),
            ("Catch angle R1", _chart(t_d, row["r1_deg"], f"{name}: R1", "degrees")),
            (
                "Strength in the injected direction",
                _chart(t_d, row["strength"], name, "over untreated", low=0, high=1),
            ),
        ]
        charts.append({"name": name, "charts": drawn})
    return charts


def _drivers(simulation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For every joint (or muscle where no joint was assessed) the parameters that move it most."""
    groups: dict[str, dict[str, Any]] = {}
    kind = "joint" if simulation["joints"] else "muscle"
    for row in simulation["drivers"]:
        if kind in row:
            name = f"{phrases.words(row[kind])}, {row['side']}: {phrases.words(row['outcome'])}"
            groups.setdefault(name, {"name": name, "rows": []})["rows"].append(row)
    for group in groups.values():
        group["rows"] = group["rows"][:_DRIVERS_SHOWN]
    return list(groups.values())


def _is_child(case: Mapping[str, Any]) -> bool:
    number, _, unit = str(case["patient"].get("age", "")).partition(" ")
    return bool(number) and (unit != "y" or float(number) < _ADULT_Y)


def render_report(case: Mapping[str, Any], check: Mapping[str, Any], simulation: Mapping[str, Any]) -> str:
    """One HTML page.

    Args:
        case: the case as its file holds it, quantities as text.
        check: the ``check`` document.
        simulation: the ``simulate`` document.
    """
    return _template().render(
        case=case,
        check=check,
        simulation=simulation,
        horizon_d=simulation["t_d"][-1],
        muscles=_muscle_charts(simulation),
        joints=_joint_charts(simulation),
        drivers=_drivers(simulation),
        child=_is_child(case),
    )
