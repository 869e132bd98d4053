"""Score published studies against the model: what was observed, what a group of that size would show.

Each draw is one posterior copy of what is uncertain and of the study; within it the arm's people are drawn
afresh. The predicted statistic is their group's, with rater noise. Whatever cannot be simulated is reported
with its reason. ``model="baseline"`` sends a plain empirical model through the same door.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.case import Outcome, Study, load_study
from endplate.errors import InputError
from endplate.knowledge.evidence import load_posterior
from endplate.questions.reproducing.against_placebo import against_placebo, comparisons
from endplate.questions.reproducing.courses import courses
from endplate.questions.reproducing.developing import DevelopingStudy
from endplate.questions.reproducing.empirical import EmpiricalStudy
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.model import StudyModel
from endplate.questions.reproducing.pooled import beside_pooled
from endplate.questions.reproducing.reported import TOLD, as_printed, row_key, step_of
from endplate.questions.reproducing.scores import DIGITS, comparison, crps, family_of, share_below, totals
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation import MODEL_VERSION
from endplate.simulation.biology import Biology
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]
Model = Literal["mechanism", "baseline"]
MODELS: tuple[Model, ...] = ("mechanism", "baseline")


@dataclass(frozen=True)
class ScoreBoard:
    """Scores of all studies, ready for JSON."""

    document: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The keys of the ``reproduce`` result."""
        return self.document


@dataclass(frozen=True)
class _Scored:
    """A study in one model, with the rounding of print on every number."""

    study: Study
    model: StudyModel
    seed: int

    def predict(self, outcome: Outcome) -> Array:
        """The number that the study would print, in every draw, (draws,).

        Raises:
            CannotSimulate: with the reason; also where some draw gives no finite number.
        """
        sample = self.model.predict(outcome)
        if not np.isfinite(sample).all():
            raise CannotSimulate("some of the simulated groups give no finite number")
        if outcome.is_bound:  # nothing was printed that could be rounded
            return sample
        shares = stream(self.seed, f"{row_key(self.study, outcome)}/rounding").random(sample.size)
        return as_printed(sample, outcome, step_of(self.study, outcome), shares)

    def score(self, outcome: Outcome) -> dict[str, Any]:
        """The row of one outcome."""
        row = _row(self.study, outcome)
        try:
            sample = self.predict(outcome)
        except CannotSimulate as reason:
            return row | {"cannot": str(reason)}
        p10, p50, p90 = np.quantile(sample, [1 / 10, 1 / 2, 9 / 10])
        numbers = {"mean": sample.mean(), "sd": sample.std(), "p10": p10, "p50": p50, "p90": p90}
        row["predicted"] = {name: round(float(number), DIGITS) for name, number in numbers.items()}
        made_of = self.model.change_shares(outcome)
        row["change_shares"] = made_of and made_of.to_dict(DIGITS)
        if outcome.is_bound:
            row["inside_80"] = obeys(p50, outcome)
        if outcome.value is not None:
            row["inside_80"] = bool(p10 <= outcome.value <= p90)
            row["crps"] = round(crps(sample, outcome.value), DIGITS)
            row["error"] = round(float(sample.mean() - outcome.value), DIGITS)
            row["share_below"] = round(share_below(sample, outcome.value), DIGITS)
        return row


def obeys(middle: float, outcome: Outcome) -> bool:
    """Whether a median keeps within the bounds of an outcome; on a bound it does not.

    A direction is a bound of no effect, which no effect at all must not count as keeping.
    """
    below = outcome.at_most is None or middle < outcome.at_most
    return bool(below and (outcome.at_least is None or middle > outcome.at_least))


def _row(study: Study, outcome: Outcome) -> dict[str, Any]:
    """An outcome before it is scored."""
    told = {name: getattr(outcome, name) for name in TOLD}
    at = str(outcome.at) if outcome.at else None
    scores: dict[str, Any] = {
        "predicted": None,
        "inside_80": False,
        "crps": None,
        "error": None,
        "cannot": None,
    }
    scores |= {"change_shares": None, "at_most": outcome.at_most, "at_least": outcome.at_least}
    scores["developing"] = _developing(study, outcome)
    return {**told, "family": family_of(outcome.measure), "at": at, "observed": outcome.value, **scores}


def _developing(study: Study, outcome: Outcome) -> dict[str, str] | None:
    """Of a developing arm: in whom it was measured, and whether parameters were fitted to it."""
    if next(arm for arm in study.arms if arm.arm == outcome.arm).development is None:
        return None
    subject = "child" if study.species == "human" else str(study.species)
    return {"subject": subject, "standing": "fitted" if study.role == "calibration" else "test"}


