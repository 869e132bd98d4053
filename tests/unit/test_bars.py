"""The page of bars: it is what its file and the kept figures say, and every command it names is there."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "docs" / "data" / "bars.toml"
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def page(monkeypatch):
    """The script that writes it."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import write_bars

    write_bars.data.cache_clear()
    return write_bars


def test_the_page_is_what_the_file_and_the_kept_figures_say(page):
    told = (ROOT / "docs" / "bars.md").read_text(encoding="utf-8")
    assert page.document(DATA) == told, "run python scripts/write_bars.py docs/data/bars.toml docs/bars.md"


def test_every_bar_is_told_once_with_its_command(page):
    _, bars = page.bars_of(DATA)
    assert len({bar.id for bar in bars}) == len({bar.bar for bar in bars}) == len(bars) > 200
    assert all(bar.command or bar.tests or bar.not_measured or bar.remark for bar in bars)


def test_every_figure_that_is_read_is_there(page):
    """Or, until its command is run again, what stands in for it."""
    read = [bar for bar in page.bars_of(DATA)[1] if bar.kept]
    assert len(read) > 80
    assert [bar.id for bar in read if not page.has(bar) and bar.found is None and not bar.not_measured] == []


def test_what_the_model_was_asked_for_was_asked_of_this_version(page):
    """The grid study once stood with the figures of an earlier version."""
    from endplate.simulation import MODEL_VERSION

    kept = {bar.kept: page.data(bar.kept) for bar in page.bars_of(DATA)[1] if bar.kept}
    told = {name: held["model_version"] for name, held in kept.items() if "model_version" in held}
    assert len(told) >= 6 and set(told.values()) == {MODEL_VERSION}, told


@cache
def functions(file):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_command_named_exists(page):
    """Make targets, scripts, benchmarks, tests by name; test_docs_commands reads the commands of endplate."""
    for bar in page.bars_of(DATA)[1]:
        for test in bar.tests:
            file, _, name = test.partition("::")
            assert name in functions(file), test
        kind, *words = bar.command.split()[:2] or [""]
        if kind == "make":
            assert words[0] in TARGETS, bar.command
        elif kind == "pytest":
            file, _, name = words[0].partition("::")
            assert not name or name in functions(file), bar.command
        elif kind:
            assert kind == "endplate" or (kind == "python" and (ROOT / words[0]).is_file()), bar.command


def test_every_test_named_was_run(page):
    named = {test for bar in page.bars_of(DATA)[1] for test in bar.tests}
    assert named == set(json.loads((ROOT / page.TESTS).read_text(encoding="utf-8"))), (
        "run python scripts/run_bar_tests.py docs/data/bars.toml docs/data/bar_tests.json --missing"
    )


def test_verdicts_follow_from_figures(page):
    bar = page.Bar("a", "main", "b", at_most=2.0, found=1.9, on="2026-01-01")
    assert page.answered(bar).verdict == page.MET
    assert page.answered(replace(bar, found=2.1)).verdict == page.MISSED
    assert page.answered(replace(bar, at_most=None, at_least=2.0)).verdict == page.MISSED
    assert page.answered(replace(bar, at_least=1.95)).verdict == page.MISSED
    assert page.answered(replace(bar, at_most=None, equals=True, found=False)).verdict == page.MISSED
    assert page.answered(replace(bar, found=None, not_measured="why")).verdict == page.NONE


@pytest.mark.parametrize(
    ("load", "seconds", "verdict"),
    [(1.0, 1.0, "met"), (9.0, 1.0, "met"), (1.0, 3.0, "missed"), (9.0, 3.0, "not measured")],
)
def test_a_wait_too_long_on_a_busy_machine_says_nothing(page, monkeypatch, load, seconds, verdict):
    held = {"benchmarks": {"a": {"on": "2026-01-01", "load": load, "found": {"s": seconds}}}}
    monkeypatch.setattr(page, "data", lambda name: held)
    bar = page.Bar(
        "a", "main", "b", unit="s", at_most=2.0, kept="x.json", at=("benchmarks", "a", "found", "s")
    )
    assert page.answered(bar).verdict == verdict
    memory = replace(bar, unit="MB")
    assert page.answered(memory).verdict == (page.MET if seconds < 2 else page.MISSED)


def test_tests_that_failed_or_were_skipped_meet_nothing(page, monkeypatch):
    ended = {"passed": 1, "failed": 0, "skipped": 0, "on": "2026-01-01"}
    told = {"a": ended, "b": ended | {"skipped": 1}, "c": ended | {"failed": 1}, "d": ended | {"passed": 0}}
    monkeypatch.setattr(page, "data", lambda name: told)
    verdict = {name: page.answered(page.Bar("x", "main", "y", tests=(name,))).verdict for name in "abcde"}
    assert verdict == {
        "a": page.MET, "b": page.NONE, "c": page.MISSED, "d": page.NONE, "e": page.NONE,
    }  # fmt: skip
