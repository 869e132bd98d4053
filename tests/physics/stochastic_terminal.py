"""The reference for gated uptake: every chain of every terminal one by one, by exact stochastic simulation.

A terminal that holds n living chains takes up the next at the rate [f_b + (1 - f_b) R(n)] times the drive,
which follows the free toxin; each chain enters the cytosol, lives and comes to act on clocks of its own.
Births are drawn in the time of the drive (next reaction): a unit exponential is spent at the gate's rate,
which changes whenever a chain is born or dies.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

MOST = 4096


@njit
def acting_counts(seed, terminals, sessions, drive, clearance, basal, release, times, rates):
    """Acting chains of every terminal at every time, (terminals, times).

    drive: mean births per session without a gate; clearance per d; release by number of chains held, its last
    for more; rates: translocation, cleavage, docking and decay per d.
    """
    np.random.seed(seed)
    enter, cleave, dock, decay = rates
    counts = np.zeros((terminals, times.size), np.int64)
    dies = np.empty(MOST)
    for terminal in range(terminals):
        held = 0
        for day in sessions:
            spent, now = 0.0, day  # drive used up by now
            wait = -math.log(1.0 - np.random.random())
            while True:
                kept, next_death = 0, np.inf
                for j in range(held):
                    if dies[j] > now:
                        dies[kept] = dies[j]
                        kept += 1
                        next_death = min(next_death, dies[j])
                held = kept
                gate = basal + (1.0 - basal) * release[min(held, release.size - 1)]
                left = 1.0 - (spent + wait / gate) / drive
                birth = day - math.log(left) / clearance if left > 0.0 else np.inf
                if next_death < birth and next_death < np.inf:
                    used = drive * (1.0 - math.exp(-clearance * (next_death - day)))
                    wait -= gate * (used - spent)
                    spent, now = used, next_death
                    if drive - spent < 1e-12 * drive:
                        break
                    continue
                if birth == np.inf:
                    break
                spent += wait / gate
                now = birth
                inside = now - math.log(1.0 - np.random.random()) / enter
                gone = inside - math.log(1.0 - np.random.random()) / decay
                acts = inside - math.log(1.0 - np.random.random()) / cleave
                acts -= math.log(1.0 - np.random.random()) / dock
                for i in range(times.size):
                    if acts <= times[i] < gone:
                        counts[terminal, i] += 1
                dies[held] = gone
                held += 1
                wait = -math.log(1.0 - np.random.random())
    return counts
