"""`explain`: why a session did less than was hoped, weighed by what the visits of the case support."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.case import Case, JointBaseline, planned_injections
from endplate.case.models import Plan
from endplate.errors import InputError
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import SCALES
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.physiology import scales
from endplate.questions.answer import Answer
from endplate.questions.explaining.changed import CAUSES, Changed, Rerun, left_out
from endplate.questions.explaining.raised import raised
from endplate.questions.explaining.settling import again_of, looks_of, settles
from endplate.questions.explaining.support import Apart, Support, support_of
from endplate.questions.individualise import grounds, learn_of
from endplate.questions.individualising.fit import fit_rows
from endplate.questions.individualising.next_time import NextSession
from endplate.questions.individualising.person import Learnt, Person
from endplate.questions.individualising.sample import SCALE, Sample, sample_of
from endplate.questions.individualising.sessions import Place
from endplate.questions.individualising.visits import Followed
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.results import summary

Array = NDArray[np.float64]
Row = dict[str, Any]

WORKED, RECORDED, SHORT = "worked", "recorded_only", "fell_short"
"""The gain hoped for was reached; by the record, not by the true grade of most copies; by neither."""
OUTSIDE = ("needle_check", "antibody_test", "emg_at_rest")
"""Observations that a clinic may make and that the model does not read."""
_THRESHOLD = "scales.improvement_threshold"
_OWN_RECORDS = ("visits.cause_apart", "visits.cause_least", "visits.settles_least")
_RUNS = 10  # of the copies, after the visits taught
_AGAIN_SEED = 2_000_003  # so that needles of a next session share no numbers with any run
_DIGITS = 5


@dataclass(frozen=True)
class ExplainResult(Answer):
    """Why a session did less than was hoped.

    Attributes:
        supports: of every joint graded after the session, in copies of the posterior.
    """

    supports: dict[Place, Support]


def explain(
    case: Case,
    hoped: float | None = None,
    draws: int = 1000,
    seed: int = 1,
    horizon_d: int = 182,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
) -> ExplainResult:
    """Weigh why the session of a case did less than was hoped, by what its visits support.

    Args:
        case: a case with a plan, an assessed joint, and a grade of it after the session.
        hoped: gain of the scale, grade (at a joint of a lower grade that grade); without it one step of the
            scale down from the grade recorded, or the model's line of improvement where that is more.
        draws: virtual copies.
        seed: of every random stream.
        horizon_d: days followed from the plan on.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: as :func:`endplate.individualise`; no grade after the session; or a gain hoped for that
            is not above 0.
    """
    if hoped is not None and not 0 < hoped <= scales.CODED_GRADES[-1]:
        raise _beyond(hoped, f"{scales.CODED_GRADES[-1]:g}")
    tell = _Told(progress)
    plan, person, learnt = learn_of(case, (draws, seed, horizon_d), tell.learning, biology)
    read = person.followed
    graded = graded_days(read)
    if not graded:
        raise InputError(
            "No joint was graded after the session, so nothing tells whether it worked",
            rule="graded_visit_required",
            remedy="Add a visit with a grade of an assessed joint.",
            field="visits",
        )
    most = max(base.coded for base, place in zip(read.baselines, read.places, strict=True) if place in graded)
    if hoped is not None and hoped > most:
        raise _beyond(hoped, f"{most:g}")
    asked = _Asked(case, plan, hoped, tell)
    found = _weighed(asked, person, learnt, graded)
    rows = [_joint_row(asked, read, found, place) for place in graded]
    document = _document(asked, person, learnt, rows, (draws, seed, horizon_d))
    return ExplainResult(document, {place: found.after[place] for place in graded})


def _beyond(hoped: float, most: str) -> InputError:
    """The error for a gain that no joint can have."""
    return InputError(
        Sentence("A gain of {hoped} grades cannot be hoped for", hoped=f"{hoped:g}"),
        rule="hoped",
        remedy=Sentence(
            "Ask for a gain above 0, up to the highest grade recorded before: {most}.", most=most
        ),
        field="hoped",
    )


@dataclass
class _Told:
    """Who is told how much is done: half when the visits taught, the rest run by run."""

    progress: Callable[[float], None] | None
    runs: int = 0

    def learning(self, share: float) -> None:
        """So much of learning is done."""
        if self.progress:
            self.progress(share / 2)

    def one_run(self) -> None:
        """One more run is done."""
        self.runs += 1
        if self.progress:
            self.progress(min(1.0, (1 + self.runs / _RUNS) / 2))


@dataclass(frozen=True)
class _Asked:
    case: Case
    plan: Plan
    hoped: float | None
    tell: _Told

    def hoped_of(self, base: JointBaseline) -> float:
        """Gain hoped for at a joint, grade; no more than leads to none."""
        if self.hoped is not None:
            return min(self.hoped, base.coded)
        lower = _coding(base.scale).values()
        step = base.coded - max((grade for grade in lower if grade < base.coded), default=0.0)
        return max(step, value(_THRESHOLD))


@dataclass(frozen=True)
class _Weighed:
    """Supports of every joint graded, before and after the visits were used; what a next look would add."""

    graded: dict[Place, Array]
    before: dict[Place, Support]
    after: dict[Place, Support]
    more: Case | None
    settled: dict[Place, Row]


def graded_days(read: Followed) -> dict[Place, Array]:
    """Days since the plan's session on which each joint with tone was graded after it."""
    found: dict[Place, list[float]] = {}
    felt = {place: base.coded > 0 for base, place in zip(read.baselines, read.places, strict=True)}
    for seen in read.seen:
        day = seen.day - read.sessions.plan_d
        if seen.kind == "grade" and seen.place is not None and day > 0 and felt[seen.place]:
            found.setdefault(seen.place, []).append(day)
    return {place: np.unique(days) for place, days in found.items()}


