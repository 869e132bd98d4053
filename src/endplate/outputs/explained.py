"""Why a session did less than was hoped, in words and tables, for screen and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary.wording import BANNER, PRODUCT, SIMULATION
from endplate.outputs import notes, phrases
from endplate.outputs.language import N_, _, figures
from endplate.outputs.learnt import left_out, where
from endplate.outputs.screen import new_console, print_table

Document = Mapping[str, Any]

NAMES = {
    "muscle": N_("Muscles left out"),
    "dose": N_("Dose"),
    "contracture": N_("Contracture"),
    "timing": N_("Day of the visits"),
    "placement": N_("Placement"),
    "response": N_("Non-response"),
    "other": N_("What comes without the drug"),
}
_HAD = {
    "muscle": N_("had {muscles} been weakened as those injected were"),
    "dose": N_(
        "had {raised} U been given in place of {given} U, as near to the tops of the ranges as limits let"
    ),
    "contracture": N_("had muscle alone made the resistance of that grade, and no stiff tissue"),
    "timing": N_("had the joint been graded on the day of its largest gain"),
    "placement": N_("had every needle lain where it was aimed, in the middle of the endplate zone"),
    "response": N_("had the drug acted as on the typical person, without antibodies"),
    "other": N_("had placebo, therapy and drift done what they typically do"),
}
_NOT_POSSIBLE = {
    "muscle": N_("Muscles left out: none. Every muscle of a pattern held for this movement was injected."),
    "dose": N_("Dose: it is not weighed, as no range held leaves room within the limits."),
}
LOOKS = {
    "grade": N_("a grade by the same rater"),
    "second_rater": N_("a grade by a second rater"),
    "strength": N_("strength against that before"),
    "r1": N_("the catch (R1)"),
    "r2": N_("the end of range (R2)"),
}
SUPPORT = N_(
    "Support: how much of what was missing one change alone would have given, all else in the copy the same, "
    "as a mean over the copies that agree with the visits and fell short. Changes are no parts of a whole: "
    "they do not add up to 100 %."
)
NOT_READ = N_(
    "A look at the needle's place by ultrasound, a test for antibodies and the activity of a muscle at rest "
    "lie outside the model: what they would settle is not told."
)
ALIKE = N_(
    "A person on whom the drug acts little and needles beside the muscle look alike to an examiner, and the "
    "second is more frequent in the model: little support for non-response is no proof against it."
)
NO_ADVICE = N_(
    "A change that removes much here is a property of the model's copies. It is no advice to give more, "
    "elsewhere or again; limits and cautions stand as they do."
)
CAPTION = N_("Share of the shortfall that one change removes")
_HEADS = ("cause", "support", "before the visits", "alone enough", "removes most")
_LOOKED = ("next observation", "day", "uncertainty removed")


def name(cause: str) -> str:
    """A cause in words."""
    return _(NAMES[cause])


def place(row: Document) -> str:
    """Joint and side in words."""
    return where((row["joint"], row["side"], row["movement"]))


def verdict(row: Document) -> Iterator[str]:
    """What was written down against what was hoped, what of it is the drug's, and what the rater may hide."""
    held = row["recorded"]
    parts = {
        "joint": place(row),
        "before": held["before"],
        "best": held["best"],
        "day": f"{held['best_day']:.0f}",
        "hoped": figures(f"{row['hoped_grade']:g}"),
        "share": phrases.share(row["reached"]),
    }
    yield from {"worked": _worked, "recorded_only": _recorded_only}.get(row["verdict"], _short)(row, parts)


def _worked(row: Document, parts: Mapping[str, str]) -> Iterator[str]:
    yield _(
        "{joint}: the gain hoped for was reached. The record went from {before} to {best} (day {day}), a "
        "gain of {hoped} or more. The true grade gained as much in {share} of copies.",
        **parts,
    )
    yield from _of_gain(row)
    yield _("Nothing is to explain.")


def _recorded_only(row: Document, parts: Mapping[str, str]) -> Iterator[str]:
    yield _(
        "{joint}: the record reached the gain hoped for, from {before} to {best} (day {day}), a gain of "
        "{hoped} or more; the true grade did in {share} of copies: rather the rater's than the drug's doing.",
        **parts,
    )
    yield from _of_gain(row)
    yield _("Causes are weighed only where the record fell short.")


