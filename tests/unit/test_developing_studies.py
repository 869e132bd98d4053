"""Studies of development: what their files may say, how they are followed, what the published rows give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from endplate.case import load_study
from endplate.case.schema import schema
from endplate.errors import InputError
from endplate.knowledge.evidence import PRIOR
from endplate.knowledge.vocabulary import MEASURES
from endplate.outputs import outcomes
from endplate.questions.calibrating.training import run_training, shared_ids
from endplate.questions.reproduce import reproduce
from endplate.questions.reproducing import animals

STUDIES = Path(__file__).parents[2] / "studies"
HEAD = """\
endplate: 1
study: made
title: Made for a test
sources: [{citation: Nobody, url: "https://example.org/paper", evidence: read}]
role: validation
preparation: in_vivo
"""
NUMB = "- {arm: numb, development: {circuit: spinal_reflex, touch_numb: {from: 10 d, to: 21 d}}}"
ERROR = "- {arm: numb, measure: reflex_error, at: 21 d, value: 0.5}"


def made(folder, species, arms, rows, head=HEAD):
    path = folder / "made.yaml"
    path.write_text(f"{head}species: {species}\narms:\n{arms}\noutcomes:\n{rows}\n", encoding="utf-8")
    return path


def scored(path, **how):
    """The rows of one study file."""
    document = reproduce(path, **how).to_dict()
    assert not document["errors"], document["errors"]
    return document["studies"][0]["outcomes"]


def of_file(name, **how):
    return scored(STUDIES / f"{name}.yaml", **how)


@pytest.fixture()
def few(monkeypatch):
    """Two parameter draws with one animal each: what must hold of every pair needs no more."""
    monkeypatch.setattr(animals, "PAIRS", dict.fromkeys(animals.PAIRS, (2, 1)))


@pytest.mark.parametrize(
    ("arms", "rows", "rule", "says"),
    [
        (NUMB.replace("touch_numb", "touch_num"), ERROR, "unknown_key", "touch_numb"),
        (NUMB.replace("from", "form"), ERROR, "unknown_key", "from"),
        (NUMB.replace("10 d", "30 d"), ERROR, "span", "earlier"),
        (NUMB.replace("touch_numb", "training"), ERROR, "circuit_key", "touch_numb, touch_reversed"),
        (NUMB.replace("10 d", "10 U"), ERROR, "unit", "y, mo, wk, d"),
        ("- {arm: numb}", ERROR, "development_missing", "circuit: spinal_reflex"),
        (NUMB, ERROR.replace("reflex_error", "length_deficit"), "circuit_measure", "reflex_error"),
        (NUMB, ERROR.replace("at: 21 d, ", ""), "age_missing", "at"),
        (NUMB, ERROR.replace("value", "at_most: 0.6, value"), "value_or_bound", "value"),
        (NUMB, ERROR.replace("value: 0.5", "at_most: 0.1, at_least: 0.2"), "bounds", "at_least"),
        (
            f"{NUMB}\n- {{arm: calf, development: {{circuit: calf_growth}}}}",
            ERROR.replace("arm: numb", "arm: numb, versus: calf"),
            "circuits",
            "circuit",
        ),
        (
            "- {arm: numb, development: {circuit: motor_map, toxin: {block: 0.5}}}",
            "- {arm: numb, measure: map_area_ratio, at: 9 wk, value: 0.5}",
            "toxin_ages",
            "from and to",
        ),
        (
            "- {arm: numb, development: {circuit: motor_map, toxin: {from: 3 wk}}}",
            "- {arm: numb, measure: map_area_ratio, at: 9 wk, value: 0.5}",
            "span",
            "other",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(tmp_path, arms, rows, rule, says):
    with pytest.raises(InputError) as found:
        load_study(made(tmp_path, "rat", arms, rows))
    assert found.value.rule == rule
    assert says in found.value.remedy
    assert found.value.line and found.value.line > 6


def test_children_get_injections_not_a_share(tmp_path):
    arms = "- {arm: child, development: {circuit: calf_growth, toxin: {block: 0.5}}}"
    with pytest.raises(InputError, match="without muscle and dose"):
        load_study(made(tmp_path, "human", arms, "- {arm: child, measure: dorsiflexion_change, at: 9 y}"))


def test_the_example_of_the_docs_is_followed(tmp_path, few):
    """As it is printed, below the keys that every study file has."""
    docs = (STUDIES.parent / "docs" / "reproduce.md").read_text(encoding="utf-8")
    example = docs.split("## Studies of development")[1].split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "made.yaml"
    path.write_text(HEAD + example, encoding="utf-8")
    value, bound = scored(path, draws=20)
    assert value["crps"] is not None and value["cannot"] is None
    assert bound["predicted"] is not None and bound["crps"] is None


def test_the_schema_tells_what_is_done_between_which_ages():
    told = schema("study")["$defs"]
    assert {"from", "to"} == set(told["Span"]["properties"])
    assert {"circuit", "touch_numb", "toxin", "training"} <= set(told["Development"]["properties"])
    assert {"at_most", "at_least"} <= set(told["Outcome"]["properties"])


def test_published_rows_of_rats_lie_where_they_did():
    """P10 inside its interval and within 0.04 of 64.1 %; P21 below 10 %; touch is what is needed."""
    young, grown = of_file("waldenstrom2003")
    assert young["inside_80"]
    assert young["predicted"]["p50"] == pytest.approx(0.641, abs=0.04)
    assert young["developing"] == {"subject": "rat", "standing": "fitted"}
    assert grown["inside_80"] and grown["predicted"]["p50"] < 0.1
    assert [row["inside_80"] for row in of_file("waldenstrom2003_deprived")] == [True] * 3


def test_a_bound_has_no_score_and_is_averaged_nowhere():
    document = reproduce(STUDIES / "waldenstrom2003.yaml").to_dict()
    value, bound = document["studies"][0]["outcomes"]
    assert bound["crps"] is None and bound["error"] is None
    told = document["totals"]
    assert (told["scored"], told["bounds"], told["bounds_kept"], told["inside_80"]) == (2, 1, 1, 2)
    assert told["crps"] == value["crps"]
    assert told["coverage_by_study"] == 1.0
    assert "1 of the 1 values" in outcomes.totals(told) and "1 of 1 bounds are kept" in outcomes.totals(told)
    assert outcomes.verdict(bound) == "kept" and outcomes.observed(bound).startswith("<")


def test_no_effect_at_all_keeps_no_direction(tmp_path, few):
    """A lesion after the window changes nothing: neither smaller nor larger than a normal animal's."""
    arms = "- {arm: late, development: {circuit: whisker_map, row_lesion: 8 d}}"
    row = "- {{arm: late, measure: map_area_ratio, at: 10 d, {}: 1}}"
    rows = "\n".join(row.format(bound) for bound in ("at_most", "at_least"))
    found = scored(made(tmp_path, "mouse", arms, rows), draws=20)
    assert [each["predicted"]["p50"] for each in found] == pytest.approx([1, 1], abs=1e-6)
    assert [each["inside_80"] for each in found] == [False, False]
    assert all(outcomes.is_miss(each) and outcomes.verdict(each) == "broken" for each in found)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others():
    def text(seed):
        animals.followed.cache_clear()
        return json.dumps(reproduce(STUDIES / "waldenstrom2003.yaml", draws=50, seed=seed).to_dict())

    assert text(3) == text(3) != text(4)


