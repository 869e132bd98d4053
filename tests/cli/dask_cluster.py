"""A Dask cluster on this machine for tests: a scheduler and workers, each a process that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time


class LocalCluster:
    """Processes of one scheduler and its workers, all of which write into a folder."""

    def __init__(self, folder):
        self.folder, self.workers, self._names = folder, [], 0
        place = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(place))
        self.scheduler = self._start("scheduler", *options)
        self.address = self._wait(lambda: place.exists() and json.loads(place.read_text())["address"])

    def _start(self, what, *options):
        self._names += 1
        log = (self.folder / f"{what}{self._names}.log").open("w")
        command = [sys.executable, "-m", "dask", what, "--no-dashboard", *options]
        with log:
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def _wait(self, condition, seconds=90):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = condition()
            except ValueError:  # half a file
                found = None
            if found:
                return found
            time.sleep(0.05)
        logs = "\n".join(path.read_text() for path in self.folder.glob("*.log"))
        raise AssertionError(f"the cluster does not come up:\n{logs}")

    def add(self, preload=None):
        """Start a worker of one thread; its process."""
        options = ["--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--memory-limit", "0"]
        options += ["--local-directory", str(self.folder)]
        if preload is not None:
            options += ["--preload", str(preload)]
        worker = self._start("worker", self.address, *options)
        self.workers.append(worker)
        return worker

    def ready(self, count):
        """Bring the number of workers to ``count`` and wait until the scheduler knows them."""
        from distributed import Client

        self.workers = [worker for worker in self.workers if worker.poll() is None]
        for worker in self.workers[count:]:
            self.kill(worker)
        while len(self.workers) < count:
            self.add()
        with Client(self.address, timeout=60, set_as_default=False) as client:
            self._wait(lambda: len(client.nthreads()) == count)
        return self

    def idle(self):
        """Wait until the scheduler has no task left."""
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            ask = client.run_on_scheduler
            return self._wait(lambda: ask(lambda dask_scheduler: not dask_scheduler.tasks), 20)

    def kill(self, worker):
        """End a process as the machine does that runs out of memory."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        if worker in self.workers:
            self.workers.remove(worker)

    def close(self):
        """End all processes."""
        for one in [*self.workers, self.scheduler]:
            if one.poll() is None:
                self.kill(one)
