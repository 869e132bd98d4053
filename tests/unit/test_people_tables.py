"""People and parameter sets as tables: out and in again, completed, and told where they are wrong."""

from __future__ import annotations

import io

import numpy as np
import pytest

import endplate
from endplate.errors import InputError
from endplate.knowledge.evidence import get, value
from endplate.questions.people import people, records_of
from endplate.simulation.draws.people import PeopleDraws
from endplate.simulation.draws.table import read_parameters
from endplate.simulation.people.demographics import Eligibility, recruit
from endplate.simulation.people.table import columns_of, read_people, to_csv, to_parquet, to_table

MIXED = {"stroke_arm": 2, "traumatic_brain_injury_leg": 1, "children_leg": 1}
VOLUME, STUDY, FIXED = (
    "muscle.soleus.volume_mL",
    "measures.half_score_loss",
    "muscle.soleus.optimal_fibre_length_cm",
)


def _draws(n, seed=1, worlds=1):
    return PeopleDraws(seed, range(worlds), range(n))


def _file(tmp_path, text, name="people.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("population", ["stroke_arm", "multiple_sclerosis_leg", "children_leg", MIXED])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_comes_back_to_the_byte(tmp_path, population, kind):
    """Read by another seed: nothing is left to draw."""
    first = recruit(population, _draws(120))
    path = tmp_path / f"people.{kind}"
    path.write_bytes(to_csv(first).encode() if kind == "csv" else to_parquet(first))
    again = read_people(path).recruit(_draws(120, seed=99))
    written = to_csv(again).encode() if kind == "csv" else to_parquet(again)
    assert written == path.read_bytes()


def test_the_table_holds_the_people():
    who = recruit(MIXED, _draws(60))
    table = to_table(who)
    assert table["age_y"].to_list() == who.age_y.tolist()
    assert table["sex"].to_list() == who.sex.tolist()
    assert [level or 0 for level in table["gmfcs"]] == who.gmfcs.tolist()
    assert table["score_ankle"].null_count() == int((who.population == 0).sum())
    assert list(table.columns) == list(columns_of(who))


def test_what_a_table_does_not_tell_is_drawn(tmp_path):
    path = _file(tmp_path, "age_y,sex,grade_elbow,patterns\n60,male,3,flexed_elbow\n,female,,\n33.5,,2,\n")
    who = read_people(path, "stroke_arm").recruit(_draws(3))
    assert who.age_y[[0, 2]].tolist() == [60, 33.5] and 18 <= who.age_y[1] < 90
    assert who.sex[:2].tolist() == ["male", "female"]
    elbow = who.at("elbow")
    record = get("people.stroke_arm.grade.elbow")
    scores = (np.array([3, 2]) - record.value) / record.distribution.sd
    np.testing.assert_allclose(who.score[[0, 2], elbow], scores)
    assert who.has_pattern[0].sum() == 1 and who.involved[0].sum() == 1
    assert np.isfinite(who.weight_kg).all() and np.isfinite(who.score).all()


def test_rows_are_people_of_every_world_and_a_part_of_them_is_as_in_the_whole(tmp_path):
    path = _file(tmp_path, "age_y\n40\n50\n60\n70\n")
    held = read_people(path, "stroke_arm")
    whole, part = held.recruit(_draws(4, worlds=3)), held.recruit(PeopleDraws(1, range(1, 3), range(1, 3)))
    assert whole.age_y.tolist() == [40, 50, 60, 70] * 3
    rows = [5, 6, 9, 10]
    np.testing.assert_array_equal(whole.weight_kg[rows], part.weight_kg)
    assert np.unique(whole.weight_kg).size == 12


def test_a_heavier_tall_person_is_drawn_given_height(tmp_path):
    tall = read_people(_file(tmp_path, "height_cm\n" + "195\n" * 400), "stroke_arm").recruit(_draws(400))
    usual = recruit("stroke_arm", _draws(400))
    assert np.median(tall.weight_kg) > np.median(usual.weight_kg) + 5


BAD = [
    ("age_yr\n40\n", "unknown_column", "age_yr", None),
    ("age_y,age_y\n40,41\n", "column_names", "age_y", 1),
    ("age_y,\n40,1\n", "column_names", "", 1),
    ("age_y,sex\n40\n", "ragged_row", None, 2),
    ("age_y\n", "empty_table", None, None),
    ("", "empty_table", None, None),
    ("age_y\n40\nold\n", "number", "age_y", 3),
    ("age_y\nnan\n", "number", "age_y", 2),
    ("age_y\n17\n", "outside_population", "age_y", 2),
    ("sex\nmale\nfemal\n", "unknown_word", "sex", 3),
    ("population\nstroke_leg_\n", "unknown_word", "population", 2),
    ("condition\ncerebral_palsy\n", "condition", "condition", 2),
    ("gmfcs\n2\n", "gmfcs", "gmfcs", 2),
    ("weight_kg\n0\n", "not_positive", "weight_kg", 2),
    ("height_cm\n170\n1.7\n", "impossible_size", "height_cm", 3),
    ("weight_kg\n70000\n", "impossible_size", "weight_kg", 2),
    ("age_y,months_since_onset\n40,600\n", "onset_and_age", "months_since_onset", 2),
    ("months_since_onset\n-3\n", "not_positive", "months_since_onset", 2),
    ("main_pattern\nflexed_knee\n", "unknown_pattern", "main_pattern", 2),
    ("patterns\nflexed_elbow; clenched_fists\n", "unknown_word", "patterns", 2),
    ("main_pattern,patterns\nflexed_elbow,clenched_fist\n", "main_pattern", "main_pattern", 2),
    ("grade_elbow\n4.5\n", "grade", "grade_elbow", 2),
    ("grade_ankle\n2\n", "unknown_joint", "grade_ankle", 2),
    ("score_elbow,grade_elbow\n0,4\n", "score_and_grade", "grade_elbow", 2),
    ('age_y\n"40\n', "csv", None, 2),
    ("age_y;sex\n40;male\n", "csv_separator", None, 1),
    ("age_y\tsex\n40\tmale\n", "csv_separator", None, 1),
    # of several wrong cells the first line is told, whichever column is read first
    ("age_y,sex,weight_kg\n40,male,70\n50,,old\nold,femal,70\n", "number", "weight_kg", 3),
    ("grade_elbow,condition\n2,\n4.5,\n2,cerebral_palsy\n", "grade", "grade_elbow", 3),
    ("height_cm,weight_kg\n170,70000\n1.7,70\n", "impossible_size", "weight_kg", 2),
]


@pytest.mark.parametrize(("text", "rule", "column", "line"), BAD)
def test_a_wrong_cell_is_told_by_file_line_and_column(tmp_path, text, rule, column, line):
    path = _file(tmp_path, text)
    with pytest.raises(InputError) as raised:
        people("stroke_arm", own=path)
    error = raised.value
    assert (error.rule, error.field, error.line) == (rule, column, line)
    assert error.file == str(path) and error.remedy


def test_a_name_that_is_nearly_right_is_told(tmp_path):
    for text, near in (("agey\n40\n", "age_y"), ("population\nstroke_harm\n", "stroke_arm")):
        with pytest.raises(InputError, match=f"Did you mean {near}"):
            read_people(_file(tmp_path, text), "stroke_arm")


def test_rows_of_a_parquet_table_are_told_by_number(tmp_path):
    import polars

    path = tmp_path / "people.parquet"
    polars.DataFrame({"age_y": [40.0, 12.0]}).write_parquet(path)
    with pytest.raises(InputError, match="Row 2: An age of 12 y") as raised:
        read_people(path, "stroke_arm")
    assert raised.value.line is None


@pytest.mark.parametrize("name", ["people.txt", "none.csv", "none.parquet"])
def test_what_is_no_table_is_told(tmp_path, name):
    if name == "people.txt":
        _file(tmp_path, "age_y\n40\n", name)
    with pytest.raises(InputError, match=r"CSV or Parquet|cannot be read"):
        read_people(tmp_path / name, "stroke_arm")
    broken = _file(tmp_path, "no parquet", "broken.parquet")
    with pytest.raises(InputError, match="no Parquet table"):
        read_people(broken, "stroke_arm")
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"age_y,\xe4\n40,1\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_people(latin, "stroke_arm")


def test_limits_hold_for_rows_too(tmp_path):
    held = read_people(_file(tmp_path, "age_y\n40\n82\n"), "stroke_arm")
    with pytest.raises(InputError, match="Row 2: The limits do not let in this age_y") as raised:
        held.recruit(_draws(2), Eligibility(age_y=(18, 80)))
    assert raised.value.line == 3
    assert held.recruit(_draws(2), Eligibility(age_y=(18, 85), weight_kg=(70, 80))).weight_kg.max() <= 80
    with pytest.raises(InputError, match="holds 2 people, 3 are asked for"):
        held.recruit(_draws(3))


def test_parameter_sets_stand_in_place_of_what_is_drawn(tmp_path):
    path = _file(tmp_path, f"person,{VOLUME}\na,300\nb,\nc,500\n")
    inner = _draws(3, worlds=2)
    draws = read_parameters(path).over(inner)
    told, drawn = draws.of(VOLUME), inner.of(VOLUME)
    assert told[[0, 2, 3, 5]].tolist() == [300, 500, 300, 500]
    np.testing.assert_array_equal(told[[1, 4]], drawn[[1, 4]])
    other = "muscle.biceps_brachii.volume_mL"
    np.testing.assert_array_equal(draws.of(other), inner.of(other))
    np.testing.assert_array_equal(draws.uniform("needle", 2), inner.uniform("needle", 2))
    np.testing.assert_array_equal(draws.normal("needle", 2), inner.normal("needle", 2))
    np.testing.assert_array_equal(draws.shared, inner.shared)
    assert (draws.size, draws.one_joint) == (6, False)


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("muscle.soleus.volume_ml\n300\n", "unknown_record", None),
        (f"{VOLUME}\n300\n-1\n", "outside_support", 3),
        (f"{VOLUME}\n0\n", "outside_support", 2),
        (f"{VOLUME}\ninf\n", "number", 2),
        (f"{STUDY}\n0.95\n", "outside_support", 2),
        (f"{FIXED}\n4\n", "fixed_record", None),
    ],
)
def test_a_wrong_parameter_is_told(tmp_path, text, rule, line):
    path = _file(tmp_path, text)
    with pytest.raises(InputError) as raised:
        read_parameters(path)
    assert (raised.value.rule, raised.value.line, raised.value.file) == (rule, line, str(path))


