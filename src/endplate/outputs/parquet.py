"""Events and the draws of a simulation as Parquet files (extra ``tables``)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from endplate.errors import library
from endplate.outputs.events import COLUMNS, Events

if TYPE_CHECKING:
    from endplate.simulation import SimulationResult


def events_parquet(events: Events) -> dict[str, bytes]:
    """The event table and its dictionary, by name of the file; InputError where polars is not installed."""
    polars = library("polars", "tables")
    names = [name for name, _, _ in COLUMNS]
    table = polars.DataFrame(events.rows, schema=dict.fromkeys(names, polars.Float64), orient="row")
    return {"events.parquet": _bytes(table), "columns.parquet": _bytes(polars.DataFrame(events.dictionary()))}


def curves_parquet(run: SimulationResult) -> bytes:
    """Every virtual copy of a simulation, day by day.

    Returns:
        A table with the columns kind (muscle, joint), id, side, movement (empty of a muscle), outcome (force
        over untreated; scale_change in grades, the drug's alone), draw, t_d, value; InputError where polars
        is not installed.
    """
    polars = library("polars", "tables")
    days = np.asarray(run.document["t_d"], dtype=np.float64)
    rows = [("muscle", *place, "", "force", course) for place, course in run.force.items()]
    rows += [("joint", *place, "scale_change", course) for place, course in run.scale_change.items()]
    return _bytes(polars.concat([_curves(polars, days, *row) for row in rows]))


def _curves(
    polars: Any, days: Any, kind: str, name: str, side: str, movement: str, outcome: str, course: Any
) -> Any:
    """One muscle or joint: (draws, days) as long columns."""
    draws = len(course)
    told = {"kind": kind, "id": name, "side": side, "movement": movement, "outcome": outcome}
    numbers = polars.DataFrame(
        {
            "draw": np.repeat(np.arange(draws), days.size),
            "t_d": np.tile(days, draws),
            "value": np.asarray(course, dtype=np.float64).ravel(),
        }
    )
    return numbers.select(*(polars.lit(held).alias(column) for column, held in told.items()), polars.all())


def _bytes(table: Any) -> bytes:
    held = io.BytesIO()
    table.write_parquet(held)
    return held.getvalue()
