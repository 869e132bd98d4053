"""The same question leaves the same bytes: in another process, and on another number of threads.

Two verbs here; ``ENDPLATE_VERBS=all`` (``make validate``) for every verb that computes.
"""

from __future__ import annotations

import os

import pytest
import trial_runs
from program import ADULT, EXAMPLES, fails, process

VISITS = str(EXAMPLES / "adult_arm_visits.yaml")
ELBOW = str(EXAMPLES / "adult_arm_elbow.yaml")
LEG = str(EXAMPLES / "adult_leg.yaml")
CHILD = str(EXAMPLES / "child_calf.yaml")
GOALS = str(EXAMPLES / "goals" / "adult_arm.yaml")
STUDY = str(EXAMPLES.parent / "studies" / "brashear2002.yaml")
VERBS = {
    "simulate": ("simulate", VISITS, "--draws", "130"),
    "optimise": ("optimise", ADULT, "--goals", GOALS, "--draws", "64"),
    "run": ("run", ADULT, "--draws", "130"),
    "repeat": ("simulate", ADULT, "--repeat", "interval", "--draws", "130"),
    "compare": ("compare", ADULT, ELBOW, "--draws", "130"),
    "sensitivity": ("sensitivity", ADULT, "--draws", "64"),
    "individualise": ("individualise", VISITS, "--draws", "130"),
    "explain": ("explain", VISITS, "--draws", "130"),
    "develop": ("develop", CHILD, "--draws", "20"),
    "spread": ("view", "spread", ADULT, "--muscle", "biceps_brachii"),
    "junction": ("view", "junction", ADULT, "--muscle", "biceps_brachii"),
    "joint": ("view", "joint", LEG, "--test", "tardieu"),
    "reproduce": ("reproduce", STUDY, "--draws", "40"),
    "people": ("people", "stroke_arm", "--n", "300"),
}
ASKED = tuple(VERBS) if os.environ.get("ENDPLATE_VERBS") == "all" else ("simulate", "optimise")


def left(folder, threads, verb):
    """What a run prints and leaves on that many threads."""
    environment = {**os.environ, "ENDPLATE_THREADS": str(threads)}
    done = process(*VERBS[verb], "--json", "--out", str(folder), env=environment)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.replace(str(folder), ""), trial_runs.contents(folder)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("verb", ASKED)
def test_threads_and_another_run_change_no_byte(verb, tmp_path):
    one = left(tmp_path / "one", 1, verb)
    assert one == left(tmp_path / "four", 4, verb)
    assert one[1]


def test_a_number_of_threads_that_is_none_is_refused(capsys, monkeypatch):
    for wrong in ("two", "0", "-1", "1.5", "9" * 5000):
        monkeypatch.setenv("ENDPLATE_THREADS", wrong)
        error = fails(capsys, "simulate", ADULT, "--draws", "130", "--horizon", "6 wk")
        assert error["field"] == "ENDPLATE_THREADS" and error["file"] is None
        assert error["rule"] == "unusable_setting" and len(error["message"]) < 120
