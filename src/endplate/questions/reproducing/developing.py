"""Studies of development in `reproduce`: animals by pairs, calves by growth, others as ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Study
from endplate.knowledge.evidence import Posterior
from endplate.questions.reproducing.animals import SPECIES, of_animals
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.growing import Children, of_mice
from endplate.questions.reproducing.measures import check_carried
from endplate.questions.reproducing.model import StudyModel
from endplate.questions.reproducing.reported import Statistic
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation.biology import Biology

Array = NDArray[np.float64]


class DevelopingStudy(StudyModel):
    """One study of development in ``draws`` posterior draws; what is followed is followed once."""

    def __init__(
        self, study: Study, draws: int, seed: int, posterior: Posterior, biology: Biology | None = None
    ) -> None:
        super().__init__(study, draws, seed)
        self._grown_up = SimulatedStudy(study, draws, seed, posterior, biology)
        self._children = Children(study, draws, seed, posterior, biology or Biology())

    def simulated(self, outcome: Outcome) -> Statistic:
        """The statistic as simulated; of two arms, their difference.

        Raises:
            CannotSimulate: with the reason.
        """
        arm = self.named(outcome.arm)
        if arm.development is None:
            return self._grown_up.simulated(outcome)
        check_carried(outcome)
        circuit, species = arm.development.circuit, self.study.species
        other = self.named(outcome.versus) if outcome.versus else None
        if circuit in SPECIES:
            if SPECIES[circuit] != species:
                raise CannotSimulate(f"the circuit {circuit} is held for the {SPECIES[circuit]} alone")
            return of_animals(arm, other, outcome, self.draws, self.seed)
        if circuit == "calf_growth" and species == "mouse":
            return of_mice(arm, other, outcome, self.draws)
        if circuit != "calf_growth" or species != "human":
            raise CannotSimulate(f"no growth of the {circuit} is held for the {species}")
        found = self._children.statistic(arm, outcome)
        return found if other is None else found.minus(self._children.statistic(other, outcome))

    def predict(self, outcome: Outcome) -> Array:
        """The reported statistic in every draw, (draws,); a bound is judged without chance and error.

        Raises:
            CannotSimulate: with the reason.
        """
        return self.simulated(outcome).values if outcome.is_bound else super().predict(outcome)
