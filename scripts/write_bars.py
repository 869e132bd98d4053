"""Write the page of bars: what was asked for, what was found, by which command; verdicts follow from figures.

A bar of ``bars.toml`` has a place (``part``), words (``bar``), what is needed (``at_most``, ``at_least``,
``equals``; none: that its tests pass), and where its figure comes from:

- ``kept`` and ``at``: a JSON file of the repository and the way to the number in it. ``*`` goes to every
  entry, ``key=value`` to the entries of a list that say so; ``take`` makes one number of several (max, min,
  sum, count, or how many are listed there); ``over`` is a second way, to what the number is divided by, and
  ``times`` a factor. With ``found`` and ``on``, or ``not_measured``, beside, these stand until the file
  has a figure that counts;
- ``tests``: tests that hold the bar themselves; how they ended is kept in ``bar_tests.json``;
- ``found`` with ``on``: a figure typed with its day, where nothing keeps it;
- ``not_measured``: why there is none.

A wait taken while others kept the processors busy says nothing if it is too long: it counts as not measured.

Run: python scripts/write_bars.py docs/data/bars.toml docs/bars.md
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TESTS = "docs/data/bar_tests.json"
MET, MISSED, NONE = "met", "missed", "not measured"
BUSY = 4.0  # mean number of processes that want one of two cores, above which a wait too long says nothing
WAITS = ("s", "ms")
TAKE: Mapping[str, Callable[[list[Any]], float]] = {
    "max": max,
    "min": min,
    "sum": sum,
    "count": len,
    "listed": lambda lists: sum(len(each) for each in lists),
}
INTRO = """# Bars: what was asked for, and what was found

