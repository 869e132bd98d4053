"""A served app in the system's Chromium: every request and every word of the console is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "browser_for_tests.sh"
PAGES = ROOT / "src" / "endplate" / "app" / "server" / "pages"
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

# Chromium's own notes on what a draft does not yet hold, on a file that another window changed, on a tab
# without the token, and on a server that a test keeps from answering.
_EXPECTED = (
    "status of 422 (Unprocessable Entity)",
    "status of 409 (Conflict)",
    "status of 401 (Unauthorized)",
    "net::ERR_FAILED",
)


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium; without one these tests are skipped, in CI they fail."""
    done = subprocess.run([SCRIPT], capture_output=True, text=True, timeout=280)
    if done.returncode:
        told = done.stderr.strip()
        pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)
    return done.stdout.strip().splitlines()[-1]


@dataclass
class App:
    """A server of its own process: its address, the link with its token, its folder of cases."""

    address: str
    link: str
    cases: Path
    process: subprocess.Popen = field(repr=False)


@pytest.fixture(scope="session")
def serving(tmp_path_factory):
    """A server of its own process for as long as it is used, as a function of further options."""

    def running(*options):
        folder = tmp_path_factory.mktemp("cases")
        command = [
            sys.executable,
            "-m",
            "endplate",
            "serve",
            "--no-browser",
            "--cases",
            str(folder),
            *options,
        ]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            lines = [process.stdout.readline() for _ in range(2)]
            link = lines[1].split()[-1]
            yield App(link.partition("/#")[0], link, folder, process)
            process.terminate()

    return running


@pytest.fixture(scope="session")
def served(serving):
    yield from serving()


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield own
        own.close()


@dataclass
class Heard:
    """What a page asked for and said."""

    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def quiet(self, address):
        """Nothing left this computer, nothing was complained of."""
        elsewhere = [url for url in self.requests if not url.startswith((address, "data:", "blob:"))]
        assert not elsewhere, elsewhere
        said = [line for line in self.console if not line.endswith(_EXPECTED)]
        assert not said, said


@pytest.fixture
def opened(browser, served):
    """A fresh page with the app, as a function of the window's size; the page is quiet at the end."""
    contexts, ears = [], []

    def open_page(width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        page, heard = context.new_page(), Heard()
        page.on("request", lambda request: heard.requests.append(request.url))
        page.on("console", lambda message: heard.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard.console.append(str(error)))
        page.goto(served.link)
        contexts.append(context)
        ears.append(heard)
        return page

    yield open_page
    for context in contexts:
        context.close()
    for heard in ears:
        heard.quiet(served.address)
