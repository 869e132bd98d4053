"""From transmitting junctions to CMAP, force and volume: fibre types, atrophy, tissue loss."""

from endplate.physiology.muscle.fibres import Course, Parameters, course, uptake_by_type, weights

__all__ = ["Course", "Parameters", "course", "uptake_by_type", "weights"]
