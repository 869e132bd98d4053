"""The words on the drawings of a limb, in the language spoken.

Names of muscles, segments and sides are words of the vocabulary; those of structures, landmarks and edges are
sentences of the anatomy tables.
"""

from __future__ import annotations

from collections.abc import Sequence

from endplate.knowledge.units import PERCENT
from endplate.outputs.language import N_, _, capital, figures, held_word, translated

ZONE = N_("hatched: endplate zone")
"""Below a view."""
LATERAL, MEDIAL = N_("lateral"), N_("medial")


def words(muscle: str) -> str:
    """A muscle's id as words; units behind it, ``soleus (4.5 U)``, stay."""
    name, gap, units = muscle.partition(" (")
    return (held_word(name) or name.replace("_", " ")) + figures(gap + units)


def of_side(segment: str, side: str) -> str:
    """The title of a drawing: a segment by its id or name, and the side of the body."""
    told = _("{segment}, {side} side", segment=words(segment), side=words(side))
    return capital(told)


def section_heading(title: str, at: float, side: str) -> str:
    """What a section shows and how it is seen."""
    return _(
        "{title}, section at {share} % of its length (schematic, drawn as a {side} limb seen from distal)",
        title=title,
        share=f"{at * PERCENT:.0f}",
        side=words(side),
    )


def view_heading(title: str, view: str, side: str) -> str:
    """What a view shows."""
    front = N_("{title}, superficial muscles from the front (schematic, {side} limb)")
    back = N_("{title}, superficial muscles from the back (schematic, {side} limb)")
    return _(front if view == "front" else back, title=title, side=words(side))


def shown(names: Sequence[str]) -> str:
    """What a drawing shows, for who does not see it."""
    told = ", ".join(names) or _("bone only")
    return _("Schematic drawing, not measured anatomy. Shown: {names}.", names=told)


def held(text: str) -> str:
    """A text of the anatomy tables: a structure, a landmark or an edge."""
    return translated(text)
