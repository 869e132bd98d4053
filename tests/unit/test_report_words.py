"""What a report says in words: no claim beyond its numbers, no machine words, nothing off the page."""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_run import make_case, make_check, make_drawings, make_simulation

import endplate as ep
from endplate.app.drawings import drawings
from endplate.knowledge.labels.warnings import load_warnings
from endplate.knowledge.vocabulary import wording
from endplate.outputs import language, pdf_blocks, phrases, plan_page
from endplate.outputs.pdf import render_pages
from endplate.outputs.report import SECTIONS, render_report
from endplate.outputs.report_pdf import render_report_pdf
from endplate.outputs.report_pdf_parts import cited

EXAMPLES = Path(__file__).parents[2] / "examples"
ADDRESS = "https://www.example.org/en/publications/" + "-".join(["randomized", "placebo", "controlled"] * 9)
TIGHT = 0.94  # how far a page may be set smaller


def plain(text):
    return re.sub(r"\s+", " ", text).replace("\N{NO-BREAK SPACE}", " ")


def printed(pdf):
    return plain(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages))


def both(tongue="en", *, case=None, check=None, simulation=None):
    """The page and the print of made-up results, as text."""
    parts = case or make_case(), check or make_check(), simulation or make_simulation()
    page = render_report(*parts, drawings=make_drawings(), language=tongue)
    return plain(page), printed(render_report_pdf(*parts, drawings=make_drawings(), language=tongue))


def run_of(tmp_path, name, *changes):
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    case = ep.load_case(path)
    run = ep.simulate(case, draws=5, seed=1).to_dict()
    return run["inputs"], ep.check(case).to_dict(), run


@pytest.mark.parametrize(
    ("tongue", "short"), [("en", "100 U short"), ("es", "faltan 100 U")], ids=language.LANGUAGES
)
def test_too_few_vials_are_said_to_be_short(tmp_path, tongue, short):
    parts = run_of(tmp_path, "child_calf.yaml", ("vials: [300 U, 300 U]", "vials: [300 U, 100 U]"))
    page = plain(render_report(*parts, language=tongue))
    told = printed(render_report_pdf(*parts, language=tongue))
    for text in (page, told):
        assert short in text
        assert not re.search(r"[-−]\d+ U", text)


@pytest.mark.parametrize("tongue", language.LANGUAGES)
@pytest.mark.parametrize("weight", [None, "20 kg"])
def test_a_child_is_asked_only_for_what_is_not_there(tongue, weight):
    case = make_case()
    case["patient"] |= {"age": "6 y"} | ({"weight": weight} if weight else {})
    with language.speaking(tongue):
        whole, rest = language._(wording.UNDER_18), language._(wording.NOT_SCALED)
    assert whole.endswith(rest)
    for text in both(tongue, case=case):
        assert rest in text
        assert (whole in text) is (weight is None)


def test_what_is_looked_at_does_not_claim_the_peak():
    for tongue, peak in (("en", "largest"), ("es", "máximo")):
        with language.speaking(tongue):
            rows = plan_page.follow_up({"date": "2026-11-22"})
        assert len(rows) == 3 and not any(peak in aim for _week, _day, aim in rows)


@pytest.mark.parametrize("tongue", language.LANGUAGES)
def test_an_address_keeps_its_letters_and_no_hyphen_is_doubled(tmp_path, tongue):
    with language.speaking(tongue):
        rows = [cited({"citation": f"Somebody {k}", "url": ADDRESS}) for k in range(2)]
        words = pdf_blocks.note("word-" * 60)
        pdf = render_pages(
            [pdf_blocks.title("T"), pdf_blocks.listed(rows, across=2, size=7), words], "T", "r", None
        )
    told = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    squeezed = re.sub(r"\s", "", told)
    assert squeezed.count(ADDRESS) == 2 and "--" not in squeezed
    assert "word-" * 60 in squeezed
    lines = [line for line in told.splitlines() if "randomized" in line]
    assert len(lines) > 2 and not any(line.rstrip().endswith("-") for line in lines)


def test_a_warning_of_every_product_read_on_one_label_names_it():
    rows = [row for row in load_warnings() if row.product == "any" and row.verified]
    assert rows and all(row.read_on for row in rows)


@pytest.mark.parametrize(
    ("name", "own"), [("adult_arm.yaml", True), ("child_calf.yaml", False)], ids=["its_own", "of_another"]
)
def test_a_class_warning_is_not_checked_against_a_label_that_was_not_read(name, own):
    issues = ep.check(ep.load_case(EXAMPLES / name)).to_dict()["issues"]
    (boxed,) = (row for row in issues if (row["source"] or {}).get("id") == "boxed.spread")
    assert boxed["verified"] is own
    assert (phrases.source_read(boxed) == "checked against the label") is own
    assert ("class warning" in phrases.source_read(boxed)) is not own
    assert (boxed["basis"] == "primary") is own
    for row in issues:  # what is of the product's own label stays so
        if row["verified"] and row["rule"] == "boxed_warning" and not own:
            assert "Dysport" in row["source"]["citation"]


def test_the_label_fact_counts_muscles_off_label():
    check = make_check()
    assert plan_page.label_fact(check) == "use on label"
    rows = [("a", "not_named"), ("b", "named"), ("a", "not_named"), ("c", "not_known")]
    check["doses"] = [{"muscle": muscle, "label": label} for muscle, label in rows]
    assert plan_page.label_fact(check) == "use on label; 1 muscle off label"
    check["doses"].append({"muscle": "d", "label": "not_named"})
    assert plan_page.label_fact(check) == "use on label; 2 muscles off label"


