"""Needles in a report: drawn on the face where their muscle lies, numbers apart, with level and depth."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import endplate as ep
from endplate.app.drawings import drawings
from endplate.knowledge.anatomy import bodies_of, load_segments
from endplate.outputs import language, needles
from endplate.outputs.needle_marks import crosses
from endplate.outputs.report import render_report
from endplate.physiology.spread.limb import BONE, OUTSIDE, Limb
from endplate.questions.needle_places import needle_places
from endplate.questions.view_limb import LimbView

EXAMPLES = Path(__file__).parents[2] / "examples"
SVG = "{http://www.w3.org/2000/svg}"
LETTER = 0.62  # of the size of the letters: as wide as DejaVu Sans, which pages use
GREY, PALE = "#9fabb4", "#f4f1ee"


def case_of(tmp_path, rows, weight="72 kg"):
    text = (EXAMPLES / "adult_arm.yaml").read_text(encoding="utf-8").replace("72 kg", weight)
    head = text[: text.index("  injections:")]
    shots = (
        f"    - {{muscle: {muscle}, side: left, dose: 20 U, sites: {sites}}}\n" for muscle, sites in rows
    )
    path = tmp_path / "case.yaml"
    path.write_text(f"{head}  injections:\n{''.join(shots)}", encoding="utf-8")
    return ep.load_case(path)


def drawn(tmp_path, *rows):
    return drawings(case_of(tmp_path, rows))


def fills(svg):
    """Muscles of a drawing with their fill."""
    paths = ET.fromstring(svg).iter(f"{SVG}path")
    return {node.get("data-muscle"): node.get("fill") for node in paths if node.get("data-muscle")}


def places(drawing):
    return {row["muscle"]: row for row in drawing["muscles"]}


def test_every_muscle_is_drawn_on_the_face_where_it_shows(tmp_path):
    (arm,) = drawn(tmp_path, ("triceps_brachii", 2), ("biceps_brachii", 2))
    front, back = arm["views"]
    assert (front["view"], back["view"]) == ("front", "back")
    assert fills(front["print"])["biceps_brachii"] == GREY
    assert fills(back["print"])["triceps_brachii"] == GREY
    assert ">3<" in front["print"] and ">1<" not in front["print"]
    assert ">1<" in back["print"] and ">3<" not in back["print"]


def test_injected_muscles_are_grey_or_outlined_in_their_view_and_grey_in_their_section(tmp_path):
    rows = [(body.muscle, 1) for name in load_segments() for body in bodies_of(name)]
    for limb in drawn(tmp_path, *rows):
        assert [cut["muscle"] for cut in limb["sections"]] == list(places(limb))
        for cut in limb["sections"]:
            grey = [muscle for muscle, fill in fills(cut["print"]).items() if fill == GREY]
            assert grey == [cut["muscle"]]
        for view in limb["views"]:
            here = [row for row in limb["muscles"] if row["face"] == view["view"]]
            grey = {muscle for muscle, fill in fills(view["print"]).items() if fill == GREY}
            assert grey <= {row["muscle"] for row in here}
            assert {row["muscle"] for row in here if not row["deep"]} <= grey
            assert view["print"].count('class="d"') == sum(row["deep"] for row in here)


def test_needles_of_lumbricals_lie_within_the_drawn_hand(tmp_path):
    (hand,) = drawn(tmp_path, *((f"lumbrical_{name}", 1) for name in ("first", "second", "third", "fourth")))
    svg = hand["views"][0]["print"]
    muscles = [
        np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", node.get("d")), dtype=float)
        for node in ET.fromstring(svg).iter(f"{SVG}path")
        if node.get("data-muscle")
    ]
    points = np.concatenate(muscles)
    for x, y in re.findall(r'class="s" d="M([\d.]+),([\d.]+)h12', svg):
        row = points[np.abs(points[:, 1] - float(y)) < 10, 0]
        assert row.min() <= float(x) + 6 <= row.max()


def test_what_lies_under_others_is_told_to_lie_deep(tmp_path):
    (arm,) = drawn(tmp_path, ("brachialis", 2), ("biceps_brachii", 2))
    assert places(arm)["brachialis"]["deep"] and not places(arm)["biceps_brachii"]["deep"]
    told = [row[1] for row in needles.place_rows(arm)]
    assert "brachialis (lies deep)" in told and "biceps brachii" in told
    assert "lies deep" in needles.view_words(arm, arm["views"][0])


def round_limb(radius_mm, spacing_mm=1.0, bone_mm=0.0, bone_at=(0.0, 0.0)):
    """A rod of one muscle with a bone in it, 40 mm long."""
    half = int(radius_mm / spacing_mm) + 2
    axis = np.arange(-half, half + 1) * spacing_mm
    x, y = np.meshgrid(axis, axis, indexing="ij")
    section = np.where(np.hypot(x, y) <= radius_mm, 0, OUTSIDE)
    section[np.hypot(x - bone_at[0], y - bone_at[1]) <= bone_mm] = BONE if bone_mm else 0
    labels = np.repeat(section[None].astype(np.int16), 40, axis=0)
    return Limb(spacing_mm, (0.5, axis[0], axis[0]), labels)


def placed(limb, x_mm, y_mm, scale=1.0):
    site = {"name": "1", "muscle": "m", "z_mm": 20.0, "x_mm": x_mm, "y_mm": y_mm}
    document = {"segment": "leg", "sites": [site], "scale": scale}
    return needle_places(LimbView(document, limb, ("m",)))[0]


@pytest.mark.parametrize(("x", "y"), [(10.0, 0.0), (0.0, -12.0), (-9.0, 9.0)])
@pytest.mark.parametrize("scale", [1.0, 0.6])
def test_depth_is_the_shortest_way_to_the_surface_in_the_persons_size(x, y, scale):
    low, high = placed(round_limb(30.0), x, y, scale).depth_cm
    assert low == high == pytest.approx((30.0 - np.hypot(x, y)) / 10 * scale, abs=0.1)


def test_the_way_does_not_pass_through_bone():
    """A bone in front of the tip: the way is longer than straight through it, and no shorter than without."""
    free = placed(round_limb(30.0), 10.0, 0.0).depth_cm[0]
    barred = placed(round_limb(30.0, bone_mm=6.0, bone_at=(20.0, 0.0)), 10.0, 0.0).depth_cm[0]
    assert barred > free + 0.1


def test_level_is_told_as_share_and_in_centimetres(tmp_path):
    (arm,) = drawn(tmp_path, ("biceps_brachii", 4))
    row = places(arm)["biceps_brachii"]
    length = load_segments()["upper_arm"].length_cm * arm["scale"]
    assert np.array(row["along_cm"]) == pytest.approx(np.array(row["level"]) * length)
    assert row["level"][0] <= row["cut"] <= row["level"][1]


def boxes(lines, size):
    """What numbers take on the drawing, as the viewer sets them."""
    found = []
    for line in lines:
        if told := re.fullmatch(r'<text x="([\d.-]+)" y="([\d.-]+)">(.*)</text>', line):
            x, y = float(told[1]), float(told[2])
            found.append((x, y - 0.75 * size, x + LETTER * size * len(told[3]), y))
    return found


@pytest.mark.parametrize("apart", [0.0, 5.0, 12.0])
@pytest.mark.parametrize("size", [12.0, 25.0])
def test_numbers_do_not_lie_on_each_other(apart, size):
    marks = [(100.0 + apart * (k % 2), 100.0 + apart * (k // 2), str(k + 9)) for k in range(6)]
    found = boxes(crosses(marks, size), size)
    assert len(found) == 6
    for k, one in enumerate(found):
        for other in found[k + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def words_of(svg):
    """Every word of a drawing with the room it takes: text, left, top, right, bottom; and the view box."""
    root = ET.fromstring(svg)
    size = float(re.search(r"font-size:([\d.]+)px", root.find(f"{SVG}g").get("style"))[1])
    found = []
    for node in root.iter(f"{SVG}text"):
        own = size if node.get("style") is None else float(re.search(r"[\d.]+", node.get("style"))[0])
        width = LETTER * own * len(node.text)
        left = float(node.get("x")) - {"end": width, "middle": width / 2}.get(node.get("text-anchor"), 0)
        bottom = float(node.get("y"))
        found.append((node.text, left, bottom - 0.75 * own, left + width, bottom))
    return found, tuple(map(float, root.get("viewBox").split()))


@pytest.mark.parametrize("tongue", language.LANGUAGES)
def test_no_word_is_cut_off_at_the_edge_or_lies_on_another(tmp_path, tongue):
    rows = [(body.muscle, 1) for name in load_segments() for body in bodies_of(name)]
    for limb in drawings(case_of(tmp_path, rows), tongue):
        for shown in (*limb["views"], *limb["sections"]):
            found, (left, top, wide, tall) = words_of(shown["print"])
            for k, one in enumerate(found):
                assert left - 1 <= one[1] and one[3] <= left + wide + 1, one
                assert top <= one[2] and one[4] <= top + tall, one
                for other in found[k + 1 :]:
                    apart = one[3] <= other[1] or other[3] <= one[1], one[4] <= other[2] or other[4] <= one[2]
                    assert any(apart), (limb["segment"], one, other)


def test_words_of_drawings_are_told_in_the_language_of_the_report(tmp_path):
    case = case_of(tmp_path, [("biceps_brachii", 1)])
    assert "cabeza del" in drawings(case, "es")[0]["views"][0]["print"]
    assert "head of the" in drawings(case)[0]["views"][0]["print"]


def test_the_page_shows_views_sections_and_places(tmp_path):
    case = case_of(tmp_path, [("triceps_brachii", 2), ("biceps_brachii", 2)])
    run = ep.simulate(case, draws=5, seed=1).to_dict()
    page = render_report(run["inputs"], ep.check(case).to_dict(), run, drawings=drawings(case))
    assert page.count('class="plimb"') == 4
    for part in ("seen from the back", "1–2 triceps brachii, 59", "skin and fat come on top", "limb-hatch-1"):
        assert part in page, part
    assert 'aria-label="upper arm, left, section: 1–2 triceps brachii' in page
