"""Simulate, check and report botulinum toxin type A plans for focal spasticity.

For education and research; not a medical device. Every name below is loaded on first use, so that
``import endplate`` stays cheap:

    import endplate as ep

    case = ep.load_case("case.yaml")
    checked = ep.check(case)
    print(checked.issues)
    run = ep.simulate(case, draws=1000, seed=1)
    ep.report(run, "report.html")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
from endplate._version import __version__

if TYPE_CHECKING:
    from endplate.app.report_file import report
    from endplate.case.loader import load_case, load_study, load_trial
    from endplate.errors import InputError
    from endplate.questions.check import CheckResult, check
    from endplate.questions.reproduce import ScoreBoard, reproduce
    from endplate.questions.trial import TrialResult, trial
    from endplate.simulation import Biology, SimulationResult, simulate


__all__ = [
    "Biology",
    "CheckResult",
    "InputError",
    "ScoreBoard",
    "SimulationResult",
    "TrialResult",
    "__version__",
    "check",
    "load_case",
    "load_study",
    "load_trial",
    "report",
    "reproduce",
    "simulate",
    "trial",
]

__getattr__ = on_first_use(
    __name__,
    {
        "Biology": "endplate.simulation",
        "CheckResult": "endplate.questions.check",
        "InputError": "endplate.errors",
        "ScoreBoard": "endplate.questions.reproduce",
        "SimulationResult": "endplate.simulation",
        "check": "endplate.questions.check",
        "load_case": "endplate.case.loader",
        "load_study": "endplate.case.loader",
        "load_trial": "endplate.case.loader",
        "report": "endplate.app.report_file",
        "reproduce": "endplate.questions.reproduce",
        "simulate": "endplate.simulation",
        "TrialResult": "endplate.questions.trial",
        "trial": "endplate.questions.trial",
    },
)


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
