"""One person as many virtual copies: parameters drawn, the chain run, results kept."""

from endplate._version import MODEL_VERSION
from endplate.simulation.biology import Biology
from endplate.simulation.results import SimulationResult
from endplate.simulation.simulating import simulate

__all__ = ["MODEL_VERSION", "Biology", "SimulationResult", "simulate"]
