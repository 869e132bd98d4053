"""The pages of the app as they are shipped: built from the sources that stand here, from nowhere else."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from endplate.app.server.application import PAGES, create_app
from endplate.app.server.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
LARGEST_KB = 300  # gzipped, before what is loaded late


def sources(parts):
    for part in parts:
        path = WEB / part
        yield from (found for found in ([path] if path.is_file() else path.rglob("*")) if found.is_file())


def test_the_build_is_that_of_these_sources():
    """Stale pages fail here without Node; `make web` builds them anew."""
    stamp = json.loads((PAGES / "build.json").read_text(encoding="utf-8"))
    named = sorted((path.relative_to(WEB).as_posix(), path) for path in sources(stamp["parts"]))
    digest = hashlib.sha256()
    for name, path in named:
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    assert len(named) == stamp["files"] and digest.hexdigest() == stamp["sources_sha256"], "run `make web`"


def test_pages_load_nothing_from_elsewhere():
    """No address of another place in markup or styles; scripts may name namespaces and sources of records."""
    index = (PAGES / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", index)
    for path in PAGES.rglob("*.css"):
        assert "http" not in path.read_text(encoding="utf-8") and "@import" not in path.read_text(
            encoding="utf-8"
        )


def test_the_first_load_is_small():
    """Everything that index.html names, gzipped."""
    import gzip

    index = (PAGES / "index.html").read_text(encoding="utf-8")
    named = re.findall(r"""(?:src|href)=["']\./?([^"']+)["']""", index)
    size = sum(len(gzip.compress((PAGES / name).read_bytes())) for name in named)
    assert 0 < size < LARGEST_KB * 1000


@pytest.mark.parametrize("language", ["es"])
def test_every_language_says_everything(language):
    words = {}
    for name in ("en", language):
        words[name] = flat(json.loads((WEB / "src" / "i18n" / f"{name}.json").read_text(encoding="utf-8")))
    assert set(words["en"]) == set(words[language])
    assert all(text.strip() for text in words[language].values())
    same = [key for key, text in words["en"].items() if text == words[language][key] and len(text) > 12]
    assert len(same) < len(words["en"]) / 10, same


def flat(held, start=""):
    if isinstance(held, str):
        return {start: held}
    return {name: text for key, part in held.items() for name, text in flat(part, f"{start}.{key}").items()}


def test_the_server_hands_the_pages_out(tmp_path):
    client = TestClient(create_app(Settings(tmp_path)), "http://127.0.0.1")
    found = client.get("/")
    assert (
        found.status_code == 200 and "<script" in found.text and "text/html" in found.headers["content-type"]
    )


def test_no_page_writes_what_no_page_may_write():
    for path in (WEB / "src").rglob("*"):
        if path.suffix in (".tsx", ".ts", ".json"):
            text = path.read_text(encoding="utf-8").lower()
            for words in ("recommended dose", "optimal for this patient", "best date", "dosis recomendada"):
                assert words not in text, f"{path.name}: {words}"


def test_the_scoreboard_is_that_of_these_studies_and_this_model(tmp_path):
    """Written by scripts/write_board.py; a study or model that came later is missed here."""
    from endplate.simulation import MODEL_VERSION

    client = TestClient(
        create_app(Settings(tmp_path, "t")), "http://127.0.0.1", headers={"Authorization": "Bearer t"}
    )
    board = client.get("/api/studies").json()
    assert {row["study"] for row in board["studies"]} == {
        path.stem for path in (ROOT / "studies").glob("*.yaml")
    }, "run python scripts/write_board.py src/endplate/app/server/board.json"
    assert board["model_version"] == MODEL_VERSION
    assert board["totals"]["outcomes"] == sum(len(row["outcomes"]) for row in board["studies"])
    assert any(not row["inside_80"] for study in board["studies"] for row in study["outcomes"])


def test_the_types_of_the_pages_come_from_this_server(tmp_path):
    """web/openapi.json is what `endplate serve --openapi` prints."""
    written = json.loads((WEB / "openapi.json").read_text(encoding="utf-8"))
    assert written == create_app(Settings(tmp_path)).openapi()
