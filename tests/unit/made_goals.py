"""Cases and goals of the tests of `optimise`, made from the adult arm."""

from __future__ import annotations

from pathlib import Path

import pytest

import endplate
from endplate.case import Case
from endplate.case.goals import Goals

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ARM = EXAMPLES / "adult_arm.yaml"
GOALS = EXAMPLES / "goals" / "adult_arm.yaml"
TOO_MUCH = EXAMPLES / "goals" / "adult_arm_too_much.yaml"
OLDER = "us.ona.adult.upper.session.older"  # 360 U, the lower of two rows held
BICEPS = "us.ona.adult.upper.biceps_brachii"
FEW = {"draws": 60, "horizon_d": 84}


def target(joint, improve_by=1.0, **others):
    """A target at a joint of the left arm."""
    place = {"joint": joint, "side": "left", "movement": "extension"}
    return place | {"improve_by": improve_by} | others


def goals(*targets, **others):
    """Goals of the arm: an elbow a grade better, where no target is given."""
    wanted = list(targets) or [target("elbow")]
    told = {"endplate": 1, "product": "onabotulinumtoxinA", "step": "10 U", "targets": wanted}
    return Goals.model_validate(told | others)


def arm(**changed):
    """The case of the adult arm; ``patient``, ``plan`` and other sections may be changed."""
    told = endplate.load_case(ARM).to_dict()
    for name, section in changed.items():
        told[name] = told[name] | section if isinstance(section, dict) else section
    return Case.model_validate(told)


def few_muscles(count=3):
    """The arm with the first muscles of its plan alone."""
    return arm(plan={"injections": arm().to_dict()["plan"]["injections"][:count]})


def refused(case, wanted=None, **asked):
    """The error with which a search is refused."""
    with pytest.raises(endplate.InputError) as found:
        endplate.optimise(case, wanted, **(FEW | asked))
    return found.value