def test_a_row_to_fill_in_for_every_muscle_and_vial(tmp_path):
    parts = run_of(tmp_path, "child_calf.yaml", ("vials: [300 U, 300 U]", "vials: [300 U, 300 U, 300 U]"))
    muscles, vials = plan_page.record_rows(parts[1], parts[0]["plan"])
    assert [row[0] for row in muscles] == [
        language.capital(phrases.muscle_side(row["muscle"], row["side"])) for row in parts[1]["doses"]
    ]
    assert [row[0] for row in vials] == ["1", "2", "3"]
    assert [row[0] for row in plan_page.record_rows({}, {})[1]] == ["1", "2"]
    page, told = render_report(*parts), printed(render_report_pdf(*parts))
    for text in (page, told):
        assert "Sites planned" in text and "Lot" in text


def test_volumes_to_a_hundredth_and_a_group_with_its_sum(tmp_path):
    parts = run_of(tmp_path, "child_calf.yaml")
    table = plan_page.dose_table(parts[1], parts[0]["plan"])
    assert table.rows[0][4:6] == ("0.24", "0.47")
    assert table.groups[0].startswith("gastrocnemius, left: 150 U, 7.5 U/kg in all (gastrocnemius medial")
    assert len(table.groups) == 2
    assert "7.5 U/kg in all" in printed(render_report_pdf(*parts)) and "7.5 U/kg in all" in render_report(
        *parts
    )


def test_no_machine_words_in_print(tmp_path):
    history = "plan:\n  date: 2026-11-22"
    past = "history:\n  - {date: 2026-10-22, product: onabotulinumtoxinA, total: 300 U}\n" + history
    caution = (
        "asked: [neuromuscular_junction_disease, ",
        "cautions: [neuromuscular_junction_disease]\n  asked: [",
    )
    alias = ("muscle: biceps_brachii", "muscle: Biceps_Brachii")
    parts = run_of(tmp_path, "adult_arm.yaml", (history, past), caution, alias)
    for text in (printed(render_report_pdf(*parts)), plain(render_report(*parts))):
        assert "(2026-10-22); the limit held" in text
        assert "Biceps Brachii was read as biceps brachii." in text
        for machine in ("history[", "Biceps_Brachii", "--recovery", "sprouts_first", "yes: present"):
            assert machine not in text
    assert "Cautions: present: neuromuscular junction disease" in printed(render_report_pdf(*parts))


@pytest.mark.parametrize(("letter", "share"), [("W", 0.85), ("m", 0.75)])
def test_one_long_word_stays_on_the_page(letter, share):
    """A letter is at least so wide a share of its size: more than fill the room would run over the edge."""
    case = make_case() | {"goals": [{"text": letter * 700}]}
    case["patient"] |= {"code": letter * 60}
    pdf = render_report_pdf(case, make_check(), make_simulation())
    lines = [
        line for page in pypdf.PdfReader(BytesIO(pdf)).pages for line in page.extract_text().splitlines()
    ]
    found = [len(re.findall(f"{letter}{{8,}}", line)[0]) for line in lines if letter * 8 in line]
    room_pt = (210 - 2 * 15) / 25.4 * 72
    assert max(found) <= room_pt / (share * 9.6 * TIGHT)
    title = lines.index(next(line for line in lines if line.startswith("Simulated injection plan")))
    for line in lines[title : title + 3]:
        assert line.count(letter) <= room_pt / (share * 17 * TIGHT)
    whole = re.sub(r"\s", "", printed(pdf))
    assert letter * 700 in whole and letter * 60 in whole


@pytest.mark.parametrize("tongue", language.LANGUAGES)
@pytest.mark.parametrize("name", ["adult_arm.yaml", "child_calf.yaml", "adult_leg.yaml", "multilevel.yaml"])
def test_no_heading_stands_alone_at_the_foot_of_a_page(tmp_path, name, tongue):
    case = ep.load_case(EXAMPLES / name)
    run = ep.simulate(case, draws=5, seed=1).to_dict()
    parts = run["inputs"], ep.check(case).to_dict(), run
    pdf = render_report_pdf(*parts, drawings=drawings(case, tongue), language=tongue)
    with language.speaking(tongue):
        heads = {language._(title) for title in SECTIONS.values()} | {language._("Sources")}
        banner = language._(wording.BANNER)
    for page in pypdf.PdfReader(BytesIO(pdf)).pages:
        lines = [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        foot = next(k for k, line in enumerate(lines) if line.startswith(banner[:30]))
        assert lines[foot - 1] not in heads


def test_a_page_that_hardly_begins_is_saved_by_a_tighter_setting():
    """Of some lengths the last page holds little: set a little smaller, all stands on the pages before."""
    saved = 0
    for count in range(50, 75):
        shown = [pdf_blocks.title("T"), *(pdf_blocks.paragraph("Some words.") for _ in range(count))]
        sizes = [
            len(pypdf.PdfReader(BytesIO(render_pages(shown, "T", "r", None, fitted=fitted))).pages)
            for fitted in (False, True)
        ]
        assert sizes[1] in (sizes[0], sizes[0] - 1)
        saved += sizes[1] < sizes[0]
    assert 1 <= saved <= 5


def test_doses_stand_twice_only_where_the_plan_writes_more_than_the_table(tmp_path):
    def tables(*changes):
        return render_report(*run_of(tmp_path, "adult_arm.yaml", *changes)).count("Doses as planned")

    first = "dose: 100 U, sites: 4"
    assert tables() == 0
    assert tables((first, f"{first}, at: 45 %")) > 0
    assert tables((first, f"{first}, volume: 4 mL")) > 0
