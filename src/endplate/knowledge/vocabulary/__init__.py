"""The words of the field: every id that a file may hold."""

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
from endplate.knowledge.vocabulary.words import (
    ALIASES,
    CAUTIONS,
    CO_THERAPY,
    CONDITIONS,
    GOAL_KINDS,
    GROUPS,
    GUIDANCE,
    INDICATIONS,
    JOINTS,
    JURISDICTIONS,
    LIMB_MUSCLES,
    MUSCLES,
    PRODUCTS,
    SCALES,
    SEXES,
    SIDES,
    VISIT_MEASURES,
    Joint,
    Muscle,
    Product,
    Scale,
    canonical_muscle,
    product_of_brand,
)

if TYPE_CHECKING:
    from endplate.knowledge.vocabulary.events import EVENTS, Event, canonical_event
    from endplate.knowledge.vocabulary.measures import (
        FAMILIES,
        MEASURES,
        UNLINKED_SCALES,
        Measure,
        measure_unit,
    )
    from endplate.knowledge.vocabulary.patterns import PATTERNS

__all__ = [
    "ALIASES",
    "CAUTIONS",
    "CONDITIONS",
    "CO_THERAPY",
    "EVENTS",
    "FAMILIES",
    "GOAL_KINDS",
    "GROUPS",
    "GUIDANCE",
    "INDICATIONS",
    "JOINTS",
    "JURISDICTIONS",
    "LIMB_MUSCLES",
    "MEASURES",
    "MUSCLES",
    "PATTERNS",
    "PRODUCTS",
    "SCALES",
    "SEXES",
    "SIDES",
    "UNLINKED_SCALES",
    "VISIT_MEASURES",
    "Event",
    "Joint",
    "Measure",
    "Muscle",
    "Product",
    "Scale",
    "canonical_event",
    "canonical_muscle",
    "measure_unit",
    "product_of_brand",
]

_OF_EVENTS = ("EVENTS", "Event", "canonical_event")
_OF_STUDIES = ("FAMILIES", "MEASURES", "UNLINKED_SCALES", "Measure", "measure_unit")
__getattr__ = on_first_use(
    __name__,
    {
        **dict.fromkeys(_OF_EVENTS, "endplate.knowledge.vocabulary.events"),
        **dict.fromkeys(_OF_STUDIES, "endplate.knowledge.vocabulary.measures"),
        "PATTERNS": "endplate.knowledge.vocabulary.patterns",
    },
)
