"""The anatomy tables of ``data/`` as typed rows, checked when read.

Directions and places are those of :mod:`endplate.physiology.spread.limb`: shares of the segment's length
(0 proximal, 1 distal), degrees from the front (90 medial, 180 back, 270 lateral), shares of its radius.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from endplate.knowledge.anatomy.tables import check_cited, toml_rows
from endplate.knowledge.rows import Raw, require, row_of
from endplate.knowledge.vocabulary import LIMB_MUSCLES, MUSCLES

_OUTSIDE = 0.25


@dataclass(frozen=True)
class Bone:
    """A bone as a straight rod: direction, share of the radius and half its width."""

    name: str
    angle_deg: float
    radius: float
    half_width_mm: float


@dataclass(frozen=True)
class Landmark:
    """A bony landmark in words, at a share of the segment's length."""

    at: float
    words: str


@dataclass(frozen=True)
class Segment:
    """One limb segment of the adult of the muscle table (75 kg, 1.75 m).

    Attributes:
        length_cm: length of the segment, from ``starts_at`` to ``ends_at``.
        front: what lies at angle 0, in words.
        back: what lies at angle 180.
        basis: on what the length stands.
        bone_basis: on what the bones' places and widths stand.
        membranes: pairs of compartments with bone or an interosseous membrane between, which nothing crosses.
    """

    id: str
    name: str
    limb: str
    length_cm: float
    starts_at: str
    ends_at: str
    front: str
    back: str
    basis: str
    source: str
    bone_basis: str
    bone_source: str
    note: str
    bones: tuple[Bone, ...]
    landmarks: tuple[Landmark, ...]
    membranes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Body:
    """One muscle as a spindle in its segment, with the endplate zone on its belly.

    Attributes:
        compartment: fascia lies between muscles of different compartments.
        start: proximal end of the belly, share of the segment's length.
        end: distal end of the belly.
        landmark: where the needle goes, in words.
        depth_mm: depth of the belly's middle below the muscles' surface where the belly is thickest.
        zone_low: proximal border of the endplate zone, share of the belly.
        zone_high: distal border, likewise.
        zone_sd: spread of a border between people, share of the belly.
        zone_line: the reference line of the published percentages, proximal end first.
        zone_published: the percentages as read, as shares of that line from its proximal end.
        zone_line_ends: where the line's ends lie, shares of the segment's length (assumed).
        zone_further: further zones of the muscle, shares of the belly.
        basis: on what the place of the belly stands.
    """

    muscle: str
    segment: str
    compartment: str
    start: float
    end: float
    angle_deg: float
    radius: float
    origin: str
    insertion: str
    landmark: str
    depth_mm: float
    zone_low: float
    zone_high: float
    zone_sd: float
    zone_basis: str
    zone_source: str
    zone_note: str
    basis: str
    source: str
    note: str
    zone_line: str = ""
    zone_published: tuple[float, ...] = ()
    zone_line_ends: tuple[float, ...] = ()
    zone_further: tuple[tuple[float, ...], ...] = ()

    @property
    def zones(self) -> tuple[tuple[float, float], ...]:
        """Every endplate zone as shares of the belly, the one that is simulated first."""
        further = tuple((low, high) for low, high in self.zone_further)
        return ((self.zone_low, self.zone_high), *further)

    def along(self, share: float) -> float:
        """A share of the belly as a share of the segment's length."""
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True)
class Structure:
    """An artery, vein, nerve or the pleura: what a needle keeps away from, beside which muscles."""

    name: str
    kind: str
    segment: str
    start: float
    end: float
    angle_deg: float
    radius: float
    size_mm: float
    beside: tuple[str, ...]
    basis: str
    source: str
    note: str = ""


def _placed(name: str, row: Body | Structure) -> None:
    """The row lies in a known segment, the right way round and inside its radius."""
    require(row.segment in load_segments(), name, f"unknown segment {row.segment!r}")
    require(-_OUTSIDE <= row.start < row.end <= 1 + _OUTSIDE, name, "start and end do not follow each other")
    require(0 <= row.radius <= 1, name, "the radius is not a share")


def _segment(raw: Raw) -> Segment:
    name = f"segments.toml: {raw.get('id', '?')!r}"
    bones = tuple(row_of(Bone, bone, name) for bone in raw.get("bones", ()))
    marks = tuple(row_of(Landmark, mark, name) for mark in raw.get("landmarks", ()))
    membranes = tuple(tuple(pair) for pair in raw.get("membranes", ()))
    segment = row_of(Segment, {**raw, "bones": bones, "landmarks": marks, "membranes": membranes}, name)
    check_cited(name, (segment.basis, segment.source), (segment.bone_basis, segment.bone_source))
    require(segment.length_cm > 0, name, "the length is not positive")
    return segment


def checked_body(raw: Raw) -> Body:
    """A body row.

    Raises:
        ValueError: the row is malformed; the message names it.
    """
    name = f"bodies.toml: {raw.get('muscle', '?')!r}"
    row = row_of(Body, raw, name)
    require(row.muscle in LIMB_MUSCLES, name, "not a limb muscle")
    _placed(name, row)
    require(
        load_segments()[row.segment].limb == MUSCLES[row.muscle].limb, name, "in a segment of the other limb"
    )
    require(all(0 <= low < high <= 1 for low, high in row.zones), name, "a zone lies outside the belly")
    require(bool(row.zone_line) == bool(row.zone_published), name, "zone_line without zone_published")
    check_cited(name, (row.basis, row.source), (row.zone_basis, row.zone_source))
    return row


def checked_structure(raw: Raw) -> Structure:
    """A structure row.

    Raises:
        ValueError: the row is malformed; the message names it.
    """
    name = f"structures.toml: {raw.get('name', '?')!r}"
    row = row_of(Structure, raw, name)
    _placed(name, row)
    require(set(row.beside) <= set(LIMB_MUSCLES), name, "beside something that is not a limb muscle")
    check_cited(name, (row.basis, row.source))
    return row


@lru_cache(maxsize=1)
def load_segments() -> dict[str, Segment]:
    """Every segment by id, from ``segments.toml``."""
    rows = [_segment(raw) for raw in toml_rows("segments.toml", "segment")]
    return {row.id: row for row in rows}


@lru_cache(maxsize=1)
def load_bodies() -> dict[str, Body]:
    """Every body by muscle, from ``bodies.toml``.

    Raises:
        ValueError: a row is malformed or a muscle stands twice.
    """
    found: dict[str, Body] = {}
    for raw in toml_rows("bodies.toml", "body"):
        row = checked_body(raw)
        require(row.muscle not in found, f"bodies.toml: {row.muscle!r}", "stands twice")
        found[row.muscle] = row
    return found


@lru_cache(maxsize=1)
def load_structures() -> tuple[Structure, ...]:
    """Every structure, from ``structures.toml``."""
    return tuple(checked_structure(raw) for raw in toml_rows("structures.toml", "structure"))


def body(muscle: str) -> Body:
    """The body of a muscle; ``KeyError`` if it has none."""
    return load_bodies()[muscle]


def bodies_of(segment: str) -> tuple[Body, ...]:
    """The bodies of a segment, in the order of the table."""
    return tuple(row for row in load_bodies().values() if row.segment == segment)


def structures_of(segment: str) -> tuple[Structure, ...]:
    """The structures of a segment, in the order of the table."""
    return tuple(row for row in load_structures() if row.segment == segment)
