"""Run the tests that bars name and keep how each ended, with the day.

Run: python scripts/run_bar_tests.py docs/data/bars.toml docs/data/bar_tests.json [--missing]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parent))
from write_bars import bars_of

ENDED = {"failure": "failed", "error": "failed", "skipped": "skipped"}


def ran(tests: list[str]) -> dict[str, Counter[str]]:
    """How the cases of every test ended; a test that nothing was told of has none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        subprocess.run([sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *tests], check=False)
        cases = list(ElementTree.parse(report).iter("testcase"))
    told: dict[str, Counter[str]] = {test: Counter() for test in tests}
    for case in cases:
        file = case.get("classname", "").replace(".", "/") + ".py"
        name = f"{file}::{case.get('name', '').partition('[')[0]}"
        ended = next((ENDED[child.tag] for child in case if child.tag in ENDED), "passed")
        if name in told:
            told[name][ended] += 1
    return told


def main() -> None:
    """Run what is named, or with ``--missing`` what was never run, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("kept", type=Path)
    parser.add_argument("--missing", action="store_true")
    asked = parser.parse_args()
    kept = json.loads(asked.kept.read_text(encoding="utf-8")) if asked.kept.exists() else {}
    named = sorted({test for bar in bars_of(asked.data)[1] for test in bar.tests})
    told = ran([test for test in named if not (asked.missing and test in kept)])
    for test, count in told.items():
        row = {key: count[key] for key in ("passed", "failed", "skipped")}
        kept[test] = {"on": date.today().isoformat(), **row}
    kept = {test: kept[test] for test in named if test in kept}
    asked.kept.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if any(row["failed"] for row in kept.values()) else 0)


if __name__ == "__main__":
    main()
