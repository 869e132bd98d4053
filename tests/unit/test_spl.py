"""A label file beside the rules held: what is read from its tables, what differs, what is refused."""

from __future__ import annotations

import importlib
import json
import os
import time
from datetime import date

import pytest

from endplate.app.cli import main
from endplate.errors import InputError
from endplate.knowledge.labels import rules_for
from endplate.knowledge.labels.spl import Amount, DoseRow, read_label
from endplate.knowledge.labels.spl_differences import compare

ON = date(2026, 11, 25)
ONA = "onabotulinumtoxinA"
ASKED = ("--jurisdiction", "US", "--as-of", "2026-11-25")

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="https://example.org/spl.xsl" type="text/xsl"?>
<document xmlns="urn:hl7-org:v3">
  <id root="11111111-0000-0000-0000-000000000000"/>
  <effectiveTime value="20231115"/>
  <setId root="22222222-0000-0000-0000-000000000000"/>
  <component><structuredBody>
    <component><section>
      <title>2 DOSAGE AND ADMINISTRATION</title>
      <component><section>
        <title>2.4 Spasticity</title>
        <text>{tables}</text>
      </section></component>
    </section></component>
    <component><section>
      <title>14 CLINICAL STUDIES</title>
      <text><table><tbody>
        <tr><td>Biceps Brachii</td><td>improved by 0.9 points</td></tr>
      </tbody></table></text>
    </section></component>
  </structuredBody></component>
