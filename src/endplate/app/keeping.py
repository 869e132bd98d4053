"""Leave a manifest, with copies of the inputs, beside whatever a command writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from endplate.app.exits import ExitCode
from endplate.app.files import noting, write_bytes, write_text
from endplate.handed import MB, Unread, raw_of

LARGEST_COPY = 50 * MB
"""Bytes of an input that is kept beside the results; none that a command takes is larger."""
_STUDIES = (".yaml", ".yml")
_STORE = "it read a store, which is not copied"
_STREAM = "an input was no file that could be copied"


@dataclass
class _Copies:
    """Inputs as they were before the command ran, by the place that their copies get."""

    content: dict[str, bytes] = field(default_factory=dict)
    places: dict[Path, str] = field(default_factory=dict)
    missed: bool = False

    def place(self, path: Path) -> str:
        """Where the copy of a file, or of a folder of studies, lies in the folder of results."""
        from endplate.app.manifest import INPUTS

        if path not in self.places:
            place = f"{INPUTS}/{len(self.places) + 1}/{_name_of(path)}"
            self.places[path] = place
            self.content |= {f"{place}{rest}": content for rest, content in self._read(path)}
        return self.places[path]

    def _read(self, path: Path) -> Iterator[tuple[str, bytes]]:
        try:
            if path.is_dir():
                studies = sorted(each for each in path.iterdir() if each.suffix in _STUDIES)
                yield from [(f"/{each.name}", raw_of(each, LARGEST_COPY)) for each in studies]
            elif path.is_file():
                yield "", raw_of(path, LARGEST_COPY)
            else:
                self.missed = True
        except (OSError, ValueError, Unread):  # the command itself says what is wrong with it
            self.missed = True


def _name_of(path: Path) -> str:
    """The name of what a path leads to; its own where the folder that one works in is no longer there."""
    try:
        return Path(os.path.realpath(path)).name
    except OSError:
        return path.name


def keeping(command: Callable[[], int], context: typer.Context, out: Path | None) -> int:
    """Run a command; where it leaves files in a folder, leave a manifest and the inputs' copies beside them.

    Args:
        command: what to run.
        context: the command line as it was parsed.
        out: the folder asked for; without it the one that the command chose.
    """
    from endplate.app.manifest import COMMANDS

    verbs = tuple(context.command_path.split()[1:])
    if verbs not in COMMANDS:
        return command()
    copies = _Copies()
    words = _words(verbs, context, copies)
    with noting() as written:
        code = command()
    folder = out or next((path.parent for path in written), None)
    if written and folder is not None and folder.is_dir() and code in (ExitCode.DONE, ExitCode.ANSWER_IS_NO):
        _leave(
            folder, [path for path in written if path.is_relative_to(folder)], words, context, copies, code
        )
    return code


def _words(verbs: tuple[str, ...], context: typer.Context, copies: _Copies) -> list[str]:
    """The command line as it was understood, with copies in place of the inputs."""
    from endplate.app.manifest import LEFT_OUT

    words, arguments = list(verbs), ["--"]
    for parameter in context.command.params:
        name, value = parameter.name or "", context.params.get(parameter.name or "")
        if name in LEFT_OUT or value is None or value is False:
            continue
        for each in value if isinstance(value, (list, tuple)) else [value]:
            if parameter.param_type_name == "argument":
                arguments.append(_word(each, copies))
            else:
                flag = parameter.opts[0]
                words.append(flag if each is True else f"{flag}={_word(each, copies)}")
    return [*words, *arguments]


def _word(value: Any, copies: _Copies) -> str:
    return copies.place(value) if isinstance(value, Path) else str(value)


def _leave(
    folder: Path,
    written: list[Path],
    words: list[str],
    context: typer.Context,
    copies: _Copies,
    code: int,
) -> None:
    """Write the copies and the manifest."""
    from endplate.app.manifest import NAME, Kept, Manifest, made_by, sha256, sha256_of
    from endplate.app.plain import to_json

    files = [Kept(path.relative_to(folder).as_posix(), sha256_of(path)) for path in written]
    for place, content in copies.content.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        write_bytes(folder / place, content)
    manifest = Manifest(
        words=tuple(words),
        seed=int(context.params.get("seed", 1)),
        exit_code=int(code),
        made_by=made_by(),
        inputs=tuple(Kept(place, sha256(content)) for place, content in copies.content.items()),
        files=tuple(files),
        not_whole=_why_not(context.params, copies),
    )
    write_text(folder / NAME, to_json(manifest.to_dict()) + "\n")


def _why_not(asked: Mapping[str, Any], copies: _Copies) -> str | None:
    """Why the command cannot be run again from the folder alone."""
    if asked.get("store") is not None:
        return _STORE
    return _STREAM if copies.missed else None
