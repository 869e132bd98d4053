"""`sensitivity`: which uncertain number moves an outcome how much, and what basis those numbers have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from endplate._version import __version__
from endplate.case import Case, plan_of, planned_injections
from endplate.errors import InputError
from endplate.knowledge.evidence import get
from endplate.knowledge.labels import outside_model
from endplate.knowledge.vocabulary import wording
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.answer import Answer
from endplate.questions.needs import at_least_one
from endplate.questions.sensing.asked import asked_of
from endplate.questions.sensing.indices import (
    TRAJECTORIES,
    Decomposed,
    Screened,
    decompose,
    power_of_two,
    screen,
)
from endplate.questions.sensing.influence import by_basis, influence_rows, largest_correlation
from endplate.questions.sensing.model import Model
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.document import evidence_rows
from endplate.simulation.draws.factors import CHANCE
from endplate.simulation.injection import one_product

if TYPE_CHECKING:
    import polars
    import xarray

Progress = Callable[[float], None]

BASE_SAMPLES = 1024
FEWEST_SAMPLES = 64  # fewer give indices that are chance
KEPT = 20
_DIGITS = 5


@dataclass(frozen=True)
class SensitivityResult(Answer):
    """Influence of every factor on one outcome; ``document`` holds the contract's keys, ready for JSON."""

    def to_polars(self) -> polars.DataFrame:
        """One row a factor: parameter, part, basis, learnt, mu_star, S1, ST and their half-widths.

        Raises:
            InputError: polars is not installed.
        """
        from endplate.errors import library

        table: polars.DataFrame = library("polars", "tables").DataFrame(self.document["indices"])
        return table

    def to_xarray(self) -> xarray.Dataset:
        """mu_star, S1 and ST by factor, whose name is its parameter and part; NaN where none was worked out.

        Raises:
            InputError: xarray is not installed.
        """
        from endplate.errors import library

        rows = self.document["indices"]
        numbers = {
            name: ("factor", np.array([row[name] for row in rows], dtype=np.float64))
            for name in ("mu_star", "S1", "ST")
        }
        named = {"factor": [f"{row['parameter']} {row['part']}" for row in rows]}
        about = {name: self.document[name] for name in ("outcome", "seed", "model_version")}
        data: xarray.Dataset = library("xarray", "tables").Dataset(numbers, named, about)
        return data


def sensitivity(
    case: Case,
    outcome: str | None = None,
    draws: int = BASE_SAMPLES,
    seed: int = 1,
    horizon_d: int = 182,
    kept: int = KEPT,
    progress: Progress | None = None,
    biology: Biology | None = None,
) -> SensitivityResult:
    """Screen all factors of an outcome by Morris, then share its variance among the strongest by Sobol.

    Args:
        case: a case with a plan.
        outcome: a name such as ``scale_change:elbow:left:extension@6wk``, ``force:soleus:right@4wk`` or
            ``duration:elbow:left:extension``; the first joint's mean change over weeks 4 to 8 without it.
        draws: base samples of Sobol's indices, 64 at least, rounded up to a power of two.
        seed: of every random stream.
        horizon_d: the last day that may be asked for, and where durations end.
        kept: how many factors go on from the screening.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: the case has no plan or mixes products, there is no such outcome, a number makes no sense,
            or SALib is not installed.
    """
    _check(case, draws, horizon_d, kept)
    asked = asked_of(case, outcome, horizon_d)
    model = Model(case, asked, seed, biology or Biology())
    factors, base = model.factors, power_of_two(draws)
    names = [f"{factor.parameter} {factor.part}" for factor in factors]
    runs = (TRAJECTORIES * (len(factors) + 1), base * (min(kept, len(factors)) + 2))
    parts = _told(progress, runs)
    screened = screen(model.only(range(len(factors))), names, seed, progress=parts[0])
    strongest = _strongest(screened, kept)
    some = [names[place] for place in strongest]
    found = decompose(model.only(strongest), some, seed, base, parts[1]) if strongest else None
    told = _document(model, screened, strongest, found)
    made = {"endplate": __version__, "model_version": MODEL_VERSION, "seed": seed, "draws": base}
    counted = {"screening": runs[0], "sobol": base * (len(strongest) + 2) if strongest else 0}
    return SensitivityResult({**made, **told, "runs": counted})


def _document(
    model: Model, screened: Screened, strongest: list[int], found: Decomposed | None
) -> dict[str, Any]:
    """What is told of an outcome; ``found`` is none where nothing moves it."""
    factors, case = model.factors, model.case
    rows = influence_rows(factors, screened, strongest, found)
    drawn = {factor.parameter for factor in factors if factor.part != CHANCE}
    evidence, sources = evidence_rows(tuple(sorted(drawn | {*model.pooled})))
    return {
        "outcome": model.asked.name,
        "unit": model.asked.unit,
        "mean": None if found is None else round(found.mean, _DIGITS),
        "sd": 0.0 if found is None else round(found.sd, _DIGITS),
        "biology": asdict(model.biology),
        "indices": rows,
        **by_basis(rows),
        "screened_out": _screened_out(screened, strongest),
        "largest_correlation": largest_correlation([factors[place] for place in strongest]),
        "joint_drawn_from": dict(Counter(get(record).basis for record in model.pooled)),
        "outside_model": outside_model(case.patient.cautions, case.patient.gmfcs),
        "wording": {"banner": wording.BANNER, "simulation": wording.SIMULATION},
        "inputs": case.to_dict(),
        "evidence": evidence,
        "sources": sources,
    }


def _check(case: Case, draws: int, horizon_d: int, kept: int) -> None:
    """Raise unless there is something to work out."""
    plan_of(case)
    one_product(planned_injections(case))
    at_least_one(draws=draws, horizon_d=horizon_d, kept=kept)
    if draws < FEWEST_SAMPLES:
        text = "{draws} base samples are too few: what they give as indices is chance"
        message = Sentence(text, draws=str(draws))
        counts = {"fewest": str(FEWEST_SAMPLES), "usual": str(BASE_SAMPLES)}
        remedy = Sentence("Ask for {fewest} or more; {usual} are usual.", **counts)
        raise InputError(message, rule="too_few_samples", remedy=remedy, field="draws")


def _strongest(screened: Screened, kept: int) -> list[int]:
    """Places of the factors with the largest effects, those without any left out."""
    order = np.argsort(-screened.mu_star, kind="stable")[:kept]
    return [int(place) for place in order if screened.mu_star[place] > 0]


def _screened_out(screened: Screened, strongest: Sequence[int]) -> dict[str, Any]:
    """How many factors the screening left out, and their part of all effects."""
    total, left = float(screened.mu_star.sum()), np.delete(screened.mu_star, strongest)
    share = float(left.sum()) / total if total else 0.0
    return {"factors": left.size, "mu_star_share": round(share, _DIGITS)}


def _told(progress: Progress | None, runs: tuple[int, int]) -> tuple[Progress | None, Progress | None]:
    """Who is told of either part of the work, as a share of all of it."""
    if progress is None:
        return None, None
    first = runs[0] / sum(runs)
    return lambda done: progress(first * done), lambda done: progress(first + (1 - first) * done)
