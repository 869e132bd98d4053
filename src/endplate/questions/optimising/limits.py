"""Limits of a session as sums over the muscles injected: the held rules and the user's own.

This is the search's own reading of the rules. Every plan that comes out is judged once more by
``questions.check``, which shares no line with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlannedInjection
from endplate.case.goals import Goals
from endplate.knowledge.labels import Rule, months_before
from endplate.knowledge.labels.tables import ANY
from endplate.knowledge.vocabulary import GROUPS, MUSCLES, PRODUCTS
from endplate.questions.checking.preparation import fewest_vials
from endplate.questions.optimising.space import Candidate, Space, covered

Array = NDArray[np.float64]
Picks = NDArray[np.int64]
Counts = Callable[[PlannedInjection], float]

_DUST = 1e-9
_USER = "user"
SITE_FAMILIES = ("site_dose", "site_volume")


@dataclass(frozen=True)
class Limit:
    """A sum over all choices that may not pass a maximum.

    Attributes:
        name: family of the rule, or which of the user's.
        what: what is summed, in words.
        unit: of the numbers.
        maximum: that binds.
        amounts: what every choice of every candidate adds, (choices,) each.
        spent: what is spent already.
        rule: the held rule; None where the limit is the user's alone.
        tightened: whether the user made a held rule lower.
    """

    name: str
    what: str
    unit: str
    maximum: float
    amounts: tuple[Array, ...]
    spent: float = 0.0
    rule: Rule | None = None
    tightened: bool = False

    def totals(self, picks: Picks) -> Array:
        """The sum of every plan; ``picks`` (plans, candidates)."""
        found = np.full(len(picks), float(self.spent))
        for k, amount in enumerate(self.amounts):
            found += amount[picks[:, k]]
        return found

    def room(self, picks: Picks) -> Array:
        """What is left of the maximum, negative where it is passed, (plans,)."""
        return np.asarray(self.maximum + _DUST * max(1.0, self.maximum) - self.totals(picks))

    @property
    def can_bind(self) -> bool:
        """Whether some plan passes it."""
        return self.spent + sum(float(amount.max()) for amount in self.amounts) > self.maximum

    def told(self, value: float) -> dict[str, Any]:
        """The limit with a plan's value, for the result."""
        rule = self.rule
        source = {**rule.source.to_dict(rule.last_checked_on), "id": rule.id} if rule else None
        return {
            "rule": rule.id if rule else f"{_USER}.{self.name}",
            "name": self.name,
            "what": self.what,
            "value": round(value, 6),
            "limit": round(self.maximum, 6),
            "unit": self.unit,
            "basis": rule.basis if rule else _USER,
            "tightened": self.tightened,
            "verified": bool(rule and rule.verified),
            "source": source,
        }


def limits_of(space: Space, goals: Goals) -> tuple[Limit, ...]:
    """Every limit that sums up: the held ones, tightened where the user says so, and the user's own."""
    held = [*_totals(space), *_cumulative(space), *_muscles(space)]
    return (*(tightened(space, limit) for limit in held), *_own(space, goals))


def amounts(space: Space, counts: Counts) -> tuple[Array, ...]:
    """What every choice adds up to, (choices,) for each candidate."""
    return tuple(
        np.array([sum((counts(shot) for shot in shots), 0.0) for shots in candidate.shots])
        for candidate in space.candidates
    )


def _limb(muscle: str) -> str:
    return MUSCLES[muscle].limb


def _weight(space: Space) -> float | None:
    return space.case.patient.weight_kg


def _units(limb: str, side: str | None, without: Sequence[str]) -> Counts:
    """Units of the shots of a limb and side."""

    def counts(shot: PlannedInjection) -> float:
        inside = limb in (ANY, _limb(shot.muscle)) and side in (None, shot.side)
        return shot.dose_U if inside and shot.muscle not in without else 0.0

    return counts


def _of_rule(space: Space, rule: Rule, what: str, counts: Counts, spent: float = 0.0) -> Iterator[Limit]:
    """The limit of a rule, where its maximum is known."""
    maximum = rule.maximum_for(_weight(space))
    if maximum is not None:
        yield Limit(rule.family, what, "U", maximum, amounts(space, counts), spent, rule)


def _totals(space: Space) -> Iterator[Limit]:
    """Session totals: of every limb by itself, of all its sides, of everything."""
    for rule in (rule for rule in space.rules if rule.family == "session_total"):
        by_side = rule.extent == "each_limb" and rule.limb != ANY
        for side in ("left", "right") if by_side else (None,):
            limb = "whole session" if rule.limb == ANY else f"{rule.limb} limb"
            what = f"{side} {limb}" if side else limb
            yield from _of_rule(space, rule, what, _units(rule.limb, side, rule.without))


