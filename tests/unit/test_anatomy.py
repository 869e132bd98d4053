"""The anatomy tables: complete, cited, in an order that an anatomist would accept; drawings well formed."""

import xml.etree.ElementTree as ET
from functools import lru_cache

import numpy as np
import pytest

from endplate.knowledge.anatomy import (
    bodies_of,
    body,
    load_bodies,
    load_segments,
    load_sources,
    load_structures,
    structures_of,
)
from endplate.knowledge.anatomy.bodies import checked_body, checked_structure
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import LIMB_MUSCLES, MUSCLES
from endplate.outputs.limb_frame import Band, Site
from endplate.outputs.limbs import section_svg, view_svg
from endplate.physiology.spread.limb import OUTSIDE
from endplate.simulation.anatomy import limb_of

SPACING_MM = {"hand": 0.5, "foot": 1.0}
SEGMENTS = tuple(load_segments())

# At a share of the segment's length, the first muscle lies so to the second.
ORDERS = """
shoulder   0.50 pectoralis_major in_front_of subscapularis
shoulder   0.25 infraspinatus behind subscapularis
shoulder   0.50 deltoid lateral_to pectoralis_major
shoulder   0.50 latissimus_dorsi medial_to teres_minor
shoulder   0.50 subscapularis deeper_than pectoralis_major
shoulder   0.50 teres_minor lateral_to infraspinatus
upper_arm  0.70 biceps_brachii in_front_of brachialis
upper_arm  0.70 brachialis deeper_than biceps_brachii
upper_arm  0.50 triceps_brachii behind brachialis
upper_arm  0.30 coracobrachialis medial_to biceps_brachii
forearm    0.40 flexor_digitorum_profundus deeper_than flexor_digitorum_superficialis
forearm    0.40 flexor_digitorum_superficialis in_front_of flexor_digitorum_profundus
forearm    0.25 pronator_teres deeper_than flexor_carpi_radialis
forearm    0.25 flexor_carpi_radialis lateral_to palmaris_longus
forearm    0.25 palmaris_longus lateral_to flexor_carpi_ulnaris
forearm    0.25 brachioradialis lateral_to flexor_carpi_radialis
forearm    0.25 brachioradialis in_front_of extensor_carpi_radialis_longus
forearm    0.25 extensor_carpi_radialis_longus in_front_of extensor_carpi_radialis_brevis
forearm    0.50 flexor_pollicis_longus lateral_to flexor_digitorum_profundus
forearm    0.80 pronator_quadratus deeper_than flexor_digitorum_superficialis
forearm    0.50 extensor_digitorum_communis behind flexor_digitorum_superficialis
forearm    0.50 extensor_carpi_ulnaris medial_to extensor_digiti_minimi
forearm    0.50 extensor_digiti_minimi medial_to extensor_digitorum_communis
forearm    0.25 supinator deeper_than extensor_digitorum_communis
hand       0.70 dorsal_interosseous_third behind adductor_pollicis
hand       0.70 lumbrical_third in_front_of dorsal_interosseous_third
hand       0.70 lumbrical_first lateral_to lumbrical_fourth
hand       0.70 dorsal_interosseous_first lateral_to dorsal_interosseous_second
hand       0.50 opponens_pollicis lateral_to abductor_digiti_minimi
hip        0.70 gluteus_minimus deeper_than gluteus_medius
hip        0.70 gluteus_maximus behind piriformis
hip        0.70 gluteus_maximus behind gluteus_minimus
hip        0.70 psoas medial_to iliacus
hip        0.70 tensor_fasciae_latae in_front_of gluteus_medius
thigh      0.50 vastus_intermedius deeper_than rectus_femoris
thigh      0.50 vastus_lateralis lateral_to vastus_intermedius
thigh      0.50 vastus_medialis medial_to vastus_intermedius
thigh      0.50 semitendinosus behind adductor_magnus
thigh      0.50 biceps_femoris_long lateral_to semitendinosus
thigh      0.50 semimembranosus medial_to semitendinosus
thigh      0.25 adductor_brevis deeper_than adductor_longus
thigh      0.25 adductor_magnus behind adductor_brevis
thigh      0.40 gracilis behind sartorius
thigh      0.75 biceps_femoris_short in_front_of biceps_femoris_long
leg        0.35 gastrocnemius_medial behind soleus
leg        0.35 gastrocnemius_lateral behind soleus
leg        0.35 gastrocnemius_medial medial_to gastrocnemius_lateral
leg        0.50 soleus behind tibialis_posterior
leg        0.50 flexor_digitorum_longus medial_to tibialis_posterior
leg        0.50 flexor_hallucis_longus lateral_to tibialis_posterior
leg        0.50 tibialis_posterior deeper_than soleus
leg        0.50 extensor_hallucis_longus deeper_than tibialis_anterior
leg        0.35 extensor_digitorum_longus lateral_to tibialis_anterior
leg        0.35 peroneus_longus behind extensor_digitorum_longus
foot       0.65 extensor_digitorum_brevis in_front_of flexor_digitorum_brevis
foot       0.80 flexor_hallucis_brevis medial_to flexor_digitorum_brevis
"""
STATEMENTS = [line.split() for line in ORDERS.strip().splitlines()]


