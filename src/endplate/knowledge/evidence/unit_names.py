"""Whether a name that takes a record's number ends in the record's unit, such as ``clearance_per_d``.

A number has no unit once it is read, so its reader's name is what says which unit is expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from endplate.knowledge.evidence.records import Record

Finding = tuple[str, str, str]

_TAKES = re.compile(
    r"""(\w+)(?:\s*:[^=\n]+)?\s*=\s*(evidence|value)\(\s*f?["']([a-z_]+\.[A-Za-z0-9_.{}\[\]]+)["']\s*\)\s*$""",
    re.MULTILINE,
)
_BARE = frozenset({"", "1", "F0", "L0", "T score", "fold", "quanta", "rad"})
"""Units that a name does not carry: of counts, of radians, and of what is over a fibre's force or length."""


def ending(unit: str) -> str:
    """How a name ends whose number has a unit: ``_U_per_mL`` of U/mL, nothing of a bare number."""
    if unit in _BARE:
        return ""
    over, _, under = unit.partition("/")
    above, below = (
        "_".join(word for word in part.strip("()").split() if word not in _BARE) for part in (over, under)
    )
    return (f"_{above}" if above else "") + (f"_per_{below}" if below else "")


def unit_findings(records: Mapping[str, Record], package: Path) -> Iterator[Finding]:
    """Names that end in another unit than that of their record; record, rule and message of each.

    A field drawn from a record has to end in its unit; a name that holds one value may leave it out.

    Args:
        records: by id.
        package: folder of the modules.
    """
    known = sorted({ending(record.unit) for record in records.values()} - {""}, key=len, reverse=True)
    for path in sorted(package.rglob("*.py")):
        for name, how, asked in _TAKES.findall(path.read_text(encoding="utf-8")):
            told = next((each for each in known if name.endswith(each)), "")
            pattern = pattern_of(asked)
            for record in (each for each in records.values() if pattern.fullmatch(each.id)):
                wanted = ending(record.unit)
                if told != wanted and (told or how == "evidence"):
                    message = f"{path.stem}.{name} takes it, and its unit is {record.unit}: mend one of them."
                    yield record.id, "unit_differs", message


def pattern_of(asked: str) -> re.Pattern[str]:
    """What ids an id as the code writes it may stand for, its gaps in braces."""
    parts = re.split(r"\{[^}]*\}", asked)
    return re.compile("[A-Za-z0-9_]+".join(re.escape(part) for part in parts))