def _weighed(asked: _Asked, person: Person, learnt: Learnt, graded: dict[Place, Array]) -> _Weighed:
    runner, read = person.runner, person.followed
    more = raised(asked.case, asked.plan)
    shots = None if more is None else planned_injections(more)
    told = asked.tell.one_run
    after = Rerun(runner, learnt.person(), shots, told)
    before = Rerun(runner, runner.drawn(person.size), shots, told)
    now, prior = after.changed(), before.changed()

    copies, first = learnt.population, np.arange(learnt.population.size)
    samples = sample_of(read, copies, first, np.zeros_like(first)), sample_of(read, *learnt.chosen)

    def supports(changed: Changed, sample: Sample, effective: float) -> dict[Place, Support]:
        found = {}
        for place, days in graded.items():
            at = read.places.index(place)
            joint, typical = sample.joints[at], np.median(samples[0].joints[at].other, axis=0)
            apart, hoped = Apart(joint.true_grade, joint.other, typical), asked.hoped_of(joint.baseline)
            found[place] = support_of(changed, at, apart, days, hoped, effective)
        return found

    once = replace(read, sessions=replace(read.sessions, days=(0.0,), doses=(1.0,), used=()))
    anew = NextSession.of_person(after.draws, runner.seed + _AGAIN_SEED)
    again = Rerun(
        replace(runner, followed=once, last_d=min(runner.last_d, person.horizon_d)), anew, None, told
    )
    held = supports(now, samples[1], min(learnt.weighed.steps[-1].ess, first.size))
    short = [place for place in graded if not _reached(asked, read, place)]
    settled = {place: _settled(read, learnt, held[place].states, place, again) for place in short}
    return _Weighed(graded, supports(prior, samples[0], first.size), held, more, settled)


def _settled(read: Followed, learnt: Learnt, states: Array, place: Place, again: Rerun) -> Row:
    """What next observations would be expected to settle of a joint, and what a next session would tell."""
    plan_d, at = read.sessions.plan_d, read.places.index(place)
    looks = looks_of(learnt, plan_d, at, read.last_seen_d - plan_d)
    entropy, rows = settles(states, looks)
    _same, once_more = settles(states, [again_of(learnt.after.joints[at], again, at)])
    return {"entropy_bits": entropy, "settles": rows, "next_session": once_more[0] if once_more else None}


