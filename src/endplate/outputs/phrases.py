"""Numbers and ids as a reader wants them: words, whole days, ranges, and what a missing number means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from endplate.knowledge.units import DAYS_PER_WEEK, PERCENT
from endplate.knowledge.vocabulary import MUSCLES
from endplate.outputs.language import N_, _, figures, held_word, quantity, unit

MINUS = "\N{MINUS SIGN}"
"""Before a negative number."""
SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit."""

CLOCKS = {
    "electrical": N_("CMAP of the injected muscles"),
    "sign": N_("the scale, at two visits"),
    "sign_r1": N_("R1, at two visits"),
    "patient": N_("the person"),
}
"""Who tells the clocks of a joint."""


def breaking(text: str) -> str:
    """Text for a terminal, which may break it anywhere between words."""
    return text.replace(SPACE, " ")


def words(identifier: Any) -> str:
    """An id as words."""
    text = str(identifier)
    if held := held_word(text):
        return held
    return MUSCLES[text].name if text in MUSCLES else text.replace("_", " ")


def muscle_side(muscle: str, side: str | None) -> str:
    """A muscle and its side in words."""
    return _("{muscle}, {side}", muscle=words(muscle), side=words(side or ""))


def joint(name: str, movement: str | None = None) -> str:
    """A joint in words, with its movement where it has one."""
    if not movement:
        return words(name)
    return _("{joint} {movement}", joint=words(name), movement=words(movement))


def joint_side(name: str, movement: str | None, side: str | None) -> str:
    """A joint with its movement, where it has one, and its side in words."""
    told = joint(name, movement)
    if side == "bilateral":
        return _("{joint}, bilateral", joint=told)
    return _("{joint}, {side}", joint=told, side=words(side or ""))


def scale_words(scale: str) -> str:
    """The name of a clinical scale, with the capital it is written with."""
    return words(scale).replace("ashworth", "Ashworth")


def finding_words(text: str) -> str:
    """What was found at a visit: a grade as it is, an angle or a time with its unit, or nothing."""
    name, apart, rest = text.partition(" ")
    if name in ("R1", "R2"):
        return f"{name}{apart}{quantity(rest)}"
    return words(text) if text == "none" else quantity(text)


def label_use(check: Mapping[str, Any]) -> str:
    """The label status, what it is about, and whether the doses could be checked at all."""
    unheld = {"no_rules_held", "total_not_held"} & {issue["rule"] for issue in check["issues"]}
    doses = _("Doses were not fully checked") if unheld else _("Doses and muscles: the findings")
    text = N_("Use (product, indication, limb, age, cause): {status}. {doses}.")
    return _(text, status=words(check["status"]), doses=doses)


def source_read(issue: Mapping[str, Any]) -> str:
    """Whether the text a finding names was itself read, by the kind of text; empty where it has no basis."""
    basis = issue["basis"]
    if not basis:
        return ""
    if basis == "design":
        return _("endplate's own rule")
    if issue.get("source_kind") == "publication":
        return _("read in the source named") if issue["verified"] else _("not read in the source itself")
    if issue.get("source_kind") == "other_label":
        return _("class warning, read on the label of another product; not checked against this one's")
    return _("checked against the label") if issue["verified"] else _("not checked against the label")


def share(number: float) -> str:
    """A fraction as a whole percentage."""
    return f"{100 * number:.0f}{SPACE}%"


def units(number: float, product: str = "") -> str:
    """A dose with its unit and, when given, the product to which the unit belongs."""
    text = figures(f"{number:.0f}" if number == round(number) else f"{number:.1f}")
    return f"{text}{SPACE}U {product}".strip()


def weeks(days: float) -> str:
    """A span of days as weeks."""
    number = figures(f"{days / DAYS_PER_WEEK:.3g}")
    return f"{number}{SPACE}{unit('wk')}"


def value(number: float | None, digits: int = 2) -> str:
    """A bare number for people, with a true minus; a dash where there is none."""
    if number is None:
        return "\N{EN DASH}"
    text = f"{number:.{digits}f}"
    return figures((text.lstrip("-") if float(text) == 0 else text).replace("-", MINUS))


def spread(middle: float | None, low: float | None, high: float | None, digits: int = 2) -> str:
    """A median with its 90 % range."""
    return inline((value(middle, digits), _range(value(low, digits), value(high, digits))))


def summary_range(summary: Mapping[str, float | None], digits: int = 0) -> str:
    """Median with its 90 % range of a summary."""
    return spread(summary["median"], summary["p05"], summary["p95"], digits)


def summary_percent(summary: Mapping[str, float | None]) -> str:
    """Median with its 90 % range of a share, in percent."""
    low, middle, high = (PERCENT * (summary[key] or 0) for key in ("p05", "median", "p95"))
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
        return _("never in 100 % of copies"), ""
    beyond = _("beyond {weeks}", weeks=weeks(horizon_d)).replace(" ", SPACE)
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
    return _("{low} to {high}", low=low, high=high).replace(" ", SPACE)


def _day(number: float | None) -> str:
    """A whole day; the first hours are less than one."""
    return "<1" if number is None or number < 1 / 2 else f"{number:.0f}"
