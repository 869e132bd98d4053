"""Guesses of what comes after the run of a copy: the first of every copy is the copy's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline
from endplate.knowledge.evidence import value
from endplate.physiology import scales
from endplate.questions.individualising.copies import LAG, RESPONSE, Copies, JointCopies
from endplate.simulation.draws.cloud import Cloud
from endplate.simulation.draws.steered import own_scores, rescored
from endplate.simulation.joints.course import JointCourse, key_of
from endplate.simulation.parameters import THIS_STUDY, Draws, RandomDraws, draw, study_apart

Array = NDArray[np.float64]
Normal = Callable[[str], Array]  # standard normal numbers of a process, (copies or 1, guesses)

GUESSES = 128
GUESS = "guess/"
"""How the processes of guesses begin."""


@dataclass(frozen=True)
class Numbers:
    """Where guesses come from.

    Attributes:
        normal: standard normal numbers of a process.
        apart: how far this study stands apart, (copies, 1).
    """

    normal: Normal
    apart: Array

    @classmethod
    def of(cls, seed: int, size: int) -> Numbers:
        """Numbers of every copy's own."""
        return cls(partial(_guessed, RandomDraws(seed, size)), study_apart(seed, THIS_STUDY, size)[:, None])

    @classmethod
    def moved(cls, cloud: Cloud) -> Numbers:
        """Numbers of a cloud."""
        return cls(partial(_guessed, cloud), cloud.apart[:, None])

    @classmethod
    def alike(cls, seed: int) -> Numbers:
        """Numbers that all copies share."""
        return cls(partial(_guessed, RandomDraws(seed, 1)), np.ones((1, 1)))


def _guessed(draws: Draws, process: str) -> Array:
    """Standard normal numbers of a process for guesses, (copies, guesses)."""
    return draws.normal(f"{GUESS}{process}", GUESSES)


@dataclass(frozen=True)
class Guesses:
    """Guesses about the copies of some draws, (copies, guesses)."""

    draws: Draws
    numbers: Numbers

    def normal(self, process: str, own: Array | None = None) -> Array:
        """Standard normal numbers, (copies, guesses); ``own`` (copies,) in the first column."""
        found = np.broadcast_to(self.numbers.normal(process), (self.draws.size, GUESSES)).copy()
        if own is not None:
            found[:, 0] = own
        return found

    def study(self, record_id: str) -> Array:
        """Scores of what this study has of its own, (copies, guesses)."""
        found = self.normal(record_id) * self.numbers.apart
        found[:, 0] = self.draws.of(record_id)
        return found

    def response(self) -> Array:
        """What the scale does to a change, over the typical study's."""
        spread = self.draws.of(f"{RESPONSE}_sd")[:, None]
        return np.asarray(np.exp(spread * self.study(RESPONSE)))

    def lag_d(self) -> Array:
        """Days until the person notices."""
        return rescored(self.draws, LAG, self.normal(LAG, own_scores(self.draws, LAG)))

    def level(self, base: JointBaseline) -> Array:
        """Change without the drug once it has all appeared, grade."""
        name = f"placebo/{key_of(base)}"
        person = self.normal(name, self.draws.normal(name, 1)[:, 0])
        p = draw(scales.Parameters, self.draws)
        study = p.placebo_study_sd_grade[:, None] * self.study("scales.placebo_study")
        return np.asarray(p.placebo_change_grade[:, None] + study + p.placebo_sd_grade[:, None] * person)


def joint_copies(course: JointCourse, guess: Guesses, raters: int) -> JointCopies:
    """One joint of a run with its guesses."""
    draws, base = guess.draws, course.baseline
    own = np.exp(draws.of(f"{RESPONSE}_sd") * draws.of(RESPONSE))
    rater = draw(scales.RaterParameters, draws).rater_at(base.joint)
    angles = draw(scales.Angles, draws)
    return JointCopies(
        course.true_grade,
        course.scale_change / own[:, None],
        course.r1_deg,
        course.r2_deg,
        course.strength,
        rater.between_sd_grade,
        rater.within_sd_grade,
        angles.r1_sd_deg,
        angles.r2_sd_deg,
        r1_off=value("visits.r1_model_sd") * draws.normal(f"r1/{key_of(base)}", 1)[:, 0],
        **guessed(base, guess, rater.between_sd_grade, raters),
    )


def guessed(base: JointBaseline, guess: Guesses, between_sd: Array, raters: int) -> dict[str, Array]:
    """What is guessed of a joint; ``between_sd`` of what a rater keeps, grade, (copies,)."""
    name = key_of(base)
    kept = [guess.normal(f"kept/{name}/{k}") * between_sd[:, None] for k in range(raters)]
    return {
        "level": guess.level(base),
        "drift": guess.normal(f"drift/{name}"),
        "kept": np.stack(kept, axis=1),
    }


def guessed_again(copies: Copies, bases: Sequence[JointBaseline], guess: Guesses) -> Copies:
    """Copies of a run with other guesses: what was run stays."""
    joints = tuple(
        replace(joint, **guessed(base, guess, joint.between_sd, joint.kept.shape[1]))
        for base, joint in zip(bases, copies.joints, strict=True)
    )
    return replace(copies, joints=joints, response=guess.response(), lag_d=guess.lag_d())
