"""The movements examined before a plan: what was raised, and whether it looked dynamic or fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from endplate.case.models import AssessmentRow
from endplate.case.plan import sides_of
from endplate.knowledge.labels.screening import threshold, tone_scales
from endplate.knowledge.vocabulary import MUSCLES, SCALES
from endplate.knowledge.vocabulary.patterns import resisting
from endplate.knowledge.vocabulary.sentence import Word
from endplate.questions.checking.context import Context

Component = Literal["dynamic", "fixed", "unknown"]


@dataclass(frozen=True)
class Examined:
    """One movement of one joint as last examined before the plan."""

    where: str
    joint: str
    side: str
    movement: str
    scale: str | None
    grade: str | None
    r1_deg: float | None
    r2_deg: float | None

    @property
    def angle_deg(self) -> float | None:
        """Degrees between the catch and the end of range; None where they were not measured."""
        return None if self.r1_deg is None or self.r2_deg is None else self.r2_deg - self.r1_deg

    @property
    def rigid(self) -> bool:
        """Whether the grade is that of a limb that does not move."""
        return self.grade == tone_scales().rigid

    @property
    def raised(self) -> bool:
        """Whether tone is raised, or was examined without a grade and so may be."""
        if self.grade is None or (self.angle_deg or 0) > 0:
            return True
        return SCALES[self.scale or ""].coding[self.grade] > 0

    @property
    def component(self) -> Component:
        """Dynamic or fixed; unknown without angles, or where grade and angles contradict each other."""
        if not self.raised:
            return "unknown"
        if self.angle_deg is None:
            return "fixed" if self.rigid else "unknown"
        if self.angle_deg < threshold("dynamic_component"):
            return "fixed"
        return "unknown" if self.rigid else "dynamic"

    @property
    def may_be_fixed(self) -> bool:
        """Whether the angles or the grade speak for a fixed joint."""
        return self.raised and (self.rigid or self.component == "fixed")

    @property
    def muscles(self) -> frozenset[str]:
        """The muscles that resist this movement, by anatomy or in a pattern."""
        return resisting(self.joint, self.movement)

    @property
    def limb(self) -> str:
        """``upper`` or ``lower``."""
        return next(MUSCLES[muscle].limb for muscle in sorted(self.muscles))

    def told(self) -> dict[str, str]:
        """Joint, movement and side as plain data."""
        return {"joint": self.joint, "movement": self.movement, "side": self.side}

    def words(self) -> dict[str, Any]:
        """The same as words of a message."""
        return {name: Word(each) for name, each in self.told().items()}


def examined(context: Context) -> tuple[Examined, ...]:
    """Every movement examined up to the plan, side by side: latest grade and latest angles."""
    latest: dict[tuple[str, str, str], dict[str, AssessmentRow]] = {}
    places: dict[tuple[str, str, str], int] = {}
    rows = [item for item in enumerate(context.case.assessment) if not examined_too_late(context, item[1])]
    for place, row in sorted(rows, key=lambda item: str(item[1].date or "")):
        for key in ((row.joint, side, row.movement) for side in sides_of(row.side)):
            places[key] = place
            held = latest.setdefault(key, {})
            if row.tardieu:
                held["angles"] = row
            if row.scale in tone_scales().scales:
                held["grade"] = row
    return tuple(_examined(key, places[key], held) for key, held in latest.items())


def examined_too_late(context: Context, row: AssessmentRow) -> bool:
    """Whether a row is dated after the plan."""
    return row.date is not None and row.date > context.on


def _examined(key: tuple[str, str, str], place: int, held: dict[str, AssessmentRow]) -> Examined:
    grade = held.get("grade")
    angles = held["angles"].tardieu if "angles" in held else None
    return Examined(
        f"assessment[{place}]",
        *key,
        scale=grade.scale if grade else None,
        grade=grade.value if grade else None,
        r1_deg=angles.r1.value if angles else None,
        r2_deg=angles.r2.value if angles else None,
    )
