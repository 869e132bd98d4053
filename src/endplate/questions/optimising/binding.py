"""Which limits bind, and which were met on what basis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, PlannedInjection, planned_injections
from endplate.knowledge.labels import Rule
from endplate.knowledge.labels.tables import ANY
from endplate.knowledge.vocabulary import MUSCLES
from endplate.questions.check import Finding, check
from endplate.questions.optimising.limits import (
    SITE_FAMILIES,
    Limit,
    site_limits_broken,
    units,
    volume,
)
from endplate.questions.optimising.problem import Problem
from endplate.questions.optimising.space import Space, covered

Picks = NDArray[np.int64]
Row = dict[str, Any]

BASES = ("primary", "secondary", "recalled")
_PER_SESSION = ("session_total", "muscle_dose", "interval", "cumulative_3_months", *SITE_FAMILIES)


def unavoidable(space: Space) -> list[Finding]:
    """Critical findings of every candidate's least dose alone: empty where one of them has none."""
    found: dict[tuple[str, str], Finding] = {}
    for k in range(len(space.candidates)):
        picks = np.zeros(len(space.candidates), dtype=np.int64)
        picks[k] = _gentlest(space, k)
        critical = [f for f in check(space.plan_of(picks)).issues if f.severity == "critical"]
        if not critical:
            return []
        for finding in critical:
            found.setdefault((finding.rule, str((finding.source or {}).get("id"))), finding)
    return list(found.values())


def _gentlest(space: Space, k: int) -> int:
    """The choice of the least dose of a candidate that breaks no limit of one site; the first if all do."""
    candidate = space.candidates[k]
    ways = range(1, len(candidate.choices))
    return next((pick for pick in ways if not any(site_limits_broken(space, candidate, pick))), 1)


def of_finding(finding: Finding) -> Row:
    """A critical finding as an entry of ``binding``."""
    source = finding.source or {}
    return {
        "rule": source.get("id") or finding.rule,
        "name": finding.rule,
        "what": finding.message,
        "value": finding.value,
        "limit": finding.limit,
        "unit": finding.unit,
        "basis": finding.basis,
        "tightened": False,
        "verified": finding.verified,
        "source": finding.source,
    }


def binding(problem: Problem, picks: Picks) -> list[Row]:
    """The limits that keep every muscle they are about from being given more, at a plan."""
    rows = [
        limit.told(float(limit.totals(picks[None])[0]))
        for limit in problem.limits
        if _binds(problem, limit, picks)
    ]
    others = (_others, _sites, _ends)
    return rows + [row for each in others for row in each(problem, picks)]


def _binds(problem: Problem, limit: Limit, picks: Picks) -> bool:
    """Whether one step more of some muscle of a limit passes it."""
    room = float(limit.room(picks[None])[0])
    return any(
        rise > room
        for k, amount in enumerate(limit.amounts)
        if amount.any() and (rise := _rise(problem, k, amount, int(picks[k]))) > 0
    )


def _rise(problem: Problem, k: int, amount: NDArray[np.float64], pick: int) -> float:
    """What the next higher dose of a muscle adds, a step further where the choices end."""
    choices = problem.space.candidates[k].choices
    doses = np.array([choice.dose_U for choice in choices])
    more = amount[(doses > doses[pick]) & (amount > amount[pick])]
    if more.size:
        return float(more.min() - amount[pick])
    apart = np.diff(np.unique(doses))
    return float(amount[-1] / doses[-1] * apart[-1])


def _others(problem: Problem, picks: Picks) -> Iterator[Row]:
    """The user's vials and waste, where one step more of some muscle passes them."""
    for name in ("vials", "waste"):
        held = getattr(problem.goals.limits, name)
        if held is None:
            continue
        most = float(held if isinstance(held, int) else held.value)
        value = float(problem.amounts(picks[None])[name][0])
        rows = np.array([_one_more(problem, picks, k) for k in range(picks.size)])
        if (problem.amounts(rows)[name] > most).any():
            what, unit = ("left over in open vials", "U") if name == "waste" else ("vials opened", "vials")
            yield Limit(name, what, unit, most, ()).told(value)


def _one_more(problem: Problem, picks: Picks, k: int) -> Picks:
    row = picks.copy()
    row[k] = min(int(picks[k]) + 1, problem.allowed[k].size - 1)
    return row


