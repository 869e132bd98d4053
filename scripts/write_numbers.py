"""Write every number that the model holds, stage by stage, with its source and what calibration taught of it.

Run: python scripts/write_numbers.py docs/numbers.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from endplate.knowledge.evidence import Distribution, Record, load_records, load_sources
from endplate.knowledge.vocabulary import MUSCLES
from endplate.simulation.parameters import learnt

HEADER = """# Every number

Written by `make docs` from the evidence records, the same data that a run draws from;
`endplate evidence trace ID` prints one of them. Pick a stage, find the row. Every row tells on which basis
the number stands: measured in people, in animals or in cells, derived, fitted here, assumed, or recalled
(written down without the source at hand); human unless a species is named.

- **drawn**: *once per draw* is one value for all people of a simulated world; *per person*, *per cycle* and
  *per study* are drawn anew each time about a median. SD is that of the logarithm where the form is
  lognormal.
- **calibration**: 10, 50 and 90 % points before (prior) and after (posterior) the calibration studies were
  read, of the median where people differ; empty where the record stays at its prior. See
  [calibration.md](calibration.md).
- A source without a link is one whose address was not kept.
"""
HEADS = ("id", "meaning", "value", "basis", "source and place", "drawn", "calibration")
LEVELS = {
    "uncertain": "once per draw",
    "person": "per person",
    "cycle": "per cycle",
    "study": "per study",
}
ARCHITECTURE = "Muscle architecture"


@dataclass(frozen=True)
class Section:
    """A stage: its title, the page that explains it, modules whose records stand here, and id prefixes."""

    title: str
    page: str
    modules: tuple[str, ...]
    prefixes: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The anchor that a heading of this title gets."""
        return self.title.lower().replace(",", "").replace(" ", "-")


SECTIONS = (
    Section("Spread and needle", "spread.md", ("physiology.spread",), ("spread.", "needle.")),
    Section(
        "Terminal",
        "terminal.md",
        ("physiology.terminal.junction", "simulation.parameters"),
        ("terminal.",),
    ),
    Section("Recovery", "terminal.md#recovery", ("physiology.terminal.recovery",)),
    Section("Vesicles", "terminal.md#docking-sites-one-by-one", ("physiology.terminal.vesicles",)),
    Section(
        "Four-step terminal", "terminal.md#the-four-step-alternative", ("physiology.terminal.four_step",)
    ),
    Section(
        "Children over years",
        "development.md",
        ("physiology.development", "questions.developing"),
        ("development.",),
    ),
    Section(
        "Reflexes and body maps that teach themselves",
        "development_map.md",
        (
            "physiology.development.clock",
            "physiology.development.reflex_network",
            "physiology.development.body_map",
            "questions.developing.experiments",
            "questions.developing.controls",
        ),
        ("windows.", "reflexes.", "body_map.", "experiments."),
    ),
    Section("Muscle", "muscle.md", ("physiology.muscle", "simulation.biology"), ("muscle.",)),
    Section("Body", "muscle.md#what-the-blood-carries", ("physiology.body",)),
    Section(
        "Courses",
        "courses.md",
        (
            "physiology.body.immunity",
            "questions.calibrating.antibodies",
            "simulation.clocks",
            "simulation.sessions.repeating",
        ),
        ("immune.",),
    ),
    Section(
        "Adverse events",
        "adverse.md",
        (
            "physiology.body.adverse",
            "simulation.adverse",
            "questions.calibrating.adverse",
            "questions.reproducing.adverse",
        ),
    ),
    Section("Engine", "engine.md", ("physiology.ode",), ("ode.",)),
    Section(
        "Joint",
        "mechanics.md",
        (
            "physiology.joint",
            "simulation.joints.mechanics",
            "simulation.joints.pool",
            "simulation.joints.examined",
            "questions.view_joint",
            "questions.viewing",
        ),
        ("joint.",),
    ),
    Section("Scales", "scales.md", ("physiology.scales",), ("scales.",)),
    Section(
        "Studies, clinics and measurement",
        "reproduce.md",
        ("questions.reproduce", "questions.reproducing", "questions.calibrating"),
        ("measures.",),
    ),
    Section("Visits of one person", "individualise.md", ("questions.individualising",), ("visits.",)),
    Section("Trainer", "training.md", ("questions.training",), ("training.",)),
    Section("Comparator", "reproduce.md", ("questions.reproducing.empirical",)),
    Section("People", "people.md", ("simulation.people",), ("people.", "plausible.")),
    Section(ARCHITECTURE, "muscle.md#architecture", ()),
)


