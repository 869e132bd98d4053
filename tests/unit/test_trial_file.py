"""The trial file: what it may hold, what is refused and how, and the files that come with endplate."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_trials import BICEPS, CHANGE, SHARE, VISITS, load, made, text

from endplate.case import load_study, load_trial
from endplate.case.schema import schema
from endplate.errors import InputError
from endplate.knowledge.labels import load_rules
from endplate.questions.trial import trial
from endplate.questions.trialling.again import verdict_of

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples" / "trials").glob("*.yaml"))
PUBLISHED = [path for path in FILES if "published:" in path.read_text(encoding="utf-8")]
DOSE = "endpoint: change, arm: dose"
WEAK = "{endpoint: weak, measure: adverse_fraction, event: muscle_weakness, at: 4 wk}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_trial_that_comes_with_endplate_is_simulated(path):
    asked = load_trial(path)
    found = trial(asked.repeated(2)).to_dict()
    simulated = [row for row in found["endpoints"] if row["cannot"] is None]
    assert simulated
    for row in simulated:
        assert [arm["arm"] for arm in row["arms"]] == [arm.arm for arm in asked.arms]
        assert all(one["difference"]["median"] is not None for one in row["comparisons"])
    missing = [told for told in found["warnings"] if told.startswith("The endpoint")]
    assert len(missing) == len(asked.endpoints) - len(simulated)
    unread = [told for told in found["warnings"] if told.startswith("Calibration read no study")]
    assert len(unread) == (path.stem == "brashear2002")
    assert (found["again"] is not None) == bool(asked.published)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_trial_agrees_with_its_study(path):
    """Same arms and sizes; a difference is the study's own, or that of the two values it reports."""
    asked, study = load_trial(path), load_study(ROOT / "studies" / path.name)
    assert asked.trial == study.study == path.stem
    assert [(arm.arm, arm.n, arm.injections) for arm in asked.arms] == [
        (arm.arm, arm.n, arm.injections) for arm in study.arms
    ]
    assert (asked.population, asked.visits) == (study.population, study.visits)
    for row in asked.published:
        endpoint = next(each for each in asked.endpoints if each.endpoint == row.endpoint)
        if row.difference is not None:
            assert row.difference == pytest.approx(reported(study, endpoint, row.arm, asked.control.arm))


def reported(study, endpoint, arm, control):
    """The difference of an arm from the control that a study file holds."""
    keys = ("measure", "scale", "joint", "at")
    rows = [o for o in study.outcomes if all(getattr(o, key) == getattr(endpoint, key) for key in keys)]
    for row in rows:
        if (row.arm, row.versus) == (arm, control):
            return row.value
    one, other = (next(o.value for o in rows if o.arm == name) for name in (arm, control))
    return round(one - other, 3)


def refused(tmp_path, content):
    with pytest.raises(InputError) as told:
        load(tmp_path, content)
    return told.value


def based(told):
    """With a grade at baseline."""
    baseline = f"baseline: {{scale: modified_ashworth, {told}}}"
    return text().replace("joint: elbow}\n", f"joint: elbow, {baseline}}}\n", 1)


def recruits(told):
    """With people recruited, beside adults after stroke."""
    return text(extra=f"recruit: {told}")


