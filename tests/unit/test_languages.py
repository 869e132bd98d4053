"""Language files hold every text once, and a page in another language says what the English one says."""

from __future__ import annotations

import ast
import json
import re
import sys
import threading
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_run import make_case, make_check, make_drawings, make_simulation

import endplate
from endplate.app.server.meta import meta
from endplate.knowledge import anatomy, vocabulary
from endplate.knowledge.evidence import load_records
from endplate.knowledge.vocabulary import patterns, wording
from endplate.knowledge.vocabulary.glossary import load_glossary
from endplate.knowledge.vocabulary.sentence import Sentence, Word, said
from endplate.outputs import language, phrases
from endplate.outputs.pages import environment
from endplate.outputs.report import SECTIONS, render_report

SOURCE = Path(endplate.__file__).parent
WEB = Path(__file__).parents[2] / "web" / "src"
FILES = SOURCE / "outputs" / "languages" / "es"
OWN = ("report", "notes", "wording", "events", "app", "glossary")
"""Files that this test knows the texts of; those of findings and faults have their own."""
FORBIDDEN = re.compile(
    r"recommended dose|\bsafe\b|optimal for this patient|best date|\bpredicts?\b|dosis recomendada"
    r"|\bsegur[oa]s?\b|óptim[oa] para est[ea]|mejor fecha|\bpredic|\bpronostica",
    re.IGNORECASE,
)


def read(name):
    return json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))


def gaps(text):
    return {name for _literal, name, _spec, _kind in Formatter().parse(text) if name is not None}


@cache
def modules():
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")}


def literals(*names):
    """The first arguments, where they are text, of calls of these names."""
    found = {}
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found[first.value] = path
    return found


@cache
def in_templates():
    made = environment()
    return {
        text if isinstance(text, str) else text[0]
        for path in (SOURCE / "outputs" / "templates").iterdir()
        for _line, _function, text in made.extract_translations(path.read_text(encoding="utf-8"))
    }


@cache
def needed():
    """Every text that outputs and the notes of a simulation tell."""
    notes = {
        text for text, path in literals("Sentence").items() if path.parent.name in ("simulation", "case")
    }
    segments = anatomy.load_segments().values()
    return {
        *in_templates(),
        *(text for part in segments for text in (part.starts_at, part.front.split(" (")[0])),
        *(mark.words for part in segments for mark in part.landmarks),
        *literals("_", "N_"),
        *(text for text in notes if any(map(str.isalpha, re.sub(r"\{\w*\}", "", text)))),
        *(event.name for event in vocabulary.EVENTS.values()),
        *(text for name, text in vars(wording).items() if name.isupper()),
        *(text for term in load_glossary() for text in (term.term, term.meaning)),
    }


def vocabulary_ids():
    v = vocabulary
    tables = (
        v.MUSCLES,
        v.GROUPS,
        v.JOINTS,
        v.SCALES,
        v.CONDITIONS,
        v.JURISDICTIONS,
        v.INDICATIONS,
        v.GOAL_KINDS,
    )
    tables = (*tables, v.GUIDANCE, v.SIDES, v.SEXES, v.CO_THERAPY, v.VISIT_MEASURES, v.CAUTIONS)
    links = patterns.load_links()
    return {
        *(name for table in tables for name in table),
        *(movement for joint in v.JOINTS.values() for movement in joint.movements),
        *(name for link in links for name in (link.pattern, *link.movements)),
        *(record.basis for record in load_records().values()),
        *("critical", "warning", "info", "primary", "secondary", "recalled", "design"),
        *("on_label", "off_label", "unknown", "scale_change", "force", "weighed_on", "months_since_onset"),
    }


def test_every_text_has_an_entry_with_the_same_gaps():
    held = language.catalog("es").sentences
    assert len(needed()) > 400
    assert sorted(text for text in needed() if text not in held) == []
    assert {text: told for text, told in held.items() if gaps(told) != gaps(text)} == {}
    assert [text for text, told in held.items() if not told.strip()] == []


