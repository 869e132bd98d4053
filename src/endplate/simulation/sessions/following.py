"""Several sessions: every copy gets its next one by rule, and is followed with all that it got.

Copies with the same days of sessions are followed together, cycle by cycle: a run tells when each of them is
due again, and those that come are run anew with one session more. What a copy shows depends on its own days
and doses alone, not on who is followed with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, JointBaseline, PlannedInjection
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.physiology import body, scales
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, session_times
from endplate.simulation.clocks import expected_clock
from endplate.simulation.draws.subset import Rows, Subset
from endplate.simulation.injection import Reached
from endplate.simulation.parameters import Draws, RandomDraws, draw
from endplate.simulation.results import SimulationResult
from endplate.simulation.sessions.cycles import Cycles
from endplate.simulation.sessions.history import Histories
from endplate.simulation.sessions.merging import Merged
from endplate.simulation.sessions.repeating import Adapt, Attendance, Repeat, Resistance
from endplate.simulation.simulating import asked_of, result_of

Array = NDArray[np.float64]
Days = tuple[float, ...]


@dataclass(frozen=True)
class Rules:
    """How a course goes on: when again, at what dose, who comes, who stops responding."""

    repeat: Repeat
    adapt: Adapt | None = None
    attendance: Attendance = field(default_factory=Attendance)
    resistance: Resistance = field(default_factory=Resistance)

    @property
    def known_ahead(self) -> bool:
        """Whether days and doses follow without looking at what a session did."""
        return self.repeat.kind == "interval" and self.adapt is None

    def to_dict(self) -> dict[str, Any]:
        """The rules as they ran, with the records' numbers in place of what was not given."""
        repeat = self.repeat
        return {
            "kind": repeat.kind,
            "every_d": repeat.spacing_d,
            "minimum_d": repeat.floor_d,
            "most_sessions": repeat.most_sessions,
            "adapt": self.adapt and asdict(self.adapt),
            "attendance": asdict(self.attendance),
            "resistance": asdict(self.resistance),
        }


def follow_courses(
    case: Case,
    rules: Rules,
    draws: int = 1000,
    seed: int = 1,
    horizon_d: int = 182,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
) -> SimulationResult:
    """Simulate a plan given again by ``rules``; all else, the keys too, as :func:`simulating.simulate`.

    Raises:
        InputError: as ``simulate``; more sessions than can be followed; a rule that looks at a joint where
            none was assessed.
    """
    asked = asked_of(case, draws, horizon_d)
    if not asked[1] and not rules.known_ahead:
        raise InputError(
            "The rule looks at a joint, and none was assessed",
            rule="repeat",
            remedy="Assess a joint, or repeat by interval without adapting the dose.",
            field="assessment",
        )
    drawn = RandomDraws(seed, draws)
    course = Course(*asked, drawn, rules, horizon_d, biology or Biology())
    course.follow(progress)
    result = result_of(case, course.merged.chain, drawn, horizon_d)
    result.document["repeat"] = rules.to_dict()
    result.document["cycles"] = course.cycles.rows(course.histories)
    result.document["warnings"] += _too_many(rules.repeat, horizon_d)
    return result


def _too_many(repeat: Repeat, horizon_d: int) -> list[str]:
    """A sentence where more sessions are asked for than the horizon holds."""
    fit, asked = repeat.fit_within(horizon_d), repeat.most_sessions
    if asked is None or asked <= fit:
        return []
    return [
        Sentence(
            "{asked} sessions were asked for, and the horizon of {horizon} d holds {fit} at most: the next "
            "is given {shortest} d after the last at the earliest.",
            asked=str(asked),
            horizon=str(horizon_d),
            fit=str(fit),
            shortest=str(repeat.shortest_d),
        )
    ]


