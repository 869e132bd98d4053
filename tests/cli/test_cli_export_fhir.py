"""export fhir: structurally valid drafts and proposals, without orders, simulated numbers or mixed units."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest
from program import ADULT, EXAMPLES, ask, fails

from endplate.case.dose import Dose, ProductMismatch
from endplate.case.loader import load_case, read_case
from endplate.case.plan import planned_injections
from endplate.knowledge.vocabulary.codes import load_codes
from endplate.outputs.fhir import fhir_bundle
from endplate.outputs.fhir_parts import dose_quantity

CASES = sorted([*EXAMPLES.glob("*.yaml"), *EXAMPLES.glob("three_cycles/*.yaml")])
FOLLOWED = EXAMPLES / "adult_arm_followup.yaml"


def bundle_of(path):
    content = Path(path).read_bytes()
    return fhir_bundle(load_case(path), {Path(path).name: content})


def of_type(bundle, kind):
    return [each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == kind]


def walked(node):
    """Every dict under a node."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walked(each)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_resource_of_every_example_is_structurally_valid(path, extra):
    models = extra("fhir.resources.R4B", "dev")
    bundle = bundle_of(path)
    models.get_fhir_model_class("Bundle").model_validate_json(json.dumps(bundle))
    for entry in bundle["entry"]:
        resource = entry["resource"]
        models.get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_references_lead_to_resources_of_the_bundle_and_ids_are_unique(path):
    bundle = bundle_of(path)
    held = [each["fullUrl"] for each in bundle["entry"]]
    assert len(set(held)) == len(held)
    named = {each["reference"] for each in walked(bundle) if isinstance(each.get("reference"), str)}
    assert named and named <= set(held)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_plan_is_an_order_and_every_unit_names_its_product(path):
    bundle, case = bundle_of(path), load_case(path)
    plans = [*of_type(bundle, "CarePlan"), *of_type(bundle, "MedicationRequest")]
    assert len(plans) >= 2
    assert {(each["status"], each["intent"]) for each in plans} == {("draft", "proposal")}
    total = 0.0
    for request in of_type(bundle, "MedicationRequest"):
        product = request["medicationCodeableConcept"]["coding"][0]["code"]
        assert [each["sequence"] for each in request["dosageInstruction"]] == [
            *range(1, len(request["dosageInstruction"]) + 1)
        ]
        for instruction in request["dosageInstruction"]:
            (rate,) = instruction["doseAndRate"]
            dose = rate["doseQuantity"]
            assert dose["code"] == dose["unit"] == f"[arb'U]{{{product}}}"
            total += dose["value"]
    assert total == pytest.approx(sum(shot.dose_U for shot in planned_injections(case)))
    text = json.dumps(bundle)
    assert not re.search(r'"code": "(U|\[iU\])"', text)


def test_a_dose_of_one_product_cannot_stand_under_another():
    with pytest.raises(ProductMismatch):
        dose_quantity(Dose(50, "abobotulinumtoxinA"), "onabotulinumtoxinA")


def test_two_products_are_two_requests():
    text = (
        Path(ADULT)
        .read_text(encoding="utf-8")
        .replace("{muscle: brachialis,", "{muscle: brachialis, product: incobotulinumtoxinA,")
    )
    bundle = fhir_bundle(read_case(text), {"case.yaml": text.encode()})
    products = [
        each["medicationCodeableConcept"]["coding"][0]["code"]
        for each in of_type(bundle, "MedicationRequest")
    ]
    assert sorted(products) == ["incobotulinumtoxinA", "onabotulinumtoxinA"]


def test_only_what_the_history_records_was_given():
    first = EXAMPLES / "adult_arm_visits.yaml"
    assert not load_case(first).history
    assert of_type(bundle_of(first), "MedicationAdministration") == []
    given = of_type(bundle_of(FOLLOWED), "MedicationAdministration")
    assert [each["dosage"]["dose"]["value"] for each in given] == [50, 50, 50]
    assert {each["effectiveDateTime"] for each in given} == {"2026-02-20"}


