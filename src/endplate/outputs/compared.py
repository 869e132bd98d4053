"""A comparison in words and tables: outcomes, differences and what turns the ranking, for screen and page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Final

from endplate.knowledge.vocabulary import SCALES
from endplate.knowledge.vocabulary.wording import BANNER, INDIRECT, PRODUCT, SIMULATION
from endplate.outputs import notes, phrases
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]

_KINDS = {
    "scale_change": "change in modified Ashworth",
    "r1_deg": "catch angle R1",
    "r2_deg": "end of range R2",
    "strength": "strength",
    "force": "force",
    "transmission": "transmission",
    "volume": "volume",
    "unwanted_weakness": "worst weakness of a muscle not injected",
}
_DIGITS = 2
HOW_OFTEN: Final = (
    "Shares of copies say how often, not how much: read them beside the difference. A muscle that a plan "
    "injects is better weaker, every other one stronger."
)
NO_DIFFERENCE: Final = "no difference"
TOO_SMALL: Final = "too small to tell"
_SCALE = "modified_ashworth"
_BELOW_STEP = "less than an examiner's step"


def what(outcome: Document) -> str:
    """An outcome as words: what is read, where, and the good direction where it is not plain."""
    place = [phrases.words(part) for part in outcome["place"]]
    kind = _KINDS.get(outcome["kind"], phrases.words(outcome["kind"]))
    if len(place) == 3:
        joint, side, movement = place
        return f"{joint} {movement}, {side}: {kind}"
    if place and outcome["kind"] == "force" and outcome["better"] == "higher":
        kind = "force, not injected"
    return f"{', '.join(place)}: {kind}" if place else kind


def shown(document: Document) -> list[Document]:
    """The outcomes worth a line: those that rest on the examination."""
    return [outcome for outcome in document["outcomes"] if outcome["shown"]]


def pairs(document: Document) -> Iterator[tuple[str, str, dict[str, Document]]]:
    """Letters of each pair and its differences by outcome."""
    for (a, b), rows in groupby(document["differences"], key=lambda row: (row["a"], row["b"])):
        yield a, b, {row["outcome"]: row for row in rows}


def goal_weeks(document: Document) -> str:
    """The weeks over which outcomes are averaged."""
    first, last = document["goal_weeks"]
    return f"week {first}" if first == last else f"weeks {first} to {last}"


def levels(document: Document) -> dict[str, dict[str, Document]]:
    """Every plan's outcomes by letter and name."""
    return {plan["plan"]: {row["outcome"]: row for row in plan["outcomes"]} for plan in document["plans"]}


def digits(outcome: Document) -> int:
    """Decimals that an outcome is told with: one for degrees."""
    return 1 if outcome["unit"] == "deg" else _DIGITS


def _least(outcome: Document) -> float:
    """The smallest number that is not told as 0."""
    return float(10.0 ** -digits(outcome) / 2)


def middle(outcome: Document, told: Document) -> str:
    """The median of a summary."""
    return phrases.value(told["median"], digits(outcome))


def span(outcome: Document, told: Document) -> str:
    """Median and 90 % range of a summary, in one line."""
    return phrases.summary_range(told, digits(outcome))


def _step() -> float:
    """The smallest step that an examiner's scale has, grades."""
    codes = sorted(SCALES[_SCALE].coding.values())
    return min(high - low for low, high in pairwise(codes))


def below_step(outcome: Document, row: Document) -> str:
    """That a median difference of grades is smaller than an examiner's step; empty where it is not."""
    small = outcome["kind"] == "scale_change" and abs(row["goal"]["median"]) < _step()
    return _BELOW_STEP if small and row["goal"]["differs"] else ""


def telling(outcome: Document, row: Document) -> bool:
    """Whether a difference shows up in its decimals; muscles hardly reached are left out."""
    if outcome["kind"] != "force" or outcome["better"] == "lower" or row["goal"] is None:
        return True
    return _most(row["goal"]) >= _least(outcome)


def _most(summary: Document) -> float:
    """The larger end of a 90 % range, without its sign."""
    return float(max(abs(summary[name]) for name in ("p05", "p95")))


def drawn(outcome: Document, row: Document) -> bool:
    """Whether a difference shows up in its decimals in some week, so that a chart of it tells something."""
    ends = [abs(number) for name in ("p05", "p95") for number in row[name] if number is not None]
    return telling(outcome, row) and max(ends, default=0) >= _least(outcome)


