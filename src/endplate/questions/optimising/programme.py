r"""The mixed-integer programme: effects of muscles added up in some copies, solved with a proven bound.

.. math:: \max\ \frac{1}{W} \sum_g \frac{w_g}{K} \sum_{d} u_{gd} - \text{costs}, \qquad
   u_{gd} \le 1, \qquad u_{gd} \le \sum_{m,c} \frac{e_{gmcd}}{n_{gd}}\, x_{mc}, \qquad \sum_c x_{mc} = 1

e is what choice c of muscle m alone takes off the resistance of the target's joint in copy d, n what the
target needs; u is how far the target is reached there. Limits that sum up stand as rows. Demands on shares of
copies, vials, waste and unwanted weakness do not: without them the optimum of the programme is no smaller,
so its bound holds for every plan searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case.goals import Goals
from endplate.questions.optimising.limits import Limit
from endplate.questions.optimising.surrogate import Surrogate

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Picks = NDArray[np.int64]

COPIES = 24
_GAP = 1e-3
_NODES = 400  # a limit of time would let the same seed give other plans on a slower machine
_DUST = 1e-9


@dataclass(frozen=True)
class Solved:
    """The programme's answer.

    Attributes:
        picks: choice of every candidate, (candidates,).
        value: what that plan is worth in the programme.
        bound: no plan is worth more.
        copies: how many copies stand in it.
    """

    picks: Picks
    value: float
    bound: float
    copies: int


class Programme:
    """The programme of one surrogate."""

    def __init__(
        self,
        surrogate: Surrogate,
        goals: Goals,
        limits: Sequence[Limit],
        allowed: Sequence[Flags],
        costs: Sequence[Array],
    ) -> None:
        """Gather effects, limits and costs.

        Args:
            surrogate: of which the first copies stand in the programme.
            goals: targets and weights.
            limits: that sum up.
            allowed: which choices of each candidate may be taken, (choices,) each.
            costs: what every choice costs, (choices,) each.
        """
        self._limits = [limit for limit in limits if limit.can_bind]
        self._sizes = [flags.size for flags in allowed]
        self._allowed, self._costs = np.concatenate(allowed), np.concatenate(costs)
        self._effects, self._weights = self._scenarios(surrogate, goals)

    def _scenarios(self, surrogate: Surrogate, goals: Goals) -> tuple[Array, Array]:
        """Effect over need, (scenarios, choices), and the weight of each scenario."""
        whole = sum(target.weight for target in goals.targets)
        rows, weights = [np.empty((0, sum(self._sizes)))], []
        self.copies = min(COPIES, surrogate.draws.size)
        for target in goals.targets:
            needed, found = surrogate.effects(target)
            own = np.flatnonzero(~np.isnan(needed[: self.copies]))
            effect = np.concatenate(found, axis=1)[own]
            rows.append(effect / np.maximum(needed[own, None], _DUST))
            weights += [target.weight / whole / self.copies] * own.size
        return np.concatenate(rows), np.array(weights)

    def worth(self, picks: Picks) -> float:
        """What a plan is worth in the programme."""
        return float(self._weights @ np.minimum(self._effects @ self._ones(picks), 1) - self._cost(picks))

    def _ones(self, picks: Picks) -> Array:
        found = np.zeros(sum(self._sizes))
        found[np.cumsum([0, *self._sizes[:-1]]) + picks] = 1
        return found

    def _cost(self, picks: Picks) -> float:
        return float(self._costs @ self._ones(picks))

    def solve(self) -> Solved | None:
        """The best plan of the programme and a bound; None where the solver finds no plan at all."""
        from scipy.optimize import Bounds, milp

        choices, scenarios = sum(self._sizes), len(self._weights)
        gain = np.concatenate([-self._costs, self._weights])
        integer = np.concatenate([np.ones(choices), np.zeros(scenarios)])
        upper = np.concatenate([self._allowed.astype(float), np.ones(scenarios)])
        found = milp(
            -gain,
            integrality=integer,
            bounds=Bounds(np.zeros(upper.size), upper),
            constraints=self._rows(scenarios),
            options={"mip_rel_gap": _GAP, "node_limit": _NODES},
        )
        if found.x is None:
            return None
        ends = np.cumsum(self._sizes)
        picks = np.array([part.argmax() for part in np.split(found.x[:choices], ends[:-1])])
        bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None else -float(found.fun)
        worth = self.worth(picks)
        return Solved(picks, worth, max(bound, worth), self.copies)

    def _rows(self, scenarios: int) -> list[object]:
        """One choice each, limits, and how far every target is reached in every copy."""
        from scipy.optimize import LinearConstraint
        from scipy.sparse import block_diag, csr_array, eye_array, hstack

        one = block_diag([np.ones((1, size)) for size in self._sizes], format="csr")
        rows = [LinearConstraint(_wide(one, scenarios), 1, 1)]
        if self._limits:
            sums = csr_array(np.stack([np.concatenate(limit.amounts) for limit in self._limits]))
            most = np.array([limit.maximum - limit.spent for limit in self._limits])
            rows.append(LinearConstraint(_wide(sums, scenarios), -np.inf, most))
        reached = hstack([csr_array(-self._effects), eye_array(scenarios)], format="csr")
        rows.append(LinearConstraint(reached, -np.inf, 0))
        return rows


def _wide(rows: object, scenarios: int) -> object:
    """Rows of the choices with nothing for the scenarios."""
    from scipy.sparse import csr_array, hstack

    return hstack([rows, csr_array((rows.shape[0], scenarios))], format="csr")  # type: ignore[attr-defined]
