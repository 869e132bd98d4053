"""Patient selection: where tone is raised, what is dynamic, which muscles fit, what was not asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter
from typing import cast

from endplate.case.models import Goal
from endplate.case.plan import PlannedInjection, sides_of
from endplate.knowledge.labels.screening import load_screening, must_ask, threshold, whole_limbs
from endplate.knowledge.vocabulary import JOINTS, MUSCLES, SCALES
from endplate.knowledge.vocabulary.patterns import Link, candidates, muscles_of, patterns_of, resisting
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.questions.checking.context import Context
from endplate.questions.checking.examined import Examined, examined, examined_too_late
from endplate.questions.checking.finding import PUBLICATION, Finding, Severity, number, together

_LIMBS = ("upper", "lower")
_OTHER = {"left": "right", "right": "left"}
_ARM_OR_LEG = {
    ("upper", "left"): Sentence("left arm"),
    ("upper", "right"): Sentence("right arm"),
    ("lower", "left"): Sentence("left leg"),
    ("lower", "right"): Sentence("right leg"),
}


@dataclass(frozen=True)
class Facts:
    """What the rules of selection ask for, gathered once."""

    context: Context
    joints: tuple[Examined, ...]

    @property
    def raised(self) -> tuple[Examined, ...]:
        """The movements with raised tone."""
        return tuple(joint for joint in self.joints if joint.raised)

    def muscles(self) -> list[PlannedInjection]:
        """The first injection of each muscle and side, sorted."""
        first: dict[tuple[str, str], PlannedInjection] = {}
        for item in self.context.injections:
            first.setdefault((item.muscle, item.side), item)
        return [first[key] for key in sorted(first)]

    def injected(self, joint: Examined, side: str | None = None) -> list[PlannedInjection]:
        """The injected muscles that resist an examined movement, on its side or on the one named."""
        wanted = side or joint.side
        return [item for item in self.muscles() if item.side == wanted and item.muscle in joint.muscles]

    def stretching(self, item: PlannedInjection) -> list[Examined]:
        """The examined movements that stretch an injected muscle."""
        return [j for j in self.joints if j.side == item.side and item.muscle in j.muscles]

    def limbs(self) -> list[tuple[str, str]]:
        """Limb and side of every limb with raised tone."""
        return sorted({(joint.limb, joint.side) for joint in self.raised})

    def adult_arm(self) -> bool:
        """Whether an adult's arm is treated, as in the trial whose entry criteria are quoted."""
        age = self.context.age_y
        return age is not None and age >= threshold("several_limbs") and "upper" in self.context.limbs()


def check_selection(context: Context) -> list[Finding]:
    """Everything the rules of patient selection have to say about a case."""
    facts = Facts(context, examined(context))
    rules = (_distribution, _components, _tone, _muscles, _elbow, _slips, _goals, _person)
    return [finding for rule in rules for finding in rule(facts)]


def selection(context: Context) -> dict[str, object]:
    """Patient selection as plain data: distribution, joints, candidate muscles, questions not asked."""
    facts = Facts(context, examined(context))
    return {
        "distribution": distribution(facts),
        "joints": [
            {**joint.told(), "component": joint.component, "angle_deg": joint.angle_deg}
            for joint in facts.joints
        ],
        "candidates": [
            _candidate(facts, joint, link)
            for joint in facts.raised
            for link in candidates(joint.joint, joint.movement)
        ],
        "not_asked": list(not_asked(context)),
    }


def _candidate(facts: Facts, joint: Examined, link: Link) -> dict[str, object]:
    citation, url = link.source
    injected = any(item.muscle == link.muscle for item in facts.injected(joint))
    return {
        **joint.told(),
        "muscle": link.muscle,
        "pattern": link.pattern,
        "role": link.role,
        "basis": link.basis,
        "source": {"citation": citation, "url": url or None},
        "injected": injected,
    }


def distribution(facts: Facts) -> str:
    """``focal``, ``multifocal``, ``regional`` or ``generalised``; ``unknown`` if no tone is raised."""
    joints = {(joint.joint, joint.side) for joint in facts.raised}
    if not joints:
        return "unknown"
    if len(facts.limbs()) == len(_LIMBS) * len(_OTHER):
        return "generalised"
    sides: dict[str, set[str]] = {}
    for joint, side in joints:
        sides.setdefault(side, set()).add(joint)
    if any(whole <= held for whole in whole_limbs().values() for held in sides.values()):
        return "regional"
    return "focal" if len(joints) == 1 else "multifocal"


