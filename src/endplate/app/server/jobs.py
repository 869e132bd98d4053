"""Long questions: asked in turn, followed while they run, and ended at any time.

A job belongs to the server, not to the page: a page that is loaded again finds it by its id.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from endplate.app.server.settings import JOBS_KEPT, JOBS_WAITING
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence, Word

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Progress = Callable[..., None]
Work = Callable[[Progress], Any]

ENDED: tuple[State, ...] = ("done", "failed", "cancelled")
_ID_BYTES = 12


class Cancelled(Exception):
    """Raised inside a question that is no longer wanted."""


class Full(Exception):
    """As many questions wait as may."""


@dataclass
class Job:
    """One question on its way.

    Attributes:
        id: by which it is found again.
        kind: the question.
        state: how far it is.
        progress: share done, 0 to 1.
        result: the answer, once done.
        error: what went wrong, in the shape of every other message.
        changed: set and renewed whenever anything above changes.
    """

    id: str
    kind: str
    state: State = "waiting"
    progress: float = 0.0
    result: Any = None
    error: dict[str, Any] | None = None
    wanted: bool = True
    changed: threading.Event = field(default_factory=threading.Event)

    def told(self) -> dict[str, Any]:
        """What is told of it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "progress": round(self.progress, 4),
            "error": self.error,
        }

    def tell(self, done: float, total: float = 1.0) -> None:
        """Called by the question as it goes on.

        Raises:
            Cancelled: nobody wants the answer any more.
        """
        if not self.wanted:
            raise Cancelled
        self.progress = min(max(done / total if total else 1.0, self.progress), 1.0)
        self.changed.set()


def not_done(job: Job) -> InputError:
    """The error of a result that is asked for before it is there, or after it was given up."""
    message = Sentence("The job is {state}", state=Word(job.state))
    return InputError(message, rule="not_done", remedy="Wait until it is done.", field="job")


class Jobs:
    """Every question of this server, one worked on at a time."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="endplate-job")

    def ask(self, kind: str, work: Work) -> Job:
        """Put a question at the end of the row.

        Raises:
            Full: too many wait already.
        """
        with self._lock:
            if sum(job.state not in ENDED for job in self._jobs.values()) >= JOBS_WAITING:
                raise Full
            job = Job(secrets.token_urlsafe(_ID_BYTES), kind)
            self._jobs[job.id] = job
            for old in [each.id for each in self._jobs.values() if each.state in ENDED]:
                if len(self._jobs) <= JOBS_KEPT:
                    break
                del self._jobs[old]
        self._workers.submit(_run, job, work)
        return job

    def find(self, job_id: str) -> Job | None:
        """The job of an id; None where there is none (any more)."""
        return self._jobs.get(job_id)

    def cancel(self, job: Job) -> None:
        """End a job; what it has done so far is dropped."""
        job.wanted = False
        if job.state == "waiting":
            _end(job, "cancelled")

    def close(self) -> None:
        """End everything: the server stops."""
        for job in list(self._jobs.values()):
            job.wanted = False
        self._workers.shutdown(wait=False, cancel_futures=True)


def _run(job: Job, work: Work) -> None:
    if not job.wanted:
        _end(job, "cancelled")
        return
    job.state = "running"
    job.changed.set()
    try:
        job.result = work(job.tell)
    except Cancelled:
        _end(job, "cancelled")
    except InputError as error:
        job.error = error.to_dict()
        _end(job, "failed")
    except Exception as error:  # our own fault: said as such, the server goes on
        job.error = {
            "file": None,
            "line": None,
            "field": None,
            "rule": "endplate_failed",
            "message": f"endplate failed: {type(error).__name__}: {error}",
            "remedy": "This is a fault in endplate: please report it.",
        }
        _end(job, "failed")
    else:
        job.progress = 1.0
        _end(job, "done")


def _end(job: Job, state: State) -> None:
    job.state = state
    job.changed.set()


def deadline(seconds: float) -> Progress:
    """A progress that ends a question after so many seconds.

    Raises:
        TimeoutError: from within the question.
    """
    last = time.monotonic() + seconds

    def tell(done: float, total: float = 1.0) -> None:
        if time.monotonic() > last:
            raise TimeoutError

    return tell