def test_arms_share_chance_and_one_with_nothing_done_is_a_normal_animal(tmp_path, few):
    arms = "- {arm: one, development: {circuit: motor_map}}\n- {arm: two, development: {circuit: motor_map}}"
    rows = "- {arm: one, versus: two, measure: ineffective_fraction, at: 8 wk, at_most: 0}\n"
    rows += "- {arm: one, measure: map_area_ratio, at: 8 wk, at_most: 1}"
    apart, ratio = scored(made(tmp_path, "cat", arms, rows), draws=20)
    assert apart["predicted"] == dict.fromkeys(apart["predicted"], 0)
    assert ratio["predicted"] == {**dict.fromkeys(ratio["predicted"], 1), "sd": 0}


def test_a_study_written_by_a_stranger_is_followed_with_its_own_days(tmp_path, few):
    """Days and weeks of no published study: a later lesion leaves more, more of a block takes more."""
    arms = "\n".join(
        f"- {{arm: P{day}, development: {{circuit: whisker_map, row_lesion: {day} d}}}}"
        for day in (0, 2.5, 6)
    )
    rows = "\n".join(
        f"- {{arm: P{day}, measure: map_area_ratio, at: 9 d, at_most: 1}}" for day in (0, 2.5, 6)
    )
    areas = [row["predicted"]["p50"] for row in scored(made(tmp_path, "mouse", arms, rows), draws=20)]
    assert areas == sorted(areas) and areas[0] < 0.5 < areas[-1]
    arms = "\n".join(
        f"- {{arm: b{b}, development: {{circuit: motor_map, toxin: {{from: 4 wk, to: 9 wk, block: {b}}}}}}}"
        for b in (0, 0.95)
    )
    rows = "\n".join(f"- {{arm: b{b}, measure: map_area_ratio, at: 12 wk, at_most: 1}}" for b in (0, 0.95))
    none, most = (row["predicted"]["p50"] for row in scored(made(tmp_path, "cat", arms, rows), draws=20))
    assert none == 1 and most < 1


def test_reversed_touch_and_a_cut_cord_at_a_strangers_ages(tmp_path):
    """Reversed touch in part of the window leaves more errors than touch that is only lost in it."""
    arms = "\n".join(
        f"- {{arm: {name}, development: {{circuit: spinal_reflex, {done}}}}}"
        for name, done in (
            ("turned", "touch_reversed: {from: 12 d, to: 18 d}"),
            ("numb", "touch_numb: {from: 12 d, to: 18 d}"),
            ("cut", "cord_cut: 2 wk"),
        )
    )
    rows = "\n".join(
        f"- {{arm: {a}, measure: reflex_error, at: 20 d, at_most: 1}}" for a in ("turned", "numb", "cut")
    )
    turned, numb, cut = (
        row["predicted"]["p50"] for row in scored(made(tmp_path, "rat", arms, rows), draws=60)
    )
    assert turned > numb
    assert 0.05 < cut < 0.65


