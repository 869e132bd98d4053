"""The label data files themselves: ids, dates, muscles, numbers, bases and caps that belong together."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from importlib.resources import files

import pytest

from endplate.knowledge.labels import house_rule, label_status, load_approvals, load_rules
from endplate.knowledge.labels.tables import ANY, read_tables
from endplate.knowledge.labels.warnings import load_warnings
from endplate.knowledge.vocabulary import CONDITIONS, GROUPS, INDICATIONS, JURISDICTIONS, MUSCLES, PRODUCTS

RULES = [row for _, row in read_tables("rule")]
APPROVALS = [row for _, row in read_tables("approval")]
LISTS = [row for _, row in read_tables("list")]
TODAY = date.today()
PLACES = {"us": "US", "eu": "EU", "uk": "UK", "ca": "CA", "jp": "JP", "ch": "CH", "sg": "SG"}
SCOPES = {
    "session_total": "U",
    "session_total_per_kg": "U/kg",
    "cumulative_3_months": "U",
    "cumulative_3_months_per_kg": "U/kg",
    "muscle_dose": "U",
    "muscle_dose_per_kg": "U/kg",
    "site_dose": "U",
    "site_volume": "mL",
    "interval": "wk",
    "age_minimum": "y",
    "dilution": "U/mL",
    "use_within": "h",
    "storage": "degC",
    "needle": "G",
    "needle_reconstitution": "G",
}
LABEL_RULES = [row for row in RULES if row["basis"] != "design"]


def test_ids_are_unique():
    ids = Counter([*(row["id"] for row in RULES + APPROVALS), *(row.id for row in load_warnings())])
    assert [found for found, count in ids.items() if count > 1] == []


def test_every_rule_is_of_a_known_product_place_scope_and_unit():
    for row in LABEL_RULES:
        assert row["product"] in PRODUCTS and row["jurisdiction"] in JURISDICTIONS, row["id"]
        assert SCOPES[row["scope"]] == row["unit"], row["id"]
        assert row["limb"] in {"upper", "lower", ANY}, row["id"]
        assert row.get("extent") in {None, "each_limb", "session"}, row["id"]
        totals = row["scope"].startswith(("session_total", "cumulative"))
        assert totals <= ("extent" in row), row["id"]
        assert (row["scope"].startswith("cumulative")) == ("window_mo" in row), row["id"]


def test_no_table_is_overlooked_by_reading_only_the_files_that_hold_some():
    folder = files("endplate.knowledge.labels").joinpath("data")
    paths = sorted(path for path in folder.iterdir() if path.name.endswith(".toml"))
    contents = {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}
    for key in {key for content in contents.values() for key in content}:
        rows = [(name, row) for name, content in contents.items() for row in content.get(key, [])]
        assert list(read_tables(key)) == rows, key


def test_house_rules_are_the_rules_of_every_product_and_place():
    everywhere = [rule for rule in load_rules() if (rule.product, rule.jurisdiction) == (ANY, ANY)]
    assert [house_rule(rule.scope) for rule in everywhere] == everywhere
    assert {rule.product for rule in load_rules()} - set(PRODUCTS) == {ANY}


def test_rule_files_hold_one_place_and_product_each():
    for name, row in read_tables("rule"):
        if row["basis"] != "design":
            place, product = name.removesuffix(".toml").split("_", 1)
            assert (PLACES[place], product) == (row["jurisdiction"], row["product"]), row["id"]


def test_populations_have_their_ages():
    ages = {"adult": (18, None), "paediatric": (2, 18), ANY: (0, None)}
    for row in LABEL_RULES:
        assert (row["age_from_y"], row.get("age_to_y")) == ages[row["population"]], row["id"]


def test_muscles_and_groups_are_in_the_vocabulary():
    known = set(MUSCLES) | set(GROUPS)
    for row in RULES:
        assert set(row["muscles"]) <= known, row["id"]
        assert bool(row["muscles"]) == ("per" in row), row["id"]
        limbs = {MUSCLES[m].limb for muscle in row["muscles"] for m in GROUPS.get(muscle, (muscle,))}
        assert not limbs or limbs == {row["limb"]}, row["id"]


def test_numbers_are_in_order():
    for row in RULES:
        low, high = row.get("min"), row.get("max")
        assert low is not None or high is not None, row["id"]
        assert low is None or high is None or low <= high, row["id"]
        assert (row.get("sites_min") or 0) <= (row.get("sites_max") or 99), row["id"]


def test_rule_dates_are_in_order():
    for row in LABEL_RULES:
        assert date(1989, 1, 1) <= row["in_force_from"] <= row.get("last_checked_on", TODAY) <= TODAY, row[
            "id"
        ]
        assert row["in_force_from"] < row.get("in_force_to", date.max), row["id"]
        undated = row["in_force_from"] == date(2001, 1, 1)
        assert undated == ("Date not held; taken as in force so that it binds." in row["notes"]), row["id"]


def test_approval_dates_are_in_order():
    for row in APPROVALS:
        first, certain = row["from"], row.get("certain_from", row["from"])
        assert date(1989, 1, 1) <= first <= certain <= TODAY, row["id"]
        assert certain < row.get("to", date.max), row["id"]
        assert row["precision"] in {"day", "month", "year"}, row["id"]
        assert row["precision"] == "day" or first.day == 1, row["id"]
        assert row["precision"] != "year" or first.month == 1, row["id"]
    assert all(a.first <= a.certain_from for a in load_approvals())


def test_approvals_use_known_words():
    for row in APPROVALS:
        assert row["product"] in PRODUCTS and row["jurisdiction"] in JURISDICTIONS, row["id"]
        assert row["indication"] in INDICATIONS, row["id"]
        assert (row["indication"] == "spasticity") == (row["limb"] in {"upper", "lower"}), row["id"]
        causes = {*row["excluded_causes"], *row.get("only_causes", [])}
        assert causes <= set(CONDITIONS), row["id"]
        assert not (row["excluded_causes"] and row.get("only_causes")), row["id"]
        assert row["age_from_y"] < row.get("age_to_y", 150), row["id"]


def test_indications_are_listed_on_top_of_the_approvals():
    text = files("endplate.knowledge.labels").joinpath("data", "approvals.toml").read_text(encoding="utf-8")
    top = text.split("[[", 1)[0]
    assert all(name in top for name in INDICATIONS)
    assert {row["indication"] for row in tomllib.loads(text)["approval"]} == set(INDICATIONS)


def test_only_primary_is_verified():
    assert all(rule.verified == (rule.basis == "primary") for rule in load_rules())
    for row in [*LABEL_RULES, *APPROVALS]:
        assert row["basis"] in {"primary", "secondary", "recalled"}, row["id"]
        assert bool(row["source"]["citation"]), row["id"]
        assert (row["basis"] == "recalled") or row["source"]["url"].startswith("http"), row["id"]
        assert row["basis"] != "recalled" or "memory" in row["source"]["citation"], row["id"]


@pytest.mark.parametrize("row", [r for r in RULES if r["unit"] == "U/kg"], ids=lambda row: row["id"])
def test_a_per_kg_rule_with_a_cap_has_its_cap_row(row):
    """The notes say whether the source caps it in U; the cap then stands beside it and the lower binds."""
    if "absolute cap binds" not in row["notes"]:
        totals = row["scope"].startswith(("session_total", "cumulative"))
        assert not totals or "No absolute ceiling" in row["notes"]
        return
    same = ("product", "jurisdiction", "population", "limb", "extent")
    caps = [
        cap
        for cap in RULES
        if cap["scope"] == row["scope"].removesuffix("_per_kg")
        and all(cap.get(key) == row.get(key) for key in same)
    ]
    assert [cap["in_force_from"] for cap in caps] == [row["in_force_from"]]
    assert "max" in caps[0] and caps[0]["basis"] == row["basis"]


def test_at_most_one_list_for_a_product_and_place():
    """Where none is held, nothing is off label: the status is unknown, as for a list that is not complete."""
    held = Counter((row["product"], row["jurisdiction"]) for row in LISTS)
    assert set(held) <= {(product, place) for product in PRODUCTS for place in JURISDICTIONS}
    assert set(held.values()) == {1}
    use = {"indication": "spasticity", "limb": "upper", "age_y": 40, "cause": "stroke", "on": TODAY}
    assert label_status(product="not held", jurisdiction="US", **use).status == "unknown"
    for row in LISTS:
        assert row["indication"] == ANY and row["notes"] and row["last_checked_on"] <= TODAY
        assert row["complete"] == (row["jurisdiction"] == "US")


@pytest.mark.parametrize(
    ("indication", "ages"),
    [
        ("strabismus", (12, None)),
        ("blepharospasm", (12, None)),
        ("cervical_dystonia", (18, None)),
        ("axillary_hyperhidrosis", (18, None)),
        ("chronic_migraine", (18, None)),
        ("overactive_bladder", (18, None)),
        ("neurogenic_detrusor_overactivity", (18, None)),
        ("neurogenic_detrusor_overactivity", (5, 18)),
    ],
)
def test_us_history_of_the_first_product(indication, ages):
    found = [
        row
        for row in APPROVALS
        if (row["product"], row["jurisdiction"]) == ("onabotulinumtoxinA", "US")
        and row["indication"] == indication
        and (row["age_from_y"], row.get("age_to_y")) == ages
    ]
    assert len(found) == 1
