"""Adverse events of a plan: what is held on them and, of events no boxed warning names, what is simulated.

An event that a boxed warning names is events over people, an upper bound and who was excluded: it never gets
a probability from a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case
from endplate.case.models import ADULT_Y
from endplate.knowledge.evidence import load_sources
from endplate.knowledge.evidence.adverse import AdverseRow, Counts, load_adverse
from endplate.knowledge.labels import LabelWarning, load_warnings, warnings_for
from endplate.knowledge.vocabulary import EVENTS, MUSCLES, Event
from endplate.physiology.body import WeaknessParameters, weakness_hazard, with_background
from endplate.simulation.adverse.rates import (
    WEAKNESS,
    Rates,
    fitted_rows,
    logistic,
    rates,
    weakness_rows,
    weakness_setting,
)
from endplate.simulation.adverse.weakness import strength_missed
from endplate.simulation.parameters import RandomDraws, draw, stream
from endplate.simulation.results import summary

if TYPE_CHECKING:
    from endplate.simulation.chain import Chain

Array = NDArray[np.float64]

_LEVEL = 0.95
_NONE_SEEN = 3  # of n people with no event, the rule of three
_DIGITS = 5
_BOXED, _EXCLUDED = "boxed_warning", "trial_exclusion"
_BOXED_PLACE = "US"
_ORDER = ("boxed", "weakness", "summary", "general", "immunity")
_NOTHING = "nothing is held for this product and these people, which says nothing of how often it happens"
_NO_COUNT = "no source held gives both events and people"
_NO_CONTROL = "no row with a placebo group is held for this product, these people and this limb"


@dataclass(frozen=True)
class Session:
    """What adverse events depend on beside exposure.

    Attributes:
        product: as in the vocabulary.
        people: ``adults`` or ``children``.
        limbs: ``upper``, ``lower`` or both.
        dose_U: units of the session.
        mass_kg: body mass; None where not stated.
        age_y: age; None where not stated.
        condition: as in the vocabulary; None where not stated.
    """

    product: str
    people: str
    limbs: tuple[str, ...]
    dose_U: float
    mass_kg: float | None
    age_y: float | None
    condition: str | None

    def rows(self, event: str) -> tuple[AdverseRow, ...]:
        """The rows held on an event that are about such a session."""
        return tuple(
            row
            for row in load_adverse()
            if row.event == event and row.is_about(self.product, self.people, self._limbs(event))
        )

    def _limbs(self, event: str) -> tuple[str, ...]:
        """The limbs whose rows count: a boxed event comes from any."""
        return ("upper", "lower") if EVENTS[event].kind == "boxed" else self.limbs

    def covered(self, row: AdverseRow) -> bool | None:
        """Whether a row is of this dose and age; None where it cannot be told."""
        return row.covers(self.dose_U, self.mass_kg, self.age_y)

    def arm(self, event: str) -> str | None:
        """The fitted row whose dose, limb and age this session has, if there is one."""
        rows = (row for row in self.rows(event) if row in fitted_rows(event, self.people))
        return next((row.id for row in rows if row.product == self.product and self.covered(row)), None)


def upper95(held: Counts) -> float:
    """Upper 95 % bound of a share: Clopper and Pearson's, one-sided; 3 over the people where none had it."""
    from scipy.special import betaincinv

    if held.events >= held.n:
        return 1.0
    if held.events == 0:
        return min(1.0, _NONE_SEEN / held.n)
    return float(betaincinv(held.events + 1, held.n - held.events, _LEVEL))


def pooled(rows: Iterable[AdverseRow]) -> Counts | None:
    """All people counted in rows on toxin, those who stand in another row left out; None without any."""
    counts = [row.counts for row in rows if row.used != "beside"]
    known = [each for each in counts if each is not None]
    if not known:
        return None
    events, n = sum(each.events for each in known), sum(each.n for each in known)
    return Counts(events, n, any(each.rounded for each in known))


