"""What every FHIR resource of an export is made of: ids, references, codes and quantities, as plain dicts.

URIs of our own begin with ``urn:endplate:``; no address stands for something that we do not own.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from endplate.case.dose import Dose, ProductMismatch
from endplate.knowledge.vocabulary.codes import load_codes

Resource = dict[str, Any]

OWN = "urn:endplate"
UCUM = "http://unitsofmeasure.org"
_UNVERIFIED = "code not verified"
# Our unit to UCUM's; what is not here has the same symbol.
_UNITS = {"y": "a", "mo": "mo", "wk": "wk", "d": "d", "h": "h"}


@dataclass(frozen=True)
class Ids:
    """Ids that follow from the case alone: the same case has the same ids, another case others.

    Attributes:
        mark: digest of the case.
    """

    mark: str

    def of(self, what: str) -> str:
        """The id of a thing named within the case."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{OWN}:{self.mark}:{what}"))

    def reference(self, what: str) -> Resource:
        """A reference to it."""
        return {"reference": f"urn:uuid:{self.of(what)}"}


def own_code(kind: str, code: str, *public: str) -> Resource:
    """A concept by our own id, with codes of public terminologies beside it.

    Args:
        kind: of id, such as muscle.
        code: our id.
        public: names of codes held; what is not verified says so where it is shown.
    """
    codings = [{"system": f"{OWN}:{kind}", "code": code, "display": code.replace("_", " ")}]
    return {"coding": [*codings, *map(public_coding, public)], "text": code.replace("_", " ")}


def public_coding(name: str) -> Resource:
    """A code of a public terminology; one that nobody has verified says so in its display."""
    held = load_codes()[name]
    display = held.display if held.status == "verified" else f"{held.display} ({_UNVERIFIED})"
    return {"system": held.system, "code": held.code, "display": display}


def toxin_unit(product: str, per_kg: bool = False) -> str:
    """The unit of a product: arbitrary, and named after the product, for it converts to no other."""
    return f"[arb'U]{{{product}}}" + ("/kg" if per_kg else "")


def dose_quantity(dose: Dose, product: str, per_kg: bool = False) -> Resource:
    """A dose as a quantity of the product that a resource names.

    Raises:
        ProductMismatch: the dose is of another product.
    """
    if dose.product != product:
        raise ProductMismatch(f"a dose of {dose.product} cannot stand under {product}")
    unit = toxin_unit(product, per_kg)
    return {"value": _tidy(dose.units), "unit": unit, "system": UCUM, "code": unit}


def quantity(value: float, unit: str) -> Resource:
    """A quantity in one of our units other than those of toxin."""
    code = _UNITS.get(unit, unit)
    return {"value": _tidy(value), "unit": unit, "system": UCUM, "code": code}


def extension(name: str, **value: Any) -> Resource:
    """An extension of our own."""
    return {"url": f"{OWN}:fhir:{name}", **value}


def bare(resource: Mapping[str, Any]) -> Resource:
    """A resource without the elements that hold nothing, which FHIR forbids."""
    return {name: held for name, held in resource.items() if held not in (None, [], {})}


def _tidy(value: float) -> float:
    """A number without what rounding left behind its ninth digit."""
    return float(f"{value:.9g}")
