"""A left limb is drawn as one: the mirror image of a right limb, with words that can be read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from endplate.knowledge.anatomy import load_segments, structures_of
from endplate.outputs.limb_frame import Site
from endplate.outputs.limbs import section_svg, view_svg
from endplate.simulation.anatomy import limb_of

WIDTH = 860.0  # of the drawing, px
ROUND = 0.11  # coordinates are written with one decimal
VIEWS = ("front", "back", "section")
SVG = "{http://www.w3.org/2000/svg}"


def _drawn(view, side):
    limb, names = limb_of("leg", spacing_mm=4.0)
    middle = limb.origin_mm[0] + limb.labels.shape[0] * limb.spacing_mm / 2
    sites = [Site("1", middle, -20.0, 25.0)]  # behind, to medial
    if view == "section":
        kept = structures_of("leg")
        svg = section_svg(limb, 0.5, names, structures=kept, sites=sites, limb_side=side)
    else:
        marks = load_segments()["leg"].landmarks
        svg = view_svg(limb, names, view, sites=sites, landmarks=marks, limb_side=side)
    return ET.fromstring(svg)


def _site_x(root):
    mark = next(node for node in root.iter(f"{SVG}path") if node.get("class") == "s")
    return float(re.match(r"M([\d.]+),", mark.get("d"))[1]) + 6


def _word_x(root, word):
    return next(float(node.get("x")) for node in root.iter(f"{SVG}text") if node.text == word)


def _muscles(root):
    """The points of every muscle's outline, by its name."""
    return {
        node.get("data-muscle"): np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", node.get("d")), dtype=float)
        for node in root.iter(f"{SVG}path")
        if node.get("data-muscle")
    }


@pytest.mark.parametrize("view", VIEWS)
def test_a_left_limb_is_the_mirror_image_of_a_right_one(view):
    right, left = _muscles(_drawn(view, "right")), _muscles(_drawn(view, "left"))
    assert right.keys() == left.keys()
    for muscle, points in right.items():
        assert points[:, 1] == pytest.approx(left[muscle][:, 1], abs=ROUND)
        assert WIDTH - points[:, 0] == pytest.approx(left[muscle][:, 0], abs=ROUND)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("side", ["right", "left"])
def test_medial_lies_where_the_word_stands(view, side):
    """A site to medial is drawn on the half that is called medial."""
    root = _drawn(view, side)
    middle = WIDTH / 2
    assert (_site_x(root) > middle) == (_word_x(root, "medial") > middle)
    assert (_word_x(root, "medial") > middle) != (_word_x(root, "lateral") > middle)


@pytest.mark.parametrize("view", VIEWS)
def test_the_side_is_told_and_words_are_not_mirrored(view):
    for side in ("right", "left"):
        root = _drawn(view, side)
        assert f"{side} limb" in root.findtext(f"{SVG}title")
        assert not [node for node in root.iter() if "scale(-" in node.get("transform", "")]


def test_from_the_front_medial_of_a_left_limb_is_on_the_left():
    """As of a person who stands opposite; from the back it is the other way round."""
    assert _word_x(_drawn("front", "left"), "medial") < WIDTH / 2
    assert _word_x(_drawn("back", "left"), "medial") > WIDTH / 2


def test_a_limb_has_two_sides():
    with pytest.raises(ValueError, match="right or left"):
        _drawn("front", "bilateral")


def test_names_of_contours_that_nearly_meet_are_apart():
    """Two contours that begin at one place: their names stand one below the other."""
    limb, names = limb_of("leg", spacing_mm=4.0)
    inside = limb.labels[limb.labels.shape[0] // 2] > 0
    root = ET.fromstring(section_svg(limb, 0.5, names, contours={"outer": inside, "inner": inside.copy()}))
    words = {node.text: node for node in root.iter(f"{SVG}text") if node.text in ("outer", "inner")}
    assert float(words["inner"].get("y")) - float(words["outer"].get("y")) >= 12