Written by `scripts/write_bars.py` (in `make docs` and `make bench`) from [bars.toml](data/bars.toml).
Before a part of endplate was built, bars were set for it: times, errors, coverages, counts, or a plain yes.
Each stands here with the command that shows it. Figures are read from what those commands keep in
`docs/data/`, with their day and the load of the machine where it was told; verdicts are worked out from
them, never typed. Where a test holds a bar, the test is the command and the figure is how it ended on that
day; the number needed is then the bound in the test. A wait that is too long while others kept the
processors busy (a load above {busy:g} on two cores) counts as not measured. That a bar is met says no more
than its words: see the [limits of use](limits.md) and what the model [misses by
name](calibration.md#misses-by-name).

{counts}
"""
HEADS = "| bar | needed | found | shown by; kept, day |\n| --- | --- | --- | --- |"


@dataclass(frozen=True)
class Bar:
    """One bar as the file tells it."""

    id: str
    part: str
    bar: str
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    equals: float | bool | None = None
    command: str = ""
    kept: str = ""
    at: tuple[str | int, ...] = ()
    over: tuple[str | int, ...] = ()
    times: float = 1
    take: str = ""
    tests: tuple[str, ...] = ()
    found: float | bool | None = None
    on: date | None = None
    not_measured: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Answer:
    """What was found: the figure, in words, its verdict, and when and where it was kept."""

    words: str
    verdict: str
    kept: str = ""


def bars_of(path: Path) -> tuple[dict[str, str], tuple[Bar, ...]]:
    """Titles of the parts in their order, and every bar; stops at a key or part that is not known."""
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    known = {field.name for field in fields(Bar)}
    for row in held["bar"]:
        if wrong := set(row) - known:
            sys.exit(f"{path}: {row.get('id')}: no such key: {', '.join(sorted(wrong))}")
        if row["part"] not in held["parts"]:
            sys.exit(f"{path}: {row['id']}: no part {row['part']}")
        if not any(key in row for key in ("kept", "found", "not_measured", "tests")):
            sys.exit(f"{path}: {row['id']}: no place of the figure")
        if ("found" in row) != ("on" in row):
            sys.exit(f"{path}: {row['id']}: a typed figure has its day")
    return held["parts"], tuple(bar_of(row) for row in held["bar"])


def bar_of(row: Mapping[str, Any]) -> Bar:
    """A bar from its table."""
    made: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
    return Bar(**made)


@cache
def data(name: str) -> Any:
    """A kept file."""
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


def walk(held: Any, way: Sequence[str | int]) -> Iterator[Any]:
    """Everything that the way leads to."""
    if not way:
        yield held
        return
    key, rest = way[0], way[1:]
    if key == "*":
        for each in held.values() if isinstance(held, dict) else held:
            yield from walk(each, rest)
    elif isinstance(held, list) and isinstance(key, str):
        name, _, wanted = key.partition("=")
        for each in held:
            if str(each[name]) == wanted:
                yield from walk(each, rest)
    else:
        yield from walk(held[key], rest)


def number_of(bar: Bar, way: Sequence[str | int]) -> float | bool:
    """The one number at a way, or what ``take`` makes of several."""
    values = list(walk(data(bar.kept), way))
    if bar.take:
        return TAKE[bar.take](values)
    if len(values) != 1:
        raise KeyError(f"{bar.id}: {len(values)} figures at {way}")
    return values[0]  # type: ignore[no-any-return]


def has(bar: Bar) -> bool:
    """Whether the kept file has a figure there."""
    try:
        number_of(bar, bar.at)
    except (KeyError, FileNotFoundError):
        return False
    return True


def when(bar: Bar) -> tuple[str, float]:
    """Day and load (or version of the model) as the kept file tells them, and the load."""
    held = data(bar.kept)
    own = held["benchmarks"][bar.at[1]] if "benchmarks" in held else held
    if "load" in own:
        return f"{own['on']}, load {own['load']:.1f}", own["load"]
    if "on" in own:
        return str(own["on"]), 0
    return (f"model version {held['model_version']}" if "model_version" in held else ""), 0


def told(value: float | bool, unit: str = "") -> str:
    """A figure in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    digits = f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e9 else f"{value:.3g}"
    digits = digits.replace("e-0", "e-")
    return f"{digits} {unit}".strip()


def needed(bar: Bar) -> str:
    """What is needed, in words."""
    if bar.equals is not None:
        return told(bar.equals, bar.unit)
    if bar.at_least is not None and bar.at_most is not None:
        return f"{told(bar.at_least)} to {told(bar.at_most, bar.unit)}"
    if bar.at_most is not None:
        return f"at most {told(bar.at_most, bar.unit)}"
    return f"at least {told(bar.at_least, bar.unit)}" if bar.at_least is not None else "yes"


def holds(bar: Bar, value: float | bool) -> bool:
    """Whether the figure keeps what is needed."""
    if bar.equals is not None:
        return value == bar.equals
    return (bar.at_most is None or value <= bar.at_most) and (bar.at_least is None or value >= bar.at_least)


def by_tests(bar: Bar) -> Answer:
    """How the tests of a bar ended."""
    ended = data(TESTS)
    if missing := [test for test in bar.tests if test not in ended]:
        return Answer("", NONE, f"not run yet: {', '.join(missing)}")
    rows = [ended[test] for test in bar.tests]
    count = {key: sum(row[key] for row in rows) for key in ("passed", "failed", "skipped")}
    words = ", ".join(f"{number} {key}" for key, number in count.items() if number)
    whole = all(row["passed"] and not row["skipped"] for row in rows)
    verdict = MISSED if count["failed"] else MET if whole else NONE
    return Answer(words, verdict, min(row["on"] for row in rows))


def answered(bar: Bar) -> Answer:
    """Figure and verdict of a bar."""
    if bar.kept and (has(bar) or (bar.found is None and not bar.not_measured)):
        return by_file(bar)
    if bar.found is not None:
        return typed(bar)
    return Answer("", NONE, bar.not_measured) if bar.not_measured else by_tests(bar)


def typed(bar: Bar, beside: str = "") -> Answer:
    """The figure that the file of bars holds, with its day."""
    assert bar.found is not None
    kept = ". ".join(part for part in (str(bar.on), beside) if part)
    return Answer(told(bar.found, bar.unit), MET if holds(bar, bar.found) else MISSED, kept)


def by_file(bar: Bar) -> Answer:
    """Figure and verdict as a kept file tells them."""
    value = number_of(bar, bar.at)
    if not isinstance(value, bool):
        value *= bar.times / (number_of(bar, bar.over) if bar.over else 1)
    day, load = when(bar)
    place = f"[{Path(bar.kept).name}]({place_of(bar.kept)})" + (f", {day}" if day else "")
    if holds(bar, value):
        return Answer(told(value, bar.unit), MET, place)
    if bar.unit in WAITS and load > BUSY:
        busy = f"{told(value, bar.unit)} under others' load does not count ({place})"
        return Answer("", NONE, busy) if bar.found is None else typed(bar, busy)
    return Answer(told(value, bar.unit), MISSED, place)


def place_of(name: str) -> str:
    """A kept file as the page links to it."""
    return name.removeprefix("docs/") if name.startswith("docs/") else f"../{name}"


def plain(text: str) -> str:
    """Text that Markdown leaves as it is inside a table."""
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("*", "\\*")):
        text = text.replace(sign, instead)
    return text


