"""Toxin in the blood, what every other muscle sees of it, complaints of weakness, and resistance to toxin."""

from endplate.physiology.body.adverse import WeaknessParameters, missed, weakness_hazard, with_background
from endplate.physiology.body.immunity import Immunity, load_ng, session_hazard, uptake_left
from endplate.physiology.body.pool import Parameters, exposure_U_h_per_mL

__all__ = [
    "Immunity",
    "Parameters",
    "WeaknessParameters",
    "exposure_U_h_per_mL",
    "load_ng",
    "missed",
    "session_hazard",
    "uptake_left",
    "weakness_hazard",
    "with_background",
]