def section_of(record: Record) -> str:
    """The title of the section: muscle tables, else the closest module that uses it, else its prefix."""
    name = record.id.split(".")
    if name[0] == "muscle" and name[1] in MUSCLES:
        return ARCHITECTURE
    fits = [
        (len(module), section.title)
        for section in SECTIONS
        for module in section.modules
        if f"{record.used_by[0]}.".startswith(f"{module}.")
    ]
    fits += [
        (0, section.title)
        for section in SECTIONS
        if any(record.id.startswith(prefix) for prefix in section.prefixes)
    ]
    if not fits:
        sys.exit(f"no section for {record.id}, used by {record.used_by[0]}: name one in {__file__}")
    return max(fits)[1]


def plain(text: str) -> str:
    """Text that Markdown leaves as it is inside a table."""
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("*", "\\*")):
        text = text.replace(sign, instead)
    return text


def number(value: float) -> str:
    """At most four digits, as records are told."""
    return f"{value:.4g}"


def with_unit(record: Record) -> str:
    """The value with its unit; a bare number where the unit is 1."""
    return f"{record.value:g}" if record.unit == "1" else f"{record.value:g} {plain(record.unit)}"


def drawn(record: Record) -> str:
    """How the record is drawn, in words."""
    form = record.distribution
    if form.kind == "fixed":
        return "fixed"
    words = f"{_form(form)}, {LEVELS[record.varies]}"
    unsure = form.median_sd_log
    return words if unsure is None else f"{words}; the median itself once per draw, SD {unsure:g}"


def _form(form: Distribution) -> str:
    if form.sd_log is not None:
        return f"{form.kind}, SD {form.sd_log:g}"
    if form.sd is not None:
        return f"{form.kind}, SD {form.sd:g}"
    return f"{form.kind}, {form.low:g} to {form.high:g}"


def taught(record: Record) -> str:
    """Prior and posterior of what calibration moved, else nothing."""
    found = learnt(record.id)
    if found is None:
        return ""
    return "; ".join(
        f"{name} {' / '.join(number(found[name][point]) for point in ('p10', 'p50', 'p90'))}"
        for name in ("prior", "posterior")
    )


def source(record: Record) -> str:
    """The source, linked where an address is held, the place in it, departures and the date checked."""
    held = load_sources()[record.source]
    name, address = plain(held.citation), held.url
    if held.kind == "design":  # told where the stage is
        pages = {section.title: section.page for section in SECTIONS}
        name, address = "design assumption of this project", pages[section_of(record)]
    told = [f"[{name}]({address})" if address else name, plain(record.place)]
    told += [f"departs: {plain(record.departs)}"] if record.departs else []
    return "; ".join(part for part in told if part) + f"; checked {record.checked}"


def row(record: Record) -> str:
    """One line of the table."""
    symbol = f" ({plain(record.symbol)})" if record.symbol else ""
    basis = record.basis.replace("_", " ") + (f", {record.species}" if record.species != "human" else "")
    cells = (
        f'<a id="{record.id}"></a>`{record.id}`',
        plain(record.meaning) + symbol,
        with_unit(record),
        basis,
        source(record),
        drawn(record),
        taught(record),
    )
    return f"| {' | '.join(cells)} |"


def table(records: Sequence[Record]) -> Iterator[str]:
    """The table of some records in order of id."""
    yield f"| {' | '.join(HEADS)} |"
    yield f"|{' --- |' * len(HEADS)}"
    yield from map(row, sorted(records, key=lambda record: record.id))


def document() -> str:
    """The whole page as Markdown."""
    by_section: dict[str, list[Record]] = {section.title: [] for section in SECTIONS}
    for record in load_records().values():
        by_section[section_of(record)].append(record)
    lines = [HEADER, "| stage | numbers | of these assumed or recalled | explained in |", "|" + " --- |" * 4]
    for section in SECTIONS:
        held = by_section[section.title]
        weak = sum(record.basis in ("assumed", "recalled") for record in held)
        link = f"[{section.page.partition('#')[0]}]({section.page})"
        lines.append(f"| [{section.title}](#{section.anchor}) | {len(held)} | {weak} | {link} |")
    moved = sorted(record_id for record_id in load_records() if learnt(record_id))
    lines += ["", "Taught by calibration: " + ", ".join(f"[`{i}`](#{i})" for i in moved) + "."]
    for section in SECTIONS:
        lines += ["", f"## {section.title}", "", *table(by_section[section.title])]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page to the file named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: write_numbers.py FILE")
    target = Path(sys.argv[1])
    target.write_text(document(), encoding="utf-8")
    print(f"wrote {target}: {len(load_records())} numbers")


if __name__ == "__main__":
    main()
