"""The `reproduce` document and its page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from made_studies import HUMAN, RATIO, arms_and

from endplate.knowledge.vocabulary import wording
from endplate.outputs import outcomes
from endplate.outputs.scoreboard import render_scoreboard
from endplate.outputs.terminal import print_reproduce
from endplate.questions.reproduce import reproduce

MISS = "{arm: one, measure: force_ratio, muscle: biceps_brachii, at: 4 wk, value: 7.5}"
CANNOT = "{arm: one, measure: adverse_fraction, event: dysphagia, value: 0.1}"


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies")
    rows = (RATIO.format("one", "2 wk"), MISS, CANNOT)
    (folder / "good.yaml").write_text(HUMAN + arms_and(*rows), encoding="utf-8")
    (folder / "bad.yaml").write_text("endplate: 1\nstudy: [\n", encoding="utf-8")
    return reproduce(folder, draws=20, compare=True, with_courses=True).to_dict()


def test_a_bad_file_leaves_the_rest_scored(board):
    assert [error["file"].rsplit("/", 1)[-1] for error in board["errors"]] == ["bad.yaml"]
    assert [study["study"] for study in board["studies"]] == ["made_up"]
    assert board["totals"]["simulated"] == 2
    assert board["studies"][0]["outcomes"][2]["cannot"]


def test_courses_pass_through_the_days_observed(board):
    (course,) = board["studies"][0]["courses"]
    assert course["rows"] == [0, 1]
    assert {14.0, 28.0} <= set(course["t_d"])
    assert course["t_d"] == sorted(course["t_d"])
    assert all(
        low <= mid <= high for low, mid, high in zip(course["p10"], course["p50"], course["p90"], strict=True)
    )
    k = course["t_d"].index(14.0)
    row = board["studies"][0]["outcomes"][0]["predicted"]
    assert course["p50"][k] == pytest.approx(row["p50"], abs=0.05)


def test_courses_and_comparison_are_only_there_when_asked(tmp_path):
    (tmp_path / "one.yaml").write_text(HUMAN + arms_and(RATIO.format("one", "2 wk")), encoding="utf-8")
    plain = reproduce(tmp_path, draws=2).to_dict()
    assert "comparison" not in plain
    assert "courses" not in plain["studies"][0]
    assert {"model_version", "seed", "draws"} <= set(plain)


CHANGE = "{arm: one, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1}"


def test_page_and_terminal_tell_what_a_change_is_made_of(tmp_path, capsys):
    (tmp_path / "one.yaml").write_text(HUMAN + arms_and(CHANGE), encoding="utf-8")
    board = reproduce(tmp_path, draws=5).to_dict()
    page = render_scoreboard(board)
    assert '<section id="shares">' in page
    told = outcomes.number(round(board["studies"][0]["outcomes"][0]["change_shares"]["drug"], 2))
    assert f'<td class="number">{told}</td>' in page
    print_reproduce(board)
    told = capsys.readouterr().out
    assert "What the changes are made of" in told and "to mean" in told
    assert all(len(line) <= 80 for line in told.splitlines())
    assert f"\n {board['studies'][0]['study']}, one " in told  # named whole, above its rows


def test_outcomes_inside_are_told_of_those_simulated(board, capsys):
    print_reproduce(board)
    told = " ".join(capsys.readouterr().out.split())
    sentence = outcomes.totals(board["totals"])
    assert sentence.startswith(f"{board['totals']['inside_80']} of the 2 values simulated")
    assert sentence.endswith("1 of 3 are not simulated.")
    assert sentence in told and sentence in render_scoreboard(board)


def test_a_page_without_changes_of_grades_has_no_shares(board):
    assert '<section id="shares">' not in render_scoreboard(board)


class Tags(HTMLParser):
    """Checks that every element that must be closed is, in order."""

    VOID = ("meta", "br", "col", "link", "img", "input", "hr")

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, held) for name, held in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, held) for name, held in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def test_the_page_is_well_formed(board):
    read = Tags()
    read.feed(render_scoreboard(board))
    assert read.faults == []
    assert read.open == []
    ids = [held for _, name, held in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    inside = {held[1:] for _, name, held in read.attributes if name == "href" and held.startswith("#")}
    assert inside <= set(ids)


def test_the_page_asks_for_nothing_from_outside(board):
    page = render_scoreboard(board)
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", page)
    read = Tags()
    read.feed(page)
    away = [(tag, held) for tag, name, held in read.attributes if name == "href" and not held.startswith("#")]
    assert away == [("a", "https://example.org/paper")]


def test_the_page_carries_the_banner_and_says_nothing_it_must_not(board):
    page = render_scoreboard(board).replace("&#39;", "'")
    assert page.count(wording.BANNER) >= 2
    assert wording.SIMULATION in page
    for word in ("recommended dose", "safe", "optimal for this patient"):
        assert not re.search(rf"\b{word}\b", page.lower())


def test_every_miss_and_every_reason_stands_on_the_page(board):
    page = render_scoreboard(board)
    part = page.split('id="misses"')[1].split('id="missing"')[0]
    assert "made_up" in part
    assert "7.5" in part
    assert "above" in part
    part = page.split('id="missing"')[1].split("</section>")[0]
    assert "boxed warning" in part.lower()
    assert "bad.yaml" in part


def test_the_figures_are_well_formed_and_tell_what_they_show(board):
    drawings = re.findall(r'<svg class="chart" .*?</svg>', render_scoreboard(board), re.S)
    assert len(drawings) == 3
    for drawing in drawings:
        root = ET.fromstring(drawing)
        assert root.get("role") == "img"
        assert len(root.get("aria-label")) > 40


def test_the_page_without_courses_and_comparison(board):
    bare = {key: held for key, held in board.items() if key != "comparison"}
    bare["studies"] = [{k: v for k, v in study.items() if k != "courses"} for study in board["studies"]]
    page = render_scoreboard(bare)
    assert 'id="courses"' not in page
    assert "Empirical baseline" not in page


def test_hostile_text_in_a_study_is_escaped(board):
    study = {**board["studies"][0], "title": "<script>alert(1)</script>"}
    study["sources"] = [{"citation": "<b>x</b>", "url": "javascript:alert(1)"}]
    page = render_scoreboard({**board, "studies": [study]})
    assert "<script" not in page
    assert 'href="javascript' not in page


def test_the_page_tells_the_account_of_recovery_and_mixes_no_units(board):
    page = render_scoreboard({**board, "biology": {"recovery": "sprouts_first"}})
    assert "recovery sprouts first" in page
    assert "mixes units" not in page
