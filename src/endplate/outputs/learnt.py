"""What visits taught of a person, in words and tables, for screen and page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary.wording import BANNER, PRODUCT, SIMULATION
from endplate.outputs import notes, phrases
from endplate.outputs.language import N_, _, capital, figures, told
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]

EXPECTED = N_(
    "Expected grade: the mean that the same rater would write down, with the change that comes without the "
    "drug. Drug alone: what the model takes the injection to do."
)
SHRINKAGE = N_(
    "Learnt: the share of the prior's variance that the visits removed. Below half of it they taught little, "
    "and the numbers are mostly those of the group; nothing where they moved neither spread nor middle more "
    "than chance does."
)
METHODS = {
    "population": N_("copies drawn before any visit, weighed by how well they agree with the visits"),
    "laplace": N_("these and copies drawn around the most probable person, weighed together"),
    "smc": N_("copies led from the prior to the posterior in steps, as weights alone did not hold"),
}
PARAMETERS = {
    "terminal.potency_person": N_("potency in this person, over the typical one"),
    "terminal.light_chain_half_life": N_("light-chain half-life, d"),
    "scales.perception_lag": N_("days until the person notices"),
    "scale_response": N_("response of the scale here, over the typical study's"),
    "true_grade": N_("true grade behind the baseline record"),
    "non_drug_change": N_("change without the drug, grade"),
}
_TAUGHT = ("of this person", "before", "after", "learnt")
_FOUND = ("week", "what", "found", "likely before", "after")
_CYCLE = ("where", "onset", "end before visits", "end", "back")
_KINDS = {
    "grade": N_("grade"),
    "before": N_("first grade"),
    "r1": N_("catch"),
    "r2": N_("end of range"),
    "strength": N_("strength"),
    "onset": N_("onset as told"),
    "wear_off": N_("wear-off as told"),
    "reinjection": N_("injected again"),
    "weakness": N_("weakness complained of"),
}


def parameter(name: str) -> str:
    """A parameter in words, with its joint."""
    kind, _apart, place = name.partition(":")
    name_told = _(PARAMETERS[kind]) if kind in PARAMETERS else phrases.words(kind)
    return f"{name_told}, {where(place.split(':'))}" if place else name_told


def where(place: Sequence[str]) -> str:
    """Joint, side and movement in words."""
    joint, side, movement = place
    return _("{joint} ({side})", joint=phrases.joint(joint, movement), side=phrases.words(side))


def parameter_rows(document: Document) -> Iterator[tuple[str, str, str, str]]:
    """Parameter, its range before and after, and what was learnt."""
    for name, row in document["posterior"].items():
        before, after = (phrases.summary_range(row[when], 2) for when in ("prior", "posterior"))
        yield parameter(name), before, after, phrases.share(row["learnt"])


def hardly_learnt(document: Document) -> Iterator[str]:
    """Of which parameters the visits taught nothing, and of which little, in the result's words."""
    for says in dict.fromkeys(row["says"] for row in document["posterior"].values() if row["says"]):
        names = [parameter(name) for name, row in document["posterior"].items() if row["says"] == says]
        yield f"{capital(told(says))}: {'; '.join(names)}."


def visit_rows(document: Document) -> Iterator[tuple[str, str, str, str, str]]:
    """Week, what was looked at, what was found, how likely it was before and after."""
    for row in document["visits"]:
        place = f", {where(row['place'])}" if row["place"] else ""
        before, after = row["probability_before"], row["probability_after"]
        if before is None:
            old, new = "", "" if row["gain"] is None else _("{gain} in log", gain=phrases.value(row["gain"]))
        else:
            old, new = phrases.share(before), phrases.share(after)
        found = phrases.finding_words(row["told"])
        yield phrases.weeks(row["day"]), f"{_(_KINDS[row['kind']])}{place}", found, old, new


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
    yield from _method(document)
    yield _re_emergence(found, last)
    reason = told(found["reason"], found.get("reason_said"))
    if found["earliest_by_limits"] is None:
        yield _("Earliest date the limits allow: none. {reason}", reason=reason)
    else:
        yield _(
            "Earliest date the limits allow: {date}, {reason}",
            date=found["earliest_by_limits"],
            reason=reason,
        )
    yield from _information(found["information"])
    if document["goals"] is not None:
        yield _goals(document["goals"])


