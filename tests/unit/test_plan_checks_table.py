"""A decision table of small plans written by hand: what the check finds at both sides of each limit.

Compared is the set of critical and warning findings on dosing. Numbers that the sources give from memory only
are taken from their record and never written out here.
"""

from __future__ import annotations

import calendar
import json
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import endplate
from endplate.knowledge.labels import load_rules

TABLE = Path(__file__).parent / "label_tables" / "plans.yaml"
DILUTION = {
    "onabotulinumtoxinA": "50 U/mL",
    "abobotulinumtoxinA": "200 U/mL",
    "incobotulinumtoxinA": "50 U/mL",
}
DOSING = {
    **dict.fromkeys(
        (
            "session_total",
            "cumulative_3_months",
            "muscle_dose",
            "site_dose",
            "site_volume",
            "interval",
            "product_mixing",
            "child_weight",
            "age_minimum",
        ),
        "critical",
    ),
    **dict.fromkeys(
        ("cumulative_incomplete", "muscle_not_in_label", "vials_short", "dose_zero", "group_sites"),
        "warning",
    ),
}
RULES = {rule.id: rule for rule in load_rules()}
_MAXIMUM = re.compile(r"max (?P<rule>\S+)(?: \+ (?P<more>[0-9.]+))?")


def entries():
    with TABLE.open(encoding="utf-8") as stream:
        rows = YAML(typ="safe", pure=True).load(stream)
    return json.loads(json.dumps(rows, default=str))


ENTRIES = entries()


def dose(text, weight):
    """A dose as written, or the maximum of a record in units."""
    found = _MAXIMUM.fullmatch(text)
    if not found:
        return text
    kilograms = float(weight.removesuffix("kg")) if weight else None
    return f"{RULES[found['rule']].maximum_for(kilograms) + float(found['more'] or 0):.10g} U"


def injection(text, weight):
    muscle, side, amount, sites, *more = text.split(", ")
    item = {"muscle": muscle, "side": side, "dose": dose(amount, weight), "sites": int(sites)}
    return item | dict(pair.split(": ", 1) for pair in more)


def case_text(entry):
    """The whole case file of an entry; JSON is YAML."""
    given = entry.get("patient", {})
    patient = {"code": "t-01", "age": "58 y", "sex": "female", "condition": "stroke"} | given
    if "weight" in given and "weighed_on" not in given:
        patient["weighed_on"] = "2026-10-22"
    plan = {
        "date": "2026-11-22",
        "jurisdiction": "US",
        "product": "onabotulinumtoxinA",
        "indication": "spasticity",
    } | entry.get("plan", {})
    plan.setdefault("dilution", DILUTION[plan["product"]])
    listed = entry.get("injections", ["biceps_brachii, left, 100 U, 4"])
    plan["injections"] = [injection(text, patient.get("weight")) for text in listed]
    case = {"endplate": 1, "patient": patient, "history": entry.get("history", []), "plan": plan}
    return json.dumps(case, indent=1)


@pytest.fixture
def run(tmp_path):
    def _run(entry):
        path = tmp_path / "case.yaml"
        path.write_text(case_text(entry), encoding="utf-8")
        return endplate.check(endplate.load_case(path))

    return _run


def test_the_table_is_whole():
    """Names are unique, every entry has a reason, and every dosing rule is expected somewhere."""
    assert len(ENTRIES) >= 100
    assert max(Counter(entry["name"] for entry in ENTRIES).values()) == 1
    keys = {"name", "patient", "plan", "injections", "history", "recalled", "status"}
    assert all(set(entry) <= keys | {"expect", "not", "open", "why"} for entry in ENTRIES)
    assert all(entry["why"] and "expect" in entry for entry in ENTRIES)
    expected = {rule for entry in ENTRIES for rule in entry["expect"]}
    assert set(DOSING) | {"vials_left_over", "dilution"} <= expected


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_plan(run, entry):
    result = run(entry)
    judged = set(DOSING) - set(entry.get("open", ()))
    serious = {(i.rule, i.severity) for i in result.issues if i.severity != "info" and i.rule in judged}
    assert serious == {(rule, DOSING[rule]) for rule in entry["expect"] if rule in DOSING}, entry["why"]
    present = {issue.rule for issue in result.issues}
    assert set(entry["expect"]) <= present, entry["why"]
    assert not present & set(entry.get("not", ())), entry["why"]
    if "status" in entry:
        assert result.status == entry["status"], entry["why"]


@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if "recalled" in entry], ids=lambda entry: entry["name"]
)
def test_what_is_only_recalled_is_never_verified(run, entry):
    issues = [i for i in run(entry).issues if i.source and i.source.get("id") == entry["recalled"]]
    assert issues or not DOSING.keys() & set(entry["expect"])
    assert not any(issue.verified for issue in issues)


@pytest.mark.parametrize("product", DILUTION)
def test_no_adult_number_reaches_a_child(product):
    """One person's rules have one population, on both sides of the 18th birthday."""
    on = date(2026, 11, 22)
    for age_y, other in ((17.99, "adult"), (18, "paediatric")):
        held = endplate.knowledge.labels.rules_for(product, "US", on, age_y=age_y)
        assert held and other not in {rule.population for rule in held}


def year_after(day):
    last = calendar.monthrange(day.year + 1, day.month)[1]
    return date(day.year + 1, day.month, min(day.day, last))


def test_stale_data_is_said_after_twelve_months(run):
    """The day twelve months after the last check is not over twelve months; a day later is."""
    checked = [rule.last_checked_on for rule in RULES.values() if rule.last_checked_on]
    fresh = {"plan": {"date": str(year_after(min(checked)))}}
    stale = {"plan": {"date": str(year_after(max(checked)) + timedelta(days=1))}}
    assert "stale_data" not in {issue.rule for issue in run(fresh).issues}
    found = [issue for issue in run(stale).issues if issue.rule == "stale_data"]
    assert found and {issue.severity for issue in found} == {"warning"}
