"""Give an answer: to a folder, as one JSON document, or as a table for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any

from endplate.app.files import ready_folder, write_text
from endplate.app.options import Options
from endplate.app.plain import to_json


def say(line: str, options: Options) -> None:
    """A line for people on standard output, unless --json or --quiet."""
    if options.talks:
        sys.stdout.write(f"{line}\n")


def tell(text: str, options: Options) -> None:
    """A sentence for people as :func:`say`, broken at the width of the terminal."""
    for line in wrap(text, get_terminal_size().columns, break_long_words=False, break_on_hyphens=False):
        say(line, options)


def emit(document: Any, options: Options, name: str, show: Callable[[], None]) -> None:
    """Give an answer: to the folder asked for, and as JSON or as a table.

    Args:
        document: the answer as data.
        options: what the user asked for.
        name: the file's name without its ending, used with --out.
        show: prints the answer for people.
    """
    if options.out is not None:
        write_text(ready_folder(options.out) / f"{name}.json", to_json(document) + "\n")
    if options.as_json:
        sys.stdout.write(to_json(document) + "\n")
    elif options.talks:
        show()
