"""A sentence reads as English text and tells what it was made of."""

import copy
import json
import pickle

from endplate.knowledge.vocabulary.sentence import Sentence, Word, said


def test_a_sentence_is_its_english_text_and_keeps_its_parts() -> None:
    found = Sentence("{muscle}: {dose} U.", muscle=Word("biceps_brachii"), dose="300")
    assert found == "biceps brachii: 300 U."
    assert json.loads(json.dumps(said(found))) == {
        "text": "{muscle}: {dose} U.",
        "parts": {"muscle": {"word": "biceps_brachii"}, "dose": "300"},
    }


def test_sentences_stand_in_sentences() -> None:
    inner = Sentence("over {limit} U", limit="10")
    both = Sentence.joined("; ", [inner, "plain", Word("soleus")])
    assert both == "over 10 U; plain; soleus"
    parts = (said(both) or {})["parts"]
    assert parts == {
        "part0": {"text": "over {limit} U", "parts": {"limit": "10"}},
        "part1": "plain",
        "part2": {"word": "soleus"},
    }


def test_plain_text_is_only_itself() -> None:
    assert said("Nothing to fill.") is None
    assert Sentence.joined(", ", []) == ""


def test_a_sentence_travels_between_processes() -> None:
    sent = Sentence("{what} {{as written}}: {muscle}", what="{odd}", muscle=Word("soleus"))
    for got in (pickle.loads(pickle.dumps(sent)), copy.deepcopy(sent)):
        assert got == sent == "{odd} {as written}: soleus"
        assert said(got) == said(sent)


def test_a_word_may_be_shown_otherwise_and_stays_the_same_word() -> None:
    first = pickle.loads(pickle.dumps(Word("soleus", "Soleus")))
    assert (first, said(Sentence("{muscle}", muscle=first))) == (
        "Soleus",
        {"text": "{muscle}", "parts": {"muscle": {"word": "soleus"}}},
    )
