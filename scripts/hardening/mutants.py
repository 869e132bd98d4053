"""Spoilt files: whatever a seed asks for, made from files that are right.

A mutator takes what is right and dice, and gives what may be wrong. Some know the structure (keys, values,
rows), some know text, some know bytes only. The same seed spoils the same file in the same way.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import random
import re
from collections.abc import Callable, Iterable
from typing import Any

from hardening.pieces import LETTERS, NUMBERS, ODD, PLACES, WORDS

LONG_TEXT = 20_000
DEEP = 200


class Raw(str):
    """Text that is written as it is, not as a quoted string."""


class Pairs(list[tuple[str, Any]]):
    """A mapping that may hold a key twice."""


TREES: tuple[Any, ...] = (None, True, [], Pairs(), [[]], [None], Pairs([("a", 1)]), [1, "a"], 0, -1, 1.5)


def odd(dice: random.Random) -> Any:
    """A value that should not stand anywhere."""
    kind = dice.randrange(6)
    if kind == 0:
        return Raw(dice.choice(NUMBERS))
    if kind == 1:
        return dice.choice(TREES)
    if kind == 2 and dice.randrange(8) == 0:
        return dice.choice(("x" * LONG_TEXT, [1] * LONG_TEXT, _nest(DEEP), [Pairs([("a", 1)])] * LONG_TEXT))
    return dice.choice(dice.choice((WORDS, LETTERS, PLACES)))


def _nest(depth: int) -> Any:
    found: Any = 1
    for step in range(depth):
        found = [found] if step % 2 else Pairs([("a", found)])
    return found


def tree_of(document: Any) -> Any:
    """Plain data with mappings as :class:`Pairs`."""
    if isinstance(document, dict):
        return Pairs((str(key), tree_of(held)) for key, held in document.items())
    return [tree_of(held) for held in document] if isinstance(document, list) else document


def text_of(tree: Any) -> str:
    """A tree as JSON, which is YAML too, with raw text where there is some."""
    if isinstance(tree, Raw):
        return str(tree)
    if isinstance(tree, Pairs):
        return "{" + ", ".join(f"{json.dumps(key)}: {text_of(held)}" for key, held in tree) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(text_of, tree)) + "]"
    return json.dumps(tree) if not isinstance(tree, str) else _quoted(tree)


def _quoted(text: str) -> str:
    """A string as JSON writes it; letters beyond ASCII as they are, unless nothing can encode them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)


def _places(tree: Any) -> list[tuple[Any, int]]:
    """Every place of a tree: a container and an index."""
    found: list[tuple[Any, int]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (Pairs, list)):
            found += [(node, place) for place in range(len(node))]
            waiting += [part[1] if isinstance(node, Pairs) else part for part in node]
    return found


def _copied(tree: Any) -> Any:
    if isinstance(tree, Pairs):
        return Pairs((key, _copied(held)) for key, held in tree)
    return [_copied(held) for held in tree] if isinstance(tree, list) else tree


def _put(node: Any, place: int, value: Any) -> None:
    node[place] = (node[place][0], value) if isinstance(node, Pairs) else value


def _held(node: Any, place: int) -> Any:
    return node[place][1] if isinstance(node, Pairs) else node[place]


def mutated(tree: Any, dice: random.Random) -> Any:
    """A copy of a tree with one thing wrong."""
    tree = _copied(tree)
    places = _places(tree)
    if not places:
        return odd(dice)
    node, place = dice.choice(places)
    kind = dice.randrange(10)
    if kind == 0:
        del node[place]
    elif kind == 1:
        node.append(node[place])
    elif kind == 2 and isinstance(node, Pairs):
        key, held = node[place]
        near = (key[:-1], key + "s", key.upper(), key.replace("a", "\u0430"), key.replace("_", "-"), "<<", "")
        node[place] = (dice.choice((*near, dice.choice(ODD))), held)
    elif kind == 3 and isinstance(node, Pairs):
        node.append((dice.choice(ODD), odd(dice)))
    elif kind == 4:
        _put(node, place, dice.choice(([_held(node, place)], Pairs([("value", _held(node, place))]))))
    elif kind == 5:
        other, there = dice.choice(places)
        mine, theirs = _held(node, place), _held(other, there)
        _put(node, place, _copied(theirs))
        if place < len(node) and there < len(other):
            _put(other, there, _copied(mine))
    elif kind == 6 and isinstance(_held(node, place), list) and _held(node, place):
        grown = _held(node, place)
        _put(node, place, type(grown)(grown * dice.choice((2, 3, 40, 600))))
    else:
        _put(node, place, _near(_held(node, place), dice))
    return tree


