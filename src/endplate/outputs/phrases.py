"""Numbers and ids as a reader wants them: words, whole days, ranges, and what a missing number means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from endplate.knowledge.vocabulary import MUSCLES

_DAYS_PER_WEEK = 7
_MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""

CLOCKS = {
    "electrical": "CMAP of the injected muscles",
    "sign": "the scale, at two visits",
    "sign_r1": "R1, at two visits",
    "patient": "the person",
}
"""Who tells the clocks of a joint."""


def words(identifier: Any) -> str:
    """An id as words."""
    text = str(identifier)
    return MUSCLES[text].name if text in MUSCLES else text.replace("_", " ")


def scale_words(scale: str) -> str:
    """The name of a clinical scale, with the capital it is written with."""
    return words(scale).replace("ashworth", "Ashworth")


def label_use(check: Mapping[str, Any]) -> str:
    """The label status, what it is about, and whether the doses could be checked at all."""
    unheld = {"no_rules_held", "total_not_held"} & {issue["rule"] for issue in check["issues"]}
    doses = "Doses were not fully checked" if unheld else "Doses and muscles: the findings"
    return f"Use (product, indication, limb, age, cause): {words(check['status'])}. {doses}."


def source_read(issue: Mapping[str, Any]) -> str:
    """Whether the text a finding names was itself read, by the kind of text; empty where it has no basis."""
    basis = issue["basis"]
    if not basis:
        return ""
    if basis == "design":
        return "endplate's own rule"
    if issue.get("source_kind") == "publication":
        return "read in the source named" if issue["verified"] else "not read in the source itself"
    return "checked against the label" if issue["verified"] else "not checked against the label"


def share(number: float) -> str:
    """A fraction as a whole percentage."""
    return f"{100 * number:.0f}{SPACE}%"


def units(number: float, product: str = "") -> str:
    """A dose with its unit and, when given, the product to which the unit belongs."""
    text = f"{number:.0f}" if number == round(number) else f"{number:.1f}"
    return f"{text}{SPACE}U {product}".strip()


def weeks(days: float) -> str:
    """A span of days as weeks."""
    return f"{days / _DAYS_PER_WEEK:.3g}{SPACE}wk"


def value(number: float | None, digits: int = 2) -> str:
    """A bare number for people, with a true minus; a dash where there is none."""
    if number is None:
        return "\N{EN DASH}"
    text = f"{number:.{digits}f}"
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", _MINUS)


def spread(middle: float | None, low: float | None, high: float | None, digits: int = 2) -> str:
    """A median with its 90 % range."""
    return inline((value(middle, digits), _range(value(low, digits), value(high, digits))))


def summary_range(summary: Mapping[str, float | None], digits: int = 0) -> str:
    """Median with its 90 % range of a summary."""
    return spread(summary["median"], summary["p05"], summary["p95"], digits)


def summary_percent(summary: Mapping[str, float | None]) -> str:
    """Median with its 90 % range of a share, in percent."""
    low, middle, high = (100 * (summary[key] or 0) for key in ("p05", "median", "p95"))
    return f"{spread(middle, low, high, 0)}{SPACE}%"


def inline(told: tuple[str, str]) -> str:
    """A middle and its range, where there is one, on one line."""
    middle, held = told
    return f"{middle} ({held})" if held else middle


def clock(row: Mapping[str, Any], key: str, horizon_d: int) -> tuple[str, str]:
    """Median and 90 % range of a clock in whole days; what falls beyond the horizon is said.

    Args:
        row: a muscle or joint of the result.
        key: onset_d, peak_d or duration_d.
        horizon_d: last simulated day.
    """
    if not row["reached"]:
        return "never in 100 % of copies", ""
    beyond = f"beyond {weeks(horizon_d)}".replace(" ", SPACE)
    low, middle, high = (row[key][name] for name in ("p05", "median", "p95"))
    if low is None:
        return beyond, ""
    shown = beyond if middle is None else f"{_day(middle)}{SPACE}d"
    if high is None:
        return shown, _range(f"{_day(low)} d", beyond)
    return shown, _range(_day(low), f"{_day(high)} d")


def days(summary: Mapping[str, float | None], horizon_d: int) -> tuple[str, str]:
    """Median and 90 % range in bare whole days, for narrow tables; past the horizon reads as more than it."""
    low, middle, high = (
        f">{horizon_d}" if summary[name] is None else _day(summary[name]) for name in ("p05", "median", "p95")
    )
    return middle, "" if low == high else _range(low, high)


def lowest(band: Mapping[str, Sequence[float | None]]) -> tuple[str, str]:
    """The lowest point of the median and the 90 % range on that day."""
    known = [(middle, day) for day, middle in enumerate(band["median"]) if middle is not None]
    if not known:
        return value(None), ""
    middle, day = min(known)
    return value(middle), _range(value(band["p05"][day]), value(band["p95"][day]))


def middle_and_range(summary: Mapping[str, float | None], digits: int = 2) -> tuple[str, str]:
    """Median and 90 % range of a summary, apart."""
    low, middle, high = (value(summary[name], digits) for name in ("p05", "median", "p95"))
    return middle, "" if summary["median"] is None else _range(low, high)


def _range(low: str, high: str) -> str:
    """A range that stays on one line."""
    return f"{low} to {high}".replace(" ", SPACE)


def _day(number: float | None) -> str:
    """A whole day; the first hours are less than one."""
    return "<1" if number is None or number < 1 / 2 else f"{number:.0f}"
