"""The report and the terminal say what the results hold, and nothing that could run or load."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_run import NEVER, band, make_case, make_check, make_simulation

from endplate.knowledge.vocabulary import wording
from endplate.outputs import phrases
from endplate.outputs.report import render_report
from endplate.outputs.svg import axis_for, band_chart

FORBIDDEN = ("recommended dose", "safe", "optimal for this patient", "best date", "predicts")


def render(case=None, check=None, simulation=None):
    return render_report(case or make_case(), check or make_check(), simulation or make_simulation())


def flat(html):
    return html.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'")


def test_verbatim_sentences_stand_in_the_report():
    html = flat(render())
    for sentence in (wording.BANNER, wording.RANGES, wording.SIMULATION, wording.REPORT, wording.AFTER_HARM):
        assert sentence in html


def test_no_forbidden_words():
    html = flat(render()).replace(wording.RANGES, "").lower()
    assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", html)]


def test_self_contained():
    html = render()
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\((?!#)|@import", html)


def test_markup_in_the_code_is_escaped():
    case = make_case()
    case["patient"]["code"] = '<script>alert("x")</script>'
    html = render(case)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_address_that_is_no_web_address_is_not_a_link():
    check = make_check()
    check["issues"][0]["source"]["url"] = "javascript:alert(1)"
    assert 'href="javascript' not in render(check=check)


def test_checks_name_severity_basis_source_and_date():
    html = flat(render())
    for text in (
        "critical",
        "Label 2026, checked 2026-11-01",
        "not checked against the label",
        "no source held",
    ):
        assert text in html


def test_quantiles_beyond_the_horizon_and_never():
    row = make_simulation()["joints"][0]
    clock = {key: flat(phrases.inline(phrases.clock(row, key, 182))) for key in ("onset_d", "duration_d")}
    assert clock == {"onset_d": "2 d (<1 to 7 d)", "duration_d": "111 d (61 d to beyond 26 wk)"}
    row |= {"duration_d": {**row["duration_d"], "median": None}}
    assert (
        flat(phrases.inline(phrases.clock(row, "duration_d", 182))) == "beyond 26 wk (61 d to beyond 26 wk)"
    )
    row |= {"onset_d": NEVER, "reached": 0}
    assert flat(phrases.inline(phrases.clock(row, "onset_d", 182))) == "never in 100 % of copies"


@pytest.mark.parametrize("missing", ["assessment", "plan"])
def test_sections_may_be_absent(missing):
    case = make_case()
    del case[missing]
    assert "arm-01" in render(case)


def test_no_joint_and_no_angle():
    simulation = make_simulation()
    nothing = dict.fromkeys(("p05", "p25", "median", "p75", "p95"), [None] * 183)
    simulation["joints"][0] |= {"r1_deg": nothing, "r2_deg": nothing}
    assert "Catch angle R1" not in render(simulation=simulation)
    simulation["joints"] = []
    assert "Joints over time" not in render(simulation=simulation)


@pytest.mark.parametrize(
    ("age", "shown"), [("17.9 y", True), ("18 y", False), ("30 mo", True), ("216 mo", False)]
)
def test_under_eighteen_is_said(age, shown):
    case = make_case()
    case["patient"]["age"] = age
    assert (wording.UNDER_18 in render(case)) is shown


def test_every_chart_is_well_formed_named_and_has_its_units():
    charts = re.findall(r'<svg class="chart" .*?</svg>', render(), flags=re.S)
    assert len(charts) == 8
    for chart in (chart for chart in charts if "Median and 90 % range" in chart):
        root = ET.fromstring(chart)
        assert root.get("role") == "img"
        assert root.find("title").text and root.find("desc").text.startswith("Median and 90 % range")
        axes = [text.text for text in root.iter("text") if text.get("class") == "axis"]
        assert "weeks after injection" in axes
        assert any(re.search("untreated|grades|deg", text) for text in axes)


def _chart(html, caption):
    charts = re.findall(r'<svg class="chart" .*?</svg>', html, flags=re.S)
    return ET.fromstring(next(chart for chart in charts if f"left: {caption}" in chart))


def test_recorded_grades_are_stacked_named_and_told_without_colour():
    chart = _chart(render(), "Recorded modified Ashworth")
    texts = [text.text for text in chart.iter("text")]
    for label in ("0", "1", "1+", "2", "3", "4"):
        assert label in texts  # in the key
    inside = {text.text for text in chart.iter("text") if (text.get("class") or "").startswith("name")}
    assert {"2", "3"} <= inside and "1" not in inside  # where a layer is thick enough
    assert "Day 0: most often 3 (90" in chart.find("desc").text
    tops = [
        [float(point.split(",")[1]) for point in layer.get("points").split()]
        for layer in chart.iter("polygon")
    ]
    assert len(tops) == 6 and min(map(min, tops)) == 26 and max(map(max, tops)) == 204
    assert {rect.get("class") for rect in chart.iter("rect")} == {f"layer l{k}" for k in range(6)}


def test_torques_of_three_speeds_share_one_axis_and_stay_in_their_panels():
    chart = _chart(render(), "Torque against angle")
    titles = [text.text for text in chart.iter("text") if text.get("class") == "axis"]
    assert titles[:3] == ["slow (V1)", "in one second (modified Ashworth)", "fast (V3)"]
    assert "torque, Nm" in titles and "elbow extension from least stretch, deg" in titles
    curves = [line for line in chart.iter("polyline") if len(line.get("points").split()) == 14]
    assert [line.get("class") for line in curves] == ["curve before", "curve after"] * 3
    for shape in (*curves, *chart.iter("polygon")):
        xs, ys = zip(*(map(float, point.split(",")) for point in shape.get("points").split()), strict=True)
        assert min(xs) >= 62 and max(xs) <= 898
        assert min(ys) >= 56 and max(ys) <= 216
    ends = [float(line.get("points").split(",")[-1]) for line in curves]
    assert all(before < after for before, after in zip(ends[::2], ends[1::2], strict=True))  # lower on paper
    text = flat(render())
    assert "Torque, Nm: median (90 % range)" in text and "fast (V3), day 14" in text


def test_a_result_without_the_new_keys_or_with_one_visit_still_has_a_report():
    simulation = make_simulation()
    for key in ("grade_probability", "torque", "examination"):
        del simulation["joints"][0][key]
    assert "Torque against angle" not in render(simulation=simulation)
    assert "Recorded modified Ashworth" not in render(simulation=make_simulation(horizon_d=3))


@pytest.mark.parametrize("horizon_d", [1, 28, 182, 730])
def test_points_lie_inside_the_plot(horizon_d):
    course = band(0, 7, horizon_d + 1)
    axis = axis_for([course], "change, grades", cover=(-1, 0), reference=0)
    assert axis.low <= min(course["p05"]) and axis.high == 0
    chart = band_chart(range(horizon_d + 1), course, axis, "a & b")
    for points in re.findall(r'points="([^"]*)"', chart):
        ys = [float(point.split(",")[1]) for point in points.split()]
        assert min(ys) >= 26 and max(ys) <= 204


def test_same_input_same_bytes():
    assert render() == render()


def test_report_loads_neither_rich_nor_a_plotting_library():
    heavy = "{'rich', 'matplotlib', 'pandas', 'scipy'}"
    code = f"import sys, endplate.outputs.report; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_range_whose_ends_are_told_alike_is_told_once():
    beyond = dict.fromkeys(("p05", "median", "p95"))
    assert phrases.days(beyond, 182) == (">182", "")
    assert phrases.days({**beyond, "p05": 12.0}, 182)[1] == flat("12 to >182").replace(
        " ", "\N{NO-BREAK SPACE}"
    )


def test_terminal_run(capsys, monkeypatch):
    from endplate.outputs.terminal import print_run

    monkeypatch.setenv("COLUMNS", "160")
    print_run(make_check(), make_simulation(), "/tmp/[x]/report.html")
    text = flat(capsys.readouterr().out)
    for part in (
        wording.BANNER,
        "1 critical",
        "Total 500 U",
        "biceps brachii, left",
        "100 U",
        "/tmp/[x]/report.html",
    ):
        assert part in text
    assert "onabotulinumtoxinA" in text
    assert "61–>182" in text


def test_report_says_which_account_of_recovery_ran():
    simulation = make_simulation()
    assert "Recovery:" not in render(simulation=simulation)
    for account, other in (("parent_first", "gives shorter"), ("sprouts_first", "gives longer")):
        simulation["biology"] = {"recovery": account}
        html = flat(render(simulation=simulation))
        assert other in html and "--recovery" not in html


def test_records_show_what_was_learnt():
    simulation = make_simulation()
    assert "; learnt" not in render(simulation=simulation)
    simulation["evidence"][0]["learnt"] = {"p10": 0.65, "p50": 1.2, "p90": 2.1}
    assert "1.5; learnt 1.2 (0.65 to 2.1) cm" in render(simulation=simulation)


def test_what_was_not_stated_is_not_shown_as_stated():
    case, simulation = make_case(), make_simulation()
    case["plan"]["guidance"] = "manual"
    assert "<dd>by hand</dd>" in render(case)
    simulation["not_stated"] = ["plan.guidance"]
    assert "<dd>not stated; taken as by hand</dd>" in render(case, simulation=simulation)


def test_what_was_read_is_told_by_the_kind_of_its_source():
    check = make_check()
    assert "checked against the label" in flat(render(check=check))
    for issue in check["issues"]:
        issue["source_kind"] = "publication"
    html = flat(render(check=check))
    assert "checked against the label" not in html
    assert "read in the source named" in html and "not read in the source itself" in html
