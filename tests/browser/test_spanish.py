"""The app and its report in Spanish: switched in the header, said by the server, no known English left."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from pypdf import PdfReader

SLOW_MS = 60_000
ENGLISH = (
    "Person and plan",
    "Checks against the rules held",
    "When it acts",
    "Adverse events",
    "Neighbouring muscles",
    "What this rests on",
)


def spanish(page):
    """The app's language set in its header."""
    page.get_by_label("Language").select_option("es")
    expect(page.get_by_role("heading", name="Casos de ejemplo")).to_be_visible()


def example(page, name):
    page.get_by_role("button", name=name).first.click()
    expect(page.get_by_role("heading", level=1, name="Puntos")).to_be_visible()


def to(page, step):
    page.evaluate(f"window.location.hash = '#/{step}'")


def test_the_report_is_spanish_and_its_sections_can_be_left_out(opened):
    page = opened()
    spanish(page)
    example(page, "Ictus: codo, muñeca y dedos flexionados")
    to(page, "report")
    preview = page.frame_locator("iframe.report")
    title = preview.get_by_role("heading", level=1, name="Plan de inyección simulado")
    expect(title).to_be_visible(timeout=SLOW_MS)
    text = preview.locator("body").inner_text()
    assert not [heading for heading in ENGLISH if heading in text]
    assert "bíceps braquial" in text.lower() and re.search(r"\d,\d\d \(", text)
    drivers = preview.get_by_role("heading", name="Qué causa la incertidumbre")
    expect(drivers).to_have_count(1)
    page.get_by_label("Qué causa la incertidumbre").uncheck()
    expect(drivers).to_have_count(0, timeout=SLOW_MS)
    expect(preview.get_by_role("heading", name="Músculos vecinos")).to_have_count(1)
    with page.expect_download(timeout=SLOW_MS) as saved:
        page.get_by_role("button", name="PDF", exact=True).click()
    printed = "\n".join(sheet.extract_text() for sheet in PdfReader(saved.value.path()).pages)
    assert "Plan de inyección simulado" in printed
    assert "Qué causa la incertidumbre" not in printed


def test_words_of_the_field_follow_the_language(opened):
    page = opened()
    spanish(page)
    example(page, "Ictus: pie equinovaro")
    to(page, "person")
    expect(page.get_by_role("rowheader", name="disfagia")).to_be_visible()
    page.get_by_label("Idioma").select_option("en")
    expect(page.get_by_role("rowheader", name="dysphagia")).to_be_visible()