REFUSED = {
    "an unknown key": (
        text().replace("replicates:", "replicats:"),
        "unknown_key",
        "Did you mean replicates?",
    ),
    "a measure misspelt": (text(CHANGE.replace("scale_change", "scale_chang")), "unknown_measure", "scale_"),
    "a grade without a scale": (
        text(CHANGE.replace(" scale: modified_ashworth,", "")),
        "scale_missing",
        "Add scale",
    ),
    "an arm of one": (text(n=1), "greater_than_equal", ""),
    "two arms of one name": (text(arms=("placebo", "dose", "dose")), "twice", "name of its own"),
    "two endpoints of one name": (text(CHANGE, CHANGE), "twice", "name of its own"),
    "two primary endpoints": (
        text(CHANGE[:-1] + ", primary: true}", SHARE[:-1] + ", primary: true}"),
        "primary",
        "Mark one",
    ),
    "an unknown control": (text(extra="analysis: {against: saline}"), "unknown_arm", "placebo, dose"),
    "an endpoint of a developing circuit": (
        text("{endpoint: reflexes, measure: reflex_error, at: 4 wk}"),
        "measure",
        "muscles or joints",
    ),
    "an endpoint without a time": (text(CHANGE.replace(", at: 4 wk", "")), "time_missing", "Add at"),
    "shares by ANCOVA": (text(SHARE[:-1] + ", method: ancova}"), "method", "difference_of_shares, log_rank"),
    "grades by a score test": (
        text(CHANGE[:-1] + ", method: difference_of_shares}"),
        "method",
        "ancova, mixed_model",
    ),
    "visits at baseline": (
        text(CHANGE.replace("at: 4 wk", "at: 0 wk, method: mixed_model")),
        "time_at_baseline",
        "after baseline",
    ),
    "responders by log-rank": (text(SHARE[:-1] + ", method: log_rank}"), "method", "reinjected_by"),
    "a value over visits": (
        text(CHANGE.replace("scale_change", "scale_value")[:-1] + ", method: mixed_model}"),
        "method",
        "scale_change",
    ),
    "too many people": (text(n=900_000, replicates=20_000), "size", "at most"),
    "everybody leaves": (text(extra="attendance: {left_by_end: 100 %}"), "attendance", "less than 100 %"),
    "leaving without an end": (
        text(
            "{endpoint: lasting, measure: duration, of: scale, joint: elbow}",
            extra="attendance: {left_by_end: 9 %}",
        ).replace(VISITS, "visits: [0 wk]\n"),
        "attendance",
        "Add visits",
    ),
    "a look at nobody": (text(extra="interims: [{after: 0 %}]"), "interim", "more than 0 %"),
    "looks out of order": (text(extra="interims: [{after: 50 %}, {after: 25 %}]"), "interim", "earlier"),
    "looks at one arm": (
        text(arms=("placebo",), extra="interims: [{after: 50 %}]"),
        "interim",
        "Add an arm",
    ),
    "a power of a tenth": (text(extra="sample_size: {power: 10 %}"), "power", "50 % or more"),
    "one side of none": (
        text(
            "{endpoint: force, measure: force_ratio, muscle: biceps_brachii, at: 4 wk}",
            extra="analysis: {sides: 1}",
        ),
        "sides",
        "sides: 2",
    ),
    "no benefit of none": (
        text(
            "{endpoint: force, measure: force_ratio, muscle: biceps_brachii, at: 4 wk}",
            extra="estimand: composite",
        ),
        "estimand",
        "hypothetical",
    ),
    "an event that is not known": (
        text(WEAK.replace("muscle_weakness", "weak_arm")),
        "unknown_event",
        "muscle_weakness",
    ),
    "no event": (text(WEAK.replace("event: muscle_weakness, ", "")), "unknown_event", "muscle_weakness"),
    "responders who get worse": (text(SHARE.replace("by: 1", "by: -1")), "by", "more than 0"),
    "responders by more than the scale": (text(SHARE.replace("by: 1", "by: 5")), "by", "at most 4"),
    "visits out of order": (text().replace("4 wk, 12 wk]", "12 wk, 4 wk]"), "visits", "in order"),
    "a visit twice": (text().replace("4 wk, 12 wk]", "4 wk, 4 wk]"), "visits", "each once"),
    "a joint that no endpoint is of": (
        text().replace("joint: elbow}\n", "joint: wrist}\n", 1),
        "joint",
        "elbow",
    ),
    "a grade beyond the scale": (based("mean: 7"), "baseline", "0 to 4"),
    "a least grade beyond the scale": (based("mean: 2, min: -1"), "baseline", "0 to 4"),
    "a mean below the least": (based("mean: 2, min: 3"), "baseline", "no less than min"),
    "more sites than there is room for": (text().replace("sites: 4", "sites: 101"), "sites", "at most 100"),
    "two doses and no control": (
        text().replace("placebo, n: 10", f"low, n: 10, {BICEPS}"),
        "control_missing",
        "low, dose",
    ),
    "children who are called adults": (recruits("{population: children_arm}"), "recruit", "adults"),
    "a condition that nobody recruited has": (
        recruits("{population: traumatic_brain_injury_arm}"),
        "recruit",
        "traumatic_brain_injury",
    ),
    "legs recruited for an elbow": (recruits("{population: stroke_leg}"), "recruit", "ankle"),
    "an endpoint of a joint that is never spastic": (
        recruits("{population: stroke_leg}").replace("joint: elbow}\n", "joint: ankle}\n", 1),
        "recruit",
        "ankle",
    ),
    "nothing published": (text(extra=f"published: [{{{DOSE}}}]"), "published", "Add difference"),
    "two p values": (text(extra=f"published: [{{{DOSE}, p: 0.1, p_below: 0.2}}]"), "published", "Keep one"),
    "an error of nothing": (
        text(extra=f"published: [{{{DOSE}, p: 0.1, se: 0.2}}]"),
        "published",
        "difference",
    ),
    "the control published": (
        text(extra="published: [{endpoint: change, arm: placebo, p: 0.1}]"),
        "unknown_arm",
        "dose",
    ),
    "an endpoint published that is not there": (
        text(extra="published: [{endpoint: pain, arm: dose, p: 0.1}]"),
        "unknown_endpoint",
        "change",
    ),
    "published twice": (
        text(extra=f"published: [{{{DOSE}, p: 0.1}}, {{{DOSE}, p: 0.1}}]"),
        "twice",
        "Keep one",
    ),
}


