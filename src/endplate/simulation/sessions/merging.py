"""What copies with different sessions showed, put together from day to day."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.physiology import muscle as muscle_stage
from endplate.simulation.chain import Chain
from endplate.simulation.draws.subset import Rows
from endplate.simulation.joints.course import JointCourse
from endplate.simulation.results import daily

Array = NDArray[np.float64]

_KINDS = tuple(item.name for item in fields(muscle_stage.Course))
_OF_OTHERS = ("force", "spindle")  # all that is told of muscles not aimed at; the rest is NaN
_OVER_TIME = ("scale_change", "visit_change", "expected_score", "r1_deg", "r2_deg", "strength")


class Merged:
    """Courses of all copies on whole days, filled as copies are finished.

    Attributes:
        chain: the run as one, on whole days; its clocks are those of the first session alone.
    """

    def __init__(self, base: Chain, horizon_d: int) -> None:
        shape = (base.uptake.size, horizon_d + 1)
        self._horizon_d = horizon_d
        not_kept = np.broadcast_to(np.full((), np.nan), shape)

        def course(kinds: tuple[str, ...]) -> muscle_stage.Course:
            return muscle_stage.Course(**{k: np.empty(shape) if k in kinds else not_kept for k in _KINDS})

        def joint(of: JointCourse) -> JointCourse:
            empty: dict[str, Any] = {name: np.empty(shape) for name in _OVER_TIME}
            return replace(of, **empty)

        self.chain = replace(
            base,
            time_d=np.arange(horizon_d + 1, dtype=np.float64),
            muscles={place: course(_KINDS) for place in base.muscles},
            neighbours={place: course(_OF_OTHERS) for place in base.neighbours},
            remote=course(_OF_OTHERS),
            joints=[joint(held) for held in base.joints],
            clocks_of=base,
        )

    def keep(self, chain: Chain, rows: Rows, own: NDArray[np.bool_] | None) -> None:
        """Keep what some copies showed.

        Args:
            chain: their run, maybe with others.
            rows: their places among all.
            own: which copies of the run they are, (run's copies,); None for all.
        """
        on, which = daily(chain.time_d, self._horizon_d), slice(None) if own is None else own
        for place, course in chain.muscles.items():
            for kind in _KINDS:
                getattr(self.chain.muscles[place], kind)[rows] = on(getattr(course, kind)[which])
        others = [(self.chain.neighbours[place], course) for place, course in chain.neighbours.items()]
        for ours, course in [*others, (self.chain.remote, chain.remote)]:
            for kind in _OF_OTHERS:
                getattr(ours, kind)[rows] = on(getattr(course, kind)[which])
        for held, found in zip(self.chain.joints, chain.joints, strict=True):
            for name in _OVER_TIME:
                getattr(held, name)[rows] = on(getattr(found, name)[which])