def _near(held: Any, dice: random.Random) -> Any:
    """Another value: something near the one that stands there, or anything odd."""
    if dice.randrange(2):
        return odd(dice)
    if isinstance(held, (int, float)) and not isinstance(held, bool):
        return dice.choice(
            (-held, held * 1000, held + 0.5, str(held), [held], held * 1e300, 2**70, held / 1000)
        )
    if isinstance(held, str) and held:
        number = re.sub(r"\d+(\.\d+)?", dice.choice(NUMBERS[:9]), held)
        letter = held.replace(dice.choice(held), dice.choice(("\u0430", "\u200b", "\u202e", "Ａ", "")), 1)
        return dice.choice(
            (number, letter, held.upper(), held + " ", held[:-1], held.replace("U", "mL"), held * 50)
        )
    return odd(dice)


# Text and bytes: of any kind.


def cut(text: str, dice: random.Random) -> str:
    """A stretch is missing."""
    start = dice.randrange(len(text) + 1)
    return text[:start] + text[start + dice.randrange(1, 40) :]


def insert(text: str, dice: random.Random) -> str:
    """Something odd stands in the middle."""
    start = dice.randrange(len(text) + 1)
    return text[:start] + dice.choice(ODD) + text[start:]


def revalue(text: str, dice: random.Random) -> str:
    """What follows one colon or equals sign, up to the next comma, brace, mark or line, is something odd."""
    starts = [found.end() for found in re.finditer(r"[:=>,] *", text)]
    if not starts:
        return insert(text, dice)
    start = dice.choice(starts)
    end = min((place for mark in ',}\n<"' if (place := text.find(mark, start + 1)) >= 0), default=len(text))
    return text[:start] + dice.choice(ODD) + text[end:]


def move_line(text: str, dice: random.Random) -> str:
    """A line stands elsewhere."""
    lines = text.splitlines(keepends=True) or [""]
    line = lines.pop(dice.randrange(len(lines)))
    lines.insert(dice.randrange(len(lines) + 1), line)
    return "".join(lines)


def repeat_line(text: str, dice: random.Random) -> str:
    """A line stands twice."""
    lines = text.splitlines(keepends=True) or [""]
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return "".join(lines)


def rename(text: str, dice: random.Random) -> str:
    """A word has another last letter."""
    words = sorted({word for word in re.split(r"[^\w]+", text) if word.isidentifier()}) or ["x"]
    word = dice.choice(words)
    return text.replace(word, word[:-1] + dice.choice("xyz_1 :\u0430"), 1)


def indent(text: str, dice: random.Random) -> str:
    """A line stands further in or out."""
    lines = text.splitlines(keepends=True) or [""]
    row = dice.randrange(len(lines))
    lines[row] = (
        dice.choice(("  ", "\t", " " * 200, "- ")) + lines[row] if dice.randrange(2) else lines[row].lstrip()
    )
    return "".join(lines)


TEXTS: tuple[Callable[[str, random.Random], str], ...] = (
    *(cut, insert, revalue, move_line, repeat_line, rename, indent),
)


def spoilt_text(text: str, dice: random.Random) -> bytes:
    """One to three mutators of text, one after another."""
    for _ in range(dice.randint(1, 3)):
        text = dice.choice(TEXTS)(text, dice)
    return text.encode("utf-8", "surrogatepass")


