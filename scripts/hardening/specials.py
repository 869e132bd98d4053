"""Special files, one by one: bombs, depths, sizes, devices, links, names; each with the door it goes to."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardening import mutants
from hardening.doors import KINDS, Words
from hardening.home import ADULT, Home

HUGE = 100_000_000
"""Bytes of a file that is far too large."""
DEEP = 10_000
WIDE = 1_000_000
YAML_KINDS = ("case", "study", "goals", "trial", "training")
JSON_KINDS = ("answer", "result", "manifest")
_HEAD = "endplate: 1\n"


@dataclass(frozen=True)
class Special:
    """A file that is special.

    Attributes:
        kind: what it is handed over as.
        name: what is special.
        make: writes it at a place, or makes something there that is no file.
        door: where it goes; None for the first door of its kind.
        called: the file's name; that of a right file without it.
    """

    kind: str
    name: str
    make: Callable[[Path], object]
    door: Words | None = None
    called: str = ""

    def placed(self, home: Home) -> tuple[Path, Words]:
        """Make it; the file and the door."""
        asked = KINDS[self.kind]
        name = self.called or home.right(self.kind)[0][0]
        place = asked.placed(home, name)
        if os.path.isfile(place):
            place.unlink()
        self.make(place)
        return asked.file(place), self.door or asked.light[0]


def _text(content: str | bytes) -> Callable[[Path], object]:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return lambda place: place.write_bytes(raw)


def _sparse(place: Path) -> None:
    place.touch()
    os.truncate(place, HUGE)


def _loop(place: Path) -> None:
    other = place.with_name(f"other-{place.name}")
    other.unlink(missing_ok=True)
    other.symlink_to(place)
    place.symlink_to(other)


PATHS: dict[str, Callable[[Path], object]] = {
    "nothing there": lambda place: None,
    "a folder": lambda place: place.mkdir(),
    "a pipe that nobody writes to": lambda place: os.mkfifo(place),
    "a device without end": lambda place: place.symlink_to("/dev/zero"),
    "an empty device": lambda place: place.symlink_to("/dev/null"),
    "links in a circle": _loop,
    "a link to nothing": lambda place: place.symlink_to("/nowhere/at/all"),
    "a file that fails when read": lambda place: place.symlink_to("/proc/self/mem"),
    "100 MB": _sparse,
    "empty": _text(b""),
    "a mark of UTF-8 alone": _text(b"\xef\xbb\xbf"),
    "UTF-16": _text("endplate: 1\n".encode("utf-16")),
    "no UTF-8": _text(b"\xff\xfe\xfd\x80" * 50),
    "zeros": _text(b"\0" * 5000),
    "one line of 900 kB": _text(b"x" * 900_000),
}


def _laughs(merge: bool) -> str:
    names = "abcdefghij"
    first = "a: &a {x: 1}\n" if merge else "a: &a [x, x, x, x, x, x, x, x, x]\n"
    lines = [first]
    for old, new in itertools.pairwise(names):
        nine = ", ".join([f"*{old}"] * 9)
        lines.append(f"{new}: &{new}\n  <<: [{nine}]\n" if merge else f"{new}: &{new} [{nine}]\n")
    return _HEAD + "".join(lines)


YAMLS: dict[str, str] = {
    "aliases that multiply": _laughs(merge=False),
    "merged aliases that multiply": _laughs(merge=True),
    "a merge of 200,000 aliases": _HEAD + "a: &a {x: 1}\nb: {<<: [" + "*a," * 200_000 + "]}\n",
    "an anchor inside itself": _HEAD + "plan: &p {injections: [*p]}\n",
    "a merge of itself": _HEAD + "a: &a {<<: *a}\n",
    "a Python object": _HEAD + "a: !!python/object/apply:os.system ['touch /tmp/never']\n",
    "a Python module": _HEAD + "a: !!python/module:os\n",
    "a tag of 900 kB": _HEAD + "a: !" + "a" * 900_000 + " 1\n",
    "brackets 10,000 deep": _HEAD + "a: " + "[" * DEEP + "]" * DEEP,
    "brackets that never close": _HEAD + "a: " + "[" * 900_000,
    "mappings 10,000 deep": _HEAD + "a: " + "{a: " * DEEP + "1" + "}" * DEEP,
    "blocks 1,000 deep": _HEAD + "".join(" " * level + "a:\n" for level in range(1000)),
    "question marks": _HEAD + "? " * 400_000,
    "dashes": _HEAD + "- " * 400_000,
    "a list of 400,000": _HEAD + "plan: [" + "1," * 400_000 + "]\n",
    "injections of 20,000": _HEAD
    + "plan:\n  injections:\n"
    + "    - {muscle: soleus, side: left, dose: 1 U}\n" * 20_000,
    "2,000 rows with a key missing": _HEAD + "plan:\n  injections:\n" + "    - {muscle: soleus}\n" * 2000,
    "80,000 keys": _HEAD + "".join(f"k{number}: 1\n" for number in range(80_000)),
    "40,000 anchors": _HEAD + "".join(f"k{number}: &a{number} 1\n" for number in range(40_000)),
    "240,000 comments": _HEAD + "# a\n" * 240_000,
    "900,000 blank lines": _HEAD + "\n" * 900_000,
    "a block of 300,000 lines": _HEAD + "a: |\n" + " a\n" * 300_000,
    "two documents": _HEAD + "---\n" + _HEAD,
    "a directive": "%YAML 1.1\n---\nendplate: 1\n",
    "a number of 900,000 digits": "endplate: " + "9" * 900_000 + "\n",
    "a number of 5,000 digits": "endplate: " + "9" * 5000 + "\n",
    "a number by sixties": _HEAD + "a: 1" + ":1" * 400_000 + "\n",
    "binary": _HEAD + "patient: !!binary " + "A" * 100_000 + "\n",
    "a set": _HEAD + "patient: !!set {a, b}\n",
    "an ordered mapping": _HEAD + "patient: !!omap [a: 1]\n",
    "keys that are lists": _HEAD + "? [a, b]\n: 1\n",
    "keys that are mappings": _HEAD + "? {a: b}\n: 1\n",
    "a null key": _HEAD + "~: 1\n",
    "half a letter": _HEAD + 'patient: {code: "\\ud800"}\n',
}
JSONS: dict[str, str] = {
    "lists 100,000 deep": "[" * 100_000 + "]" * 100_000,
    "mappings 100,000 deep": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a list 900 deep in a needle": '{"needles": ' + "[" * 900 + "]" * 900 + "}",
    "not a number": '{"needles": [{"at": NaN, "angle_deg": Infinity, "depth_mm": 1, "dose": "20 U"}]}',
    "beyond all numbers": '{"needles": [{"at": 1e400, "angle_deg": 0, "depth_mm": 1, "dose": "20 U"}]}',
    "a number of 5,000 digits": '{"muscle": ' + "9" * 5000 + "}",
    "5 MB of empty lists": "[" + "[]," * 1_666_000 + "[]]",
    "a list of 300,000": '{"needles": [' + "1," * 300_000 + "1]}",
    "keys of 300,000": "{" + ",".join(f'"k{number}": 1' for number in range(70_000)) + "}",
    "half a letter": '{"muscle": "\\ud800"}',
    "a key twice": '{"muscle": "soleus", "muscle": "soleus"}',
    "a mark of UTF-8": "\ufeff{}",
}
_XML = '<?xml version="1.0"?>'
XMLS: dict[str, str | bytes] = {
    "entities that multiply": _XML
    + "<!DOCTYPE d [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{level + 1} '{f'&a{level};' * 10}'>" for level in range(9))
    + "]><d>&a9;</d>",
    "one entity 100,000 times": _XML
    + f"<!DOCTYPE d [<!ENTITY a '{'a' * 100_000}'>]><d>{'&a;' * 100_000}</d>",
    "an entity of a file": _XML + '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>',
    "an entity of a server": _XML + '<!DOCTYPE d [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]><d>&a;</d>',
    "a parameter entity": _XML + '<!DOCTYPE d [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><d/>',
    "a document type elsewhere": _XML + '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><d/>',
    "an inclusion": '<d xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></d>',
    "elements 100,000 deep": "<d>" * 100_000 + "</d>" * 100_000,
    "sections 100,000 deep": '<document xmlns="urn:hl7-org:v3">'
    + "<section><title>x</title>" * 100_000
    + "</section>" * 100_000
    + "</document>",
    "2,000,000 elements": '<document xmlns="urn:hl7-org:v3">' + "<a/>" * 2_000_000 + "</document>",
    "100,000 attributes": "<d " + " ".join(f'a{number}="1"' for number in range(100_000)) + "/>",
    "one text of 40 MB": '<document xmlns="urn:hl7-org:v3">' + "x" * 40_000_000 + "</document>",
    "an encoding that is none": '<?xml version="1.0" encoding="utf-99"?><d/>',
    "UTF-7": b'<?xml version="1.0" encoding="utf-7"?><d>+ADw-x</d>',
    "another namespace": '<document xmlns="urn:other"/>',
}
_COLUMNS = ",".join(f"c{number}" for number in range(WIDE))
CSVS: dict[str, str] = {
    "one cell of 20 MB": 'age_y\n"' + "x" * 20_000_000 + '"\n',
    "a quote that never closes": 'age_y\n"' + "1\n" * 500_000,
    "1,000,000 columns": f"{_COLUMNS}\n{_COLUMNS}\n",
    "1,000,000 names that are empty": "," * WIDE + "\n",
    "5,000,000 blank lines": "age_y\n" + "\n" * 5_000_000,
    "1,000,001 rows": "age_y\n" + "60\n" * (WIDE + 1),
    "199,999 rows, the last wrong": "age_y\n" + "60\n" * 199_998 + "x\n",
    "rows that are longer and longer": "age_y\n" + "\n".join("1," * number for number in range(2000)),
    "a formula": "age_y\n=HYPERLINK(1)\n",
    "no number": "age_y\nNaN\n",
    "beyond all numbers": "age_y\n1e400\n",
    "zeros inside": "age_y\n1\x002\n",
}


def _gzip(*parts: bytes) -> Callable[[Path], object]:
    def make(place: Path) -> None:
        with gzip.open(place, "wb", 1) as stream:
            for part in parts:
                stream.write(part)

    return make


BACKUPS: dict[str, Callable[[Path], object]] = {
    "a line of 400 MB": _gzip(*[b"[" * 1_000_000] * 400),
    "400 MB of zeros": _gzip(*[b"\0" * 1_000_000] * 400),
    "50,000,000 blank lines": _gzip(*[b"\n" * 1_000_000] * 50),
    "a backup in itself": lambda place: place.write_bytes(gzip.compress(gzip.compress(b"{}"))),
    "a tail that is no gzip": lambda place: place.write_bytes(gzip.compress(b"{}\n") + b"tail"),
    "rows that never end": _gzip(
        b'{"endplate_backup":1,"schema":"2","rows":{"person":9}}\n',
        *[b'["person",{"id":1}]\n' * 50_000] * 100,
    ),
    "a row of 3 MB": _gzip(
        b'{"endplate_backup":1,"schema":"2","rows":{"cycle":1}}\n',
        b'["cycle",{"patient":[' + b"{}," * 900_000 + b"{}]}]\n",
    ),
}


def _parquet(columns: dict[str, object]) -> Callable[[Path], object]:
    def make(place: Path) -> None:
        import polars

        stream = io.BytesIO()
        polars.DataFrame(columns).write_parquet(stream)
        place.write_bytes(stream.getvalue())

    return make


PARQUETS: dict[str, Callable[[Path], object]] = {
    "1,000,001 rows": _parquet({"age_y": np.full(WIDE + 1, 60.0)}),
    "3,000 columns": _parquet({f"c{number}": [1] for number in range(3000)}),
    "lists in cells": _parquet({"age_y": [[1, 2], [3]]}),
    "mappings in cells": _parquet({"age_y": [{"a": 1}]}),
    "a cell of 5 MB": _parquet({"sex": ["x" * 5_000_000]}),
    "one word of 1 MB in 60 rows": _parquet({"sex": ["x" * 1_000_000] * 60}),
    "a hidden letter": _parquet({"sex": ["\x1b[31m"]}),
}
NAMES = (
    "..%2f..%2fx",
    "CON",
    "-rf",
    "a\nb",
    "\x1b[31mred",
    "\u202etxt",
    "x" * 200,
    "\udcff",
    "%s",
    "{x}",
    "a;b",
)
"""Names of right files: the file opens, and what is told of it shows no letter that steers a terminal."""
_NAMED_DOORS: tuple[Words, ...] = (
    ("check", "{file}", "--out", "{out}"),
    ("run", "{file}", "--draws", "4", "--horizon", "6 wk", "--out", "{out}"),
    ("export", "fhir", "{file}", "--out", "{out}"),
)


def specials() -> Iterator[Special]:
    """Every special file."""
    for kind, asked in KINDS.items():
        if asked.light and kind not in ("trial_folder",):
            yield from (Special(kind, name, make) for name, make in PATHS.items())
    for kind in YAML_KINDS:
        yield from (Special(kind, name, _text(text)) for name, text in YAMLS.items())
    for kind in JSON_KINDS:
        yield from (Special(kind, name, _text(text)) for name, text in JSONS.items())
    yield from (Special("label", name, _text(text)) for name, text in XMLS.items())
    for kind in ("people", "parameters", "record"):
        yield from (Special(kind, name, _text(text)) for name, text in CSVS.items())
    yield from (Special("store_tables", name, _text(text)) for name, text in TABLES.items())
    for name in NAMES:
        right = _text(ADULT.read_bytes())
        yield from (Special("case", f"called {name!r}", right, door, f"{name}.yaml") for door in _NAMED_DOORS)
    yield from (Special("store_backup", name, make) for name, make in BACKUPS.items())
    yield from (Special("people_parquet", name, make) for name, make in PARQUETS.items())


_ASSESSED = "code,cycle,date,joint,side,movement,scale,value,r1,r2,quality\n"
TABLES: dict[str, str] = {
    "one cell of 20 MB": _ASSESSED + "x" * 20_000_000,
    "1,000,000 columns": f"{_COLUMNS}\n",
    "399,999 rows of nobody": _ASSESSED + "a,1,,,,,,,,,\n" * 399_999,
    "1,000,000 rows of nobody": _ASSESSED + "a,1,,,,,,,,,\n" * WIDE,
    "a cycle of 5,000 digits": _ASSESSED + "a," + "9" * 5000 + ",,,,,,,,,\n",
    "a cycle without end": _ASSESSED + "a,1e400,,,,,,,,,\n",
}


def forged_code(home: Home, code: str) -> bytes:
    """A backup whose checksums fit, of a person whose code is a place."""
    from endplate.store.canonical import checksum, content

    lines = gzip.decompress(home.backup).decode().splitlines()[:-1]
    changed = []
    for line in lines:
        found = json.loads(line)
        if isinstance(found, list):
            name, row = found
            text = json.dumps(row).replace('"arm-04"', json.dumps(code))
            row = json.loads(text)
            row["digest"] = checksum(content(row))
            line = json.dumps([name, row], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        changed.append(line.encode())
    return mutants.backup_of(changed)
