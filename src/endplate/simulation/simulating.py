"""One case simulated: what its plan asks for, the run in virtual copies, and the document of it."""

from __future__ import annotations

from collections.abc import Callable

from endplate._version import MODEL_VERSION
from endplate.case import Case, JointBaseline, PlannedInjection, joint_baselines, plan_of, planned_injections
from endplate.errors import InputError
from endplate.knowledge.evidence import load_records
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.simulation.adverse import rates as adverse_rates
from endplate.simulation.adverse.events import adverse_events
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, time_grid
from endplate.simulation.document import build_document
from endplate.simulation.injection import one_product
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import OneAtATime, RandomDraws
from endplate.simulation.results import SimulationResult

_OUTCOME_DAY = 28


def simulate(
    case: Case,
    draws: int = 1000,
    seed: int = 1,
    horizon_d: int = 182,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
) -> SimulationResult:
    """Simulate the plan of a case in ``draws`` virtual copies of its person.

    Args:
        case: a case with a plan.
        draws: virtual copies.
        seed: of every random stream.
        horizon_d: days followed.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: the case has no plan, mixes products, or fewer than one draw or day was asked for.
    """
    asked = asked_of(case, draws, horizon_d)
    drawn = RandomDraws(seed, draws)
    chain = run_chain(*asked, drawn, time_grid(horizon_d), progress, biology=biology)
    return result_of(case, chain, drawn, horizon_d)


def asked_of(
    case: Case, draws: int, horizon_d: int
) -> tuple[tuple[PlannedInjection, ...], tuple[JointBaseline, ...], float | None]:
    """Injections, joints and body mass of a case whose plan can be simulated.

    Raises:
        InputError: the case has no plan, mixes products, or fewer than one draw or day was asked for.
    """
    plan_of(case)
    if draws < 1 or horizon_d < 1:
        raise InputError(
            Sentence(
                "{draws} draws over {days} days cannot be simulated", draws=str(draws), days=str(horizon_d)
            ),
            rule="draws_and_horizon",
            remedy="Ask for at least one draw and one day.",
            field="draws" if draws < 1 else "horizon_d",
        )
    injections, baselines = planned_injections(case), joint_baselines(case)
    one_product(injections)
    return injections, baselines, case.patient.weight_kg


def result_of(case: Case, chain: Chain, drawn: RandomDraws, horizon_d: int) -> SimulationResult:
    """The document of a finished chain, with what drives its outcomes.

    Args:
        case: the case.
        chain: its run.
        drawn: where its numbers came from.
        horizon_d: days followed.
    """
    injections, baselines, mass = asked_of(case, drawn.size, horizon_d)
    moved = tuple(i for i in sorted(drawn.used) if load_records()[i].distribution.kind != "fixed")
    pools = [joint_pool(base.joint, base.movement) for base in baselines]
    adverse = adverse_events(case, chain, drawn)
    named = (record_id for pool in pools for record_id in pool.used)
    used = tuple(sorted({*drawn.used, *named, *adverse_rates.USED}))
    early = time_grid(min(_OUTCOME_DAY, horizon_d))
    response = run_chain(injections, baselines, mass, OneAtATime(moved), early, biology=chain.biology)
    return build_document(
        case, chain, response, adverse, moved, used, drawn.seed, drawn.size, horizon_d, MODEL_VERSION
    )
