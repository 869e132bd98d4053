"""`check`: every held limit binds, on the right side of each boundary."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.questions.check import check

EXAMPLES = Path(__file__).parents[2] / "examples"
ONA, ABO, INCO = "onabotulinumtoxinA", "abobotulinumtoxinA", "incobotulinumtoxinA"


@pytest.fixture
def run(tmp_path):
    """Check a case written from its parts; returns the result."""

    def _run(injections, **given):
        facts = {
            "age": "58 y",
            "condition": "stroke",
            "product": ONA,
            "jurisdiction": "US",
            "date": "2026-11-22",
            "dilution": "50 U/mL",
            "patient": "",
            "history": "[]",
            **given,
        }
        text = (
            "endplate: 1\n"
            f"patient: {{code: t-01, age: {facts['age']}, sex: female, condition: {facts['condition']}"
            f"{facts['patient']}}}\n"
            f"history: {facts['history']}\n"
            "plan:\n"
            f"  date: {facts['date']}\n  jurisdiction: {facts['jurisdiction']}\n"
            f"  product: {facts['product']}\n"
            f"  indication: spasticity\n  dilution: {facts['dilution']}\n  injections:\n"
        )
        path = tmp_path / "case.yaml"
        path.write_text(text + "".join(f"    - {{{row}}}\n" for row in injections))
        return check(load_case(path))

    return _run


def row(muscle, dose, sites=1, side="left"):
    return f"muscle: {muscle}, side: {side}, dose: {dose}, sites: {sites}"


def critical(result):
    return [issue.rule for issue in result.issues if issue.severity == "critical"]


def issue(result, rule):
    return next(found for found in result.issues if found.rule == rule)


CHILD = ", weight: {} kg, weighed_on: 2026-10-22"
ARM = [
    row("biceps_brachii", "100 U", 4),
    row("brachialis", "50 U", 2),
    row("flexor_carpi_radialis", "50 U"),
    row("flexor_carpi_ulnaris", "50 U"),
    row("flexor_digitorum_superficialis", "50 U"),
    row("flexor_digitorum_profundus", "50 U"),
]


def test_plan_inside_its_limits_is_on_label_without_critical_findings(run):
    result = run(ARM)
    assert (critical(result), result.status) == ([], "on_label")
    assert any(found.rule == "boxed_warning" for found in result.issues)


def test_lower_of_two_rows_binds_and_both_are_shown(run):
    found = issue(run([*ARM[1:], row("biceps_brachii", "120 U", 4)]), "session_total")
    assert (found.severity, found.value, found.limit, found.verified) == ("critical", 370, 360, False)
    assert "not checked against the label" in found.message and "400 U" in found.message


def test_conflicting_rows_are_shown_even_when_none_is_exceeded(run):
    assert issue(run(ARM), "conflicting_rows").severity == "info"


@pytest.mark.parametrize(("dose", "over"), [("200 U", False), ("201 U", True)])
def test_muscle_maximum(run, dose, over):
    assert ("muscle_dose" in critical(run([row("biceps_brachii", dose, 5)]))) == over


def test_two_injections_of_one_muscle_add_up_but_sides_do_not(run):
    both = [row("brachialis", "30 U"), row("brachialis", "30 U")]
    assert "muscle_dose" in critical(run(both))
    assert "muscle_dose" not in critical(run([both[0], row("brachialis", "30 U", side="right")]))


def test_below_the_range_is_only_info(run):
    assert issue(run([row("biceps_brachii", "20 U")]), "muscle_dose_below_range").severity == "info"


def test_shared_range_counts_its_muscles_together(run):
    thumb = [row("flexor_pollicis_brevis", "20 U"), row("opponens_pollicis", "20 U")]
    assert critical(run(thumb)).count("muscle_dose") == 1


@pytest.mark.parametrize(("sites", "over"), [(2, False), (1, True)])
def test_site_dose(run, sites, over):
    assert ("site_dose" in critical(run([row("biceps_brachii", "100 U", sites)]))) == over


def test_one_syringe_holds_one_concentration(run):
    rest = row("brachialis", "50 U")
    apart = run([row("biceps_brachii", "100 U", 4) + ", volume: 1 mL", rest])
    alike = run([row("biceps_brachii", "100 U", 4) + ", volume: 2 mL", rest])
    found = issue(apart, "concentration_differs")
    assert (found.severity, found.where, found.value, found.limit) == (
        "warning",
        "plan.injections[0]",
        100,
        50,
    )
    assert "concentration_differs" not in {one.rule for one in alike.issues}


def test_a_day_in_a_year_of_nobody_is_refused(run):
    for day in ("1899-12-31", "2200-01-01", "9999-12-31"):
        with pytest.raises(InputError, match="nobody of a case is treated"):
            run([row("biceps_brachii", "100 U")], date=day)


@pytest.mark.parametrize(("dilution", "over"), [("150 U/mL", False), ("149 U/mL", True)])
def test_site_volume(run, dilution, over):
    result = run([row("gastrocnemius_medial", "150 U")], product=ABO, dilution=dilution)
    assert ("site_volume" in critical(result)) == over


@pytest.mark.parametrize(("last", "over"), [("2026-08-30", False), ("2026-08-31", True)])
@pytest.mark.parametrize("product", [ONA, ABO])
def test_interval_counts_any_product(run, last, over, product):
    history = f"[{{date: {last}, product: {product}, total: 20 U}}]"
    assert ("interval" in critical(run(ARM, history=history))) == over


def test_paediatric_arm_interval_is_longer(run):
    facts = {"age": "6 y", "condition": "cerebral_palsy", "product": ABO, "dilution": "200 U/mL"}
    history = f"[{{date: 2026-08-16, product: {ABO}, total: 20 U}}]"
    patient = CHILD.format(20)
    assert "interval" in critical(run([row("brachialis", "80 U")], patient=patient, history=history, **facts))
    assert "interval" not in critical(run([row("soleus", "80 U")], patient=patient, history=history, **facts))


def test_cumulative_total_over_three_months(run):
    for last, over in (("2026-08-23", True), ("2026-08-22", False)):
        history = f"[{{date: {last}, product: {ONA}, total: 51 U}}]"
        assert ("cumulative_3_months" in critical(run(ARM, history=history))) == over


def test_another_products_units_are_never_added(run):
    history = f"[{{date: 2026-10-01, product: {ABO}, total: 1000 U}}]"
    result = run(ARM, history=history)
    assert "cumulative_3_months" not in critical(result)
    assert issue(result, "cumulative_incomplete").severity == "warning"


@pytest.mark.parametrize(
    ("weight", "dose", "limit"),
    [(33, "199 U", 198), (33, "198 U", None), (34, "201 U", 200), (34, "200 U", None)],
)
def test_lower_of_per_kg_and_absolute_cap_on_both_sides_of_the_crossing_weight(run, weight, dose, limit):
    result = run([row("biceps_brachii", dose, 4)], age="10 y", patient=CHILD.format(weight))
    found = [i.limit for i in result.issues if i.rule == "session_total" and i.severity == "critical"]
    assert found == ([] if limit is None else [limit])


def test_eighteenth_birthday_changes_the_rules(run):
    plan = [row("biceps_brachii", "200 U", 4), row("brachialis", "50 U", 2)]
    child = run(plan, age="17.99 y", patient=CHILD.format(70))
    assert "session_total" in critical(child)
    assert critical(run(plan, age="18 y", patient=CHILD.format(70))) == []


@pytest.mark.parametrize(
    ("patient", "bad"),
    [
        ("", True),
        (", weight: 20 kg", True),
        (", weight: 20 kg, weighed_on: 2026-08-21", True),
        (", weight: 20 kg, weighed_on: 2026-08-22", False),
    ],
)
def test_child_needs_a_recent_weight(run, patient, bad):
    assert ("child_weight" in critical(run([row("brachialis", "20 U")], age="6 y", patient=patient))) == bad


@pytest.mark.parametrize(("age", "bad"), [("1.99 y", True), ("2 y", False)])
@pytest.mark.parametrize("jurisdiction", ["US", "JP"])
def test_under_two_is_no_plan_anywhere(run, age, bad, jurisdiction):
    result = run([row("brachialis", "10 U")], age=age, patient=CHILD.format(12), jurisdiction=jurisdiction)
    assert ("age_minimum" in critical(result)) == bad


@pytest.mark.parametrize(
    ("caution", "product", "severity"),
    [
        ("neuromuscular_junction_disease", ONA, "warning"),
        ("dysphagia", ONA, "warning"),
        ("respiratory_disease", ONA, "warning"),
        ("aminoglycoside", INCO, "warning"),
        ("cow_milk_protein_allergy", ABO, "critical"),
        ("infection_at_site", ONA, "critical"),
        ("hypersensitivity", ONA, "critical"),
        ("pregnancy", ONA, "warning"),
        ("lactation", ONA, "warning"),
        ("cow_milk_protein_allergy", ONA, "info"),
    ],
)
def test_cautions(run, caution, product, severity):
    result = run([row("brachialis", "50 U", 2)], product=product, patient=f", cautions: [{caution}]")
    found = [i for i in result.issues if i.where == "patient.cautions[0]"]
    assert [i.severity for i in found] == [severity]


def test_severe_gmfcs_is_outside_the_model(run):
    patient = CHILD.format(20) + ", gmfcs: 4"
    result = run([row("soleus", "20 U")], age="6 y", condition="cerebral_palsy", patient=patient)
    found = next(i for i in result.issues if i.where == "patient.gmfcs")
    assert found.severity == "warning" and "utside the model" in found.message


def test_muscle_without_a_row_is_a_warning_and_other_jurisdictions_hold_nothing(run):
    assert issue(run([row("pectoralis_major", "50 U")]), "muscle_not_in_label").severity == "warning"
    elsewhere = run(ARM, jurisdiction="SG")
    assert elsewhere.status == "unknown"
    assert issue(elsewhere, "no_rules_held").severity == "warning"


def test_status_is_the_worst_of_the_injections(run):
    assert run([ARM[0], row("soleus", "50 U")], product=INCO).status == "off_label"


def test_findings_are_sorted_and_repeatable(run):
    first, second = run(ARM[::-1]), run(ARM[::-1])
    assert first.to_dict() == second.to_dict()
    places = [("critical", "warning", "info").index(i.severity) for i in first.issues]
    assert places == sorted(places)


def test_case_without_a_plan_is_an_input_error(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("endplate: 1\npatient: {code: t-01, age: 58 y, sex: female, condition: stroke}\n")
    with pytest.raises(InputError):
        check(load_case(path))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_examples(path):
    result = check(load_case(path))
    assert result.critical == (path.stem == "wrong_plan")


def test_the_earliest_day_is_that_of_the_label_rule_or_none(run):
    held = run([row("biceps_brachii", "100 U")], date="2026-03-02").next_session
    assert held["earliest_by_limits"] == "2026-05-25" and held["limit"]["minimum"] == 12
    none = run([row("biceps_brachii", "100 U")], date="2026-03-02", jurisdiction="CH").next_session
    assert none["earliest_by_limits"] is None and "No interval is held" in none["reason"]


def test_sums_over_time_can_ask_for_a_later_day_than_the_interval(run):
    small, large = (
        run([row("biceps_brachii", dose)], date="2026-03-02").next_session for dose in ("100 U", "250 U")
    )
    assert small["earliest_by_limits"] < large["earliest_by_limits"] and "sums over time" in large["reason"]


def test_the_earliest_day_is_the_first_one_without_a_finding(run):

    told = run([row("biceps_brachii", "250 U")], date="2026-03-02")
    day = datetime.date.fromisoformat(told.next_session["earliest_by_limits"])
    before = "[{date: 2026-03-02, product: onabotulinumtoxinA, total: 250 U, indication: spasticity}]"
    again = [
        run([row("biceps_brachii", "250 U")], history=before, date=str(day - datetime.timedelta(back)))
        for back in (0, 1)
    ]
    on, before = ({f.rule for f in one.issues if f.severity == "critical"} for one in again)
    assert before - on == {"cumulative_3_months"} and not on & {"interval", "cumulative_3_months"}


def test_a_plan_on_the_last_days_that_a_case_may_name_is_answered(run):
    for day in ("2199-06-01", "2199-12-31"):
        told = run([row("biceps_brachii", "100 U")], date=day)
        assert set(told.next_session) == {"earliest_by_limits", "limit", "reason", "said"}
