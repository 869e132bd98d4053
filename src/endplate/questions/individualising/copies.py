"""Virtual copies of the person as visits see them, each with many guesses of what needs no new run.

Potency, half-life, needles and joint decide the run of a copy. How strongly the scale responds here, the
change without the drug, what the rater keeps and how late the person notices come after it: of these every
copy has many guesses, and its likelihood is the mean over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import parse_quantity

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

POTENCY, HALF_LIFE = "terminal.potency_person", "terminal.light_chain_half_life"
RESPONSE = "scales.response_study"
LAG, DELAY = "scales.perception_lag", "clinic.appointment_delay"


@dataclass(frozen=True)
class JointCopies:
    """One joint in every copy; courses are (copies, times), guesses (copies, guesses).

    Attributes:
        true_grade: behind the baseline record, (copies,).
        bare: change of grade where the scale responds as in the typical study.
        r1_deg: catch.
        r2_deg: end of range.
        strength: over the untreated joint's.
        between_sd: of what a rater keeps, grade, (copies,).
        within_sd: of what a visit adds, grade, (copies,).
        r1_sd: of one reading, deg, (copies,).
        r2_sd: of one reading, deg, (copies,).
        level: change without the drug once it has all appeared, grade, guesses.
        drift: score of the drift, guesses.
        kept: what each rater keeps with the person, grade, (copies, raters, guesses).
        r1_off: how far the model's catch is off at every visit, deg, (copies,).
    """

    true_grade: Array
    bare: Array
    r1_deg: Array
    r2_deg: Array
    strength: Array
    between_sd: Array
    within_sd: Array
    r1_sd: Array
    r2_sd: Array
    level: Array
    drift: Array
    kept: Array
    r1_off: Array


@dataclass(frozen=True)
class Copies:
    """Copies with their guesses.

    Attributes:
        time_d: days since the first session followed, (times,).
        joints: in order of the baselines.
        response: what the scale does to a change over the typical study's, (copies, guesses).
        lag_d: days until the person notices, (copies, guesses).
        placebo_d: time constant of the change without the drug, (copies,).
        ratio_cv: error of one ratio over its size, (copies,).
        delay_d: median of the days from the wish to the needle, (copies,).
        weak: probability that weakness was complained of by each day asked for, (copies, asked).
        scores: the effects that are searched for, (copies, effects).
        parameters: values of records by id, (copies,).
        used: records that a population was drawn from.
    """

    time_d: Array
    joints: tuple[JointCopies, ...]
    response: Array
    lag_d: Array
    placebo_d: Array
    ratio_cv: Array
    delay_d: Array
    weak: Array
    scores: Array
    parameters: Mapping[str, Array]
    used: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of copies."""
        return len(self.response)

    def rows(self, rows: Rows) -> Copies:
        """Some of the copies."""
        return _each(self, lambda held: held[0][rows])

    def one(self, rows: Rows, guess: Rows) -> Copies:
        """Some of the copies with one guess each, (rows,) both."""
        found, at = self.rows(rows), guess[:, None]

        def pick(held: Array) -> Array:
            return np.take_along_axis(held, at if held.ndim == 2 else at[:, None], axis=-1)

        joints = tuple(
            replace(joint, **{name: pick(getattr(joint, name)) for name in ("level", "drift", "kept")})
            for joint in found.joints
        )
        return replace(found, joints=joints, response=pick(found.response), lag_d=pick(found.lag_d))

    def merged(self, other: Copies, took: Mask) -> Copies:
        """These copies with those of another in place of some, (copies,)."""

        def pick(held: Sequence[Array]) -> Array:
            own, new = held
            return np.where(took.reshape(-1, *[1] * (own.ndim - 1)), new, own)

        return _each(self, pick, other)

    def joined(self, other: Copies) -> Copies:
        """These copies and others of the same times."""
        return _each(self, np.concatenate, other)


def _each(first: Copies, work: Callable[[Sequence[Array]], Array], *others: Copies) -> Copies:
    """Something done with every array that leads with copies; times stay those of the first."""
    every = (first, *others)

    def of(held: Sequence[Any]) -> dict[str, Array]:
        names = [item.name for item in fields(held[0]) if item.name != "time_d"]
        found = {name: [getattr(each, name) for each in held] for name in names}
        return {name: work(arrays) for name, arrays in found.items() if isinstance(arrays[0], np.ndarray)}

    joints = tuple(JointCopies(**of(same)) for same in zip(*(each.joints for each in every), strict=True))
    held = {name: work([each.parameters[name] for each in every]) for name in first.parameters}
    arrays: dict[str, Any] = {**of(every), "joints": joints, "parameters": held}
    return replace(first, **arrays)


def months(days: Array | float) -> Array:
    """Days as months."""
    return np.asarray(days) / parse_quantity("1 mo").to("d").value
