"""Toxin in the blood, what every other muscle sees of it, and how people come to resist it."""

from endplate.physiology.body.immunity import Immunity, load_ng, session_hazard, uptake_left
from endplate.physiology.body.pool import Parameters, exposure_U_h_per_mL

__all__ = [
    "Immunity",
    "Parameters",
    "exposure_U_h_per_mL",
    "load_ng",
    "session_hazard",
    "uptake_left",
]
