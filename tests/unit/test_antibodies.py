"""How often people have antibodies: the rows, the fit of the hazard, and `reproduce`."""

import json
from pathlib import Path

import numpy as np
import pytest
from made_studies import HUMAN, arms_and, simulated, study

from endplate.knowledge.evidence import PRIOR, get, load_sources
from endplate.knowledge.evidence.antibodies import load_antibodies
from endplate.knowledge.vocabulary import MEASURES, PRODUCTS
from endplate.questions.calibrating.antibodies import fit_antibodies
from endplate.questions.calibrating.training import run_training, shared_ids
from endplate.questions.reproducing.groups import CannotSimulate

REPORT = Path(__file__).parents[2] / "docs" / "data" / "antibodies.json"
ROW = "{arm: one, measure: antibody_fraction, value: 0.1, n: 200}"


@pytest.fixture(scope="module")
def fit():
    return fit_antibodies(draws=6000, seed=2)


def test_rows_are_sourced_and_possible():
    rows = load_antibodies()
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.source in load_sources() and row.place
        assert row.product in ("all", "not told", *PRODUCTS)
        assert row.role in ("calibration", "check") and row.basis == "read"
        assert 0 < row.load_low_ng <= row.load_high_ng and 1 <= row.sessions_low <= row.sessions_high
        if row.role == "calibration":
            assert row.positive / row.n == pytest.approx(row.share, abs=0.001)


def test_the_records_are_those_of_the_fit(fit):
    """With other draws, within their spread; the report that was written says exactly the same."""
    told = json.loads(REPORT.read_text(encoding="utf-8"))["records"]
    for record_id, part in (("immune.hazard", "hazard"), ("immune.load_exponent", "load_exponent")):
        record, (centre, sd_log) = get(record_id), fit.record(part)
        assert record.value == pytest.approx(told[record_id]["median"], abs=5e-5)
        assert record.distribution.sd_log == pytest.approx(told[record_id]["sd_log"], abs=0.006)
        assert centre == pytest.approx(record.value, rel=0.25)
        assert sd_log == pytest.approx(record.distribution.sd_log, rel=0.25)


def test_every_fitted_count_is_one_that_the_fit_can_draw(fit):
    """Each printed share lies within the 80 % interval of the next group like it, with its own chance."""
    counts = {row.id: row.n for row in load_antibodies()}
    fitted = [row for row in fit.rows if row["role"] == "calibration"]
    assert len(fitted) == 6 < len(fit.rows)
    for row in fitted:
        chance = 2 * np.sqrt(row["p50"] * (1 - row["p50"]) / counts[row["id"]])
        assert row["p10"] - chance <= row["printed"] <= row["p90"] + chance


def test_products_are_ranked_in_opposite_orders_and_both_are_shown(fit):
    """One review finds antibodies most with onabotulinumtoxinA, another hardly any: a contradiction."""
    shown = {row["id"]: row["printed"] for row in fit.rows}
    assert shown["review2017_ona"] > shown["review2017_abo"] > shown["review2017_inco"]
    assert shown["jankovic2023_all"] < shown["review2017_inco"]


def test_the_layer_is_frozen(tmp_path):
    assert not [i for i in shared_ids("mechanism") if i.startswith(("immune.", "clinic.dropout"))]
    assert MEASURES["antibody_fraction"].apart
    ratio = "{arm: one, measure: force_ratio, muscle: biceps_brachii, at: 4 wk, value: 0.5}"
    made = study(tmp_path, HUMAN.replace("validation", "calibration") + arms_and(ROW, ratio, arms=(ARM,)))
    (run,) = run_training([made], "mechanism", 4, 1, PRIOR).studies
    assert run.predicted.shape == (4, 1)


ARM = (
    "{arm: one, n: 200, product: abobotulinumtoxinA, injections: [{muscle: biceps_brachii, dose: 1000 U}], "
    "repeat: {times: 3, every: 12 wk}}"
)


def predicted(tmp_path, arm, row=ROW):
    made = simulated(tmp_path, HUMAN + arms_and(row, arms=(arm,)), 400)
    return made.predict(made.study.outcomes[0])


def test_more_sessions_more_toxin_and_shorter_intervals_give_more_antibodies(tmp_path):
    base = predicted(tmp_path, ARM).mean()
    assert predicted(tmp_path, ARM.replace("times: 3", "times: 12")).mean() > base
    assert predicted(tmp_path, ARM.replace("1000 U", "100 U")).mean() < base
    assert predicted(tmp_path, ARM.replace("every: 12 wk", "every: 4 wk")).mean() > base
    early = ROW.replace("value", "at: 4 wk, value")
    assert predicted(tmp_path, ARM, early).mean() < base
    shares = predicted(tmp_path, ARM)
    assert ((shares >= 0) & (shares <= 1)).all()


@pytest.mark.parametrize(
    ("arm", "reason"),
    [
        ("{arm: one, n: 200}", "no injections"),
        (ARM.replace(", repeat: {times: 3, every: 12 wk}", ""), "number of sessions"),
    ],
)
def test_a_study_that_does_not_tell_enough_says_so(tmp_path, arm, reason):
    with pytest.raises(CannotSimulate, match=reason):
        predicted(tmp_path, arm)
