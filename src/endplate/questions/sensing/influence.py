"""The table of influence: a row for every factor, and shares of the total indices by basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from endplate.knowledge.evidence import get, load_posterior
from endplate.knowledge.evidence.records import BASES
from endplate.knowledge.evidence.trace import UNMEASURED
from endplate.questions.sensing.indices import Decomposed, Screened
from endplate.simulation.draws.factors import CHANCE, JOINT, PLACEMENT, SHARED, TRUE_GRADE, Factor

Row = dict[str, Any]

SEVERAL = "several"
"""The basis of the joint, which was drawn from many records."""
CHANCE_MEANINGS = {
    PLACEMENT: "where needles land and endplate zones lie",
    TRUE_GRADE: "the grade behind the one that a rater recorded",
    JOINT: "which of the joints that agree with the examination is the person's",
}
_DIGITS = 5


def influence_rows(
    factors: Sequence[Factor], screened: Screened, kept: Sequence[int], found: Decomposed | None
) -> list[Row]:
    """A row for every factor, the largest total index first, then those screened out by their effect.

    Indices of a factor whose screening found no effect at all are 0; of one left out for its small effect
    they are None.

    Args:
        factors: all of them.
        screened: their effects.
        kept: places of those whose indices were worked out, in order.
        found: their indices.
    """
    at = {place: k for k, place in enumerate(kept)}
    rows = []
    for place, factor in enumerate(factors):
        row = _about(factor)
        for name in ("mu_star", "mu_star_conf", "sigma"):
            row[name] = round(float(getattr(screened, name)[place]), _DIGITS)
        none = None if screened.mu_star[place] > 0 else 0.0
        for name in ("S1", "S1_conf", "ST", "ST_conf"):
            known = found is not None and place in at
            row[name] = round(float(getattr(found, name)[at[place]]), _DIGITS) if known else none
        rows.append(row)
    return sorted(rows, key=lambda row: (-(row["ST"] or 0), -row["mu_star"], row["parameter"], row["part"]))


def _about(factor: Factor) -> Row:
    """What a factor is and what it stands on."""
    told: Row = {"parameter": factor.parameter, "part": factor.part}
    if factor.part == CHANCE:
        meaning = CHANCE_MEANINGS[factor.parameter]
        basis = SEVERAL if factor.parameter == JOINT else CHANCE
        return told | {"symbol": "", "meaning": meaning, "basis": basis, "learnt": False, "source": ""}
    record = get(factor.parameter)
    about = {name: getattr(record, name) for name in ("symbol", "meaning", "basis", "source")}
    return told | about | {"learnt": _is_learnt(factor)}


def _is_learnt(factor: Factor) -> bool:
    """Whether studies narrowed what nobody knows of it."""
    return factor.part == SHARED and load_posterior().column(factor.parameter) is not None


def by_basis(rows: Sequence[Mapping[str, Any]]) -> Row:
    """Shares of the sum of total indices by basis, how much of each was learnt, and what nobody measured.

    Returns:
        ``by_basis`` and ``learnt_by_basis`` by basis, and ``nobody_measured``: the share that is assumed or
        recalled, how much of it studies narrowed, and the share among records alone, chance left out.
    """
    total = sum(row["ST"] or 0 for row in rows) or 1
    held: dict[str, float] = defaultdict(float)
    learnt: dict[str, float] = defaultdict(float)
    for row in rows:
        held[row["basis"]] += (row["ST"] or 0) / total
        learnt[row["basis"]] += (row["ST"] or 0) / total * row["learnt"]
    weak, weak_learnt = (sum(each.get(basis, 0) for basis in UNMEASURED) for each in (held, learnt))
    records = sum(held.get(basis, 0) for basis in BASES)
    order = [basis for basis in (*BASES, SEVERAL, CHANCE) if basis in held]
    return {
        "by_basis": {basis: round(held[basis], _DIGITS) for basis in order},
        "learnt_by_basis": {basis: round(learnt[basis], _DIGITS) for basis in order},
        "nobody_measured": {
            "share": round(weak, _DIGITS),
            "learnt": round(weak_learnt, _DIGITS),
            "share_of_records": round(weak / records, _DIGITS) if records else 0.0,
        },
    }


def largest_correlation(factors: Sequence[Factor]) -> float:
    """The largest correlation, in size, that the posterior has between these; the indices ignore it."""
    columns = [load_posterior().column(factor.parameter) for factor in factors if _is_learnt(factor)]
    scores = [column for column in columns if column is not None]
    if len(scores) < 2:
        return 0.0
    apart = np.abs(np.corrcoef(scores) - np.eye(len(scores)))
    return round(float(apart.max()), _DIGITS)
