"""The terminal: compact tables for people, printed with rich."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION
from endplate.outputs import adverse, cycles, notes, outcomes, phrases
from endplate.outputs.charts import place
from endplate.outputs.joint_charts import grade_cells
from endplate.outputs.language import capital
from endplate.outputs.screen import new_console as _console
from endplate.outputs.screen import print_table as _table

if TYPE_CHECKING:
    from rich.console import Console

Document = Mapping[str, Any]

_JOINTS = "Copies have joints near the examination; 'view joint' shows one in their middle."


def _check(console: Console, check: Document) -> None:
    from rich.markup import escape

    _verdict(console, check)
    for level in ("critical", "warning"):
        for issue in (i for i in check["issues"] if i["severity"] == level):
            console.print(
                f"  [bold]{level}[/bold] {escape(issue['where'] or '')}: {escape(issue['message'])}"
            )


def _verdict(console: Console, check: Document) -> None:
    """How many findings of each kind, and whether the use is on the label."""
    levels = [issue["severity"] for issue in check["issues"]]
    counts = ", ".join(f"{levels.count(level)} {level}" for level in ("critical", "warning", "info"))
    console.print(f"Check: {counts}. {phrases.label_use(check)}")


_CLOCKS = {"onset": "onset_d", "peak": "peak_d", "duration": "duration_d"}


def _cells(row: Document, second: str, effect: Sequence[str], horizon_d: int) -> list[str]:
    """One row of a table: medians with the 90 % ranges below, and how often nothing happened."""
    told = [effect, *(phrases.days(row[key], horizon_d) for key in _CLOCKS.values())]
    shown = ["\n".join(_dashed(phrases.breaking(part)) for part in cell if part) for cell in told]
    return [place(row), second, *shown, phrases.share(1 - row["reached"])]


def _dashed(held: str) -> str:
    """A range in short, unless a minus sign would meet the dash."""
    return held if "\N{MINUS SIGN}" in held else held.replace(" to ", "\N{EN DASH}")


def _product(simulation: Document) -> str:
    """The product of the plan that was simulated, if the result says it."""
    plan = (simulation.get("inputs") or {}).get("plan") or {}
    return str(plan.get("product") or "")


def _simulation(console: Console, simulation: Document) -> None:
    _effects(console, simulation)
    if simulation.get("cycles"):
        _cycles(console, simulation)
    _adverse(console, simulation)
    if outside := notes.outside_model(simulation):
        console.print(outside, style="bold")
    console.print(SIMULATION, markup=False)
    if told := notes.recovery(simulation):
        console.print(told, markup=False)
    for warning in simulation["warnings"]:
        console.print(f"Note: {warning}", markup=False)


def _effects(console: Console, simulation: Document) -> None:
    """What muscles and joints do; of a course after its first session."""
    horizon_d, first = simulation["t_d"][-1], "First session. " if simulation.get("cycles") else ""
    if first:
        console.print(cycles.FIRST, markup=False)
    muscles = [
        _cells(row, phrases.units(row["dose_U"]), cycles.lowest(simulation, "muscles", place), horizon_d)
        for place, row in enumerate(simulation["muscles"])
    ]
    title = f"{first}Muscles, {_product(simulation)}: lowest force; days, of the copies that respond"
    title = title.replace(", :", ":")
    _table(console, title, ("muscle", "dose", "force", *_CLOCKS, "never"), muscles)
    joints = [
        _cells(
            row,
            str((row.get("baseline") or {}).get("value") or ""),
            cycles.lowest(simulation, "joints", place),
            horizon_d,
        )
        for place, row in enumerate(simulation["joints"])
    ]
    if joints:
        title = f"{first}Joints: modelled change in modified Ashworth, times likewise"
        _table(console, title, ("joint", "grade", "change", *_CLOCKS, "never"), joints)
        _grades(console, simulation["joints"], "All sessions. " if first else "")
        console.print(_JOINTS, markup=False)


def _adverse(console: Console, simulation: Document) -> None:
    """Adverse events that are counted or simulated, the names of the others, and the boxed ones."""
    told = adverse.lines(simulation)
    counted = [line for line in told if line.entry.get("simulated") or line.entry["held"]["n"] is not None]
    cells = ((line.name, line.held, line.simulated, line.background) for line in counted)
    rows = [[*map(phrases.breaking, row)] for row in cells]
    if rows:
        heads = ("event", "held on toxin", "simulated (90 %)", "on placebo (90 %)")
        _table(console, "Adverse events: share of people", heads, rows)
    for line in counted:
        if line.note and "any_setting" in (line.entry.get("simulated") or {}):
            text = phrases.breaking(f"{line.name}: {line.note}.")
            console.print(capital(text), markup=False)
    for text in adverse.about(simulation):
        console.print(text, markup=False)
    if others := "; ".join(f"{line.name}, {line.held}" for line in told if line not in counted):
        console.print(phrases.breaking(f"Without counts: {others}."), markup=False)
    for line in adverse.boxed(simulation):
        console.print(phrases.breaking(f"Boxed warning, {line.name}: {line.held}"), markup=False)


def _grades(console: Console, joints: Sequence[Document], of: str) -> None:
    """How often a rater writes down each category, before and at the visit next to the largest effect."""
    told = [(place(row), cells) for row in joints if (cells := grade_cells(row)) is not None]
    if told:
        labels = joints[0]["grade_probability"]["modified_ashworth"]["categories"]
        rows = [(name, phrases.breaking(week), *cells) for name, (week, cells) in told]
        title = f"{of}Grade a rater records, % of ratings: before and near the peak, drug alone"
        _table(console, title, ("joint", "at", *labels), rows)


def _cycles(console: Console, simulation: Document) -> None:
    """The sessions of a course, what each did, and what the rules held say of giving the plan again."""
    told = cycles.sessions(simulation)
    rows = [(name, *map(phrases.breaking, cells)) for name, cells in told.rows]
    _table(console, "Sessions", ("session", *told.columns), rows)
    for table in cycles.effects(simulation):
        for part in cycles.parts(table):
            cells = ((name, *row) for name, row in part.rows)
            _table(console, f"By session: {part.head}", ("", *part.columns), cells)
    console.print(phrases.breaking(cycles.notes(simulation)), markup=False)
    for issue in simulation["repeat"].get("issues", ()):
        console.print(f"  [bold]{issue['severity']}[/bold] {_escaped(issue['message'])}")


def _escaped(text: str) -> str:
    """Text in which rich sees no markup."""
    from rich.markup import escape

    return escape(text)


def print_check(check: Document) -> None:
    """Every finding of a check, worst first."""
    console = _console()
    console.print(BANNER, style="bold")
    _verdict(console, check)
    rows = [(i["severity"], i["message"], i["basis"] or "") for i in check["issues"]]
    _table(console, "Findings", ("severity", "finding", "basis"), rows)


def print_simulation(simulation: Document) -> None:
    """The tables of a simulation."""
    console = _console()
    console.print(BANNER, style="bold")
    _simulation(console, simulation)


def print_run(check: Document, simulation: Document, path: str, more: Iterable[str] = ()) -> None:
    """Check, simulation, lines on what else was asked, and where the report lies."""
    console = _console()
    console.print(BANNER, style="bold")
    _check(console, check)
    _simulation(console, simulation)
    for line in more:
        console.print(line, markup=False)
    console.print(f"Report: {path}", markup=False, soft_wrap=True)


_PARTS = {"regression": "to mean"}
_BOARD = ("arm and measure", "observed", "simulated (80 %)", "observed is")
_SIDES = {"inside": "inside", "above": "ABOVE", "below": "BELOW", "kept": "kept", "broken": "BROKEN"}


def print_reproduce(board: Document) -> None:
    """The scoreboard, hits and misses alike, then what was not simulated, by reason."""
    console = _console()
    console.print(BANNER, style="bold")
    _board(console, board["studies"])
    _shares(console, board["studies"])
    _against_placebo(console, board)
    _pooled(console, board.get("pooled") or ())
    for reason, where in outcomes.by_reason(board["studies"]).items():
        named = ", ".join(f"{study} ({len(rows)})" for study, rows in where.items())
        console.print(f"Not simulated, {named}: {reason}.", markup=False)
    totals = board["totals"]
    console.print(outcomes.totals(totals), markup=False)
    if board.get("comparison"):
        _comparison(console, board["comparison"])


def _shares(console: Console, studies: Iterable[Document]) -> None:
    """What each simulated change of a grade is made of; nothing where there is none."""
    rows: list[tuple[str, ...]] = []
    for group, members in groupby(outcomes.with_shares(studies), key=_study_and_arm):
        rows.append((group, *[""] * (len(outcomes.SHARES) + 2)))
        for _, row in members:
            told = {name: outcomes.number(round(part, 2)) for name, part in row["change_shares"].items()}
            where = " ".join(str(part) for part in (row["joint"], row["at"]) if part)
            sds = (told["person_sd"], told["rater_sd"])
            rows.append((f"  {where}", *(told[part] for part in outcomes.SHARES), *sds))
    if rows:
        parts = (_PARTS.get(part, part) for part in outcomes.SHARES)
        title = "What the changes are made of, grades (to mean: regression; people, raters: SDs)"
        _table(console, title, ("change of", *parts, "people", "raters"), rows)


def _study_and_arm(found: tuple[Document, Document]) -> str:
    """What a group of rows of one study is called."""
    study, row = found
    return f"{study['study']}, {outcomes.arm(row)}"


def _against_placebo(console: Console, board: Document) -> None:
    """Drug against control over trials; nothing where none compares."""
    found = board.get("against_placebo")
    if found is None:
        return
    rows = [
        (
            f"{study['study']}, {one['arm']}",
            ", ".join(part for part in (one["joint"], one["at"]) if part),
            one["group"],
            *(_rounded(one[name], 2) for name in ("observed", "mean")),
        )
        for study in board["studies"]
        for one in study["comparisons"]
    ]
    heads = ("trial and arm", "where, when", "people", "observed", "simulated")
    _table(console, "Drug against control, grades", heads, rows)
    groups = "; ".join(f"{name}: {_rounded(value, 2)}" for name, value in found["slope_by_group"].items())
    told = f"Slope of observed on simulated {_rounded(found['slope'], 2)} ({groups})"
    if found["constant_crps"] is not None:
        crps = (_rounded(found[name], 3) for name in ("crps", "constant_crps"))
        told += "; CRPS {} against {} of a constant effect".format(*crps)
    console.print(told + ".", markup=False)


def _rounded(value: float | None, digits: int) -> str:
    """A number to some digits after the point; a dash where there is none."""
    return outcomes.number(None if value is None else round(value, digits))


def _pooled(console: Console, found: Sequence[Document]) -> None:
    """Pooled differences by week beside single trials; nothing where none was read."""
    if not found:
        return
    rows = [
        (
            f"{row['study']}, {row['arm']}",
            row["at"],
            outcomes.number(row["observed"]),
            "; ".join(
                f"{one['study']} {one['arm']} {outcomes.number(round(one['p50'], 2))}"
                for one in row["trials"]
            ),
        )
        for row in found
    ]
    heads = ("pooled", "at", "observed", "trials held, as simulated")
    _table(console, "Pooled over trials, others each week: no course. Standardised difference", heads, rows)


def _comparison(console: Console, found: Document) -> None:
    """Mechanism beside baseline by family and unit, on the outcomes both simulate."""
    rows = [
        (
            f"{row['family']}, {row['unit']}" if row["unit"] not in ("", row["family"]) else row["family"],
            str(row["outcomes"]),
            *(_pair(row, key) for key in ("inside_80", "median_width", "crps")),
        )
        for row in found["families"]
    ]
    heads = ("measures", "outcomes", "inside 80 %", "median width", "CRPS")
    _table(console, "Mechanism / empirical baseline, on the outcomes both simulate", heads, rows)
    sides = " / ".join(str(found[side]["inside_80"]) for side in ("mechanism", "baseline"))
    console.print(f"Of {found['outcomes']} outcomes {sides} inside; smaller CRPS is better.", markup=False)


def _pair(row: Document, key: str) -> str:
    return " / ".join(outcomes.number(row[side][key]) for side in ("mechanism", "baseline"))


def _board(console: Console, studies: Iterable[Document]) -> None:
    """One table of what was simulated, study by study."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="Published studies", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for head in _BOARD:
        table.add_column(head, overflow="fold", min_width=len(head) if head == _BOARD[-1] else None)
    for study in studies:
        rows = [row for row in study["outcomes"] if row["predicted"] is not None]
        if rows:
            table.add_row(f"[bold]{escape(study['study'])}[/bold] {escape(study['role'])}")
        for row in rows:
            when = f", {outcomes.at(row)}" if row["at"] else ""
            told = f"  {outcomes.arm(row)}: {outcomes.what(row)}{when}"
            told_side = _SIDES.get(outcomes.verdict(row), outcomes.verdict(row))
            cells = (told, outcomes.observed(row), outcomes.interval(row), told_side)
            table.add_row(*(escape(phrases.breaking(part)) for part in cells))
    console.print(table)


