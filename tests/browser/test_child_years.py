"""A child over years, the panel for children, plans over each other, and the letter, in a browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from endplate.knowledge.vocabulary import wording

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CHILD, ARM = "Cerebral palsy, equinus", "Stroke, flexed elbow"
MEMBERS = "8"
STATUS = re.compile(r"\((hypothesis|contested|assumed)\)$")
SLOW_MS = 150_000


def example(page, name):
    page.get_by_role("button", name=name).first.click()
    expect(page.get_by_role("heading", level=1, name="Sites")).to_be_visible()


def go(page, served, screen):
    page.goto(f"{served.address}/#/{screen}")


def accessible(page):
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def reflows(page):
    page.set_viewport_size({"width": 320, "height": 800})
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{wider} px wider than the window"


def asked(page, served):
    example(page, CHILD)
    go(page, served, "develop")
    page.get_by_label("Members of the ensemble").fill(MEMBERS)
    page.get_by_label("Until age, years").fill("10")
    page.get_by_role("button", name="Follow the child").click()


def test_a_child_over_years_is_told_by_every_assumption_and_survives_a_reload(opened, served):
    page = opened()
    asked(page, served)
    page.get_by_role("progressbar").wait_for()
    while not page.evaluate("Object.keys(sessionStorage).some(key => key.endsWith('develop'))"):
        page.wait_for_timeout(20)
    page.reload()
    expect(page.get_by_role("heading", name="In short")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text(wording.DEVELOPMENT)).to_be_visible()
    for name in ("null", "evidence", "hypothesis", "ensemble"):
        expect(page.get_by_role("rowheader", name=name, exact=True).first).to_be_visible()
    charts = page.locator("figure").filter(has=page.locator("svg.chart[aria-describedby]"))
    titles = charts.locator("figcaption").all_inner_texts()
    assert len(titles) >= 9 and all(STATUS.search(title) for title in titles), titles
    expect(charts.get_by_text("Values as a table")).to_have_count(len(titles))
    expect(page.locator(".command")).to_contain_text(f'--every "26 wk" --stop "10 y" --draws {MEMBERS}')
    expect(page.get_by_text(re.compile("best age|best date", re.IGNORECASE))).to_have_count(0)
    accessible(page)
    reflows(page)


def test_following_a_child_can_be_cancelled(opened, served):
    page = opened()
    asked(page, served)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    expect(page.get_by_role("heading", name="In short")).to_have_count(0)


def test_an_adult_is_not_followed(opened, served):
    page = opened()
    example(page, ARM)
    go(page, served, "develop")
    expect(page.get_by_text("for a person under 18")).to_be_visible()
    expect(page.get_by_role("button", name="Follow the child")).to_be_disabled()


@pytest.mark.parametrize("screen", ["person", "simulate", "next"])
def test_the_panel_for_children_stands_where_a_child_is(opened, served, screen):
    page = opened()
    example(page, CHILD)
    go(page, served, screen)
    panel = page.locator("section").filter(
        has=page.get_by_role("heading", name="Under 18: limits and timing")
    )
    expect(panel.get_by_text(wording.UNDER_18)).to_be_visible(timeout=SLOW_MS)
    expect(panel.get_by_text("on label")).to_be_visible(timeout=SLOW_MS)
    side = panel.get_by_role("row", name=re.compile("^Left lower limb"))
    expect(side).to_contain_text(re.compile(r"300 U.*250 U"))  # 15 U/kg at 20 kg; a half of 500 U
    panel.get_by_role("button", name="Add a date").click()
    panel.get_by_label("From", exact=True).fill("2027-04-01")
    expect(panel.get_by_text("After the simulated peak").first).to_be_visible(timeout=SLOW_MS)
    panel.get_by_text("In whom the data were measured").click()
    expect(panel.get_by_role("row", name=re.compile("^children", re.IGNORECASE)).first).to_be_visible()
    expect(panel.get_by_role("link", name="Follow the child over years")).to_be_visible()
    accessible(page)
    reflows(page)


def test_four_plans_are_told_apart_and_every_pair_has_its_chance(opened, served):
    page = opened()
    example(page, ARM)
    for dose in ("60", "80", "90"):
        go(page, served, "compare")
        page.get_by_role("button", name="Keep a copy of A").click()
        go(page, served, "sites")
        page.get_by_label("Dose of biceps brachii, left, U").fill(dose)
    go(page, served, "compare")
    page.get_by_label("Plan C: name").fill("a little less")
    page.get_by_role("button", name="Compare", exact=True).click()
    chances = page.get_by_role("table").filter(has=page.get_by_role("columnheader", name="P(first better)"))
    expect(chances.first.get_by_role("row")).to_have_count(7, timeout=SLOW_MS)
    ends = page.locator("svg.chart").first.locator("text.strong").all_text_contents()
    assert {"A", "B", "C", "D"} <= set(ends)
    dashes = (
        page.locator("svg.chart")
        .first.locator("path.median")
        .evaluate_all("all => all.map(one => getComputedStyle(one).strokeDasharray)")
    )
    assert len(set(dashes)) == 4
    expect(page.get_by_text("C, a little less: median")).to_be_visible()
    accessible(page)
    reflows(page)


def test_the_letter_tells_what_it_rests_on_and_leads_to_those_records(opened, served):
    page = opened()
    example(page, ARM)
    go(page, served, "simulate")
    panel = page.locator("section").filter(has=page.get_by_role("heading", name="How well is this known"))
    expect(panel.locator(".grade strong")).to_have_text(re.compile("^[ABCD]$"), timeout=SLOW_MS)
    expect(panel.get_by_role("table").get_by_role("row").nth(1)).to_be_visible()
    rows = panel.get_by_role("table").get_by_role("row").count() - 1
    panel.get_by_role("link", name="Open these records").click()
    expect(page.get_by_text(f"Only the {rows} records of the link.")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=f"{rows} records")).to_be_visible()
