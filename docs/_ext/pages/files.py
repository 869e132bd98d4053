"""The keys of every file a user writes, from the JSON schemas that the loaders use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from endplate.case.schema import KINDS, schema
from pages.markup import words

_INTRO = """# Files

All files are YAML 1.2. Quantities are strings with their unit, dates are ISO. A key that is not known, or
stands twice, is an error that names file, line and the nearest key. These tables are read from the schemas
that the loaders use; `endplate schema KIND` prints them as JSON Schema.
"""
_FEW = 8
"""Up to so many ids are told in the table; more stand in the vocabulary."""


def _alternatives(rule: Mapping[str, Any]) -> Iterator[str]:
    """In words, the kinds of value that a rule of the schema lets through."""
    if "$ref" in rule:
        name = rule["$ref"].rpartition("/")[2]
        yield f"a [{name}](#{name.lower()})"
    elif "enum" in rule:
        yield _one_of(rule["enum"])
    elif "const" in rule:
        yield f"`{rule['const']}`"
    elif "anyOf" in rule or "oneOf" in rule:
        for part in rule.get("anyOf") or rule["oneOf"]:
            yield from _alternatives(part)
    elif rule.get("type") == "array":
        yield f"a list: {' or '.join(_alternatives(rule.get('items') or {})) or 'of values'}"
    elif rule.get("type") == "null":
        yield "null"
    elif "description" in rule:
        yield str(rule["description"])
    elif rule.get("type") == "object":
        inner = rule.get("additionalProperties")
        yield "a mapping" + (f" of {' or '.join(_alternatives(inner))}" if isinstance(inner, dict) else "")
    else:
        yield _plain(rule)


def _plain(rule: Mapping[str, Any]) -> str:
    kind = {"string": "text", "number": "a number", "integer": "a whole number", "boolean": "true or false"}
    told = (
        "a date, such as 2026-11-22"
        if rule.get("format") == "date"
        else kind.get(rule.get("type", ""), "any")
    )
    low, high = rule.get("minimum", rule.get("exclusiveMinimum")), rule.get("maximum")
    bounds = [f"from {low:g}" if low is not None else "", f"to {high:g}" if high is not None else ""]
    longest = f", up to {rule['maxLength']} characters" if "maxLength" in rule else ""
    return " ".join((told, *filter(None, bounds))) + longest


def _one_of(ids: list[Any]) -> str:
    if len(ids) <= _FEW:
        return ", ".join(f"`{one}`" for one in ids)
    return f"one of {len(ids)} ids such as `{ids[0]}`, `{ids[1]}`; [all](#vocabulary)"


def _table(held: Mapping[str, Any]) -> Iterator[str]:
    if held.get("description"):
        yield " ".join(str(held["description"]).split()) + "\n"
    if "properties" not in held:
        yield "; ".join(_alternatives(held)) + "\n"
        return
    yield "| key | value | |"
    yield "| --- | --- | --- |"
    needed = held.get("required", ())
    for key, rule in held["properties"].items():
        kinds = [each for each in dict.fromkeys(_alternatives(rule)) if each != "null"]
        default = rule.get("default")
        beside = (
            "needed"
            if key in needed
            else f"otherwise `{default}`"
            if default not in (None, [], {}, ())
            else ""
        )
        yield f"| `{key}` | {' or '.join(kinds).replace('|', ', ')} | {beside} |"
    yield ""


def files_page() -> str:
    """The file formats."""
    lines = [_INTRO]
    parts: dict[str, Any] = {}
    for kind in KINDS:
        if kind != "vocabulary":
            found = schema(kind)
            lines += [f"## The {kind} file\n", *_table(found)]
            parts |= found.get("$defs", {})
    lines.append("## Parts\n")
    for name, held in sorted(parts.items()):
        lines += [f"### {name}\n", *_table(held)]
    lines.append("## Vocabulary\n")
    for name, ids in schema("vocabulary").items():
        lines.append(f"**{words(name)}**: {', '.join(f'`{one}`' for one in ids)}\n")
    return "\n".join(lines)
