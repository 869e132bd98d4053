"""The command that runs a command of a manifest again and compares bytes: rerun."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import ready_folder
from endplate.app.manifest import (
    COMMANDS,
    LEFT_OUT,
    NAME,
    Manifest,
    inside,
    made_by,
    read_manifest,
    refused,
    sha256_of,
)
from endplate.app.options import Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import BANNER

ManifestFile = Annotated[
    Path,
    typer.Argument(metavar="MANIFEST", help="The manifest.json of a folder of --out.", show_default=False),
]
_HERE = "--out"
_REMADE = ("differs", "missing")  # what endplate made again is another; all else was done to the folder
_WHY = {
    "differs": "made again, the bytes differ",
    "missing": "not made again",
    "changed since": "the file in the folder was changed after it was written",
    "lost": "the file is no longer in the folder",
}


@with_options()
def rerun(manifest: ManifestFile, options: Options) -> int:
    """Run the command of a manifest again from the copies of its inputs; 1 when a file is not the same.

    Only commands of a fixed list are run, by endplate itself, and only files of the manifest's folder are
    read. --out keeps what was made again.
    """
    held = read_manifest(manifest)
    folder = manifest.parent
    arguments = _checked(held, folder, manifest)
    with _place(options.out, folder) as target:
        code = _again([*arguments[0], f"{_HERE}={target}", "--quiet", *arguments[1]])
        made = read_manifest(target / NAME) if os.path.isfile(target / NAME) else None
    document = _compared(manifest, held, made, code)
    emit(
        document,
        Options(as_json=options.as_json, quiet=options.quiet),
        "rerun",
        lambda: _show(document, options),
    )
    return ExitCode.DONE if document["identical"] else ExitCode.ANSWER_IS_NO


def _checked(held: Manifest, folder: Path, manifest: Path) -> tuple[list[str], list[str]]:
    """The words to run, options and arguments, once they and the copies are known to be whole.

    Raises:
        InputError: the command is none of the list, a copy was changed, or a word names another place.
    """
    if held.not_whole is not None:
        message = f"This command cannot be run again from its folder: {held.not_whole}"
        raise refused(manifest, message, "Run the command itself again.")
    for place in held.files:
        inside(folder, place.file, manifest)
    for copy in held.inputs:
        path = inside(folder, copy.file, manifest)
        if not os.path.isfile(path) or sha256_of(path) != copy.sha256:
            message = f"The copy {copy.file} is not the file that was read"
            raise refused(manifest, message, "Put the file back, or run the command itself again.")
    verbs = next((verbs for verbs in COMMANDS if held.words[: len(verbs)] == verbs), None)
    if verbs is None:
        message = f"A manifest cannot ask for {' '.join(held.words[:2])!r}"
        remedy = f"Commands that can be run again: {', '.join(' '.join(each) for each in COMMANDS)}."
        raise refused(manifest, message, remedy)
    words = _placed(verbs, held, folder, manifest)
    end = words.index("--") if "--" in words else len(words)
    return words[:end], words[end:]


def _placed(verbs: tuple[str, ...], held: Manifest, folder: Path, manifest: Path) -> list[str]:
    """The words with the copies' own paths, once endplate's parser has read them."""
    from endplate.app.cli import parsed

    places = {copy.file: inside(folder, copy.file, manifest) for copy in held.inputs}
    places |= {str(Path(place).parent): path.parent for place, path in places.items()}
    try:
        asked_for = parsed(verbs, held.words[len(verbs) :])
    except InputError as error:
        raise refused(
            manifest, "The manifest's words are no command line", "Run the command itself."
        ) from error
    paths = [each for value in asked_for.values() for each in _paths(value)]
    asked = [name for name, value in asked_for.items() if name in LEFT_OUT and value not in (None, False)]
    strange = [str(path) for path in paths if str(path) not in places or _more(places[str(path)], places)]
    if strange or asked:
        message = f"The manifest names {(strange or asked)[0]!r}, which is none of its copies"
        raise refused(manifest, message, "Only files of the manifest's own folder are read.")
    known = {str(path) for path in paths}
    return [_word(word, known, places) for word in held.words]


def _more(path: Path, places: dict[str, Path]) -> bool:
    """Whether a folder of copies holds more than the copies."""
    return path.is_dir() and not set(path.iterdir()) <= set(places.values())


def _paths(value: Any) -> Iterator[Path]:
    """The paths in what the parser read."""
    for each in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(each, Path):
            yield each


def _word(word: str, known: set[str], places: dict[str, Path]) -> str:
    """A word with the path of the copy that it names."""
    flag, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    return f"{flag}{equals}{places[value]}" if value in known else word


@contextmanager
def _place(out: Path | None, folder: Path) -> Iterator[Path]:
    """The folder to run in: the one asked for, never one that holds results, or one that goes again."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="endplate-") as name:
            yield Path(name)
        return
    if os.path.realpath(out) == os.path.realpath(folder) or os.path.lexists(out / NAME):
        message = "A rerun would write over results that stand there"
        remedy = "Name another folder with --out, or leave it out."
        raise InputError(message, rule="rerun_over", remedy=remedy, file=str(out), field="--out")
    yield ready_folder(out)


def _again(words: Sequence[str]) -> int:
    """Run a checked command line through endplate's own parser."""
    from endplate.app.cli import invoke

    return invoke(list(words))


def _compared(manifest: Path, held: Manifest, made: Manifest | None, code: int) -> dict[str, Any]:
    """Every file of the manifest, beside what was made again and what stands in the folder."""
    again = {each.file: each.sha256 for each in made.files} if made else {}
    rows = [
        {"file": each.file, "status": _status(each.sha256, again.get(each.file), manifest.parent / each.file)}
        for each in held.files
    ]
    now = made.made_by if made else made_by()
    names = dict.fromkeys([*held.made_by, *now])
    apart = [
        {"what": name, "then": held.made_by.get(name), "now": now.get(name)}
        for name in names
        if held.made_by.get(name) != now.get(name)
    ]
    return {
        "banner": BANNER,
        "manifest": str(manifest),
        "command": list(held.words),
        "identical": code == held.exit_code and all(row["status"] == "identical" for row in rows),
        "exit_code": {"then": held.exit_code, "now": code},
        "files": rows,
        "made_by_apart": apart,
    }


def _status(told: str, made: str | None, path: Path) -> str:
    if made is None:
        return "missing"
    if made != told:
        return "differs"
    if not os.path.isfile(path):
        return "lost"
    return "identical" if sha256_of(path) == told else "changed since"


def _show(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    tell(f"endplate {' '.join(document['command'])}", options)
    for row in document["files"]:
        said = f": {_WHY[row['status']]}" if row["status"] in _WHY else ""
        tell(f"  {row['status']:13} {row['file']}{said}", options)
    if not document["identical"]:
        for row in document["made_by_apart"]:
            tell(f"  {row['what']}: {row['then']} then, {row['now']} now", options)
        codes = document["exit_code"]
        ours = any(row["status"] in _REMADE for row in document["files"]) or codes["then"] != codes["now"]
        if ours and not document["made_by_apart"]:
            tell("  Versions, own files and processor are the same: this is a fault in endplate.", options)
    same = "All files are identical." if document["identical"] else "Not all files are identical."
    say(same, options)
