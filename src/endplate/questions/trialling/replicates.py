"""Replicates put together from chunks, as few people at a time as the analysis can do with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

import numpy as np

from endplate.case.trial import Trial
from endplate.questions.trialling.analysis import Group
from endplate.questions.trialling.characteristics import Tally
from endplate.questions.trialling.chunk import Chunk, Columns

_NOT_ANALYSED = ("replicate", "person")


def tallied(
    asked: Trial,
    done: Iterable[tuple[Chunk, Columns]],
    unsimulated: Iterable[str],
    progress: Callable[[float, float], None] | None = None,
) -> Tally:
    """Read the chunks of a trial block by block: all arms of some replicates at a time.

    Args:
        asked: the trial.
        done: its chunks with their columns, in order.
        unsimulated: endpoints that are not simulated.
        progress: told people done and people in all.
    """
    tally, people = Tally(asked), 0
    endpoints = [endpoint for endpoint in asked.endpoints if endpoint.endpoint not in unsimulated]
    for _, found in groupby(done, key=lambda each: each[0].block):
        replicates: dict[int, dict[str, list[Group]]] = {}
        for chunk, columns in found:
            arm = asked.arms[chunk.arm].arm
            for world, group in _by_world(chunk, columns):
                tally.see(world, arm, group, endpoints)
                held = replicates.setdefault(world, {}).setdefault(arm, [])
                if asked.compared:
                    held.append(group)
            people += len(columns["person"])
            if progress is not None:
                progress(people, asked.replicates * asked.people)
        for world, parts in replicates.items():
            tally.add(world, {arm: _joined(each) for arm, each in parts.items() if each}, endpoints)
    return tally


def _by_world(chunk: Chunk, columns: Columns) -> Iterator[tuple[int, Group]]:
    """The people of each replicate of a chunk, who stand replicate by replicate."""
    size = chunk.who[1] - chunk.who[0]
    for place, world in enumerate(range(*chunk.worlds)):
        here = slice(place * size, (place + 1) * size)
        yield (
            world,
            Group({name: each[here] for name, each in columns.items() if name not in _NOT_ANALYSED}),
        )


def _joined(parts: list[Group]) -> Group:
    if len(parts) == 1:
        return parts[0]
    return Group({name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns})