def test_no_entry_is_left_over():
    constants = {
        node.value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    known = needed() | constants
    assert [(name, text) for name in OWN for text in read(name) if text not in known] == []


def test_no_two_files_disagree():
    seen = {}
    for path in sorted(FILES.glob("*.json")):
        if path.stem == "words":
            continue
        for text, told in read(path.stem).items():
            assert seen.setdefault(text, told) == told, (path.name, text)


def test_every_word_of_the_vocabulary_has_an_entry_and_none_is_left_over():
    held = read("words")
    lacking = sorted(vocabulary_ids() - set(held) - set(vocabulary.PRODUCTS))
    assert not lacking, f"add to outputs/languages/es/words.json: {lacking}"
    kinds = ((SOURCE, "*.py"), (SOURCE, "*.toml"), (WEB, "*.ts"), (WEB, "*.tsx"))
    told = {
        word
        for folder, ending in kinds
        for path in folder.rglob(ending)
        for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    }
    assert sorted(set(held) - told - vocabulary_ids()) == []


def test_no_language_promises_what_the_product_never_says():
    verbatim = {text for name, text in vars(wording).items() if name.isupper()}
    told = [each for text, each in language.catalog("es").sentences.items() if text not in verbatim]
    told += language.catalog("es").words.values()
    for tongue in language.LANGUAGES:
        own = json.loads((WEB / "i18n" / f"{tongue}.json").read_text(encoding="utf-8"))
        told += [text for key, text in own.items() if not key.startswith("wording.")]
    assert len(told) > 1600
    assert [text for text in told if FORBIDDEN.search(text)] == []


def render(tongue="es", case=None, check=None, simulation=None, **more):
    held = simulation or make_simulation()
    held["adverse"][0]["name"] = "dry mouth"
    parts = case or make_case(), check or make_check(), held
    page = render_report(*parts, drawings=make_drawings(), language=tongue, **more)
    return page.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'")


def heads(html):
    return re.findall(r"<h[123]>(.*?)</h[123]>", html)


def test_the_report_is_spanish_throughout():
    english, spanish = render("en"), render("es")
    assert '<html lang="es">' in spanish and '<html lang="en">' in english
    both = set(heads(english)) & set(heads(spanish))
    assert not both, both
    assert not [text for text in needed() if len(text.split()) > 3 and text in spanish]
    for text in ("Persona y plan", "bíceps braquial, izquierdo", "58 años", "intervalo del 90 %", "26 sem"):
        assert text in spanish
    assert not re.search(
        r">[^<]*\d\.\d+ (\(|a |d|sem|U|mL|%)", re.sub(r"<style>.*?</style>", "", spanish, flags=re.S)
    )


def test_the_report_in_spanish_never_says_what_the_product_never_says():
    page = render("es").replace(language.catalog("es").sentences[wording.RANGES], "")
    assert not FORBIDDEN.search(re.sub(r"<style>.*?</style>", "", page, flags=re.S))


def test_what_stays_english_is_marked():
    page = render("es")
    for text in ("Total 500 U is over the 400 U held.", "how far it spreads", "Some paper 2000"):
        assert re.search(rf'lang="en">{re.escape(text)}<', page), text
    assert 'lang="en"' not in render("en").replace('<html lang="en">', "")


def test_numbers_of_charts_have_the_comma_and_their_places_the_point():
    page = render("es")
    assert ">0,2</text>" in page and 'y1="' in page
    assert not re.search(r' (x|y|x1|y1|points)="[^"]*\d,\d+,\d', page)


def test_a_language_lasts_as_long_as_its_page():
    seen = {}

    def other():
        seen["other"] = language.spoken()

    with language.speaking("es"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert phrases.words("left") == "izquierdo"
    assert (seen["other"], language.spoken(), phrases.words("left")) == ("en", "en", "left")


MADE = Sentence(
    "No study of the endplate zone is held, the middle third is assumed: {muscles}.", muscles=Word("soleus")
)
SOLEUS = "No disponemos de ningún estudio de la zona de placas motoras; se supone el tercio medio: sóleo."


def test_a_message_is_told_from_its_parts():
    with language.speaking("es"):
        assert language.told(MADE) == SOLEUS
        assert language.told(str(MADE), said(MADE)) == SOLEUS
        assert language.told(str(MADE), None) == str(MADE)
        assert language.told("no grade is given") == "no se da ningún grado"
        assert language.told("never heard of") == "never heard of"
    assert language.told(MADE) == MADE


def test_a_message_of_which_a_part_is_not_held_stays_english_as_a_whole():
    whole = Sentence(
        "{row}: {reason}, so this row starts no joint.", row="assessment[0]", reason=Sentence("unheard")
    )
    with language.speaking("es"):
        assert language.told(whole) == whole
        assert language.marked(whole) == f'<span lang="en">{whole}</span>'
        named = Sentence.joined(", ", [Word("soleus"), Word("left")])
        assert language.told(named) == "sóleo, izquierdo"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("57 y", "57 años"),
        ("0.40 mL", "0,40 mL"),
        ("65 deg", "65°"),
        ("2026-11-22", "2026-11-22"),
        ("1+", "1+"),
        ("", ""),
    ],
)
def test_a_quantity_in_spanish(text, told):
    with language.speaking("es"):
        assert language.quantity(text) == told
    assert language.quantity(text) == text