def adverse_events(case: Case, chain: Chain, drawn: RandomDraws) -> list[dict[str, Any]]:
    """Every event on which something is held for the plan, and the four boxed ones always.

    Args:
        case: a case with a plan.
        chain: its run.
        drawn: the copies of the run.
    """
    session = session_of(case, chain)
    simulated = Simulated(session, chain, drawn)
    ordered = sorted(EVENTS.values(), key=lambda event: _ORDER.index(event.kind))
    found = []
    for event in ordered:
        rows = session.rows(event.id)
        if event.kind == "boxed":
            found.append(_boxed(event, session, rows, case))
        elif rows or event.kind == "weakness":
            found.append(_ordinary(event, session, rows, simulated))
    return found


def session_of(case: Case, chain: Chain) -> Session:
    """The session of a plan."""
    patient, plan = case.patient, case.plan
    age = None if patient.age is None else patient.age.to("y").value
    child = age is not None and age < ADULT_Y
    limbs = tuple(sorted({MUSCLES[muscle].limb for muscle, _ in chain.muscles}))
    people = "children" if child else "adults"
    dose_U = sum(chain.dose_U.values())
    return Session(
        plan.product if plan else "", people, limbs, dose_U, patient.weight_kg, age, patient.condition
    )


def _entry(event: Event, session: Session, rows: Sequence[AdverseRow]) -> dict[str, Any]:
    """What is held on an event: counts together, then row by row."""
    held = pooled(rows)
    counts: dict[str, Any] = {"events": None, "n": None, "upper95": None, "rounded": False}
    if held is not None:
        counts = {"events": held.events, "n": held.n, "upper95": round(upper95(held), _DIGITS)}
        counts["rounded"] = held.rounded
    told = {"event": event.id, "name": event.name, "kind": event.kind, "held": counts}
    told["source"] = _citations(rows)
    if held is None:
        told["said"] = _NO_COUNT if rows else _NOTHING
    return told | {"rows": [_row(row, session) for row in rows]}


def _citations(rows: Iterable[AdverseRow]) -> Any:
    """The source of the rows; of several, their citations in one text."""
    sources = [load_sources()[key] for key in dict.fromkeys(row.source for row in rows)]
    if len(sources) == 1:
        return {"citation": sources[0].citation, "url": sources[0].url}
    return "; ".join(source.citation for source in sources) or None


def _row(row: AdverseRow, session: Session) -> dict[str, Any]:
    """One row as plain data."""
    counts, control, source = row.counts, row.control, load_sources()[row.source]
    names = ("id", "arm", "product", "people", "limb", "condition", "statistic", "value", "low", "high")
    told: dict[str, Any] = {name: getattr(row, name) for name in names}
    told |= {"events": counts and counts.events, "n": row.n, "rounded": bool(counts and counts.rounded)}
    told |= {"comparator": row.comparator or None, "comparator_value": row.comparator_value}
    told |= {"comparator_events": control and control.events, "comparator_n": row.comparator_n}
    told |= {"dose": [row.dose_low, row.dose_high, row.dose_unit], "covers_plan": session.covered(row)}
    told |= {"design": row.design, "basis": row.basis, "n_basis": row.n_basis or None, "used": row.used}
    return told | {"place": row.place, "source": {"citation": source.citation, "url": source.url}}


def _boxed(event: Event, session: Session, rows: Sequence[AdverseRow], case: Case) -> dict[str, Any]:
    """A boxed event: counts, bound, boxed text and who was excluded, never a probability."""
    told = _entry(event, session, rows)
    on = case.plan.date if case.plan else None
    texts = warnings_for(session.product, _BOXED_PLACE, on, age_y=session.age_y) if on else ()
    told["boxed_text"] = [_warning(text) for text in texts if text.kind == _BOXED]
    told["excluded"] = [_warning(text) for text in load_warnings() if text.kind == _EXCLUDED]
    if told["source"] is None and told["boxed_text"]:
        told["source"] = told["boxed_text"][0]["source"]
    return told


