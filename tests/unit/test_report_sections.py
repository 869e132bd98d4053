"""Sections of the report beside the simulation: text from outside is escaped, what departs is told."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_run import make_case, make_check, make_simulation

from endplate.outputs.recorded import remarks, session_rows, visit_row
from endplate.outputs.report import SECTIONS, render_report
from endplate.outputs.run_sections import TITLES, lines

BAD = '<script>alert("x")</script>'


def shot(muscle, dose, side="left", **others):
    return {"muscle": muscle, "side": side, "dose": dose, **others}


def lot(*injections, **others):
    held = {"date": "2026-11-23", "product": "onabotulinumtoxinA", "lot": "C1", "expiry": "2028-01-31"}
    told = {"units": "100 U", "discarded": "0 U", "dilution": None, "guidance": "ultrasound", "note": None}
    return held | told | {"injections": list(injections)} | others


def cycle(planned, *given, **others):
    plan = {"date": "2026-11-22", "product": "onabotulinumtoxinA", "dilution": None, "guidance": "manual"}
    plan |= {"vials": [], "injections": planned}
    return {"cycle": 1, "plan": plan, "given": list(given), "visits": [], "runs": []} | others


def visit(**others):
    empty = dict.fromkeys(("joint", "side", "scale", "value", "note", "movement", "tardieu", "rater"))
    return empty | {"date": "2026-12-20", "measure": "scale"} | others


def store(*cycles):
    same = {"cycle": 1, "compared_with": "held", "same": True, "differs": []}
    about = {"code": "arm-01", "version": 1, "changed_at": "2026-11-22T10:00:00+00:00", "changed_by": "local"}
    return about | {"cycles": list(cycles), "case_file": same}


def left_out(question, message=BAD):
    return {"question": question, "rule": "some_rule", "message": message, "remedy": "Do so."}


def render(**beside):
    return render_report(make_case(), make_check(), make_simulation(), **beside)


def test_nothing_beside_leaves_no_section():
    assert not [title for title in TITLES.values() if title in render()]
    assert render(left_out=[]) == render()


def test_what_comes_of_it_stands_first_and_goes_with_its_section():
    """Grades and clocks of every joint before the person, the same as in their own section."""
    html = render()
    brief, rest = html.split("<h2>Person and plan</h2>")
    course = rest.split("<h2>When it acts, and for how long</h2>")[1]
    assert "<h2>In brief</h2>" in brief
    cells = re.findall(r"<td>([^<]*\d[^<]*)</td>", brief)
    assert cells and all(cell in course for cell in cells)
    for left_out in ("course", "person"):  # nothing to be brief about, or nothing in between
        assert "In brief" not in render(sections=[name for name in SECTIONS if name != left_out])


@pytest.mark.parametrize("question", ["individualise", "optimise"])
def test_why_a_question_was_left_out_is_told_alone_and_escaped(question):
    html = render(left_out=[left_out(question)])
    assert "Not done: &lt;script&gt;" in html and "<script" not in html
    assert [title for title in TITLES.values() if title in html] == [TITLES[question]]


def test_what_is_held_is_escaped():
    row = visit(measure="gas", value=BAD, note=BAD, rater="r1")
    held = cycle(
        [shot("biceps_brachii", "50 U")], lot(shot("biceps_brachii", "50 U"), note=BAD), visits=[row]
    )
    html = render(store=store(held))
    assert html.count("&lt;script&gt;") == 3 and "<script" not in html
    assert "1 cycle held of arm-01, version 1, changed 2026-11-22 10:00 UTC by local." in html


def test_a_cycle_without_a_plan_and_one_without_anything_given():
    html = render(store=store(cycle([], plan=None), cycle([shot("soleus", "50 U")])))
    assert "No plan is held." in html and "What was given is not recorded." in html


def test_a_dose_to_both_sides_is_compared_side_by_side():
    planned = [shot("soleus", "50 U", "bilateral")]
    assert not list(remarks(cycle(planned, lot(shot("soleus", "50 U"), shot("soleus", "50 U", "right")))))
    (told,) = remarks(cycle(planned, lot(shot("soleus", "50 U"))))
    assert told == "Planned and not recorded as given: soleus, right."


def test_lots_of_one_muscle_are_summed_before_they_are_compared():
    planned = [shot("soleus", "60 U"), shot("soleus", "40 U")]
    assert not list(remarks(cycle(planned, lot(shot("soleus", "70 U")), lot(shot("soleus", "30 U")))))
    (told,) = remarks(cycle(planned, lot(shot("soleus", "70 U"))))
    assert told.replace("\N{NO-BREAK SPACE}", " ") == "Soleus, left: 100 U planned, 70 U given."


def test_units_of_two_products_or_by_body_mass_are_not_compared():
    planned = [shot("soleus", "50 U")]
    assert not list(remarks(cycle(planned, lot(shot("soleus", "150 U"), product="abobotulinumtoxinA"))))
    assert not list(remarks(cycle([shot("soleus", "4 U/kg")], lot(shot("soleus", "50 U")))))


def test_what_was_not_planned_is_told():
    (told,) = remarks(
        cycle([shot("soleus", "50 U")], lot(shot("soleus", "50 U"), shot("tibialis_posterior", "9 U")))
    )
    assert told == "Given and not planned: tibialis posterior, left."


def test_sites_and_level_stand_beside_the_dose():
    rows = {
        row[0]: row[1:]
        for row in session_rows(
            cycle([shot("soleus", "50 U")], lot(shot("soleus", "50 U", sites=3, at="45 %")))
        )
    }
    cells = [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in rows["soleus, left"]]
    assert cells == ["50 U (1)", "50 U (3, at 45 %)"]
    assert "dilution" not in rows  # held in neither column


def test_a_finding_in_words():
    graded = visit(joint="elbow", movement="extension", side="left", scale="modified_ashworth", value="1+")
    row = visit_row(graded | {"tardieu": {"r1": "80 deg", "r2": None}, "rater": "r2", "note": "tired"})
    found = ("2026-12-20", "elbow extension (left)", "1+ (modified Ashworth), R1 80 deg", "rater r2; tired")
    assert row == found
    assert visit_row(visit(measure="wear_off", value="none"))[1:3] == ("wear off", "none")


def test_the_screen_names_what_was_left_out():
    document = dict.fromkeys(TITLES) | {"left_out": [left_out("optimise", "The age is not known")]}
    assert list(lines(document)) == ["Plans searched", "  Not done: The age is not known. Do so."]
    assert not list(lines(document | {"left_out": []}))


def test_a_report_without_them_loads_nothing_for_them():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from synthetic_run import make_case, make_check, make_simulation\n"
        "from endplate.outputs.report import render_report\n"
        "render_report(make_case(), make_check(), make_simulation())\n"
        "print(sorted(name for name in sys.modules if name.startswith('endplate.outputs.')))"
    )
    order = [sys.executable, "-c", code, str(Path(__file__).parent)]
    told = subprocess.run(order, capture_output=True, text=True, check=True).stdout
    assert "endplate.outputs.report" in told
    assert not re.search("learnt_page|optimise_page|recorded|beside", told)