def unranked(outcome: Document, row: Document) -> str:
    """Why no share of copies is told: nothing differs, or less than is told; empty where one is."""
    if row["goal"]["differs"] == 0:
        return NO_DIFFERENCE
    return TOO_SMALL if _most(row["goal"]) < _least(outcome) else ""


def probability(outcome: Document, row: Document) -> str:
    """How often the first plan is better over the goal weeks, or why that is not told."""
    return unranked(outcome, row) or phrases.share(row["goal"]["p_better"])


def plan_words(plan: Document) -> str:
    """One plan: product, units by muscle, and what the check said."""
    doses = ", ".join(
        f"{phrases.words(shot['muscle'])} ({shot['side']}) {phrases.units(shot['dose_U'])}"
        for shot in plan["injections"]
    )
    findings = f"{plan['critical']} critical" if plan["critical"] else "no critical finding"
    status = f"{phrases.words(plan['status'])}, {findings}"
    file = f" {plan['file']}" if plan.get("file") else ""
    total = phrases.units(plan["total_U"], plan["product"])
    return f"Plan {plan['plan']}{file}: {total}: {doses}. Check: {status}."


def notes_by_plan(document: Document) -> list[str]:
    """The notes of the runs, each with the plans it is of where it is not of all."""
    whose: dict[str, list[str]] = {}
    for plan in document["plans"]:
        for note in dict.fromkeys(plan["notes"]):
            whose.setdefault(note, []).append(plan["plan"])
    found = []
    for note, letters in whose.items():
        head = "Plan" if len(letters) == 1 else "Plans"
        every = len(letters) == len(document["plans"])
        found.append(note if every else f"{head} {together(letters)}: {note}")
    return found


def together(letters: Sequence[str]) -> str:
    """Letters of plans in a row."""
    return " and ".join([part for part in (", ".join(letters[:-1]), letters[-1]) if part])


def ranking(document: Document, a: str, b: str, rows: Mapping[str, Document]) -> list[str]:
    """A sentence for each joint: in how many copies the first plan changes it more."""
    return [sentence for sentence, _ in ranked(document, a, b, rows)]


def ranked(document: Document, a: str, b: str, rows: Mapping[str, Document]) -> list[tuple[str, bool]]:
    """The sentences of `ranking`, each with whether an examiner's scale has a step so small."""
    found = []
    for outcome in document["outcomes"]:
        row = rows[outcome["outcome"]]
        if outcome["kind"] == "scale_change" and not row["indirect"]:
            told = abs(row["goal"]["median"]) >= _step()
            found.append((_ranked(outcome, row, a, b), told))
    return found


def _ranked(outcome: Document, row: Document, a: str, b: str) -> str:
    """The sentence of one joint; how often is not told of what does not show up in decimals."""
    joint, side, movement = (phrases.words(part) for part in outcome["place"])
    where = f"the grade of the {joint} ({movement}, {side})"
    why = unranked(outcome, row)
    if why == NO_DIFFERENCE:
        return f"Plans {a} and {b} do the same to {where} in every copy: {NO_DIFFERENCE}."
    if why:
        least = f"{_least(outcome):g}"
        return f"Plans {a} and {b} differ in {where} by less than {least} in nearly all copies: {TOO_SMALL}."
    if abs(row["goal"]["median"]) < _least(outcome):
        low, high = (phrases.value(row["goal"][end], digits(outcome)) for end in ("p05", "p95"))
        return (
            f"Plans {a} and {b} lower {where} alike: the median difference is less than {_least(outcome):g} "
            f"grades (90 % range {low} to {high})."
        )
    step = below_step(outcome, row)
    return (
        f"Plan {a} lowers {where} more than plan {b} in {phrases.share(row['goal']['p_better'])} of copies; "
        f"the difference is {span(outcome, row['goal'])} grades{step and f', {step}'}."
    )


def flip_words(document: Document, a: str, b: str) -> list[str]:
    """What turns the ranking of a pair, a sentence each; one that says so where nothing does."""
    goals = [row["goal"] for row in document["differences"] if (row["a"], row["b"]) == (a, b)]
    if all(goal["differs"] == 0 for goal in goals):
        return [f"Plans {a} and {b} do the same in every copy, so there is no ranking to turn."]
    by_name = {outcome["outcome"]: outcome for outcome in shown(document)}
    rows = [r for r in document["flips"] if (r["a"], r["b"]) == (a, b) and r["outcome"] in by_name]
    large = [row for row in rows if _large(by_name[row["outcome"]], row)]
    told = [_flip(by_name[row["outcome"]], row) for row in large]
    if len(large) < len(rows):
        told.append(_left_out(len(rows) - len(large)))
    return told or [
        "No record alone at its 10 % or 90 % point and no variant tried turns the sign of a difference."
    ]


