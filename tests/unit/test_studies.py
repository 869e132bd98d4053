"""The shipped study files: each loads, says where its numbers come from and states them as agreed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from endplate.case import load_study
from endplate.case.study import Outcome, Study

STUDIES = Path(__file__).parents[2] / "studies"
FILES = sorted(STUDIES.glob("*.yaml"))
EVIDENCE = {"read", "read-2", "abstract"}
RATIOS = {
    "cmap_ratio",
    "emg_ratio",
    "force_ratio",
    "strength_ratio",
    "torque_ratio",
    "mass_ratio",
    "quantal_ratio",
    "transmission",
    "cleaved_ratio",
}
FRACTIONS = RATIOS | {"responder_fraction", "adverse_fraction", "antibody_fraction", "reinjected_by"}
FRACTIONS |= {"reflex_error", "ineffective_fraction", "hip_migration"}
WITH_UNIT = {"onset", "peak", "duration", "half_time", "ed50", "ic50"}
CLOCKS = {"onset", "peak", "duration"}
ON_A_SCALE = {"scale_change", "scale_value", "responder_fraction", "scale_auc"}

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def named(outcome: Outcome) -> str:
    return f"{outcome.arm}: {outcome.measure} at {outcome.at}"


def study_is_unscored(note: str) -> bool:
    """Whether a row without value and bound says why: its number is only recalled, or was not to be had."""
    return note.startswith("recalled") or "no bound" in note


def read(path: Path) -> Study:
    return load_study(path)


def test_there_are_studies():
    assert {"hamjian1994", "simpson1996", "gracies2015", "delgado2016", "mda2018"} <= {p.stem for p in FILES}


@every_file
def test_a_study_loads_and_is_named_as_its_file(path: Path):
    study = read(path)
    assert study.study == path.stem
    assert re.fullmatch(r"[a-z][a-z0-9_]*", study.study)
    assert study.title.strip()
    assert study.outcomes, "a study without outcomes cannot be scored"


@every_file
def test_a_study_states_its_role(path: Path):
    assert read(path).role in {"calibration", "validation"}


@every_file
def test_every_source_is_cited_and_was_read(path: Path):
    for source in read(path).sources:
        assert source.citation.strip()
        assert source.url
        assert source.url.startswith("http")
        assert source.evidence in EVIDENCE, "what is only recalled is no outcome"


@every_file
def test_every_outcome_names_arms_that_exist(path: Path):
    study = read(path)
    arms = [arm.arm for arm in study.arms]
    assert len(set(arms)) == len(arms)
    for outcome in study.outcomes:
        assert outcome.arm in arms
        assert outcome.versus is None or outcome.versus in arms
        assert outcome.versus != outcome.arm


@every_file
def test_every_outcome_has_a_value_and_fractions_lie_between_0_and_1(path: Path):
    for outcome in read(path).outcomes:
        if outcome.value is None:
            assert outcome.is_bound or (outcome.note and study_is_unscored(outcome.note)), named(outcome)
            continue
        if outcome.measure in FRACTIONS and outcome.versus is None:
            assert 0 <= outcome.value <= 1, named(outcome)
        if outcome.measure in {"muscle_volume_change", "normalised_volume_change"}:
            assert -1 <= outcome.value <= 1, named(outcome)


@every_file
def test_an_outcome_states_what_its_measure_needs(path: Path):
    for outcome in read(path).outcomes:
        assert (outcome.unit is not None) == (outcome.measure in WITH_UNIT), named(outcome)
        assert (outcome.of is not None) == (outcome.measure in CLOCKS), named(outcome)
        assert (outcome.by is not None) == (outcome.measure == "responder_fraction"), named(outcome)
        assert outcome.scale is not None or outcome.measure not in ON_A_SCALE, named(outcome)


@every_file
def test_no_outcome_stands_twice(path: Path):
    rows = [outcome.model_dump_json() for outcome in read(path).outcomes]
    assert len(set(rows)) == len(rows)


@every_file
def test_a_dose_for_several_muscles_says_how_it_is_divided(path: Path):
    for arm in read(path).arms:
        for item in arm.injections:
            assert not item.muscles or item.split, arm.arm


@every_file
def test_outside_the_body_toxin_is_a_concentration_or_an_exposure(path: Path):
    study = read(path)
    for arm in study.arms:
        if study.preparation == "in_vivo":
            assert arm.concentration is None, arm.arm
        else:
            assert not arm.injections, arm.arm
            assert arm.concentration or arm.exposure, arm.arm


@every_file
def test_cumulative_shares_never_fall(path: Path):
    rows = [o for o in read(path).outcomes if o.measure == "reinjected_by" and o.at]
    for arm in {o.arm for o in rows}:
        course = sorted((o.at.to("d").value, o.value) for o in rows if o.arm == arm)
        assert course == sorted(course, key=lambda point: point[1])
