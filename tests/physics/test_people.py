"""Virtual people keep their numbers whoever else is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from endplate.simulation.draws.people import PeopleDraws, numbers

PERSON, SHARED, STUDY = "terminal.potency_person", "scales.hand_exponent", "terminal.potency_study"


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_a_place_has_its_numbers_whatever_else_is_asked_for(count):
    whole = numbers(7, "needle", range(50), count)
    np.testing.assert_array_equal(whole[20:33], numbers(7, "needle", range(20, 33), count))
    assert np.all((whole > 0) & (whole < 1))


@pytest.mark.parametrize("record", [PERSON, SHARED, STUDY])
def test_a_part_of_the_people_is_drawn_as_in_the_whole(record):
    whole = PeopleDraws(1, range(6), range(10)).by_draw(PeopleDraws(1, range(6), range(10)).of(record))
    part = PeopleDraws(1, range(2, 5), range(3, 8))
    np.testing.assert_array_equal(part.by_draw(part.of(record)), whole[2:5, 3:8])


def test_people_of_a_world_share_what_nobody_knows_and_its_setting():
    draws = PeopleDraws(1, range(30), range(4))
    for record in (SHARED, STUDY):
        each = draws.by_draw(draws.of(record))
        np.testing.assert_array_equal(each, each[:, :1] * np.ones((1, 4)))
        assert np.unique(each[:, 0]).size > 10
    assert np.unique(draws.of(PERSON)).size == draws.size


def test_slots_are_other_people_of_the_same_worlds():
    one, other = PeopleDraws(1, range(5), range(4)), PeopleDraws(1, range(5), range(4), slot="1")
    np.testing.assert_array_equal(one.of(SHARED), other.of(SHARED))
    np.testing.assert_array_equal(one.of(STUDY), other.of(STUDY))
    assert not np.any(one.of(PERSON) == other.of(PERSON))


def test_the_first_person_alone_is_the_first_among_many():
    one, many = PeopleDraws(3, range(20), range(1)), PeopleDraws(3, range(20), range(3))
    np.testing.assert_array_equal(one.of(PERSON), many.by_draw(many.of(PERSON))[:, 0])


def test_scores_of_a_setting_follow_the_student_t_of_the_studies():
    from endplate.knowledge.evidence import value

    scores = PeopleDraws(1, range(20_000), range(1)).study_scores(STUDY)
    assert stats.kstest(scores, stats.t(value("studies.tail_freedom")).cdf).pvalue > 0.001
