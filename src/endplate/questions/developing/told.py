"""What `develop` tells: scenarios, presets and ensemble, with all they rest on."""

from __future__ import annotations

from typing import Any

from endplate._version import __version__
from endplate.case import Case, joint_baselines, planned_injections
from endplate.knowledge.evidence import load_records, value
from endplate.knowledge.labels import load_approvals, outside_model
from endplate.knowledge.vocabulary import wording
from endplate.physiology.development.function import LEVELS
from endplate.questions.check import check
from endplate.questions.developing.background import background, background_records
from endplate.questions.developing.child import Child
from endplate.questions.developing.known import CLASSES, STATUS, assumptions
from endplate.questions.developing.scenarios import Scenario
from endplate.simulation import MODEL_VERSION
from endplate.simulation.document import evidence_rows
from endplate.simulation.parameters import RandomDraws
from endplate.simulation.people.body_size import growth_from_y

Row = dict[str, Any]

_LEVELS_OF_DIFFERENCE = 3  # GMFCS levels in which important differences were found


def document(
    case: Case,
    child: Child,
    scenarios: list[Scenario],
    answers: Row,
    drawn: RandomDraws,
) -> Row:
    """The keys of the ``develop`` result.

    Args:
        case: as given.
        child: who was followed.
        scenarios: how the plan was repeated.
        answers: presets, ensemble, loop, circuits and influence.
        drawn: seed and number of the members, and which records they were drawn from.
    """
    evidence, sources = evidence_rows(tuple(sorted({*drawn.used, *_records(child)})))
    return {
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "draws": drawn.size,
        "seed": drawn.seed,
        "ages_y": [round(float(age), 4) for age in child.ages],
        "scenarios": _scenarios(case, scenarios),
        **answers,
        "evidence_classes": dict(CLASSES),
        "status": {key: {"status": word, "why": why} for key, (word, why) in STATUS.items()},
        "assumptions": assumptions(),
        "assumed_shape": (
            "Limits and ages of the curves of function are recalled, an assumed shape that most of what "
            "was read misses (docs/development.md)."
        ),
        **background(child.gmfcs, child.decline),
        "smallest_difference": value("development.smallest_difference"),
        "large_difference": value("development.large_difference"),
        "plan_check": _plan_check(case),
        "outside_model": outside_model(case.patient.cautions, case.patient.gmfcs),
        "warnings": _warnings(case, child),
        "wording": {"banner": wording.BANNER, "development": wording.DEVELOPMENT, "product": wording.PRODUCT},
        "inputs": case.to_dict(),
        "evidence": evidence,
        "sources": sources,
    }


def _scenarios(case: Case, scenarios: list[Scenario]) -> list[Row]:
    """How the plan was repeated, and the units that this comes to at the doses of today."""
    units = sum(shot.dose_U for shot in planned_injections(case))
    mass = case.patient.weight_kg
    return [
        {
            "scenario": each.name,
            "start_y": each.start_y,
            "every_d": each.every_d,
            "until_y": each.until_y,
            "sessions": each.sessions,
            "units_now": units * each.sessions,
            "units_per_kg": None if not mass else units * each.sessions / mass,
        }
        for each in scenarios
    ]


_MODULES = {
    *(f"physiology.development.{name}" for name in ("body_map", "clock", "growth", "reflex_network")),
    *(f"questions.developing.{name}" for name in ("child", "grown", "loop", "members", "rows")),
}
_LIVES = ("windows.child.slope_share", "body_map.learning.cat", "experiments.kitten.start")
_ANIMALS = ("windows.rat_", "windows.mouse_", "body_map.learning.mouse")


def _records(child: Child) -> list[str]:
    """Ids of all records that the answer rests on, but for what the members were drawn from."""
    level = LEVELS[child.gmfcs - 1]
    found = [
        name
        for name, record in load_records().items()
        if _MODULES.intersection(record.used_by) and not name.startswith(_ANIMALS)
    ]
    found += [*_LIVES, *(f"development.gmfm.{level}.{what}" for what in ("limit", "age_90"))]
    return [*found, *background_records(child.gmfcs, child.decline)]


def _plan_check(case: Case) -> Row:
    """What `check` says of the plan as it stands now."""
    found = check(case)
    critical = [issue.message for issue in found.issues if issue.severity == "critical"]
    return {"status": found.status, "critical": critical}


_SPASTIC_CP = "cerebral_palsy"
_OF_THE_CALF = "ankle"


def _warnings(case: Case, child: Child) -> list[str]:
    notes = list(case.notes)
    first = min(each.age_from_y for each in load_approvals() if each.indication == "spasticity")
    if child.age_y < first:
        notes.append(
            f"No approval held begins before {first:g} y. A review of trials under 2 y found milestones "
            "not shown to improve (Druschel 2013)."
        )
    if child.age_y < growth_from_y():
        notes.append(f"Growth before {growth_from_y():g} y is assumed.")
    patient = case.patient
    if patient.condition != _SPASTIC_CP:
        notes.append(
            "Curves and losses are those of children with cerebral palsy; this child's cause is another."
        )
    if child.gmfcs > _LEVELS_OF_DIFFERENCE:
        notes.append("The differences called important were found in GMFCS levels I to III, not in this one.")
    ankles = [base.coded for base in joint_baselines(case) if base.joint == _OF_THE_CALF]
    if ankles and not any(ankles):
        notes.append(
            "The ankle was examined and has no raised tone: what is told of tone is not this child's."
        )
    if patient.sex is None:
        notes.append("The sex is not stated: bones grow as the mean of girls and boys.")
    notes += [
        "Of this child age, sex, GMFCS level, weight and plan are used. Its own tone and range are not: "
        "both are those of children like it under usual care.",
        "Only the calf is followed. Doses are taken to grow with the child: each session blocks as much. "
        "Range gained for weeks after a session is not told here but by simulate.",
        "Cycles between the first and the last are taken to be like the second. Two years after the last "
        "session the muscle counts as recovered.",
        "Body map and reflexes are the kitten's and the rat's, stretched to a child's years. They are "
        "grown under the block that members have in the mean and read in proportion to each member's own.",
    ]
    return notes