def _of_gain(row: Document) -> Iterator[str]:
    """What of the gain is the drug's, and what comes without it."""
    gain, drug, without = (row[key]["median"] for key in ("gain", "gain_of_drug", "gain_without_drug"))
    yield _(
        "Of the gain of the true grade (median {gain}) the model gives {drug} to the drug and {without} to "
        "what comes without it (placebo, therapy, drift). Each is a median of copies: they need not add up.",
        gain=phrases.value(gain),
        drug=phrases.value(drug),
        without=phrases.value(without),
    )
    if without > drug:
        yield _("More of it comes without the drug than from it.")


def _short(row: Document, parts: Mapping[str, str]) -> Iterator[str]:
    worse = row["recorded"]["gain"] < 0
    if worse:
        yield _(
            "{joint}: it got worse. Recorded {before} before and never less than {best} since (day {day}); a "
            "gain of {hoped} was hoped for.",
            **parts,
        )
        yield _(
            "Every grade recorded since is higher than the one before: a sudden worsening needs a cause "
            "first, and none of those weighed here is one."
        )
    else:
        yield _(
            "{joint}: recorded {before} before and {best} at best (day {day}); a gain of {hoped} was "
            "hoped for.",
            **parts,
        )
    yield _(
        "In {share} of the copies that agree with the visits the true grade did gain as much, and the record "
        "does not show it: raters differ, and steps of the scale are coarse.",
        **parts,
    )


def causes(row: Document) -> Iterator[str]:
    """A sentence for every cause, the one with most support first, what comes without the drug last."""
    for one in row["causes"]:
        if not one["possible"]:
            yield _(_NOT_POSSIBLE[one["cause"]])
        elif one["support"] is not None:
            yield _(
                "{name}: {had}, {support} of what was missing would have been gained (before the visits: "
                "{before}). Alone it had been enough in {alone} of the copies that fell short.",
                name=name(one["cause"]),
                had=_(_HAD[one["cause"]], **_parts(one)),
                support=phrases.share(one["support"]),
                before=_share(one["prior"]["support"]),
                alone=phrases.share(one["alone"]),
            )


def _parts(one: Document) -> dict[str, str]:
    if one["cause"] == "muscle":
        return {"muscles": ", ".join(phrases.words(muscle) for muscle in one["muscles"])}
    if one["cause"] == "dose":
        return {key: phrases.value(one[f"{key}_U"], 0) for key in ("given", "raised")}
    return {}


def judged(row: Document) -> Iterator[str]:
    """Which cause stands first, which cannot be told apart from it, how they overlap, what visits taught."""
    every = [one for one in row["causes"] if one["possible"] and one["support"] is not None]
    held = [one for one in every if one["cause"] != "other"]
    if not held:
        return
    apart = value("visits.cause_apart")
    yield _first(held, apart)
    if every[-1]["support"] > held[0]["support"]:
        yield _(
            "What comes without the drug (placebo, therapy, drift) did less here than it typically does: had "
            "it done as much, that alone would have given more of what was missing than any of these causes."
        )
    yield _visits_moved(held, apart)
    yield _(
        "Causes overlap: in {several} of the copies that fell short more than one change alone had been "
        "enough, in {one} exactly one, in {none} none.",
        **{key: phrases.share(row["overlap"][key]) for key in ("several", "one", "none")},
    )


def _first(held: list[Document], apart: float) -> str:
    """The cause with most support, with those that are not told apart from it."""
    first = held[0]
    if first["support"] < apart:
        return _("No single change would have given much of what was missing.")
    near = [one for one in held[1:] if first["support"] - one["support"] < apart]
    if near:
        named = ", ".join(name(one["cause"]) for one in (first, *near))
        return _("These visits do not tell apart: {causes}.", causes=named)
    return _("Most support: {cause}.", cause=name(first["cause"]))


def _visits_moved(held: list[Document], apart: float) -> str:
    """The causes whose support the visits moved."""
    moved = [one for one in held if abs(one["support"] - (one["prior"]["support"] or 0)) >= apart]
    if moved:
        return _("The visits moved the support of: {causes}.", causes=", ".join(map(_moved, moved)))
    text = N_("The visits moved no support by {line}: what stands here is what the plan itself tells.")
    return _(text, line=phrases.share(apart))


