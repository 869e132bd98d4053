"""What is known of children of a level whatever is injected, beside what the model tells."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from endplate.knowledge.evidence import Record, get, load_sources, value
from endplate.knowledge.evidence.long_term import long_term_studies
from endplate.physiology.development.function import DECLINING, LEVELS

Row = dict[str, Any]

STABLE, DECLINE = "stable_limit", "late_decline"
_HAND = ("age_90_first", "age_90_last", "three_quarters", "limit_I_II", "limit_II_III")
_TRIAL = "willoughby"


def background(gmfcs: int, decline: bool) -> Row:
    """Keys of a ``develop`` document that no injection changes.

    Args:
        gmfcs: level, 1 to 5.
        decline: whether function was told by the account with a late decline.
    """
    level = LEVELS[gmfcs - 1]
    return {
        "function_account": {"account": DECLINE if decline else STABLE, "note": _account(level, decline)},
        "hip": _hip(level),
        "bone": _told(get(f"development.anteversion.{level}")),
        "hand": {
            "read": [_told(get(f"development.hand.{name}")) for name in _HAND],
            "note": (
                "Hand (Assisting Hand Assessment): no limit of a level was read, so no curve is drawn, and "
                "no source held links an injection of the arm to it."
            ),
        },
        "trials": [_study(each) for each in map(asdict, long_term_studies())],
    }


def background_records(gmfcs: int, decline: bool) -> tuple[str, ...]:
    """Ids of the records that the background rests on.

    Args:
        gmfcs: level, 1 to 5.
        decline: whether function was told by the account with a late decline.
    """
    level = LEVELS[gmfcs - 1]
    found = [f"development.hip.{level}", f"development.anteversion.{level}"]
    found += [f"development.hand.{name}" for name in _HAND]
    if decline and level in DECLINING:
        found += [f"development.decline.{level}.{what}" for what in ("peak_age", "points")]
        found.append("development.decline.until")
    return tuple(found)


def _account(level: str, decline: bool) -> str:
    """Which account of later function ran, in a sentence."""
    if not decline:
        return (
            "Function follows a stable limit (Smits 2013); a Canadian cohort found a late decline in levels "
            "III to V (Hanna 2009), which was not asked for."
        )
    if level not in DECLINING:
        return (
            f"No mean decline was found in level {level} (Hanna 2009): the curve is that of the stable limit."
        )
    peak, points = (value(f"development.decline.{level}.{what}") for what in ("peak_age", "points"))
    return (
        f"Function of level {level} peaks at {peak:.1f} y and falls by {points:g} points until "
        f"{value('development.decline.until'):g} y (Hanna 2009); in a Dutch cohort a stable limit fitted "
        "better (Smits 2013). The straight line between is assumed."
    )


def _hip(level: str) -> Row:
    """Hips of the level, and what the randomised trial found."""
    trial = next(each for each in long_term_studies() if each.id == _TRIAL)
    note = (
        "Nothing in the model changes it. The randomised trial injected muscles about the hip, with a "
        f"brace: it tested that regimen only, and found no difference at {trial.followed} ({trial.name})."
    )
    return {**_told(get(f"development.hip.{level}")), "note": note}


def _told(record: Record) -> Row:
    """A record as a reader needs it."""
    return {
        "meaning": record.meaning,
        "value": record.value,
        "unit": record.unit,
        "basis": record.basis,
        "source": load_sources()[record.source].citation.split(",")[0],
    }


def _study(row: dict[str, str]) -> Row:
    """A study with its citation in place of the key."""
    source = load_sources()[row["source"]]
    return {**row, "citation": source.citation, "url": source.url}
