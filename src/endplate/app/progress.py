"""A progress bar on standard error, for work that takes more than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from endplate.app.options import Options

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_QUIET_SECONDS = 1


class SlowBar:
    """Shows nothing during the first second; then how much of the work is done."""

    def __init__(self, label: str, unit: str | None = None) -> None:
        self._label, self._unit = label, unit
        self._since = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: float, total: float = 1) -> None:
        """Report that ``done`` of ``total`` is finished."""
        if self._bar is None:
            if time.monotonic() - self._since < _QUIET_SECONDS:
                return
            self._start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, rate=self._rate())

    def _rate(self) -> str:
        """How much is done in a second of late; nothing as long as that is not known."""
        speed = None if self._bar is None or self._task is None else self._bar.tasks[self._task].speed
        return "" if self._unit is None or not speed else f"{speed:.0f} {self._unit}/s"

    def close(self) -> None:
        """Take the bar off the screen, if there is one."""
        if self._bar is not None:
            self._bar.stop()

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, TextColumn

        columns = [*Progress.get_default_columns()]
        if self._unit is not None:
            columns.append(TextColumn("{task.fields[rate]}"))
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._label, total=None, rate="")
        self._bar.start()


@contextmanager
def progress_bar(label: str, options: Options, unit: str | None = None) -> Iterator[SlowBar | None]:
    """A bar for a person watching; None with --json, --quiet or when nobody watches.

    Args:
        label: what is going on.
        options: what the user asked for.
        unit: of what is counted, where its rate is worth showing.
    """
    if not options.talks or not sys.stderr.isatty():
        yield None
        return
    bar = SlowBar(label, unit)
    try:
        yield bar
    finally:
        bar.close()
