"""The words of the field: each once, short, with somewhere to read on, in the order of the language."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent))
from test_docs import ROOT, anchors

from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings
from endplate.knowledge.evidence import load_records
from endplate.knowledge.vocabulary.glossary import load_glossary

TERMS = load_glossary()
GENERATED = {"generated/evidence.md"}


def test_every_word_stands_once_in_a_few_sentences():
    assert len({term.term.casefold() for term in TERMS}) == len(TERMS) >= 45
    for term in TERMS:
        assert term.meaning.endswith("."), term.id
        assert 1 <= term.meaning.count(". ") + 1 <= 3 and len(term.meaning) <= 250, term.id


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.id)
def test_every_word_leads_to_a_record_or_page_that_is_there(term):
    assert term.see
    assert set(term.records) <= set(load_records())
    for page in set(term.pages) - GENERATED:
        name, _, anchor = page.partition("#")
        path = ROOT / "docs" / name
        assert path.is_file(), page
        assert not anchor or anchor in anchors(path), page


@pytest.mark.parametrize(("language", "word"), [("en", "light chain"), ("es", "cadena ligera")])
def test_the_server_tells_them_in_the_order_of_the_language(tmp_path, language, word):
    told = {"Authorization": "Bearer t", "Accept-Language": language}
    client = TestClient(create_app(Settings(tmp_path, "t")), "http://127.0.0.1", headers=told)
    rows = client.get("/api/glossary").json()["terms"]
    assert {row["id"] for row in rows} == {term.id for term in TERMS}
    words = [row["term"] for row in rows]
    assert word in words
    between = words.index("SNAP-25")  # among small letters, not before them
    assert words[between - 1].casefold() < "snap-25" < words[between + 1].casefold()
