"""What the value of a finding says; one reading for case files, the store and whoever learns from visits."""

from __future__ import annotations

from endplate.errors import InputError
from endplate.knowledge.units import PERCENT
from endplate.knowledge.vocabulary.quantity import parse_quantity, shown
from endplate.knowledge.vocabulary.sentence import Sentence

NONE = "none"
"""Value of a report that nothing was noticed until the visit."""
REPORTS = ("onset", "wear_off")
"""Measures whose value is a time since the injection."""
_WEAKNESS = ("yes", "no")
_TIMES = ("h", "d", "wk", "mo")
_MOST_STRENGTH = 10.0


def check_value(measure: str, scale: str | None, value: str | None, angles: bool) -> None:
    """Refuse a value that its measure does not know.

    Args:
        measure: of the finding.
        scale: of a grade.
        value: as it was written.
        angles: whether Tardieu angles stand beside it.

    Raises:
        InputError: with the field of the finding; the place before it is for the caller to name.
    """
    if measure == "scale":
        _scale(scale, value, angles)
    elif measure == "strength":
        share_of_strength(value)
    elif measure == "reinjection" and value not in (None, NONE):
        remedy = "Leave it out where the person was injected again on that day, or write none."
        message = Sentence("{value} is no value of a reinjection", value=shown(value))
        raise _wrong("reinjection", message, remedy)
    elif measure == "weakness" and value not in _WEAKNESS:
        message = Sentence("{value} tells no weakness", value=shown(value))
        raise _wrong("weakness", message, "Write yes or no.")
    elif measure in REPORTS and value is not None:
        days_reported(value)


def check_report(measure: str, value: str | None, since_d: float) -> None:
    """Refuse the report of something that lies after the visit.

    Args:
        measure: of a finding that :func:`check_value` took.
        value: as it was written.
        since_d: days from the session to the visit.

    Raises:
        InputError: as :func:`check_value`.
    """
    if measure in REPORTS and value is not None and (days_reported(value) or 0) > since_d:
        remedy = "Count from the injection, or write none for not until this visit."
        message = Sentence("{value} lies after the visit ({days} d)", value=value, days=f"{since_d:g}")
        raise _wrong("report_after_visit", message, remedy)


def share_of_strength(value: str | None) -> float:
    """Strength over that before the injection.

    Raises:
        InputError: the value is neither a percentage nor a share, or far too large.
    """
    told = value or ""
    try:
        share = parse_quantity(told, ("%",)).value / PERCENT if "%" in told else float(told)
    except (InputError, ValueError) as error:
        raise _no_share(told) from error
    if not 0 <= share <= _MOST_STRENGTH:
        raise _no_share(told)
    return share


def days_reported(value: str) -> float | None:
    """Days since the injection; None for ``none``, not until the visit.

    Raises:
        InputError: the value is no time.
    """
    if value == NONE:
        return None
    try:
        return parse_quantity(value, _TIMES).to("d").value
    except InputError as error:
        remedy = "Write the time since the injection, such as 9 d, or none for not until this visit."
        raise _wrong(error.rule, error.message, remedy) from error


def _scale(scale: str | None, value: str | None, angles: bool) -> None:
    if value is None and not angles:
        raise _wrong("scale", "No finding is given", "Add scale and value, or tardieu.")
    if value is not None and scale is None:
        raise _wrong("scale", "A grade stands without its scale", "Name the scale.", "scale")


def _no_share(told: str) -> InputError:
    remedy = "Write the strength over that before the injection, such as 80 %."
    message = Sentence("{value} is no share of strength", value=shown(told))
    return _wrong("strength", message, remedy)


def _wrong(rule: str, message: str, remedy: str, field: str = "value") -> InputError:
    return InputError(message, rule=rule, remedy=remedy, field=field)
