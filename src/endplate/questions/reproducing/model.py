"""What every model of a study shares: the row's own error, and the number printed in every draw."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome, Study
from endplate.knowledge.vocabulary import MEASURES
from endplate.questions.reproducing.reported import Statistic, row_error, row_key, settled
from endplate.questions.reproducing.shares import ChangeShares
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]


class StudyModel(ABC):
    """One study in ``draws`` posterior draws of a model."""

    def __init__(self, study: Study, draws: int, seed: int) -> None:
        self.study, self.draws, self.seed = study, draws, seed

    @abstractmethod
    def simulated(self, outcome: Outcome) -> Statistic:
        """The statistic as the model gives it; of two arms, their difference.

        Raises:
            CannotSimulate: with the reason.
        """

    def found(self, outcome: Outcome) -> Statistic:
        """The statistic as simulated, beside the chance that the number printed has.

        A standard error or deviation in the row stands for the chance of group and measurement.

        Raises:
            CannotSimulate: with the reason.
        """
        simulated, error = self.simulated(outcome), row_error(self.study, outcome)
        return simulated if error is None else replace(simulated, chance_sd=error)

    def predict(self, outcome: Outcome) -> Array:
        """The reported statistic in every draw, (draws,): right as a distribution over draws.

        Raises:
            CannotSimulate: with the reason.
        """
        scores = stream(self.seed, f"{row_key(self.study, outcome)}/row error").standard_normal(self.draws)
        relative = MEASURES[outcome.measure].carried == "log" and outcome.versus is None
        return settled(self.found(outcome), scores, relative=relative)

    def change_shares(self, outcome: Outcome) -> ChangeShares | None:
        """What the change of a grade is made of, where the model tells it.

        Raises:
            CannotSimulate: with the reason.
        """
        return None

    def named(self, name: str) -> Arm:
        """An arm of the study."""
        return next(arm for arm in self.study.arms if arm.arm == name)
