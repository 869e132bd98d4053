"""What a run may tell beside check and simulation: what visits taught, plans searched, what is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from endplate.outputs import phrases
from endplate.outputs.language import N_, _, told

Document = Mapping[str, Any]

TITLES = {
    "individualise": N_("What the visits taught"),
    "optimise": N_("Plans searched"),
    "store": N_("Recorded in the store"),
}
ONCE = N_("The search is of one session: --repeat changes nothing in it.")
BEFORE_VISITS = N_(
    "Copies are those before any visit; 'endplate optimise --after' searches a next session in copies as the "
    "visits taught."
)


def sections(
    individualise: Document | None,
    optimise: Document | None,
    store: Document | None,
    left_out: Sequence[Document],
    repeated: bool,
) -> dict[str, Any]:
    """What the report's sections say; each is None where there is nothing of it.

    The account of recovery is the simulation's, and told with it.

    Args:
        individualise: the ``individualise`` document.
        optimise: the ``optimise`` document.
        store: the ``store`` document of a run.
        left_out: questions that could not be asked, each with ``question``, ``message`` and ``remedy``.
        repeated: whether the plan is simulated several times.
    """
    from endplate.outputs.learnt_page import taught
    from endplate.outputs.optimise_page import search
    from endplate.outputs.recorded import recorded

    return {
        "titles": {question: _(title) for question, title in TITLES.items()},
        "taught": None if individualise is None else {**taught(individualise), "recovery": ""},
        "search": None if optimise is None else search(optimise),
        "held": None if store is None else recorded(store),
        "why": dict.fromkeys(TITLES, "") | {row["question"]: reason(row) for row in left_out},
        "search_notes": [_(ONCE)] * repeated + [_(BEFORE_VISITS)] * (individualise is not None),
    }


def reason(row: Document) -> str:
    """Why a question was left out, and what can be done."""
    message = told(row["message"], row.get("said")).rstrip(".")
    remedy = told(row["remedy"], row.get("remedy_said"))
    return _("Not done: {message}. {remedy}", message=message, remedy=remedy)


def lines(document: Document) -> Iterator[str]:
    """The same for a screen, in a few lines, from the document of a run."""
    left_out = {row["question"]: reason(row) for row in document["left_out"]}
    for question, title in TITLES.items():
        told = [left_out[question]] if question in left_out else list(_told(question, document[question]))
        if told:
            yield title
        yield from (phrases.breaking(f"  {line}") for line in told)


def _told(question: str, found: Document | None) -> Iterator[str]:
    """The sentences of one question; none where it was not asked."""
    if found is None:
        return
    if question == "individualise":
        from endplate.outputs.learnt import hardly_learnt, sentences

        yield from hardly_learnt(found)
        yield from sentences(found)
    elif question == "optimise":
        from endplate.outputs.optimised import answer, binding_lines

        yield from answer(found)
        yield from (f"Binds: {line}" for line in binding_lines(found))
    else:
        from endplate.outputs.recorded import sentences as held

        yield from held(found)
