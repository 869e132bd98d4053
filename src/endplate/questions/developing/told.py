"""What `develop` tells: scenarios, presets and ensemble, with all they rest on."""

from __future__ import annotations

from typing import Any

from endplate._version import __version__
from endplate.case import Case, planned_injections
from endplate.knowledge.evidence import value
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
    "null": "assumption: tone does not shorten muscle, and range does not carry function",
    "evidence": "cohorts and trials of children, with weights by judgement",
    "hypothesis": "randomised experiment in the mouse, with weights by judgement",
    "ensemble": "judgement over all that nobody knows",
}


def document(
    case: Case,
    child: Child,
    numbers: tuple[int, int],
    scenarios: list[Scenario],
    presets: Row,
    whole: Row,
    drawn: RandomDraws,
) -> Row:
    """The keys of the ``develop`` result.

    Args:
        case: as given.
        child: who was followed.
        numbers: members and seed.
        scenarios: how the plan was repeated.
        presets: rows of every preset.
        whole: rows of the ensemble.
        drawn: which records the members were drawn from.
    """
    read = background_records(child.gmfcs, child.decline)
    evidence, sources = evidence_rows(tuple(sorted({*drawn.used, *_USED, *_of_level(child.gmfcs), *read})))
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
        "presets": presets,
        "ensemble": whole,
        "evidence_classes": _CLASSES,
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


def _of_level(gmfcs: int) -> tuple[str, ...]:
    level = LEVELS[gmfcs - 1]
    return f"development.gmfm.{level}.limit", f"development.gmfm.{level}.age_90"


_USED = (
    "development.tone.rise_share",
    "development.tone.peak_age",
    "development.tone.late_share",
    "development.range_loss",
    "development.range_followed_to",
    "development.range_per_deficit",
    "development.healthy_dorsiflexion.young",
    "development.healthy_dorsiflexion.old",
    "development.length_at_birth",
    "development.volume.early_share",
    "development.volume.late_share",
    "development.mouse.block",
    "development.preset.evidence.phi",
    "development.preset.evidence.range_weight",
    "development.preset.evidence.volume_weight",
    "development.preset.hypothesis.range_weight",
    "development.preset.hypothesis.volume_weight",
    "development.ensemble.phi_alpha",
    "development.ensemble.phi_beta",
    "development.ensemble.no_effect",
    "development.ensemble.range_weight_sd",
    "development.ensemble.volume_weight_sd",
    "development.ensemble.block_slows_most",
    "development.smallest_difference",
)


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
        "The cortical map and activity are not part of this answer yet.",
    ]
    return notes
