"""Draw the figures of docs/development_map.md from the models at their records.

Run: python scripts/draw_development_map.py docs/figures
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from endplate.knowledge.evidence import value
from endplate.physiology.development import map_metrics, reflex_network
from endplate.physiology.development.body_map import Body
from endplate.physiology.development.clock import window
from endplate.questions.developing import controls, experiments
from endplate.questions.developing.lives import DISTAL, LESIONED

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":")
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "endplate",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "savefig.facecolor": "white",
}
SEEDS, MAPS = 30, 2
ERROR_SE = 0.025  # of the published rate at P10
TOUCH = (
    ("normal", 1.0, 0.0),
    ("tail numb", 0.0, 0.0),
    ("feedback reversed", -1.0, 0.0),
    ("cord cut", 1.0, 1.0),
)
LESION_DAYS = (0, 1, 2, 3, 4, 5)
KITTENS = (
    ("normal", "", ""),
    ("toxin, weeks 3 to 7", "block", ""),
    ("and training, weeks 8 to 13", "block", "train"),
    ("or training, weeks 20 to 24", "block", "late"),
)
SPASTIC_MIDDLE_Y = 2.0


def reflexes(axes: Axes) -> None:
    """Reflex error by day, one animal after the other for as long as each day needs."""
    limb, rule = reflex_network.ring(), reflex_network.Rule()
    start, end = value("experiments.reflex.start"), value("experiments.reflex.end")
    days = np.arange(start, end + 1)
    for (name, touch, lesion), colour, dash in zip(TOUCH, COLOURS, DASHES, strict=True):
        born = reflex_network.newborn(limb, rule, SEEDS)
        rates = [reflex_network.error_rate(limb, born).mean()]
        for last in days[1:]:
            over = reflex_network.days(
                limb, window("rat_reflex", "d"), start, last, touch=touch, lesion=lesion
            )
            rates.append(reflex_network.error_rate(limb, reflex_network.live(limb, rule, over, born)).mean())
        axes.plot(days, rates, dash, color=colour, label=name)
    axes.errorbar([start], [value("experiments.reflex.error_start")], yerr=[ERROR_SE], fmt="ko", ms=4)
    axes.plot([end], [value("experiments.reflex.error_end")], "kv", ms=5, label="rats (P21: at most)")
    axes.set(
        xlabel="age, d",
        ylabel="share of wrong withdrawals",
        ylim=(0, 1.05),
        title="Rat, tail (fitted: normal)",
    )
    axes.legend(fontsize=7)


def whiskers(axes: Axes) -> None:
    """Area left of the lesioned row by day of the lesion."""
    body, whole = experiments.barrel_map(MAPS)
    normal = map_metrics.area(body, whole)[:, LESIONED]
    left = [
        (map_metrics.area(*experiments.barrel_map(MAPS, day))[:, LESIONED] / normal).mean()
        for day in LESION_DAYS
    ]
    axes.plot(LESION_DAYS, left, "o-", color=COLOURS[0])
    axes.axvspan(3, 4, color="0.85", label="plasticity ends in mice")
    axes.set(
        xlabel="age at the lesion, d", ylabel="area of the row, of normal", title="Mouse, whiskers (fitted)"
    )
    axes.legend(fontsize=7)


def block_sweep(axes: Axes) -> None:
    """Reflex error of a spastic limb by share blocked."""
    kinds = (
        ("force alone", False, True),
        ("with relief of reflex drive", True, True),
        ("with relief, linear receptors", True, False),
    )
    for (name, relief, saturating), colour, dash in zip(kinds, COLOURS, DASHES, strict=False):
        errors = controls.spastic_reflexes(SEEDS, relief=relief, saturating=saturating).mean(axis=1)
        axes.plot(controls.BLOCKS, errors, dash, color=colour, label=name)
    axes.set(xlabel="share blocked while reflexes tune", ylabel="share of wrong withdrawals", ylim=(0, None))
    axes.set_title("Spastic limb: hypothesis, never measured")
    axes.legend(fontsize=7)


def first_figure() -> Any:
    """Three panels on reflexes and whiskers."""
    figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.1), layout="constrained")
    for draw, own in zip((reflexes, whiskers, block_sweep), axes, strict=True):
        draw(own)
    return figure


def _picture(axes: Axes, body: Body, weights: Any, title: str) -> None:
    """How far each unit speaks for the distal part."""
    own = map_metrics.part_weights(body, weights)
    share = (own[:, DISTAL] / own.sum(axis=1)).reshape(body.side, body.side)
    axes.imshow(share, cmap="cividis", vmin=0, vmax=1)
    axes.contour(share, levels=[1 / 2], colors="white", linewidths=1.2)
    area = map_metrics.area(body, weights)[DISTAL]
    axes.set(xticks=[], yticks=[], title=f"{title}\ndistal {area:.0%}")


def second_figure() -> Any:
    """Motor maps of kittens, and of a child's spastic limb."""
    figure, axes = plt.subplots(2, 4, figsize=(10.5, 5.8), layout="constrained")
    for own, (title, blocked, trained) in zip(axes[0], KITTENS, strict=True):
        body, maps = experiments.kitten_map(1, blocked, trained)
        _picture(own, body, maps[0], f"Kitten:\n{title}")
    rho = value("experiments.spastic.coactivation")
    children = (
        ("healthy", 0.0, 0.0, False),
        ("spastic", 0.0, rho, False),
        ("half block of force", 1 / 2, rho, False),
        ("half block with relief", 1 / 2, rho, True),
    )
    for own, (title, block, mixed, relief) in zip(axes[1], children, strict=True):
        body, maps = controls.child_map(1, SPASTIC_MIDDLE_Y, block, mixed, relief)
        _picture(own, body, maps[0], f"Child, hypothesis:\n{title}")
    return figure


FIGURES: dict[str, Callable[[], Any]] = {
    "development_map_reflexes": first_figure,
    "development_map_maps": second_figure,
}


def main() -> None:
    """Write every figure to the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: draw_development_map.py FOLDER")
    for name, draw in FIGURES.items():
        with mpl.rc_context(STYLE):
            figure = draw()
            figure.savefig(Path(sys.argv[1]) / f"{name}.svg", metadata={"Date": None})
            plt.close(figure)
        print(f"wrote {name}.svg")


if __name__ == "__main__":
    main()
