"""The long questions by their name, as work for a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from endplate.app.asked import known_word
from endplate.app.drawings import drawings
from endplate.app.server.asked import Question
from endplate.app.server.jobs import Progress, Work
from endplate.case import Case
from endplate.case.loader import from_document
from endplate.errors import InputError
from endplate.knowledge.units import DAYS_PER_WEEK

Ask = Callable[[Question, Case, Progress], Any]


def work_of(question: Question) -> Work:
    """The work of a question; what is wrong with its cases is raised here, before it waits.

    Raises:
        InputError: a case or the goals cannot be read.
    """
    case = from_document(Case, question.case)
    ask = _ASKED[question.kind]
    if question.kind == "compare":
        for place, other in enumerate(question.cases):
            with _at(f"cases[{place + 1}]."):
                from_document(Case, other)
    if question.goals is not None:
        with _at("goals."):
            _goals(question)
    sections_of(question.options.sections)

    def work(progress: Progress) -> Any:
        return ask(question, case, progress)

    return work


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Put what stands before a field in front of it, as the questions themselves do."""
    try:
        yield
    except InputError as error:
        error.field = f"{place}{error.field or ''}".rstrip(".")
        raise


def sections_of(names: Sequence[str] | None) -> list[str] | None:
    """The sections of a report that were asked for.

    Raises:
        InputError: there is none of that name.
    """
    from endplate.outputs.report import SECTIONS

    return None if names is None else [known_word(name, SECTIONS, "sections") for name in names]


def _draws(question: Question, usual: int) -> int:
    return question.options.draws or usual


def _common(question: Question, progress: Progress) -> dict[str, Any]:
    own = question.options
    return {"seed": own.seed, "horizon_d": own.horizon_wk * DAYS_PER_WEEK, "progress": progress}


def _simulate(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.simulation import simulate

    return simulate(case, _draws(question, 1000), **_common(question, progress)).to_dict()


def _run(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.outputs.report import render_report
    from endplate.questions.check import check

    own = question.options
    checked, simulated = check(case).to_dict(), _simulate(question, case, progress)
    page = render_report(
        simulated["inputs"],
        checked,
        simulated,
        language=own.language,
        sections=sections_of(own.sections),
        drawings=drawings(case, own.language),
    )
    return {"check": checked, "simulate": simulated, "report_html": page}


def _compare(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.questions.compare import compare

    others = [from_document(Case, other) for other in question.cases]
    common = _common(question, progress)
    return compare(case, *others, draws=_draws(question, 1000), **common).to_dict()


def _goals(question: Question) -> Any:
    from endplate.case.goals import Goals

    return from_document(Goals, question.goals or {})


def _optimise(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.questions.optimise import DRAWS, optimise

    goals = None if question.goals is None else _goals(question)
    common = _common(question, progress)
    front = question.options.front
    return optimise(case, goals, front=front, draws=_draws(question, DRAWS), **common).to_dict()


def _individualise(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.questions.individualise import individualise

    return individualise(case, _draws(question, 1000), **_common(question, progress)).to_dict()


def _explain(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.outputs.explained import told
    from endplate.outputs.language import speaking
    from endplate.questions.explain import explain

    own = question.options
    asked = _draws(question, 1000)
    document = explain(case, own.hoped, asked, **_common(question, progress)).to_dict()
    with speaking(own.language):
        return {**document, "told": told(document)}


def _sensitivity(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.questions.sensitivity import BASE_SAMPLES, sensitivity

    outcome = question.options.outcome
    return sensitivity(case, outcome, _draws(question, BASE_SAMPLES), **_common(question, progress)).to_dict()


def _develop(question: Question, case: Case, progress: Progress) -> Any:
    from endplate.questions.develop import DRAWS, develop

    own = question.options
    every_d = own.every_wk * DAYS_PER_WEEK
    draws = _draws(question, DRAWS)
    return develop(case, draws, own.seed, every_d=every_d, stop_y=own.stop_y, progress=progress).to_dict()


_ASKED: dict[str, Ask] = {
    "simulate": _simulate,
    "run": _run,
    "compare": _compare,
    "optimise": _optimise,
    "individualise": _individualise,
    "explain": _explain,
    "sensitivity": _sensitivity,
    "develop": _develop,
}
