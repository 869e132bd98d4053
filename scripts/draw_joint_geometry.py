"""Draw the moment arms of docs/joint_geometry.md, one figure per region.

Run: python scripts/draw_joint_geometry.py docs/figures

Solid lines rest on measurements or a model, dashed ones are recalled or assumed. The same tables give the
same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from endplate.knowledge.anatomy import load_axes, moment_arm, muscles_crossing
from endplate.physiology.joint import moment_arm_cm

REGIONS = {
    "shoulder": ("shoulder",),
    "elbow_forearm": ("elbow", "forearm"),
    "wrist": ("wrist",),
    "hand": ("fingers", "thumb"),
    "hip": ("hip",),
    "knee_ankle_foot": ("knee", "ankle", "toes", "hallux"),
}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "endplate",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 6,
    "savefig.facecolor": "white",
}
POINTS, COLUMNS = 41, 3


def draw_axis(panel: Axes, joint: str, axis: str) -> None:
    """Every arm about one axis over the range of the joint, cm."""
    ends = load_axes()[joint, axis]
    angle = np.linspace(ends.from_deg, ends.to_deg, POINTS)
    for index, muscle in enumerate(muscles_crossing(joint, axis)):
        row = moment_arm(muscle, joint, axis)
        borders = np.deg2rad([row.from_deg, row.to_deg])
        arm = moment_arm_cm(np.deg2rad(angle), row.coefficients_cm, *borders)
        dash = "--" if row.basis in ("recalled", "assumed") else "-"
        panel.plot(angle, arm, dash, color=mpl.colormaps["tab20"](index), label=muscle.replace("_", " "))
    panel.axhline(0, color="0.7", linewidth=0.6)
    panel.set_title(f"{joint}: {axis.replace('_', ' ')} +")
    panel.set_xlabel("angle (deg)")
    panel.set_ylabel("moment arm (cm)")
    panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def draw_region(joints: tuple[str, ...], file: Path) -> None:
    """One figure with a panel per axis of the joints."""
    axes = [key for key in load_axes() if key[0] in joints]
    rows = -(-len(axes) // COLUMNS)
    figure, panels = plt.subplots(
        rows, COLUMNS, figsize=(13, 2.9 * rows), squeeze=False, layout="constrained"
    )
    for panel in panels.flat:
        panel.set_visible(False)
    for panel, key in zip(panels.flat, axes, strict=False):
        panel.set_visible(True)
        draw_axis(panel, *key)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
    print(f"wrote {file.name}")


def main() -> None:
    """Write every figure into the folder given."""
    folder = Path(sys.argv[1])
    with mpl.rc_context(STYLE):
        for region, joints in REGIONS.items():
            draw_region(joints, folder / f"joint_arms_{region}.svg")


if __name__ == "__main__":
    main()
