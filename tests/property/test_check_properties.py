"""What holds for every plan: order and splitting change no total, more dose mends nothing, nothing raises."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

import endplate
from endplate.case import Case
from endplate.knowledge.vocabulary import CAUTIONS, CONDITIONS, GROUPS, JURISDICTIONS, LIMB_MUSCLES, PRODUCTS

ON = date(2026, 11, 22)
TOTALS = {
    "session_total",
    "session_total_below_range",
    "cumulative_3_months",
    "cumulative_incomplete",
    "interval",
    "product_mixing",
    "vials_short",
    "vials_left_over",
}
MUSCLES = {"muscle_dose", "muscle_dose_below_range", "muscle_not_in_label"}
EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True)

# Every unit and half unit, and both sides of limits that are held somewhere.
near = st.sampled_from([12.5, 50, 60, 75, 100, 200, 300, 340, 360, 400, 500, 640, 1000, 1500])
units = st.one_of(
    st.integers(0, 4000).map(lambda n: n / 10), near, near.map(lambda u: u + 0.1), near.map(lambda u: u - 0.1)
)
doses = st.one_of(units.map(lambda u: f"{u:.6g} U"), st.integers(0, 300).map(lambda n: f"{n / 10:.6g} U/kg"))
sides = st.sampled_from(["left", "right", "bilateral"])
muscles = st.sampled_from(sorted([*LIMB_MUSCLES, *GROUPS]))
usual = st.sampled_from(
    ["biceps_brachii", "brachialis", "flexor_carpi_radialis", "soleus", "gastrocnemius", "opponens_pollicis"]
)
injections = st.fixed_dictionaries(
    {"muscle": st.one_of(usual, muscles), "side": sides, "dose": doses},
    optional={
        "sites": st.integers(1, 12),
        "volume": st.integers(1, 60).map(lambda n: f"{n / 10} mL"),
        "at": st.integers(0, 100).map(lambda n: f"{n} %"),
    },
)
sessions = st.fixed_dictionaries(
    {
        "date": st.integers(1, 200).map(lambda days: str(ON - timedelta(days=days))),
        "product": st.sampled_from(sorted(PRODUCTS)),
    },
    optional={
        "indication": st.sampled_from(["spasticity", "cervical_dystonia", "axillary_hyperhidrosis"]),
        "total": units.map(lambda u: f"{u:.6g} U"),
        "injections": st.lists(
            st.fixed_dictionaries({"muscle": usual, "side": sides, "dose": doses}), max_size=3
        ),
    },
)
patients = st.fixed_dictionaries(
    {
        "code": st.just("t-01"),
        "weight": st.integers(8, 120).map(lambda n: f"{n} kg"),
        "weighed_on": st.integers(0, 150).map(lambda days: str(ON - timedelta(days=days))),
    },
    optional={
        "age": st.sampled_from(["1.99 y", "2 y", "6 y", "215 mo", "17.99 y", "18 y", "58 y", "120 y"]),
        "condition": st.sampled_from(sorted(CONDITIONS)),
        "gmfcs": st.integers(1, 5),
        "cautions": st.lists(st.sampled_from(sorted(CAUTIONS)), max_size=2, unique=True),
    },
)
plans = st.fixed_dictionaries(
    {
        "date": st.just(str(ON)),
        "jurisdiction": st.one_of(st.just("US"), st.sampled_from(sorted(JURISDICTIONS))),
        "product": st.sampled_from(sorted(PRODUCTS)),
        "indication": st.just("spasticity"),
        "dilution": st.sampled_from(["12.5 U/mL", "50 U/mL", "200 U/mL", "1000 U/mL"]),
        "injections": st.lists(injections, min_size=1, max_size=6),
    },
    optional={"vials": st.lists(st.sampled_from(["50 U", "100 U", "200 U", "300 U", "500 U"]), max_size=4)},
)
cases = st.fixed_dictionaries(
    {
        "endplate": st.just(1),
        "patient": patients,
        "history": st.lists(sessions, max_size=3),
        "plan": plans,
    }
)
BASE = {
    "endplate": 1,
    "patient": {"code": "t-01", "age": "58 y", "condition": "stroke"},
    "history": [],
    "plan": {
        "date": str(ON),
        "jurisdiction": "US",
        "product": "onabotulinumtoxinA",
        "indication": "spasticity",
        "dilution": "50 U/mL",
        "injections": [{"muscle": "biceps_brachii", "side": "left", "dose": "200 U", "sites": 4}],
    },
}


def check(document):
    return endplate.check(Case.model_validate(document))


def findings(document, rules):
    """What those rules say, however often, without the place in the file."""
    return Counter(
        (i.rule, i.severity, *(None if n is None else round(n, 6) for n in (i.value, i.limit)), i.unit)
        for i in check(document).issues
        if i.rule in rules
    )


def critical(document):
    return {(i.rule, i.where) for i in check(document).issues if i.severity == "critical"}


def planned(document, items):
    return document | {"plan": document["plan"] | {"injections": items}}


def times(text, factor):
    """A quantity times a factor, in the same unit."""
    number, unit = text.split(" ")
    return f"{float(number) * factor:.10f} {unit}"


@EXAMPLES
@given(cases, st.randoms(use_true_random=False))
def test_order_of_injections_changes_no_total(document, dice):
    shuffled = list(document["plan"]["injections"])
    dice.shuffle(shuffled)
    kinds = TOTALS | MUSCLES
    assert findings(document, kinds) == findings(planned(document, shuffled), kinds)


@EXAMPLES
@given(cases, st.randoms(use_true_random=False))
def test_order_of_history_changes_no_finding(document, dice):
    shuffled = list(document["history"])
    dice.shuffle(shuffled)
    kinds = {issue.rule for issue in check(document).issues} | TOTALS
    assert findings(document, kinds) == findings(document | {"history": shuffled}, kinds)


@EXAMPLES
@given(cases, st.data())
def test_splitting_a_site_in_two_changes_no_total(document, data):
    items = document["plan"]["injections"]
    place = data.draw(st.integers(0, len(items) - 1))
    half = items[place] | {"dose": times(items[place]["dose"], 0.5)}
    if "volume" in half:
        half["volume"] = times(half["volume"], 0.5)
    split = [*items[:place], half, *items[place + 1 :], half]
    kinds = TOTALS | MUSCLES
    assert findings(document, kinds) == findings(planned(document, split), kinds)


@EXAMPLES
@given(cases, st.data())
def test_a_higher_dose_removes_no_critical_finding(document, data):
    items = document["plan"]["injections"]
    place = data.draw(st.integers(0, len(items) - 1))
    factor = data.draw(st.sampled_from([1.001, 1.5, 4]))
    more = [*items[:place], items[place] | {"dose": times(items[place]["dose"], factor)}, *items[place + 1 :]]
    assert critical(document) <= critical(planned(document, more))


@EXAMPLES
@given(cases, injections)
def test_another_injection_removes_no_critical_finding(document, extra):
    more = [*document["plan"]["injections"], extra]
    assert critical(document) <= critical(planned(document, more))


@EXAMPLES
@given(cases, sessions)
def test_another_earlier_session_removes_no_critical_finding(document, extra):
    assert critical(document) <= critical(document | {"history": [*document["history"], extra]})


@settings(EXAMPLES, max_examples=400)
@given(
    cases,
    st.sampled_from(["1980-01-01", "2009-06-01", "2015-07-16", "2019-12-01", "2040-02-29"]),
    st.booleans(),
)
@example(BASE, "2026-11-22", True)
def test_a_valid_case_is_always_answered(document, other_day, moved):
    """No error for any valid case, and an answer that is plain JSON without NaN."""
    if moved:
        document = document | {"history": [], "patient": dict(document["patient"])}
        document["patient"].pop("weighed_on", None)
        document = document | {"plan": document["plan"] | {"date": other_day}}
    result = check(document)
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.status in {"on_label", "off_label", "unknown"}
    assert all(issue.rule and issue.where and issue.message for issue in result.issues)
    assert result.critical == any(issue.severity == "critical" for issue in result.issues)
