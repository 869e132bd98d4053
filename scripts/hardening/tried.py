"""One spoilt file, tried at one door: how it ended, and what of that may not be."""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import Any

from endplate.app.cli import main
from endplate.errors import InputError
from hardening import mutants
from hardening.doors import KINDS, SLOW, SPOILERS, WORDS, Words, request_of
from hardening.home import Home
from hardening.pieces import ODD

REFUSED_S = 5.0
"""Seconds of processor within which what is wrong is refused."""
PATIENCE_S = 120
"""Seconds after which an answer is given up."""
_ENDS = (0, 1, 2)
_RULE = re.compile(r"\(rule: [a-z][a-z0-9_]*\)\. \S")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_REFUSALS = range(400, 500)
_KEYS = frozenset({"file", "line", "field", "rule", "message", "remedy"})
_TOO_LONG = 4000
_LEFT_OUT_OF = ("reproduce",)  # writes what the other files gave


class TooLong(BaseException):
    """An answer was given up; no ``except Exception`` holds it."""


@dataclass
class Ended:
    """How a try ended.

    Attributes:
        kind: of file.
        name: what tells this try from others: seed or special file.
        words: the door.
        code: exit code.
        out: standard output.
        err: standard error.
        seconds: of processor.
        wrong: what may not be; empty where all is well.
    """

    kind: str
    name: str
    words: Words
    code: int
    out: str = ""
    err: str = ""
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


@contextlib.contextmanager
def _patience(seconds: float) -> Iterator[None]:
    def over(_: int, frame: FrameType | None) -> None:
        raise TooLong("".join(traceback.format_stack(frame)[-6:]))

    usual = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)


def spoilt(home: Home, kind: str, seed: int) -> tuple[Path, Words]:
    """A spoilt file of a kind and a door for it, as a seed asks for them."""
    dice, asked = random.Random(f"{kind}/{seed}"), KINDS[kind]
    if kind == "word":
        return home.folder, tuple(part.replace("{word}", dice.choice(ODD)) for part in dice.choice(WORDS))
    right = home.right(kind)
    name, raw, tree = dice.choice(right)
    how = dice.choice(asked.spoilers)
    if how == "crossed":
        content = mutants.crossed(json.loads(tree), [json.loads(other) for _, _, other in right], dice)
    else:
        content = SPOILERS[how](tree if how in ("json", "manifest") else raw, dice)
    if kind == "http":
        path = home.fresh("body.json")
        path.write_bytes(content)
        return path, ("http", name)
    place = asked.placed(home, name)
    place.write_bytes(content)
    heavy = asked.heavy and dice.randrange(SLOW) == 0
    return asked.file(place), dice.choice(asked.heavy if heavy else asked.light)


def command(home: Home, file: Path, door: Words, as_json: bool) -> list[str]:
    """A door's words with the places of this try."""
    places = {
        "file": file,
        "out": home.fresh("out"),
        "store": home.fresh("new.db"),
        "folder": home.folder / "work",
    }
    named = {name: str(place) for name, place in places.items()}
    named |= {
        name: str(getattr(home, name))
        for name in ("held", "empty", "answer", "trial")
        if f"{{{name}}}" in " ".join(door)
    }
    found = [re.sub(r"\{(\w+)\}", lambda match: named.get(match[1], match[0]), part) for part in door]
    return [*found, "--json"] if as_json else found


