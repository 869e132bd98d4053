"""Where the limb muscles lie: segments, one schematic body per muscle, and structures to keep away from."""

from endplate.knowledge.anatomy.bodies import (
    Body,
    Bone,
    Landmark,
    Segment,
    Structure,
    bodies_of,
    body,
    load_bodies,
    load_segments,
    load_sources,
    load_structures,
    structures_of,
)

__all__ = [
    "Body",
    "Bone",
    "Landmark",
    "Segment",
    "Structure",
    "bodies_of",
    "body",
    "load_bodies",
    "load_segments",
    "load_sources",
    "load_structures",
    "structures_of",
]