def not_asked(context: Context) -> tuple[str, ...]:
    """The cautions that must be asked about and were neither stated nor ruled out."""
    patient = context.case.patient
    known = {*patient.cautions, *patient.asked}
    return tuple(caution for caution in must_ask(patient.sex) if caution not in known)


def _distribution(facts: Facts) -> Iterator[Finding]:
    name = distribution(facts)
    if name == "unknown":
        return
    joints = sorted({(joint.side, joint.joint) for joint in facts.raised})
    listed = Sentence.joined(", ", [_side_and_joint(side, joint) for side, joint in joints])
    yield _find(facts, f"distribution_{name}", "assessment", count=str(len(joints)), joints=listed)
    age = facts.context.age_y
    if name != "generalised" and len(facts.limbs()) > 1 and (age or 0) >= threshold("several_limbs"):
        limbs = together([_ARM_OR_LEG[limb] for limb in facts.limbs()])
        yield _find(facts, "several_limbs", "assessment", limbs=limbs)


def _side_and_joint(side: str, joint: str) -> Sentence:
    return Sentence("{side} {joint}", side=Word(side), joint=Word(joint))


def _components(facts: Facts) -> Iterator[Finding]:
    limit = threshold("dynamic_component")
    for joint in facts.raised:
        if joint.component == "dynamic":
            yield _find(facts, "dynamic_component", joint.where, value=joint.angle_deg, **joint.words())
        if joint.may_be_fixed and _rests_on(facts, joint):
            why, value = _why_fixed(joint, limit), joint.angle_deg
            yield _find(
                facts, "fixed_component", joint.where, value=value, limit=limit, why=why, **joint.words()
            )
            yield _find(facts, "diagnostic_block", joint.where, **joint.words())
    bare = {(j.side, j.joint): None for j in facts.raised if j.angle_deg is None and facts.injected(j)}
    if bare:
        listed = Sentence.joined(", ", [_side_and_joint(*each) for each in bare])
        yield _find(facts, "tardieu_missing", "assessment", joints=listed)


def _rests_on(facts: Facts, joint: Examined) -> bool:
    """Whether some muscle is injected for this movement alone: no better movement stretches it."""
    return any(
        all(other.may_be_fixed or not other.raised for other in facts.stretching(item))
        for item in facts.injected(joint)
    )


def _why_fixed(joint: Examined, limit: float) -> str:
    angle = joint.angle_deg
    if angle is None:
        return Sentence("grade {grade}, the limb is rigid", grade=joint.grade or "")
    if joint.component != "fixed":
        text = "grade {grade} says rigid but the angles leave {angle} deg, so examine it again"
        return Sentence(text, grade=joint.grade or "", angle=number(angle))
    if angle == 0:
        return Sentence("the catch is at the end of range, nothing dynamic is recorded")
    text = "{angle} deg between catch and end of range, a dynamic joint has {limit} deg"
    return Sentence(text, angle=number(angle), limit=number(limit))


def _tone(facts: Facts) -> Iterator[Finding]:
    """Grades that leave little to treat."""
    for item in facts.muscles():
        stretching = facts.stretching(item)
        if stretching and not any(joint.raised for joint in stretching):
            yield _of_muscle(facts, "tone_not_raised", item)
    limit = threshold("tone_below_trials")
    for joint in facts.raised if facts.adult_arm() else ():
        if joint.limb != "upper" or joint.scale != "modified_ashworth" or not facts.injected(joint):
            continue
        label = joint.grade or ""
        grade = SCALES[joint.scale].coding[label]
        if 0 < grade < limit:
            where = joint.where
            yield _find(facts, "tone_below_trials", where, value=grade, grade=label, **joint.words())


def _muscles(facts: Facts) -> Iterator[Finding]:
    """Each injected muscle against what was examined on its side."""
    for item in facts.muscles():
        here = [joint for joint in facts.joints if joint.side == item.side]
        if not {joint.joint for joint in here}.intersection(MUSCLES[item.muscle].joints):
            yield _of_muscle(facts, "muscle_without_assessment", item)
            continue
        if not facts.stretching(item):
            yield _of_muscle(facts, "movement_not_assessed", item)
        patterns = {name for joint in here for name in patterns_of(joint.joint, joint.movement)}
        if not any(item.muscle in muscles_of(name) for name in patterns):
            yield _of_muscle(facts, "pattern_muscle_unlinked", item)


