"""From transmitting junctions to CMAP, force and volume: fibre types, atrophy, tissue loss."""

from endplate.physiology.muscle.fibres import (
    Course,
    Fibres,
    Parameters,
    courses,
    fibres,
    uptake_by_type,
    weights,
)

__all__ = ["Course", "Fibres", "Parameters", "courses", "fibres", "uptake_by_type", "weights"]
