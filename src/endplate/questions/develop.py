"""`develop`: a child from now to age 18, untreated and under plans repeated, by every assumption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.case import Case, planned_injections
from endplate.errors import InputError, no_plan, not_a_case
from endplate.knowledge.evidence import value
from endplate.knowledge.labels import house_rule, outside_model
from endplate.knowledge.vocabulary import wording
from endplate.physiology.development import growth
from endplate.physiology.development.function import LEVELS, Curve, follow
from endplate.questions.answer import Answer
from endplate.questions.developing.blocks import DAYS_PER_YEAR, MONTHS, Blocks, blocks_of
from endplate.questions.developing.child import STANDARD_FROM_Y, bone_length
from endplate.questions.developing.members import PRESETS, Members, ensemble, preset
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.document import evidence_rows
from endplate.simulation.parameters import RandomDraws
from endplate.simulation.results import band, summary

__all__ = ["DevelopResult", "develop"]

Array = NDArray[np.float64]
Row = dict[str, Any]

DRAWS = 500
UNTIL_Y = 18.0
EVERY_D = 182
_LEAST_D, _MOST_D = 84, 728
_LATER_Y = (2.0, 4.0)  # other starting ages
_SEVERAL = 2  # times as far apart
_CLASSES = {
    "null": "assumption: tone does not shorten muscle, and range does not carry function",
    "evidence": "cohorts and trials of children, with weights by judgement",
    "hypothesis": "randomised experiment in the mouse, with weights by judgement",
    "ensemble": "judgement over all that nobody knows",
}


@dataclass(frozen=True)
class DevelopResult(Answer):
    """A child over years under every assumption."""


@dataclass(frozen=True)
class Scenario:
    """How a plan is repeated: from an age on, every so many days, until an age."""

    name: str
    start_y: float
    every_d: int
    until_y: float

    @property
    def sessions(self) -> int:
        """Sessions given."""
        return max(int(np.ceil((self.until_y - self.start_y) * DAYS_PER_YEAR / self.every_d)), 0)


def develop(
    case: Case,
    draws: int = DRAWS,
    seed: int = 1,
    *,
    every_d: int = EVERY_D,
    stop_y: float = UNTIL_Y,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
) -> DevelopResult:
    """A child from now to age 18 under no treatment, the plan repeated, and other ages and intervals.

    Args:
        case: a child with age and GMFCS level, and a plan for the calf.
        draws: members of the ensemble.
        seed: of every random stream.
        every_d: days between sessions of the plan.
        stop_y: age from which no session is given.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: no plan, age or GMFCS level, an adult, no calf muscle in the plan, an interval or age that
            cannot be followed.
    """
    age_y = _checked(case, draws, every_d, stop_y)
    tell = progress or (lambda _: None)
    scenarios = _scenarios(age_y, every_d, stop_y)
    drawn = RandomDraws(seed, draws)
    held = {}
    for k, every in enumerate(sorted({each.every_d for each in scenarios})):
        held[every] = blocks_of(case, drawn, every, biology or Biology())
        tell((k + 1) / (len(scenarios) + 1))
    child = _Child(case, age_y)
    presets = {name: child.told(preset(name, draws), scenarios, held) for name in PRESETS}
    whole = child.told(ensemble(seed, draws), scenarios, held)
    tell(1.0)
    return DevelopResult(_document(case, child, (draws, seed), scenarios, presets, whole, drawn))


def _checked(case: Case, draws: int, every_d: int, stop_y: float) -> float:
    """Age of a child that can be followed, y."""
    if not isinstance(case, Case):
        raise not_a_case(case)
    if case.plan is None:
        raise no_plan()
    patient, adult = case.patient, house_rule("weight_age").age_to_y or UNTIL_Y
    if patient.age is None:
        raise _wrong("The age is not known", "age_required", "Add patient.age.", "patient.age")
    age_y = float(patient.age.to("y").value)
    if age_y >= adult:
        raise _wrong(
            f"A person of {age_y:g} y is no child", "children_only", f"Ask under {adult:g} y.", "patient.age"
        )
    if patient.gmfcs is None:
        raise _wrong(
            "The GMFCS level is not stated, and growth and function go by it",
            "gmfcs_required",
            "Add patient.gmfcs, 1 to 5.",
            "patient.gmfcs",
        )
    if draws < 1:
        raise _wrong(f"draws cannot be {draws}", "positive", "Ask for at least one.", "draws")
    if not _LEAST_D <= every_d <= _MOST_D:
        raise _wrong(
            f"Sessions every {every_d} d are not followed here",
            "interval",
            f"Give {_LEAST_D} to {_MOST_D} d.",
            "every_d",
        )
    if not age_y < stop_y <= UNTIL_Y:
        raise _wrong(
            f"Treatment cannot end at {stop_y:g} y", "stop", f"Give an age up to {UNTIL_Y:g} y.", "stop_y"
        )
    return age_y


def _wrong(message: str, rule: str, remedy: str, field: str) -> InputError:
    return InputError(message, rule=rule, remedy=remedy, field=field)


def _scenarios(age_y: float, every_d: int, stop_y: float) -> list[Scenario]:
    """The plan repeated, begun later, and given further apart; none of them where no time is left for it."""
    found = [Scenario("plan", age_y, every_d, stop_y)]
    found += [
        Scenario(f"from {age_y + later:g} y", age_y + later, every_d, stop_y)
        for later in _LATER_Y
        if age_y + later < stop_y
    ]
    if every_d * _SEVERAL <= _MOST_D:
        found.append(Scenario("twice as far apart", age_y, every_d * _SEVERAL, stop_y))
    return found


class _Child:
    """A child whose untreated course is its reference."""

    def __init__(self, case: Case, age_y: float) -> None:
        self.gmfcs, self.age_y = int(case.patient.gmfcs or 0), age_y
        self.from_birth = np.linspace(0, UNTIL_Y, int(UNTIL_Y * MONTHS) + 1)
        left = int(np.ceil((UNTIL_Y - age_y) * MONTHS))
        self.ages = np.linspace(age_y, UNTIL_Y, left + 1)
        before = self.from_birth[self.from_birth < age_y]
        self._life = np.concatenate([before, self.ages])
        self._past = before.size
        sexes = [case.patient.sex == "female"] if case.patient.sex else [True, False]
        self._bone, self._reference = (
            np.mean([bone_length(at, female, self.gmfcs) for female in sexes], axis=0)
            for at in (self._life, self.from_birth)
        )
        self.curve = Curve.of_level(self.gmfcs)

    def told(self, members: Members, scenarios: list[Scenario], held: dict[int, Blocks]) -> Row:
        """Every scenario under some assumptions, and untreated."""
        tone = growth.spasticity(self.from_birth)
        deficit = growth.deficit_of(growth.range_lost_deg(members.range_score))
        resting, by_tone = growth.shares_lost(self._reference, tone, members.phi, deficit)
        grows = growth.Growing(resting, by_tone, members.block_slows)
        limit = np.clip(self.curve.limit + self.curve.limit_sd * members.limit_score, 0, None)
        none = np.zeros((1, self.ages.size - 1))
        untreated = self._grown(grows, none, none)
        function = follow(self.curve, limit, self.ages, np.zeros((limit.size, self.ages.size)))
        rows = {"untreated": self._row(untreated, function, self._volume() + 0 * function)}
        for each in scenarios:
            blocked = held[each.every_d].monthly(each.start_y, self.ages, each.until_y)
            extra, intra, volume = blocked
            lost = np.concatenate([np.zeros((len(volume), 1)), volume], axis=1)
            treated = self._grown(grows, intra, extra)
            kept = untreated.dorsiflexion_loss_deg - treated.dorsiflexion_loss_deg
            gain = members.range_weight[:, None] * kept - members.volume_weight[:, None] * lost
            moved = follow(self.curve, limit, self.ages, gain)
            row = self._row(treated, moved, self._volume() * (1 - lost))
            rows[each.name] = row | _differences(kept, moved - function, lost)
        return rows

    def _grown(self, grows: growth.Growing, intrafusal: Array, extrafusal: Array) -> growth.Growth:
        """From birth on; before now nothing is blocked. Blocks are (members or 1, ages - 1)."""
        blocked = [np.pad(each, ((0, 0), (self._past, 0))) for each in (intrafusal, extrafusal)]
        found = growth.grow(self._bone, growth.spasticity(self._life), grows, *blocked)
        names = ("deficit", "dorsiflexion_loss_deg", "sarcomere_ratio")
        return growth.Growth(*(getattr(found, name)[:, self._past :] for name in names))

    def _volume(self) -> Array:
        """Untreated volume over typical children's, mean of the two accounts, (1, ages)."""
        both = [growth.volume_share(self.ages, account) for account in ("early", "departs")]
        return np.asarray(np.mean(both, axis=0)[None])

    def _row(self, grown: growth.Growth, function: Array, volume: Array) -> Row:
        lost = grown.dorsiflexion_loss_deg + growth.healthy_loss_deg(self.ages)
        lost = np.broadcast_to(lost, function.shape)
        return {
            "dorsiflexion_lost_deg": band(lost),
            "fascicle_deficit": band(np.broadcast_to(grown.deficit, function.shape)),
            "gmfm66": band(function),
            "volume_of_typical": band(volume),
        }


