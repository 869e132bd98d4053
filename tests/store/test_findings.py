"""Findings: none that is stated is lost without a word, and none that no verb can read is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from endplate.case import Case, from_document, load_case
from endplate.errors import InputError
from endplate.store import Store

CYCLES = Path(__file__).parents[2] / "examples" / "three_cycles"
LOT = {
    "date": "2026-03-02",
    "lot": "L1",
    "expiry": "2028-01-01",
    "units": "120 U",
    "discarded": "0 U",
}
ONE_MORE = {"date": "2026-05-26", "measure": "weakness", "value": "no"}


@pytest.fixture
def first():
    return load_case(CYCLES / "cycle1.yaml")


@pytest.fixture
def second():
    return load_case(CYCLES / "cycle2.yaml")


@pytest.fixture
def held(tmp_path):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        yield store


def without_visits(case):
    return from_document(Case, {**case.to_dict(), "visits": ()})


# ---- what the next cycle states of the one before it ---------------------------------------------


def test_findings_stated_of_an_earlier_cycle_stay_where_none_is_recorded(store, first, second):
    store.add(without_visits(first))
    store.given("arm-07", LOT)
    done = store.add(second, next_cycle=True)
    kept = store.case("arm-07")
    assert len(second.history[0].visits) == 10
    assert kept.history[0].visits == second.history[0].visits
    assert done.warnings == () and not any("only those recorded" in note for note in kept.notes)
    assert store.case("arm-07", 1).visits == ()


def test_findings_stated_and_recorded_alike_count_once(held, first, second):
    held.add(first)
    held.given("arm-07", LOT)
    done = held.add(second, next_cycle=True)
    assert held.case("arm-07").history[0].visits == first.visits
    assert done.warnings == ()


def test_findings_recorded_otherwise_win_and_a_note_names_those_left_out(held, first, second):
    held.add(without_visits(first))
    held.given("arm-07", LOT)
    held.visit("arm-07", first.to_dict()["visits"][0])
    (told,) = held.add(second, next_cycle=True).warnings
    assert "states 9 findings of cycle 1" in told and "2026-03-30" in told
    kept = held.case("arm-07")
    assert kept.history[0].visits == first.visits[:1]
    assert told in kept.notes


def test_a_finding_recorded_later_tells_what_it_leaves_out(held, first, second):
    held.add(without_visits(first))
    held.given("arm-07", LOT)
    held.add(second, next_cycle=True)
    (told,) = held.visit("arm-07", ONE_MORE, cycle=1).warnings
    assert "states 10 findings of cycle 1" in told
    assert held.visit("arm-07", {**ONE_MORE, "date": "2026-09-01"}).warnings == ()


def test_findings_of_two_products_stay_with_their_product(held, first, second):
    """Two products on one day, each with findings stated; none recorded."""
    other = "incobotulinumtoxinA"
    shots = first.to_dict()["plan"]["injections"]
    held.add(without_visits(first))
    held.given("arm-07", {**LOT, "units": "90 U", "injections": shots[:2]})
    rest = {**LOT, "lot": "L2", "product": other, "units": "30 U", "dilution": "50 U/mL"}
    held.given("arm-07", {**rest, "injections": shots[2:]})
    document = second.to_dict()
    (past,) = document["history"]
    document["history"] = [
        {**past, "visits": past["visits"][:3]},
        {**past, "product": other, "visits": past["visits"][3:]},
    ]
    held.add(from_document(Case, document), next_cycle=True)
    kept = {entry.product: len(entry.visits) for entry in held.case("arm-07").history}
    assert kept == {"onabotulinumtoxinA": 3, other: 7}


# ---- what no verb could read ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finding", "rule", "field"),
    [
        ({"measure": "weakness", "value": "perhaps"}, "weakness", "value"),
        ({"measure": "weakness"}, "weakness", "value"),
        ({"measure": "onset", "value": "900 d"}, "report_after_visit", "value"),
        ({"measure": "wear_off", "value": "soon"}, "quantity", "value"),
        ({"measure": "strength", "joint": "elbow", "value": "maria"}, "strength", "value"),
        ({"measure": "reinjection", "value": "5 d"}, "reinjection", "value"),
        ({"measure": "scale", "joint": "elbow"}, "scale", "value"),
        ({"measure": "scale", "joint": "elbow", "value": "1"}, "scale", "scale"),
        ({"measure": "onset", "value": 9}, "quantity", "value"),
        ({"measure": "onset", "value": 9.5}, "grade", "value"),
        ({"measure": "weakness", "value": "no", "rater": "schmidt"}, "code", "rater"),
        ({"measure": "weakness", "value": "no", "rater": 7}, "string_type", "rater"),
    ],
)
def test_a_finding_that_no_verb_can_read_is_not_kept(held, first, finding, rule, field):
    held.add(first)
    with pytest.raises(InputError) as told:
        held.visit("arm-07", {"date": "2026-03-30", **finding})
    assert told.value.rule == rule
    assert told.value.field.rpartition(".")[-1] == field
    assert held.show("arm-07")["version"] == 1


def test_a_rater_of_an_earlier_session_is_a_code_too(held, second):
    document = second.to_dict()
    document["history"][0]["visits"][1]["rater"] = "schmidt"
    with pytest.raises(InputError) as told:
        held.add(from_document(Case, document))
    assert (told.value.rule, told.value.field) == ("code", "history[0].visits[1].rater")


def test_a_report_is_held_against_the_day_on_which_was_given(held, first):
    """Nine days after the plan the onset was told; given three days late, six have passed."""
    held.add(without_visits(first))
    held.visit("arm-07", {"date": "2026-03-11", "measure": "onset", "value": "9 d"})
    with pytest.raises(InputError) as told:
        held.given("arm-07", {**LOT, "date": "2026-03-05"})
    assert (told.value.rule, told.value.field) == ("report_after_visit", "visits[0].value")
    assert held.show("arm-07")["version"] == 2


def test_a_finding_kept_before_the_rules_can_be_corrected(held, first):
    """Rows that an earlier program took: the case cannot be read, its correction mends it."""
    import datetime as dt

    from endplate.store.models import Visit

    held.add(without_visits(first))
    with held._writing("local") as session:
        session.code = "arm-07"
        day = dt.date(2026, 3, 30)
        session.add(Visit(cycle_id=1, date=day, measure="weakness", value="perhaps"))
    with pytest.raises(InputError):
        held.case("arm-07")
    (row,) = held.show("arm-07")["cycles"][0]["visits"]
    held.visit("arm-07", {"date": "2026-03-30", "measure": "weakness", "value": "yes"}, correct=row["id"])
    assert [visit.value for visit in held.case("arm-07").visits] == ["yes"]
    assert held.verify().faults == ()
