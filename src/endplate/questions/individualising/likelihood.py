"""How likely every observation is in every copy and under every guess: ordinal, censored, with its rater."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get, value
from endplate.physiology import scales
from endplate.physiology.scales.normal import share_below
from endplate.questions.individualising.copies import DELAY, Copies, JointCopies, months
from endplate.questions.individualising.visits import Followed, Seen
from endplate.simulation.blocks import blocks, side_by_side
from endplate.simulation.results import on_day

Array = NDArray[np.float64]

_LEAST = 1e-30  # a probability below which an observation is as good as impossible
_DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Viewed:
    """Copies of one case as observations read them; (copies, guesses) unless told otherwise."""

    followed: Followed
    copies: Copies

    def joint(self, seen: Seen) -> JointCopies:
        """The joint that an observation is about."""
        if seen.place is None:
            raise AssertionError("only a person's own report names no joint")
        return self.copies.joints[self.followed.places.index(seen.place)]

    def at(self, course: Array, day: float) -> Array:
        """A course (copies, times) on a day, (copies, 1)."""
        copies = self.copies
        return on_day(copies.time_d, course, np.full(copies.size, day))[:, None]

    def true_grade(self, joint: JointCopies, day: float) -> Array:
        """True grade on a day, with drug, change without it and drift."""
        drug = self.at(joint.bare, day) * self.copies.response
        level = joint.level * -np.expm1(-day / self.copies.placebo_d[:, None])
        sd = scales.Drift().sd_grade(self.followed.months, months(max(day, 0.0)))
        return scales.within_scale(joint.true_grade[:, None] + drug + level + sd * joint.drift)

    def kept(self, joint: JointCopies, rater: str | None) -> Array:
        """What a rater keeps with the person."""
        codes = sorted({one.rater for one in self.followed.seen if one.rater is not None})
        return joint.kept[:, 0 if rater is None else 1 + codes.index(rater)]

    def category(self, seen: Seen, true_grade: Array, sd: Array) -> Array:
        """Probability of the category written down, same shape as the grade."""
        held = scales.categories_of(seen.scale)
        place = held.labels.index(seen.told)
        spread = np.maximum(sd, scales.LEAST_SD)[:, None]
        lines = np.concatenate([[-np.inf], held.thresholds, [np.inf]])[place : place + 2]
        found = np.zeros_like(true_grade)
        for line, sign in zip(lines, (-1, 1), strict=True):
            if np.isfinite(line):
                found += sign * share_below((line - true_grade) / spread)
            elif sign > 0:
                found += 1
        return found

    def since_d(self, seen: Seen) -> float:
        """Days from the session that a report is about to the day on which it was told."""
        return seen.day - self.start_d(seen)

    def start_d(self, seen: Seen) -> float:
        """Day of the session that a report is about."""
        return self.followed.sessions.plan_d if seen.session_d is None else seen.session_d

    def clock(self, seen: Seen) -> tuple[Array, Array]:
        """Onset and end of the drug's effect, days since the session: NaN never, infinite beyond it.

        Of a report that names no joint, of that which gained most from the session.
        """
        copies, start = self.copies, self.start_d(seen)
        within = (copies.time_d >= start) & (copies.time_d <= self.followed.sessions.until_d(start))
        time_d = copies.time_d[within] - start
        if seen.place is None:
            held = np.stack([joint.bare[:, within] for joint in copies.joints])
            bare = held[held.min(axis=2).argmin(axis=0), np.arange(copies.size)]
        else:
            bare = self.joint(seen).bare[:, within]
        return crossings(time_d, bare, -value("scales.improvement_threshold") / copies.response)


def crossings(time_d: Array, course: Array, line: Array) -> tuple[Array, Array]:
    """First day below each line and last return above it, (copies, lines) each.

    NaN where never below, infinite where below at the end, an onset of 0 where below from the start; between
    times linear, as :func:`endplate.simulation.results.clock`.

    Args:
        time_d: ascending, (times,).
        course: (copies, times).
        line: (copies, lines).
    """
    onset, back = np.empty_like(line), np.empty_like(line)
    ahead = np.minimum.accumulate(course, axis=1)
    behind = np.minimum.accumulate(course[:, ::-1], axis=1)
    for row, levels, first, last, up, down in zip(course, line, ahead, behind, onset, back, strict=True):
        up[:], down[:] = _crossed(time_d, row, levels, first, last)
    return onset, back


def _crossed(time_d: Array, course: Array, line: Array, ahead: Array, behind: Array) -> tuple[Array, Array]:
    """The crossings of one copy; ``ahead`` and ``behind`` are its least values from either end."""
    last = course.size - 1
    down = np.searchsorted(-ahead, -line, side="right")  # first time below
    up = course.size - np.searchsorted(-behind, -line, side="right")  # first time from which none is below
    never = down > last

    def between(after: NDArray[np.intp]) -> Array:
        k = np.clip(after, 1, last)
        span = course[k] - course[k - 1]
        part = (line - course[k - 1]) / np.where(span == 0, 1, span)
        return np.asarray(time_d[k - 1] + part * (time_d[k] - time_d[k - 1]))

    onset = np.where(down == 0, 0.0, between(down))
    back = np.where(up > last, np.inf, between(up))
    return np.where(never, np.nan, onset), np.where(never, np.nan, back)


def _grade(view: Viewed, seen: Seen) -> Array:
    joint = view.joint(seen)
    true = view.true_grade(joint, seen.day) + view.kept(joint, seen.rater)
    return np.log(np.maximum(view.category(seen, true, joint.within_sd), _LEAST))


def _before(view: Viewed, seen: Seen) -> Array:
    """The baseline record as one seen after a session, in place of one seen before any."""
    joint = view.joint(seen)
    any_rater = np.hypot(joint.between_sd, joint.within_sd)
    counted = view.category(seen, joint.true_grade[:, None] * np.ones_like(joint.level), any_rater)
    return _grade(view, seen) - np.log(np.maximum(counted, _LEAST))


def same_rater(view: Viewed, seen: Seen) -> Array:
    """What the baseline record tells of its rater, beside the true grade that it was already used for."""
    joint = view.joint(seen)
    true = joint.true_grade[:, None] + view.kept(joint, None)
    any_rater = np.hypot(joint.between_sd, joint.within_sd)
    counted = view.category(seen, joint.true_grade[:, None] * np.ones_like(joint.level), any_rater)
    own = view.category(seen, true, joint.within_sd)
    return np.asarray(np.log(np.maximum(own, _LEAST)) - np.log(np.maximum(counted, _LEAST)))


def _angle(view: Viewed, seen: Seen) -> Array:
    joint = view.joint(seen)
    course, sd = (joint.r1_deg, joint.r1_sd) if seen.kind == "r1" else (joint.r2_deg, joint.r2_sd)
    true, spread = view.at(course, seen.day), sd[:, None]
    if seen.end:
        found = np.log(np.maximum(share_below((true - seen.number) / spread), _LEAST))
    else:
        found = scales.log_density(seen.number, true, spread)
    return found + np.zeros_like(view.copies.response)


def _strength(view: Viewed, seen: Seen) -> Array:
    true = view.at(view.joint(seen).strength, seen.day)
    spread = np.maximum(true * view.copies.ratio_cv[:, None], scales.LEAST_SD)
    return scales.log_density(seen.number, true, spread) + np.zeros_like(view.copies.response)


def _reported(view: Viewed, seen: Seen) -> Array:
    """Onset or wear-off as the person tells it."""
    onset, back = view.clock(seen)
    noticed = (onset if seen.kind == "onset" else back) + view.copies.lag_d
    asked = view.since_d(seen)
    recall = scales.Recall()
    if np.isnan(seen.number):
        return recall.log_not_yet(noticed, asked)
    return recall.log_reported(noticed, seen.number, asked)


def _again(view: Viewed, seen: Seen) -> Array:
    """Injected again on a day at the person's wish: the wait for the appointment is summed over."""
    _, back = view.clock(seen)
    noticed = np.where(np.isnan(back), 0, back) + view.copies.lag_d
    asked = view.since_d(seen)
    spread = get(DELAY).distribution.sd_log or 1.0
    wait = np.where(np.isfinite(noticed), asked - noticed, -1)
    score = (np.log(np.maximum(wait, scales.LEAST_SD)) - np.log(view.copies.delay_d)[:, None]) / spread
    by_now = np.where(wait > 0, share_below(score), 0)
    shortest = value("clinic.shortest_interval") * _DAYS_PER_WEEK
    miss = scales.Recall().misreport / 2
    if np.isnan(seen.number):
        later = 1 - by_now if asked >= shortest else np.ones_like(by_now)
        return np.asarray(np.log((1 - miss) * later + miss))
    if asked <= shortest:
        return np.asarray(np.log((1 - miss) * by_now + miss))
    per_day = np.exp(scales.log_density(score, 0.0, 1.0)) / (np.maximum(wait, scales.LEAST_SD) * spread)
    return np.asarray(np.log((1 - miss) * np.where(wait > 0, per_day, 0) + miss / asked))


