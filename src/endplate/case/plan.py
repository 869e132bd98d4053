"""The plan muscle by muscle and side by side, and the joints as they were found."""

from __future__ import annotations

from dataclasses import dataclass

from endplate.case.dose import Dose
from endplate.case.models import AssessmentRow, Case, HistoryEntry, Injection, Plan, Tardieu
from endplate.errors import no_plan, not_a
from endplate.knowledge.evidence import value
from endplate.knowledge.units import PERCENT
from endplate.knowledge.vocabulary import GROUPS, SCALES
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.knowledge.vocabulary.sentence import Sentence, Word

# Scales whose grades are read as resistance, each with the scale that codes its labels.
_CODED = {
    "ashworth": "ashworth",
    "modified_ashworth": "modified_ashworth",
    "mas_0_5": "modified_ashworth",
}


@dataclass(frozen=True)
class PlannedInjection:
    """One muscle of one side: units, sites, volume and where along the belly it aims.

    A plan's dose, volume and sites with side bilateral are PER SIDE: each side gets all of them.
    """

    where: str
    muscle: str
    side: str
    product: str
    dose_U: float
    sites: int
    volume_mL: float
    at_fraction: float | None
    guidance: str

    @property
    def dose(self) -> Dose:
        """The dose as units of its product."""
        return Dose(self.dose_U, self.product)


@dataclass(frozen=True)
class JointBaseline:
    """A joint as found: grade with its coding, catch and range in degrees where they were measured.

    Of one person ``coded`` is the grade recorded, and ``sd`` None; of a group ``coded`` is the mean of the
    true grades and ``sd`` their standard deviation.
    """

    joint: str
    side: str
    movement: str
    scale: str
    value: str
    coded: float
    r1_deg: float | None
    r2_deg: float | None
    sd: float | None = None


def sides_of(side: str) -> tuple[str, ...]:
    """Left and right for bilateral, else the side itself."""
    return ("left", "right") if side == "bilateral" else (side,)


def units_of(dose: Quantity, weight_kg: float | None) -> float | None:
    """Units of a dose in U or U/kg; None where it goes by a weight that is not known."""
    if dose.unit != "U/kg":
        return dose.value
    return None if weight_kg is None else dose.value * weight_kg


def listed_units(entry: HistoryEntry, weight_kg: float | None) -> float | None:
    """Sum of the injections listed for an earlier session; None when none are or not all are in units."""
    total = 0.0
    for item in entry.injections:
        units = units_of(item.dose, weight_kg)
        if units is None:
            return None
        total += units * len(sides_of(item.side))
    return total if entry.injections else None


def volume_shares(*muscles: str) -> dict[str, float]:
    """The muscles, groups taken apart, each with its share of their adult volume together."""
    members = [member for muscle in muscles for member in GROUPS.get(muscle, (muscle,))]
    volumes = {member: value(f"muscle.{member}.volume_mL") for member in members}
    return {member: volume / sum(volumes.values()) for member, volume in volumes.items()}


def divided_sites(total: int, shares: dict[str, float]) -> dict[str, int]:
    """One site for each muscle and the rest by volume, so that the sum is the sites the plan states."""
    spare = max(0, total - len(shares))
    wanted = {muscle: spare * share for muscle, share in shares.items()}
    sites = {muscle: 1 + int(part) for muscle, part in wanted.items()}
    left = len(shares) + spare - sum(sites.values())
    for muscle in sorted(wanted, key=lambda name: int(wanted[name]) - wanted[name])[:left]:
        sites[muscle] += 1
    return sites


def _expand(where: str, item: Injection, plan: Plan, weight_kg: float | None) -> list[PlannedInjection]:
    units = units_of(item.dose, weight_kg) or 0.0  # a case whose doses go by weight states it
    dilution = item.dilution or plan.dilution
    volume = item.volume.value if item.volume else units / dilution.value if dilution else 0
    at = None if item.at is None else item.at.value / PERCENT
    shares = volume_shares(item.muscle)
    sites = divided_sites(item.sites or 1, shares)
    return [
        PlannedInjection(
            where,
            muscle,
            side,
            item.product or plan.product,
            units * share,
            sites[muscle],
            volume * share,
            at,
            plan.guidance,
        )
        for side in sides_of(item.side)
        for muscle, share in shares.items()
    ]


def plan_of(case: Case) -> Plan:
    """The plan of a case.

    Raises:
        InputError: there is none, or something else was given in place of a case.
    """
    if not isinstance(case, Case):
        raise not_a("case", case)
    if case.plan is None:
        raise no_plan()
    return case.plan


def planned_injections(case: Case) -> tuple[PlannedInjection, ...]:
    """Every muscle of the plan on every side; groups are divided by volume, at least one site each.

    A dose with side bilateral is per side, so both sides together get twice as much; U/kg is multiplied
    by the patient's weight.
    """
    if case.plan is None:
        return ()
    weight = case.patient.weight_kg
    return tuple(
        shot
        for index, item in enumerate(case.plan.injections)
        for shot in _expand(f"plan.injections[{index}]", item, case.plan, weight)
    )


def joint_baselines(case: Case) -> tuple[JointBaseline, ...]:
    """The joints graded up to the plan's date: latest Ashworth-type grade, latest angles, side by side."""
    grades: dict[tuple[str, str, str], AssessmentRow] = {}
    angles: dict[tuple[str, str, str], Tardieu] = {}
    for _, row in sorted(enumerate(case.assessment), key=lambda item: str(item[1].date or "")):
        for key in ((row.joint, side, row.movement) for side in sides_of(row.side)):
            if row.tardieu and not _too_late(row, case.plan):
                angles[key] = row.tardieu
            if not _left_out(row, case.plan):
                grades[key] = row
    return tuple(_baseline(key, row, angles.get(key)) for key, row in grades.items())


def _baseline(key: tuple[str, str, str], row: AssessmentRow, angles: Tardieu | None) -> JointBaseline:
    scale, grade = row.scale or "", row.value or ""
    r1, r2 = (angles.r1.value, angles.r2.value) if angles else (None, None)
    return JointBaseline(*key, scale, grade, SCALES[_CODED[scale]].coding[grade], r1, r2)


def _too_late(row: AssessmentRow, plan: Plan | None) -> bool:
    return bool(plan and row.date and row.date > plan.date)


def assessments_left_out(case: Case) -> tuple[str, ...]:
    """A sentence for every assessment row from which no joint can be simulated."""
    graded = {(base.joint, base.movement) for base in joint_baselines(case)}
    rows = (
        (f"assessment[{place}]", _left_out(row, case.plan))
        for place, row in enumerate(case.assessment)
        if not (row.tardieu and row.value is None and (row.joint, row.movement) in graded)
    )
    text = "{row}: {reason}, so this row starts no joint."
    return tuple(Sentence(text, row=where, reason=reason) for where, reason in rows if reason)


def _left_out(row: AssessmentRow, plan: Plan | None) -> str:
    """Why a row is no baseline; empty when it is one."""
    if row.value is None:
        beside = row.tardieu is not None
        return Sentence("no grade is given beside the angles") if beside else Sentence("no grade is given")
    if row.scale not in _CODED:
        return Sentence("the scale {scale} is not turned into resistance", scale=Word(row.scale or ""))
    if _too_late(row, plan):
        return Sentence("it lies after the plan")
    return ""