def spoilt_bytes(raw: bytes, dice: random.Random) -> bytes:
    """Bits turned, the end missing, another encoding, other line ends."""
    kind = dice.randrange(8)
    if kind < 3 and raw:
        changed = bytearray(raw)
        for _ in range(dice.choice((1, 1, 4, 40))):
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        return bytes(changed)
    if kind == 3:
        return raw[: dice.randrange(len(raw) + 1)]
    where = dice.randrange(len(raw) + 1)
    if kind == 4:
        return (
            raw[:where] + dice.choice((b"\0", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x1b")) + raw[where:]
        )
    if kind == 5:
        text = raw.decode("latin-1")
        return text.encode(dice.choice(("utf-16", "utf-32", "utf-8-sig", "utf-7")))
    if kind == 6:
        return raw.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\x85", b"\n\n", b"\t\n", b"")))
    return raw[:where] + raw[dice.randrange(len(raw) + 1) :]


def spoilt_tree(tree: Any, dice: random.Random) -> bytes:
    """One to three things wrong in a document, written as JSON."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        tree = mutated(tree, dice)
    return text_of(tree).encode("utf-8", "surrogatepass")


def crossed(document: Any, others: Iterable[Any], dice: random.Random) -> bytes:
    """A document whose values are those that right files have under the same keys, or numbers near its own.

    Most are of the right kind, so that what only makes no sense gets further than what cannot be read.
    """
    held: dict[str, list[Any]] = {}
    for other in others:
        for node, place in _places(tree_of(other)):
            if isinstance(node, Pairs):
                held.setdefault(node[place][0], []).append(node[place][1])
    tree = tree_of(document)
    for _ in range(dice.choice((1, 2, 3, 8))):
        node, place = dice.choice([each for each in _places(tree) if isinstance(each[0], Pairs)])
        key, own = node[place]
        number = isinstance(own, str) and re.fullmatch(r"(\d+(?:\.\d+)?)( .+)", own)
        if number and dice.randrange(2):
            near = f"{float(number[1]) * dice.choice((0, 0.01, 0.1, 0.5, 2, 10, 1000)):g}{number[2]}"
        elif type(own) in (int, float) and dice.randrange(2):
            near = (
                own + dice.choice((-1, 1, 0.5)) if dice.randrange(2) else own * dice.choice((0, 2, 10, 100))
            )
        else:
            near = _copied(dice.choice(held[key]))
        node[place] = (key, near)
    return text_of(tree).encode("utf-8", "surrogatepass")


def spoilt_table(text: str, dice: random.Random) -> bytes:
    """A CSV table with cells, rows or columns wrong."""
    rows = [list(row) for row in csv.reader(io.StringIO(text))]
    row = dice.choice(rows)
    column = dice.randrange(len(row)) if row else 0
    kind = dice.randrange(8)
    if kind == 0:
        rows.append(list(row))
    elif kind == 1:
        rows.remove(row)
    elif kind == 2:
        for each in rows:
            del each[column : column + 1]
    elif kind == 3:
        row.insert(column, dice.choice(ODD))
    elif kind == 4:
        rows[0][column % max(len(rows[0]), 1)] = dice.choice((*ODD, rows[0][0] if rows[0] else ""))
    else:
        found = _near(row[column], dice) if row else "x"
        row[column : column + 1] = [found if isinstance(found, str) else text_of(found)]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n", delimiter=dice.choice(",,,,,,;\t")).writerows(rows)
    return stream.getvalue().encode("utf-8", "surrogatepass")


def spoilt_backup(raw: bytes, dice: random.Random) -> bytes:
    """A line of a backup is wrong, and the checksum of its end fits all the same."""
    lines = gzip.decompress(raw).decode().splitlines()[:-1]
    place = dice.randrange(len(lines))
    line = spoilt_tree(tree_of(json.loads(lines[place])), dice)
    return backup_of(
        [*(each.encode() for each in lines[:place]), line, *(x.encode() for x in lines[place + 1 :])]
    )


def backup_of(lines: Iterable[bytes]) -> bytes:
    """Lines as a backup whose checksum fits."""
    body = b"".join(line + b"\n" for line in lines)
    end = json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n"
    return gzip.compress(body + end, 1, mtime=0)


def spoilt_manifest(document: dict[str, Any], dice: random.Random) -> bytes:
    """A manifest with something wrong whose digest fits all the same, where that can be."""
    told = {key: held for key, held in document.items() if key != "digest"}
    raw = spoilt_tree(tree_of(told), dice)
    try:
        found = json.loads(raw)
        digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
        return json.dumps({**found, "digest": digest}).encode()
    except (ValueError, TypeError, RecursionError):
        return raw
