"""Attempts of the trainer, with and without the drawings of the reveal, in a process that has run before.

The bar is that of the design: scored in under 300 ms.

Run: python benchmarks/training.py
"""

from __future__ import annotations

import json
import time

from endplate.app.trained import attempted
from endplate.questions.train import shipped
from endplate.questions.training.reference import book_needles

BAR_S, TIMES = 0.3, 5


def main() -> None:
    """Time the placement by the book of every training with needles and print one JSON document last."""
    worst = {"scored": 0.0, "drawn": 0.0}
    for training in shipped().values():
        if training.level in (1, 6):
            continue
        answer = {"needles": [each.model_dump(mode="json") for each in book_needles(training)]}
        attempted(training, answer)
        for kind in worst:
            taken = []
            for _ in range(TIMES):
                start = time.perf_counter()
                attempted(training, answer, drawings=kind == "drawn")
                taken.append(time.perf_counter() - start)
            best = min(taken)
            worst[kind] = max(worst[kind], best)
            print(f"{training.training:24}{kind:8}{best * 1000:8.0f} ms")
    ratio = round(worst["scored"] / BAR_S, 3)
    told = {kind: round(found, 3) for kind, found in worst.items()}
    print(json.dumps({"benchmark": "training", "seconds": told, "over_bar": ratio}))


if __name__ == "__main__":
    main()
