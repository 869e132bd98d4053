"""A case kept in the store by the app: opened again, what was given recorded, changes elsewhere told."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_app import RULES
from test_flow import example, step

DOSE = "Given in biceps brachii, left, U"


@pytest.fixture(scope="module")
def served(serving, tmp_path_factory):
    """A server with a store of this module's own."""
    pytest.importorskip("sqlalchemy")
    place = tmp_path_factory.mktemp("store") / "arms.db"
    subprocess.run([sys.executable, "-m", "endplate", "store", "init", "--store", place], check=True)
    yield from serving("--store", str(place))


def keep(page, way=None):
    page.get_by_role("button", name="Keep in the store").click()
    dialog = page.get_by_role("dialog")
    if way:
        dialog.get_by_label(way).check()
    dialog.get_by_role("button", name="Keep", exact=True).click()
    return dialog


def test_a_case_is_kept_opened_again_and_what_was_given_recorded(opened):
    page = opened()
    example(page)
    bar = page.get_by_role("region", name="The plan")
    expect(bar).to_contain_text("Not in the store")
    dialog = keep(page)
    expect(dialog.get_by_role("status")).to_contain_text("Kept: arm-01, cycle 1.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Keep in the store")).to_be_focused()
    expect(bar).to_contain_text("In the store: arm-01, cycle 1")
    page.reload()
    step(page, "Start")
    page.get_by_role("button", name="arm-01 from the store").click()
    expect(page.get_by_role("heading", level=1, name="Sites")).to_be_visible()
    expect(bar).to_contain_text("In the store: arm-01, cycle 1")
    step(page, "Follow-up")
    form = page.get_by_role("region", name="What was really given")
    doses = form.get_by_role("textbox", name=re.compile("^Given in"))
    expect(doses).to_have_count(6)
    assert all(one.input_value() == "" for one in doses.all())  # nothing is filled in
    expect(page.get_by_role("button", name="Record in the store")).to_be_disabled()
    page.get_by_role("button", name="Given as planned").click()
    page.get_by_label(DOSE).fill("80")
    page.get_by_label("Given on").fill("2026-11-23")
    page.get_by_label("Lot", exact=True).fill("C1234")
    page.get_by_label("Expiry", exact=True).fill("2028-01-31")
    page.get_by_label("Units given of this lot").fill("330")
    page.get_by_label("Units discarded").fill("70")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Record in the store").click()
    expect(page.get_by_text("Lot C1234, 2026-11-23: 330 U given, 70 U discarded")).to_be_visible()
    expect(bar).to_contain_text("330 U")  # the plan is now what was given
    expect(bar).to_contain_text("In the store: arm-01, cycle 1")
    step(page, "Start")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="arm-01 from the store"))
    expect(row).to_contain_text("2026-11-23")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_a_finding_is_recorded_and_two_windows_do_not_write_over_each_other(opened, served):
    """The second that keeps is told; what the first kept stays."""
    page = opened()
    example(page, "An arm with follow-up")
    step(page, "Person")
    page.get_by_label("Code", exact=True).fill("two-01")
    expect(keep(page).get_by_role("status")).to_contain_text("Kept: two-01")
    page.keyboard.press("Escape")
    other = page.context.new_page()
    other.goto(served.link)
    step(other, "Follow-up")
    step(page, "Follow-up")
    expect(page.get_by_text("In the store.", exact=True).first).to_be_visible()
    seen = page.get_by_text("In the store.", exact=True).count()
    page.get_by_role("button", name=re.compile("^Week 12")).click()
    page.get_by_label("Grade").last.select_option("2")
    page.get_by_role("button", name=re.compile("^Record in the store.*Visit")).click()
    expect(page.get_by_text("In the store.", exact=True)).to_have_count(seen + 1)
    other.get_by_role("button", name=re.compile("^Week 4")).click()
    other.get_by_label("Grade").last.select_option("1")
    other.get_by_role("button", name=re.compile("^Record in the store.*Visit")).click()
    expect(other.get_by_role("alert")).to_contain_text("two-01 was changed by local")
    other.get_by_role("button", name="Keep in the store").click()
    expect(other.get_by_role("dialog")).to_contain_text("was changed elsewhere")
    expect(other.get_by_role("dialog").get_by_role("button", name="Keep", exact=True)).to_be_disabled()


def test_a_saved_file_is_deleted_after_a_question_and_its_draft_goes_on(opened, served):
    page = opened()
    example(page, "Stroke, equinovarus foot")
    page.get_by_role("textbox", name=re.compile("^Dose of")).first.fill("61")
    bar = page.get_by_role("region", name="The plan")
    expect(bar).to_contain_text("Saved: leg-01.yaml")
    step(page, "Start")
    button = page.get_by_role("button", name="Delete leg-01.yaml")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Delete leg-01.yaml?")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.locator("dialog")).to_have_count(0)
    assert (served.cases / "leg-01.yaml").is_file()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("leg-01.yaml was deleted.")).to_be_focused()
    expect(bar).to_contain_text("The file of this case was deleted")
    page.wait_for_timeout(1500)  # longer than the app waits before it saves
    assert not list(served.cases.glob("leg-01*.yaml"))
    step(page, "Sites")
    page.get_by_role("textbox", name=re.compile("^Dose of")).first.fill("62")
    expect(bar).to_contain_text("Saved: leg-01.yaml")