@lru_cache(maxsize=16)
def _filled(segment):
    return limb_of(segment, spacing_mm=SPACING_MM.get(segment, 2.0))


@lru_cache(maxsize=512)
def _place(segment, at, muscle):
    """The centroid of a muscle in a section, x and y, and its distance from the axis, mm."""
    limb, names = _filled(segment)
    cut = limb.labels[int(at * limb.labels.shape[0])]
    points = np.argwhere(cut == names.index(muscle)) * limb.spacing_mm + np.array(limb.origin_mm[1:])
    assert len(points), f"{muscle} does not reach {at:.0%} of the {segment}"
    middle = points.mean(axis=0)
    return (*middle, np.hypot(*middle))


HOLDS = {
    "in_front_of": lambda first, second: first[0] > second[0],
    "behind": lambda first, second: first[0] < second[0],
    "medial_to": lambda first, second: first[1] > second[1],
    "lateral_to": lambda first, second: first[1] < second[1],
    "deeper_than": lambda first, second: first[2] < second[2],
}


@pytest.mark.parametrize(("segment", "at", "first", "relation", "second"), STATEMENTS)
def test_muscles_lie_in_the_stated_order(segment, at, first, relation, second):
    assert HOLDS[relation](_place(segment, float(at), first), _place(segment, float(at), second))


def test_every_limb_muscle_has_one_body_in_a_segment_of_its_limb():
    assert set(load_bodies()) == set(LIMB_MUSCLES)
    assert sum(len(bodies_of(segment)) for segment in SEGMENTS) == len(LIMB_MUSCLES)
    for muscle, row in load_bodies().items():
        assert load_segments()[row.segment].limb == MUSCLES[muscle].limb, muscle


@pytest.mark.parametrize("segment", SEGMENTS)
def test_volumes_are_those_of_the_table(segment):
    limb, names = _filled(segment)
    for index, muscle in enumerate(names):
        filled_mL = float((limb.labels == index).sum()) * limb.spacing_mm**3 / 1000
        assert filled_mL == pytest.approx(value(f"muscle.{muscle}.volume_mL"), rel=0.03), muscle


def test_a_smaller_person_has_the_same_shape():
    whole, names = limb_of("forearm")
    small, same = limb_of("forearm", scale=0.5, spacing_mm=1)
    assert names == same
    assert small.labels.shape[0] == whole.labels.shape[0]
    assert (small.labels >= 0).sum() == pytest.approx((whole.labels >= 0).sum(), rel=0.01)


@pytest.mark.parametrize("muscle", LIMB_MUSCLES)
def test_zones_lie_in_the_belly_and_follow_from_the_published_line(muscle):
    row = body(muscle)
    assert all(0 <= low < high <= 1 for low, high in row.zones)
    if not row.zone_published:
        assert row.zone_basis == "assumed"
        assert row.zone_low == pytest.approx(1 / 3, abs=1e-3)
        return
    start, end = row.zone_line_ends
    for published, here in zip(row.zone_published, (row.zone_low, row.zone_high), strict=True):
        assert row.along(here) == pytest.approx(start + published * (end - start), abs=2e-3)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_depths_are_those_of_the_filled_segment(segment):
    limb, names = _filled(segment)
    for index, muscle in enumerate(names):
        mine = limb.labels == index
        level = int(mine.sum(axis=(1, 2)).argmax())
        radius = np.sqrt((limb.labels[level] != OUTSIDE).sum() / np.pi) * limb.spacing_mm
        middle = np.argwhere(mine[level]).mean(axis=0) * limb.spacing_mm + np.array(limb.origin_mm[1:])
        depth = radius - np.hypot(*middle)
        assert body(muscle).depth_mm == pytest.approx(depth, abs=2.0), (
            f"{muscle}: write depth_mm = {depth:.1f}"
        )


def test_every_row_is_cited():
    sources = load_sources()
    for segment in load_segments().values():
        assert {segment.source, segment.bone_source} <= set(sources)
    for row in load_bodies().values():
        assert {row.source, row.zone_source} <= set(sources), row.muscle
        assert row.compartment.startswith(row.segment.removeprefix("upper_"))
    for structure in load_structures():
        assert structure.source in sources
        assert structure.basis in ("recalled", "assumed"), structure.name


