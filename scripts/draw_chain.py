"""Draw the chain of docs/model.md: every stage with the question it answers and what it hands on.

Run: python scripts/draw_chain.py docs/figures

Opened by itself on the site, each box links to its page; the table of the page has the same links.
"""

from __future__ import annotations

import sys
from pathlib import Path
from xml.sax.saxutils import escape

STAGES = (
    ("Vial and plan", "What is in the syringe?", "labels", "units, volume, sites"),
    ("Needle", "Which muscle holds the tip?", "spread", "tips of the needles"),
    ("Spread", "How much toxin meets each endplate?", "spread", "exposure, U h/mL"),
    ("Nerve terminal", "Which junctions still transmit?", "terminal", "share that transmits"),
    ("Muscle", "What are force and volume now?", "muscle", "residual force, spindles"),
    ("Joint", "How much does it resist, where does it catch?", "mechanics", "torque, R1, R2"),
    ("Scale", "What does an examiner write down?", "scales", "grade, angles"),
)
BESIDE = (
    ("Blood", "Where else does toxin go?", "muscle", 2),
    ("Harm", "Who complains of weakness?", "adverse", 4),
    ("Again", "When is the next session?", "courses", 6),
)
ACROSS, WIDE, HIGH, GAP, TOP = 90, 380, 50, 26, 10
SIDE, SIDE_WIDE = 500, 210
INK, EDGE, FILL, SOFT = "#1a1a1a", "#0072B2", "#eaf3f9", "#f7f1e6"


def box(x: int, y: int, wide: int, words: tuple[str, str], page: str, fill: str) -> str:
    """A stage: its name, its question, its link."""
    name, question = (escape(word) for word in words)
    return (
        f'<a href="../{page}.html"><rect x="{x}" y="{y}" width="{wide}" height="{HIGH}" rx="7" fill="{fill}" '
        f'stroke="{EDGE}"/><text x="{x + 12}" y="{y + 21}" font-weight="bold">{name}</text>'
        f'<text x="{x + 12}" y="{y + 39}">{question}</text></a>'
    )


def arrow(x: int, y: int, words: str) -> str:
    """What one stage hands to the next."""
    return (
        f'<path d="M{x} {y}V{y + GAP - 3}" stroke="{INK}" marker-end="url(#tip)"/>'
        f'<text x="{x + 10}" y="{y + GAP // 2 + 4}" font-size="11" font-style="italic">{escape(words)}</text>'
    )


def drawn() -> str:
    """The whole picture as SVG."""
    tops = [TOP + k * (HIGH + GAP) for k in range(len(STAGES))]
    parts = []
    for k, (name, question, page, handed) in enumerate(STAGES):
        parts.append(box(ACROSS, tops[k], WIDE, (name, question), page, FILL))
        if k + 1 < len(STAGES):
            parts.append(arrow(ACROSS + WIDE // 2 - 60, tops[k] + HIGH, handed))
    for name, question, page, k in BESIDE:
        y = tops[k] + HIGH // 2
        parts.append(f'<path d="M{ACROSS + WIDE} {y}H{SIDE - 3}" stroke="{INK}" marker-end="url(#tip)"/>')
        parts.append(box(SIDE, tops[k], SIDE_WIDE, (name, question), page, SOFT))
    last = tops[-1] + HIGH // 2
    parts.append(
        f'<path d="M{SIDE + SIDE_WIDE // 2} {tops[6] + HIGH}v14H40V{tops[0] + HIGH // 2}H{ACROSS - 3}" '
        f'fill="none" stroke="{INK}" stroke-dasharray="4 3" marker-end="url(#tip)"/>'
        f'<text x="34" y="{(tops[0] + last) // 2}" font-size="11" font-style="italic" text-anchor="middle" '
        f'transform="rotate(-90 34 {(tops[0] + last) // 2})">what the last session left</text>'
    )
    wide, high = SIDE + SIDE_WIDE + 12, tops[-1] + HIGH + 28
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'font-family="sans-serif" font-size="13" fill="{INK}" role="img">'
        "<title>The chain of the model</title>"
        f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{INK}"/></marker></defs>'
        f'<rect width="{wide}" height="{high}" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: draw_chain.py FOLDER")
    target = Path(sys.argv[1]) / "model_chain.svg"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(drawn(), encoding="utf-8")
    print(target)