@pytest.mark.parametrize(("content", "rule", "remedy"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_with_its_place_and_remedy(tmp_path, content, rule, remedy):
    told = refused(tmp_path, content)
    assert told.rule == rule
    assert remedy in told.remedy
    assert told.line and told.file


def test_the_control_is_the_arm_named_else_the_one_without_injections(tmp_path):
    assert made(tmp_path).control.arm == "placebo"
    named = made(tmp_path, extra="analysis: {against: dose}")
    assert named.control.arm == "dose"
    assert [arm.arm for arm in named.compared] == ["placebo"]


def test_more_replicates_than_can_be_are_refused(tmp_path):
    with pytest.raises(InputError, match="not possible"):
        made(tmp_path).repeated(10**6)


BETTER = {
    "scale_change, scale: ashworth": "lower",
    "scale_change, scale: tardieu_angle": "higher",
    "scale_value, scale: physician_global": "higher",
    "scale_auc, scale: modified_ashworth": "lower",
    "responder_fraction, scale: ashworth, by: 1": "higher",
    "reinjected_by": "lower",
}


@pytest.mark.parametrize(("measure", "way"), BETTER.items())
def test_which_way_is_better_follows_the_scale(tmp_path, measure, way):
    asked = made(tmp_path, f"{{endpoint: one, measure: {measure}, joint: elbow, at: 4 wk}}")
    assert asked.endpoints[0].better == way


PUBLISHED_AS = {
    "difference: -0.5, p: 0.01": True,
    "difference: -0.5, p: 0.2": False,
    "difference: -0.5, p_below: 0.001": True,
    "difference: 0.5, p: 0.01": False,  # for the worse
    "difference: -0.5, se: 0.1": True,
    "difference: -0.5, se: 0.4": False,
    "difference: -0.5": None,
}


@pytest.mark.parametrize(("row", "verdict"), PUBLISHED_AS.items())
def test_what_a_published_trial_found_follows_what_was_printed(tmp_path, row, verdict):
    asked = made(tmp_path, extra=f"published: [{{{DOSE}, {row}}}]")
    assert verdict_of(asked, asked.published[0]) is verdict


def test_the_schema_of_a_trial_file_can_be_printed():
    told = schema("trial")
    assert {"arms", "endpoints", "attendance", "estimand", "interims", "published"} <= set(told["properties"])


def warned(tmp_path, content):
    return trial(load(tmp_path, content)).to_dict()["warnings"]


def test_an_endpoint_after_the_last_visit_is_warned_of(tmp_path):
    late, early = (
        warned(tmp_path, text(CHANGE, SHARE.replace("at: 4 wk", at))) for at in ("at: 16 wk", "at: 12 wk")
    )
    assert late == ["Visits end at 12 wk, and 'responders' is at 16 wk: it is told as if people came then."]
    assert early == []


def test_a_dose_above_every_maximum_held_is_warned_of_with_its_rule(tmp_path):
    """The largest maxima held of the biceps and of an arm in one session, whatever they are."""
    rules = [
        rule for rule in load_rules() if rule.product == "onabotulinumtoxinA" and rule.population == "adult"
    ]
    muscle = max(
        (r for r in rules if r.family == "muscle_dose" and "biceps_brachii" in r.muscles),
        key=lambda r: r.maximum,
    )
    session = max(
        (r for r in rules if r.family == "session_total" and r.limb == "upper"), key=lambda r: r.maximum
    )
    assert muscle.maximum < session.maximum
    most, more, much = (
        warned(tmp_path, text().replace("dose: 100 U", f"dose: {dose:g} U"))
        for dose in (muscle.maximum, muscle.maximum + 1, session.maximum + 1)
    )
    assert most == []
    assert len(more) == 1 and len(much) == 2
    for told, rule in ((more[0], muscle), (much[1], session)):
        assert f"The largest is {rule.maximum:g} U, rule {rule.id}" in told
        assert rule.source.citation in told


def test_a_duration_without_a_muscle_says_what_to_write(tmp_path):
    two = text("{endpoint: lasting, measure: duration, joint: elbow}", CHANGE).replace(
        "sites: 4}", "sites: 4}, {muscle: brachialis, dose: 20 U}"
    )
    (told,) = warned(tmp_path, two)
    assert "write muscle, or, for a time told by the grade of a joint, of: scale" in told
    assert warned(tmp_path, two.replace("duration,", "duration, of: scale,")) == []


@pytest.mark.parametrize(
    ("given", "options", "rule"), [("trial.yaml", {}, "trial_required"), (None, {"workers": 0}, "positive")]
)
def test_what_is_no_trial_and_nobody_to_do_it_are_refused(tmp_path, given, options, rule):
    with pytest.raises(InputError) as refused:
        trial(given or made(tmp_path), **options)
    assert refused.value.rule == rule