</document>
"""

ADULT = """<table><caption>Table 2: Dosing by Muscle for Adult Upper Limb Spasticity</caption>
  <thead><tr><th>Pattern</th><th>Muscle</th><th>Recommended Dose; Number of Sites</th></tr></thead>
  <tfoot><tr><td colspan="3">Soleus 1 Unit: a footnote</td></tr></tfoot>
  <tbody>
    <tr><td rowspan="2">Flexed elbow</td><td>Biceps Brachii<sup>a</sup></td>
        <td>60 Units-200 Units divided in 2-4 sites</td></tr>
    <tr><td><paragraph>Brachialis</paragraph></td><td>30 Units<br/>to 70 Units in 1-2 sites</td></tr>
    <tr><td colspan="2">Flexor Digitorum Profundus (FDP)</td><td>30 Units-50 Units in 1 site</td></tr>
    <tr><td/><td>Flexor pollicis brevis / Opponens pollicis</td><td>5 - 25 U in 1 site</td></tr>
    <tr><td/><td>Musculus novus</td><td>1,200 Units</td></tr>
    <tr><td/><td>Total</td><td>up to 400 Units</td></tr>
    <tr><td/><td>Soleus</td><td>diluted to 5 Units/0.1 mL</td></tr>
  </tbody></table>"""

CHILD = """<table><caption>Dosing for Pediatric Patients with Upper Limb Spasticity</caption>
  <tr><td>Muscle</td><td>Dosage (Units/kg)</td><td>Number of injection sites</td></tr>
  <tr><td>Biceps Brachii</td><td>1.5 - 3 Units/kg</td><td>4</td></tr>
  <tr><td>Brachialis</td><td>1 to 2</td><td>2</td></tr>
  <tr><td>Flexor carpi radialis</td><td>up to 2 Units per kg</td><td>up to 2</td></tr>
  </table>"""


@pytest.fixture
def spl(tmp_path):
    def write(tables, document=DOCUMENT):
        path = tmp_path / "label.xml"
        path.write_text(document.replace("{tables}", tables), encoding="utf-8")
        return path

    return write


def by_muscle(path):
    return {row.muscle: row for row in read_label(path).rows}


def as_rows(rules, population):
    """Rows that say just what the rules say."""
    return [
        DoseRow(
            "t",
            population,
            "",
            rule.id,
            rule.muscles,
            Amount(rule.minimum, rule.maximum, rule.unit, rule.sites_min, rule.sites_max),
        )
        for rule in rules
        if rule.family == "muscle_dose" and rule.population == population
    ]


def test_the_head_of_a_label(spl):
    label = read_label(spl(ADULT))
    assert label.set_id == "22222222-0000-0000-0000-000000000000"
    assert label.effective_date == date(2023, 11, 15)


def test_rows_of_a_table_with_spans_marks_and_footnotes(spl):
    rows = by_muscle(spl(ADULT))
    assert rows["Biceps Brachii"].amount == Amount(60, 200, "U", 2, 4)
    assert rows["Biceps Brachii"].muscles == ("biceps_brachii",)
    assert (
        rows["Biceps Brachii"].text
        == "Flexed elbow | Biceps Brachii | 60 Units-200 Units divided in 2-4 sites"
    )
    assert rows["Brachialis"].text.startswith("Flexed elbow | Brachialis")
    assert rows["Brachialis"].amount == Amount(30, 70, "U", 1, 2)
    assert rows["Flexor Digitorum Profundus (FDP)"].muscles == ("flexor_digitorum_profundus",)
    both = rows["Flexor pollicis brevis / Opponens pollicis"]
    assert (both.muscles, both.amount) == (
        ("flexor_pollicis_brevis", "opponens_pollicis"),
        Amount(5, 25, "U", 1, 1),
    )
    assert (rows["Musculus novus"].muscles, rows["Musculus novus"].amount) == ((), Amount(1200, 1200, "U"))
    assert "Soleus" not in rows
    assert {row.population for row in rows.values()} == {"adult"}


def test_rows_per_kilogram_and_units_of_a_column(spl):
    rows = by_muscle(spl(CHILD))
    assert rows["Biceps Brachii"].amount == Amount(1.5, 3, "U/kg", 4, 4)
    assert rows["Brachialis"].amount == Amount(1, 2, "U/kg", 2, 2)
    assert rows["Flexor carpi radialis"].amount == Amount(None, 2, "U/kg", 1, 2)
    assert {row.population for row in rows.values()} == {"paediatric"}


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("75 Units divided in 3 sites", Amount(75, 75, "U", 3, 3)),
        ("12.5 Units–50 Units in 1 site", Amount(12.5, 50, "U", 1, 1)),
        ("100 Units to 200 Units", Amount(100, 200, "U")),
        ("1.5 Units/kg to 3 Units/kg", Amount(1.5, 3, "U/kg")),
        ("2-4 U per kg, up to 4 injections", Amount(2, 4, "U/kg", 1, 4)),
        ("1,000 - 1,500 Units", Amount(1000, 1500, "U")),
    ],
)
def test_how_doses_are_written(spl, cell, amount):
    rows = read_label(spl(f"<table><tr><td>Soleus</td><td>{cell}</td></tr></table>")).rows
    assert [row.amount for row in rows] == [amount]


@pytest.mark.parametrize(
    "cell",
    ["4 Units/0.1 mL", "20 Units per site", "50 mg", "Units", "see section 2.4", "123456789 Units", ""],
)
def test_what_is_no_dose_of_a_muscle(spl, cell):
    assert read_label(spl(f"<table><tr><td>Soleus</td><td>{cell}</td></tr></table>")).rows == ()


@pytest.mark.parametrize(
    ("written", "muscles"),
    [
        ("Gastrocnemius (medial head)", ("gastrocnemius_medial",)),
        ("Gastrocnemius, lateral head", ("gastrocnemius_lateral",)),
        ("Gastrocnemius-soleus complex", ("triceps_surae",)),
        ("Soleus muscle*", ("soleus",)),
        ("Lumbricals/Interossei", ("lumbricals", "interossei")),
    ],
)
def test_how_muscles_are_written(spl, written, muscles):
    (row,) = read_label(spl(f"<table><tr><td>{written}</td><td>5 Units</td></tr></table>")).rows
    assert row.muscles == muscles


def test_a_table_without_a_muscle_gives_no_rows(spl):
    assert read_label(spl("<table><tr><td>Vial</td><td>100 Units</td></tr></table>")).rows == ()


def test_the_nearest_words_say_whom_a_table_is_about(spl):
    table = "<table><tr><td>Soleus</td><td>{}</td></tr></table>"
    document = DOCUMENT.replace("2.4 Spasticity", "2.4 Pediatric Spasticity")
    assert read_label(spl(table.format("5 Units"), document)).rows[0].population == "paediatric"
    assert read_label(spl(ADULT, document)).rows[0].population == "adult"
    assert read_label(spl(table.format("5 Units"))).rows[0].population == "adult"
    assert read_label(spl(table.format("5 Units/kg"))).rows[0].population == "paediatric"


def test_enormous_spans_stay_small(spl):
    spans = '<td rowspan="999999" colspan="999999">Soleus</td><td>5 Units</td>'
    began = time.perf_counter()
    read_label(spl(f"<table><tr>{spans}</tr>{'<tr/>' * 2000}</table>"))
    assert time.perf_counter() - began < 2


def test_a_very_deep_file_is_read(spl):
    deep = "<list><item>" * 20_000 + "</item></list>" * 20_000
    assert len(read_label(spl(deep + CHILD)).rows) == 3


@pytest.mark.parametrize("product", [ONA, "abobotulinumtoxinA", "incobotulinumtoxinA"])
@pytest.mark.parametrize("population", ["adult", "paediatric"])
def test_rows_that_repeat_the_rules_differ_in_nothing(product, population):
    rows = as_rows(rules_for(product, "US", ON), population)
    assert compare(rows, product, "US", ON, population) == []


def test_differences_name_rule_basis_and_both_numbers(spl):
    found = compare(read_label(spl(ADULT)).rows, ONA, "US", ON, "adult")
    rules = {rule.id: rule for rule in rules_for(ONA, "US", ON)}
    different = [row for row in found if row.kind == "different"]
    assert [row.muscle for row in different] == ["Brachialis"]
    rule = rules["us.ona.adult.upper.brachialis"]
    assert (different[0].rule, different[0].basis) == (rule.id, rule.basis)
    assert different[0].file == Amount(30, 70, "U", 1, 2)
    assert different[0].held == Amount(rule.minimum, rule.maximum, "U", rule.sites_min, rule.sites_max)
    extra = [row for row in found if row.kind == "only_in_file"]
    assert [(row.muscle, row.rule, row.held) for row in extra] == [("Musculus novus", None, None)]
    ours = {row.rule for row in found if row.kind == "only_held"}
    assert "us.ona.adult.lower.soleus" in ours
    assert "us.ona.adult.upper.biceps_brachii" not in ours
    assert all(rules[name].population == "adult" and rules[name].family == "muscle_dose" for name in ours)


def test_another_unit_is_a_difference_and_one_muscle_of_each_is_met():
    row = DoseRow("t", "adult", "", "Biceps", ("biceps_brachii",), Amount(60, 200, "U/kg"))
    hand = DoseRow("t", "adult", "", "Lumbricals", ("lumbricals",), Amount(5, 10, "U"))
    found = compare([row, hand], ONA, "US", ON, "adult")
    assert [(d.muscle, d.rule) for d in found if d.kind != "only_held"] == [
        ("Biceps", "us.ona.adult.upper.biceps_brachii")
    ]
    assert "us.ona.adult.upper.lumbricals-interossei" not in {d.rule for d in found}


def test_the_rules_of_the_day_count():
    row = DoseRow("t", "adult", "", "Brachialis", ("brachialis",), Amount(30, 50, "U", 1, 2))
    before, after = (compare([row], ONA, "US", day, "adult") for day in (date(2021, 7, 1), ON))
    assert before[0].kind == "only_in_file"
    assert all(difference.kind == "only_held" for difference in after)


def test_the_command_gives_one_document_and_says_no(spl, capsys):
    code = main(["labels", "spl", str(spl(ADULT)), "--product", "Botox", *ASKED, "--json"])
    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (document["set_id"][:8], document["effective_date"]) == ("22222222", "2023-11-15")
    assert document["rows"][0]["amount"] == {
        "low": 60,
        "high": 200,
        "unit": "U",
        "sites_min": 2,
        "sites_max": 4,
    }
    assert {row["kind"] for row in document["differences"]} == {"different", "only_in_file", "only_held"}


def test_the_command_talks_to_people(spl, capsys):
    main(["labels", "spl", str(spl(ADULT)), "--product", ONA, *ASKED])
    shown = capsys.readouterr().out
    assert "different: Brachialis, adult" in shown
    assert "  file: 30 to 70 U in 1 to 2 site(s) (Table 2: Dosing by Muscle" in shown
    assert "  held: 30 to 50 U in 1 to 2 site(s) (us.ona.adult.upper.brachialis, recalled)" in shown


BOMB = """<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<document xmlns="urn:hl7-org:v3"><title>&c;</title></document>"""


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        (BOMB, "xml_dtd", None),
        (
            '<!DOCTYPE document SYSTEM "file:///etc/passwd"><document xmlns="urn:hl7-org:v3"/>',
            "xml_dtd",
            None,
        ),
        ("endplate: 1\n", "xml", 1),
        ('<document xmlns="urn:hl7-org:v3">\n<title></document>', "xml", 2),
        ("<document>&undeclared;</document>", "xml", 1),
        ('<?xml version="1.0" encoding="nonsense"?><document/>', "xml", None),
        ("", "xml", 1),
        ("<html/>", "spl", None),
        ("<document/>", "spl", None),
    ],
)
def test_what_is_no_label_is_refused(tmp_path, text, rule, line):
    path = tmp_path / "label.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_label(path)
    assert (caught.value.rule, caught.value.line, caught.value.file) == (rule, line, str(path))


def test_a_large_file_is_refused_quickly(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as stream:
        os.truncate(stream.fileno(), 60_000_000)
    began = time.perf_counter()
    with pytest.raises(InputError, match="larger than 50 MB") as caught:
        read_label(path)
    assert caught.value.rule == "file"
    assert time.perf_counter() - began < 2


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_label(tmp_path / "none.xml")
    with pytest.raises(InputError, match="cannot be read"):
        read_label(tmp_path)


def test_a_missing_reader_is_one_sentence(spl, monkeypatch):
    def refuse(name):
        raise ModuleNotFoundError(name, name=name)

    path = spl(ADULT)
    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(InputError, match="defusedxml is not installed") as caught:
        read_label(path)
    assert "endplate[maintainer]" in caught.value.remedy
