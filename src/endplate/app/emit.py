"""Give an answer: to a folder, as one JSON document, or as a table for people."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from endplate.app.files import ready_folder, write_text
from endplate.app.options import Options
from endplate.app.plain import dumped, plain, to_json
from endplate.errors import visible
from endplate.knowledge.vocabulary.wording import BANNER

_PLACES = ("file", "files", "report", "report_pdf")
"""Keys of answers whose values are paths."""


def say(line: str, options: Options) -> None:
    """A line for people on standard output, unless --json or --quiet."""
    if options.talks:
        sys.stdout.write(f"{visible(line)}\n")


def say_under_banner(options: Options, *lines: str) -> None:
    """The banner, then lines as :func:`say`."""
    for line in (BANNER, *lines):
        say(line, options)


def tell(line: str, options: Options) -> None:
    """As :func:`say`, wrapped at the terminal's width between words, later lines a little further in."""
    begin = " " * (len(line) - len(line.lstrip()) + 2)
    width = shutil.get_terminal_size().columns
    say(
        textwrap.fill(line, width, subsequent_indent=begin, break_long_words=False, break_on_hyphens=False),
        options,
    )


def emit(document: Any, options: Options, name: str, show: Callable[[], None]) -> None:
    """Give an answer: to the folder asked for, and as JSON or as a table, which ends with what was written.

    Args:
        document: the answer as data.
        options: what the user asked for.
        name: the file's name without its ending, used with --out.
        show: prints the answer for people.
    """
    written = None
    if options.out is not None:
        text = dumped(placeless(plain(document))) + "\n"
        written = write_text(ready_folder(options.out) / f"{name}.json", text)
    if options.as_json:
        sys.stdout.write(to_json(document) + "\n")
    elif options.talks:
        show()
        if written:
            say(f"Result: {written}", options)


def placeless(document: Any) -> Any:
    """An answer as its file holds it: paths are names, so that it has the same bytes in every folder.

    Nor does it tell anything of the computer; what a command prints keeps whole paths.
    """
    if isinstance(document, dict):
        return {key: _name(held) if key in _PLACES else placeless(held) for key, held in document.items()}
    if not isinstance(document, list) or not isinstance(next(iter(document), None), (dict, list)):
        return document
    return [placeless(held) for held in document]


def _name(held: Any) -> Any:
    """The name of a path, or of each of a list."""
    if isinstance(held, list):
        return [_name(each) for each in held]
    return Path(held).name if isinstance(held, str) else placeless(held)


def emit_with_page(
    document: Any,
    options: Options,
    name: str,
    page: tuple[str, Callable[[], str]],
    show: Callable[[], None],
) -> None:
    """Give an answer as :func:`emit`, with a page of it where a folder was asked for.

    Args:
        document: the answer as data.
        options: what the user asked for.
        name: the file's name without its ending, used with --out.
        page: name of the page's file, and what makes the page.
        show: prints the answer for people.
    """
    file, render = page
    written = None if options.out is None else write_text(ready_folder(options.out) / file, render())

    def both() -> None:
        show()
        if written:
            say(f"Page: {written}", options)

    emit(document, options, name, both)