def test_parameter_sets_come_from_parquet_too(tmp_path):
    import polars

    path = tmp_path / "sets.parquet"
    polars.DataFrame({VOLUME: [300.0, 400.0]}).write_parquet(path)
    assert read_parameters(path).over(_draws(2)).of(VOLUME, "left").tolist() == [300, 400]


def test_people_in_python_carry_their_summary_and_evidence():
    found = endplate.people("stroke_arm", 50, 3)
    assert found.recruits.size == 50
    document = found.to_dict()
    assert document["numbers"]["age_y"]["mean"] == pytest.approx(found.recruits.age_y.mean(), abs=1e-4)
    cited = {row["id"]: row for row in document["evidence"]}
    assert cited["people.stroke_arm.age"]["value"] == value("people.stroke_arm.age")
    assert not any(name.startswith(("people.child", "people.growth", "people.stroke_leg")) for name in cited)
    assert found.to_polars().height == 50
    assert found.to_csv().count("\n") == 51
    assert len(records_of([])) > 0


def test_a_person_is_the_same_however_many_are_drawn():
    one, some, many = (people("children_arm", n, 2).to_csv().splitlines() for n in (1, 2, 300))
    assert one == some[:2] and some == many[:3]


def test_the_same_seed_gives_the_same_bytes():
    assert people(MIXED, 40, 5).to_json() == people(MIXED, 40, 5).to_json()
    assert people(MIXED, 40, 5).to_csv() != people(MIXED, 40, 6).to_csv()
    buffer = io.StringIO(people(MIXED, 40, 5).to_csv())
    assert len(buffer.readlines()) == 41