def _cumulative(space: Space) -> Iterator[Limit]:
    """Units of this session and of those of the same product before it, inside the window."""
    rules = [rule for rule in space.rules if rule.family == "cumulative_3_months"]
    for rule in rules:
        start = months_before(space.plan.date, max(each.window_mo or 0 for each in rules))
        spent: float = sum(
            _earlier(space, place)
            for place, entry in enumerate(space.case.history)
            if start < entry.date <= space.plan.date and entry.product == space.plan.product
        )
        yield from _of_rule(space, rule, "total over three months", _units(ANY, None, ()), spent)


def _earlier(space: Space, place: int) -> float:
    """Units of an earlier session: the total stated, or what it lists where that is more."""
    entry = space.case.history[place]
    listed = 0.0
    for shot in entry.injections:
        per_kg = shot.dose.unit == "U/kg"
        units = shot.dose.value * ((_weight(space) or 0.0) if per_kg else 1.0)
        listed += units * (2 if shot.side == "bilateral" else 1)
    return max(listed, entry.total.value if entry.total else 0.0)


def _muscles(space: Space) -> Iterator[Limit]:
    """Ranges of muscles: those that a row names together, each by itself, by side or over both."""
    injected = {shot.muscle for c in space.candidates for shots in c.shots for shot in shots}
    for rule in (rule for rule in space.rules if rule.family == "muscle_dose"):
        here = covered(rule) & injected
        parts = [{muscle} for muscle in sorted(here)] if rule.per == "each" else [here]
        for part in parts:
            for side in (None,) if rule.extent == "session" else ("left", "right"):
                if part and _touched(space, part, side):
                    names = " and ".join(MUSCLES[muscle].name for muscle in sorted(part))
                    what = f"{names}, {side or 'both sides'}"
                    yield from _of_rule(space, rule, what, _units_of(part, side))


def _touched(space: Space, muscles: set[str], side: str | None) -> bool:
    return any(
        shot.muscle in muscles and side in (None, shot.side)
        for c in space.candidates
        for shots in c.shots
        for shot in shots
    )


def _units_of(muscles: set[str], side: str | None) -> Counts:
    def counts(shot: PlannedInjection) -> float:
        return shot.dose_U if shot.muscle in muscles and side in (None, shot.side) else 0.0

    return counts


def _own(space: Space, goals: Goals) -> Iterator[Limit]:
    """The user's limits that sum up."""
    own = goals.limits
    rows: tuple[tuple[str, str, str, float | None, Counts], ...] = (
        ("total", "dose of the session", "U", own.total.value if own.total else None, units),
        ("volume", "fluid of the session", "mL", own.volume.value if own.volume else None, volume),
        ("punctures", "punctures of the session", "punctures", own.punctures, punctures),
    )
    for name, what, unit, maximum, counts in rows:
        if maximum is not None:
            yield Limit(name, what, unit, float(maximum), amounts(space, counts))


def units(shot: PlannedInjection) -> float:
    """Units of a shot."""
    return shot.dose_U


def volume(shot: PlannedInjection) -> float:
    """Fluid of a shot, mL."""
    return shot.volume_mL


def punctures(shot: PlannedInjection) -> float:
    """Sites of a shot."""
    return float(shot.sites)


def site_limits_broken(space: Space, candidate: Candidate, pick: int) -> Iterator[Limit]:
    """The limits of one site that a choice breaks."""
    shots, choice = candidate.shots[pick], candidate.choices[pick]
    parts: list[tuple[tuple[PlannedInjection, ...], int]] = [((shot,), shot.sites) for shot in shots]
    members = GROUPS.get(candidate.muscle, ())
    if choice.sites and choice.sites < len(members):  # as its row writes it
        first = shots[0].side
        parts.append((tuple(shot for shot in shots if shot.side == first), choice.sites))
    for limit, counts in _of_sites(space):
        for some, sites in parts:
            here = limit.rule and any(limit.rule.limb in (ANY, _limb(shot.muscle)) for shot in some)
            each = sum(map(counts, some)) / sites if here else 0.0
            if each > limit.maximum + _DUST * max(1.0, limit.maximum):
                yield limit


def _of_sites(space: Space) -> Iterator[tuple[Limit, Counts]]:
    """The limits held for one site, tightened where the user says so."""
    for rule in (rule for rule in space.rules if rule.family in SITE_FAMILIES):
        of_dose = rule.family == "site_dose"
        limit = Limit(rule.family, "one site", "U" if of_dose else "mL", np.inf, (), rule=rule)
        maximum = rule.maximum_for(_weight(space))
        if maximum is not None:
            yield tightened(space, replace(limit, maximum=maximum)), units if of_dose else volume


def tightened(space: Space, limit: Limit) -> Limit:
    """A held limit, lower where the user made it so."""
    own = space.tighter.get(limit.rule.id) if limit.rule else None
    if own is None or limit.rule is None:
        return limit
    lower = own * (_weight(space) or 0.0) if limit.rule.per_kg else own
    return replace(limit, maximum=min(limit.maximum, lower), tightened=True)


def vials_of(product: str, total_U: float) -> tuple[int, float]:
    """Whole vials opened for a dose, and units left over."""
    held = fewest_vials(total_U, PRODUCTS[product].vial_sizes_U)
    return len(held), sum(held) - total_U
