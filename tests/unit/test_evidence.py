"""Evidence: what a data file may hold, what it says when it does not, and what our own tables promise."""

from dataclasses import dataclass, replace

import pytest

from endplate.errors import InputError
from endplate.knowledge.evidence import evidence, get, load_records, load_sources, record_ids, value
from endplate.knowledge.evidence.lint import _own, _uses
from endplate.knowledge.evidence.records import read_records
from endplate.knowledge.evidence.trace import gaps, trace
from endplate.knowledge.evidence.unit_names import ending, unit_findings
from endplate.knowledge.vocabulary import GROUPS, MUSCLES

HEAD = """
[[record]]
id = "stage.rate"
symbol = "k"
meaning = "a rate"
unit = "1/d"
basis = "assumed"
source = "endplate_design"
place = "here"
checked = 2026-11-25
used_by = ["physiology.stage"]
"""


def _written(folder, text, name="one.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return read_records(folder)


def test_a_record_is_read_with_its_defaults(tmp_path):
    record = _written(tmp_path, HEAD + "value = 3\n")["stage.rate"]
    assert (record.value, record.varies, record.species) == (3.0, "fixed", "human")
    assert record.distribution.kind == "fixed"
    assert record.used_by == ("physiology.stage",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "value = 3\ncolour = 1\n", "unknown keys ['colour']"),
        (HEAD, "lacks ['value']"),
        (HEAD + "value = nan\n", "where a number belongs"),
        (HEAD + 'value = "many"\n', "where a number belongs"),
        (HEAD + "value = 3\ndistribution = {kind = 'normal', sdlog = 1}\n", "unknown keys ['sdlog']"),
        (HEAD + "value = 3\ndistribution = {kind = 'normal', sd = 'wide'}\n", "where a number belongs"),
        (HEAD.replace('["physiology.stage"]', '"physiology.stage"') + "value = 3\n", "a list belongs"),
        ((HEAD + "value = 3\n") * 2, "stands twice"),
    ],
)
def test_a_malformed_record_names_file_and_id(tmp_path, text, said):
    with pytest.raises(ValueError, match=r"one\.toml.*stage\.rate") as raised:
        _written(tmp_path, text)
    assert said in str(raised.value)


def test_a_csv_row_is_a_record(tmp_path):
    head = "id,meaning,value,unit,basis,source,checked,used_by,kind,sd_log,varies\n"
    row = "stage.size,a size,2,mL,assumed,endplate_design,2026-11-25,a.b;c,lognormal,0.3,person\n"
    record = _written(tmp_path, head + row, "table.csv")["stage.size"]
    assert record.used_by == ("a.b", "c")
    assert (record.distribution.kind, record.distribution.sd_log) == ("lognormal", 0.3)
    with pytest.raises(ValueError, match=r"table\.csv.*stage\.size"):
        _written(tmp_path, head + row.replace("size,2", "size,?"), "table.csv")


def test_fields_name_their_records():
    @dataclass(frozen=True)
    class Parameters:
        volume: float = evidence("muscle.soleus.volume_mL")
        plain: float = 0

    assert record_ids(Parameters) == {"volume": "muscle.soleus.volume_mL"}
    assert value("muscle.soleus.volume_mL") == get("muscle.soleus.volume_mL").value > 0
    with pytest.raises(KeyError):
        get("muscle.none.volume_mL")


@pytest.mark.parametrize(
    ("rest", "wrong"),
    [
        ("value = -5\n", True),
        ('value = 0\nvaries = "person"\ndistribution = {kind = "lognormal", sd_log = 1}\n', True),
        ("value = 0\n", False),
        ("value = 5\n", False),
    ],
)
def test_lint_finds_a_quantity_that_cannot_be(tmp_path, rest, wrong):
    """A rate below 0, or drawn about 0 by its logarithm."""
    record = _written(tmp_path, HEAD + rest)["stage.rate"]
    assert ("not_positive" in {finding.rule for finding in _own(record)}) == wrong


def test_lint_finds_what_is_missing_unused_undeclared_or_wrongly_used(tmp_path):
    text = HEAD.replace('unit = "1/d"', 'unit = ""').replace("endplate_design", "nobody1999")
    data, package = tmp_path / "data", tmp_path / "package"
    data.mkdir()
    package.mkdir()
    records = _written(data, text + 'value = 3\ndistribution = {kind = "normal", sd = 1}\n')
    found = {finding.rule for finding in _own(records["stage.rate"])}
    assert found == {"unit_missing", "source_unknown", "level_missing"}
    (package / "stage.py").write_text('value("other.rate")\n', encoding="utf-8")
    assert {(finding.record, finding.rule) for finding in _uses(records, package)} == {
        ("stage.rate", "unused"),
        ("stage.rate", "used_by_unknown"),
        ("other.rate", "undeclared"),
    }


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('rate_per_d: float = evidence("stage.rate")', 0),
        ('held_per_d = value("stage.rate")', 0),
        ('held = value("stage.rate")', 0),
        ('rate_d: float = evidence("stage.rate")', 1),
        ('rate: float = evidence("stage.rate")', 1),
        ('held_d = value("stage.{name}")', 1),
        ('held_d = value("stage.rate") / 2', 0),  # something else is named
    ],
)
def test_lint_compares_the_unit_of_a_record_with_the_name_that_takes_it(tmp_path, code, found):
    data, package = tmp_path / "data", tmp_path / "package"
    data.mkdir()
    package.mkdir()
    records = _written(data, HEAD + "value = 3\n")
    other = replace(records["stage.rate"], id="stage.time.other", unit="d")
    (package / "stage.py").write_text(code + "\n", encoding="utf-8")
    assert len([*unit_findings({**records, other.id: other}, package)]) == found


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        ("1", ""),
        ("d", "_d"),
        ("1/d", "_per_d"),
        ("U/mL", "_U_per_mL"),
        ("1/(U d)", "_per_U_d"),
        ("s/L0", "_s"),
    ],
)
def test_a_unit_as_the_end_of_a_name(unit, wanted):
    assert ending(unit) == wanted


def test_trace_of_a_record_whose_source_is_not_held_says_so(monkeypatch):
    monkeypatch.setattr("endplate.knowledge.evidence.trace.load_sources", dict)
    with pytest.raises(InputError, match="which is not held"):
        trace("terminal.light_chain_half_life")


def test_trace_names_ids_that_hold_what_was_asked_for():
    with pytest.raises(InputError) as caught:
        trace("half_life")
    assert caught.value.remedy.count("half_life") == 3


def test_trace_names_the_nearest_id():
    with pytest.raises(InputError, match=r"muscle\.soleus\.volume_mL"):
        trace("muscle.soleus.volume_ml")
    assert trace("muscle.soleus.volume_mL").source == load_sources()["handsfield2014"]


def _architecture():
    return [record for record in load_records().values() if record.id.split(".")[1] in MUSCLES]


def test_what_was_not_read_is_among_the_gaps():
    weak = {record.id for record in gaps()}
    for record in _architecture():
        unread = "from memory" in record.place or "recalled" in load_sources()[record.source].citation
        assert unread <= (record.id in weak), record.id
        assert unread == (record.basis == "recalled"), record.id


def test_divided_and_computed_volumes_say_so():
    for record in _architecture():
        if record.basis == "derived":
            assert record.departs, record.id
        if record.source == "handsfield2014":
            assert record.basis == "derived", record.id
        if "assumed share" in record.departs:
            assert record.basis in ("derived", "recalled"), record.id


def test_no_group_has_a_volume_of_its_own():
    records = load_records()
    assert not [group for group in GROUPS if f"muscle.{group}.volume_mL" in records]
