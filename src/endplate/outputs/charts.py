"""The charts and value tables of a report, made from the bands of a finished simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from endplate.outputs import phrases
from endplate.outputs.figures import Figure, Panel, Table, shown_days
from endplate.outputs.joint_charts import grade_figure, torque_figure
from endplate.outputs.language import _
from endplate.outputs.svg import ONCE, Axis, Band, Given, axis_for, band_chart, has_numbers


def place(row: Mapping[str, Any]) -> str:
    """A muscle or joint as words, with its movement if it has one, and its side."""
    if "muscle" in row:
        return phrases.muscle_side(row["muscle"], row["side"])
    return phrases.joint_side(row["joint"], row.get("movement"), row["side"])


def muscle_panels(simulation: Mapping[str, Any], given: Given = ONCE) -> list[Panel]:
    """Force and transmission of each injected muscle, and its volume over several sessions.

    Args:
        simulation: the result.
        given: when injections were given.
    """
    panels = []
    for row in simulation["muscles"]:
        drawn = [
            (_("Force"), row["force"], _ratio_axis(row["force"], _("force (1 = untreated)"))),
            (
                _("Transmission"),
                row["transmission"],
                _ratio_axis(row["transmission"], _("transmission (1 = untreated)")),
            ),
        ]
        if simulation.get("cycles"):
            axis = _ratio_axis(row["volume"], _("volume (1 = untreated)"))
            drawn.append((_("Volume"), row["volume"], axis))
        panels.append(_panel(simulation["t_d"], place(row), drawn, given, digits=2))
    return panels


def joint_panels(simulation: Mapping[str, Any], given: Given = ONCE) -> list[Panel]:
    """Change, recorded grades, strength, R1, R2 (on one axis) and torque of each joint.

    Args:
        simulation: the result.
        given: when injections were given.
    """
    panels = []
    for row in simulation["joints"]:
        drawn = [
            (
                _("Modelled change in {scale}", scale=phrases.scale_words(scale)),
                band,
                axis_for([band], _("change, grades"), cover=(-1, 0), reference=0),
            )
            for scale, band in row["scale_change"].items()
        ]
        drawn.append(
            (
                _("Strength in the injected direction"),
                row["strength"],
                _ratio_axis(row["strength"], _("strength (1 = untreated)")),
            )
        )
        panel = _panel(simulation["t_d"], place(row), drawn + _angles(row), given, digits=2)
        panels.append(_with_joint_figures(panel, row, given))
    return panels


def _with_joint_figures(panel: Panel, row: Mapping[str, Any], given: Given) -> Panel:
    """The panel of a joint with what a rater would record beside the change, and the torques last."""
    figures, tables = list(panel.figures), list(panel.tables)
    drawings = (grade_figure(row, panel.name, given), torque_figure(row, panel.name))
    for at, drawn in zip((1, len(figures) + 1), drawings, strict=True):
        if drawn is not None:
            figures.insert(at, drawn[0])
            tables.append(drawn[1])
    return Panel(panel.name, tuple(figures), tuple(tables))


def _angles(row: Mapping[str, Any]) -> list[tuple[str, Band, Axis]]:
    """R1 and R2, where angles were recorded; drawn from assumed angles they would only mislead."""
    if not (row.get("baseline") or {}).get("angles"):
        return []
    named = [(_("Catch angle R1"), row["r1_deg"]), (_("Full passive range R2"), row["r2_deg"])]
    named = [(caption, band) for caption, band in named if has_numbers(band) and _moves(band)]
    bands = [band for _, band in named]
    axis = axis_for(bands, _("angle, deg"), cover=() if bands else (0, 1))
    return [(caption, band, axis) for caption, band in named]


def _moves(band: Band) -> bool:
    """Whether anything changes over the course; a level line tells nothing."""
    return any(len(set(level)) > 1 for level in band.values())


def _ratio_axis(band: Band, title: str) -> Axis:
    return axis_for([band], title, cover=(0, 1), reference=1)


def _panel(
    t_d: Sequence[int], name: str, drawn: Sequence[tuple[str, Band, Axis]], given: Given, *, digits: int
) -> Panel:
    days = shown_days(t_d)
    drawn = [row for row in drawn if has_numbers(row[1])]
    figures = tuple(
        Figure(caption, Markup(band_chart(t_d, band, axis, f"{name}: {caption}", given)))
        for caption, band, axis in drawn
    )
    rows = tuple(
        (
            caption,
            tuple(
                phrases.spread(band["median"][k], band["p05"][k], band["p95"][k], _digits(axis, digits))
                for k in days
            ),
        )
        for caption, band, axis in drawn
    )
    table = Table(_("Median (90 % range)"), tuple(phrases.weeks(t_d[k]) for k in days), rows)
    return Panel(name, figures, (table,))


def _digits(axis: Axis, digits: int) -> int:
    """Angles are told in whole degrees."""
    return 0 if axis.title == _("angle, deg") else digits
