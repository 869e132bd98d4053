"""The page about spoilt input: what was tried, the bounds, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_TEXT = Path(__file__).with_name("page.md")


def page(kept: Mapping[str, Any]) -> str:
    """The page from what was kept."""
    told = {**kept, **kept["machine"], **kept["bounds"], "bundles": kept["in_process"]["bundles"]}
    return _TEXT.read_text(encoding="utf-8").format(**told, figures="".join(_parts(kept)))


def _parts(kept: Mapping[str, Any]) -> Iterator[str]:
    ways = {
        "in_process": "spoilt, in process",
        "special": "special, in process",
        "by_process": "as processes",
    }
    yield "| | tries | refused | accepted | failed |\n| --- | ---: | ---: | ---: | ---: |\n"
    for name, told in ways.items():
        row = kept[name]
        yield f"| {told} | {row['tries']:,} | {row['refused']:,} | {row['accepted']:,} | {row['wrong']} |\n"
    yield "\n"
    yield from _used(kept["by_process"])
    yield "\n| kind, in process | tries | refused | accepted | failed | slowest refusal, s of processor |\n"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |\n"
    for kind, row in kept["in_process"]["kinds"].items():
        numbers = " | ".join(f"{row[name]:,}" for name in ("tries", "refused", "accepted", "wrong"))
        yield f"| {kind.replace('_', ' ')} | {numbers} | {row['slowest_refusal_s']:.2f} |\n"
    failed = [row for name in ways for row in kept[name]["failed"]]
    yield "" if failed else "\nNo try failed.\n"
    yield from (f"- failed: {row['kind']}, {row['try']}: {row['wrong'][0][:120]}\n" for row in failed)


def _used(by_process: Mapping[str, Any]) -> Iterator[str]:
    yield "| of the processes that | most processor time | most time by the clock | most memory |\n"
    yield "| --- | --- | --- | --- |\n"
    for name, told in (("refused_most", "refused"), ("accepted_most", "accepted")):
        row = by_process[name]
        cells = (
            f"{row[part]['most']:g} {unit} ({row[part]['kind'].replace('_', ' ')}: {row[part]['try']})"
            for part, unit in (("cpu_s", "s"), ("wall_s", "s"), ("peak_MB", "MB"))
        )
        yield f"| {told} | {' | '.join(cells)} |\n"
