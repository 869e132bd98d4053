"""Why it did not work, on the follow-up screen: asked by a button, told in words and bars."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_app import RULES
from test_flow import example, step

SLOW_MS = 60_000


def test_causes_are_weighed_after_the_visits_taught(opened):
    page = opened()
    example(page, "An arm with follow-up")
    step(page, "Follow-up")
    rows = page.locator("details.group").filter(has=page.locator("summary", has_text="elbow"))
    expect(rows).to_have_count(4)
    for row in rows.all():
        row.locator("summary").click()
        row.get_by_label("Grade").select_option("3")
    panel = page.locator("section.panel").filter(has=page.get_by_role("heading", name="Why did it not work"))
    expect(panel).to_have_count(0)
    page.get_by_role("button", name="Learn from the visits").click()
    changed = page.locator("section.panel").filter(has=page.get_by_role("heading", name="What changed"))
    for joint in ("elbow extension (right)", "wrist extension (right)"):
        expect(changed.get_by_text(f"True grade behind the baseline record, {joint}")).to_be_visible(
            timeout=SLOW_MS
        )
    panel.get_by_role("button", name="Why did it not work?").click()
    expect(panel.get_by_text("a gain of 1 was hoped for")).to_be_visible(timeout=SLOW_MS)
    expect(panel.get_by_role("rowheader", name="Placement")).to_be_visible()
    expect(panel.get_by_text("Nothing is to explain")).to_be_visible()
    expect(panel.get_by_role("heading", name="What a next session would tell")).to_be_visible()
    expect(panel).to_contain_text("they do not add up to 100 %")
    panel.get_by_text("Every cause in words").click()
    expect(panel.get_by_text("had every needle lain where it was aimed")).to_be_visible()
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    panel.get_by_label("Gain hoped for").select_option("0.5")
    expect(panel.get_by_role("rowheader", name="Placement")).to_have_count(0)
    panel.get_by_role("button", name="Why did it not work?").click()
    expect(panel.get_by_text("a gain of 0.5 was hoped for")).to_be_visible(timeout=SLOW_MS)