def _elbow(facts: Facts) -> Iterator[Finding]:
    """The choice among the flexors of the elbow."""
    planned = {(item.muscle, item.side) for item in facts.muscles()}
    pronated = {j.side for j in facts.raised if (j.joint, j.movement) == ("forearm", "supination")}
    for item in facts.muscles():
        if item.muscle != "biceps_brachii":
            continue
        flexed = any(joint.joint == "elbow" and joint.raised for joint in facts.stretching(item))
        if flexed and ("brachialis", item.side) not in planned:
            yield _of_muscle(facts, "brachialis_left_out", item)
        if item.side in pronated:
            yield _of_muscle(facts, "biceps_with_pronation", item)


def _slips(facts: Facts) -> Iterator[Finding]:
    """Raised tone without a treatment, perhaps because the other side is injected; rows after the plan."""
    held = {(joint.joint, joint.side, joint.movement) for joint in facts.joints}
    for joint in facts.raised:
        if facts.injected(joint):
            continue
        other = _OTHER[joint.side]
        slipped = facts.injected(joint, other)
        if slipped and (joint.joint, other, joint.movement) not in held:
            yield _find(facts, "side_slip", slipped[0].where, other=Word(other), **joint.words())
        else:
            yield _find(facts, "joint_not_treated", joint.where, **joint.words())
    for place, row in enumerate(facts.context.case.assessment):
        if examined_too_late(facts.context, row):
            yield _find(facts, "assessment_after_plan", f"assessment[{place}].date")


def _goals(facts: Facts) -> Iterator[Finding]:
    goals = facts.context.case.goals
    if not goals:
        yield _find(facts, "goal_missing", "goals")
    for place, goal in enumerate(goals):
        where = f"goals[{place}]"
        if goal.joint is None:
            yield _find(facts, "goal_not_located", where)
        for side in _untreated(facts, goal):
            joint = Word(goal.joint or "")
            yield _find(facts, "goal_not_treated", where, joint=joint, side=side)
        if goal.gas_baseline is None:
            yield _find(facts, "goal_without_baseline", where)


def _untreated(facts: Facts, goal: Goal) -> list[str]:
    """The sides of a goal without an injected muscle that resists a movement of its joint."""
    if goal.joint is None:
        return []
    seen = {joint.movement for joint in facts.raised if joint.joint == goal.joint}
    movements = seen or JOINTS[goal.joint].movements
    acting = frozenset().union(*(resisting(goal.joint, movement) for movement in movements))
    treated = {item.side for item in facts.muscles() if item.muscle in acting}
    if goal.side is None:
        return [] if treated else [Sentence("left or right")]
    return [Word(side) for side in sides_of(goal.side) if side not in treated]


def _person(facts: Facts) -> Iterator[Finding]:
    """Time since onset, therapy beside the injection, and the questions not asked."""
    context = facts.context
    months = context.case.patient.months_since_onset
    if months is not None and facts.adult_arm() and months < threshold("early_after_onset"):
        yield _find(facts, "early_after_onset", "patient.months_since_onset", value=months)
    if context.plan.co_therapy == "none":
        yield _find(facts, "no_physical_programme", "plan.co_therapy")
    missing = not_asked(context)
    if missing:
        listed = Sentence.joined(", ", [Word(caution) for caution in missing])
        yield _find(facts, "not_asked", "patient.asked", cautions=listed)


def _of_muscle(facts: Facts, rule: str, item: PlannedInjection) -> Finding:
    return _find(facts, rule, item.where, muscle=Word(item.muscle), side=Word(item.side))


def _find(
    facts: Facts,
    rule: str,
    where: str,
    *,
    value: float | None = None,
    limit: float | None = None,
    **words: str,
) -> Finding:
    """A finding with the sentence, severity and source of its screening rule."""
    held = load_screening()[rule]
    shown = held.threshold if limit is None else limit
    numbers = {"value": value, "limit": shown}
    words |= {name: number(each) for name, each in numbers.items() if each is not None}
    return Finding(
        rule=rule,
        severity=cast(Severity, held.severity),
        where=where,
        message=_filled(held.message, words),
        value=value,
        limit=None if value is None else shown,
        unit=None if value is None else held.unit,
        source={**held.source.to_dict(held.last_checked_on), "id": held.id},
        basis=held.basis,
        in_force_on=facts.context.on.isoformat(),
        verified=held.verified,
        source_kind=PUBLICATION,
    )


def _filled(text: str, words: dict[str, str]) -> str:
    """The sentence of a rule, with a capital where it begins with one of its words."""
    gaps = [name for _, name, _, _ in Formatter().parse(text) if name]
    if not gaps:
        return text
    first = words[gaps[0]]
    if isinstance(first, Word) and text.startswith("{"):
        words = words | {gaps[0]: Word(first.id, first[0].upper() + first[1:])}
    return Sentence(text, **{name: words[name] for name in gaps})
