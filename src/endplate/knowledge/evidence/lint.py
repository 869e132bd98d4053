"""What is wrong with the evidence: records without a unit, source or basis, unused, undeclared or misused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from endplate.knowledge.evidence.populations import population_findings
from endplate.knowledge.evidence.posterior import CALIBRATED, stale
from endplate.knowledge.evidence.records import (
    BASES,
    KINDS,
    LEVELS,
    Record,
    load_records,
    load_sources,
    median,
)
from endplate.knowledge.evidence.unit_names import pattern_of, unit_findings

_PACKAGE = Path(__file__).parents[2]
_CENTRED = 1e-3
_USE = re.compile(r"""(?:evidence|value|get|of)\(\s*f?["']([a-z_]+\.[A-Za-z0-9_.{}\[\]]+)["']""")

_NAMED = re.compile(r"""["']([a-z_]+\.[A-Za-z0-9_.]+)["']""")


_SIGNED = ("1", "grade", "deg")
"""Units of what may lie below 0: effects on a scale or an angle, logarithms, correlations."""


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
    log = record.distribution.kind in ("lognormal", "loguniform")
    if (record.value < 0 and record.unit not in _SIGNED) or (log and record.value <= 0):
        told = f"{record.value:g} {record.unit} cannot be: mend the value."
        yield LintFinding(record.id, "not_positive", told)
    if abs(median(record.distribution, record.value) - record.value) > _CENTRED * abs(record.value):
        yield LintFinding(record.id, "not_centred", "The value is not the median of what is drawn.")
    if record.source not in load_sources():
        yield LintFinding(record.id, "source_unknown", f"Add {record.source} to the sources.")
    if not record.used_by:
        yield LintFinding(record.id, "unused", "Name the module that uses it, or delete it.")


def _modules(package: Path) -> dict[str, list[re.Pattern[str]]]:
    """For every module below the package, the record ids or patterns of ids that its text asks for."""
    return {
        ".".join(path.relative_to(package).with_suffix("").parts).removesuffix(".__init__"): [
            pattern_of(match) for match in _USE.findall(path.read_text(encoding="utf-8"))
        ]
        for path in sorted(package.rglob("*.py"))
    }


def _named(package: Path) -> tuple[set[str], tuple[str, ...]]:
    """Texts in the code that may be record ids, and those that end like the beginning of some."""
    texts = {
        text for path in package.rglob("*.py") for text in _NAMED.findall(path.read_text(encoding="utf-8"))
    }
    return texts, tuple(text for text in texts if text.endswith("_"))


def _asked(record_id: str, patterns: Iterable[re.Pattern[str]]) -> bool:
    return any(pattern.fullmatch(record_id) for pattern in patterns)


def _uses(records: Mapping[str, Record], package: Path) -> Iterator[LintFinding]:
    modules = _modules(package)
    named, beginnings = _named(package)
    for record in records.values():
        known = record.id in named or record.id.startswith(beginnings)
        if not known and not any(_asked(record.id, patterns) for patterns in modules.values()):
            yield LintFinding(record.id, "unused", "No module asks for it: use it or delete it.")
        for module in record.used_by:
            if module not in modules:
                yield LintFinding(record.id, "used_by_unknown", f"There is no module {module}.")
    for module, patterns in modules.items():
        for pattern in patterns:
            if not any(pattern.fullmatch(record_id) for record_id in records):
                message = f"{module} asks for a record that does not exist."
                yield LintFinding(pattern.pattern.replace("\\", ""), "undeclared", message)


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
    people = [LintFinding(*finding) for finding in population_findings()]
    units = [LintFinding(*finding) for finding in unit_findings(records, _PACKAGE)]
    return [*own, *_uses(records, _PACKAGE), *units, *_tests(records), *_samples(), *people]


def _samples() -> Iterator[LintFinding]:
    """Samples of a calibration that was run with another model or other priors."""
    told = {"model": "The model has changed since", "priors": "Priors have changed since"}
    for name in CALIBRATED:
        if changed := stale(name):
            yield LintFinding(name, "posterior_stale", f"{told[changed]}: run make calibrate.")
