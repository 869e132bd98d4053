"""A run as tables and labelled arrays, for those who go on with polars or xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from endplate.errors import library

if TYPE_CHECKING:
    import polars
    import xarray

    from endplate.simulation.results import SimulationResult

_MUSCLE = ("transmission", "force", "volume")
_JOINT = ("r1_deg", "r2_deg", "strength")


def _bands(document: dict[str, Any]) -> list[tuple[str, dict[str, Any], str, dict[str, Any]]]:
    """Every band of a result: what it is of, its row, its name and the band."""
    found = [("muscle", row, name, row[name]) for row in document["muscles"] for name in _MUSCLE]
    found += [("neighbour", row, "force", row["force"]) for row in document["neighbours"]]
    for row in document["joints"]:
        found += [("joint", row, name, row[name]) for name in _JOINT]
        for outcome in ("scale_change", "expected_score"):
            found += [("joint", row, f"{outcome}.{scale}", band) for scale, band in row[outcome].items()]
    return found


def to_polars(run: SimulationResult) -> polars.DataFrame:
    """Every band in one long table.

    Returns:
        Columns kind (muscle, neighbour, joint), id, side, movement, outcome, t_d, p05, p25, median, p75, p95.

    Raises:
        InputError: polars is not installed.
    """
    polars_ = library("polars", "tables")
    frames = [
        polars_.DataFrame({"t_d": run.document["t_d"], **band}).select(
            polars_.lit(kind).alias("kind"),
            polars_.lit(row["joint"] if kind == "joint" else row["muscle"]).alias("id"),
            polars_.lit(row["side"]).alias("side"),
            polars_.lit(row.get("movement"), dtype=polars_.String).alias("movement"),
            polars_.lit(outcome).alias("outcome"),
            polars_.all().cast(polars_.Float64),
        )
        for kind, row, outcome, band in _bands(run.document)
    ]
    table: polars.DataFrame = polars_.concat(frames)
    return table


def to_xarray(run: SimulationResult) -> xarray.Dataset:
    """Every virtual copy: force and transmission (muscle, draw, t_d), scale_change (joint, draw, t_d).

    Raises:
        InputError: xarray is not installed.
    """
    xarray_ = library("xarray", "tables")
    muscles, joints = [" ".join(key) for key in run.force], [" ".join(key) for key in run.scale_change]
    days = np.asarray(run.document["t_d"], dtype=np.float64)
    by_muscle, by_joint = ("muscle", "draw", "t_d"), ("joint", "draw", "t_d")
    empty = np.zeros((0, run.document["draws"], days.size))
    changes = np.stack(list(run.scale_change.values())) if joints else empty
    data: xarray.Dataset = xarray_.Dataset(
        {
            "force": (by_muscle, np.stack(list(run.force.values())), {"units": "1"}),
            "transmission": (by_muscle, np.stack(list(run.transmission.values())), {"units": "1"}),
            "scale_change": (by_joint, changes, {"units": "grade"}),
        },
        {"muscle": muscles, "joint": joints, "t_d": ("t_d", days, {"units": "d"})},
        {"seed": run.document["seed"], "model_version": run.document["model_version"]},
    )
    return data
