"""`courses`: a plan given again by rule, followed over months and years, and checked against the labels."""

from __future__ import annotations

from collections.abc import Callable

from endplate.case import Case, plan_of
from endplate.questions.checking.repeats import check_repeats
from endplate.simulation.biology import Biology
from endplate.simulation.results import SimulationResult
from endplate.simulation.sessions.following import Rules, follow_courses
from endplate.simulation.sessions.repeating import Adapt, Attendance, Repeat, Resistance

__all__ = ["courses"]


def courses(
    case: Case,
    repeat: Repeat,
    adapt: Adapt | None = None,
    attendance: Attendance | None = None,
    resistance: Resistance | None = None,
    *,
    draws: int = 1000,
    seed: int = 1,
    horizon_d: int = 728,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
) -> SimulationResult:
    """Simulate a plan given again by rule; the result is that of ``simulate`` with ``cycles`` and ``repeat``.

    ``repeat.issues`` of the document says what the label rules held have against it: a shorter interval
    than they hold is critical there, and simulated all the same.

    Args:
        case: a loaded case with a plan.
        repeat: when the plan is given again.
        adapt: how the dose follows; every session as planned without it.
        attendance: who leaves and who misses visits; nobody without it.
        resistance: hazards of losing response; the records' without it.
        draws: virtual copies.
        seed: of every random stream.
        horizon_d: days followed.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: as ``simulate`` and ``check``; more sessions than can be followed; a rule that looks at a
            joint where none was assessed.
    """
    plan_of(case)
    rules = Rules(repeat, adapt, attendance or Attendance(), resistance or Resistance())
    issues = check_repeats(case, repeat.shortest_d, adapt.most if adapt else 1.0)
    result = follow_courses(case, rules, draws, seed, horizon_d, progress, biology)
    result.document["repeat"]["issues"] = [issue.to_dict() for issue in issues]
    return result
