"""Calibrate what is shared to the calibration studies: train, emulate, sample, train anew where it matters.

Two rounds: training runs at the prior find which records matter and roughly where; runs about the first
posterior, widened, make the emulator accurate there. The joint sample is kept as data, with a report of what
was learnt of every record, from which studies, and what stayed at its prior.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Study, load_study
from endplate.knowledge.evidence import PRIOR, Posterior, get
from endplate.questions.calibrating.emulator import Emulator, active_ids, fit_emulator
from endplate.questions.calibrating.sampling import RELIABLE_K, Sampled, keep, sample
from endplate.questions.calibrating.training import Training, run_training
from endplate.questions.reproduce import study_files
from endplate.simulation import MODEL_VERSION
from endplate.simulation.parameters import stream, summary

Array = NDArray[np.float64]

_WIDER = 1.5
_INFORMING = 3
_DIGITS = 3
_LEARNT = 0.2
_SOME = 1000
MIXED = 1.05
"""Largest R-hat of a calibration that has mixed."""


@dataclass(frozen=True)
class Effort:
    """How much a calibration may cost: training runs, records that may move, sampler steps, rows kept."""

    draws: int = 900
    active: int = 26
    steps: int = 6000
    restarts: int = 4
    rows: int = 600


@dataclass(frozen=True)
class Calibration:
    """The posterior, the report on it, and the sampler's chains for figures."""

    posterior: Posterior
    report: dict[str, Any]
    sampled: Sampled


def calibrate(
    paths: Sequence[Path],
    model: str = "mechanism",
    effort: Effort | None = None,
    seed: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Calibration:
    """Learn what is shared from the calibration studies in ``paths``.

    Args:
        paths: study files or folders of them.
        model: ``mechanism`` or ``baseline``.
        effort: how much it may cost.
        seed: of every random stream.
        tell: told what is being done.
    """
    plan = effort or Effort()
    studies = [load_study(path) for path in study_files(list(paths))]
    tell("training runs at the prior")
    training = run_training(studies, model, plan.draws, seed, PRIOR)
    active = active_ids(training, plan.active)
    first = sample(fit_emulator(training, active), plan.steps // 2, 1, seed)
    tell("training runs about the first posterior")
    training = run_training(studies, model, plan.draws, seed + 1, _proposal(first, plan.draws, seed))
    emulator = fit_emulator(training, active)
    tell("sampling")
    sampled = sample(emulator, plan.steps, plan.restarts, seed)
    posterior, k_hat = keep(sampled, emulator, plan.rows, seed)
    report = _report(studies, model, training, emulator, sampled, k_hat)
    return Calibration(posterior, report, sampled)


def _proposal(first: Sampled, draws: int, seed: int) -> Posterior:
    """The first posterior, widened about its mean, as the place of the second training."""
    scores = first.flat
    few = len(scores) < draws
    chosen = scores[stream(seed, "proposal").choice(len(scores), size=draws, replace=few)]
    centre = scores.mean(axis=0)
    return Posterior(first.ids, centre + _WIDER * (chosen - centre), in_order=True)


def _report(
    studies: Sequence[Study],
    model: str,
    training: Training,
    emulator: Emulator,
    sampled: Sampled,
    k_hat: Array,
) -> dict[str, Any]:
    scores = sampled.flat
    likelihood = emulator.log_likelihood(scores[:: max(1, len(scores) // _SOME)])
    information = emulator.sensitivity(np.median(scores, axis=0))
    records = []
    for k, record_id in enumerate(emulator.ids):
        best = np.argsort(-information[:, k])[:_INFORMING]
        records.append(
            {
                "id": record_id,
                "prior": summary(get(record_id)),
                "posterior": summary(get(record_id), scores[:, k]),
                "learnt": round(1 - float(scores[:, k].var()), _DIGITS),
                "rhat": round(float(sampled.rhat[k]), _DIGITS),
                "ess": round(float(sampled.ess[k])),
                "informed_by": [emulator.studies[i].study for i in best if information[i, k] > _LEARNT],
            }
        )
    return {
        "model": model,
        "model_version": MODEL_VERSION,
        "mixed": bool(sampled.rhat.max() < MIXED),
        "studies": [
            {
                "study": one.study,
                "outcomes": len(one.observed),
                "emulator_explains": [round(float(r), _DIGITS) for r in one.explained],
                "log_likelihood": round(float(likelihood[:, i].mean()), _DIGITS),
                "pareto_k": round(float(k_hat[i]), _DIGITS) if np.isfinite(k_hat[i]) else None,
                "sampled_without": bool(k_hat[i] > RELIABLE_K),
            }
            for i, one in enumerate(emulator.studies)
        ],
        "records": sorted(records, key=lambda row: -row["learnt"]),
        "stay_prior": sorted(set(training.ids) - set(emulator.ids)),
        "left_out": [s.study for s in studies if s.study not in {one.study for one in emulator.studies}],
    }
