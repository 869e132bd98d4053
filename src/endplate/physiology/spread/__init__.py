"""From syringe to endplate: bolus, diffusion and clearance inside one muscle belly."""

from endplate.physiology.spread.bolus import Belly, Parameters, Spread, spread

__all__ = ["Belly", "Parameters", "Spread", "spread"]
