"""`explain` as a job of the server: the answer of the command, words in the language asked for, refusals."""

from __future__ import annotations

import time

import pytest

from endplate.case import Case
from endplate.case.loader import from_document
from endplate.questions.explain import explain

DRAWS = 60


@pytest.fixture(scope="module")
def case(client):
    """The example with an elbow that stayed as it was."""
    found = client.get("/api/examples/adult_arm_visits").json()["case"]
    for row in found["visits"]:
        if row.get("joint") == "elbow" and row["measure"] == "scale":
            row["value"] = "3"
    return found


def asked(client, case, **options):
    """The job once it has ended, and its result where it has one."""
    given = {"kind": "explain", "case": case, "options": {"draws": DRAWS, **options}}
    job = client.post("/api/jobs", json=given).json()["id"]
    for _ in range(600):
        told = client.get(f"/api/jobs/{job}").json()
        if told["state"] in ("done", "failed"):
            return told, client.get(f"/api/jobs/{job}/result").json()
        time.sleep(0.1)
    raise AssertionError(told)


def test_the_job_is_the_answer_of_the_command_with_words_in_the_language(client, case):
    job, found = asked(client, case, language="es")
    assert job["state"] == "done" and job["progress"] == 1
    told = found.pop("told")
    assert found == explain(from_document(Case, case), draws=DRAWS).to_dict()
    elbow, wrist = (next(row for row in told["joints"] if word in row["name"]) for word in ("codo", "muñeca"))
    assert "se esperaba una ganancia de 1" in elbow["verdict"][0] and elbow["causes"]
    assert elbow["next_session"] and all(what != "again" for what, _, _ in elbow["looks"])
    assert not wrist["causes"] and not wrist["next_session"]


def test_the_gain_hoped_for_is_that_of_the_question(client, case):
    _, found = asked(client, case, hoped=0.5)
    assert {row["hoped_grade"] for row in found["joints"]} == {0.5}


def test_a_gain_that_nobody_can_have_is_refused_with_a_remedy(client, case):
    job, _ = asked(client, case, hoped=3.5)
    assert job["state"] == "failed" and job["error"]["rule"] == "hoped" and "3" in job["error"]["remedy"]
    wrong = {"kind": "explain", "case": case, "options": {"hoped": 0}}
    refused = client.post("/api/jobs", json=wrong)
    assert refused.status_code == 422
    assert refused.json()["error"]["message"] == "The number here must be more than 0"
    spanish = client.post("/api/jobs", json=wrong, headers={"Accept-Language": "es"}).json()["error"]
    assert spanish["message"].startswith("El número debe ser mayor que")


def test_without_a_grade_after_the_session_it_says_what_to_add(client, case):
    job, _ = asked(client, {**case, "visits": []})
    assert job["error"]["rule"] == "graded_visit_required" and job["error"]["remedy"]
