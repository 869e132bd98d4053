"""Score published studies against the model: what was observed, what a group of that size would show.

Each draw is one posterior copy of what is uncertain and of the study; within it the arm's people are
drawn afresh. The predicted statistic is their group mean with rater noise. Whatever cannot be
simulated is reported with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import (
    Arm,
    JointBaseline,
    Outcome,
    PlannedInjection,
    Quantity,
    Study,
    StudyInjection,
    divided_sites,
    load_study,
    volume_shares,
)
from endplate.case import Population as StudyPopulation
from endplate.errors import InputError
from endplate.knowledge.evidence import get, value
from endplate.knowledge.vocabulary.anatomy import stretch_movements
from endplate.physiology.muscle import Course
from endplate.simulation.chain import Chain, run_chain, time_grid
from endplate.simulation.parameters import quantile, stream

Array = NDArray[np.float64]

_DEFAULT_GROUP = 20
_GUIDANCE = "electrical_stimulation"  # trials seldom inject by hand alone; files do not say how
_DIGITS = 4
_ASHWORTH = ("ashworth", "modified_ashworth")
_RATIOS = {"cmap_ratio": "force", "force_ratio": "force", "transmission": "transmission"}


@dataclass
class GroupDraws:
    """Copies for ``draws`` posterior draws of ``people`` each; people vary within a draw."""

    seed: int
    draws: int
    people: int
    group: str

    @property
    def size(self) -> int:
        """Copies in all."""
        return self.draws * self.people

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record: shared within a draw unless the record varies by person or cycle."""
        record = get(record_id)
        if record.distribution.kind == "fixed":
            return np.full(self.size, record.value)
        if record.varies in ("person", "cycle"):
            rng = stream(self.seed, f"{self.group}/{record_id}/{key}")
            return quantile(record, rng.standard_normal(self.size))
        scores = stream(self.seed, f"{record_id}/{key}").standard_normal(self.draws)
        return np.repeat(quantile(record, scores), self.people)

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return stream(self.seed, f"{self.group}/{process}").standard_normal((self.size, count))

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return stream(self.seed, f"{self.group}/{process}").random((self.size, count))


@dataclass(frozen=True)
class ScoreBoard:
    """Scores of all studies, ready for JSON; ``clean`` is whether every outcome lay inside its interval."""

    document: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The keys of the ``reproduce`` result."""
        return self.document

    @property
    def clean(self) -> bool:
        """Whether every outcome was simulated and lay inside its 80 % interval."""
        totals = self.document["totals"]
        return bool(totals["inside_80"] == totals["outcomes"])


class CannotSimulate(Exception):
    """An outcome that the model does not simulate; the text is the reason shown."""


def _injections(arm: Arm) -> tuple[PlannedInjection, ...]:
    """The arm's injections muscle by muscle; a shared dose is divided by adult muscle volume."""
    shots: list[PlannedInjection] = []
    for index, item in enumerate(arm.injections):
        if item.split == "label":
            raise CannotSimulate("division of a dose by label ranges is not built yet")
        if item.dose.unit != "U":
            raise CannotSimulate("doses per body mass are not built yet")
        volume_mL = _fluid_mL(item)
        shares = volume_shares(*([item.muscle] if item.muscle else item.muscles))
        sites = divided_sites(item.sites or 1, shares)
        where = f"arms.{arm.arm}.injections[{index}]"
        product, dose_U = arm.product or "", item.dose.value
        shots += [
            PlannedInjection(
                where,
                muscle,
                "right",
                product,
                dose_U * share,
                sites[muscle],
                volume_mL * share,
                None,
                "manual",
            )
            for muscle, share in shares.items()
        ]
    return tuple(shots)


def _fluid_mL(item: StudyInjection) -> float:
    """The volume injected: as stated, from the dilution, or the default volume at every site."""
    if item.volume is not None:
        return float(item.volume.value)
    if item.dilution is not None:
        return float(item.dose.value / item.dilution.value)
    return value("spread.site_volume_default") * (item.sites or 1)


def _baseline(outcome: Outcome, population: StudyPopulation | None) -> tuple[JointBaseline, ...]:
    if outcome.joint is None:
        return ()
    movements = stretch_movements(outcome.joint)
    if not movements:
        raise CannotSimulate(f"no stretch is listed for the joint {outcome.joint}")
    known = population.baseline if population else None
    if known and known.scale not in _ASHWORTH:
        raise CannotSimulate(f"a baseline on the scale {known.scale} is not turned into resistance")
    if population and population.joint not in (None, outcome.joint):
        known = None  # the baseline stated is another joint's
    grade = known.mean if known and known.mean is not None else value("scales.baseline_grade_default")
    return (
        JointBaseline(
            outcome.joint, "right", movements[0], outcome.scale or "", str(grade), grade, None, None
        ),
    )


def _people(arm: Arm, outcome: Outcome) -> int:
    return outcome.n or arm.n or _DEFAULT_GROUP


def _run(study: Study, arm: Arm, outcome: Outcome, draws: int, seed: int) -> tuple[Chain, GroupDraws]:
    group = GroupDraws(seed, draws, _people(arm, outcome), f"{study.study}/{arm.arm}")
    last = outcome.at.to("d").value if outcome.at else 0
    time_d = time_grid(max(int(np.ceil(last)), 1))
    time_d = np.append(time_d[time_d < last], last)
    chain = run_chain(_injections(arm), _baseline(outcome, study.population), None, group, time_d)
    return chain, group


def _group_mean(values: Array, group: GroupDraws) -> Array:
    return np.asarray(values.reshape(group.draws, group.people).mean(axis=1))


