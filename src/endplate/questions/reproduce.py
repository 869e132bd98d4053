"""Score published studies against the model: what was observed, what a group of that size would show.

Each draw is one posterior copy of what is uncertain and of the study; within it the arm's people are drawn
afresh. The predicted statistic is their group's, with rater noise. Whatever cannot be simulated is reported
with its reason. ``model="baseline"`` sends a plain empirical model through the same door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Study, load_study
from endplate.errors import InputError
from endplate.questions.reproducing.empirical import EmpiricalStudy
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.trial import SimulatedStudy

Array = NDArray[np.float64]
Model = Literal["mechanism", "baseline"]

_DIGITS = 4
_MODELS: dict[str, type[SimulatedStudy] | type[EmpiricalStudy]] = {
    "mechanism": SimulatedStudy,
    "baseline": EmpiricalStudy,
}


@dataclass(frozen=True)
class ScoreBoard:
    """Scores of all studies, ready for JSON."""

    document: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The keys of the ``reproduce`` result."""
        return self.document


def _crps(sample: Array, observed: float) -> float:
    """Continuous ranked probability score of a sample, in the unit of the outcome."""
    ordered = np.sort(sample)
    count = ordered.size
    spread = 2 * np.sum((2 * np.arange(1, count + 1) - count - 1) * ordered) / count**2
    return float(np.mean(np.abs(ordered - observed)) - spread / 2)


def _score(simulated: SimulatedStudy | EmpiricalStudy, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {
        "arm": outcome.arm,
        "versus": outcome.versus,
        "measure": outcome.measure,
        "scale": outcome.scale,
        "joint": outcome.joint,
        "muscle": outcome.muscle,
        "at": str(outcome.at) if outcome.at else None,
        "unit": outcome.unit,
        "observed": outcome.value,
        "predicted": None,
        "inside_80": False,
        "crps": None,
        "error": None,
        "cannot": None,
    }
    try:
        sample = simulated.predict(outcome)
    except CannotSimulate as reason:
        return row | {"cannot": str(reason)}
    p10, p50, p90 = np.quantile(sample, [1 / 10, 1 / 2, 9 / 10])
    numbers = {"mean": sample.mean(), "sd": sample.std(), "p10": p10, "p50": p50, "p90": p90}
    row["predicted"] = {name: round(float(number), _DIGITS) for name, number in numbers.items()}
    if outcome.value is not None:
        row["inside_80"] = bool(p10 <= outcome.value <= p90)
        row["crps"] = round(_crps(sample, outcome.value), _DIGITS)
        row["error"] = round(float(sample.mean() - outcome.value), _DIGITS)
        row["share_below"] = round(float((sample < outcome.value).mean()), _DIGITS)
    return row


def study_files(paths: Sequence[Path]) -> list[Path]:
    """The study files named, folders opened, in order of name."""
    files: list[Path] = []
    for path in paths:
        files += sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    return files


def _totals(studies: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts over outcomes, and coverage with every study weighing the same."""
    rows = [row for study in studies for row in study["outcomes"]]
    done = [row for row in rows if row["predicted"] is not None]
    widths = [row["predicted"]["p90"] - row["predicted"]["p10"] for row in done]
    scores = [row["crps"] for row in done if row["crps"] is not None]
    shares = [
        np.mean([row["inside_80"] for row in known])
        for study in studies
        if (known := [row for row in study["outcomes"] if row["crps"] is not None])
    ]
    return {
        "outcomes": len(rows),
        "simulated": len(done),
        "inside_80": sum(row["inside_80"] for row in rows),
        "crps": round(float(np.mean(scores)), _DIGITS) if scores else None,
        "median_width": round(float(np.median(widths)), _DIGITS) if widths else None,
        "coverage_by_study": round(float(np.mean(shares)), _DIGITS) if shares else None,
    }


def _study(study: Study, draws: int, seed: int, model: Model) -> dict[str, Any]:
    simulated = _MODELS[model](study, draws, seed)
    outcomes = [_score(simulated, outcome) for outcome in study.outcomes]
    return {"study": study.study, "title": study.title, "role": study.role, "outcomes": outcomes}


def reproduce(
    paths: str | Path | Sequence[str | Path], draws: int = 400, seed: int = 1, model: Model = "mechanism"
) -> ScoreBoard:
    """Score every study file in ``paths``; a bad file goes to ``errors`` and the rest runs.

    Args:
        paths: study files or folders of them; one may stand alone.
        draws: posterior draws.
        seed: of every random stream.
        model: the mechanism, or the plain empirical baseline.

    Raises:
        InputError: fewer than one draw was asked for.
    """
    if draws < 1:
        remedy = "Ask for at least one draw."
        raise InputError(f"{draws} draws cannot be simulated", rule="draws", remedy=remedy, field="draws")
    named = [paths] if isinstance(paths, str | Path) else paths
    studies, errors = [], []
    for path in study_files([Path(name) for name in named]):
        try:
            studies.append(_study(load_study(path), draws, seed, model))
        except InputError as error:
            errors.append(error.to_dict())
    return ScoreBoard({"model": model, "studies": studies, "totals": _totals(studies), "errors": errors})
