"""What visits taught of a person, in words and tables, for screen and page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from endplate.knowledge.vocabulary.wording import BANNER, PRODUCT, SIMULATION
from endplate.outputs import notes, phrases
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]

EXPECTED = (
    "Expected grade: the mean that the same rater would write down, with the change that comes without the "
    "drug. Drug alone: what the model takes the injection to do."
)
SHRINKAGE = (
    "Learnt: the share of the prior's variance that the visits removed. A parameter that keeps more than "
    "half of it says so: its numbers are those of the group."
)
METHODS = {
    "population": "copies drawn before any visit, weighed by how well they agree with the visits",
    "laplace": "these and copies drawn around the most probable person, weighed together",
    "smc": "copies led from the prior to the posterior in steps, as weights alone did not hold",
}
PARAMETERS = {
    "terminal.potency_person": "potency in this person, over the typical one",
    "terminal.light_chain_half_life": "light-chain half-life, d",
    "scales.perception_lag": "days until the person notices",
    "scale_response": "response of the scale here, over the typical study's",
    "true_grade": "true grade behind the baseline record",
    "non_drug_change": "change without the drug, grade",
}
_TAUGHT = ("of this person", "before", "after", "learnt")
_FOUND = ("week", "what", "found", "likely before", "after")
_CYCLE = ("where", "onset", "end before visits", "end", "back")
_KINDS = {
    "grade": "grade",
    "before": "first grade",
    "r1": "catch",
    "r2": "end of range",
    "strength": "strength",
    "onset": "onset as told",
    "wear_off": "wear-off as told",
    "reinjection": "injected again",
    "weakness": "weakness complained of",
}


def parameter(name: str) -> str:
    """A parameter in words, with its joint."""
    kind, _, place = name.partition(":")
    told = PARAMETERS.get(kind, phrases.words(kind))
    return f"{told}, {where(place.split(':'))}" if place else told


def where(place: Sequence[str]) -> str:
    """Joint, side and movement in words."""
    joint, side, movement = (phrases.words(part) for part in place)
    return f"{joint} {movement} ({side})"


def parameter_rows(document: Document) -> Iterator[tuple[str, str, str, str]]:
    """Parameter, its range before and after, and what was learnt."""
    for name, row in document["posterior"].items():
        before, after = (phrases.summary_range(row[when], 2) for when in ("prior", "posterior"))
        yield parameter(name), before, after, phrases.share(row["learnt"])


def nothing_learnt(document: Document) -> Iterator[str]:
    """Of which parameters the visits taught nothing, in the result's words."""
    for says in dict.fromkeys(row["says"] for row in document["posterior"].values() if row["says"]):
        names = [parameter(name) for name, row in document["posterior"].items() if row["says"] == says]
        yield f"{says[:1].upper()}{says[1:]}: {'; '.join(names)}."


def visit_rows(document: Document) -> Iterator[tuple[str, str, str, str, str]]:
    """Week, what was looked at, what was found, how likely it was before and after."""
    for row in document["visits"]:
        place = f", {where(row['place'])}" if row["place"] else ""
        before, after = row["probability_before"], row["probability_after"]
        if before is None:
            old, new = "", "" if row["gain"] is None else f"{phrases.value(row['gain'])} in log"
        else:
            old, new = phrases.share(before), phrases.share(after)
        yield phrases.weeks(row["day"]), f"{_KINDS[row['kind']]}{place}", row["told"], old, new


def forecast_rows(document: Document) -> Iterator[tuple[str, ...]]:
    """Joint, onset, end of effect before and after the visits, share back by the horizon."""
    last = document["forecast"]["t_d"][-1]
    for row in document["forecast"]["joints"]:
        place = where((row["joint"], row["side"], row["movement"]))
        told = [phrases.inline(phrases.clock(row, key, last)) for key in ("onset_d", "duration_d")]
        before = phrases.inline(phrases.clock(row["prior"], "duration_d", last))
        yield (place, told[0], before, told[1], phrases.share(row["returned"]))