@pytest.mark.parametrize("asked", [{"n": 0}, {"n": 2_000_000}, {"population": None}])
def test_what_cannot_be_drawn_is_told(asked):
    with pytest.raises(InputError):
        people(**({"population": "stroke_arm"} | asked))


def test_limits_name_the_first_row_that_they_do_not_let_in(tmp_path):
    path = _file(tmp_path, "age_y,sex\n40,male\n50,female\n80,male\n")
    with pytest.raises(InputError) as raised:
        people("stroke_arm", own=path, eligibility=Eligibility(age_y=(18, 70), sex="male"))
    assert (raised.value.rule, raised.value.line, raised.value.field) == ("not_eligible", 3, "sex")


def test_of_several_wrong_parameters_the_first_row_is_told(tmp_path):
    path = _file(tmp_path, f"{VOLUME},terminal.light_chain_half_life\n300,old\n-1,20\n")
    with pytest.raises(InputError) as raised:
        read_parameters(path)
    assert raised.value.line == 2


def test_a_standard_deviation_is_over_n_minus_1_and_one_person_has_none():
    found = people("stroke_arm", 12, 3)
    told = found.document["numbers"]["age_y"]
    assert told["sd"] == pytest.approx(np.std(found.recruits.age_y, ddof=1), abs=1e-4)
    assert people("stroke_arm", 1).document["numbers"]["age_y"]["sd"] is None


def test_a_table_says_itself_how_many_people_there_are(tmp_path):
    path = _file(tmp_path, "age_y\n40\n50\n")
    assert people("stroke_arm", own=path).recruits.size == 2
    with pytest.raises(InputError) as raised:
        people("stroke_arm", 5, own=path)
    assert (raised.value.rule, raised.value.field) == ("n_with_own", "n")
    assert people("stroke_arm").recruits.size == 1000
