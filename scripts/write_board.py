"""Write the scoreboard that the app shows: every study file against the model, without its courses.

Run: python scripts/write_board.py src/endplate/app/server/board.json [--draws 200]   (some minutes)
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from endplate.app.plain import plain
from endplate.case.loader import load_study
from endplate.case.study import Study
from endplate.questions.reproduce import reproduce
from endplate.simulation import MODEL_VERSION

STUDIES = Path(__file__).resolve().parents[1] / "studies"
KEPT = ("study", "title", "role", "sources", "outcomes")


def people_of(study: Study) -> dict[str, str | None]:
    """Of which age group a study is, with the mean age where it is held; animals by their species."""
    if study.species != "human":
        return {"group": study.species, "age": None}
    who = study.population
    mean = who.age.mean if who and who.age else None
    return {
        "group": "children" if who and who.adults is False else "adults",
        "age": str(mean) if mean else None,
    }


def main() -> None:
    """Score every study and keep what the app shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--draws", type=int, default=200)
    given = parser.parse_args()
    found = plain(reproduce(STUDIES, given.draws).to_dict())
    board = {
        "command": f"endplate reproduce studies/ --draws {given.draws}",
        "model": "mechanism",
        "model_version": MODEL_VERSION,
        "draws": given.draws,
        "totals": {name: held for name, held in found["totals"].items() if isinstance(held, int)},
        "studies": [
            {name: study[name] for name in KEPT}
            | {"people": people_of(load_study(STUDIES / f"{study['study']}.yaml"))}
            for study in found["studies"]
        ],
    }
    given.out.write_text(json.dumps(board, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(board['studies'])} studies, {given.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