def _warning(text: LabelWarning) -> dict[str, Any]:
    source = {"citation": text.source.citation, "url": text.source.url}
    return {"message": text.message, "jurisdiction": text.jurisdiction, "source": source}


def _ordinary(
    event: Event, session: Session, rows: Sequence[AdverseRow], simulated: Simulated
) -> dict[str, Any]:
    """Any other event: counts, and what is simulated where rows with a placebo group allow it."""
    told = _entry(event, session, rows)
    found = None if event.kind == "immunity" else simulated.of(event)
    if found is not None:
        told["simulated"] = found
    elif event.kind != "immunity":
        told["not_simulated"] = _NO_CONTROL
    return told


@dataclass(frozen=True)
class Simulated:
    """What a run gives for events that no boxed warning names."""

    session: Session
    chain: Chain
    drawn: RandomDraws

    def of(self, event: Event) -> dict[str, Any] | None:
        """Probability and background as summaries over copies; None where rows do not do."""
        held = rates(event.id, self.session.people)
        if held is None:
            return None
        unknowns = held.drawn(self._scores(event, len(held.names)))
        score = self.drawn.of("adverse.background_study", event.id)
        logit = held.background(unknowns, score)
        if event.id == WEAKNESS:
            return self._weakness(logistic(logit))
        if not self._has_control(event.id):
            return None
        return self._general(event, held, unknowns, logit)

    def _has_control(self, event: str) -> bool:
        fitted = fitted_rows(event, self.session.people)
        rows = [row for row in self.session.rows(event) if row.product == self.session.product]
        return any(row in fitted for row in rows)

    def _scores(self, event: Event, count: int) -> Array:
        name = f"adverse/{event.id}/{self.session.people}"
        return stream(self.drawn.seed, name).standard_normal((self.drawn.size, count))

    def _general(self, event: Event, held: Rates, unknowns: Array, logit: Array) -> dict[str, Any]:
        fresh = stream(self.drawn.seed, f"adverse/{event.id}/fresh").standard_normal((self.drawn.size, 2))
        arm = self.session.arm(event.id)
        added = held.increment(unknowns, self.session.product, arm, fresh)
        odds = summary(np.exp(added))
        supported = bool((odds["p05"] or 0) > 1)
        told = _shares(logistic(logit + added), logistic(logit))
        return told | {"odds_ratio": odds, "increment_supported": supported, "row": arm}

    def _weakness(self, background: Array) -> dict[str, Any]:
        """As readily complained of as in a study of such people where one is held, else as studies differ."""
        p = draw(WeaknessParameters, self.drawn)
        every, injected = strength_missed(self.chain, p.spare)
        anywhere, none = weakness_hazard(p), np.zeros_like(background)
        rows = weakness_rows(self.session.product, self.session.people, self.session.limbs)
        studies = {row.study: row for row in rows}
        hazards = {name: self.drawn.of(f"adverse.weakness_hazard.{name}") for name in studies}
        same = weakness_setting(rows, self.session.condition)
        hazard = hazards[same] if same else anywhere
        told = _shares(with_background(background, hazard * every), background)
        parts = {"from_injected": injected, "from_neighbours": every - injected}
        told |= {name: summary(with_background(none, hazard * part)) for name, part in parts.items()}
        told |= {"setting": same or "any"}
        told["any_setting"] = summary(with_background(background, anywhere * every))
        told["as_in"] = [
            {"study": name, "condition": row.condition, "source": _citations([row])}
            | {"probability": summary(with_background(background, hazards[name] * every))}
            for name, row in studies.items()
        ]
        return told


def _shares(probability: Array, background: Array) -> dict[str, Any]:
    return {"probability": summary(probability), "background": summary(background)}