SHOWN = tuple(name for name in SECTIONS if name not in ("sessions", "visits", "plans", "store"))


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("tongue", language.LANGUAGES)
def test_a_section_can_be_left_out_and_what_must_stand_stands(name, tongue):
    whole = set(heads(render(tongue)))
    less = render(tongue, sections=[each for each in SECTIONS if each != name])
    with language.speaking(tongue):
        banner, harm, critical = (
            language._(text) for text in (wording.BANNER, wording.AFTER_HARM, "Critical findings")
        )
    assert less.count(banner) == 3 and harm in less  # top, bottom, and the foot of every printed page
    assert "Total 500 U is over the 400 U held." in less and critical in heads(less)
    assert len(heads(less)) < len(whole) or name == "checks"
    assert "<strong>1</strong>" in less


def test_critical_findings_stand_first_and_once():
    page = render("en")
    assert heads(page)[1] == "Critical findings"
    assert page.count("Total 500 U is over the 400 U held.") == 1
    fine = make_check()
    fine["issues"] = fine["issues"][1:]
    assert "Critical findings" not in render("en", check=fine)


def test_nothing_but_what_must_stand():
    bare = render("en", sections=())
    assert heads(bare) == [
        "Simulated injection plan: arm-01",
        "Critical findings",
        "Checks against the rules held",
    ]


def test_outside_the_model_is_said_whatever_is_left_out():
    simulation = make_simulation() | {"outside_model": ["dysphagia"]}
    for shown in ([], *([name] for name in SHOWN)):
        page = render("es", simulation=simulation, sections=shown)
        assert "<strong>Fuera del modelo</strong>: disfagia." in page, shown
    page = render("es", simulation=simulation, sections=["charts"])
    assert language.catalog("es").sentences[wording.SIMULATION] in page


def test_every_caution_has_its_answer():
    case, check = make_case(), make_check()
    case["patient"] |= {"cautions": ["dysphagia"], "asked": ["pregnancy"]}
    check["selection"] = {"not_asked": ["falls"]}
    for tongue, answers in (
        ("en", ("dysphagia: <strong>present", "pregnancy: <strong>no<", "falls: <strong>not asked")),
        ("es", ("disfagia: <strong>presente", "embarazo: <strong>no<", "caídas: <strong>no preguntado")),
    ):
        page = render(tongue, case=case, check=check)
        assert all(answer in page for answer in answers)


def test_the_banner_of_a_page_that_has_no_server_is_the_products():
    for tongue in language.LANGUAGES:
        own = json.loads((WEB / "i18n" / f"{tongue}.json").read_text(encoding="utf-8"))
        assert own["wording.banner"] == meta(tongue)["wording"]["banner"]