def test_structures_lie_beside_muscles_of_their_limb():
    for structure in load_structures():
        limb = load_segments()[structure.segment].limb
        assert structure.beside
        assert all(MUSCLES[muscle].limb == limb for muscle in structure.beside), structure.name


@pytest.mark.parametrize("structure", load_structures(), ids=lambda row: f"{row.segment}-{row.name}")
def test_a_structure_is_drawn_beside_a_muscle_it_is_said_to_lie_beside(structure):
    """On half of its course at least, no farther from it than its own width."""
    limb, names = _filled(structure.segment)
    beside = [names.index(muscle) for muscle in structure.beside if muscle in names]
    count = limb.labels.shape[0]
    nearest = []
    for level in range(int(structure.start * count), min(int(structure.end * count), count - 1), 5):
        cut = limb.labels[level]
        radius = np.sqrt((cut != OUTSIDE).sum() / np.pi) * limb.spacing_mm
        angle = np.deg2rad(structure.angle_deg)
        middle = structure.radius * radius * np.array([np.cos(angle), np.sin(angle)])
        points = np.argwhere(np.isin(cut, beside)) * limb.spacing_mm + np.array(limb.origin_mm[1:])
        if len(points):
            nearest.append(np.hypot(*(points - middle).T).min())
    apart = f"{structure.name} lies beside another muscle now: see beside in structures.toml"
    assert np.median(nearest) <= structure.size_mm, apart


RAW = {
    "name": "x",
    "kind": "nerve",
    "segment": "leg",
    "start": 0.1,
    "end": 0.9,
    "angle_deg": 0.0,
    "radius": 0.5,
    "size_mm": 3.0,
    "beside": ["soleus"],
    "basis": "recalled",
    "source": "gray1918",
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"beside": ["heart"]}, "not a limb muscle"),
        ({"segment": "tail"}, "unknown segment"),
        ({"start": 0.95}, "do not follow"),
        ({"radius": 2.0}, "not a share"),
        ({"source": "nobody"}, "unknown source"),
        ({"basis": "guessed"}, "unknown basis"),
        ({"colour": "red"}, "unknown keys"),
    ],
)
def test_a_bad_structure_is_named(change, problem):
    with pytest.raises(ValueError, match=problem):
        checked_structure({**RAW, **change})


def test_a_body_without_its_keys_is_named():
    with pytest.raises(ValueError, match=r"'soleus' lacks .*'segment'"):
        checked_body({"muscle": "soleus"})


def _section(segment):
    limb, names = _filled(segment)
    site = Site("1", limb.labels.shape[0] * limb.spacing_mm / 2, 0.0, 5.0)
    contours = {"half": limb.labels[limb.labels.shape[0] // 2] == 0}
    structures = structures_of(segment)
    return section_svg(limb, 0.5, names, structures=structures, sites=[site], contours=contours)


def _view(segment, side):
    limb, names = _filled(segment)
    marks = load_segments()[segment].landmarks
    return view_svg(limb, names, side, zones=[Band(names[0], 50, 120)], landmarks=marks)


@pytest.mark.parametrize("segment", SEGMENTS)
def test_drawings_are_well_formed_and_say_what_they_are(segment):
    for svg in (_section(segment), _view(segment, "front"), _view(segment, "back")):
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        assert "schematic" in root.findtext("{http://www.w3.org/2000/svg}title")


def test_drawings_are_the_same_on_two_runs():
    first = (_section("forearm"), _view("forearm", "back"))
    _filled.cache_clear()
    assert first == (_section("forearm"), _view("forearm", "back"))


def test_a_section_names_its_muscles_and_structures():
    told = " ".join(ET.fromstring(_section("thigh")).itertext())
    for name in ("rectus femoris", "femoral artery", "medial", "lateral", "1 cm"):
        assert name in told


def test_a_view_has_two_sides():
    limb, names = _filled("leg")
    with pytest.raises(ValueError, match="front or back"):
        view_svg(limb, names, "left")


def test_a_long_title_stays_within_the_drawing():
    limb, names = _filled("forearm")
    svg = section_svg(limb, 0.5, names, title="Forearm: exposure, left side, of flexor carpi radialis")
    root = ET.fromstring(svg)
    width = float(root.get("viewBox").split()[2])
    lines = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text") if text.get("class") == "h"]
    bold_letter_px = 14 * 0.7  # bold sans serif at the size of the heading
    assert len(lines) > 1
    assert max(map(len, lines)) * bold_letter_px <= width
    assert " ".join(lines) == root.findtext("{http://www.w3.org/2000/svg}title")
