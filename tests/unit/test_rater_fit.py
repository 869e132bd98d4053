"""What reliability studies print, and the fit of rater noise to it."""

import json
from pathlib import Path

import pytest

from endplate.knowledge.evidence import get, load_sources
from endplate.knowledge.evidence.reliability import load_reliability
from endplate.knowledge.vocabulary import JOINTS, SCALES
from endplate.physiology import scales
from endplate.physiology.scales.agreement import STATISTICS
from endplate.questions.calibrating.raters import fit_raters, predicted, used_rows
from endplate.questions.calibrating.training import shared_ids

REPORT = Path(__file__).parents[2] / "docs" / "data" / "raters.json"


@pytest.fixture(scope="module")
def fit():
    return fit_raters(draws=8000, seed=2)


def test_rows_are_sourced_and_in_the_words_of_the_field():
    rows = load_reliability()
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.source in load_sources()
        assert row.scale in SCALES
        assert row.joint in ("", *JOINTS)
        assert row.limb in ("", "arm", "leg")
        assert row.people in ("adults", "children")
        assert row.raters in ("inter", "intra")
        assert row.used in ("yes", "angles", "check", "no")
        assert row.place


def test_rows_in_the_fit_were_read_and_have_an_error():
    for row in used_rows():
        assert row.basis == "read"
        assert row.scale in scales.GRADED
        assert row.statistic in STATISTICS
        assert -1 < row.middle < 1
        assert row.error > 0


def test_the_fit_reproduces_the_rows(fit):
    """Within two and a half standard errors of what was printed; nine of ten within two."""
    off = [abs(row["printed"] - row["predicted"]) / row["error"] for row in fit.rows]
    assert len(off) == len(used_rows())
    assert max(off) < 2.5
    assert sum(each < 2 for each in off) >= 0.9 * len(off)


def test_the_records_are_those_of_the_fit(fit):
    """With other draws, within their spread; the report that was written says exactly the same."""
    told = json.loads(REPORT.read_text(encoding="utf-8"))["records"]
    parts = {"rater_between_sd": "between", "rater_within_sd": "within", "rater_leg_ratio": "leg"}
    for name, part in parts.items():
        record, (centre, sd_log) = get(f"scales.{name}"), fit.record(part)
        assert record.value == pytest.approx(told[record.id]["median"])
        assert record.distribution.sd_log == pytest.approx(told[record.id]["sd_log"], abs=0.006)
        assert centre == pytest.approx(record.value, rel=0.25)
        assert sd_log == pytest.approx(record.distribution.sd_log, rel=0.25)


def test_legs_are_rated_less_alike_than_arms_and_children_are_not_told_apart(fit):
    leg, leg_sd = fit.moments(fit.column("leg_ratio"))
    child, child_sd = fit.moments(fit.column("child_ratio"))
    assert leg > 2 * leg_sd
    assert abs(child) < child_sd


def test_more_noise_predicts_less_agreement():
    from endplate.physiology.scales.agreement import Population

    for row in used_rows():
        found = [predicted(row, noise, 0.5, Population(1.5, 1.0)) for noise in (0.1, 0.3, 0.9)]
        assert found[0] > found[1] > found[2]


def test_the_scale_layer_is_frozen():
    assert not [i for i in shared_ids("mechanism") if i.startswith(("scales.rater", "reliability."))]
