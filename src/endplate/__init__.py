"""Simulate, check and report botulinum toxin type A plans for focal spasticity.

For education and research; not a medical device. Every name below is loaded on first use, so that
``import endplate`` stays cheap:

    import endplate as ep

    case = ep.load_case("case.yaml")
    checked = ep.check(case)
    print(checked.issues)
    run = ep.simulate(case, draws=1000, seed=1)
    ep.report(run, "report.html")
    again = ep.courses(case, ep.Repeat("interval", every_d=98), horizon_d=728)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
from endplate._version import __version__

if TYPE_CHECKING:
    from endplate.app.report_file import report
    from endplate.case.loader import load_case, load_goals, load_study, load_trial
    from endplate.errors import InputError
    from endplate.questions.check import CheckResult, check
    from endplate.questions.compare import CompareResult, compare
    from endplate.questions.courses import courses
    from endplate.questions.develop import DevelopResult, develop
    from endplate.questions.explain import ExplainResult, explain
    from endplate.questions.individualise import IndividualiseResult, individualise
    from endplate.questions.optimise import OptimiseResult, optimise
    from endplate.questions.people import PeopleResult, people
    from endplate.questions.reproduce import ScoreBoard, reproduce
    from endplate.questions.sensitivity import SensitivityResult, sensitivity
    from endplate.questions.trial import TrialResult, trial
    from endplate.simulation import Biology, SimulationResult, simulate
    from endplate.simulation.people.recruits import Eligibility
    from endplate.simulation.sessions.repeating import Adapt, Attendance, Repeat, Resistance
    from endplate.store import Store

__all__ = [
    "Adapt",
    "Attendance",
    "Biology",
    "CheckResult",
    "CompareResult",
    "DevelopResult",
    "Eligibility",
    "ExplainResult",
    "IndividualiseResult",
    "InputError",
    "OptimiseResult",
    "PeopleResult",
    "Repeat",
    "Resistance",
    "ScoreBoard",
    "SensitivityResult",
    "SimulationResult",
    "Store",
    "TrialResult",
    "__version__",
    "check",
    "compare",
    "courses",
    "develop",
    "explain",
    "individualise",
    "load_case",
    "load_goals",
    "load_study",
    "load_trial",
    "optimise",
    "people",
    "report",
    "reproduce",
    "sensitivity",
    "simulate",
    "trial",
]

__getattr__ = on_first_use(
    __name__,
    {
        **dict.fromkeys(
            ("Adapt", "Attendance", "Repeat", "Resistance"), "endplate.simulation.sessions.repeating"
        ),
        "Biology": "endplate.simulation",
        "CheckResult": "endplate.questions.check",
        "Eligibility": "endplate.simulation.people.recruits",
        "CompareResult": "endplate.questions.compare",
        "ExplainResult": "endplate.questions.explain",
        "IndividualiseResult": "endplate.questions.individualise",
        "InputError": "endplate.errors",
        "DevelopResult": "endplate.questions.develop",
        "OptimiseResult": "endplate.questions.optimise",
        "PeopleResult": "endplate.questions.people",
        "ScoreBoard": "endplate.questions.reproduce",
        "SensitivityResult": "endplate.questions.sensitivity",
        "SimulationResult": "endplate.simulation",
        "Store": "endplate.store",
        "check": "endplate.questions.check",
        "compare": "endplate.questions.compare",
        "courses": "endplate.questions.courses",
        "explain": "endplate.questions.explain",
        "individualise": "endplate.questions.individualise",
        "load_case": "endplate.case.loader",
        "load_goals": "endplate.case.loader",
        "load_study": "endplate.case.loader",
        "develop": "endplate.questions.develop",
        "optimise": "endplate.questions.optimise",
        "people": "endplate.questions.people",
        "load_trial": "endplate.case.loader",
        "report": "endplate.app.report_file",
        "reproduce": "endplate.questions.reproduce",
        "sensitivity": "endplate.questions.sensitivity",
        "simulate": "endplate.simulation",
        "TrialResult": "endplate.questions.trial",
        "trial": "endplate.questions.trial",
    },
)


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
