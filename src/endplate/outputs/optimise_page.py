"""A search for plans as one self-contained HTML page, read from the ``optimise`` document alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from endplate.outputs import notes, optimised, phrases
from endplate.outputs.language import N_, _, figures, told
from endplate.outputs.pages import rendered
from endplate.outputs.svg import across_axis, axis_for, drawing, levels, short, x_at, y_of

Document = Mapping[str, Any]

_MARK = 5.0  # px
_NAMES = {
    "units": ("total_U", N_("units of the session")),
    "volume": ("volume_mL", N_("fluid, mL")),
    "punctures": ("punctures", N_("punctures")),
}


def render_optimise(document: Document) -> str:
    """One HTML page from an ``optimise`` document."""
    code = document["inputs"]["patient"]["code"]
    return rendered("optimise", code=code, search=search(document), part="h2", sub="h3")


def search(document: Document) -> dict[str, Any]:
    """What the pages say of an ``optimise`` document, by the names their shared parts use."""
    shown = optimised.columns(document)
    return {
        "result": document,
        "answer": optimised.answer(document),
        "heads": [head for head, _ in shown],
        "tables": (
            (_("Doses (sites)"), optimised.dose_rows(shown)),
            (_("Share of copies that reach each aim"), optimised.outcome_rows(shown)),
            (_("Held limits on each plan, by how they were read"), optimised.limit_rows(shown)),
        ),
        "chart": front_chart(document) if document["feasible"] else None,
        "findings": list(optimised.finding_lines(shown)),
        "binding": list(optimised.binding_lines(document)),
        "next": list(optimised.next_lines(document)),
        "certificate": optimised.certificate_line(document),
        "searched": list(optimised.searched_lines(document)),
        "not_held": _not_held(document),
        "unsure": notes.unmeasured(document),
        "column_a": _(optimised.COLUMN_A),
        "nothing_binds": _(optimised.NOTHING_BINDS),
    }


def _not_held(document: Document) -> list[str]:
    """What no limit is held for, over all plans shown."""
    plans = [document["own"], *document["plans"]]
    names = dict.fromkeys(name for plan in plans for name in plan["limits"]["not_held_what"])
    return [told(phrases.words(name)) for name in names]


def front_chart(document: Document) -> Markup:
    """Targets reached, by weight, against what is spared: a dot each plan, a square the user's own."""
    against = next((name for name in document["goals"]["front"] if name in _NAMES), "units")
    key, title = _NAMES[against][0], _(_NAMES[against][1])
    shown = optimised.columns(document)
    across = axis_for([], title, cover=(0, *(plan[key] for _, plan in shown)))
    upward = axis_for([], _("share of copies"), cover=(0, *(plan["goal_probability"] for _, plan in shown)))

    def x_of(number: float) -> float:
        return x_at(number, across.low, across.high)

    parts = [
        *levels(upward),
        *across_axis(title, [(x_of(tick), figures(f"{tick:g}")) for tick in across.ticks]),
    ]
    for head, plan in reversed(shown):
        x, y = x_of(plan[key]), y_of(plan["goal_probability"], upward)
        parts.append(_mark(head, x, y))
        if head in (optimised.OWN, optimised.letter(0)):
            parts.append(
                f'<text class="name" x="{x - 8:.1f}" y="{y - 8:.1f}" text-anchor="end">{head}</text>'
            )
    points = "; ".join(
        f"{head} {short(plan[key])}, {short(plan['goal_probability'])}" for head, plan in shown
    )
    return Markup(drawing(_("Targets reached against {measure}", measure=title), f"{points}.", parts))


def _mark(head: str, x: float, y: float) -> str:
    if head == optimised.OWN:
        side = 2 * _MARK
        return f'<rect class="own" x="{x - _MARK:.1f}" y="{y - _MARK:.1f}" width="{side}" height="{side}"/>'
    return f'<circle class="found" cx="{x:.1f}" cy="{y:.1f}" r="{_MARK}"/>'
