"""Simulate a trial that has not been done, many times: what would it find?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from endplate._version import __version__
from endplate.case.trial import Trial
from endplate.errors import InputError, library
from endplate.questions.trialling.again import again
from endplate.questions.trialling.analysis import Group, method_of
from endplate.questions.trialling.characteristics import (
    Tally,
    endpoint_row,
    operating,
    power_of,
    size_found,
)
from endplate.questions.trialling.chunk import Chunk, Columns, chunks_of, follow, unsimulated
from endplate.questions.trialling.kept import TABLE, InFolder, InMemory, Kept, fingerprint
from endplate.questions.trialling.workers import in_threads, on_cluster
from endplate.simulation import MODEL_VERSION

Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class TrialResult:
    """What a trial would find; ``document`` is the answer as data, with inputs, seed and versions."""

    document: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The answer as data."""
        return self.document

    def to_json(self) -> str:
        """The answer as one JSON document."""
        return json.dumps(self.document, allow_nan=False)


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
        InputError: no endpoint is simulated; the folder holds another run or cannot be written; no scheduler
            answers; a library is missing.
    """
    library("statsmodels", "trials")
    cannot = _simulated(asked, seed)
    kept: Kept = InMemory()
    if out is not None:
        kept = InFolder(out, asked, fingerprint(asked, seed, null=null))
    chunks = chunks_of(asked)
    done = _done(asked, chunks, kept, partial(follow, asked, seed=seed, null=null), workers, scheduler)
    tally = _tally(asked, chunks, done, cannot, progress)
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


def _done(
    asked: Trial,
    chunks: tuple[Chunk, ...],
    kept: Kept,
    work: Callable[[Chunk], Columns],
    workers: int | None,
    scheduler: str | None,
) -> Iterator[tuple[Chunk, Columns]]:
    """Every chunk with its columns, in order; those that are held are not done again."""
    todo = [chunk for chunk in chunks if not kept.held(chunk)]
    made = in_threads(work, todo, workers) if scheduler is None else on_cluster(work, todo, scheduler)
    wanted = {chunk.number for chunk in todo}
    for chunk in chunks:
        if chunk.number in wanted:
            kept.put(chunk, next(made))
        yield chunk, kept.take(chunk)


def _tally(
    asked: Trial,
    chunks: tuple[Chunk, ...],
    done: Iterator[tuple[Chunk, Columns]],
    cannot: dict[str, str],
    progress: Progress | None,
) -> Tally:
    """Analyse block by block: all arms of some replicates at a time."""
    tally, people = Tally(asked), 0
    endpoints = [endpoint for endpoint in asked.endpoints if endpoint.endpoint not in cannot]
    total = asked.replicates * asked.people
    for _, found in groupby(done, key=lambda each: each[0].block):
        parts: dict[int, list[Columns]] = {}
        worlds = (0, 0)
        for chunk, columns in found:
            parts.setdefault(chunk.arm, []).append(columns)
            worlds = chunk.worlds
            people += len(columns["person"])
            if progress is not None:
                progress(people, total)
        whole = {arm: _joined(each) for arm, each in parts.items()}
        for world in range(*worlds):
            groups = {asked.arms[arm].arm: _of_world(columns, world) for arm, columns in whole.items()}
            tally.add(world, groups, endpoints)
    return tally


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _of_world(columns: Columns, world: int) -> Group:
    """The people of one replicate."""
    here = columns["replicate"] == world
    return Group({name: column[here] for name, column in columns.items()})


def _document(asked: Trial, seed: int, tally: Tally, cannot: dict[str, str], *, null: bool) -> dict[str, Any]:
    arms = [
        {
            "arm": arm.arm,
            "n": arm.n,
            "product": arm.product,
            "injections": [item.model_dump(mode="json", exclude_none=True) for item in arm.injections],
        }
        for arm in asked.arms
    ]
    endpoints = [endpoint_row(asked, e, tally, cannot.get(e.endpoint)) for e in asked.endpoints]
    for row, endpoint in zip(endpoints, asked.endpoints, strict=True):
        row["method"] = method_of(endpoint)
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
        "power": power_of(asked, tally),
        "sample_size": None if null else size_found(asked, tally),
        "interims": operating(asked, tally),
        "again": None if null else again(asked, tally, cannot),
        "warnings": _warnings(asked, cannot),
        "design": asked.model_dump(mode="json", exclude_none=True),
    }


def _warnings(asked: Trial, cannot: dict[str, str]) -> list[str]:
    told = [f"The endpoint {name!r} is not simulated: {reason}." for name, reason in cannot.items()]
    if not asked.raters_blinded:
        told.append("Raters know the arm: no source held says by how much that moves their grades.")
    if len(asked.arms) < 2:
        told.append("One arm alone: nothing is compared.")
    if asked.analysis.sides == 1:
        told.append("One-sided tests: a difference for the worse is not looked for.")
    return told