def _differences(kept: Array, gained: Array, lost: Array) -> Row:
    """What a scenario changes against the same child untreated, at 18 y, and what it costs."""
    least = value("development.smallest_difference")
    wide = np.broadcast_to(kept, gained.shape)
    return {
        "dorsiflexion_kept_deg": band(wide),
        "gmfm66_gained": band(gained),
        "at_18": {"dorsiflexion_kept_deg": summary(wide[:, -1]), "gmfm66_gained": summary(gained[:, -1])},
        "p_gain_below_smallest": round(float((gained[:, -1] < least).mean()), 4),
        "p_worse": round(float((gained[:, -1] < 0).mean()), 4),
        "p_harm": round(float((gained[:, -1] < -least).mean()), 4),
        "volume_lost": summary(lost.mean(axis=1)),
        "worst_volume_lost": summary(lost.max(axis=1)),
    }


def _document(
    case: Case,
    child: _Child,
    numbers: tuple[int, int],
    scenarios: list[Scenario],
    presets: Row,
    whole: Row,
    drawn: RandomDraws,
) -> Row:
    evidence, sources = evidence_rows(tuple(sorted({*drawn.used, *_USED, *_of_level(child.gmfcs)})))
    units = sum(shot.dose_U for shot in planned_injections(case))
    mass = case.patient.weight.value if case.patient.weight else None
    return {
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "draws": numbers[0],
        "seed": numbers[1],
        "ages_y": [round(float(age), 4) for age in child.ages],
        "scenarios": [
            {
                "scenario": each.name,
                "start_y": each.start_y,
                "every_d": each.every_d,
                "until_y": each.until_y,
                "sessions": each.sessions,
                "units_now": units * each.sessions,
                "units_per_kg": None if not mass else units * each.sessions / mass,
            }
            for each in scenarios
        ],
        "presets": presets,
        "ensemble": whole,
        "evidence_classes": _CLASSES,
        "assumed_shape": "Limits and ages of the curves of function are recalled: an assumed shape.",
        "smallest_difference": value("development.smallest_difference"),
        "outside_model": outside_model(case.patient.cautions, case.patient.gmfcs),
        "warnings": _warnings(case, child),
        "wording": {"banner": wording.BANNER, "development": wording.DEVELOPMENT, "product": wording.PRODUCT},
        "inputs": case.to_dict(),
        "evidence": evidence,
        "sources": sources,
    }


