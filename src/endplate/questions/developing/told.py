"""What `develop` tells: scenarios, presets and ensemble, with all they rest on."""

from __future__ import annotations

from typing import Any

from endplate._version import __version__
from endplate.case import Case, planned_injections
from endplate.knowledge.evidence import load_records, value
from endplate.knowledge.labels import outside_model
from endplate.knowledge.vocabulary import wording
from endplate.physiology.development.function import LEVELS
from endplate.questions.developing.background import background, background_records
from endplate.questions.developing.child import STANDARD_FROM_Y, Child
from endplate.questions.developing.scenarios import Scenario
from endplate.simulation import MODEL_VERSION
from endplate.simulation.document import evidence_rows
from endplate.simulation.parameters import RandomDraws

Row = dict[str, Any]

_CLASSES = {
    "null": "assumption: tone does not shorten muscle, and neither range nor map carries function",
    "evidence": "cohorts and trials of children, with weights by judgement",
    "hypothesis": "randomised experiment in the mouse, map experiments in kittens, with weights by judgement",
    "ensemble": "judgement over all that nobody knows",
}
_STATUS = {
    "dorsiflexion_kept_deg": (
        "contested",
        "established in the mouse; range was not kept in cohorts of children (Eames 1999, Tedroff 2009)",
    ),
    "gmfm66_gained": (
        "hypothesis",
        "trials of children found no lasting gain, or looked for none",
    ),
    "map_tidiness_gained": (
        "hypothesis",
        "maps depend on use in kittens (established there); never measured in a child under toxin",
    ),
    "map_clear_area_gained": (
        "hypothesis",
        "maps depend on use in kittens (established there); never measured in a child under toxin",
    ),
    "dorsiflexion_lost_deg": (
        "established untreated",
        "a registry of children; what the plan changes in it is contested",
    ),
    "gmfm66": (
        "assumed shape",
        "reference curves recalled; what the plan changes in them is a hypothesis",
    ),
    "volume_of_typical": (
        "established for months",
        "injected muscle loses volume; that it goes on over years of sessions is assumed",
    ),
    "map": (
        "hypothesis",
        "the rule was fitted to kittens and is stretched to a child's years",
    ),
    "reflexes": (
        "hypothesis",
        "reflexes tune by touch in rats (established there); in children with toxin never measured",
    ),
    "loop": ("hypothesis", "no source holds how much more is moved by a child that can do more"),
    "influence": (
        "assumption",
        "weights and windows are judgement: which of them decides, not whether one holds",
    ),
}
"""How well what a figure shows is known, by its key: shown with the figure itself."""


def document(
    case: Case,
    child: Child,
    numbers: tuple[int, int],
    scenarios: list[Scenario],
    answers: Row,
    drawn: RandomDraws,
) -> Row:
    """The keys of the ``develop`` result.

    Args:
        case: as given.
        child: who was followed.
        numbers: members and seed.
        scenarios: how the plan was repeated.
        answers: presets, ensemble, loop, circuits and influence.
        drawn: which records the members were drawn from.
    """
    evidence, sources = evidence_rows(tuple(sorted({*drawn.used, *_records(child)})))
    units = sum(shot.dose_U for shot in planned_injections(case))
    mass = case.patient.weight.value if case.patient.weight else None
    return {
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "draws": numbers[0],
        "seed": numbers[1],
        "ages_y": [round(float(age), 4) for age in child.ages],
        "scenarios": [
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
        ],
        **answers,
        "evidence_classes": _CLASSES,
        "status": {key: {"status": word, "why": why} for key, (word, why) in _STATUS.items()},
        "assumed_shape": "Limits and ages of the curves of function are recalled: an assumed shape.",
        **background(child.gmfcs, child.decline),
        "smallest_difference": value("development.smallest_difference"),
        "outside_model": outside_model(case.patient.cautions, case.patient.gmfcs),
        "warnings": _warnings(case, child),
        "wording": {"banner": wording.BANNER, "development": wording.DEVELOPMENT, "product": wording.PRODUCT},
        "inputs": case.to_dict(),
        "evidence": evidence,
        "sources": sources,
    }


_MODULES = {
    *(f"physiology.development.{name}" for name in ("body_map", "clock", "growth", "reflex_network")),
    *(f"questions.developing.{name}" for name in ("child", "circuits", "loop", "members", "rows")),
}
_ANIMALS = ("windows.rat_", "windows.mouse_")


def _records(child: Child) -> list[str]:
    """Ids of all records that the answer rests on, but for what the members were drawn from."""
    level = LEVELS[child.gmfcs - 1]
    found = [
        name
        for name, record in load_records().items()
        if _MODULES.intersection(record.used_by) and not name.startswith(_ANIMALS)
    ]
    found += [f"development.gmfm.{level}.{what}" for what in ("limit", "age_90")]
    return [*found, *background_records(child.gmfcs, child.decline)]


def _warnings(case: Case, child: Child) -> list[str]:
    notes = list(case.notes)
    if child.age_y < STANDARD_FROM_Y:
        notes.append(
            f"Under {STANDARD_FROM_Y:g} y: off label everywhere; a review found milestones not shown to "
            "improve (Druschel 2013). Growth before that age is assumed."
        )
    if case.patient.sex is None:
        notes.append("The sex is not stated: bones grow as the mean of girls and boys.")
    notes += [
        "Only the calf is followed. Doses are taken to grow with the child: each session blocks as much.",
        "From the third session on every cycle is taken to be like the third.",
        "Body map and reflexes are the kitten's and the rat's, stretched to a child's years. They are grown "
        "under the block that members have in the mean and read in proportion to each member's own.",
    ]
    return notes
