"""Vocabulary: ids, groups, spellings, grades and the sentences that stand verbatim."""

import pytest

from endplate.knowledge import vocabulary as words
from endplate.knowledge.vocabulary import wording


def test_every_limb_muscle_has_a_joint_and_an_action():
    for muscle in words.MUSCLES.values():
        assert muscle.limb in {"upper", "lower", "head_neck", "trunk", "animal"}
        assert muscle.actions
        assert set(muscle.joints) <= set(words.JOINTS)
        assert muscle.joints or muscle.limb == "animal"


def test_every_joint_has_a_movement():
    assert all(joint.movements for joint in words.JOINTS.values())


def test_groups_are_no_muscles_and_hold_each_muscle_once():
    assert not set(words.GROUPS) & set(words.MUSCLES)
    for members in words.GROUPS.values():
        assert len(set(members)) == len(members) > 1
        assert set(members) <= set(words.MUSCLES)
        assert len({words.MUSCLES[member].limb for member in members}) == 1


def test_patterns_hold_muscles_of_one_limb():
    for members in words.PATTERNS.values():
        single = {muscle for member in members for muscle in words.GROUPS.get(member, (member,))}
        assert len({words.MUSCLES[muscle].limb for muscle in single}) == 1


def test_no_alias_stands_twice_or_hides_an_id():
    spelled = [alias for muscle in words.MUSCLES.values() for alias in muscle.aliases]
    assert len(set(spelled)) == len(spelled)
    assert set(spelled) < set(words.ALIASES)
    assert not set(words.ALIASES) & (set(words.MUSCLES) | set(words.GROUPS))
    assert set(words.ALIASES.values()) <= set(words.MUSCLES) | set(words.GROUPS)
    for alias, muscle in words.ALIASES.items():
        assert words.canonical_muscle(alias) == muscle


@pytest.mark.parametrize(
    ("spelling", "muscle"),
    [
        ("Biceps brachii", "biceps_brachii"),
        ("gastrocnemius_medialis", "gastrocnemius_medial"),
        ("Gastrocnemius medial head", "gastrocnemius_medial"),
        ("Musculus brachioradialis", "brachioradialis"),
        ("M. soleus", "soleus"),
        ("M. triceps surae", "triceps_surae"),
        ("  lateral   hamstrings ", "hamstrings_lateral"),
        ("first dorsal-interosseous", "dorsal_interosseous_first"),
        ("fibularis longus", "peroneus_longus"),
        ("bicepts brachii", None),
        ("", None),
    ],
)
def test_spellings(spelling, muscle):
    assert words.canonical_muscle(spelling) == muscle


def test_the_one_plus_grade_is_coded_by_its_scale():
    assert words.SCALES["modified_ashworth"].coding["1+"] == 1.5
    assert words.SCALES["mas_0_5"].coding == {"0": 0, "1": 1, "1+": 2, "2": 3, "3": 4, "4": 5}
    assert "1+" not in words.SCALES["ashworth"].grades


def test_scales_have_bounds_and_a_good_direction():
    for scale in words.SCALES.values():
        assert scale.minimum < scale.maximum
        assert scale.improves in {"down", "up"}
        assert sorted(scale.coding.values()) == list(scale.coding.values())


def test_each_product_has_units_of_its_own():
    brands = [product.brand for product in words.PRODUCTS.values()]
    assert {"Botox", "Dysport", "Xeomin"} <= set(brands) and len(set(brands)) == len(brands)
    for product in words.PRODUCTS.values():
        assert words.product_of_brand(product.brand) == product.id
        assert product.brand in product.unit_note
        assert all(size > 0 for size in product.vial_sizes_U)


def test_fixed_ids():
    assert words.JURISDICTIONS == ("US", "EU", "UK", "CA", "JP", "CH", "SG")
    assert words.SIDES == ("left", "right", "bilateral")
    assert words.GUIDANCE == ("manual", "emg", "electrical_stimulation", "ultrasound")
    assert words.CONDITIONS[-2:] == ("healthy", "other")
    assert len(set(words.CAUTIONS)) == len(words.CAUTIONS)
    assert len(set(words.MEASURES)) == len(words.MEASURES)


def test_sentences_stand_verbatim():
    assert wording.BANNER.endswith("Do not use it to decide a person's treatment.")
    assert wording.RANGES.startswith("From the source shown. No number here means we hold no source")
    assert wording.OPTIMISER == (
        "Best of the plans searched, under these assumptions. Change one and the answer may change."
    )
    assert wording.TRAINER == "A practice score, not an assessment of competence."
    assert "Antitoxin does not reverse weakness that is established." in wording.AFTER_HARM
