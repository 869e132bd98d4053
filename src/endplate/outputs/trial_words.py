"""A simulated trial in words: what screen and page say alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from endplate.knowledge.units import PERCENT
from endplate.outputs import notes, outcomes, phrases

Document = Mapping[str, Any]

WORLDS = "Every replicate draws its people and a world of its own, what nobody knows included."
ASSURANCE = "So power is an average over that doubt, an assurance."
INTERVALS = (
    "In brackets: of differences 90 % of the replicates, of shares the 95 % interval that the number of "
    "replicates leaves."
)
UNSEEN = "The worlds are drawn as if calibration had not seen this trial."

CANNOT_TEST = "cannot be tested"
NO_SHARE: Mapping[str, float | None] = {"value": None, "low": None, "high": None}

_OF_GRADES = ("responder_fraction", "catch_angle_change")
_LARGE = 10
_METHODS = {
    "ancova": "ANCOVA",
    "mixed_model": "mixed model over visits",
    "difference_of_shares": "score test of shares",
    "log_rank": "log-rank test",
}
_ESTIMANDS = {
    "treatment_policy": "treatment policy: who leaves is still measured",
    "hypothetical": "hypothetical: who leaves is missing from then on",
    "composite": "composite: leaving counts as no benefit, not as harm",
}
_ADJUSTMENTS = {
    "none": "not adjusted for the number of arms",
    "bonferroni": "adjusted for the number of arms by Bonferroni",
    "holm": "adjusted for the number of arms by Holm",
    "in_order": "arms tested in the file's order until one fails",
}


def number(found: float | None) -> str:
    """A number in few digits with a true minus; a dash for none."""
    return phrases.value(found, 1 if found is not None and round(abs(found), 2) >= _LARGE else 2)


def share(found: float | None) -> str:
    """A share as a percentage, below a tenth with one decimal; a dash for none."""
    return phrases.value(None) if found is None else f"{_percent(found)} %"


def _percent(found: float) -> str:
    percent = PERCENT * found
    return f"{percent:.1f}" if 0 < round(percent, 1) < _LARGE else f"{percent:.0f}"


def share_with_interval(found: Mapping[str, float | None]) -> str:
    """A share of replicates with its interval, per cent."""
    low, high = found["low"], found["high"]
    if low is None or high is None:
        return share(found["value"])
    return f"{share(found['value'])} ({_percent(low)} to {_percent(high)})"


def middle_with_range(middle: float | None, band: Mapping[str, float | None]) -> str:
    """A number with the 90 % range of its band."""
    if middle is None:
        return number(None)
    return f"{number(middle)} ({number(band['p05'])} to {number(band['p95'])})"


def is_share(endpoint: Document) -> bool:
    """Whether an endpoint counts people."""
    return str(endpoint["unit"]).startswith("share")


def mean(endpoint: Document, arm: Document) -> str:
    """The mean of an arm, with the spread between people where they are not counted."""
    told = number(arm["mean"])
    return told if is_share(endpoint) or arm["sd"] is None else f"{told} ({number(arm['sd'])})"


def what(endpoint: Document) -> str:
    """What an endpoint measures, when, and how arms are compared by it."""
    by = f", by {endpoint['by']:g} or more" if endpoint["by"] is not None else ""
    at = f", {endpoint['at']}" if endpoint["at"] else ""
    told = outcomes.what(endpoint)
    return f"{told}{by}{at}; {_METHODS[endpoint['method']]}"


def listed(parts: Sequence[str]) -> str:
    """Parts as a list in a sentence."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def people(document: Document) -> str:
    """How many people each arm has."""
    first, *others = document["arms"]
    sizes = [f"{first['n']} people in {first['arm']}", *(f"{arm['n']} in {arm['arm']}" for arm in others)]
    return listed(sizes)


def null_told(document: Document) -> str:
    """What a trial under the null hypothesis is."""
    control = document["analysis"]["against"]
    return (
        f"Every arm gets what {control} gets: no difference is true, and what is found is the type I error."
    )


def analysis(document: Document) -> str:
    """Estimand, tests and adjustment."""
    held = document["analysis"]
    sided = "two-sided" if held["sides"] == 2 else "one-sided"
    adjusted = f", {_ADJUSTMENTS[held['adjust']]}" if len(document["arms"]) > 2 else ""
    tests = f"{sided} at {held['alpha']:g} against {held['against']}{adjusted}"
    return f"Estimand {_ESTIMANDS[document['estimand']]}. Tests {tests}."


def any_lines(document: Document) -> Iterator[str]:
    """How often any and all arms win by the primary endpoint, different in a null trial.

    With interim looks what the looks declare, then the fixed design; else nothing of a single arm.
    """
    found = document["power"]
    if found["any"]["value"] is None:
        return
    by = "different" if document["null"] else "better"
    told = f"eclared {by} by the primary endpoint"
    if found["design"] == "looks":
        yield f"With the interim looks, d{told}: {_any_and_all(found)} of replicates."
        yield f"In the fixed design, without looks: {_any_and_all(found['fixed'])} of replicates."
    elif len(found["by_arm"]) > 1:
        yield f"D{told}: {_any_and_all(found)} of replicates."


