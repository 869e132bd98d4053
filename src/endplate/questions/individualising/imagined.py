"""Visits of people whose truth is known: virtual copies seen by the rater, examiner and recall of the model.

With these the whole inference is put to the proof: it must find the truth as often as it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.physiology import scales
from endplate.questions.individualising.copies import Copies
from endplate.questions.individualising.likelihood import (
    Viewed,
    complaint,
    delay_sd,
    first_records,
    noticed_again,
    same_rater,
    shortest_d,
    strength_since,
)
from endplate.questions.individualising.spread_weights import systematic
from endplate.questions.individualising.visits import Followed, Seen
from endplate.simulation.joints.mechanics import turns
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]


def as_recorded(
    followed: Followed, copies: Copies, asked: Sequence[Seen], count: int, start: float
) -> Copies:
    """People whose own rater wrote down their baseline grades, with one guess each, (count,).

    A copy's true grade is drawn given the record by any rater. The rater who also sees the visits is one:
    what this rater keeps with the person must agree with the record too.

    Args:
        followed: the case; its observations are left aside.
        copies: drawn by chance.
        asked: what is looked at.
        count: people, fewer than copies.
        start: where a systematic draw begins, 0 to 1.
    """
    case = replace(followed, seen=tuple(asked))
    view = Viewed(case, copies)
    agrees = np.zeros_like(copies.response)
    for record in first_records(case):
        agrees = agrees + same_rater(view, record)
    weights = np.exp(agrees - agrees.max())
    chosen = systematic((weights / weights.sum()).ravel(), count, start)
    return copies.one(*np.divmod(chosen, weights.shape[1]))


def imagined(followed: Followed, copies: Copies, asked: Sequence[Seen], seed: int) -> list[tuple[Seen, ...]]:
    """What every copy, with the first of its guesses, shows at visits.

    Args:
        followed: the case; its observations are left aside.
        copies: the people.
        asked: what is looked at and when; findings in it are left aside. Both angles of a joint on a day are
            read together where ``r1`` is asked; weakness is asked for in order of days, until it is told.
        seed: of raters, readings and recall.

    Returns:
        The observations of each copy.
    """
    rows = np.arange(copies.size)
    view = Viewed(replace(followed, seen=tuple(asked)), copies.one(rows, np.zeros_like(rows)))
    found: list[list[Seen]] = [[] for _ in rows]
    for place, one in enumerate(asked):
        numbers = stream(seed, f"imagined/{place}")
        shown = _answered if one.kind == "weakness" else _shown
        for person, told in zip(found, shown(view, _after_no(one, asked[:place]), numbers), strict=True):
            person += told if one.kind != "weakness" or not _complained(person, one) else []
    return [tuple(person) for person in found]


def _after_no(asked: Seen, earlier: Sequence[Seen]) -> Seen:
    """A question about weakness with the day on which it was asked before of the same session."""
    same = [one.day for one in earlier if (one.kind, one.session_d) == (asked.kind, asked.session_d)]
    return replace(asked, no_d=max(same)) if same and asked.kind == "weakness" else asked


def _complained(told: Sequence[Seen], asked: Seen) -> bool:
    """Whether a person has told of weakness before: it is not asked for again."""
    same = [one for one in told if (one.kind, one.session_d) == ("weakness", asked.session_d)]
    return any(one.told == "yes" for one in same)


def _answered(view: Viewed, asked: Seen, chance: np.random.Generator) -> list[list[Seen]]:
    """Yes or no of who has not told of weakness before."""
    likely = complaint(view, asked)
    weak = chance.random(likely.size) < likely
    return [[replace(asked, told="yes" if each else "no")] for each in weak]


def _shown(view: Viewed, asked: Seen, chance: np.random.Generator) -> list[list[Seen]]:
    """The observations of one kind on one day, copy by copy."""
    if asked.kind == "grade":
        return _graded(view, asked, chance)
    if asked.kind == "r1":
        return _angles(view, asked, chance)
    if asked.kind == "reinjection":
        return _injected(view, asked, chance)
    if asked.kind == "strength":
        true = strength_since(view, asked)[:, 0]
        read = true * (1 + view.copies.ratio_cv * chance.standard_normal(true.size))
        return [[replace(asked, number=float(each), told=f"{each:.2f}")] for each in read]
    return _reported(view, asked, chance)


def _graded(view: Viewed, asked: Seen, chance: np.random.Generator) -> list[list[Seen]]:
    joint, held = view.joint(asked), scales.categories_of(asked.scale)
    true = (view.true_grade(joint, asked.day) + view.kept(joint, asked.rater))[:, 0]
    places = scales.recorded_place(held, true, joint.within_sd * chance.standard_normal(true.size))
    return [[replace(asked, told=held.labels[place])] for place in places]


def _angles(view: Viewed, asked: Seen, chance: np.random.Generator) -> list[list[Seen]]:
    """R1 and R2; a catch read beyond the end is no catch, an end beyond the healthy range is its end."""
    joint = view.joint(asked)
    r1, r2 = (view.at(course, asked.day)[:, 0] for course in (joint.r1_deg, joint.r2_deg))
    r1 = r1 + joint.r1_off + joint.r1_sd * chance.standard_normal(r1.size)
    r2 = r2 + joint.r2_sd * chance.standard_normal(r2.size)
    whole = np.inf if asked.place is None else float(np.rad2deg(turns(asked.place[0], asked.place[2])[1]))
    none, r2 = r1 >= np.minimum(r2, whole), np.minimum(r2, whole)
    r1 = np.minimum(r1, r2)
    return [
        [
            replace(asked, number=float(first), told=f"R1 {first:.0f}", end=bool(no_catch)),
            replace(asked, kind="r2", number=float(last), told=f"R2 {last:.0f}", end=bool(last >= whole)),
        ]
        for first, last, no_catch in zip(r1, r2, none, strict=True)
    ]


def _reported(view: Viewed, asked: Seen, chance: np.random.Generator) -> list[list[Seen]]:
    onset, back = view.clock(asked)
    noticed = ((onset if asked.kind == "onset" else back) + view.copies.lag_d)[:, 0]
    since = view.since_d(asked)
    normal, slip = chance.standard_normal(noticed.size), chance.random(noticed.size)
    return _days(asked, scales.Recall().reported_d(noticed, normal, slip, since))


def _injected(view: Viewed, asked: Seen, chance: np.random.Generator) -> list[list[Seen]]:
    """The day on which the person was injected again at their wish, where that was by the day asked."""
    wish, since = noticed_again(view, asked)[:, 0], view.since_d(asked)
    wait = view.copies.delay_d * np.exp(delay_sd() * chance.standard_normal(wish.size))
    day = np.maximum(wish + wait, shortest_d())
    slip, share = chance.random(wish.size), scales.Recall().misreport
    day = np.where(slip < share, 2 * since * slip / share, day)
    return _days(asked, np.where(day <= since, day, np.nan))


def _days(asked: Seen, told: Array) -> list[list[Seen]]:
    return [
        [replace(asked, number=float(each), told="none" if np.isnan(each) else f"{each:.0f} d")]
        for each in told
    ]
