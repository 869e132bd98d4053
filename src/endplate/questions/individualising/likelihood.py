"""How likely every observation is in every copy and under every guess: ordinal, censored, with its rater."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get, value
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.physiology import scales
from endplate.physiology.scales.normal import share_below
from endplate.questions.individualising.copies import DELAY, Copies, JointCopies, months
from endplate.questions.individualising.sessions import Place
from endplate.questions.individualising.visits import Followed, Seen
from endplate.simulation.blocks import blocks, side_by_side
from endplate.simulation.results import on_day

Array = NDArray[np.float64]

_LEAST = 1e-30  # a probability below which an observation is as good as impossible
_ERRORS = np.linspace(-6, 6, 145)  # of the model's catch, in standard deviations


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
        return self.followed.sessions.start_d(seen.session_d)

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
    return _grade(view, seen) - _counted(view, seen)


def same_rater(view: Viewed, seen: Seen) -> Array:
    """What the baseline record tells of its rater, beside the true grade that it was already used for."""
    joint = view.joint(seen)
    true = joint.true_grade[:, None] + view.kept(joint, None)
    own = view.category(seen, true, joint.within_sd)
    return np.asarray(np.log(np.maximum(own, _LEAST)) - _counted(view, seen))


def _counted(view: Viewed, seen: Seen) -> Array:
    """Logarithm of the probability of a baseline record by any rater: the true grade was drawn by it."""
    joint = view.joint(seen)
    any_rater = np.hypot(joint.between_sd, joint.within_sd)
    counted = view.category(seen, joint.true_grade[:, None] * np.ones_like(joint.level), any_rater)
    return np.asarray(np.log(np.maximum(counted, _LEAST)))


def _angle(true_deg: Array, seen: Seen, sd: Array) -> Array:
    """One reading of an angle, which the end of the range may have cut short, shape of the angle."""
    spread = sd[:, None]
    if seen.end:
        return np.log(np.maximum(share_below((true_deg - seen.number) / spread), _LEAST))
    return scales.log_density(seen.number, true_deg, spread)


def _end_of_range(view: Viewed, seen: Seen) -> Array:
    joint = view.joint(seen)
    return _angle(view.at(joint.r2_deg, seen.day), seen, joint.r2_sd) + np.zeros_like(view.copies.response)


def _catch(view: Viewed, seen: Seen, held: dict[Place | None, Array]) -> Array:
    """R1 given those of the joint before it: the model's error is the same in all, and is summed over.

    Args:
        view: copies.
        seen: the reading.
        held: of every joint, logarithm of prior and readings so far at each error, (copies, errors).
    """
    joint = view.joint(seen)
    before = held.get(seen.place, -((_ERRORS**2) / 2)[None, :])
    off = value("visits.r1_model_sd") * _ERRORS
    after = before + _angle(view.at(joint.r1_deg, seen.day) + off, seen, joint.r1_sd)
    held[seen.place] = after
    return _log_sum(after) - _log_sum(before) + np.zeros_like(view.copies.response)


def _log_sum(logs: Array) -> Array:
    """Logarithm of the sum over errors, (copies, 1)."""
    most = logs.max(axis=1, keepdims=True)
    return np.asarray(most + np.log(np.exp(logs - most).sum(axis=1, keepdims=True)))


def _strength(view: Viewed, seen: Seen) -> Array:
    true = strength_since(view, seen)
    spread = np.maximum(true * view.copies.ratio_cv[:, None], scales.LEAST_SD)
    return scales.log_density(seen.number, true, spread) + np.zeros_like(view.copies.response)


def strength_since(view: Viewed, seen: Seen) -> Array:
    """Strength over that before the session that the finding is about, (copies, 1)."""
    strength, start = view.joint(seen).strength, view.start_d(seen)
    now = view.at(strength, seen.day)
    return now / view.at(strength, start) if start > 0 else now  # before the first one it is untreated


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
    recall, asked = scales.Recall(), view.since_d(seen)
    told, shortest = asked if np.isnan(seen.number) else seen.number, shortest_d()
    wait = told - noticed_again(view, seen)
    score = (np.log(np.maximum(wait, scales.LEAST_SD)) - np.log(view.copies.delay_d)[:, None]) / delay_sd()
    by_then = np.where(wait > 0, share_below(score), 0)
    if np.isnan(seen.number):
        likely, slip = 1 - by_then if asked >= shortest else np.ones_like(by_then), 1 / 2
    elif told <= shortest:
        likely, slip = by_then, 1 / (2 * max(asked, 1))
    else:
        per_score = np.maximum(wait, scales.LEAST_SD) * delay_sd()
        per_day = np.exp(scales.log_density(score, 0.0, 1.0)) / per_score
        likely, slip = np.where(wait > 0, per_day, 0), 1 / (2 * asked)
    return np.asarray(np.log((1 - recall.misreport) * likely + recall.misreport * slip))


def noticed_again(view: Viewed, seen: Seen) -> Array:
    """Day since the session on which the person wishes to be injected again; infinite where benefit lasts."""
    _, back = view.clock(seen)
    return np.asarray(np.where(np.isnan(back), 0, back) + view.copies.lag_d)


def shortest_d() -> float:
    """Days before which nobody is injected again."""
    return value("clinic.shortest_interval") * DAYS_PER_WEEK


def delay_sd() -> float:
    """Standard deviation of the logarithm of the wait for an appointment."""
    spread = get(DELAY).distribution.sd_log
    if spread is None:
        raise AssertionError("the wait for an appointment is lognormal")
    return spread


def _weak(view: Viewed, seen: Seen) -> Array:
    likely = complaint(view, seen)[:, None]
    found = np.log(np.maximum(likely if seen.told == "yes" else 1 - likely, _LEAST))
    return found + np.zeros_like(view.copies.response)


def complaint(view: Viewed, seen: Seen) -> Array:
    """Probability of a yes about weakness given the no before it, (copies,); some answers tell nothing."""
    asked, start = view.followed.weakness_asked, view.start_d(seen)
    weak, slips = view.copies.weak, scales.Recall().misreport
    before = 0.0 if seen.no_d is None else weak[:, asked.index((start, seen.no_d))]
    since = (weak[:, asked.index((start, seen.day))] - before) / np.maximum(1 - before, _LEAST)
    return np.asarray((1 - slips) * np.clip(since, 0, 1) + slips / 2)


_OF_KIND: dict[str, Callable[[Viewed, Seen], Array]] = {
    "grade": _grade,
    "before": _before,
    "r2": _end_of_range,
    "strength": _strength,
    "onset": _reported,
    "wear_off": _reported,
    "reinjection": _again,
    "weakness": _weak,
}


def log_likelihoods(followed: Followed, copies: Copies) -> list[Array]:
    """Logarithm of the likelihood of every observation, (copies, guesses) each."""
    view, held = Viewed(followed, copies), dict[Place | None, Array]()
    return [
        _catch(view, seen, held) if seen.kind == "r1" else _OF_KIND[seen.kind](view, seen)
        for seen in followed.seen
    ]


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