def test_observations_are_the_files_findings_and_nothing_simulated(capsys, tmp_path):
    case = load_case(FOLLOWED)
    seen = of_type(bundle_of(FOLLOWED), "Observation")
    assert len(seen) == 2 + len(case.assessment) + len(case.visits)
    grades = [each["valueCodeableConcept"]["text"] for each in seen if "valueCodeableConcept" in each]
    assert grades == ["2", "2", "1", "1+"]
    run = tmp_path / "run"
    ask(capsys, "run", str(FOLLOWED), "--draws", "4", "--horizon", "6 wk", "--out", str(run))
    out, result = tmp_path / "out", str(run / "result.json")
    ask(capsys, "export", "fhir", str(FOLLOWED), "--result", result, "--out", str(out))
    with_result = json.loads((out / "bundle.json").read_text(encoding="utf-8"))
    assert [row for row in of_type(with_result, "Observation") if row not in seen] == []
    titles = [each["content"][0]["attachment"]["title"] for each in of_type(with_result, "DocumentReference")]
    assert titles == ["adult_arm_followup.yaml", "result.json"]


def test_the_banner_stands_in_bundle_and_plan():
    bundle = bundle_of(ADULT)
    assert "Not a medical device" in bundle["meta"]["tag"][0]["display"]
    assert "Not a medical device" in of_type(bundle, "CarePlan")[0]["note"][0]["text"]


def test_ids_follow_from_the_case_alone_and_differ_between_cases():
    first, again, other = bundle_of(ADULT), bundle_of(ADULT), bundle_of(FOLLOWED)
    assert first == again
    assert not {each["fullUrl"] for each in first["entry"]} & {each["fullUrl"] for each in other["entry"]}
    assert {uuid.UUID(each["resource"]["id"]).version for each in first["entry"]} == {5}


def test_codes_that_nobody_verified_say_so_and_our_own_uris_are_urns():
    systems = {"http://unitsofmeasure.org", *(code.system for code in load_codes().values())}
    unverified = {code.code for code in load_codes().values() if code.status == "unverified"}
    for path in CASES:
        for each in walked(bundle_of(path)):
            if "system" in each:
                assert each["system"] in systems or each["system"].startswith("urn:endplate:")
            if isinstance(each.get("code"), str) and each["code"] in unverified:
                assert "not verified" in each["display"]
            if "url" in each:
                assert each["url"].startswith("urn:endplate:")


@pytest.mark.parametrize(
    ("age", "day", "born"),
    [
        ("58 y", "2026-11-22", None),
        ("6 mo", "2026-11-02", "2026"),
        ("6 mo", "2026-07-02", None),
        ("3 mo", "2026-01-15", "2025"),
    ],
)
def test_a_year_of_birth_stands_only_where_age_and_date_leave_one(age, day, born):
    text = Path(EXAMPLES / "child_calf.yaml").read_text(encoding="utf-8")
    text = text.replace("age: 6 y", f"age: {age}").replace("date: 2026-11-02", f"date: {day}")
    text = re.sub(r"weighed_on: [\d-]+", f"weighed_on: {day}", text).replace(", gmfcs: 2", "")
    (patient,) = of_type(fhir_bundle(read_case(text), {"case.yaml": text.encode()}), "Patient")
    assert patient.get("birthDate") == born
    assert "name" not in patient


def test_a_case_without_a_plan_is_a_bundle_without_one(tmp_path, capsys):
    text = Path(ADULT).read_text(encoding="utf-8")
    case = tmp_path / "case.yaml"
    case.write_text(text[: text.index("\nplan:")] + "\n", encoding="utf-8")
    code, document, _ = ask(capsys, "export", "fhir", str(case), "--out", str(tmp_path / "out"))
    assert code == 0
    assert not {"CarePlan", "MedicationRequest", "BodyStructure"} & set(document["resources"])


def test_a_result_that_cannot_be_read_is_an_input_error(tmp_path, capsys):
    out = tmp_path / "out"
    told = fails(capsys, "export", "fhir", ADULT, "--result", str(tmp_path / "none.json"), "--out", str(out))
    assert (told["field"], told["rule"]) == ("--result", "file")
    assert not out.exists()
