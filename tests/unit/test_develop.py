"""A child over years: untreated is its record, treatment only differs, and nothing is told by one curve."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from endplate.case import parse_quantity
from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.knowledge.evidence import load_sources, value
from endplate.knowledge.evidence.long_term import DESIGNS, long_term_studies
from endplate.outputs import developed
from endplate.outputs.develop_page import render_develop
from endplate.physiology.development.clock import child_shares
from endplate.physiology.development.function import Curve, scale_end
from endplate.questions.develop import develop
from endplate.questions.developing.background import background
from endplate.questions.developing.blocks import Blocks
from endplate.questions.developing.circuits import _circuits
from endplate.questions.developing.influence import ASSUMPTIONS, BLOCK
from endplate.questions.developing.members import ensemble, preset
from endplate.questions.developing.scenarios import COURSE_Y, Scenario

CASE = load_case(Path(__file__).parents[2] / "examples" / "child_calf.yaml")
DRAWS = 60


def child(**patient):
    return CASE.model_copy(update={"patient": CASE.patient.model_copy(update=patient)})


@pytest.fixture(scope="module")
def told():
    return develop(CASE, DRAWS).document


def under(document):
    return {**document["presets"], "ensemble": document["ensemble"]}


def test_untreated_is_the_reference_under_every_preset(told):
    """An identity, in rounded numbers: 0.01 points and 0.01 deg."""
    reference = Curve.of_level(2).at(np.array(told["ages_y"]))
    for row in told["presets"].values():
        np.testing.assert_allclose(row["untreated"]["gmfm66"]["median"], reference, atol=0.01)
        assert row["untreated"]["dorsiflexion_lost_deg"]["median"][-1] == pytest.approx(19, abs=0.01)


def test_the_late_decline_moves_the_reference_and_not_what_treatment_changes():
    stable, falling = (develop(child(gmfcs=3), 20, decline=decline).document for decline in (False, True))
    ages = np.array(falling["ages_y"])
    for row in falling["presets"].values():
        reference = Curve.of_level(3, decline=True).at(ages)
        np.testing.assert_allclose(row["untreated"]["gmfm66"]["median"], reference, atol=0.01)
    for name, row in under(falling).items():
        for what in ("gmfm66_gained", "at_18", "p_harm"):
            assert row["plan"][what] == under(stable)[name]["plan"][what]
    assert falling["function_account"]["account"] == "late_decline"
    assert "Hanna 2009" in falling["function_account"]["note"]
    more = {row["id"] for row in falling["evidence"]} - {row["id"] for row in stable["evidence"]}
    assert more == {f"development.decline.{name}" for name in ("III.peak_age", "III.points", "until")}


@pytest.mark.parametrize("gmfcs", [1, 2])
def test_the_late_decline_changes_nothing_in_the_first_two_levels_and_says_so(gmfcs):
    stable, falling = (develop(child(gmfcs=gmfcs), 20, decline=decline).document for decline in (False, True))
    account = falling.pop("function_account")
    assert account["account"] == "late_decline" and "No mean decline was found" in account["note"]
    assert stable.pop("function_account")["account"] == "stable_limit" and falling == stable


def test_hips_are_those_of_the_level_whatever_is_injected():
    """Soo 2006: none in level I, 90 % in V; III, IV and V 2.7, 4.6 and 5.9 times II."""
    hips = [background(gmfcs, False)["hip"] for gmfcs in range(1, 6)]
    shares = [hip["value"] for hip in hips]
    assert shares[0] == 0 and shares[4] == 0.9
    np.testing.assert_allclose(np.array(shares[2:]) / shares[1], [2.7, 4.6, 5.9], rtol=0.01)
    for hip in hips:
        assert "Nothing in the model changes it" in hip["note"] and "10 y 10 mo" in hip["note"]
    plans = [develop(CASE, 5, every_d=every).document for every in (182, 364)]
    assert plans[0]["hip"] == plans[1]["hip"] and plans[0]["bone"] == plans[1]["bone"]


def test_no_curve_of_the_hand_is_drawn(told):
    assert "no curve is drawn" in told["hand"]["note"]
    assert [row["source"].split()[0] for row in told["hand"]["read"]] == [
        *("Nordstrand", "Nordstrand", "Klevberg", "Eliasson", "Eliasson")
    ]


def test_studies_of_lasting_benefit_stand_beside_the_model(told):
    names = [each.name for each in long_term_studies()]
    assert {"Willoughby 2012", "Graham 2008", "Schasfoort 2018", "Eames 1999", "Tedroff 2009"} <= set(names)
    assert {"Druschel 2013", "Blumetti 2019"} <= set(names)
    for each in long_term_studies():
        assert each.design in DESIGNS and each.source in load_sources() and each.found and each.place
    page = render_develop(told)
    docs = (Path(__file__).parents[2] / "docs" / "development.md").read_text(encoding="utf-8")
    for each in told["trials"]:
        assert each["found"].replace("'", "&#39;").replace(" -", " \N{MINUS SIGN}") in page
        assert each["url"] in page
        assert each["found"] in docs


def test_the_scores_of_the_docs_are_what_the_script_finds():
    """docs/development.md holds the curves against what was read; no recalled number is asserted."""
    root = Path(__file__).parents[2]
    script = runpy.run_path(str(root / "scripts" / "score_function.py"))
    docs = (root / "docs" / "development.md").read_text(encoding="utf-8")
    for line in script["table"](root / "docs" / "data" / "development_means.csv"):
        assert line in docs


def test_half_a_year_of_injections_moves_function_by_less_than_a_point(told):
    """At 24 weeks, by every assumption, in 90 % of members."""
    at = int(np.searchsorted(told["ages_y"], told["ages_y"][0] + 24 / 52))
    for row in under(told).values():
        gained = row["plan"]["gmfm66_gained"]
        assert -1 < gained["p05"][at] <= gained["p95"][at] < 1


def test_all_three_presets_and_the_ensemble_are_always_there(told):
    assert list(told["presets"]) == ["null", "evidence", "hypothesis"]
    names = {"untreated", *(each["scenario"] for each in told["scenarios"])}
    assert all(set(row) == names for row in under(told).values())
    assert set(told["evidence_classes"]) == set(under(told))


def test_the_null_changes_nothing_but_volume(told):
    row = told["presets"]["null"]["plan"]
    assert row["at_18"]["gmfm66_gained"]["median"] == 0 == row["at_18"]["dorsiflexion_kept_deg"]["p95"]
    assert row["p_gain_below_smallest"] == 1 and row["p_harm"] == 0
    assert row["volume_lost"]["median"] > 0.02


def test_more_phi_keeps_more_range_and_no_preset_more_than_a_goniometer_errs(told):
    kept = [row["plan"]["at_18"]["dorsiflexion_kept_deg"]["median"] for row in told["presets"].values()]
    assert kept == sorted(kept) and kept[0] < kept[2] < 5


def test_fewer_sessions_cost_less_volume(told):
    lost = {name: told["ensemble"][name]["volume_lost"]["median"] for name in ("plan", "twice as far apart")}
    assert lost["plan"] > lost["twice as far apart"]


def test_courses_begun_at_other_ages_differ_in_nothing_else(told):
    courses = {row["scenario"] for row in told["starting_age"]["ensemble"]}
    sessions = {each["sessions"] for each in told["scenarios"] if each["scenario"] in courses}
    assert len(courses) == 3 and len(sessions) == 1
    for name, rows in told["starting_age"].items():
        ages = [row["start_y"] for row in rows]
        assert ages == sorted(ages) and rows[0]["gmfm66_less_than_first"]["p95"] == 0
        for row in rows:
            at_18 = under(told)[name][row["scenario"]]["at_18"]
            assert row["gmfm66_gained"] == at_18["gmfm66_gained"]


@pytest.fixture(scope="module")
def short():
    """One, two and three sessions of the plan."""
    return [develop(CASE, DRAWS, stop_y=6 + years).document for years in (0.1, 0.9, 1.4)]


def test_only_sessions_that_are_given_count(short):
    """Fewer sessions lose less volume, are worn off two years later, and differ from more."""
    assert [each["scenarios"][0]["sessions"] for each in short] == [1, 2, 3]
    lost = [each["ensemble"]["plan"]["volume_lost"]["median"] for each in short]
    assert 0 < lost[0] < lost[1] < lost[2]


def test_after_the_last_session_the_muscle_comes_back_and_range_is_lost_as_before(short):
    """From two years after it on nothing is lost, and what range was kept only dilutes with growth."""
    for document in short:
        row, untreated = (document["presets"]["hypothesis"][name] for name in ("plan", "untreated"))
        later = np.array(document["ages_y"]) > document["scenarios"][0]["until_y"] + 2.2
        for end in ("p05", "median"):
            np.testing.assert_allclose(
                np.array(row["volume_of_typical"][end])[later],
                np.array(untreated["volume_of_typical"][end])[later],
            )
        assert np.all(np.diff(np.array(row["dorsiflexion_kept_deg"]["median"])[later]) <= 1e-9)


def test_function_stays_on_its_scale():
    """Level I lies near the end of the scale: nobody passes it, with and without treatment."""
    document = develop(child(gmfcs=1), DRAWS).document
    for row in document["ensemble"].values():
        assert max(row["gmfm66"]["p95"]) <= scale_end()


def test_priors_of_the_ensemble_include_none():
    members = ensemble(1, 4000)
    for weight in (members.range_weight, members.volume_weight, members.block_slows):
        assert (weight == 0).mean() == pytest.approx(0.5, abs=0.03) and weight.min() >= 0
    assert np.all((members.phi > 0) & (members.phi < 1))
    assert preset("hypothesis", 3).phi.tolist() == [0.875] * 3


def test_the_same_seed_is_the_same_answer(told):
    _circuits.cache_clear()
    assert develop(CASE, DRAWS).document == told


def test_every_figure_and_table_says_how_well_what_it_shows_is_known(told):
    """The word in its title, the reason beside it; one of five words."""
    page = render_develop(told)
    words = {"established in children", "established in animals", "contested", "hypothesis", "assumed"}
    for key, known in told["status"].items():
        assert known["status"] in words and known["why"] in page.replace("&#39;", "'"), key
    titles = re.findall("<figcaption>(.*?)</figcaption>", page)
    pictures = [title for title in titles if title.startswith(("now, ", "18 y, "))]
    assert len(pictures) == page.count('class="map"') == 9 == 3 * len(told["circuits"])
    for title in set(titles) - set(pictures):
        assert title.endswith(tuple(f"({word})" for word in words)), title
    for table in developed.tables(told)[3:]:
        assert table.title.endswith((")", "shows any")), table.title


def test_the_loop_is_told_open_and_closed_in_the_same_members(told):
    assert [row["gain"] for row in told["loop"]] == [1, 3]
    for row in told["loop"]:
        for name, own in row["told"].items():
            assert own["rejected"] == 0
            assert own["gmfm66_gained_open"] == under(told)[name]["plan"]["gmfm66_gained"]
    assert told["loop"][-1]["told"]["hypothesis"]["loop_gain"]["median"] > 0


def test_members_in_whom_the_loop_could_run_away_are_left_out():
    toddler = child(age=parse_quantity("6 mo"))
    document = develop(toddler, 60, gains=[100]).document
    row = document["loop"][-1]["told"]
    assert row["hypothesis"]["rejected"] == 1 and row["hypothesis"]["gmfm66_gained"] is None
    assert row["null"]["rejected"] == 0 < row["ensemble"]["rejected"] < 1
    assert "none left" in render_develop(document)


def test_what_the_answer_hangs_on_has_both_ends(told):
    rows = told["influence"]
    assert {row["assumption"] for row in rows} == {*ASSUMPTIONS, BLOCK}
    widths = [abs(row["high"] - row["low"]) for row in rows]
    assert widths == sorted(widths, reverse=True) and widths[0] > 0


def test_ensembles_hold_every_guess_of_the_window():
    members = ensemble(1, 4000)
    shares = np.bincount(members.window, minlength=3) / 4000
    np.testing.assert_allclose(shares, child_shares(), atol=0.03)
    assert (members.map_weight == 0).mean() == pytest.approx(0.5, abs=0.03) and members.map_weight.min() >= 0
    assert members.coactive.min() >= 0 and members.coactive.max() <= value("experiments.spastic.severe")


def test_months_hold_the_mean_of_their_days_and_cycles_repeat():
    """Three sessions followed: the first, the second again and again, the last until it is over."""
    days = np.arange(3 * 182.0 + 500)[None]
    held = Blocks(182, 3, days, days, days)
    ages = 6 + np.arange(0, 365 * 12, 7) / 365.25  # weeks
    found = held.monthly(6.0, ages, 10).extrafusal[0]
    assert found[0] == pytest.approx(np.arange(7).mean())
    np.testing.assert_allclose(found[26:52], found[52:78])  # the second cycle and the third
    last = 9 * 26
    assert found[last] == pytest.approx(2 * 182 + 3) and found[last + 90] > found[last + 50] > found[last]
    assert np.all(found[last + 182 // 7 + 500 // 7 + 1 :] == 0)


@pytest.mark.parametrize(
    ("case", "options", "rule"),
    [
        (child(gmfcs=None), {}, "gmfcs_required"),
        (child(age=None), {}, "age_required"),
        (load_case(Path(__file__).parents[2] / "examples" / "adult_leg.yaml"), {}, "children_only"),
        (CASE, {"every_d": 30}, "interval"),
        (CASE, {"stop_y": 5.0}, "stop"),
        (child(age=parse_quantity("0 mo")), {}, "age_followed"),
        (child(age=parse_quantity("215.99 mo")), {}, "age_followed"),
        (CASE, {"gains": [1000.0]}, "loop_gain"),
        (CASE.model_copy(update={"plan": None}), {}, "plan_required"),
    ],
)
def test_what_cannot_be_followed_is_told(case, options, rule):
    with pytest.raises(InputError) as raised:
        develop(case, 10, **options)
    assert raised.value.rule == rule


def test_a_plan_without_a_calf_muscle_is_told():
    arm = load_case(Path(__file__).parents[2] / "examples" / "adult_arm.yaml")
    plan = arm.plan.model_copy(update={"date": CASE.plan.date})
    with pytest.raises(InputError, match="no muscle of the calf"):
        develop(CASE.model_copy(update={"plan": plan}), 10)


def test_an_infant_is_followed_and_marked():
    found = develop(child(age=parse_quantity("1 y")), 20).document
    assert any("No approval held begins before 2 y" in warning for warning in found["warnings"])
    assert any("Under 2 years" in line for line in found["plan_check"]["critical"])
    assert any("critical" in line for line in developed.alarms(found))


def test_what_is_not_this_childs_is_said():
    """Another cause, a level without an important difference, no tone, a caution: each in words."""
    found = develop(child(gmfcs=5, condition="stroke"), 20).document
    notes = " ".join(found["warnings"])
    assert "this child's cause is another" in notes and "levels I to III" in notes
    assert next(developed.alarms(found)).startswith("Outside the model")
    assert "Its own tone and range are not" in notes


def test_every_figure_says_what_its_curves_rest_on(told):
    page = render_develop(told)
    assert page.count(told["wording"]["development"]) >= 3
    for what in told["evidence_classes"].values():
        assert page.count(what) == 5  # beside the numbers and below every group of figures
    for word in ("recommended dose", "optimal for this patient", "predicts"):
        assert word not in page


def test_a_child_without_function_in_whom_something_comes_back_leaves_an_answer():
    """Its loop gain has no end: null in the document, and the member is left out."""
    lost = ensemble(46, 10)
    curve = Curve.of_level(5)
    assert ((curve.limit + curve.limit_sd * lost.limit_score <= 0) & (lost.range_weight > 0)).any()
    found = develop(child(gmfcs=5), 10, 46)
    row = found.document["loop"][0]["told"]["ensemble"]
    assert row["loop_gain"]["p95"] is None and row["rejected"] > 0
    assert "Infinity" not in found.to_json() and "&gt; 99" in render_develop(found.document)


@pytest.mark.parametrize("age_y", [1.0, 50 / 12, 53 / 12, 55 / 12, 7.3])
@pytest.mark.parametrize("every_d", [84, 182, 487])
def test_courses_of_equal_length_have_as_many_sessions_from_any_age(age_y, every_d):
    """Four years are 1,461 days, three times 487."""
    course = Scenario("course", age_y, every_d, age_y + COURSE_Y, of_course=True)
    assert course.sessions == -(-1461 // every_d)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("bilateral", "modified_ashworth", "0")], True),
        ([("left", "modified_ashworth", "0"), ("right", "modified_ashworth", "3")], False),
        ([("bilateral", "tardieu_angle", "0")], False),
        ([("bilateral", "disability_assessment", "0")], False),
    ],
)
def test_no_tone_is_said_where_every_ankle_graded_has_none(rows, said):
    """An angle or a disability of 0 is no grade of tone, and one leg does not speak for the other."""
    first = CASE.assessment[0]
    examined = tuple(
        first.model_copy(update={"side": side, "scale": scale, "value": grade, "tardieu": None})
        for side, scale, grade in rows
    )
    found = develop(CASE.model_copy(update={"assessment": examined}), 10).document
    assert any("has no raised tone" in warning for warning in found["warnings"]) is said
