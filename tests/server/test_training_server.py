"""The trainer over HTTP: briefings without solutions, sections to aim in, attempts kept without names."""

from __future__ import annotations

import json
import re

import pytest
from starlette.testclient import TestClient

from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings
from endplate.app.server.training import PROGRESS, Progress
from endplate.errors import InputError
from endplate.questions.training.shipped import shipped

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
    names = [muscle for muscle in training.muscles if muscle in found["svg"]]
    assert bool(names) == (found["labels"] and training.level != 6) or training.level == 6


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
    (tmp_path / "kept" / PROGRESS).write_text("spoilt", encoding="utf-8")
    assert client.get("/api/training/progress").json() == {"attempts": []}


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
