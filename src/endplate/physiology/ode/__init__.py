"""The whole path from deposit to force as one system of ordinary differential equations, and its solvers."""

from endplate.physiology.ode.equations import (
    OUTPUTS,
    Parameters,
    Rates,
    initial_state,
    observe,
    rates_per_day,
    slope,
    state_names,
)
from endplate.physiology.ode.grid import PRESETS, Grid, Preset, grid_of
from endplate.physiology.ode.kernel import Course, follow
from endplate.physiology.ode.reference import reference_course

__all__ = [
    "OUTPUTS",
    "PRESETS",
    "Course",
    "Grid",
    "Parameters",
    "Preset",
    "Rates",
    "follow",
    "grid_of",
    "initial_state",
    "observe",
    "rates_per_day",
    "reference_course",
    "slope",
    "state_names",
]
