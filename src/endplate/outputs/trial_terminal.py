"""A simulated trial on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION
from endplate.outputs.screen import console, table

if TYPE_CHECKING:
    from rich.console import Console

Document = Mapping[str, Any]

_DIGITS = 2
_PERCENT = 100


def print_trial(document: Document) -> None:
    """Print a trial: what every endpoint would find, sizes and interim looks."""
    screen = console()
    screen.print(BANNER)
    screen.print(f"{document['title']}")
    screen.print(_how(document))
    for endpoint in document["endpoints"]:
        if endpoint["cannot"] is None:
            _endpoint(screen, endpoint, null=document["null"])
    _sizes(screen, document["sample_size"])
    _looks(screen, document["interims"])
    for warning in document["warnings"]:
        screen.print(warning, markup=False)
    screen.print(SIMULATION)


def _how(document: Document) -> str:
    sizes = ", ".join(f"{arm['n']} {arm['arm']}" for arm in document["arms"])
    control = " Every arm gets what the control gets." if document["null"] else ""
    return f"{document['replicates']} replicates of {sizes} people; estimand: {plain(document['estimand'])}.{control}"


def plain(name: str) -> str:
    """An id as words."""
    return name.replace("_", " ")


def number(found: float | None) -> str:
    """A number with its sign, a dash for none."""
    return "-" if found is None else f"{found:.{_DIGITS}f}".replace("-", "\N{MINUS SIGN}")


def percent(found: Mapping[str, float | None]) -> str:
    """A share of replicates with its interval, per cent."""
    if found["value"] is None or found["low"] is None or found["high"] is None:
        return "-"
    value, low, high = (_PERCENT * found[key] for key in ("value", "low", "high"))
    return f"{value:.0f} % ({low:.0f} to {high:.0f})"


def _endpoint(screen: Console, endpoint: Document, *, null: bool) -> None:
    primary = " (primary)" if endpoint["primary"] else ""
    title = f"{endpoint['endpoint']}{primary}: {plain(endpoint['measure'])}, by {plain(endpoint['method'])}"
    against = {row["arm"]: row for row in endpoint["comparisons"]}
    heads = ["arm", "mean", "sd", "missing", "difference, 90 %", "declared different" if null else "power"]
    rows = []
    for arm in endpoint["arms"]:
        cells = [
            arm["arm"],
            number(arm["mean"]),
            number(arm["sd"]),
            f"{_PERCENT * (arm['missing'] or 0):.0f} %",
        ]
        found = against.get(arm["arm"])
        rows.append([*cells, *(_compared(found, null=null) if found else ["", ""])])
    table(screen, title, heads, rows)


def _compared(found: Document, *, null: bool) -> list[str]:
    band = found["difference"]
    told = f"{number(found['expected_difference'])} ({number(band['p05'])} to {number(band['p95'])})"
    return [told, percent(found["rejected" if null else "power"])]


def _sizes(screen: Console, found: Document | None) -> None:
    if found is None:
        return
    for line in size_lines(found):
        screen.print(line, markup=False)


def size_lines(found: Document) -> Iterator[str]:
    """What sizes were found, a sentence an arm."""
    for row in found["arms"]:
        wanted = f"a power of {_PERCENT * found['power']:.0f} %"
        if row["n"] is None:
            yield f"{row['arm']}: {wanted} is not reached with {row['curve']['n'][-1]} people."
        else:
            yield f"{row['arm']}: {wanted} from {row['n']} people on, beside {row['n_control']} in the control arm."


def _looks(screen: Console, found: Document | None) -> None:
    if found is None:
        return
    table(
        screen,
        "Interim looks",
        ["arm", "dropped", "declared different"],
        [
            [row["arm"], f"{_PERCENT * row['dropped']:.0f} %", f"{_PERCENT * row['won']:.0f} %"]
            for row in found["arms"]
        ],
    )
    for look in found["looks"]:
        screen.print(f"Stopped at look {look['look']}: {_PERCENT * look['stopped']:.0f} % of replicates.")
    people = found["people"]
    screen.print(f"People taken in: {people['median']:.0f} ({people['p05']:.0f} to {people['p95']:.0f}).")
