"""No plan that the optimiser tells breaks a hard limit: random people, labels, histories and goals.

The label limits are judged by ``check``, the user's own ones by sums made here; neither knows the search.
``ENDPLATE_PLANS`` in the environment asks for more cases than the suite runs (``make validate``: 2000).
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import endplate
from endplate.case import Case, planned_injections
from endplate.case.goals import Goals
from endplate.knowledge.labels import load_rules
from endplate.knowledge.vocabulary import GROUPS, MUSCLES, PRODUCTS
from endplate.questions.checking.preparation import fewest_vials

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CASES = int(os.environ.get("ENDPLATE_PLANS", "50"))
DRAWS, HORIZON_D = 40, 56  # limits are judged, not how well shares are known
ON = date(2026, 11, 22)
REFUSED = {"no_candidates", "most_required", "least_above_limit", "limit_raised", "limit_unknown"}
JOINTS = {
    ("elbow", "extension"): ["biceps_brachii", "brachialis", "brachioradialis", "pronator_teres"],
    ("wrist", "extension"): ["flexor_carpi_radialis", "flexor_carpi_ulnaris", "palmaris_longus"],
    ("fingers", "extension"): ["flexor_digitorum_superficialis", "flexor_digitorum_profundus", "lumbricals"],
    ("ankle", "dorsiflexion"): ["gastrocnemius", "gastrocnemius_medial", "soleus", "tibialis_posterior"],
}
SCALE = {"abobotulinumtoxinA": 4}


def made_case(rng):
    """A case of three muscles and its goals, as documents."""
    product = str(rng.choice(sorted(PRODUCTS)))
    units = SCALE.get(product, 1)
    movement = list(JOINTS)[rng.integers(len(JOINTS))]
    own = [str(muscle) for muscle in rng.choice(JOINTS[movement], 3, replace=False)]
    side = str(rng.choice(["left", "right"]))
    sides = [side if rng.random() < 0.8 else "bilateral" for _ in own]
    injections = [
        {"muscle": m, "side": s, "dose": f"{units * int(rng.integers(1, 20)) * 5} U", "sites": 4}
        for m, s in zip(own, sides, strict=True)
    ]
    history = []
    if rng.random() < 0.5:
        past = {"product": product if rng.random() < 0.8 else str(rng.choice(sorted(PRODUCTS)))}
        past["date"] = str(ON - timedelta(days=int(rng.integers(20, 140))))
        history.append({**past, "total": f"{units * int(rng.integers(1, 8)) * 50} U"})
    case = {
        "endplate": 1,
        "patient": {
            "code": "t-01",
            "age": f"{int(rng.integers(18, 90))} y",
            "weight": f"{int(rng.integers(40, 110))} kg",
            "condition": str(rng.choice(["stroke", "cerebral_palsy", "multiple_sclerosis"])),
            "cautions": ["infection_at_site"] if rng.random() < 0.05 else [],
        },
        "assessment": [
            {
                "joint": movement[0],
                "side": side,
                "movement": movement[1],
                "scale": "modified_ashworth",
                "value": str(rng.choice(["1+", "2", "3"])),
            }
        ],
        "history": history,
        "plan": {
            "date": str(ON),
            "jurisdiction": str(rng.choice(["US", "US", "EU", "UK", "SG", "CH", "CA", "JP"])),
            "product": product,
            "indication": "spasticity",
            "dilution": str(rng.choice(["25 U/mL", "100 U/mL", "200 U/mL"])),
            "guidance": str(rng.choice(["manual", "ultrasound"])),
            "injections": injections,
        },
    }
    return case, made_goals(rng, product, units, movement, side, list(zip(own, sides, strict=True)))


def made_goals(rng, product, units, movement, side, own):
    target = {"joint": movement[0], "side": side, "movement": movement[1], "weeks": [4, 8]}
    goals = {
        "endplate": 1,
        "product": product,
        "targets": [target | {"improve_by": float(rng.choice([0.25, 0.5, 1.0]))}],
        "step": f"{units * 10} U",
        "limits": {},
    }
    if rng.random() < 0.8:
        goals["candidates"] = [
            {"muscle": m, "side": s, "most": f"{units * int(rng.integers(2, 60)) * 10} U"} for m, s in own
        ]
        for row in goals["candidates"]:
            if rng.random() < 0.5:
                row["sites"] = [int(n) for n in rng.choice([1, 2, 4, 6], 2, replace=False)]
    if rng.random() < 0.3:
        goals["limits"]["total"] = f"{units * int(rng.integers(3, 40)) * 10} U"
    if rng.random() < 0.3:
        goals["limits"]["volume"] = f"{int(rng.integers(1, 12))} mL"
    if rng.random() < 0.3:
        goals["limits"]["punctures"] = int(rng.integers(1, 12))
    if rng.random() < 0.3:
        goals["limits"]["vials"] = int(rng.integers(1, 5))
    if rng.random() < 0.3:
        goals["limits"]["waste"] = f"{units * int(rng.integers(0, 10)) * 5} U"
    if rng.random() < 0.3:
        goals["targets"][0]["probability"] = f"{int(rng.integers(5, 60))} %"
    if rng.random() < 0.3:
        goals["costs"] = {"units": float(rng.random())}
    return goals


def tightened(rng, case, goals):
    """The goals with one limit of the case made lower, where one is held."""
    plan, age = case.plan, case.patient.age.value
    held = [
        rule
        for rule in load_rules()
        if (rule.product, rule.jurisdiction) == (plan.product, plan.jurisdiction)
        and rule.family == "session_total"
        and rule.extent == "session"
        and rule.in_force_from <= plan.date
        and (rule.in_force_to is None or plan.date < rule.in_force_to)
        and rule.age_from_y <= age
        and (rule.age_to_y is None or age < rule.age_to_y)
    ]
    if not held or rng.random() < 0.6:
        return goals, None
    rule = held[rng.integers(len(held))]
    return goals | {
        "tighten": [{"rule": rule.id, "maximum": round(rule.maximum * rng.uniform(0.2, 1))}]
    }, rule


def own_limits_hold(case, goals, rule):
    """Assert that a plan stays within what the user alone asked for."""
    shots, limits = planned_injections(case), goals.limits
    total = sum(shot.dose_U for shot in shots)
    vials = fewest_vials(total, PRODUCTS[case.plan.product].vial_sizes_U)
    assert limits.total is None or total <= limits.total.value + 1e-6
    assert limits.volume is None or sum(s.volume_mL for s in shots) <= limits.volume.value + 1e-6
    assert limits.punctures is None or sum(s.sites for s in shots) <= limits.punctures
    assert limits.vials is None or len(vials) <= limits.vials
    assert limits.waste is None or sum(vials) - total <= limits.waste.value + 1e-6
    if rule is not None:
        some = [
            s for s in shots if rule.limb in ("any", MUSCLES[s.muscle].limb) and s.muscle not in rule.without
        ]
        assert sum(shot.dose_U for shot in some) <= goals.tighten[0].maximum + 1e-6
    named = {(row.muscle, row.side): row for row in goals.candidates}
    for item in case.plan.injections:
        row = named.get((item.muscle, item.side))
        assert row is not None if named else True
        assert row is None or row.most is None or item.dose.value <= row.most.value + 1e-6


def without_effect(found):
    """Whether hardly a grade falls by a hundredth: the muscles searched do nothing there."""
    return all(row["change"]["p05"] > -0.01 for row in found.document["closest"]["targets"])


def searched(seed):
    """The case, its goals and the answer; None where the input is refused."""
    rng = np.random.default_rng(seed)
    document, goals = made_case(rng)
    case = Case.model_validate(document)
    goals, rule = tightened(rng, case, goals)
    asked = Goals.model_validate(goals)
    try:
        found = endplate.optimise(case, asked, draws=DRAWS, seed=1, horizon_d=HORIZON_D)
    except endplate.InputError as error:
        assert error.rule in REFUSED
        return None
    return case, asked, rule, found


@pytest.mark.timeout(7200)
def test_no_plan_told_breaks_a_hard_limit():
    answers = {"refused": 0, "yes": 0, "no": 0}
    for seed in range(CASES):
        told = searched(seed)
        if told is None:
            answers["refused"] += 1
            continue
        case, goals, rule, found = told
        answers["yes" if found.feasible else "no"] += 1
        assert found.feasible == bool(found.document["plans"])
        for planned in found.cases:
            issues = endplate.check(planned).issues
            assert not [issue for issue in issues if issue.severity == "critical"], seed
            own_limits_hold(planned, goals, rule)
            assert planned.patient == case.patient and planned.plan.product == case.plan.product
        if not found.feasible:
            assert found.document["binding"] or without_effect(found), seed
    assert answers["yes"] > CASES / 4 and answers["no"] > 0  # the cases ask something


def test_muscles_without_a_dose_held_are_out_unless_named():
    """Palmaris longus stands in no US row of this product."""
    for named in (False, True):
        rng = np.random.default_rng(5)
        document, goals = made_case(rng)
        document["plan"] |= {"product": "onabotulinumtoxinA", "jurisdiction": "US"}
        document["assessment"][0] |= {"joint": "wrist", "movement": "extension"}
        side = document["assessment"][0]["side"]
        muscles = ["flexor_carpi_radialis", "palmaris_longus"]
        document["plan"]["injections"] = [
            {"muscle": muscle, "side": side, "dose": "20 U", "sites": 1} for muscle in muscles
        ]
        document["history"], document["patient"]["cautions"] = [], []
        goals = {"endplate": 1, "product": "onabotulinumtoxinA", "targets": goals["targets"]}
        goals["targets"][0] |= {"joint": "wrist", "movement": "extension"}
        if named:
            rows = [{"muscle": muscle, "side": side, "most": "40 U"} for muscle in muscles]
            goals["candidates"] = rows
        found = endplate.optimise(
            Case.model_validate(document), Goals.model_validate(goals), draws=20, horizon_d=HORIZON_D
        )
        searched_for = [row["muscle"] for row in found.document["searched"][0]["candidates"]]
        assert searched_for == (muscles if named else muscles[:1])
        assert any("no dose is held" in warning for warning in found.document["warnings"])


def test_groups_are_searched_as_their_muscles():
    """A group's dose divides by volume, and each member stays within its own row."""
    case = endplate.load_case(EXAMPLES / "adult_leg.yaml")
    document = case.to_dict()
    document["plan"]["injections"] = [
        {"muscle": "gastrocnemius", "side": "right", "dose": "200 U", "sites": 2}
    ]
    found = endplate.optimise(Case.model_validate(document), draws=20, horizon_d=84)
    shots = planned_injections(found.cases[0])
    assert {shot.muscle for shot in shots} == set(GROUPS["gastrocnemius"])
    assert all(shot.dose_U <= 150 + 1e-6 for shot in shots)