def print_evidence(rows: Sequence[Any]) -> None:
    """Evidence records: how many on which basis, then by area (an id's first word) three lines each."""
    console = _console()
    console.print(BANNER, style="bold")
    areas: dict[str, list[Any]] = {}
    for row in rows:
        areas.setdefault(row.id.split(".")[0], []).append(row)
    bases = Counter(phrases.words(row.basis) for row in rows)
    told = ", ".join(f"{count} {basis}" for basis, count in bases.most_common())
    console.print(f"{len(rows)} records: {told}.", markup=False)
    console.print(
        f"By area: {', '.join(f'{area} {len(held)}' for area, held in areas.items())}.", markup=False
    )
    for area, held in areas.items():
        console.print(f"\n{area} ({len(held)})", style="bold", markup=False)
        for row in held:
            _record(console, row)


def _record(console: Console, row: Any) -> None:
    """Id, number with basis and source, meaning; wrapped, later lines further in."""
    from rich.padding import Padding
    from rich.text import Text

    unit = "" if row.unit == "1" else f" {row.unit}"
    console.print(row.id, style="bold", markup=False, soft_wrap=True)
    for line in (f"{row.value:g}{unit}  {phrases.words(row.basis)}, {row.source}", row.meaning):
        console.print(Padding(Text(line), (0, 0, 0, 2), expand=False))
