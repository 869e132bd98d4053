"""What to change next time: where needles lay, against the muscles asked for, and doses against ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from endplate.case import Training
from endplate.knowledge.anatomy import body
from endplate.knowledge.evidence import value
from endplate.knowledge.units import MM_PER_CM
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.questions.checking.bounds import above
from endplate.questions.checking.finding import number, together
from endplate.questions.training.limb import ShownLimb
from endplate.questions.training.needles import Placed
from endplate.questions.training.reference import Held, held_ranges
from endplate.questions.training.score import percent

_DIGITS = 4


def corrections_of(training: Training, shown: ShownLimb, placed: Sequence[Placed]) -> tuple[Sentence, ...]:
    """One sentence for every needle that lay elsewhere and every dose outside its range.

    Args:
        training: what was asked.
        shown: its limb.
        placed: the needles as they came to lie.
    """
    needles = (told for each in placed if each.muscle for told in _needle(training, shown, each))
    return (*needles, *_doses(training, placed))


def _needle(training: Training, shown: ShownLimb, each: Placed) -> Iterator[Sentence]:
    assert each.muscle is not None
    told = {"number": str(each.number), "muscle": Word(each.muscle)}
    if each.muscle in training.muscles:
        yield from _along(shown, each, each.muscle, told)
        return
    away, target = _nearest(training, shown, each)
    if target is None:
        text = "Needle {number} lay in {muscle}, at a level where no muscle asked for lies."
        yield Sentence(text, **told)
        return
    text = "Needle {number} lay in {muscle}, about {away} mm from {target}."
    yield Sentence(text, **told, away=f"{max(away, 1):.0f}", target=Word(target))
    yield from _along(shown, each, target, {**told, "muscle": Word(target)})


def _along(shown: ShownLimb, each: Placed, muscle: str, told: dict[str, str]) -> Iterator[Sentence]:
    """How far along the limb a needle lay from the zone, where it is more than half the distance of sites."""
    own, at = body(muscle), each.tip_mm[0]
    zones = [[own.along(edge) * shown.length_mm for edge in zone] for zone in own.zones]
    off = min((_beyond(at, low, high) for low, high in zones), key=abs)
    if abs(off) < value("spread.site_spacing") * shown.scale / 2:
        return
    text = "Needle {number} lay about {off} cm distal of the endplate zone of {muscle}."
    if off < 0:
        text = "Needle {number} lay about {off} cm proximal of the endplate zone of {muscle}."
    yield Sentence(text, **told, off=f"{abs(off) / MM_PER_CM:.1f}")


def _beyond(at: float, low: float, high: float) -> float:
    """How far a place lies distal of a stretch, negative where it lies proximal of it."""
    return at - high if at > high else min(at - low, 0.0)


def _nearest(training: Training, shown: ShownLimb, each: Placed) -> tuple[float, str | None]:
    """The muscle of the task nearest to a tip in its section, and how far in mm; none where none is cut."""
    limb = shown.limb
    cut = limb.labels[shown.level(each.at)]
    found: list[tuple[float, str | None]] = []
    for muscle in training.muscles:
        places = np.argwhere(cut == shown.names.index(muscle)) * limb.spacing_mm
        if len(places):
            tip = np.subtract(each.tip_mm[1:], limb.origin_mm[1:])
            found.append((float(np.linalg.norm(places - tip, axis=1).min()), muscle))
    return min(found, default=(0.0, None))


def _doses(training: Training, placed: Sequence[Placed]) -> Iterator[Sentence]:
    for row in held_ranges(training):
        given = given_U(row, placed)
        if not given:
            continue
        muscles = together([Word(muscle) for muscle in row.muscles])
        told = {"muscles": muscles, "given": _units(given, training.mass_kg if row.rule.per_kg else None)}
        if row.low_U and above(row.low_U, given):
            text = "{muscles}: {given} is {share} % of the low end of the range held ({low} U)."
            yield Sentence(text, **told, share=percent(given / row.low_U), low=number(row.low_U))
        elif row.high_U and above(given, row.high_U):
            text = "{muscles}: {given} is {share} % of the high end of the range held ({high} U)."
            yield Sentence(text, **told, share=percent(given / row.high_U), high=number(row.high_U))


def given_U(row: Held, placed: Sequence[Placed]) -> float:
    """Units of the needles whose tips lie in the muscles of a range."""
    return sum(each.dose_U for each in placed if each.muscle in row.muscles)


def _units(given: float, mass_kg: float | None) -> Sentence:
    """Units, with those per kg where the range goes by weight."""
    if mass_kg is None:
        return Sentence("{units} U", units=number(given))
    return Sentence("{units} U ({per_kg} U/kg)", units=number(given), per_kg=f"{given / mass_kg:.1f}")


def held_rows(training: Training, placed: Sequence[Placed]) -> list[dict[str, object]]:
    """The ranges held with what was given: units, and units per kg where the body mass is known."""
    mass = training.mass_kg
    return [
        {
            "muscles": list(row.muscles),
            **row.rule.to_dict(mass),
            "given_U": round(given_U(row, placed), _DIGITS),
            "given_U_per_kg": round(given_U(row, placed) / mass, _DIGITS) if mass else None,
        }
        for row in held_ranges(training)
    ]
