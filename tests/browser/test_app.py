"""The app in a browser: quiet, reachable by everybody, and the same on a narrow screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from endplate.knowledge.vocabulary import wording

PLANNING = ("start", "person", "pattern", "product", "sites", "check", "simulate", "compare", "report")
FURTHER = ("followup", "next", "research", "labels", "evidence", "studies", "sensitivity", "glossary")
SCREENS = (*PLANNING, *FURTHER)  # develop and the trainer have files of their own
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def with_example(page):
    """The example of an arm, opened from the start."""
    page.get_by_role("button", name="Stroke, flexed elbow").first.click()


def go(page, served, screen):
    page.goto(f"{served.address}/#/{screen}")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_is_accessible_and_carries_the_banner(opened, served, screen):
    page = opened()
    with_example(page)
    go(page, served, screen)
    expect(page.get_by_text(wording.BANNER).first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_reflows_at_320_px(opened, served, screen):
    page = opened(320, 800)
    with_example(page)
    go(page, served, screen)
    page.wait_for_load_state("networkidle")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{screen} is {wider} px wider than the window"
