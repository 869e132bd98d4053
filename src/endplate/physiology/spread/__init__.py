"""From syringe to endplate: limb, needle, bolus, diffusion and clearance between neighbouring muscles."""

from endplate.physiology.spread.bolus import Parameters, semi_axis_cm, variances_mm2
from endplate.physiology.spread.deposit import THINNED, Deposit, deposit, exposure_at
from endplate.physiology.spread.geometry import Geometry
from endplate.physiology.spread.needle import Aim, Chance, Hand, Tips, place

__all__ = [
    "THINNED",
    "Aim",
    "Chance",
    "Deposit",
    "Geometry",
    "Hand",
    "Parameters",
    "Tips",
    "deposit",
    "exposure_at",
    "place",
    "semi_axis_cm",
    "variances_mm2",
]
