"""The trainer over HTTP: briefings without solutions, sections to aim in, attempts kept without names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import endplate
from endplate.app.server.application import create_app
from endplate.app.server.progress import PROGRESS, Progress
from endplate.app.server.settings import Settings
from endplate.errors import InputError
from endplate.questions.training.reading import is_cut
from endplate.questions.training.shipped import shipped

_FILES = Path(endplate.__file__).parent / "questions" / "training" / "data"
TOKEN = "a-token-of-this-run"
HERE = "http://127.0.0.1"
NEEDLE = {"at": 0.3165, "angle_deg": 2.8, "depth_mm": 9.6, "dose": "12.5 U"}


@pytest.fixture
def client(tmp_path):
    app = create_app(Settings(tmp_path / "kept", TOKEN))
    with TestClient(app, HERE, headers={"Authorization": f"Bearer {TOKEN}"}) as own:
        yield own


def test_the_list_holds_every_training_and_its_best_score(client):
    rows = client.get("/api/training").json()["trainings"]
    assert [row["id"] for row in rows] == list(shipped())
    assert all(row["best"] is None and row["attempts"] == 0 for row in rows)
    for depth in (30, 9.6):
        client.post("/api/training/fcr_one_site/attempt", json=_answer({**NEEDLE, "depth_mm": depth}))
    row = next(row for row in client.get("/api/training").json()["trainings"] if row["id"] == "fcr_one_site")
    assert row["best"] == 100 and row["attempts"] == 2
    other = {**NEEDLE, "dose": "8 U"}  # under its range: points enough, and not passed
    name = "biceps_one_site"
    client.post(f"/api/training/{name}/attempt", json=_answer({**other, "at": 0.6, "depth_mm": 12}))
    row = next(row for row in client.get("/api/training").json()["trainings"] if row["id"] == name)
    assert row["best"] is None and row["attempts"] == 1


def _answer(*needles):
    return {"answer": {"needles": list(needles)}}


@pytest.mark.parametrize("name", list(shipped()))
def test_a_briefing_and_its_section(client, name):
    training = shipped()[name]
    told = client.get(f"/api/training/{name}").json()
    assert told["wording"]["trainer"] and told["length_mm"] > 0 and told["brief"]
    found = client.post(
        f"/api/training/{name}/section", json={"at": 0.3 if training.level > 1 else training.show.at}
    ).json()
    assert found["svg"].startswith("<svg") and found["px_per_mm"] > 0 and len(found["centre_px"]) == 2
    assert found["labels"] == (training.level not in (1, 4))
    named = [muscle for muscle in training.muscles if f'data-muscle="{muscle}"' in found["svg"]]
    cut = [muscle for muscle in training.muscles if is_cut(training, muscle, 0.3)]
    assert named == (cut if found["labels"] else [])


def test_an_attempt_is_answered_with_its_pictures_and_kept_without_names(client, tmp_path):
    found = client.post("/api/training/fcr_one_site/attempt", json=_answer(NEEDLE)).json()
    assert found["passed"] and found["score"] == 100
    assert len(found["drawings"]["section"]) == 1 and "12.5" not in found["drawings"]["front"]
    assert all(each.startswith("<svg") for each in (found["drawings"]["front"], found["drawings"]["back"]))
    kept = client.get("/api/training/progress").json()["attempts"]
    assert [row["training"] for row in kept] == ["fcr_one_site"]
    assert set(kept[0]["parts"]) == {part["part"] for part in found["parts"]}
    assert "code" not in json.dumps(kept)
    table = client.get("/api/training/progress.csv")
    assert table.headers["content-type"].startswith("text/csv") and table.text.count("\n") == 2


def test_a_file_of_progress_that_cannot_be_read_is_kept_beside_itself(client, tmp_path):
    path = tmp_path / "kept" / PROGRESS
    attempt = ("/api/training/fcr_one_site/attempt", _answer(NEEDLE))
    client.post(attempt[0], json=attempt[1])
    whole = path.read_text(encoding="utf-8")
    for spoilt in (whole[:-20], "spoilt", "[1]", '{"attempts": 3}'):
        path.write_text(spoilt, encoding="utf-8")
        assert client.get("/api/training/progress").json()["attempts"] == []
        client.post(attempt[0], json=attempt[1])
        aside = client.get("/api/training/progress").json()["set_aside"]
        assert spoilt in [(path.parent / name).read_text(encoding="utf-8") for name in aside]
    assert len(aside) == 4 and len(client.get("/api/training/progress").json()["attempts"]) == 1


@pytest.mark.parametrize(
    "row",
    [
        3,
        {},
        {"training": "fcr_one_site", "level": 2, "at": "x", "score": "high", "passed": True},
        {"training": "fcr_one_site", "level": 2, "at": "x", "score": 50, "passed": True, "attempt": "first"},
        {"training": "fcr_one_site", "level": 2, "at": "x", "score": 50, "passed": True, "parts": [1]},
        {"training": ["fcr_one_site"], "level": 2, "at": "x", "score": 50, "passed": True},
    ],
)
def test_a_row_that_was_edited_by_hand_is_left_out_and_not_lost(client, tmp_path, row):
    path = tmp_path / "kept" / PROGRESS
    client.post("/api/training/fcr_one_site/attempt", json=_answer(NEEDLE))
    held = json.loads(path.read_text(encoding="utf-8"))
    held["attempts"].append(row)
    path.write_text(json.dumps(held), encoding="utf-8")
    assert len(client.get("/api/training/progress").json()["attempts"]) == 1
    assert client.get("/api/training").status_code == 200
    assert client.get("/api/training/progress.csv").text.count("\n") == 2
    found = client.post("/api/training/fcr_one_site/attempt", json=_answer(NEEDLE))
    assert found.status_code == 200 and found.json()["attempt"] == 2
    aside = client.get("/api/training/progress").json()["set_aside"]
    assert json.loads((path.parent / aside[0]).read_text(encoding="utf-8")) == held


def test_every_learner_has_a_progress_of_their_own(client):
    place = "/api/training/blind_fingers/attempt"
    found = [
        client.post(place, json={**_answer(NEEDLE), "learner": code}).json()["attempt"]
        for code in ("s-01", "s-02", "s-01", "")
    ]
    assert found == [1, 1, 2, 1]
    kept = client.get("/api/training/progress", params={"learner": "s-01"}).json()["attempts"]
    assert [row["attempt"] for row in kept] == [1, 2]
    rows = client.get("/api/training", params={"learner": "s-02"}).json()["trainings"]
    assert next(row for row in rows if row["id"] == "blind_fingers")["attempts"] == 1
    assert client.get("/api/training/progress.csv").text.count("\n") == 5
    assert client.delete("/api/training/progress", params={"learner": "s-01"}).json() == {"removed": 2}
    assert len(client.get("/api/training/progress").json()["attempts"]) == 2
    told = client.post(place, json={**_answer(NEEDLE), "learner": "Jane Doe"})
    assert told.status_code == 422 and "Jane" not in told.json()["error"]["message"]


def test_an_instructors_folder_is_played_in_the_app_and_broken_files_are_told(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    shipped_file = next(path for path in _FILES.glob("fcr_one_site.yaml"))
    text = shipped_file.read_text(encoding="utf-8")
    (folder / "a.yaml").write_text(
        text.replace("training: fcr_one_site", "training: own_one"), encoding="utf-8"
    )
    (folder / "taken.yaml").write_text(text, encoding="utf-8")
    (folder / "wrong.yaml").write_text(text.replace("muscles", "muscels"), encoding="utf-8")
    (folder / "idle.yml").write_text(
        text.replace("training: fcr_one_site", "training: idle").replace('value: "', 'value: "0", scale: x'),
        encoding="utf-8",
    )
    app = create_app(Settings(tmp_path / "kept", TOKEN, trainings=folder))
    with TestClient(app, HERE, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        found = client.get("/api/training").json()
        assert [row["id"] for row in found["trainings"] if row["own"]] == ["own_one"]
        assert {row["file"] for row in found["broken"]} == {"taken.yaml", "wrong.yaml", "idle.yml"}
        assert all(
            row["message"] and row["remedy"] and str(folder) not in str(row) for row in found["broken"]
        )
        assert client.get("/api/training/own_one").json()["level"] == 2
        assert client.post("/api/training/own_one/attempt", json=_answer(NEEDLE)).json()["passed"]
        (folder / "wrong.yaml").write_text(text.replace("fcr_one_site", "mended"), encoding="utf-8")
        found = client.get("/api/training").json()
        assert {row["id"] for row in found["trainings"] if row["own"]} == {"own_one", "mended"}


def test_the_hand_errs_anew_at_every_attempt(client, monkeypatch):
    found = [
        client.post("/api/training/blind_fingers/attempt", json=_answer(NEEDLE)).json() for _ in range(2)
    ]
    assert [row["attempt"] for row in found] == [1, 2]
    tips = [row["needles"][0]["tip_mm"] for row in found]
    assert tips[0] != tips[1]
    again = client.post("/api/training/fcr_one_site/attempt", json=_answer(NEEDLE)).json()
    assert again["attempt"] == 1  # every case counts its own

    def full(*_):
        raise InputError("no room", rule="file", remedy="", field="")

    monkeypatch.setattr(Progress, "keep", full)
    lost = [client.post("/api/training/blind_fingers/attempt", json=_answer(NEEDLE)).json() for _ in range(2)]
    assert [row["attempt"] for row in lost] == [3, 4] and not lost[0]["kept"]


def test_what_cannot_be_read_is_refused(client):
    for body in (_answer({**NEEDLE, "at": 2}), {"answer": {"nadel": 1}}, {"answer": 3}, {}):
        found = client.post("/api/training/fcr_one_site/attempt", json=body)
        assert found.status_code == 422 and found.json()["error"]["message"]
    assert client.get("/api/training/progress").json()["attempts"] == []
    for verb, place in (("get", ""), ("post", "/attempt"), ("post", "/section")):
        body = {} if verb == "get" else {"json": {"answer": {}} if "attempt" in place else {"at": 0.5}}
        assert getattr(client, verb)(f"/api/training/nothing{place}", **body).status_code == 404


def test_the_reasons_are_told_in_spanish(client):
    spanish = {"Accept-Language": "es"}
    told = client.get("/api/training/wrong_ankle", headers=spanish).json()
    assert "La persona vuelve" in told["brief"] and told["task"]["causes"][0]["words"] == (
        "se omitió un músculo que lleva el tono"
    )
    brief = client.get("/api/training/fcr_one_site", headers=spanish).json()
    assert "nervio mediano" in [row["name"] for row in brief["task"]["structures"]]
    for needle in (NEEDLE, {**NEEDLE, "angle_deg": 40, "depth_mm": 40}):
        found = client.post(
            "/api/training/fcr_one_site/attempt", json=_answer(needle), headers=spanish
        ).json()
        english = client.post("/api/training/fcr_one_site/attempt", json=_answer(needle)).json()
        both = zip(found["parts"], english["parts"], strict=True)
        assert all(one["why"] != other["why"] for one, other in both)
        assert found["feedback"] != english["feedback"] and found["title"] != english["title"]


WORDS = re.compile(r">([^<>]+)</(?:text|tspan|title|desc)>")


@pytest.mark.parametrize("language", ["en", "es"])
def test_structures_and_drawings_are_named_in_the_language_of_the_app(client, language):
    """Nerves, vessels, muscles and edges in every drawing of an attempt, and what was crossed."""
    spoken = {"Accept-Language": language}
    deep = _answer({**NEEDLE, "angle_deg": 40, "depth_mm": 40})
    found = client.post("/api/training/fcr_one_site/attempt", json=deep, headers=spoken).json()
    aimed = [
        client.post("/api/training/fcr_one_site/section", json=body, headers=spoken).json()["svg"]
        for body in ({"at": 0.3}, {"at": 0.3, "view": "front"})
    ]
    drawings = [*found["drawings"]["section"], found["drawings"]["front"], found["drawings"]["back"], *aimed]
    told = " ".join(" ".join(WORDS.findall(svg)) for svg in drawings)
    english, spanish = (
        ("median nerve", "flexor carpi radialis", "front", "hatched", "Forearm, left side", "epicondyles"),
        ("nervio mediano", "flexor radial del carpo", "delante", "rayado", "lado izquierdo", "epicóndilos"),
    )
    own, other = (english, spanish) if language == "en" else (spanish, english)
    assert [word for word in own if word not in told] == []
    assert [word for word in other if word in told] == []
    assert found["failed"][0]["structure"] == own[0]
    assert 'data-muscle="flexor_carpi_radialis' in aimed[0]  # what the app matches by stays an id
