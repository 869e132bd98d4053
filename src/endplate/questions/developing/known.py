"""How well what `develop` tells is known: five words, one for everything that is shown.

established in children, established in animals, contested, hypothesis, assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from endplate.knowledge.evidence import get

CLASSES: Mapping[str, str] = {
    "null": "tone does not shorten muscle, and neither range nor map carries function",
    "evidence": "judgement that leans on cohorts and trials of children",
    "hypothesis": ("every open question answered in favour of early injections, as in mice and kittens"),
    "ensemble": "judgement over all that nobody knows",
}
"""What each curve rests on, by preset and ensemble."""

_MAP = "maps follow use in kittens (established in animals); never measured in a child under toxin"
STATUS: Mapping[str, tuple[str, str]] = {
    "dorsiflexion_kept_deg": (
        "contested",
        "established in mice; range goes with spasticity of the year before (Hagglund 2011) yet was not "
        "kept in cohorts of injected children (Eames 1999, Tedroff 2009)",
    ),
    "gmfm66_gained": ("hypothesis", "trials of children found no lasting gain, or looked for none"),
    "map_tidiness_gained": ("hypothesis", _MAP),
    "map_clear_area_gained": ("hypothesis", _MAP),
    "dorsiflexion_lost_deg": (
        "contested",
        "that range is lost is established in children under usual care; what tone and injections do to it "
        "is not",
    ),
    "gmfm66": (
        "hypothesis",
        "reference curves are recalled, an assumed shape; what a plan changes is hypothesis",
    ),
    "volume_of_typical": (
        "contested",
        "loss for months after injection is established in children; two studies contradict each other on "
        "volume untreated, and loss and recovery over years of sessions are assumed",
    ),
    "starting_age": ("hypothesis", "no trial compared ages at which injections begin"),
    "map": ("hypothesis", "the rule was fitted to kittens and is stretched to a child's years"),
    "reflexes": (
        "hypothesis",
        "reflexes tune by touch in rats (established in animals); in children with toxin never measured",
    ),
    "loop": ("hypothesis", "no source holds how much more is moved by a child that can do more"),
    "influence": (
        "assumed",
        "weights and windows are judgement: which of them decides, not whether one holds",
    ),
}
"""Word and reason by the key of a figure or table: shown with it."""

_PRESETS = ("evidence", "hypothesis")
_NUMBERS = ("phi", "range_weight", "volume_weight", "map_weight", "tidy_share")
_ENSEMBLE = (
    "phi_alpha",
    "phi_beta",
    "no_effect",
    "range_weight_sd",
    "volume_weight_sd",
    "map_weight_sd",
    "block_slows_most",
)


def assumptions() -> dict[str, list[dict[str, Any]]]:
    """The numbers of presets and ensemble, each with its record; those of the null are all 0."""
    return {
        **{name: [_told(f"development.preset.{name}.{what}") for what in _NUMBERS] for name in _PRESETS},
        "ensemble": [_told(f"development.ensemble.{what}") for what in _ENSEMBLE],
    }


def _told(record_id: str) -> dict[str, Any]:
    record = get(record_id)
    return {
        "id": record.id,
        "meaning": record.meaning.split(":")[0],
        "value": record.value,
        "unit": record.unit,
        "basis": record.basis,
    }
