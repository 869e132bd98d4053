"""No names: what looks like a name or a birth date is refused everywhere, the words of the clinic nowhere."""

from __future__ import annotations

import pytest

from endplate.case import load_case
from endplate.errors import InputError
from endplate.store import Store
from endplate.store.private import LONGEST_TEXT, check_code, check_text

CLINICAL = (
    "put arm in sleeve",
    "let go of a cup",
    "Put Arm In Sleeve",
    "Modified Ashworth Scale 1+ at the elbow",
    "Fugl-Meyer Assessment 42/66",
    "Goal Attainment Scaling T score 50",
    "Barthel Index 60",
    "Nine Hole Peg Test in 45 s",
    "Cerebral Palsy, GMFCS II",
    "Guillain-Barré syndrome in 2019",
    "Charcot-Marie-Tooth type 1A",
    "Achilles tendon lengthening in 2015",
    "MAS 2/3/1+ at elbow, wrist, fingers",
    "r1 70 deg, r2 140 deg, 10-20-30 deg",
    "Botox A. Dysport B.",
    "Dysport, Xeomin and Botox were tried",
    "EMG guided, FCR and FCU",
    "FCR FDS FDP",
    "Born preterm at 28 wk",
    "Intrathecal Baclofen Pump since 2019",
    "Climb Stairs With Rail",
    "Walking Outdoors Without Stick",
    "Wash Palm. Cut Nails.",
    "Thumb-in-palm opens for hygiene",
    "AFO worn 6 h a day",
    "Physiotherapy twice weekly, 2 x 45 min",
    "Tardieu quality 3 at V3",
    "Wolf Motor Function Test",
    "Glasgow Coma Scale 15",
    "heel on the floor in the brace",
    "Hold Knife and Fork",
    "Flexor Carpi Radialis weaker than expected",
    "The patient may 2 h later walk",
    "Monday, Wednesday and Friday",
    "in March 2026",
    "Lycra Splint",
    "Parkinson disease in the family",
    "Brown-Sequard syndrome",
    "10 m walk in 12.5 s, 0.83 m/s",
    "dose 50 U at 4 sites, 0.5 mL each",
    "Erb Palsy left",
    "Equinovarus Foot; Stiff Knee Gait",
    "weight 72.5 kg, height 165 cm",
    "strength 4/5, 3+/5",
    "pain 7/10 at rest, 2/10 after",
    "Dr gave exercises",
    "Miss steps less often",
    "mother helps with dressing",
    "GAS Light",
    "Rett syndrome, Friedreich ataxia",
    "no trouble with swallowing",
    "Splint 2 h on, 2 h off; 0-10-20 deg",
    "dressing the left arm within 5 min by week 6",
    "stretch 3 x 30 s, 5 days a week",
    "Hoffmann reflex",
    "Duchenne muscular dystrophy",
    "Upper Motor Neurone",
    "Transfers From Bed To Chair",
    "Canadian Occupational Performance Measure",
    "Box And Block Test 24",
    "Stroke Upper Limb Capacity Scale",
    "Tuck Shirt Into Trousers",
    "123456 steps",
    "step count 654321",
)
TELLING = (
    "help Anna Schmidt dress",
    "Anna Schmidt",
    "Schmidt, Anna",
    "J. Smith walks",
    "seen by Dr Weber",
    "seen by Dr. Weber",
    "Mrs Miller wants to dance",
    "Herr Müller geht besser",
    "call 0171 2345678",
    "+49 171 2345678",
    "(030) 123 45 67",
    "555-123-4567",
    "555-1234",
    "anna@example.org",
    "born 12.04.1968",
    "born in 1968",
    "DOB 12/4/68",
    "date of birth: 68",
    "12 April 1968",
    "April 12, 1968",
    "12. Apr. 68",
    "1968-04-12",
    "19680412",
    "3rd of May 2019",
    "patient named Anna",
    "name: Anna",
    "wife Anna helps",
    "husband John helps",
    "MRN 12345678",
    "SMITH John",
    "Smith-Jones walks",
    "O'Neill Patrick",
    "José García",
    "Peter von Braun lives here, Peter Braun",
    "geb. 1968",
    "2026/11/22",
)
CODES = ("arm-01", "multi-01", "P0001", "p000001", "Arm-Left-01", "P1968-2", "site3.0042", "p198611")
NO_CODES = ("john", "", "a b1", "a@b1", "-a1", "é1", "../1", "x" * 40 + "1")
TELLING_CODES = ("19680412", "1968-04-12", "12041968", "S_1968_04_12", "JohnSmith1", "John-Smith-1")


@pytest.mark.parametrize("text", CLINICAL)
def test_words_of_the_clinic_pass(text):
    check_text("note", text)


@pytest.mark.parametrize("text", TELLING)
def test_what_tells_who_somebody_is_does_not(text):
    with pytest.raises(InputError) as told:
        check_text("note", text)
    assert (told.value.rule, told.value.field) == ("no_names", "note")
    assert told.value.message.startswith("note ")
    assert text not in str(told.value)


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "\ud800", "x" * (LONGEST_TEXT + 1)])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(InputError):
        check_text("note", text)


@pytest.mark.parametrize("code", CODES)
def test_codes_pass(code):
    check_code("code", code)


@pytest.mark.parametrize(
    ("code", "rule"),
    [*((code, "code") for code in NO_CODES), *((code, "no_names") for code in TELLING_CODES)],
)
def test_what_is_no_code_is_refused(code, rule):
    with pytest.raises(InputError) as told:
        check_code("code", code)
    assert told.value.rule == rule


def with_text(adult, tmp_path, old, new):
    from endplate.case import case_yaml

    path = tmp_path / "case.yaml"
    text = case_yaml(adult)
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_case(path)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("put arm in sleeve", "dress Anna Schmidt", "goals[0].text"),
        ("arm-01", "anna-schmidt", "patient.code"),
        (
            "goals:",
            "visits: [{date: 2026-12-01, measure: onset, value: born 1968}]\ngoals:",
            "visits[0].value",
        ),
    ],
)
def test_every_text_of_a_case_is_looked_at(tmp_path, adult, old, new, field):
    store, _ = Store.init(tmp_path / "s.db")
    with store, pytest.raises(InputError) as told:
        store.add(with_text(adult, tmp_path, old, new))
    assert told.value.field == field
    with Store.open(tmp_path / "s.db") as again:
        assert again.page()["total"] == 0


def test_every_note_and_word_is_looked_at(tmp_path, adult, finding, lot):
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        store.add(adult)
        changes = (
            lambda: store.visit("arm-01", finding, note="seen by Dr Weber"),
            lambda: store.visit("arm-01", {"date": "2026-12-20", "measure": "onset", "value": "born 1968"}),
            lambda: store.given("arm-01", {**lot, "note": "call 0171 2345678"}),
            lambda: store.visit("arm-01", finding, who="AnnaSchmidt"),
            lambda: store.visit("arm-01", finding, who="anna@example.org"),
        )
        for change in changes:
            with pytest.raises(InputError):
                change()
        assert store.show("arm-01")["version"] == 1