def test_a_circuit_of_another_species_says_so(tmp_path):
    row = scored(made(tmp_path, "mouse", NUMB, ERROR), draws=5)[0]
    assert "rat alone" in row["cannot"]


def test_mice_end_as_short_as_published_and_a_strangers_share_between():
    """16 % and 2 % short within half a percent; 45 % of growth lost within one."""
    saline, toxin = of_file("cosgrove1994")
    assert saline["predicted"]["mean"] == pytest.approx(0.16, abs=0.005)
    assert toxin["predicted"]["mean"] == pytest.approx(0.02, abs=0.005)
    assert of_file("ziv1984")[0]["predicted"]["mean"] == pytest.approx(0.45, abs=0.01)


def test_untreated_children_lose_the_range_that_was_published():
    """19 deg within one; interval as wide as the published one at least."""
    (row,) = of_file("hagglund2011")
    assert row["predicted"]["mean"] == pytest.approx(-19, abs=1)
    assert row["predicted"]["p90"] - row["predicted"]["p10"] > 2 * 1.28 * 2.55


def test_there_is_no_hip_and_its_rows_say_so():
    for name in ("graham2008", "willoughby2012"):
        for row in of_file(name):
            assert row["predicted"] is None and "no hip" in row["cannot"]
            assert row["developing"]["subject"] == "child"


def test_what_is_only_recalled_is_shown_and_never_scored(few):
    for name in ("martin2004", "friel2014"):
        for row in of_file(name, draws=10):
            assert row["predicted"] is not None
            assert row["crps"] is None and row["inside_80"] is False
            assert outcomes.verdict(row) == "not observed"


def test_more_sessions_leave_less_volume_and_none_leaves_growth(tmp_path):
    """Signs only: the trial that found no difference between one and three sessions is a study file."""
    shots = "product: onabotulinumtoxinA, injections: [{muscle: gastrocnemius, dose: 3 U/kg, sites: 4}]"
    grows = "development: {circuit: calf_growth, followed_from: 5 y}"
    arms = f"- {{arm: none, {grows}}}\n- {{arm: one, {shots}, {grows}}}\n"
    arms += f"- {{arm: three, {shots}, {grows}, repeat: {{times: 3, every: 4 mo}}}}\n"
    arms += "- {arm: healthy, development: {circuit: calf_growth, followed_from: 5 y, tone: normal}}"
    rows = "\n".join(
        f"- {{arm: {a}, measure: {m}, at: 12 mo, value: 0, n: 500}}"
        for m in ("muscle_volume_change", "dorsiflexion_change", "normalised_volume_change")
        for a in ("none", "one", "three", "healthy")
    )
    head = HEAD + "population: {adults: false, age: {mean: 5 y}, condition: cerebral_palsy}\n"
    found = [row["predicted"]["mean"] for row in scored(made(tmp_path, "human", arms, rows, head), draws=60)]
    none, one, three, _ = found[:4]
    assert three < one < none
    none, one, three, healthy = found[4:8]
    assert none <= one <= three < healthy
    assert all(over_bone < plain for over_bone, plain in zip(found[8:], found[:4], strict=True))


def test_calibration_leaves_development_out():
    """Neither its studies nor its numbers are learnt: those were fitted by hand."""
    names = ("waldenstrom2003", "cosgrove1994", "rebsam2005")
    studies = [load_study(STUDIES / f"{name}.yaml") for name in names]
    assert all(study.role == "calibration" for study in studies)
    assert run_training(studies, "mechanism", 3, 1, PRIOR).studies == ()
    own = ("windows.", "reflexes.", "body_map.", "experiments.", "development.")
    assert not [record for record in shared_ids("mechanism") if record.startswith(own)]


def test_every_measure_of_development_is_read_from_some_circuit_of_a_shipped_study(few):
    """By at least one row that is simulated, unless the measure says why it never is."""
    own = {held.id for held in MEASURES.values() if not held.of_chain and not held.cannot}
    studies = [load_study(path) for path in sorted(STUDIES.glob("*.yaml"))]
    files = [study.study for study in studies if study.is_developmental and study.study != "tedroff2009"]
    read = {row["measure"] for name in files for row in of_file(name, draws=8) if row["predicted"]}
    assert own <= read
    assert len(files) >= 20


def test_the_baseline_knows_nothing_of_development():
    rows = of_file("waldenstrom2003", model="baseline", draws=5)
    assert all("development" in row["cannot"] or "baseline" in row["cannot"] for row in rows)


def test_draws_of_a_record_are_spread_over_its_distribution():
    """One in each of equally likely parts: the middle value is the record's, and none repeats."""
    drawn = animals._spread_of("windows.kitten_map.middle", 1, 9)
    assert len(set(drawn)) == 9
    assert np.median(drawn) == pytest.approx(10.0, rel=1e-9)
