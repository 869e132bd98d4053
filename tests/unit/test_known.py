"""The letter for how well an answer is known: stated shares give stated letters, and never the other way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endplate.knowledge.evidence import load_records
from endplate.knowledge.evidence.records import BASES
from endplate.simulation.grounding import COUNTS, LETTERS, WORDS, known, letter_of, narrowed


def drivers(*rows, place=None):
    place = place or {"joint": "elbow", "side": "left", "movement": "extension"}
    return [
        {**place, "outcome": "x", "parameter": name, "meaning": name, "basis": basis, "swing": swing}
        for name, basis, swing in rows
    ]


def graded(*rows, outside=(), **narrowing):
    return known(drivers(*rows), outside, lambda name: narrowing.get(name, 0.0))[0]


def test_every_basis_counts_and_no_other():
    assert set(COUNTS) == set(BASES)
    assert set(WORDS) == {*LETTERS, "none"}


@pytest.mark.parametrize(
    ("share", "letter"), [(0, "D"), (0.25, "D"), (0.26, "C"), (0.5, "C"), (0.51, "B"), (0.76, "A"), (1, "A")]
)
def test_the_letter_is_the_quarter_of_the_share(share, letter):
    assert letter_of(share) == letter


def test_numbers_measured_in_humans_give_an_a_and_assumed_ones_a_d():
    assert graded(("a", "measured_human", 1.0), ("b", "measured_human", 3.0))["letter"] == "A"
    assert graded(("a", "assumed", 1.0), ("b", "recalled", 3.0))["letter"] == "D"


def test_a_number_counts_by_its_swing():
    found = graded(("a", "measured_human", 3.0), ("b", "assumed", 1.0))
    assert found["share"] == pytest.approx(0.75)
    assert graded(("a", "measured_human", 1.0), ("b", "assumed", 3.0))["share"] == pytest.approx(0.25)


def test_calibration_closes_what_is_missing_and_no_more():
    assert graded(("a", "assumed", 1.0), a=0.4)["share"] == pytest.approx(0.4)
    assert graded(("a", "derived", 1.0), a=0.4)["share"] == pytest.approx(0.7)
    assert graded(("a", "measured_human", 1.0), a=0.4)["share"] == 1


def test_outside_the_model_is_a_d_whatever_is_measured():
    found = graded(("a", "measured_human", 1.0), outside=("dysphagia",))
    assert (found["letter"], found["outside_model"]) == ("D", ["dysphagia"])


def test_what_nothing_moves_has_no_letter():
    found = graded(("a", "measured_human", 0.0))
    assert (found["letter"], found["share"]) == (None, None)


def test_places_are_graded_apart():
    muscle = {"muscle": "soleus", "side": "left"}
    rows = [*drivers(("a", "assumed", 1.0)), *drivers(("b", "measured_human", 1.0), place=muscle)]
    one, other = known(rows, (), lambda _: 0.0)
    assert (one["joint"], one["letter"]) == ("elbow", "D")
    assert (other["muscle"], other["letter"]) == ("soleus", "A")


@given(
    st.lists(st.tuples(st.sampled_from(BASES), st.floats(0.01, 10)), min_size=1, max_size=8),
    st.floats(0, 1),
)
def test_learning_never_lowers_a_share(rows, closed):
    named = [(f"n{k}", *row) for k, row in enumerate(rows)]
    plain, learnt = (known(drivers(*named), (), lambda _, c=c: c)[0]["share"] for c in (0.0, closed))
    assert 0 <= plain <= learnt + 1e-3 <= 1 + 2e-3


def test_no_record_is_narrowed_beyond_a_point_and_one_outside_calibration_not_at_all():
    shares = {name: narrowed(name) for name in load_records()}
    assert all(0 <= share < 1 for share in shares.values())
    assert shares["scales.response_study"] == 0
    assert shares["terminal.light_chain_half_life"] > 0
