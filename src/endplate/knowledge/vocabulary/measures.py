"""What studies report: one table of every measure, read by all that treat measures differently."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from endplate.knowledge.vocabulary.words import SCALES

_TABLE = tomllib.loads((Path(__file__).parent / "data" / "measures.toml").read_text(encoding="utf-8"))

Carried = Literal["linear", "log", "arcsine"]


@dataclass(frozen=True)
class Measure:
    """One measure of a study file.

    Attributes:
        id: as study files write it.
        family: of measures that can be shown together.
        carried: the scale on which calibration carries it.
        least: lower bound, where it has one.
        most: upper bound, where it has one.
        of_joints: read from joints.
        own_time: a time, dose or size of its own, not a value on a day.
        clock: read from a whole course.
        apart: fitted apart and then frozen, so that calibration leaves it out.
        cannot: why it is not simulated, where it is not.
        better: which way is good for the person, where one is.
        of_chain: read from the muscles and joints of people or animals that are injected.
        circuits: parts of a developing animal or child that it is read from.
    """

    id: str
    family: str
    carried: Carried
    least: float | None = None
    most: float | None = None
    of_joints: bool = False
    own_time: bool = False
    clock: bool = False
    apart: bool = False
    cannot: str | None = None
    better: Literal["lower", "higher"] | None = None
    of_chain: bool = True
    circuits: tuple[str, ...] = ()


FAMILIES: dict[str, str] = dict(_TABLE["families"])
MEASURES: dict[str, Measure] = {
    key: Measure(key, **{**raw, "circuits": tuple(raw.get("circuits", ()))})
    for key, raw in _TABLE["measures"].items()
}
UNLINKED_SCALES: dict[str, str] = dict(_TABLE["scales"])


def measure_unit(measure: str, scale: str | None, unit: str | None) -> str:
    """The unit of an outcome's numbers: its own, that of a scale without grades, else its family's."""
    if unit:
        return unit
    held = SCALES.get(scale or "")
    if MEASURES[measure].family == "grades" and held is not None and not held.coding:
        return held.unit
    return FAMILIES[MEASURES[measure].family]
