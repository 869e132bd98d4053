"""Pictures of the app for the README, taken of the app itself with an example open.

Run: python scripts/draw_app.py docs/figures   (needs Chromium; installs it where this runs as root)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

SCREENS = {"app_sites": "sites", "app_simulate": "simulate"}
EXAMPLE = "Stroke, flexed elbow"
SIZE = {"width": 1280, "height": 860}
SETTLED_MS = 3000


def main(folder: Path) -> None:
    """Serve, open the example, and take every picture."""
    found = subprocess.run([Path(__file__).with_name("browser_for_tests.sh")], capture_output=True, text=True)
    if found.returncode:
        sys.exit(found.stderr.strip())
    with tempfile.TemporaryDirectory() as cases:
        command = [sys.executable, "-m", "endplate", "serve", "--no-browser", "--cases", cases]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
            lines = [server.stdout.readline() if server.stdout else "" for _ in range(2)]
            try:
                take(lines[1].split()[-1], found.stdout.strip().splitlines()[-1], folder)
            finally:
                server.kill()


def take(link: str, chromium: str, folder: Path) -> None:
    """Every picture of the app at a link."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        page.goto(link)
        page.get_by_role("button", name=EXAMPLE).first.click()
        for name, screen in SCREENS.items():
            page.evaluate(f"location.hash = '#/{screen}'")
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=folder / f"{name}.png")
            print(f"wrote {name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/figures"))
