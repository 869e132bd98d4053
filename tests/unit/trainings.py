"""Needles and trainings that several tests of the trainer use."""

from __future__ import annotations

from functools import cache

from endplate.case.training import Training
from endplate.knowledge.evidence import value
from endplate.questions.train import attempt, shipped
from endplate.questions.training.reference import book_needles

PASS_MARK = value("training.pass_mark")
PLACING = [each for each in shipped().values() if 2 <= each.level <= 5]
STEADY = [each for each in PLACING if each.level != 4]
FCR = "fcr_one_site"


def needle(at=0.3, angle_deg=0.0, depth_mm=10.0, dose="20 U", **others):
    return {"at": at, "angle_deg": angle_deg, "depth_mm": depth_mm, "dose": dose} | others


def played(training, *needles):
    return attempt(training, {"needles": list(needles)}).to_dict()


def as_rows(needles):
    return [each.model_dump(mode="json") for each in needles]


@cache
def book(name):
    return played(shipped()[name], *as_rows(book_needles(shipped()[name])))


def points(result):
    return {part["part"]: part["points"] for part in result["parts"]}


def changed(name, **keys):
    return shipped()[name].model_copy(update=keys)


def on(name, side):
    """The training on the other side, its joints with it."""
    document = shipped()[name].model_dump(mode="json")
    document["show"]["side"] = side
    for row in (*document["assessment"], *document["goals"]):
        row["side"] = side
    return Training.model_validate(document)
