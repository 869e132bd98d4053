"""The ordinary differential equations of one person as SBML Level 3 Version 2, for any other simulator.

States are parameters with rate rules; what is derived from them are assignment rules; sessions after the
first are events that add to the deposited toxin. Names are those of ``physiology.ode``, with ``_m1``, ``_m2``
for muscles and ``_b1``, ``_b2`` for exposure bins. Needs python-libsbml (extra ``exchange``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from endplate.errors import library
from endplate.knowledge.units import S_PER_D
from endplate.knowledge.vocabulary.wording import BANNER
from endplate.physiology.ode import initial_state, state_names
from endplate.simulation.population import People

Array = NDArray[np.float64]

_LEVEL, _VERSION = 3, 2
_PLACE = re.compile(r"(_m\d+)?(_b\d+)?$")
_PER_DAY = "per_day"
_UNITS = {
    "release": _PER_DAY,
    "clearance": _PER_DAY,
    "uptake": "mL_per_U_per_day",
    "half_saturation": "U_per_mL",
    "toxin_per_load": "U_per_mL",
    "translocation": _PER_DAY,
    "light_chain_loss": _PER_DAY,
    "synthesis": _PER_DAY,
    "cleavage": _PER_DAY,
    "degradation": _PER_DAY,
    "lasting": _PER_DAY,
    "sprouting": _PER_DAY,
    "regrowth": _PER_DAY,
    "atrophy": _PER_DAY,
    "protein_loss": _PER_DAY,
    "antibody_gain": "per_U_per_day",
    "antibody_loss": _PER_DAY,
    "distribution_volume": "mL",
    "protein": "U",
    "deposited": "U",
    "free": "U_per_mL",
    "taken_up": "U",
    "cleared": "U",
    "bin_uptake": _PER_DAY,
}
# Kind, exponent, scale and multiplier of the base units of every unit used; U is a count of its own product.
_DEFINITIONS: dict[str, tuple[tuple[str, int, int, float], ...]] = {
    "day": (("second", 1, 0, S_PER_D),),
    "U": (("item", 1, 0, 1.0),),
    "mL": (("litre", 1, -3, 1.0),),
    _PER_DAY: (("second", -1, 0, S_PER_D),),
    "U_per_mL": (("item", 1, 0, 1.0), ("litre", -1, -3, 1.0)),
    "mL_per_U_per_day": (("litre", 1, -3, 1.0), ("item", -1, 0, 1.0), ("second", -1, 0, S_PER_D)),
    "per_U_per_day": (("item", -1, 0, 1.0), ("second", -1, 0, S_PER_D)),
}


def sbml_text(people: People, person: int = 0, title: str = "endplate", notes: Sequence[str] = ()) -> str:
    """The model of one person as an SBML document.

    Args:
        people: constants, muscles and sessions.
        person: which of them.
        title: name of the model.
        notes: lines for its notes, after the banner.

    Raises:
        InputError: python-libsbml is not installed.
        RuntimeError: libsbml finds an error in what was written.
    """
    libsbml = library("libsbml", "exchange")
    document = libsbml.SBMLDocument(_LEVEL, _VERSION)
    model = document.createModel()
    model.setId("endplate")
    model.setName(title)
    model.setTimeUnits("day")
    lines = [
        BANNER,
        *notes,
        *(f"m{m + 1}: {muscle}, {side}" for m, (muscle, side) in enumerate(people.muscles)),
    ]
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    model.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</body>')
    _define_units(model, libsbml)
    for name, value in _constants(people, person).items():
        _parameter(model, name, value, constant=True)
    muscles, bins = people.relative.shape[1:]
    first = {f"deposited_m{m + 1}": float(dose) for m, dose in enumerate(people.dose_U[person, 0])}
    for name, value in zip(state_names(muscles, bins), initial_state(muscles, bins), strict=True):
        _parameter(model, name, first.get(name, float(value)), constant=False)
    for name, formula in _derived(muscles, bins):
        _parameter(model, name, None, constant=False)
        _rule(model.createAssignmentRule(), name, formula, libsbml)
    for name, formula in _slopes(muscles, bins):
        _rule(model.createRateRule(), name, formula, libsbml)
    for session, day in enumerate(people.sessions_d):
        if session:
            _event(model, f"session_{session + 1}", float(day), people.dose_U[person, session], libsbml)
    return _checked(document, libsbml)


def _define_units(model: Any, libsbml: Any) -> None:
    for name, parts in _DEFINITIONS.items():
        definition = model.createUnitDefinition()
        definition.setId(name)
        for kind, exponent, scale, multiplier in parts:
            unit = definition.createUnit()
            unit.setKind(libsbml.UnitKind_forName(kind))
            unit.setExponent(exponent)
            unit.setScale(scale)
            unit.setMultiplier(multiplier)


def _parameter(model: Any, name: str, value: float | None, constant: bool) -> None:
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setConstant(constant)
    parameter.setUnits(_UNITS.get(_PLACE.sub("", name, count=1), "dimensionless"))
    if value is not None:
        parameter.setValue(value)


def _rule(rule: Any, name: str, formula: str, libsbml: Any) -> None:
    rule.setVariable(name)
    rule.setMath(_math(formula, libsbml))


def _math(formula: str, libsbml: Any) -> Any:
    tree = libsbml.parseL3Formula(formula)
    if tree is None:
        raise RuntimeError(f"{formula}: {libsbml.getLastParseL3Error()}")
    return tree


def _event(model: Any, name: str, day: float, dose_U: Array, libsbml: Any) -> None:
    """Add the doses of one session on its day."""
    event = model.createEvent()
    event.setId(name)
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setInitialValue(True)
    trigger.setPersistent(True)
    trigger.setMath(_math(f"time >= {day!r} day", libsbml))
    for m, dose in enumerate(dose_U):
        assignment = event.createEventAssignment()
        assignment.setVariable(f"deposited_m{m + 1}")
        assignment.setMath(_math(f"deposited_m{m + 1} + {float(dose)!r} U", libsbml))


def _constants(people: People, person: int) -> Mapping[str, float]:
    """Every constant by its name."""
    rates = people.constants(person)
    found = {**rates._asdict(), "needed": rates.threshold**rates.steepness}
    found |= {f"weight_b{j + 1}": share for j, share in enumerate(people.weight)}
    for m, row in enumerate(people.relative[person]):
        found[f"distribution_volume_m{m + 1}"] = people.volume_mL[person, m]
        found |= {f"relative_m{m + 1}_b{j + 1}": x for j, x in enumerate(row)}
    return {name: float(value) for name, value in found.items()}


def _passes(power: str) -> str:
    """Share of junctions that transmit at quanta over naive, from their power g."""
    return f"(1 dimensionless + needed) / (1 dimensionless + needed / {power})"


def _derived(muscles: int, bins: int) -> Iterator[tuple[str, str]]:
    """Assignment rules: quanta, transmission and uptake of every bin, then sums over the bins of a muscle.

    Simulators write rules out where they are used, so each formula names another but once.
    """
    for m in range(1, muscles + 1):
        for j in range(1, bins + 1):
            at = f"m{m}_b{j}"
            yield f"left_{at}", f"{_hold(at)}^complexes"
            lacking = f"(1 dimensionless - left_{at})"
            filled = f"(1 dimensionless - sprout_share * sprout_{at})"
            yield f"quanta_{at}", f"1 dimensionless - {lacking} * {filled}"
            yield f"open_{at}", _passes(f"quanta_{at}^steepness")
            toxin = f"relative_{at} * free_m{m}"
            active = f"(basal_share + (1 dimensionless - basal_share) * left_{at})"
            saturated = f"(1 dimensionless + {toxin} / half_saturation)"
            yield (
                f"bin_uptake_{at}",
                f"uptake * {toxin} / {saturated} * {active} / (1 dimensionless + antibody)",
            )
        numbers = range(1, bins + 1)
        yield f"transmission_m{m}", " + ".join(f"weight_b{j} * open_m{m}_b{j}" for j in numbers)
        force = (f"weight_b{j} * open_m{m}_b{j} * fibre_size_m{m}_b{j}" for j in numbers)
        yield f"force_m{m}", " + ".join(force)
        yield f"volume_m{m}", " + ".join(f"weight_b{j} * fibre_size_m{m}_b{j}" for j in numbers)


def _hold(at: str) -> str:
    """What one SNARE complex still holds: the release left is its power n."""
    return f"(1 dimensionless - release_loss * cleaved_{at} / (intact_{at} + cleaved_{at}))"


def _slopes(muscles: int, bins: int) -> Iterator[tuple[str, str]]:
    """Rate rules of person, muscles and bins."""
    cleared = " + ".join(f"distribution_volume_m{m} * free_m{m}" for m in range(1, muscles + 1))
    yield "protein", f"clearance * ({cleared}) - protein_loss * protein"
    yield "antibody", "antibody_gain * protein - antibody_loss * antibody"
    for m in range(1, muscles + 1):
        taken = " + ".join(f"weight_b{j} * bin_uptake_m{m}_b{j}" for j in range(1, bins + 1))
        yield f"deposited_m{m}", f"-release * deposited_m{m}"
        supply = f"release * deposited_m{m} / distribution_volume_m{m}"
        yield f"free_m{m}", f"{supply} - clearance * free_m{m} - toxin_per_load * ({taken})"
        yield f"taken_up_m{m}", f"distribution_volume_m{m} * toxin_per_load * ({taken})"
        yield f"cleared_m{m}", f"distribution_volume_m{m} * clearance * free_m{m}"
        for j in range(1, bins + 1):
            yield from _slopes_of_bin(f"m{m}_b{j}")


def _slopes_of_bin(at: str) -> Iterator[tuple[str, str]]:
    cut = f"cleavage * light_chain_{at} * intact_{at}"
    yield f"endosome_{at}", f"bin_uptake_{at} - translocation * endosome_{at}"
    yield f"light_chain_{at}", f"translocation * endosome_{at} - light_chain_loss * light_chain_{at}"
    yield f"intact_{at}", f"synthesis * (1 dimensionless - intact_{at}) - {cut}"
    yield f"cleaved_{at}", f"{cut} - degradation * cleaved_{at}"
    passing = _passes(f"{_hold(at)}^(complexes * steepness)")
    yield f"lasting_block_{at}", f"lasting * (1 dimensionless - {passing} - lasting_block_{at})"
    yield f"sprout_{at}", f"sprouting * (lasting_block_{at} - sprout_{at})"
    grow = f"regrowth * (1 dimensionless - fibre_size_{at})"
    thin = f"atrophy * (fibre_size_{at} - atrophied_size)"
    yield f"fibre_size_{at}", f"open_{at} * ({grow} + {thin}) - {thin}"


def _checked(document: Any, libsbml: Any) -> str:
    """The document as text once libsbml finds no error in it."""
    document.checkConsistency()
    worst = document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) + document.getNumErrors(
        libsbml.LIBSBML_SEV_FATAL
    )
    if worst:
        raise RuntimeError(f"libsbml finds errors: {document.getErrorLog().toString()}")
    return str(libsbml.writeSBMLToString(document))