def study_files(paths: Sequence[Path]) -> list[Path]:
    """The study files named, folders opened, in order of name."""
    files: list[Path] = []
    for path in paths:
        files += sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if os.path.isdir(path) else [path]
    return files


@dataclass(frozen=True)
class _How:
    """How studies are run: by which model, and whether each is kept out of what its model has learnt."""

    draws: int
    seed: int
    model: Model
    leave_one_out: bool
    biology: Biology

    def simulated(self, study: Study) -> StudyModel:
        """The study, ready to predict."""
        known = load_posterior(self.model, self.leave_one_out)
        known = known.leaving_out(study.study) if self.leave_one_out else known
        if self.model == "baseline":
            return EmpiricalStudy(study, self.draws, self.seed, known)
        if study.is_developmental:
            return DevelopingStudy(study, self.draws, self.seed, known, self.biology)
        out = self.leave_one_out
        return SimulatedStudy(study, self.draws, self.seed, known, self.biology, unseen=out)


def _study(study: Study, how: _How, with_courses: bool) -> dict[str, Any]:
    scored = _Scored(study, how.simulated(study), how.seed)
    told = {"study": study.study, "title": study.title, "role": study.role}
    sources = [{"citation": source.citation, "url": source.url} for source in study.sources]
    outcomes = [scored.score(outcome) for outcome in study.outcomes]
    drawn = {"courses": courses(study, scored.predict)} if with_courses and not study.is_developmental else {}
    known = [one for one, row in zip(study.outcomes, outcomes, strict=True) if row["crps"] is not None]
    compared = comparisons(study, known, scored.predict)
    return {**told, "sources": sources, "outcomes": outcomes, "comparisons": compared, **drawn}


def reproduce(
    paths: str | Path | Sequence[str | Path],
    draws: int = 400,
    seed: int = 1,
    model: Model = "mechanism",
    *,
    leave_one_out: bool = False,
    compare: bool = False,
    with_courses: bool = False,
    biology: Biology | None = None,
    progress: Callable[[float], None] | None = None,
) -> ScoreBoard:
    """Score every study file in ``paths``; a bad file goes to ``errors`` and the rest runs.

    Args:
        paths: study files or folders of them; one may stand alone.
        draws: posterior draws.
        seed: of every random stream.
        model: the mechanism, or the plain empirical baseline.
        leave_one_out: score a study calibrated on with what the other studies alone teach.
        compare: add ``comparison``: the mechanism beside the baseline on what both simulate.
        with_courses: add ``courses`` to every study: intervals over time, for figures.
        biology: variants of the mechanism, such as who leads recovery; the default ones without it.
        progress: told the share done, 0 to 1.

    Raises:
        InputError: fewer than one draw was asked for, or a variant of the baseline, which has none.
    """
    variant = biology or Biology()
    _check(draws, "mechanism" if compare else model, variant)
    named = [paths] if isinstance(paths, str | Path) else paths
    held, errors = [], []
    for path in study_files([Path(name) for name in named]):
        try:
            held.append(load_study(path))
        except InputError as error:
            errors.append(error.to_dict())
    how, studies = _How(draws, seed, model, leave_one_out, variant), []
    for study in held:
        studies.append(_study(study, how, with_courses))
        if progress:
            progress(len(studies) / len(held))
    made = {"endplate": __version__, "model_version": MODEL_VERSION, "seed": seed, "draws": draws}
    board = {"model": model, **made, "leave_one_out": leave_one_out, "biology": asdict(variant)}
    board |= {"studies": studies, "totals": totals(studies), "errors": errors}
    board["against_placebo"] = against_placebo(studies)
    board["pooled"] = beside_pooled(held, how.simulated)
    if compare:
        board["comparison"] = _compared(held, studies, how)
    return ScoreBoard(board)


def _check(draws: int, model: Model, biology: Biology) -> None:
    """Raise where the asked cannot be scored."""
    if draws < 1:
        remedy = "Ask for at least one draw."
        raise InputError(f"{draws} draws cannot be simulated", rule="draws", remedy=remedy, field="draws")
    if model == "baseline" and biology != Biology():
        remedy = "Leave the variant out, or score the mechanism."
        message = "The baseline has no biology and so no variants of it"
        raise InputError(message, rule="model", remedy=remedy, field="--model")


def _compared(held: list[Study], studies: list[dict[str, Any]], how: _How) -> dict[str, Any]:
    """The scored studies beside those of the other model."""
    other = replace(how, model="baseline" if how.model == "mechanism" else "mechanism")
    against = [_study(study, other, False) for study in held]
    pair = (studies, against) if how.model == "mechanism" else (against, studies)
    trials = {name: against_placebo(side) for name, side in zip(MODELS, pair, strict=True)}
    return comparison(*pair) | {"against_placebo": trials}