def _moved(one: Document) -> str:
    before = one["prior"]["support"] or 0
    text = N_("{cause} (up)") if one["support"] > before else N_("{cause} (down)")
    return _(text, cause=name(one["cause"]))


def settling(row: Document) -> Iterator[str]:
    """What a next observation would be expected to settle."""
    if not row["settles"] or not row["entropy_bits"]:
        return
    best, line = row["settles"][0], value("visits.settles_least")
    if best["removed"] < line:
        yield _(
            "No single observation would settle much: each is expected to remove less than {line} of the "
            "uncertainty (entropy) of which cause it was.",
            line=phrases.share(line),
        )
        return
    text = N_(
        "Most is expected of {what} on day {day}: it would remove {share} of the uncertainty (entropy) of "
        "which cause it was."
    )
    day, share = f"{best['day']:.0f}", phrases.share(best["removed"])
    yield _(text, what=_(LOOKS[best["what"]]), day=day, share=share)


def next_session(row: Document) -> Iterator[str]:
    """What the same session given once more would tell, which is no observation of this one."""
    again = row["next_session"]
    if not again or not row["entropy_bits"]:
        return
    yield _(
        "Were the same session given once more, a grade by the same rater {day} days after that session "
        "would be expected to remove {share} of the uncertainty of the cause; its needles are placed anew. "
        "This is no proposal.",
        day=f"{again['day']:.0f}",
        share=phrases.share(again["removed"]),
    )


def cause_rows(row: Document) -> Iterator[tuple[str, ...]]:
    """Cause, its support, that before the visits, and how often it alone is enough and removes most."""
    for one in row["causes"]:
        if one["possible"] and one["support"] is not None:
            shares = (one["support"], one["prior"]["support"], one["alone"], one["most"])
            yield name(one["cause"]), *map(_share, shares)


def look_rows(row: Document) -> Iterator[tuple[str, str, str]]:
    """Observation, its best day, and the share of the uncertainty that it is expected to remove."""
    if row["settles"] and row["settles"][0]["removed"] >= value("visits.settles_least"):
        for one in row["settles"]:
            yield _(LOOKS[one["what"]]), f"{one['day']:.0f}", phrases.share(one["removed"])


def _share(number: float | None) -> str:
    return "" if number is None else phrases.share(number)


def sentences(row: Document) -> Iterator[str]:
    """All that is said of one joint."""
    yield from verdict(row)
    if row["causes"]:
        yield from judged(row)
        yield from causes(row)
        yield from settling(row)
        yield from next_session(row)


def told(document: Document) -> dict[str, Any]:
    """All that is said of a document in the language spoken, for a screen that words nothing itself."""
    return {
        "joints": [joint_words(row) for row in document["joints"]],
        "about": about(),
        "notes": list(left_out(document)),
    }


def joint_words(row: Document) -> dict[str, Any]:
    """All that is said of one joint, part by part."""
    return {
        "name": place(row),
        "verdict": list(verdict(row)),
        "judged": list(judged(row)),
        "causes": list(causes(row)),
        "names": {one["cause"]: name(one["cause"]) for one in row["causes"]},
        "settling": list(settling(row)),
        "looks": list(look_rows(row)),
        "next_session": list(next_session(row)),
    }


def about() -> list[str]:
    """What must be known of every support."""
    return [_(SUPPORT), _(ALIKE), _(NO_ADVICE), _(NOT_READ)]


def print_explain(document: Document) -> None:
    """Verdict, causes and next observations of every joint graded."""
    console = new_console()
    console.print(BANNER, style="bold")
    if outside := notes.outside_model(document):
        console.print(outside, style="bold")
    for row in document["joints"]:
        for sentence in sentences(row):
            console.print(phrases.breaking(sentence), markup=False)
        if row["causes"]:
            print_table(console, place(row), _HEADS, list(_plain(cause_rows(row))))
            if looks := list(_plain(look_rows(row))):
                print_table(console, place(row), _LOOKED, looks)
    weighed = any(row["causes"] for row in document["joints"])
    about = (SUPPORT, ALIKE, NO_ADVICE, NOT_READ) if weighed else ()
    always = (SIMULATION, PRODUCT, notes.recovery(document), *left_out(document))
    for sentence in (*about, *always):
        if sentence:
            console.print(phrases.breaking(sentence), markup=False)


def _plain(rows: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield tuple(map(phrases.breaking, row))