def sentences(document: Document) -> Iterator[str]:
    """What was used, when the effect is modelled to end, what limits and a next visit say."""
    found, last = document["next"], document["forecast"]["t_d"][-1]
    how = document["diagnostics"]
    if not how["holds"]:
        yield f"Only {how['ess']:.0f} copies agree with the visits: every number here is rough."
    khat = "" if how["khat"] is None else f", Pareto k {how['khat']:.2f}"
    yield (
        f"{len(document['visits'])} findings used, {len(document['not_used'])} not. Method {how['method']}: "
        f"{METHODS[how['method']]} ({how['ess']:.0f} effective copies{khat})."
    )
    yield _re_emergence(found, last)
    if found["earliest_by_limits"] is None:
        yield f"Earliest date the limits allow: none. {found['reason']}"
    else:
        yield f"Earliest date the limits allow: {found['earliest_by_limits']}, {found['reason']}"
    yield from _information(found["information"])


def _re_emergence(found: Document, last_d: int) -> str:
    after = _days(found["modelled_re_emergence_d"], last_d)
    before = _days(found["prior_re_emergence_d"], last_d)
    if not found["gained"]:
        return "Modelled re-emergence: none, as no copy gains half a grade."
    told = f"Modelled re-emergence of the joint that gains most: {after}; before the visits {before}."
    left = phrases.share(found["not_back_by_horizon"] or 0)
    return f"{told} Not back within {phrases.weeks(last_d)}: {left} of copies."


def _days(summary: Document, last_d: int) -> str:
    middle, span = phrases.days(summary, last_d)
    return f"day {middle}{f' ({span})' if span else ''}"


def _information(rows: Sequence[Document]) -> Iterator[str]:
    """What a grade at the next visit would add, of each joint the week at which it adds most."""
    for row in rows:
        if not row["removed"]:
            continue
        most = max(range(len(row["t_d"])), key=lambda k: row["removed"][k])
        place = where((row["joint"], row["side"], row["movement"]))
        yield (
            f"A next grade of the {place}: most is expected of one in week {row['t_d'][most] // 7}, which "
            f"would remove {phrases.share(row['removed'][most])} of the variance of the day of re-emergence "
            f"(SD {row['sd_now_d']:.0f} d now)."
        )


def left_out(document: Document) -> Iterator[str]:
    """Rows that teach nothing, with the reason, and everything that must be known."""
    for row in document["not_used"]:
        yield f"Not used: {row['where']}: {row['reason']}."
    for warning in document["warnings"]:
        yield f"Note: {warning}"


def print_individualise(document: Document) -> None:
    """What was learnt, what each visit did, and the rest of the cycle."""
    console = new_console()
    console.print(BANNER, style="bold")
    if document["outside_model"]:
        named = ", ".join(phrases.words(caution) for caution in document["outside_model"])
        console.print(f"Outside the model: {named}. The numbers do not represent this person.", style="bold")
    for title, heads, rows in (
        ("What the visits taught: median (90 %)", _TAUGHT, parameter_rows(document)),
        ("The findings", _FOUND, visit_rows(document)),
        ("This cycle, drug alone: median (90 %)", _CYCLE, forecast_rows(document)),
    ):
        told = list(_plain(rows))
        if told:
            print_table(console, title, heads, told)
    for sentence in (
        *nothing_learnt(document),
        *sentences(document),
        *(SHRINKAGE, SIMULATION, PRODUCT, notes.recovery(document)),
        *left_out(document),
    ):
        if sentence:
            console.print(_breaking(sentence), markup=False)


def _plain(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield tuple(_breaking(cell) for cell in row)


def _breaking(text: str) -> str:
    """Text that may break anywhere between words."""
    return text.replace("\N{NO-BREAK SPACE}", " ")
