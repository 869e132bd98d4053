"""A simulated trial as a page and on the terminal."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from made_trials import CHANGE, SHARE, load, text
from test_reproduce_page import Tags

from endplate.knowledge.vocabulary import wording
from endplate.outputs.trial_page import render_trial
from endplate.outputs.trial_terminal import print_trial
from endplate.questions.trial import trial

SOURCES = 'sources: [{citation: Nobody, url: "https://example.org/paper", evidence: read}]\n'
EXTRA = SOURCES + (
    "interims: [{after: 50 %, stop_if_p_below: 0.01, drop_if_p_above: 0.6}]\n"
    "sample_size: {power: 80 %}\n"
    "published:\n"
    "  - {endpoint: change, arm: dose, difference: -1.5, p: 0.02, note: -1.9 against -0.4}\n"
    "  - {endpoint: rating, arm: dose, difference: 0.4}\n"
)
RATING = "{endpoint: rating, measure: scale_value, scale: physician_global, at: 4 wk}"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    content = text(
        CHANGE, SHARE, RATING, arms=("placebo", "dose", "<more>"), n=24, replicates=12, extra=EXTRA
    )
    return load(tmp_path_factory.mktemp("trials"), content)


@pytest.fixture(scope="module")
def document(asked):
    return trial(asked).to_dict()


@pytest.fixture(scope="module")
def page(document):
    return render_trial(document, "my trial.yaml")


def section(page, name):
    return page.split(f'<section id="{name}">')[1].split("</section>")[0]


def test_the_page_is_well_formed_and_asks_for_nothing_from_outside(page):
    read = Tags()
    read.feed(page)
    assert read.faults == [] and read.open == []
    ids = [held for _, name, held in read.attributes if name == "id"]
    inside = {held[1:] for _, name, held in read.attributes if name == "href" and held.startswith("#")}
    assert len(ids) == len(set(ids)) and inside <= set(ids)
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", page)
    away = [held for _, name, held in read.attributes if name == "href" and not held.startswith("#")]
    assert away == ["https://example.org/paper"]
    assert "<more>" not in page


def test_the_page_carries_the_banner_and_says_nothing_it_must_not(page):
    plain = page.replace("&#39;", "'")
    assert plain.count(wording.BANNER) >= 2
    for sentence in (wording.SIMULATION, wording.PRODUCT):
        assert sentence in plain
    for word in ("recommended dose", "safe", "optimal for this patient", "best date", "predicts"):
        assert not re.search(rf"\b{word}\b", plain.lower())


def test_the_figures_are_well_formed_and_tell_what_they_show(page, document):
    """Means, differences and power of two endpoints, and a curve of each of two arms."""
    drawings = re.findall(r'<svg class="chart" .*?</svg>', page, re.S)
    assert len(drawings) == 3 * 2 + 2
    for drawing in drawings:
        found = ET.fromstring(drawing)
        assert found.find("title").text and found.find("desc").text
        right = float(found.get("viewBox").split()[2])
        marks = [float(x) for x in re.findall(r' (?:x|x1|x2|cx)="(-?[\d.]+)"', drawing)]
        assert min(marks) >= 0 and max(marks) <= right
    (differences,) = [each for each in drawings if "change: differences" in each]
    assert differences.count('class="out"') == 1
    assert "published −1.5" in differences


def test_the_page_answers_whether_the_trial_would_have_succeeded_again(page, document):
    part = section(page, "again")
    assert document["again"]["rows"][0]["sentence"] in part
    assert part.count("not simulated: no source held says") == 1
    assert "-1.9 against -0.4" in part


def test_the_page_says_how_it_was_made(page, document):
    part = section(page, "made")
    command = "endplate trial &#39;my trial.yaml&#39; --replicates 12 --seed 1 --out DIR"
    assert command in part
    assert f"model version {document['model_version']}, seed 1, 12 replicates of 72 people" in part


def test_every_number_of_the_document_stands_on_the_page(page, document):
    found = section(page, "endpoints")
    for endpoint in document["endpoints"][:2]:
        for one in endpoint["comparisons"]:
            assert f"{100 * one['power']['value']:.0f} % (" in found
    assert "not simulated" in section(page, "warnings")
    assert "after 50 % of the people: stop if p &lt; 0.01; drop an arm if p &gt; 0.6" in section(
        page, "interims"
    )


def test_a_trial_under_the_null_hypothesis_speaks_of_its_error(asked, capsys):
    document = trial(asked, null=True).to_dict()
    page = render_trial(document)
    assert "Under the null hypothesis." in page and "Type I error" in page
    assert "Power" not in page and 'id="again"' not in page and 'id="sizes"' not in page
    assert " --null --out DIR" in section(page, "made")
    print_trial(document)
    told = capsys.readouterr().out
    assert "type I error" in told and "power" not in told


def test_the_terminal_keeps_to_80_columns(document, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    print_trial(document)
    told = capsys.readouterr().out
    assert max(len(line) for line in told.splitlines()) <= 80
    plain = re.sub(r"\s+", " ", told)
    assert "12 replicates of 24 people in placebo, 24 in dose and 24 in <more>." in plain
    for sentence in (wording.BANNER, wording.SIMULATION, document["again"]["rows"][0]["sentence"]):
        assert sentence in plain


def test_a_trial_of_one_arm_has_a_page(tmp_path, capsys):
    document = trial(load(tmp_path, text(arms=("placebo",), replicates=2))).to_dict()
    page = render_trial(document)
    assert "nothing is compared" in page and "Difference" not in section(page, "endpoints")
    print_trial(document)
    assert "One arm alone" in capsys.readouterr().out
