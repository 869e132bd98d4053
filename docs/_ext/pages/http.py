"""Every address of the server, from the OpenAPI document that it serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings

Rule = Mapping[str, Any]

_INTRO = Path(__file__).with_suffix(".txt")


def _kind(rule: Rule) -> str:
    """The values that a rule lets through, short."""
    if "$ref" in rule:
        name = str(rule["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in rule:
        return ", ".join(f"`{one}`" for one in rule["enum"])
    if "const" in rule:
        return f"`{rule['const']}`"
    if "anyOf" in rule:
        return " or ".join(_kind(part) for part in rule["anyOf"] if part.get("type") != "null")
    if rule.get("type") == "array":
        return f"list of {_kind(rule.get('items', {}))}"
    low, high = rule.get("minimum"), rule.get("maximum")
    bounds = [f"from {low}" if low is not None else "", f"to {high}" if high is not None else ""]
    return " ".join((str(rule.get("type", "any")), *filter(None, bounds)))


def _row(name: str, where: str, rule: Rule, needed: bool) -> str:
    default = rule.get("default")
    beside = "needed" if needed else "" if default in (None, [], {}) else f"otherwise `{default}`"
    return f"| `{name}` | {where} | {_kind(rule)} | {beside} |"


def _body(operation: Rule, parts: Rule) -> Iterator[str]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        held = parts.get(str(content["schema"].get("$ref", "")).rpartition("/")[2], {})
        needed = held.get("required", ())
        for key, rule in held.get("properties", {}).items():
            yield _row(key, "body", rule, key in needed)


def _asked(operation: Rule, parts: Rule) -> Iterator[str]:
    given = operation.get("parameters", ())
    rows = [_row(one["name"], one["in"], one["schema"], bool(one.get("required"))) for one in given]
    rows += _body(operation, parts)
    if rows:
        yield from ("| name | where | value | |", "| --- | --- | --- | --- |", *rows, "")


def _answers(operation: Rule) -> dict[str, str]:
    return {code: str(row["description"]).rstrip(".") for code, row in sorted(operation["responses"].items())}


def _parts(text: str, parts: Rule) -> Iterator[str]:
    """What the addresses name and does not stand there itself."""
    yield "## Parts\n"
    for name, held in sorted(parts.items()):
        if f"(#{name.lower()})" in text:
            about = str(held.get("description", "")).partition("Attributes:")[0]
            yield f"### {name}\n\n{' '.join(about.split())}\n"
            needed = held.get("required", ())
            rows = [_row(key, "", rule, key in needed) for key, rule in held.get("properties", {}).items()]
            yield from (
                ("| name | | value | |", "| --- | --- | --- | --- |", *rows, "") if rows else (_kind(held),)
            )


def http_page() -> str:
    """The HTTP reference."""
    document = create_app(Settings(Path(), "token")).openapi()
    parts = document["components"]["schemas"]
    every = [_answers(one) for methods in document["paths"].values() for one in methods.values()]
    common = {code: told for code, told in every[0].items() if all(one.get(code) == told for one in every)}
    shared = "; ".join(f"{code} ({told})" for code, told in common.items())
    lines = [_INTRO.read_text(encoding="utf-8").replace("COMMON", shared)]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            lines.append(f"## {method.upper()} {path}\n")
            lines.append(" ".join(str(operation.get("description") or operation["summary"]).split()) + "\n")
            lines += _asked(operation, parts)
            own = [f"{code}: {told}" for code, told in _answers(operation).items() if code not in common]
            lines.append(f"Answers: {'; '.join(own)}.\n")
    return "\n".join([*lines, *_parts("\n".join(lines), parts)])
