"""Write the report of a finished simulation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endplate.app.asked import known_word
from endplate.app.drawings import drawings
from endplate.app.files import ready_folder, write_bytes
from endplate.errors import InputError

if TYPE_CHECKING:
    from endplate.case.models import Case
    from endplate.questions.answer import Answer
    from endplate.questions.check import CheckResult
    from endplate.simulation import SimulationResult

_PDF = ".pdf"


def report(
    run: SimulationResult,
    path: str | Path,
    *,
    issues: CheckResult | None = None,
    individualise: Answer | Mapping[str, Any] | InputError | None = None,
    optimise: Answer | Mapping[str, Any] | InputError | None = None,
    store: Mapping[str, Any] | None = None,
    language: str = "en",
    without: Collection[str] = (),
) -> Path:
    """Write the report: one self-contained HTML page, or a PDF where the file's name ends in ``.pdf``.

    Args:
        run: what `simulate` gave back.
        path: the file to write; its folder is made if need be.
        issues: what `check` gave back; without it the plan is checked again from the run's own inputs.
        individualise: what `individualise` gave back, or its document, for a section on what the visits
            taught; or the error that says why it could not be asked, which is told in its place.
        optimise: what `optimise` gave back, likewise, for a section on plans searched.
        store: what `Store.beside` gave back, for a section on what is recorded.
        language: ``en`` or ``es``.
        without: sections to leave out, of ``endplate.outputs.report.SECTIONS``. The banner, the advice on
            harm and the critical findings always stand.

    Returns:
        The path written.

    Raises:
        InputError: when the file cannot be written, the findings are of another case, there is no such
            language or section, or typst is not installed, which a PDF needs (extra ``pdf``).
    """
    shown = told_in(language, without, ("language", "without"))
    simulation = run.to_dict()
    inputs, target = simulation["inputs"], Path(path)
    ready_folder(target.parent)
    checked = _check_of(inputs) if issues is None else _of_this_case(issues, inputs)
    told, left_out = answers(individualise=individualise, optimise=optimise)
    beside = {**told, "store": store, "left_out": left_out}
    shown["drawings"] = drawings(_case(inputs), language)
    rendered = _rendered(target.suffix.lower(), (inputs, checked.to_dict(), simulation), beside, shown)
    return write_bytes(target, rendered)


def _rendered(kind: str, parts: tuple[Any, Any, Any], beside: dict[str, Any], shown: dict[str, Any]) -> bytes:
    """The file of a kind: a PDF, which only says that more was asked, or the page with all of it."""
    if kind == _PDF:
        from endplate.outputs.report_pdf import render_report_pdf

        return render_report_pdf(*parts, beside=any(beside.values()), **shown)
    from endplate.outputs.report import render_report

    return render_report(*parts, **{**beside, **shown}).encode()


def told_in(language: str, without: Collection[str], fields: tuple[str, str]) -> dict[str, Any]:
    """The language and the sections of a report, as `render_report` takes them.

    Args:
        language: one of ``endplate.outputs.language.LANGUAGES``.
        without: sections to leave out.
        fields: where language and sections were asked for, for the message.

    Raises:
        InputError: there is no such language or section.
    """
    from endplate.outputs.language import LANGUAGES
    from endplate.outputs.report import SECTIONS

    left_out = {known_word(name, SECTIONS, fields[1]) for name in without}
    sections = [name for name in SECTIONS if name not in left_out]
    return {"language": known_word(language, LANGUAGES, fields[0]), "sections": sections}


def answers(
    **asked: Answer | Mapping[str, Any] | InputError | None,
) -> tuple[dict[str, Mapping[str, Any] | None], list[dict[str, str]]]:
    """Answers as documents, and the questions that could not be asked with the reason.

    Args:
        asked: by question, its answer, its document, why there is none, or None where it was not asked.
    """
    told: dict[str, Mapping[str, Any] | None] = {}
    for question, found in asked.items():
        if found is None or isinstance(found, InputError):
            told[question] = None
        else:
            told[question] = found if isinstance(found, Mapping) else found.to_dict()
    left_out = [
        {"question": question, "rule": error.rule, "message": error.message, "remedy": error.remedy}
        for question, error in asked.items()
        if isinstance(error, InputError)
    ]
    return told, left_out


def _of_this_case(issues: CheckResult, inputs: dict[str, object]) -> CheckResult:
    """The findings, once they are known to be of the case that was simulated."""
    if issues.context.case.to_dict() != inputs:
        raise InputError(
            "These findings are of another case than the run",
            rule="another_case",
            remedy="Check the case that was simulated, or leave issues out: the plan is then checked again.",
            field="issues",
        )
    return issues


def _check_of(inputs: dict[str, object]) -> CheckResult:
    """Check the case that a simulation carries."""
    from endplate.questions.check import check

    return check(_case(inputs))


def _case(inputs: dict[str, object]) -> Case:
    """The case that a simulation carries."""
    from endplate.case.models import Case

    return Case.model_validate(inputs)
