"""The label tables: complete rows, dated answers, and the cerebral palsy exclusions."""

from __future__ import annotations

from datetime import date

import pytest

from endplate.knowledge.labels import (
    house_rule,
    label_status,
    load_rules,
    load_warnings,
    rules_for,
    warnings_for,
)
from endplate.knowledge.vocabulary import CAUTIONS

ONA, ABO, INCO = "onabotulinumtoxinA", "abobotulinumtoxinA", "incobotulinumtoxinA"


def status(product, limb, age_y, cause, on, jurisdiction="US"):
    return label_status(
        product=product,
        indication="spasticity",
        limb=limb,
        age_y=age_y,
        cause=cause,
        jurisdiction=jurisdiction,
        on=on,
    )


def test_every_rule_has_unit_basis_source_and_a_limit():
    for rule in load_rules():
        assert rule.unit and rule.source.citation, rule.id
        assert rule.basis in {"primary", "secondary", "recalled", "design"}, rule.id
        assert rule.minimum is not None or rule.maximum is not None, rule.id
        assert (rule.last_checked_on is None) == (rule.basis in {"recalled", "design"}), rule.id
        if rule.minimum is not None and rule.maximum is not None:
            assert rule.minimum <= rule.maximum, rule.id


def test_only_primary_rows_are_verified():
    assert all(rule.verified == (rule.basis == "primary") for rule in load_rules())
    assert all(w.verified == (w.basis == "primary") for w in load_warnings())


@pytest.mark.parametrize(
    ("product", "limb", "age_y", "cause", "on", "expected"),
    [
        (ONA, "upper", 30, "stroke", date(2009, 6, 1), "off_label"),
        (ONA, "upper", 30, "stroke", date(2010, 3, 8), "off_label"),
        (ONA, "upper", 30, "stroke", date(2010, 3, 9), "on_label"),
        (ONA, "lower", 30, "stroke", date(2016, 1, 20), "off_label"),
        (ONA, "lower", 30, "stroke", date(2016, 1, 21), "on_label"),
        (ONA, "lower", 6, "cerebral_palsy", date(2019, 12, 1), "off_label"),
        (ONA, "lower", 6, "traumatic_brain_injury", date(2019, 12, 1), "on_label"),
        (ONA, "lower", 6, "cerebral_palsy", date(2020, 7, 9), "on_label"),
        (ONA, "upper", 1.9, "cerebral_palsy", date(2026, 1, 1), "off_label"),
        (ABO, "upper", 30, "stroke", date(2015, 6, 30), "off_label"),
        (ABO, "upper", 30, "stroke", date(2015, 7, 15), "unknown"),
        (ABO, "upper", 30, "stroke", date(2015, 8, 1), "on_label"),
        (ABO, "upper", 6, "cerebral_palsy", date(2020, 7, 9), "off_label"),
        (ABO, "upper", 6, "cerebral_palsy", date(2020, 7, 10), "on_label"),
        (ABO, "lower", 6, "cerebral_palsy", date(2016, 7, 29), "on_label"),
        (INCO, "upper", 6, "cerebral_palsy", date(2022, 1, 1), "off_label"),
        (INCO, "upper", 6, "stroke", date(2022, 1, 1), "on_label"),
        (INCO, "lower", 60, "stroke", date(2026, 11, 1), "off_label"),
    ],
)
def test_status_on_a_date(product, limb, age_y, cause, on, expected):
    assert status(product, limb, age_y, cause, on).status == expected


def test_status_elsewhere_or_without_age_is_unknown():
    assert status(ONA, "upper", 30, "stroke", date(2026, 1, 1), jurisdiction="SG").status == "unknown"
    assert status(ONA, "upper", None, "stroke", date(2026, 1, 1)).status == "unknown"


def test_status_json_names_source_and_since():
    found = status(ONA, "upper", 30, "stroke", date(2026, 1, 1)).to_dict()
    assert found["since"] == "2010-03-09"
    assert found["basis"] == "secondary" and found["verified"] is False
    assert set(found["source"]) == {"citation", "url", "date"}


def test_rules_depend_on_age_and_date():
    day = date(2026, 11, 22)
    child = {rule.population for rule in rules_for(ONA, "US", day, age_y=17.99)}
    adult = {rule.population for rule in rules_for(ONA, "US", day, age_y=18)}
    assert (child, adult) == ({"paediatric"}, {"adult"})
    assert rules_for(ONA, "US", date(2009, 1, 1)) == ()
    assert rules_for(ONA, "JP", day) == ()


def test_house_rules_and_warnings():
    assert house_rule("age_minimum").minimum == 2
    milk = {ABO: True, ONA: False}
    for product, expected in milk.items():
        held = warnings_for(product, "US", date(2026, 1, 1), age_y=40)
        assert any("cow_milk_protein_allergy" in w.cautions for w in held) == expected


def test_every_caution_of_a_warning_may_stand_in_a_case_file():
    """``gmfcs_outside_model`` is raised from the level, not from a caution."""
    raised = {caution for w in load_warnings() for caution in w.cautions}
    assert raised - {"gmfcs_outside_model"} <= set(CAUTIONS)
