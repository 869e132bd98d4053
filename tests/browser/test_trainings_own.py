"""An instructor's folder of trainings in the app: own cases are marked, files that are none are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

import endplate

DATA = Path(endplate.__file__).parent / "questions" / "training" / "data"


@pytest.fixture(scope="module")
def served(serving, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    text = (DATA / "name_leg_back.yaml").read_text(encoding="utf-8")
    own = text.replace("training: name_leg_back", "training: mine").replace("Leg, back", "A class's leg")
    (folder / "mine.yaml").write_text(own, encoding="utf-8")
    (folder / "spoilt.yaml").write_text(text.replace("muscles", "muscels"), encoding="utf-8")
    yield from serving("--trainings", str(folder))


def test_an_own_case_is_marked_and_played_and_a_broken_file_told(opened, served):
    page = opened()
    page.goto(f"{served.address}/#/trainer")
    card = page.locator(".card").filter(has_text="A class's leg")
    expect(card).to_contain_text("own")
    expect(page.get_by_role("heading", name="Files that cannot be played")).to_be_visible()
    expect(page.get_by_text("spoilt.yaml, line")).to_be_visible()
    expect(page.get_by_text("Did you mean muscles?")).to_be_visible()
    card.get_by_role("link").click()
    page.get_by_role("radio").first.click()
    page.get_by_role("button", name="Commit").click()
    expect(page.get_by_role("link", name="All cases")).to_be_visible()
