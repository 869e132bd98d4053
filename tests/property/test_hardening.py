"""Spoilt files of every kind at every door: a result, or one message with a place, and nothing else.

``scripts/harden.py`` tries the same in full and keeps what came of it; ENDPLATE_MUTANTS is how many here.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

import endplate.handed

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from hardening.doors import KINDS  # noqa: E402
from hardening.home import Home  # noqa: E402
from hardening.page import page  # noqa: E402
from hardening.specials import JSON_KINDS, JSONS, PATHS, YAML_KINDS, YAMLS, forged_code, specials  # noqa: E402
from hardening.tried import spoilt, tried  # noqa: E402

MUTANTS = int(os.environ.get("ENDPLATE_MUTANTS", "300"))
NEEDED = {"http": ("fastapi", "httpx"), "label": ("defusedxml",), "people_parquet": ("pyarrow",)}
NEEDED |= dict.fromkeys(("trial", "trial_folder"), ("statsmodels", "pyarrow"))
SEED = 2_000_000_000  # other mutants than the script's
PARTS = 5
SHARED = ((tuple(KINDS), PATHS), (YAML_KINDS, YAMLS), (JSON_KINDS, JSONS))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Right files of every kind."""
    return Home(tmp_path_factory.mktemp("home"))


def need(kind, extra):
    for name in NEEDED.get(kind, ()) if not kind.startswith("store") else ("sqlalchemy", "alembic"):
        extra(name, "dev")


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_file_is_read_or_refused_with_a_place(home, kind, extra):
    need(kind, extra)
    for number in range(max(MUTANTS // len(KINDS), 1)):
        file, door = spoilt(home, kind, SEED + number)
        ended = tried(home, kind, f"{kind}/{number}", file, door)
        assert ended.wrong == [], (ended.name, ended.words, ended.err[-2000:])


def chosen(kind):
    """The special files of a kind; of those that several kinds share each kind takes a part."""
    for each in (special for special in specials() if special.kind == kind):
        turns = [
            (list(shared).index(each.name) + kinds.index(kind)) % min(len(kinds), PARTS)
            for kinds, shared in SHARED
            if kind in kinds and each.name in shared
        ]
        if not any(turns):
            yield each


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].light and kind != "trial_folder"])
def test_a_special_file_is_read_or_refused_with_a_place(home, kind, extra, monkeypatch):
    need(kind, extra)
    monkeypatch.setattr(endplate.handed, "PATIENCE_S", 0.1)
    for each in chosen(kind):
        ended = tried(home, kind, each.name, *each.placed(home))
        assert ended.wrong == [], (each.name, ended.words, ended.err[-2000:])


@pytest.mark.parametrize("code", ["../../outside", "/tmp/outside", "..", "\x1b[31m"])
def test_a_forged_code_never_leaves_the_folder_of_an_export(home, code, databases):
    """A backup whose checksums fit may hold any code; its name of a file stays one name."""
    backup = home.fresh("forged.gz")
    backup.write_bytes(forged_code(home, code))
    before = {path for path in home.folder.parent.rglob("*outside*") if home.folder not in path.parents}
    place, out = home.fresh("forged.db"), home.fresh("out")
    restored = tried(
        home, "store_backup", "forged", backup, ("store", "restore", "{file}", "--store", str(place))
    )
    assert restored.wrong == []
    if restored.code == 0:
        ended = tried(
            home,
            "store_file",
            "forged",
            place,
            ("store", "export", "--all", "--store", "{file}", "--out", "{out}"),
        )
        assert ended.wrong == []
        assert all(path.parent == out for path in out.rglob("*"))
    after = {path for path in home.folder.parent.rglob("*outside*") if home.folder not in path.parents}
    assert after == before


def test_the_page_is_that_of_what_was_kept():
    kept = json.loads((ROOT / "docs" / "data" / "hardening.json").read_text(encoding="utf-8"))
    assert page(kept) == (ROOT / "docs" / "hardening.md").read_text(encoding="utf-8"), (
        "scripts/harden.py --kept"
    )
    assert kept["in_process"]["tries"] >= 10_000
    assert kept["by_process"]["tries"] >= 200
    assert [kept[part]["wrong"] for part in ("in_process", "special", "by_process")] == [0, 0, 0]
