"""From transmitting junctions to CMAP, force and volume: fibre types, atrophy, tissue loss."""

from endplate.physiology.muscle.fibres import (
    Course,
    Fibres,
    Parameters,
    courses,
    fibres,
    on_nodes,
)

__all__ = ["Course", "Fibres", "Parameters", "courses", "fibres", "on_nodes"]
