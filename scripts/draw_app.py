"""Pictures of the app for README and docs/, taken of the app: an example open, and an attempt in the trainer.

Run: python scripts/draw_app.py docs/figures   (needs Chromium; installs it where this runs as root)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

SCREENS = {"app_sites": "sites", "app_simulate": "simulate"}
EXAMPLE = "Stroke, flexed elbow"
SIZE = {"width": 1280, "height": 860}
SETTLED_MS = 3000
TRAINING = "biceps_one_site"
NEEDLE = {"Along the limb": "55", "Entry": "10", "Depth": "15", "Dose": "200"}  # misses the zone
ATTEMPT_MS = 60_000


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
        attempt(page, folder / "app_trainer.png")
        browser.close()


def attempt(page: Page, path: Path) -> None:
    """What one needle in a training came to."""
    page.evaluate(f"location.hash = '#/trainer/{TRAINING}'")
    page.get_by_role("button", name="Add a needle").click()
    for label, value in NEEDLE.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="Commit").click()
    page.locator(".points li").first.wait_for(timeout=ATTEMPT_MS)
    page.wait_for_timeout(SETTLED_MS)
    page.screenshot(path=path)
    print(f"wrote {path.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/figures"))
