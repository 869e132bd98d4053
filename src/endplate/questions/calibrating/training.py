r"""Training runs: what every calibration study would report at many known values of what is shared.

Fractions are carried as :math:`\arcsin\sqrt y`, whose chance hardly depends on its mean, times, lengths and
ratios without an upper limit as logarithms, grades as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Study
from endplate.knowledge.evidence import Posterior, get, load_records
from endplate.knowledge.vocabulary import MEASURES
from endplate.questions.reproducing.empirical import EmpiricalStudy
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.reported import step_of
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation.parameters import is_shared, shared_scores, study_scores

Array = NDArray[np.float64]

STUDY_EFFECTS = {
    "mechanism": {
        "terminal.potency_study": "terminal.potency_study_sd",
        "terminal.pace_study": "terminal.pace_study_sd",
        "scales.response_study": "scales.response_study_sd",
        "scales.placebo_study": "scales.placebo_study_sd",
    },
    "baseline": {
        "baseline.study_score": "baseline.study_sd",
        "baseline.placebo_study": "baseline.placebo_study_sd",
    },
}
"""Scores of what a study has of its own, and the records of their spread between studies."""

_FROZEN = (
    "adverse.",
    "adverse_prior.",
    "body_map.",  # developing circuits have studies of their own, fitted by hand
    "development.",
    "experiments.",
    "immune.",
    "joint.",  # of joints drawn once for all
    "muscle.volume",
    "needle.hit",
    "reflexes.",
    "scales.rater",
    "windows.",
)
_PER_COPY = ("joint.catch_of_strength", "joint.catch_weber", "joint.spindle_share")
_SMALLEST = 1e-3
_STEP_SDS = np.sqrt(12)  # a step over the standard deviation of what it may round


@dataclass(frozen=True)
class StudyRuns:
    """One study at every joint value of what is shared.

    Attributes:
        study: its name.
        effects: scores of its own effects, (draws, effects).
        predicted: as the people simulated show it, carried, (draws, outcomes).
        observed: as reported, carried, (outcomes,).
        drawn_sd: the part of the spread that the people simulated make, carried, (outcomes,).
        reported_sd: the same part of the number reported, and its rounding, (outcomes,).
    """

    study: str
    effects: Array
    predicted: Array
    observed: Array
    drawn_sd: Array
    reported_sd: Array


@dataclass(frozen=True)
class Training:
    """Scores of the shared records, (draws, ids), and every study run at them.

    ``spreads`` are those of the ids that are standard deviations between studies.
    """

    ids: tuple[str, ...]
    spreads: tuple[str, ...]
    scores: Array
    studies: tuple[StudyRuns, ...]


def carried(outcome: Outcome, values: Array) -> Array:
    """Values of an outcome on the scale on which they are fitted, same shape; differences as they are."""
    how = MEASURES[outcome.measure].carried
    if outcome.versus is not None or how == "linear":
        return np.asarray(values)
    if how == "log":
        return np.log(np.maximum(values, _SMALLEST))
    return np.arcsin(np.sqrt(np.clip(values, 0, 1)))


def _stretch(outcome: Outcome, values: Array) -> float:
    """A small spread of an outcome as carried over the spread as printed."""
    how = MEASURES[outcome.measure].carried
    if outcome.versus is not None or how == "linear":
        return 1.0
    if how == "log":
        return 1 / max(float(np.median(values)), _SMALLEST)
    spread = float(values.std())
    return float(carried(outcome, values).std()) / spread if spread else 1.0


def shared_ids(model: str) -> tuple[str, ...]:
    """Records whose shared part can be learnt; those drawn once per muscle or joint stay at their prior.

    So do raters, antibodies and adverse events: those layers are fitted first, to rows of their own, and then
    frozen.
    """
    ours = [i for i in load_records() if i.startswith("baseline.") == (model == "baseline")]
    return tuple(i for i in ours if is_shared(get(i)) and (not i.startswith(_FROZEN) or i in _PER_COPY))


def run_training(
    studies: Sequence[Study], model: str, draws: int, seed: int, proposal: Posterior
) -> Training:
    """Run every calibration study at ``draws`` joint values drawn from the proposal.

    Args:
        studies: study files as loaded; those of another role, and those of development, are left out.
        model: ``mechanism`` or ``baseline``.
        draws: joint values.
        seed: of every random stream.
        proposal: where the shared scores are drawn; the prior at first.
    """
    ids = shared_ids(model)
    scores = np.stack([shared_scores(proposal, get(i), seed, draws) for i in ids], axis=1)
    ours = [study for study in studies if study.role == "calibration" and not study.is_developmental]
    runs = [_run(study, model, draws, seed, proposal) for study in ours]
    spreads = tuple(STUDY_EFFECTS[model].values())
    return Training(ids, spreads, scores, tuple(run for run in runs if run is not None))


def _run(study: Study, model: str, draws: int, seed: int, proposal: Posterior) -> StudyRuns | None:
    kind = EmpiricalStudy if model == "baseline" else SimulatedStudy
    simulated = kind(study, draws, seed, proposal)
    columns, observed, drawn, reported = [], [], [], []
    for outcome in study.outcomes:
        if outcome.value is None or MEASURES[outcome.measure].apart:
            continue
        try:
            found = simulated.found(outcome)
        except CannotSimulate:
            continue
        column = carried(outcome, found.values)
        stretched = _stretch(outcome, found.values)
        columns.append(column)
        observed.append(carried(outcome, np.array([outcome.value]))[0])
        drawn.append(found.drawn_sd * stretched)
        rounding = step_of(study, outcome) / _STEP_SDS
        reported.append(np.hypot(found.chance_sd, rounding) * stretched)
    if not columns:
        return None
    name = study.study
    effects = [study_scores(seed, name, f"{name}/{i}/", draws) for i in STUDY_EFFECTS[model]]
    predicted = np.stack(columns, axis=1)
    told = [np.asarray(each, dtype=np.float64) for each in (observed, drawn, reported)]
    return StudyRuns(name, np.stack(effects, axis=1), predicted, *told)
