"""`reproduce` by both models: what the comparator shares, variants of the mechanism, chance of rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_studies import BICEPS, DRAWS, HUMAN, MOUSE, RATIO, arms_and, study

from endplate.errors import InputError
from endplate.knowledge.evidence import PRIOR, Posterior, load_records, value
from endplate.questions.reproduce import reproduce
from endplate.questions.reproducing.empirical import EmpiricalStudy
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation import Biology


def test_leaving_a_study_out_scores_it_with_other_rows(monkeypatch):
    """What every row of the posterior says of the study decides: rows 0 with it, row 1 without it."""
    known = Posterior(
        ("baseline.largest_change",),
        np.array([[-4.0], [4.0]]),
        {"simpson1996": np.array([1, 1], dtype=np.int64)},
    )
    monkeypatch.setattr("endplate.questions.reproduce.load_posterior", lambda *_: known)
    file = Path(__file__).parents[2] / "studies" / "simpson1996.yaml"
    scored = [
        reproduce(file, draws=50, model="baseline", leave_one_out=out).to_dict()["studies"][0]["outcomes"][0]
        for out in (False, True)
    ]
    assert scored[0]["predicted"]["sd"] > 2 * scored[1]["predicted"]["sd"]


# ---- the comparator ------------------------------------------------------------------------------

CHANGE = "{arm: one, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1.0}"
AREA = "{{arm: {}, measure: scale_auc, scale: ashworth, joint: elbow, at: 12 wk, value: -10}}"


def empirical(tmp_path, text, draws=DRAWS, posterior=PRIOR):
    return EmpiricalStudy(study(tmp_path, text), draws, 1, posterior)


@pytest.mark.parametrize("product", ["onabotulinumtoxinA", "incobotulinumtoxinA", "abobotulinumtoxinA"])
def test_the_comparator_never_converts_units(tmp_path, product):
    """What is learnt of the half density of one product moves no other product's ratios."""
    text = HUMAN + arms_and(RATIO.format("one", "4 wk"), arms=("{arm: one, n: 9, " + BICEPS + "}",))
    text = text.replace("onabotulinumtoxinA", product)
    learnt = Posterior(("baseline.half_density.onabotulinumtoxinA",), np.array([[4.0]]), {})
    plain, moved = (empirical(tmp_path, text, 40, known) for known in (PRIOR, learnt))
    same = np.allclose(*(made.ratio(made.study.arms[0], 28.0) for made in (plain, moved)))
    assert same == (product != "onabotulinumtoxinA")


def test_the_area_of_the_comparator_has_the_chance_of_its_group(tmp_path):
    """A person deviates by s at 4, 8, 12 weeks and not at baseline: by 10 s over 12 weeks."""
    arms = ("{arm: one, n: 4, " + BICEPS + "}", "{arm: two, n: 10000, " + BICEPS + "}")
    text = HUMAN + "visits: [0 wk, 4 wk, 8 wk, 12 wk]\n"
    made = empirical(tmp_path, text + arms_and(AREA.format("one"), AREA.format("two"), arms=arms), 400)
    small, large = (made.found(row) for row in made.study.outcomes)
    assert small.drawn_sd == pytest.approx(10 * np.sqrt(np.mean(made.p.person_sd_grade**2)) / 2)
    assert (small.values - large.values).std() == pytest.approx(small.drawn_sd, rel=0.15)


def test_the_comparator_takes_the_error_of_the_row(tmp_path):
    text = HUMAN + arms_and(CHANGE, CHANGE.replace("value", "se: 3.0, value"))
    made = empirical(tmp_path, text, 2000)
    free, told = (made.found(row) for row in made.study.outcomes)
    assert free.chance_sd == free.drawn_sd
    assert told.chance_sd == 3.0
    assert told.drawn_sd == pytest.approx(free.drawn_sd)
    assert made.predict(made.study.outcomes[1]).std() == pytest.approx(3, rel=0.1)


def test_the_ratio_of_the_comparator_is_of_the_muscle_named(tmp_path):
    """The second muscle got the toxin of the file; of one that got none the ratio stays near 1."""
    arm = "{arm: one, n: 10000, product: onabotulinumtoxinA, injections: [{muscle: soleus, dose: 1 U},"
    arm += " {muscle: biceps_brachii, dose: 500 U}]}"
    row = RATIO.format("one", "2 wk")
    rows = (row.replace("biceps_brachii", "soleus"), row, row.replace("biceps_brachii", "brachialis"))
    made = empirical(tmp_path, HUMAN + arms_and(*rows, arms=(arm,)))
    little, much, none = (np.median(made.predict(outcome)) for outcome in made.study.outcomes)
    assert much < little - 0.3
    assert none == pytest.approx(1, abs=0.02)


