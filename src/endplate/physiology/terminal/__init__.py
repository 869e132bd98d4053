"""Inside the motor nerve terminal: uptake, light chains, SNAP-25, vesicles and quantal release."""

from endplate.physiology.terminal.junction import Parameters, chain_course, release_and_cleavage
from endplate.physiology.terminal.response import transmission_table

__all__ = ["Parameters", "chain_course", "release_and_cleavage", "transmission_table"]
