"""What is kept comes back: cases, cycles, what was given, findings, runs, the audit; on both databases."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from endplate.case import load_case
from endplate.errors import InputError
from endplate.store import Conflict, Store, Wanted

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
NEXT = """
endplate: 1
patient: {code: arm-01, age: 58 y, condition: stroke}
plan:
  date: DATE
  jurisdiction: US
  product: onabotulinumtoxinA
  indication: spasticity
  dilution: 50 U/mL
  injections: [{muscle: biceps_brachii, side: left, dose: 50 U}]
"""


def next_case(tmp_path, date="2027-03-01"):
    path = tmp_path / "next.yaml"
    path.write_text(NEXT.replace("DATE", date), encoding="utf-8")
    return load_case(path)


# ---- cases and cycles ----------------------------------------------------------------------------


def test_every_example_comes_back_equal(store):
    kept = {case.patient.code: case for case in map(load_case, EXAMPLES)}
    store.add_all(kept.values())
    assert len(kept) > 4
    assert {code: store.case(code) for code in kept} == kept
    assert store.verify().faults == ()


def test_a_code_is_taken_once(store, adult):
    store.add(adult)
    with pytest.raises(InputError) as told:
        store.add(adult)
    assert told.value.rule == "code_taken"
    assert store.page()["total"] == 1


def test_the_next_cycle_knows_what_was_given_before_it(store, adult, lot, tmp_path):
    store.add(adult)
    store.given("arm-01", lot)
    done = store.add(next_case(tmp_path), next_cycle=True)
    assert done.cycle == 2
    later = store.case("arm-01")
    assert [(str(row.date), str(row.total)) for row in later.history] == [("2026-11-23", "150 U")]
    assert [str(shot.dose) for shot in later.history[0].injections] == ["100 U", "50 U"]
    assert store.case("arm-01", 1).history == adult.history


def test_a_cycle_without_a_record_is_no_history_and_says_so(store, adult, tmp_path):
    store.add(adult)
    store.add(next_case(tmp_path), next_cycle=True)
    later = store.case("arm-01")
    assert later.history == ()
    assert any("Cycle 1 has no record" in note for note in later.notes)


def test_a_cycle_before_what_was_given_is_refused(store, adult, lot, tmp_path):
    store.add(adult)
    store.given("arm-01", lot)
    with pytest.raises(InputError) as told:
        store.add(next_case(tmp_path, "2026-11-22"), next_cycle=True)
    assert told.value.rule == "date_order"
    assert len(store.show("arm-01")["cycles"]) == 1


def test_a_list_is_by_code_and_narrowed(store):
    cases = {case.patient.code: case for case in map(load_case, EXAMPLES)}
    store.add_all(cases.values())
    codes = [row["code"] for row in store.page()["persons"]]
    assert codes == sorted(cases)
    stroke = {code for code, case in cases.items() if case.patient.condition == "stroke"}
    assert {row["code"] for row in store.page(1, Wanted(condition="stroke"))["persons"]} == stroke
    assert [row["code"] for row in store.page(1, Wanted(code="child"))["persons"]] == ["child-01"]
    with pytest.raises(InputError, match="no page 2"):
        store.page(2)


# ---- what was given, findings, plans -------------------------------------------------------------


def test_what_was_given_wins_over_the_plan(store, adult, lot):
    store.add(adult)
    done = store.given("arm-01", lot)
    assert (done.version, done.warnings) == (2, ())
    case = store.case("arm-01")
    assert str(case.plan.date) == "2026-11-23"
    assert [(shot.muscle, str(shot.dose), shot.sites) for shot in case.plan.injections] == [
        ("biceps_brachii", "100 U", 4),
        ("brachialis", "50 U", 2),
    ]
    assert any("what was given on 2026-11-23 (lot C1234)" in note for note in case.notes)
    assert store.show("arm-01")["cycles"][0]["plan"]["date"] == "2026-11-22"


def test_two_lots_make_one_session(store, adult, lot):
    store.add(adult)
    store.given("arm-01", lot)
    rest = [{"muscle": "flexor_carpi_radialis", "side": "left", "dose": "25 U", "sites": 1}]
    store.given("arm-01", {**lot, "lot": "C9", "units": "25 U", "discarded": "75 U", "injections": rest})
    assert sum(shot.dose.value for shot in store.case("arm-01").plan.injections) == 175
    with pytest.raises(InputError) as told:
        store.given("arm-01", {**lot, "date": "2026-11-24"})
    assert told.value.rule == "one_session"


def test_given_as_planned_needs_the_planned_units(store, adult, lot):
    store.add(adult)
    bare = {name: part for name, part in lot.items() if name != "injections"}
    with pytest.raises(InputError) as told:
        store.given("arm-01", bare)
    assert told.value.rule == "injections_needed"
    store.given("arm-01", {**bare, "units": "350 U"})
    assert store.case("arm-01").plan.injections == adult.plan.injections


def test_another_product_needs_its_injections_and_its_dilution(store, adult, lot):
    store.add(adult)
    other = {**lot, "product": "abobotulinumtoxinA"}
    with pytest.raises(InputError) as told:
        store.given("arm-01", {**other, "injections": []})
    assert told.value.rule == "injections_needed"
    with pytest.raises(InputError) as told:
        store.given("arm-01", other)
    assert told.value.rule == "volume_missing"
    store.given("arm-01", {**other, "dilution": "200 U/mL"})
    assert store.case("arm-01").plan.product == "abobotulinumtoxinA"


def test_an_expired_lot_is_kept_and_remarked(store, adult, lot):
    store.add(adult)
    done = store.given("arm-01", {**lot, "expiry": "2026-10-31"})
    assert "expired on 2026-10-31" in done.warnings[0]


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ({"lot": "two words"}, "lot"),
        ({"units": "150"}, "quantity"),
        ({"units": "0 U"}, "units_zero"),
        ({"expiry": "2026-02-30"}, "date"),
        ({"units": "140 U"}, "injections_needed"),
        ({"vial": "1"}, "unknown_key"),
    ],
)
def test_a_wrong_record_changes_nothing(store, adult, lot, part, rule):
    store.add(adult)
    with pytest.raises(InputError) as told:
        store.given("arm-01", {**lot, **part})
    assert told.value.rule == rule
    assert store.show("arm-01")["version"] == 1


def test_a_finding_is_added_and_corrected(store, adult, finding):
    store.add(adult)
    done = store.visit("arm-01", finding, note="splint worn at night")
    store.visit("arm-01", {**finding, "value": "1"}, correct=done.id)
    assert [visit.value for visit in store.case("arm-01").visits] == ["1"]
    with pytest.raises(InputError) as told:
        store.visit("arm-01", finding, correct=done.id + 1)
    assert told.value.rule == "no_row"
    with pytest.raises(InputError) as told:
        store.visit("arm-01", {**finding, "date": "2026-11-01"})
    assert told.value.rule == "date_order"


def test_a_plan_is_replaced(store, adult, tmp_path):
    store.add(adult)
    store.plan("arm-01", next_case(tmp_path))
    assert store.case("arm-01").plan == next_case(tmp_path).plan
    with pytest.raises(InputError) as told:
        store.plan("arm-01", adult, cycle=2)
    assert told.value.rule == "no_cycle"


def test_a_run_is_known_by_what_went_in(store, adult, finding):
    store.add(adult)
    result = {"inputs": adult.to_dict(), "seed": 1, "draws": 4, "model_version": "7", "endplate": "0.1.0"}
    store.run("arm-01", json.dumps({"check": {}, "simulate": result}).encode())
    run = store.show("arm-01")["cycles"][0]["runs"][0]
    assert (run["verb"], run["seed"], run["of_today"]) == ("run", 1, True)
    store.visit("arm-01", finding)
    assert store.show("arm-01")["cycles"][0]["runs"][0]["of_today"] is False
    for raw, rule in ((json.dumps(result), "other_inputs"), ("{}", "no_result"), ("x", "no_result")):
        with pytest.raises(InputError) as told:
            store.run("arm-01", raw.encode())
        assert told.value.rule == rule


# ---- audit and conflicts -------------------------------------------------------------------------


def test_the_audit_tells_every_change(store, adult, finding, lot):
    store.add(adult, who="desk")
    visit = store.visit("arm-01", finding, who="ward-2").id
    store.visit("arm-01", {**finding, "value": "2"}, who="ward-3", correct=visit)
    store.given("arm-01", lot)
    entries = store.audit("arm-01")
    assert [entry["entity"] for entry in entries[:3]] == ["person", "cycle", "plan"]
    assert {entry["who"] for entry in entries[:3]} == {"desk"}
    first, second = (entry for entry in entries if entry["entity"] == "visit")
    assert (first["old"], first["new"]["value"], first["who"]) == (None, "1+", "ward-2")
    assert (second["old"]["value"], second["new"]["value"], second["who"]) == ("1+", "2", "ward-3")
    assert first["new"] == second["old"]
    persons = [entry["new"]["version"] for entry in entries if entry["entity"] == "person"]
    assert persons == [1, 2, 3, 4]
    assert store.verify().rows["audit"] == len(entries)
    assert store.verify().faults == ()


def test_a_refused_change_leaves_no_entry(store, adult, finding):
    store.add(adult)
    before = store.audit()
    with pytest.raises(InputError):
        store.visit("arm-01", {**finding, "value": "9"})
    assert store.audit() == before


def test_a_change_of_what_was_not_read_is_a_conflict(store, adult, finding):
    store.add(adult)
    read = store.show("arm-01")["version"]
    store.visit("arm-01", finding, who="ward-2")
    with pytest.raises(Conflict) as told:
        store.visit("arm-01", finding, version=read)
    when = store.show("arm-01")["changed_at"]
    assert f"changed by ward-2 on {when}" in told.value.message
    assert len(store.case("arm-01").visits) == 1


def test_of_two_writers_at_once_one_wins(store, adult, finding, place):
    store.add(adult)
    start, ends = threading.Barrier(2), []

    def write(who):
        with Store.open(place) as own:
            start.wait()
            try:
                ends.append(own.visit("arm-01", finding, version=1, who=who))
            except Conflict as error:
                ends.append(error)

    threads = [threading.Thread(target=write, args=(who,)) for who in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    conflicts = [end for end in ends if isinstance(end, Conflict)]
    winner = store.show("arm-01")["changed_by"]
    assert len(ends) == 2 and len(conflicts) == 1
    assert f"changed by {winner}" in conflicts[0].message
    assert len(store.case("arm-01").visits) == 1


def test_of_two_who_add_one_code_at_once_one_wins(store, adult, place):
    start, ends = threading.Barrier(2), []

    def add():
        with Store.open(place) as own:
            start.wait()
            try:
                ends.append(own.add(adult))
            except InputError as error:
                ends.append(error.rule)

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([end for end in ends if end in ("conflict", "code_taken")]) == 1
    assert store.page()["total"] == 1
    assert store.verify().faults == ()


def test_two_writers_who_say_no_version_both_write(store, adult, finding, place):
    store.add(adult)

    def write():
        with Store.open(place) as own:
            for _ in range(5):
                own.visit("arm-01", finding)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.case("arm-01").visits) == 10
    assert store.show("arm-01")["version"] == 11
    assert store.verify().faults == ()
