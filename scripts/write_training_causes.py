"""Write what `explain` makes of the visits of the trainings of level 6, kept with them as data.

An attempt is answered at once, weighing takes seconds; a test asks `explain` again and compares. Run it
after a change of the model, of `explain`, or of such a training.

Run: python scripts/write_training_causes.py
"""

from __future__ import annotations

import json
from typing import Any

from endplate.case.training import WRONG
from endplate.questions.training.shipped import shipped
from endplate.questions.training.weighed import DRAWS, KEPT, identity, weighed
from endplate.simulation import MODEL_VERSION


def main() -> None:
    """Weigh every training of level 6 and write the file."""
    found: dict[str, dict[str, Any]] = {
        each.training: {"of": identity(each), "joint": weighed(each)}
        for each in shipped().values()
        if each.level == WRONG
    }
    document = {
        "command": "python scripts/write_training_causes.py",
        "model_version": MODEL_VERSION,
        "draws": DRAWS,
        "trainings": found,
    }
    KEPT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    for name, row in found.items():
        causes = row["joint"]["causes"]
        print(name, row["joint"]["verdict"], {one["cause"]: one["support"] for one in causes})


if __name__ == "__main__":
    main()
