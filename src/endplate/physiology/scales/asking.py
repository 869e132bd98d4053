"""When a patient asks to be injected again: benefit over, noticed, and an appointment made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asking:
    """How long it takes from the end of benefit to the needle; every field has shape (draws,).

    Attributes:
        perception_lag_d: days until a patient notices what an examiner would find.
        appointment_delay_d: days from the wish to the appointment.
    """

    perception_lag_d: Array = evidence("scales.perception_lag")
    appointment_delay_d: Array = evidence("clinic.appointment_delay")


def asks_again_d(p: Asking, duration_d: Array, shortest_d: float) -> Array:
    """Day since a session on which its person is injected again at their wish, (draws,).

    Args:
        p: parameters, fields (draws,).
        duration_d: days from the session to the end of its benefit, (draws,); NaN for who never had any and
            would have come back at once, infinite where it has not ended.
        shortest_d: days before which nobody is injected again.
    """
    over = np.where(np.isnan(duration_d), 0, duration_d) + p.perception_lag_d
    return np.asarray(np.maximum(over + p.appointment_delay_d, shortest_d))
