"""The PDF report: accessible, the same bytes from the same data, and nothing of a case is read as code."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
import typst

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_run import make_case, make_check, make_drawings, make_simulation

import endplate as ep
from endplate.errors import InputError
from endplate.knowledge.vocabulary import wording
from endplate.outputs import language, pdf_blocks, plan_page
from endplate.outputs.compare_pdf import render_compare_pdf
from endplate.outputs.pdf import render_pages
from endplate.outputs.report import SECTIONS, render_report
from endplate.outputs.report_pdf import render_report_pdf
from endplate.store.canonical import checksum

EXAMPLES = Path(__file__).parents[2] / "examples"
FORBIDDEN = re.compile(
    r"recommended dose|\bsafe\b|optimal for this patient|best date|\bpredicts?\b|dosis recomendada",
    re.IGNORECASE,
)
MOST_S = 1.0
MOST_PAGES = 4


def make_run(**inputs):
    case = {**make_case(), **inputs}
    return case, make_check(), {**make_simulation(), "inputs": case}


def render(*parts, **more):
    return render_report_pdf(*(parts or make_run()), drawings=make_drawings(), **more)


def pages(pdf):
    found = (page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    return [re.sub(r"\s+", " ", text) for text in found]


def text(pdf):
    return " ".join(pages(pdf))


@pytest.fixture(scope="module")
def example():
    """An example as it is run: case, check and simulation, and the limbs drawn."""
    from endplate.app.drawings import drawings

    case = ep.load_case(EXAMPLES / "adult_arm.yaml")
    run = ep.simulate(case, draws=20, seed=1).to_dict()
    return (run["inputs"], ep.check(case).to_dict(), run), drawings(case)


def test_same_data_same_bytes_here_and_in_another_process():
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_pdf, hashlib;"
        "print(hashlib.sha256(test_pdf.render()).hexdigest())"
    )
    first = render()
    assert first == render()
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == hashlib.sha256(first).hexdigest()


def test_it_is_of_the_plans_day_and_says_that_it_is_accessible():
    reader = pypdf.PdfReader(BytesIO(render()))
    assert reader.metadata.creation_date.date() == date(2026, 11, 22)
    assert reader.metadata.title == "Simulated injection plan: arm-01"
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en"
    assert "pdfuaid:part>1</pdfuaid:part" in root["/Metadata"].get_data().decode()


def test_a_picture_without_words_is_refused():
    svg = make_drawings()[0]["views"][0]["print"]
    shown = [pdf_blocks.title("T"), pdf_blocks.pictures([pdf_blocks.picture(svg, "an arm")], 1)]
    assert render_pages(shown, "T", "r", None).startswith(b"%PDF")
    shown[1]["rows"][0]["alt"] = None
    with pytest.raises(typst.TypstError, match="alt"):
        render_pages(shown, "T", "r", None)


@pytest.mark.parametrize("tongue", language.LANGUAGES)
def test_banner_on_every_page_harm_once_and_no_forbidden_word(tongue, example):
    parts, drawn = example
    found = pages(render_report_pdf(*parts, drawings=drawn, language=tongue))
    assert 2 <= len(found) <= MOST_PAGES
    with language.speaking(tongue):
        banner, report, harm, ranges = (
            language._(line) for line in (wording.BANNER, wording.REPORT, wording.AFTER_HARM, wording.RANGES)
        )
    assert all(banner in page for page in found)
    whole = " ".join(found)
    assert whole.count(report) == whole.count(harm) == 1
    assert not FORBIDDEN.search(whole.replace(ranges, ""))


@pytest.mark.timed
def test_an_ordinary_plan_takes_few_pages_in_under_a_second(example):
    parts, drawn = example
    render_report_pdf(*parts, drawings=drawn)
    since = time.process_time()
    pdf = render_report_pdf(*parts, drawings=drawn)
    assert time.process_time() - since < MOST_S
    assert len(pages(pdf)) <= MOST_PAGES


def test_what_the_plan_asks_for_stands_there(example):
    parts, drawn = example
    told = text(render_report_pdf(*parts, drawings=drawn)).replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        "arm-01 (session 1)",
        "put arm in sleeve (goal attainment at baseline −1)",
        "Per 0.1 mL",
        "60 to 200 U [1]",
        "diluent by vial 200 U: 4 mL + 200 U: 4 mL",
        "1–4 biceps brachii",
        "brachialis (lies deep)",
        "level from: glenohumeral joint",
        "Lot",
        "U discarded",
        "2026-12-06",
        "2027-02-14",
        "model version",
        "seed 1",
        checksum(parts[2]["inputs"]),
        "THIRD_PARTY.md",
    ):
        assert part in told, part
    page = render_report(*parts, drawings=drawn)
    for part in ("Per 0.1 mL", "2026-12-06", checksum(parts[2]["inputs"]), "THIRD_PARTY.md", "limb-hatch-1"):
        assert part in page, part


@pytest.mark.parametrize(
    "goal", ['#import "/etc/passwd": *', '$x$ #eval("1") *bold* _it_ <label> @ref', r"\u{202e} \ ~ -- ``x``"]
)
def test_what_a_person_wrote_stands_as_text(goal):
    case, check, simulation = make_run(goals=[{"text": goal}])
    told = text(render(case, check, simulation))
    assert re.sub(r"\s", "", goal) in re.sub(r"\s", "", told)
    assert "root:" not in told


def test_turning_and_unknown_characters_become_squares():
    case, check, simulation = make_run(goals=[{"text": "a\u202eb \u674e \U0001f600 \ufdfd end"}])
    told = text(render(case, check, simulation))
    assert "a□b" in told and "\u202e" not in told and "end" in told


def test_sections_can_be_left_out_and_what_must_stand_stands():
    bare = text(render(sections=()))
    assert wording.AFTER_HARM in bare and "Total 500 U is over the 400 U held." in bare
    assert "critical: 1" in bare
    for title in set(SECTIONS.values()) - {SECTIONS["checks"]}:
        assert title not in bare


@pytest.mark.parametrize("shown", [None, (), ("course",)])
def test_outside_the_model_is_said_once_whatever_is_left_out(shown):
    case, check, simulation = make_run()
    told = text(render(case, check, {**simulation, "outside_model": ["dysphagia"]}, sections=shown))
    assert told.count("Outside the model: dysphagia.") == 1 and "<strong>" not in told


def test_follow_up_dates_count_from_the_plan():
    rows = plan_page.follow_up({"date": "2026-11-22"})
    start = date(2026, 11, 22)
    days = [day for _week, told, _aim in rows for day in re.findall(r"\d{4}-\d\d-\d\d", told)]
    assert days == [str(start + timedelta(days=7 * week)) for week in (2, 4, 6, 12)]
    assert plan_page.follow_up({}) == []


def test_doses_add_up_and_volumes_follow_from_the_dilution():
    check = ep.check(ep.load_case(EXAMPLES / "adult_arm.yaml")).to_dict()
    assert sum(row["dose_U"] for row in check["doses"]) == check["preparation"]["planned_U"]
    assert sum(row["volume_mL"] for row in check["doses"]) == pytest.approx(check["preparation"]["volume_mL"])
    for row in check["doses"]:
        assert row["U_per_mark"] == pytest.approx(50 * 0.1)  # 50 U/mL
        assert row["mL_per_site"] * row["sites"] == pytest.approx(row["volume_mL"])
        assert row["label"] == "named" and row["held"]


def test_a_word_without_a_break_ends_its_line_within_the_page():
    pdf = render(*make_run(goals=[{"text": "m" * 700}]))
    lines = [
        line for page in pypdf.PdfReader(BytesIO(pdf)).pages for line in page.extract_text().splitlines()
    ]
    assert max(len(re.findall("m", line)) for line in lines if "mmmm" in line) < 100


def test_needles_are_numbered_through_all_limbs(example):
    numbers = [int(row["name"]) for drawing in example[1] for row in drawing["sites"]]
    assert len(example[1]) > 1 and numbers == list(range(1, len(numbers) + 1))


def test_a_centimetre_is_longer_in_the_drawing_of_a_smaller_person(tmp_path):
    from endplate.app.drawings import drawings

    def bar(weight):
        text = (EXAMPLES / "adult_arm.yaml").read_text(encoding="utf-8").replace("72 kg", weight)
        (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
        svg = drawings(ep.load_case(tmp_path / "case.yaml"))[0]["views"][0]["print"]
        return float(re.search(r"h([\d.]+)M[^\"]+\"/><text[^>]*>1 cm", svg)[1])

    assert bar("50 kg") / bar("100 kg") == pytest.approx(2 ** (1 / 3), rel=0.01)


def test_findings_of_another_case_are_refused(tmp_path):
    run = ep.simulate(ep.load_case(EXAMPLES / "adult_arm.yaml"), draws=5, seed=1)
    other = ep.check(ep.load_case(EXAMPLES / "wrong_plan.yaml"))
    with pytest.raises(InputError) as told:
        ep.report(run, tmp_path / "r.html", issues=other)
    assert told.value.rule == "another_case" and not (tmp_path / "r.html").exists()


def test_without_typst_the_command_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(InputError) as told:
        render()
    assert told.value.rule == "missing_extra" and "endplate[pdf]" in told.value.remedy


def test_the_suffix_decides(tmp_path):
    run = ep.simulate(ep.load_case(EXAMPLES / "adult_arm.yaml"), draws=5, seed=1)
    assert ep.report(run, tmp_path / "r.pdf", language="es").read_bytes().startswith(b"%PDF")
    assert ep.report(run, tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("old", "new", "indirect"),
    [("dose: 100 U", "dose: 90 U", False), ("onabotulinumtoxinA", "incobotulinumtoxinA", True)],
    ids=["same_product", "two_products"],
)
def test_plans_side_by_side(tmp_path, old, new, indirect):
    path = EXAMPLES / "adult_arm.yaml"
    other = tmp_path / "other.yaml"
    other.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    first, second = ep.load_case(path), ep.load_case(other)
    document = ep.compare(first, second, draws=10, seed=1).to_dict()
    pdf = render_compare_pdf(document)
    assert pdf == render_compare_pdf(document)
    told = text(pdf)
    assert all(wording.BANNER in page for page in pages(pdf))
    assert all(plan_page.inputs_hash(case) in told for case in document["inputs"])
    assert "Plans side by side" in told and "Plan A" in told and "Plan B" in told
    assert "58 y, female, 72 kg, stroke" in told and "1 site, 1 mL" in told and "50 U/mL" in told
    assert (wording.INDIRECT in told) is indirect
    assert ("P(A better)" in told) is not indirect
    assert not FORBIDDEN.search(told.replace(wording.RANGES, ""))