def test_a_group_of_unknown_size_is_that_of_the_record(tmp_path):
    sized = f"{{arm: two, n: {value('measures.group_not_stated'):.0f}, {BICEPS}}}"
    arms = ("{arm: one, " + BICEPS + "}", sized)
    made = empirical(tmp_path, HUMAN + arms_and(CHANGE, CHANGE.replace("one", "two"), arms=arms))
    unknown, known = (made.found(row) for row in made.study.outcomes)
    assert unknown.drawn_sd == known.drawn_sd


def test_two_arms_of_the_comparator_do_not_share_their_chance(tmp_path):
    """Two arms alike: their difference is chance alone, of both groups."""
    arms = ("{arm: one, n: 9, " + BICEPS + "}", "{arm: two, n: 9, " + BICEPS + "}")
    row = CHANGE.replace("measure", "versus: two, measure")
    made = empirical(tmp_path, HUMAN + arms_and(row, arms=arms), 2000)
    found = made.found(made.study.outcomes[0])
    assert found.values.std() == pytest.approx(found.drawn_sd, rel=0.1)
    assert found.drawn_sd > 0


def test_symbols_of_the_comparator_are_distinct_and_only_priors_are_fitted():
    records = [r for i, r in load_records().items() if i.startswith("baseline.")]
    assert len({r.symbol for r in records}) == len(records)
    fitted = [r.id for r in records if "fits it" in r.place]
    assert not any(i.startswith("baseline.usual_session") or i == "baseline.study_score" for i in fitted)


# ---- what the verb refuses -----------------------------------------------------------------------


def test_a_prediction_that_is_not_finite_is_no_score(tmp_path, monkeypatch):
    monkeypatch.setattr(SimulatedStudy, "predict", lambda self, _: np.full(self.draws, np.nan))
    (tmp_path / "one.yaml").write_text(HUMAN + arms_and(CHANGE), encoding="utf-8")
    document = reproduce(tmp_path, draws=3, with_courses=True).to_dict()
    (row,) = document["studies"][0]["outcomes"]
    assert "no finite number" in row["cannot"]
    assert row["predicted"] is None
    assert document["studies"][0]["courses"] == []


@pytest.mark.parametrize("repeat", ["{times: 31, every: 12 wk}", "{times: 2, every: 0 d}"])
def test_sessions_that_cannot_be_are_one_named_error(tmp_path, repeat):
    text = HUMAN + arms_and(CHANGE, arms=("{arm: one, n: 9, repeat: " + repeat + ", " + BICEPS + "}",))
    with pytest.raises(InputError, match="not possible") as caught:
        study(tmp_path, text)
    assert caught.value.rule == "repeat"
    assert "30 sessions" in caught.value.remedy


# ---- two accounts of recovery --------------------------------------------------------------------


def test_the_two_accounts_of_recovery_are_scored_against_one_another(tmp_path):
    """Where sprouts lead, they transmit while the parent is silent: after two months more force is back."""
    row = "{arm: one, measure: force_ratio, muscle: soleus, at: 8 wk, value: 0.5}"
    arm = "{arm: one, n: 400, product: onabotulinumtoxinA, injections: [{muscle: soleus, dose: 10 U/kg}]}"
    (tmp_path / "one.yaml").write_text(MOUSE + arms_and(row, arms=(arm,)), encoding="utf-8")
    found = {}
    for recovery in ("parent_first", "sprouts_first"):
        document = reproduce(tmp_path, draws=10, biology=Biology(recovery=recovery)).to_dict()
        assert document["biology"]["recovery"] == recovery
        found[recovery] = document["studies"][0]["outcomes"][0]["predicted"]["p50"]
    assert found["sprouts_first"] > found["parent_first"] + 0.1


def test_the_comparator_has_no_variants(tmp_path):
    (tmp_path / "one.yaml").write_text(HUMAN + arms_and(CHANGE), encoding="utf-8")
    variant = Biology(recovery="sprouts_first")
    with pytest.raises(InputError, match="no variants"):
        reproduce(tmp_path, draws=2, model="baseline", biology=variant)
    assert reproduce(tmp_path, draws=2, model="baseline").to_dict()["totals"]["simulated"] == 1


def test_a_measure_that_only_the_mechanism_knows(tmp_path):
    row = "{arm: one, measure: peak, of: force, muscle: biceps_brachii, unit: d, value: 5}"
    made = empirical(tmp_path, HUMAN + arms_and(row))
    with pytest.raises(CannotSimulate, match="does not know peak"):
        made.predict(made.study.outcomes[0])