def _of_level(gmfcs: int) -> tuple[str, ...]:
    level = LEVELS[gmfcs - 1]
    return f"development.gmfm.{level}.limit", f"development.gmfm.{level}.age_90"


_USED = (
    "development.tone.rise_share",
    "development.tone.peak_age",
    "development.tone.late_share",
    "development.range_loss",
    "development.range_followed_to",
    "development.range_per_deficit",
    "development.healthy_dorsiflexion.young",
    "development.healthy_dorsiflexion.old",
    "development.length_at_birth",
    "development.volume.early_share",
    "development.volume.late_share",
    "development.mouse.block",
    "development.preset.evidence.phi",
    "development.preset.evidence.range_weight",
    "development.preset.evidence.volume_weight",
    "development.preset.hypothesis.range_weight",
    "development.preset.hypothesis.volume_weight",
    "development.ensemble.phi_alpha",
    "development.ensemble.phi_beta",
    "development.ensemble.no_effect",
    "development.ensemble.range_weight_sd",
    "development.ensemble.volume_weight_sd",
    "development.ensemble.block_slows_most",
    "development.smallest_difference",
)


def _warnings(case: Case, child: _Child) -> list[str]:
    notes = list(case.notes)
    if child.age_y < STANDARD_FROM_Y:
        notes.append(
            f"Under {STANDARD_FROM_Y:g} y: off label everywhere; a review found milestones not shown to "
            "improve (Druschel 2013). Growth before that age is assumed."
        )
    if case.patient.sex is None:
        notes.append("The sex is not stated: bones grow as the mean of girls and boys.")
    notes += [
        "Only the calf is followed. Doses are taken to grow with the child: each session blocks as much.",
        "From the third session on every cycle is taken to be like the third.",
        "The cortical map and activity are not part of this answer yet.",
    ]
    return notes
