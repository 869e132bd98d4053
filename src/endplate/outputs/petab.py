"""A parameter estimation problem as PEtab version 1: tables of tab-separated values and a YAML file.

https://petab.readthedocs.io/en/latest/v1/documentation_data_format.html tells what the columns mean.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from math import exp, log

from endplate.knowledge.vocabulary.wording import BANNER
from endplate.questions.petab_problem import BOUND_SDS, Estimated, Observable, PetabProblem

MODEL = "model.xml"
_CONDITION = "plan"
_YAML = """\
# {banner}
# {what}
format_version: 1
parameter_file: parameters.tsv
problems:
  - sbml_files: [{model}]
    condition_files: [conditions.tsv]
    observable_files: [observables.tsv]
    measurement_files: [measurements.tsv]
"""
_SIMULATED = "The measurements are SIMULATED by endplate itself for the median person; nobody was measured."
_MEASURED = "The measurements are strengths of a case file's visits, over those before."


def petab_files(problem: PetabProblem) -> dict[str, str]:
    """Every file but the model, by name."""
    what = _SIMULATED if problem.simulated else _MEASURED
    return {
        "petab.yaml": _YAML.format(banner=BANNER, what=what, model=MODEL),
        "conditions.tsv": _table(
            ["conditionId", "conditionName"], [[_CONDITION, "the plan as the case has it"]]
        ),
        "parameters.tsv": _parameters(problem.parameters),
        "observables.tsv": _observables(problem),
        "measurements.tsv": _measurements(problem),
    }


def _parameters(rows: Iterable[Estimated]) -> str:
    header = ["parameterId", "parameterName", "parameterScale", "lowerBound", "upperBound", "nominalValue"]
    header += ["estimate", "objectivePriorType", "objectivePriorParameters"]
    return _table(header, [_parameter(row) for row in rows])


def _parameter(row: Estimated) -> list[str]:
    width = exp(BOUND_SDS * row.sd_log)
    numbers = [_number(x) for x in (row.nominal / width, row.nominal * width, row.nominal)]
    prior = f"{_number(log(row.nominal))};{_number(row.sd_log)}"
    name = f"{row.name} (spread of {row.record})"
    scale = "log10" if row.estimate else "lin"  # pyPESTO takes the logarithm of one held for the number
    return [row.name, name, scale, *numbers, str(int(row.estimate)), "logNormal", prior]


def _observables(problem: PetabProblem) -> str:
    header = ["observableId", "observableName", "observableFormula", "observableTransformation"]
    header += ["noiseFormula", "noiseDistribution"]
    error = ["log", _number(problem.error_sd_log), "normal"]
    return _table(header, [[each.name, each.label, _formula(each), *error] for each in problem.observables])


def _formula(each: Observable) -> str:
    """Such as ``0.2 + 0.5 * force_m1 + 0.3 * force_m2``."""
    force = [f"{_number(share)} * force_m{m + 1}" for m, share in each.shares.items()]
    return " + ".join([_number(each.rest), *force] if each.rest else force)


def _measurements(problem: PetabProblem) -> str:
    header = ["observableId", "simulationConditionId", "measurement", "time", "datasetId"]
    source = "simulated" if problem.simulated else "visit"
    rows = [
        [row.observable, _CONDITION, *map(_number, (row.value, row.day)), source] for row in problem.measured
    ]
    return _table(header, rows)


def _number(x: float) -> str:
    return f"{x:.9g}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows([header, *rows])
    return text.getvalue()