def _any_and_all(found: Document) -> str:
    arms = list(found["by_arm"])
    if len(arms) == 1:
        return f"{arms[0]} in {share_with_interval(found['any'])}"
    told = f"any arm in {share_with_interval(found['any'])}"
    every = found["all"]
    return told if every["value"] is None else f"{told}, all arms in {share_with_interval(every)}"


def is_harm(endpoint: Document) -> bool:
    """Whether an endpoint counts people with an adverse event."""
    return bool(endpoint["measure"] == "adverse_fraction")


def verdict_head(document: Document, endpoint: Document) -> str:
    """What is told of a comparison: power, of harm the chance of an excess found, else the type I error."""
    told = "type I error" if document["null"] else "excess found" if is_harm(endpoint) else "power"
    return f"{told}, no looks" if document["interims"] else told


def verdict_share(document: Document, endpoint: Document, found: Document) -> Mapping[str, float | None]:
    """The share of replicates that :func:`verdict_head` speaks of; without numbers where there is none."""
    if document["null"]:
        return dict(found["rejected"])
    if is_harm(endpoint):
        return dict(found["excess"] or NO_SHARE)
    return dict(found["power"])


def verdict(document: Document, endpoint: Document, found: Document) -> str:
    """The same share in words, or why there is none."""
    if found["untested"]:
        return CANNOT_TEST
    if is_harm(endpoint) and found["excess"] is None and not document["null"]:
        return "not looked for"
    return share_with_interval(verdict_share(document, endpoint, found))


def other_way(endpoint: Document, found: Document) -> Mapping[str, float | None] | None:
    """How often an arm is declared different the other way: for the worse, of harm with fewer events."""
    return found["power" if is_harm(endpoint) else "wrong_way"]  # type: ignore[no-any-return]


def other_way_head(endpoint: Document) -> str:
    """What the other way is."""
    return "with fewer events" if is_harm(endpoint) else "for the worse"


def other_way_line(document: Document, endpoint: Document) -> str | None:
    """The arms that some replicates declare different the other way; None where none does."""
    told = [
        f"{found['arm']} in {share_with_interval(share)}"
        for found in endpoint["comparisons"]
        if (share := other_way(endpoint, found)) and share["value"]
    ]
    if not told or document["null"]:
        return None
    return f"Declared different {other_way_head(endpoint)}: {listed(told)} of replicates."


def known_misses(document: Document) -> str | None:
    """What is known to miss in grades, responders and catches; None where no endpoint is one."""
    there = [endpoint for endpoint in document["endpoints"] if endpoint["cannot"] is None]
    graded = (e["scale"] or e["measure"] in _OF_GRADES for e in there)
    return notes.KNOWN_MISSES if any(graded) else None


def worlds(document: Document) -> str:
    """What a replicate is, and what its power and intervals are."""
    return " ".join([WORLDS, *([] if document["null"] else [ASSURANCE]), INTERVALS])


def size_lines(document: Document) -> Iterator[str]:
    """What sizes were found, a sentence an arm, each with what the number of replicates leaves."""
    found, control = document["sample_size"], document["analysis"]["against"]
    for row in found["arms"] if found else ():
        wanted, most = f"a power of {share(found['power'])}", row["curve"]["n"][-1]
        if row["n"] is None:
            yield f"{row['arm']}: {wanted} is not reached with up to {most} people{_left(row, most)}."
        else:
            beside = f"with {row['n_control']} in {control}"
            yield f"{row['arm']}: {wanted} from {row['n']} people on{_left(row, most)}, {beside}."
    if found and document["interims"]:
        yield "Sizes are of the fixed design: the search leaves the interim looks out."


def _left(row: Document, most: int) -> str:
    """The sizes that the number of replicates leaves, in brackets."""
    low, high = row["n_low"], row["n_high"]
    if low is None:
        return ""
    return f" (95 %: {low} to {'more than ' + str(most) if high is None else high})"


def again_lines(document: Document) -> Iterator[str]:
    """Whether a published trial would have succeeded again: a sentence an arm, and all arms together."""
    found = document["again"]
    for row in found["rows"] if found else ():
        if row["cannot"] is None:
            yield row["sentence"]
    arms = [row for row in found["rows"] if row["endpoint"] == found["endpoint"]] if found else []
    if found and len(arms) > 1 and found["same_verdicts"] is not None:
        told = share_with_interval(found["same_verdicts"])
        yield f"By {found['endpoint']} every arm comes out as published in {told} of replicates."


def look_lines(document: Document) -> Iterator[str]:
    """How often the trial stopped, and how many people took part."""
    found = document["interims"]
    for look in found["looks"] if found else ():
        stopped = share_with_interval(look["stopped"])
        yield f"Stopped for efficacy at look {look['look']}: {stopped} of replicates."
    if found:
        band = found["people"]
        told = [f"{band[key]:.0f}" for key in ("median", "p05", "p95")]
        yield f"People taken in: {told[0]} (90 % range {told[1]} to {told[2]}) of {_most(document)}."


def _most(document: Document) -> int:
    return sum(arm["n"] for arm in document["arms"])