class Course:
    """All copies of one plan under the rules.

    Attributes:
        base: the first session alone, to the horizon, all copies.
        histories: the sessions of every copy.
        merged: what every copy showed from day to day.
        cycles: what every session of every copy did.

    ``leaves_d`` is a day, (copies,), by which a copy leaves whatever the hazard of leaving.
    """

    def __init__(
        self,
        injections: tuple[PlannedInjection, ...],
        baselines: tuple[JointBaseline, ...],
        mass_kg: float | None,
        draws: Draws,
        rules: Rules,
        horizon_d: int,
        biology: Biology,
        leaves_d: Array | None = None,
    ) -> None:
        self._plan = (injections, baselines, mass_kg)
        self._draws, self._rules, self._horizon_d, self._biology = draws, rules, horizon_d, biology
        dose_U = sum(shot.dose_U for shot in injections)
        toxin_ng = body.load_ng(injections[0].product, dose_U) if injections else 0.0
        others = (rules.repeat, rules.attendance, rules.resistance)
        self.histories = Histories(draws, *others, toxin_ng, horizon_d, leaves_d)
        self.base = run_chain(*self._plan, draws, session_times(horizon_d, (0.0,)), biology=biology)
        self._asking = draw(scales.Asking, draws) if rules.repeat.kind == "request" else None
        self.merged = Merged(self.base, horizon_d)
        self.cycles = Cycles(self.base, self.histories.most)

    def follow(self, progress: Callable[[float], None] | None = None) -> None:
        """Give every copy its sessions and keep what it showed."""
        everybody = np.arange(self._draws.size)
        self.histories.give(everybody, 0, 0.0, np.ones(everybody.size))
        waiting: dict[Days, Rows] = {(0.0,): everybody}
        done = 0
        while waiting:
            later: dict[Days, Rows] = {}
            for days, rows in waiting.items():
                kept, further = self._cycle(days, rows)
                later |= further
                done += kept
                if progress:
                    progress(done / everybody.size)
            waiting = later

    def _cycle(self, days: Days, rows: Rows) -> tuple[int, dict[Days, Rows]]:
        """Follow copies with these sessions: how many are finished, and who goes on with one more."""
        looks = not self._rules.known_ahead
        chain = self.base if len(days) == 1 else self._run(days, rows) if looks else None
        following = self.histories.next_day(rows, len(days), self._due_d(chain, days, rows))
        last = np.isnan(following)
        if last.any():
            final, own = (self._run(days, rows[last]), None) if chain is None else (chain, last)
            self.merged.keep(final, rows[last], own)
            self.cycles.keep(final, rows[last], own)
        further = {}
        dose = self._dose(chain, days, rows)
        for day, group in _alike(following):
            self.histories.give(rows[group], len(days), day, dose[group])
            further[(*days, day)] = rows[group]
        return int(last.sum()), further

    def _run(self, days: Days, rows: Rows) -> Chain:
        """The chain of some copies that got sessions on these days, to the horizon."""
        reached = {
            place: Reached(got.exposure_U_h_per_mL[rows], got.held_U[rows])
            for place, got in self.base.reached.items()
        }
        return run_chain(
            *self._plan,
            Subset(self._draws, rows),
            session_times(self._horizon_d, days),
            sessions_d=days,
            biology=self._biology,
            dose=self.histories.offered(rows, len(days)),
            reached=reached,
        )

    def _due_d(self, chain: Chain | None, days: Days, rows: Rows) -> Array:
        """Days since the last session from which the next is due, (rows,)."""
        if self._rules.repeat.kind == "interval" or chain is None:
            return np.zeros(rows.size)
        lasting = _lead_duration_d(chain, days[-1])
        if self._asking is None:
            return np.where(np.isnan(lasting), 0, lasting)
        own = type(self._asking)(**{name: each[rows] for name, each in vars(self._asking).items()})
        return np.asarray(scales.asks_again_d(own, lasting, self._rules.repeat.floor_d))

    def _dose(self, chain: Chain | None, days: Days, rows: Rows) -> Array:
        """Dose of the next session over the plan's, (rows,)."""
        dose, adapt = self.histories.dose[rows, len(days) - 1], self._rules.adapt
        if adapt is None or chain is None:
            return np.asarray(dose)
        since = chain.time_d >= days[-1]
        gain = [-joint.scale_change[:, since].min(axis=1) for joint in chain.joints]
        strength = [joint.strength[:, since].min(axis=1) for joint in chain.joints]
        return np.asarray(adapt.next_dose(dose, np.max(gain, axis=0), np.min(strength, axis=0)))


def _lead_duration_d(chain: Chain, start_d: float) -> Array:
    """How long a session helped the joint that gained most from it, (copies,); NaN where none did."""
    since = chain.time_d >= start_d
    time_d = chain.time_d[since] - start_d
    late = [replace(joint, scale_change=joint.scale_change[:, since]) for joint in chain.joints]
    gain = np.stack([-joint.scale_change.min(axis=1) for joint in late])
    lasting = np.stack([expected_clock(time_d, joint).duration_d for joint in late])
    return np.asarray(lasting[gain.argmax(axis=0), np.arange(gain.shape[1])])


def _alike(day: Array) -> Iterator[tuple[float, NDArray[np.bool_]]]:
    """Every day that some copies share and which they are, NaN left out."""
    for found in np.unique(day[~np.isnan(day)]):
        yield float(found), day == found
