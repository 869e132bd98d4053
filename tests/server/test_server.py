"""`endplate serve`: who is answered, what is asked at once, what is kept, and how it says no."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from starlette.testclient import TestClient

from endplate.app.server import settings as limits
from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings
from endplate.knowledge.vocabulary import wording

TOKEN = "a-token-of-this-run"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
HERE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cases")


@pytest.fixture(scope="module")
def client(folder):
    with TestClient(
        create_app(Settings(folder, TOKEN)), HERE, headers=HEADERS, raise_server_exceptions=False
    ) as own:
        yield own


@pytest.fixture(scope="module")
def case(client):
    return client.get("/api/examples/adult_arm").json()["case"]


def changed(case, **plan):
    return {**case, "plan": {**case["plan"], **plan}}


def test_nobody_without_the_token_is_answered(client):
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        found = TestClient(client.app, HERE).get("/api/meta", headers=headers)
        assert found.status_code == 401 and found.json()["error"]["rule"] == "token"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.7:8000", ""])
def test_a_foreign_host_is_refused(client, host):
    assert client.get("/api/meta", headers={"Host": host}).status_code == 421
    assert client.get("/", headers={"Host": host}).status_code == 421


def test_a_page_from_elsewhere_is_refused(client):
    assert client.get("/api/meta", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get("/api/meta", headers={"Origin": "http://127.0.0.1:1234"}).status_code == 200


def test_every_answer_forbids_what_comes_from_elsewhere(client):
    for path in ("/", "/api/meta", "/api/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy and "http" not in policy
        assert client.get(path).headers["x-content-type-options"] == "nosniff"


def test_more_than_a_case_is_not_read(client):
    found = client.post("/api/check", content=b"x" * (limits.LARGEST_BODY + 1))
    assert found.status_code == 413 and found.json()["error"]["rule"] == "too_large"

    def pieces():
        for _ in range(20):
            yield b"x" * (limits.LARGEST_BODY // 10)

    assert client.post("/api/check", content=pieces()).status_code == 413


def test_words_and_wordings_come_from_the_one_place(client):
    found = client.get("/api/meta").json()
    assert found["wording"]["banner"] == wording.BANNER and found["wording"]["product"] == wording.PRODUCT
    assert {row["id"] for row in found["vocabulary"]["products"]} >= {
        "onabotulinumtoxinA",
        "abobotulinumtoxinA",
    }
    assert all(row["muscles"] for row in found["vocabulary"]["patterns"])
    assert all(row["title"] for row in found["examples"])


def test_a_case_goes_to_text_and_back_as_it_was(client, case):
    text = client.post("/api/case/write", json={"case": case}).json()["yaml"]
    assert client.post("/api/case/read", json={"yaml": text}).json()["case"] == case


def test_a_wrong_file_is_told_with_its_line(client):
    text = "endplate: 1\npatient:\n  code: a\n  age: many\n"
    found = client.post("/api/case/read", json={"yaml": text, "name": "mine.yaml"})
    error = found.json()["error"]
    assert found.status_code == 422 and error["line"] == 4 and error["file"] == "mine.yaml"
    assert error["remedy"] and "Traceback" not in found.text


def test_check_is_that_of_the_command(client, case):
    from endplate.app.plain import plain
    from endplate.case import Case
    from endplate.case.loader import from_document
    from endplate.questions.check import check

    found = client.post("/api/check", json={"case": case}).json()
    worst = found.pop("worst")
    assert found == plain(check(from_document(Case, case)).to_dict()) and worst == "info"
    much = [{**row, "dose": "900 U"} for row in case["plan"]["injections"]]
    assert (
        client.post("/api/check", json={"case": changed(case, injections=much)}).json()["worst"] == "critical"
    )


def test_ranges_stand_beside_muscles_of_a_draft_and_fill_in_nothing(client, case):
    rows = [{"muscle": "biceps_brachii", "side": "left"}, {"muscle": "subscapularis", "side": "left"}]
    found = client.post("/api/ranges", json={"case": changed(case, injections=rows)}).json()
    held = found["muscles"]
    assert held["subscapularis"] is None and held["biceps_brachii"]["source"]["citation"]
    assert not {"dose", "dose_U"} & set(held["biceps_brachii"])
    unknown = client.post("/api/ranges", json={"case": {"patient": {}, "plan": {"injections": rows}}}).json()
    nothing = {"biceps_brachii": None, "subscapularis": None}
    assert unknown == {"known": False, "dilutions": [], "muscles": nothing}
    assert found["dilutions"] and all(row["source"] for row in found["dilutions"])


def test_a_group_has_the_range_of_the_rule_that_covers_all_of_it(client):
    child = client.get("/api/examples/child_calf").json()["case"]
    held = client.post("/api/ranges", json={"case": child}).json()["muscles"]
    assert "6 to 9 U/kg" in held["gastrocnemius"]["text"] or held["gastrocnemius"]["unit"] == "U/kg"


def test_totals_are_those_of_the_check(client):
    child = client.get("/api/examples/child_calf").json()["case"]

    def totals(case):
        return client.post("/api/totals", json={"case": case}).json()["totals"]

    def per_kg(rows):
        return [{**row, "dose": "40 U/kg"} for row in rows]

    held, shots = totals(child), child["plan"]["injections"]
    assert held and not any(row["over"] for row in held)
    for row in held:
        most = [limit["max_U"] if limit["unit"] == "U/kg" else limit["max"] for limit in row["limits"]]
        assert row["limit_U"] == min(most)
    much = changed(child, injections=per_kg(shots))
    over = {row["what"]: row for row in totals(much) if row["over"]}
    issues = client.post("/api/check", json={"case": much}).json()["issues"]
    critical = [
        one for one in issues if one["severity"] == "critical" and one["rule"].startswith("session_t")
    ]
    assert critical and {(one["value"], one["limit"]) for one in critical} <= {
        (row["planned_U"], row["limit_U"]) for row in over.values()
    }
    empty = [{key: row[key] for key in ("muscle", "side")} for row in shots]
    undosed = totals(changed(child, injections=empty))
    assert [row["what"] for row in undosed] == [row["what"] for row in held]
    assert all(not row["planned_U"] for row in undosed if row["limits"][0]["scope"] != "cumulative_3_months")


def test_muscles_that_a_total_leaves_out_are_left_out(client):
    document = {
        "endplate": 1,
        "patient": {"code": "p-1", "age": "50 y"},
        "plan": {
            "date": "2026-11-02",
            "jurisdiction": "US",
            "product": "onabotulinumtoxinA",
            "indication": "spasticity",
            "dilution": "50 U/mL",
            "injections": [],
        },
    }
    from endplate.knowledge.labels import load_rules

    rule = next(one for one in load_rules() if one.without and one.family == "session_total")
    plan = {
        "product": rule.product,
        "jurisdiction": rule.jurisdiction,
        "date": rule.in_force_from.isoformat(),
    }
    age = (rule.age_from_y or 0) + 1
    rows = [{"muscle": name, "side": "left", "dose": "20 U"} for name in ("soleus", rule.without[0])]
    case = {**document, "patient": {"code": "p-1", "age": f"{age:g} y", "weight": "30 kg"}}
    found = client.post(
        "/api/totals", json={"case": {**case, "plan": {**document["plan"], **plan, "injections": rows}}}
    )
    less = [row for row in found.json()["totals"] if " without " in row["what"]]
    assert less and all(row["planned_U"] < 40 for row in less)


def test_a_draft_without_doses_is_drawn_but_neither_checked_nor_simulated(client, case):
    rows = [{key: row[key] for key in ("muscle", "side", "sites")} for row in case["plan"]["injections"]]
    draft = changed(case, injections=rows)
    assert len(client.post("/api/limb", json={"case": draft}).json()["sites"]) == 6
    for question in ("check", "curves"):
        found = client.post(f"/api/{question}", json={"case": draft})
        assert found.status_code == 422 and found.json()["error"]["field"].startswith("plan.injections[0]")


@pytest.mark.parametrize("view", ["front", "back", "section"])
def test_a_limb_is_drawn_with_its_muscles_named(client, case, view):
    found = client.post("/api/limb", json={"case": case, "segment": "forearm", "view": view}).json()
    assert found["svg"].count("data-muscle") >= 3 and found["segments"] == ["upper_arm", "forearm"]
    assert {row["muscle"] for row in found["sites"]} <= {row["muscle"] for row in case["plan"]["injections"]}


def test_spindles_hold_the_volume_of_their_muscle(client, case):
    """Within 2 %: twelve rings of a sine."""
    from endplate.knowledge.evidence import value

    for segment in client.post("/api/body3d", json={"case": case}).json()["segments"]:
        for row in segment["muscles"]:
            z, radii = np.array(row["z_mm"]), np.array(row["radii_mm"])
            rings = (radii[1:] ** 2 + radii[1:] * radii[:-1] + radii[:-1] ** 2) / 3
            volume = np.pi * (rings * np.diff(z)).sum() / 1000
            assert volume == pytest.approx(value(f"muscle.{row['muscle']}.volume_mL"), rel=0.02)


def test_curves_are_those_of_the_command(client, case):
    from endplate.app.plain import plain
    from endplate.case import Case
    from endplate.case.loader import from_document
    from endplate.simulation import simulate

    found = client.post("/api/curves", json={"case": case, "draws": 20}).json()
    own = plain(simulate(from_document(Case, case), 20).to_dict())
    assert found["joints"] == own["joints"] and found["muscles"] == own["muscles"]
    assert client.post("/api/curves", json={"case": case, "draws": 100_000}).status_code == 422


def ended(client, job):
    for _ in range(600):
        told = client.get(f"/api/jobs/{job}").json()
        if told["state"] in ("done", "failed", "cancelled"):
            return told
        time.sleep(0.1)
    raise AssertionError(told)


def test_a_job_runs_is_followed_and_found_again(client, case):
    """A page that is loaded anew knows only the id."""
    asked = {"kind": "run", "case": case, "options": {"draws": 40}}
    job = client.post("/api/jobs", json=asked).json()["id"]
    assert client.get(f"/api/jobs/{job}/result").status_code in (200, 409)
    with client.stream("GET", f"/api/jobs/{job}/events") as stream:
        lines = [
            json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data")
        ]
    assert lines[-1]["state"] == "done" and lines[-1]["progress"] == 1
    progress = [line["progress"] for line in lines]
    assert progress == sorted(progress)
    result = client.get(f"/api/jobs/{job}/result").json()
    assert set(result) == {"check", "simulate", "report_html"} and wording.BANNER in result["report_html"]


def test_a_job_is_cancelled_while_it_runs_and_while_it_waits(client, case):
    asked = {"kind": "simulate", "case": case, "options": {"draws": 5000, "horizon_wk": 104}}
    running, waiting = (client.post("/api/jobs", json=asked).json()["id"] for _ in range(2))
    time.sleep(0.3)
    for job in (waiting, running):
        assert client.delete(f"/api/jobs/{job}").status_code == 204
        assert ended(client, job)["state"] == "cancelled"
        assert client.get(f"/api/jobs/{job}/result").status_code == 409


def test_what_a_question_refuses_is_told_as_the_command_tells_it(client):
    child = client.get("/api/examples/child_calf").json()["case"]
    job = client.post("/api/jobs", json={"kind": "optimise", "case": child}).json()["id"]
    told = ended(client, job)
    assert told["state"] == "failed" and told["error"]["remedy"] and "18" in told["error"]["message"]


def test_only_so_many_questions_wait(client, case):
    asked = {"kind": "simulate", "case": case, "options": {"draws": 5000, "horizon_wk": 104}}
    found = [client.post("/api/jobs", json=asked) for _ in range(limits.JOBS_WAITING + 2)]
    assert [row.status_code for row in found][-1] == 429 and found[-1].json()["error"][
        "rule"
    ] == "too_many_jobs"
    for row in found:
        if row.status_code == 202:
            client.delete(f"/api/jobs/{row.json()['id']}")
    assert all(ended(client, row.json()["id"]) for row in found if row.status_code == 202)


def test_cases_are_kept_listed_read_and_dropped(client, case, folder):
    assert client.put("/api/cases/arm-01.yaml", json={"case": case}).status_code == 200
    assert [row["file"] for row in client.get("/api/cases").json()["cases"]] == ["arm-01.yaml"]
    assert client.get("/api/cases/arm-01.yaml").json()["case"] == case
    wrong = changed(case, product="water")
    assert client.put("/api/cases/arm-01.yaml", json={"case": wrong}).status_code == 422
    assert client.get("/api/cases/arm-01.yaml").json()["case"] == case
    assert client.delete("/api/cases/arm-01.yaml").status_code == 204
    assert client.get("/api/cases/arm-01.yaml").status_code == 404 and not list(folder.glob("*.yaml"))


def test_a_case_changed_elsewhere_is_not_written_over(client, case):
    first = client.put("/api/cases/two.yaml", json={"case": case, "known": ""}).json()["version"]
    assert client.put("/api/cases/two.yaml", json={"case": case, "known": ""}).status_code == 409
    other = changed(case, dilution="100 U/mL")
    second = client.put("/api/cases/two.yaml", json={"case": other, "known": first}).json()["version"]
    refused = client.put("/api/cases/two.yaml", json={"case": case, "known": first})
    assert refused.status_code == 409 and refused.json()["error"]["rule"] == "changed_elsewhere"
    held = client.get("/api/cases/two.yaml").json()
    assert held["case"] == other and held["version"] == second != first
    assert client.delete(f"/api/cases/two.yaml?known={first}").status_code == 409
    assert client.get("/api/cases/two.yaml").json()["case"] == other
    assert client.delete(f"/api/cases/two.yaml?known={second}").status_code == 204


@pytest.mark.parametrize("name", ["..%2Fout.yaml", "a.txt", ".hidden.yaml", "a%20b.yaml", "x" * 90 + ".yaml"])
def test_no_file_outside_the_folder_is_touched(client, case, name, folder):
    assert client.put(f"/api/cases/{name}", json={"case": case}).status_code in (404, 405, 422)
    assert not list(folder.parent.glob("*.yaml")) and not list(folder.iterdir())


def test_labels_and_evidence_are_those_of_the_commands(client):
    asked = {"product": "onabotulinumtoxinA", "age": "30 y", "cause": "stroke", "as_of": "2009-06-01"}
    assert client.get("/api/labels/status", params=asked).json()["status"] == "off_label"
    limits_held = client.get(
        "/api/labels/limits", params={"product": "onabotulinumtoxinA", "age": "30 y"}
    ).json()
    assert limits_held["limits"]
    page = client.get("/api/evidence", params={"basis": "recalled"}).json()
    assert page["total"] == page["bases"]["recalled"] and {row["basis"] for row in page["records"]} == {
        "recalled"
    }
    named = [row["id"] for row in page["records"][:2]]
    some = client.get("/api/evidence", params={"ids": ",".join(named)}).json()
    assert sorted(row["id"] for row in some["records"]) == sorted(named) and some["total"] == len(named)
    one = client.get(f"/api/evidence/{page['records'][0]['id']}").json()
    assert one["id"] == page["records"][0]["id"] and one["cited"]["citation"]
    assert client.get("/api/labels/status", params={**asked, "product": "water"}).status_code == 422


def test_limits_per_kg_are_worked_out_for_a_weight(client):
    asked = {"product": "abobotulinumtoxinA", "age": "6 y", "limb": "lower", "as_of": "2026-11-02"}
    plain = client.get("/api/labels/limits", params=asked).json()["limits"]
    weighed = client.get("/api/labels/limits", params={**asked, "weight": "20 kg"}).json()["limits"]
    per_kg = [(one, other) for one, other in zip(plain, weighed, strict=True) if one["unit"] == "U/kg"]
    assert per_kg
    for one, other in per_kg:
        assert one["max_U"] is None and other["max_U"] == 20 * other["max"]
    assert client.get("/api/labels/limits", params={**asked, "weight": "20 lb"}).status_code == 422


def test_a_command_is_typed_with_the_options_of_develop(client, case):
    own = {"every_wk": 52, "stop_y": 12, "draws": 60}
    found = client.post("/api/command", json={"case": case, "verb": "develop", "options": own}).json()
    assert found["command"].endswith('--every "52 wk" --stop "12 y" --draws 60 --seed 1')
    assert "--" not in client.post("/api/command", json={"case": case, "verb": "run"}).json()["command"]
    every = [row["id"] for row in client.get("/api/meta").json()["report_sections"]]
    own = {"language": "es", "sections": every[1:]}
    found = client.post("/api/command", json={"case": case, "verb": "run", "options": own}).json()
    assert found["command"].endswith(f".yaml --language es --without {every[0]}")


def test_a_fault_of_ours_is_said_without_a_traceback(client, case, monkeypatch):
    from endplate.questions import check

    monkeypatch.setattr(check, "check", lambda _: 1 / 0)
    found = client.post("/api/check", json={"case": case})
    assert found.status_code == 500 and found.json()["error"]["rule"] == "endplate_failed"
    assert "Traceback" not in found.text and "ZeroDivision" not in found.text
    assert found.headers["x-content-type-options"] == "nosniff" and "content-security-policy" in found.headers
    spanish = client.post("/api/check", json={"case": case}, headers={"Accept-Language": "es"}).json()[
        "error"
    ]
    assert spanish["message"] != found.json()["error"]["message"]


@pytest.mark.parametrize("product", [{"value": "onabotulinumtoxinA"}, ["onabotulinumtoxinA"], 5])
@pytest.mark.parametrize("injections", [5, "biceps", [5, None], {"muscle": "soleus"}])
def test_a_draft_of_odd_shapes_has_no_ranges(client, product, injections):
    case = client.get("/api/examples/adult_arm").json()["case"]
    case["plan"] |= {"product": product, "injections": injections}
    told = client.post("/api/ranges", json={"case": case})
    assert told.status_code == 200 and not told.json()["known"]
    assert client.post("/api/totals", json={"case": case}).status_code == 422
