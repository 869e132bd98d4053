"""When effects begin and how long they last in the examples: sign clock, weakness, benefit at the joints.

The field says 12 hours to 7 days, and 2 to 6 months. The sign is counted in copies that show it, over all
joints of a plan.

Run: python scripts/measure_clocks.py docs/data/clocks.json   (some ten seconds)
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from endplate.case import load_case
from endplate.simulation import MODEL_VERSION, clocks, simulate
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.parameters import RandomDraws
from endplate.simulation.simulating import asked_of

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NAMES = ("adult_arm", "adult_leg", "child_calf")
DRAWS, HORIZON_D = 1000, 182
FIRST_D, LAST_D = 0.5, 7.0


def sign_share(name: str) -> float:
    """Share of the copies that show the sign in which it begins within 12 hours to 7 days."""
    asked = asked_of(load_case(EXAMPLES / f"{name}.yaml"), DRAWS, HORIZON_D)
    run = run_chain(*asked, RandomDraws(1, DRAWS), time_grid(HORIZON_D))
    fitted = [(joint, joint.fitted) for joint in run.joints if joint.fitted]
    onset = np.concatenate([clocks.sign(run.time_d, joint, own).onset_d for joint, own in fitted])
    known = onset[~np.isnan(onset)]
    return float(((known >= FIRST_D) & (known <= LAST_D)).mean())


def medians(name: str) -> dict[str, Any]:
    """Median onset of weakness by muscle and median duration at the joints, days."""
    told = simulate(load_case(EXAMPLES / f"{name}.yaml"), draws=DRAWS, horizon_d=HORIZON_D).to_dict()
    return {
        "onset_d": {row["muscle"]: row["onset_d"]["median"] for row in told["muscles"]},
        "duration_d": {row["joint"]: row["duration_d"]["median"] for row in told["joints"]},
    }


def main() -> None:
    """Measure all and write the file named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: measure_clocks.py FILE")
    found = {name: {"sign_within": round(sign_share(name), 4), **medians(name)} for name in NAMES}
    told = {"on": date.today().isoformat(), "model_version": MODEL_VERSION, "draws": DRAWS, "plans": found}
    Path(sys.argv[1]).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
