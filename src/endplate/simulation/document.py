"""The finished chain as the contract's JSON keys, with what it rests on and what drives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.case import Case, assessments_left_out
from endplate.knowledge.anatomy import load_bodies
from endplate.knowledge.evidence import get, load_sources
from endplate.knowledge.evidence.posterior import stale
from endplate.knowledge.labels import outside_model
from endplate.knowledge.vocabulary import wording
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.simulation.blocks import side_by_side
from endplate.simulation.clocks import muscle_clock
from endplate.simulation.grounding import known
from endplate.simulation.injection import studied_place
from endplate.simulation.joints.document import joint_row, joint_warnings, spread_alone
from endplate.simulation.parameters import learnt
from endplate.simulation.parameters import summary as points
from endplate.simulation.results import SimulationResult, band, daily, summary

if TYPE_CHECKING:
    from endplate.simulation.chain import Chain
    from endplate.simulation.injection import Place

Array = NDArray[np.float64]
Daily = Callable[[Array], Array]
Told = tuple[dict[str, Any], dict[str, Array]]  # a row of the document, and its courses on days

_DRIVERS = 8
_DIGITS = 4


def _muscle(chain: Chain, on: Daily, place: Place) -> Told:
    course = chain.muscles[place]
    days = {name: on(getattr(course, name)) for name in ("transmission", "force", "volume")}
    row = {
        "muscle": place[0],
        "side": place[1],
        "dose_U": chain.dose_U[place],
        "held_U": summary(chain.reached[place].held_U),
        "endplates_beyond_half_block": summary(chain.beyond_half[place]),
        **{name: band(course) for name, course in days.items()},
        **muscle_clock(chain, place).to_dict(),
    }
    return row, days


def _neighbour(chain: Chain, on: Daily, place: Place) -> dict[str, Any]:
    return {
        "muscle": place[0],
        "side": place[1],
        "held_U": summary(chain.reached[place].held_U),
        "force": band(on(chain.neighbours[place].force)),
    }


def _drivers(response: Chain, moved: tuple[str, ...]) -> list[dict[str, Any]]:
    """Each drawn record alone at its 10 % and 90 % point: the outcome of the last day."""
    rows = []
    day = int(response.time_d[-1])
    outcomes: list[tuple[dict[str, str], str, Array]] = [
        (
            {"joint": j.baseline.joint, "side": j.baseline.side, "movement": j.baseline.movement},
            "scale_change",
            j.scale_change,
        )
        for j in response.joints
    ]
    outcomes += [({"muscle": m, "side": side}, "force", c.force) for (m, side), c in response.muscles.items()]
    for where, outcome, course in outcomes:
        end = course[:, -1]
        swings = np.abs(end[2::2] - end[1::2])
        for index in np.argsort(-swings, kind="stable")[:_DRIVERS]:
            record = get(moved[index])
            rows.append(
                {
                    **where,
                    "outcome": f"{outcome} at day {day}",
                    "parameter": record.id,
                    "symbol": record.symbol,
                    "meaning": record.meaning,
                    "basis": record.basis,
                    "low": round(float(end[2 * index + 1]), _DIGITS),
                    "high": round(float(end[2 * index + 2]), _DIGITS),
                    "swing": round(float(swings[index]), _DIGITS),
                }
            )
    return rows


def evidence_rows(used: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """The records that a run used, and the sources that they name."""
    records = [get(record_id) for record_id in sorted(used)]
    rows = [
        {
            "id": r.id,
            "meaning": r.meaning,
            "value": r.value,
            "unit": r.unit,
            "basis": r.basis,
            "source": r.source,
            "learnt": (learnt(r.id) or {}).get("posterior"),
        }
        for r in records
    ]
    sources = load_sources()
    cited = sorted({r.source for r in records})
    return rows, [{"key": k, "citation": sources[k].citation, "url": sources[k].url} for k in cited]


def plan_notes(case: Case, chain: Chain) -> list[str]:
    """What was left out, assumed or read otherwise in the run of a plan, in sentences."""
    notes = [*case.notes, *calibration_notes(), *assessments_left_out(case)]
    seen = {(muscle, j.baseline.side) for j in chain.joints for muscle in j.muscles}
    alone = sorted(
        Sentence("{muscle} ({side})", muscle=Word(muscle), side=Word(side))
        for muscle, side in chain.muscles
        if (muscle, side) not in seen
    )
    if alone:
        text = "No joint assessed that these muscles act on, so only the muscle is shown: {muscles}."
        notes.append(Sentence(text, muscles=Sentence.joined(", ", list(alone))))
    notes += spread_alone(((j.baseline, j.muscles) for j in chain.joints), chain.muscles)
    unstudied = sorted({m for m, _ in chain.muscles if load_bodies()[m].zone_basis == "assumed"})
    if unstudied:
        named = Sentence.joined(", ", [Word(muscle) for muscle in unstudied])
        text = "No study of the endplate zone is held, the middle third is assumed: {muscles}."
        notes.append(Sentence(text, muscles=named))
    notes += _unstated_guidance(case, chain)
    if case.patient.weight is not None:
        notes.append(
            Sentence("Muscle volumes are those of the table's adult, scaled by body mass (assumed).")
        )
    if case.visits:
        text = "Visits are used by endplate individualise, not here: the curves start from the plan."
        notes.append(Sentence(text))
    if case.history:
        text = "Earlier sessions are checked but not simulated: the person starts without toxin."
        notes.append(Sentence(text))
    return notes


def calibration_notes() -> list[str]:
    """That the stored sample of what studies taught may no longer hold; empty where it does."""
    changed = stale("mechanism")
    if changed is None:
        return []
    model = Sentence(
        "What studies taught was learnt with another version of the model and may not hold for this one: "
        "calibrate again (make calibrate)."
    )
    records = Sentence(
        "Records have changed since studies taught of them, and what was learnt may not hold: calibrate "
        "again (make calibrate)."
    )
    return [model if changed == "model" else records]


def _not_stated(case: Case) -> list[str]:
    """Fields of the plan that the file leaves to their default."""
    return [*case.plan.not_stated] if case.plan else []


def _unstated_guidance(case: Case, chain: Chain) -> list[str]:
    """What a needle by hand means for this plan, where the guidance was not stated."""
    if "guidance" not in _not_stated(case):
        return []
    told = []
    for muscle in dict.fromkeys(muscle for muscle, _ in chain.muscles):
        place = studied_place(muscle)
        record = get(f"needle.hit_manual.{place}")
        share = (learnt(record.id) or {}).get("posterior") or points(record)
        low, middle, high = (f"{100 * share[name]:.0f}" for name in ("p10", "p50", "p90"))
        text = "{muscle} {middle} % ({low} to {high} %)"
        told.append(Sentence(text, muscle=Word(muscle), middle=middle, low=low, high=high))
    return [
        Sentence(
            "Guidance is not stated and taken as by hand, which can decide much of the result. Needles that "
            "hit by hand, records needle.hit_manual.*: {shares}.",
            shares=Sentence.joined(", ", list(told)),
        )
    ]


def build_document(
    case: Case,
    chain: Chain,
    response: Chain,
    adverse: list[dict[str, Any]],
    moved: tuple[str, ...],
    used: tuple[str, ...],
    seed: int,
    draws: int,
    horizon_d: int,
    model_version: str,
) -> SimulationResult:
    """Put the result together; see the contract of ``simulate`` for the keys."""
    on, usual_d = daily(chain.time_d, horizon_d), int(response.time_d[-1])
    joint = partial(joint_row, chain, on, case.patient.weight_kg, usual_d)
    muscles = list(side_by_side(partial(_muscle, chain, on), chain.muscles))  # sorting holds no lock
    joints = list(side_by_side(joint, chain.joints))
    neighbours = list(side_by_side(partial(_neighbour, chain, on), chain.neighbours))
    evidence, sources = evidence_rows(used)
    outside, drivers = outside_model(case.patient.cautions, case.patient.gmfcs), _drivers(response, moved)
    document = {
        "endplate": __version__,
        "model_version": model_version,
        "seed": seed,
        "draws": draws,
        "t_d": list(range(horizon_d + 1)),
        "biology": asdict(chain.biology),
        "muscles": [row for row, _ in muscles],
        "joints": [row for row, _ in joints],
        "neighbours": neighbours,
        "adverse": adverse,
        "outside_model": outside,
        "warnings": [*plan_notes(case, chain), *joint_warnings(row for row, _ in joints)],
        "not_stated": [f"plan.{name}" for name in _not_stated(case)],
        "wording": {"banner": wording.BANNER, "simulation": wording.SIMULATION},
        "drivers": drivers,
        "known": known(drivers, outside),
        "inputs": case.to_dict(),
        "evidence": evidence,
        "sources": sources,
    }
    by_place = dict(zip(chain.muscles, (days for _, days in muscles), strict=True))
    return SimulationResult(
        document,
        {place: days["force"] for place, days in by_place.items()},
        {place: days["transmission"] for place, days in by_place.items()},
        {(row["joint"], row["side"], row["movement"]): days["scale_change"] for row, days in joints},
    )
