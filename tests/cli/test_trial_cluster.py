"""A trial on a cluster: a scheduler and two workers on this machine, some of which are killed."""

from __future__ import annotations

import os
import pickle
import time
from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest
import trial_runs
from dask_cluster import LocalCluster
from program import fails

from endplate.app.cli import main
from endplate.errors import InputError
from endplate.questions.trialling.cluster import Cluster, work_of

KILLS = int(os.environ.get("ENDPLATE_KILLS", "2"))  # `make validate` asks for ten
OTHER = "import endplate._version as held\nheld.__version__ = '0.0.0'\n"
NONE = """\
import sys
for name in [name for name in sys.modules if name.partition(".")[0] == "endplate"]:
    del sys.modules[name]
sys.modules["endplate"] = None
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    try:
        import distributed  # noqa: F401
    except ImportError:
        told = 'distributed is not installed: pip install "endplate[cluster]"'
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    made = LocalCluster(tmp_path_factory.mktemp("dask"))
    yield made
    made.close()


def test_a_cluster_leaves_the_bytes_of_one_thread(cluster, undisturbed, tmp_path):
    path, whole = undisturbed
    address = cluster.ready(2).address
    assert main(["trial", str(path), "--quiet", "--scheduler", address, "--out", str(tmp_path)]) == 0
    assert trial_runs.contents(tmp_path) == trial_runs.contents(whole)


def test_workers_killed_at_their_work_lose_and_double_nothing(cluster, undisturbed, tmp_path):
    """The run goes on with those that are left, and with new ones."""
    path, whole = undisturbed
    address = cluster.ready(2).address
    child = trial_runs.start("trial", path, "--scheduler", address, "--out", tmp_path)
    for kill in range(KILLS):
        wanted = (kill + 1) * trial_runs.CHUNKS // (KILLS + 4)
        assert trial_runs.until(lambda: len(trial_runs.parts(tmp_path)) >= wanted, child)  # noqa: B023
        assert child.exitcode is None
        cluster.kill(cluster.workers[0])
        cluster.add()
    child.join()
    assert child.exitcode == 0
    assert trial_runs.contents(tmp_path) == trial_runs.contents(whole)


def test_an_interrupted_run_says_so_and_leaves_the_cluster_nothing_to_do(cluster, undisturbed, tmp_path):
    path, _ = undisturbed
    address = cluster.ready(2).address
    assert trial_runs.interrupted(path, tmp_path, "--scheduler", address) == (130, "Stopped.\n")
    assert len(trial_runs.parts(tmp_path)) < trial_runs.CHUNKS
    assert cluster.idle()


@pytest.mark.parametrize(
    ("preload", "told"), [(OTHER, "endplate 0.0.0"), (NONE, "no such endplate")], ids=["another", "none"]
)
def test_a_worker_with_another_endplate_is_refused(cluster, undisturbed, tmp_path, capsys, preload, told):
    path, _ = undisturbed
    script = tmp_path / "preload.py"
    script.write_text(preload, encoding="utf-8")
    odd = cluster.ready(1).add(script)
    try:
        cluster.ready(2)
        error = fails(capsys, "trial", str(path), "--scheduler", cluster.address)
    finally:
        cluster.kill(odd)
    assert error["rule"] == "another_version"
    assert told in error["message"]
    assert "127.0.0.1" in error["message"]


def test_a_worker_with_another_endplate_that_comes_later_says_so():
    """The error travels to whoever asked."""
    with pytest.raises(InputError, match=r"not endplate 0\.0\.0") as caught:
        work_of(b"never read", ("0.0.0", "0"))
    told = pickle.loads(pickle.dumps(caught.value))
    assert told.to_dict() == caught.value.to_dict()
    assert told.rule == "another_version"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "tcp://127.0.0.1"])
def test_without_a_scheduler_the_run_ends_at_once(undisturbed, capsys, address, extra):
    extra("distributed", "cluster")
    path, _ = undisturbed
    begun = time.monotonic()
    error = fails(capsys, "trial", str(path), "--scheduler", address)
    assert error["rule"] == "scheduler"
    assert address in error["message"]
    assert time.monotonic() - begun < 10


def test_a_scheduler_without_workers_is_refused(cluster, undisturbed, capsys):
    path, _ = undisturbed
    cluster.ready(0)
    error = fails(capsys, "trial", str(path), "--scheduler", cluster.address)
    assert error["rule"] == "scheduler"
    assert "has no workers" in error["message"]


class Broken:
    """A client or a promise that raises an error whatever it is asked."""

    def __init__(self, error, status):
        self.error, self.status = error, status

    def _raise(self, *arguments, **options):
        raise self.error

    submit = nthreads = result = cancel = _raise


class Killed(Exception):
    """In place of Dask's error of a chunk that killed its workers."""


def _cluster_of(client):
    dask = SimpleNamespace(CancelledError=CancelledError, KilledWorker=Killed)
    return Cluster(dask, client, "tcp://gone:1", None, SimpleNamespace(check=lambda: None))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError("Timed out trying to connect"), "running"),
        (CancelledError("scheduler-connection-lost"), "connecting"),
        (RuntimeError("ConnectionPool is closed"), "closed"),
        (AttributeError("'NoneType' object has no attribute 'ncores'"), "closed"),
        (Exception("Client is closed. Can't send update-graph message."), "closed"),
    ],
    ids=["not noticed", "noticed", "closing", "closed", "closed for good"],
)
def test_whatever_dask_raises_whose_scheduler_died_is_one_sentence(error, status):
    """As Dask 2026.8 was seen to raise them, by how long ago the scheduler was killed."""
    gone = _cluster_of(Broken(error, status))
    promise = Broken(error, "cancelled")
    for ask in (lambda: gone.submit(None), lambda: gone.count, lambda: gone.result(None, promise)):
        with pytest.raises(InputError, match="is gone"):
            ask()
    gone.cancel(promise)


def test_what_the_work_raised_on_a_worker_is_no_fault_of_the_scheduler():
    for error in (OSError("no such file"), ValueError("wrong")):
        with pytest.raises(type(error), match=str(error)):
            _cluster_of(Broken(error, "running")).result(None, Broken(error, "error"))
    with pytest.raises(ValueError, match="our own"):
        _cluster_of(Broken(ValueError("our own"), "running")).submit(None)


def test_a_run_whose_scheduler_dies_ends_in_one_sentence_and_is_taken_up(
    cluster, undisturbed, tmp_path, capsys
):
    """Last of the file: it ends the cluster."""
    path, whole = undisturbed
    address = cluster.ready(2).address
    child = trial_runs.start("trial", path, "--scheduler", address, "--out", tmp_path)
    assert trial_runs.until(lambda: len(trial_runs.parts(tmp_path)) > 2, child)
    cluster.kill(cluster.scheduler)
    child.join(120)
    assert child.exitcode == 2
    before = trial_runs.parts(tmp_path)
    assert len(before) < trial_runs.CHUNKS
    assert main(["trial", str(path), "--quiet", "--out", str(tmp_path)]) == 0
    assert trial_runs.parts(tmp_path).items() >= before.items()
    assert trial_runs.contents(tmp_path) == trial_runs.contents(whole)