def _muscle(
    study: Study, arm: Arm, outcome: Outcome, draws: int, seed: int
) -> tuple[Chain, GroupDraws, Course]:
    chain, group = _run(study, arm, outcome, draws, seed)
    course = chain.muscles.get((outcome.muscle or "", "right"))
    if course is None:
        raise CannotSimulate("the muscle measured was not injected in this arm")
    return chain, group, course


def _statistic(study: Study, arm: Arm, outcome: Outcome, draws: int, seed: int) -> Array:
    """The group statistic of one arm in every draw, (draws,)."""
    if outcome.at is None:
        raise CannotSimulate("the outcome states no time")
    if outcome.measure in _RATIOS:
        chain, group, course = _muscle(study, arm, outcome, draws, seed)
        return _group_mean(getattr(course, _RATIOS[outcome.measure])[:, -1], group)
    if outcome.measure == "peak" and outcome.of in ("cmap", "force"):
        chain, group, course = _muscle(study, arm, outcome, draws, seed)
        mean = course.force.reshape(group.draws, group.people, -1).mean(axis=1)
        return np.asarray(chain.time_d[mean.argmin(axis=1)] / Quantity(1, outcome.unit or "d").to("d").value)
    if outcome.measure == "scale_change" and outcome.scale in _ASHWORTH and outcome.joint:
        chain, group = _run(study, arm, outcome, draws, seed)
        joint = chain.joints[0]
        rater = value("scales.rater_sd") * group.normal(f"rater/{outcome.joint}/{outcome.at}", 2)
        change = joint.expected_score[:, -1] - joint.baseline.coded + rater[:, 0] - rater[:, 1]
        return _group_mean(change, group)
    raise CannotSimulate(f"the measure {outcome.measure} is not simulated yet")


def _crps(sample: Array, observed: float) -> float:
    """Continuous ranked probability score of a sample, in the unit of the outcome."""
    ordered = np.sort(sample)
    count = ordered.size
    spread = 2 * np.sum((2 * np.arange(1, count + 1) - count - 1) * ordered) / count**2
    return float(np.mean(np.abs(ordered - observed)) - spread / 2)


def _check_supported(study: Study, arm: Arm) -> None:
    if study.species != "human" or study.preparation != "in_vivo":
        raise CannotSimulate("only human muscles in vivo are simulated yet")
    if arm.repeat is not None:
        raise CannotSimulate("repeated injections are not simulated yet")


def _predict(study: Study, outcome: Outcome, draws: int, seed: int) -> Array:
    arms = {arm.arm: arm for arm in study.arms}
    sample: Array | None = None
    for name in (outcome.arm, outcome.versus):
        if name is None:
            continue
        _check_supported(study, arms[name])
        found = _statistic(study, arms[name], outcome, draws, seed)
        sample = found if sample is None else sample - found
    if sample is None:
        raise CannotSimulate("the outcome names no arm")
    return sample


def _score(study: Study, outcome: Outcome, draws: int, seed: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "arm": outcome.arm,
        "versus": outcome.versus,
        "measure": outcome.measure,
        "scale": outcome.scale,
        "joint": outcome.joint,
        "muscle": outcome.muscle,
        "at": str(outcome.at) if outcome.at else None,
        "unit": outcome.unit,
        "observed": outcome.value,
        "predicted": None,
        "inside_80": False,
        "crps": None,
        "error": None,
        "cannot": None,
    }
    try:
        sample = _predict(study, outcome, draws, seed)
    except CannotSimulate as reason:
        return row | {"cannot": str(reason)}
    p10, p50, p90 = np.quantile(sample, [1 / 10, 1 / 2, 9 / 10])
    numbers = {"mean": sample.mean(), "sd": sample.std(), "p10": p10, "p50": p50, "p90": p90}
    row["predicted"] = {name: round(float(number), _DIGITS) for name, number in numbers.items()}
    if outcome.value is not None:
        row["inside_80"] = bool(p10 <= outcome.value <= p90)
        row["crps"] = round(_crps(sample, outcome.value), _DIGITS)
        row["error"] = round(float(sample.mean() - outcome.value), _DIGITS)
    return row


def study_files(paths: Sequence[Path]) -> list[Path]:
    """The study files named, folders opened, in order of name."""
    files: list[Path] = []
    for path in paths:
        files += sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
    return files


def _totals(studies: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [row for study in studies for row in study["outcomes"]]
    done = [row for row in rows if row["predicted"] is not None]
    widths = [row["predicted"]["p90"] - row["predicted"]["p10"] for row in done]
    scores = [row["crps"] for row in done if row["crps"] is not None]
    return {
        "outcomes": len(rows),
        "simulated": len(done),
        "inside_80": sum(row["inside_80"] for row in rows),
        "crps": round(float(np.mean(scores)), _DIGITS) if scores else None,
        "median_width": round(float(np.median(widths)), _DIGITS) if widths else None,
    }


def reproduce(paths: Sequence[Path], draws: int = 400, seed: int = 1) -> ScoreBoard:
    """Score every study file in ``paths``; a bad file goes to ``errors`` and the rest runs.

    Args:
        paths: study files or folders of them.
        draws: posterior draws.
        seed: of every random stream.
    """
    studies, errors = [], []
    for path in study_files(paths):
        try:
            study = load_study(path)
        except InputError as error:
            errors.append(error.to_dict())
            continue
        outcomes = [_score(study, outcome, draws, seed) for outcome in study.outcomes]
        studies.append({"study": study.study, "title": study.title, "role": study.role, "outcomes": outcomes})
    return ScoreBoard({"studies": studies, "totals": _totals(studies), "errors": errors})