def _sites(problem: Problem, picks: Picks) -> Iterator[Row]:
    """The limits of one site that the next higher dose of a muscle breaks, in every way to give it."""
    found: dict[str, Row] = {}
    for k, candidate in enumerate(problem.space.candidates):
        pick = int(picks[k])
        higher = sorted({c.dose_U for c in candidate.choices if c.dose_U > candidate.choices[pick].dose_U})
        ways = [place for place, c in enumerate(candidate.choices) if higher and c.dose_U == higher[0]]
        if ways and not problem.allowed[k][ways].any():
            for limit in site_limits_broken(problem.space, candidate, ways[-1]):
                row = _of_site(limit, candidate.shots[pick])
                found.setdefault(row["rule"], row)
    yield from found.values()


def _of_site(limit: Limit, shots: Sequence[PlannedInjection]) -> Row:
    """A limit of one site with what the fullest site of some shots gets."""
    counts = units if limit.unit == "U" else volume
    return limit.told(max((counts(shot) / shot.sites for shot in shots), default=0.0))


def _ends(problem: Problem, picks: Picks) -> Iterator[Row]:
    """Muscles that stand at the most the user named for them."""
    for place, row in enumerate(problem.goals.candidates):
        top = problem.space.candidates[place].choices[int(picks[place])].dose_U
        if row.most is not None and top >= row.most.value:
            name = MUSCLES[row.muscle].name if row.muscle in MUSCLES else row.muscle
            yield Limit("most", f"{name}, {row.side}", "U", row.most.value, ()).told(top)


def too_tight(problem: Problem) -> Iterator[Row]:
    """The limits that every muscle breaks at its least dose alone, where no plan fits at all."""
    found: dict[str, Row] = {}
    for k, candidate in enumerate(problem.space.candidates):
        alone = np.zeros((1, len(problem.allowed)), dtype=np.int64)
        alone[0, k] = pick = _gentlest(problem.space, k)
        broken = [limit for limit in problem.limits if limit.room(alone)[0] < 0]
        rows = [limit.told(float(limit.totals(alone)[0])) for limit in broken]
        of_sites = site_limits_broken(problem.space, candidate, pick)
        rows += [_of_site(limit, candidate.shots[pick]) for limit in of_sites]
        for row in rows + list(_others(problem, alone[0])):
            found.setdefault(row["rule"], row)
    yield from found.values()


def limits_met(rules: Sequence[Rule], case: Case) -> Row:
    """How many held limits on a plan were read where, and what is not held at all."""
    shots = planned_injections(case)
    muscles = sorted({shot.muscle for shot in shots})
    limbs = sorted({MUSCLES[muscle].limb for muscle in muscles})
    applying = {
        rule.id: rule
        for rule in rules
        if rule.family in _PER_SESSION and _applies(rule, muscles, limbs, bool(case.history))
    }
    counted = Counter(rule.basis for rule in applying.values())
    missing = list(_missing(rules, muscles, limbs))
    told: Row = {basis: counted.get(basis, 0) for basis in BASES}
    return told | {"not_held": len(missing), "not_held_what": missing}


def _applies(rule: Rule, muscles: Iterable[str], limbs: Iterable[str], history: bool) -> bool:
    """Whether a rule limits a plan in these muscles."""
    if rule.family == "interval" and not history:
        return False
    if rule.family == "muscle_dose":
        return rule.maximum is not None and bool(covered(rule).intersection(muscles))
    return rule.limb == ANY or rule.limb in limbs


def _missing(rules: Iterable[Rule], muscles: Iterable[str], limbs: Iterable[str]) -> Iterator[str]:
    """What a label may limit and no rule held does, for these muscles."""
    held = [rule for rule in rules if rule.maximum is not None or rule.family == "interval"]
    for family in ("session_total", *SITE_FAMILIES):
        for limb in limbs:
            if not any(rule.family == family and rule.limb in (ANY, limb) for rule in held):
                yield f"{family}, {limb} limb"
    for muscle in muscles:
        if not any(rule.family == "muscle_dose" and muscle in covered(rule) for rule in held):
            yield f"muscle_dose, {muscle}"
    for family in ("interval", "cumulative_3_months"):
        if not any(rule.family == family for rule in held):
            yield family
