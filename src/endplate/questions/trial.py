"""Simulate a trial that has not been done, many times: what would it find?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from endplate._version import __version__
from endplate.case.trial import Trial
from endplate.errors import InputError, library, not_a
from endplate.questions.answer import Answer
from endplate.questions.needs import at_least_one
from endplate.questions.trialling.again import again
from endplate.questions.trialling.analysis import method_of
from endplate.questions.trialling.characteristics import Tally, endpoint_row, power_of
from endplate.questions.trialling.chunk import chunks_of, follow, unsimulated
from endplate.questions.trialling.cluster import cluster
from endplate.questions.trialling.kept import TABLE, InFolder, Kept, Nowhere, run_of
from endplate.questions.trialling.looks import operating
from endplate.questions.trialling.replicates import tallied
from endplate.questions.trialling.sizes import size_found
from endplate.questions.trialling.warned import settings_of, warnings_of
from endplate.questions.trialling.workers import in_order, threads
from endplate.simulation import MODEL_VERSION

Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class TrialResult(Answer):
    """What a trial would find; ``document`` is the answer as data, with inputs, seed and versions."""


def trial(
    asked: Trial,
    seed: int = 1,
    out: Path | None = None,
    *,
    null: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> TrialResult:
    """Simulate a trial in all its replicates.

    Args:
        asked: the trial, as :func:`endplate.load_trial` reads it.
        seed: of every random stream.
        out: folder for the people (Parquet, part by part as they are done) and the replicates; a run that was
            killed is taken up where it stood.
        null: every arm gets what the control gets: the share of replicates that find a difference is then
            the error of the first kind.
        workers: threads; as many as processors where None.
        scheduler: address of a Dask scheduler whose workers do the work in place of threads.
        progress: told people done and people in all.

    Raises:
        InputError: no trial or fewer than one worker is given; no endpoint is simulated; the folder holds
            another run or cannot be written; no scheduler answers; a library is missing.
    """
    if not isinstance(asked, Trial):
        raise not_a("trial", asked)
    if workers is not None:
        at_least_one(workers=workers)
    library("statsmodels", "trials")
    cannot = _simulated(asked, seed)
    kept: Kept = Nowhere()
    if out is not None:
        kept = InFolder(out, asked, run_of(asked, seed, null=null))
    work = partial(follow, asked, seed=seed, null=null)
    with closing(kept):
        hands = threads(work, workers) if scheduler is None else cluster(work, scheduler)
        with hands as found, closing(in_order(chunks_of(asked), kept, found)) as done:
            tally = tallied(asked, done, cannot, progress)
        if isinstance(kept, InFolder) and out is not None and tally.rows:
            names = list(tally.rows[0])
            kept.write(out / TABLE, {name: [row[name] for row in tally.rows] for name in names})
    return TrialResult(_document(asked, seed, tally, cannot, null=null))


def _simulated(asked: Trial, seed: int) -> dict[str, str]:
    """Endpoints that are not simulated and why.

    Raises:
        InputError: none is.
    """
    from endplate.questions.reproducing.groups import CannotSimulate

    try:
        cannot = unsimulated(asked, seed)
    except CannotSimulate as reason:
        raise _not_simulated(f"The trial cannot be simulated: {reason}", "arms") from reason
    if len(cannot) == len(asked.endpoints):
        raise _not_simulated(f"No endpoint can be simulated: {next(iter(cannot.values()))}", "endpoints")
    return cannot


def _not_simulated(message: str, field: str) -> InputError:
    remedy = "Ask for an endpoint, product and muscles that endplate simulates."
    return InputError(message, rule="not_simulated", remedy=remedy, field=field)


def _document(asked: Trial, seed: int, tally: Tally, cannot: dict[str, str], *, null: bool) -> dict[str, Any]:
    arms = [
        {
            "arm": arm.arm,
            "n": arm.n,
            "product": arm.product,
            "injections": [item.model_dump(mode="json", exclude_none=True) for item in arm.injections],
            "repeat": arm.repeat and arm.repeat.model_dump(mode="json"),
            "course": arm.course and arm.course.model_dump(mode="json"),
        }
        for arm in asked.arms
    ]
    endpoints = [endpoint_row(asked, e, tally, cannot.get(e.endpoint)) for e in asked.endpoints]
    for row, endpoint in zip(endpoints, asked.endpoints, strict=True):
        row["method"] = method_of(endpoint)
        settings = settings_of(asked, endpoint, null=null)
        for told in row["arms"]:
            told["setting"] = settings.get(told["arm"])
    return {
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "trial": asked.trial,
        "title": asked.title,
        "seed": seed,
        "replicates": asked.replicates,
        "null": null,
        "estimand": asked.estimand,
        "analysis": asked.analysis.model_dump(mode="json") | {"against": asked.control.arm},
        "arms": arms,
        "endpoints": endpoints,
        "power": power_of(asked, tally, null=null),
        "sample_size": None if null else size_found(asked, tally.by_size),
        "interims": operating(asked, tally.looks, null=null),
        "again": None if null else again(asked, tally, cannot),
        "warnings": warnings_of(asked, tally, cannot, null=null),
        "design": asked.model_dump(mode="json", exclude_none=True),
    }
