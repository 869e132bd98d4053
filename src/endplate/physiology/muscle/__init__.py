"""From transmitting junctions to CMAP, force and volume: fibre types, atrophy, tissue loss."""

from endplate.physiology.muscle.fibres import Course, Parameters, Shares, courses, on_nodes, populated

__all__ = ["Course", "Parameters", "Shares", "courses", "on_nodes", "populated"]
