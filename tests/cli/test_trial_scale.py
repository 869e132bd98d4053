"""Trials of many people: same bytes on any number of threads, killed and taken up, disks that fail.

``ENDPLATE_SEED`` kills at other moments (`make validate` takes five).
"""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
import trial_runs
from program import ask, fails, process

from endplate.app import progress
from endplate.app.cli import main
from endplate.case import load_trial
from endplate.questions.trialling import kept, running
from endplate.questions.trialling.chunk import chunks_of
from endplate.questions.trialling.replicates import tallied

SEED = int(os.environ.get("ENDPLATE_SEED", "7"))


def test_one_thread_and_two_leave_the_same_bytes(undisturbed, tmp_path):
    path, whole = undisturbed
    assert main(["trial", str(path), "--quiet", "--workers", "2", "--out", str(tmp_path)]) == 0
    held = trial_runs.contents(whole)
    assert trial_runs.contents(tmp_path) == held
    assert {"trial.json", "replicates.parquet", "run.json"} < set(held)
    assert len(trial_runs.parts(tmp_path)) == trial_runs.CHUNKS


def test_every_person_is_there_once(undisturbed, extra):
    parquet = extra("pyarrow.parquet", "tables")
    _, whole = undisturbed
    table = parquet.read_table(whole / "people")
    who = {
        (arm.as_py(), replicate.as_py(), person.as_py())
        for arm, replicate, person in zip(table["arm"], table["replicate"], table["person"], strict=True)
    }
    assert len(who) == table.num_rows == 520 * trial_runs.CHUNKS


def test_ten_times_killed_and_taken_up_nothing_is_lost_or_done_twice(undisturbed, tmp_path):
    """SIGKILL at ten moments: any time after the start, or soon after a part was written."""
    path, whole = undisturbed
    chance = random.Random(SEED)
    for kill in range(10):
        before = trial_runs.parts(tmp_path)
        child = trial_runs.start("trial", path, "--workers", 2, "--out", tmp_path)
        if kill % 2:
            time.sleep(chance.uniform(0, 0.5))
        else:
            trial_runs.until(lambda: len(trial_runs.parts(tmp_path)) > len(before), child)  # noqa: B023
            time.sleep(chance.uniform(0, 0.05))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        assert child.exitcode == -signal.SIGKILL
        assert trial_runs.parts(tmp_path).items() >= before.items()
    before = trial_runs.parts(tmp_path)
    assert 0 < len(before) < trial_runs.CHUNKS
    assert main(["trial", str(path), "--quiet", "--workers", "2", "--out", str(tmp_path)]) == 0
    assert trial_runs.parts(tmp_path).items() >= before.items()
    assert trial_runs.contents(tmp_path) == trial_runs.contents(whole)


def copied(whole, folder):
    """A finished run without its last part and its results."""
    shutil.copytree(whole, folder)
    for name in ("trial.json", "trial.html", "replicates.parquet"):
        (folder / name).unlink(missing_ok=True)
    max((folder / "people").glob("part-*")).unlink()
    return folder


def test_what_a_killed_run_left_half_written_is_swept_away(undisturbed, tmp_path):
    path, whole = undisturbed
    folder = copied(whole, tmp_path / "out")
    (folder / "people" / ".part-000047.parquet.4711.unfinished").write_bytes(b"PAR1")
    (folder / ".replicates.parquet.4711.unfinished").write_bytes(b"")
    assert main(["trial", str(path), "--quiet", "--out", str(folder)]) == 0
    assert trial_runs.contents(folder) == trial_runs.contents(whole)


