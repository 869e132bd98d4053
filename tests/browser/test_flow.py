"""Through the app from a person to a report: by mouse, by keyboard alone, and what must never happen."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import expect

from endplate.case.loader import load_case
from endplate.knowledge.vocabulary import wording

DOSE = "Dose of {}, left, U"
QUICK_S = 180  # from the start to a report of an example


def step(page, name):
    menu = page.get_by_role("navigation").first.get_by_role("button")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation").first.get_by_role("link", name=re.compile(name)).click()


def example(page, name="Stroke, flexed elbow"):
    page.get_by_role("button", name=name).first.click()
    expect(page.get_by_role("heading", level=1, name="Sites")).to_be_visible()


def bar(page):
    return page.get_by_role("region", name="The plan")


def to_simulate(page):
    page.get_by_role("link", name="Simulate", exact=True).or_(
        page.get_by_role("button", name="Simulate", exact=True)
    ).first.click()
    expect(page.get_by_role("heading", level=1, name="Simulate")).to_be_visible()


def new_plan(page, product="onabotulinumtoxinA"):
    """A person, a pattern and a product, by mouse."""
    page.get_by_role("button", name="New plan").click()
    page.get_by_label("Code", exact=True).fill("new-01")
    page.get_by_label("Age", exact=True).fill("58")
    page.get_by_label("Cause", exact=True).select_option("stroke")
    step(page, "Pattern")
    page.get_by_label("Side", exact=True).first.select_option("left")
    page.get_by_role("button", name="Flexed elbow").click()
    step(page, "Product")
    page.get_by_label(product).check()


def test_an_example_becomes_a_report_by_mouse(opened):
    """Three clicks, in less than three minutes."""
    since, page = time.monotonic(), opened()
    example(page)
    to_simulate(page)
    expect(page.get_by_role("img", name=re.compile("Ashworth|elbow", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_text(re.compile("furthest from its start at week 0,"))).to_have_count(0)
    step(page, "Report")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text(wording.BANNER).first).to_be_visible(timeout=30_000)
    seconds = time.monotonic() - since
    assert seconds < QUICK_S, f"from the link to a report: 3 clicks, {seconds:.1f} s"
    with page.expect_download() as download:
        page.get_by_role("link", name="HTML").click()
    assert wording.BANNER in download.value.path().read_text(encoding="utf-8")


def press_until(page, key, done, most=200):
    for _ in range(most):
        if page.evaluate(f"() => {{ const e = document.activeElement; return {done}; }}"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"never reached: {done}")


def test_the_same_by_keyboard_alone(opened):
    page = opened()
    page.get_by_role("heading", level=1).wait_for()
    press_until(page, "Tab", "e.tagName === 'BUTTON' && e.innerText.includes('Stroke, flexed elbow')")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Sites")).to_be_visible()
    press_until(page, "Tab", "(e.getAttribute('aria-label') || '').startsWith('Dose of biceps')")
    page.keyboard.press("Control+A")
    page.keyboard.type("75")
    expect(bar(page)).to_contain_text("325 U")
    press_until(page, "Tab", "e.tagName === 'A' && e.innerText === 'Simulate'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Simulate")).to_be_visible()
    press_until(page, "Shift+Tab", "e.tagName === 'A' && e.innerText.includes('8 Report')")
    page.keyboard.press("Enter")
    expect(page.frame_locator("iframe").get_by_text(wording.BANNER).first).to_be_visible(timeout=30_000)


def test_no_dose_is_ever_filled_in(opened):
    """Neither a pattern, nor a product, nor its range types a dose."""
    page = opened()
    new_plan(page)
    step(page, "Sites")
    doses = page.get_by_role("textbox", name=re.compile("^Dose of"))
    expect(doses).to_have_count(3)
    assert all(one.input_value() == "" for one in doses.all())
    expect(bar(page)).to_contain_text("no dose typed")


def test_a_change_of_product_clears_the_doses_and_undo_brings_them_back(opened):
    page = opened()
    example(page)
    step(page, "Product")
    page.get_by_label("abobotulinumtoxinA").check()
    expect(page.get_by_text(wording.PRODUCT).first).to_be_visible()
    step(page, "Sites")
    dose = page.get_by_label(DOSE.format("biceps brachii"))
    expect(dose).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(dose).to_have_value("100")


def test_a_change_of_product_leaves_the_kept_file_whole(opened, served):
    """Until the new doses are typed the file holds the plan that was last whole."""
    page = opened()
    example(page, "Stroke, equinovarus foot")
    dose = page.get_by_role("textbox", name=re.compile("^Dose of")).first
    dose.fill("77")

    def kept():
        return [path for path in served.cases.glob("*.yaml") if "77 U" in path.read_text(encoding="utf-8")]

    for _ in range(100):
        if kept():
            break
        page.wait_for_timeout(100)
    step(page, "Product")
    page.get_by_label("incobotulinumtoxinA").check()
    page.wait_for_timeout(2500)  # longer than the app waits before it keeps what was typed
    assert load_case(kept()[0]).plan is not None


def test_undo_and_redo_walk_through_what_was_typed(opened):
    page = opened()
    example(page)
    dose = page.get_by_label(DOSE.format("biceps brachii"))
    dose.fill("80")
    dose.blur()
    expect(bar(page)).to_contain_text("330 U")
    page.get_by_role("button", name="Undo").click()
    expect(bar(page)).to_contain_text("350 U")
    page.get_by_role("button", name="Redo").click()
    expect(bar(page)).to_contain_text("330 U")


def test_a_dose_typed_with_a_comma_is_the_same_dose(opened):
    page = opened()
    example(page)
    dose = page.get_by_label(DOSE.format("biceps brachii"))
    dose.fill("87,5")
    dose.blur()
    expect(bar(page)).to_contain_text(re.compile(r"337[.,]5 U"))


def test_a_dose_over_the_maximum_is_critical_at_once(opened):
    page = opened()
    example(page)
    page.get_by_label(DOSE.format("biceps brachii")).fill("600")
    expect(bar(page)).to_contain_text("Critical")
    expect(bar(page)).to_contain_text("450 U short")  # of two vials of 200 U
    step(page, "Check")
    expect(page.get_by_text(re.compile("above|over|exceed", re.IGNORECASE)).first).to_be_visible()


def test_a_child_needs_a_weight_and_adult_numbers_are_not_scaled(opened):
    page = opened()
    example(page, "Cerebral palsy, equinus")
    step(page, "Person")
    weight = page.get_by_label(re.compile("^Weight"))
    weight.fill("")
    expect(page.get_by_text(wording.UNDER_18).first).to_be_visible()
    expect(weight).to_have_attribute("aria-invalid", "true")


def test_an_infant_has_no_plan(opened):
    page = opened()
    example(page, "Cerebral palsy, equinus")
    step(page, "Person")
    page.get_by_label("Age", exact=True).fill("1")
    expect(page.get_by_text(re.compile("Under 2 years")).first).to_be_visible()


def test_what_is_typed_is_kept_as_a_file_and_survives_a_reload(opened, served):
    page = opened()
    example(page)
    page.get_by_label(DOSE.format("biceps brachii")).fill("85")
    expect(bar(page)).to_contain_text("335 U")
    for _ in range(100):
        kept = [path for path in served.cases.glob("*.yaml") if "85 U" in path.read_text(encoding="utf-8")]
        if kept:
            break
        page.wait_for_timeout(100)
    assert str(load_case(kept[0]).plan.injections[0].dose) == "85 U"
    page.reload()
    step(page, "Sites")
    assert page.get_by_label(DOSE.format("biceps brachii")).input_value() == "85"


def test_two_windows_do_not_write_over_each_other(opened, served):
    """The second that saves is told; what the first saved stays."""
    page = opened()
    example(page, "An arm with follow-up")
    page.get_by_role("textbox", name=re.compile("^Dose of")).first.fill("51")
    expect(bar(page)).to_contain_text("Saved:")
    other = page.context.new_page()
    other.goto(served.link)
    step(other, "Sites")
    page.get_by_role("textbox", name=re.compile("^Dose of")).first.fill("52")
    for _ in range(100):
        kept = [path for path in served.cases.glob("*.yaml") if "52 U" in path.read_text(encoding="utf-8")]
        if kept:
            break
        page.wait_for_timeout(100)
    other.get_by_role("textbox", name=re.compile("^Dose of")).first.fill("53")
    expect(bar(other)).to_contain_text("changed in another window")
    assert "52 U" in kept[0].read_text(encoding="utf-8")


def test_without_a_store_what_was_given_becomes_the_plan_and_undo_brings_it_back(opened):
    page = opened()
    example(page)
    step(page, "Follow-up")
    given = page.get_by_role("textbox", name=re.compile("^Given in"))
    expect(given).to_have_count(6)
    assert all(one.input_value() == "" for one in given.all())
    assert not page.get_by_label("Lot", exact=True).count()  # a case file has no place for it
    page.get_by_role("button", name="Given as planned").click()
    page.get_by_label("Given in brachialis, left, U").fill("30")
    page.get_by_label("None flexor digitorum profundus, left").check()
    page.get_by_label("Given on").fill("2026-11-23")
    page.get_by_role("button", name="Take over into the plan").click()
    expect(page.get_by_text("The plan now says what was given on 2026-11-23")).to_be_visible()
    expect(bar(page)).to_contain_text("280 U")
    page.get_by_role("button", name="Undo").click()
    expect(bar(page)).to_contain_text("350 U")


def test_a_file_is_opened_and_saved_as_the_same_case(opened, tmp_path):
    page = opened()
    source = load_case("examples/adult_leg.yaml")
    page.locator("input[type=file]").first.set_input_files("examples/adult_leg.yaml")
    expect(page.get_by_role("heading", level=1, name="Sites")).to_be_visible()
    step(page, "Report")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("YAML")).or_(
            page.get_by_role("button", name=re.compile("YAML"))
        ).first.click()
    saved = tmp_path / "saved.yaml"
    download.value.save_as(saved)
    assert load_case(saved).to_dict() == source.to_dict()


def test_a_broken_file_is_told_with_its_line(opened, tmp_path):
    page = opened()
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("endplate: 1\npatient:\n  code: a\n  age: many\n", encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files(str(wrong))
    expect(page.get_by_role("alert")).to_contain_text("line 4")


def test_a_job_survives_a_reload_of_the_page(opened):
    page = opened()
    example(page)
    to_simulate(page)
    page.get_by_role("button", name="Ask 1000 copies").click()
    page.get_by_role("progressbar").wait_for()
    while not page.evaluate("Object.keys(sessionStorage).some(key => key.startsWith('endplate.job'))"):
        page.wait_for_timeout(20)
    page.reload()
    step(page, "Simulate")
    expect(page.get_by_text(re.compile("1000 virtual copies"))).to_be_visible(timeout=30_000)


def test_spanish_is_whole(opened):
    page = opened()
    page.get_by_label("Language").select_option("es")
    assert page.locator("html").get_attribute("lang") == "es"
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Start")
    assert not page.get_by_text("New plan").count()


def test_twice_as_large_letters_fit(opened):
    """200 % zoom of 1280 px is a window of 640."""
    page = opened(640, 450, device_scale_factor=2)
    example(page)
    for name in ("Person", "Pattern", "Product", "Sites", "Check", "Simulate"):
        step(page, name)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, name


def test_nothing_moves_for_those_who_ask_for_rest(opened):
    page = opened(reduced_motion="reduce")
    example(page)
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return [s.transitionDuration, s.animationDuration].some(t => parseFloat(t) > 0.01); }).length"
    )
    assert moving == 0


def test_a_screen_prints_without_its_controls(opened):
    page = opened()
    example(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(page.get_by_text(wording.BANNER).first).to_be_visible()
    assert page.pdf()[:4] == b"%PDF"


@pytest.mark.parametrize(("what", "most_s"), [("check", 0.15), ("curves", 0.5)])
def test_a_dose_is_answered_while_it_is_typed(opened, served, what, most_s):
    """Median of five, from the request to its whole answer; three times the bar, for other work runs too."""
    page = opened()
    example(page)
    to_simulate(page)
    page.wait_for_timeout(2000)
    took = page.evaluate(
        """async ([what]) => {
            const token = sessionStorage.getItem(Object.keys(sessionStorage).find(k => /token/i.test(k)));
            const headers = {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'};
            const {case: own} = await (await fetch('/api/examples/adult_arm', {headers})).json();
            const took = [];
            for (let k = 0; k < 5; k += 1) {
                own.plan.injections[0].dose = `${60 + k} U`;
                const since = performance.now();
                const body = JSON.stringify({case: own});
                await (await fetch('/api/' + what, {method: 'POST', headers, body})).json();
                took.push((performance.now() - since) / 1000);
            }
            return took.sort()[2];
        }""",
        [what],
    )
    assert took < 3 * most_s, json.dumps(took)
