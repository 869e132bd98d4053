r"""Junction classes over time: gated uptake, sessions, reserve and sprouts, and who transmits.

A terminal that holds n chains, acting or not, takes up more at the rate

.. math:: \dot b = g(n)\,\dot H, \qquad g(n) = f_b + (1 - f_b)\,R(c(n)), \qquad \dot H = \rho\,k_{up}\,F

so births depend on the state. A class of terminals with equal drive H is carried by its moments: x, the mean
chains over ``critical_chains``, and the excess :math:`k = \mathrm{Var} - \text{mean}` (same unit). Chains
held are old ones o (of earlier sessions) and those born now b:

.. math::
   x_b' = E[g], \qquad k_b' = 2\,\mathrm{cov}(b, g), \qquad C' = \mathrm{cov}(o, g), \qquad
   \mathrm{cov}(n, g) = \mathrm{Var}(n)\,\frac{dE[g]}{dx}\Big|_{N}

with ' for the derivative by H, covariances of o and b by their share in Var(n), C = cov(o, b), and the last
identity exact for the binomial family of ``response``. With :math:`f_b = 1` the closure is exact: Poisson.
Chains live and come to act independently of each other, so a share a acts on average, and factorial moments
thin: :math:`x \to a x,\ k \to a^2 k`. Births come sooner than their drive when the gate closes; they are
taken as a part w spread like the drive and a part 1 - w at once, with the same mean time of birth.

Reserve :math:`\rho` of the class: :math:`\dot\rho = -(1-T)(\rho - \rho_\infty)/\tau_- + T(1-\rho)/\tau_+`.
Sprouts ripen by :math:`r = 1 - e^{-(t - t_B)^+/t_G}` on what is blocked, in each session anew; those of
earlier sessions were exposed with the muscle, took up toxin as naive terminals do and are replaced as far as
they fail. With share v of working sprouts among the blocked

.. math:: T = T_0 + G\,(T_1 - T_0),\quad G = v\,(1 - T) \qquad\text{or}\qquad T = T_P + (1 - T_P)\,v\,T_S

for sprouts that add (V1) and sprouts that stand for themselves (V2), where the parent's :math:`T_P` follows
:math:`T_0` down at once and up only after its silence. Sprouts of junctions that transmit count no more.

Whatever the muscle, a class's course depends on the draw and on its drive alone: it is followed on some
drives (nodes) and a class lies between two of them.

Assumptions: the gate sees every chain held, acting or not, which is the most that own block can do;
:math:`f_b = 1` is the least. Deaths during the hours of uptake do not reopen it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.terminal import kernels
from endplate.physiology.terminal.junction import Parameters, chain_course
from endplate.physiology.terminal.recovery import Leader
from endplate.physiology.terminal.recovery import Parameters as Recovery
from endplate.physiology.terminal.response import BARE, FANO, Response, response

Array = NDArray[np.float64]
Index = NDArray[np.int64]
P = TypeVar("P")

_KNOTS: Array = np.concatenate([[0.0], np.geomspace(1e-3, 0.08, 10), np.geomspace(0.1, 40, 64)])
_DRIVES: Array = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 7 * kernels.PER_DECADE + 1)])
_AGAIN: Array = np.concatenate([[0.0], np.geomspace(1e-6, 1, 6 * kernels.PER_DECADE + 1)])  # of a later drive
_NODES: Array = np.concatenate([[0.0, 0.01, 0.03], np.geomspace(0.06, 1e3, 48), [2e3, 5e3, 1e4]])
_GRIDS = (_KNOTS, FANO, _DRIVES, _AGAIN, 1 / np.diff(_KNOTS))
_LAG_DECIMALS = 9  # days after different sessions that are closer are the same


@dataclass(frozen=True)
class Junctions:
    """All that junction classes need to be followed, drawn; arrays lead with (draws,).

    Attributes:
        terminal: terminal parameters.
        recovery: recovery parameters.
        account: what differs between the accounts of recovery.
        seen: the response tables.
        born: mean, excess and part spread like the drive, of births into empty terminals, (draws, 3, drives).
        clearance_per_h: loss of free toxin from the muscle, (draws,).
    """

    terminal: Parameters
    recovery: Recovery
    account: Leader
    seen: Response
    born: Array
    clearance_per_h: Array

    def half_block(self) -> Array:
        """Mean acting chains over the critical number at which half the junctions fail, (draws,)."""
        return np.asarray(self.seen.knots[(self.seen.transmission[:, -1, :, BARE] < 1 / 2).argmax(axis=1)])

    def rows(self, part: slice) -> Junctions:
        """These draws alone."""
        return Junctions(
            take(self.terminal, part),
            take(self.recovery, part),
            take(self.account, part),
            Response(self.seen.knots, self.seen.fano, self.seen.transmission[part], self.seen.release[part]),
            self.born[part],
            self.clearance_per_h[part],
        )


@dataclass(frozen=True)
class Sessions:
    """When toxin was given and how its chains come to act.

    Attributes:
        time_d: ascending times, (times,).
        day: day of every session, (sessions,).
        first: index of the first time of every session, (sessions,).
        lag: which of the lags every time has after every session, 0 before it, (sessions, times).
        spread: acting chains per chain whose uptake follows the drive, by lag, (draws, lags).
        prompt: acting chains per chain taken up at once, likewise.
        dose: what every session offers over the drive, (draws, sessions).
    """

    time_d: Array
    day: Array
    first: Index
    lag: Index
    spread: Array
    prompt: Array
    dose: Array

    def rows(self, part: slice) -> Sessions:
        """These draws alone."""
        return replace(self, spread=self.spread[part], prompt=self.prompt[part], dose=self.dose[part])

    def acting(self) -> Array:
        """Acting chains where a session at full dose brings one, taken up like the drive, (draws, times)."""
        found = np.zeros((len(self.spread), self.time_d.size))
        for own, start, dose in zip(self.lag, self.first, self.dose.T, strict=True):
            found[:, start:] += dose[:, None] * self.spread[:, own[start:]]
        return found


def take(parameters: P, part: slice | Index) -> P:
    """A dataclass of (draws,) arrays with some draws only."""
    return type(parameters)(**{name: each[part] for name, each in vars(parameters).items()})


def junctions(
    terminal: Parameters,
    recovery: Recovery,
    account: Leader,
    clearance_per_h: Array,
    rate_Hz: float,
) -> Junctions:
    """Tabulate responses and births once for all muscles.

    Args:
        terminal: terminal parameters, fields (draws,).
        recovery: recovery parameters, fields (draws,).
        account: parameters of one account of recovery, fields (draws,).
        clearance_per_h: loss of free toxin from the muscle, (draws,).
        rate_Hz: impulses per second of the train whose force is asked for.
    """
    helped = account.sprout_release(terminal.sprout_release_share)
    gain = recovery.train_gain(rate_Hz)
    seen = response(terminal, _KNOTS, helped, account.apart, recovery.reserve_floor, gain)
    born = kernels.fill_all(seen.release, recovery.basal_uptake_share, _GRIDS)
    return Junctions(terminal, recovery, account, seen, born, clearance_per_h)


def births(these: Junctions, drive: Array) -> Array:
    """Chains over the critical number that empty terminals take up in all, (draws, classes).

    Args:
        these: the junctions.
        drive: critical loads that terminals which release as when naive would take up, (draws, classes).
    """
    return np.asarray(kernels.born_all(these.born, _DRIVES, drive))


def sessions(
    these: Junctions, time_d: Array, sessions_d: tuple[float, ...], dose: Array | None = None
) -> Sessions:
    """How chains of every session come to act.

    Args:
        these: the junctions.
        time_d: ascending times from 0, (times,).
        sessions_d: days of the sessions, ascending.
        dose: what every session offers over the drive, (draws, sessions); 1 without it.
    """
    day = np.asarray(sessions_d, dtype=np.float64)
    first = np.searchsorted(time_d, day)
    since = np.asarray(np.round(np.maximum(time_d - day[:, None], 0), _LAG_DECIMALS), dtype=np.float64)
    lags = np.unique(since)  # sessions mostly share their lags
    spread = chain_course(these.terminal, these.clearance_per_h, lags)
    prompt = chain_course(these.terminal, None, lags)
    full = np.ones((len(spread), day.size)) if dose is None else dose
    return Sessions(time_d, day, first, np.searchsorted(lags, since), spread, prompt, full)


def nodes(draws: int) -> Array:
    """Drives at which courses are followed for all classes of all muscles, (draws, nodes)."""
    return np.tile(_NODES, (draws, 1))


def on_nodes(drive: Array, weight: Array, muscle: Index) -> Array:
    """The weights of classes divided between the two nodes that each drive lies between.

    Args:
        drive: drive of each class, (draws, classes).
        weight: its weight, (draws, classes).
        muscle: which muscle it belongs to, from 0, the last one last, (classes,).

    Returns:
        (draws, muscles, nodes).
    """
    return np.asarray(kernels.share_out(_NODES, 1 / np.diff(_NODES), drive, weight, muscle))


def follow(
    these: Junctions, drive: Array, given: Sessions, asked: Index | None = None
) -> tuple[Array, Array]:
    """Follow classes of junctions.

    Args:
        these: the junctions.
        drive: critical loads that naive terminals would take up in one session, (draws, classes).
        given: the sessions.
        asked: how many classes of every draw are followed, (draws,), the others are left at nothing; all
            without it.

    Returns:
        Share that transmits a single impulse, and share of the others that a train at the rate asked for
        opens, (draws, times, classes) each.
    """
    seen = _followed(these, drive, given, kernels.RESCUED + 1, asked)
    return seen[:, 0], seen[:, 1]


def held(these: Junctions, drive: Array, given: Sessions) -> tuple[Array, Array]:
    """Acting chains of the same classes: mean over the critical number and Fano factor; as :func:`follow`."""
    seen = _followed(these, drive, given, kernels.SCATTER + 1)
    return seen[:, kernels.CHAINS], seen[:, kernels.SCATTER]


def _followed(
    these: Junctions, drive: Array, given: Sessions, kinds: int, asked: Index | None = None
) -> Array:
    r, account = these.recovery, these.account
    rows = [
        r.basal_uptake_share,
        r.reserve_floor,
        r.reserve_loss_d,
        r.reserve_recovery_d,
        r.sprout_delay_d,
        r.sprout_exposure,
        np.log(2.0) / these.terminal.light_chain_half_life_d,
        account.growth_d,
        *account.parent_d(),
    ]
    time = (given.time_d, given.day, given.first, given.lag)
    tables = (these.seen.transmission, these.seen.release, these.born)
    stacked = np.stack(rows, axis=1)
    acts = (time, given.spread, given.prompt)
    asked = np.full(len(drive), drive.shape[1]) if asked is None else asked
    return np.asarray(
        kernels.follow_all(stacked, account.apart, drive, given.dose, *acts, tables, _GRIDS, kinds, asked)
    )