@pytest.mark.parametrize("spoil", ["cut", "empty", "bit", "swapped"])
def test_a_part_that_the_disk_spoilt_is_done_again(undisturbed, tmp_path, spoil):
    path, whole = undisturbed
    folder = copied(whole, tmp_path / "out")
    part, other = (folder / "people" / f"part-00000{n}.parquet" for n in (3, 5))
    content = part.read_bytes()
    if spoil == "cut":
        part.write_bytes(content[: len(content) // 2])
    elif spoil == "empty":
        part.write_bytes(b"")
    elif spoil == "bit":
        middle = len(content) // 3  # among the numbers
        part.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    else:
        part.write_bytes(other.read_bytes())
    before = trial_runs.parts(folder)
    assert main(["trial", str(path), "--quiet", "--out", str(folder)]) == 0
    assert trial_runs.contents(folder) == trial_runs.contents(whole)
    changed = before.items() - trial_runs.parts(folder).items()
    assert {name for name, _ in changed} == {part.name}


REFUSED = {
    ("--seed", "2"): "seed 1 in place of 2",
    ("--replicates", "23"): "24 replicates, more than 23",
    ("--null",): "null hypothesis False in place of True",
}


@pytest.mark.parametrize("change", REFUSED)
def test_a_folder_of_another_run_is_refused_and_left_alone(undisturbed, tmp_path, capsys, change):
    path, whole = undisturbed
    folder = copied(whole, tmp_path / "out")
    before = trial_runs.contents(folder)
    error = fails(capsys, "trial", str(path), "--out", str(folder), *change)
    assert error["rule"] == "another_run"
    assert error["message"].endswith(f"holds another run: {REFUSED[change]}.")
    assert trial_runs.contents(folder) == before


@pytest.mark.parametrize("people", [520, 200])
def test_more_replicates_go_on_from_those_that_are_done(tmp_path, people):
    """Same bytes as at one go; whole parts stay, and the last of arms of 200 (five worlds a part) grows."""
    path = trial_runs.trial_file(tmp_path)
    path.write_text(trial_runs.FILE.replace("n: 520", f"n: {people}"), encoding="utf-8")
    told = ["trial", str(path), "--quiet", "--out"]
    assert main([*told, str(tmp_path / "more"), "--replicates", "7"]) == 0
    before = trial_runs.parts(tmp_path / "more")
    assert main([*told, str(tmp_path / "more"), "--replicates", "12"]) == 0
    assert main([*told, str(tmp_path / "once"), "--replicates", "12"]) == 0
    assert trial_runs.contents(tmp_path / "more") == trial_runs.contents(tmp_path / "once")
    changed = before.items() - trial_runs.parts(tmp_path / "more").items()
    assert len(changed) == (0 if people == 520 else 2)


def test_parts_of_no_known_run_are_refused(undisturbed, tmp_path, capsys):
    path, whole = undisturbed
    folder = copied(whole, tmp_path / "out")
    (folder / "run.json").unlink()
    assert fails(capsys, "trial", str(path), "--out", str(folder))["rule"] == "another_run"


def test_one_process_at_a_time_works_in_a_folder(undisturbed, tmp_path, capsys):
    path, whole = undisturbed
    folder = copied(whole, tmp_path / "out")
    held = kept._only_one(folder / "people")
    try:
        assert fails(capsys, "trial", str(path), "--out", str(folder))["rule"] == "another_run"
    finally:
        os.close(held)
    assert main(["trial", str(path), "--quiet", "--out", str(folder)]) == 0


def test_a_full_disk_ends_in_one_sentence_and_finished_parts_stay(undisturbed, tmp_path, capsys, monkeypatch):
    path, whole = undisturbed
    written, write = [], Path.write_bytes

    def until_full(place, content):
        written.append(place)
        if len(written) > 6:
            write(place, content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(place, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", until_full)
        error = fails(capsys, "trial", str(path), "--out", str(tmp_path))
    assert error["rule"] == "out_not_writable"
    assert "No space left" in error["message"]
    before = trial_runs.parts(tmp_path)
    assert len(before) == 5  # the first that was written is run.json
    assert not list(tmp_path.rglob("*.unfinished"))
    assert main(["trial", str(path), "--quiet", "--out", str(tmp_path)]) == 0
    assert trial_runs.parts(tmp_path).items() >= before.items()
    assert trial_runs.contents(tmp_path) == trial_runs.contents(whole)


def test_a_disk_that_refuses_a_file_is_told_by_the_program_itself(undisturbed, tmp_path):
    """The system's own limit on the size of files, in a process of its own."""
    resource = pytest.importorskip("resource")
    path, _ = undisturbed
    found = process(
        "trial",
        str(path),
        "--out",
        str(tmp_path),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert found.returncode == 2
    assert len(found.stderr.strip().splitlines()) == 1
    assert "cannot be written" in found.stderr


def test_a_place_that_cannot_hold_people_is_refused(undisturbed, tmp_path, capsys):
    path, _ = undisturbed
    (tmp_path / "people").write_text("a file", encoding="utf-8")
    assert fails(capsys, "trial", str(path), "--out", str(tmp_path))["rule"] == "out_not_writable"


def test_an_interrupted_run_says_so_and_is_taken_up(undisturbed, tmp_path):
    path, whole = undisturbed
    assert trial_runs.interrupted(path, tmp_path) == (130, "Stopped.\n")
    before = trial_runs.parts(tmp_path)
    assert len(before) < trial_runs.CHUNKS
    assert main(["trial", str(path), "--quiet", "--out", str(tmp_path)]) == 0
    assert trial_runs.parts(tmp_path).items() >= before.items()
    assert trial_runs.contents(tmp_path) == trial_runs.contents(whole)


def test_a_folder_changes_nothing_of_the_answer(undisturbed, capsys):
    path, whole = undisturbed
    code, document, _ = ask(capsys, "trial", str(path))
    assert code == 0
    assert document == ask(capsys, "trial", str(path), "--workers", "1")[1]
    assert trial_runs.as_data(whole / "trial.json") == document


def test_people_of_a_trial_of_one_arm_are_let_go(tmp_path):
    """However many there are: of eight hundred chunks at most two are alive at a time."""
    path = tmp_path / "one_arm.yaml"
    lines = trial_runs.FILE.replace("n: 520", "n: 819200").replace("replicates: 24", "replicates: 1")
    kept_lines = [row for row in lines.splitlines() if "placebo" not in row]
    path.write_text("\n".join(kept_lines), encoding="utf-8")
    asked, alive, most = load_trial(path), [], 0

    def done():
        nonlocal most
        for chunk in chunks_of(asked):
            people = chunk.who[1] - chunk.who[0]
            force = np.arange(*chunk.who, dtype=np.float64)
            alive.append(weakref.ref(force))
            most = max(most, sum(each() is not None for each in alive[-5:]))
            yield chunk, {"person": np.zeros(people), "left_d": np.full(people, np.inf), "force": force}

    (mean, sd, missing), *more = tallied(asked, done(), ()).means["force", "treated"]
    assert not more
    assert len(alive) == 800
    assert most <= 2
    assert mean == pytest.approx((819200 - 1) / 2, rel=1e-12)
    assert sd == pytest.approx(np.sqrt(819200 * 819201 / 12), rel=1e-12)
    assert missing == 0


@pytest.mark.parametrize("sizes", [(1, 1, 1), (1000, 1, 3), (7, 500, 0)])
def test_means_without_people_are_those_of_all_of_them(sizes):
    rng = np.random.default_rng(3)
    parts = [rng.normal(1e6, 1, size) for size in sizes]
    found = running.Running()
    for part in parts:
        found.add(part)
    found.add(np.array([np.nan, np.nan]))
    values = np.concatenate(parts)
    mean, sd, missing = found.told()
    assert mean == pytest.approx(values.mean(), rel=1e-14)
    assert sd == pytest.approx(values.std(ddof=1), rel=1e-9)
    assert missing == pytest.approx(2 / (values.size + 2), rel=1e-12)


def test_of_fewer_than_two_values_nothing_is_told():
    found = running.Running()
    found.add(np.array([1.0, np.nan]))
    mean, sd, missing = found.told()
    assert np.isnan(mean)
    assert np.isnan(sd)
    assert missing == 1 / 2


def test_the_bar_tells_rate_and_time_left_from_its_first_moment_on(monkeypatch):
    """The rate is not known at first: the bar failed then."""
    from rich.console import Console

    monkeypatch.setattr(progress, "_QUIET_SECONDS", 0)
    bar, console = progress.SlowBar("simulating", "people"), Console(width=120)
    seen = []
    for done in (0, 1024, 2048, 2048):
        bar(done, 4096)
        with console.capture() as told:
            console.print(bar._bar.make_tasks_table(bar._bar.tasks))
        seen.append(told.get())
        time.sleep(0.02)
    bar.close()
    assert "people/s" not in seen[0]
    assert re.search(r"50%.* 0:00:0\d \d+ people/s", seen[-1])
