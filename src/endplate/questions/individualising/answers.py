"""Answers that stand for one event: repeated ones add nothing to the last, and none reaches past its session.

Whether weakness was complained of, or the person injected again, is asked at several visits of one session.
A day that holds by then holds at every later visit: the answers are one event, not several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING

from endplate.questions.individualising.sessions import Reason, Sessions

if TYPE_CHECKING:
    from endplate.questions.individualising.visits import Seen

_REPORTS = ("onset", "wear_off", "reinjection", "weakness")


def settled(seen: Sequence[Seen], sessions: Sessions) -> tuple[list[Seen], list[Reason]]:
    """Observations of which none repeats another, and those left out with the reason.

    Args:
        seen: in order of the file.
        sessions: that are followed.
    """
    kept: list[Seen] = []
    left: list[Reason] = []
    of_event: dict[tuple[str, float], list[Seen]] = {}
    for one in seen:
        start = sessions.start_d(one.session_d)
        told_d = one.day if isnan(one.number) else start + one.number
        if one.kind in _REPORTS and told_d > sessions.until_d(start):
            left.append((one.where, "it tells of a day after the next session"))
        elif one.kind in ("weakness", "reinjection"):
            of_event.setdefault((one.kind, start), []).append(one)
        else:
            kept.append(one)
    for (kind, _), answers in of_event.items():
        own, repeated = (_weakness if kind == "weakness" else _reinjection)(answers)
        kept, left = kept + own, left + repeated
    order = {one.where: place for place, one in enumerate(seen)}
    return sorted(kept, key=lambda one: order[one.where]), left


def _weakness(answers: Iterable[Seen]) -> tuple[list[Seen], list[Reason]]:
    """Every no, and the first yes, each given the no before it."""
    kept: list[Seen] = []
    left: list[Reason] = []
    no_d, first = None, None
    for one in sorted(answers, key=lambda one: (one.day, one.told == "no")):
        if first is not None:
            left.append((one.where, f"weakness was told before, by {first}"))
            continue
        kept.append(replace(one, no_d=no_d))
        no_d, first = (one.day, None) if one.told == "no" else (no_d, one.where)
    return kept, left


def _reinjection(answers: Sequence[Seen]) -> tuple[list[Seen], list[Reason]]:
    """The first day on which the person was injected again, else the last on which it was not yet."""
    days = [one for one in answers if not isnan(one.number)]
    held = min(days, key=lambda one: one.day) if days else max(answers, key=lambda one: one.day)
    says, over = f"{held.where} says it too", f"the person was injected again before ({held.where})"
    left = [(one.where, over if days and one.day >= held.day else says) for one in answers]
    return [held], [row for row, one in zip(left, answers, strict=True) if one is not held]
