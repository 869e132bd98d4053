"""What leaves the muscles: toxin in the blood and what every other muscle sees of it."""

from endplate.physiology.body.pool import Parameters, exposure_U_h_per_mL

__all__ = ["Parameters", "exposure_U_h_per_mL"]
