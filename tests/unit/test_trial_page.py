"""A simulated trial as a page and on the terminal."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from made_trials import CHANGE, SHARE, load, text
from test_reproduce_page import Tags

from endplate.knowledge.vocabulary import wording
from endplate.outputs import notes
from endplate.outputs import trial_words as words
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
WEAK = "{endpoint: weak, measure: adverse_fraction, event: muscle_weakness, at: 12 wk}"
RATING = "{endpoint: rating, measure: scale_value, scale: physician_global, at: 4 wk}"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    content = text(
        *(CHANGE, SHARE, RATING, WEAK),
        arms=("placebo", "dose", "<more>"),
        n=24,
        replicates=12,
        extra=EXTRA,
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
    """Means, differences and power of three endpoints, and a curve of each of two arms."""
    drawings = re.findall(r'<svg class="chart" .*?</svg>', page, re.S)
    assert len(drawings) == 3 * 3 + 2
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
    assert "type I error" in told and "power" not in told and "excess" not in told
    assert "With the interim looks, declared different by the primary endpoint" in told


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


def plain_terminal(document, capsys):
    print_trial(document)
    return re.sub(r"\s+", " ", capsys.readouterr().out)


def test_the_headline_is_what_the_looks_declare_and_the_fixed_design_is_called_so(page, document, capsys):
    power = document["power"]
    looks = percent(power["any"])
    lines = [
        f"With the interim looks, declared better by the primary endpoint: any arm in {looks}",
        f"In the fixed design, without looks: any arm in {percent(power['fixed']['any'])}",
        "Sizes are of the fixed design: the search leaves the interim looks out.",
    ]
    told = plain_terminal(document, capsys)
    for line in lines:
        assert line in told and line in page
    assert "power, no looks" in told and "Power, no looks" in page
    for arm in document["interims"]["arms"]:
        assert percent(arm["won"]) in section(page, "interims")
        assert percent(arm["won"]) in told


def percent(share):
    """As screens write a share with its interval."""
    return words.share_with_interval(share)


def test_of_harm_the_excess_is_told_and_not_the_power(page, document, capsys):
    told = plain_terminal(document, capsys)
    assert "excess found, no looks" in told and "Excess found, no looks" in page
    harm = document["endpoints"][3]
    for one in harm["comparisons"]:
        assert percent(one["excess"]) in section(page, "endpoints")


def test_what_is_declared_for_the_worse_is_told_where_it_is_not_never(document):
    endpoint = document["endpoints"][0]
    share = {"value": 0.25, "low": 0.05, "high": 0.6}
    never = [{**one, "wrong_way": {**share, "value": 0.0}} for one in endpoint["comparisons"]]
    some = [{**never[0], "wrong_way": share}, *never[1:]]
    assert words.other_way_line(document, {**endpoint, "comparisons": never}) is None
    line = words.other_way_line(document, {**endpoint, "comparisons": some})
    assert line == "Declared different for the worse: dose in 25 % (5.0 to 60) of replicates."


def test_sizes_have_the_interval_that_the_replicates_leave(page, document, capsys):
    rows = {"power": 0.8, "design": "fixed"}
    arm = {**document["sample_size"]["arms"][0], "n": 16, "n_control": 16, "n_low": 12, "n_high": None}
    (told, _) = words.size_lines({**document, "sample_size": rows | {"arms": [arm]}})
    assert told == "dose: a power of 80 % from 16 people on (95 %: 12 to more than 24), with 16 in placebo."
    assert section(page, "sizes").count('<polygon class="outer"') == 2


def test_known_misses_stand_beside_grades_and_beside_nothing_else(page, document, capsys, tmp_path):
    assert notes.KNOWN_MISSES in page
    assert notes.KNOWN_MISSES in plain_terminal(document, capsys)
    harm = trial(load(tmp_path, text(WEAK))).to_dict()
    assert notes.KNOWN_MISSES not in render_trial(harm) + plain_terminal(harm, capsys)


def test_arms_too_small_to_test_are_said_to_be_so(tmp_path, capsys):
    found = trial(load(tmp_path, text(n=2))).to_dict()
    assert "cannot be tested" in section(render_trial(found), "endpoints")
    assert "0 %" not in plain_terminal(found, capsys).split("cannot be tested")[1][:20]
