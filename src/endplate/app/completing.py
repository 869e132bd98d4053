"""What a shell offers at a press of TAB: verbs and options, and the ids that an option or argument takes.

A module that holds ids is loaded when they are asked for, so that nothing else gets slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from endplate.errors import InputError, first_line

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_ENDPLATE_COMPLETE"
Offer = Callable[[str], list[str]]

_VOCABULARY = "endplate.knowledge.vocabulary"


def among(*words: str) -> Offer:
    """Offers these words."""
    return _offer(lambda: words)


def words(name: str, module: str = _VOCABULARY) -> Offer:
    """Offers the ids of a module's collection, or of what a function of it returns.

    Args:
        name: of the collection or function, such as the vocabulary's ``MUSCLES``.
        module: that holds it.
    """

    def held() -> Iterable[str]:
        found = getattr(import_module(module), name)
        return sorted(found() if callable(found) else found)

    return _offer(held)


def movements() -> Offer:
    """Offers the passive movements by which joints are tested."""

    def held() -> Iterable[str]:
        joints = import_module(_VOCABULARY).JOINTS.values()
        return sorted({movement for joint in joints for movement in joint.movements})

    return _offer(held)


def trainings() -> Offer:
    """Offers the ids of the trainings that come with endplate, which are the names of their files."""
    folder = Path(__file__).parents[1] / "questions" / "training" / "data"
    return _offer(lambda: sorted(path.stem for path in folder.glob("*.yaml")))


def _offer(held: Callable[[], Iterable[str]]) -> Offer:
    """Offers what is held and begins as what was typed."""

    def offer(incomplete: str) -> list[str]:
        return [word for word in held() if word.startswith(incomplete)]

    return offer


def answer(command: Any, program: str) -> int:
    """Answer the shell, which asks by environment variables; a fault of ours offers nothing.

    Args:
        command: the whole command line interface.
        program: its name.
    """
    completion: Any = import_module("typer.completion")
    completion.completion_init()
    try:
        command.main(args=[], prog_name=program, complete_var=VARIABLE)
    except SystemExit as end:  # its way of answering; the code says whether files are to be offered instead
        return int(end.code or 0)
    except Exception:
        return 1
    return 0


def script(shell: str, program: str) -> str:
    """What a shell reads to complete the words of a program.

    Raises:
        InputError: it is none of bash, zsh and fish.
    """
    completion: Any = import_module("typer.completion")
    made: str = completion.get_completion_script(
        prog_name=program, complete_var=VARIABLE, shell=_known(shell, "--show-completion")
    )
    return made.strip() + "\n"


def install(shell: str, program: str) -> Path:
    """Put that where a shell reads it at its start; returns the file.

    Raises:
        InputError: it is none of bash, zsh and fish, or the file cannot be written.
    """
    completion: Any = import_module("typer.completion")
    try:
        _, place = completion.install(
            shell=_known(shell, "--install-completion"), prog_name=program, complete_var=VARIABLE
        )
    except (OSError, UnicodeError) as error:
        remedy = f"'{program} --show-completion {shell}' prints it, to be put elsewhere."
        message = f"The completion cannot be written ({first_line(error)})"
        field = "--install-completion"
        raise InputError(message, rule="completion", remedy=remedy, field=field) from error
    return Path(place)


def _known(shell: str, field: str) -> str:
    """The shell, if it is one of ours."""
    if shell not in SHELLS:
        remedy = f"Use one of {', '.join(SHELLS)}."
        raise InputError(f"{shell!r} is no such shell", rule="unknown_word", remedy=remedy, field=field)
    return shell