def _left_out(count: int) -> str:
    """That some turn only differences which are told as 0."""
    what = "record or variant turns" if count == 1 else "records or variants turn"
    return (
        f"{count} more {what} the sign of a difference, but of one that is told as 0 before or after: "
        "left out here, held in the result."
    )


def _large(outcome: Document, row: Document) -> bool:
    """Whether the difference shows up in its decimals both ways."""
    ends = [row["with"]] if "variant" in row else [row["low"], row["high"]]
    turned = max(abs(end) for end in ends if end * row["median"] < 0)
    return bool(min(turned, abs(row["median"])) >= _least(outcome))


def _flip(outcome: Document, row: Document) -> str:
    places = digits(outcome) + 1
    name = what(outcome)
    if "variant" in row:
        moved = f"{phrases.value(row['median'], places)} to {phrases.value(row['with'], places)}"
        return f"{name}: {row['variant']} turns the median difference, {moved}."
    ends = " and ".join(phrases.value(row[end], places) for end in ("low", "high"))
    return (
        f"{name}: {row['parameter']} ({phrases.words(row['basis'])}) at its 10 % and 90 % points gives "
        f"{ends}, at its median {phrases.value(row['median'], places)}."
    )


def print_compare(document: Document) -> None:
    """The plans, a table for each pair, and what turns its ranking."""
    console = new_console()
    console.print(BANNER, style="bold")
    for plan in document["plans"]:
        console.print(plan_words(plan), markup=False)
    if outside := notes.outside_model(document):
        console.print(outside, style="bold")
    for a, b, rows in pairs(document):
        if any(row["indirect"] for row in rows.values()):
            _print_indirect(console, document, a, b)
        else:
            _print_direct(console, document, a, b, rows)
    for sentence in _told(document):
        console.print(sentence, markup=False)


def _told(document: Document) -> Iterable[str]:
    """What stands below the tables."""
    if any(not row["indirect"] for row in document["differences"]):
        yield HOW_OFTEN
    yield SIMULATION
    yield PRODUCT
    if recovery := notes.recovery(document):
        yield recovery
    for note in notes_by_plan(document):
        yield f"Note: {note}"


def _print_direct(console: Any, document: Document, a: str, b: str, rows: Mapping[str, Document]) -> None:
    heads = ("outcome", a, b, f"{a} minus {b} (90 %)", "good", f"{a} better")
    title = f"Plans {a} and {b}, mean over {goal_weeks(document)}: medians; last, share of copies"
    print_table(console, title, heads, table_rows(document, a, b, rows))
    for sentence in (*ranking(document, a, b, rows), *flip_words(document, a, b)):
        console.print(phrases.breaking(sentence), markup=False)


def table_rows(document: Document, a: str, b: str, rows: Mapping[str, Document]) -> list[Sequence[str]]:
    """Outcome, either plan's median, the difference, the good direction and how often the first is better."""
    held = levels(document)
    return [
        (
            what(outcome),
            *(middle(outcome, held[letter][outcome["outcome"]]["goal"]) for letter in (a, b)),
            _difference(outcome, rows[outcome["outcome"]]),
            outcome["better"],
            phrases.breaking(probability(outcome, rows[outcome["outcome"]])),
        )
        for outcome in shown(document)
        if telling(outcome, rows[outcome["outcome"]])
    ]


def _difference(outcome: Document, row: Document) -> str:
    """Median and range of a difference, and that an examiner could not tell it where that is so."""
    step = below_step(outcome, row)
    told = phrases.breaking(span(outcome, row["goal"]))
    return f"{told} ({step})" if step else told


def _print_indirect(console: Any, document: Document, a: str, b: str) -> None:
    print_table(
        console,
        f"Plans {a} and {b}, indirect comparison, mean over {goal_weeks(document)}: median (90 %)",
        ("outcome", a, b),
        indirect_rows(document, a, b),
    )
    console.print(INDIRECT, markup=False)


def indirect_rows(document: Document, a: str, b: str) -> list[Sequence[str]]:
    """Outcome and each plan's own median with its range."""
    held = levels(document)
    return [
        (
            what(outcome),
            *(phrases.breaking(span(outcome, held[letter][outcome["outcome"]]["goal"])) for letter in (a, b)),
        )
        for outcome in shown(document)
    ]
