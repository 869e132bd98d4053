"""Evidence and vocabulary: nothing missing, nothing unused, every id known."""

from endplate.knowledge.evidence import load_records
from endplate.knowledge.evidence.lint import lint
from endplate.knowledge.evidence.trace import gaps, trace
from endplate.knowledge.vocabulary import ALIASES, GROUPS, JOINTS, MUSCLES, PATTERNS, canonical_muscle
from endplate.knowledge.vocabulary.anatomy import neighbours, stretch_movements, stretched_muscles


def test_evidence_is_clean():
    assert lint() == []


def test_every_record_traces_to_a_source():
    for record_id in load_records():
        assert trace(record_id).source.citation


def test_gaps_are_those_without_a_reading():
    assert {record.basis for record in gaps()} == {"assumed", "recalled"}


def test_every_muscle_has_volume_and_length():
    records = load_records()
    for muscle in MUSCLES:
        assert records[f"muscle.{muscle}.volume_mL"].value > 0
        assert records[f"muscle.{muscle}.optimal_fibre_length_cm"].value > 0


def test_anatomy_names_known_muscles():
    for joint, held in JOINTS.items():
        assert set(held.movements) == set(stretch_movements(joint))
        for movement in held.movements:
            assert set(stretched_muscles(joint, movement)) <= set(MUSCLES)
    assert all(set(neighbours(muscle)) <= set(MUSCLES) for muscle in MUSCLES)


def test_groups_patterns_and_aliases_resolve():
    for members in GROUPS.values():
        assert set(members) <= set(MUSCLES)
    for members in PATTERNS.values():
        assert set(members) <= set(MUSCLES) | set(GROUPS)
    assert all(canonical_muscle(alias) == muscle for alias, muscle in ALIASES.items())
