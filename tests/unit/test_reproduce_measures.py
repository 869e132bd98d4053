"""Measures that `reproduce` reads from a simulated group."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from made_studies import BATH, BICEPS, HUMAN, MOUSE, RATIO, arms_and, simulated

from endplate.case import Outcome
from endplate.knowledge.evidence import value
from endplate.knowledge.vocabulary import MEASURES
from endplate.physiology.muscle import Course
from endplate.physiology.terminal import four_step
from endplate.questions.reproducing.groups import CannotSimulate, GroupDraws
from endplate.questions.reproducing.ladder import Ladder, half_dose
from endplate.questions.reproducing.measures import _EACH, _OF_GROUPS, statistic
from endplate.questions.reproducing.reported import settled
from endplate.questions.reproducing.simulated import Simulated
from endplate.simulation.parameters import pace


def test_half_dose_of_a_known_curve():
    """Loss rises evenly with the logarithm of the dose from 0 at 0.1 to 1 at 1000 U: half at 10 U."""
    doses, group = np.array([0.1, 1.0, 10.0, 100.0, 1000.0]), GroupDraws(1, 3, 2, "s", "a", "mouse")
    rungs = []
    for loss in np.linspace(0, 1, 5):
        force = np.column_stack([np.ones(6), np.full(6, 1 - loss)])
        muscles = {("biceps_brachii", "right"): Course(*[force] * 5)}
        chain = SimpleNamespace(muscles=muscles, neighbours={}, time_d=np.array([0.0, 7.0]), clocks_of=None)
        rungs.append(Simulated(chain, group, (), 2))
    ladder = Ladder(tuple(rungs), doses, 0.5, group)
    asked = {"arm": "a", "measure": "ed50", "muscle": "biceps_brachii", "of": "force", "value": 1.0}
    assert half_dose(ladder, Outcome(**asked, unit="U")) == pytest.approx(10.0)
    assert half_dose(ladder, Outcome(**asked, unit="U/kg")) == pytest.approx(20.0)
    with pytest.raises(CannotSimulate, match="a dose in pg"):
        half_dose(ladder, Outcome(**asked, unit="pg"))
    score = half_dose(ladder, Outcome(**{**asked, "of": None}, unit="U"))
    lost, met = (
        group.by_draw(group.of(f"measures.{name}"))[:, 0] for name in ("half_score_loss", "score_exposure")
    )
    assert score == pytest.approx(0.1 * 1e4**lost / met)


def test_animals_have_times_to_block_of_their_own():
    rat, person = (GroupDraws(1, 50, 1, "s", "a", species) for species in ("rat", "human"))
    assert pace(rat) / pace(person) == pytest.approx(rat.of("terminal.pace_species.animal"))


ED50 = "{arm: one, measure: ed50, of: force, muscle: soleus, unit: U/kg, value: 1}"


def test_the_simulated_half_dose_halves_the_force(tmp_path):
    made = simulated(tmp_path, MOUSE + arms_and(ED50, arms=("{arm: one, product: onabotulinumtoxinA}",)))
    half = float(np.median(made.predict(made.study.outcomes[0])))
    arm = (
        f"{{arm: one, product: onabotulinumtoxinA, injections: [{{muscle: soleus, dose: {half:.6f} U/kg}}]}}"
    )
    row = "{arm: one, measure: force_ratio, muscle: soleus, at: 8 d, value: 0.5}"
    again = simulated(tmp_path, MOUSE + arms_and(row, arms=(arm,)))
    assert np.median(again.predict(again.study.outcomes[0])) == pytest.approx(0.5, abs=0.15)


def test_a_preparation_that_is_no_product_has_no_dose_here(tmp_path):
    made = simulated(tmp_path, MOUSE + arms_and(ED50, arms=("{arm: one}",)))
    with pytest.raises(CannotSimulate, match="none of the products"):
        made.predict(made.study.outcomes[0])


def test_a_peak_needs_no_dose_and_a_ratio_does(tmp_path):
    peak = "{arm: one, measure: peak, of: force, muscle: soleus, unit: d, value: 5}"
    ratio = "{arm: one, measure: force_ratio, muscle: soleus, at: 7 d, value: 0.5}"
    made = simulated(tmp_path, MOUSE + arms_and(peak, ratio, arms=("{arm: one}",)))
    days = made.predict(made.study.outcomes[0])
    assert np.all((days > 0) & (days < 42))
    with pytest.raises(CannotSimulate, match="lists what was injected"):
        made.predict(made.study.outcomes[1])


def test_the_same_boundary_of_paralysis_whatever_the_product(tmp_path):
    row = "{arm: one, measure: cleaved_ratio, muscle: soleus, value: 0.35}"
    found = []
    for product in ("onabotulinumtoxinA", "abobotulinumtoxinA"):
        arms = (f"{{arm: one, product: {product}}}",)
        made = simulated(tmp_path, MOUSE + arms_and(row, arms=arms))
        found.append(np.median(made.predict(made.study.outcomes[0])))
    assert found[0] == pytest.approx(found[1], rel=0.1)


def test_a_repeat_adds_to_what_is_left(tmp_path):
    repeated = "{arm: two, n: 9, repeat: {times: 2, every: 8 wk}, " + BICEPS + "}"
    arms = ("{arm: one, n: 9, " + BICEPS + "}", repeated)
    text = HUMAN + arms_and(RATIO.format("one", "12 wk"), RATIO.format("two", "12 wk"), arms=arms)
    made = simulated(tmp_path, text)
    one, two = (made.predict(row) for row in made.study.outcomes)
    assert np.median(two) < np.median(one)
    assert (two < one).mean() > 0.9


def test_the_mean_of_a_group_narrows_with_its_size():
    """Standard normal people: the mean of n has the standard error 1 / sqrt(n), simulated in full or not."""
    for people in (4, 16, 400):
        group = GroupDraws(1, 2000, min(people, 20), "s", f"a{people}")
        arm = Simulated(SimpleNamespace(time_d=np.array([1.0])), group, (), people)
        found = arm.average(group.normal("x", 1)[:, 0])
        exact = 1 / math.sqrt(people)
        assert found.chance_sd == pytest.approx(exact, rel=0.05)
        assert settled(found, np.zeros(2000)).std() == pytest.approx(exact, rel=0.15)


def test_arms_share_the_effects_of_their_study(tmp_path):
    """Two arms alike differ by the chance of their groups only, far less than two studies would."""
    arms = tuple(f"{{arm: {name}, n: 400, {BICEPS}}}" for name in ("one", "two"))
    text = HUMAN + arms_and(
        RATIO.format("one", "4 wk"),
        RATIO.format("one", "4 wk").replace("measure", "versus: two, measure"),
        arms=arms,
    )
    made = simulated(tmp_path, text, 100)
    one, difference = (made.predict(row) for row in made.study.outcomes)
    assert difference.std() < one.std() / 3
    assert abs(difference.mean()) < one.std() / 2


def test_an_outcome_without_a_day_is_read_on_a_day_drawn_or_on_the_only_visit(tmp_path):
    row = "{arm: one, measure: force_ratio, muscle: biceps_brachii, value: 0.5}"
    free = simulated(tmp_path, HUMAN + arms_and(row))
    visit = simulated(tmp_path, HUMAN + "visits: [0 wk, 4 wk]\n" + arms_and(row, RATIO.format("one", "4 wk")))
    free.predict(free.study.outcomes[0])
    arm = free._arm("one", free.study.outcomes[0])
    days = arm.day(free.study.outcomes[0])
    assert days.min() >= 7
    assert days.max() <= 42
    assert arm.chain.time_d[-1] >= 42
    unstated, stated = (visit.predict(outcome) for outcome in visit.study.outcomes)
    assert np.median(unstated) == pytest.approx(np.median(stated), abs=0.05)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{arm: one, measure: antibody_fraction, value: 0.1}", "number of sessions"),
        ("{arm: one, measure: adverse_fraction, event: dysphagia, value: 0.1}", "boxed warning"),
        ("{arm: one, measure: adverse_fraction, event: antibodies, value: 0.1}", "antibody_fraction"),
        ("{arm: one, measure: adverse_fraction, event: hiccups, value: 0.1}", "none that is known"),
        ("{arm: one, measure: adverse_fraction, value: 0.1}", "no event is named"),
        ("{arm: one, measure: adverse_fraction, event: rash, value: 0.1}", "no row with a placebo group"),
        ("{arm: one, measure: scale_value, scale: physician_global, at: 4 wk, value: 1}", "global rating"),
        ("{arm: one, measure: scale_change, scale: goal_attainment, at: 4 wk, value: 9}", "goal attainment"),
        ("{arm: one, measure: ic50, unit: pM, value: 1}", "in a bath only"),
    ],
)
def test_what_is_not_carried_says_why(tmp_path, row, reason):
    made = simulated(tmp_path, HUMAN + arms_and(row), 2)
    with pytest.raises(CannotSimulate, match=reason):
        made.predict(made.study.outcomes[0])


def test_an_arm_without_toxin_is_untreated(tmp_path):
    """A control arm beside one that was injected: ratios of one, but for the error of measurement."""
    arms = ("{arm: one, n: 9, " + BICEPS + "}", "{arm: control, n: 9}")
    cleaved = "{arm: control, measure: cleaved_ratio, muscle: biceps_brachii, at: 4 wk, value: 0}"
    text = HUMAN + arms_and(RATIO.format("one", "4 wk"), RATIO.format("control", "4 wk"), cleaved, arms=arms)
    made = simulated(tmp_path, text, 100)
    treated, control, cut = (made.predict(row) for row in made.study.outcomes)
    assert control.mean() == pytest.approx(1, abs=0.02)
    assert treated.mean() < 0.7
    assert cut.tolist() == [0.0] * 100


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{arm: one, measure: half_time, muscle: biceps_brachii, unit: U, value: 1}", "a time in U"),
        ("{arm: one, measure: ed50, muscle: biceps_brachii, unit: pM, value: 1}", "a dose in pM"),
        ("{arm: one, measure: smd, at: 4 wk, value: 1}", "a second arm"),
        ("{arm: one, measure: scale_change, joint: elbow, at: 4 wk, value: 1}", "without its scale"),
    ],
)
def test_an_outcome_that_lacks_something_says_what(tmp_path, row, reason):
    made = simulated(tmp_path, HUMAN + arms_and(row), 2)
    with pytest.raises(CannotSimulate, match=reason):
        made.predict(made.study.outcomes[0])


def test_the_half_concentration_leaves_half(tmp_path):
    arms = ("{arm: one, concentration: 10 pM, exposure: 120 min}",)
    rows = ("{arm: one, measure: ic50, unit: pM, value: 1}", "{arm: one, measure: force_ratio, value: 0.5}")
    made = simulated(tmp_path, BATH + arms_and(*rows, arms=arms), 8)
    half = float(np.median(made.predict(made.study.outcomes[0])))
    arms = (f"{{arm: one, concentration: {half:.6f} pM, exposure: 120 min}}",)
    again = simulated(tmp_path, BATH + arms_and(rows[1], arms=arms), 8)
    assert np.median(again.predict(again.study.outcomes[0])) == pytest.approx(0.5, abs=0.05)


def test_the_concentration_of_half_effect_needs_a_time(tmp_path):
    arms = ("{arm: one, concentration: 10 pM, exposure: brief}",)
    made = simulated(tmp_path, BATH + arms_and("{arm: one, measure: ic50, unit: pM, value: 1}", arms=arms))
    with pytest.raises(CannotSimulate, match="minutes of exposure"):
        made.predict(made.study.outcomes[0])


def test_tension_in_the_bath_is_that_of_the_four_step_model():
    p = four_step.Parameters(*(np.array([rate]) for rate in (1.5e-4, 0.058, 0.141, 0.013)))
    assert four_step.tension(p, np.array([60.0]))[0, 0] == pytest.approx(0.998720951, abs=1e-8)


# ---- times that nobody reaches, peaks, doses of nothing --------------------------------------------


def followed(force, draws=1):
    """An arm of people whose biceps has the force given, (copies, times), on days 0, 7, 14."""
    group = GroupDraws(1, draws, len(force) // draws, "s", "a")
    muscles = {("biceps_brachii", "right"): Course(*[np.asarray(force, dtype=float)] * 5)}
    time_d = np.array([0.0, 7.0, 14.0])
    chain = SimpleNamespace(muscles=muscles, neighbours={}, time_d=time_d, clocks_of=None)
    return Simulated(chain, group, (), group.people)


def clocked(measure, unit):
    return Outcome(arm="a", measure=measure, muscle="biceps_brachii", of="force", unit=unit, value=1.0)


@pytest.mark.parametrize(
    ("measure", "unit", "value_"),
    [("onset", "wk", 2.0), ("onset", "d", 14.0), ("half_time", "wk", 2.0), ("duration", "wk", 0.0)],
)
def test_what_nobody_reaches_is_late_or_lasts_no_time_in_the_outcomes_unit(measure, unit, value_):
    arm = followed([[1, 1, 1]] * 2)
    assert statistic(arm, clocked(measure, unit)).values.tolist() == [value_]


def test_onset_is_over_those_who_are_weakened_where_some_are():
    """One of two falls evenly from 1 to 0 in a week and crosses 0.9 after 0.7 d; the other never does."""
    arm = followed([[1, 0, 0], [1, 1, 1]])
    assert statistic(arm, clocked("onset", "d")).values == pytest.approx([0.7])


def test_a_peak_without_a_day_is_followed_as_long_as_clocks_are(tmp_path):
    row = "{arm: one, measure: peak, of: force, muscle: biceps_brachii, unit: d, value: 5}"
    made = simulated(tmp_path, HUMAN + arms_and(row), 2)
    days = made.predict(made.study.outcomes[0])
    assert made._arm("one", made.study.outcomes[0]).chain.time_d[-1] == value("clinic.clock_horizon")
    assert days.min() > 1


def test_group_statistics_tell_their_chance(tmp_path):
    rows = (
        "{arm: one, measure: cleaved_ratio, muscle: biceps_brachii, at: 4 wk, value: 1}",
        "{arm: one, measure: peak, of: force, muscle: biceps_brachii, at: 6 wk, unit: d, value: 20}",
    )
    made = simulated(tmp_path, HUMAN + arms_and(*rows))
    for row in made.study.outcomes:
        found = made.found(row)
        assert 0 < found.drawn_sd < found.values.std()
        assert found.chance_sd == pytest.approx(found.drawn_sd)  # nine simulated, nine reported


def test_the_chance_of_a_ladder_is_that_of_its_people_and_of_the_group_reported(tmp_path):
    made = simulated(tmp_path, MOUSE + arms_and(ED50, arms=("{arm: one, product: onabotulinumtoxinA}",)), 10)
    found, people = made.found(made.study.outcomes[0]), value("measures.ladder_people")
    (ladder,) = made._ladders.values()
    assert ladder.group.people == people
    assert found.drawn_sd > 0
    wanted = math.sqrt(people / value("measures.group_not_stated"))
    assert found.chance_sd / found.drawn_sd == pytest.approx(wanted)


def test_half_dose_of_an_arm_that_got_nothing_says_so(tmp_path):
    arm = "{arm: one, product: onabotulinumtoxinA, injections: [{muscle: soleus, dose: 0 U}]}"
    made = simulated(tmp_path, MOUSE + arms_and(ED50, arms=(arm,)), 2)
    with pytest.raises(CannotSimulate, match="dose is 0"):
        made.predict(made.study.outcomes[0])


def test_no_rat_gets_a_human_bolus(tmp_path):
    row = "{arm: one, measure: bolus_length, muscle: soleus, at: 10 min, value: 1}"
    arm = "{arm: one, product: onabotulinumtoxinA, injections: [{muscle: soleus, dose: 2 U}]}"
    made = simulated(tmp_path, MOUSE.replace("mouse", "rat") + arms_and(row, arms=(arm,)), 2)
    with pytest.raises(CannotSimulate, match="fluid spreads in a muscle of the rat"):
        made.predict(made.study.outcomes[0])


def test_a_standardised_difference_needs_people_to_differ(tmp_path):
    row = "{arm: one, versus: two, measure: smd, scale: ashworth, joint: elbow, at: 4 wk, value: 1}"
    arms = ("{arm: one, n: 1, " + BICEPS + "}", "{arm: two, n: 30}")
    made = simulated(tmp_path, HUMAN + arms_and(row, arms=arms), 2)
    with pytest.raises(CannotSimulate, match="two people in every arm"):
        made.predict(made.study.outcomes[0])


def test_every_measure_is_read_somewhere_or_says_why_not():
    elsewhere = {"smd", "ed50", "bolus_length", "bolus_thickness", "antibody_fraction", "adverse_fraction"}
    refused = {held.id for held in MEASURES.values() if held.cannot}
    developing = {held.id for held in MEASURES.values() if not held.of_chain}  # test_developing_studies.py
    assert set(MEASURES) == set(_EACH) | set(_OF_GROUPS) | elsewhere | refused | developing


def test_two_rows_of_a_bath_have_errors_of_their_own(tmp_path):
    """The same moment stated in two ways: what is left is the same, what is measured is not."""
    row = "{{arm: one, measure: force_ratio, at: {}, value: 0.5}}"
    arms = ("{arm: one, n: 4, concentration: 10 pM}",)
    text = BATH + arms_and(row.format("60 min"), row.format("1 h"), arms=arms)
    made = simulated(tmp_path, text, 200)
    first, second = (made.predict(outcome) for outcome in made.study.outcomes)
    assert np.median(first) == pytest.approx(np.median(second), rel=0.1)
    assert np.abs(first - second).max() > 0.01


def test_where_no_joint_is_named_each_person_has_one_of_those_treated(tmp_path):
    row = "{{arm: one, measure: scale_change, scale: ashworth, {} at: 4 wk, value: -1}}"
    shots = "[{muscle: biceps_brachii, dose: 100 U}, {muscle: flexor_carpi_radialis, dose: 50 U}]"
    arm = "{arm: one, n: 40, product: onabotulinumtoxinA, injections: " + shots + "}"
    rows = [row.format(joint) for joint in ("", "joint: elbow,", "joint: wrist,")]
    text = HUMAN + "population: {baseline: {scale: ashworth, mean: 2.5, sd: 0.5}}\n"
    made = simulated(tmp_path, text + arms_and(*rows, arms=(arm,)), 20)
    each, elbow, wrist = (made.predict(outcome) for outcome in made.study.outcomes)
    assert np.mean(each) == pytest.approx((np.mean(elbow) + np.mean(wrist)) / 2, abs=0.3)
