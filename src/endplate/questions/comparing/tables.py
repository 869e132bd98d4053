"""A comparison as tables, for those who go on with polars or xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from endplate.errors import library
from endplate.simulation.results import QUANTILES

if TYPE_CHECKING:
    import polars
    import xarray

    from endplate.questions.compare import CompareResult


def to_polars(result: CompareResult) -> polars.DataFrame:
    """One row a pair, outcome and week; see ``CompareResult.to_polars``."""
    polars_ = library("polars", "tables")
    frames = [
        polars_.DataFrame({name: row[name] for name in ("t_d", *QUANTILES, "p_better")}).select(
            *(polars_.lit(row[name]).alias(name) for name in ("a", "b", "outcome")), polars_.all()
        )
        for row in result.document["differences"]
        if not row["indirect"]
    ]
    table: polars.DataFrame = polars_.concat(frames) if frames else polars_.DataFrame()
    return table


def to_xarray(result: CompareResult) -> xarray.Dataset:
    """The differences of every copy; see ``CompareResult.to_xarray``."""
    xarray_ = library("xarray", "tables")
    document, held = result.document, result.differences
    pairs = list(dict.fromkeys((a, b) for a, b, _ in held))
    outcomes = [row["outcome"] for row in document["outcomes"]]
    shape = (len(pairs), len(outcomes), document["draws"], len(document["t_d"]))
    found = np.array([[held[*pair, name] for name in outcomes] for pair in pairs]).reshape(shape)
    data: xarray.Dataset = xarray_.Dataset(
        {"difference": (("pair", "outcome", "draw", "t_d"), found)},
        {"pair": [f"{a} minus {b}" for a, b in pairs], "outcome": outcomes, "t_d": document["t_d"]},
        {"seed": document["seed"], "model_version": document["model_version"]},
    )
    return data
