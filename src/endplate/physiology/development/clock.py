r"""Windows of plasticity, each in the unit of time of its own species.

.. math:: P(t) = f + \frac{1 - f}{1 + e^{(t - t_c)/s}}

f is what an adult keeps, :math:`t_c` when half of the rest is gone, s how fast it goes. There is no single
critical period: each circuit of each species has a window of its own (rats and mice days, kittens weeks,
children years). Across species only the place within a window may be compared, never the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from endplate.errors import InputError
from endplate.knowledge.evidence import value

Array = NDArray[np.float64]

_MOST = 700.0  # beyond it the exponential is more than a number can hold


@dataclass(frozen=True)
class Window:
    """How long a circuit can still be taught.

    Attributes:
        unit: of every time here, "d", "wk" or "y".
        middle: t_c, when half of the plasticity that will go is gone; infinite where none ever goes.
        slope: s, more than 0.
        floor: f, what an adult keeps, 0 to 1.

    Raises:
        InputError: ``window_slope`` or ``window_floor`` outside these bounds.
    """

    unit: str
    middle: float
    slope: float
    floor: float

    def __post_init__(self) -> None:
        if not self.slope > 0:
            raise InputError(
                "A window needs a slope above 0.", rule="window_slope", remedy="Give how fast it closes."
            )
        if not 0 <= self.floor <= 1:
            raise InputError("What an adult keeps is a share.", rule="window_floor", remedy="Give 0 to 1.")

    def plasticity(self, time: ArrayLike) -> Array:
        """P at these times, in the window's unit, same shape; between ``floor`` and 1."""
        late = np.clip((np.asarray(time, dtype=np.float64) - self.middle) / self.slope, -_MOST, _MOST)
        return np.asarray(self.floor + (1 - self.floor) / (1 + np.exp(late)))


def window(name: str, unit: str, of: Callable[[str], float] = value) -> Window:
    """A window by its name in the records: ``rat_reflex``, ``mouse_barrel``, ``kitten_map``.

    Args:
        name: of the circuit.
        unit: of its times.
        of: the number of a record: its value, or one of those that it may have.
    """
    return Window(unit, *(of(f"windows.{name}.{part}") for part in ("middle", "slope", "floor")))


def child_middles_y() -> Array:
    """When a child's window may close, years, earliest first, (3,): three guesses, never one number."""
    return np.array([value(f"windows.child.middle.{name}") for name in ("earliest", "central", "latest")])


def child_shares() -> Array:
    """How likely each of ``child_middles_y`` is held to be, sums to 1, (3,): a judgement, not a finding."""
    names = ("earliest", "central", "latest")
    shares = np.array([value(f"windows.child.share.{name}") for name in names])
    return np.asarray(shares / shares.sum())
