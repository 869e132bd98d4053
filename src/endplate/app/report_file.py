"""Write the report of a finished simulation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from endplate.app.files import ready_folder, write_text

if TYPE_CHECKING:
    from endplate.questions.check import CheckResult
    from endplate.simulation import SimulationResult


def report(run: SimulationResult, path: str | Path, *, issues: CheckResult | None = None) -> Path:
    """Write one self-contained HTML report.

    Args:
        run: what `simulate` gave back.
        path: the file to write; its folder is made if need be.
        issues: what `check` gave back; without it the plan is checked again from the run's own inputs.

    Returns:
        The path written.

    Raises:
        InputError: when the file cannot be written.
    """
    from endplate.outputs.report import render_report

    simulation = run.to_dict()
    target = Path(path)
    ready_folder(target.parent)
    checked = issues if issues is not None else _check_inputs(simulation["inputs"])
    return write_text(target, render_report(simulation["inputs"], checked.to_dict(), simulation))


def _check_inputs(inputs: dict[str, object]) -> CheckResult:
    """Check the case that a simulation carries."""
    from endplate.case.models import Case
    from endplate.questions.check import check

    return check(Case.model_validate(inputs))
