"""Running a small trial in processes that tests kill, and looking at what they leave."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time

FILE = """\
endplate: 1
trial: killed_trial
title: One muscle at one week, in chunks of 520 people
arms:
  - {arm: placebo, n: 520}
  - arm: treated
    n: 520
    product: onabotulinumtoxinA
    injections:
      - {muscle: biceps_brachii, dose: 100 U, sites: 4, dilution: 50 U/mL}
endpoints:
  - {endpoint: force, measure: force_ratio, muscle: biceps_brachii, at: 1 wk}
analysis: {against: placebo}
attendance: {left_by_end: 10 %, missed_visits: 5 %}
replicates: 24
"""
REPLICATES, CHUNKS = 24, 48


def trial_file(folder):
    """The file of a trial with two chunks for every replicate."""
    path = folder / "killed_trial.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def contents(folder):
    """Bytes of every file that a run leaves, by its path; the manifest tells the process's libraries too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def parts(folder):
    """Inode and time of every finished part."""
    found = (folder / "people").glob("part-*.parquet")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def _run(arguments):
    """In the child: the program, its exit code the process's."""
    from endplate.app.cli import main

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        os._exit(main([*arguments, "--quiet"]))


def start(*arguments):
    """Start the program in a process of its own, forked from one in which all is imported."""
    ways = multiprocessing.get_context("forkserver")
    ways.set_forkserver_preload(["endplate.app.cli", "endplate.questions.trial", "statsmodels.api"])
    process = ways.Process(target=_run, args=([str(each) for each in arguments],))
    process.start()
    return process


def interrupted(path, folder, *options):
    """Run the program and press Ctrl-C once two parts are there; its exit code and what it told."""
    command = [sys.executable, "-m", "endplate", "trial", str(path), "--out", str(folder), *options]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while len(parts(folder)) < 2:
        assert child.poll() is None
        time.sleep(0.002)
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=60)
    return child.returncode, told


def until(condition, process, seconds=120):
    """Wait until a condition holds, while the process lives; whether it came to hold."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        if process.exitcode is not None:
            return bool(condition())
        time.sleep(0.002)
    raise AssertionError("the process neither came that far nor ended")


def as_data(path):
    """A JSON file as data."""
    return json.loads(path.read_text(encoding="utf-8"))