def _coding(scale: str) -> Mapping[str, float]:
    """Grades of a scale as the model's coding has them."""
    return SCALES[SCALE if scale == "mas_0_5" else scale].coding


def _recorded(read: Followed, place: Place) -> Row:
    """What was written down of a joint: before, best after the session, and the gain."""
    base = read.baselines[read.places.index(place)]
    seen = [
        (_coding(one.scale)[one.told], one)
        for one in read.seen
        if one.kind == "grade" and one.place == place and one.day > read.sessions.plan_d
    ]
    best, one = min(seen, key=lambda item: item[0])
    gain = round(base.coded - best, _DIGITS)
    day = one.day - read.sessions.plan_d
    return {"scale": base.scale, "before": base.value, "best": one.told, "best_day": day, "gain": gain}


def _reached(asked: _Asked, read: Followed, place: Place) -> bool:
    """Whether the record gained what was hoped for."""
    hoped = asked.hoped_of(read.baselines[read.places.index(place)])
    return bool(_recorded(read, place)["gain"] >= hoped)


def _joint_row(asked: _Asked, read: Followed, found: _Weighed, place: Place) -> Row:
    joint, side, movement = place
    now, prior, recorded = found.after[place], found.before[place], _recorded(read, place)
    reached = _reached(asked, read, place)
    row: Row = {
        "joint": joint,
        "side": side,
        "movement": movement,
        "recorded": recorded,
        "hoped_grade": asked.hoped_of(read.baselines[read.places.index(place)]),
        "days": found.graded[place].tolist(),
        "verdict": _verdict(reached, now.share_reached()),
        "reached": now.share_reached(),
        "reached_before_visits": prior.share_reached(),
        "gain": summary(now.gain),
        "gain_of_drug": summary(now.of_drug),
        "gain_without_drug": summary(now.without),
    }
    if reached:
        nothing: Row = {"entropy_bits": None, "settles": [], "next_session": None}
        return row | {"causes": [], "overlap": None, **nothing}
    causes = [_cause_row(asked, read, found, place, cause) for cause in CAUSES]
    causes.sort(key=lambda one: (one["cause"] == "other", -(one["support"] or 0)))
    return row | {"causes": causes, "overlap": now.overlap(), **found.settled[place]}


def _verdict(recorded: bool, share: float) -> str:
    """Whether the mark was reached, by the record and in half of the copies or more by the true grade."""
    if not recorded:
        return SHORT
    return WORKED if share >= 1 / 2 else RECORDED


def _cause_row(asked: _Asked, read: Followed, found: _Weighed, place: Place, cause: str) -> Row:
    """One cause: what was changed, its support before and after the visits."""
    about: Row = {}
    if cause == "muscle":
        base = read.baselines[read.places.index(place)]
        about = {"muscles": list(left_out(base, read.injections))}
    elif cause == "dose":
        total = sum(shot.dose_U for shot in read.injections)
        more = 0.0 if found.more is None else sum(shot.dose_U for shot in planned_injections(found.more))
        about = {"given_U": round(total, _DIGITS), "raised_U": round(more, _DIGITS) if more else None}
    possible = bool(about.get("muscles", True)) if cause == "muscle" else about.get("raised_U", 1) is not None
    before = found.before[place].row(cause)
    return {"cause": cause, "possible": possible, **about, **found.after[place].row(cause), "prior": before}


def _document(
    asked: _Asked, person: Person, learnt: Learnt, rows: list[Row], numbers: tuple[int, int, int]
) -> Row:
    case, read = asked.case, person.followed
    draws, seed, horizon_d = numbers
    return {
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "seed": seed,
        "draws": draws,
        "horizon_d": horizon_d,
        "biology": asdict(person.runner.biology),
        "joints": rows,
        "not_read": list(OUTSIDE),
        "diagnostics": learnt.diagnostics(),
        "not_used": [{"where": where, "reason": reason} for where, reason in read.not_used],
        **grounds(case, read, learnt, fit_rows(read, learnt), _OWN_RECORDS),
    }