def row(bar: Bar, answer: Answer, first: str = "") -> str:
    """One line of a table."""
    commands = [bar.command] if bar.command else []
    shown = [f"`{one}`" for one in (*commands, *(f"pytest {test}" for test in bar.tests))]
    verdict = answer.verdict if answer.verdict == MET else f"**{answer.verdict}**"
    found = f"{verdict}: {answer.words}" if answer.words else verdict
    remark = f"<br><small>{plain(bar.remark[:1].upper() + bar.remark[1:])}</small>" if bar.remark else ""
    beside = "<br>".join((*shown, answer.kept)) if answer.kept else "<br>".join(shown)
    cells = (f"{first}{plain(bar.bar)}{remark}", needed(bar), found, beside)
    return f"| {' | '.join(cells)} |"


def slug(title: str) -> str:
    """The anchor of a heading."""
    return "".join(sign for sign in title.lower() if sign.isalnum() or sign in " -").replace(" ", "-")


def document(path: Path) -> str:
    """The whole page as Markdown."""
    parts, bars = bars_of(path)
    answers = {bar.id: answered(bar) for bar in bars}
    tally = Counter(answer.verdict for answer in answers.values())
    counts = f"{len(bars)} bars: {tally[MET]} met, **{tally[MISSED]} missed**, {tally[NONE]} not measured."
    lines = [INTRO.format(counts=counts, busy=BUSY)]
    for verdict, title in ((MISSED, "Missed"), (NONE, "Not measured")):
        lines += [f"## {title}", "", HEADS]
        lines += [
            row(bar, answers[bar.id], f"[{parts[bar.part]}](#{slug(parts[bar.part])}): ")
            for bar in bars
            if answers[bar.id].verdict == verdict
        ]
        lines.append("")
    for part, title in parts.items():
        lines += [f"## {title}", "", HEADS]
        lines += [row(bar, answers[bar.id]) for bar in bars if bar.part == part]
        lines.append("")
    return "\n".join(lines)


def verdicts(path: Path) -> Mapping[str, str]:
    """The verdict of every bar by its id."""
    return {bar.id: answered(bar).verdict for bar in bars_of(path)[1]}


def main() -> None:
    """Write the page to the file named on the command line."""
    if len(sys.argv) != 3:
        sys.exit("usage: write_bars.py DATA PAGE")
    source, target = map(Path, sys.argv[1:])
    target.write_text(document(source), encoding="utf-8")
    print(f"wrote {target}: {dict(Counter(verdicts(source).values()))}")


if __name__ == "__main__":
    main()