def tried(home: Home, kind: str, name: str, file: Path, door: Words) -> Ended:
    """Go through a door in process."""
    as_json = sum(map(ord, name)) % 2 == 0
    words = command(home, file, door, as_json)
    out, err = StringIO(), StringIO()
    begun = time.process_time()
    ended = Ended(kind, name, tuple(words), 3)
    try:
        with (
            _patience(PATIENCE_S),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("always")
            ended.code = _through(home, words, file)
    except TooLong as told:
        ended.wrong.append(f"no answer within {PATIENCE_S} s: {told}")
    except BaseException as error:
        ended.wrong.append(f"{type(error).__name__} left the program: {traceback.format_exc()[-_TOO_LONG:]}")
        if isinstance(error, KeyboardInterrupt):
            raise
    ended.seconds = time.process_time() - begun
    ended.out, ended.err = out.getvalue(), err.getvalue()
    judge(ended, home, as_json)
    return ended


def _through(home: Home, words: list[str], file: Path) -> int:
    if words[0] == "http":
        return _asked(home, words[1], file.read_bytes())
    if words[:2] == ["python", "parameters"]:
        return _parameters(file, "--json" in words)
    return main(words)


def _asked(home: Home, path: str, body: bytes) -> int:
    """A request told as a command ends: what is refused is 2, what fails is 3."""
    answer = request_of(home, path, body)
    sys.stdout.write(answer.text if "json" in answer.headers.get("content-type", "") else "")
    if answer.status_code in _REFUSALS:
        told = {key: held for key, held in answer.json()["error"].items() if key in _KEYS}
        sys.stderr.write(f"{InputError(**{**told, 'field': told['field'] or 'body'})}\n")
        return 2
    if answer.status_code < _REFUSALS.start and path.endswith("/jobs"):
        return _job(home, answer.json()["id"])
    return 0 if answer.status_code < _REFUSALS.start else 3


def _job(home: Home, number: str) -> int:
    """A job followed to its end."""
    for _ in range(PATIENCE_S * 20):
        told = home.client.get(f"/api/jobs/{number}").json()
        if told["state"] in ("done", "failed", "cancelled"):
            return 3 if (told["error"] or {}).get("rule") == "endplate_failed" else 0
        time.sleep(0.05)
    raise TooLong(f"job {number}")


def _parameters(file: Path, as_json: bool) -> int:
    """A table of parameter sets, which Python alone reads."""
    from endplate.simulation.draws.table import read_parameters

    try:
        read_parameters(file)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        sys.stdout.write(json.dumps({"error": error.to_dict()}) if as_json else "")
        return 2
    sys.stdout.write('{"read": true}' if as_json else "")
    return 0


def judge(ended: Ended, home: Home, as_json: bool) -> None:
    """Note what may not be."""
    wrong = ended.wrong
    if ended.code not in _ENDS:
        wrong.append(f"exit code {ended.code}")
    if "Traceback (most recent call last)" in ended.err + ended.out:
        wrong.append("a traceback")
    if hidden := _HIDDEN.search(ended.out + ended.err):
        wrong.append(f"{hidden[0]!r} goes to the terminal")
    if "Warning:" in ended.err:
        wrong.append("a warning of a library")
    if ended.code == 2:
        _judge_refusal(ended, home, as_json and ended.words[0] != "http")
    if as_json and ended.words[0] != "http":
        _judge_document(ended)
    if ended.code == 0 and ended.words[:2] == ("export", "fhir"):
        _judge_bundle(ended, home)


def _judge_refusal(ended: Ended, home: Home, as_json: bool) -> None:
    if not _RULE.search(ended.err):
        ended.wrong.append("a refusal without rule and remedy")
    if len(ended.err) > _TOO_LONG:
        ended.wrong.append(f"a message of {len(ended.err)} letters")
    if ended.seconds > REFUSED_S:
        ended.wrong.append(f"refused after {ended.seconds:.1f} s of processor")
    if as_json and ended.words[0] not in _LEFT_OUT_OF:
        told = _document(ended.out).get("error", {})
        if not (told.get("file") or told.get("field")):
            ended.wrong.append("a refusal that names no place")
    out = home.folder / "work" / "out"
    left = [path for path in out.rglob("*") if path.is_file()] if out.is_dir() else []
    if left and ended.words[0] not in _LEFT_OUT_OF:
        ended.wrong.append(f"refused, and {left[0].name} was written")


def _document(text: str) -> Any:
    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        found = json.loads(text, parse_constant=refuse)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _judge_document(ended: Ended) -> None:
    if ended.code in _ENDS and not _document(ended.out):
        ended.wrong.append("standard output is not one JSON document")


def _judge_bundle(ended: Ended, home: Home) -> None:
    """What was accepted is exported as structurally valid FHIR."""
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    raw = (home.folder / "work" / "out" / "bundle.json").read_bytes()
    try:
        get_fhir_model_class("Bundle").model_validate_json(raw)
    except ValidationError as error:
        ended.wrong.append(f"the bundle is not valid FHIR: {str(error)[:400]}")


def swept(home: Home) -> None:
    """Take away what tries have left."""
    shutil.rmtree(home.folder / "work", ignore_errors=True)