def _weak(view: Viewed, seen: Seen) -> Array:
    likely = view.copies.weak[:, view.followed.weakness_d.index(seen.day), None]
    found = np.log(np.maximum(likely if seen.told == "yes" else 1 - likely, _LEAST))
    return found + np.zeros_like(view.copies.response)


_OF_KIND: dict[str, Callable[[Viewed, Seen], Array]] = {
    "grade": _grade,
    "before": _before,
    "r1": _angle,
    "r2": _angle,
    "strength": _strength,
    "onset": _reported,
    "wear_off": _reported,
    "reinjection": _again,
    "weakness": _weak,
}


def log_likelihoods(followed: Followed, copies: Copies) -> list[Array]:
    """Logarithm of the likelihood of every observation, (copies, guesses) each."""
    view = Viewed(followed, copies)
    return [_OF_KIND[seen.kind](view, seen) for seen in followed.seen]


def log_likelihood(followed: Followed, copies: Copies) -> Array:
    """Logarithm of the likelihood of all observations together, (copies, guesses); 0 without any."""
    if not followed.seen:
        return np.zeros_like(copies.response)
    rows = np.arange(copies.size)
    parts = side_by_side(lambda part: _together(followed, copies.rows(rows[part])), blocks(copies.size))
    return np.concatenate(list(parts))


def _together(followed: Followed, copies: Copies) -> Array:
    view = Viewed(followed, copies)
    records = [same_rater(view, seen) for seen in first_records(followed)]
    return np.asarray(np.sum([*log_likelihoods(followed, copies), *records], axis=0))


def first_records(followed: Followed) -> list[Seen]:
    """The baseline grade of every joint that its own rater graded again and that was felt."""
    again = {one.place for one in followed.seen if one.kind == "grade" and one.rater is None}
    late = {one.place for one in followed.seen if one.kind == "before"}
    return [
        Seen("assessment", 0.0, "grade", place, base.value, scale=base.scale)
        for base, place in zip(followed.baselines, followed.places, strict=True)
        if place in again - late and base.coded > 0
    ]
