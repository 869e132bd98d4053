"""`endplate serve --store`: persons over HTTP, in both databases, told when somebody else changed them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.testclient import TestClient

from endplate.app.cli import main
from endplate.app.examples import example
from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings
from endplate.case import load_case

pytestmark = pytest.mark.usefixtures("databases")
TOKEN = "a-token-of-this-run"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
HERE = "http://127.0.0.1"
PERSONS = "/api/store/persons"
ARM = f"{PERSONS}/arm-01"


def asking(folder, store=None):
    app = create_app(Settings(folder, TOKEN, store))
    return TestClient(app, HERE, headers=HEADERS, raise_server_exceptions=False)


@pytest.fixture
def client(store, tmp_path):
    with asking(tmp_path / "cases", store) as own:
        yield own


@pytest.fixture
def case():
    with example() as path:
        return load_case(path).to_dict()


@pytest.fixture
def kept(client, case):
    """The case as the first cycle of somebody."""
    assert client.post(PERSONS, json={"case": case}).status_code == 201
    return case


def changed(case, **plan):
    return {**case, "plan": {**case["plan"], **plan}}


def version(client):
    return client.get(ARM).json()["version"]


def told(answer, status, rule):
    """The sentence of a refusal."""
    error = answer.json()["error"]
    assert (answer.status_code, error["rule"]) == (status, rule) and error["remedy"]
    return error


def test_a_case_is_kept_listed_and_given_back_as_it_was(client, case):
    done = client.post(PERSONS, json={"case": case}).json()
    assert (done["code"], done["cycle"], done["differs"]) == ("arm-01", 1, [])
    (row,) = client.get(PERSONS).json()["persons"]
    assert (row["code"], row["cycles"], row["version"]) == ("arm-01", 1, done["version"])
    held = client.get(f"{ARM}/case").json()
    assert held["case"] == case and held["version"] == done["version"] and held["cycle"] == 1


def test_a_list_is_narrowed_as_that_of_the_command(client, kept, store):
    for asked, count in (
        ({"code": "arm"}, 1),
        ({"code": "leg"}, 0),
        ({"condition": "stroke", "product": "onabotulinumtoxinA", "since": "2026-01-01"}, 1),
        ({"since": "2099-01-01"}, 0),
    ):
        assert client.get(PERSONS, params=asked).json()["total"] == count
    assert client.get(PERSONS).json() == store.page()
    error = told(client.get(PERSONS, params={"condition": "strok"}), 422, "unknown_word")
    assert error["field"] == "condition" and "stroke" in error["remedy"]
    assert told(client.get(PERSONS, params={"page": 2}), 422, "page")["field"] == "page"


def test_what_could_tell_who_somebody_is_is_refused_and_nothing_is_kept(client, case):
    goals = [{**case["goals"][0], "text": "help Erika Mustermann dress"}]
    error = told(client.post(PERSONS, json={"case": {**case, "goals": goals}}), 422, "no_names")
    assert "Mustermann" not in str(error) and error["field"] == "goals[0].text"
    told(client.post(PERSONS, json={"case": case, "who": "Erika Mustermann"}), 422, "code")
    assert client.get(PERSONS).json()["total"] == 0 and client.get("/api/store/audit").json()["entries"] == []


def test_the_next_cycle_and_another_plan_need_the_version_that_was_read(client, kept):
    told(client.post(PERSONS, json={"case": kept}), 409, "code_taken")
    later = changed(kept, date="2027-03-01")
    first = version(client)
    second = client.post(PERSONS, json={"case": later, "version": first}).json()
    assert second["cycle"] == 2 and second["version"] > first
    error = told(client.post(PERSONS, json={"case": later, "version": first}), 409, "conflict")
    assert "arm-01 was changed by local" in error["message"] and "Open" in error["remedy"]
    other = changed(kept, dilution="100 U/mL")
    told(client.put(f"{ARM}/plan", json={"case": other, "version": first}), 409, "conflict")
    assert client.put(f"{ARM}/plan", json={"case": other}).status_code == 422
    done = client.put(f"{ARM}/plan", json={"case": other, "version": second["version"], "cycle": 1}).json()
    assert done["cycle"] == 1 and done["differs"] == []
    assert client.get(f"{ARM}/case", params={"cycle": 1}).json()["case"]["plan"] == other["plan"]
    assert client.get(f"{ARM}/case").json()["case"]["plan"]["date"] == "2027-03-01"


def test_what_a_plan_alone_does_not_keep_is_told(client, kept, finding):
    asked = {"case": {**kept, "visits": [finding]}, "version": version(client)}
    assert client.put(f"{ARM}/plan", json=asked).json()["differs"] == ["visits"]


def test_findings_are_added_corrected_and_refused_over_a_newer_version(client, kept, finding):
    first = version(client)
    added = client.post(f"{ARM}/visits", json={"finding": finding, "version": first, "note": "tired"})
    assert added.status_code == 201
    better = {**finding, "value": "1"}
    path = f"{ARM}/visits/{added.json()['id']}"
    told(client.put(path, json={"finding": better, "version": first}), 409, "conflict")
    assert client.get(ARM).json()["cycles"][0]["visits"][0]["value"] == finding["value"]
    assert client.put(path, json={"finding": better, "version": added.json()["version"]}).status_code == 200
    (row,) = client.get(ARM).json()["cycles"][0]["visits"]
    assert row["value"] == "1"
    wrong = {"finding": {**finding, "value": "7"}, "version": version(client)}
    assert client.post(f"{ARM}/visits", json=wrong).status_code == 422
    missing = {"finding": finding, "version": version(client)}
    assert told(client.put(f"{ARM}/visits/4711", json=missing), 404, "no_row")["field"] == "number"


def test_what_was_given_stands_in_place_of_the_plan(client, kept, lot):
    first = version(client)
    done = client.post(f"{ARM}/given", json={"record": lot, "version": first})
    assert done.status_code == 201
    held = client.get(f"{ARM}/case").json()
    doses = {row["muscle"]: row["dose"] for row in held["case"]["plan"]["injections"]}
    assert doses == {"biceps_brachii": "100 U", "brachialis": "50 U"}
    assert held["case"]["plan"]["date"] == lot["date"] and any("given" in note for note in held["notes"])
    cycle = client.get(ARM).json()["cycles"][0]
    assert (cycle["given"][0]["lot"], cycle["given"][0]["discarded"]) == ("C1234", "50 U")
    planned = [[row["dose"] for row in plan["injections"]] for plan in (cycle["plan"], kept["plan"])]
    assert planned[0] == planned[1]  # what was planned is still told
    path = f"{ARM}/given/{done.json()['id']}"
    told(client.put(path, json={"record": {**lot, "lot": "D1"}, "version": first}), 409, "conflict")
    late = {"record": {**lot, "expiry": "2026-01-31"}, "version": done.json()["version"]}
    assert "expired" in client.put(path, json=late).json()["warnings"][0]
    wrong = {"record": {**lot, "units": "200 U"}, "version": version(client)}
    assert told(client.put(path, json=wrong), 422, "injections_needed")["field"] == "injections"
    assert client.get(ARM).json()["cycles"][0]["given"][0]["units"] == "150 U"


def test_the_result_of_a_job_is_recorded_if_it_is_of_what_is_held(client, kept):
    def ended(case):
        asked = {"kind": "simulate", "case": case, "options": {"draws": 10, "horizon_wk": 4}}
        job = client.post("/api/jobs", json=asked).json()["id"]
        while client.get(f"/api/jobs/{job}").json()["state"] != "done":
            time.sleep(0.05)
        return job

    assert client.post(f"{ARM}/runs", json={"job": ended(kept)}).status_code == 201
    other = changed(kept, dilution="100 U/mL")
    told(client.post(f"{ARM}/runs", json={"job": ended(other)}), 422, "other_inputs")
    told(client.post(f"{ARM}/runs", json={"job": "none"}), 404, "no_job")
    (row,) = client.get(ARM).json()["cycles"][0]["runs"]
    assert (row["draws"], row["of_today"]) == (10, True)


def test_every_change_is_in_the_audit_under_its_word(client, case, finding):
    client.post(PERSONS, json={"case": case, "who": "nurse-a"})
    client.post(f"{ARM}/visits", json={"finding": finding, "version": version(client), "who": "rater-2"})
    entries = client.get("/api/store/audit", params={"code": "arm-01"}).json()["entries"]
    assert {row["who"] for row in entries} == {"nurse-a", "rater-2"}
    assert client.get("/api/store/audit", params={"most": 1}).json()["entries"] == entries[-1:]


def test_nobody_of_that_code_is_told(client, kept, finding):
    for path in ("leg-01", "leg-01/case", "arm-01/case?cycle=9"):
        answer = client.get(f"{PERSONS}/{path}")
        assert answer.status_code == 404 and answer.json()["error"]["message"]
    asked = {"finding": finding, "version": 1}
    told(client.post(f"{PERSONS}/leg-01/visits", json=asked), 404, "no_person")
    somebody = {**kept, "patient": {**kept["patient"], "code": "leg-01"}}
    told(client.post(PERSONS, json={"case": somebody, "version": 1}), 404, "no_person")


def test_without_a_store_the_folder_is_all_there_is(tmp_path, case):
    with asking(tmp_path) as own:
        assert own.get("/api/meta").json()["store"] is None
        for answer in (own.get(PERSONS), own.post(PERSONS, json={"case": case}), own.get("/api/store/audit")):
            told(answer, 404, "no_store")
        assert own.put("/api/cases/arm-01.yaml", json={"case": case}).status_code == 200


def test_the_store_is_named_without_where_it_lies(client, store):
    name = client.get("/api/meta").json()["store"]
    assert name and "/" not in name and "@" not in name and store.place.shown.partition("?")[0].endswith(name)


def test_of_two_who_write_at_once_one_is_told_and_nothing_is_lost(client, kept, finding, store):
    """Rounds in which both read the same version: exactly one change is made, the other is a conflict."""
    days = [f"2026-12-{day:02}" for day in range(1, 13)]
    with ThreadPoolExecutor(2) as threads:
        for day in days:
            read = version(client)
            asked = [{"finding": {**finding, "date": day, "value": v}, "version": read} for v in ("1", "2")]
            answers = threads.map(lambda body: client.post(f"{ARM}/visits", json=body).status_code, asked)
            assert sorted(answers) == [201, 409]
    assert [row["date"] for row in client.get(ARM).json()["cycles"][0]["visits"]] == days
    assert not store.verify().faults


def test_a_killed_server_loses_nothing_that_it_confirmed(place, store, case, finding, tmp_path):
    store.add(load_case_of(case))
    environment = {**os.environ, "ENDPLATE_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1", "ENDPLATE_STORE": place}
    command = [sys.executable, "-m", "endplate", "serve", "--no-browser", "--cases", str(tmp_path / "cases")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        address = lines[1].split()[-1].partition("/#")[0]
        with httpx.Client(base_url=address, headers=HEADERS, timeout=60) as own:
            for day in range(1, 6):
                read = own.get(ARM).json()["version"]
                body = {"finding": {**finding, "date": f"2026-12-0{day}"}, "version": read}
                assert own.post(f"{ARM}/visits", json=body).status_code == 201
        process.kill()
    assert len(store.show("arm-01")["cycles"][0]["visits"]) == 5
    assert not store.verify().faults


def load_case_of(document):
    from endplate.case import Case, from_document

    return from_document(Case, document)


@pytest.mark.parametrize("place", ["nowhere/store.db", "mysql://here/db", "postgresql://127.0.0.1:1/db"])
def test_a_wrong_place_is_told_before_anything_listens(tmp_path, capsys, place, monkeypatch):
    monkeypatch.setattr("endplate.app.commands_serve._bound", lambda port: pytest.fail("it listens"))
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--no-browser", "--store", place]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "Traceback" not in said.err and not said.out


def test_a_missing_extra_is_one_sentence(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert main(["serve", "--no-browser", "--store", "postgresql://127.0.0.1:1/db"]) == 2
    said = capsys.readouterr().err
    assert "endplate[store]" in said and said.count("\n") == 1


def test_a_database_that_is_gone_is_told_without_where_it_was(tmp_path, case):
    """The file is overwritten while the server runs: no fault of ours, and the path is not told."""
    from endplate.store import Store

    file = tmp_path / "other.db"
    with Store.init(file)[0] as store, asking(tmp_path / "cases", store) as own:
        store.add(load_case_of(case))
        store.close()
        file.write_bytes(b"no database" * 1000)
        error = told(own.get(ARM), 503, "store_damaged")
    assert error["file"] == "other.db" and str(tmp_path) not in str(error)