def _goals(found: Document) -> str:
    """The goal attainment of the case file before the session and, where it is told, after."""
    parts = {"before": phrases.value(found["baseline"], 1), "after": phrases.value(found["achieved"], 1)}
    if found["achieved"] is None:
        text = N_("Goal attainment as the case file tells it, T score: {before} before (50 is as expected).")
        return _(text, before=parts["before"])
    text = N_(
        "Goal attainment as the case file tells it, T score: {before} before, {after} after (50 is as "
        "expected). No model stands behind it."
    )
    return _(text, **parts)


def _method(document: Document) -> Iterator[str]:
    """How many findings and copies the answer rests on."""
    how = document["diagnostics"]
    if not how["holds"]:
        yield _(
            "Only {copies} copies agree with the visits: every number here is rough.",
            copies=f"{how['ess']:.0f}",
        )
    khat = "" if how["khat"] is None else f", Pareto k {figures(format(how['khat'], '.2f'))}"
    yield _(
        "{used} findings used, {not_used} not. Method {method}: {meaning} ({copies} effective copies{khat}).",
        used=len(document["visits"]),
        not_used=len(document["not_used"]),
        method=how["method"],
        meaning=_(METHODS[how["method"]]),
        copies=f"{how['ess']:.0f}",
        khat=khat,
    )


def _re_emergence(found: Document, last_d: int) -> str:
    after = _days(found["modelled_re_emergence_d"], last_d)
    before = _days(found["prior_re_emergence_d"], last_d)
    if not found["gained"]:
        return _("Modelled re-emergence: none, as no copy gains half a grade.")
    return _(
        "Modelled re-emergence of the joint that gains most: {after}; before the visits {before}. Not back "
        "within {weeks}: {share} of copies.",
        after=after,
        before=before,
        weeks=phrases.weeks(last_d),
        share=phrases.share(found["not_back_by_horizon"] or 0),
    )


def _days(summary: Document, last_d: int) -> str:
    middle, span = phrases.days(summary, last_d)
    return _("day {day}", day=middle) + (f" ({span})" if span else "")


def _information(rows: Sequence[Document]) -> Iterator[str]:
    """What a grade at the next visit would add, of each joint the week at which it adds most."""
    for row in rows:
        if not row["removed"]:
            continue
        most = max(range(len(row["t_d"])), key=lambda k: row["removed"][k])
        place = where((row["joint"], row["side"], row["movement"]))
        yield _(
            "A next grade of the {joint}: most is expected of one in week {week}, which would remove {share} "
            "of the variance of the day of re-emergence (SD {sd} d now).",
            joint=place,
            week=row["t_d"][most] // DAYS_PER_WEEK,
            share=phrases.share(row["removed"][most]),
            sd=f"{row['sd_now_d']:.0f}",
        )


def left_out(document: Document) -> Iterator[str]:
    """Rows that teach nothing, with the reason, and everything that must be known."""
    for row in document["not_used"]:
        yield _("Not used: {where}: {reason}.", where=row["where"], reason=told(row["reason"]))
    for warning in document["warnings"]:
        yield _("Note: {note}", note=told(warning))


def print_individualise(document: Document) -> None:
    """What was learnt, what each visit did, and the rest of the cycle."""
    console = new_console()
    console.print(BANNER, style="bold")
    if outside := notes.outside_model(document):
        console.print(outside, style="bold")
    for title, heads, rows in (
        ("What the visits taught: median (90 %)", _TAUGHT, parameter_rows(document)),
        ("The findings", _FOUND, visit_rows(document)),
        ("This cycle, drug alone: median (90 %)", _CYCLE, forecast_rows(document)),
    ):
        told = list(_plain(rows))
        if told:
            print_table(console, title, heads, told)
    for sentence in (
        *hardly_learnt(document),
        *sentences(document),
        *(SHRINKAGE, SIMULATION, PRODUCT, notes.recovery(document)),
        *left_out(document),
    ):
        if sentence:
            console.print(phrases.breaking(sentence), markup=False)


def _plain(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield tuple(phrases.breaking(cell) for cell in row)
