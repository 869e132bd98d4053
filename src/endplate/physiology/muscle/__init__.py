"""From transmitting junctions to force: sprouting, atrophy and the fibres that still answer the nerve."""

from endplate.physiology.muscle.fibres import Course, Parameters, course

__all__ = ["Course", "Parameters", "course"]
