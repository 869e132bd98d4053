"""CSV tables written by hand: no line is merged or dropped; what is wrong is named by its line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from endplate.case import Case, from_document, load_case
from endplate.errors import InputError
from endplate.store import Store

CYCLE = Path(__file__).parents[2] / "examples" / "three_cycles" / "cycle2.yaml"
EARLY = {
    "date": "2025-11-01",
    "product": "onabotulinumtoxinA",
    "total": "100 U",
    "visits": [{"date": "2025-12-01", "measure": "weakness", "value": "no"}],
}
LOT = {"date": "2026-06-08", "expiry": "2028-01-01", "discarded": "0 U"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Tables of one person: two earlier sessions, one without injections, two lots given, ten findings."""
    document = load_case(CYCLE).to_dict()
    document["history"].insert(0, EARLY)
    document["visits"][3] |= {"rater": "physio-2", "movement": "extension"}
    store, _ = Store.init(tmp_path_factory.mktemp("tables") / "s.db")
    with store:
        store.add(from_document(Case, document))
        shots = document["plan"]["injections"]
        store.given("arm-07", {**LOT, "lot": "L1", "units": "150 U", "injections": shots[:2]})
        store.given("arm-07", {**LOT, "lot": "L2", "units": "50 U", "injections": shots[2:]})
        return store.tables(), store.case("arm-07")


def imported(tmp_path, texts):
    """What a new store holds of the tables; nothing where they are refused."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    store, _ = Store.init(tmp_path / "s.db")
    with store:
        try:
            store.import_tables(folder)
        except InputError:
            assert store.page()["total"] == 0
            raise
        return store.case("arm-07")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def changed(tables, name, change):
    """The tables with the rows of one of them changed."""
    texts = dict(tables[0])
    heads, rows = texts[name].splitlines()[0].split(","), rows_of(texts[name])
    stream = io.StringIO()
    writer = csv.DictWriter(stream, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows(change(rows))
    return {**texts, name: stream.getvalue()}


def cell(row, **cells):
    def change(rows):
        rows[row] |= cells
        return rows

    return change


def again(row, **cells):
    return lambda rows: [*rows, {**rows[row], **cells}]


def without(row):
    return lambda rows: [each for k, each in enumerate(rows) if k != row]


def test_the_tables_come_back_whole(tables, tmp_path):
    assert imported(tmp_path, tables[0]) == tables[1]


@pytest.mark.parametrize(
    ("name", "change", "rule", "line", "field"),
    [
        ("history.csv", cell(-1, date="2025-01-01"), "one_session", 6, "date"),
        ("history.csv", cell(-1, product="abobotulinumtoxinA"), "one_session", 6, "product"),
        ("history.csv", cell(2, total="90 U"), "one_session", 4, "total"),
        ("history.csv", cell(2, indication=""), "one_session", 4, "indication"),
        ("history.csv", cell(2, session=""), "key", 4, "session"),
        ("history.csv", again(0), "session_line", 2, "muscle"),
        ("history.csv", cell(3, muscle="", side="", dose=""), "session_line", 5, "muscle"),
        ("history.csv", cell(3, dose=""), "missing_key", 5, "dose"),
        ("history.csv", cell(3, dose="1 mL"), "unit", 5, "dose"),
        ("history.csv", cell(0, product="Botox"), "unknown_product", 2, "product"),
        ("history_visits.csv", cell(2, session=""), "key", 4, "session"),
        ("history_visits.csv", cell(2, session="9"), "no_session", 4, "session"),
        ("history_visits.csv", cell(2, rater="schmidt"), "code", 4, "rater"),
        ("history_visits.csv", cell(3, value="40 d"), "report_after_visit", 5, "value"),
        ("plans.csv", again(0, date="2026-07-01"), "one_plan", 3, "cycle"),
        ("plans.csv", without(0), "no_plan", None, "cycle"),
        ("plans.csv", cell(0, vials="200 U;x"), "quantity", 2, "vials[1]"),
        ("planned.csv", cell(2, muscle="bicep"), "unknown_limb_muscle", 4, "muscle"),
        ("planned.csv", lambda rows: [], "no_injection", None, "injections"),
        ("given.csv", cell(1, lot_number=""), "key", 3, "lot_number"),
        ("given.csv", cell(1, lot_number="1"), "lot_number", 3, "lot_number"),
        ("given.csv", cell(1, expiry="soon"), "date", 3, "expiry"),
        ("given.csv", cell(1, units="90 U"), "injections_needed", 3, None),
        ("given_injections.csv", cell(2, lot_number="7"), "no_lot", 4, "lot_number"),
        ("given_injections.csv", cell(2, lot_number=""), "key", 4, "lot_number"),
        ("given_injections.csv", cell(3, dose="none"), "quantity", 5, "dose"),
        ("persons.csv", again(0), "no_person", 3, "cycle"),
        ("persons.csv", cell(0, code=""), "key", 2, "code"),
        ("persons.csv", cell(0, cycle=""), "key", 2, "cycle"),
        ("persons.csv", cell(0, age="old"), "quantity", 2, "age"),
        ("goals.csv", cell(0, weight="much"), "number", 2, "weight"),
        ("assessment.csv", cell(1, value="9"), "grade", 3, "value"),
        ("visits.csv", cell(4, code="arm-08"), "no_person", 6, "cycle"),
        ("visits.csv", cell(4, date="2026-01-01"), "date_order", 6, "date"),
    ],
)
def test_a_wrong_line_is_named(tables, tmp_path, name, change, rule, line, field):
    with pytest.raises(InputError) as caught:
        imported(tmp_path, changed(tables, name, change))
    told = caught.value
    assert told.rule == rule
    if line is not None:
        assert (Path(told.file).name, told.line) == (name, line)
        assert field is None or told.field == field


def test_a_line_without_its_plan_is_named_where_it_stands(tables, tmp_path):
    with pytest.raises(InputError) as caught:
        imported(tmp_path, changed(tables, "plans.csv", without(0)))
    assert (Path(caught.value.file).name, caught.value.line) == ("planned.csv", 2)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda text: text + "a" * 200_000 + "\n", "csv"),
        (lambda text: text + 'arm-07,1,2026-09-01,,,,weakness,,no,,,,,"open\n', "csv"),
        (lambda text: text.replace("code,cycle,date", "code,cycle,date,date", 1), "columns"),
        (lambda text: "", "columns"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(tables, tmp_path, spoil, rule):
    texts = dict(tables[0])
    lines = len(texts["visits.csv"].splitlines())
    texts["visits.csv"] = spoil(texts["visits.csv"])
    with pytest.raises(InputError) as caught:
        imported(tmp_path, texts)
    told = caught.value
    assert (told.rule, told.line) == (rule, lines + 1 if rule == "csv" else 1)
    assert Path(told.file).name == "visits.csv"


def test_an_unclosed_quote_does_not_swallow_the_lines_after_it(tables, tmp_path):
    """A note is the last cell, so that such a line has as many cells as it should."""
    texts = dict(tables[0])
    lines = texts["visits.csv"].splitlines()
    lines[1] = lines[1] + '"splint'
    with pytest.raises(InputError) as caught:
        imported(tmp_path, {**texts, "visits.csv": "\n".join(lines) + "\n"})
    assert (caught.value.rule, caught.value.line) == ("csv", 2)
