"""A child over years in words and tables: three presets and the ensemble always together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.outputs import phrases
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]
Cells = tuple[str, ...]

UNTREATED = "untreated"
ENSEMBLE = "ensemble"
_HYPOTHESIS = "hypothesis"
_MOST_TOLD = 99.0  # of a loop gain; that of a child without function has no end


@dataclass(frozen=True)
class Told:
    """A table: what it shows, how well that is known, and how to read it.

    Attributes:
        title: with the word for how well it is known.
        heads: of the columns.
        rows: cells as text.
        notes: sentences below it.
        words: how many columns from the left hold words, not numbers.
    """

    title: str
    heads: Cells
    rows: Sequence[Cells]
    notes: Sequence[str] = ()
    words: int = 1


def under(document: Document) -> dict[str, Document]:
    """What each preset and the ensemble say, by name, in the order they are always shown in."""
    return {**document["presets"], ENSEMBLE: document["ensemble"]}


def age(years: float) -> str:
    """An age in years where it is whole, else in months."""
    months = round(years * MONTHS_PER_YEAR)
    return f"{months / MONTHS_PER_YEAR:g} y" if months % MONTHS_PER_YEAR == 0 else f"{months} mo"


def _many(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")


def marked(document: Document, key: str, title: str) -> str:
    """A title with the word for how well it is known."""
    return f"{title} ({document['status'][key]['status']})"


def sentences(document: Document) -> Iterator[str]:
    """What was followed, and the answer in short."""
    plan = document["scenarios"][0]
    yield (
        f"From {age(plan['start_y'])}, a session every {phrases.weeks(plan['every_d'])} until "
        f"{age(plan['until_y'])}: {_many(plan['sessions'], 'session')}. Everything long-term is a difference "
        f"against the same child untreated; {_many(document['draws'], 'member')}: virtual copies of the "
        f"child."
    )
    row, best = (told[plan["scenario"]] for told in (document["ensemble"], document["presets"][_HYPOTHESIS]))
    gained, most = (each["at_18"]["gmfm66_gained"] for each in (row, best))
    yield (
        f"At 18 y, over all that nobody knows: GMFM-66 {phrases.summary_range(gained, 1)} points; "
        f"{phrases.share(row['p_worse'])} end worse than untreated. If every open question is answered in "
        f"favour of injections: {phrases.summary_range(most, 1)} points, which no study has seen."
    )
    yield (
        f"A difference of GMFM-66 counts as important from {document['smallest_difference']:g} points on, "
        f"as a large one from {document['large_difference']:g} (both recalled). {document['assumed_shape']}"
    )
    yield document["function_account"]["note"]


def alarms(document: Document) -> Iterator[str]:
    """What must be read before any number."""
    outside = ", ".join(phrases.words(name) for name in document["outside_model"])
    if outside:
        yield f"Outside the model: {outside}. What is told does not represent this child."
    found = document["plan_check"]["critical"]
    if found:
        yield f"endplate check finds this plan critical: {' '.join(found)}"


def class_lines(document: Document) -> Iterator[str]:
    """What each curve rests on."""
    for name, what in document["evidence_classes"].items():
        yield f"{name}: {what}"


def assumed(document: Document) -> Told:
    """The numbers of the presets side by side, and how the ensemble draws them."""
    held = document["assumptions"]
    both = zip(held["evidence"], held[_HYPOTHESIS], strict=True)
    rows = [
        (_with_unit(one["meaning"], one["unit"]), "0", f"{one['value']:g}", f"{other['value']:g}")
        for one, other in both
    ]
    drawn = "; ".join(f"{row['meaning']} {row['value']:g}" for row in held[ENSEMBLE])
    notes = (
        *class_lines(document),
        "That the evidence preset ends worse follows from its weights: a little volume weighs more there "
        "than a little range.",
        f"The ensemble draws: {drawn}; the age at which the map's window closes from three guesses.",
    )
    heads = ("number", "null", "evidence", "hypothesis")
    return Told("What is assumed: judgement, not measurement", heads, rows, notes)


def _with_unit(meaning: str, unit: str) -> str:
    return meaning if unit == "1" else f"{meaning}, {unit}"


_RESULT_HEADS = ("assumed", "GMFM-66 gained", "worse", "harm", "too small", "range kept, deg")


def results(document: Document) -> list[Told]:
    """The plan repeated until its end, by every assumption, and further apart."""
    courses = {row["scenario"] for row in document["starting_age"][ENSEMBLE]}
    least = f"{document['smallest_difference']:g}"
    notes = (
        f"Worse: below the child untreated at 18 y, by however little. Harm: below it by more than {least} "
        f"points at some age until then. Too small: gain under {least} points at 18 y.",
        *(
            f"{what} ({known['status']}): {known['why']}."
            for what, known in (
                ("GMFM-66", document["status"]["gmfm66_gained"]),
                ("Range kept", document["status"]["dorsiflexion_kept_deg"]),
            )
        ),
    )
    return [
        Told(
            f"{each['scenario']}: at 18 y against untreated, median (90 %)",
            _RESULT_HEADS,
            [_result(name, told[each["scenario"]]) for name, told in under(document).items()],
            notes,
        )
        for each in document["scenarios"]
        if each["scenario"] not in courses
    ]


def _result(name: str, row: Document) -> Cells:
    return (
        name,
        phrases.summary_range(row["at_18"]["gmfm66_gained"], 1),
        *(phrases.share(row[key]) for key in ("p_worse", "p_harm_ever", "p_gain_below_smallest")),
        phrases.summary_range(row["at_18"]["dorsiflexion_kept_deg"], 1),
    )


def starts(document: Document) -> Told | None:
    """Courses of equal length by the age at which they begin; none where too little time is left."""
    by_name = document["starting_age"]
    if not by_name[ENSEMBLE]:
        return None
    found: list[Cells] = []
    for name, courses in by_name.items():
        for k, row in enumerate(courses):
            found.append(
                (
                    name if k == 0 else "",
                    age(row["start_y"]),
                    phrases.summary_range(row["gmfm66_gained"], 1),
                    "" if k == 0 else phrases.summary_range(row["gmfm66_less_than_first"], 1),
                    "" if k == 0 else phrases.share(row["p_first_better_by_smallest"]),
                )
            )
    first = age(by_name[ENSEMBLE][0]["start_y"])
    earliest = by_name[ENSEMBLE][0]["scenario"]
    course = next(each for each in document["scenarios"] if each["scenario"] == earliest)
    note = (
        f"Every row: {_many(course['sessions'], 'session')}, so that nothing differs but the age at the "
        f"first. Earlier gives: points that a start at {first} gives beyond this one, in the same copies, "
        "in part because what a course cost in volume has had longer to come back. "
        f"{document['status']['starting_age']['why'].capitalize()}."
    )
    least = document["smallest_difference"]
    heads = ("assumed", "begun at", "GMFM-66 gained", "earlier gives", f"{least:g} or more")
    title = marked(document, "starting_age", "The same course begun at other ages, told at 18 y")
    return Told(title, heads, found, (note,), words=2)


def costs(document: Document) -> Told:
    """What each scenario costs: sessions, units, volume of the calf."""
    found: list[Cells] = []
    for each in document["scenarios"]:
        row = document["ensemble"][each["scenario"]]
        kg = each["units_per_kg"]
        lost = (phrases.summary_percent(row[name]) for name in ("volume_lost", "worst_volume_lost"))
        bare = (text.removesuffix("%").strip() for text in lost)
        units = "" if kg is None else f"{kg:.0f}"
        found.append((each["scenario"], age(each["start_y"]), str(each["sessions"]), units, *bare))
    heads = ("scenario", "from", "sessions", "U/kg in all", "calf volume lost, %", "at its worst, %")
    why = f"Volume lost: {document['status']['volume_of_typical']['why']}. Lost: mean over the years to 18."
    return Told(marked(document, "volume_of_typical", "What it costs"), heads, found, (why,))


def trials(document: Document) -> Told:
    """Studies of lasting benefit."""
    rows = [
        (
            each["name"],
            each["design"],
            "; ".join(filter(None, (each["people"], each["followed"]))),
            each["found"].replace(" -", " \N{MINUS SIGN}"),
        )
        for each in document["trials"]
    ]
    hip, bone = document["hip"], document["bone"]
    notes = (
        "All were read in abstracts only.",
        f"Hip: {phrases.share(hip['value'])} is the {hip['meaning']} ({hip['source']}, "
        f"{phrases.words(hip['basis'])}). {hip['note']}",
        f"Bone: {bone['meaning']}, {bone['value']:g} {bone['unit']} ({bone['source']}). No source held "
        "links it to injections.",
    )
    title = "What studies of lasting benefit found: no randomised one here shows any"
    return Told(title, ("study", "class", "people, followed", "found"), rows, notes, words=4)


def circuits(document: Document) -> Told:
    """Body map and reflexes at 18 y, untreated and under the plan, two rows for each guess of the window."""
    plan = document["scenarios"][0]["scenario"]
    found: list[Cells] = []
    for guess in document["circuits"]:
        for row in guess["maps"]:
            if row["scenario"] in (UNTREATED, plan):
                first, error = row["scenario"] == UNTREATED, row["change_se"]
                by = [_error(error and error[name]) for name in ("tidiness", "clear_area")]
                found.append(
                    (
                        f"{guess['closes_y']:g} y, {phrases.share(guess['held_likely'])}" if first else "",
                        row["scenario"],
                        f"{row['tidiness_at_18']:.2f}{by[0]}",
                        f"{row['clear_area_at_18']:.2f}{by[1]}",
                        phrases.share(guess["reflexes"]["error"][row["scenario"]][-1]),
                    )
                )
    heads = ("window to, likely", "scenario", "tidiness", "clear area", "wrong reflexes")
    notes = (
        "Tidiness (Q): how little the parts of the limb overlap on the map. It rises too where the "
        "injected part loses its place to others; clear area tells that, so neither stands alone. In "
        "brackets: standard error of the change. The map moves under the null too, where it is worth "
        "nothing.",
    )
    return Told(marked(document, "map", "Body map and reflexes at 18 y"), heads, found, notes, words=2)


def _error(number: float | None) -> str:
    return "" if number is None else f" ({number:.3f})"


def loops(document: Document) -> Told:
    """The plan with the loop open and closed, by gain and assumption."""
    found: list[Cells] = []
    for each in document["loop"]:
        name = f"{each['gain']:g}"
        for key, row in each["told"].items():
            at_18 = row["at_18"]
            opened = f"{at_18['gmfm66_gained_open']['median']:.2f}" if at_18 else "none left"
            shut = phrases.summary_range(at_18["gmfm66_gained"], 2) if at_18 else "none left"
            back = row["loop_gain"]["p95"]
            most = f"{back:.3f}" if back is not None and back <= _MOST_TOLD else f"> {_MOST_TOLD:.0f}"
            opened = opened.replace("-", "\N{MINUS SIGN}")
            found.append((name, key, most, opened, shut, phrases.share(row["rejected"])))
            name = ""
    heads = ("gain", "assumed", "loop gain", "open", "closed", "left out")
    notes = (
        "Loop: a child that can do more moves more and loses less growth at rest, gain times as much in "
        "proportion. Loop gain: the most that can come back after once round, in 95 % of copies no more. "
        "Copies in whom it reaches 1 are left out as unphysical, open and closed alike.",
    )
    return Told(
        marked(document, "loop", "The circle: GMFM-66 gained, open and closed"), heads, found, notes, words=2
    )


def influences(document: Document) -> Told:
    """What the answer hangs on, most first."""
    rows = [
        (
            row["words"],
            *(phrases.value(row[key]) for key in ("low", "high")),
            *(phrases.share(row[key]) for key in ("harm_low", "harm_high")),
        )
        for row in document["influence"]
    ]
    heads = ("unknown", "gain if low", "gain if high", "harm if low", "harm if high")
    notes = (
        "The ensemble's mean gain of GMFM-66 at 18 y under the plan, and the share harmed, with one "
        "unknown held where 5 % or 95 % of the ensemble lie.",
    )
    return Told(marked(document, "influence", "What the answer hangs on"), heads, rows, notes)


def tables(document: Document) -> list[Told]:
    """Every table, in the order of the screen."""
    first = [assumed(document), *results(document)]
    last = [costs(document), trials(document), circuits(document), loops(document), influences(document)]
    return [each for each in (*first, starts(document), *last) if each is not None]


def print_develop(document: Document) -> None:
    """The banner, every scenario under every assumption, what it costs, and what it rests on."""
    console = new_console()
    wording = document["wording"]
    for line in (wording["banner"], wording["development"], *alarms(document)):
        console.print(phrases.breaking(line), style="bold", markup=False)
    for line in sentences(document):
        console.print(phrases.breaking(line), markup=False)
    shown: set[str] = set()
    for table in tables(document):
        print_table(
            console,
            table.title,
            table.heads,
            [[phrases.breaking(cell) for cell in row] for row in table.rows],
        )
        for note in table.notes:
            if note not in shown:
                console.print(phrases.breaking(note), markup=False)
                shown.add(note)
    for warning in document["warnings"]:
        console.print(phrases.breaking(f"Note: {warning}"), markup=False)
