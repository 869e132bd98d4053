"""Level 6: what `explain` makes of the visits of a training.

Weighing takes seconds, an attempt may not. For the trainings that come along the answer is therefore kept
with them, under the case that was asked about and the version of the model;
``scripts/write_training_causes.py`` writes it and a test asks again. A file of an instructor, or one that was
changed, is weighed at first use.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from endplate.case import Case, Training, from_document
from endplate.questions.training.visits import visits_of
from endplate.simulation import MODEL_VERSION

KEPT = Path(__file__).parent / "data" / "explained.json"
"""The answers kept, with the command that wrote them."""
DRAWS = 300


def joint_of(training: Training) -> dict[str, Any]:
    """The row of `explain` for the joint of a training of level 6: verdict, and its causes with support."""
    return dict(_joint(training.model_dump_json()))


@lru_cache(maxsize=32)
def _joint(text: str) -> Mapping[str, Any]:
    training = Training.model_validate_json(text)
    kept = _kept().get(training.training)
    if kept is not None and kept["of"] == identity(training):
        row: dict[str, Any] = kept["joint"]
        return row
    return weighed(training)


@cache
def _kept() -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8"))["trainings"]
    return held


def identity(training: Training) -> str:
    """What an answer is of: the case with its visits, the copies and the model."""
    numbers = (DRAWS, training.seed, MODEL_VERSION)
    asked = json.dumps([seen_case(training).to_dict(), *numbers], sort_keys=True, default=str)
    return hashlib.sha256(asked.encode()).hexdigest()


def weighed(training: Training) -> dict[str, Any]:
    """Ask `explain`; seconds.

    Raises:
        InputError: the file amounts to a case that `explain` refuses.
    """
    from endplate.questions.explain import explain

    joints = explain(seen_case(training), draws=DRAWS, seed=training.seed).to_dict()["joints"]
    row: dict[str, Any] = joints[0]
    return row


def seen_case(training: Training) -> Case:
    """The case as the learner sees it: the plan, what was found before, and the visits as written down."""
    assert training.plan is not None
    rows: list[dict[str, Any]] = []
    for seen in visits_of(training):
        where = {key: seen[key] for key in ("joint", "side", "movement")}
        where["date"] = (training.plan.date + timedelta(days=round(seen["day"]))).isoformat()
        angles = {"r1": f"{seen['r1_deg']} deg", "r2": f"{seen['r2_deg']} deg"}
        grade = {"measure": "scale", "scale": seen["scale"], "value": seen["grade"], "tardieu": angles}
        strength = {"measure": "strength", "value": f"{seen['strength_percent']} %"}
        rows += [{**where, **grade}, {**where, **strength}]
    return from_document(Case, {**training.case().to_dict(), "visits": rows})
