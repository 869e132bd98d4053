"""What a new muscle, product or label row needs: what is forgotten is told with the file it belongs to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from endplate.knowledge import complete
from endplate.knowledge.evidence import load_records
from endplate.knowledge.labels.tables import read_tables, row_faults
from endplate.knowledge.vocabulary import MUSCLES, PRODUCTS
from endplate.simulation import anatomy


def test_nothing_is_missing():
    assert complete.missing() == [*complete.unreadable()] == []
    assert anatomy.stale_segments() == {}


def test_a_new_muscle_is_told_every_row_that_it_lacks(monkeypatch):
    new = replace(MUSCLES["soleus"], id="added_muscle", joints=("knee",))
    monkeypatch.setattr(complete, "MUSCLES", {**MUSCLES, "added_muscle": new})
    monkeypatch.setattr(complete, "LIMB_MUSCLES", (*complete.LIMB_MUSCLES, "added_muscle"))
    found = complete.missing()
    assert {(row.record, row.rule) for row in found} == {("added_muscle", "muscle_incomplete")}
    told = " ".join(row.message for row in found)
    for words in (
        "muscle.added_muscle.volume_mL",
        "optimal_fibre_length_cm",
        "bodies.toml",
        "compartment",
        "at the knee",
    ):
        assert words in told


def test_a_new_product_is_told_every_record_that_it_lacks(monkeypatch):
    monkeypatch.setattr(complete, "PRODUCTS", {**PRODUCTS, "daxi": PRODUCTS["onabotulinumtoxinA"]})
    told = [row.message for row in complete.missing()]
    for record in ("terminal.uptake", "baseline.half_density", "baseline.usual_session", "immune.protein"):
        assert sum(f"{record}" in text and ".daxi " in text for text in told) == 1, record


def test_every_record_that_differs_by_product_is_asked_of_a_new_one():
    """A record held for each product of today is among those that a new product is told to add."""
    ids = set(load_records())
    first = next(iter(PRODUCTS))
    of_all = {name.replace(first, "{id}") for name in ids if name.endswith(f".{first}")}
    assert {n for n in of_all if {n.format(id=p) for p in PRODUCTS} <= ids} <= set(complete._OF_A_PRODUCT)


@pytest.mark.parametrize("kind", ["rule", "approval", "list", "warning"])
def test_a_label_row_with_a_key_forgotten_or_mistyped_is_told(kind):
    row = dict(read_tables(kind)[0][1])
    assert not list(row_faults(kind, row))
    assert list(row_faults(kind, {**row, "sourse": row["source"]})) == [
        "has an unknown key sourse (did you mean source?)"
    ]
    del row["basis"]
    assert list(row_faults(kind, row)) == ["lacks basis"]


def test_a_table_that_cannot_be_read_is_a_finding(monkeypatch):
    def load_rules():
        raise ValueError("us_x.toml: rule 'a' lacks basis")

    monkeypatch.setattr(complete, "_TABLES", (load_rules,))
    assert [(row.record, row.rule) for row in complete.unreadable()] == [("rules", "table_unreadable")]


def test_a_library_of_other_muscles_or_volumes_says_what_to_run(monkeypatch):
    bodies = anatomy.bodies_of("leg")
    anatomy.load_part.cache_clear()
    monkeypatch.setattr(anatomy, "bodies_of", lambda segment: bodies[1:])
    with pytest.raises(ValueError, match="build_geometry"):
        anatomy.load_part("leg")
    monkeypatch.undo()
    held = anatomy.value
    monkeypatch.setattr(anatomy, "value", lambda name: held(name) * (1 + ("soleus" in name)))
    assert set(anatomy.stale_segments()) == {"leg"}
