"""The worked example's case files: three cycles of one person, each with those before behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from endplate.case.loader import load_case
from endplate.questions.individualising.visits import followed

FOLDER = Path(__file__).parents[2] / "examples" / "three_cycles"
CYCLES = {number: load_case(FOLDER / f"cycle{number}.yaml") for number in (1, 2, 3)}


@pytest.mark.parametrize("number", CYCLES)
def test_every_cycle_is_followed_from_the_first_session_on(number):
    case = CYCLES[number]
    read = followed(case, case.plan)
    assert read.sessions.used == tuple(f"history[{k}]" for k in range(number - 1))
    assert not read.not_used
    told = sum(len(entry.visits) for entry in case.history) + len(case.visits)
    assert len({seen.where for seen in read.seen}) == told


@pytest.mark.parametrize("number", [2, 3])
def test_a_cycle_carries_what_was_found_before(number):
    before, now = CYCLES[number - 1], CYCLES[number]
    assert now.history[-1].visits == before.visits and now.history[:-1] == before.history
    later = {"age": None, "months_since_onset": None}
    assert now.patient.model_copy(update=later) == before.patient.model_copy(update=later)
    assert now.plan.date > before.visits[-1].date


@pytest.mark.parametrize("number", [2, 3])
def test_the_first_session_lies_at_the_same_months_after_onset_in_every_cycle(number):
    """To 1e-6 of a month; the person is as much older as the days between the sessions."""
    first, now = CYCLES[1], CYCLES[number]
    assert followed(now, now.plan).months == pytest.approx(followed(first, first.plan).months, abs=1e-6)
    days = (now.plan.date - first.plan.date).days
    assert now.patient.age.to("d").value - first.patient.age.to("d").value == pytest.approx(days, abs=0.01)
