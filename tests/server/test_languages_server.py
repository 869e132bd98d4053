"""What the server says in the language asked for: words, findings, faults, the report and its sections."""

from __future__ import annotations

import re
import sys
from io import BytesIO

import pypdf
import pytest
from starlette.testclient import TestClient

from endplate.knowledge.vocabulary import wording
from endplate.outputs import language

SPANISH = {"Accept-Language": "es-ES,es;q=0.9,en;q=0.5"}
FEW = {"draws": 20, "horizon_wk": 6}


@pytest.fixture(scope="module")
def case(client):
    return client.get("/api/examples/adult_arm").json()["case"]


@pytest.fixture
def held(monkeypatch):
    """A language file that holds a few sentences more."""

    def hold(**more):
        own = language.catalog("es")
        wider = language.Catalog({**own.sentences, **more}, own.words)
        monkeypatch.setattr(language, "catalog", lambda _name: wider)

    return hold


def test_words_and_wordings_come_in_the_language_asked_for(client):
    english, spanish = client.get("/api/meta").json(), client.get("/api/meta", headers=SPANISH).json()
    assert english["wording"]["banner"] == wording.BANNER
    assert spanish["wording"]["banner"].startswith("Para docencia e investigación")
    assert (english["terms"]["leg"], spanish["terms"]["leg"]) == ("lower leg", "pierna")
    assert [row["id"] for row in english["report_sections"]] == [
        row["id"] for row in spanish["report_sections"]
    ]
    assert all(
        one["title"] != other["title"]
        for one, other in zip(english["examples"], spanish["examples"], strict=True)
    )
    assert client.get("/api/meta", headers={"Accept-Language": "fr, de;q=0.3"}).json() == english


def test_findings_are_told_in_the_language_and_say_where_they_stay_english(client, case, held):
    message = (
        "Spread has been reported at doses used for cervical dystonia and spasticity, and at lower ones."
    )
    held(**{message: "Se ha comunicado difusión."})
    plain = client.post("/api/check", json={"case": case}).json()
    told = client.post("/api/check", json={"case": case}, headers=SPANISH).json()
    assert message in {issue["message"] for issue in plain["issues"]}
    assert all("lang" not in issue for issue in plain["issues"])
    tongues = {issue["message"]: issue["lang"] for issue in told["issues"]}
    assert tongues["Se ha comunicado difusión."] == "es"
    assert all(
        tongue == "en"
        for text, tongue in tongues.items()
        if text in {row["message"] for row in plain["issues"]}
    )
    strip = [
        {key: row[key] for key in row if key not in ("message", "said", "lang")} for row in told["issues"]
    ]
    assert strip == [
        {key: row[key] for key in row if key not in ("message", "said")} for row in plain["issues"]
    ]


def test_faults_are_told_in_the_language(client, held):
    held(**{"There is no example {name}": "No existe el ejemplo {name}", "See the list.": "Vea la lista."})
    found = client.get("/api/examples/none", headers=SPANISH).json()["error"]
    assert (found["message"], found["remedy"]) == ("No existe el ejemplo none", "Vea la lista.")
    assert client.get("/api/examples/none").json()["error"]["message"] == "There is no example none"


def test_the_state_of_a_job_is_told_in_the_language():
    from endplate.app.server.guard import in_language
    from endplate.app.server.jobs import Job, not_done

    fault = not_done(Job("a", "run", "running")).to_dict()
    with language.speaking("es"):
        assert in_language(fault)["message"] == "La tarea está en curso"
    assert fault["message"] == "The job is running"


def test_of_several_faults_the_first_stands_by_itself(client, case):
    wrong = {**case, "patient": {**case["patient"], "age": "x", "gmfcs": 9}}
    english, spanish = (
        client.post("/api/check", json={"case": wrong}, headers=own).json()["error"] for own in ({}, SPANISH)
    )
    for found in (english, spanish):
        assert found["message"].startswith(found["first"]) and found["more"] == 1
    assert (english["first"], spanish["first"] != english["first"]) == (
        "'x' is not a number with a unit",
        True,
    )
    one = {**case, "patient": {**case["patient"], "age": "x"}}
    assert "first" not in client.post("/api/check", json={"case": one}).json()["error"]


def test_what_a_letter_says_and_the_bounds_of_the_years_come_from_here(client):
    english, spanish = (client.get("/api/meta", headers=own).json() for own in ({}, SPANISH))
    assert set(english["known"]) == {*"ABCD", "none"}
    assert all(english["known"][letter] != spanish["known"][letter] for letter in english["known"])
    for row in english["develop"].values():
        assert row["least"] <= row["usual"] <= row["most"]


def test_faults_before_the_routes_and_of_jobs_are_told_too(client, held):
    held(
        **{
            "The token of this run is missing.": "Falta la clave.",
            "There is no such job": "No existe ese trabajo",
        }
    )
    bare = TestClient(client.app, "http://127.0.0.1").get("/api/meta", headers=SPANISH)
    assert bare.status_code == 401 and bare.json()["error"]["message"] == "Falta la clave."
    gone = client.get("/api/jobs/nothing", headers=SPANISH)
    assert gone.status_code == 404 and gone.json()["error"]["message"] == "No existe ese trabajo"
    assert client.get("/api/jobs/nothing").json()["error"]["message"] == "There is no such job"


def test_the_report_comes_in_its_language_with_its_sections(client, case):
    asked = {"case": case, **FEW}
    english = client.post("/api/report", json=asked, headers=SPANISH).text
    spanish = client.post("/api/report", json={**asked, "language": "es", "sections": ["course"]}).text
    assert '<html lang="en">' in english and '<html lang="es">' in spanish
    heads = re.findall(r"<h2>(.*?)</h2>", spanish)
    assert heads == ["Control frente a las reglas con fuente", "Cuándo actúa y durante cuánto tiempo"]
    assert "<h2>Record at injection</h2>" in english


def test_the_report_as_pdf_is_the_same_file_twice_and_takes_language_and_sections(client, case, monkeypatch):
    asked = {"case": case, **FEW, "language": "es", "sections": ["record"]}
    first, second = (client.post("/api/report.pdf", json=asked) for _ in range(2))
    assert first.headers["content-type"] == "application/pdf" and first.content == second.content
    told = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(first.content)).pages)
    assert "Plan de inyección simulado" in told and "Cuándo actúa" not in told
    monkeypatch.setitem(sys.modules, "typst", None)
    refused = client.post("/api/report.pdf", json=asked)
    assert refused.status_code == 422 and refused.json()["error"]["rule"] == "missing_extra"


def test_the_result_of_a_report_is_what_the_report_is_read_off(client, case):
    asked = {"case": case, **FEW}
    told = client.post("/api/report.json", json=asked).json()
    page = client.post("/api/report", json=asked).text
    assert set(told) == {"check", "simulate"} and told["simulate"]["draws"] == FEW["draws"]
    assert all(str(issue["message"]).split(" ")[0] in page for issue in told["check"]["issues"])
    assert f"{FEW['draws']} virtual copies" in page


def test_a_section_that_there_is_not_is_refused(client, case):
    for path, body in (
        ("/api/report", {"case": case, **FEW, "sections": ["harm"]}),
        ("/api/jobs", {"kind": "run", "case": case, "options": {"sections": ["harm"]}}),
    ):
        found = client.post(path, json=body)
        assert found.status_code == 422
        assert (found.json()["error"]["field"], found.json()["error"]["rule"]) == ("sections", "unknown_word")
