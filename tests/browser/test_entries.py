"""What a stranger found: faults at their field, names on disk, what a step lacks, tabs without a token."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_app import RULES
from test_flow import bar, example, step


def refuse_r1(page):
    """R1 beyond R2 in the first finding; what was typed in its field."""
    step(page, "Pattern")
    field = page.get_by_label("R1", exact=True).first
    field.fill("150")
    return field


def test_one_refused_entry_leaves_the_sums_and_is_told_at_its_field(opened):
    page = opened()
    example(page)
    field = refuse_r1(page)
    expect(field).to_have_attribute("aria-invalid", "true")
    told = page.locator(f"#{field.get_attribute('aria-describedby')}")
    expect(told).to_contain_text("lies beyond r2")
    expect(bar(page)).to_contain_text("350 U")
    expect(bar(page)).to_contain_text("Not counted: 1")
    expect(bar(page)).to_contain_text("not in its file")
    assert Axe().run(page, options=RULES).violations_count == 0


def test_a_link_leads_from_any_screen_to_the_field(opened):
    page = opened()
    example(page)
    refuse_r1(page)
    for name in ("Check", "Sites"):
        step(page, name)
        expect(page.get_by_role("alert").first).to_contain_text("lies beyond r2")
        page.get_by_role("main").get_by_role("link", name=re.compile("Go to the field")).first.click()
        expect(page.get_by_label("R1", exact=True).first).to_be_focused()
    page.get_by_label("R1", exact=True).first.fill("60")
    expect(bar(page)).not_to_contain_text("Not counted")


def test_an_age_nobody_has_keeps_the_sums_and_marks_them(opened):
    """Without an age a child would be judged as an adult: the last answer stays, marked."""
    page = opened()
    example(page)
    expect(bar(page)).to_contain_text("350 U")
    step(page, "Person")
    page.get_by_label("Age", exact=True).fill("140")
    expect(bar(page)).to_contain_text("As before a change")
    expect(bar(page)).to_contain_text("350 U")
    expect(page.get_by_label("Age", exact=True)).to_have_attribute("aria-invalid", "true")


def test_a_name_typed_as_a_code_does_not_stay_on_disk(opened, served):
    page = opened()
    page.get_by_role("button", name="New plan").click()
    code = page.get_by_label("Code", exact=True)
    code.fill("Jane Doe")
    expect(page.get_by_text("looks like a name")).to_be_visible()
    expect(bar(page)).to_contain_text("Jane-Doe.yaml")
    code.fill("leg-77")
    expect(page.get_by_text("looks like a name")).to_have_count(0)
    expect(bar(page)).to_contain_text("leg-77.yaml")
    assert not list(served.cases.glob("Jane*"))
    assert "Jane" not in (served.cases / "leg-77.yaml").read_text(encoding="utf-8")


def test_a_file_changed_elsewhere_stays_under_its_old_name_and_that_is_told(opened, served):
    page = opened()
    page.get_by_role("button", name="New plan").click()
    page.get_by_label("Code", exact=True).fill("old-77")
    expect(bar(page)).to_contain_text("old-77.yaml")
    held = served.cases / "old-77.yaml"
    held.write_text(held.read_text(encoding="utf-8") + "# by somebody else\n", encoding="utf-8")
    page.get_by_label("Code", exact=True).fill("new-77")
    expect(bar(page)).to_contain_text("old-77.yaml was changed elsewhere and stays")
    assert held.is_file() and (served.cases / "new-77.yaml").is_file()


def test_what_is_unlikely_is_asked_about_and_what_is_ambiguous_refused(opened):
    page = opened()
    example(page)
    dose = page.get_by_label(re.compile("^Dose of biceps"))
    dose.fill("1.000")
    expect(page.get_by_text("This can mean 1 or 1000")).to_be_visible()
    step(page, "Person")
    page.get_by_label("Weight", exact=True).fill("7")
    expect(page.get_by_text("Is this right?")).to_be_visible()
    assert Axe().run(page, options=RULES).violations_count == 0


def test_a_range_that_was_not_read_at_its_source_says_so_in_the_table(opened):
    page = opened()
    example(page)
    row = page.get_by_role("row").filter(has=page.get_by_label(re.compile("^Dose of biceps")))
    expect(row).to_contain_text("60–200 U")
    expect(row).to_contain_text("recalled, not read")


def test_a_new_case_has_no_step_complete_and_says_what_is_lacking(opened):
    page = opened()
    page.get_by_role("button", name="New plan").click()
    page.get_by_label("Code", exact=True).fill("step-01")
    steps = page.get_by_role("navigation").first
    expect(steps.get_by_text("(complete)")).to_have_count(0)
    expect(steps.get_by_role("link", name=re.compile("Person.*not complete: Enter the age"))).to_be_visible()


def test_a_left_limb_shows_medial_on_its_own_side(opened):
    """From the front of a left arm medial lies on the left of the picture; the words are not mirrored."""
    page = opened()
    example(page)
    words = "[...document.querySelectorAll('.drawing text')]"
    where = words + ".find(e => e.textContent === '{}').getBoundingClientRect().x"
    page.locator(".drawing text", has_text="medial").first.wait_for()
    assert page.evaluate(where.format("medial")) < page.evaluate(where.format("lateral"))


def test_a_tab_without_the_token_explains_itself_and_takes_it(opened, served):
    page = opened()
    example(page)
    page.get_by_label(re.compile("^Dose of biceps")).fill("61")
    page.evaluate("sessionStorage.clear()")
    page.goto(f"{served.address}/?again")
    expect(page.get_by_text("does not hold the token")).to_be_visible()
    assert Axe().run(page, options=RULES).violations_count == 0
    field = page.get_by_label("Address or token")
    field.fill("not-the-token")
    page.keyboard.press("Enter")
    expect(page.get_by_text("does not know this token")).to_be_visible()
    field.fill(served.link)
    page.get_by_role("button", name="Open the app").click()
    step(page, "Sites")
    expect(page.get_by_label(re.compile("^Dose of biceps"))).to_have_value("61")


def test_an_old_token_leads_to_the_same_page_with_that_reason(opened, served):
    page = opened()
    example(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("sessionStorage.setItem('endplate.token', 'of-an-earlier-run')")
    page.get_by_label(re.compile("^Dose of biceps")).fill("62")
    expect(page.get_by_text("was started again")).to_be_visible()
    page.goto(served.link)
    step(page, "Sites")
    expect(page.get_by_label(re.compile("^Dose of biceps"))).to_have_value("62")


def test_a_silent_server_is_told_above_the_app_until_it_answers_again(opened, served):
    page = opened()
    example(page)
    page.wait_for_load_state("networkidle")
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_label(re.compile("^Dose of biceps")).fill("63")
    silent = page.get_by_text("No server answers at this address")
    expect(silent).to_be_visible()
    page.get_by_text("Address or token").first.click()
    expect(page.get_by_text(f"kept in this browser for {served.address}")).to_be_visible()
    assert Axe().run(page, options=RULES).violations_count == 0
    page.unroute("**/api/**")
    expect(silent).to_be_hidden(timeout=20_000)
    expect(page.get_by_label(re.compile("^Dose of biceps"))).to_have_value("63")
