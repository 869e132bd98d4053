"""Where the needles of a plan go, in words: titles of the limbs drawn, level and depth of every muscle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup, escape

from endplate.knowledge.units import MM_PER_CM, PERCENT
from endplate.outputs import phrases
from endplate.outputs.language import N_, _, figures

Document = Mapping[str, Any]

AS_PLANNED: Final = N_(
    "Numbers are needle tips as planned in one schematic median person of this body mass, an adult's shape "
    "in that size, marked whatever lies over them; the needle errs and people differ. Depth: the shortest "
    "way to the muscles' surface past bone; skin and fat come on top. Grey: the muscles injected; broken "
    "outline: one that lies deep; hatched: endplate zones at the surface; in sections, dark: vessels, small "
    "broken circles: nerves. Not measured anatomy."
)
DEEP: Final = N_("lies deep")
_FACES = {"front": N_("seen from the front"), "back": N_("seen from the back")}
_OWN_FACES = {
    ("hand", "front"): N_("seen from the palm"),
    ("hand", "back"): N_("seen from the back of the hand"),
    ("foot", "front"): N_("seen from the dorsum"),
    ("foot", "back"): N_("seen from the sole"),
}
_NAME = re.compile(r'aria-label="[^"]*"')


def limb_title(drawing: Document) -> str:
    """Segment and side in words."""
    return phrases.joint_side(drawing["segment"], None, drawing["side"])


def level_from(drawing: Document) -> str:
    """Where levels are counted from, and how long the segment of the table's adult is in this size."""
    length = figures(f"{drawing['length_mm'] * drawing['scale'] / MM_PER_CM:.1f}")
    return _("level from: {place}; length {length} cm", place=_(drawing["starts_at"]), length=length)


def view_title(drawing: Document, face: str) -> str:
    """The face of a view in words."""
    return _(_OWN_FACES.get((drawing["segment"], face), _FACES[face]))


def muscle_line(row: Document) -> str:
    """The numbers of a muscle's needles and its name."""
    return f"{_between(row['names'][0], row['names'][-1])} {phrases.words(row['muscle'])}"


def cut_title(drawing: Document, section: Document) -> str:
    """What a section is of: needles, muscle and level."""
    row = next(one for one in drawing["muscles"] if one["muscle"] == section["muscle"])
    return f"{muscle_line(section)}, {phrases.share(row['cut'])}"


def view_words(drawing: Document, view: Document) -> str:
    """A view in words, for who does not see it: what is seen and where every needle goes."""
    here = [row for row in drawing["muscles"] if row["face"] == view["view"]]
    rows = "; ".join(f"{muscle_line(row)}{f', {_(DEEP)}' if row['deep'] else ''}" for row in here)
    return f"{limb_title(drawing)}, {view_title(drawing, view['view'])}. {rows}."


def cut_words(drawing: Document, section: Document) -> str:
    """A section in words."""
    return _("{limb}, section: {what}", limb=limb_title(drawing), what=cut_title(drawing, section))


def place_heads() -> tuple[tuple[str, str], ...]:
    """Names of the columns of `place_rows`, each with what stands small below it."""
    return (_("Needles"), ""), (_("Muscle"), ""), (_("Level"), "%"), (_("Level"), "cm"), (_("Depth"), "cm")


def place_rows(drawing: Document) -> list[tuple[str, ...]]:
    """Level and depth of every muscle; ranges are over its needles."""
    return [_row(row) for row in drawing["muscles"]]


def _row(row: Document) -> tuple[str, ...]:
    deep = f" ({_(DEEP)})" if row["deep"] else ""
    level = _between(*(f"{PERCENT * share:.0f}" for share in row["level"]))
    cm = (_between(*(figures(f"{number:.1f}") for number in row[key])) for key in ("along_cm", "depth_cm"))
    return _between(row["names"][0], row["names"][-1]), f"{phrases.words(row['muscle'])}{deep}", level, *cm


def _between(low: str, high: str) -> str:
    """A range, told once where its ends are alike."""
    return low if low == high else f"{low}\N{EN DASH}{high}"


def for_page(svg: str, words: str) -> Markup:
    """A drawing as an element of a page, named by what it shows."""
    return Markup(_NAME.sub(f'aria-label="{escape(words)}"', svg, count=1))
