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
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation.parameters import is_shared, shared_scores, stream

Array = NDArray[np.float64]

STUDY_EFFECTS = {
    "mechanism": ("terminal.potency_study", "scales.response_study", "scales.placebo_study"),
    "baseline": ("baseline.study_score", "baseline.placebo_study"),
}
_SMALLEST = 1e-3


@dataclass(frozen=True)
class StudyRuns:
    """One study: effects of its own (draws, effects), predictions (draws, outcomes) and what was observed."""

    study: str
    effects: Array
    predicted: Array
    observed: Array
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Training:
    """Scores of the shared records, (draws, ids), and every study run at them."""

    ids: tuple[str, ...]
    scores: Array
    studies: tuple[StudyRuns, ...]


def carried(measure: str, values: Array, *, difference: bool = False) -> Array:
    """Values of a measure on the scale on which they are fitted, same shape; differences as they are."""
    how = MEASURES[measure].carried
    if difference or how == "linear":
        return np.asarray(values)
    if how == "log":
        return np.log(np.maximum(values, _SMALLEST))
    return np.arcsin(np.sqrt(np.clip(values, 0, 1)))


def _carried(outcome: Outcome, values: Array) -> Array:
    return carried(outcome.measure, values, difference=outcome.versus is not None)


def shared_ids(model: str) -> tuple[str, ...]:
    """Records whose shared part can be learnt; those drawn once per muscle or joint stay at their prior."""
    ours = [i for i in load_records() if i.startswith("baseline.") == (model == "baseline")]
    return tuple(i for i in ours if is_shared(get(i)) and not i.startswith(("needle.hit", "muscle.volume")))


def run_training(
    studies: Sequence[Study], model: str, draws: int, seed: int, proposal: Posterior
) -> Training:
    """Run every calibration study at ``draws`` joint values drawn from the proposal.

    Args:
        studies: study files as loaded; those of another role are left out.
        model: ``mechanism`` or ``baseline``.
        draws: joint values.
        seed: of every random stream.
        proposal: where the shared scores are drawn; the prior at first.
    """
    ids = shared_ids(model)
    scores = np.stack([shared_scores(proposal, get(i), seed, draws) for i in ids], axis=1)
    runs = [_run(study, model, draws, seed, proposal) for study in studies if study.role == "calibration"]
    return Training(ids, scores, tuple(run for run in runs if run is not None))


def _run(study: Study, model: str, draws: int, seed: int, proposal: Posterior) -> StudyRuns | None:
    kind = EmpiricalStudy if model == "baseline" else SimulatedStudy
    simulated = kind(study, draws, seed, proposal)
    columns: list[tuple[Outcome, Array]] = []
    for outcome in study.outcomes:
        try:
            if outcome.value is not None:
                columns.append((outcome, _carried(outcome, simulated.predict(outcome))))
        except CannotSimulate:
            continue
    if not columns:
        return None
    effects = [stream(seed, f"{study.study}/{i}/").standard_normal(draws) for i in STUDY_EFFECTS[model]]
    outcomes = tuple(outcome for outcome, _ in columns)
    observed = [_carried(o, np.array([o.value], dtype=np.float64))[0] for o in outcomes]
    predicted = np.stack([column for _, column in columns], axis=1)
    return StudyRuns(study.study, np.stack(effects, axis=1), predicted, np.array(observed), outcomes)
