"""Draw every limb segment from the anatomy tables: front, back, and sections at 25, 50 and 75 %.

Run: python scripts/draw_anatomy.py [docs/anatomy]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from endplate.knowledge.anatomy import Segment, bodies_of, load_segments, structures_of
from endplate.outputs.limb_frame import Band
from endplate.outputs.limbs import section_svg, view_svg
from endplate.simulation.anatomy import limb_of

LEVELS = (0.25, 0.5, 0.75)
FINE_MM = {"hand": 0.5, "foot": 0.5, "forearm": 1.0}
COARSE_MM = 2.0
MM_PER_CM = 10.0


def bands(segment: Segment) -> list[Band]:
    """The endplate zones of a segment's muscles, in mm along it."""
    length = segment.length_cm * MM_PER_CM
    return [
        Band(row.muscle, row.along(low) * length, row.along(high) * length)
        for row in bodies_of(segment.id)
        for low, high in row.zones
    ]


def drawings(segment: Segment) -> Iterator[tuple[str, str]]:
    """File name and SVG of every drawing of a segment."""
    limb, names = limb_of(segment.id, spacing_mm=FINE_MM.get(segment.id, COARSE_MM))
    title = segment.name.capitalize()
    for side in ("front", "back"):
        view = view_svg(limb, names, side, zones=bands(segment), landmarks=segment.landmarks, title=title)
        yield f"{segment.id}_{side}.svg", view
    for at in LEVELS:
        cut = section_svg(
            limb,
            at,
            names,
            structures=structures_of(segment.id),
            title=title,
            edges=(segment.front, segment.back),
        )
        yield f"{segment.id}_section_{at * 100:.0f}.svg", cut


def main(folder: Path) -> None:
    """Write every drawing into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for segment in load_segments().values():
        for name, svg in drawings(segment):
            (folder / name).write_text(svg + "\n", encoding="utf-8")
            print(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/anatomy"))
