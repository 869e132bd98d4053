"""What is wrong with the evidence: records without a unit, source or basis, unused, undeclared or misused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from endplate.knowledge.evidence.records import BASES, KINDS, LEVELS, Record, load_records, load_sources

_PACKAGE = Path(__file__).parents[2]
_USE = re.compile(r"""(?:evidence|value|get|of)\(\s*f?["']([a-z_]+\.[A-Za-z0-9_.{}\[\]]+)["']""")


@dataclass(frozen=True)
class LintFinding:
    """One finding: the record or file, the rule broken and what to mend."""

    record: str
    rule: str
    message: str


def _own(record: Record) -> Iterator[LintFinding]:
    """Findings that one record shows by itself."""
    for name in ("unit", "source", "basis", "meaning", "checked"):
        if not getattr(record, name):
            yield LintFinding(record.id, f"{name}_missing", f"State the {name}.")
    if record.basis not in BASES:
        yield LintFinding(record.id, "basis_unknown", f"Use one of {', '.join(BASES)}.")
    if record.distribution.kind not in KINDS or record.varies not in LEVELS:
        yield LintFinding(record.id, "distribution_unknown", "Use a known kind and level.")
    if record.distribution.kind != "fixed" and record.varies == "fixed":
        yield LintFinding(record.id, "level_missing", "State at which level the drawn record varies.")
    if record.source not in load_sources():
        yield LintFinding(record.id, "source_unknown", f"Add {record.source} to the sources.")
    if not record.used_by:
        yield LintFinding(record.id, "unused", "Name the module that uses it, or delete it.")


def _patterns(package: Path) -> dict[str, Path]:
    """Every record id, or pattern of ids, that the source text asks for."""
    uses: dict[str, Path] = {}
    for path in sorted(package.rglob("*.py")):
        for match in _USE.findall(path.read_text(encoding="utf-8")):
            uses[match] = path
    return uses


def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*\}", pattern)
    return re.compile("[A-Za-z0-9_]+".join(re.escape(part) for part in parts))


def _uses(records: dict[str, Record]) -> Iterator[LintFinding]:
    uses = _patterns(_PACKAGE)
    matchers = [_regex(pattern) for pattern in uses]
    for record_id in records:
        if not any(matcher.fullmatch(record_id) for matcher in matchers):
            yield LintFinding(record_id, "unused", "No module asks for it: use it or delete it.")
    for pattern, path in uses.items():
        if not any(_regex(pattern).fullmatch(record_id) for record_id in records):
            yield LintFinding(pattern, "undeclared", f"{path.name} asks for a record that does not exist.")


def _tests(records: dict[str, Record]) -> Iterator[LintFinding]:
    """Recalled records named in the tests of a source checkout."""
    for path in sorted((_PACKAGE.parents[1] / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for record in records.values():
            if record.basis == "recalled" and f'"{record.id}"' in text:
                yield LintFinding(record.id, "recalled_in_test", f"{path.name} rests on a recalled number.")


def lint() -> list[LintFinding]:
    """Every finding, in the order of the records."""
    records = load_records()
    own = [finding for record in records.values() for finding in _own(record)]
    return [*own, *_uses(records), *_tests(records)]
