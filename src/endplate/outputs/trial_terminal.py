"""A simulated trial on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION
from endplate.outputs import trial_words as words
from endplate.outputs.screen import new_console, print_table

if TYPE_CHECKING:
    from rich.console import Console

Document = Mapping[str, Any]


def print_trial(document: Document) -> None:
    """Print a trial: what every endpoint would find, sizes, interim looks, and what was published."""
    screen = new_console()
    null = document["null"]
    _lines(screen, [BANNER, "", document["title"]])
    _lines(screen, [f"{document['replicates']} replicates of {words.people(document)}."])
    _lines(screen, [words.null_told(document)] if null else [])
    _lines(screen, [words.analysis(document), ""])
    for endpoint in document["endpoints"]:
        if endpoint["cannot"] is None:
            _endpoint(screen, document, endpoint)
    _part(screen, words.any_lines(document))
    _interims(screen, document)
    _part(screen, words.size_lines(document))
    _part(screen, words.again_lines(document), words.UNSEEN)
    _part(screen, document["warnings"])
    misses = words.known_misses(document)
    _part(screen, [] if misses is None else [misses])
    _lines(screen, [words.worlds(document), SIMULATION])


def _lines(screen: Console, lines: Iterable[str]) -> None:
    for line in lines:
        screen.print(line, markup=False)


def _part(screen: Console, lines: Iterable[str], last: str | None = None) -> None:
    """Some lines with an empty one after them; nothing where there are none."""
    told = list(lines)
    if told:
        _lines(screen, [*told, *([] if last is None else [last]), ""])


def _endpoint(screen: Console, document: Document, endpoint: Document) -> None:
    primary = " (primary)" if endpoint["primary"] else ""
    against = {row["arm"]: row for row in endpoint["comparisons"]}
    heads = ["arm", "mean" if words.is_share(endpoint) else "mean (sd)", "missing"]
    if against:
        heads += ["difference (90 %)", words.verdict_head(document, endpoint)]
    rows = []
    for arm in endpoint["arms"]:
        found = against.get(arm["arm"])
        told = ["", ""][: len(heads) - 3]
        if found:
            band = words.middle_with_range(found["expected_difference"], found["difference"])
            told = [band, words.verdict(document, endpoint, found)]
        rows.append([arm["arm"], words.mean(endpoint, arm), words.share(arm["missing"]), *told])
    _lines(screen, [f"{endpoint['endpoint']}{primary}", words.what(endpoint)])
    print_table(screen, "", heads, rows)
    other = words.other_way_line(document, endpoint)
    _part(screen, [] if other is None else [other])


def _interims(screen: Console, document: Document) -> None:
    found = document["interims"]
    if found is None:
        return
    heads = ["arm", "dropped", "type I error" if document["null"] else "declared better"]
    rows = [
        [row["arm"], words.share_with_interval(row["dropped"]), words.share_with_interval(row["won"])]
        for row in found["arms"]
    ]
    _lines(screen, ["Interim looks"])
    print_table(screen, "", heads, rows)
    _part(screen, words.look_lines(document))
