"""Growing calves of a study: of mice, by one equation, and of children, year by year.

Children are untreated members as `develop` draws them, with the blocks that the arm's own injections give:
the same growth, contracture and loss of volume. How a typical child's calf grows in volume no source held
tells before 5 y: it is taken to go as body mass times height, the regression that muscle volumes are scaled
by (Handsfield 2014), with the medians of the growth standard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome, Study, volume_shares
from endplate.knowledge.evidence import Posterior, value
from endplate.knowledge.evidence.populations import GMFCS_LEVELS, load_growth
from endplate.knowledge.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from endplate.knowledge.vocabulary import SEXES
from endplate.physiology.development import growth
from endplate.questions.developing.blocks import CALF
from endplate.questions.developing.child import bone_length
from endplate.questions.developing.members import ensemble
from endplate.questions.reproducing.animals import measured
from endplate.questions.reproducing.arms import body_mass_kg, injections_of, sessions_d
from endplate.questions.reproducing.groups import CannotSimulate, GroupDraws, people_reported
from endplate.questions.reproducing.reported import Statistic, mean_of_people, row_key
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, session_times
from endplate.simulation.parameters import stream
from endplate.simulation.people.body_size import growth_from_y
from endplate.simulation.results import daily

Array = NDArray[np.float64]

CHILDREN = 2
"""Children followed in every draw; a larger group only narrows its mean."""
_VOLUMES = ("muscle_volume_change", "normalised_volume_change")


def of_mice(arm: Arm, other: Arm | None, outcome: Outcome, draws: int) -> Statistic:
    """How much shorter than bone a mouse's calf ends, or how much of its growth is lost; of two arms, apart.

    The same in every draw; the row's chance is that of measuring lengths.

    Args:
        arm: what was done.
        other: the arm that it is compared with.
        outcome: of the calf.
        draws: posterior draws.
    """
    numbers, errors = [], []
    for each in (arm, other):
        if each is None:
            continue
        lost = _shortness(each, outcome)
        numbers.append(lost)
        errors.append(measured(1 - lost, people_reported(each, outcome)))
    found = numbers[0] - (numbers[1] if len(numbers) > 1 else 0.0)
    error = 0.0 if outcome.is_bound else float(np.sqrt(np.sum(np.square(errors))))
    return Statistic(np.full(draws, found), 0.0, error)


def _shortness(arm: Arm, outcome: Outcome) -> float:
    """The deficit of one arm's mice, of length or of growth.

    Raises:
        CannotSimulate: a measure or a treatment that a mouse's calf has not.
    """
    held = arm.development
    if outcome.measure not in ("length_deficit", "growth_deficit"):
        raise CannotSimulate(f"{outcome.measure} is not followed in mice")
    if arm.injections:
        raise CannotSimulate("no dose is linked to a mouse's growth: write development.toxin instead")
    if held is None or held.tone == "normal":
        return 0.0
    given = 0.0 if held.toxin is None else growth.mouse_block()
    if held.toxin is not None and held.toxin.block is not None:
        given = held.toxin.block
    short = growth.mouse_shortness(given)
    return short if outcome.measure == "length_deficit" else short / value("development.mouse.growth_left")


def _typical(age_y: float) -> float:
    """Body mass times height of typical children, medians, kg cm; mean of girls and boys."""
    held, at = load_growth(), age_y * MONTHS_PER_YEAR

    def median(name: str, sex: str) -> float:
        return float(np.interp(at, held[name, sex].age_mo, held[name, sex].median))

    return float(np.mean([median("height_cm", sex) * median("weight_kg", sex) for sex in SEXES]))


@dataclass
class Children:
    """The children of a study.

    Attributes:
        study: with arms that follow the growth of the calf.
        draws: posterior draws.
        seed: of every random stream.
        posterior: what calibration learnt.
        biology: variants of the mechanism.
    """

    study: Study
    draws: int
    seed: int
    posterior: Posterior
    biology: Biology

    def __post_init__(self) -> None:
        self._chains: dict[tuple[str, float], Chain | None] = {}

    def statistic(self, arm: Arm, outcome: Outcome) -> Statistic:
        """What a group of an arm would show.

        Raises:
            CannotSimulate: with the reason.
        """
        start, end = self._span(arm, outcome)
        if outcome.measure in _VOLUMES:
            values = self._volume_change(arm, outcome, start, end)
        elif outcome.measure == "dorsiflexion_change":
            values = self._range_change(arm, start, end)
        else:
            raise CannotSimulate(f"{outcome.measure} is not followed in children")
        by_draw = np.broadcast_to(values, (self.draws * CHILDREN,)).reshape(self.draws, CHILDREN)
        return mean_of_people(by_draw, people_reported(arm, outcome))

    def _span(self, arm: Arm, outcome: Outcome) -> tuple[float, float]:
        """Ages from and to which a change is told, y."""
        held = arm.development
        start = held.followed_from.to("y").value if held and held.followed_from else 0.0
        end = start + (outcome.at.to("y").value if outcome.at else 0.0)
        followed = value("development.range_followed_to")
        if not start < end <= followed:
            raise CannotSimulate(f"children are followed from one age to a later one, up to {followed:g} y")
        return float(start), float(end)

    def _group(self, arm: Arm) -> GroupDraws:
        name = self.study.study
        return GroupDraws(self.seed, self.draws, CHILDREN, name, arm.arm, "human", self.posterior)

    def _chain(self, arm: Arm, last_d: float) -> Chain | None:
        """What the arm's sessions do to every child; None of an arm without injections."""
        if not arm.injections:
            return None
        if (arm.arm, last_d) not in self._chains:
            mass = body_mass_kg("human", self.study.population)
            shots = injections_of(arm, mass, paediatric=True)
            days = tuple(day for day in sessions_d(arm) if day < last_d)
            self._chains[arm.arm, last_d] = run_chain(
                shots,
                (),
                mass,
                self._group(arm),
                session_times(last_d, days),
                sessions_d=days,
                biology=self.biology,
            )
        return self._chains[arm.arm, last_d]

    def _bone(self, arm: Arm, ages_y: Array) -> Array:
        """Length that bone asks of the calf, over that at birth, mean of girls and boys and of the levels."""
        told = arm.development.gmfcs if arm.development else None
        levels = [told] if told else list(GMFCS_LEVELS)
        return np.asarray(
            np.mean([bone_length(ages_y, girl, level) for girl in (True, False) for level in levels], axis=0)
        )

    def _range_change(self, arm: Arm, start: float, end: float) -> Array:
        """Change of dorsiflexion, deg, (children of all draws,)."""
        healthy = growth.healthy_loss_deg(np.array([start, end]))
        if arm.development is not None and arm.development.tone == "normal":
            return np.asarray(healthy[:1] - healthy[1])
        grown_up = value("development.range_followed_to")
        reference = np.linspace(0, grown_up, int(grown_up * MONTHS_PER_YEAR) + 1)
        members = ensemble(self.seed, self.draws)
        phi, score, slows = (
            np.repeat(each, CHILDREN) for each in (members.phi, members.range_score, members.block_slows)
        )
        shared = stream(self.seed, f"{self.study.study}/range of each child")
        own = shared.standard_normal(score.size)
        deficit = growth.deficit_of(growth.range_lost_deg(score, own))
        shares = growth.shares_lost(self._bone(arm, reference), growth.spasticity(reference), phi, deficit)
        grows = growth.Growing(*shares, slows)
        after = np.linspace(start, end, max(int(np.ceil((end - start) * MONTHS_PER_YEAR)), 1) + 1)
        before = np.linspace(0, start, int(np.ceil(start * MONTHS_PER_YEAR)) + 1)[:-1]
        ages = np.concatenate([before, after])
        blocked = [np.pad(each, ((0, 0), (before.size, 0))) for each in self._blocks(arm, after)]
        grown = growth.grow(self._bone(arm, ages), growth.spasticity(ages), grows, *blocked)
        lost = grown.dorsiflexion_loss_deg
        return np.asarray(lost[:, before.size] - lost[:, -1] + healthy[0] - healthy[1])

    def _blocks(self, arm: Arm, ages_y: Array) -> tuple[Array, Array]:
        """Mean block of the calf's spindles and fibres between one age and the next, (children, steps)."""
        last_d = int(np.ceil((ages_y[-1] - ages_y[0]) * DAYS_PER_YEAR))
        chain = self._chain(arm, float(last_d))
        if chain is None:
            none = np.zeros((1, ages_y.size - 1))
            return none, none
        on, since = daily(chain.time_d, last_d), (ages_y - ages_y[0]) * DAYS_PER_YEAR
        edges = np.minimum(np.round(since).astype(int), last_d)
        shares = volume_shares(CALF)

        def mean(name: str) -> Array:
            courses = {m: getattr(chain.course_of(m, "right"), name) for m in shares}
            lost = np.sum([share * (1 - on(courses[m])) for m, share in shares.items()], axis=0)
            return np.asarray(np.add.reduceat(lost[:, : edges[-1]], edges[:-1], axis=1) / np.diff(edges))

        return mean("spindle"), mean("transmission")

    def _volume_change(self, arm: Arm, outcome: Outcome, start: float, end: float) -> Array:
        """Change of muscle volume, of itself or over the length of bone, as measured, (children,)."""
        if start < growth_from_y():
            raise CannotSimulate(f"the growth standard begins at {growth_from_y():g} y")
        ages, group = np.array([start, end]), self._group(arm)
        grown = _typical(end) / _typical(start)
        if outcome.measure == "normalised_volume_change":
            bone = self._bone(arm, ages)
            grown *= float(bone[0] / bone[1])
        kept = np.ones(self.draws) * grown
        if arm.development is None or arm.development.tone != "normal":
            accounts = [growth.volume_share(ages, account) for account in ("early", "departs")]
            ratios = np.array([share[1] / share[0] for share in accounts])
            kept = kept * ratios[np.arange(self.draws) % len(ratios)]
        ratio = np.repeat(kept, CHILDREN) * self._left(arm, outcome, end - start)
        noise = group.normal(row_key(self.study, outcome), 1)[:, 0]
        return np.asarray(ratio * (1 + group.of("measures.ratio_cv") * noise) - 1)

    def _left(self, arm: Arm, outcome: Outcome, years: float) -> Array:
        """What toxin leaves of the volume of the muscle measured, (children or 1,)."""
        last_d = years * DAYS_PER_YEAR
        chain = self._chain(arm, last_d)
        if chain is None:
            return np.ones(1)
        shares = volume_shares(outcome.muscle or CALF)
        parts = [s * chain.course_of(m, "right").volume[:, -1] for m, s in shares.items()]
        return np.asarray(np.sum(parts, axis=0))
