"""From syringe to endplate: limb, needle, bolus, diffusion and clearance between neighbouring muscles."""

from endplate.physiology.spread.bolus import Parameters, variances_mm2
from endplate.physiology.spread.deposit import THINNED, Deposit, deposit
from endplate.physiology.spread.geometry import Geometry
from endplate.physiology.spread.needle import Chance, Hand, place

__all__ = [
    "THINNED",
    "Chance",
    "Deposit",
    "Geometry",
    "Hand",
    "Parameters",
    "deposit",
    "place",
    "variances_mm2",
]
