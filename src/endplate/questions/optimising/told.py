"""What is told of a plan: injections, shares of copies, unwanted weakness, checks, limits, next session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, planned_injections
from endplate.case.goals import Goals
from endplate.knowledge.labels import Rule
from endplate.knowledge.units import PERCENT
from endplate.questions.checking.next_session import earliest_next
from endplate.questions.optimising.binding import limits_met
from endplate.questions.optimising.full import FullRun, Told
from endplate.questions.optimising.problem import Problem
from endplate.questions.optimising.search import Found
from endplate.questions.optimising.space import Space
from endplate.simulation.results import band, summary

Array = NDArray[np.float64]
Row = dict[str, Any]

_DIGITS = 5
_CLOSE = 1e-9
_SHOWN = 5  # muscles not injected, those that lose most


def plan_row(goals: Goals, rules: Sequence[Rule], run: FullRun, certificate: Row | None) -> Row:
    """One plan as the result holds it.

    Args:
        goals: what is read.
        rules: label rules in force.
        run: the plan run in full.
        certificate: what is proven of it, if anything.
    """
    first = run.told[0]
    return {
        **_given(run.case),
        "vials": {
            name: run.checked.preparation[name]
            for name in ("vials_U", "fewest_vials_U", "fewest_left_over_U")
        },
        "goal_probability": round(goal_probability(goals, run), _DIGITS),
        "targets": _targets(goals, run),
        "keep": _kept(goals, run),
        "unwanted": _unwanted(first),
        "checks": [issue.to_dict() for issue in run.checked.issues],
        "critical": sum(issue.severity == "critical" for issue in run.checked.issues),
        "status": run.checked.status,
        "over_own_limits": over_own(goals, used(run)),
        "limits": limits_met(rules, run.case),
        "certificate": certificate,
        "next": _next(rules, run),
    }


def goal_probability(goals: Goals, run: FullRun) -> float:
    """Share of copies that reach the targets, by weight, under the worst biology asked for."""
    weights = np.array([target.weight for target in goals.targets])
    return float(run.worst.targets[0] @ weights / weights.sum())


def used(run: FullRun) -> dict[str, float]:
    """What a plan that was run in full takes, by the names of costs."""
    shots = planned_injections(run.case)
    prepared = run.checked.preparation
    return {
        "units": sum(shot.dose_U for shot in shots),
        "volume": sum(shot.volume_mL for shot in shots),
        "punctures": float(sum(shot.sites for shot in shots)),
        "vials": float(len(prepared["fewest_vials_U"])),
        "waste": float(prepared["fewest_left_over_U"]),
        "unwanted": float(run.worst.weakness[0]),
    }


def over_own(goals: Goals, takes: Mapping[str, float]) -> list[str]:
    """Names of the user's own limits of a session that a plan exceeds: only the user's own plan can."""
    limits = goals.limits
    held = {
        "total": (limits.total and limits.total.value, takes["units"]),
        "volume": (limits.volume and limits.volume.to("mL").value, takes["volume"]),
        "punctures": (limits.punctures, takes["punctures"]),
        "vials": (limits.vials, takes["vials"]),
        "waste": (limits.waste and limits.waste.value, takes["waste"]),
    }
    return [name for name, (most, taken) in held.items() if most is not None and taken > most + _CLOSE]


def score(problem: Problem, run: FullRun) -> float:
    """What a plan that was run in full is worth: shares by weight less what it costs."""
    whole, takes = sum(target.weight for target in problem.goals.targets), used(run)
    spent = sum(cost / problem.whole[name] * takes[name] for name, cost in problem.costs.items())
    return goal_probability(problem.goals, run) - spent / whole


def searched(space: Space) -> Row:
    """What was searched at one dilution."""
    rows = []
    for candidate in space.candidates:
        ways = candidate.choices[1:]
        doses = sorted({choice.dose_U for choice in ways})
        rows.append(
            {
                "muscle": candidate.muscle,
                "side": candidate.side,
                "dose_held": candidate.held,
                "doses": len(doses),
                "least_U": doses[0],
                "most_U": doses[-1],
                "sites": sorted({choice.sites for choice in ways}),
                "at_percent": sorted({choice.at for choice in ways if choice.at is not None}),
            }
        )
    dilution = space.case.plan.dilution if space.case.plan else None
    return {"dilution_U_per_mL": dilution.value if dilution else None, "candidates": rows}


def _given(case: Case) -> Row:
    """What is injected, and what it takes."""
    if case.plan is None:
        raise AssertionError("an optimised case has a plan")
    shots = planned_injections(case)
    rows = []
    for place, item in enumerate(case.plan.injections):
        own = [shot for shot in shots if shot.where == f"plan.injections[{place}]"]
        rows.append(
            {
                "muscle": item.muscle,
                "side": item.side,
                "dose_U": round(sum(s.dose_U for s in own) / len({s.side for s in own}), 6),
                "sites": item.sites,
                "at_percent": item.at.value if item.at else None,
                "volume_mL": round(sum(shot.volume_mL for shot in own), 6),
            }
        )
    return {
        "injections": rows,
        "total_U": round(sum(shot.dose_U for shot in shots), 6),
        "volume_mL": round(sum(shot.volume_mL for shot in shots), 6),
        "punctures": sum(shot.sites for shot in shots),
        "dilution_U_per_mL": case.plan.dilution.value if case.plan.dilution else None,
    }


def _targets(goals: Goals, run: FullRun) -> list[Row]:
    shares, rows = run.worst.targets[0], []
    for k, target in enumerate(goals.targets):
        joint, side, movement = target.place
        demanded = target.probability.value / PERCENT if target.probability else None
        rows.append(
            {
                "joint": joint,
                "side": side,
                "movement": movement,
                "improve_by": target.improve_by,
                "weeks": list(target.weeks),
                "weight": target.weight,
                "demanded": demanded,
                "probability": round(float(shares[k]), _DIGITS),
                "by_biology": [round(float(each.shares.targets[0, k]), _DIGITS) for each in run.told],
                "change": _levels(run.told[0].change[k]),
            }
        )
    return rows


def _kept(goals: Goals, run: FullRun) -> list[Row]:
    """The demands on strength and unwanted weakness with the share of copies that meet each."""
    worst, keep = run.worst, goals.keep
    rows: list[Row] = [
        {
            "kind": "strength",
            "joint": row.joint,
            "side": row.side,
            "movement": row.movement,
            "at_least": row.at_least.value / PERCENT,
            "weeks": list(row.weeks),
            "demanded": row.probability.value / PERCENT,
            "probability": round(float(share), _DIGITS),
        }
        for row, share in zip(keep.strength, worst.strength[0], strict=True)
    ]
    if keep.unwanted is not None:
        told = {
            "kind": "unwanted",
            "at_most": keep.unwanted.at_most.value / PERCENT,
            "weeks": list(keep.unwanted.weeks),
            "demanded": keep.unwanted.probability.value / PERCENT,
            "probability": round(float(worst.unwanted[0]), _DIGITS),
        }
        rows.append(told)
    return rows


def _levels(numbers: Array) -> Row:
    """Quantiles of one number of each copy."""
    return {name: level[0] for name, level in band(numbers[:, None]).items()}


def _unwanted(told: Told) -> Row:
    """The worst loss of force of a muscle not injected, and which muscles lose most."""
    most = sorted(told.neighbours.items(), key=lambda item: -float(np.median(item[1])))
    rows = [{"muscle": m, "side": side, **_levels(loss)} for (m, side), loss in most[:_SHOWN]]
    return {**_levels(told.weakness), "muscles": rows}


def _next(rules: Sequence[Rule], run: FullRun) -> Row:
    """Earliest day by the limits held, and when each joint's effect is modelled to be gone."""
    clocks = [
        {"joint": j, "side": side, "movement": m, **summary(clock.duration_d), "reached": _reached(clock)}
        for (j, side, m), clock in run.told[0].clocks.items()
    ]
    return {**earliest_next(run.case, rules), "modelled_re_emergence_d": clocks}


def _reached(clock: Any) -> float:
    return round(float((~np.isnan(clock.onset_d)).mean()), _DIGITS)


def certificate(found: Found, picks: NDArray[np.int64]) -> Row | None:
    """What the programme proves of a plan, in numbers and words; None where it was not solved."""
    if found.solved is None:
        return None
    value, bound = found.programme.worth(picks), found.solved.bound
    gap = max(0.0, bound - value) / abs(bound) if bound else 0.0
    return {
        "kind": "mixed_integer_programme",
        "value": round(value, _DIGITS),
        "bound": round(bound, _DIGITS),
        "gap": round(gap, _DIGITS),
        "copies": found.solved.copies,
        "says": (
            f"In the programme (effects of muscles added up in {found.solved.copies} copies, how far each "
            f"target is reached) this plan is worth {value:.3f} and no plan searched more than {bound:.3f}, "
            f"a gap of {PERCENT * gap:.1f} %. It says nothing of what the programme leaves out: spread "
            "between muscles, the other copies, demands on shares of copies."
        ),
    }
